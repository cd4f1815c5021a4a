"""What a turn carries over from its session: the patient's talk, earlier questions with what was found, old files."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answer import Role
from assistant.sessions import Session
from assistant.sessions import Turn as Past
from assistant.turn import Cited, Earlier, numbered
from tools.triage import conversation
from tools.triage.conversation import Talk
from tools.triage.lexicon import KnowledgeError


class NotAnAnswer(ValueError):
    """A chosen answer that the question does not have; the message is for the user."""


def heard(
    kept: Session, said: str, chosen: tuple[str, ...], readers: Sequence[conversation.Reader]
) -> Talk | None:
    """The patient's talk with what was just said; None for a clinician.

    Raises:
        NotAnAnswer: the question that waits has no such answer.
    """
    if kept.role is not Role.PATIENT:
        if chosen:
            raise NotAnAnswer("No question waits for an answer.")
        return None
    try:
        here = kept.talk.model_copy(update={"country": kept.country})
        return conversation.heard(here, said.strip(), chosen, readers)
    except ValueError as refused:
        if not chosen or isinstance(
            refused, KnowledgeError
        ):  # no answer was refused: rules or reader are broken
            raise
        raise NotAnAnswer(
            "This question has no such answer. Please answer the one on the screen."
        ) from refused


def whole(kept: Session, talk: Talk | None, question: str) -> str:
    """What a planner works on: the message, or the whole story where the message only answered a question."""
    if talk is None or not kept.talk.pending:
        return question
    return ". ".join(part.strip().rstrip(".") for part in talk.messages) or question or "(an answer)"


def files_of(past: Past) -> tuple[str, ...]:
    """The attachments that an earlier turn already looked at."""
    used = [result.inputs.get(key) for result in past.results.values() for key in ("image", "attachment")]
    return tuple(str(name) for name in used if name)


def earlier(past: Past) -> Earlier:
    """A past turn as the next one knows it: its question, what was looked for, and the first claims."""
    queries = [
        str(result.inputs["question"]) for result in past.results.values() if "question" in result.inputs
    ]
    told = [(claim.evidence_ids[0], claim.text) for claim in past.answer.claims[:5]]
    return Earlier(question=past.question, queries=tuple(queries), findings=tuple(told))


def cited(past: Past) -> tuple[Cited, ...]:
    """Every evidence of a past turn with its id, so that a later answer can cite it."""
    return tuple(
        entry
        for place, result in sorted(past.results.items())
        for entry in numbered(past.answer.turn, place, result)
    )
