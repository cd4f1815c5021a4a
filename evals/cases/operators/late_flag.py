"""The red flag is not in the first message: it comes at the third turn, unasked or only when asked, or in the chart.

The gold stays that of the whole story; only its spans go, since the first message no longer tells them.
"""

from __future__ import annotations

import numpy as np

from evals.cases.case import Case, Said, Slot
from evals.cases.conditions import conditions
from evals.cases.operators.operator import Operator
from evals.cases.operators.words import clinical, edited, first, gone, lay, rewritten, sentences

FILLERS = {
    "en": ("It is a bit hard to describe.", "Sorry, I was interrupted.", "Let me think what else."),
    "es": ("Es difícil de explicar.",),
    "fr": ("C'est difficile à décrire.",),
    "de": ("Es ist schwer zu beschreiben.",),
}
LEFT = 12
"""Letters that the shortened message must still have."""


def _urgent(case: Case) -> str:
    """Fits a single free message of somebody who needs care the same day or sooner."""
    if lay(case):
        return lay(case)
    if len(case.presented.turns) != 1 or case.presented.form != "free":
        return "only for a single free message"
    if case.dialogue is None or not case.gold.spans:
        return "no red flag stands in the message"
    return "" if case.gold.level in ("same_day", "emergency") else "nothing is urgent"


def _flagged(case: Case) -> str:
    if _urgent(case):
        return _urgent(case)
    return "" if _left(case, _flags(case)) >= LEFT else "nothing is left without the flag"


def _flags(case: Case) -> frozenset[str]:
    return frozenset(span.flag for span in case.gold.spans)


def _left(case: Case, flags: frozenset[str]) -> int:
    """Letters that stay when the sentences of these flags are gone."""
    text = first(case)
    kept = edited(text, [gone(text, start, end) for start, end, _ in _told(case, flags)])
    return sum(letter.isalpha() for letter in kept)


def _told(case: Case, flags: frozenset[str]) -> tuple[tuple[int, int, str], ...]:
    """Each sentence that holds a span of these flags, with the flag."""
    return tuple(
        (start, end, span.flag)
        for start, end in sentences(first(case))
        if (span := next((one for one in case.gold.spans if one.start < end and start < one.end), None))
        is not None
        and span.flag in flags
    )


def _shortened(case: Case, flags: frozenset[str]) -> tuple[Case, str] | None:
    """The case without the sentences of these flags, whose slots now hold them; and what was cut."""
    text = first(case)
    told = _told(case, flags)
    clean = rewritten(case, [gone(text, start, end) for start, end, _ in told])
    if clean is None or clean.dialogue is None:
        return None
    words = {flag: text[start:end] for start, end, flag in told}
    slots = [slot for slot in clean.dialogue.slots if slot.id not in words]
    held = [slot for slot in clean.dialogue.slots if slot.id in words]
    new = [Slot(id=flag, present=True) for flag in words if flag not in {slot.id for slot in held}]
    slots += [slot.model_copy(update={"words": words[slot.id]}) for slot in (*held, *new)]
    spans = tuple(span for span in clean.gold.spans if span.flag not in flags)
    gold = clean.gold.model_copy(update={"spans": spans})
    dialogue = clean.dialogue.model_copy(update={"slots": tuple(slots)})
    return clean.model_copy(update={"gold": gold, "dialogue": dialogue}), " ".join(words.values())


def _third_turn(case: Case, draw: np.random.Generator) -> Case | None:
    """Said without being asked, at the third turn."""
    cut = _shortened(case, _flags(case))
    if cut is None:
        return None
    told, flag = cut
    fillers = FILLERS.get(case.presented.language, FILLERS["en"])
    turns = (told.presented.turns[0], Said(text=str(draw.choice(fillers))), Said(text=flag))
    return told.model_copy(update={"presented": told.presented.model_copy(update={"turns": turns})})


def _volunteered(case: Case, draw: np.random.Generator) -> Case | None:
    """In a talk that goes on: told to a question, or all at once unasked at the third turn."""
    cut = _shortened(case, _flags(case))
    if cut is None or cut[0].dialogue is None:
        return None
    told, flag = cut
    name = case.gold.spans[0].flag
    slots = tuple(
        slot.model_copy(update={"words": flag}) if slot.id == name else slot for slot in cut[0].dialogue.slots
    )
    dialogue = cut[0].dialogue.model_copy(update={"slots": slots, "volunteers": (3, name)})
    presented = told.presented.model_copy(update={"form": "interactive"})
    return told.model_copy(update={"presented": presented, "dialogue": dialogue})


def _askable(case: Case) -> frozenset[str]:
    """Flags that a careful nurse asks for in this complaint."""
    one = conditions().get(case.latent.condition)
    return _flags(case) & frozenset(one.must_ask) if one is not None else frozenset()


def _asked(case: Case) -> str:
    if _urgent(case):
        return _urgent(case)
    flags = _askable(case)
    if not flags or flags == _flags(case):
        return "no flag that would be asked for stands beside another sign"
    return "" if _left(case, flags) >= LEFT else "nothing is left without the flag"


def _only_asked(case: Case, draw: np.random.Generator) -> Case | None:
    """Told to a question and never otherwise; the rest of the picture stays in the message."""
    cut = _shortened(case, _askable(case))
    if cut is None:
        return None
    presented = cut[0].presented.model_copy(update={"form": "interactive"})
    return cut[0].model_copy(update={"presented": presented})


def _noted(case: Case) -> str:
    if clinical(case):
        return clinical(case)
    return (
        "" if case.gold.level in ("same_day", "emergency") and "\n\n" in first(case) else "no note is typed"
    )


def _charted(case: Case, draw: np.random.Generator) -> Case | None:
    """A clinician's note stands in the chart; the message only asks."""
    note, _, question = first(case).rpartition("\n\n")
    presented = case.presented
    turns = (presented.turns[0].model_copy(update={"text": question}), *presented.turns[1:])
    chart = f"{presented.chart}\n{note}".strip()
    return case.model_copy(
        update={"presented": presented.model_copy(update={"chart": chart, "turns": turns})}
    )


OPERATORS = (
    Operator("flag_at_turn_3", "late_flag", "same", _flagged, _third_turn),
    Operator("flag_volunteered", "late_flag", "same", _flagged, _volunteered),
    Operator("flag_only_when_asked", "late_flag", "same", _asked, _only_asked),
    Operator("flag_only_in_chart", "late_flag", "same", _noted, _charted),
)
