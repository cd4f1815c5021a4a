"""The verdict on one drafted sentence: supported, corrected, misattributed or unfounded.

The steps run in order and the first failure decides: known ids, the quote in the held source, numbers, names,
direction and strength, depth, overlap. A sentence that equals a finding's own statement passes the wording steps.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from assistant.turn import Cited, Sentence, Verdict
from assistant.verify.alignment import altered, quoted
from assistant.verify.depth import overstated, reworded
from assistant.verify.direction import reversed_direction, too_strong
from assistant.verify.names import stranger
from assistant.verify.numbers import unsupported
from assistant.verify.quotes import Held, plain
from assistant.verify.words import share
from retrieval.evidence import Action, Depth

Failure = tuple[Literal["misattributed", "unfounded"], str]

SHORT = 120
"""Characters of a piece of evidence that may stand beside a withheld sentence."""
_SENTENCES = re.compile(r"(?<=[.])\s+(?=[A-Z])")
OWN_WORDS = frozenset({"simulate_drug", "molecule_profile", "design_molecules"})
"""Tools of research, whose findings are never reworded (discovery specification 3.10)."""
OVERLAP = 0.6
"""Least share of a sentence's content words that its evidence must hold; measured in docs/verify.md."""


def judge(sentence: Sentence, cited: Mapping[str, Cited], held: Held, subject: str) -> Verdict:
    """The verdict on a sentence, given all evidence of the session and the words of question and chart."""
    named = [cited[name] for name in sentence.evidence if name in cited]
    unknown = [name for name in sentence.evidence if name not in cited]
    if not sentence.evidence or unknown:
        reason = (
            f"it names evidence that does not exist: {', '.join(unknown)}"
            if unknown
            else "it names no evidence"
        )
        return Verdict(sentence.text, "unfounded", reason, ())
    failure = _failure(sentence.text, named, held, subject)
    if failure is None:
        depth = named[0].evidence.source.depth
        return Verdict(reworded(sentence.text, depth), "supported", "", tuple(sentence.evidence))
    right = _carried_elsewhere(sentence.text, named, cited, held, subject)
    if right:
        return Verdict(sentence.text, "corrected", failure[1], right)
    foreign = _withheld(named, held, subject) if _quote_failure(named, held, subject) else ""
    return Verdict(sentence.text, failure[0], failure[1], (), foreign)


def _withheld(named: Sequence[Cited], held: Held, subject: str) -> str:
    """In place of words that no held source carries: they may be an order to the reader, so nobody is shown them.

    Said are typed fields (tool, action, names) and what the record or a computation of this session is quoted with.
    """
    tools = ", ".join(dict.fromkeys(entry.tool for entry in named))
    names = ", ".join(dict.fromkeys(name for entry in named for name in entry.finding.names))
    actions = {entry.finding.action for entry in named}
    asks = next((action for action in (Action.AVOID, Action.CHANGE) if action in actions), None)
    own = [entry for entry in named if entry.evidence.source.depth in (Depth.CHART, Depth.COMPUTATION)]
    sound = [entry.evidence.quote for entry in own if _quote_failure((entry,), held, subject) is None]
    told = "".join(f" ({quote})" for quote in dict.fromkeys(sound) if len(quote) <= SHORT)
    what = f"{asks.capitalize()}: {names}{told}, says {tools}" if asks else f"{tools} on {names or 'this'}"
    return f"{what}. Its own sentence is withheld: its words stand in no source that is held."


def _failure(text: str, named: Sequence[Cited], held: Held, subject: str) -> Failure | None:
    return _quote_failure(named, held, subject) or _wording_failure(text, named, subject)


def _quote_failure(named: Sequence[Cited], held: Held, subject: str) -> Failure | None:
    for entry in named:
        source = entry.evidence.source
        standing = held.standing(entry.evidence)
        if standing == "here":
            continue
        if standing == "elsewhere":
            return ("misattributed", f"the quote does not stand in {source.id} but in another source")
        if source.depth is Depth.CHART and plain(entry.evidence.quote) in plain(subject):
            continue
        if source.depth is Depth.COMPUTATION:
            continue  # the rendering of a value: the tool's own, in this session's result, in no held text
        return ("unfounded", f"the quote does not stand in {source.id}")
    return None


def _wording_failure(text: str, named: Sequence[Cited], subject: str) -> Failure | None:
    if any(plain(text) == plain(entry.finding.statement) for entry in named):
        return None
    if any(entry.tool in OWN_WORDS for entry in named):
        return _not_its_own_words(text, named)
    ground = [part for entry in named for part in (entry.finding.statement, entry.evidence.quote)]
    together = "\n".join(dict.fromkeys(ground))
    if quoted(text, together):
        return None
    number = unsupported(text, ground)
    if number:
        return ("unfounded", f"the number {number.written} is not in its evidence")
    spoken_of = [*ground, *(name for entry in named for name in entry.finding.names)]
    name = stranger(text, spoken_of, subject)
    if name:
        return ("unfounded", f"its evidence does not speak about {name}")
    why = altered(text, together) or reversed_direction(text, together)
    if why:
        return ("unfounded", why)
    word = too_strong(text, together)
    if word:
        return ("unfounded", f"“{word}” is stronger than its evidence")
    told = overstated(text, (entry.evidence.source.depth for entry in named))
    if told:
        return ("unfounded", told)
    if share(text, together) < OVERLAP:
        return ("unfounded", "most of its words are not in its evidence")
    return None


def _not_its_own_words(text: str, named: Sequence[Cited]) -> Failure | None:
    """None for a whole sentence of a finding of research; else why not.

    Reworded, a figure of the model's parameters passes for its result, and a virtual group for the patient.
    """
    own = [plain(entry.finding.statement) for entry in named if entry.tool in OWN_WORDS]
    if plain(text).rstrip(".") in {part.rstrip(".") for said in own for part in _SENTENCES.split(said)}:
        return None
    return (
        "unfounded",
        "what is simulated, predicted or made by a computer is told in its tool's own words only",
    )


def _carried_elsewhere(
    text: str, named: Sequence[Cited], cited: Mapping[str, Cited], held: Held, subject: str
) -> tuple[str, ...]:
    """The ids of another finding of this session that carries the sentence whole, or nothing."""
    tried = {entry.finding_key for entry in named}
    for entry in cited.values():
        if entry.finding_key in tried:
            continue
        tried.add(entry.finding_key)
        same = [other for other in cited.values() if other.finding_key == entry.finding_key]
        if _failure(text, same, held, subject) is None:
            return tuple(other.id for other in same)
    return ()
