"""libroadrunner in a process of its own: it compiles a model to machine code, so a model is foreign code that runs.

The process takes orders as lines of JSON and answers with a line of JSON, followed by the numbers as raw little-endian
doubles. It may take 2 GB of memory and write no file; whoever started it (:mod:`tools.simulation.sbml`) ends it when
the time is over. Nothing is unpickled.
"""

from __future__ import annotations

import json
import os
import sys
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import IO, Any, NamedTuple

MEMORY = 2 << 30
"""Bytes of address space (specification, section 6)."""
MOST_SPECIES = 500


class Engine:
    """The compiled models of this process, by the digest of their text."""

    def __init__(self) -> None:
        self._held: dict[str, Any] = {}

    def load(self, key: str, text: str) -> int:
        """Compile a model; the number of its species.

        Raises:
            ValueError: it has more species than are allowed.
            RuntimeError: libroadrunner does not read it.
        """
        from roadrunner import Logger, RoadRunner

        Logger.disableLogging()
        runner = RoadRunner(text)
        species = int(runner.model.getNumFloatingSpecies() + runner.model.getNumBoundarySpecies())
        if species > MOST_SPECIES:
            raise ValueError(f"the model has {species} species; at most {MOST_SPECIES} are run")
        self._held[key] = runner
        return species

    def run(
        self,
        key: str,
        bodies: Sequence[Mapping[str, float]],
        show: Sequence[str],
        times: Sequence[float],
        dose: Mapping[str, Any] | None = None,
    ) -> Any:
        """What ``show`` selects at ``times`` (the model's unit), of shape (bodies, times, selections).

        Raises:
            ValueError: the model does not know one of the names.
            RuntimeError: the integration failed.
        """
        import numpy as np

        runner = self._held[key]
        known = set(runner.model.getGlobalParameterIds()) | set(runner.model.getFloatingSpeciesIds())
        wanted = {name for body in bodies for name in body} | ({dose["name"]} if dose else set())
        if unknown := sorted(wanted - known):
            raise ValueError(f"the model knows no parameter {', '.join(unknown)}")
        parts = _parts(times, dose["at"] if dose else [None])
        return np.stack([_course(runner, body, show, len(times), parts, dose) for body in bodies])


class Part(NamedTuple):
    """The stretch from one dose to the next: where the solver stops, and which of the stops are wanted where."""

    marks: list[float]
    stops: list[int]
    rows: list[int]


def _parts(times: Sequence[float], given: Sequence[float | None]) -> list[Part]:
    parts = []
    for start, end in zip(given, [*given[1:], None], strict=True):
        low = 0 if start is None else bisect_left(times, start)
        high = len(times) if end is None else bisect_left(times, end)
        inside = list(times[low:high])
        marks = sorted({*inside, *(mark for mark in (start, end) if mark is not None)})
        place = {mark: i for i, mark in enumerate(marks)}
        parts.append(Part(marks, [place[time] for time in inside], list(range(low, high))))
    return [part for part in parts if len(part.marks) > 1]


def _course(
    runner: Any,
    body: Mapping[str, float],
    show: Sequence[str],
    times: int,
    parts: Sequence[Part],
    dose: Mapping[str, Any] | None,
) -> Any:
    """One body from the model's own start: older resets left values behind (sys-bio/roadrunner issue 811)."""
    import numpy as np

    runner.resetToOrigin()
    runner.timeCourseSelections = ["time", *show]
    for name, value in body.items():
        runner.setValue(name, value)
    out = np.empty((times, len(show)))
    for part in parts:
        if dose:
            # what is not yet dissolved of the last dose is still there
            runner.setValue(dose["name"], runner.getValue(dose["name"]) + dose["amount"])
        out[part.rows] = np.array(runner.simulate(times=part.marks))[part.stops, 1:]
    return out


def serve(orders: IO[bytes], answers: IO[bytes]) -> None:
    """Answer orders until there are no more; what a model makes libroadrunner raise is told as a refusal."""
    engine = Engine()
    _write(answers, {"ready": True})
    for line in orders:
        order = json.loads(line)
        try:
            if order.pop("do") == "load":
                _write(answers, {"species": engine.load(**order)})
            else:
                _numbers(answers, engine.run(**order))
        except (RuntimeError, ValueError, MemoryError) as wrong:
            _write(answers, {"refused": " ".join(str(wrong).split())[:300] or type(wrong).__name__})


def _numbers(answers: IO[bytes], values: Any) -> None:
    raw = values.astype("<f8").tobytes()
    _write(answers, {"shape": list(values.shape), "bytes": len(raw)})
    answers.write(raw)
    answers.flush()


def _write(answers: IO[bytes], answer: Mapping[str, Any]) -> None:
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()


def main() -> None:
    """The process itself: memory capped, no file written, standard output kept for answers alone."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # what a library prints must not be read as an answer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
