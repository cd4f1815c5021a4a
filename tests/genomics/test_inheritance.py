"""Copies, phase, parents, sex and the fit with the mode of inheritance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomics.builds import Build
from genomics.genotype import Site
from genomics.inheritance import Carried, Fit, Inheritance, MoiFit, fit, moi_of
from genomics.zygosity import Phase, Sex, Zygosity, phase, sex_agreement, zygosity

RECESSIVE = Inheritance.RECESSIVE


def site(called: str, pos: int = 100, contig: str = "7", alts: str = "T", ps: int | None = None) -> Site:
    """A site from a genotype as a VCF spells it."""
    split = called.replace("|", "/").split("/") if called else []
    return Site(
        contig=contig,
        pos=pos,
        alleles=("C", *alts.split(",")),
        called=tuple(None if one == "." else int(one) for one in split),
        phased="|" in called,
        phase_set=ps,
    )


def carried(called: str, pos: int = 100, allele: int = 1, **more: object) -> Carried:
    parents = {name: site(str(more.pop(name)), pos) for name in ("mother", "father") if name in more}
    extra = {"heteroplasmy": more.pop("heteroplasmy")} if "heteroplasmy" in more else {}
    return Carried(name=f"{pos}:{allele}", site=site(called, pos, **more), allele=allele, **parents, **extra)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("called", "contig", "sex", "expected"),
    [
        ("0/1", "7", None, Zygosity.HETEROZYGOUS),
        ("1/1", "7", Sex.MALE, Zygosity.HOMOZYGOUS),
        ("1", "X", Sex.MALE, Zygosity.HEMIZYGOUS),
        ("1/1", "X", Sex.MALE, Zygosity.HEMIZYGOUS),
        ("1/1", "X", Sex.FEMALE, Zygosity.HOMOZYGOUS),
        ("1/1", "X", None, Zygosity.HOMOZYGOUS),
        ("0/1", "X", Sex.MALE, Zygosity.HETEROZYGOUS),
        ("./1", "7", None, Zygosity.PARTIAL),
        ("./.", "7", None, Zygosity.NOT_CALLED),
        ("", "7", None, Zygosity.NOT_CALLED),
        ("0/0", "7", None, Zygosity.ABSENT),
        ("./0", "7", None, Zygosity.NOT_CALLED),
    ],
)
def test_copies_of_an_allele(called: str, contig: str, sex: Sex | None, expected: Zygosity) -> None:
    assert zygosity(site(called, contig=contig), 1, sex) is expected


@pytest.mark.parametrize(
    ("pos", "expected"), [(2_781_479, Zygosity.HOMOZYGOUS), (2_781_480, Zygosity.HEMIZYGOUS)]
)
def test_men_have_the_pseudoautosomal_regions_twice(pos: int, expected: Zygosity) -> None:
    assert zygosity(site("1/1", pos, "X"), 1, Sex.MALE, Build.GRCH38) is expected


def test_one_allele_of_a_dominant_gene_fits_and_of_a_recessive_one_is_a_carrier() -> None:
    assert fit([carried("0/1")], Inheritance.DOMINANT).fit is Fit.FITS
    told = fit([carried("0/1")], RECESSIVE)
    assert (told.fit, told.pattern) == (Fit.CARRIER, "one copy")


def test_homozygous_fits_a_recessive_gene() -> None:
    assert fit([carried("1/1")], RECESSIVE).pattern == "homozygous"


def test_both_alternative_alleles_of_one_record_lie_in_trans() -> None:
    both = [carried("1/2", allele=1, alts="T,G"), carried("1/2", allele=2, alts="T,G")]
    told = fit(both, RECESSIVE)
    assert (told.fit, told.phase) == (Fit.FITS, Phase.TRANS)


@pytest.mark.parametrize("called", ["0/1", "./1"])
def test_a_split_multi_allelic_record_says_the_same(called: str) -> None:
    told = fit([carried(called, alts="T"), carried(called, alts="G")], RECESSIVE)
    assert (told.fit, told.phase) == (Fit.FITS, Phase.TRANS)


@pytest.mark.parametrize(
    ("first", "second", "sets", "expected"),
    [
        ("0|1", "1|0", (1, 1), Phase.TRANS),
        ("0|1", "0|1", (1, 1), Phase.CIS),
        ("0|1", "1|0", (None, None), Phase.TRANS),
        ("0|1", "1|0", (1, 2), Phase.UNKNOWN),
        ("0|1", "1|0", (1, None), Phase.UNKNOWN),
        ("0/1", "1|0", (1, 1), Phase.UNKNOWN),
        ("0/1", "0/1", (None, None), Phase.UNKNOWN),
    ],
)
def test_phase_holds_only_inside_one_phase_set(
    first: str, second: str, sets: tuple[int | None, int | None], expected: Phase
) -> None:
    one, other = site(first, 100, ps=sets[0]), site(second, 200, ps=sets[1])
    assert phase(one, 1, other, 1) is expected
    assert phase(other, 1, one, 1) is expected


@pytest.mark.parametrize(
    ("parents", "kind", "lie"),
    [
        (("0/1", "0/0", "0/0", "0/1"), Fit.FITS, Phase.TRANS),
        (("0/1", "0/0", "0/1", "0/0"), Fit.CARRIER, Phase.CIS),
        (("0/1", "0/1", "0/0", "0/1"), Fit.POSSIBLE, Phase.UNKNOWN),
        (("0/1", "0/0", "0/0", "0/0"), Fit.POSSIBLE, Phase.UNKNOWN),
        (("0/1", "0/0", "./.", "0/1"), Fit.POSSIBLE, Phase.UNKNOWN),
        (("./1", "0/0", "0/0", "0/1"), Fit.FITS, Phase.TRANS),
    ],
)
def test_parents_tell_the_phase(parents: tuple[str, str, str, str], kind: Fit, lie: Phase) -> None:
    first = carried("0/1", 100, mother=parents[0], father=parents[1])
    second = carried("0/1", 200, mother=parents[2], father=parents[3])
    told = fit([first, second], RECESSIVE)
    assert (told.fit, told.phase) == (kind, lie)


def test_one_parent_alone_does_not_tell() -> None:
    told = fit([carried("0/1", mother="0/1"), carried("0/1", 200, mother="0/0")], RECESSIVE)
    assert told.fit is Fit.POSSIBLE
    assert told.missing == ("phase: both parents' samples, or phased reads",)


def test_what_neither_parent_has_is_named_as_possibly_new() -> None:
    new = carried("0/1", mother="0/0", father="0/0")
    assert fit([new], Inheritance.DOMINANT).not_in_parents == (new.name,)
    assert not fit([carried("0/1", mother="0/0", father="./.")], Inheritance.DOMINANT).not_in_parents


def test_unknown_phase_stays_a_possibility() -> None:
    told = fit([carried("0/1"), carried("0/1", 200)], RECESSIVE)
    assert told.pattern == "compound heterozygote possible, phase unknown"


@pytest.mark.parametrize(
    ("called", "sex", "kind", "pattern"),
    [
        ("1", Sex.MALE, Fit.FITS, "male hemizygous"),
        ("1/1", Sex.MALE, Fit.FITS, "male hemizygous"),
        ("0/1", Sex.MALE, Fit.CANNOT_TELL, "heterozygous on X"),
        ("0/1", Sex.FEMALE, Fit.CARRIER, "female carrier"),
        ("1/1", Sex.FEMALE, Fit.FITS, "homozygous"),
        ("1", None, Fit.CANNOT_TELL, "sex not stated"),
    ],
)
def test_x_linked(called: str, sex: Sex | None, kind: Fit, pattern: str) -> None:
    told = fit([carried(called, contig="X")], Inheritance.X_LINKED, sex)
    assert (told.fit, told.pattern) == (kind, pattern)
    assert bool(told.missing) == (kind is Fit.CANNOT_TELL)


def test_mitochondrial_needs_the_heteroplasmy() -> None:
    told = fit([carried("0/1", contig="MT")], Inheritance.MITOCHONDRIAL)
    assert (told.fit, told.missing) == (Fit.CANNOT_TELL, ("heteroplasmy fraction",))
    told = fit([carried("0/1", contig="MT", heteroplasmy=0.61)], Inheritance.MITOCHONDRIAL)
    assert told.fit is Fit.POSSIBLE
    assert "61 %" in told.why


def test_an_unknown_mode_is_asked_for() -> None:
    told = fit([carried("0/1")], Inheritance.UNKNOWN)
    assert (told.fit, told.missing) == (Fit.CANNOT_TELL, ("mode of inheritance",))


def test_what_is_not_carried_or_not_called() -> None:
    assert fit([carried("0/0")], Inheritance.DOMINANT).fit is Fit.DOES_NOT_FIT
    assert fit([carried("./.")], Inheritance.DOMINANT).fit is Fit.CANNOT_TELL
    assert fit([carried("./1")], RECESSIVE).missing == ("the other allele",)


def test_without_alleles_or_with_a_wrong_index_it_refuses() -> None:
    with pytest.raises(ValueError, match="alternative allele"):
        fit([], RECESSIVE)
    with pytest.raises(ValueError, match="alternative allele"):
        fit([carried("0/1", allele=2)], RECESSIVE)


@pytest.mark.parametrize(
    ("gene", "contig", "expected"),
    [
        ("MT-ND5", "", Inheritance.MITOCHONDRIAL),
        ("GAA", "", RECESSIVE),
        ("GJB2", "", RECESSIVE),
        ("TP53", "17", Inheritance.DOMINANT),
        ("OTC", "X", Inheritance.X_LINKED),
        ("NO-SUCH-GENE", "", Inheritance.UNKNOWN),
    ],
)
def test_the_mode_comes_from_a_named_source(gene: str, contig: str, expected: Inheritance) -> None:
    told = moi_of(gene, contig)
    assert told.inheritance is expected
    assert told.told_by


def xs(heterozygous: int, homozygous: int) -> list[Site]:
    return [site("0/1", 5_000_000 + n, "X") for n in range(heterozygous)] + [
        site("1/1", 6_000_000 + n, "X") for n in range(homozygous)
    ]


@pytest.mark.parametrize(
    ("heterozygous", "homozygous", "stated", "agrees"),
    [
        (20, 20, Sex.FEMALE, True),
        (20, 20, Sex.MALE, False),
        (1, 30, Sex.MALE, True),
        (1, 30, Sex.FEMALE, False),
        (8, 32, Sex.MALE, None),
        (3, 3, Sex.MALE, None),
        (20, 20, None, None),
    ],
)
def test_x_is_compared_with_the_stated_sex_and_disagreement_is_a_question(
    heterozygous: int, homozygous: int, stated: Sex | None, agrees: bool | None
) -> None:
    told = sex_agreement(xs(heterozygous, homozygous), stated, Build.GRCH38)
    assert told.agrees is agrees
    assert told.says.endswith("?") == (agrees is False or (stated is None))


def test_pseudoautosomal_and_failed_sites_do_not_speak_of_the_sex() -> None:
    shared_region = [site("0/1", 20_000 + n, "X") for n in range(40)]
    failed = [one.model_copy(update={"passed": False}) for one in xs(40, 0)]
    assert sex_agreement(shared_region + failed, Sex.MALE, Build.GRCH38).sites == 0


GENOTYPES = st.sampled_from(["0/1", "1/0", "0|1", "1|0", "1/1", "./1", "0/0", "./."])


@given(
    st.lists(GENOTYPES, min_size=1, max_size=4),
    st.sampled_from(list(Inheritance)),
    st.sampled_from([None, *Sex]),
)
def test_the_order_of_alleles_does_not_change_the_fit(
    called: list[str], mode: Inheritance, sex: Sex | None
) -> None:
    alleles = [carried(one, 100 * number) for number, one in enumerate(called, start=1)]
    told, again = fit(alleles, mode, sex), fit(alleles[::-1], mode, sex)
    assert isinstance(told, MoiFit)
    assert (told.fit, told.pattern, told.phase) == (again.fit, again.pattern, again.phase)


@given(GENOTYPES, GENOTYPES)
def test_swapping_both_strands_of_a_phase_set_changes_nothing(first: str, second: str) -> None:
    def swapped(called: str) -> str:
        return called[::-1]

    told = fit([carried(first), carried(second, 200)], RECESSIVE)
    again = fit([carried(swapped(first)), carried(swapped(second), 200)], RECESSIVE)
    assert (told.fit, told.phase) == (again.fit, again.phase)
