"""Indications that the tests of the options make themselves; facts cite a source that is held."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tools.treatment.facts import Fact
from tools.treatment.indications import Indication, OptionEntry
from tools.treatment.layers import Scores

DAY = date(2026, 11, 22)
EVEN: Scores = {"efficacy": 3, "safety": 3, "burden": 3, "cost": 3}


def fact(said: str = "A made statement of a test.", strength: str = "strong") -> dict[str, Any]:
    return {
        "statement": said,
        "cites": [{"key": "fda-metformin-2016", "locator": "made"}],
        "certainty": "made",
        "mapped_strength": strength,
        "status": "draft",
        "written_on": DAY,
        "review_due": date(2027, 11, 22),
        "checked": DAY,
    }


def entry(
    name: str,
    *parts: list[str],
    scores: Mapping[Any, int] = EVEN,
    strength: str = "strong",
    **more: Any,
) -> OptionEntry:
    """An option; each part is a list of references, none is a measure without a drug."""
    given = {
        "id": f"made.{name}",
        "name": name.replace("_", " "),
        "regimen": parts,
        "role": "initial",
        "line": 1,
        "scores": {
            key: {"value": value, "fact": fact(f"Made score of {key}.")} for key, value in scores.items()
        },
        "fact": fact(f"The made source names {name}.", strength),
    }
    return OptionEntry.model_validate(given | more)


def indication(*options: OptionEntry, **more: Any) -> Indication:
    given = {
        "id": "made",
        "name": "made indication",
        "says": ["made indication"],
        "scope": "Whoever the tests make.",
        "refer": "Ask somebody who knows.",
        "fact": Fact.model_validate(fact()),
        "options": options,
    }
    return Indication.model_validate(given | more)
