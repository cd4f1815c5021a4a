"""The quiet tabs of the research page: what genes do to exposure in every model held, and the models themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr

from assistant.ui import look, research
from assistant.ui.plain import plain
from assistant.ui.plain import table as whole
from retrieval.evidence import Table

if TYPE_CHECKING:
    from tools.simulation.records import Effect, Model, Parameter

GENES = (
    "Simulated in one typical body without variability: exposure beside that of the reference genotype. A gene that is "
    "not named for a drug is not in its model; that says nothing about its effect in people."
)
MODELS = (
    "Every parameter and what each genotype changes, with the place where it stands. All of it is draft: no "
    "pharmacologist has read it."
)
NOT_HELD = "Drugs for which no model is held, and why."


class GenesTab:
    """What each genotype does to exposure, for every model; computed when it is first looked at."""

    def lay_out(self) -> None:
        with gr.Tab("Genes and exposure", id="genes", elem_id="research-genes") as self._tab:
            self._shown = look.region('<p class="empty" role="status">Computing.</p>', "research-genes-shown")

    def wire(self) -> None:
        self._tab.select(genes, None, [self._shown], **look.QUIET)


class ModelsTab:
    """The records of the models: who was studied, parameters, sources, what is left out."""

    def lay_out(self) -> None:
        with gr.Tab("Models held", id="models", elem_id="research-models") as self._tab:
            self._shown = look.region('<p class="empty">Reading the records.</p>', "research-models-shown")

    def wire(self) -> None:
        self._tab.select(records, None, [self._shown], **look.QUIET)


def genes() -> str:
    """The effects of genes on exposure, and the drugs without a model."""
    from tools.simulation.effects import as_table, table
    from tools.simulation.run import not_held

    rows, missing = table()
    absent = "".join(f'<p class="src">{plain(one)}</p>' for one in missing)
    lacking = Table(title="No model held", columns=("drug", "why"), rows=tuple(not_held().items()))
    lacks = f"<p>{plain(NOT_HELD)}</p>{whole(lacking)}"
    return f"<p>{plain(GENES)}</p>{whole(as_table(rows))}{absent}{lacks}"


def records() -> str:
    """One table for all models, and one of parameters for each; what is left out is said first."""
    from tools.simulation.records import damaged, models

    held = tuple(models().values())
    lost = "".join(f'<p class="src">{plain(str(one.refusal))}</p>' for one in damaged().values())
    overview = Table(
        title="Models",
        columns=("model", "shows", "who was studied", "ages", "doses (mg)", "genes", "leaves out", "licence"),
        rows=tuple(
            (
                f"{one.drug}: {one.title}", one.analyte, one.range.people,
                f"{one.range.age[0]:g} to {one.range.age[1]:g}",
                f"{one.range.dose[0]:g} to {one.range.dose[1]:g}", ", ".join(one.genes) or "none",
                "; ".join(one.not_in_model), one.licence,
            )
            for one in held
        ),
    )  # fmt: skip
    return f"<p>{plain(MODELS)}</p>{lost}{whole(overview)}" + "".join(
        research.fold(_parameters(one)) for one in held
    )


def _parameters(model: Model) -> Table:
    """The typical values, then what each genotype changes in them."""
    rows: list[tuple[str, ...]] = [
        (
            name,
            f"{one.value:g} {one.unit}",
            f"{one.cv:.0%}" if one.cv is not None else "",
            *_place(model, one),
        )
        for name, one in model.parameters.items()
    ]
    rows += [
        (f"{gene} {genotype}", _changes(effect), "", *_place(model, effect))
        for gene, held in model.genes.items()
        for genotype, effect in held.effects.items()
    ]
    columns = ("parameter or genotype", "value", "variation (CV)", "source", "where", "note")
    return Table(title=f"{model.drug}: {model.title}", columns=columns, rows=tuple(rows))


def _place(model: Model, one: Parameter | Effect) -> tuple[str, str, str]:
    return model.source(one.source).title, one.locator, one.note


def _changes(effect: Effect) -> str:
    told = [f"{name} × {factor:g}" for name, factor in effect.factors.items()]
    return ", ".join((*told, *(f"{name} {value:g}" for name, value in effect.values.items())))
