"""Every drafted sentence is checked; a refused one is asked for once more, then dropped and listed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NotRequired

from langchain.agents.middleware import AgentMiddleware, hook_config
from langchain.agents.middleware.types import AgentState, ModelRequest, ModelResponse
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langgraph.runtime import Runtime

from assistant.answer import NotShown
from assistant.events import Checked, Drafting
from assistant.models.rules import DRAFT, RULES
from assistant.turn import Draft, Turn, Verdict
from assistant.verify import judge
from assistant.verify.quotes import Held
from retrieval.patient import Patient

PLAIN = "Call Draft: one sentence for each finding, each naming the evidence ids that carry it."


class TurnState(AgentState[Any]):
    """The messages, and whether this turn's model was asked again."""

    reasked: NotRequired[bool]


class Verify(AgentMiddleware[TurnState, Turn]):
    """Holds the screen against any model: what it drafts is judged against the evidence it names."""

    state_schema = TurnState

    def __init__(self, held: Callable[[], Held]) -> None:
        super().__init__()
        self.held = held

    def wrap_model_call(
        self, request: ModelRequest[Turn], handler: Callable[[ModelRequest[Turn]], ModelResponse[Any]]
    ) -> ModelResponse[Any]:
        started = time.perf_counter()
        response = handler(request)
        request.runtime.context.model_seconds += time.perf_counter() - started
        return _tools_first(response)

    @hook_config(can_jump_to=["model", "end"])
    def after_model(self, state: TurnState, runtime: Runtime[Turn]) -> dict[str, Any] | None:
        turn, draft = runtime.context, state.get("structured_response")
        message = _last_reply(state["messages"])
        if draft is None and any(call["name"] != DRAFT for call in message.tool_calls):
            return None
        model = message.response_metadata.get("model_name", "a language model")
        if draft is None:
            return self._without_draft(state, message)
        return self._judged(state, turn, draft, model, runtime)

    def _without_draft(self, state: TurnState, message: AIMessage) -> dict[str, Any]:
        """A plain-text or malformed reply: asked once for a draft, then the composer words the findings."""
        if state.get("reasked"):
            return {"jump_to": "end"}
        return {"messages": [_reask(PLAIN)], "reasked": True, "jump_to": "model"}

    def _judged(
        self, state: TurnState, turn: Turn, draft: Draft, model: str, runtime: Runtime[Turn]
    ) -> dict[str, Any] | None:
        turn.tell(Drafting(model=model))
        verdicts = judged(turn, draft, self.held())
        refused = [verdict for verdict in verdicts if not verdict.shown]
        if refused and model != RULES and not state.get("reasked") and not turn.late:
            reasons = "\n".join(f"- “{verdict.text}”: {verdict.reason}" for verdict in refused)
            again = _reask(
                f"These sentences were refused:\n{reasons}\nDraft again; leave out what you cannot carry."
            )
            return {"messages": [again], "reasked": True, "structured_response": None, "jump_to": "model"}
        take(turn, verdicts, model)
        counts = [verdict.judgement for verdict in verdicts]
        turn.tell(
            Checked(
                supported=counts.count("supported"),
                corrected=counts.count("corrected"),
                dropped=len(refused),
                model_seconds=turn.model_seconds,
            )
        )
        return None


def judged(turn: Turn, draft: Draft, held: Held) -> tuple[Verdict, ...]:
    """The verdict on each sentence of a draft."""
    cited, words = turn.cited(), subject(turn)
    return tuple(judge(sentence, cited, held, words) for sentence in draft.sentences)


def subject(turn: Turn) -> str:
    """What a chart quote may say: the words of the conversation, and where the record's values come from."""
    asked = (turn.given.question, *(before.question for before in turn.given.earlier), *turn.given.told)
    return " ".join((*asked, *origins(turn.given.patient)))


def origins(patient: Patient) -> tuple[str, ...]:
    """Where each known value of the record comes from."""
    single = (patient.age_years, patient.sex, patient.pregnant, patient.weeks_pregnant, patient.breastfeeding)
    lists = (patient.problems, patient.drugs, patient.allergies, patient.genotypes, patient.images)
    known = (
        *single,
        patient.weight,
        *patient.labs.values(),
        *patient.vitals.values(),
        *(one for held in lists for one in held.items),
    )
    return tuple(one.origin.where for one in known if one is not None)


def take(turn: Turn, verdicts: tuple[Verdict, ...], model: str) -> None:
    """Keep the verdicts; what is not shown is listed with its reason."""
    turn.verdicts, turn.wording = verdicts, model
    turn.not_shown = tuple(
        NotShown(text=verdict.withheld or verdict.text, verdict=verdict.judgement, reason=verdict.reason)
        for verdict in verdicts
        if not verdict.shown
    )


def _tools_first(response: ModelResponse[Any]) -> ModelResponse[Any]:
    """Take a draft out of a reply that also calls tools: the model has not seen their results yet."""
    reply = next((part for part in response.result if isinstance(part, AIMessage)), None)
    if reply is None or len({call["name"] == DRAFT for call in reply.tool_calls}) < 2:
        return response
    calls = [call for call in reply.tool_calls if call["name"] != DRAFT]
    kept = reply.model_copy(update={"tool_calls": calls, "invalid_tool_calls": []})
    return ModelResponse(result=[kept], structured_response=None)


def _last_reply(messages: list[Any]) -> AIMessage:
    return next(message for message in reversed(messages) if isinstance(message, AIMessage))


def _reask(reason: str) -> BaseMessage:
    return HumanMessage(content=reason, additional_kwargs={"reask": True})
