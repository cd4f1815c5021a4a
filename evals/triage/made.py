"""Messages made from vignettes by frozen operators: what the gate must never miss, and what it must leave alone.

``python -m evals.triage.made`` prints how many were missed and how many false alarms there were, with exact bounds.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from evals.stats.shares import exact
from evals.triage.operators import OPERATORS
from tools.triage.engine import assess
from tools.triage.levels import Level
from tools.triage.rules import Rule, rules

DATA = Path(__file__).parent / "data"
SEED = 20261122
EMERGENCIES, HARMLESS = 900, 700
CHAINS: tuple[tuple[str, ...], ...] = (
    ("preface",), ("suffix",), ("order",), ("case",), ("wording",), ("misspelling",), ("age",),
    ("preface", "misspelling"), ("wording", "order"), ("age", "suffix"), ("case", "preface"),
    ("wording", "misspelling", "suffix"), ("preface", "order", "wording"),
)  # fmt: skip
"""Operators that are applied one after the other; frozen with them."""

_NUMBER_OR_CHILD = re.compile(
    r"\d|\b(baby|babies|newborn|infant|toddler|child|kid|boy|girl|son|daughter|teen|month|week|year|old|aged?)\w*",
    re.I,
)


class Message(NamedTuple):
    """One message and where it comes from."""

    text: str
    origin: str
    """The rule whose vignette it was, or the language, or "self care"."""
    chain: tuple[str, ...]


@cache
def _read(name: str) -> Any:
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


def emergencies(held: Sequence[Rule] | None = None, count: int = EMERGENCIES) -> tuple[Message, ...]:
    """Every emergency rule's own vignettes by the operators, then those of the six languages as they stand."""
    vignettes = [
        (rule.id, text)
        for rule in (held if held is not None else rules().all)
        if rule.level is Level.EMERGENCY
        for text in rule.fires
    ]
    foreign = [
        Message(text, language, ("language",))
        for language, sets in _read("languages").items()
        for text in sets["emergency"]
    ]
    return (*_made(vignettes, count - len(foreign)), *foreign)


def harmless(count: int = HARMLESS) -> tuple[Message, ...]:
    """Everyday complaints by the operators, and those of the six languages as they stand."""
    vignettes = [("self care", text) for text in _read("self_care")["messages"]]
    foreign = [
        Message(text, language, ("language",))
        for language, sets in _read("languages").items()
        for text in sets["self_care"]
    ]
    return (*_made(vignettes, count - len(foreign)), *foreign)


def _made(vignettes: Sequence[tuple[str, str]], count: int) -> Iterator[Message]:
    """Vignettes in turn, each time by another chain; the same for ever for the same vignettes."""
    for n in range(count):
        origin, text = vignettes[n % len(vignettes)]
        draw = random.Random(f"{SEED} {origin} {text} {n // len(vignettes)}")
        chain = draw.choice(CHAINS)
        if _NUMBER_OR_CHILD.search(text):
            chain = tuple(name for name in chain if name != "age") or ("preface",)
        for name in chain:
            text = OPERATORS[name](text, draw)
        yield Message(text, origin, chain)


def missed(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Those that the gate does not call an emergency."""
    return tuple(one for one in messages if assess(one.text).level is not Level.EMERGENCY)


def alarms(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Those that the gate calls an emergency or sends to a clinician the same day."""
    return tuple(one for one in messages if assess(one.text).level in (Level.EMERGENCY, Level.SAME_DAY))


def bound(hits: int, n: int) -> tuple[float, float]:
    """The exact 95 % interval of a share."""
    return exact(hits, n)[1:]


def main() -> int:
    """Print both shares with their bounds, and every message that was read wrongly."""
    wrong = 0
    for title, messages, judge in (
        ("emergencies missed", emergencies(), missed), ("false alarms", harmless(), alarms),
    ):  # fmt: skip
        found = judge(messages)
        low, high = bound(len(found), len(messages))
        sys.stdout.write(f"{title}: {len(found)} of {len(messages)} ({100 * low:.2f}-{100 * high:.2f} %)\n")
        for one in found:
            sys.stdout.write(f"  {one.origin} [{' > '.join(one.chain)}]: {one.text}\n")
        wrong += len(found)
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main()))
