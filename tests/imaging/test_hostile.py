"""Three hundred hostile files: each ends in words, within its time and memory, and nothing is ever half shown."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imaging.findings import read_file
from imaging.image import ImageError
from imaging.load import WALL_SECONDS, load
from imaging.suites import files
from imaging.suites.hostile import COUNT, MAKERS, hostile, right_outcome, saved
from imaging.suites.row import Given
from retrieval.evidence import Outcome

ROOT = Path(__file__).parents[2]
ONE_GIB_IN_KB = 1 << 20
PAGE = Image.new("L", (20, 20), 90)


def refusals(every: int, count: int) -> None:
    """Run in a process of its own: prints the longest refusal in seconds and the most memory of a child in kB.

    A child begins as a copy of its parent, so that the size of a whole test run would be counted as the child's.
    """
    slowest = 0.0
    for index, (name, data) in islice(enumerate(hostile()), 0, count, every):
        started = time.perf_counter()
        with pytest.raises(ImageError) as refused:
            load(data)
        assert type(refused.value) is right_outcome(index), name
        assert "SECRET" not in str(refused.value), name
        slowest = max(slowest, time.perf_counter() - started)
    print(slowest, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def _measured(every: int, count: int) -> tuple[float, int]:
    call = f"from tests.imaging.test_hostile import refusals; refusals({every}, {count})"
    done = subprocess.run([sys.executable, "-c", call], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    slowest, memory = done.stdout.split()
    return float(slowest), int(memory)


def test_every_third_kind_is_refused_in_words() -> None:
    slowest, memory = _measured(3, len(MAKERS))
    assert slowest < WALL_SECONDS + 2
    assert memory <= ONE_GIB_IN_KB


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_all_three_hundred_are_refused_in_words() -> None:
    assert len(MAKERS) >= 30
    slowest, memory = _measured(1, COUNT)
    assert slowest < WALL_SECONDS + 2
    assert memory <= ONE_GIB_IN_KB


@pytest.mark.parametrize("index", [0, 13, 22])
def test_the_tool_says_how_to_mend_it(tmp_path: Path, index: int) -> None:
    path = tmp_path / "SECRET name"
    path.write_bytes(next(islice(hostile(), index, None))[1])
    result = read_file(path, ("findings",), "auto", None)
    assert result.outcome is Outcome.BAD_INPUT
    assert result.note.rstrip(".").split(". ")[-1].split()[0] in ("Give", "Attach", "Save")
    assert "SECRET" not in result.note


@pytest.mark.slow
def test_the_suite_counts_each_ending() -> None:
    """Every 60th file of both sets; all: `consilium image evaluate files`."""
    own, hostile_ones = files.rows(Given(data=ROOT, work=ROOT, every=60))
    assert own.bar == hostile_ones.bar == 19
    assert own.met, own
    assert hostile_ones.met, hostile_ones
    assert "5 files: " in hostile_ones.ours


def test_an_ending_names_the_error_and_a_frame_that_was_asked_for() -> None:
    several = files.ending(
        "pages", saved(np.zeros((20, 20), np.uint8), "TIFF", save_all=True, append_images=[PAGE])
    )
    assert (several.outcome, several.asked) == ("opened", True)
    assert files.ending("words", b"hello").outcome == "UnreadableImage"


def test_a_wrong_ending_is_called_wrong() -> None:
    """A broken file that opens, a whole one that does not, and a picture said to be none."""
    assert files._judged("opened", "broken") == "wrong"
    assert files._judged("UnreadableImage", "decoded") == "wrong"
    assert files._judged("TooLarge", "nothing in it") == "wrong"
    assert files._judged("UnreadableImage", "refused by rule") == "by our rule"
