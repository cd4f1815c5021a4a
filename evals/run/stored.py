"""A stored run as a subject: the same answers again, so that a scorer or a report is tried without any assistant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.cases.case import Presented, Said
from evals.run.store import manifest, traces
from evals.run.trace import Shown, Trace


class NotStored(LookupError):
    """The stored run has no (further) turn of this case."""


class StoredTalk:
    """The kept turns of one case, one after the other."""

    def __init__(self, trace: Trace | None) -> None:
        self._turns: Iterator[Shown] = iter(trace.shown if trace else ())

    async def say(self, said: Said, chosen: Sequence[str] = ()) -> Shown:
        turn = next(self._turns, None)
        if turn is None:
            raise NotStored("The stored run has no such turn.")
        return turn

    async def close(self) -> None:
        return None


class StoredSubject:
    """What the tested subject of a run answered, by the id of the case."""

    deterministic = True

    def __init__(self, run: Path) -> None:
        tested = manifest(run).subject
        self.id = f"stored/{tested}"
        self._run, self._tested = run, tested
        self._held: dict[str, Trace] | None = None

    async def open(self, presented: Presented) -> StoredTalk:
        if self._held is None:
            mine = (
                trace for trace in traces(self._run) if trace.subject == self._tested and not trace.repeat
            )
            self._held = {trace.case: trace for trace in mine}
        return StoredTalk(self._held.get(presented.id))
