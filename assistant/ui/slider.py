"""A picture against its overlay, without a file on the way."""

from __future__ import annotations

from typing import Any

from gradio.components.imageslider import ImageSlider, SliderData
from gradio.data_classes import ImageData


def _as_given(self: Any, pair: tuple[str, str] | None) -> SliderData | None:
    """The two ``data:`` addresses as they are; the stock slider would write both to the common file cache."""
    if pair is None:
        return None
    return SliderData(root=(ImageData(url=pair[0]), ImageData(url=pair[1])))


_PARTS = {"postprocess": _as_given, "is_template": True, "__module__": __name__, "__doc__": __doc__}

Comparison: Any = type.__new__(type(ImageSlider), "Comparison", (ImageSlider,), _PARTS)
"""Gradio's image slider, given two ``data:`` addresses. Made past Gradio's metaclass, which would write an interface
file beside this module; ``is_template`` lets the browser use the stock slider for it."""


def comparison(name: str) -> Any:
    """The slider as our page shows it."""
    return Comparison(show_label=False, interactive=False, buttons=[], elem_id=name, max_height=420)
