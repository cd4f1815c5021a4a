"""The pack of labels on this machine: prepared from openFDA's files, opened on first use, held as text for quotes."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from retrieval.packs import Packs, held_packs
from retrieval.passages import normalised
from tools.labels.index import SCHEMA, Label, Labels, prepare
from tools.labels.records import LabelFileError
from tools.labels.search import Passage, cut

PACK = "openfda-labels"
PULL = f"consilium packs pull {PACK}"
PREPARE = f"consilium packs prepare {PACK}"
_SOURCE = "label:"


class NotPrepared(RuntimeError):
    """No index was made, and the old one, if any, stays; the message says why."""


@dataclass(frozen=True)
class Made:
    """What preparing brought: labels in the index, and when it was built."""

    rows: int
    built: str


def prepare_pack(packs: Packs | None = None, *, again: bool = False) -> Made:
    """Make the index of the pulled files, or leave it if it is of these very files already.

    It is written aside and swapped in whole, under a name that the files' digests give; older ones go.

    Raises:
        NotPrepared: the pack is not held, or a file cannot be used.
    """
    packs = packs or held_packs()
    files, target = packs.files(PACK), _place(packs)
    if not files or target is None:
        raise NotPrepared(f"The pack is not held: {PULL}.")
    if not target.exists() or again:
        _made(files, target)
    for old in target.parent.glob("labels-*.sqlite*"):
        if old != target:
            old.unlink(missing_ok=True)
    labels = Labels(target)
    try:
        return Made(
            int(labels.about["labels"]),
            datetime.fromtimestamp(target.stat().st_mtime, UTC).isoformat("T", "seconds"),
        )
    finally:
        labels.close()


def _made(files: tuple[Path, ...], target: Path) -> None:
    aside = target.with_name(f"{target.name}.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    aside.unlink(missing_ok=True)
    try:
        if not prepare(files, aside):
            raise NotPrepared(f"{', '.join(file.name for file in files)}: no label that can be used.")
        aside.replace(target)
    except LabelFileError as wrong:
        raise NotPrepared(str(wrong)) from wrong
    except (OSError, sqlite3.Error) as wrong:
        raise NotPrepared(f"The index cannot be written or a file not be read ({wrong}).") from wrong
    finally:
        aside.unlink(missing_ok=True)


def _place(packs: Packs) -> Path | None:
    """Where the index of the held files lies or would lie."""
    folder = packs.folder(PACK)
    try:
        told = json.loads((folder / "receipt.json").read_text(encoding="utf-8"))
        stamp = json.dumps([SCHEMA, told.get("files") or told["sha256"]], sort_keys=True)
    except (OSError, ValueError, KeyError, AttributeError):
        return None
    return folder / "ready" / f"labels-{hashlib.sha256(stamp.encode()).hexdigest()[:12]}.sqlite"


_open: dict[tuple[Path, int], Labels] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Missing:
    """Why labels cannot be read here, and the command that mends it."""

    reason: str
    command: str


def labels(packs: Packs | None = None) -> Labels | Missing:
    """The index in use, opened once; or what is missing."""
    packs = packs or held_packs()
    if not packs.files(PACK):
        return Missing("Drug labels are not held on this machine.", PULL)
    place = _place(packs)
    if place is None or not place.exists():
        return Missing("Drug labels are held and not prepared.", PREPARE)
    with _lock:
        try:
            state = place, place.stat().st_mtime_ns
            if state not in _open:
                _open[state] = Labels(place)
            return _open[state]
        except (OSError, sqlite3.Error, KeyError):
            return Missing("The index of the drug labels cannot be read.", f"{PREPARE} --again")


@lru_cache(maxsize=32)
def passages(held: Labels, label: Label) -> tuple[Passage, ...]:
    """The passages of a label, cut once while it is in use."""
    return cut(held.sections(label))


def whole(sections: Mapping[str, str]) -> str:
    """The text of a label in one: section after section, as quotes are looked up in it."""
    return "\n\n".join(sections.values())


class LabelHolder:
    """The texts of the held labels (a ``retrieval.evidence.Holder``)."""

    def __init__(self, packs: Packs | None = None) -> None:
        self._packs = packs

    def text(self, source_id: str) -> str | None:
        """The whole text of ``label:<set id>``, or None if it is not held (any more)."""
        if not source_id.startswith(_SOURCE):
            return None
        held = labels(self._packs)
        found = None if isinstance(held, Missing) else held.at(source_id.removeprefix(_SOURCE))
        return None if found is None or isinstance(held, Missing) else whole(held.sections(found))

    def holding(self, quote: str) -> tuple[str, ...]:
        """The ids of the labels *in use* in which a quote stands: those that were searched since the start.

        A quote does not name its label, and looking through all of tens of thousands would take minutes.
        """
        wanted = normalised(quote)
        with _lock:
            served = tuple(_served.items())
        return tuple(name for name, text in served if wanted and wanted in text)


_served: dict[str, str] = {}
MOST_SERVED = 64


def served(held: Labels, label: Label) -> None:
    """Note that a label was quoted from, so that a quote can be traced to it."""
    with _lock:
        if label.source_id in _served:
            return
    text = normalised(whole(held.sections(label)))
    with _lock:
        while len(_served) >= MOST_SERVED:
            del _served[next(iter(_served))]
        _served[label.source_id] = text


def holder(packs: Packs | None = None) -> LabelHolder:
    """The holder over the configured packs; nothing is opened before the first question."""
    return LabelHolder(packs)
