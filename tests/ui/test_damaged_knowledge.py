"""The service with damaged files of the research tools: it starts, its pages open, the log says what is left out."""

from __future__ import annotations

import html
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.ui import research_held
from assistant.ui.lab_bench import Bench, Door
from assistant.ui.research_molecules import DesignTab, objective
from assistant.ui.research_tabs import START, SimulateTab, models, simulation
from tools.discovery import guard, named
from tools.simulation import cards, records

CACHED = (guard.guard, guard.patterns, guard._asks, guard._rules, named.listed, cards._texts)


@pytest.fixture
def damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The first model of the page, the gate and the list of structures: all three cut to half."""
    folder = tmp_path / "tools" / "knowledge"
    for part in ("simulation", "discovery"):
        shutil.copytree(records.FOLDER.parent / part, folder / part)
    for name in (f"simulation/{START}", "discovery/guard", "discovery/structures"):
        path = folder / f"{name}.yaml"
        path.write_text(path.read_text("utf-8")[: path.stat().st_size // 2] + '\n"', encoding="utf-8")
    monkeypatch.setattr(records, "FOLDER", folder / "simulation")
    monkeypatch.setattr(guard, "PATH", folder / "discovery" / "guard.yaml")
    monkeypatch.setattr(named, "STRUCTURES", folder / "discovery" / "structures.yaml")
    for cached in CACHED:
        cached.cache_clear()
    yield folder
    for cached in CACHED:
        cached.cache_clear()


STARTED = """
import sys, time
from pathlib import Path
from starlette.testclient import TestClient
import scripted
from assistant.service.app import build
from assistant.settings import Settings
from tools.discovery import guard, named
from tools.simulation import records

knowledge, settings = Path(sys.argv[1]), Settings(data_dir=Path(sys.argv[2]))
records.FOLDER = knowledge / "simulation"
guard.PATH, named.STRUCTURES = knowledge / "discovery" / "guard.yaml", knowledge / "discovery" / "structures.yaml"
with TestClient(build(settings, scripted.ScriptedDesk(settings)), base_url="http://127.0.0.1") as client:
    until = time.monotonic() + 200
    while not client.get("/readyz").json()["parts"]["pages"] and time.monotonic() < until:
        time.sleep(0.2)
    for page in ("clinician", "patient", "lab", "research"):
        reply = client.get(f"/{page}/")
        print(page, reply.status_code, "gradio" in reply.text)
"""
"""In a process of its own: Gradio leaves its loops behind."""


@pytest.mark.network
def test_the_service_starts_every_page_opens_and_the_log_warns(damaged: Path, tmp_path: Path) -> None:
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parent), "GRADIO_TEMP_DIR": str(tmp_path)}
    asked = [sys.executable, "-c", STARTED, str(damaged), str(tmp_path / "data")]
    done = subprocess.run(asked, env=here, capture_output=True, text=True, timeout=280)
    assert done.stdout.split("\n")[:-1] == [
        f"{page} 200 True" for page in ("clinician", "patient", "lab", "research")
    ], done.stderr
    for file in (f"{START}.yaml", "guard.yaml", "structures.yaml"):
        assert done.stderr.count(f"{file} is damaged") == 1, done.stderr


def test_the_page_lists_the_model_as_unavailable_and_a_run_of_it_says_why(damaged: Path) -> None:
    assert models()[-1] == (f"warfarin: {START} (unavailable)", START)
    tab = SimulateTab(Door())
    tab._shown, tab._save = "shown", "save"
    asked = (START, 5, 24, 10, "", "", "", "", 20, 1, False)
    *_, last = tab.run(Bench(), lambda: simulation(*asked))
    assert "unavailable" in last["shown"]
    assert f"{START}.yaml is damaged" in html.unescape(last["shown"])
    assert f"{START}.yaml is damaged" in html.unescape(research_held.records())


def test_the_design_tab_says_that_there_is_no_gate(damaged: Path) -> None:
    pytest.importorskip("rdkit")
    tab = DesignTab(Door())
    tab._shown, tab._save, tab._one, tab._open = "shown", "save", "one", "open"
    *_, last = tab.run(Bench(), lambda: objective("", "search", ["qed"], [], True, 2, 50, 1))
    assert "unavailable" in last["shown"]
    assert "guard.yaml is damaged" in last["shown"]
