"""Build check of the indications: every drug, class and condition named exists, and every option can be asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tools.treatment.facts import CONTRAINDICATED, Fact
from tools.treatment.indications import Indication, OptionEntry
from tools.treatment.load import Knowledge
from tools.treatment.predicates import (
    MOST_UNKNOWN,
    Allergic,
    Atom,
    Condition,
    Number,
    Predicate,
    Takes,
    atoms,
)
from tools.treatment.wording import forbidden

FEWEST, MOST = 4, 8
"""Options of an indication."""


def option_facts(held: Knowledge) -> Iterator[tuple[str, Fact]]:
    """Every fact of the indications, with the name of what carries it."""
    for indication in held.indications.values():
        yield indication.id, indication.fact
        for option in indication.options:
            yield from ((option.id, fact) for fact in option.facts)


def option_refs(held: Knowledge) -> Iterator[str]:
    """Every drug and class that an indication names."""
    for indication in held.indications.values():
        for atom in _asked(indication):
            if isinstance(atom, Takes | Allergic):
                yield from atom.what
        for option in indication.options:
            yield from (ref for part in option.regimen for ref in part)
            yield from (ref for one in option.switches for ref in one.what)


def option_problems(held: Knowledge) -> Iterator[str]:
    """Every rule that an indication breaks."""
    names: set[str] = set()
    for indication in held.indications.values():
        if not FEWEST <= len(indication.options) <= MOST:
            yield f"{indication.id}: {len(indication.options)} options, {FEWEST} to {MOST} are meant"
        named = {one for atom in _asked(indication) if isinstance(atom, Condition) for one in atom.ids}
        for missing in sorted((named | set(indication.condition)) - set(held.conditions)):
            yield f"{indication.id}: there is no condition {missing}"
        yield from forbidden(indication.id, indication.text.splitlines())
        for option in indication.options:
            if option.id in names:
                yield f"two options are named {option.id}"
            names.add(option.id)
            yield from _option(option)


def _option(option: OptionEntry) -> Iterator[str]:
    yield from forbidden(option.id, [option.name, *option.text.splitlines()])
    asked = [case.when for case in option.cases]
    groups: list[Sequence[Predicate | None]] = [[option.population], asked]
    groups.extend([one.when] for one in option.prefer)
    for whens in groups:
        unknown = {_group(atom) for when in whens for atom in atoms(when) if not _own(atom)}
        if len(unknown) > MOST_UNKNOWN:
            yield f"{option.id}: {len(unknown)} predicates can be unknown, {MOST_UNKNOWN} at most"
    if any(when is None for when in asked[:-1]):
        yield f"{option.id}: a case stands behind one that always holds"
    yield from _sides(option)
    for case in option.cases:
        if case.effect == CONTRAINDICATED and CONTRAINDICATED not in case.advice.lower():
            yield f"{option.id}: its source must say contraindicated where the effect does"


def _sides(option: OptionEntry) -> Iterator[str]:
    """A case may ask how the option's own drug is taken, as ``it``; a population or preference has no own drug."""
    own = {atom.side for case in option.cases for atom in atoms(case.when) if isinstance(atom, Takes)}
    allowed = {None, "it"} if option.regimen else {None}
    yield from (f"{option.id}: a case asks of {side}, which it has not" for side in own - allowed if side)
    others = [option.population, *(one.when for one in option.prefer)]
    if any(_own(atom) for when in others for atom in atoms(when)):
        yield f"{option.id}: only a case can ask how its own drug is taken"


def _asked(indication: Indication) -> Iterator[Atom]:
    whens: list[Predicate | None] = [indication.population]
    for option in indication.options:
        whens += [option.population, *(case.when for case in option.cases)]
        whens += [one.when for one in option.prefer]
    for when in whens:
        yield from atoms(when)


def _own(atom: Atom) -> bool:
    return isinstance(atom, Takes) and atom.side is not None


def _group(atom: Atom) -> object:
    return atom.name if isinstance(atom, Number) else atom
