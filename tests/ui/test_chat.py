"""Events become messages: chips in order, three claims open, gaps named, everything foreign inert."""

from __future__ import annotations

import html
from types import ModuleType

import pytest

from assistant.answer import Answer, CallRecord, Unanswered
from assistant.events import CallEnded, CallStarted, Checked, Drafting, Event, Failed, FrameChanged, Gated
from assistant.ui import chat, wording
from retrieval.evidence import Outcome
from retrieval.patient import Patient


def told(*events: Event, start: chat.Messages | None = None) -> chat.Messages:
    messages = start or [chat.asked("A question")]
    for event in events:
        messages = chat.fold(messages, event)
    return messages


@pytest.fixture
def answer(scripted: ModuleType) -> Answer:
    return scripted.answer("s", "q", Patient())


def text_of(message: chat.Message) -> str:
    import re

    return html.unescape(re.sub(r"<[^>]+>", " ", message["content"]))


def test_a_call_is_pending_and_then_done_in_the_same_place() -> None:
    started = told(CallStarted(id="c1", tool="check_drugs"), CallStarted(id="c2", tool="read_image"))
    assert [message["metadata"]["status"] for message in started[1:]] == ["pending", "pending"]
    ended = told(CallEnded(id="c1", tool="check_drugs", outcome=Outcome.FOUND, seconds=0.2), start=started)
    assert [message["metadata"]["status"] for message in ended[1:]] == ["done", "pending"]
    assert ended[1]["metadata"]["id"] == "c1"


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome.FOUND, "found"),
        (Outcome.NOT_FOUND, "nothing held"),
        (Outcome.NOT_COVERED, "not covered"),
        (Outcome.NEEDS_INPUT, "needs input"),
        (Outcome.BAD_INPUT, "bad input"),
        (Outcome.UNAVAILABLE, "unavailable"),
        (None, "failed"),
    ],
)
def test_every_outcome_has_its_own_words_and_its_own_colour(outcome: Outcome | None, words: str) -> None:
    title = told(CallEnded(id="c", tool="t", outcome=outcome, seconds=0.24))[1]["metadata"]["title"]
    name = outcome.value.replace("_", "-") if outcome else "failed"
    assert title == f't · <span class="out out-{name}">{words}</span> · 0.2 s'


def test_the_same_call_id_in_the_next_turn_is_another_chip() -> None:
    first = told(
        CallStarted(id="c1", tool="a"), CallEnded(id="c1", tool="a", outcome=Outcome.FOUND, seconds=1)
    )
    second = [*first, chat.asked("again")]
    both = told(CallEnded(id="c1", tool="a", outcome=Outcome.NOT_FOUND, seconds=1), start=second)
    assert [message["metadata"]["title"] for message in both if "metadata" in message] == [
        'a · <span class="out out-found">found</span> · 1.0 s',
        'a · <span class="out out-not-found">nothing held</span> · 1.0 s',
    ]


def test_chips_get_the_sources_of_the_calls(scripted: ModuleType, answer: Answer) -> None:
    ended = CallEnded(id="t1c1", tool="check_drugs", outcome=Outcome.FOUND, seconds=0.2)
    messages = told(CallStarted(id="t1c1", tool="check_drugs"), ended, scripted.Answered(answer=answer))
    assert "Made-up rules 2026-01 · 0.2 s" in messages[1]["metadata"]["title"]
    assert "Drew from:" in messages[1]["content"]


def test_three_claims_stand_open_and_the_rest_is_counted(answer: Answer) -> None:
    messages = chat.answered(answer)
    assert [text_of(message).split()[0] for message in messages[:3]] == ["1", "2", "3"]
    assert [choice["label"] for choice in messages[-1]["options"]] == [
        "Why 1?",
        "Why 2?",
        "Why 3?",
        "More (2)",
    ]
    assert all("options" not in message for message in messages[:-1])


def test_more_unfolds_every_claim_in_order(answer: Answer) -> None:
    before = [chat.asked("q"), *chat.answered(answer)]
    after = chat.unfolded(before, answer)
    shown = [text_of(message) for message in after if 'class="claim-no"' in message["content"]]
    assert len(shown) == len(answer.claims) == 5
    for claim, text in zip(answer.claims, shown, strict=True):
        assert " ".join(claim.text.split()) in " ".join(text.split())
    assert [choice["label"] for choice in after[-1]["options"]] == ["Why 1?", "Why 2?", "Why 3?"]


def test_more_does_nothing_when_another_answer_is_last(answer: Answer) -> None:
    before = [*chat.answered(answer), chat.asked("next")]
    assert chat.unfolded(before, answer) == before


def test_each_claim_says_how_deep_its_source_was_read(answer: Answer) -> None:
    first, second, third = chat.answered(answer)[:3]
    assert 'class="badge depth-guideline">guideline<' in first["content"]
    assert 'class="badge act-avoid">Avoid<' in first["content"]
    assert 'class="badge mark">draft<' in first["content"]
    assert 'class="badge depth-record">record<' in second["content"]
    assert 'class="badge depth-abstract">abstract<' in third["content"]
    assert 'class="badge mark-grave">retracted<' in third["content"]


def test_gaps_are_named_in_the_talk_itself(answer: Answer) -> None:
    last = text_of(chat.answered(answer)[-1])
    assert "Not answered" in last
    assert "No picture model is held." in last


def test_an_answer_without_claims_says_so(scripted: ModuleType) -> None:
    messages = chat.answered(scripted.answer("s", "q", Patient(), claims=(), not_answered=()))
    assert [text_of(message) for message in messages] == ["Nothing here can be stated with a source."]


def test_hostile_text_is_inert_everywhere(scripted: ModuleType) -> None:
    attack = scripted.ATTACK
    messages = told(
        FrameChanged(changes=(attack,)),
        CallStarted(id="c", tool=attack),
        CallEnded(id="c", tool=attack, outcome=None, seconds=0, note=attack, trace=attack),
        Drafting(model=attack),
        scripted.Answered(
            answer=scripted.answer("s", attack, Patient(), reply=attack, ask=(attack,), notes=(attack,))
        ),
        Failed(reason=attack, trace=attack),
        start=[chat.asked(attack, (attack,))],
    )
    messages = chat.unfolded(messages[:-1], scripted.answer("s", attack, Patient()))
    whole = "".join(message["content"] + message.get("metadata", {}).get("title", "") for message in messages)
    for sign in (
        "<img",
        "<script",
        "javascript:alert(1)",
        "![",
        "](",
        "https://evil",
        "www.evil",
        "**",
        "$$",
    ):
        assert sign not in whole


def test_the_check_is_shown_with_its_counts() -> None:
    messages = told(Drafting(model="rules"), Checked(supported=5, corrected=1, dropped=2))
    assert len(messages) == 2
    assert (
        messages[1]["metadata"]["title"] == "checked against sources · 5 supported · 1 re-cited · 2 not shown"
    )


def test_nothing_keeps_running_after_a_failure_or_a_stop() -> None:
    running = told(CallStarted(id="c", tool="t"))
    failed = told(Failed(reason="broke", trace="log-1"), start=running)
    assert failed[1]["metadata"]["status"] == "done"
    assert "broke" in failed[-1]["content"]
    assert "log-1" in failed[-1]["content"]
    assert chat.stopped(running)[1]["metadata"]["title"] == "t · not finished"


def test_the_waiting_line_ends_with_the_first_event() -> None:
    start = [chat.asked("A question"), chat.waiting()]
    assert told(Gated(level=None), start=start) == start[:1]
    assert len(told(CallStarted(id="c", tool="t"), start=start)) == 2
    assert "in the queue" not in str(chat.stopped(start))


def test_the_gate_adds_no_message() -> None:
    assert told(Gated(level=None)) == [chat.asked("A question")]


def test_folding_leaves_the_given_messages_alone() -> None:
    before = [chat.asked("q")]
    chat.fold(before, CallStarted(id="c", tool="t"))
    assert before == [chat.asked("q")]


def test_a_gap_that_the_reply_says_already_gives_only_its_command(scripted: ModuleType) -> None:
    gap = Unanswered(
        tool="read_image", outcome=Outcome.UNAVAILABLE, reason="No model reads it.", command="get <it>"
    )
    mute = Unanswered(tool="read_image", outcome=Outcome.NOT_COVERED, reason="It is a cat.")
    both = {"reply": "No model reads it. It is a cat.", "claims": ()}
    made = scripted.answer("s", "q", Patient(), not_answered=(gap, mute), **both)
    shown = " ".join(message["content"] for message in chat.answered(made))
    assert shown.count("No model reads it.") == 1
    assert shown.count("It is a cat.") == 1
    assert "To get it: <code>get &#60;it&#62;</code>" in shown


def test_a_picture_with_nothing_above_its_limit_was_read(scripted: ModuleType) -> None:
    assert wording.outcome(Outcome.NOT_FOUND, "read_image") == "no sign above the limit"
    assert wording.outcome(Outcome.NOT_FOUND, "search_literature") == "nothing held"


def test_literature_beside_a_picture_is_marked_as_not_about_it(scripted: ModuleType) -> None:
    made = scripted.answer("s", "q", Patient())
    paper = made.claims[0].model_copy(update={"tool": "search_literature"})
    looked = CallRecord(id="c", tool="read_image", outcome=Outcome.UNAVAILABLE)
    with_picture = made.model_copy(update={"claims": (paper,), "calls": (looked,)})
    assert any(chat.LITERATURE in message["content"] for message in chat.answered(with_picture))
    alone = with_picture.model_copy(update={"calls": ()})
    assert not any(chat.LITERATURE in message["content"] for message in chat.answered(alone))
