"""Warfarin: both models, the imputation, the interval, the range, and what the model does not hold."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.evidence import Outcome, ToolResult
from retrieval.patient import Patient
from tools.calculators.answers import run
from tools.calculators.reading import Given
from tools.calculators.registry import calculators
from tools.calculators.warfarin import (
    BLACK,
    CYP2C9_POINTS,
    OTHER_ALLELE,
    PGX_SPREAD,
    RACES,
    UNKNOWN,
    VKORC1_POINTS,
    Person,
    clinical_root,
    decades,
    imputed,
    interval,
    pharmacogenetic_root,
)

BASE: dict[str, Any] = {
    "age": (65, "years"), "height": (170, "cm"), "weight": (80, "kg"), "target_inr": (2.5, ""),
    "enzyme_inducer": False, "amiodarone": False,
}  # fmt: skip
TYPED = {**BASE, "race": "White", "vkorc1": "A/G", "cyp2c9": "*1/*2"}
PERSON = Person(6, 170, 80, "White", "A/G", "*1/*2", False, False)
PEOPLE = st.builds(
    Person,
    st.integers(1, 8),
    st.floats(125, 201),
    st.floats(30, 237),
    st.sampled_from(RACES),
    st.sampled_from(list(VKORC1_POINTS)),
    st.sampled_from(list(CYP2C9_POINTS)),
    st.booleans(),
    st.booleans(),
)


def estimate(**values: Any) -> ToolResult:
    inputs = {
        name: Given(value=one[0], unit=one[1]) if isinstance(one, tuple) else Given(value=one)
        for name, one in values.items()
    }
    return run(calculators()["warfarin"], inputs, Patient())


def said(result: ToolResult) -> str:
    assert result.outcome is Outcome.FOUND, result.note
    return "\n".join(finding.statement for finding in result.findings)


def test_both_models_by_hand() -> None:
    # 5.6044 − 1.5684 + 1.479 + 1.024 − 0.8677 − 0.5211; 4.0376 − 1.5276 + 2.006 + 1.072
    assert pharmacogenetic_root(PERSON) == pytest.approx(5.1502)
    assert clinical_root(PERSON) == pytest.approx(5.588)
    # an Asian on rifampicin and amiodarone
    other = PERSON._replace(race="Asian", inducer=True, amiodarone=True)
    assert pharmacogenetic_root(other) == pytest.approx(5.1502 - 0.1092 + 1.1816 - 0.5503)
    assert clinical_root(other) == pytest.approx(5.588 - 0.6752 + 1.2799 - 0.5695)


def test_the_answer_has_both_models_the_interval_and_the_day_dose() -> None:
    text = said(estimate(**TYPED))
    assert "26.5 mg/week" in text
    assert "It is a starting estimate for a clinician, then INR decides." in text
    assert "pharmacogenetic model gives 26.5 mg a week (3.8 mg a day), 90 % interval 13 to 46" in text
    assert "clinical model gives 31.2 mg a week (4.5 mg a day)" in text
    assert "race was not given" not in text


def test_the_interval_around_35_mg_is_that_of_the_specification() -> None:
    low, high = interval(35**0.5, PGX_SPREAD)
    assert (int(low), int(high)) == (19, 56)


def test_without_race_the_spread_over_the_codings_is_shown() -> None:
    text = said(estimate(**{**TYPED, "race": UNKNOWN}))
    assert "codings" not in text
    text = said(estimate(**{name: one for name, one in TYPED.items() if name != "race"}))
    # 5.1502 − 0.276 and 5.1502, squared
    assert "runs from 23.8 to 26.5 mg a week" in text


def test_without_genotype_the_clinical_estimate_stands() -> None:
    text = said(estimate(**BASE, race="White"))
    assert "31.2 mg/week" in text
    assert "clinical estimate stands, as no genotype is known" in text


def test_african_ancestry_without_the_other_alleles_is_dosed_clinically() -> None:
    text = said(estimate(**{**TYPED, "race": BLACK}))
    assert "clinical estimate stands, as for people of African ancestry" in text
    assert "82 % (pharmacogenetic) and 88 % (clinical) of 83 patients" in text
    text = said(estimate(**{**TYPED, "race": BLACK}, other_cyp2c9_tested=True))
    assert "pharmacogenetic estimate stands" in text


def test_an_allele_outside_the_model_is_not_unknown() -> None:
    text = said(estimate(**{**TYPED, "cyp2c9": OTHER_ALLELE}))
    assert "allele that the pharmacogenetic model does not hold" in text
    assert "pharmacogenetic model gives" not in text
    assert estimate(**{**TYPED, "cyp2c9": "*1/*5"}).outcome is Outcome.BAD_INPUT


@pytest.mark.parametrize(
    ("field", "value", "unit"),
    [
        ("age", 17, "years"),
        ("height", 124, "cm"),
        ("height", 203, "cm"),
        ("weight", 29, "kg"),
        ("weight", 239, "kg"),
        ("target_inr", 3.5, ""),
        ("target_inr", 1.8, ""),
    ],
)
def test_outside_the_range_it_is_not_covered(field: str, value: float, unit: str) -> None:
    assert estimate(**{**TYPED, field: (value, unit)}).outcome is Outcome.NOT_COVERED


def test_what_the_model_needs_is_asked_for() -> None:
    asked = [one.split()[0] for one in estimate().missing]
    assert asked == ["age", "height", "weight", "target_inr", "enzyme_inducer", "amiodarone"]


@pytest.mark.parametrize(("letters", "gene_strand"), [("C/C", "G/G"), ("C/T", "A/G"), ("T/T", "A/A")])
def test_the_plus_strand_reads_alike(letters: str, gene_strand: str) -> None:
    assert imputed("White", letters) == imputed("White", gene_strand) == gene_strand
    assert said(estimate(**{**TYPED, "vkorc1": letters})).count("mg") == said(
        estimate(**{**TYPED, "vkorc1": gene_strand})
    ).count("mg")


@pytest.mark.parametrize(
    ("race", "known", "expected"),
    [
        ("White", {"rs2359612": "T/T"}, "A/A"),
        (BLACK, {"rs2359612": "T/T"}, None),
        (UNKNOWN, {"rs2359612": "T/T"}, None),
        (BLACK, {"rs9934438": "C/T"}, "A/G"),
        ("Asian", {"rs8050894": "C/C"}, "A/A"),
        (BLACK, {"rs8050894": "C/C"}, None),
        ("White", {"rs2359612": "C/C", "rs9934438": "T/T"}, "G/G"),
        (BLACK, {"rs2359612": "C/C", "rs9934438": "T/T"}, "A/A"),
        ("White", {"rs9923231": "A/A", "rs2359612": "C/C"}, "A/A"),
        ("White", {}, None),
    ],
)
def test_imputation_takes_the_first_that_is_known(
    race: str, known: dict[str, str], expected: str | None
) -> None:
    assert imputed(race, **known) == expected


def test_decades() -> None:
    assert [decades(age) for age in (10, 19.9, 65, 89.9, 90, 119)] == [1, 1, 6, 8, 9, 9]


@given(PEOPLE)
@settings(max_examples=80, deadline=None)
def test_older_lighter_or_on_amiodarone_means_less(person: Person) -> None:
    for root in (pharmacogenetic_root, clinical_root):
        assert root(person._replace(decades=person.decades + 1)) < root(person)
        assert root(person._replace(weight=person.weight + 1)) > root(person)
        assert root(person._replace(height=person.height + 1)) > root(person)
        assert root(person._replace(amiodarone=True)) < root(person._replace(amiodarone=False))
        assert root(person._replace(inducer=True)) > root(person._replace(inducer=False))


@given(PEOPLE)
@settings(max_examples=80, deadline=None)
def test_each_variant_allele_means_less(person: Person) -> None:
    doses = [pharmacogenetic_root(person._replace(vkorc1=one)) for one in ("G/G", "A/G", "A/A")]
    assert doses == sorted(doses, reverse=True)
    star = [pharmacogenetic_root(person._replace(cyp2c9=one)) for one in ("*1/*1", "*1/*2", "*1/*3", "*3/*3")]
    assert star == sorted(star, reverse=True)
    low, high = interval(pharmacogenetic_root(person), PGX_SPREAD)
    assert 0 <= low < high
