"""Stated genotypes: the project's own definitions read them, and an unknown allele is never the reference."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tools.simulation.course import BadInput, NeedsInput, NotCovered
from tools.simulation.genotypes import expanded, of_record, read
from tools.simulation.records import Effect, Gene, Model, models

WARFARIN = models()["warfarin_2007"]


def by_phenotype() -> Model:
    """A model of CYP2D6 and CYP2C19 by phenotype."""

    def gene(**factors: float) -> Gene:
        effects = {
            name.replace("_", " "): Effect(factors={"cl": factor}, source="paper", locator="here")
            for name, factor in factors.items()
        }
        return Gene(by="phenotype", effects=effects, reference="normal metabolizer")

    return WARFARIN.model_copy(update={
        "id": "made", "drug": "madeupine", "title": "Made 2026", "kind": "compartment",
        "genes": {
            "CYP2D6": gene(normal_metabolizer=1, poor_metabolizer=0.1),
            "CYP2C19": gene(normal_metabolizer=1, poor_metabolizer=0.5, ultrarapid_metabolizer=1.3),
        },
    })  # fmt: skip


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("CYP2C9 *1/*3, VKORC1 GA", {"CYP2C9": "*1/*3", "VKORC1": "GA"}),
        ("CYP2C9 *3/*1; VKORC1 A/G", {"CYP2C9": "*1/*3", "VKORC1": "GA"}),
        ("VKORC1 -1639 AA", {"VKORC1": "AA"}),
        ("*3/*3 AA", {"CYP2C9": "*3/*3", "VKORC1": "AA"}),
        ("*1/*2", {"CYP2C9": "*1/*2"}),
        ({"CYP2C9": "*2/*3", "VKORC1": "GG"}, {"CYP2C9": "*2/*3", "VKORC1": "GG"}),
        ("cohort", {"CYP2C9": "cohort", "VKORC1": "cohort"}),
        ("", {}),
        ("∗1/∗3 GA", {"CYP2C9": "*1/*3", "VKORC1": "GA"}),
        ("cyp2c9 *1/*3 and vkorc1 aa", {"CYP2C9": "*1/*3", "VKORC1": "AA"}),
        ("VKORC1 -1639AA", {"VKORC1": "AA"}),
        ("VKORC1 TT", {"VKORC1": "AA"}),
        ("VKORC1 -1639G>A heterozygous", {"VKORC1": "GA"}),
    ],
    ids=[
        "both",
        "other order",
        "site",
        "bare",
        "bare stars",
        "mapping",
        "cohort",
        "nothing",
        "other star",
        "small",
        "close",
        "other strand",
        "variant",
    ],
)
def test_diplotypes(stated: str | Mapping[str, str], expected: Mapping[str, str]) -> None:
    assert read(stated, WARFARIN)[0] == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("CYP2D6 *4/*4", {"CYP2D6": "poor metabolizer"}),
        ("CYP2D6 poor metabolizer", {"CYP2D6": "poor metabolizer"}),
        ("CYP2D6 PM, CYP2C19 *17/*17", {"CYP2D6": "poor metabolizer", "CYP2C19": "ultrarapid metabolizer"}),
        ("CYP2C19 *2/*2", {"CYP2C19": "poor metabolizer"}),
    ],
    ids=["diplotype", "words", "short", "of another gene"],
)
def test_phenotypes(stated: str, expected: Mapping[str, str]) -> None:
    assert read(stated, by_phenotype())[0] == expected


@pytest.mark.parametrize("allele", ["*5", "*6", "*8", "*11"])
def test_an_unknown_allele_is_not_the_reference(allele: str) -> None:
    with pytest.raises(NotCovered, match=rf"does not know CYP2C9\*{allele[1:]}.*not taken as \*1"):
        read(f"CYP2C9 *1/{allele}, VKORC1 GG", WARFARIN)


def test_a_phenotype_that_the_model_lacks() -> None:
    with pytest.raises(NotCovered, match="does not know CYP2D6 \\*1/\\*4 \\(Intermediate Metabolizer\\)"):
        read("CYP2D6 *1/*4", by_phenotype())


def test_a_phenotype_does_not_tell_the_alleles() -> None:
    with pytest.raises(NeedsInput) as asked:
        read("CYP2C9 poor metabolizer", WARFARIN)
    assert asked.value.missing == ("the alleles of CYP2C9",)


def test_a_gene_that_the_model_does_not_look_at() -> None:
    with pytest.raises(NotCovered, match="looks at CYP2C9, VKORC1, not at CYP2D6"):
        read("CYP2D6 *4/*4", WARFARIN)
    found, notes = read("CYP2C9 *1/*1, CYP2D6 *4/*4", WARFARIN)
    assert found == {"CYP2C9": "*1/*1"}
    assert notes == ("The model Hamberg 2007 does not look at CYP2D6.",)


@pytest.mark.parametrize("stated", ["nonsense", "CYP2C9", "CYP2C9 *3", "x" * 301], ids=lambda one: one[:10])
def test_what_cannot_be_read(stated: str) -> None:
    with pytest.raises(BadInput):
        read(stated, WARFARIN)


@pytest.mark.parametrize(
    ("stated", "part"),
    [
        ("GG AA", "more results than genes"),
        ("CYP2C9 *1/*3/*2", r"'/\*2' was not read"),
        ("CYP2C9 *2/*3 or *1/*3", "more results than genes"),
        ("cohort, CYP2C9 *1/*3", "'cohort' was not read"),
        ("*1/*3 suspected", "'suspected' was not read"),
        ("CYP2C9 *1/*3, perhaps VKORC1 AA", "'perhaps' was not read"),
    ],
    ids=["two letters", "three stars", "or", "cohort", "suspected", "perhaps"],
)
def test_half_a_genotype_is_not_simulated(stated: str, part: str) -> None:
    with pytest.raises(BadInput, match=part):
        read(stated, WARFARIN)


@pytest.mark.parametrize("stated", ["all", "CYP2C9 all", "all CYP2C9 genotypes", "each CYP2C9"])
def test_all_genotypes_of_a_gene(stated: str) -> None:
    losartan = models()["losartan"]
    groups = expanded([stated], losartan)
    assert [read(one, losartan)[0]["CYP2C9"] for one in groups] == list(losartan.genes["CYP2C9"].effects)


def test_all_beside_another_gene() -> None:
    groups = [read(one, WARFARIN)[0] for one in expanded(["CYP2C9 all, VKORC1 AA"], WARFARIN)]
    assert [one["CYP2C9"] for one in groups] == list(WARFARIN.genes["CYP2C9"].effects)
    assert {one["VKORC1"] for one in groups} == {"AA"}
    with pytest.raises(NeedsInput, match="which gene"):
        expanded(["all"], WARFARIN)


def test_frequencies_must_be_held_to_draw_a_cohort() -> None:
    with pytest.raises(NeedsInput, match="holds no frequencies of CYP2D6, CYP2C19"):
        read("cohort", by_phenotype())


def test_of_a_record_only_the_genes_of_the_model_count() -> None:
    results = ("TPMT *1/*3A", "CYP2C9 *1/*2", "something else")
    assert of_record(results, WARFARIN) == {"CYP2C9": "*1/*2"}
    assert of_record((), WARFARIN) == {}
    with pytest.raises(NotCovered):
        of_record(("CYP2C9 *1/*8",), WARFARIN)
