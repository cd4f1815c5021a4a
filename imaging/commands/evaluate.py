"""``evaluate``: the bars of the specification as one table, measured here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from imaging.commands import ends

if TYPE_CHECKING:
    from imaging.report.evaluation import Evaluation
    from imaging.suites.row import Given

ALL = "all"


def evaluate(
    suite: Annotated[list[str], typer.Argument(help='Names of suites, or "all".')],
    data: Annotated[
        Path, typer.Option(help="Folder with the development sets (drive/, chasedb1/ and so on).")
    ],
    work: Annotated[Path, typer.Option(help="Folder that keeps trained folds, features and rows.")],
    every: Annotated[int, typer.Option(help="Take each K-th picture: a quick look.", min=1)] = 1,
    train: Annotated[bool, typer.Option("--train", help="Train what a bar needs and WORK lacks.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 if a measured bar is missed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, and no table.")] = False,
    html: Annotated[Path | None, typer.Option(help="Also a report with calibration and samples.")] = None,
    into: Annotated[
        Path | None, typer.Option(help="A Markdown file whose marked table is written anew.", exists=True)
    ] = None,
    kept: Annotated[bool, typer.Option("--kept", help="Do not run again what WORK holds whole.")] = False,
    lines: Annotated[bool, typer.Option("--lines", hidden=True)] = False,
) -> None:
    """Measure the bars of the imaging specification and print one table.

    A missed bar is a figure and no error: the exit code is 0, with --strict 1. A suite that fails ends in 1 always; the
    others go on. A set that is not there is a row that says so. Rows are kept as they come in WORK/evaluate.
    """
    from imaging.suites.row import Given

    chosen = names(suite)
    given = Given(data=data, work=work, every=every, train=train)
    if lines:
        _as_lines(chosen[0], given)
        return
    if into is not None:
        _marked(into)
    evaluation = _measured(chosen, given, kept, as_json)
    if html is not None:
        _write(html, evaluation, given)
    if into is not None:
        _into(into, evaluation)
    if as_json:
        ends.show(evaluation, True, str)
    else:
        typer.echo(f"\n{evaluation.summary}")
    raise typer.Exit(_code(evaluation, strict))


def _measured(chosen: Sequence[str], given: Given, kept: bool, as_json: bool) -> Evaluation:
    from imaging.commands.measuring import measured, whole_runs

    folder = given.work / "evaluate"
    known = whole_runs(folder, given.every) if kept else {}
    file = folder / f"{ALL if len(chosen) > 1 else chosen[0]}.json"
    return measured(chosen, given, file, lambda words: typer.echo(words, err=as_json), known=known)


def _marked(document: Path) -> None:
    """Refuse a document without a place for the table before hours are spent."""
    from imaging.report.markdown import parted

    try:
        parted(document.read_text(encoding="utf-8"))
    except ValueError as wrong:
        ends.stop(f"{document}: {wrong}", ends.BAD_INPUT)


def _into(document: Path, evaluation: Evaluation) -> None:
    from imaging.report.markdown import into

    document.write_text(into(document.read_text(encoding="utf-8"), evaluation), encoding="utf-8")
    typer.echo(document, err=True)


def names(asked: Sequence[str]) -> tuple[str, ...]:
    """The suites asked for, each once; an unknown name ends the command with the list and the minutes of each."""
    from imaging.suites import SUITES

    unknown = [name for name in asked if name != ALL and name not in SUITES]
    if unknown:
        known = "\n".join(
            f"  {name:11} bars {', '.join(map(str, one.bars)):20} about {one.minutes:g} min  {one.title}"
            for name, one in SUITES.items()
        )
        ends.stop(f"there is no suite {', '.join(unknown)}; there are all, or\n{known}", ends.BAD_INPUT)
    return tuple(SUITES) if ALL in asked else tuple(dict.fromkeys(asked))


def _as_lines(name: str, given: Given) -> None:
    """In the process of its own: each row as a line of JSON as soon as it is measured."""
    from imaging.commands.measuring import rows

    for row in rows(name, given):
        typer.echo(row.model_dump_json())


def _write(path: Path, evaluation: Evaluation, given: Given) -> None:
    from imaging.report.html import as_html
    from imaging.report.measured import evaluation_report
    from imaging.report.samples import sections

    chosen = [one.suite for one in evaluation.suites]
    ends.put(path, as_html(evaluation_report(evaluation, tuple(sections(chosen, given)))))


def _code(evaluation: Evaluation, strict: bool) -> int:
    failed = evaluation.stopped or (strict and evaluation.missed)
    return ends.MISSED if failed else ends.ANSWERED
