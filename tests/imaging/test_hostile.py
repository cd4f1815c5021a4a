"""Three hundred hostile files: each ends in words, within its time and memory, and nothing is ever half shown."""

from __future__ import annotations

import resource
import time
from itertools import islice
from pathlib import Path

import pytest

from imaging.findings import read_file
from imaging.image import ImageError
from imaging.load import WALL_SECONDS, load
from retrieval.evidence import Outcome
from tests.imaging.hostile_files import COUNT, MAKERS, hostile

ONE_GIB_IN_KB = 1 << 20


def _refused(name: str, data: bytes) -> float:
    """Seconds until the refusal."""
    started = time.perf_counter()
    with pytest.raises(ImageError) as refused:
        load(data)
    assert "SECRET" not in str(refused.value), name
    return time.perf_counter() - started


def _largest_child() -> int:
    """The most memory that any child of this process has held, in kB: those of other tests count as well."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def test_every_third_kind_is_refused_in_words() -> None:
    before = _largest_child()
    slowest = max(_refused(name, data) for name, data in islice(hostile(), 0, len(MAKERS), 3))
    assert slowest < WALL_SECONDS + 2
    assert _largest_child() <= max(before, ONE_GIB_IN_KB)


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_all_three_hundred_are_refused_in_words() -> None:
    before = _largest_child()
    seconds = [_refused(name, data) for name, data in hostile()]
    assert len(seconds) == COUNT
    assert len(MAKERS) >= 30
    assert max(seconds) < WALL_SECONDS + 2
    assert _largest_child() <= max(before, ONE_GIB_IN_KB)


@pytest.mark.parametrize("index", [0, 13, 22])
def test_the_tool_says_how_to_mend_it(tmp_path: Path, index: int) -> None:
    path = tmp_path / "SECRET name"
    path.write_bytes(next(islice(hostile(), index, None))[1])
    result = read_file(path, ("findings",), "auto", None)
    assert result.outcome is Outcome.BAD_INPUT
    assert result.note.rstrip(".").split(". ")[-1].split()[0] in ("Give", "Attach", "Save")
    assert "SECRET" not in result.note
