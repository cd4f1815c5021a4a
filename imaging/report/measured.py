"""An evaluation as a report: the table of bars, calibration, samples, and what it was measured with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imaging.report.blocks import Block, Facts, Grid, Report, Section, Words
from imaging.report.evaluation import Evaluation, SuiteRun, mark, table
from imaging.suites import SUITES

COLUMNS_SAY = (
    "Target is the bar of the specification; ours is the figure with n and its 95 % interval; prototype is what a "
    "throw-away prototype reached; beside are trivial and classical baselines and the published peer."
)


def evaluation_report(evaluation: Evaluation, more: Sequence[Section] = ()) -> Report:
    """The whole evaluation; ``more`` are sections between the table and the circumstances."""
    title = f"Imaging: {_which(evaluation)}"
    sections = (*_suites(evaluation), *more, _circumstances(evaluation))
    return Report(title=title, lead=evaluation.summary, sections=sections, foot=(COLUMNS_SAY,))


def _which(evaluation: Evaluation) -> str:
    """ "every bar" only where each suite was asked."""
    names = [one.suite for one in evaluation.suites]
    return "every bar" if set(names) == set(SUITES) else ", ".join(names) or "nothing measured"


def _suites(evaluation: Evaluation) -> Iterator[Section]:
    for one in evaluation.suites:
        yield Section(title=one.title, blocks=tuple(_blocks(one)))


def _blocks(one: SuiteRun) -> Iterator[Block]:
    if one.stopped:
        yield Words(text=f"This suite ended early: {one.stopped}", strong=True)
    if one.rows:
        yield Grid(table=table(one), marks=tuple(map(mark, one.rows)))
    elif not one.stopped:
        yield Words(text="This suite gave no row.")


def _circumstances(evaluation: Evaluation) -> Section:
    sets = tuple(
        (f"set {one.name}", f"{one.files} files, {one.bytes} bytes, {one.sha256_of_names_and_sizes[:16]}…")
        for one in evaluation.data
    )
    pairs = (
        ("made", evaluation.made),
        ("code", evaluation.code),
        *((f"version of {name}", value) for name, value in evaluation.versions.items()),
        *evaluation.host.items(),
        ("pictures taken", "all" if evaluation.every == 1 else f"each {evaluation.every}th"),
        ("trained on the way", "yes" if evaluation.trained else "no"),
        *sets,
    )
    said = "The hash of a set is over the names and sizes of its files, not over their content."
    return Section(title="Measured with", blocks=(Facts(pairs=pairs), Words(text=said)))
