"""Which label is meant: by ingredient, then by the route and brand that were said, then the newest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from tools.labels.index import Label, Labels, folded
from tools.treatment.load import knowledge
from tools.treatment.names import Resolved, Status, resolve

LONGEST_NAME = 5
"""Words of the longest name looked for inside a text."""
_WORD = re.compile(r"[^\W_][\w'’.+-]*")
_ROUTES: Mapping[str, str] = {
    "TOPICAL": "topical",
    "CUTANEOUS": "topical",
    "VAGINAL": "vaginal",
    "OPHTHALMIC": "eye",
    "NASAL": "nasal",
    "RESPIRATORY (INHALATION)": "inhaled",
    "TRANSDERMAL": "transdermal",
}
"""openFDA's routes in our words; every other one is systemic."""


@dataclass(frozen=True)
class Chosen:
    """The label of a drug, or why there is none: ``ask`` names what the text may mean."""

    label: Label | None = None
    others: int = 0
    """Further labels of the same ingredients."""
    ask: tuple[str, ...] = ()
    combined: tuple[str, ...] = ()
    """Labels that hold the drug only together with others."""


def choose(drug: str, labels: Labels) -> Chosen:
    """The label that a drug's name means."""
    said = resolve(drug)
    if said.status is Status.EXACT:
        return _of_known(said, labels)
    printed = labels.called(said.text)
    meant = {one.ingredients for one in printed}
    if len(meant) == 1:
        return _best(labels.of(printed[0].ingredients), said)
    if meant:
        return Chosen(ask=tuple(dict.fromkeys(one.name for one in printed))[:5])
    inside = named_in(drug)
    return Chosen(ask=said.candidates or ((inside,) if inside else ()))


def _of_known(said: Resolved, labels: Labels) -> Chosen:
    held = labels.of(said.ingredients)
    if held:
        return _best(held, said)
    printed = labels.called(said.text)  # the index may be older than our names
    alone = [one for one in printed if len(one.ingredients) == len(said.ingredients)]
    if alone:
        return _best(alone, said)
    combined = [one for part in said.ingredients for one in labels.containing(part)]
    return Chosen(combined=tuple(dict.fromkeys(one.name for one in combined))[:5])


def _best(held: Sequence[Label], said: Resolved) -> Chosen:
    """Of several: by the route and brand that were said, prescription before other; of those the newest."""
    brand = f" {folded(said.text)} "

    def fit(one: Label) -> tuple[bool, bool, bool, str, str]:
        routes = {_ROUTES.get(route.upper(), "systemic") for route in one.routes}
        branded = any(f" {folded(name)} " in brand for name in one.brands)
        return said.route in routes or not routes, branded, one.prescription, one.dated, one.set_id

    return Chosen(max(held, key=fit), len(held) - 1)


def named_in(text: str) -> str:
    """The one drug of our own table that a longer text names; empty if none or several."""
    words = [match.group().rstrip(".'’-") for match in _WORD.finditer(text)]
    found: dict[tuple[str, ...], str] = {}
    at = 0
    while at < len(words):
        widths = range(min(LONGEST_NAME, len(words) - at), 0, -1)
        said = [one for width in widths if (one := _exactly(words[at : at + width])) is not None]
        if said:
            found.setdefault(said[0].ingredients, said[0].text)
        at += len(said[0].text.split()) if said else 1
    return next(iter(found.values())) if len(found) == 1 else ""


def _exactly(words: Sequence[str]) -> Resolved | None:
    """What the words name without anything beside it; a form or strength ("eye drops") is no name."""
    name = " ".join(words)
    if name.casefold() not in printed_names():
        return None
    said = resolve(name)
    return said if said.status is Status.EXACT else None


@cache
def printed_names() -> frozenset[str]:
    """Every name and brand of our own table."""
    drugs = knowledge().drugs.values()
    return frozenset(name.casefold() for one in drugs for name in (one.name, *one.names, *one.brands))
