"""A run's folder: what was run, the cases, and what each subject did with them, so that a killed run goes on.

``run.json`` (the manifest), ``cases.jsonl`` (one case a line), ``traces.jsonl`` (append-only, one trace a line). A
line that a crash tore off is dropped on the next opening. The key of a trace is (case, subject, repeat); the last one
counts.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TextIO

from pydantic import ValidationError

from evals.cases.case import Case
from evals.run.trace import Trace
from retrieval.evidence import Text, Word

MANIFEST, CASES, TRACES = "run.json", "cases.jsonl", "traces.jsonl"
SYNC_SECONDS = 0.5
"""A trace waits at most so long before it is forced to the disk; the process's own end loses none."""
Key = tuple[str, str, int]


class StoreError(ValueError):
    """The folder is no run, or another one than was asked for; the message has the mend."""


class Asked(Word):
    """One suite of a run, as it was asked for."""

    suite: Text
    n: int
    seed: int
    cases: int = 0
    """How many cases that gave."""
    sha256: str = ""
    """Of their lines: two runs compare only where these are equal."""
    subjects: tuple[str, ...] = ()
    """The tested subject first, the trivial ones after it."""
    not_run: str = ""
    """Why the suite was not run."""


class Manifest(Word):
    """What was run with what. No user, no host, no home path stands in it."""

    schema_version: int = 1
    profile: str = ""
    subject: Text
    seed: int
    repeats: int = 1
    lived: int = 1
    """How often the tested subject lives each case: once where it is deterministic, else ``repeats`` times."""
    suites: tuple[Asked, ...] = ()
    commit: str = ""
    changed: bool = False
    """The working tree differed from the commit."""
    changes: str = ""
    """SHA-256 of ``git diff HEAD``; "" where nothing differed."""
    python: str = ""
    packages: Mapping[str, str] = {}
    knowledge: Mapping[str, str] = {}
    """SHA-256 of each folder of knowledge."""
    packs: Mapping[str, str] = {}
    machine: Mapping[str, str] = {}
    """Architecture, cores, system: no name."""
    started: str = ""
    seconds: float = 0.0
    workers: int = 1
    engine: str = "pool"


class Store:
    """One run's folder. Only the engine's own process writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._out: TextIO | None = None
        self._synced = 0.0

    def begin(self, manifest: Manifest) -> None:
        """Make the folder, or open it again for the same run.

        Raises:
            StoreError: it holds another run, or the same one by other code, knowledge or packages: the old traces
                would pass for the new code's.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if (self.folder / MANIFEST).exists():
            self._same(manifest)
        elif any(self.folder.iterdir()):
            raise StoreError(f"{self.folder.name} is not empty and holds no run: name another folder.")
        self.manifest(manifest)

    def _same(self, wanted: Manifest) -> None:
        held = manifest(self.folder)
        for name in ("profile", "subject", "seed", "repeats"):
            if getattr(held, name) != getattr(wanted, name):
                raise StoreError(
                    f"{self.folder.name} holds a run with {name} {getattr(held, name)!r}, not "
                    f"{getattr(wanted, name)!r}: name another folder."
                )
        before = {each.suite: each.sha256 for each in held.suites if each.sha256}
        for each in wanted.suites:
            if each.sha256 and before.get(each.suite, each.sha256) != each.sha256:
                raise StoreError(
                    f"The cases of {each.suite} have changed since this run: name another folder."
                )
        if off := "; ".join(_otherwise(held, wanted)):
            raise StoreError(f"{self.folder.name} was run with other code: {off}. Name another folder.")

    def manifest(self, manifest: Manifest) -> None:
        """Write the manifest, whole or not at all."""
        _whole(self.folder / MANIFEST, manifest.model_dump_json(indent=1) + "\n")

    def cases(self, lines: Iterable[str]) -> None:
        """Write the cases, whole or not at all."""
        _whole(self.folder / CASES, "".join(f"{line}\n" for line in lines))

    def done(self, *, retry_errors: bool = False) -> frozenset[Key]:
        """The keys that need no second run."""
        return frozenset(_key(trace) for trace in traces(self.folder) if not (retry_errors and trace.error))

    def add(self, line: str) -> None:
        """Append a trace; it is in the file when this returns, and on the disk half a second later at most."""
        if self._out is None:
            _mend(self.folder / TRACES)
            self._out = (self.folder / TRACES).open("a", encoding="utf-8")
        self._out.write(line + "\n")
        self._out.flush()
        if time.monotonic() - self._synced > SYNC_SECONDS:
            os.fsync(self._out.fileno())
            self._synced = time.monotonic()

    def close(self) -> None:
        """Force what was written to the disk."""
        if self._out is not None:
            os.fsync(self._out.fileno())
            self._out.close()
            self._out = None


def manifest(folder: Path) -> Manifest:
    """The manifest of a run.

    Raises:
        StoreError: there is none, or it is of another version.
    """
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError) as wrong:
        raise StoreError(f"{folder.name} holds no run that this version reads.") from wrong


def cases(folder: Path) -> Iterator[Case]:
    """The cases of a run in their order."""
    for line in _lines(folder / CASES):
        yield Case.model_validate_json(line)


def traces(folder: Path) -> tuple[Trace, ...]:
    """The traces by case, subject and repeat, whatever the order in which they were made; torn lines are left out."""
    held: dict[Key, Trace] = {}
    for line in _lines(folder / TRACES):
        try:
            trace = Trace.model_validate_json(line)
        except ValidationError:
            continue
        held[_key(trace)] = trace
    return tuple(held[key] for key in sorted(held))


def _otherwise(held: Manifest, wanted: Manifest) -> Iterator[str]:
    """What the two were made with that differs, by its name."""
    if held.commit != wanted.commit:
        yield f"commit {held.commit[:12] or 'none'}, now {wanted.commit[:12] or 'none'}"
    if held.changes != wanted.changes:
        yield "the changes in the working tree differ (git diff HEAD)"
    if held.python != wanted.python:
        yield f"python {held.python}, now {wanted.python}"
    for name in sorted({*held.packages, *wanted.packages}):
        before, now = held.packages.get(name, "absent"), wanted.packages.get(name, "absent")
        if before != now:
            yield f"{name} {before}, now {now}"
    for name in sorted({*held.knowledge, *wanted.knowledge}):
        if held.knowledge.get(name) != wanted.knowledge.get(name):
            yield f"the files of {name} differ"


def _key(trace: Trace) -> Key:
    return (trace.case, trace.subject, trace.repeat)


def _lines(file: Path) -> Iterator[bytes]:
    """The lines that end; the last one of a crash does not."""
    if not file.exists():
        return
    with file.open("rb") as content:
        for line in content:
            if line.endswith(b"\n"):
                yield line


def _mend(file: Path) -> None:
    """Cut off a torn last line, so that the next one does not grow onto it."""
    if not file.exists():
        return
    content = file.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        file.write_bytes(whole)


def _whole(file: Path, text: str) -> None:
    part = file.with_suffix(".part")
    with part.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)
