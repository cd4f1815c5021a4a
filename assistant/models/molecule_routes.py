"""From words to the two tools of molecules, by rules: what is to be profiled, and what is to be designed."""

from __future__ import annotations

import re
from typing import Any

from assistant.frame.lists import named_drugs
from assistant.models.genetic_routes import Call
from assistant.models.molecule_terms import ALERTS_ALLOWED, OF_MOLECULES, Asked, asked, method
from assistant.models.simulated_inputs import counted, number_of, people
from assistant.molecule_words import THEN as THEN
from assistant.molecule_words import asks_for_more, like_names, next_names
from assistant.research_words import DESIGN, PROFILE, asks, profiled, smiles
from tools.treatment.names import Status, resolve

MOST = 4
"""Profiles of one question."""
_ADDS = re.compile(r"\b(?:also|add|plus|as well|too)\b", re.I)
_INSTEAD = re.compile(r"\b(?:instead|rather)\b", re.I)
_ON_THEM = re.compile(
    r"^\W*(?:(?:and|now|then|please|but|so)\W+)*(?:make|keep) (?:them|these|it|those)\b", re.I
)
_WITH = re.compile(r"^\W*(?:(?:and|now|then|please|but|so|also|the same)\W+)*with(?:out)?\b", re.I)
_POINTS = re.compile(r"^(?:this|that|it|these|those|them)(?: one)?$", re.I)


def changes(words: str) -> bool:
    """Whether words say anything that a request for a molecule can hold."""
    told = asked(_masked(words), named=True)
    return bool(
        smiles(words)
        or told.want
        or told.better
        or counted(words, OF_MOLECULES)
        or method(words)
        or _named_later(words)
        or (told.unread and (_ON_THEM.search(words) or _WITH.search(words)))
    )


def changed(request: str, words: str) -> str:
    """The request for a molecule with what a later turn says in its place; "" where that says nothing of the kind."""
    if asks(request) == PROFILE:
        fits = bool(next_names(words) or asks_for_more(words) or smiles(words))
    else:
        fits = changes(words) and not _of_other_drugs(words)
    return f"{request.rstrip(' .?!')}{THEN}{words.strip()}" if fits else ""


def drugs_of(text: str) -> list[str]:
    """The drugs of a text by their generic names, in order."""
    return list(dict.fromkeys(map(generic, named_drugs(text))))


def generic(name: str) -> str:
    found = resolve(name)
    return found.drug.replace("_", " ") if found.status is Status.EXACT and found.drug else name


def profiles(said: str) -> list[Call]:
    """One call for each molecule; a later turn that names others asks for theirs."""
    named: list[str] = []
    for at, part in enumerate(said.split(THEN)):
        named = [*smiles(part), *(next_names(part) if at else profiled(part))] or named
    once = dict.fromkeys(map(generic, dict.fromkeys(named)))
    return [Call(tool=PROFILE, inputs={"molecule": one}) for one in list(once)[:MOST]]


def designs(said: str) -> list[Call]:
    inputs: dict[str, Any] = {}
    first, *later = said.split(THEN)
    like = _like(first)
    for part in later:
        if new := _named_later(part):
            like = [*like, *new] if _ADDS.search(part) else new
    if like:
        inputs["like"] = list(dict.fromkeys(like))
    want: list[str] = []
    better: list[str] = []
    for part in (first, *later):
        told = asked(_masked(part), named=bool(like))
        if _INSTEAD.search(part) and (told.want or told.better):
            want, better = [], []
        want, better = [*want, *told.want], [*better, *told.better]
        inputs |= {"method": by} if (by := method(part)) else {}
        inputs |= {"n": n} if (n := counted(part, OF_MOLECULES)) else {}
        inputs |= {"budget": budget} if (budget := number_of(part, "(?:evaluations|budget)")) else {}
        inputs |= {name: value for name, value in people(part).items() if name == "seed"}
    inputs |= {"want": dict.fromkeys(want, 1.0)} if want else {}
    inputs |= {"better": list(dict.fromkeys(better))} if better else {}
    if ALERTS_ALLOWED.search(said):
        inputs["no_alerts"] = False
    return [Call(tool=DESIGN, inputs=inputs)]


def unread(said: str) -> tuple[str, ...]:
    """The words of a request for molecules that ask something of them and are no term of a design, each once."""
    told: list[Asked] = [asked(_masked(part), named=True) for part in said.split(THEN)]
    return tuple(dict.fromkeys(word for one in told for word in one.unread))


def _like(part: str) -> list[str]:
    """What a design is to be like, in order: structures first, then names; a name that no list knows as it was said."""
    drawn, words = smiles(part), _without_structures(part)
    told = [(words.lower().find(name), generic(name)) for name in named_drugs(words)]
    for name in like_names(words):
        if not named_drugs(name) and not (_POINTS.match(name) and (drawn or told)):
            told.append((words.find(name), name))
    return list(dict.fromkeys((*drawn, *(name for _, name in sorted(told)))))


def _named_later(part: str) -> list[str]:
    """What a later turn names in the place of what a design was like; a word that only points at it is none."""
    told = next_names(part) or [
        name for name in like_names(_without_structures(part)) if not _POINTS.match(name)
    ]
    known = [generic(next(iter(named_drugs(name)), name)) for name in told]
    return list(dict.fromkeys((*smiles(part), *known)))


def _of_other_drugs(words: str) -> bool:
    """Whether words name a drug that no design is to be like."""
    return bool(set(drugs_of(words)) - {generic(name) for name in _named_later(words)})


def _masked(part: str) -> str:
    """The words without structures, and without what they are to be like."""
    words = _without_structures(part)
    for name in sorted({*like_names(words), *named_drugs(words)}, key=len, reverse=True):
        words = re.sub(rf"\b{re.escape(name)}\b", " of ", words, flags=re.I)
    return words


def _without_structures(part: str) -> str:
    for one in smiles(part):
        part = part.replace(one, " ")
    return part
