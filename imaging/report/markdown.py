"""The table of bars in Markdown: line by line for the terminal, and whole between two marks of a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imaging.report.evaluation import COLUMNS, Evaluation, cells
from imaging.suites.row import Row

BEGIN, END = "<!-- image evaluate -->", "<!-- /image evaluate -->"
"""Between these two lines of a document stands the table that :func:`into` writes."""

SHORT = ("#", "measure", "bar", "ours", "prototype", "beside", "", "note")


def head() -> tuple[str, str]:
    """The two first lines of the table."""
    return _line(COLUMNS), _rule(COLUMNS)


def line(row: Row) -> str:
    """A row; a bar sign or a line break in a text cannot break the table."""
    return _line(cells(row))


def into(document: str, evaluation: Evaluation) -> str:
    """The document with the rows that have a bar between its two marks, in the order of the bars.

    Raises:
        ValueError: the document has not exactly one place for it.
    """
    before, after = parted(document)
    return f"{before}{BEGIN}\n{chr(10).join(_of_bars(evaluation))}\n{END}{after}"


def parted(document: str) -> tuple[str, str]:
    """What stands before and after the two marks.

    Raises:
        ValueError: the document has not exactly one of each.
    """
    if document.count(BEGIN) != 1 or document.count(END) != 1:
        raise ValueError(f"the document has not exactly one {BEGIN} and {END}")
    before, rest = document.split(BEGIN)
    return before, rest.split(END)[-1]


def _of_bars(evaluation: Evaluation) -> Iterator[str]:
    yield _circumstances(evaluation)
    yield from ("", _line(SHORT), _rule(SHORT))
    with_bar = ((row.bar, row) for row in evaluation.rows if row.bar is not None)
    for _, row in sorted(with_bar, key=lambda one: one[0]):
        bar, measure, target, ours, met, prototype, beside, note = cells(row)
        verdict = f"**{met}**" if row.met is False else met
        yield _line((bar, measure, target, ours, prototype, beside, verdict, note))


def _circumstances(evaluation: Evaluation) -> str:
    code = ", ".join(dict.fromkeys(f"{one.made[:10]} at {one.code}" for one in evaluation.suites))
    seconds = ", ".join(f"{one.suite} {one.seconds:.0f}" for one in evaluation.suites)
    machine = f"{evaluation.host.get('cores', '?')} cores, Python {evaluation.versions.get('python', '?')}"
    return f"{evaluation.summary} Measured {code}; {machine}; seconds on a shared machine: {seconds}."


def _line(texts: Sequence[str]) -> str:
    return f"| {' | '.join(' '.join(text.split()).replace('|', chr(92) + '|') for text in texts)} |"


def _rule(texts: Sequence[str]) -> str:
    return f"|{'---|' * len(texts)}"
