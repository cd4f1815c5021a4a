"""What a long command shows while it runs, and what it says when somebody stops it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from assistant.cli import edge

INTERRUPTED = 130
Told = Callable[[int, int | None], None]
"""Called with what is done, and all there is; None where nobody knows."""


@contextmanager
def bar(words: str) -> Iterator[Told]:
    """A bar on the error stream; nothing where that is no terminal. ``words`` may be the name of a file."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as shown:
        task = shown.add_task(escape(edge.inert(words)), total=None)

        def told(done: int, whole: int | None = None) -> None:
            shown.update(task, completed=done, total=whole)

        yield told


@contextmanager
def interruptible(kept: str) -> Iterator[None]:
    """Ctrl-C ends the command in one line that says what is kept and how to go on."""
    try:
        yield
    except KeyboardInterrupt:
        edge.stop(f"Stopped. {kept}", INTERRUPTED)
