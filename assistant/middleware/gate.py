"""The red-flag gate, before any model speaks and after the last sentence is checked."""

from __future__ import annotations

from typing import Any

from langchain.agents.middleware import AgentMiddleware, hook_config
from langchain.agents.middleware.types import AgentState
from langgraph.runtime import Runtime

from assistant import gate
from assistant.events import Gated
from assistant.turn import Turn
from tools.triage.requests_reader import Listener


class GateMiddleware(AgentMiddleware[AgentState[Any], Turn]):
    """Reads the words before the model; for a patient an emergency or a waiting question ends the turn there.

    ``listener`` hears harmful requests beside the phrases.
    """

    def __init__(self, listener: Listener | None = None) -> None:
        super().__init__()
        self.listener = listener

    @hook_config(can_jump_to=["end"])
    def before_agent(self, state: AgentState[Any], runtime: Runtime[Turn]) -> dict[str, Any] | None:
        turn = runtime.context
        given = turn.given
        read = gate.before(
            given.question,
            patient=given.patient,
            role=given.role,
            country=turn.context.country,
            context=(*given.told, *(before.question for before in given.earlier)),
            talk=given.talk,
            listener=self.listener,
        )
        turn.gate = read
        turn.tell(
            Gated(
                level=read.level,
                first_action=read.first_action,
                banners=read.banners,
                language=read.assessment.language,
            )
        )
        return {"jump_to": "end"} if read.ends else None
