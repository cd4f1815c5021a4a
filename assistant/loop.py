"""The agent loop: LangChain's ``create_agent`` with our guards around it, one for every model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import (
    ModelCallLimitMiddleware,
    ModelFallbackMiddleware,
    ToolCallLimitMiddleware,
)
from langchain.agents.structured_output import ToolStrategy
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage

from assistant.events import Event
from assistant.langchain_tools import langchain_tools
from assistant.middleware.act import Act
from assistant.middleware.gate import GateMiddleware
from assistant.middleware.offer import Offer
from assistant.middleware.record import Record
from assistant.middleware.share import Share
from assistant.middleware.verify import Verify
from assistant.models.prompt import SYSTEM, question_text
from assistant.models.rules import GIVEN, RulesModel
from assistant.readers import listener
from assistant.settings import Settings
from assistant.turn import Draft, Turn
from assistant.verify.quotes import Held


def build(model: BaseChatModel, settings: Settings, role: str, held: Callable[[], Held]) -> Any:
    """The compiled agent for a role. It holds no state: each turn brings its own :class:`Turn`."""
    guards: list[Any] = [Record(held), GateMiddleware(listener(settings)), Verify(held), Act()]
    if not isinstance(
        model, RulesModel
    ):  # the rules' own calls are bounded, and each guard costs a step of the graph
        rules = RulesModel()
        guards[3:3] = [
            ModelCallLimitMiddleware(run_limit=settings.limits.model_calls, exit_behavior="end"),
            ToolCallLimitMiddleware(run_limit=settings.limits.tool_calls, exit_behavior="continue"),
        ]
        guards += [
            Offer(),
            Share(rules, settings.model.plan, settings.model.word),
            ModelFallbackMiddleware(rules),
        ]
    return create_agent(
        model,
        langchain_tools(role, settings.tools.disabled),
        system_prompt=SYSTEM,
        middleware=guards,
        response_format=ToolStrategy(Draft),
        context_schema=Turn,
    )


def run(agent: Any, turn: Turn) -> Iterator[Event]:
    """Run one turn. Yields the events as they happen; the answer is in ``turn.answer`` afterwards.

    The graph runs in a thread of its own and tells its events through a queue: LangGraph's own streaming costs a
    hand-over between threads at every step, which is more than all our guards together.
    """
    events: SimpleQueue[Event | None] = SimpleQueue()
    turn.tell = events.put
    message = HumanMessage(
        content=question_text(turn.given),
        additional_kwargs={GIVEN: turn.given.model_dump(mode="json")},
    )

    def work() -> None:
        try:
            agent.invoke({"messages": [message]}, context=turn, config={"recursion_limit": 60})
        finally:
            events.put(None)

    with ThreadPoolExecutor(1, thread_name_prefix="turn") as thread:
        done = thread.submit(work)
        while (event := events.get()) is not None:
            yield event
        done.result()
