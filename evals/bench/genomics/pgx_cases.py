"""PharmCAT's own cases, run against our caller: unit cases, asserts of its pipeline tests, HapB3 and NAT2 tables.

Cases that cannot be translated mechanically (asserts that name Java variables, outside calls that stand in Java) are
counted and left out.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from genomics.builds import Build
from genomics.genotype import Site
from genomics.pgx.call import OUTSIDE_ONLY, call_genes
from genomics.pgx.definitions import Definitions, Locus
from genomics.pgx.matcher import Fit, match
from genomics.pgx.positions import Sites, read
from genomics.pgx.words import Diplotype, GeneCall, NoCall

_UNDOCUMENTED = {"rs186169810": "T"}
"""The HapB3 table gives this position a base that no allele defines ("non-PGx")."""


class Case(NamedTuple):
    """One run of a unit case: sites, and the sex that the case implies."""

    sites: dict[tuple[str, int], Site]
    sex: str


def site(locus: Locus, bases: Sequence[str | None], *, phased: bool, phase_set: int | None = None) -> Site:
    """A site that spells these bases ("." and None: not called)."""
    others = sorted({base for base in bases if base and base not in (".", locus.ref)})
    alleles = (locus.ref, *others)
    called = tuple(None if base in (None, ".") else alleles.index(str(base)) for base in bases)
    return Site(
        contig=locus.contig, pos=locus.pos, alleles=alleles, called=called, phased=phased,
        phase_set=phase_set, rsid=locus.rsid,
    )  # fmt: skip


def _spelling(folder: Path, gene: str) -> dict[str, dict[str, str]]:
    """CPIC's names of alleles -> bases as a VCF spells them, by rsID."""
    with gzip.open(folder / "definition" / f"{gene}_translation.json.gz") as file:
        places = json.load(file)["variants"]
    return {place["rsid"]: place["cpicToVcfAlleleMap"] or {} for place in places if place["rsid"]}


def case_runs(case: Mapping[str, Any], definitions: Definitions, folder: Path) -> list[Case]:
    """The runs of a case: a position that comes again begins a new run."""
    runs: list[list[list[Any]]] = [[]]
    for variation in case["variation"]:
        if any(variation[:2] == other[:2] for other in runs[-1]):
            runs.append([])
        runs[-1].append(variation)
    return [_run(case, variations, definitions, folder) for variations in runs]


def _run(
    case: Mapping[str, Any], variations: Sequence[Sequence[Any]], definitions: Definitions, folder: Path
) -> Case:
    genes = {gene for gene, *_ in variations} | set(case["reference"])
    missing = {(entry[0], rsid) for entry in case["missing"] for rsid in entry[1:]}
    changed = {(gene, rsid): bases for gene, rsid, bases in variations}
    sites: dict[tuple[str, int], Site] = {}
    haploid = any(len(bases) == 1 for bases in changed.values())
    for gene in sorted(genes):
        spelling = _spelling(folder, gene)
        for locus in definitions.genes[gene].loci:
            if (gene, locus.rsid) in missing:
                continue
            spelled = changed.get((gene, locus.rsid), [locus.ref] * (1 if haploid else 2))
            bases = [spelling.get(locus.rsid, {}).get(base, base) for base in spelled]
            sites[locus.contig, locus.pos] = site(locus, bases, phased=case["phased"])
    return Case(sites, "male" if haploid else "female")


def named(call: GeneCall) -> set[frozenset[tuple[str, int]]]:
    return {frozenset(Counter(pair.alleles).items()) for pair in call.diplotypes}


def _wanted(names: Iterable[str]) -> set[frozenset[tuple[str, int]]]:
    return {frozenset(Counter(name.split("/")).items()) for name in names}


def unit_case_failures(
    cases: Sequence[Mapping[str, Any]], definitions: Definitions, folder: Path
) -> list[str]:
    """Names of single-gene cases with explicit diplotypes that come out otherwise, best or all fits taken."""
    return [str(case["test"]) for case in explicit(cases) if not _unit_case(case, definitions, folder)]


def explicit(cases: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Cases of one gene and one run that state their diplotypes."""
    single = [case for case in cases if len({entry[0] for entry in case["variation"]}) == 1]
    return [case for case in single if len(case["expected"]) == 1]


def _unit_case(case: Mapping[str, Any], definitions: Definitions, folder: Path) -> bool:
    """PharmCAT's cases ask for the best pairs or, some of them, for all pairs that fit."""
    run = case_runs(case, definitions, folder)[0]
    definition = definitions.genes[case["variation"][0][0]]
    found = match(definition, read(definition.loci, Sites(run.sites, build=Build.GRCH38)))
    wanted = _wanted(case["expected"][0])
    return wanted in ([fitting(fits) for fits in (found.best, found.every)])


def fitting(fits: Iterable[Fit]) -> set[frozenset[tuple[str, int]]]:
    return {frozenset(Counter(fit.alleles).items()) for fit in fits}


_LITERAL = re.compile(r'"([^"]*)"')
_REFUSED = ("TextConstants.UNCALLED", "UNKNOWN_CALL")


class Assert(NamedTuple):
    """What a pipeline case asserts about one gene: diplotypes, the pair that guidance uses, or no call."""

    gene: str
    names: tuple[str, ...]
    refused: bool


def literal(text: str) -> Assert | None:
    """The assert, if gene and expectation stand in it as literals."""
    gene, _, rest = text.partition(",")
    if not gene.strip().startswith('"'):
        return None
    plain = rest.replace("TextConstants.HOMOZYGOUS_REFERENCE", '"Reference/Reference"')
    plain = plain.replace("TextConstants.REFERENCE", '"Reference"')
    refused = any(word in plain for word in _REFUSED)
    left = _LITERAL.sub("", plain).replace("List.of", "")
    if not refused and re.search(r"[A-Za-z]", left):
        return None
    return Assert(gene.strip().strip('"'), tuple(_LITERAL.findall(plain)), refused)


def holds(expected: Assert, answers: Mapping[str, GeneCall | NoCall]) -> bool:
    """True if the answer for the gene is what a case asserts; SLCO1B1 by one position counts as no diplotype."""
    answer = answers.get(expected.gene)
    if expected.refused:
        return isinstance(answer, NoCall) or (
            answer is not None and "The call rests on" in " ".join(answer.warnings)
        )
    if not isinstance(answer, GeneCall):
        return False
    names = expected.names
    if all("/" in name for name in names):
        return named(answer) == _wanted(names)
    if any("zygous)" in name for name in names):
        return set(names) == set(answer.variants)
    return frozenset(Counter(names).items()) in named(answer)


class Outcomes(NamedTuple):
    """Asserts that hold, those that fail (test and text), and those that could not be translated."""

    good: list[str]
    bad: list[str]
    left: list[str]
    cases: int
    """Cases of which at least one assert could be translated."""


def pipeline_outcomes(cases: Sequence[Mapping[str, Any]], definitions: Definitions, folder: Path) -> Outcomes:
    """The asserts of the pipeline cases, one by one."""
    found = Outcomes([], [], [], 0)
    tried = 0
    for case in (case for case in cases if case["asserts"]):
        every = "AllMatch" in case["test"]
        runs = [_answers(run, definitions, every) for run in case_runs(case, definitions, folder)]
        read = {text: literal(text) for text in case["asserts"]}
        tried += any(_can_be_told(expected) for expected in read.values())
        for text in case["asserts"]:
            expected = read[text]
            if expected is None or not _can_be_told(expected):
                found.left.append(text)
                continue
            met = any(holds(expected, answers) for answers in runs)
            (found.good if met else found.bad).append(f"{case['test']}: {text}")
    return found._replace(cases=tried)


def _can_be_told(expected: Assert | None) -> bool:
    """Outside calls stand in the Java code, not in the cases."""
    if expected is None or expected.gene in OUTSIDE_ONLY:
        return False
    return bool(expected.names) or expected.refused


def _answers(run: Case, definitions: Definitions, every: bool) -> dict[str, GeneCall | NoCall]:
    """Answers by gene; ``every``: with all pairs that fit, as the tests named AllMatch ask."""
    calls, refused = call_genes(run.sites, build=Build.GRCH38, sex=run.sex, definitions=definitions)
    if every:
        calls = tuple(_with_every(call, run, definitions) for call in calls)
    return {**{one.gene: one for one in calls}, **{one.gene: one for one in refused}}


def _with_every(call: GeneCall, run: Case, definitions: Definitions) -> GeneCall:
    definition = definitions.genes[call.gene]
    found = match(definition, read(definition.loci, Sites(run.sites, build=Build.GRCH38)))
    pairs = tuple(Diplotype(alleles=fit.alleles, score=fit.score) for fit in found.every)
    return call.model_copy(update={"diplotypes": pairs or call.diplotypes})


def table(path: Path) -> list[list[str]]:
    """Rows of a tab-separated file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t"))


def hapb3_failures(folder: Path, definitions: Definitions) -> tuple[int, list[str]]:
    """Rows of PharmCAT's HapB3 table, phased and unphased, and those whose lookup pair differs."""
    lines = table(folder / "testvcf" / "haplotype" / "DPYD" / "hapb3.tsv")
    head = next(number for number, line in enumerate(lines) if line[0] == "rs56038477")
    rsids, lines = lines[head], lines[head + 1 :]
    places = {locus.rsid: locus for locus in definitions.genes["DPYD"].loci}
    total, failed = 0, list[str]()
    for line in lines:
        genotypes = dict(zip(rsids[:7], line[:7], strict=True))
        for phased, wanted in ((True, line[8] or line[7]), (False, line[10] or line[8] or line[7])):
            if not wanted:
                continue
            total += 1
            got = _dpyd(places, genotypes, definitions, phased=phased)
            if got != _hapb3_pair(wanted):
                failed.append(f"{'|' if phased else '/'} {' '.join(line[:7])}: {wanted} not {'/'.join(got)}")
    return total, failed


def _dpyd(
    places: Mapping[str, Locus], genotypes: Mapping[str, str], definitions: Definitions, *, phased: bool
) -> list[str]:
    sites: dict[tuple[str, int], Site] = {}
    for rsid, locus in places.items():
        written = genotypes.get(rsid, "0/0")
        if written == "missing":
            continue
        other = _UNDOCUMENTED.get(rsid) or min(locus.bases - {locus.ref})
        bases = [locus.ref if one == "0" else other for one in re.split("[/|]", written)]
        sites[locus.contig, locus.pos] = site(locus, bases, phased=phased)
    calls, _ = call_genes(sites, build=Build.GRCH38, sex=None, definitions=definitions, genes=["DPYD"])
    return _plain(calls[0].diplotypes[0].alleles)


def _plain(names: Sequence[str]) -> list[str]:
    known = {"Reference": "ref", "c.1129-5923C>G, c.1236G>A (HapB3)": "HapB3", "c.1129-5923C>G": "HapB3"}
    return sorted(known.get(name, name) for name in names)


def _hapb3_pair(text: str) -> list[str]:
    parts = re.split(r"/(?![^\[]*\])", text.replace("HapB3Intron", "HapB3").replace("Reference", "ref"))
    return sorted(parts)


def nat2_failures(folder: Path, definitions: Definitions) -> tuple[int, list[str]]:
    """Rows of PharmCAT's table of unphased NAT2 genotypes, and those whose call differs."""
    head, *lines = table(folder / "testvcf" / "haplotype" / "NAT2" / "tests.tsv")
    columns = {rsid: index for index, rsid in enumerate(head) if rsid.startswith("rs")}
    total, failed = 0, list[str]()
    for line in lines:
        if len(line) < 8 or not line[7].strip():
            continue
        total += 1
        got = _nat2_call(line, columns, definitions)
        said = (line[8] if len(line) > 8 and line[8].strip() else line[7]).strip()
        wanted = (
            set()
            if said == "not called"
            else {frozenset(one.strip().split("/")) for one in said.split(" or ")}
        )
        if got != wanted:
            failed.append(f"{line[0]} {' '.join(line[2:7])}: {said}")
    return total, failed


def _nat2_call(
    line: Sequence[str], columns: Mapping[str, int], definitions: Definitions
) -> set[frozenset[str]]:
    gone = set(re.findall(r"rs\d+", line[0]))
    sites: dict[tuple[str, int], Site] = {}
    for locus in definitions.genes["NAT2"].loci:
        if locus.rsid in gone:
            continue
        written = line[columns[locus.rsid]] if locus.rsid in columns else f"{locus.ref}/{locus.ref}"
        if "/" not in written:
            continue
        sites[locus.contig, locus.pos] = site(locus, written.split("/"), phased=False)
    calls, _ = call_genes(sites, build=Build.GRCH38, sex=None, definitions=definitions, genes=["NAT2"])
    return {frozenset(pair.alleles) for call in calls for pair in call.diplotypes}
