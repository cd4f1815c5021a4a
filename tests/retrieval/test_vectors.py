"""The vector index: our own vectors, filters, a swap that survives a kill, and two processes on one folder."""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.vectors import Entry, Filter, VectorIndex, digest
from retrieval.vectors.chroma import ChromaIndex, served
from retrieval.vectors.generations import locked, opened

ROOT = Path(__file__).resolve().parents[2]
ABOUT = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["trial", "review", "page"]),
        "topic": st.sampled_from(["a", "b"]),
        "depth": st.sampled_from(["abstract", "full text"]),
        "year": st.integers(0, 2026),
    }
)


def entries(n: int = 6) -> list[Entry]:
    return [
        Entry(f"p{i}|0", f"text {i}", {"kind": "trial" if i % 2 else "review", "topic": "a", "depth": "abstract",
                                       "year": 2000 + i})
        for i in range(n)
    ]  # fmt: skip


def vectors(n: int = 6) -> Any:
    return np.eye(n, 8, dtype=np.float32)


def index_in(folder: Path, held: list[Entry], **more: Any) -> VectorIndex:
    return opened(folder, held, digest(held, "double"), more.get("fill", lambda: vectors(len(held))))


def refuse() -> Any:
    raise AssertionError("the standing index should have been used")


def test_neighbours_come_best_first_and_each_passage_once(tmp_path: Path) -> None:
    held = [*entries(3), Entry("p0|1", "another side", entries(1)[0].about)]
    index = index_in(tmp_path, held)
    near = index.query(np.array([[0, 1, 0.5, 0, 0, 0, 0, 0]], dtype=np.float32), 10, Filter())
    assert [passage for passage, _ in near] == ["p1", "p2", "p0"]
    assert near[0].cosine == pytest.approx(0.894427, abs=1e-4)
    assert index.passages() == {"p0", "p1", "p2"}
    index.close()


def test_filters_narrow_to_year_and_kind(tmp_path: Path) -> None:
    index = index_in(tmp_path, entries())
    ask = np.ones((1, 8), dtype=np.float32)
    assert {p for p, _ in index.query(ask, 10, Filter(since=2004))} == {"p4", "p5"}
    assert {p for p, _ in index.query(ask, 10, Filter(kinds=("trial",), since=2003))} == {"p3", "p5"}
    assert index.query(ask, 10, Filter(topics=("b",))) == []
    index.close()


@given(ABOUT, st.sampled_from([None, ("trial",), ("trial", "page")]), st.none() | st.integers(1990, 2026))
def test_the_two_ways_of_filtering_say_the_same(about: Any, kinds: Any, since: int | None) -> None:
    allowed = Filter(kinds=kinds, since=since)
    where = allowed.where()
    parts = where.get("$and", [where]) if where else []
    by_chroma = all(
        about[name] in rule["$in"] if "$in" in rule else about[name] >= rule["$gte"]
        for part in parts
        for name, rule in part.items()
    )
    assert allowed.admits(about) == by_chroma


def test_a_standing_index_is_opened_and_a_changed_content_is_built_anew(tmp_path: Path) -> None:
    index_in(tmp_path, entries()).close()
    index_in(tmp_path, entries(), fill=refuse).close()
    changed = index_in(tmp_path, entries(5))
    assert changed.size == 5
    changed.close()
    assert len(list(tmp_path.glob("index-*"))) <= 2


def test_another_format_is_built_anew(tmp_path: Path) -> None:
    index_in(tmp_path, entries()).close()
    current = json.loads((tmp_path / "current.json").read_text())
    (tmp_path / "current.json").write_text(json.dumps(current | {"format": 0}))
    with pytest.raises(AssertionError, match="standing"):
        index_in(tmp_path, entries(), fill=refuse)


def test_what_an_unfinished_build_left_is_swept_and_the_old_index_stays(tmp_path: Path) -> None:
    index_in(tmp_path, entries()).close()
    (tmp_path / "index-halfbuilt").mkdir()
    with pytest.raises(OSError, match="disk full"):
        index_in(tmp_path, entries(5), fill=_disk_full)
    index_in(tmp_path, entries(), fill=refuse).close()
    index_in(tmp_path, entries(5)).close()
    assert not (tmp_path / "index-halfbuilt").exists()


def _disk_full() -> Any:
    raise OSError(28, "disk full")


def test_the_digest_depends_on_text_model_and_properties() -> None:
    one = entries(2)
    other = [Entry(one[0].id, one[0].text, one[0].about | {"year": 1}), one[1]]
    assert len({digest(one, "a"), digest(one, "b"), digest(other, "a"), digest(one[:1], "a")}) == 4


KILLED = """
import os, signal, sys, time
from pathlib import Path
import numpy as np
from retrieval.vectors import Entry, digest
from retrieval.vectors.generations import opened
from retrieval.vectors.chroma import ChromaIndex
about = {"kind": "trial", "topic": "a", "depth": "abstract", "year": 2000}
held = [Entry(f"p{i}|0", f"text {i}", about) for i in range(6)]
ChromaIndex._name_it = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
opened(Path(sys.argv[1]), held, digest(held, "double"), lambda: np.eye(6, 8, dtype=np.float32))
"""


def test_a_kill_during_the_build_leaves_a_usable_state(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "current.json").exists()
    (left,) = tmp_path.glob("index-*")
    index = index_in(tmp_path, entries())
    assert index.size == 6
    assert not left.exists()
    index.close()


SECOND = """
import sys
from pathlib import Path
import numpy as np
from retrieval.vectors import Entry, digest
from retrieval.vectors.generations import opened
held = [Entry(f"p{i}|0", f"text {i}", {"kind": "trial" if i % 2 else "review", "topic": "a", "depth": "abstract",
        "year": 2000 + i}) for i in range(6)]
def fill():
    print("built")
    return np.eye(6, 8, dtype=np.float32)
index = opened(Path(sys.argv[1]), held, digest(held, "double"), fill)
print(index.size)
"""


def test_a_second_process_waits_for_the_builder_and_then_reads(tmp_path: Path) -> None:
    with locked(tmp_path / ".lock"):
        second = subprocess.Popen(
            [sys.executable, "-c", SECOND, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        time.sleep(2.5)
        assert second.poll() is None
        assert not list(tmp_path.glob("index-*"))
    out, _ = second.communicate(timeout=60)
    assert out.split() == ["built", "6"]
    index_in(tmp_path, entries(), fill=refuse).close()


def test_a_lock_dies_with_its_process(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom retrieval.vectors.generations import locked\n"
        "with locked(Path(sys.argv[1])):\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / ".lock")], cwd=ROOT, check=False)
    started = time.monotonic()
    with locked(tmp_path / ".lock"):
        assert time.monotonic() - started < 1


@pytest.mark.parametrize("url", ["ftp://host", "localhost:8000", "http://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="Chroma server"):
        served(url)


# Chroma's HTTP client leaves its administration connection open after close().
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.slow
@pytest.mark.network
def test_the_same_class_over_a_served_chroma(tmp_path: Path) -> None:
    port = 18_000 + os.getpid() % 1000
    tool = Path(sys.executable).with_name("chroma")
    if not tool.exists():
        pytest.skip("the chroma command is not installed")
    server = subprocess.Popen(
        [str(tool), "run", "--path", str(tmp_path), "--port", str(port), "--host", "127.0.0.1"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(port)
        _served_and_found_again(url)
        gc.collect()  # the open connection is complained about here, where it is expected
    finally:
        server.terminate()
        server.wait(20)


def _served_and_found_again(url: str) -> None:
    from retrieval.vectors.generations import opened_on_server

    index = opened_on_server(url, entries(), digest(entries(), "d"), vectors)
    assert index.query(vectors()[:1], 3, Filter())[0].passage == "p0"
    again = opened_on_server(url, entries(), digest(entries(), "d"), refuse)
    assert again.size == 6
    assert isinstance(again, ChromaIndex)
    index.close()
    again.close()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("the Chroma server did not start")
