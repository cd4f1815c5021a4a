"""The pictures that stand in the talk itself: curves of a simulation, structures of molecules.

Photographs of a patient stay in their own tab; what a research tool drew is part of its answer.
"""

from __future__ import annotations

from assistant.answer import Answer
from assistant.sessions import SessionError
from assistant.ui import pictures
from assistant.ui.desk import Desk

TOOLS = frozenset({"simulate_drug", "molecule_profile", "design_molecules"})
MOST = 4
"""Pictures in one message; all of them stand in the tab beside."""


def of(desk: Desk, session: str, answer: Answer) -> str:
    """The figures of the answer's research tools as HTML; "" where there are none, or the session is forgotten."""
    drew = {call.id for call in answer.calls if call.tool in TOOLS}
    keys = [key for key in answer.pictures if key.rpartition("p")[0] in drew]
    try:
        return "".join(pictures.figure(desk.picture(session, key)) for key in keys[:MOST])
    except SessionError:
        return ""
