"""Bars 1, 4, 5, 5b and 10: our codes and classes against those of expert panels, with the label look-up off.

Run: ``python -m evals.bench.genomics.acmg DATA``. No frequency or score pack is held for these variants, so three
runs stand side by side: with only what ships; fed with the numbers that the panels quote in their summaries; and with
decay too, as the panels state it. A panel quotes what it used, so the fed runs say how the rules combine numbers, and
not how complete a pack is. Neighbours are the other rows of the file. Hot spots that were restated from a row alone are
left out for that row; the other values of the gene rules were restated from rows of this file too, of both halves.
Intervals: 1,000 draws of whole genes (seeded).
"""

from __future__ import annotations

import collections
import math
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.bench.genomics.null_variant import dosages
from evals.bench.genomics.panel_rows import PanelRow, panel_rows
from evals.bench.genomics.peers import in_words, jaccard
from evals.bench.genomics.row import Row
from genomics.acmg.assess import assess
from genomics.acmg.calibration import SPLICEAI, TOOLS
from genomics.acmg.combine import classify, from_codes, reconcile
from genomics.acmg.criteria import Assessment, Criterion, Significance, Status
from genomics.acmg.gene_rules import GeneRules, rules_for
from genomics.acmg.observed import Observed
from genomics.effect import Effect
from genomics.facts import facts
from genomics.lookups.rows import Dosage, Gap, Neighbour
from retrieval.evidence import Depth, Source

THREE = {
    Significance.PATHOGENIC: "P",
    Significance.LIKELY_PATHOGENIC: "P",
    Significance.UNCERTAIN: "U",
    Significance.LIKELY_BENIGN: "B",
    Significance.BENIGN: "B",
}
COMPUTED = ("PVS1", "PS1", "PM1", "PM2", "PM4", "PM5", "PP2", "PP3", "BA1", "BS1", "BS2", "BP4", "BP7")
BAR_10 = ("PVS1", "PP3", "BP4", "PM5", "BA1", "BP7")
NOTHING = Gap(reason="not held in this run", held=False, command="consilium packs pull")
EDGES = (
    ("REVEL", "BP4", (0.003, 0.016, 0.183, 0.290), ("very strong", "strong", "moderate", "supporting")),
    ("REVEL", "PP3", (0.644, 0.773, 0.932), ("supporting", "moderate", "strong")),
    ("AlphaMissense", "BP4", (0.099, 0.169), ("moderate", "supporting")),
    ("AlphaMissense", "PP3", (0.792, 0.906, 0.990), ("supporting", "moderate", "strong")),
    ("BayesDel", "BP4", (-0.36, -0.18), ("moderate", "supporting")),
    ("BayesDel", "PP3", (0.13, 0.27, 0.50), ("supporting", "moderate", "strong")),
    ("SpliceAI", "BP4", (0.1,), ("supporting",)),
    ("SpliceAI", "PP3", (0.2,), ("supporting",)),
)
"""Section 3.7 of the specification, typed again by hand: every bound belongs to the step it opens."""


@dataclass(frozen=True)
class Run:
    """One way of feeding the engine."""

    name: str
    told: dict[str, Assessment]

    def three(self, row: PanelRow) -> str:
        return THREE[self.told[row.uuid].verdict.by_points]


def rows(data: Path) -> Iterator[Row]:
    """The bars of this part."""
    held = list(panel_rows(data))
    yield _codes_to_class(held)
    right, asked = edges()
    yield Row("4", "PP3/BP4 edges, every tool and strength", "100 %", f"{right} / {asked}", right == asked)
    bare, named, fed = runs(held, data)
    yield _abstains(bare, held)
    for run in (named, fed):
        yield _engine(run, held)
        for half in sorted({row.half for row in held}):
            yield _engine(run, [row for row in held if row.half == half], f", genes of half {half}")
    yield _filled(fed, held)
    for code in COMPUTED:
        yield _agreement(fed, held, code)


def runs(held: Sequence[PanelRow], data: Path) -> tuple[Run, Run, Run]:
    """Only what ships; fed with the quoted numbers; and with decay as the rows state it."""
    near = _neighbours(held)
    dosage = {gene: _dosage(gene, score) for gene, score in dosages(data).items()}
    shipped = {gene: _dosage(gene, fact.haploinsufficiency) for gene, fact in facts().genes.items()}
    bare = {row.uuid: assess(_bare(row, shipped), _rules(row)) for row in held}
    named = {row.uuid: assess(_fed(row, near, dosage, row.effect), _rules(row)) for row in held}
    fed = {row.uuid: assess(_fed(row, near, dosage, row.told_effect), _rules(row)) for row in held}
    return (
        Run("only what ships", bare),
        Run("fed with the quoted numbers, effect by name", named),
        Run("fed, with decay as stated", fed),
    )


def _bare(row: PanelRow, shipped: dict[str, Dosage]) -> Observed:
    return Observed(
        gene=row.gene,
        effect=row.effect,
        frequency=NOTHING,
        missense=NOTHING,
        splicing=NOTHING,
        neighbours=NOTHING,
        dosage=shipped.get(row.gene, NOTHING),
    )


def _fed(
    row: PanelRow, near: dict[str, list[Neighbour]], dosage: dict[str, Dosage], effect: Effect | Gap
) -> Observed:
    return Observed(
        gene=row.gene,
        effect=effect,
        frequency=row.frequency,
        missense=row.revel,
        splicing=row.spliceai,
        dosage=dosage.get(row.gene, NOTHING),
        neighbours=tuple(
            one for one in near[row.gene] if one.accession != row.uuid and one.c_name != _c_name(row)
        ),
    )


def _rules(row: PanelRow) -> GeneRules:
    """The gene's rules without the hot spots that were restated from this very row alone."""
    held = rules_for(row.gene)
    return held.model_copy(update={"pm1": tuple(spot for spot in held.pm1 if spot.seen != (row.uuid,))})


def _neighbours(held: Sequence[PanelRow]) -> dict[str, list[Neighbour]]:
    near: dict[str, list[Neighbour]] = collections.defaultdict(list)
    for row in held:
        if row.change is not None:
            near[row.gene].append(
                Neighbour(
                    c_name=_c_name(row),
                    p_name=str(row.change),
                    significance=row.five,
                    stars=3,
                    accession=row.uuid,
                )
            )
    return near


def _c_name(row: PanelRow) -> str:
    return str(row.dna) if row.dna is not None else row.name


def _dosage(gene: str, score: int | None) -> Dosage:
    source = Source(
        id="pack:clingen-dosage",
        title="ClinGen dosage sensitivity",
        version="2026-02-06",
        licence="ClinGen CC0 as ClinGen states it",
        depth=Depth.RECORD,
    )
    return Dosage(source=source, gene=gene, haploinsufficiency=score)


def _codes_to_class(held: Sequence[PanelRow]) -> Row:
    told = []
    for guards in (False, True):
        made = [classify(from_codes(row.codes), guards=guards).by_points for row in held]
        five = sum(one.value == row.five for one, row in zip(made, held, strict=True)) / len(held)
        pairs = [(THREE[one], row.truth) for one, row in zip(made, held, strict=True)]
        three = sum(one == other for one, other in pairs) / len(held)
        swaps = sum({"P", "B"} == {one, other} for one, other in pairs)
        told.append((five, three, swaps))
    (plain5, plain3, plain), (five, three, swaps) = told
    table = sum(classify(from_codes(row.codes)).by_rules_2015.value == row.five for row in held) / len(held)
    return Row(
        number="1",
        measure=f"panel codes -> class: 5-class / 3-class / P-B swaps (n = {len(held)})",
        bar=">= .94 / >= .96 / <= 4",
        ours=(
            f"{five:.3f} / {three:.3f} / {swaps} "
            f"(plain points {plain5:.3f} / {plain3:.3f} / {plain}; table of 2015 {table:.3f})"
        ),
        met=five >= 0.94 and three >= 0.96 and swaps <= 4,
        prototype="plain .938 / .956 / 3; guards .951 / .968 / 0",
    )


def edges() -> tuple[int, int]:
    """How many of the specification's edges come out right: at the bound, and one step of a float inside it."""
    right = asked = 0
    for tool, code, bounds, strengths in EDGES:
        steps = SPLICEAI if tool == "SpliceAI" else TOOLS[tool]
        order = list(zip(bounds, strengths, strict=True))
        for bound, strength in order:
            asked += 2
            right += steps.of(bound) == (code, strength)
            right += steps.of(_inward(bound, code)) == _weaker(order, bound, code)
    return right, asked


def _inward(bound: float, code: str) -> float:
    return math.nextafter(bound, 10.0 if code == "BP4" else -10.0)


def _weaker(order: list[tuple[float, str]], bound: float, code: str) -> tuple[str, str] | None:
    """The step next to a bound, towards the middle of the scale."""
    nearer = [one for one in order if (one[0] > bound if code == "BP4" else one[0] < bound)]
    if not nearer:
        return None
    return code, (min(nearer) if code == "BP4" else max(nearer))[1]


def _abstains(bare: Run, held: Sequence[PanelRow]) -> Row:
    called = [row for row in held if bare.three(row) != "U"]
    sure = [row for row in held if bare.told[row.uuid].verdict.by_points is not Significance.UNCERTAIN]
    met = sum(one.counts for row in held for one in bare.told[row.uuid].criteria)
    unbacked = sum(one.counts and not one.evidence for row in held for one in bare.told[row.uuid].criteria)
    return Row(
        number="5b",
        measure=f"without packs: P/LP or B/LB calls (n = {len(held)})",
        bar="abstains; not one P/LP or B/LB call without its evidence",
        ours=f"{len(called)} calls, {met} met codes, {unbacked} of them without evidence",
        met=not sure and not unbacked,
    )


def _engine(run: Run, held: Sequence[PanelRow], what: str = "") -> Row:
    named = {"accuracy": _accuracy, "P/LP precision": _precision("P"), "B/LB precision": _precision("B")}
    low_high = _intervals(run, held, list(named.values()))
    told = "; ".join(
        f"{name} {_share(measure(run, held), low, high)}"
        for (name, measure), (low, high) in zip(named.items(), low_high, strict=True)
    )
    counts = ", ".join(f"{sum(run.three(row) == side for row in held)} {side}" for side in "PUB")
    truth = collections.Counter(row.truth for row in held)
    swaps = sum({run.three(row), row.truth} == {"P", "B"} for row in held)
    always, most = truth["U"] / len(held), max(truth.values()) / len(held)
    accuracy, sure, benign = (measure(run, held) for measure in named.values())
    return Row(
        number="5",
        measure=f"whole engine, {run.name}{what} (n = {len(held)})",
        bar=">= .68; >= .99; >= .86" if not what else "–",
        ours=f"{told}; calls {counts}; swaps {swaps}; always VUS {always:.3f}, majority {most:.3f}",
        met=accuracy >= 0.68 and sure >= 0.99 and benign >= 0.86 if not what else None,
        prototype="ceiling by the panels' own computed codes .707; 1.000; .838",
        peers="InterVar .42, BIAS .72 and GeneBe .94 with ClinVar codes",
        beside=(run.name, accuracy) if not what else None,
    )


def _share(value: float, low: float, high: float) -> str:
    return "none called" if math.isnan(value) else f"{value:.3f} ({low:.3f}-{high:.3f})"


def _filled(run: Run, held: Sequence[PanelRow]) -> Row:
    """How far the missing numbers reach: a code that lacks its input is taken from the panel, any other is ours."""
    right, swaps = 0, 0
    for row in held:
        theirs = {one.code: one for one in from_codes(row.codes)}
        codes = [_ours_or(theirs, one) for one in run.told[row.uuid].criteria if one.code in COMPUTED]
        made = THREE[classify(reconcile(one for one in codes if one)).by_points]
        right += made == row.truth
        swaps += {made, row.truth} == {"P", "B"}
    theirs_alone = (classify(one for one in from_codes(row.codes) if one.code in COMPUTED) for row in held)
    limited = sum(THREE[told.by_points] == row.truth for told, row in zip(theirs_alone, held, strict=True))
    return Row(
        number="5",
        measure=f"no bar: codes that lack their input taken from the panel, the others ours (n = {len(held)})",
        bar="–",
        ours=(
            f"accuracy {right / len(held):.3f}, swaps {swaps}; "
            f"all computed codes taken from the panel {limited / len(held):.3f}"
        ),
        met=None,
        prototype="ceiling .707 (.711 with guards)",
    )


def _ours_or(theirs: dict[str, Criterion], ours: Criterion) -> Criterion | None:
    unsure = ours.status is Status.NOT_ASSESSED or (ours.counts and bool(ours.command))
    return theirs.get(ours.code) if unsure else ours


Measure = Callable[[Run, Sequence[PanelRow]], float]


def _accuracy(run: Run, held: Sequence[PanelRow]) -> float:
    return sum(run.three(row) == row.truth for row in held) / max(1, len(held))


def _precision(side: str) -> Measure:
    def measure(run: Run, held: Sequence[PanelRow]) -> float:
        called = [row for row in held if run.three(row) == side]
        return sum(row.truth == side for row in called) / len(called) if called else math.nan

    return measure


def _intervals(run: Run, held: Sequence[PanelRow], measures: list[Measure]) -> list[tuple[float, float]]:
    by_gene: dict[str, list[PanelRow]] = collections.defaultdict(list)
    for row in held:
        by_gene[row.gene].append(row)
    genes, draw = sorted(by_gene), random.Random(20261122)
    values: list[list[float]] = [[] for _ in measures]
    for _ in range(1000):
        drawn = [row for gene in draw.choices(genes, k=len(genes)) for row in by_gene[gene]]
        for held_values, measure in zip(values, measures, strict=True):
            held_values.append(measure(run, drawn))
    return [_middle(sorted(value for value in each if not math.isnan(value))) for each in values]


def _middle(ordered: list[float]) -> tuple[float, float]:
    """The bounds of the middle 95 %; draws in which nothing was called are left out."""
    if not ordered:
        return math.nan, math.nan
    return ordered[int(0.025 * len(ordered))], ordered[min(len(ordered) - 1, int(0.975 * len(ordered)))]


def _agreement(run: Run, held: Sequence[PanelRow], code: str) -> Row:
    ours, theirs, assessed = set(), set(), set()
    for row in held:
        one = run.told[row.uuid].criterion(code)
        ours |= {row.uuid} if one.counts else set()
        assessed |= {row.uuid} if one.status is not Status.NOT_ASSESSED else set()
        theirs |= {row.uuid} if any(each.split("_")[0] == code for each in row.codes) else set()
    both, either = len(ours & theirs), len(ours | theirs)
    share = both / either if either else 0.0
    inside = len((ours | theirs) & assessed)
    peer = jaccard(code, "BIAS") or 0.0
    return Row(
        number="10",
        measure=f"{code} at any strength, {run.name} (panel {len(theirs)}, ours {len(ours)}, assessed {len(assessed)})",
        bar=f"Jaccard > {peer:.2f} (BIAS)" if code in BAR_10 else "–",
        ours=(
            f"precision {both / len(ours) if ours else 0:.3f}, recall {both / len(theirs) if theirs else 0:.3f}, "
            f"Jaccard {share:.3f}; where assessed {both / inside if inside else 0:.3f}"
        ),
        met=share > peer if code in BAR_10 else None,
        peers=in_words(code),
        beside=(code, share),
    )


def quoted(held: Sequence[PanelRow]) -> str:
    """How many rows each value could be read from."""
    parts: tuple[tuple[str, Callable[[PanelRow], object]], ...] = (
        ("effect from the names", lambda row: row.effect),
        ("frequency", lambda row: row.frequency),
        ("REVEL", lambda row: row.revel),
        ("SpliceAI", lambda row: row.spliceai),
    )
    told = [f"{name} {sum(not isinstance(read(row), Gap) for row in held)}" for name, read in parts]
    decay = sum(isinstance(row.told_effect, Effect) and row.told_effect.decay is not None for row in held)
    return f"read from {len(held)} rows: {', '.join(told)}, decay {decay}"


def main(data: Path) -> Iterator[str]:
    """The table as lines."""
    yield quoted(list(panel_rows(data)))
    for row in rows(data):
        verdict = {True: "met", False: "NOT MET", None: "–"}[row.met]
        beside = f"bar {row.bar}; prototype {row.prototype}; peers {row.peers}"
        yield f"{row.number:>3} {verdict:7} {row.measure}: {row.ours} [{beside}]"


if __name__ == "__main__":
    for line in main(Path(sys.argv[1])):
        print(line, flush=True)
