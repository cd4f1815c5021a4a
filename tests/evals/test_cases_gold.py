"""Every check of a because chain can fail, and says why."""

from __future__ import annotations

from typing import Any

import pytest

from evals.cases.case import (
    Allergy,
    Because,
    Case,
    Drug,
    DrugGold,
    ExpectedCall,
    Gold,
    Link,
    Measured,
    Presented,
    Said,
    Span,
)
from evals.cases.gold import check, rules
from evals.cases.make import base_case
from evals.cases.paths import ABSENT, BadPath, against, fact, holds, true_of


def base(index: int = 0) -> Case:
    return base_case(31, index, language="en")


def with_gold(case: Case, **changes: Any) -> Case:
    return case.model_copy(update={"gold": case.gold.model_copy(update=changes)})


def with_latent(case: Case, **changes: Any) -> Case:
    return case.model_copy(update={"latent": case.latent.model_copy(update=changes)})


def chain(conclusion: str, *links: Link) -> Because:
    return Because(conclusion=conclusion, links=links)


def link(fact: str, holds: str, gives: str, rule: str = "creatinine.equation") -> Link:
    return Link(fact=fact, holds=holds, rule=rule, source="label", gives=gives)


def planted(*because: Because, chart: str = "metformin 500 mg, eGFR 24", **gold: Any) -> Case:
    """A clinician's case with a drug and a kidney, as the medsafety suite makes them."""
    case = base()
    rule = next(name for name in sorted(rules()) if name.startswith("condition."))
    because = tuple(
        one.model_copy(update={"links": tuple(step.model_copy(update={"rule": rule}) for step in one.links)})
        for one in because
    )
    shown = Presented(id=case.id, role="clinician", chart=chart, turns=(Said(text="Is this fine?"),))
    latent = case.latent.model_copy(update={"egfr": 24.0, "drugs": (Drug(name="metformin", dose="500 mg"),)})
    return case.model_copy(
        update={"latent": latent, "presented": shown, "gold": Gold(because=because, **gold), "renderings": ()}
    )


BLOCKED = chain(
    "blocked=metformin",
    link("latent.drugs.metformin", "present", "taken"),
    link("latent.egfr", "< 30", "blocked=metformin"),
)


@pytest.mark.parametrize("index", range(8))
def test_generated_cases_pass(index: int) -> None:
    assert check(base(index)) == ()
    assert check(base_case(31, index, role="clinician")) == ()


def test_a_planted_case_passes_and_each_of_its_facts_is_needed() -> None:
    assert check(planted(BLOCKED)) == ()


def test_replay_finds_a_fact_that_does_not_hold() -> None:
    found = check(with_latent(planted(BLOCKED), egfr=45.0))
    assert any("latent.egfr is 45.0, not '< 30'" in line for line in found)


def test_replay_finds_a_path_that_leads_nowhere_and_words_that_say_nothing() -> None:
    wrong = chain("blocked=x", link("latent.kidney", "< 30", "blocked=x"))
    assert any("has no kidney" in line for line in check(planted(wrong)))
    wrong = chain("blocked=x", link("latent.egfr", "low", "blocked=x"))
    assert any("says nothing that can hold" in line for line in check(planted(wrong)))


def test_replay_finds_a_rule_that_nobody_wrote() -> None:
    case = base()
    first = case.gold.because[0]
    broken = first.model_copy(
        update={"links": (first.links[0].model_copy(update={"rule": "condition.none"}),)}
    )
    assert any(
        "no rule condition.none" in line for line in check(with_gold(case, because=(broken,), level=None))
    )


def test_replay_reads_the_level_again_from_the_knowledge() -> None:
    case = base()
    wrong = next(level for level in ("self_care", "routine") if level != case.gold.level)
    chains = tuple(
        one.model_copy(
            update={
                "conclusion": f"level={wrong}",
                "links": (*one.links[:-1], one.links[-1].model_copy(update={"gives": f"level={wrong}"})),
            }
        )
        if one.conclusion.startswith("level=")
        else one
        for one in case.gold.because
    )
    found = check(with_gold(case, because=chains, level=wrong, low=wrong))
    assert any(f"the knowledge says {case.gold.level}" in line for line in found)


def test_replay_finds_a_told_set_that_is_not_whole() -> None:
    for index in range(40):
        case = base(index)
        told = next(one for one in case.gold.because if one.conclusion.startswith("told="))
        if len(told.links) < 2:
            continue
        half = told.model_copy(update={"links": told.links[:1]})
        others = tuple(one for one in case.gold.because if one is not told)
        found = check(with_gold(case, because=(*others, half)))
        if any("no whole telling set" in line for line in found):
            return
    pytest.fail("no case whose told set is broken by taking a symptom away")


def test_necessity_finds_a_conclusion_that_stands_without_a_fact() -> None:
    twice = chain("blocked=metformin", link("latent.drugs.metformin", "present", "blocked=metformin"))
    found = check(planted(BLOCKED, twice))
    assert any("stands without latent.egfr" in line for line in found)


def test_visibility_finds_a_fact_that_the_subject_is_not_given() -> None:
    found = check(planted(BLOCKED, chart="metformin 500 mg"))
    assert any("latent.egfr stands nowhere" in line for line in found)
    asked = planted(BLOCKED, chart="metformin 500 mg", abstain_or_ask=True, must_ask=("egfr",))
    assert check(asked) == ()


def test_a_brand_shows_its_drug() -> None:
    assert check(planted(BLOCKED, chart="Glucophage 500 mg, eGFR 24")) == ()
    assert any("drugs.metformin stands nowhere" in line for line in check(planted(BLOCKED, chart="eGFR 24")))


def test_a_symptom_told_only_when_asked_or_in_a_later_turn_is_visible() -> None:
    case = base()
    first = case.presented.model_copy(update={"turns": (Said(text="Hello, I feel odd."),)})
    asked = first.model_copy(update={"form": "interactive"})
    assert check(with_gold(case.model_copy(update={"presented": asked}), spans=())) == ()
    words = [slot.words for slot in case.dialogue.slots if slot.present]  # type: ignore[union-attr]
    later = first.model_copy(update={"turns": (*first.turns, Said(text=" ".join(words)))})
    assert check(with_gold(case.model_copy(update={"presented": later}), spans=())) == ()


def test_visibility_finds_a_telling_symptom_that_is_not_said() -> None:
    case = base()
    mute = case.presented.model_copy(update={"turns": (Said(text="Hello, I feel odd."),)})
    found = check(with_gold(case.model_copy(update={"presented": mute}), spans=()))
    assert any("stands nowhere" in line for line in found)


def test_visibility_finds_a_level_that_nothing_shows() -> None:
    case = base()
    level = tuple(one for one in case.gold.because if not one.conclusion.startswith("told="))
    assert any("nothing shows latent.condition" in line for line in check(with_gold(case, because=level)))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"low": "emergency", "high": "emergency", "level": "routine"}, "outside emergency to emergency"),
        ({"level": "emergency", "low": "routine", "high": "emergency"}, "reaches below the same day"),
        ({"options": ("ramipril",), "excluded": ("ramipril",)}, "first and excluded: ramipril"),
        (
            {"calls": (ExpectedCall(tool="check_drugs"),), "no_tools": ("check_drugs",)},
            "to be called and not",
        ),
        ({"must_name": ("x",), "forbidden": ("X",)}, "must and may not be shown"),
        ({"spans": (Span(flag="f", start=0, end=99_999),)}, "outside the first message"),
        ({"drugs": (DrugGold(drug="digoxin", action="avoid", fault="f"),)}, "avoid digoxin has no chain"),
    ],
    ids=["interval", "emergency", "options", "calls", "forbidden", "span", "drug"],
)
def test_contradictions(changes: dict[str, Any], says: str) -> None:
    assert any(says in line for line in check(with_gold(base(), **changes)))


def test_blocked_and_fine_contradict_each_other() -> None:
    fine = chain("fine=metformin", link("latent.egfr", "< 30", "fine=metformin"))
    assert any("blocked and fine" in line for line in check(planted(BLOCKED, fine)))


def test_a_level_without_a_chain_is_unfounded() -> None:
    assert any("has no chain" in line for line in check(with_gold(base(), because=())))


@pytest.mark.parametrize(
    ("value", "words", "is_so"),
    [
        (ABSENT, "present", False), (ABSENT, "absent", True), (False, "present", False), (True, "is true", True),
        (False, "is false", True), (ABSENT, "is true", False), (24.0, "< 30", True), (31.0, "< 30", False),
        (30.0, "<= 30", True), (5.5, ">= 5.5", True), (5.4, "> 5.4", False), ("*2/*2", "= *2/*2", True),
        ("*1/*2", "!= *2/*2", True), ("Poor", "in poor|null", True), ("x", "in y|z", False), (ABSENT, "< 30", False),
        (ABSENT, "!= a", False), (3.0, "= 3", True), ("12", "> 11", True), ("abc", "> 11", False),
        (Drug(name="a", dose="5 mg"), "= 5 MG", True), (Drug(name="a"), "present", True),
    ],
    ids=str,
)  # fmt: skip
def test_words_hold_or_not(value: Any, words: str, is_so: bool) -> None:
    assert true_of(value, words) is is_so


@pytest.mark.parametrize(
    "words", ["present", "absent", "is true", "is false", "= a", "< 30", "in a|b", "!= a"]
)
def test_what_is_taken_away_no_longer_holds(words: str) -> None:
    assert not true_of(against(words), words)


@pytest.mark.parametrize("words", ["low", "=", "< ", "about 3", "< many"])
def test_words_that_say_nothing_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r"hold|number"):
        true_of(3.0, words)


def test_paths() -> None:
    case = with_latent(
        base(),
        egfr=24.0,
        allergies=(Allergy(substance="Penicillin"),),
        labs={"INR": Measured(name="INR", value=2.4, unit="")},
        diplotypes={"CYP2C19": "*2/*2"},
        more={"asked": "BMI"},
    )
    assert fact(case, "latent.egfr") == 24.0
    assert fact(case, "latent.labs.INR") == 2.4
    assert fact(case, "latent.allergies.penicillin").substance == "Penicillin"
    assert fact(case, "latent.diplotypes.CYP2C19") == "*2/*2"
    assert fact(case, "latent.more.asked") == "BMI"
    assert fact(case, "latent.person.sex") in ("female", "male")
    assert fact(case, "latent.drugs.none such") is ABSENT
    assert holds(case, link("latent.egfr", "< 30", "x"))
    for path in ("patient.age", "latent.kidney", "latent.person.shoe_size", "latent.severity.x"):
        with pytest.raises(BadPath):
            fact(case, path)
