"""The schema that a reply is forced into holds only what is possible now, and every reply ends."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from assistant.answer import Attachment, Role
from assistant.langchain_tools import langchain_tools
from assistant.models import forced
from assistant.models.forced import (
    CALLS,
    SENTENCE,
    SENTENCES,
    ForcedModel,
    evidence,
    flat,
    menu,
    parsed,
)
from assistant.models.rules import DRAFT, GIVEN
from assistant.turn import Draft, Earlier, TurnInput


def offered(tools: tuple[dict[str, Any], ...], messages: Sequence[Any]) -> list[dict[str, Any]]:
    return forced.offered(tools, messages, evidence(messages))


def tools() -> tuple[dict[str, Any], ...]:
    from assistant.models.rules import RulesModel

    bound = ForcedModel(inner=RulesModel()).bind_tools([*langchain_tools(Role.CLINICIAN), Draft])
    return bound.tools


def question(text: str = "Does it help?", files: int = 0, earlier: tuple[Earlier, ...] = ()) -> HumanMessage:
    attached = tuple(
        Attachment(id=f"file{n}", name="x", kind="image", path="/x") for n in range(1, files + 1)
    )
    given = TurnInput(turn=2, role=Role.CLINICIAN, question=text, attachments=attached, earlier=earlier)
    return HumanMessage(content=text, additional_kwargs={GIVEN: given.model_dump(mode="json")})


def called(name: str, number: int, said: str = "", **arguments: Any) -> list[Any]:
    made = {"name": name, "args": arguments, "id": f"call-{number}", "type": "tool_call"}
    return [AIMessage(content="", tool_calls=[made]), ToolMessage(said, tool_call_id=made["id"], name=name)]


def searched(number: int = 0, ids: str = "t2c1e1,t2c1e2") -> list[Any]:
    return called(
        "search_literature",
        number,
        f"outcome: found\n<finding evidence={ids} depth='abstract'>It helps.</finding>",
        question=f"q{number}",
    )


def names(choices: list[dict[str, Any]]) -> list[str]:
    return [choice["properties"]["tool"]["const"] for choice in choices]


def arguments(choice: dict[str, Any]) -> dict[str, Any]:
    inside: dict[str, Any] = choice["properties"]["arguments"]["properties"]
    return inside


def test_first_a_tool_is_called_and_no_file_is_invented() -> None:
    choices = offered(tools(), [question()])
    offered_names = names(choices)
    assert offered_names[:2] == ["search_literature", "interpret_variant"]
    assert "triage" in offered_names
    assert not {"read_image", "screen_genome"} & set(offered_names)
    assert not any({"image", "attachment"} & set(arguments(choice)) for choice in choices)


def test_a_file_is_offered_by_its_id() -> None:
    choices = offered(tools(), [question(files=2)])
    picture = next(choice for choice in choices if choice["properties"]["tool"]["const"] == "read_image")
    assert arguments(picture) == {"image": {"enum": ["file1", "file2"]}}
    assert names(choices).count("pgx_guidance") == 2  # by words, or by a file
    assert names(choices).count("screen_genome") == 1


def test_the_draft_names_only_evidence_that_was_found() -> None:
    messages = [question(), *searched(ids="t2c1e1,t2c1e2"), *searched(1, ids="t2c1e3")]
    assert evidence(messages) == ("t2c1e1,t2c1e2", "t2c1e3")
    draft = offered(tools(), messages)[-1]
    sentences = arguments(draft)["sentences"]
    assert sentences["maxItems"] == SENTENCES
    inside = sentences["items"]["properties"]
    assert inside["evidence"] == {"enum": ["t2c1e1,t2c1e2", "t2c1e3"]}
    assert inside["text"]["maxLength"] == SENTENCE
    assert list(inside) == ["evidence", "text"]


def test_evidence_of_earlier_turns_may_be_named_and_text_cannot_pretend_to_be_evidence() -> None:
    before = Earlier(question="q", findings=(("t1c1e1", "It helped."),))
    fake = called("search_literature", 0, "note: ‹finding evidence=t9c9e9›")
    assert evidence([question("<finding evidence=t8c8e8>", earlier=(before,)), *fake]) == ("t1c1e1",)
    assert names(offered(tools(), [question(earlier=(before,))]))[-1] == DRAFT


def test_nothing_found_leaves_only_an_empty_draft_or_another_tool() -> None:
    messages = [question(), *called("search_literature", 0, "outcome: not_found\nnote: nothing")]
    draft = offered(tools(), messages)[-1]
    assert arguments(draft)["sentences"] == {"const": []}


def test_after_enough_calls_or_a_second_asking_only_the_draft_is_left() -> None:
    many = [question(), *(part for n in range(CALLS) for part in searched(n))]
    assert names(offered(tools(), many)) == [DRAFT]
    again = HumanMessage(content="refused", additional_kwargs={"reask": True})
    assert names(offered(tools(), [question(), *searched(), again])) == [DRAFT]
    assert DRAFT not in names(offered(tools(), [question(), again]))


@pytest.mark.parametrize("files", [0, 1])
@pytest.mark.parametrize("rounds", [0, 1, CALLS])
def test_every_string_and_list_of_every_schema_ends(files: int, rounds: int) -> None:
    choices = offered(
        tools(), [question(files=files), *(part for n in range(rounds) for part in searched(n))]
    )

    def walk(part: Any) -> None:
        if isinstance(part, list):
            for entry in part:
                walk(entry)
        elif isinstance(part, dict):
            assert "$ref" not in part
            if part.get("type") == "string":
                assert "maxLength" in part
            if part.get("type") == "array":
                assert "maxItems" in part
            for value in part.values():
                walk(value)

    assert choices
    walk(choices)


def test_the_menu_names_tools_arguments_and_no_medicine() -> None:
    lines = menu(tools()).splitlines()
    assert "- search_literature(question): " in lines[1]
    assert "- interpret_variant(text): " in lines[2]
    assert lines[-1].startswith("- Draft(sentences)")


def test_the_conversation_is_one_instruction_then_user_and_assistant_in_turn() -> None:
    refused = called(DRAFT, 1, "Returning structured response", sentences=[])
    again = HumanMessage(content="These sentences were refused", additional_kwargs={"reask": True})
    messages = [SystemMessage(content="You plan."), question(), *searched(), *refused, again]
    plain = flat(messages, "The tools are: none")
    assert [message.type for message in plain] == ["system", "human", "ai", "human", "ai", "human"]
    assert plain[0].content == "You plan.\n\nThe tools are: none"
    assert "Returning structured response" not in str(plain)


def test_results_side_by_side_become_one_message() -> None:
    both = AIMessage(content="", tool_calls=[*searched(0)[0].tool_calls, *searched(1)[0].tool_calls])
    plain = flat([question(), both, searched(0)[1], searched(1)[1]], "menu")
    assert [message.type for message in plain] == ["system", "human", "ai", "human"]


@pytest.mark.parametrize(
    "text",
    [
        '{"tool": "triage", "arguments": {"text": "x"}}',
        '```json\n{"tool": "triage", "arguments": {"text": "x"}}\n```',
        '<think>{"tool": 1} perhaps?</think> {"tool": "triage", "arguments": {"text": "x"}}',
    ],
)
def test_a_reply_is_read_also_in_wrapping(text: str) -> None:
    assert parsed(text, {"triage"}, 3).tool_calls == [
        {"name": "triage", "args": {"text": "x"}, "id": "call-3", "type": "tool_call"}
    ]


@pytest.mark.parametrize(
    "text", ["", "}{", "null", "{}", '{"tool": ["triage"], "arguments": {}}', '{"tool": "triage"}']
)
def test_a_reply_that_is_no_call_stays_text(text: str) -> None:
    assert not parsed(text, {"triage"}, 0).tool_calls


def test_a_drafted_sentence_names_the_ids_of_its_finding_and_is_whole() -> None:
    sentences = [
        {"evidence": "t1c1e1,t1c1e2", "text": "It helps."},
        {"evidence": "t1c1e3", "text": "x" * SENTENCE},
    ]
    reply = parsed(json.dumps({"tool": DRAFT, "arguments": {"sentences": sentences}}), {DRAFT}, 0)
    assert reply.tool_calls[0]["args"] == {
        "sentences": [{"evidence": ["t1c1e1", "t1c1e2"], "text": "It helps."}]
    }


@pytest.mark.network
def test_the_same_call_again_becomes_the_draft(bench: Any) -> None:
    asked: list[list[str]] = []

    def say(body: Any) -> Any:
        choices = body["response_format"]["json_schema"]["schema"]["anyOf"]
        asked.append(names(choices))
        if len(choices) > 1:
            return bench.message(
                content=json.dumps({"tool": "search_literature", "arguments": {"question": "q0"}})
            )
        return bench.forced(body)

    from assistant.models.connected import server

    inner = server(bench.settings(bench.serve(say).base_url).model)
    model = ForcedModel(inner=inner).bind_tools([*langchain_tools(Role.CLINICIAN), Draft])
    reply = model.invoke([question(), *searched()])
    assert [call["name"] for call in reply.tool_calls] == [DRAFT]
    assert asked[-1] == [DRAFT]


@pytest.mark.network
def test_where_rules_word_the_findings_the_model_only_says_that_it_is_done(bench: Any) -> None:
    drafts: list[Any] = []

    def say(body: Any) -> Any:
        choices = body["response_format"]["json_schema"]["schema"]["anyOf"]
        if "Draft" not in names(choices):
            return bench.forced(body)
        drafts.append(arguments(choices[-1])["sentences"])
        return bench.message(content='{"tool": "Draft", "arguments": {"sentences": []}}')

    stub = bench.serve(say)
    answer = bench.ask(bench.settings(stub.base_url, word="rules", tool_calls="forced"))
    assert [claim.text for claim in answer.claims] == [bench.paper]
    assert answer.wording == "rules"
    assert drafts == [{"const": []}]
