"""The embedded default: a deterministic chat model over the router and the composer.

It speaks LangChain's protocol exactly as a language model would (tool calls, then a ``Draft``), so that one agent loop
with one set of guards serves both. It is the test double as well, and it states nothing of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from assistant.models.composer import compose
from assistant.models.genetic_routes import Call
from assistant.models.router import route
from assistant.turn import TurnInput, numbered

GIVEN = "given"
"""Key under which the loop puts the :class:`TurnInput` on the user's message."""
DRAFT = "Draft"
RULES = "rules"
"""How the embedded model names itself in its replies."""


class RulesModel(BaseChatModel):
    """Routes until nothing is left to call, then composes. Same messages, same reply."""

    names: tuple[str, ...] = ()
    """The tools that are bound."""

    @property
    def _llm_type(self) -> str:
        return "consilium-rules"

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> RulesModel:
        """Keep the names of the tools; the router calls no other."""
        names = tuple(getattr(tool, "name", "") or tool.get("name", "") for tool in tools)
        return self.model_copy(update={"names": names})

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **_: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=reply(messages, self.names))])


def reply(messages: Sequence[BaseMessage], names: Sequence[str]) -> AIMessage:
    """The next message: tool calls while the router wants some, else the draft."""
    given = TurnInput.model_validate(_question(messages).additional_kwargs[GIVEN])
    made = [call for message in messages if isinstance(message, AIMessage) for call in message.tool_calls]
    answered = [
        message.artifact for message in messages if isinstance(message, ToolMessage) and message.artifact
    ]
    results = [(entry["place"], entry["result"]) for entry in answered if "result" in entry]
    calls = route(
        given, [result for _, result in results], [_as_call(call) for call in made if call["name"] != DRAFT]
    )
    allowed = [call for call in calls if call.tool in names]
    if allowed:
        return _message(allowed, len(made))
    entries = [entry for place, result in results for entry in numbered(given.turn, place, result)]
    return _message([Call(tool=DRAFT, inputs=compose(entries).model_dump())], len(made))


def _message(calls: Sequence[Call], made: int) -> AIMessage:
    tool_calls = [
        {"name": call.tool, "args": call.inputs, "id": f"call-{made + n}", "type": "tool_call"}
        for n, call in enumerate(calls)
    ]
    return AIMessage(content="", tool_calls=tool_calls, response_metadata={"model_name": RULES})


def _question(messages: Sequence[BaseMessage]) -> HumanMessage:
    """The user's own last message; the loop's re-asks carry no :data:`GIVEN`."""
    asked = [
        message
        for message in messages
        if isinstance(message, HumanMessage) and GIVEN in message.additional_kwargs
    ]
    return asked[-1]


def _as_call(call: Any) -> Call:
    return Call(tool=call["name"], inputs=call["args"])
