"""The generation lab: made pictures for research, teaching and tests. No patient, no talk, nothing kept."""

from __future__ import annotations

from typing import Any

import gradio as gr

from assistant.answer import NOTICE
from assistant.ui import look
from assistant.ui.lab_bench import Bench, Door
from assistant.ui.lab_lesions import LesionsTab
from assistant.ui.lab_tabs import BetweenTab, CompareTab, SampleTab

TOP = (
    f'<div class="top"><b class="brand">Consilium</b><span class="notice">{NOTICE}</span>'
    '<span class="privacy">Pictures are made on this computer. Nothing leaves it.</span>'
    '<a href="/clinician/">Clinician page</a></div>'
)
HEAD = (
    "<h1>Generation lab</h1><p>Made pictures for research, teaching and tests. Every one says “synthetic” in its "
    "pixels and in its file. Never diagnose from them.</p>"
)


class LabPage:
    """Builds the page once; what belongs to one browser tab is its :class:`Bench`, in Gradio's per-tab state."""

    def __init__(self) -> None:
        door = Door()
        self._sample, self._between, self._lesions = SampleTab(door), BetweenTab(door), LesionsTab(door)
        self._compare = CompareTab()

    def blocks(self) -> Any:
        """The page, ready to be mounted."""
        with look.blocks("Consilium · generation lab") as page:
            bench = gr.State(None)
            look.region(TOP, "top")
            with gr.Column(elem_id="lab-page"):
                look.region(HEAD, "lab-head")
                with gr.Tabs(elem_id="tabs"):
                    for tab in (self._sample, self._between, self._lesions, self._compare):
                        tab.lay_out()
            page.load(lambda: Bench(), None, [bench], **look.QUIET)
            self._sample.wire(page, bench)
            self._between.wire(page, bench)
            self._lesions.wire(bench)
            self._compare.wire()
        page.queue(max_size=look.QUEUE, default_concurrency_limit=look.AT_ONCE, api_open=False)
        return page
