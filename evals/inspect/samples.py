"""Cases as inspect's samples and traces as its messages, and back; nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from evals.cases.case import Case
from evals.run.trace import Trace

if TYPE_CHECKING:
    from inspect_ai.dataset import Sample
    from inspect_ai.model import ChatMessage

CASE, TRACE, CLUSTER = "case", "trace", "base_id"
"""Keys of a sample's metadata and of its state."""


def samples(cases: Iterable[Case]) -> Iterator[Sample]:
    """One sample a case. The whole case lies in the metadata, where only the solver and the scorer of ours look."""
    from inspect_ai.dataset import Sample

    for case in cases:
        yield Sample(
            id=case.id,
            input=case.presented.turns[0].text or "(a file)",
            target=case.gold.level or "",
            metadata={CASE: case.model_dump(mode="json"), CLUSTER: case.base_id},
        )


def case_of(metadata: dict[str, Any]) -> Case:
    """The case that a sample was made of.

    Raises:
        ValueError: the sample is none of ours.
    """
    if CASE not in metadata:
        raise ValueError(
            "this sample holds no case of ours: use consilium's tasks, or a model consilium/rules"
        )
    return Case.model_validate(metadata[CASE])


def messages(trace: Trace) -> list[ChatMessage]:
    """What was said and shown, turn by turn; tool calls as inspect shows them."""
    from inspect_ai.model import ChatMessageAssistant, ChatMessageTool, ChatMessageUser
    from inspect_ai.tool import ToolCall

    told: list[ChatMessage] = []
    for place, (said, shown) in enumerate(zip(trace.said, trace.shown, strict=False)):
        told.append(ChatMessageUser(content=said or "(an answer was chosen)"))
        calls = [
            ToolCall(id=f"t{place}c{n}", function=one.tool, arguments=dict(one.arguments))
            for n, one in enumerate(shown.calls)
        ]
        if calls:
            told.append(ChatMessageAssistant(content="", tool_calls=calls))
            told += [
                ChatMessageTool(content=f"{one.outcome or 'failed'} {one.note}".strip(), tool_call_id=call.id)
                for call, one in zip(calls, shown.calls, strict=True)
            ]
        told.append(ChatMessageAssistant(content=shown.text))
    return told
