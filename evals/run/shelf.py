"""A built literature index for the harness: made once on a machine, and copied into each subject's own folder.

``python -m evals.run.shelf FOLDER`` builds it there; the harness calls that in a process of its own.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MADE_OF = ("*.py", "*.yaml", "*.npz")
"""What the index hangs on; a change of any of these makes a new one."""


def built(*, papers: bool = False) -> Path:
    """The folder of an index that fits this checkout; built when there is none yet (about 20 s on one core, with the
    trial papers of :mod:`evals.run.papers` about a minute).

    It lies in the temporary folder of this user, closed to others; a folder there that is somebody else's is not used.

    Raises:
        RuntimeError: the index could not be built; the message ends with the reason.
    """
    place = _own(Path(tempfile.gettempdir()) / f"consilium-evals-{os.getuid()}") / (
        _key() + ("-papers" if papers else "")
    )
    if place.is_dir():
        return place
    making = Path(tempfile.mkdtemp(dir=place.parent))
    done = subprocess.run(
        [sys.executable, "-m", "evals.run.shelf", str(making), *(["papers"] if papers else [])],
        cwd=ROOT, capture_output=True, text=True, timeout=1200, check=False,
    )  # fmt: skip
    if done.returncode:
        shutil.rmtree(making)
        raise RuntimeError(f"The literature index could not be built: {done.stderr.strip()[-500:]}")
    try:
        making.rename(place)
    except OSError:  # another process was faster
        shutil.rmtree(making)
    return place


def fill(folder: Path, *, papers: bool = False) -> None:
    """Put a copy of the built index into a data folder."""
    shutil.copytree(built(papers=papers) / "literature", folder / "literature")


def _own(folder: Path) -> Path:
    """The folder, made where it is missing; one that is not ours alone gives way to a fresh one."""
    folder.mkdir(mode=0o700, exist_ok=True)
    seen = folder.lstat()
    if seen.st_uid == os.getuid() and not seen.st_mode & 0o077 and not folder.is_symlink():
        return folder
    return Path(tempfile.mkdtemp(prefix="consilium-evals-"))


def _key() -> str:
    digest = hashlib.sha256()
    for pattern in MADE_OF:
        for file in sorted((ROOT / "retrieval").rglob(pattern)):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def main(folder: Path, *, papers: bool = False) -> None:
    """Build the index in ``folder``."""
    if papers:
        from evals.run.papers import put

        put(folder)
        return
    from retrieval.search import configure, library

    configure(folder)
    if not library().wait(timeout=580):
        raise RuntimeError(library().trouble or "it took too long")
    library().close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), papers=sys.argv[2:] == ["papers"])
