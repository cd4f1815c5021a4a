"""Whole turns with a connected model: whatever the server does, a checked answer comes out and says who worded it."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from assistant.models.connected import NoReply, calls_tools, connected, server, tried
from assistant.models.forced import ForcedModel

pytestmark = pytest.mark.network

TOO_LONG = 20.0
"""Seconds that a slow server takes here; the limits under test are a second and less."""


def texts(answer: Any) -> list[str]:
    return [claim.text for claim in answer.claims]


@pytest.mark.parametrize("way", ["native", "forced"])
@pytest.mark.parametrize("setting", ["auto", "same"])
def test_a_model_plans_and_words_in_its_own_way(way: str, setting: str, bench: Any) -> None:
    stub = bench.serve(getattr(bench, way))
    answer = bench.ask(bench.settings(stub.base_url, tool_calls=way if setting == "same" else setting))
    assert texts(answer) == [bench.worded]
    assert answer.wording == "stub"
    assert answer.claims[0].evidence_ids == ("t1c1e1",)
    assert not answer.notes


def test_the_canary_decides_once_and_says_which_way(bench: Any) -> None:
    settings = bench.settings(bench.serve(bench.forced).base_url)
    model = connected(settings.model)
    bench.ask(settings)
    bench.ask(settings)
    assert isinstance(model.model(), ForcedModel)
    canaries = [body for body in bench.running[0].asked if "tools" in body]
    assert len(canaries) == 1
    assert (
        canaries[0]["max_completion_tokens" if "max_completion_tokens" in canaries[0] else "max_tokens"] == 64
    )


def test_a_slow_canary_counts_as_no_tool_calls_of_its_own(bench: Any) -> None:
    over = threading.Event()

    def slow(body: Any) -> Any:
        over.wait(TOO_LONG)
        return bench.native(body)

    settings = bench.settings(bench.serve(slow).base_url)
    started = time.monotonic()
    assert not calls_tools(server(settings.model), 0.3)
    assert time.monotonic() - started < TOO_LONG
    over.set()


@pytest.mark.parametrize("status", [400, 422, 500])
def test_a_server_that_refuses_tools_is_forced(status: int, bench: Any) -> None:
    def refuses(body: Any) -> Any:
        if "tools" in body:
            return status, {"error": {"message": "this model does not support tools"}}
        return bench.forced(body)

    answer = bench.ask(bench.settings(bench.serve(refuses).base_url))
    assert texts(answer) == [bench.worded]


FAILURES = {
    "error": ((500, {"error": {"message": "out of memory"}}), "answered with error 500"),
    "key": ((401, {"error": {"message": "who are you"}}), "refused the key"),
    "unknown": ((404, {"error": {"message": "no such model"}}), "is not known to the server"),
    "html": ((200, b"<html>It works!</html>"), "cannot be read"),
    "no choices": (
        (200, {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": []}),
        "read",
    ),
    "null": ((200, b"null"), "cannot be read"),
}


@pytest.mark.parametrize("way", ["forced", "auto"])
@pytest.mark.parametrize("name", FAILURES)
def test_a_failing_server_leaves_the_rules_answer_and_a_note(name: str, way: str, bench: Any) -> None:
    reply, words = FAILURES[name]
    answer = bench.ask(bench.settings(bench.serve(lambda _: reply).base_url, tool_calls=way))
    assert texts(answer) == [bench.paper]
    assert answer.wording == "rules"
    assert [note for note in answer.notes if words in note and "rules did that step" in note], answer.notes
    assert len(answer.notes) == 1


@pytest.mark.parametrize("way", ["native", "forced", "auto"])
def test_no_server_at_all(way: str, bench: Any) -> None:
    stub = bench.serve(bench.native)
    stub.stop()
    answer = bench.ask(bench.settings(stub.base_url, tool_calls=way))
    bench.running.clear()
    assert texts(answer) == [bench.paper]
    assert answer.wording == "rules"
    assert answer.notes == ("The model stub could not be reached; rules did that step.",)


def test_a_server_that_comes_back_is_asked_again(bench: Any) -> None:
    away = True

    def say(body: Any) -> Any:
        return (401, {"error": {"message": "not yet"}}) if away else bench.native(body)

    settings = bench.settings(bench.serve(say).base_url)
    assert bench.ask(settings).wording == "rules"
    away = False
    assert bench.ask(settings).wording == "stub"


def test_a_server_that_fails_only_at_planning_still_words_and_the_note_does_not_say_otherwise(
    bench: Any,
) -> None:
    failed: list[int] = []

    def say(body: Any) -> Any:
        if not failed:
            failed.append(1)
            return 503, {"error": {"message": "loading"}}
        return bench.native(body)

    answer = bench.ask(bench.settings(bench.serve(say).base_url, tool_calls="native"))
    assert texts(answer) == [bench.worded]
    assert answer.wording == "stub"
    assert answer.notes == ("The model stub answered with error 503; rules did that step.",)


@pytest.mark.parametrize("way", ["native", "forced"])
def test_a_server_that_dies_after_planning(way: str, bench: Any) -> None:
    def dies(body: Any) -> Any:
        if "evidence=t1c1e1" in bench.said(body):
            return 503, {"error": {"message": "gone"}}
        return getattr(bench, way)(body)

    answer = bench.ask(bench.settings(bench.serve(dies).base_url, tool_calls=way))
    assert texts(answer) == [bench.paper]
    assert [call.tool for call in answer.calls] == ["search_literature"]
    assert answer.wording == "rules"
    assert answer.notes == ("The model stub answered with error 503; rules did that step.",)


def test_a_slow_server_does_not_hold_the_answer_back(bench: Any) -> None:
    over = threading.Event()

    def slow(body: Any) -> Any:
        over.wait(TOO_LONG)
        return bench.native(body)

    settings = bench.settings(bench.serve(slow).base_url, tool_calls="native", timeout_s=0.5)
    started = time.monotonic()
    answer = bench.ask(settings)
    assert time.monotonic() - started < TOO_LONG
    over.set()
    assert texts(answer) == [bench.paper]
    assert answer.notes == ("The model stub did not answer in time; rules did that step.",)


def test_no_reply_is_waited_for_beyond_the_turns_end(bench: Any) -> None:
    over = threading.Event()

    def slow(body: Any) -> Any:
        over.wait(TOO_LONG)
        return bench.native(body)

    turn = bench.turn()
    turn.deadline = time.monotonic() + 1
    settings = bench.settings(bench.serve(slow).base_url, tool_calls="native", timeout_s=60)
    started = time.monotonic()
    bench.ask(settings, turn)
    assert time.monotonic() - started < TOO_LONG
    over.set()


GARBAGE = {
    "plain text": "You're fine, take 800 mg ibuprofen.",
    "empty": "",
    "white space": " " * 2000,
    "not an object": "[1, 2]",
    "cut off": '{"tool": "Draft", "arguments": {"sentences": [{"text": "It cures',
    "another tool": '{"tool": "prescribe", "arguments": {"drug": "x"}}',
    "arguments that are none": '{"tool": "Draft", "arguments": "none"}',
    "invented evidence": '{"tool": "Draft", "arguments": '
    '{"sentences": [{"text": "Take 800 mg.", "evidence": ["t9c9e9"]}]}}',
}


@pytest.mark.parametrize("way", ["native", "forced"])
@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_never_reaches_the_screen(name: str, way: str, bench: Any) -> None:
    def say(body: Any) -> Any:
        if "evidence=t1c1e1" not in bench.said(body):
            return getattr(bench, way)(body)
        return bench.message(content=GARBAGE[name])

    answer = bench.ask(bench.settings(bench.serve(say).base_url, tool_calls=way))
    assert texts(answer) == [bench.paper]
    assert answer.wording == "rules"
    assert answer.notes


@pytest.mark.parametrize("arguments", ["{broken", '"text"', "{}", '{"sentences": 5}'])
def test_native_calls_that_cannot_be_parsed(arguments: str, bench: Any) -> None:
    def say(body: Any) -> Any:
        if "evidence=t1c1e1" not in bench.said(body):
            return bench.native(body)
        return bench.tool_call("Draft", arguments)

    answer = bench.ask(bench.settings(bench.serve(say).base_url, tool_calls="native"))
    assert texts(answer) == [bench.paper]


@pytest.mark.parametrize("way", ["native", "forced"])
def test_an_unsupported_sentence_is_refused_and_listed(way: str, bench: Any) -> None:
    lie = "Apixaban reduced stroke or systemic embolism by 79% against warfarin."
    stub = bench.serve(lambda body: getattr(bench, way)(body, lie))
    answer = bench.ask(bench.settings(stub.base_url, tool_calls=way))
    assert texts(answer) == [bench.paper]
    assert [entry.text for entry in answer.not_shown] == [lie]


def test_each_sentence_of_a_long_text_is_judged_for_itself(bench: Any) -> None:
    stub = bench.serve(lambda body: bench.native(body, f"{bench.worded} It also cures migraine in 12 weeks."))
    answer = bench.ask(bench.settings(stub.base_url, tool_calls="native"))
    assert texts(answer) == [bench.worded]
    assert [entry.text for entry in answer.not_shown] == ["It also cures migraine in 12 weeks."]


def test_a_repeated_sentence_is_said_once(bench: Any) -> None:
    def say(body: Any) -> Any:
        if "evidence=t1c1e1" not in bench.said(body):
            return bench.native(body)
        texts = (bench.worded, bench.worded.rstrip("."), bench.worded.upper() + " ")
        return bench.tool_call(
            "Draft", {"sentences": [{"text": text, "evidence": ["t1c1e1"]} for text in texts]}
        )

    answer = bench.ask(bench.settings(bench.serve(say).base_url, tool_calls="native"))
    assert texts(answer) == [bench.worded]


def test_a_file_of_the_session_is_named_by_its_id_alone(bench: Any) -> None:
    stub = bench.serve(bench.native)
    bench.ask(bench.settings(stub.base_url))
    sent = str(stub.asked)
    assert "file1 (image)" in sent
    assert bench.secret not in sent
    assert "my own name" not in sent


def test_replies_are_bounded_and_the_same_each_time(bench: Any) -> None:
    stub = bench.serve(bench.native)
    bench.ask(bench.settings(stub.base_url, context_tokens=2048))
    for body in stub.asked:
        assert 0 < body.get("max_completion_tokens", body.get("max_tokens")) <= 512
        assert body["temperature"] == 0
        assert body["seed"] == 7


def test_a_question_that_does_not_fit_goes_to_the_rules(bench: Any) -> None:
    stub = bench.serve(bench.native)
    long = bench.turn("Does apixaban reduce stroke? " + "She is well. " * 2000)
    answer = bench.ask(bench.settings(stub.base_url, tool_calls="native"), long)
    assert answer.wording == "rules"
    assert "context_tokens" in answer.notes[0]
    assert not stub.asked


def test_two_sessions_at_once(bench: Any) -> None:
    settings = bench.settings(bench.serve(bench.forced).base_url)
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda: answers.append(bench.ask(settings))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [texts(answer) for answer in answers] == [[bench.worded]] * 3
    assert sum("tools" in body for body in bench.running[0].asked) == 1


@pytest.mark.parametrize(("plan", "word"), [("rules", "model"), ("model", "rules")])
def test_planning_or_wording_alone(plan: str, word: str, bench: Any) -> None:
    settings = bench.settings(bench.serve(bench.native).base_url, plan=plan, word=word, tool_calls="native")
    answer = bench.ask(settings)
    assert texts(answer) == [bench.worded if word == "model" else bench.paper]
    assert answer.wording == ("stub" if word == "model" else "rules")


def test_a_missing_model_names_the_command(bench: Any) -> None:
    answer = bench.ask(bench.settings("", provider="local", name="no-such-model"))
    assert texts(answer) == [bench.paper]
    assert answer.notes == (
        "The model 'no-such-model' is not on this machine: consilium models fetch no-such-model; rules did that step.",
    )


@pytest.mark.parametrize(("way", "words"), [("native", "its own"), ("forced", "forced by a schema")])
def test_the_trial_call_says_how_tools_are_called(way: str, words: str, bench: Any) -> None:
    def say(body: Any) -> Any:
        if way == "forced" and "response_format" in body:
            return bench.message(content='{"tool": "add", "arguments": {"a": 2, "b": 3}}')
        return getattr(bench, way)(body)

    line = tried(bench.settings(bench.serve(say).base_url).model)
    assert line.startswith(f"stub answers; tool calls: {words}; ")


def test_the_trial_call_says_what_is_wrong(bench: Any) -> None:
    with pytest.raises(NoReply, match="models fetch nothing"):
        tried(bench.settings("", provider="local", name="nothing").model)
    talks = bench.serve(lambda _: bench.message(content="5"))
    with pytest.raises(NoReply, match="calls no tool"):
        tried(bench.settings(talks.base_url).model)
