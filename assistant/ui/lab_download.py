"""A button that saves a picture which is already in the page: no file on the server, no route that others could ask."""

from __future__ import annotations

from typing import Any

from gradio.components.download_button import DownloadButton
from gradio.data_classes import ImageData


def _as_given(self: Any, given: tuple[str, str] | None) -> ImageData | None:
    """The ``data:`` address and the name of the file; the stock button would copy a file to the common cache."""
    return None if given is None else ImageData(url=given[0], orig_name=given[1])


_PARTS = {"postprocess": _as_given, "is_template": True, "__module__": __name__, "__doc__": __doc__}

Download: Any = type.__new__(type(DownloadButton), "Download", (DownloadButton,), _PARTS)
"""Gradio's download button, given an address and a name; made like :data:`assistant.ui.slider.Comparison`."""


def download(label: str, name: str) -> Any:
    """The button, hidden until there is something to save."""
    return Download(label, size="sm", elem_id=name, elem_classes="save", visible=False)
