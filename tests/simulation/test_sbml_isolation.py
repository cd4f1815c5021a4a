"""A model is foreign code: which texts run at all, and what its process may take."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.packs import State
from tests.simulation.sbml_body import FILE, model, packs, text
from tools.simulation import sbml, sbml_files, sbml_worker
from tools.simulation.sbml_process import KEPT, Process

BOMB = """<?xml version="1.0"?><!DOCTYPE sbml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><sbml xmlns="http://www.sbml.org/sbml/level3/version1/core">&c;</sbml>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE sbml SYSTEM "file:///etc/passwd"><sbml/>"""


@pytest.fixture
def process() -> Iterator[Process]:
    pytest.importorskip("roadrunner", reason="libroadrunner (extra simulation) is not installed")
    made = Process()
    yield made
    made.close()


def given(folder: Path, content: str | bytes) -> Path:
    path = folder / "own.xml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def order(bodies: int = 1, points: int = 10) -> dict[str, object]:
    return {"show": ["[Cve]"], "times": [float(i) for i in range(points)], "bodies": [{"BW": 70.0}] * bodies}


def test_a_file_other_than_the_pinned_one_does_not_run(tmp_path: Path) -> None:
    held = packs(tmp_path)
    path = held.folder("pbpk-sbml") / FILE
    path.write_text(path.read_text().replace('value="75"', 'value="76"'))
    with pytest.raises(sbml.Refused, match="not the one that is pinned"):
        sbml.simulate(model(), [sbml.Body()], 10, 0, 1, 1, held)
    assert held.verify("pbpk-sbml").state is State.DAMAGED


def test_a_file_that_the_registry_does_not_name_does_not_run(tmp_path: Path) -> None:
    with pytest.raises(sbml.Unavailable):
        sbml_files.of_pack("other.xml", packs=packs(tmp_path))


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (BOMB, "document type"),
        (OUTSIDE, "document type"),
        ("no XML at all", "no XML"),
        ("<html/>", "no SBML"),
        (text().replace("UTF-8", "UTF-16").encode("utf-16"), "no XML in UTF-8"),
        (
            text().replace("<listOfCompartments>", "<externalModelDefinition/><listOfCompartments>"),
            "other files",
        ),
        (text(extra_species=500), "501 species"),
    ],
    ids=["bomb", "outside", "words", "html", "utf-16", "parts", "species"],
)
def test_a_trusted_file_must_be_plain_and_small(tmp_path: Path, content: str | bytes, wrong: str) -> None:
    with pytest.raises(sbml.Refused, match=wrong):
        sbml_files.trusted(given(tmp_path, content))


def test_a_trusted_file_is_not_read_where_it_is_too_large(tmp_path: Path) -> None:
    path = given(tmp_path, "")
    os.truncate(path, sbml_files.LARGEST + 1)
    with pytest.raises(sbml.Refused, match="larger than 5 MB"):
        sbml_files.trusted(path)


def test_a_trusted_file_runs_in_its_own_units(tmp_path: Path, process: Process) -> None:
    found = sbml.own(given(tmp_path, text()), ["[Cve]", "DOSE"], [0, 30, 60], {"DOSE": 100}, process)
    assert found.shape == (3, 2)
    assert found[0, 1] == 100 > found[1, 1] > found[2, 1] > 0
    assert found[2, 0] > 0


def test_the_species_are_counted_again_where_the_model_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("roadrunner", reason="libroadrunner (extra simulation) is not installed")
    monkeypatch.setattr(sbml_worker, "MOST_SPECIES", 3)
    engine = sbml_worker.Engine()
    assert engine.load("small", text(extra_species=2)) == 3
    with pytest.raises(ValueError, match="4 species"):
        engine.load("large", text(extra_species=3))


def test_what_is_no_model_is_refused_and_the_process_lives(process: Process) -> None:
    with pytest.raises(sbml.Refused, match="cannot be run"):
        process.run("none", "<sbml/>", order())
    assert process.run("made", text(), order()).shape == (1, 10, 1)


def test_a_run_without_end_is_ended_and_the_next_one_works(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    process.run("made", text(), order())
    with monkeypatch.context() as patched:
        patched.setattr(process, "_limit", 1.0)
        started = time.monotonic()
        with pytest.raises(sbml.Refused, match="ended after 1 s"):
            process.run("made", text(), order(bodies=20_000, points=20_000))
        assert time.monotonic() - started < 20
    assert process.run("made", text(), order()).shape == (1, 10, 1)


def test_a_process_that_breaks_off_is_told(process: Process) -> None:
    process.run("made", text(), order())
    running = process._child.process
    assert running is not None
    ending = threading.Timer(0.3, os.kill, (running.pid, signal.SIGKILL))
    ending.start()
    with pytest.raises(sbml.Refused, match="broke off"):
        process.run("made", text(), order(bodies=20_000, points=20_000))
    ending.join()
    assert process.run("made", text(), order()).shape == (1, 10, 1)


def test_more_memory_than_allowed_is_refused(process: Process) -> None:
    greedy = {**order(points=20_000), "show": ["[Cve]"] * 20_000}  # 3.2 GB of numbers
    with pytest.raises(sbml.Refused):
        process.run("made", text(), greedy)
    assert process.run("made", text(), order()).shape == (1, 10, 1)


def test_the_process_has_the_limits_of_the_specification(process: Process) -> None:
    process.run("made", text(), order())
    assert process._child.process is not None
    limits = Path(f"/proc/{process._child.process.pid}/limits")
    if not limits.exists():
        pytest.skip("no /proc on this system")
    held = {line[:25].strip(): line[25:].split()[0] for line in limits.read_text().splitlines()}
    assert int(held["Max address space"]) == sbml_worker.MEMORY == 2 << 30
    assert held["Max file size"] == "0"


def test_one_model_more_than_is_kept_warm(process: Process) -> None:
    for i in range(KEPT + 1):
        assert process.run(f"made {i}", text(), order()).shape == (1, 10, 1)
    assert process._loaded == {f"made {KEPT}"}
