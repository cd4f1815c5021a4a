"""The tab that simulates: a dose in virtual patients of one or more genotypes, with any model held."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.ui import look
from assistant.ui.lab_bench import MOST_SEED, Bench, Refused
from assistant.ui.research_tool import RUN, ToolTab, Update, maybe, number, optional, whole

if TYPE_CHECKING:
    from tools.simulation.records import Effect, Model

START = "warfarin_2007"
DOSE_MG, EVERY_H = 5.0, 24.0


class SimulateTab(ToolTab):
    """A dose in virtual patients of one or more genotypes."""

    tool = "simulate_drug"

    def lay_out(self) -> None:
        with gr.Tab("Simulate a drug", id="simulate", elem_id="research-simulate"):
            held = models()
            self._model = gr.Dropdown(held, value=start(held) or None, label="Model", elem_id="sim-model")
            with gr.Row(elem_classes="numbers"):
                self._dose = number("Dose (mg)", DOSE_MG, "sim-dose", minimum=0)
                self._every = number("Every (h; 0: once)", EVERY_H, "sim-every", minimum=0)
                self._days = number("Days", 30, "sim-days", precision=0, minimum=1, maximum=180)
            self._genotypes = gr.Textbox(
                genotypes(start(held)), lines=3, max_lines=6, elem_id="sim-genotypes", max_length=1000,
                label="Genotypes to compare, one group a line; empty: the reference",
            )  # fmt: skip
            with gr.Row(elem_classes="numbers"):
                self._age = maybe("Age (years)", "sim-age")
                self._weight = maybe("Weight (kg)", "sim-weight")
                self._renal = maybe("Kidney function (0 to 1)", "sim-renal")
                self._n = number("Virtual patients", 300, "sim-n", precision=0, minimum=1, maximum=2000)
                self._seed = number("Seed", 1, "sim-seed", precision=0, minimum=0, maximum=MOST_SEED)
            self._compare = gr.Checkbox(
                False, label="Beside it: the dose by each warfarin model", elem_id="sim-compare"
            )
            self._go = gr.Button("Simulate", variant="primary", size="sm", elem_id="sim-go")
            self.place("simulate")

    def wire(self, bench: Any) -> None:
        given = [
            bench, self._model, self._dose, self._every, self._days, self._genotypes, self._age, self._weight,
            self._renal, self._n, self._seed, self._compare,
        ]  # fmt: skip
        self._go.click(self._simulated, given, self.outputs, **RUN)
        example = [self._dose, self._every, self._genotypes]
        self._model.input(self._example, [self._model], example, **look.QUIET)

    def _simulated(self, bench: Bench | None, *asked: Any) -> Iterator[Update]:
        yield from self.run(bench, lambda: simulation(*asked))

    def _example(self, model: str) -> Update:
        """The numbers with which a model is often shown, and two genotypes: an example, no advice."""
        from tools.simulation.records import models as held

        usual = held()[model].usual if model in held() else {}
        return {
            self._dose: usual.get("dose", DOSE_MG),
            self._every: usual.get("every", EVERY_H),
            self._genotypes: genotypes(model),
        }


def simulation(
    model: str, dose: Any, every: Any, days: Any, groups: str, age: str, weight: str, renal: str,
    n: Any, seed: Any, compare: bool,
) -> Mapping[str, Any]:  # fmt: skip
    """The inputs of the tool.

    Raises:
        Refused: the model is none of the list, or a number is none.
    """
    from tools.simulation.records import damaged
    from tools.simulation.records import models as held

    if model not in held() and model not in damaged():
        raise Refused("Choose a model of the list.")
    drug = (
        held()[model].drug if model in held() else damaged()[model].drug
    )  # of a damaged one the tool says why
    return {
        "drug": drug, "model": model, "dose_mg": dose, "every_h": every, "days": whole(days),
        "genotypes": [line.strip() for line in (groups or "").splitlines() if line.strip()],
        "age": optional(age, "Age"), "weight": optional(weight, "Weight"),
        "renal_function": optional(renal, "Kidney function"), "n": whole(n), "seed": whole(seed), "compare": compare,
    }  # fmt: skip


def models() -> list[tuple[str, str]]:
    """The models held, as words and ids; those whose record is damaged at the end, marked."""
    from tools.simulation.records import damaged
    from tools.simulation.records import models as held

    lost = [(f"{one.drug}: {one.id} (unavailable)", one.id) for one in damaged().values()]
    return [*((f"{one.drug}: {one.title}", one.id) for one in held().values()), *lost]


def start(listed: list[tuple[str, str]]) -> str:
    """The model with which the tab opens; "" where none is held at all."""
    ids = [name for _, name in listed]
    return START if START in ids else next(iter(ids), "")


def genotypes(model: str) -> str:
    """Two groups to begin with: the model's reference, and each gene's genotype that changes most; "" without genes."""
    from tools.simulation.records import models as held

    one = held().get(model)
    if one is None or not one.genes:
        return ""
    reference = ", ".join(f"{name} {gene.reference}" for name, gene in one.genes.items())
    furthest = ", ".join(f"{name} {_furthest(one, name)}" for name in one.genes)
    return f"{reference}\n{furthest}"


def _furthest(model: Model, gene: str) -> str:
    effects = model.genes[gene].effects
    return max(effects, key=lambda genotype: _change(model, effects[genotype]))


def _change(model: Model, effect: Effect) -> float:
    """By how much the largest of an effect's changes multiplies or divides."""
    factors = list(effect.factors.values())
    factors += [value / model.parameters[name].value for name, value in effect.values.items()]
    return max((abs(math.log(factor)) for factor in factors if factor > 0), default=0.0)
