"""The key: made once, closed to others, refused when short or open."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.keys import KeyRefused, derived, load_key, pseudonym

ROOT = Path(__file__).resolve().parents[2]


def test_a_key_is_made_once_and_closed(tmp_path: Path) -> None:
    key = load_key(tmp_path, {})
    assert len(key) == 32
    assert load_key(tmp_path, {}) == key
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["key"]
    assert load_key(_folder(tmp_path / "other"), {}) != key


def test_a_named_key_is_read_and_never_made(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere"
    environ = {"CONSILIUM_KEY_FILE": str(file)}
    with pytest.raises(KeyRefused, match="does not exist"):
        load_key(tmp_path, environ)
    assert not file.exists()
    _write(file, b"k" * 40)
    assert load_key(tmp_path, environ) == b"k" * 40
    assert not (tmp_path / "key").exists()


@pytest.mark.parametrize("length", [0, 1, 31])
def test_a_short_key_is_refused(tmp_path: Path, length: int) -> None:
    _write(tmp_path / "key", b"k" * length)
    with pytest.raises(KeyRefused, match=f"{length} bytes.*chmod 600"):
        load_key(tmp_path, {})


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_key_that_others_reach_is_refused(tmp_path: Path, mode: int) -> None:
    _write(tmp_path / "key", b"k" * 32)
    (tmp_path / "key").chmod(mode)
    with pytest.raises(KeyRefused, match="chmod 600"):
        load_key(tmp_path, {})


def test_a_folder_in_the_place_of_the_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").mkdir()
    with pytest.raises(KeyRefused, match="cannot be read"):
        load_key(tmp_path, {})


def test_processes_that_start_at_once_agree_on_the_key(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from assistant.keys import load_key;"
        "sys.stdout.write(load_key(pathlib.Path(sys.argv[1]), {}).hex())"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    said = {process.communicate(timeout=60)[0] for process in running}
    assert len(said) == 1
    assert said == {load_key(tmp_path, {}).hex().encode()}


def test_each_purpose_has_its_own_key() -> None:
    key = bytes(range(32))
    made = {derived(key, purpose) for purpose in ("archive", "actor", "archive mark")} | {key}
    assert len(made) == 4
    assert all(len(one) == 32 for one in made)


def test_a_pseudonym_is_stable_and_hides_the_user() -> None:
    assert pseudonym(b"k" * 32, "dr.jones") == pseudonym(b"k" * 32, "dr.jones")
    assert pseudonym(b"k" * 32, "dr.jones") != pseudonym(b"l" * 32, "dr.jones")
    assert "jones" not in pseudonym(b"k" * 32, "dr.jones")


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _write(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    file.chmod(0o600)
