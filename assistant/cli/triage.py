"""``triage``: the red-flag rules on one message, or a talk with their questions; no model, no index, no network."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli import edge

if TYPE_CHECKING:
    from retrieval.patient import Patient
    from tools.triage.conversation import Turn
    from tools.triage.engine import Assessment

OLDEST = 120


def triage(
    words: Annotated[
        str, typer.Argument(help="What the person says; - reads standard input; left out, a talk begins.")
    ] = "",
    age: Annotated[float | None, typer.Option(help="Age in years.")] = None,
    sex: Annotated[str, typer.Option(help="female or male")] = "",
    vital: Annotated[
        list[str] | None,
        typer.Option(help="NAME=VALUE, such as HR=118 or glucose='54 mg/dL'; may be repeated."),
    ] = None,
    drug: Annotated[list[str] | None, typer.Option(help="A medicine taken; may be repeated.")] = None,
    problem: Annotated[list[str] | None, typer.Option(help="A known condition; may be repeated.")] = None,
    country: Annotated[str, typer.Option(help="Two letters, for emergency numbers.")] = "",
    handover: Annotated[
        bool, typer.Option("--handover", help="A summary for the clinician at the end.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The assessment as one JSON document.")] = False,
) -> None:
    """How soon does this person need care? No rule fired is not a finding of safety."""
    person = _person(age, sex, vital or [], drug or [], problem or [])
    if not words:
        _talk(country, person, handover)
        return
    if handover:
        _summed(edge.read_text(words), country, person, as_json)
        return
    from assistant.gate import render_patient
    from tools.triage.engine import assess

    assessed = assess(edge.read_text(words), patient=person, country=country)
    edge.show(_with_score(assessed), as_json, lambda: render_patient(assessed, country))
    raise typer.Exit(edge.ANSWERED if assessed.level else edge.NOTHING)


def _person(
    age: float | None, sex: str, vitals: Sequence[str], drugs: Sequence[str], problems: Sequence[str]
) -> Patient:
    """The options as a patient; ends with one line where a value cannot be used."""
    from retrieval.patient import Known, Listed, Origin, OriginKind, Patient
    from tools.triage import vitals as vital_signs

    origin = Origin(kind=OriginKind.EDITED, where="command line")
    if sex not in ("", "female", "male"):
        edge.stop(f"--sex {sex}: use female or male", edge.BAD_INPUT)
    if age is not None and not 0 <= age <= OLDEST:
        edge.stop(f"--age {age:g} is not possible: 0 to {OLDEST} years", edge.BAD_INPUT)
    held: dict[str, Known[float]] = {}
    for entry in vitals:
        name, _, value = entry.partition("=")
        try:
            one = vital_signs.given(name, value)
        except ValueError as wrong:
            edge.stop(f"--vital {entry}: {wrong}", edge.BAD_INPUT)
        if len(one.values) > 1:
            edge.stop(
                f"--vital {entry}: name the unit, as in '{value} mmol/L' or '{value} mg/dL'", edge.BAD_INPUT
            )
        held[one.name] = Known(value=one.values[0], unit=vital_signs.RANGES[one.name].unit, origin=origin)
    return Patient(
        age_years=Known(value=age, unit="years", origin=origin) if age is not None else None,
        sex=Known(value=sex, origin=origin) if sex else None,
        vitals=held,
        drugs=Listed(items=tuple(Known(value=name, origin=origin) for name in drugs)),
        problems=Listed(items=tuple(Known(value=name, origin=origin) for name in problems)),
    )


def _with_score(assessed: Assessment) -> dict[str, object]:
    """The assessment as a document, with NEWS2 where two or more of its vital signs are known."""
    from tools.triage import news2

    scored = news2.of_facts(assessed.known)
    plain = assessed.model_dump(mode="json")
    return plain if scored is None else {**plain, "news2": scored.model_dump(mode="json")}


def _summed(words: str, country: str, person: Patient, as_json: bool) -> None:
    """The summary of one message."""
    from tools.triage.conversation import Talk, step
    from tools.triage.handover import handover, text

    talk, turn = step(Talk(country=country), words, patient=person)
    made = handover(talk, turn, patient=person)
    edge.show(made, as_json, lambda: text(made))
    raise typer.Exit(edge.ANSWERED if turn.level else edge.NOTHING)


def _talk(country: str, person: Patient, summary: bool) -> None:
    """Questions and answers by line until the input ends; the level may change with every line."""
    from tools.triage import advice
    from tools.triage.conversation import Talk, step
    from tools.triage.handover import handover, text

    talk, turn = Talk(country=country), None
    print("Research software: not a medical device, not a doctor. In an emergency, call now.")
    print("What is wrong? (an empty line ends the talk)")
    for line in sys.stdin:
        if not line.strip():
            break
        talk, turn = step(talk, *_read(line.strip(), turn), patient=person)
        print(advice.told(turn, country))
        print(_asked(turn), end="", flush=True)
    if turn is None:
        raise typer.Exit(edge.NOTHING)
    if summary:
        print(f"\n{text(handover(talk, turn, patient=person))}")
    raise typer.Exit(edge.ANSWERED if turn.level else edge.NOTHING)


def _read(line: str, turn: Turn | None) -> tuple[str, tuple[str, ...]]:
    """The line as words, or as the numbers of answers where it holds nothing else."""
    from tools.triage import advice

    question = (turn.question or turn.beside) if turn is not None else None
    if question is None or question.kind == "words":
        return line, ()
    names = [name for name, _ in advice.choices(question)]
    numbers = line.replace(",", " ").split()
    if not all(part.isdecimal() and 1 <= int(part) <= len(names) for part in numbers):
        return line, ()
    return "", tuple(names[int(part) - 1] for part in numbers)


def _asked(turn: Turn) -> str:
    """The question with numbered answers."""
    from tools.triage import advice

    if turn.question is None:
        return ""
    listed = advice.choices(turn.question, turn.assessment.language)
    if turn.question.kind == "words":
        return f"\n{advice.ask(turn)}\n"
    answers = "".join(f"  {place} {words}\n" for place, (_, words) in enumerate(listed, 1))
    return f"\n{advice.ask(turn)}\n{answers}"
