"""Which tools a language model is shown: those that can do something in this turn, so that small models have room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from langchain.agents.middleware import AgentMiddleware
from langchain.agents.middleware.types import AgentState, ModelRequest, ModelResponse

from assistant.research_words import RESEARCH, speaks_of
from assistant.turn import Turn
from tools.registry import tools

FILES = {"image": ("image", "dicom", "nifti"), "attachment": ("vcf", "genotypes", "text")}
"""Parameters that name a file of the session, and the kinds that they take."""
NEEDS_PAPER = ("weigh_evidence",)
"""Tools that quote a paper: of no use before one was found."""


class Offer(AgentMiddleware[AgentState[Any], Turn]):
    """Leaves out tools that want a file or a paper that this turn does not have, and research that nobody asks for."""

    def wrap_model_call(
        self, request: ModelRequest[Turn], handler: Callable[[ModelRequest[Turn]], ModelResponse[Any]]
    ) -> ModelResponse[Any]:
        turn = request.runtime.context
        offered = [tool for tool in request.tools if _usable(getattr(tool, "name", ""), turn)]
        return handler(request.override(tools=offered))


def _usable(name: str, turn: Turn) -> bool:
    entry = tools().get(name)
    if entry is None:
        return True
    if name in NEEDS_PAPER:
        return any(cited.evidence.source.pmid for cited in turn.cited().values())
    if name in RESEARCH:
        asked = (turn.given.question, *(before.question for before in turn.given.earlier[-1:]))
        return any(speaks_of(name, words) for words in asked)
    wanted = [
        field for field, info in entry.inputs.model_fields.items() if field in FILES and info.is_required()
    ]
    held = {file.kind for file in turn.context.attachments.values()}
    return all(held & set(FILES[field]) for field in wanted)
