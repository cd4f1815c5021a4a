"""Start: the switches, the shadow check, the data folder; and that nothing heavy is imported for it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from assistant import startup
from assistant.settings import Settings
from assistant.startup import SWITCHES, StartupRefused, check_shadowing, prepare, python_ok, set_switches

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "transformers", "chromadb", "gradio", "langchain", "langgraph", "pandas", "numpy", "scipy")


@pytest.fixture(autouse=True)
def _environment_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*SWITCHES, "CONSILIUM_KEY_FILE"):
        monkeypatch.setenv(name, "")  # remembers what stood there, and that it goes back
        monkeypatch.delenv(name)


def test_the_versions_of_python() -> None:
    assert [python_ok((3, minor)) for minor in range(10, 15)] == [False, True, True, True, False]
    assert not python_ok((4, 11))
    assert python_ok()


def test_a_wrong_python_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup, "python_ok", lambda: False)
    with pytest.raises(StartupRefused, match=r"3\.11 to 3\.13"):
        prepare(Settings(data_dir=tmp_path))


def test_prepare_makes_folder_and_key_and_sets_the_switches(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "var"
    prepared = prepare(Settings(data_dir=folder))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert prepared.key == (folder / "key").read_bytes()
    assert prepared.notes == ()
    assert {name: os.environ[name] for name in SWITCHES} == SWITCHES
    assert prepare(Settings(data_dir=folder)) == prepared
    assert prepared.key.hex() not in repr(prepared)
    assert repr(prepared.key) not in repr(prepared)


def test_what_the_user_has_set_stays() -> None:
    environ = {"HF_HUB_OFFLINE": "0"}
    set_switches(environ)
    assert environ == SWITCHES | {"HF_HUB_OFFLINE": "0"}


def test_a_lost_key_is_said_at_the_start(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "archive.sqlite").touch()
    notes = prepare(Settings(data_dir=tmp_path)).notes
    assert len(notes) == 1
    assert "can no longer be read" in notes[0]
    assert prepare(Settings(data_dir=tmp_path)).notes == ()


def test_an_open_folder_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert "chmod 700" in prepare(Settings(data_dir=tmp_path)).notes[0]
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_place_that_cannot_be_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StartupRefused, match="cannot be made"):
            prepare(Settings(data_dir=place))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StartupRefused, match="cannot be written"):
        prepare(Settings(data_dir=tmp_path))


def test_our_own_packages_are_accepted() -> None:
    check_shadowing()


def test_a_foreign_package_in_our_place_is_refused(tmp_path: Path) -> None:
    """A fake distribution that installs ``tools`` stands in front: named with its file and its owner."""
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "__init__.py").touch()
    held = tmp_path / "handy_tools-1.0.dist-info"
    held.mkdir()
    (held / "METADATA").write_text("Metadata-Version: 2.1\nName: handy-tools\nVersion: 1.0\n")
    (held / "top_level.txt").write_text("tools\n")
    (held / "RECORD").write_text("tools/__init__.py,,\n")
    code = (
        "import sys; sys.path[:0] = sys.argv[1:];"
        "from assistant.startup import check_shadowing as c, StartupRefused as R\n"
        "try: c()\n"
        "except R as refusal: sys.stdout.write(str(refusal))"
    )
    said = _python(code, str(tmp_path), str(ROOT), cwd=tmp_path)
    assert str(tmp_path / "tools" / "__init__.py") in said
    assert "handy-tools" in said
    assert "'tools'" in said


def test_prepare_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import json, sys; from assistant.settings import load; from assistant.startup import prepare;"
        "prepare(load(data_dir=sys.argv[1])); sys.stdout.write(json.dumps(sorted(sys.modules)))"
    )
    loaded = json.loads(_python(code, str(tmp_path), cwd=ROOT))
    assert [name for name in HEAVY if name in loaded] == []


@pytest.mark.parametrize(
    "module", ["settings", "startup", "keys", "audit", "archive", "egress", "sessions", "uploads", "database"]
)
def test_an_import_does_nothing(module: str, tmp_path: Path) -> None:
    """No file, no print, no environment, no hook, nothing heavy."""
    code = (
        "import json, os, sys; sys.path.insert(0, sys.argv[2]); before = dict(os.environ)\n"
        "import importlib; importlib.import_module('assistant.' + sys.argv[1])\n"
        "import socket; hooked = socket.getaddrinfo.__module__ != 'socket'\n"
        "heavy = [name for name in sys.argv[3:] if name in sys.modules]\n"
        "sys.stdout.write(json.dumps([before == dict(os.environ), os.listdir(), hooked, heavy]))"
    )
    said = _python(code, module, str(ROOT), *HEAVY, cwd=tmp_path)
    assert json.loads(said) == [True, [], False, []]


def _python(code: str, *arguments: str, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=cwd, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_serving_prints_the_address_of_every_page(capsys: pytest.CaptureFixture[str]) -> None:
    from assistant.service.app import _greet

    _greet("::1", 8000)
    pages = ("clinician", "patient", "library", "lab", "research")
    assert capsys.readouterr().err.split() == [f"http://[::1]:8000/{page}" for page in pages]
