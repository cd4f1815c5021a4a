"""Language models by setting: an OpenAI-compatible server, or a GGUF file run on this machine.

Whatever goes wrong here (no server, a slow one, a missing file, a question longer than the model reads) is raised with
one line of words; the loop then lets the rules answer, and the answer's notes carry that line.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Sequence
from functools import cache
from pathlib import PurePath
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool
from pydantic import ConfigDict, Field

from assistant.models.forced import ForcedModel
from assistant.models.local import LocalServer, ModelMissing
from assistant.models.prompt import ContextFull, fitted, tokens
from assistant.models.rules import DRAFT
from assistant.settings import Model
from assistant.turn import Turn

log = logging.getLogger(__name__)

SEED = 7
REPLY = 1024
"""Most tokens of one reply; with a small context a quarter of it."""
CANARY_SECONDS = 20.0
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
FALLBACK = "rules did that step"
"""Of each failed call, planning or wording; who worded the answer in the end stands in ``Answer.wording``."""
BROKEN = (ValueError, TypeError, LookupError, AttributeError)
"""What the client raises on a reply that is no chat completion."""


class NoReply(RuntimeError):
    """The model gave no reply; the message says why, in words for the answer."""


@cache
def connected(settings: Model) -> Connected:
    """The chat model of the settings, at temperature 0; one for all pages, so that it loads once.

    Nothing is contacted or loaded before its first call.
    """
    return Connected(settings=settings)


def reply_tokens(settings: Model) -> int:
    """How many tokens a reply may have."""
    return min(REPLY, settings.context_tokens // 4)


def title(settings: Model) -> str:
    """The model's name for a reader: of a file its last part, without the folder."""
    return PurePath(settings.name).stem if settings.name.endswith(".gguf") else settings.name


def server(settings: Model, base_url: str = "", api_key: str = "") -> BaseChatModel:
    """A client of an OpenAI-compatible server. It asks once: a turn has no time for a second try."""
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    return ChatOpenAI(
        model=settings.name,
        base_url=base_url or settings.base_url,
        api_key=SecretStr(api_key) if api_key else (settings.api_key or SecretStr("none")),
        timeout=settings.timeout_s,
        max_retries=0,
        temperature=0,
        seed=SEED,
        max_tokens=reply_tokens(settings),
        use_responses_api=False,
    )


@tool
def add(a: int, b: int) -> int:
    """Add two whole numbers."""
    return a + b


def calls_tools(model: BaseChatModel, seconds: float = CANARY_SECONDS) -> bool:
    """The canary: does the model answer a request for a tool call with a parsed one?

    A refusal, an error of the server, nonsense or silence for ``seconds`` is a no.

    Raises:
        openai.OpenAIError: there is no server, or it refuses the key: nothing is known about the model then.
    """
    from openai import (
        APIStatusError,
        APITimeoutError,
        AuthenticationError,
        NotFoundError,
        PermissionDeniedError,
    )

    asked = model.bind_tools([add], tool_choice="any")
    try:
        reply = asked.invoke("Use the tool add to add 2 and 3.", timeout=seconds, max_tokens=64)
    except (AuthenticationError, PermissionDeniedError, NotFoundError):
        raise
    except (APITimeoutError, APIStatusError, NotImplementedError, *BROKEN):
        return False
    return any(call["name"] == "add" for call in getattr(reply, "tool_calls", ()))


class Loaded:
    """What is there once the model is: shared by all copies, so that it loads once."""

    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.model: BaseChatModel | None = None
        self.here: LocalServer | None = None


class Connected(BaseChatModel):
    """Loads the model and finds out how it calls tools at the first question; keeps to its context and the time."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    settings: Model
    bound: tuple[Any, ...] = ()
    loaded: Loaded = Field(default_factory=Loaded)

    @property
    def _llm_type(self) -> str:
        return "consilium-connected"

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> Connected:
        """Keep the tools until the model is there. The copy shares the loaded model."""
        return self.model_copy(update={"bound": tuple(tools)})

    def model(self) -> BaseChatModel:
        """The loaded model in the form in which it calls tools; two sessions at once wait for one loading."""
        with self.loaded.guard:
            if self.loaded.here is not None and not self.loaded.here.alive:
                self.loaded.here.close()
                self.loaded.here = self.loaded.model = None
            if self.loaded.model is None:
                self.loaded.model = self._load()
            return self.loaded.model

    def close(self) -> None:
        """Stop the model that runs on this machine, if one does; the next question would load it again."""
        with self.loaded.guard:
            here, self.loaded.here, self.loaded.model = self.loaded.here, None, None
        if here is not None:
            here.close()

    def _load(self) -> BaseChatModel:
        settings = self.settings
        if settings.provider == "local":
            self.loaded.here = here = LocalServer(settings)
            plain = server(settings, here.base_url, here.api_key)
            native = settings.tool_calls == "native"
        else:
            plain = server(settings)
            native = settings.tool_calls == "native" or (
                settings.tool_calls == "auto" and calls_tools(plain, min(CANARY_SECONDS, settings.timeout_s))
            )
        return plain if native else ForcedModel(inner=plain, words=settings.word == "model")

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **_: Any,
    ) -> ChatResult:
        try:
            reply = self._reply(messages)
        except NoReply as silent:
            _tell(f"{silent}; {FALLBACK}.")
            raise
        return ChatResult(generations=[ChatGeneration(message=_whole(reply, messages, title(self.settings)))])

    def _reply(self, messages: list[BaseMessage]) -> BaseMessage:
        from openai import OpenAIError

        name = title(self.settings)
        try:
            model = self.model()
            bound = model.bind_tools(self.bound, tool_choice="any")
            space = self.settings.context_tokens - reply_tokens(self.settings) - self._menu_tokens(model)
            return bound.invoke(fitted(messages, space), timeout=self._seconds())
        except ModelMissing as missing:
            raise NoReply(str(missing)) from missing
        except ContextFull as full:
            raise NoReply(f"The model {name} reads {self.settings.context_tokens} tokens: {full}") from full
        except (OpenAIError, *BROKEN) as failed:
            # the cause goes to the log
            log.warning("the model %s gave no reply: %r", name, failed)
            raise NoReply(f"The model {name} {_why(failed)}") from failed

    def _menu_tokens(self, model: BaseChatModel) -> int:
        if isinstance(model, ForcedModel):
            return tokens(model.bind_tools(self.bound).menu())
        from langchain_core.utils.function_calling import convert_to_openai_tool

        return sum(tokens(str(convert_to_openai_tool(entry))) for entry in self.bound)

    def _seconds(self) -> float:
        """How long to wait: the setting, but never beyond the turn's own end."""
        turn = _turn()
        left = turn.deadline - time.monotonic() if turn else self.settings.timeout_s
        return max(1.0, min(self.settings.timeout_s, left))


def tried(settings: Model) -> str:
    """One trial call of the connected model, in a line: how it calls tools, and how long it took.

    Raises:
        NoReply: there is no model, or it does not answer; the message says why.
    """
    model, started = connected(settings), time.perf_counter()
    reply = model.bind_tools([add]).invoke("Use the tool add to add 2 and 3.")
    seconds = time.perf_counter() - started
    if not any(call["name"] == "add" for call in reply.tool_calls):
        raise NoReply(
            f'The model {title(settings)} answers, but calls no tool; try [model] tool_calls = "forced"'
        )
    way = "forced by a schema" if isinstance(model.model(), ForcedModel) else "its own"
    return f"{title(settings)} answers; tool calls: {way}; {seconds:.1f} s with loading and the trial call"


def _whole(reply: BaseMessage, messages: Sequence[BaseMessage], name: str) -> AIMessage:
    """The reply with our own call ids (servers repeat or omit theirs) and without calls that could not be parsed."""
    place = sum(len(message.tool_calls) for message in messages if isinstance(message, AIMessage))
    calls = [
        {**call, "id": f"call-{place + n}", "args": _single(call["name"], call["args"])}
        for n, call in enumerate(getattr(reply, "tool_calls", ()) or ())
    ]
    return AIMessage(
        content=reply.content if isinstance(reply.content, str) else reply.text,
        tool_calls=calls,
        response_metadata={**reply.response_metadata, "model_name": name},
        usage_metadata=getattr(reply, "usage_metadata", None),
    )


def _single(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """A draft with one sentence an entry, each said once; other calls unchanged.

    Small models put several findings into one text, which verify could only keep or refuse as a whole, and repeat
    themselves.
    """
    drafted = arguments.get("sentences")
    if name != DRAFT or not isinstance(drafted, list):
        return arguments
    kept: dict[str, Any] = {}
    for entry in drafted:
        if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
            return arguments
        for text in _SENTENCE.split(entry["text"].strip()):
            kept.setdefault(re.sub(r"\W+", " ", text).strip().lower(), {**entry, "text": text})
    return {**arguments, "sentences": list(kept.values())}


def _why(failed: Exception) -> str:
    """In words for a reader; what the server wrote stays in the log."""
    from openai import APIConnectionError, APIStatusError, APITimeoutError

    match failed:
        case APITimeoutError():
            return "did not answer in time"
        case APIConnectionError():
            return "could not be reached"
        case APIStatusError(status_code=401 | 403):
            return "refused the key (CONSILIUM_MODEL__API_KEY)"
        case APIStatusError(status_code=404):
            return "is not known to the server"
        case APIStatusError():
            return f"answered with error {failed.status_code}"
    return "gave a reply that cannot be read"


def _turn() -> Turn | None:
    """The turn in whose loop the model is being called; None outside a loop."""
    from langgraph.runtime import get_runtime

    try:
        runtime = get_runtime(Turn)
    except RuntimeError:
        return None
    context = getattr(runtime, "context", None)
    return context if isinstance(context, Turn) else None


def _tell(note: str) -> None:
    """Put the note on the answer of this turn, once."""
    turn = _turn()
    if turn is not None and note not in turn.notes:
        turn.notes.append(note)
