"""A picture against its overlay, without a file on the way, and a range that moves the border by keyboard."""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.components.imageslider import ImageSlider, SliderData
from gradio.data_classes import ImageData

MIDDLE = 50


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
    return Comparison(
        show_label=False, interactive=False, buttons=[], elem_id=name, max_height=420, slider_position=MIDDLE
    )


def border(name: str) -> Any:
    """The slider's border as a range from 0 to 100 %: its own handle cannot be reached by keyboard."""
    return gr.Slider(
        0, 100, value=MIDDLE, step=5, label="Border between picture and overlay, %", elem_id=name,
        buttons=[],
    )  # fmt: skip


def moved(percent: float) -> Any:
    """What the slider does when the range was moved."""
    return gr.update(slider_position=percent)
