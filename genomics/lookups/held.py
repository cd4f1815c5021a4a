"""What is held on this machine, opened once for each state of the packs; and the holder of its texts.

A pack that is missing, or pulled and not prepared, answers with a gap that names the command.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from genomics.builds import Build
from genomics.effect import Effect
from genomics.lookups import frequency, predictors, providers
from genomics.lookups.absent import AbsentClasses, AbsentFrequencies, AbsentScores, AbsentTranscripts
from genomics.lookups.clinvar import ClinVar, Namer, Names
from genomics.lookups.dosage import Dosages
from genomics.lookups.frequency import Panel
from genomics.lookups.index import Index
from genomics.lookups.lines import line
from genomics.lookups.predictors import TOOLS, MissenseScores, SpliceScores
from genomics.lookups.preparing import CURRENT, PREPARERS, index_of, product, receipt
from genomics.lookups.rows import Gap, KnownClass, Neighbour
from genomics.variant import Variant, read
from retrieval.packs import Packs, State, held_packs

CLINVAR = {Build.GRCH38: "clinvar-grch38", Build.GRCH37: "clinvar-grch37"}
MISSENSE = ("revel", "alphamissense-grch38")
"""The missense predictor is chosen by what is held, in this order; never by the score."""


class _Texts(Protocol):
    """Whoever writes the line of a row again from the end of its source id."""

    def text(self, key: str) -> str | None: ...


@dataclass(frozen=True)
class _Opened:
    """Everything that is open, the texts by pack, and the state of the packs that it was opened in."""

    held: providers.Held
    texts: Mapping[str, _Texts]
    clinvars: tuple[ClinVar, ...]
    stamp: tuple[tuple[str, int], ...]


class ByBuild:
    """ClinVar of both builds (implements ``providers.KnownClasses``)."""

    def __init__(self, held: Mapping[Build, ClinVar | AbsentClasses]) -> None:
        self._held = held

    def of(self, variant: Variant) -> KnownClass | Gap:
        return self._held[variant.build].of(variant)

    def by_rsid(self, rsid: str, build: Build) -> tuple[Variant, ...] | Gap:
        return self._held[build].by_rsid(rsid, build)

    def by_name(self, gene: str, c_name: str, build: Build) -> tuple[Variant, ...] | Gap:
        return self._held[build].by_name(gene, c_name, build)

    def neighbours(self, gene: str, build: Build) -> tuple[Neighbour, ...] | Gap:
        return self._held[build].neighbours(gene, build)


_open: dict[Path, _Opened] = {}
_lock = threading.Lock()


def held(folder: Path | None = None) -> providers.Held:
    """Everything held in a folder of packs, by default the configured one; opened anew when a pack changes."""
    return _opened(folder).held


def prepared(name: str, folder: Path | None = None) -> Path | None:
    """The index (file or folder) that is in use for a pack, or None."""
    return product(_packs(folder), name)


def gap(name: str, what: str, folder: Path | None = None) -> Gap:
    """Why ``what`` cannot be looked up without the pack ``name``, and the command that mends it."""
    return _gap(_packs(folder), name, what)


def age_notes(today: str, folder: Path | None = None) -> tuple[str, ...]:
    """What is to be said of the age of the held ClinVar (``today`` as ISO date); empty if all is fresh."""
    from datetime import date

    day = date.fromisoformat(today)
    clinvars = _opened(folder).clinvars
    return tuple(note for one in clinvars for note in (one.age_note(day), *one.notes) if note)


class PackHolder:
    """The texts of the rows of all held packs, written again from the indexes (a ``retrieval.evidence.Holder``)."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def text(self, source_id: str) -> str | None:
        """The line of the row under ``pack:<name>:<key>``, or None if it is not held (any more).

        Of ``file:annotation:…``, the user's own annotation, the id itself carries the values.
        """
        kind, _, rest = source_id.partition(":")
        name, _, key = rest.partition(":")
        if (kind, name) == ("file", "annotation"):
            return _annotation(key)
        texts = _opened(self._folder).texts.get(name) if kind == "pack" else None
        return texts.text(key) if texts and key else None

    def holding(self, quote: str) -> tuple[str, ...]:
        """The ids of the rows in which a quote stands; only a quote that names its row can be found."""
        return tuple(one for one in self._named(quote) if quote in (self.text(one) or ""))

    def _named(self, quote: str) -> tuple[str, ...]:
        found = _IN_CLINVAR.match(quote)
        if found:
            return tuple(f"pack:{pack}:{found[1]}" for pack in CLINVAR.values())
        found = _OF_PLACE.match(quote)
        if found:
            return tuple(f"pack:{pack}:{found[1]}/{found[2]}" for pack in ("gnomad-panel", *TOOLS))
        found = _IN_DOSAGE.match(quote)
        return (f"pack:clingen-dosage:{found[1]}",) if found else ()


_IN_CLINVAR = re.compile(r"ClinVar (\w{1,20}):")
_OF_PLACE = re.compile(r"(GRCh3[78]) (\S{1,2000}):")
_IN_DOSAGE = re.compile(r"ClinGen dosage sensitivity of ([\w.-]{1,30}):")


def holder(folder: Path | None = None) -> PackHolder:
    """The holder over the configured packs; nothing is opened before the first question."""
    return PackHolder(folder)


def _annotation(key: str) -> str | None:
    """The line of a value of the user's own file, written again from its id."""
    place, *fields = key.split(";")
    build, _, spelled = place.partition("/")
    told = {name: value for name, _, value in (field.partition("=") for field in fields)}
    try:
        variant = read(spelled, Build(build))
        splice = float(told["SpliceAI"]) if "SpliceAI" in told else None
    except ValueError:
        return None
    row = frequency.of_info(variant, told) if splice is None else predictors.annotated(variant, splice)
    return line(row) if row else None


def _packs(folder: Path | None) -> Packs:
    return Packs(folder) if folder else held_packs()


def _opened(folder: Path | None) -> _Opened:
    packs = _packs(folder)
    place = packs.folder("clinvar-grch38").parent
    stamp = _stamp(packs)
    with _lock:
        opened = _open.get(place)
        if opened is None or opened.stamp != stamp:
            opened = _open[place] = _all(packs, stamp)
        return opened


def _stamp(packs: Packs) -> tuple[tuple[str, int], ...]:
    """Which receipts are there, and of when: it changes with every pull, import and preparing."""
    told: list[tuple[str, int]] = []
    for name in PREPARERS:
        for file in (packs.folder(name) / "receipt.json", packs.folder(name) / "ready" / CURRENT):
            try:
                told.append((str(file), file.stat().st_mtime_ns))
            except OSError:  # not held, or not prepared
                continue
    return tuple(told)


def _all(packs: Packs, stamp: tuple[tuple[str, int], ...]) -> _Opened:
    indexes = _indexes(packs)
    versions = {name: index.meta["version"] for name, index in indexes.items()}
    transcripts = _transcripts(packs)
    if not isinstance(transcripts, AbsentTranscripts):
        versions["mane-gff"] = _version(packs, "mane-gff")
    names = Names(indexes["clinvar-names"]) if "clinvar-names" in indexes else None
    namer = None if isinstance(transcripts, AbsentTranscripts) else _namer(transcripts)
    clinvars = {
        build: ClinVar(indexes[name], name, names, namer)
        for build, name in CLINVAR.items()
        if name in indexes
    }
    tables = _tables(packs, indexes)
    dosages = Dosages(indexes.get("clingen-dosage"))
    texts: dict[str, _Texts] = {CLINVAR[build]: one for build, one in clinvars.items()}
    texts |= {"clingen-dosage": dosages, **tables}
    missense = next((tables[name] for name in MISSENSE if name in indexes), tables[MISSENSE[-1]])
    known = ByBuild({build: clinvars.get(build) or _no_clinvar(packs, build, clinvars) for build in CLINVAR})
    opened = providers.Held(
        known=known,
        frequency=cast(providers.Frequencies, tables["gnomad-panel"]),
        missense=cast(providers.Scores, missense),
        splicing=cast(providers.Scores, tables["spliceai"]),
        dosage=dosages,
        transcripts=transcripts,
        versions=versions,
    )
    return _Opened(opened, texts, tuple(clinvars.values()), stamp)


def _indexes(packs: Packs) -> dict[str, Index]:
    """The prepared indexes that are SQLite files, by pack; a damaged one counts as not prepared."""
    opened: dict[str, Index] = {}
    for name, preparer in PREPARERS.items():
        path = product(packs, name) if preparer.product.endswith(".sqlite") else None
        try:
            opened |= {name: Index(path)} if path else {}
        except sqlite3.DatabaseError:  # the gap that stands in its place names the command
            continue
    return opened


def _tables(packs: Packs, indexes: Mapping[str, Index]) -> dict[str, _Texts]:
    """Frequencies and scores: what is open, and what answers in its place."""
    made: dict[str, Callable[[Index], _Texts]] = {
        "gnomad-panel": Panel,
        "revel": lambda index: MissenseScores(index, TOOLS["revel"]),
        "alphamissense-grch38": lambda index: MissenseScores(index, TOOLS["alphamissense-grch38"]),
        "spliceai": SpliceScores,
    }
    absent: dict[str, Callable[[], _Texts]] = {
        "gnomad-panel": lambda: AbsentFrequencies(_gap(packs, "gnomad-panel", "Allele frequencies")),
        "revel": lambda: AbsentScores(_gap(packs, "revel", "REVEL scores")),
        "alphamissense-grch38": lambda: AbsentScores(
            _gap(packs, "alphamissense-grch38", "Scores of missense changes")
        ),
        "spliceai": lambda: AbsentScores(_gap(packs, "spliceai", "Splicing scores")),
    }
    return {name: make(indexes[name]) if name in indexes else absent[name]() for name, make in made.items()}


def _no_clinvar(packs: Packs, build: Build, others: Mapping[Build, ClinVar]) -> AbsentClasses:
    missing = _gap(packs, CLINVAR[build], f"ClinVar for {build}")
    if not others:
        return AbsentClasses(missing)
    held_for = ", ".join(others)
    return AbsentClasses(
        missing.model_copy(update={"reason": f"{missing.reason} (it is held for {held_for})"})
    )


def _gap(packs: Packs, name: str, what: str) -> Gap:
    stands = {row.pack.name: row for row in packs.list()}[name]
    if stands.state is State.HELD:
        return Gap(reason=_unprepared(packs, name, what), held=False, command=_mend(packs, name))
    verb = "pull" if stands.pack.url else "import"
    return Gap(
        reason=f"{what} cannot be looked up: the pack {name} is not held",
        held=False,
        command=f"consilium packs {verb} {name}{'' if stands.pack.url else ' FILE'}",
    )


def _unprepared(packs: Packs, name: str, what: str) -> str:
    if product(packs, name) is not None:
        why = "has an index that cannot be read"
    elif receipt(packs, name) is not None:
        why = "was prepared by another version"
    else:
        why = "is held and not prepared"
    return f"{what} cannot be looked up: the pack {name} {why}"


def _mend(packs: Packs, name: str) -> str:
    """The command for a held pack without an index: bring what else goes in, or prepare it."""
    index = index_of(name)
    needs = PREPARERS[index].needs if index else ()
    missing = next((pack for pack in needs if not packs.files(pack)), None)
    if missing:
        return f"consilium packs pull {missing}"
    damaged = index is not None and product(packs, index) is not None
    return f"consilium packs prepare {name}{' --again' if damaged else ''}"


def _transcripts(packs: Packs) -> providers.Transcripts:
    from genomics.transcript.shelf import ShelfError
    from genomics.transcript.store import TranscriptStore

    path = product(packs, "mane-gff")
    try:
        if path is not None:
            return cast(providers.Transcripts, TranscriptStore(path))
    except ShelfError:  # damaged: the gap names the command
        pass
    return AbsentTranscripts(_gap(packs, "mane-gff", "Transcript models"))


def _namer(transcripts: providers.Transcripts) -> Namer:
    def names(variant: Variant) -> tuple[str, str]:
        effects = transcripts.effects(variant)
        if isinstance(effects, Gap):
            return "", ""
        first: Effect | None = next((one for one in effects if one.p_name), None)
        return (first.c_name, first.p_name) if first else ("", "")

    return names


def _version(packs: Packs, name: str) -> str:
    made = receipt(packs, name)
    return made.version if made else ""
