"""``consilium image``: the imaging part's verbs under the assistant's settings and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import edge
from assistant.cli.app import app
from imaging.commands import ends


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the command sets up for its own process is left as it was in this one."""
    monkeypatch.setattr("assistant.egress.install", lambda hosts: None)
    monkeypatch.setattr("retrieval.search._settings", {}, raising=False)
    monkeypatch.setattr("retrieval.packs._settings", {})


def run(*words: str, folder: Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["image", *words], env={"CONSILIUM_DATA_DIR": str(folder)})
    return done.exit_code, done.output


def test_both_command_lines_end_with_the_same_numbers() -> None:
    assert ends.CODES == edge.CODES
    assert (ends.BAD_INPUT, ends.UNAVAILABLE) == (edge.BAD_INPUT, edge.UNAVAILABLE)


def test_a_verb_reads_the_settings_first(tmp_path: Path) -> None:
    code, told = run("models", "list", "--json", folder=tmp_path / "data")
    assert code == 0
    assert "retinal-vessels" in [card["id"] for card in json.loads(told)]
    assert (tmp_path / "data").is_dir()


def test_settings_that_cannot_be_used_end_the_verb(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    code, _ = run("models", "list", folder=tmp_path / "file")
    assert code == edge.BAD_INPUT


def test_a_broken_picture_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    code, told = run("look", str(tmp_path / "x.png"), folder=tmp_path / "data")
    assert code == edge.BAD_INPUT
    assert "bad_input" in told


def test_the_help_of_the_whole_program_imports_nothing_heavy() -> None:
    asked = (
        "import sys\nfrom typer.testing import CliRunner\nfrom assistant.cli.app import app\n"
        "assert CliRunner().invoke(app, ['image', 'look', '--help']).exit_code == 0\n"
        "print([name for name in ('numpy', 'torch', 'skimage', 'PIL', 'gradio') if name in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout.strip() == "[]"
