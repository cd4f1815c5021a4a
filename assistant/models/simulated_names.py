"""The drugs for which a model is held, as a text names them."""

from __future__ import annotations

import re

from tools.simulation.records import models


def modelled(text: str) -> tuple[str, ...]:
    """Every drug of the models that is named in a text by its generic name, in order, each once."""
    held = {one.drug for one in models().values()}
    return tuple(dict.fromkeys(word for word in re.findall(r"[a-z][a-z-]+", text.lower()) if word in held))
