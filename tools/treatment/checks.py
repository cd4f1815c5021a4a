"""Build check of the treatment knowledge: no fact without source, no orphan, no expired review, no forbidden word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import yaml

from tools.treatment.facts import CONTRAINDICATED, Case, DrugClass, Fact, PairRule, Rule
from tools.treatment.load import FOLDER, LOADER, Knowledge, KnowledgeError, load
from tools.treatment.option_checks import option_facts, option_problems, option_refs
from tools.treatment.predicates import MOST_UNKNOWN, Allergic, Condition, Number, Takes, atoms
from tools.treatment.qt import CITATION
from tools.treatment.wording import forbidden

Entry = Rule | PairRule | DrugClass


def check(folder: Path = FOLDER, *, today: date | None = None) -> str:
    """One line that counts what was checked.

    Raises:
        KnowledgeError: a file does not read, or an entry breaks a rule; the message names the first five.
    """
    held = load(folder)
    wrong = [*problems(held, today=today or datetime.now(UTC).date()), *_aliases(folder)]
    if wrong:
        raise KnowledgeError("; ".join(wrong[:5]))
    facts = [fact for _, fact in _facts(held)]
    unread = sum(fact.checked is None for fact in facts)
    drafts = sum(fact.status == "draft" for fact in facts)
    options = sum(len(one.options) for one in held.indications.values())
    return (
        f"{len(held.drugs)} drugs, {len(held.classes)} classes, {len(held.rules)} rules, {len(held.pairs)} pair rules, "
        f"{len(held.indications)} indications with {options} options, {len(held.citations)} citations; "
        f"{drafts} of {len(facts)} facts drafts, {unread} not yet checked"
    )


def problems(held: Knowledge, *, today: date) -> Iterator[str]:
    """Every rule that an entry breaks."""
    for part in (_links, _names, _citations, _cases, _wording, option_problems):
        yield from part(held)
    for name, fact in _facts(held):
        yield from _fact(name, fact, today)


def _facts(held: Knowledge) -> Iterator[tuple[str, Fact]]:
    """Every fact, with the name of what carries it."""
    for entry in _entries(held):
        yield entry.id, entry.fact
    yield from option_facts(held)


def _entries(held: Knowledge) -> Iterator[Entry]:
    yield from held.rules.values()
    yield from held.pairs.values()
    yield from held.classes.values()


def _ruled(held: Knowledge) -> Iterator[Rule | PairRule]:
    yield from held.rules.values()
    yield from held.pairs.values()


def _fact(name: str, fact: Fact, today: date) -> Iterator[str]:
    if fact.review_due < today:
        yield f"{name}: its review was due on {fact.review_due}"
    if fact.written_on > today:
        yield f"{name}: it is written on {fact.written_on}, which is to come"
    if fact.status == "reviewed" and not fact.reviewer:
        yield f"{name}: it is reviewed, but by nobody"


def _links(held: Knowledge) -> Iterator[str]:
    """Every drug, class, condition and rule that is named exists; every class is of use."""
    for drug in held.drugs.values():
        yield from _missing(f"drug {drug.id}", drug.ingredients, held.drugs)
    for one in held.classes.values():
        yield from _missing(f"class {one.id}", (*one.members, *one.not_duplicate), held.drugs)
    used = {ref for rule in _ruled(held) for ref in _refs(rule)} | set(option_refs(held))
    known = {*(f"drug:{drug}" for drug in held.drugs), *(f"class:{one}" for one in held.classes)}
    yield from (f"{ref} is named and does not exist" for ref in sorted(used - known))
    for rule in _ruled(held):
        yield from _missing(rule.id, _conditions(rule), held.conditions)
    for rule in held.rules.values():
        yield from _missing(rule.id, [rule.differs_from] if rule.differs_from else [], held.rules)
    for one in held.classes.values():
        if f"class:{one.id}" not in used and not (one.duplicate or one.cross_reactive or one.says):
            yield f"class {one.id} is of no use to any rule"


def _missing(name: str, named: Iterable[str], held: Iterable[str]) -> Iterator[str]:
    yield from (f"{name}: there is no {one}" for one in sorted(set(named) - set(held)))


def _refs(rule: Rule | PairRule) -> Iterator[str]:
    yield from rule.applies_to if isinstance(rule, Rule) else (*rule.left, *rule.right)
    for case in rule.cases:
        for atom in atoms(case.when):
            if isinstance(atom, Takes | Allergic):
                yield from atom.what


def _conditions(rule: Rule | PairRule) -> Iterator[str]:
    for case in rule.cases:
        for atom in atoms(case.when):
            if isinstance(atom, Condition):
                yield from atom.ids


def _names(held: Knowledge) -> Iterator[str]:
    """No name leads to two drugs."""
    owner: dict[str, str] = {}
    for drug in held.drugs.values():
        for name in {name.casefold() for name in (drug.id.replace("_", " "), *drug.names, *drug.brands)}:
            if owner.setdefault(name, drug.id) != drug.id:
                yield f"the name {name} leads to {owner[name]} and to {drug.id}"
    for group in held.look_alikes:
        yield from (
            f"look-alike {name} is no name of a drug" for name in group.names if name.casefold() not in owner
        )


def _citations(held: Knowledge) -> Iterator[str]:
    used = {cite.key for _, fact in _facts(held) for cite in fact.cites} | {CITATION}
    yield from (f"citation {key} does not exist" for key in sorted(used - set(held.citations)))
    yield from (f"citation {key} is not used" for key in sorted(set(held.citations) - used))
    for name, fact in _facts(held):
        unchecked = [
            cite.key
            for cite in fact.cites
            if cite.key in held.citations and held.citations[cite.key].checked is None
        ]
        if unchecked and fact.checked:
            yield f"{name}: it is checked, but its citation {unchecked[0]} is not"


def _cases(held: Knowledge) -> Iterator[str]:
    """Few enough unknowns, no case behind one that always holds, sides that exist, and "contraindicated" as said."""
    for rule in _ruled(held):
        unknown = {_group(atom) for case in rule.cases for atom in atoms(case.when) if not _own(atom)}
        if len(unknown) > MOST_UNKNOWN:
            yield f"{rule.id}: {len(unknown)} predicates can be unknown, {MOST_UNKNOWN} at most"
        if any(case.when is None for case in rule.cases[:-1]):
            yield f"{rule.id}: a case stands behind one that always holds"
        sides = {"it"} if isinstance(rule, Rule) else {"left", "right"}
        named = {atom.side for case in rule.cases for atom in atoms(case.when) if isinstance(atom, Takes)}
        if named - sides - {None}:
            yield f"{rule.id}: its sides are {', '.join(sorted(sides))}"
        for case in rule.cases:
            if case.effect == CONTRAINDICATED and not _says_so(case):
                yield f"{rule.id}: its source must say contraindicated where the effect does"


def _says_so(case: Case) -> bool:
    return CONTRAINDICATED in case.advice.lower()


def _own(atom: object) -> bool:
    """True for what is always told: how the rule's own drug is taken."""
    return isinstance(atom, Takes) and atom.side is not None


def _group(atom: object) -> object:
    return atom.name if isinstance(atom, Number) else atom


def _wording(held: Knowledge) -> Iterator[str]:
    for entry in _entries(held):
        said = [entry.fact.statement]
        said += [case.advice for case in entry.cases] if not isinstance(entry, DrugClass) else []
        yield from forbidden(entry.id, said)


def _aliases(folder: Path) -> Iterator[str]:
    """YAML with anchors reads as something else than it shows."""
    for path in sorted(folder.rglob("*.yaml")):
        events: Iterable[object] = yaml.parse(path.read_text(encoding="utf-8"), Loader=LOADER)
        if any(isinstance(event, yaml.AliasEvent) for event in events):
            yield f"{path.name} holds an alias"
