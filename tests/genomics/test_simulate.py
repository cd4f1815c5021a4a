"""Simulation: differences that say so, virtual genomes with known truth, the same bytes for the same seed."""

from __future__ import annotations

import runpy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomics.files.vcf import Vcf
from genomics.genotype import Site
from genomics.pgx.definitions import Definitions, GeneDefinition, Locus, NamedAllele, load
from genomics.pgx.gathering import from_vcf
from genomics.pgx.guidelines import GuidanceBase
from genomics.pgx.guidelines import load as load_guidance
from genomics.pgx.words import CallSource, Diplotype, GeneCall
from genomics.simulate import Frequencies, mutational_scan, virtual_genome, what_if, what_if_site
from retrieval.evidence import Depth, Source

MADE: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("guidance_pack.py")))
SOURCE = Source(id="test:made", title="made", version="1", licence="none", depth=Depth.RECORD)


def _gene(name: str, contig: str, start: int) -> GeneDefinition:
    loci = (
        Locus(contig, start, f"rs{start}", "A", frozenset("AG")),
        Locus(contig, start + 10, "", "C", frozenset("CTG")),
        Locus(contig, start + 20, f"rs{start + 20}", "T", frozenset(("T", "TAC"))),
    )
    alleles = (
        NamedAllele("*1", (frozenset("A"), frozenset("C"), frozenset("T")), is_reference=True),
        NamedAllele("*2", (frozenset("G"), None, None)),
        NamedAllele("*3", (None, frozenset("TG"), frozenset(("TAC",)))),
    )
    return GeneDefinition(gene=name, contig=contig, loci=loci, alleles=alleles, version="1")


GENES = {
    "CYP2C19": _gene("CYP2C19", "10", 1000),
    "G6PD": _gene("G6PD", "X", 5000),
    "CYP2D6": _gene("CYP2D6", "22", 9),
}
DEFINITIONS = Definitions(source=SOURCE, genes=GENES, tables={})


@pytest.fixture
def base(tmp_path: Path) -> GuidanceBase:
    return load_guidance(MADE["version_2"](tmp_path))


def call(phenotype: str, *, gene: str = "CYP2C19") -> GeneCall:
    pair = Diplotype(alleles=("*1", "*2"), phenotype=phenotype)
    return GeneCall(gene=gene, source=CallSource.STATED, diplotypes=(pair,))


def records(vcf: str) -> list[list[str]]:
    return [line.split("\t") for line in vcf.splitlines() if not line.startswith("#")]


def test_what_if_tells_the_difference_and_that_it_is_simulated(base: GuidanceBase) -> None:
    seen = what_if([call(MADE["NORMAL"])], call(MADE["POOR"]), ["madeupril", "warfarin"], base)
    assert seen.differs
    assert (seen.before[0].diplotypes[0].phenotype, seen.after[0].diplotypes[0].phenotype) == (
        MADE["NORMAL"],
        MADE["POOR"],
    )
    assert [drug.differs for drug in seen.drugs] == [True, False]
    assert [one.statement for one in seen.findings if "madeupril" in one.names] == [
        "Simulated: CPIC on madeupril for CYP2C19 Poor Metabolizer: Avoid madeupril. Use another drug."
    ]
    assert all(one.statement.startswith("Simulated: ") for one in seen.findings)
    assert all(one.certainty.startswith("simulated; ") for one in seen.findings)


def test_what_if_nothing_changes_is_no_difference(base: GuidanceBase) -> None:
    seen = what_if([call(MADE["POOR"])], call(MADE["POOR"]), ["madeupril"], base)
    assert not seen.differs
    assert seen.findings == ()


def test_a_gene_that_was_not_called_has_no_before(base: GuidanceBase) -> None:
    seen = what_if([], call(MADE["POOR"]), ["madeupril"], base)
    assert (len(seen.before), len(seen.after), len(seen.drugs[0].before)) == (0, 1, 0)


def test_another_genotype_goes_through_the_same_caller(base: GuidanceBase) -> None:
    def caller(sites: Any) -> list[GeneCall]:
        bases = sites["10", 1000].bases
        return [call(MADE["POOR"] if bases.count("G") == 2 else MADE["NORMAL"])]

    site = Site(contig="10", pos=1000, alleles=("A", "G"), called=(0, 1))
    seen = what_if_site(
        {("10", 1000): site}, site.model_copy(update={"called": (1, 1)}), caller, ["madeupril"], base
    )
    assert seen.drugs[0].after[0].text.startswith("Avoid madeupril")


@given(st.integers(0, 2**32), st.booleans(), st.booleans(), st.booleans())
def test_the_same_seed_gives_the_same_bytes(seed: int, phased: bool, chr_prefix: bool, male: bool) -> None:
    first, again = (
        virtual_genome(seed, DEFINITIONS, phased=phased, chr_prefix=chr_prefix, male=male) for _ in range(2)
    )
    assert first == again
    assert set(first.truth) == {"CYP2C19", "G6PD"}
    assert len(first.truth["G6PD"]) == (1 if male else 2)
    assert all(line[0].startswith("chr") == chr_prefix for line in records(first.vcf))
    assert all("/" not in line[-1] for line in records(first.vcf)) or not phased


@given(st.integers(0, 2**32))
def test_the_file_spells_the_truth(seed: int) -> None:
    made = virtual_genome(seed, DEFINITIONS, genes=["CYP2C19"])
    first, second, third = records(made.vcf)
    strands = zip(*(_bases(line) for line in (first, second, third)), strict=True)
    wanted = {"*1": ({"A"}, {"C"}, {"T"}), "*2": ({"G"}, {"C"}, {"T"}), "*3": ({"A"}, {"T", "G"}, {"TAC"})}
    for name, bases in zip(made.truth["CYP2C19"], strands, strict=True):
        assert all(base in allowed for base, allowed in zip(bases, wanted[name], strict=True))


def _bases(line: list[str]) -> list[str]:
    alleles = [line[3], *line[4].split(",")]
    return [alleles[int(index)] for index in line[-1].replace("/", "|").split("|")]


def test_unphased_hides_the_order_and_dropped_positions_are_absent() -> None:
    made = virtual_genome(3, DEFINITIONS, genes=["CYP2C19"], phased=False, drop=("rs1000", "10:1010"))
    assert [line[2] for line in records(made.vcf)] == ["rs1020"]
    assert "|" not in records(made.vcf)[0][-1]


def test_one_gene_does_not_depend_on_which_others_are_drawn() -> None:
    both, alone = virtual_genome(5, DEFINITIONS), virtual_genome(5, DEFINITIONS, genes=["G6PD"])
    assert both.truth["G6PD"] == alone.truth["G6PD"]


def test_alleles_are_drawn_by_the_given_frequencies() -> None:
    given_ = Frequencies(source=SOURCE, alleles={"CYP2C19": {"*1": 9, "*3": 1, "*2": 0}})
    drawn = Counter(
        name
        for seed in range(300)
        for name in virtual_genome(seed, DEFINITIONS, genes=["CYP2C19"], frequencies=given_).truth["CYP2C19"]
    )
    assert set(drawn) == {"*1", "*3"}
    assert 0.85 < drawn["*1"] / 600 < 0.95


def test_what_cannot_be_simulated_is_refused() -> None:
    with pytest.raises(ValueError, match="CYP2D6"):
        virtual_genome(1, DEFINITIONS, genes=["CYP2D6"])
    with pytest.raises(ValueError, match="no allele of CYP2C19"):
        virtual_genome(1, DEFINITIONS, frequencies=Frequencies(SOURCE, {"CYP2C19": {"*99": 1}}))


def test_our_own_reader_takes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "made.vcf"
    path.write_text(virtual_genome(8, DEFINITIONS, male=True).vcf)
    with Vcf(path) as file:
        sites = list(file.sites(male=True))
    assert [(site.contig, site.pos) for site in sites] == [
        *(("10", pos) for pos in (1000, 1010, 1020)),
        *(("X", pos) for pos in (5000, 5010, 5020)),
    ]
    assert all(site.is_called for site in sites)


def test_the_mutational_scan_is_the_stores_own() -> None:
    class Store:
        def every_snv(self, model: str) -> Any:
            yield from ((model, number) for number in range(3))

    scan: Any = mutational_scan
    assert list(scan(Store(), "NM_1")) == [("NM_1", 0), ("NM_1", 1), ("NM_1", 2)]


def test_every_gene_of_the_published_definitions_can_be_drawn(shared: Path) -> None:
    folder = shared / "pharmcat"
    if not folder.is_dir():
        pytest.skip("pharmcat is not among the development data")
    made = virtual_genome(1, load(folder))
    assert "CYP2D6" not in made.truth
    assert len(made.truth) == 19
    assert len(records(made.vcf)) > 1000


@pytest.mark.parametrize("male", [False, True])
def test_the_truth_comes_back_through_reader_and_matcher(shared: Path, tmp_path: Path, male: bool) -> None:
    folder = shared / "pharmcat"
    if not folder.is_dir():
        pytest.skip("pharmcat is not among the development data")
    held, path = load(folder), tmp_path / "made.vcf"
    for seed in range(3):
        made = virtual_genome(seed, held, male=male)
        path.write_text(made.vcf)
        calls = {one.gene: one for one in from_vcf(path, held, sex="male" if male else "female").calls}
        for gene, truth in made.truth.items():
            told = {tuple(sorted(pair.alleles)) for pair in calls[gene].diplotypes}
            assert tuple(sorted(truth)) in told
