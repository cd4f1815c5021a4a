"""Bar 3, and the agreement of PS1, PM1, PM4 and PM5: our codes against those that expert panels applied.

Run: ``python -m evals.bench.genomics.null_variant DATA``. Effects come from c. and p. names alone; the ClinVar look-up
is off; retracted rows are left out. Neighbours of a row are the other rows of the file, never the row itself. The
mechanism facts of PVS1 and the panel rules were restated from rows of this file, so figures with them are marked.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import random
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from evals.bench.genomics.row import Row
from genomics import hgvs, protein, variant
from genomics.acmg import length, neighbours, null_variant
from genomics.acmg.criteria import Criterion, Strength
from genomics.acmg.gate import by_dosage
from genomics.acmg.gene_rules import GeneRules, rules_for
from genomics.acmg.named import effect_of_name
from genomics.acmg.observed import Observed
from genomics.builds import Build
from genomics.effect import Effect
from genomics.lookups.rows import Dosage, Gap, Neighbour, Score
from genomics.transcript import shelf, snapshot
from genomics.transcript.store import TranscriptStore
from genomics.variant import Variant
from retrieval.evidence import Depth, Source

LIST = Source(
    id="pack:clingen-dosage",
    title="ClinGen dosage sensitivity",
    version="2026-02-06",
    licence="ClinGen CC0 as ClinGen states it",
    depth=Depth.RECORD,
)
UNCHANGED = Score(source=LIST, tool="SpliceAI", score=0.0)
"""Supposed where no splicing score is held, so that PS1 is judged at all; the row says so."""


class Judged(NamedTuple):
    """One row of the panels' file. ``codes`` maps each applied code to its full spelling."""

    gene: str
    name: str
    codes: dict[str, str]
    significance: str
    approved: tuple[int, ...]
    uuid: str
    effect: Effect | Gap
    dna: hgvs.Name | None
    place: str
    """GRCh37 contig-position-reference-alternative of a single-base change; empty for others."""


class Agreement(NamedTuple):
    """Counts of one code: both, only ours, only the panel's."""

    both: int
    ours: int
    panel: int

    @property
    def precision(self) -> float:
        return self.both / max(1, self.both + self.ours)

    @property
    def recall(self) -> float:
        return self.both / max(1, self.both + self.panel)

    @property
    def jaccard(self) -> float:
        return self.both / max(1, self.both + self.ours + self.panel)

    def __str__(self) -> str:
        told = f"precision {self.precision:.3f}, recall {self.recall:.3f}, Jaccard {self.jaccard:.3f}"
        return f"{told} (both {self.both}, ours {self.ours}, panel {self.panel})"


def rows(data: Path) -> Iterator[Row]:
    """The measures of PVS1 and of its neighbours' codes."""
    held, dosage = panel_rows(data), dosages(data)
    seen = f"n = {len(held)} rows, {sum('PVS1' in row.codes for row in held)} with PVS1"
    named = agreement(held, "PVS1", lambda row: by_names(row, dosage))
    yield Row(
        number="3",
        measure=f"PVS1 from names, gate HI 3, 30, 2 or not curated ({seen})",
        bar="precision >= .96, recall >= .68",
        ours=f"{named}; 95 % of gene clusters: {_interval(held, 'PVS1', lambda row: by_names(row, dosage))}",
        met=named.precision >= 0.96 and named.recall >= 0.68,
        prototype=".969, .763; Jaccard .745-.823",
        peers="Jaccard InterVar .45, BIAS .78, GeneBe .84",
    )
    yield _engine_row(held, dosage, "dosage list only", bare=True)
    yield _engine_row(held, dosage, "as shipped (8 mechanisms, 1 tail restated from this file)", bare=False)
    yield _model_row(data, held, dosage)
    yield from _neighbour_rows(held)


def _model_row(data: Path, held: list[Judged], dosage: dict[str, int | None]) -> Row:
    """The engine on transcript models, for the genes of the file whose models are held."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "models.sqlite"
        shelf.write(snapshot.read(data / "transcript-bundles" / "tx.json.gz"), path, {"source": "snapshot"})
        store = TranscriptStore(path)
        part = [row._replace(effect=_on_model(row, store)) for row in held if _is_modelled(row.gene)]
        store.close()
    known = [row for row in part if isinstance(row.effect, Effect)]
    told = agreement(known, "PVS1", lambda row: _judge_null(row, dosage).counts)
    both = [row for row in known if "PVS1" in row.codes and _judge_null(row, dosage).counts]
    same = sum(_spelled(_judge_null(row, dosage)) == row.codes["PVS1"] for row in both)
    seen = f"n = {len(known)} placed of {len(part)} rows of BRCA2 and mitochondrial genes"
    ours = f"{told}; same strength {same} of {len(both)}"
    return Row("3", f"PVS1 with models ({seen})", "Jaccard >= .83", ours, None, peers="BIAS .78, GeneBe .84")


def _is_modelled(gene: str) -> bool:
    return gene == "BRCA2" or gene.startswith("MT-")


def _on_model(row: Judged, store: TranscriptStore) -> Effect | Gap:
    place: Variant | Gap = Gap(reason="not placed", held=True)
    if row.place:
        place = variant.read(row.place, Build.GRCH37)
    elif row.dna is not None and row.dna.level == "c":
        unnamed = row.dna.model_copy(update={"reference": ""})
        with contextlib.suppress(hgvs.HgvsError):
            place = store.place(row.gene, unnamed, Build.GRCH37)
    told = store.effects(place) if isinstance(place, Variant) else place
    return told if isinstance(told, Gap) else next((one for one in told if one.gene == row.gene), told[0])


def _spelled(one: Criterion) -> str:
    """As the panels spell it: "PVS1", "PVS1_Strong"."""
    if one.strength is None or one.strength is Strength.VERY_STRONG:
        return one.code
    return f"{one.code}_{one.strength.title()}"


def _engine_row(held: list[Judged], dosage: dict[str, int | None], how: str, *, bare: bool) -> Row:
    def meets(row: Judged) -> bool:
        if bare and not by_dosage(_dosage(row.gene, dosage)).open:
            return False
        return _judge_null(row, dosage).counts

    told = agreement(held, "PVS1", meets)
    return Row(
        "3", f"PVS1 by the engine from names, {how}", "–", str(told), None, peers="BIAS .78, GeneBe .84"
    )


def _judge_null(row: Judged, dosage: dict[str, int | None]) -> Criterion:
    (told,) = null_variant.judge(
        Observed(gene=row.gene, effect=row.effect, dosage=_dosage(row.gene, dosage)), rules_for(row.gene)
    )
    return told


def by_names(row: Judged, dosage: dict[str, int | None]) -> bool:
    """Loss of function by the name, in a gene whose score is 3, 30, 2 or not curated: the prototype's rule."""
    score = dosage.get(row.gene)
    return isinstance(row.effect, Effect) and row.effect.is_loss_of_function and score not in (0, 1, 40)


def _neighbour_rows(held: list[Judged]) -> Iterator[Row]:
    peers = {"PM5": "Jaccard BIAS .20, GeneBe .67", "PS1": "prototype precision .12, recall .40"}
    for earlier in (False, True):
        told = {row.uuid: _with_neighbours(row, near) for row, near in _beside(held, earlier=earlier)}
        how = "classified no later" if earlier else "all other rows"
        for code in ("PM5", "PS1"):
            both = _told_by(held, code, told)
            yield Row(
                "10",
                f"{code}, neighbours: {how}; unchanged splicing supposed",
                "beat BIAS (.20)",
                str(both),
                None,
                peers=peers[code],
            )
    for code, judge, rule in (
        ("PM1", neighbours.judge, "panel regions restated from this file"),
        ("PM4", length.judge, "no repeat track"),
    ):
        told = {row.uuid: judge(_observed(row), rules_for(row.gene)) for row in held}
        yield Row("10", f"{code} ({rule})", "–", str(_told_by(held, code, told)), None)


def _told_by(held: list[Judged], code: str, told: dict[str, tuple[Criterion, ...]]) -> Agreement:
    return agreement(held, code, lambda row: _has(told[row.uuid], code))


def _with_neighbours(row: Judged, near: tuple[Neighbour, ...]) -> tuple[Criterion, ...]:
    rules = GeneRules(gene=row.gene)
    unspliced = Observed(gene=row.gene, effect=row.effect, neighbours=near, splicing=UNCHANGED)
    return neighbours.judge(unspliced, rules)


def _has(criteria: Iterable[Criterion], code: str) -> bool:
    return any(one.code == code and one.counts for one in criteria)


def _observed(row: Judged) -> Observed:
    return Observed(gene=row.gene, effect=row.effect)


def _beside(held: list[Judged], *, earlier: bool) -> Iterator[tuple[Judged, tuple[Neighbour, ...]]]:
    by_gene: dict[str, list[Judged]] = defaultdict(list)
    for row in held:
        by_gene[row.gene].append(row)
    for row in held:
        others = (one for one in by_gene[row.gene] if one.uuid != row.uuid)
        yield row, tuple(_neighbour(one) for one in others if not earlier or one.approved <= row.approved)


def _neighbour(row: Judged) -> Neighbour:
    effect = row.effect
    return Neighbour(
        c_name=effect.c_name if isinstance(effect, Effect) else "",
        p_name=effect.p_name if isinstance(effect, Effect) else "",
        significance=row.significance,
        stars=3,
        accession=row.uuid,
    )


def agreement(held: list[Judged], code: str, ours: Callable[[Judged], bool]) -> Agreement:
    """How often we and the panel apply a code, at any strength."""
    counts = Counter((ours(row), code in row.codes) for row in held)
    return Agreement(counts[True, True], counts[True, False], counts[False, True])


def _interval(held: list[Judged], code: str, ours: Callable[[Judged], bool]) -> str:
    """95 % bootstrap intervals of precision and recall, genes drawn as clusters (seeded)."""
    by_gene: dict[str, Counter[tuple[bool, bool]]] = defaultdict(Counter)
    for row in held:
        by_gene[row.gene][ours(row), code in row.codes] += 1
    genes, chance = sorted(by_gene), random.Random(3)
    drawn = []
    for _ in range(1000):
        total: Counter[tuple[bool, bool]] = Counter()
        for gene in chance.choices(genes, k=len(genes)):
            total += by_gene[gene]
        drawn.append(Agreement(total[True, True], total[True, False], total[False, True]))
    return ", ".join(
        f"{name} {values[25]:.3f}-{values[974]:.3f}"
        for name, values in (
            ("precision", sorted(one.precision for one in drawn)),
            ("recall", sorted(one.recall for one in drawn)),
        )
    )


def by_gene(held: list[Judged], dosage: dict[str, int | None]) -> Iterator[str]:
    """One line for each gene with PVS1 on either side."""
    for gene in sorted({row.gene for row in held}):
        part = [row for row in held if row.gene == gene]
        told = agreement(part, "PVS1", lambda row: by_names(row, dosage))
        if sum(told):
            yield f"{gene}: haploinsufficiency {dosage.get(gene, 'not listed')}, {told}"


def panel_rows(data: Path) -> list[Judged]:
    """The rows that are not retracted, with the effect that their names tell."""
    csv.field_size_limit(10**8)
    with gzip.open(data / "clingen-erepo-dev" / "erepo.tsv.gz", "rt", encoding="utf-8") as stream:
        return [
            _row(row) for row in csv.DictReader(stream, delimiter="\t") if row["Retracted"].lower() != "true"
        ]


def _row(row: dict[str, str]) -> Judged:
    dna, effect = names(row["Variation"])
    codes = [code.strip() for code in row["Applied Evidence Codes (Met)"].split(",")]
    gene = row["HGNC Gene Symbol"]
    return Judged(
        gene=gene,
        name=row["Variation"],
        codes={code.split("_")[0]: code for code in codes if code},
        significance=row["Assertion"],
        approved=tuple(int(part) for part in row["Approval Date"].split("/") if part.isdigit()),
        uuid=row["Uuid"],
        effect=effect_of_name(gene, dna, effect),
        dna=dna,
        place=row["vcf_grch37"] or _mitochondrial(row["Variation"]),
    )


def _mitochondrial(written: str) -> str:
    """The place of a single-base change of mitochondrial DNA, which both builds count alike; empty for others."""
    found = re.search(r"m\.(\d+)([ACGT])>([ACGT])$", written)
    return f"MT-{found[1]}-{found[2]}-{found[3]}" if found else ""


def names(written: str) -> tuple[hgvs.Name | None, protein.Protein | None]:
    """The c. and p. name in the title of a row, as far as they parse."""
    dna = change = None
    with contextlib.suppress(hgvs.HgvsError):
        dna = hgvs.parse(written[written.index("c.") :].split(" ")[0]) if "c." in written else None
    with contextlib.suppress(hgvs.HgvsError):
        change = protein.parse(written[written.index("p.") :].rstrip(") ")) if "p." in written else None
    return dna, change


def dosages(data: Path) -> dict[str, int | None]:
    """Haploinsufficiency score by gene; None where the list has the gene without a score."""
    path = data / "clingen-gene-dosage" / "ClinGen_gene_curation_list_GRCh38.tsv.gz"
    scores: dict[str, int | None] = {}
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            if not line.startswith("#"):
                cells = line.split("\t")
                scores[cells[0]] = int(cells[4]) if cells[4].isdigit() else None
    return scores


def _dosage(gene: str, scores: dict[str, int | None]) -> Dosage:
    return Dosage(source=LIST, gene=gene, haploinsufficiency=scores.get(gene))


def main(data: Path) -> Iterator[str]:
    """Every row, then PVS1 by gene."""
    for row in rows(data):
        yield f"[{row.number}] {row.measure}: {row.ours} | bar {row.bar} | met {row.met}"
    yield from by_gene(panel_rows(data), dosages(data))


if __name__ == "__main__":
    for line in main(Path(sys.argv[1])):
        sys.stdout.write(f"{line}\n")
