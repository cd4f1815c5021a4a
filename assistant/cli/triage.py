"""``triage``: the red-flag rules on one message, or a talk with their questions; no model, no index, no network."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli import edge

if TYPE_CHECKING:
    from tools.triage.conversation import Turn


def triage(
    words: Annotated[
        str, typer.Argument(help="What the person says; - reads standard input; left out, a talk begins.")
    ] = "",
    age: Annotated[float | None, typer.Option(help="Age in years.")] = None,
    sex: Annotated[str, typer.Option(help="female or male")] = "",
    country: Annotated[str, typer.Option(help="Two letters, for emergency numbers.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="The assessment as one JSON document.")] = False,
) -> None:
    """How soon does this person need care? No rule fired is not a finding of safety."""
    if not words:
        _talk(country)
        return
    from assistant.gate import render_patient
    from tools.triage.engine import assess

    assessed = assess(edge.read_text(words), age_years=age, sex=sex, country=country)
    edge.show(assessed, as_json, lambda: render_patient(assessed, country))
    raise typer.Exit(edge.ANSWERED if assessed.level else edge.NOTHING)


def _talk(country: str) -> None:
    """Questions and answers by line until the input ends; the level may change with every line."""
    from tools.triage import advice
    from tools.triage.conversation import Talk, step

    talk, turn = Talk(country=country), None
    print("Research software: not a medical device, not a doctor. In an emergency, call now.")
    print("What is wrong? (an empty line ends the talk)")
    for line in sys.stdin:
        if not line.strip():
            break
        talk, turn = step(talk, *_read(line.strip(), turn))
        print(advice.told(turn, country))
        print(_asked(turn), end="", flush=True)
    if turn is None:
        raise typer.Exit(edge.NOTHING)
    raise typer.Exit(edge.ANSWERED if turn.level else edge.NOTHING)


def _read(line: str, turn: Turn | None) -> tuple[str, tuple[str, ...]]:
    """The line as words, or as the numbers of answers where it holds nothing else."""
    from tools.triage import advice

    if turn is None or turn.question is None or turn.question.kind == "words":
        return line, ()
    names = [name for name, _ in advice.choices(turn.question)]
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
