"""Which label is meant: by ingredient, then by the route and brand that were said, then the newest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.labels.index import Label, Labels, folded
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
    inside = named_in(drug, labels)
    if inside and inside != drug:
        return choose(inside, labels)
    return Chosen(ask=said.candidates)


def _of_known(said: Resolved, labels: Labels) -> Chosen:
    held = labels.of(said.ingredients)
    if held:
        return _best(held, said)
    printed = labels.called(said.text)  # the index may be older than our names
    alone = [one for one in printed if len(one.ingredients) == len(said.ingredients)]
    if alone:
        return _best(alone, said)
    return Chosen(combined=tuple(dict.fromkeys(one.name for one in printed))[:5])


def _best(held: Sequence[Label], said: Resolved) -> Chosen:
    """Of several: the route that was said or is usual, the brand that was said, prescription before other; the newest."""
    brand = folded(said.text)

    def fit(one: Label) -> tuple[bool, bool, bool, str, str]:
        routes = {_ROUTES.get(route.upper(), "systemic") for route in one.routes}
        branded = any(folded(name) in brand for name in one.brands)
        return said.route in routes or not routes, branded, one.prescription, one.dated, one.set_id

    return Chosen(max(held, key=fit), len(held) - 1)


def named_in(text: str, labels: Labels) -> str:
    """The one drug that a text names somewhere inside; empty if none or several."""
    words = [match.group().rstrip(".'’-") for match in _WORD.finditer(text)]
    found: dict[frozenset[str], str] = {}
    at = 0
    while at < len(words):
        width = next((n for n in range(min(LONGEST_NAME, len(words) - at), 0, -1) if _is_drug(words, at, n, labels)), 0)
        if width:
            name = " ".join(words[at : at + width])
            found.setdefault(_parts(name, labels), name)
        at += width or 1
    return next(iter(found.values())) if len(found) == 1 else ""


def _is_drug(words: Sequence[str], at: int, width: int, labels: Labels) -> bool:
    return labels.knows(" ".join(words[at : at + width]))


def _parts(name: str, labels: Labels) -> frozenset[str]:
    said = resolve(name)
    if said.status is Status.EXACT:
        return frozenset(said.ingredients)
    return next((one.ingredients for one in labels.called(name)), frozenset({name}))
