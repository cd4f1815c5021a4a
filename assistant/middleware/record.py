"""The last step of every turn, also of one that the gate ended: the answer is put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from langchain.agents.middleware import AgentMiddleware
from langchain.agents.middleware.types import AgentState
from langgraph.runtime import Runtime

from assistant.compile import answer
from assistant.turn import Turn
from assistant.verify.quotes import Held


class Record(AgentMiddleware[AgentState[Any], Turn]):
    """First in the list, so that its ``after_agent`` runs last."""

    def __init__(self, held: Callable[[], Held]) -> None:
        super().__init__()
        self.held = held

    def after_agent(self, state: AgentState[Any], runtime: Runtime[Turn]) -> dict[str, Any] | None:
        runtime.context.answer = answer(runtime.context, self.held())
        return None
