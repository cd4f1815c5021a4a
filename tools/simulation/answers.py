"""A run as a tool's result: found, or one of the other outcomes with its reason."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from retrieval.evidence import ToolResult, bad_input, found, needs_input, not_covered, unavailable
from retrieval.patient import Patient
from tools.damaged import Damaged
from tools.simulation import agreement, cards, compare, course_tables, drawing, run, statements
from tools.simulation.chart import with_record
from tools.simulation.course import BadInput, Course, NeedsInput, NotCovered, Request
from tools.simulation.records import Model
from tools.simulation.sbml_process import Refused, Unavailable


class TooLong(BadInput):
    """The run takes longer than its caller allows; ``command`` does it on the command line."""

    def __init__(self, message: str, command: str) -> None:
        super().__init__(message)
        self.command = command


def result(
    drug: str,
    dose_mg: float | None = None,
    every_h: float = 24,
    days: float = 30,
    genotypes: Sequence[str | Mapping[str, str]] = (),
    age: float | None = None,
    weight: float | None = None,
    renal_function: float | None = None,
    n: int = 300,
    seed: int = 1,
    model: str | None = None,
    compare: bool = False,
    of_patient: bool = False,
    *,
    patient: Patient | None = None,
    longest: float | None = None,
) -> ToolResult:
    """The run's findings, tables and pictures, or why there are none.

    ``of_patient``: the run is of ``patient``, whose record fills what is not stated; virtual people take nothing of it.
    ``longest``: seconds that the run may take.
    """
    asked: dict[str, Any] = {
        "drug": drug, "every_h": every_h, "days": days, "age": age, "weight": weight, "renal_function": renal_function,
        "n": n, "seed": seed, "model": model,
    }  # fmt: skip
    try:
        held = run.chosen(Request(dose_mg=dose_mg or 0, **asked))
        if dose_mg is None:
            raise NeedsInput(_which_dose(held), "the dose in mg")
        stated = Request(dose_mg=dose_mg, **asked, genotypes=tuple(genotypes))
        request, notes = with_record(stated, held, patient, of_patient)
        run.check(request, held)
        _in_time(request, longest, compare)
        return _told(run.simulate(request), notes, compare)
    except NeedsInput as wanted:
        return needs_input(str(wanted), *wanted.missing)
    except TooLong as long:
        return bad_input(str(long), command=long.command)
    except (BadInput, Refused) as wrong:
        return bad_input(str(wrong))
    except NotCovered as beyond:
        return not_covered(str(beyond))
    except (Damaged, Unavailable) as lacking:
        return unavailable(str(lacking), lacking.command)


def _which_dose(model: Model) -> str:
    told = f"A simulation of {model.drug} needs the dose in mg"
    if "dose" in model.usual:
        told += f" (the model {model.title} is often shown with {model.usual['dose']:g} mg: an example, no advice)"
    return f"{told}."


def _in_time(request: Request, longest: float | None, beside: bool) -> None:
    needed = run.seconds(request)
    if longest is not None and needed > longest:
        raise TooLong(
            f"The run would take about {needed:.0f} seconds; here at most {longest:.0f} are allowed. Ask for fewer "
            "virtual patients, days or genotypes, or run it on the command line.",
            _command(request, beside),
        )


def _command(request: Request, beside: bool) -> str:
    """The same run as a command of the CLI, with what the record filled in."""
    flags = {
        "dose": request.dose_mg, "every": request.every_h, "days": request.days, "age": request.age,
        "weight": request.weight, "renal": request.renal_function, "n": request.n, "seed": request.seed,
        "model": request.model,
    }  # fmt: skip
    parts = ["consilium", "simulate", shlex.quote(request.drug)]
    parts += [
        f"--{name} {shlex.quote(value) if isinstance(value, str) else _digits(value)}"
        for name, value in flags.items()
        if value is not None
    ]
    for one in request.genotypes:
        text = one if isinstance(one, str) else run.label(one)
        parts.append(f"--genotype {shlex.quote(text)}")
    return " ".join([*parts, *(["--compare"] if beside else [])])


def _digits(value: float) -> str:
    """The number in full: 1234567 and not 1.23457e+06."""
    return str(int(value)) if value == int(value) else repr(value)


def _told(course: Course, notes: Sequence[str], beside: bool) -> ToolResult:
    findings, tables = list(statements.findings(course)), list(course_tables.tables(course))
    said = [*notes, *course.warnings]
    agreed = agreement.rows(course)
    findings[-1:-1] = agreement.findings(course, agreed)
    tables += agreement.tables(agreed)
    if beside and course.model.kind == "warfarin":
        doses, more = compare.compared(
            [group.genotype for group in course.groups],
            compare.TARGET,
            course.request.age,
            course.request.weight,
        )
        findings[len(course.groups) : len(course.groups)] = doses
        tables += more
    elif course.model.kind == "warfarin":
        findings[-1:-1] = compare.measured(course.model)
        tables.append(compare.accuracy())
    elif beside:
        said.append("Doses side by side are held for warfarin alone.")
    return found(
        *findings,
        note=" ".join(said),
        tables=tuple(tables),
        pictures=drawing.pictures(course),
        versions=versions(course.model),
        searched=tuple(course.model.source(key) for key in course.model.sources),
    )


def versions(model: Model) -> dict[str, str]:
    """What was computed with: the program of the simulation and the record of the model by its hash."""
    record = hashlib.sha256(model.model_dump_json().encode()).hexdigest()[:12]
    return {"simulation": cards.VERSION, f"model {model.id}": record}
