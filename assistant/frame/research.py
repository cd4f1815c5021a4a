"""Which words of a message with a simulation are of the patient of the chart, and which of virtual people."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answer import Role
from assistant.research_words import SIMULATION, asks, of_this_patient, sentences
from assistant.turn import Earlier, TurnInput
from assistant.verify.names import drug_names

_PERSON = re.compile(
    r"\b(?:wom[ae]n|m[ae]n|lady|gentleman|patient|girl|boy|male|female|child|mrs?|ms|she|he|her|his|him)\b",
    re.I,
)


def stated_of_the_patient(text: str, earlier: Sequence[Earlier] = ()) -> str:
    """What the patient frame may read of a message: a simulated genotype or age is nobody's.

    Left out are requests, a turn that only changes the request before it, and what stands beside a simulation without
    a person or a medicine of theirs, unless it is said of this patient.
    """
    parts = sentences(text)
    asked = {asks(part) for part in parts} - {""}
    if not asked and earlier and _follows(text, earlier):
        kept = [part for part in parts if of_this_patient(part)]
    elif SIMULATION in asked:
        kept = [part for part in parts if of_this_patient(part) or (not asks(part) and _tells(part))]
    else:
        kept = [part for part in parts if of_this_patient(part) or not asks(part)]
    return text if len(kept) == len(parts) else "\n".join(kept)


def _tells(part: str) -> bool:
    """Whether a sentence beside a simulation tells of somebody: a question about "a 90-year-old" does not."""
    return not part.endswith("?") and bool(_PERSON.search(part) or drug_names(part))


def _follows(text: str, earlier: Sequence[Earlier]) -> bool:
    from assistant.models.research_routes import follows

    return follows(TurnInput(turn=1, role=Role.CLINICIAN, question=text, earlier=tuple(earlier)))
