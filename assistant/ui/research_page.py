"""The research page: what a drug does in bodies of different genes, and molecules. No patient, no advice."""

from __future__ import annotations

from typing import Any

import gradio as gr

from assistant.answer import NOTICE
from assistant.ui import look
from assistant.ui.lab_bench import Bench, Door
from assistant.ui.research_held import GenesTab, ModelsTab
from assistant.ui.research_molecules import DesignTab, MoleculeTab
from assistant.ui.research_tabs import SimulateTab

TOP = (
    f'<div class="top"><b class="brand">Consilium</b><span class="notice">{NOTICE}</span>'
    '<span class="privacy">Everything is computed on this computer. No structure or genotype leaves it.</span>'
    '<a href="/clinician/">Clinician page</a></div>'
)
HEAD = (
    "<h1>Research</h1><p>Simulations in virtual patients, and molecules made by a computer. Nothing here says what a "
    "person should take, and no molecule here was made or tested.</p>"
)


class ResearchPage:
    """Builds the page once; what belongs to one browser tab is its :class:`Bench`, in Gradio's per-tab state."""

    def __init__(self, disabled: tuple[str, ...] = ()) -> None:
        door = Door()
        self._molecule, self._design = MoleculeTab(door), DesignTab(door)
        tabs = (SimulateTab(door), self._molecule, self._design)
        self._tools = tuple(tab for tab in tabs if tab.tool not in disabled)
        self._held = (GenesTab(), ModelsTab())

    def blocks(self) -> Any:
        """The page, ready to be mounted."""
        with look.blocks("Consilium · research") as page:
            bench = gr.State(None)
            look.region(TOP, "top")
            with gr.Column(elem_id="lab-page", elem_classes="research-page"):
                look.region(HEAD, "lab-head")
                with gr.Tabs(elem_id="tabs") as tabs:
                    for tab in (*self._tools, *self._held):
                        tab.lay_out()
            page.load(lambda: Bench(), None, [bench], **look.QUIET)
            for drawing in self._tools:
                drawing.wire(bench)
            if {self._molecule, self._design} <= set(self._tools):
                self._design.leads_to(tabs, self._molecule, bench)
            for still in self._held:
                still.wire()
        page.queue(max_size=look.QUEUE, default_concurrency_limit=look.AT_ONCE, api_open=False)
        return page
