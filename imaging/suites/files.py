"""Bar 19: pydicom's own test files and three hundred hostile ones; each ends in words, in bounded time and memory.

Both run in a process of their own: a child begins as a copy of its parent, so that the size of the parent would be
counted as the child's.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from imaging.image import FrameNeeded, ImageError
from imaging.load import WALL_SECONDS, load
from imaging.suites.row import Given, Row
from retrieval.evidence import Text, Word

TARGET = "no crash, <= 1 GiB, <= 20 s, the right outcome each"
ONE_GIB_KB = 1 << 20
SLACK_SECONDS = 2.0
"""The child is stopped at 20 s; starting it and hearing of its end take the rest."""


class Ending(Word):
    """How opening one file ended."""

    name: Text
    outcome: Text
    """"opened", or the name of the error."""
    seconds: float
    asked: bool = False
    """It has several frames, and the first was then asked for."""


class Endings(Word):
    """All endings of one process, and the most memory of any of its children."""

    all: tuple[Ending, ...]
    child_kb: int


def rows(given: Given) -> Iterator[Row]:
    """One row for pydicom's files and one for the hostile set; ``given.every`` thins both."""
    yield _of_pydicom(_measured("pydicom", given.every))
    yield _of_hostile(_measured("hostile", given.every), given.every)


def _measured(which: str, every: int) -> Endings:
    call = f"from imaging.suites.files import told; told({which!r}, {every})"
    done = subprocess.run([sys.executable, "-c", call], capture_output=True, text=True, check=True)
    return Endings.model_validate_json(done.stdout.splitlines()[-1])


def told(which: str, every: int) -> None:
    """Open every K-th file of a set and write the endings as one line of JSON; run in a process of its own."""
    endings = tuple(_of_files(every) if which == "pydicom" else _of_made(every))
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    sys.stdout.write("\n" + Endings(all=endings, child_kb=child).model_dump_json() + "\n")


def _of_files(every: int) -> Iterator[Ending]:
    yield from (ending(path.name, path) for path in of_pydicom()[::every])


def of_pydicom() -> list[Path]:
    """The files that pydicom's package carries for its tests: DICOM of all sorts, and a few that are none."""
    import pydicom

    folder = Path(pydicom.__file__).parent / "data" / "test_files"
    return sorted(path for path in folder.iterdir() if path.is_file())


def _of_made(every: int) -> Iterator[Ending]:
    from imaging.suites.hostile import COUNT, hostile

    yield from (ending(name, data) for name, data in islice(hostile(), 0, COUNT, every))


def ending(name: str, source: Path | bytes) -> Ending:
    """Open a file as the service does; where a frame has to be chosen, the first."""
    started, asked = time.perf_counter(), False
    try:
        try:
            load(source)
        except FrameNeeded:
            asked = True
            load(source, frame=0)
        outcome = "opened"
    except ImageError as wrong:
        outcome = type(wrong).__name__
    return Ending(name=name, outcome=outcome, seconds=time.perf_counter() - started, asked=asked)


def _of_pydicom(found: Endings) -> Row:
    """Right is: opened what pydicom decodes, unless a rule of ours (spec 3.1, 6) refuses it; the rest refused."""
    held = _as_pydicom_sees({one.name for one in found.all})
    judged = {one.name: _judged(one.outcome, held[one.name]) for one in found.all}
    decoded, wrong = Counter(judged.values()), [name for name, end in judged.items() if end == "wrong"]
    several = sum(one.asked for one in found.all)
    words = f"{decoded['opened']} opened ({several} have frames to choose from), {_refusals(found)}"
    words += (
        f"; {decoded['by our rule']} of the refused are decoded by pydicom (deflated, under 16 px, one bit); "
    )
    return Row(
        bar=19, measure="pydicom's own test files", target=TARGET, ours=words + _cost(found),
        met=_bounded(found) and not wrong, prototype="57 decode", beside="pydicom without plugins: 50 decode",
        note=f"not the right outcome: {', '.join(wrong) or 'none'}",
    )  # fmt: skip


def _judged(outcome: str, seen: str) -> str:
    if outcome == "opened":
        return "opened" if seen == "decoded" else "wrong"
    if seen == "refused by rule":
        return "by our rule"
    right = {
        "nothing in it": ("NoPixels", "UnreadableImage"),
        "broken": ("NoPixels", "UnreadableImage", "TooLarge"),
    }
    return "refused" if outcome in right.get(seen, ()) else "wrong"


def _as_pydicom_sees(names: set[str]) -> dict[str, str]:
    """Each test file by pydicom alone, in this process: they are its own and known to be harmless."""
    import logging
    import warnings

    logging.getLogger("pydicom").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {path.name: _seen(path) for path in of_pydicom() if path.name in names}


def _seen(path: Path) -> str:
    import pydicom
    from pydicom.errors import InvalidDicomError

    try:
        ds = pydicom.dcmread(path)
    except InvalidDicomError:
        return "broken"
    if not any(name in ds for name in ("PixelData", "FloatPixelData", "DoubleFloatPixelData")):
        return "nothing in it"
    try:
        shape = ds.pixel_array.shape
    except (RuntimeError, ValueError, AttributeError, NotImplementedError):
        return "broken"
    deflated = ds.file_meta.get("TransferSyntaxUID") == "1.2.840.10008.1.2.1.99"
    small = min(int(ds.Rows), int(ds.Columns)) < 16
    return "refused by rule" if deflated or small or int(ds.BitsAllocated) == 1 or not shape else "decoded"


def _of_hostile(found: Endings, every: int) -> Row:
    from imaging.suites.hostile import right_outcome

    wrong = [
        one.name
        for place, one in enumerate(found.all)
        if one.outcome != right_outcome(place * every).__name__
    ]
    return Row(
        bar=19, measure="hostile files: bombs, damage, lies, wrong kinds", target=TARGET,
        ours=f"{len(found.all)} files: {_refusals(found)}; {_cost(found)}", met=_bounded(found) and not wrong,
        note=f"not the right outcome: {', '.join(wrong) or 'none'}",
    )  # fmt: skip


def _refusals(found: Endings) -> str:
    counts = Counter(one.outcome for one in found.all if one.outcome != "opened")
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "none refused"


def _cost(found: Endings) -> str:
    slowest = max(one.seconds for one in found.all)
    return f"slowest {slowest:.1f} s, most memory {found.child_kb // 1024} MB (n {len(found.all)})"


def _bounded(found: Endings) -> bool:
    slowest = max(one.seconds for one in found.all)
    return slowest <= WALL_SECONDS + SLACK_SECONDS and found.child_kb <= ONE_GIB_KB
