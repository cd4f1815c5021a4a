"""What the harness does to a finished turn of the assistant: make it again from the archive, or ask in a crowd.

Each leaves one entry among the calls, named ``harness:…``; its outcome says whether the answer was the same.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from assistant.answer import Answer
from assistant.ask import Assistant
from evals.run.trace import Called, Shown

REPLAY, CROWD = "replay", "crowd"
STRAINS = (REPLAY, CROWD)
PEOPLE = 50
"""Sessions that ask at the same time."""
_OWN = ("id", "session")
"""What may differ between two answers to one question."""


def strained(strain: str, assistant: Assistant, session: str, seen: Shown) -> Shown:
    """The turn with the harness's own entry behind its calls; unchanged where nothing was asked."""
    if not strain:
        return seen
    entry = _replayed(assistant, session) if strain == REPLAY else _crowded(assistant, session)
    return seen.model_copy(update={"calls": (*seen.calls, entry)})


def _replayed(assistant: Assistant, session: str) -> Called:
    compared = assistant.replay(assistant.sessions.get(session).turns[-1].answer.id)
    return Called(
        tool="harness:replay",
        outcome="same" if compared.same else "differs",
        note="\n".join(compared.differences[:20]),
    )


def _crowded(assistant: Assistant, session: str) -> Called:
    """The same first question from fifty sessions at once; each must be answered as the one alone was."""
    kept = assistant.sessions.get(session)
    alone = kept.turns[0].answer
    sessions = [assistant.open(kept.role, kept.country) for _ in range(PEOPLE)]
    for one in sessions:
        assistant.sessions.get(one).patient = kept.turns[0].answer.patient

    def ask(one: str) -> Answer:
        return assistant.ask(one, kept.turns[0].question)

    with ThreadPoolExecutor(PEOPLE) as threads:
        answers = list(threads.map(ask, sessions))
    for one in sessions:
        assistant.forget(one)
    off = sum(_bare(answer) != _bare(alone) for answer in answers)
    note = f"{off} of {PEOPLE} answers differ" if off else ""
    return Called(tool="harness:crowd", outcome="differs" if off else "same", note=note)


def _bare(answer: Answer) -> str:
    return answer.model_dump_json(exclude=set(_OWN))
