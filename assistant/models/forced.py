"""Tool calls from models that have none of their own: each reply is forced into the schema of one call.

Small local models and some servers accept ``tools`` and give no parsed call back, without an error. So the reply is
constrained to ``{"tool": name, "arguments": {...}}`` by a JSON schema, and turned into LangChain's tool calls here.
Only what is possible now is in the schema: files that are attached, evidence that was found, and a draft once there is
something to draft from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.utils.function_calling import convert_to_openai_tool

from assistant.models.rules import DRAFT, GIVEN

TEXT = 400
"""Longest string in a reply: without a limit small models wander in white space until the tokens end."""
SENTENCE = 500
"""As long as a finding with its figures; a shorter limit cuts them off in the middle."""
SENTENCES = 6
ITEMS = 12
CALLS = 4
"""After so many tool calls of a turn only the draft is left."""
FILES = ("image", "attachment")
"""Arguments that name a file of the session."""
_IDS = re.compile(r"<finding evidence=([^ >]+)")
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)


class ForcedModel(BaseChatModel):
    """Wraps a chat model that can hold to a JSON schema; speaks LangChain's tool calls."""

    inner: BaseChatModel
    words: bool = True
    """False where rules word the findings: the model then only says that it has called enough."""
    tools: tuple[dict[str, Any], ...] = ()

    @property
    def _llm_type(self) -> str:
        return "consilium-forced"

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> ForcedModel:
        """Keep the tools' schemas, in the order given: order changes what small models choose."""
        schemas = tuple(convert_to_openai_tool(tool)["function"] for tool in tools)
        return self.model_copy(update={"tools": schemas})

    def menu(self) -> str:
        """The tools in words, for the instruction."""
        return menu(self.tools)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **more: Any,
    ) -> ChatResult:
        ids = evidence(messages) if self.words else ()
        message = self._asked(messages, offered(self.tools, messages, ids), more)
        if _repeats(message, messages):
            message = self._asked(messages, [_draft(ids)], more)
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _asked(
        self, messages: Sequence[BaseMessage], choices: Sequence[dict[str, Any]], more: dict[str, Any]
    ) -> AIMessage:
        schema = {"name": "call", "schema": {"anyOf": list(choices)}, "strict": True}
        bound = self.inner.bind(response_format={"type": "json_schema", "json_schema": schema}, **more)
        reply = bound.invoke(flat(messages, self.menu()))
        text = reply.content if isinstance(reply.content, str) else reply.text
        place = sum(len(message.tool_calls) for message in messages if isinstance(message, AIMessage))
        message = parsed(text, {tool["name"] for tool in self.tools}, place)
        message.response_metadata = dict(reply.response_metadata)
        message.usage_metadata = getattr(reply, "usage_metadata", None)
        return message


def offered(
    tools: Sequence[dict[str, Any]], messages: Sequence[BaseMessage], ids: Sequence[str]
) -> list[dict[str, Any]]:
    """The schemas of the calls that make sense now, with the evidence ``ids`` that a draft may name; never empty.

    No draft before there is something to draft from; nothing but the draft once it was asked for, or after
    :data:`CALLS` tool calls; no tool for a file where no file came with the question.
    """
    made = [call for call in _calls(messages) if call["name"] != DRAFT]
    results = _results(messages)
    if results and (_asked_again(messages) or len(made) >= CALLS):
        return [_draft(ids)]
    files = _given(messages, "attachments")
    choices = [
        _one(tool["name"], arguments)
        for tool in tools
        if tool["name"] != DRAFT
        for arguments in _arguments(tool["parameters"], [file["id"] for file in files])
    ]
    return [*choices, _draft(ids)] if results or ids or not choices else choices


def evidence(messages: Sequence[BaseMessage]) -> tuple[str, ...]:
    """The evidence that a draft may name: of this turn's findings, then of the earlier turns that were told.

    The ids of one finding stay joined by commas, as the model reads them: one finding carries a sentence.
    """
    here = (ids for message in _results(messages) for ids in _IDS.findall(str(message.content)))
    before = (name for earlier in _given(messages, "earlier") for name, _ in earlier.get("findings", ()))
    return tuple(dict.fromkeys([*here, *before]))


def _given(messages: Sequence[BaseMessage], key: str) -> list[Any]:
    for message in messages:
        if GIVEN in message.additional_kwargs:
            return list(message.additional_kwargs[GIVEN].get(key, ()))
    return []


def _results(messages: Sequence[BaseMessage]) -> list[ToolMessage]:
    return [message for message in messages if isinstance(message, ToolMessage) and message.name != DRAFT]


def _calls(messages: Iterable[BaseMessage]) -> list[Any]:
    return [call for message in messages if isinstance(message, AIMessage) for call in message.tool_calls]


def _asked_again(messages: Sequence[BaseMessage]) -> bool:
    return any(message.additional_kwargs.get("reask") for message in messages)


def _repeats(reply: AIMessage, messages: Sequence[BaseMessage]) -> bool:
    """A tool call that was already made in this turn: it would bring the same again."""
    made = [(call["name"], call["args"]) for call in _calls(messages)]
    return any(call["name"] != DRAFT and (call["name"], call["args"]) in made for call in reply.tool_calls)


def _one(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"tool": {"const": name}, "arguments": arguments},
        "required": ["tool", "arguments"],
        "additionalProperties": False,
    }


def _draft(ids: Sequence[str]) -> dict[str, Any]:
    """A draft that can name only known evidence; the ids come first, so that a sentence is worded to its evidence."""
    sentence = {
        "type": "object",
        "properties": {
            "evidence": {"enum": list(ids)},
            "text": {"type": "string", "minLength": 1, "maxLength": SENTENCE},
        },
        "required": ["evidence", "text"],
        "additionalProperties": False,
    }
    sentences = {"type": "array", "items": sentence, "minItems": 1, "maxItems": SENTENCES}
    return _one(
        DRAFT,
        {
            "type": "object",
            "properties": {"sentences": sentences if ids else {"const": []}},
            "required": ["sentences"],
            "additionalProperties": False,
        },
    )


def _arguments(schema: dict[str, Any], files: Sequence[str]) -> list[dict[str, Any]]:
    """The ways to call a tool: with what it requires, or with one text where it requires nothing.

    Options (years, counts, kinds) stay at their defaults: a small model fills them with noise.
    """
    walked = _bounded(_inlined(schema))
    properties = walked.get("properties", {})
    ways = (
        [walked["required"]]
        if walked.get("required")
        else [[key] for key in properties if _is_text(properties[key])]
    )
    ways = [way for way in ways if files or not set(way) & set(FILES)]
    return [
        {
            "type": "object",
            "properties": {
                key: {"enum": list(files)} if key in FILES else _plain(properties[key]) for key in way
            },
            "required": list(way),
            "additionalProperties": False,
        }
        for way in ways
    ]


def _is_text(part: dict[str, Any]) -> bool:
    return _plain(part).get("type") == "string" and "enum" not in _plain(part)


def _plain(part: dict[str, Any]) -> dict[str, Any]:
    """The first alternative that is not null, or the part itself."""
    kinds: list[dict[str, Any]] = [kind for kind in part.get("anyOf", ()) if kind.get("type") != "null"]
    return kinds[0] if kinds else part


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without ``$ref``: grammars of small servers do not follow them."""
    definitions = schema.get("$defs", {})

    def walk(part: Any) -> Any:
        if isinstance(part, dict):
            if "$ref" in part:
                return walk(definitions[part["$ref"].rpartition("/")[2]])
            return {
                key: walk(value) for key, value in part.items() if key not in ("$defs", "title", "default")
            }
        return [walk(entry) for entry in part] if isinstance(part, list) else part

    walked: dict[str, Any] = walk(schema)
    return walked


def _bounded(part: Any) -> Any:
    """The schema with a limit on each string and list, so that a reply always ends."""
    if isinstance(part, list):
        return [_bounded(entry) for entry in part]
    if not isinstance(part, dict):
        return part
    bounded = {key: _bounded(value) for key, value in part.items()}
    if part.get("type") == "string" and "enum" not in part and "const" not in part:
        bounded["maxLength"] = min(TEXT, part.get("maxLength", TEXT))
    if part.get("type") == "array":
        bounded["maxItems"] = min(ITEMS, part.get("maxItems", ITEMS))
    return bounded


def menu(tools: Sequence[dict[str, Any]]) -> str:
    """The tools in words: name, arguments and the first line of what each does."""
    lines = [
        f"- {tool['name']}({_named(tool['parameters'])}): {tool['description'].splitlines()[0]}"
        for tool in tools
        if tool["name"] != DRAFT
    ]
    return "\n".join(
        [
            'Reply with one JSON object {"tool": name, "arguments": {...}} and nothing else. The tools are:',
            *lines,
            f"- {DRAFT}(sentences): the answer, once the tools have answered.",
        ]
    )


def _named(schema: dict[str, Any]) -> str:
    required, properties = schema.get("required", ()), schema.get("properties", {})
    return ", ".join(required) or " | ".join(key for key in properties if _is_text(properties[key]))


def flat(messages: Sequence[BaseMessage], instruction: str) -> list[BaseMessage]:
    """The conversation without tool messages, which such servers refuse: calls and results become plain text.

    One system message, then user and assistant in turn: some chat templates refuse anything else.
    """
    system = [str(message.content) for message in messages if isinstance(message, SystemMessage)]
    plain: list[BaseMessage] = [SystemMessage(content="\n\n".join([*system, instruction]))]
    for message in messages:
        text = _as_text(message)
        if not text:
            continue
        kind = AIMessage if isinstance(message, AIMessage) else HumanMessage
        if isinstance(plain[-1], kind):
            plain[-1] = kind(content=f"{plain[-1].content}\n\n{text}")
        else:
            plain.append(kind(content=text))
    return plain


def _as_text(message: BaseMessage) -> str:
    if isinstance(message, SystemMessage):
        return ""
    if isinstance(message, ToolMessage):
        return "" if message.name == DRAFT else f"Result of {message.name}:\n{message.content}"
    if isinstance(message, AIMessage) and message.tool_calls:
        said = [{"tool": call["name"], "arguments": call["args"]} for call in message.tool_calls]
        return "\n".join(json.dumps(call, ensure_ascii=False) for call in said)
    return str(message.content)


def parsed(text: str, names: set[str], place: int) -> AIMessage:
    """The reply as a tool call; plain text if it is none, which the loop then treats as unsupported."""
    text = _THOUGHT.sub("", text).strip()
    try:
        reply = json.loads(text[text.find("{") : text.rfind("}") + 1])
    except json.JSONDecodeError:
        return AIMessage(content=text)
    tool, arguments = (reply.get("tool"), reply.get("arguments")) if isinstance(reply, dict) else (None, None)
    if not isinstance(tool, str) or tool not in names or not isinstance(arguments, dict):
        return AIMessage(content=text)
    call = {"name": tool, "args": _listed(arguments), "id": f"call-{place}", "type": "tool_call"}
    return AIMessage(content="", tool_calls=[call])


def _listed(arguments: dict[str, Any]) -> dict[str, Any]:
    """The ids of each drafted sentence as a list again, and no sentence that the limit has cut off."""
    sentences = arguments.get("sentences")
    if not isinstance(sentences, list) or not all(isinstance(entry, dict) for entry in sentences):
        return arguments
    kept = [entry for entry in sentences if not _cut_off(str(entry.get("text", "")))]
    listed = [
        {**entry, "evidence": entry["evidence"].split(",")}
        if isinstance(entry.get("evidence"), str)
        else entry
        for entry in kept
    ]
    return {**arguments, "sentences": listed}


def _cut_off(text: str) -> bool:
    return len(text) >= SENTENCE and text.rstrip()[-1:] not in tuple(".!?)")
