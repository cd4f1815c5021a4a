"""The loop with every kind of model: each turn ends in a checked answer, whatever the model does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from assistant import loop
from assistant.answer import Answer
from assistant.events import CallEnded, Checked, Gated
from assistant.models.rules import RulesModel
from assistant.settings import Model, Settings
from assistant.turn import Turn
from assistant.verify.quotes import Held
from retrieval.evidence import Action, Outcome, ToolResult, not_covered
from tools import registry

APIXABAN = "Apixaban reduced stroke or systemic embolism by 21% against warfarin."
SEARCH = ("search_literature", {"question": "apixaban"})


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch, doubles: Any) -> dict[str, Any]:
    """What each tool says in these tests: a result, or an exception that it raises."""
    said: dict[str, Any] = {"search_literature": doubles.result(doubles.finding("card:apixaban"))}

    def call(name: str, inputs: Mapping[str, Any], context: Any = None) -> ToolResult:
        reply = said.get(name, not_covered("This source does not speak about that."))
        if isinstance(reply, Exception):
            raise reply
        stamped: ToolResult = reply.model_copy(update={"tool": name, "inputs": dict(inputs)})
        return stamped

    monkeypatch.setattr(registry, "call", call)
    return said


def ended(turn: Turn, model: Any, held: Held, settings: Settings | None = None) -> tuple[Answer, list[Any]]:
    agent = loop.build(model, settings or Settings(), turn.given.role, lambda: held)
    events = list(loop.run(agent, turn))
    assert turn.answer is not None
    return turn.answer, events


def test_rules_search_and_word_the_finding(answers: Any, doubles: Any, held: Held) -> None:
    answer, events = ended(doubles.turn(), RulesModel(), held)
    assert [claim.text for claim in answer.claims] == [APIXABAN]
    assert answer.claims[0].evidence_ids == ("t1c1e1",)
    assert answer.wording == "rules"
    kinds = [type(event) for event in events]
    assert kinds.index(Gated) < kinds.index(CallEnded) < kinds.index(Checked)


def test_a_good_model_is_shown(answers: Any, doubles: Any, held: Held) -> None:
    text = "Against warfarin, apixaban lowered stroke or systemic embolism by 21%."
    model = doubles.model([doubles.calls(SEARCH), doubles.calls(doubles.draft((text, ["t1c1e1"])))])
    answer, _ = ended(doubles.turn(), model, held)
    assert [claim.text for claim in answer.claims] == [text]


def hostile(doubles: Any) -> dict[str, list[Any]]:
    """Models that no screen may show."""
    bad = "You're fine, take 800 mg ibuprofen."
    lie = doubles.calls(doubles.draft((bad, ["t1c1e1"]), ("It cures all (PMID 99999999).", ["t7c7e7"])))
    search = doubles.calls(SEARCH)
    malformed = doubles.calls(("Draft", {"sentences": "none"}))
    return {
        "hostile": [search, lie],
        "hostile without a search": [lie],
        "silent": [search, doubles.calls(doubles.draft())],
        "plain text": [search, AIMessage(content=bad)],
        "only plain text": [AIMessage(content=bad)],
        "draft with tool": [doubles.calls(SEARCH, doubles.draft((bad, ["t1c1e1"])))],
        "malformed": [search, malformed],
        "dying": [RuntimeError("the server is away")],
        "unknown tool": [doubles.calls(("prescribe", {"drug": "x"})), lie],
        "bad arguments": [doubles.calls(("search_literature", {"nonsense": 1})), lie],
        "endless": [search] * 30,
    }


NAMES = [
    "hostile", "hostile without a search", "silent", "plain text", "only plain text", "draft with tool",
    "malformed", "dying", "unknown tool", "bad arguments", "endless",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_no_model_puts_an_unsupported_sentence_on_the_screen(
    name: str, answers: Any, doubles: Any, held: Held
) -> None:
    answer, _ = ended(doubles.turn(), doubles.model(hostile(doubles)[name]), held)
    shown = " ".join(claim.text for claim in answer.claims)
    assert "800" not in shown
    assert "99999999" not in shown
    assert all(claim.text == APIXABAN for claim in answer.claims)


@pytest.mark.parametrize("name", ["hostile", "silent", "plain text", "malformed", "dying"])
def test_findings_are_worded_by_the_composer_where_the_model_fails(
    name: str, answers: Any, doubles: Any, held: Held
) -> None:
    answer, _ = ended(doubles.turn(), doubles.model(hostile(doubles)[name]), held)
    assert [claim.text for claim in answer.claims] == [APIXABAN]


def test_a_refused_sentence_is_asked_for_once_and_then_listed(answers: Any, doubles: Any, held: Held) -> None:
    model = doubles.model(hostile(doubles)["hostile"])
    answer, _ = ended(doubles.turn(), model, held)
    assert len(model.said) == 3
    assert "800 mg" in answer.not_shown[0].text
    assert answer.not_shown[0].reason


def test_what_must_be_shown_is_added_to_what_a_model_left_out(answers: Any, doubles: Any, held: Held) -> None:
    metformin = doubles.finding("card:metformin", action=Action.AVOID)
    answers["search_literature"] = doubles.result(doubles.finding("card:apixaban"), metformin)
    model = doubles.model([doubles.calls(SEARCH), doubles.calls(doubles.draft((APIXABAN, ["t1c1e1"])))])
    answer, _ = ended(doubles.turn(), model, held)
    assert [claim.text for claim in answer.claims] == [metformin.statement, APIXABAN]


def test_a_tool_that_fails_takes_only_its_own_part_with_it(answers: Any, doubles: Any, held: Held) -> None:
    answers["triage"] = RuntimeError("a bug")
    answer, _ = ended(doubles.turn("How urgent is this? Does apixaban reduce stroke?"), RulesModel(), held)
    assert [claim.text for claim in answer.claims] == [APIXABAN]
    assert [gap.tool for gap in answer.not_answered] == ["triage"]
    assert [call.failed for call in answer.calls] == [True, False]


def test_a_bug_is_not_hidden_from_the_tests(answers: Any, doubles: Any, held: Held) -> None:
    answers["search_literature"] = RuntimeError("a bug")
    turn = doubles.turn()
    turn.reraise = True
    with pytest.raises(RuntimeError, match="a bug"):
        ended(turn, RulesModel(), held)


def test_absence_is_told_in_the_outcomes_own_words(answers: Any, doubles: Any, held: Held) -> None:
    answers["search_literature"] = not_covered("Nothing in 300 cards on this.")
    answer, _ = ended(doubles.turn(), RulesModel(), held)
    assert not answer.claims
    assert [(gap.outcome, gap.reason) for gap in answer.not_answered] == [
        (Outcome.NOT_COVERED, "Nothing in 300 cards on this.")
    ]


@pytest.mark.parametrize(("plan", "word"), [("rules", "model"), ("model", "rules")])
def test_planning_or_wording_can_be_left_to_the_rules(
    plan: str, word: str, answers: Any, doubles: Any, held: Held
) -> None:
    text = "Against warfarin, apixaban lowered stroke or systemic embolism by 21%."
    says = doubles.calls(doubles.draft((text, ["t1c1e1"])))
    steps = [says] if plan == "rules" else [doubles.calls(SEARCH), says]
    answer, _ = ended(doubles.turn(), doubles.model(steps), held, Settings(model=Model(plan=plan, word=word)))
    assert [claim.text for claim in answer.claims] == [text if word == "model" else APIXABAN]


def test_an_argument_out_of_a_sources_text_is_refused(answers: Any, doubles: Any, held: Held) -> None:
    stolen = ("search_literature", {"question": "stroke or systemic embolism by 21%"})
    model = doubles.model([doubles.calls(SEARCH), doubles.calls(stolen), doubles.calls(doubles.draft())])
    answer, _ = ended(doubles.turn(), model, held)
    assert [call.outcome for call in answer.calls] == [Outcome.FOUND, Outcome.BAD_INPUT]


def test_the_same_question_gives_the_same_bytes(answers: Any, doubles: Any, held: Held) -> None:
    first, _ = ended(doubles.turn(), RulesModel(), held)
    again, _ = ended(doubles.turn(), RulesModel(), held)
    assert first.model_dump_json() == again.model_dump_json()
