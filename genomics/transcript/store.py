"""The held transcript models: what a variant does to them, where a name lies, and how a variant is called."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from pathlib import Path

from genomics.builds import Build
from genomics.effect import Effect
from genomics.hgvs import HgvsError, Name
from genomics.lookups.rows import Gap
from genomics.protein import Protein
from genomics.transcript import consequence, names, shelf
from genomics.transcript.model import Transcript
from genomics.transcript.placement import on, slide
from genomics.transcript.regions import RANK
from genomics.variant import Variant
from retrieval.evidence import Word

KEPT = 256
"""Models that stay in memory."""
_MANE_ORDER = {"select": 0, "plus clinical": 1, "": 2}


class Spelling(Word):
    """How one transcript calls a variant; a name is empty where the model does not tell it."""

    gene: str
    transcript: str
    g_name: str
    c_name: str
    p_name: str
    mane_select: bool


class TranscriptStore:
    """The models of one prepared pack; answers :class:`genomics.lookups.providers.Transcripts`.

    Raises:
        genomics.transcript.shelf.ShelfError: the file is missing or is no store.
    """

    def __init__(self, path: Path) -> None:
        self._base = shelf.opened(path)
        self._lock = threading.Lock()
        self._models: OrderedDict[int, Transcript] = OrderedDict()
        self.versions = shelf.meta(self._base)
        """What the store was made of: source, release, date, number of models, builds."""
        self._told_by = self.versions.get("release", "") or self.versions.get("source", "")

    def close(self) -> None:
        self._base.close()

    def effects(self, variant: Variant) -> tuple[Effect, ...] | Gap:
        """What a variant does to every held transcript that it touches: MANE Select first, then by severity."""
        held = self.touching(variant)
        if not held:
            return self._nothing(variant.build, f"{variant.contig}:{variant.pos}")
        found = [consequence.effect(m, variant.pos, variant.ref, variant.alt, self._cited(m)) for m in held]
        effects = [(m, one) for m, one in zip(held, found, strict=True) if isinstance(one, Effect)]
        if effects:
            return tuple(one for _, one in sorted(effects, key=_order))
        gap = next((one for one in found if isinstance(one, Gap)), None)
        return gap or self._nothing(variant.build, f"{variant.contig}:{variant.pos}")

    def place(self, gene: str, name: Name, build: Build) -> Variant | Gap:
        """Where a c. or n. name lies, spelled with its whole repeat.

        ``name.reference`` chooses the transcript, else MANE Select of the gene, else its only model.

        Raises:
            HgvsError: the stated bases or the position are not those of the transcript, or another version of the
                transcript is held than the one named.
        """
        if name.level not in ("c", "n"):
            return Gap(reason=f"{name} is no position on a transcript", held=True)
        model = self.chosen(gene, build, name.reference)
        return model if isinstance(model, Gap) else names.locate(model, name)

    def chosen(self, gene: str, build: Build, reference: str = "") -> Transcript | Gap:
        """The model that a transcript's accession names, or MANE Select of a gene, or its only model.

        Raises:
            HgvsError: only other versions of the accession are held; the message names them.
        """
        if reference.startswith(("NM_", "NR_", "XM_", "XR_", "ENST")):
            return self._named(reference, build)
        held = self.models(gene, build)
        if not held:
            return self._nothing(build, gene)
        coding = [model for model in held if model.cds] or list(held)
        if held[0].mane == "select" or len(coding) == 1:
            return held[0] if held[0].mane == "select" else coding[0]
        listed = ", ".join(model.accession for model in held[:8])
        return Gap(
            reason=f"no held transcript of {gene} is MANE Select on {build}; name one of {listed}", held=True
        )

    def models(self, gene: str, build: Build) -> tuple[Transcript, ...]:
        """Every held model of a gene on a build, MANE Select first, then by accession."""
        rows = self._ids("SELECT id FROM model WHERE gene = ? AND build = ?", (gene.upper(), build.value))
        return _sorted(self._model(number) for number in rows)

    def coding_regions(self, gene: str, build: Build) -> dict[str, list[tuple[int, int]]] | Gap:
        """Intervals (1-based, both ends in) of the coding exons of the gene's chosen transcript, by contig."""
        model = self.chosen(gene, build)
        if isinstance(model, Gap):
            return model
        if model.cds is None:
            return Gap(reason=f"{model.accession} codes for no protein", held=True)
        return {model.contig: model.coding_spans()}

    def touching(self, variant: Variant) -> tuple[Transcript, ...]:
        """The models that a variant overlaps, MANE Select first."""
        start = variant.pos - 1
        with self._lock:
            rows = list(
                shelf.near(self._base, variant.build, variant.contig, start, start + len(variant.ref) + 1)
            )
        return _sorted(self._model(number) for number in rows)

    def names_of(self, variant: Variant) -> tuple[Spelling, ...] | Gap:
        """The g., c. and p. names of a variant on every transcript that it touches, MANE Select first."""
        effects = self.effects(variant)
        if isinstance(effects, Gap):
            return effects
        models = {model.accession: model for model in self.touching(variant)}
        return tuple(_spelling(models[one.transcript], variant, one) for one in effects)

    def normalised(self, variant: Variant) -> Variant:
        """The variant spelled with its whole repeat, as far as the held bases of the transcripts tell.

        Two spellings of one change become equal by this; unchanged where no model is held.
        """
        wide = [
            names.spelled_out(model, on(model, variant.pos, variant.ref, variant.alt))
            for model in self.touching(variant)
        ]
        return max(wide, key=lambda one: len(one.ref), default=variant)

    def reference(self, build: Build, contig: str, pos: int, length: int) -> str | None:
        """Plus-strand bases from a 1-based position on, as a held transcript has them; None where none holds them all.

        For the check of stated reference bases, and for g. names that do not spell what they delete.
        """
        asked = Variant(build=build, contig=contig, pos=pos, ref="N" * length, alt="")
        for model in self.touching(asked):
            held = model.bases(*model.oriented(pos - 1, pos - 1 + length))
            if held is not None:
                return model.read(held)
        return None

    def places(self, gene: str, name: Protein, build: Build) -> tuple[str, ...] | Gap:
        """The single-base c. names that the codon of MANE Select allows for a missense or stop p. name.

        Raises:
            HgvsError: the model has another residue there; the message names it.
        """
        model = self.chosen(gene, build)
        return model if isinstance(model, Gap) else names.single_base_names(model, name)

    def every_snv(self, model: Transcript) -> Iterator[tuple[Variant, Effect]]:
        """Every single-base change of a coding sequence with what it does, in transcript order."""
        return consequence.every_snv(model, self._cited(model))

    def _named(self, reference: str, build: Build) -> Transcript | Gap:
        stem, _, version = reference.partition(".")
        query = "SELECT id FROM model WHERE stem = ? AND build = ?"
        held = _sorted(self._model(number) for number in self._ids(query, (stem, build.value)))
        exact = [model for model in held if model.accession == reference]
        if exact or (held and not version):
            return exact[0] if exact else held[0]
        if held:
            known = ", ".join(model.accession for model in held)
            raise HgvsError(
                f"{reference} is not held on {build}; held is {known}: check the name on that version"
            )
        return self._nothing(build, reference)

    def _nothing(self, build: Build, what: str) -> Gap:
        builds = self.versions.get("builds", "")
        if builds and build.value not in builds.split(","):
            return Gap(reason=f"the held transcript models are on {builds}, not on {build}", held=True)
        return Gap(reason=f"no held transcript model covers {what} on {build}", held=True)

    def _cited(self, model: Transcript) -> str:
        return f"{model.accession}, {self._told_by}" if self._told_by else model.accession

    def _ids(self, query: str, values: tuple[str, ...]) -> list[int]:
        with self._lock:
            return [row[0] for row in self._base.execute(query, values)]

    def _model(self, number: int) -> Transcript:
        with self._lock:
            if number in self._models:
                self._models.move_to_end(number)
                return self._models[number]
            row = self._base.execute(f"SELECT {shelf.COLUMNS} FROM model WHERE id = ?", (number,)).fetchone()
            model = self._models[number] = shelf.model_of(row)
            if len(self._models) > KEPT:
                self._models.popitem(last=False)
            return model


def _sorted(models: Iterable[Transcript]) -> tuple[Transcript, ...]:
    return tuple(sorted(models, key=lambda model: (_MANE_ORDER[model.mane], not model.cds, model.accession)))


def _order(found: tuple[Transcript, Effect]) -> tuple[int, int, str]:
    model, one = found
    return _MANE_ORDER[model.mane], RANK.get(one.term, len(RANK)), model.accession


def _spelling(model: Transcript, variant: Variant, one: Effect) -> Spelling:
    change = on(model, variant.pos, variant.ref, variant.alt)
    whole = not change.moving or slide(model, change)[2:] == (True, True)
    return Spelling(
        gene=model.gene,
        transcript=model.accession,
        g_name=names.genomic_name(model, change) if whole else "",
        c_name=one.c_name,
        p_name=one.p_name,
        mane_select=one.mane_select,
    )
