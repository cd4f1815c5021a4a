"""Our words for levels, outcomes and depths, each with a class that colours it. Colour never stands alone."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answer import Claim, Unanswered
from assistant.ui.plain import plain
from retrieval.evidence import Action, Depth, Outcome
from tools.registry import title_of
from tools.triage.levels import Level

LEVELS = {
    Level.EMERGENCY: "Emergency: now",
    Level.SAME_DAY: "Same day: a clinician within 24 hours",
    Level.ROUTINE: "Routine: within days to two weeks",
    Level.SELF_CARE: "Self care",
}
HOW_SOON = {
    Level.EMERGENCY: "Now. This is an emergency.",
    Level.SAME_DAY: "Today. See a doctor or nurse within 24 hours.",
    Level.ROUTINE: "Soon. Book a visit within the next days.",
    Level.SELF_CARE: "You can care for this at home for now. Watch for changes.",
}
NO_LEVEL = "I found no warning sign in your words. That does not mean that all is well."
LABEL = 34
"""Longest label, in characters."""
_OUTCOMES = {
    Outcome.FOUND: "found",
    Outcome.NOT_FOUND: "nothing held",
    Outcome.NOT_COVERED: "not covered",
    Outcome.NEEDS_INPUT: "needs input",
    Outcome.BAD_INPUT: "bad input",
    Outcome.UNAVAILABLE: "unavailable",
}
_ACTIONS = {Action.AVOID: "Avoid", Action.CHANGE: "Change"}


def tool(name: str) -> str:
    """A tool as a person knows it; logs, audit and JSON hold its name."""
    return plain(title_of(name))


NO_SIGN = "no sign above the limit"


def outcome(value: Outcome | None, tool: str = "") -> str:
    """The outcome in words; None is a tool that failed. A picture in which nothing stood out was read all the same."""
    if value is Outcome.NOT_FOUND and tool == "read_image":
        return NO_SIGN
    return "failed" if value is None else _OUTCOMES[value]


def outcome_badge(value: Outcome | None, tool: str = "") -> str:
    """The outcome in words on its colour."""
    name = "failed" if value is None else value.value.replace("_", "-")
    return f'<span class="out out-{name}">{outcome(value, tool)}</span>'


def badge(words: str, colour: str) -> str:
    """A small label: words on a tint."""
    return f'<span class="badge {colour}">{plain(words)}</span>'


def claim(one: Claim) -> str:
    """A claim behind the label of what it asks for, without the word that the label says already."""
    name = _ACTIONS.get(one.action, "")
    return f"{action(one.action)} {plain(one.text.removeprefix(f'{name}: ') if name else one.text)}"


def depth(value: Depth) -> str:
    """How deep the source was read, as a label."""
    return badge(value.value, f"depth-{value.name.lower().replace('_', '-')}")


def action(value: Action) -> str:
    """What the claim asks for, as a label; "" when it only informs."""
    return "" if value is Action.INFORM else badge(_ACTIONS[value], f"act-{value.value}")


def marks(values: tuple[str, ...]) -> str:
    """The warnings of a source as labels; a long one by its first words, :func:`watch` has it whole."""
    return "".join(" " + badge(_brief(mark), _mark_colour(mark)) for mark in values)


def watch(values: tuple[str, ...]) -> tuple[str, ...]:
    """The warnings that do not fit on a label."""
    return tuple(mark for mark in values if len(mark) > LABEL)


def _brief(mark: str) -> str:
    return mark if len(mark) <= LABEL else " ".join(mark.split()[:2]) + " …"


def _mark_colour(mark: str) -> str:
    grave = ("retract", "conflict", "supersed", "withdrawn")
    return "mark-grave" if any(word in mark.lower() for word in grave) else "mark"


def gaps_heading(gaps: Sequence[Unanswered]) -> str:
    """ "Not answered" where a part has no answer; what a found answer says of its own limits is no gap."""
    limits = gaps and all(gap.outcome is Outcome.FOUND for gap in gaps)
    return "Limits of this answer" if limits else "Not answered"
