"""A scripted chat model, two held papers, and a turn around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from assistant.answer import Role
from assistant.turn import Cited, Turn, TurnInput
from assistant.verify.quotes import Held, plain
from retrieval.evidence import Depth, Evidence, Finding, Kind, Source, ToolResult, found
from tools.registry import Context

PAPERS = {
    "card:apixaban": "Apixaban reduced stroke or systemic embolism by 21% against warfarin.\n"
    "Effect: hazard ratio 0.79 (95% CI 0.66 to 0.95)",
    "card:metformin": "Metformin did not reduce mortality in this trial of 1,234 adults.\nEffect: 5 mg versus 10 mg",
}


class Papers:
    """Holds two texts."""

    def text(self, source_id: str) -> str | None:
        return PAPERS.get(source_id)

    def holding(self, quote: str) -> tuple[str, ...]:
        return tuple(name for name, text in PAPERS.items() if plain(quote) in plain(text))


def finding(source_id: str, statement: str | None = None, quote: str | None = None, **more: Any) -> Finding:
    """A finding on one of the papers; by default its first line, quoted."""
    text = quote or PAPERS[source_id].splitlines()[0]
    source = Source(
        id=source_id, title=source_id, version="1", licence="made here", depth=Depth.ABSTRACT, pmid="1"
    )
    evidence = Evidence(source=source, quote=text)
    return Finding(statement=statement or text, evidence=(evidence,), kind=Kind.LITERATURE, **more)


def result(*findings: Finding, tool: str = "search_literature", **more: Any) -> ToolResult:
    """A found result as the registry would stamp it."""
    return found(*findings, **more).model_copy(update={"tool": tool, "inputs": {"question": "q"}})


@pytest.fixture
def held() -> Held:
    return Held((Papers(),))


@pytest.fixture
def cited() -> dict[str, Cited]:
    """The first line of each paper as evidence t1c0e1 (apixaban) and t1c0e2 (metformin)."""
    both = [finding(name) for name in PAPERS]
    return {
        f"t1c0e{n}": Cited(id=f"t1c0e{n}", evidence=one.evidence[0], finding=one, tool="search_literature")
        for n, one in enumerate(both, 1)
    }


Step = Callable[[Sequence[BaseMessage]], AIMessage]


class ScriptedModel(BaseChatModel):
    """Says what it is told, step by step; the last step is repeated. Stands in for any chat model."""

    steps: list[Any]
    said: list[Any] = []

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> BaseChatModel:
        return self

    def _generate(
        self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **_: Any
    ) -> ChatResult:
        step = self.steps[min(len(self.said), len(self.steps) - 1)]
        self.said.append(messages)
        if isinstance(step, Exception):
            raise step
        return ChatResult(generations=[ChatGeneration(message=step)])


def calls(*named: tuple[str, dict[str, Any]]) -> AIMessage:
    """A message that calls tools."""
    return AIMessage(
        content="",
        tool_calls=[
            {"name": name, "args": args, "id": f"{name}-{n}", "type": "tool_call"}
            for n, (name, args) in enumerate(named)
        ],
    )


def draft(*sentences: tuple[str, list[str]]) -> tuple[str, dict[str, Any]]:
    """A call of Draft."""
    return ("Draft", {"sentences": [{"text": text, "evidence": ids} for text, ids in sentences]})


def turn(question: str = "Does apixaban reduce stroke?", role: Role = Role.CLINICIAN) -> Turn:
    return Turn(
        given=TurnInput(turn=1, role=role, question=question),
        context=Context(role=role),
        answer_id="a1",
        session="s1",
    )


class Doubles:
    """The builders above, as one fixture."""

    finding = staticmethod(finding)
    result = staticmethod(result)
    calls = staticmethod(calls)
    draft = staticmethod(draft)
    turn = staticmethod(turn)

    @staticmethod
    def model(steps: list[Any]) -> ScriptedModel:
        return ScriptedModel(steps=steps, said=[])


@pytest.fixture
def doubles() -> Doubles:
    return Doubles()
