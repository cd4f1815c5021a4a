"""What an evaluation brought: the rows of each suite, and what they were measured with, on and in what time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from imaging.suites.row import Row
from retrieval.evidence import Table, Text, Word

COLUMNS = ("bar", "measure", "target", "ours", "met", "prototype", "beside", "note")
NOTHING = "–"
Mark = Literal["met", "missed", ""]


class SuiteRun(Word):
    """One suite: what it measured, in how many seconds, and what stopped it, if it did not come to its end."""

    suite: Text
    title: Text
    rows: tuple[Row, ...] = ()
    seconds: Annotated[float, Field(ge=0)] = 0.0
    stopped: str = ""
    """Why the suite ended early. A missing set is no stop but a row that says so."""
    whole: bool = False
    """Whether it came to its end."""
    made: str = ""
    """When it was started: UTC, ISO 8601."""
    code: str = ""
    """The commit, and whether the files differ from it."""
    every: int = 1


class SetSeen(Word):
    """A development set as it lay there. The hash is over names and sizes of its files, not over their content."""

    name: Text
    files: int
    bytes: int
    sha256_of_names_and_sizes: Text


class Evaluation(Word):
    """One evaluation, whole or as far as it came: ``whole`` is False in a file that was kept on the way."""

    made: Text
    """UTC, ISO 8601."""
    code: Text
    """The commit, and whether the files differ from it."""
    versions: Mapping[str, str]
    host: Mapping[str, str]
    data: tuple[SetSeen, ...]
    every: int
    """Each K-th picture was taken; 1: all of them."""
    trained: bool
    """Whether a suite was allowed to train what it lacked."""
    suites: tuple[SuiteRun, ...] = ()
    whole: bool = False

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for one in self.suites for row in one.rows)

    @property
    def missed(self) -> int:
        return sum(row.met is False for row in self.rows)

    @property
    def stopped(self) -> int:
        return sum(bool(one.stopped) for one in self.suites)

    @property
    def summary(self) -> str:
        """How many rows reach their bar, how many do not, and how many could not be measured."""
        met = sum(row.met is True for row in self.rows)
        unmeasured = sum(row.met is None and row.bar is not None for row in self.rows)
        words = f"Rows with a bar: {met} met, {self.missed} missed, {unmeasured} not decided"
        partly = f"; each {self.every}th picture only: a quick look, not a result" if self.every > 1 else ""
        stopped = f"; suites that ended early: {self.stopped}" if self.stopped else ""
        return f"{words}{stopped}{partly}."


def cells(row: Row) -> tuple[str, ...]:
    """A row as texts in the order of :data:`COLUMNS`."""
    bar = NOTHING if row.bar is None else str(row.bar)
    verdict = {True: "met", False: "missed", None: NOTHING}[row.met]
    rest = (row.prototype or NOTHING, row.beside or NOTHING, row.note)
    return (bar, row.measure, row.target or NOTHING, row.ours, verdict, *rest)


def mark(row: Row) -> Mark:
    """How a row is tinted; the verdict stands in words beside."""
    if row.met is None:
        return ""
    return "met" if row.met else "missed"


def table(one: SuiteRun) -> Table:
    """The rows of a suite as a table."""
    return Table(
        title=f"Suite {one.suite}, {one.seconds:.0f} s", columns=COLUMNS, rows=tuple(map(cells, one.rows))
    )
