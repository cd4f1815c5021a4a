"""Star alleles and phenotypes against PharmCAT's own cases, reports and definitions, and three public genomes (7a-h).

Nothing was tuned on the virtual diplotypes.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any, NamedTuple

from evals.bench.genomics.pgx_cases import (
    explicit,
    fitting,
    hapb3_failures,
    nat2_failures,
    pipeline_outcomes,
    site,
    table,
    unit_case_failures,
)
from evals.bench.genomics.row import Row
from genomics.builds import Build
from genomics.genotype import Site
from genomics.pgx import outside_calls
from genomics.pgx.call import OUTSIDE_ONLY, call_genes
from genomics.pgx.definitions import Definitions, GeneDefinition, Locus, NamedAllele, load
from genomics.pgx.lowest_function import GENES as LOWEST
from genomics.pgx.matcher import match
from genomics.pgx.positions import Sites, read
from genomics.pgx.words import GeneCall, NoCall

SEED = 20261122
PAIRS = 2000
"""Virtual diplotypes per gene: all pairs of alleles, or as many drawn where there are more."""


def rows(data: Path) -> Iterator[Row]:
    """The measures of star-allele calling; ``data`` is the folder of the development data."""
    folder = data / "pharmcat"
    definitions = load(folder)
    cases = json.loads((folder / "pharmcat_unit_cases.json").read_text(encoding="utf-8"))
    yield _unit_cases(cases, definitions, folder)
    yield _pipeline_asserts(cases, definitions, folder)
    yield _hapb3(folder, definitions)
    yield _nat2(folder, definitions)
    yield _virtual(definitions, phased=True)
    yield _virtual(definitions, phased=False)
    yield _reports(folder, definitions)
    yield _genomes(data / "pharmcat-tutorial-getrm", definitions)
    yield _speed(definitions)


def _unit_cases(cases: Sequence[Mapping[str, Any]], definitions: Definitions, folder: Path) -> Row:
    total = explicit(cases)
    failures = unit_case_failures(cases, definitions, folder)
    told = f"{len(total) - len(failures)} / {len(total)}"
    return Row("7a", "PharmCAT unit cases with explicit diplotypes, one gene", "22 / 22",
               told + (f" (not: {', '.join(failures)})" if failures else ""),
               not failures and len(total) >= 22, "21 / 22", "PharmCAT 22")  # fmt: skip


def _pipeline_asserts(cases: Sequence[Mapping[str, Any]], definitions: Definitions, folder: Path) -> Row:
    found = pipeline_outcomes(cases, definitions, folder)
    tests = sum(1 for case in cases if case["asserts"])
    ours = (
        f"{len(found.good)} / {len(found.good) + len(found.bad)} asserts of {found.cases} of {tests} cases; "
        f"{len(found.left)} asserts name Java variables or outside calls and were left out"
    )
    return Row("7a+", "asserts of the pipeline cases that could be translated", "all", ours, not found.bad)


def _hapb3(folder: Path, definitions: Definitions) -> Row:
    total, failed = hapb3_failures(folder, definitions)
    ours = f"{total - len(failed)} / {total}"
    return Row("7a+", "DPYD HapB3 table, phased and unphased: pair that decides", "all", ours, not failed)


def _nat2(folder: Path, definitions: Definitions) -> Row:
    total, failed = nat2_failures(folder, definitions)
    ours = f"{total - len(failed)} / {total}"
    return Row("7a+", "NAT2 table of unphased genotypes with priorities", "all", ours, not failed)


class Share(NamedTuple):
    """Shares of virtual diplotypes that the answer holds, and that it alone gives; and how many there were."""

    held: float
    alone: float
    drawn: int


def virtual_share(definition: GeneDefinition, *, phased: bool, most: int = PAIRS) -> Share:
    """How often a diplotype that was made of two alleles comes back: all pairs, or a seeded draw of ``most``."""
    pairs = list(combinations_with_replacement(definition.alleles, 2))
    if len(pairs) > most:
        pairs = random.Random(f"{SEED} {definition.gene}").sample(pairs, most)
    held = alone = 0
    for one, two in pairs:
        sites = virtual_sites(definition, one, two, phased=phased)
        found = match(definition, read(definition.loci, Sites(sites, build=Build.GRCH38)))
        truth = frozenset(Counter((one.name, two.name)).items())
        held += truth in fitting(found.best)
        alone += fitting(found.best) == {truth}
    return Share(held / len(pairs), alone / len(pairs), len(pairs))


def virtual_sites(
    definition: GeneDefinition, one: NamedAllele, two: NamedAllele, *, phased: bool
) -> dict[tuple[str, int], Site]:
    """Every position of a gene as a person with these two alleles has it."""
    return {
        (locus.contig, locus.pos): site(
            locus, [_base(one.wants[index], locus), _base(two.wants[index], locus)], phased=phased
        )
        for index, locus in enumerate(definition.loci)
    }


def _base(wants: frozenset[str] | None, locus: Locus) -> str:
    return locus.ref if wants is None or locus.ref in wants else min(wants)


def _starred(definitions: Definitions) -> list[GeneDefinition]:
    left = (*LOWEST, *OUTSIDE_ONLY)
    return [definitions.genes[gene] for gene in sorted(definitions.genes) if gene not in left]


def _virtual(definitions: Definitions, *, phased: bool) -> Row:
    shares = {one.gene: virtual_share(one, phased=phased) for one in _starred(definitions)}
    n = f"{len(shares)} genes, n = {sum(one.drawn for one in shares.values())}"
    if phased:
        short = ", ".join(f"{gene} {one.alone:.3f}" for gene, one in shares.items() if one.alone < 1)
        ours = f"1.000 in {sum(one.alone == 1 for one in shares.values())} of {n}"
        return Row("7b", "virtual diplotypes, phased: exactly the truth", "1.000",
                   f"{ours} ({short})" if short else ours, not short, "1.000 in 11 genes")  # fmt: skip
    least = min((one.held, gene) for gene, one in shares.items() if gene != "UGT1A1")
    unique = sorted(one.alone for one in shares.values())
    ours = (
        f"{least[0]:.3f} ({least[1]}) to 1.000, UGT1A1 {shares['UGT1A1'].held:.3f}; "
        f"unique {unique[0]:.2f}-{unique[-1]:.2f}; {n}"
    )
    return Row("7c", "virtual diplotypes, unphased: answer holds the truth", ">= .99 (UGT1A1 >= .95)", ours,
               least[0] >= 0.99 and shares["UGT1A1"].held >= 0.95,
               ".988-1.000 (.956); unique .91-1.00")  # fmt: skip


def sites_of(
    vcf: Path, sample: int = 0, wanted: Iterable[tuple[str, int]] = ()
) -> dict[tuple[str, int], Site]:
    """Sites of a small text VCF, for the bench only. ``wanted`` limits them."""
    only = set(wanted)
    found: dict[tuple[str, int], Site] = {}
    opener = gzip.open if vcf.suffix in (".gz", ".bgz") else open
    with opener(vcf, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if line.startswith("#"):
                continue
            contig, pos, rsid, ref, alts, _, passed, _, names, *samples = line.rstrip("\n").split("\t")
            place = (contig.removeprefix("chr"), int(pos))
            if only and place not in only:
                continue
            read = _genotype(dict(zip(names.split(":"), samples[sample].split(":"), strict=False)))
            alleles = (ref, *(alt for alt in alts.split(",") if alt != "."))
            found[place] = Site(
                contig=place[0], pos=place[1], alleles=alleles, called=read[0], phased=read[1],
                phase_set=read[2], passed=passed in ("PASS", "."), rsid="" if rsid == "." else rsid, record=number,
            )  # fmt: skip
    return found


def _genotype(fields: Mapping[str, str]) -> tuple[tuple[int | None, ...], bool, int | None]:
    written = fields.get("GT", ".")
    called = tuple(int(one) if one.isdigit() else None for one in re.split(r"[/|]", written))
    phase_set = fields.get("PS", ".")
    return called, "|" in written, int(phase_set) if phase_set.isdigit() else None


def report_differences(folder: Path, definitions: Definitions) -> tuple[int, list[str]]:
    """Genes of the two worked reports, and those whose diplotype, phenotype or activity score differs."""
    total, wrong = 0, list[str]()
    for name, outside in (
        ("pharmcat.example", "pharmcat.example.outsideCall.tsv"),
        ("pharmcat.example2", ""),
    ):
        examples = folder / "examples"
        reported = outside_calls.read(examples / outside) if outside else ()
        calls, _ = call_genes(
            sites_of(examples / f"{name}.vcf"), build=Build.GRCH38, sex="female", definitions=definitions,
            outside=reported,
        )  # fmt: skip
        ours = {call.gene: call for call in calls}
        for line in table(examples / f"{name}.report.tsv")[2:]:
            total += 1
            if not _same(line, ours.get(line[0])):
                wrong.append(f"{name} {line[0]}")
    return total, wrong


def _same(line: Sequence[str], call: GeneCall | None) -> bool:
    if call is None or call.tie:
        return False
    pair = call.diplotypes[0]
    told = (line[1], line[2].strip(), line[3])
    return told == (pair.name, "" if pair.phenotype == "n/a" else pair.phenotype, pair.activity_score)


def _reports(folder: Path, definitions: Definitions) -> Row:
    total, wrong = report_differences(folder, definitions)
    ours = f"{total - len(wrong)} / {total} genes" + (f" (not: {', '.join(wrong)})" if wrong else "")
    return Row("7d", "two worked reports: diplotype, phenotype, activity score", "all genes equal", ours,
               not wrong, "–", "PharmCAT")  # fmt: skip


def genome_answers(
    folder: Path, definitions: Definitions
) -> Iterator[tuple[str, tuple[GeneCall, ...], tuple[NoCall, ...]]]:
    """Calls and refusals of the three genomes, from the files that are cut to PharmCAT's positions of 2022."""
    for file in sorted(folder.glob("NA*.preprocessed.vcf")):
        calls, refused = call_genes(sites_of(file), build=Build.GRCH38, sex="female", definitions=definitions)
        yield file.name.partition(".")[0], calls, refused


def _genomes(folder: Path, definitions: Definitions) -> Row:
    called = tied = named = silent = cyp2d6 = 0
    for _, calls, refused in genome_answers(folder, definitions):
        called += sum(not call.tie for call in calls)
        tied += sum(call.tie for call in calls)
        named += sum(bool(one.missing) for one in refused)
        silent += sum(not one.missing for one in refused)
        cyp2d6 += any(one.gene == "CYP2D6" for one in refused)
    ours = (
        f"{called} called, {tied} tied, {named} refused with what is missing, {silent} without; "
        f"CYP2D6 refused {cyp2d6} / 3"
    )
    return Row("7g", "three real genomes, every gene answered", "called, tied or refused with missing positions",
               ours, silent == 0 and cyp2d6 == 3)  # fmt: skip


def slowest(definitions: Definitions, *, repeats: int = 5) -> tuple[float, str]:
    """Milliseconds per call of the slowest gene, every position called, unphased, and its name."""
    found: list[tuple[float, str]] = []
    for gene in sorted(set(definitions.genes) - set(OUTSIDE_ONLY)):
        definition = definitions.genes[gene]
        draw = random.Random(f"{SEED} {gene}")
        one, two = draw.choice(definition.alleles), draw.choice(definition.alleles)
        sites = virtual_sites(definition, one, two, phased=False)
        times = [_timed(sites, gene, definitions) for _ in range(repeats + 1)]
        found.append((sorted(times[1:])[repeats // 2] * 1000, gene))
    return max(found)


def _timed(sites: Mapping[tuple[str, int], Site], gene: str, definitions: Definitions) -> float:
    begun = time.perf_counter()
    call_genes(sites, build=Build.GRCH38, sex="female", definitions=definitions, genes=[gene])
    return time.perf_counter() - begun


def _speed(definitions: Definitions) -> Row:
    milliseconds, gene = slowest(definitions)
    ours = f"{milliseconds:.1f} ms ({gene}, the slowest; median of 5)"
    return Row("7h", "per gene, sites and definition in memory", "< 10 ms", ours, milliseconds < 10,
               "0.1-5.9 ms", "pypgx 58 ms")  # fmt: skip


def main() -> None:
    """Print the measures and, for those that fall short, every case."""
    import sys

    data = Path(sys.argv[1])
    for row in rows(data):
        print(f"{row.number:4} {row.measure}: {row.ours} (bar {row.bar}; {'met' if row.met else 'NOT met'})")
    folder = data / "pharmcat"
    definitions = load(folder)
    cases = json.loads((folder / "pharmcat_unit_cases.json").read_text(encoding="utf-8"))
    for failed in (pipeline_outcomes(cases, definitions, folder).bad, hapb3_failures(folder, definitions)[1],
                   nat2_failures(folder, definitions)[1]):  # fmt: skip
        for line in failed:
            print("  ", line)


if __name__ == "__main__":
    main()
