"""Tool calls: through the registry, with the session's context, and the one boundary that catches a tool's bug."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, cast

from langchain.agents.middleware import AgentMiddleware
from langchain.agents.middleware.types import AgentState, ToolCallRequest
from langchain_core.messages import AIMessage, ToolMessage
from langgraph.types import Command

from assistant.answer import CallRecord
from assistant.events import CallEnded, CallStarted
from assistant.models.prompt import result_text
from assistant.models.rules import DRAFT
from assistant.turn import Turn, numbered
from assistant.verify.quotes import plain
from retrieval.evidence import ToolResult, bad_input
from tools import registry
from tools.treatment.load import knowledge

log = logging.getLogger(__name__)


class Act(AgentMiddleware[AgentState[Any], Turn]):
    """Replaces LangChain's tool execution by the registry's."""

    def wrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], ToolMessage | Command[Any]]
    ) -> ToolMessage | Command[Any]:
        turn = cast(Turn, request.runtime.context)
        call, place = request.tool_call, _place(request)
        write = turn.tell
        write(CallStarted(id=f"t{turn.given.turn}c{place}", tool=call["name"]))
        started = time.perf_counter()
        try:
            result = _guarded(turn, call["name"], call["args"])
        except Exception:
            # The one boundary of the house: a bug in one tool must not take the other findings with it.
            if turn.reraise:
                raise
            return _failed(turn, call, place, write, time.perf_counter() - started)
        return _answered(turn, call, place, write, result)


def _place(request: ToolCallRequest) -> int:
    """The call's place in the turn, from 1, by the order in which the model asked, whoever ends first."""
    asked = [
        [call["id"] for call in message.tool_calls if call["name"] != DRAFT]
        for message in request.state["messages"]
        if isinstance(message, AIMessage) and message.tool_calls
    ]
    return sum(map(len, asked[:-1])) + asked[-1].index(request.tool_call["id"]) + 1


def _guarded(turn: Turn, name: str, inputs: Mapping[str, Any]) -> ToolResult:
    if turn.late:
        raise TimeoutError("the turn's time is used up")
    if injected := _injected(turn, inputs):
        return bad_input(
            f"The argument “{injected[:60]}” stands only in a source's text, not in the question: refused.",
            tool=name,
        )
    return registry.call(name, inputs, turn.context)


def _injected(turn: Turn, inputs: Mapping[str, Any]) -> str | None:
    """A text argument that comes from a quote and not from the user or a typed field of a finding."""
    own = plain(" ".join([turn.given.question, *(before.question for before in turn.given.earlier)])).lower()
    quotes = [plain(entry.evidence.quote).lower() for entry in turn.cited().values()]
    names = {name.lower() for entry in turn.cited().values() for name in entry.finding.names}
    for value in inputs.values():
        if not isinstance(value, str) or len(value) < 12 or value.lower() in names:
            continue
        if value in knowledge().indications:  # an id of our own closed list is nobody's text
            continue
        words = plain(value).lower()
        if words not in own and any(words in quote for quote in quotes):
            return value
    return None


def _answered(turn: Turn, call: Any, place: int, write: Any, result: ToolResult) -> ToolMessage:
    turn.results[place] = result
    for index, picture in enumerate(result.pictures):
        turn.pictures[f"t{turn.given.turn}c{place}p{index}"] = picture
    turn.calls[place] = CallRecord(
        id=f"t{turn.given.turn}c{place}",
        tool=call["name"],
        outcome=result.outcome,
        note=result.note,
        sources=_sources(result),
    )
    write(
        CallEnded(
            id=f"t{turn.given.turn}c{place}", tool=call["name"], outcome=result.outcome, seconds=result.seconds,
            note=result.note,
        )
    )  # fmt: skip
    ids = _ids(turn, place, result)
    artifact = {"place": place, "result": result}  # the object itself: no checkpoint ever stores it
    return ToolMessage(
        content=result_text(result, ids), tool_call_id=call["id"], name=call["name"], artifact=artifact
    )


def _ids(turn: Turn, place: int, result: ToolResult) -> tuple[tuple[str, ...], ...]:
    entries = numbered(turn.given.turn, place, result)
    return tuple(
        tuple(entry.id for entry in entries if entry.finding is finding) for finding in result.findings
    )


def _sources(result: ToolResult) -> tuple[str, ...]:
    named = [f"{source.title} ({source.version})" for source in result.searched]
    return tuple(named or (f"{name} {version}" for name, version in sorted(result.versions.items())))


def _failed(turn: Turn, call: Any, place: int, write: Any, seconds: float) -> ToolMessage:
    trace = secrets.token_hex(4)
    log.exception("tool %s failed, trace %s", call["name"], trace)
    name = f"t{turn.given.turn}c{place}"
    note = "failed; its part is missing"
    turn.calls[place] = CallRecord(id=name, tool=call["name"], outcome=None, failed=True, note=note)
    write(CallEnded(id=name, tool=call["name"], outcome=None, seconds=seconds, note=note, trace=trace))
    return ToolMessage(
        content=f"{call['name']} failed; do not use it again in this turn.",
        tool_call_id=call["id"], name=call["name"], status="error", artifact={"place": place, "failed": True},
    )  # fmt: skip
