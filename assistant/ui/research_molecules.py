"""The tabs of molecules: the profile of one structure; the design of new ones, each one click from its profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import gradio as gr

from assistant.ui import look, research
from assistant.ui.lab_bench import MOST_SEED, Bench
from assistant.ui.research_tool import RUN, ToolTab, Update, number, whole
from retrieval.evidence import ToolResult

METHODS = [
    ("Search (SELFIES mutations)", "search"),
    ("Fragments (BRICS)", "fragments"),
    ("Trained generator (VAE)", "vae"),
]
TERMS = [
    ("drug-likeness (QED)", "qed"),
    ("ease of synthesis (SA)", "sa"),
    ("likeness to the seed", "similarity"),
    ("oral absorption", "absorption"),
    ("Lipinski's rules", "lipinski"),
    ("less hERG", "herg"),
    ("less liver injury", "dili"),
    ("less mutagenicity", "ames"),
    ("less clinical toxicity", "clintox"),
]
"""The closed list of objectives; the last four can only lower a molecule's score for its predicted toxicity."""


class MoleculeTab(ToolTab):
    """The profile of one structure."""

    tool = "molecule_profile"

    def lay_out(self) -> None:
        with gr.Tab("Molecule", id="molecule", elem_id="research-molecule"):
            self.text = gr.Textbox(
                "losartan", label="SMILES, or the name of a medicine", elem_id="mol-text", max_length=500
            )
            self._go = gr.Button("Profile", variant="primary", size="sm", elem_id="mol-go")
            self.place("molecule")

    def wire(self, bench: Any) -> None:
        for trigger in (self._go.click, self.text.submit):
            trigger(self.profiled, [bench, self.text], self.outputs, **RUN)

    def profiled(self, bench: Bench | None, text: str) -> Iterator[Update]:
        yield from self.run(bench, lambda: {"molecule": (text or "").strip()})


class DesignTab(ToolTab):
    """Structures for a stated objective."""

    tool = "design_molecules"

    def lay_out(self) -> None:
        with gr.Tab("Design molecules", id="design", elem_id="research-design"):
            self._objective()
            with gr.Row(elem_classes="numbers"):
                self._n = number("How many", 12, "design-n", precision=0, minimum=1, maximum=200)
                self._budget = number(
                    "Evaluations", 1500, "design-budget", precision=0, minimum=50, maximum=3000
                )
                self._seed = number("Seed", 1, "design-seed", precision=0, minimum=0, maximum=MOST_SEED)
            self._clean = gr.Checkbox(True, label="No structural alert", elem_id="design-clean")
            self._go = gr.Button("Design", variant="primary", size="sm", elem_id="design-go")
            self._one = gr.Dropdown(
                [], label="Profile one of the structures below", visible=False, elem_id="design-one"
            )
            self._open = gr.Button("Profile it", size="sm", visible=False, elem_id="design-open")
            self.place("design")
            self.outputs += [self._one, self._open]

    def _objective(self) -> None:
        self._like = gr.Textbox(
            "losartan", lines=2, elem_id="design-like", max_length=4000,
            label="Like these (names of medicines or SMILES, one a line; empty: the start pool)",
        )  # fmt: skip
        self._method = gr.Radio(
            METHODS, value="search", label="Method", elem_id="design-method", elem_classes="choice"
        )
        self._want = gr.CheckboxGroup(
            TERMS, value=["qed", "sa", "similarity"], label="Aim for", elem_id="design-want"
        )
        self._better = gr.CheckboxGroup(
            TERMS[:5], value=["absorption"], label="Must beat the first of them on", elem_id="design-better"
        )

    def wire(self, bench: Any) -> None:
        given = [
            bench, self._like, self._method, self._want, self._better, self._clean, self._n, self._budget, self._seed,
        ]  # fmt: skip
        self._go.click(self._designed, given, self.outputs, **RUN)

    def leads_to(self, tabs: Any, molecule: MoleculeTab, bench: Any) -> None:
        """The chosen structure is put into the other tab, which opens and profiles it."""
        self._open.click(_opened, [self._one], [tabs, molecule.text], **look.QUIET).then(
            molecule.profiled, [bench, self._one], molecule.outputs, **RUN
        )

    def beside(self, told: ToolResult | None) -> Update:
        """The structures that were found, to choose one from."""
        found = research.structures(told) if told else []
        first = found[0][1] if found else None
        return {
            self._one: gr.update(choices=found, value=first, visible=bool(found)),
            self._open: gr.update(visible=bool(found)),
        }

    def _designed(self, bench: Bench | None, *asked: Any) -> Iterator[Update]:
        yield from self.run(bench, lambda: objective(*asked))


def _opened(smiles: str | None) -> tuple[Any, Any]:
    return gr.Tabs(selected="molecule"), smiles or ""


def objective(
    like: str, method: str, want: list[str], better: list[str], clean: bool, n: Any, budget: Any, seed: Any
) -> Mapping[str, Any]:
    """The inputs of the tool; without a seed nothing can be beaten."""
    seeds = [line.strip() for line in (like or "").splitlines() if line.strip()]
    return {
        "like": seeds, "method": method, "want": dict.fromkeys(want, 1.0) or None, "better": better if seeds else [],
        "no_alerts": clean, "n": whole(n), "budget": whole(budget), "seed": whole(seed),
    }  # fmt: skip
