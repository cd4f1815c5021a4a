"""Who plans and who words: rules, a language model, or one of each, by a setting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from langchain.agents.middleware import AgentMiddleware
from langchain.agents.middleware.types import AgentState, ModelRequest, ModelResponse
from langchain_core.messages import AIMessage

from assistant.models.rules import DRAFT, RulesModel
from assistant.turn import Turn

LATE = "The time for this answer was used up; rules did the rest."


class Share(AgentMiddleware[AgentState[Any], Turn]):
    """Gives planning or wording to the rules where the settings say so, and everything once the time is used up."""

    def __init__(self, rules: RulesModel, plan: str, word: str) -> None:
        super().__init__()
        self.rules, self.plan, self.word = rules, plan, word

    def wrap_model_call(
        self, request: ModelRequest[Turn], handler: Callable[[ModelRequest[Turn]], ModelResponse[Any]]
    ) -> ModelResponse[Any]:
        by_rules = request.override(model=self.rules)
        turn = request.runtime.context
        if turn.late:
            if LATE not in turn.notes:
                turn.notes.append(LATE)
            return handler(by_rules)
        if self.plan == "rules":
            planned = handler(by_rules)
            return planned if _calls_tools(planned) else handler(request)
        response = handler(request)
        if self.word == "rules" and not _calls_tools(response):
            return handler(by_rules)
        return response


def _calls_tools(response: ModelResponse[Any]) -> bool:
    return any(
        call["name"] != DRAFT
        for message in response.result
        if isinstance(message, AIMessage)
        for call in message.tool_calls
    )
