"""The matcher on definitions that the tests make: phase, blocks, scores, missing positions, spellings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomics.builds import Build
from genomics.genotype import Site
from genomics.pgx.definitions import Definitions, GeneDefinition, gene_of
from genomics.pgx.matcher import Match, match
from genomics.pgx.positions import Genotype, Reading, Sites, read

REFERENCE = ("A", "C", "CAT", "G")
OTHERS = ("G", "T", "C", "A")
NAMES = ("rs1", "rs2", "rs3", "rs4")


def raw(**alleles: Sequence[str | None]) -> dict[str, Any]:
    places = [
        {"chromosome": "chr7", "position": 100 * (i + 1), "rsid": NAMES[i], "ref": ref, "alts": [OTHERS[i]],
         "cpicToVcfAlleleMap": {ref: ref, OTHERS[i]: OTHERS[i]}}
        for i, ref in enumerate(REFERENCE)
    ]  # fmt: skip
    rows = {"*1": REFERENCE} | alleles
    return {
        "gene": "GENE1", "chromosome": "chr7", "version": "v1", "variants": places,
        "namedAlleles": [{"name": n, "alleles": list(row), "reference": n == "*1"} for n, row in rows.items()],
    }  # fmt: skip


GENE = gene_of(
    raw(**{
        "*2": ("G", "T", None, None), "*3": ("G", None, None, None), "*4": (None, "T", None, None),
        "*5": (None, None, "C", None), "*6": ("G", None, None, "A"),
    }), {},
)  # fmt: skip


def called(*pairs: str | None, block: int | None = None) -> Reading:
    """ "A/G" per position, None where the file does not tell."""
    read_ = {i: Genotype(tuple(pair.split("/")), block) for i, pair in enumerate(pairs) if pair}
    return Reading(read_)


def names(found: Match) -> list[str]:
    return ["/".join(fit.alleles) for fit in found.best]


def test_reference_needs_every_position_that_tells_it_apart() -> None:
    assert names(match(GENE, called("A/A", "C/C", "CAT/CAT", "G/G"))) == ["*1/*1"]


def test_unphased_the_longest_pair_wins_and_phase_decides_otherwise() -> None:
    unphased = match(GENE, called("A/G", "C/T", "CAT/CAT", "G/G"))
    assert names(unphased) == ["*1/*2"]
    assert [fit.alleles for fit in unphased.every] == [("*1", "*2"), ("*3", "*4")]
    assert not unphased.in_order
    assert names(match(GENE, called("A/G", "T/C", "CAT/CAT", "G/G", block=1))) == ["*3/*4"]


def test_two_phase_sets_are_two_blocks() -> None:
    two = Reading({**called("A/G", None, "CAT/CAT", "G/G", block=1).called, 1: Genotype(("T", "C"), 2)})
    found = match(GENE, two)
    assert not found.in_order
    assert [fit.alleles for fit in found.every] == [("*1", "*2"), ("*3", "*4")]
    assert names(match(GENE, called("A/G", "T/C", "CAT/CAT", "G/G", block=1))) == ["*3/*4"]


def test_a_missing_position_gives_a_tie_and_names_what_is_not_excluded() -> None:
    found = match(GENE, called("A/G", "C/C", "CAT/CAT", None))
    assert names(found) == ["*1/*3", "*1/*6"]
    found = match(GENE, called("A/A", "C/C", None, "G/G"))
    assert names(found) == ["*1/*1"]
    assert found.not_excluded == ("*5",)


def test_nothing_fits_an_undefined_combination() -> None:
    assert match(GENE, called("A/A", "C/C", "C/CAT", "A/A")).every == ()


def test_one_copy_gives_one_allele() -> None:
    found = match(GENE, Reading({i: Genotype((base,)) for i, base in enumerate(("G", "T", "CAT", "G"))}))
    assert [fit.alleles for fit in found.best] == [("*2",)]


def test_iupac_letters_are_sets() -> None:
    gene = gene_of(raw(**{"*2": ("R", "T", None, None)}), {})
    assert names(match(gene, called("A/G", "T/T", "CAT/CAT", "G/G"))) == ["*2/*2"]


def test_many_heterozygous_positions_are_cut_by_allele() -> None:
    size = 40
    places = [
        {"chromosome": "chr7", "position": i + 1, "rsid": f"rs{i}", "ref": "A", "alts": ["G"]}
        for i in range(size)
    ]
    rows = [{"name": "*1", "alleles": ["A"] * size, "reference": True},
            {"name": "*2", "alleles": ["G"] * size, "reference": False}]  # fmt: skip
    wide = gene_of({"gene": "W", "chromosome": "chr7", "variants": places, "namedAlleles": rows}, {})
    reading = Reading({i: Genotype(("A", "G")) for i in range(size)})
    assert names(match(wide, reading)) == ["*1/*2"]


# Properties

ALLELES = st.sampled_from(GENE.alleles)
GONE = st.sets(st.integers(0, 3), max_size=3)


def bases(gene: GeneDefinition, which: Any, index: int) -> str:
    wants = which.wants[index]
    return REFERENCE[index] if wants is None else min(wants)


@given(ALLELES, ALLELES)
def test_phased_alleles_come_back(one: Any, two: Any) -> None:
    reading = called(*(f"{bases(GENE, one, i)}/{bases(GENE, two, i)}" for i in range(4)), block=7)
    assert [sorted(fit.alleles) for fit in match(GENE, reading).best] == [sorted((one.name, two.name))]


@given(ALLELES, ALLELES, GONE)
def test_a_lost_position_never_makes_another_unique_call_in_silence(
    one: Any, two: Any, gone: set[int]
) -> None:
    whole = called(*(f"{bases(GENE, one, i)}/{bases(GENE, two, i)}" for i in range(4)))
    before, less = match(GENE, whole), whole.without(gone)
    after = match(GENE, less)
    lost = {name for fit in before.best for name in fit.alleles}
    told = set(after.not_excluded) | {name for fit in after.every for name in fit.alleles}
    if after.every:
        assert lost <= told


@given(ALLELES, ALLELES, st.booleans())
def test_the_order_of_the_copies_does_not_matter(one: Any, two: Any, phased: bool) -> None:
    block = 1 if phased else None
    there = called(*(f"{bases(GENE, one, i)}/{bases(GENE, two, i)}" for i in range(4)), block=block)
    back = called(*(f"{bases(GENE, two, i)}/{bases(GENE, one, i)}" for i in range(4)), block=block)
    assert match(GENE, there) == match(GENE, back)


# What a file spells


def site(pos: int, alleles: Sequence[str], copies: Sequence[int | None], **more: Any) -> Site:
    return Site(contig="7", pos=pos, alleles=tuple(alleles), called=tuple(copies), **more)


def seen(*sites: Site, build: Build | None = Build.GRCH38) -> Mapping[int, Genotype]:
    return read(GENE.loci, Sites(sites, build=build)).called


@pytest.mark.parametrize(
    ("alleles", "copies", "wanted"),
    [
        (("CAT", "C"), (0, 1), ("CAT", "C")),
        (("CATG", "CG"), (1, 1), ("C", "C")),
        (("CAT", "CATAT"), (0, 1), ("CAT", "CATAT")),
        (("C",), (0, 0), ("CAT", "CAT")),
        (("C", "<NON_REF>"), (0, 0), ("CAT", "CAT")),
        (("N",), (0, 0), ("CAT", "CAT")),
        (("C", "CATAT"), (0, 1), ("CAT", "CATATAT")),
    ],
)
def test_indels_are_compared_as_the_definition_spells_them(
    alleles: Sequence[str], copies: Sequence[int], wanted: tuple[str, ...]
) -> None:
    assert seen(site(300, alleles, copies))[2].bases == wanted


def test_a_record_of_single_bases_tells_nothing_about_an_indel() -> None:
    assert seen(site(300, ("C", "T"), (0, 0))) == {}


def test_absent_uncalled_filtered_and_deleted_sites_are_missing() -> None:
    assert seen() == {}
    assert seen(site(100, ("A", "G"), (None, None))) == {}
    assert seen(site(100, ("A", "G"), ())) == {}
    assert seen(site(100, ("A", "G"), (0, 1), passed=False)) == {}
    assert seen(site(100, ("A", "*"), (0, 1))) == {}
    half = read(GENE.loci, Sites([site(100, ("A", "G"), (None, 1))], build=Build.GRCH38))
    assert half.called == {}
    assert half.partial == {0: (None, "G")}


def test_another_reference_base_is_missing_with_a_warning() -> None:
    reading = read(GENE.loci, Sites([site(100, ("T", "G"), (0, 1))], build=Build.GRCH38))
    assert reading.called == {}
    assert "rs1" in reading.warnings[0]


def test_split_records_are_joined() -> None:
    gene = gene_of(raw(**{"*2": ("G", None, None, None)}), {})
    split = [site(100, ("A", "G"), (1, 0)), site(100, ("A", "T"), (0, 1))]
    joined = [site(100, ("A", "G", "T"), (1, 2))]
    for sites in (split, joined):
        reading = read(gene.loci, Sites(sites, build=Build.GRCH38))
        assert sorted(reading.called[0].bases) == ["G", "T"]
        assert reading.undocumented(gene.loci) == {0: "T"}


def test_other_builds_are_read_by_rsid_only() -> None:
    shifted = site(999, ("A", "G"), (0, 1), rsid="rs1")
    assert seen(shifted, build=Build.GRCH37)[0].bases == ("A", "G")
    assert seen(shifted, build=Build.GRCH38) == {}
    letters = Site(contig="7", pos=5, alleles=("I", "D"), called=(0, 1), rsid="rs3")
    assert seen(letters, build=Build.GRCH37)[2].bases == ("CAT", "C")


def test_definitions_are_values() -> None:
    assert isinstance(GENE, GeneDefinition)
    assert Definitions.__dataclass_fields__.keys() == {"source", "genes", "tables"}
