"""The vector index: our own vectors, filters, and a digest that stands only while the index is whole."""

from __future__ import annotations

import gc
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.passages import Document
from retrieval.search import Library
from retrieval.vectors import Filter
from retrieval.vectors.chroma import ChromaIndex, embedded, served

ABOUT = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["trial", "review", "page"]),
        "topic": st.sampled_from(["a", "b"]),
        "depth": st.sampled_from(["abstract", "full text"]),
        "year": st.integers(0, 2026),
    }
)


def about(n: int) -> dict[str, str | int]:
    return {"kind": "trial" if n % 2 else "review", "topic": "a", "depth": "abstract", "year": 2000 + n}


def index_in(folder: Path, n: int = 6) -> ChromaIndex:
    index = ChromaIndex(embedded(folder), "passages")
    index.begin()
    rows = np.eye(n, 8, dtype=np.float32)
    index.add([f"p{i}|0" for i in range(n)], rows, [about(i) for i in range(n)])
    index.finish("whole")
    return index


def test_neighbours_come_best_first_and_each_passage_once(tmp_path: Path) -> None:
    index = index_in(tmp_path, 3)
    index.add(["p0|1"], np.eye(4, 8, dtype=np.float32)[3:], [about(0)])
    near = index.query(np.array([[0, 1, 0.5, 0.1, 0, 0, 0, 0]], dtype=np.float32), 10, Filter())
    assert [place for place, _ in near] == ["p1", "p2", "p0"]
    assert near[0].cosine == pytest.approx(0.890871, abs=1e-4)
    assert index.ids() == {"p0|0", "p0|1", "p1|0", "p2|0"}
    index.remove(["p1|0"])
    assert index.ids() == {"p0|0", "p0|1", "p2|0"}
    index.close()


def test_filters_narrow_to_year_and_kind(tmp_path: Path) -> None:
    index = index_in(tmp_path)
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


def test_an_index_is_complete_only_between_its_finish_and_the_next_beginning(tmp_path: Path) -> None:
    index = ChromaIndex(embedded(tmp_path), "passages")
    assert not index.complete("whole")
    index_in(tmp_path)
    assert index.complete("whole")
    assert not index.complete("other")
    index.begin()
    assert not index.complete("whole")
    assert index.size == 6
    index.close()


@pytest.mark.parametrize("url", ["ftp://host", "localhost:8000", "http://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="Chroma server"):
        served(url)


# Chroma's HTTP client leaves its administration connection open after close().
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.slow
@pytest.mark.network
def test_a_library_over_a_served_chroma(
    documents: tuple[Document, ...], tmp_path: Path, encoder_maker: Any
) -> None:
    with _server(tmp_path / "server") as url:
        question = "Does tiotropium help in COPD?"
        first = Library(documents, tmp_path / "here", encoder_maker(), server=url)
        assert first.wait(60), first.trouble
        whole = first.search(question).model_dump_json()
        first.remove(documents[0].source.id)
        assert first.wait(60), first.trouble
        assert not first.search(question).covered
        first.close()
        encoder = encoder_maker()
        again = Library(documents, tmp_path / "here", encoder, server=url)
        assert again.wait(60), again.trouble
        assert encoder.texts == ["ready"]  # the vectors of the one that was removed were kept for a while
        assert again.search(question).model_dump_json() == whole
        again.close()
        other = Library(documents[1:], tmp_path / "elsewhere", encoder_maker(), server=url)
        assert other.wait(60), other.trouble
        assert not other.search(question).covered
        other.close()
        served(url)._server._session.close()
        served.cache_clear()
        gc.collect()  # the administration's connection is complained about here, where it is expected


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    port = 18_000 + os.getpid() % 1000
    tool = Path(sys.executable).with_name("chroma")
    if not tool.exists():
        pytest.skip("the chroma command is not installed")
    server = subprocess.Popen(
        [str(tool), "run", "--path", str(folder), "--port", str(port), "--host", "127.0.0.1"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("the Chroma server did not start")
