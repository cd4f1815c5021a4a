"""Running suites one after the other, and keeping every row as soon as it is there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from imaging.commands.circumstances import circumstances
from imaging.commands.suite_process import Command, command, growing
from imaging.image import ImageError
from imaging.report import markdown
from imaging.report.evaluation import Evaluation, SuiteRun
from imaging.suites import SUITES, run
from imaging.suites.row import Given, Row

Say = Callable[[str], None]
Runs = Mapping[str, SuiteRun]
WHOLE = "whole"
"""Folder of the runs that came to their end, a file for each suite and for each ``every``."""


def rows(name: str, given: Given) -> Iterator[Row]:
    """A suite's rows; a set or a model that is not there becomes a row for each of its bars that had none yet."""
    seen: set[int | None] = set()
    try:
        for row in run(name, given):
            seen.add(row.bar)
            yield row
    except (FileNotFoundError, ImageError) as absent:
        for bar in SUITES[name].bars:
            if bar not in seen:
                why = _in_words(absent, given.data)
                yield Row(bar=bar, measure=SUITES[name].title, ours=f"not measured: {why}")


def _in_words(absent: Exception, data: Path) -> str:
    """What is not there; of a missing file its place among the sets."""
    path = Path(str(absent.filename)) if isinstance(absent, OSError) and absent.filename else None
    if path is None:
        return str(absent)
    inside = path.relative_to(data) if path.is_relative_to(data) else path
    return f"{inside} is not in the folder of sets"


def measured(
    names: Sequence[str],
    given: Given,
    kept: Path,
    say: Say,
    *,
    by: Command | None = None,
    known: Runs | None = None,
) -> Evaluation:
    """Every suite named, in processes of their own, so that none warms another and none that fails ends the rest.

    ``say`` hears the table line by line; ``kept`` is rewritten after each row, so that a run that was cut off has
    left what it had. ``by`` gives the command line of a suite's process, :func:`command` where nothing is said; a
    suite that is ``known`` is not run again.
    """
    evaluation = circumstances(given)
    for name in names:
        done = evaluation.suites
        found = (
            _told(known[name], say)
            if known and name in known
            else _run(name, given, evaluation, kept, say, by)
        )
        for one in found:
            evaluation = evaluation.model_copy(update={"suites": (*done, one)})
            _keep(evaluation, kept)
        _keep_whole(evaluation.suites[-1], kept.parent)
    evaluation = evaluation.model_copy(update={"whole": True})
    _keep(evaluation, kept)
    return evaluation


def whole_runs(folder: Path, every: int) -> dict[str, SuiteRun]:
    """The last run of each suite that came to its end, as :func:`measured` kept it beside its rows."""
    runs = (_of_file(folder / WHOLE / f"{name}-{every}.json") for name in SUITES)
    return {one.suite: one for one in runs if one is not None}


def _of_file(path: Path) -> SuiteRun | None:
    try:
        return SuiteRun.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None


def _keep_whole(run: SuiteRun, folder: Path) -> None:
    if run.whole:
        _keep(run, folder / WHOLE / f"{run.suite}-{run.every}.json")


def _run(
    name: str, given: Given, evaluation: Evaluation, kept: Path, say: Say, by: Command | None
) -> Iterator[SuiteRun]:
    start = SuiteRun(
        suite=name, title=SUITES[name].title, made=evaluation.made, code=evaluation.code, every=given.every
    )
    _head(start, say)
    log, told = kept.parent / f"{name}.log", 0
    for one in growing(start, (by or command)(name, given), log):
        for row in one.rows[told:]:
            say(markdown.line(row))
        told = len(one.rows)
        if one.stopped:
            say(f"\nThis suite ended early: {one.stopped}\nAll of it stands in {log}")
        yield one


def _told(run: SuiteRun, say: Say) -> Iterator[SuiteRun]:
    _head(run, say)
    for row in run.rows:
        say(markdown.line(row))
    say(f"\nMeasured {run.made}, not again")
    yield run


def _head(run: SuiteRun, say: Say) -> None:
    say("\n".join(("", f"## {run.title} ({run.suite})", "", *markdown.head())))


def _keep(told: Evaluation | SuiteRun, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(told.model_dump_json(indent=1), encoding="utf-8")
    beside.replace(path)
