"""Bar 20: wall and computing time of one reading, the first of a process and warm ones, and the memory of all of it.

Measured in a fresh process on one core (Linux; elsewhere on all). The photograph is scikit-image's retina at 600 px.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from imaging.suites.row import Given, Row
from retrieval.evidence import Word

if TYPE_CHECKING:
    from PIL import Image

SIDE = 600
WARM = 5
FIRST_SECONDS, WARM_SECONDS, MEMORY_MB = 8.0, 2.0, 900
PEER = "AutoMorph: GPU essential"


class Took(Word):
    """Wall and CPU seconds of one call, the decoding child's included."""

    wall: float
    cpu: float


class Told(Word):
    """What one process measured."""

    first: Took
    """``findings.read_file`` as the agent's tool calls it, with everything that it imports."""
    warm_file: tuple[Took, ...]
    warm_read: tuple[Took, ...]
    """``reading.read`` alone, of a picture that is open."""
    steps: Mapping[str, float]
    """Wall seconds of each step, the median of the warm readings."""
    own_mb: int


def rows(given: Given) -> Iterator[Row]:
    """First call, warm calls, each step, and memory; ``given.data`` is not needed."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "eye.png"
        _eye().save(path)
        told = Told.model_validate_json(_in_a_fresh_process(f"told({str(path)!r})"))
        child_mb = int(_in_a_fresh_process(f"child_told({str(path)!r})"))
    yield _timed("first call in a fresh process", "< 8 s", [told.first], FIRST_SECONDS)
    yield _timed("warm, file to findings", "< 2 s", told.warm_file, WARM_SECONDS, "1.7 s")
    warm = _timed("warm, open picture to reading", "", told.warm_read, WARM_SECONDS)
    yield warm.model_copy(update={"met": None, "bar": None, "beside": ""})
    steps = ", ".join(f"{name} {seconds:.2f}" for name, seconds in told.steps.items())
    yield Row(measure="steps of a warm reading, s", ours=f"{steps} (median of {WARM})")
    yield Row(
        bar=20, measure="peak memory of the process", target="< 900 MB",
        ours=f"{told.own_mb} MB, and {child_mb} MB for the decoding child (n 1)",
        met=told.own_mb + child_mb < MEMORY_MB, beside=PEER,
    )  # fmt: skip


def _timed(
    measure: str, target: str, calls: tuple[Took, ...] | list[Took], limit: float, prototype: str = ""
) -> Row:
    walls, cpus = sorted(one.wall for one in calls), sorted(one.cpu for one in calls)
    middle = len(walls) // 2
    spread = f" [{walls[0]:.2f}, {walls[-1]:.2f}]" if len(walls) > 1 else ""
    return Row(
        bar=20, measure=f"{measure}, one core, {SIDE} px fundus", target=target,
        ours=f"{walls[middle]:.2f} s wall{spread}, {cpus[middle]:.2f} s CPU (n {len(walls)})",
        met=walls[middle] < limit, prototype=prototype, beside=PEER,
        note=f"median [least, most]; wall time grows on a machine that does other work: {_load()}",
    )  # fmt: skip


def _load() -> str:
    """How busy the machine is."""
    if not hasattr(os, "getloadavg"):
        return "its load is not known"
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def _in_a_fresh_process(call: str) -> str:
    """The last line that a function of this module writes in a process of its own."""
    code = f"from imaging.suites import reading; reading.{call}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


def _eye() -> Image.Image:
    from PIL import Image
    from skimage import data

    return Image.fromarray(data.retina()).resize((SIDE, SIDE), Image.Resampling.BOX)


def told(picture: str) -> None:
    """Measure in this process, which must be fresh, and write one line of JSON."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    path = Path(picture)
    first = took(lambda: _read_file(path))
    warm_file = tuple(took(lambda: _read_file(path)) for _ in range(WARM))
    warm_read, steps = _open_readings(path)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    found = Told(first=first, warm_file=warm_file, warm_read=warm_read, steps=steps, own_mb=own)
    sys.stdout.write("\n" + found.model_dump_json() + "\n")


def child_told(picture: str) -> None:
    """Write the MB of the decoding child; its parent must be small, since a child begins as a copy of its parent."""
    from imaging.load import load

    load(Path(picture))
    sys.stdout.write(f"\n{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024}\n")


def took(call: Callable[[], object]) -> Took:
    """Wall and CPU seconds of a call, children that have ended included."""
    wall, cpu = time.perf_counter(), _cpu()
    call()
    return Took(wall=time.perf_counter() - wall, cpu=_cpu() - cpu)


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _read_file(path: Path) -> None:
    from imaging import findings
    from retrieval.evidence import Outcome

    result = findings.read_file(path, ("findings", "vessels"), "auto", None)
    if result.outcome is not Outcome.FOUND:
        raise ValueError(f"the photograph was not read: {result.note}")


def _open_readings(path: Path) -> tuple[tuple[Took, ...], dict[str, float]]:
    import statistics

    from imaging.load import load
    from imaging.reading import read

    image, calls, steps = load(path), [], dict[str, list[float]]()

    def once() -> None:
        for name, seconds in read(image).seconds.items():
            steps.setdefault(name, []).append(seconds)

    calls = [took(once) for _ in range(WARM)]
    return tuple(calls), {name: statistics.median(found) for name, found in steps.items()}
