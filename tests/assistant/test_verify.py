"""Verify: what is planted is caught, what is true is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.turn import Cited, Sentence, Verdict
from assistant.verify import judge
from assistant.verify.numbers import numbers, unsupported
from assistant.verify.quotes import Held
from retrieval.evidence import Depth, Evidence, Finding, Kind, Source

APIXABAN = "Apixaban reduced stroke or systemic embolism by 21% against warfarin."
METFORMIN = "Metformin did not reduce mortality in this trial of 1,234 adults."


def verdict(
    text: str, cited: dict[str, Cited], held: Held, *ids: str, subject: str = "Does apixaban help?"
) -> Verdict:
    return judge(Sentence(text=text, evidence=list(ids or ("t1c0e1",))), cited, held, subject)


def test_a_finding_in_its_own_words_is_supported(cited: dict[str, Cited], held: Held) -> None:
    assert verdict(APIXABAN, cited, held).judgement == "supported"


def test_a_close_paraphrase_is_supported(cited: dict[str, Cited], held: Held) -> None:
    kept = verdict("Against warfarin, apixaban lowered stroke or systemic embolism by 21 %.", cited, held)
    assert kept.judgement == "supported"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Apixaban reduced stroke or systemic embolism by 31% against warfarin.", "31"),
        ("Apixaban reduced stroke or systemic embolism by 21 mg against warfarin.", "21 mg"),
        ("Dabigatran reduced stroke or systemic embolism by 21% against warfarin.", "dabigatran"),
        ("Apixaban increased stroke or systemic embolism by 21% against warfarin.", "another way"),
        ("Apixaban did not reduce stroke or systemic embolism by 21% against warfarin.", "negates"),
        ("Apixaban is safe and reduced stroke or systemic embolism against warfarin.", "safe"),
        ("Apixaban reduced stroke against warfarin (PMID 12345678).", "12345678"),
        ("Apixaban goes well with a glass of water and dinner.", "words"),
    ],
)
def test_what_evidence_does_not_carry_is_refused(
    text: str, reason: str, cited: dict[str, Cited], held: Held
) -> None:
    refused = verdict(text, cited, held)
    assert refused.judgement == "unfounded"
    assert reason in refused.reason.lower()


def test_a_planted_citation_is_refused(cited: dict[str, Cited], held: Held) -> None:
    assert "does not exist" in verdict(APIXABAN, cited, held, "t9c9e9").reason
    assert verdict(APIXABAN, cited, held, "t1c0e1", "t9c9e9").judgement == "unfounded"
    none = judge(Sentence(text=APIXABAN, evidence=[]), cited, held, "")
    assert (none.judgement, none.reason) == ("unfounded", "it names no evidence")


def test_a_sentence_pinned_to_the_wrong_paper_gets_the_right_one(cited: dict[str, Cited], held: Held) -> None:
    corrected = verdict(METFORMIN, cited, held, "t1c0e1", subject="")
    assert corrected.judgement == "corrected"
    assert corrected.evidence == ("t1c0e2",)


def pinned(quote: str, source_id: str, depth: Depth = Depth.ABSTRACT) -> dict[str, Cited]:
    source = Source(id=source_id, title="t", version="1", licence="l", depth=depth)
    evidence = Evidence(source=source, quote=quote)
    whole = Finding(statement=quote, evidence=(evidence,), kind=Kind.LITERATURE)
    return {"t1c0e1": Cited(id="t1c0e1", evidence=evidence, finding=whole, tool="search_literature")}


def test_a_quote_of_another_paper_is_misattributed(held: Held) -> None:
    """The tool itself pinned the quote to the wrong paper: the statement is not shown."""
    refused = verdict(METFORMIN, pinned(METFORMIN, "card:apixaban"), held)
    assert refused.judgement == "misattributed"


def test_an_invented_quote_is_unfounded(held: Held) -> None:
    invented = "Apixaban cured everybody."
    assert verdict(invented, pinned(invented, "card:apixaban"), held).judgement == "unfounded"
    assert verdict(invented, pinned(invented, "card:nobody-holds-this"), held).judgement == "unfounded"


def test_a_chart_quote_must_stand_in_the_users_words(held: Held) -> None:
    stated = pinned("eGFR 34", "chart:words", Depth.CHART)
    assert verdict("eGFR 34", stated, held, subject="She has eGFR 34.").shown
    assert not verdict("eGFR 34", stated, held, subject="She has eGFR 43.").shown


def test_a_computation_is_not_told_as_an_abstract(held: Held) -> None:
    computed = pinned("the reading frame shifts by 2 bases", "computed:x", Depth.COMPUTATION)
    assert verdict("The reading frame shifts by 2 bases.", computed, held).shown
    refused = verdict("An abstract reports that the reading frame shifts by 2 bases.", computed, held)
    assert "calls a computation" in refused.reason


def test_an_abstract_reports_and_does_not_show(cited: dict[str, Cited], held: Held) -> None:
    kept = verdict(
        "The trial showed apixaban reduced stroke or systemic embolism by 21% against warfarin.", cited, held
    )
    assert kept.text.startswith("The abstract reports apixaban")


@given(st.integers(0, len(APIXABAN) - 1), st.integers(0, 9))
def test_no_changed_digit_passes(place: int, digit: int) -> None:
    """Wherever a digit stands, another one in its place is refused."""
    old = APIXABAN[place]
    if not old.isdigit() or old == str(digit):
        return
    changed = APIXABAN[:place] + str(digit) + APIXABAN[place + 1 :]
    assert unsupported(changed, [APIXABAN]) is not None


@pytest.mark.parametrize(
    ("sentence", "evidence", "carried"),
    [
        ("after 2 weeks", "after 14 days", True),
        ("in two years", "in 24 months", True),
        ("by 0.8", "by 0.79", True),
        ("by 0.78", "by 0.79", False),
        ("by 16.3 %", "16.3 mg", False),
        ("1234 adults", "1,234 adults", True),
        ("a hazard ratio of 0.79", "hazard ratio 0·79", True),
        ("5-10 mg", "5 mg to 10 mg", True),
        ("BRCA1 c.68_69del", "nothing here", True),
    ],
)
def test_numbers_agree_by_value_and_unit(sentence: str, evidence: str, carried: bool) -> None:
    assert (unsupported(sentence, [evidence]) is None) is carried


@given(st.text(max_size=300))
def test_any_text_has_numbers_or_none(text: str) -> None:
    assert all(number.value is not None for number in numbers(text))


@given(st.text(min_size=1, max_size=200))
def test_any_sentence_gets_a_verdict(text: str) -> None:
    entries = pinned(APIXABAN, "card:apixaban")
    assert judge(Sentence(text=text, evidence=["t1c0e1"]), entries, Held(()), text).judgement == "unfounded"


SIMULATED = (
    "In a simulation of 60 virtual patients with CYP2C9 *3/*3, 5 mg of warfarin a day gives a median INR of 8.4 "
    "(Hamberg 2007). It does not say what a person should take."
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (SIMULATED, True),
        ("It does not say what a person should take.", True),
        ("In a simulation of 60 virtual patients with CYP2C9 *3/*3 the median INR is 2.2 (Hamberg 2007).", False),
        ("In a simulation of 60 virtual patients with CYP2C9 *1/*1, 5 mg of warfarin gives a median INR of 8.4", False),
        ("In a simulation her INR will be 8.4.", False),
        ("5 mg of warfarin a day gives a median INR of 8.4", False),
    ],
)  # fmt: skip
def test_what_was_simulated_is_told_in_the_tools_own_words_or_not_at_all(text: str, shown: bool) -> None:
    """A figure of the parameters (EC50 2.2) is no result, and a virtual group is no patient."""
    source = Source(
        id="computed:simulation:x",
        title="simulated here",
        version="1",
        licence="ours",
        depth=Depth.COMPUTATION,
    )
    evidence = Evidence(source=source, quote="ec50 2.2 mg/L; median INR 8.4; CYP2C9 *1/*1")
    finding = Finding(statement=SIMULATED, evidence=(evidence,), kind=Kind.COMPUTED)
    entries = {"t1c0e1": Cited(id="t1c0e1", evidence=evidence, finding=finding, tool="simulate_drug")}
    told = judge(Sentence(text=text, evidence=["t1c0e1"]), entries, Held(()), "")
    assert told.shown is shown
