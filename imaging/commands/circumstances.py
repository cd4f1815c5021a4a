"""With what an evaluation was made: code, packages, sort of machine, and the sets as they lay there."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from importlib import metadata
from pathlib import Path

from imaging.report.evaluation import Evaluation, SetSeen
from imaging.suites.row import Given

PACKAGES = ("torch", "numpy", "scipy", "scikit-image", "scikit-learn", "pillow", "pydicom", "nibabel")
SETS = ("busi_256", "chasedb1", "drive", "eye4_256", "idrid_seg54", "pneumoniamnist", "rfmid64")
"""The folders that suites read."""

ROOT = Path(__file__).resolve().parents[2]


def circumstances(given: Given) -> Evaluation:
    """An evaluation without rows: when, with which code and packages, on what machine and sets."""
    return Evaluation(
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        code=_code(),
        versions={"python": platform.python_version(), **_versions()},
        host=host(),
        data=tuple(sets(given.data)),
        every=given.every,
        trained=given.train,
    )


def _versions() -> Mapping[str, str]:
    return {name: metadata.version(name) for name in PACKAGES}


def host() -> Mapping[str, str]:
    """The sort of machine, never its name."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "cores": str(os.cpu_count() or 1),
    }


def sets(folder: Path) -> Iterator[SetSeen]:
    """Each set in a folder: how many files and bytes, and one hash over their names and sizes."""
    yield from (_seen(folder / name) for name in SETS if (folder / name).is_dir())


def _seen(folder: Path) -> SetSeen:
    digest, count, size = sha256(), 0, 0
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        count, size = count + 1, size + path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()}\t{path.stat().st_size}\n".encode())
    return SetSeen(name=folder.name, files=count, bytes=size, sha256_of_names_and_sizes=digest.hexdigest())


def _code() -> str:
    """The commit of the checkout, marked where files differ from it; the package's version outside of one."""
    try:
        commit = _git("rev-parse", "--short=12", "HEAD")
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", "imaging")
    except (OSError, subprocess.CalledProcessError):
        return f"version {metadata.version('consilium-cds')}"
    return f"{commit}{', with changes in imaging/' if changed else ''}"


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()
