"""What goes out at question time: names of our vocabulary, and nothing of the patient."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.expand import vocabulary
from retrieval.sources.online import Asked, ask, names, terms
from retrieval.sources.pubmed import Pubmed, Unreachable


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("Does apixaban help in atrial fibrillation?", "(apixaban) AND (atrial fibrillation)"),
        ("My sugar disease got worse on Glucophage", "(metformin) AND (type 2 diabetes)"),
        ("What is the weather in Bern?", ""),
        ("", ""),
    ],
)
def test_the_query_is_made_of_canonical_names(question: str, query: str) -> None:
    assert terms(question) == query


@pytest.mark.parametrize(
    "private",
    [
        "Müller-Lüdenscheidt", "Anneliese", "12.03.1951", "1951-03-12", "+41 31 555 01 02", "756.1234.5678.97",
        "a.mueller@example.org", "Room 14B", "MRN 0048213", "87 years old", "creatinine 342", "Berngasse 7",
    ],
)  # fmt: skip
def test_nothing_of_the_patient_goes_out(private: str) -> None:
    around = f"{private}: is apixaban safe for {private} with atrial fibrillation, seen on {private}?"
    sent = terms(around)
    assert re.findall(r"\d+", sent) == []
    for word in re.findall(r"\w+", private):
        assert word.casefold() not in re.findall(r"\w+", sent) or word.casefold() in vocabulary_words()
    assert "(apixaban)" in sent


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_typed_only_listed_names_leave(before: str, after: str) -> None:
    question = f"{before} apixaban {after}"
    concepts = {concept.casefold() for concept in vocabulary().concepts(question)}
    assert {name.casefold() for name in names(question)} <= concepts
    assert set(re.findall(r"\w+", terms(question).replace(" AND ", " "))) <= vocabulary_words()


def vocabulary_words() -> set[str]:
    vocabulary_ = vocabulary()
    return {word for name in vocabulary_._said for word in re.findall(r"\w+", name.casefold())}


def test_a_query_cannot_be_steered_by_the_question() -> None:
    sent = terms('apixaban[TI] OR "all"[sb] NOT (atrial fibrillation) #1 AND 2020:2024[dp]')
    assert sent == "(apixaban) AND (atrial fibrillation)"


def test_what_was_sent_is_told_and_a_name_less_is_asked_where_nothing_is_found(
    service_of: Callable[..., Any], pubmed_xml: Any
) -> None:
    service = service_of({"5": pubmed_xml.record(5, "Apixaban.")})
    service.upsets = [pubmed_xml.list([])]
    asked = ask(
        Pubmed("someone@example.org", sleep=service.clock.sleep), "Does apixaban help Mr Kent in AF?", 3
    )
    assert asked.sent == (
        "(apixaban) AND (atrial fibrillation) AND hasabstract",
        "(apixaban) AND hasabstract",
    )
    assert [paper.source.title for paper in asked.papers] == ["Apixaban."]
    assert [search["term"] for search in service.searches] == list(asked.sent)
    assert service.searches[0]["retmax"] == "3"


def test_a_question_without_a_known_name_asks_nobody(service_of: Callable[..., Any]) -> None:
    service = service_of({})
    assert ask(Pubmed("someone@example.org"), "Who was Mr Kent?") == Asked((), ())
    assert service.asked == []


def test_a_service_that_fails_keeps_no_question_waiting(
    service_of: Callable[..., Any], pubmed_xml: Any
) -> None:
    service = service_of({"5": pubmed_xml.record(5, "Apixaban.")})
    service.upsets = [pubmed_xml.refusal(503), pubmed_xml.refusal(503)]
    once = Pubmed("someone@example.org", sleep=service.clock.sleep, waits=())
    with pytest.raises(Unreachable):
        ask(once, "Does apixaban help?")
    assert len(service.asked) == 1
    assert service.clock.waits == []


def test_the_entry_points_ask_at_question_time_once(
    monkeypatch: pytest.MonkeyPatch, service_of: Callable[..., Any], pubmed_xml: Any
) -> None:
    from assistant.cli import edge
    from assistant.settings import Settings
    from retrieval import search
    from retrieval.sources import online

    monkeypatch.setattr(search, "configure", lambda *given: None)
    monkeypatch.setattr(online, "_asked", [])
    service = service_of({})
    service.upsets = [pubmed_xml.refusal(503)] * 2
    edge._literature(
        Settings.model_validate({"retrieval": {"online": True, "contact_email": "someone@example.org"}})
    )
    pubmed = online.allowed()
    assert pubmed is not None
    with pytest.raises(Unreachable):
        ask(pubmed, "Does apixaban help?")
    assert len(service.asked) == 1
