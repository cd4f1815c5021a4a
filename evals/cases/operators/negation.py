"""A red flag that is mentioned and not there: denied, in the family, asked in theory, long over, somebody else's.

The gold may not change, and the mention may not raise a flag. Only signs that neither the disease nor its dangerous
alternatives speak about are mentioned, so that no careful reader would weigh them for this person.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from evals.cases.case import Case
from evals.cases.operators.operator import Change, Operator
from evals.cases.operators.words import after_all, english


class Mention(NamedTuple):
    """A sign in the three forms of a sentence: "no ...", "has ...", "had ..."; ``ids`` are the symptoms it is."""

    noun: str
    past: str
    ids: tuple[str, ...]


MENTIONS = (
    Mention("chest pain", "had crushing chest pain", ("chest_pressure", "pleuritic_pain")),
    Mention("blood when I cough", "coughed up blood", ("coughing_blood",)),
    Mention("drooping of my face", "had one side of the face droop", ("face_droop", "deficit_gone_again")),
    Mention("slurred speech", "had slurred speech", ("speech_slurred", "deficit_gone_again")),
    Mention("fits", "had a fit", ("fit_seizure",)),
    Mention("black stools", "had black tarry stools", ("black_stool", "vomiting_blood")),
    Mention(
        "swelling of my lips", "had swollen lips and could not breathe", ("lips_swollen", "throat_tight")
    ),
    Mention("stiff neck", "had a stiff neck and a rash", ("neck_stiff", "nonblanching_rash")),
    Mention("sudden loss of sight", "lost the sight of one eye", ("curtain_vision", "blurred_vision")),
    Mention("fainting", "collapsed at the shops", ("collapse_faint",)),
)

_DENIED = ("No {noun}.", "I have no {noun} at all.", "There is no {noun}, before you ask.")
_FAMILY = ("Years before I was born my grandfather {past}.", "A great-aunt of mine once {past}.")
_THEORY = (
    "If somebody {past}, who would they ring? I have not had that, I just wonder.",
    "I was only reading about a man who {past}; nothing like it here.",
)
_OVER = ("Twelve years ago I {past}; it was looked into and was all fine and never came back.",)
_OTHER = (
    "My neighbour {past} last month, he is all right now.",
    "There was someone on television who {past}.",
)


def _spoken_of(case: Case) -> frozenset[str]:
    """Every symptom that matters for this person, there or not."""
    slots = case.dialogue.slots if case.dialogue is not None else ()
    return frozenset(case.latent.symptoms) | {slot.id for slot in slots} | set(case.gold.must_ask)


def _free(case: Case, *, denied: bool) -> tuple[Mention, ...]:
    """What may be mentioned: for a denial the sign must be absent, else it must be beside the matter."""
    if denied:
        there = {name for name, present in case.latent.symptoms.items() if present}
        return tuple(one for one in MENTIONS if not there & set(one.ids))
    spoken = _spoken_of(case)
    return tuple(one for one in MENTIONS if not spoken & set(one.ids))


def _mentioned(forms: tuple[str, ...], *, denied: bool = False) -> Change:
    def change(case: Case, draw: np.random.Generator) -> Case | None:
        free = _free(case, denied=denied)
        if not free:
            return None
        one = free[int(draw.integers(len(free)))]
        form = forms[int(draw.integers(len(forms)))]
        return after_all(case, " " + form.format(noun=one.noun, past=one.past))

    return change


def _self(case: Case) -> str:
    return english(case) or ("only for one's own story" if case.latent.person.proxy else "")


OPERATORS = (
    Operator("denied_symptom", "negation", "same", _self, _mentioned(_DENIED, denied=True)),
    Operator("family_history", "negation", "same", _self, _mentioned(_FAMILY)),
    Operator("hypothetical", "negation", "same", _self, _mentioned(_THEORY)),
    Operator("resolved_years_ago", "negation", "same", _self, _mentioned(_OVER)),
    Operator("another_person", "negation", "same", _self, _mentioned(_OTHER)),
)
