"""One entry of the treatment knowledge as a reader sees it: what it says, when, and who says so."""

from __future__ import annotations

from collections.abc import Iterator

from tools.treatment.facts import UNCHECKED, Case, Citation, Drug, DrugClass, Fact, PairRule, Rule
from tools.treatment.indications import Indication, OptionEntry
from tools.treatment.load import Knowledge
from tools.treatment.names import Status, resolve
from tools.treatment.predicates import (
    All,
    Allergic,
    Any_,
    Breastfeeding,
    Condition,
    Not,
    Number,
    Phenotype,
    Predicate,
    Pregnant,
    Sex,
    Takes,
)
from tools.treatment.reading import NUMBERS


def shown(name: str, held: Knowledge) -> tuple[str, ...]:
    """The lines of a rule, pair, class, indication, option, citation or drug; empty for a name that is not held."""
    for kind in (held.rules, held.pairs, held.classes):
        if name in kind:
            return tuple(_entry(kind[name], held))
    if name in held.indications:
        return tuple(_indication(held.indications[name], held))
    for indication in held.indications.values():
        for option in indication.options:
            if option.id == name:
                return tuple(_option(option, held))
    if name in held.citations:
        return tuple(_citation(held.citations[name]))
    found = resolve(name, held)
    if found.status is Status.EXACT:
        return tuple(line for part in found.ingredients for line in _drug(held.drug(part), held))
    return ()


def words(predicate: Predicate | None, held: Knowledge) -> str:
    """A predicate in words."""
    match predicate:
        case None:
            return "always"
        case All(parts=parts):
            return " and ".join(_inner(part, held) for part in parts)
        case Any_(parts=parts):
            return " or ".join(_inner(part, held) for part in parts)
        case Not(part=part):
            return f"not ({words(part, held)})"
        case Number(name=name, bounds=bounds, max_age_days=days):
            newest = f", not older than {days} days" if days else ""
            return f"{name} {bounds.words} {NUMBERS[name]}".rstrip() + newest
        case Condition(ids=ids):
            return " or ".join(held.conditions[one].name for one in ids)
        case Takes():
            return _takes(predicate, held)
        case Allergic(what=what):
            return f"allergy to {_named(what, held)}"
        case Phenotype(gene=gene, values=values):
            return f"{gene} {' or '.join(values)}"
        case Sex(value=value):
            return value
        case Pregnant():
            return "pregnant"
        case Breastfeeding():
            return "breastfeeding"


def _inner(part: Predicate, held: Knowledge) -> str:
    text = words(part, held)
    return f"({text})" if isinstance(part, All | Any_) else text


def _takes(one: Takes, held: Knowledge) -> str:
    what = "it" if one.side else _named(one.what, held)
    more = [one.state or "", f"{' or '.join(one.routes)} route" if one.routes else ""]
    more += [f"{one.daily_mg.words} mg a day" if one.daily_mg else "", "another one" if one.besides else ""]
    return f"takes {what}" + "".join(f", {part}" for part in more if part)


def _named(refs: tuple[str, ...], held: Knowledge) -> str:
    said = []
    for ref in refs:
        kind, _, name = ref.partition(":")
        said.append(held.drug(name).name if kind == "drug" else f"any {held.classes[name].name}")
    return " or ".join(said)


def _entry(entry: Rule | PairRule | DrugClass, held: Knowledge) -> Iterator[str]:
    yield entry.id
    if isinstance(entry, DrugClass):
        yield f"  class {entry.name}: {', '.join(held.drug(one).name for one in entry.members)}"
    elif isinstance(entry, PairRule):
        yield f"  {_named(entry.left, held)} with {_named(entry.right, held)}: {entry.mechanism}"
    else:
        yield f"  {entry.topic}: {_named(entry.applies_to, held)}"
    if not isinstance(entry, DrugClass):
        yield from (f"  - {_case(case, held)}" for case in entry.cases)
    yield from _fact(entry.fact, held)


def _case(case: Case, held: Knowledge) -> str:
    does = f"{case.level.value}{f' ({case.effect})' if case.effect else ''}"
    return f"{does} when {words(case.when, held)}: {case.advice}" if case.when else f"{does}: {case.advice}"


def _fact(fact: Fact, held: Knowledge) -> Iterator[str]:
    yield f"  {fact.statement} [{fact.certainty}; {fact.status}; {fact.checked or UNCHECKED}]"
    for cite in fact.cites:
        citation = held.citations[cite.key]
        yield f"    {citation.title}, {cite.locator} ({_address(citation)})"


def _indication(one: Indication, held: Knowledge) -> Iterator[str]:
    yield f"{one.id}: {one.name}"
    yield f"  {one.scope}"
    yield from _fact(one.fact, held)
    for option in one.options:
        yield from (f"  {line}" for line in _option(option, held))


def _option(one: OptionEntry, held: Knowledge) -> Iterator[str]:
    yield f"{one.id}: {one.name} ({one.role.replace('_', ' ')}, line {one.line})"
    if one.regimen:
        yield f"  {' together with '.join(_named(part, held) for part in one.regimen)}"
    if one.population is not None:
        yield f"  for: {words(one.population, held)}"
    yield from (f"  - {_case(case, held)}" for case in one.cases)
    for preferred in one.prefer:
        yield f"  + {preferred.criterion} when {words(preferred.when, held)}: {preferred.advice}"
    for criterion, score in one.scores.items():
        yield f"  {criterion} {score.value}: {score.fact.statement}"
    yield from _fact(one.fact, held)


def _citation(one: Citation) -> Iterator[str]:
    yield f"{one.key}: {one.title}"
    yield f"  {one.body}, {one.year or 'year not held'}, {one.kind} ({_address(one)})"
    if one.checked:
        yield f"  checked {one.checked.day}: {one.checked.how}; {one.checked.agreeing} agreed"
    else:
        yield f"  {UNCHECKED}"


def _address(one: Citation) -> str:
    return f"PMID {one.pmid}" if one.pmid else f"doi {one.doi}" if one.doi else one.url or ""


def _drug(one: Drug, held: Knowledge) -> Iterator[str]:
    more = f" ({', '.join(one.brands)})" if one.brands else ""
    yield f"{one.name}{more}{'' if one.marketed else ', no longer sold'}"
    yield from (f"  class {each.id}: {each.name}" for each in held.classes_of(one.id))
    keys = held.keys[one.id]
    yield from (f"  rule {rule.id}" for key in sorted(keys) for rule in held.rules_on.get(key, ()))
    pairs = {rule.id for rule in held.pairs.values() if keys & {*rule.left, *rule.right}}
    yield from (f"  pair {name}" for name in sorted(pairs))
