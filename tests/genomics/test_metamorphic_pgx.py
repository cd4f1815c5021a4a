"""Star alleles and stated results: spelling and order change nothing, what is missing or denied is never a result."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genomics.builds import Build
from genomics.genotype import Site
from genomics.pgx.call import call_genes
from genomics.pgx.definitions import Locus
from genomics.pgx.positions import Sites, read
from genomics.pgx.starter import starter
from genomics.pgx.stated import StatedError, stated

# ---- star alleles ---------------------------------------------------------------------------------------------------

HELD = starter()
LOCUS = Locus("7", 100, "rs1", "C", frozenset("CTG"))


def bases_of(*sites: Site) -> tuple[str, ...] | None:
    called = read((LOCUS,), Sites(sites, build=Build.GRCH38)).called
    return called[0].bases if 0 in called else None


def at(alleles: str, *called: int | None, **more: Any) -> Site:
    return Site(contig="7", pos=100, alleles=tuple(alleles.split(",")), called=called, **more)


def test_an_unknown_alternative_base_is_not_the_reference() -> None:
    assert bases_of(at("C,N", 1, 1)) == ("N", "N")
    assert bases_of(at("N", 0, 0)) == ("C", "C")


def test_a_split_record_with_an_uncalled_copy_stays_uncalled() -> None:
    assert bases_of(at("C,T", 0, 1), at("C,G", 1, 0)) == ("G", "T")
    assert bases_of(at("C,T", None, 1), at("C,G", 1, None)) == ("G", "T")
    assert bases_of(at("C,T", None, 1), at("C,G", None, 0)) is None


def file(sites: Sequence[Site]) -> Any:
    calls, refused = call_genes(sites, build=Build.GRCH38, sex="female", definitions=None)
    return (
        sorted((one.gene, tuple(sorted(pair.name for pair in one.diplotypes))) for one in calls),
        sorted((one.gene, one.missing) for one in refused),
    )


GENOTYPES = st.lists(st.sampled_from((0, 1, 2, 3)), min_size=40, max_size=40)
"""Of each position: reference, first copy, second copy, both."""


def drawn_sites(kinds: Sequence[int], *, phased: bool) -> list[Site]:
    loci = [locus for gene in HELD.genes.values() for locus in gene.loci]
    assert len(loci) <= len(kinds)
    made = []
    for kind, locus in zip(kinds, loci, strict=False):
        alt = next(iter(locus.bases - {locus.ref}))
        copies = ((0, 0), (1, 0), (0, 1), (1, 1))[kind]
        made.append(
            Site(contig=locus.contig, pos=locus.pos, alleles=(locus.ref, alt), called=copies, phased=phased)
        )
    return made


@given(kinds=GENOTYPES, phased=st.booleans(), order=st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_order_chr_prefix_and_turned_strands_change_no_call(
    kinds: list[int], phased: bool, order: random.Random
) -> None:
    plain = drawn_sites(kinds, phased=phased)
    turned = [one.model_copy(update={"called": one.called[::-1]}) for one in plain]
    prefixed = [one.model_copy(update={"contig": f"chr{one.contig}", "rsid": ""}) for one in plain]
    mixed = plain[:]
    order.shuffle(mixed)
    wanted = file(plain)
    assert file(turned) == wanted
    assert file(prefixed) == wanted
    assert file(mixed) == wanted


@given(kinds=GENOTYPES, gone=st.integers(0, 39))
@settings(max_examples=60, deadline=None)
def test_a_position_taken_out_is_named_wherever_a_unique_call_becomes_another(
    kinds: list[int], gone: int
) -> None:
    plain = drawn_sites(kinds, phased=True)
    index = gone % len(plain)
    less = [one for number, one in enumerate(plain) if number != index]
    before = {one.gene: one for one in call_genes(plain, build=Build.GRCH38, sex=None, definitions=None)[0]}
    after, _ = call_genes(less, build=Build.GRCH38, sex=None, definitions=None)
    for one in after:
        old = before.get(one.gene)
        if old is None or old.diplotypes == one.diplotypes:
            continue
        assert one.missing_positions, one.gene


# ---- stated results -------------------------------------------------------------------------------------------------

DENIALS = (
    "{} not detected",
    "{} not present",
    "{}: not a carrier",
    "{} does not carry",
    "{} neg",
    "{} undetected",
    "{}: no",
    "no {}",
    "not carrying {}",
    "negative for {}",
    "{} was ruled out",
    "{} absent",
)


@pytest.mark.parametrize("denial", DENIALS)
def test_a_denied_hla_allele_is_negative(denial: str) -> None:
    told = stated(denial.format("HLA-B*57:01"))
    assert [one.lookup_key for one in told.diplotypes] == ["*57:01 negative"]


OF_AN_ALLELE = ("{} neg", "{}: no", "{} does not carry", "{}: not a carrier")
"""Denials that are said of an allele, and of no diplotype."""


@pytest.mark.parametrize("denial", [*(one for one in DENIALS if one not in OF_AN_ALLELE), "{} unlikely"])
@pytest.mark.parametrize("result", ["CYP2C19 *2/*2", "CYP2D6 poor metabolizer", "TPMT *3A homozygous"])
def test_a_denied_result_of_another_gene_is_refused(denial: str, result: str) -> None:
    with pytest.raises(StatedError, match="denied"):
        stated(denial.format(result))


@pytest.mark.parametrize(
    "text",
    [
        "HLA-B*57:01 not tested",
        "HLA-B*57:01 pending",
        "HLA-B*57:01 unknown",
        "HLA-B*57:01 test?",
        "HLA-B*57:01 negative or positive",
        "HLA-B*57:01/*08:01 not detected",
    ],
)
def test_what_is_left_open_is_asked_back(text: str) -> None:
    with pytest.raises(StatedError, match="positive or negative"):
        stated(text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("HLA-B*57:01 positive, *58:01 negative", "*57:01 positive; *58:01 negative"),
        ("HLA-B*57:01 negative, *58:01 positive", "*57:01 negative; *58:01 positive"),
        ("HLA-B*15:02 positive and no *58:01", "*15:02 positive; *58:01 negative"),
    ],
)
def test_each_hla_allele_keeps_its_own_status(text: str, wanted: str) -> None:
    assert stated(text).diplotypes[0].lookup_key == wanted
