"""A proposed drug tried on the patient as a new start: every rule that speaks of it, each asked once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from retrieval.evidence import Finding
from tools.treatment import genes, qt, safety
from tools.treatment import option_findings as words
from tools.treatment.facts import Case, PairRule, Rule
from tools.treatment.frame import LOCAL, Frame, Taken
from tools.treatment.hits import Hit, State
from tools.treatment.indications import OptionEntry
from tools.treatment.interactions import FiredPair, rules_for
from tools.treatment.load import Knowledge
from tools.treatment.predicates import Answer, Atom, Level, Side, Takes, Verdict, atoms, evaluate
from tools.treatment.safety import FiredRule
from tools.treatment.suppose import Asked, by_dose, what_settles, would_lift


@dataclass(frozen=True)
class _Traits:
    """What the verdict of a rule turns on beside the patient: its own drugs, and which others it asks after."""

    own: bool
    refs: frozenset[str]


@lru_cache(maxsize=4)
def _traits(held: Knowledge) -> Mapping[str, _Traits]:
    ruled: list[Rule | PairRule] = [*held.rules.values(), *held.pairs.values()]
    return {rule.id: _trait(rule.cases) for rule in ruled}


def _trait(cases: Sequence[Case]) -> _Traits:
    takes = [atom for case in cases for atom in atoms(case.when) if isinstance(atom, Takes)]
    own = any(atom.side is not None or atom.besides for atom in takes)
    return _Traits(own, frozenset(ref for atom in takes for ref in atom.what))


@dataclass(frozen=True)
class Trial:
    """The patient with proposed drugs beside the current ones; what does not turn on drugs is asked once."""

    frame: Frame
    told: dict[Atom, Answer]

    def answer(self, atom: Atom, pair: Mapping[Side, Any]) -> Answer:
        """True, false or unknown, as the frame says."""
        if isinstance(atom, Takes):
            return self.frame.answer(atom, pair)
        if atom not in self.told:
            self.told[atom] = self.frame.answer(atom, pair)
        return self.told[atom]


Combination = tuple[str, ...]
"""Drugs given together, one of each part of a regimen."""


class Bench:
    """One patient on whom drugs are tried; a rule is asked once for each drug and what it stands beside."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.held = frame.knowledge
        self._told: dict[Atom, Answer] = {}
        self._taken: dict[str, tuple[Taken, ...]] = {}
        self._trials: dict[Combination, Trial] = {}
        self._verdicts: dict[object, Verdict] = {}
        self._hits: dict[object, Hit] = {}
        self._alone: dict[str, tuple[Hit, ...]] = {}
        self._benches: dict[frozenset[int], Bench] = {}

    def without(self, products: frozenset[int]) -> Bench:
        """The same patient after these products were given up."""
        if not products:
            return self
        if products not in self._benches:
            kept = tuple(one for one in self.frame.taken if one.product not in products)
            self._benches[products] = Bench(replace(self.frame, taken=kept))
        return self._benches[products]

    @cached_property
    def world(self) -> Trial:
        """The patient as is."""
        return Trial(self.frame, self._told)

    def named(self, drug: str) -> str:
        return self.held.drug(drug).name

    def proposed(self, drug: str) -> tuple[Taken, ...]:
        """The drug as a new start, ingredient by ingredient."""
        if drug not in self._taken:
            number = max((one.product for one in self.frame.taken), default=0) + 1 + len(self._taken)
            self._taken[drug] = tuple(
                self._started(part, drug, number) for part in self.held.drug(drug).parts
            )
        return self._taken[drug]

    def _started(self, part: str, drug: str, number: int) -> Taken:
        name, product = self.held.drug(part).name, self.held.drug(drug)
        route = self.held.drug(product.parts[0]).routes[0]
        same = next((one for one in self.current(drug) if one.drug == part), None)
        return Taken(
            drug=part,
            named=name if part == drug else f"{name} (in {product.name})",
            product=number,
            state="new",
            route=route,
            daily_mg=same.daily_mg if same else None,
        )

    def current(self, drug: str) -> tuple[Taken, ...]:
        """The drug where the patient takes it already: a product of the very same ingredients."""
        parts = set(self.held.drug(drug).parts)
        products: dict[int, set[str]] = {}
        for one in self.frame.taken:
            products.setdefault(one.product, set()).add(one.drug)
        return tuple(one for one in self.frame.taken if products[one.product] == parts)

    def trial(self, combination: Combination) -> Trial:
        """The patient with these drugs started; a drug that is taken already stands there once, as new."""
        if combination not in self._trials:
            started = [one for drug in combination for one in self.proposed(drug)]
            routes = {(one.drug, one.route) for one in started}
            gone = {
                id(one)
                for drug in combination
                for one in self.current(drug)
                if (one.drug, one.route) in routes
            }
            kept = [one for one in self.frame.taken if id(one) not in gone]
            self._trials[combination] = Trial(replace(self.frame, taken=(*kept, *started)), self._told)
        return self._trials[combination]

    def tried(
        self, drug: str, combination: Combination, entry: OptionEntry | None = None
    ) -> tuple[tuple[Hit, ...], tuple[Asked, ...]]:
        """What is said of one drug of a combination, strictest first; and every rule that was asked."""
        trial = self.trial(combination)
        hits, asked = [*self._of_the_drug(drug, combination)], []
        for taken in self.proposed(drug):
            for hit, basis in (
                *self._rules(taken, combination, trial),
                *self._pairs(taken, combination, trial),
            ):
                asked.append(basis)
                hits += [hit] if hit else []
            if entry is not None and entry.cases:
                hit, basis = self.own_case(entry, {"it": taken}, taken.named, trial)
                asked.append(basis)
                hits += [hit] if hit else []
        return tuple(sorted(hits, key=lambda hit: -hit.level.rank)), tuple(asked)

    def _rules(
        self, taken: Taken, combination: Combination, trial: Trial
    ) -> Iterator[tuple[Hit | None, Asked]]:
        if taken.route in LOCAL:
            return
        for key in sorted(self.held.keys[taken.drug]):
            for rule in self.held.rules_on.get(key, ()):
                verdict = self._verdict(rule, {"it": taken}, combination, trial)
                asked = Asked(taken.named, rule.cases, trial, {"it": taken}, verdict)
                yield self._of_rule(rule, taken, asked, trial), asked

    def _of_rule(self, rule: Rule, taken: Taken, asked: Asked, trial: Trial) -> Hit | None:
        verdict = asked.verdict
        if verdict.level is Level.NONE:
            return None
        key = (rule.id, taken.drug, id(verdict))
        if key not in self._hits:
            finding = words.of_rule(FiredRule(rule, taken, verdict), trial.frame)
            self._hits[key] = _hit(asked, finding, rule.topic, trial.frame)
        return self._hits[key]

    def continuing(self, product: int) -> Iterator[Finding]:
        """What rules on one drug say of a product that the patient takes, as one that goes on."""
        for taken in self.frame.taken:
            if taken.product == product:
                for hit, _ in self._rules(taken, (), self.world):
                    if hit is not None and hit.level.interrupts:
                        yield hit.finding

    def _pairs(
        self, taken: Taken, combination: Combination, trial: Trial
    ) -> Iterator[tuple[Hit | None, Asked]]:
        for other in trial.frame.taken:
            if other.product == taken.product or other.drug == taken.drug:
                continue
            local = LOCAL & {taken.route, other.route}
            for rule, swapped in rules_for(taken.drug, other.drug, self.held):
                if local and not rule.names_route:
                    continue
                sides: dict[Side, Taken] = (
                    {"left": other, "right": taken} if swapped else {"left": taken, "right": other}
                )
                verdict = self._verdict(rule, sides, combination, trial)
                asked = Asked(taken.named, rule.cases, trial, sides, verdict)
                yield self._of_pair(rule, sides, other, asked, trial), asked

    def _of_pair(
        self, rule: PairRule, sides: Mapping[Side, Taken], other: Taken, asked: Asked, trial: Trial
    ) -> Hit | None:
        verdict = asked.verdict
        if verdict.level is Level.NONE:
            return None
        key = (rule.id, asked.about, other.product, other.drug, id(verdict))
        if key not in self._hits:
            finding = words.of_pair(FiredPair(rule, sides["left"], sides["right"], verdict), trial.frame)
            hit = _hit(asked, finding, "interaction", trial.frame)
            ways = [way for way in (hit.would_lift, f"without {other.named}") if way]
            lifted = " / ".join(ways) if hit.state is State.EXCLUDED else ""
            self._hits[key] = replace(hit, would_lift=lifted)
        return self._hits[key]

    def _verdict(
        self, rule: Rule | PairRule, sides: Mapping[Side, Taken], combination: Combination, trial: Trial
    ) -> Verdict:
        trait = _traits(self.held)[rule.id]
        own = tuple((side, one.product, one.drug) for side, one in sides.items()) if trait.own else ()
        beside = tuple(one for one in combination if trait.refs & self._refs(one)) if trait.refs else ()
        key = (rule.id, own, beside)
        if key not in self._verdicts:
            self._verdicts[key] = evaluate(rule.cases, trial, sides)
        return self._verdicts[key]

    def _refs(self, drug: str) -> frozenset[str]:
        return frozenset(ref for part in self.held.drug(drug).parts for ref in self.held.keys[part])

    def own_case(
        self, entry: OptionEntry, pair: Mapping[Side, Taken], named: str, trial: Trial
    ) -> tuple[Hit | None, Asked]:
        """What the option's own cases say of a drug of it, or of a measure without one."""
        verdict = evaluate(entry.cases, trial, pair)
        asked = Asked(named, entry.cases, trial, pair, verdict)
        if verdict.case is None or verdict.level is Level.NONE:
            return None, asked
        case = entry.cases[verdict.case]
        finding = words.of_case(entry, case, verdict, _about(entry, case, named), trial.frame)
        return _hit(asked, finding, "option", trial.frame), asked

    def _of_the_drug(self, drug: str, combination: Combination) -> tuple[Hit, ...]:
        """Allergy, genes, class mates and QT: what turns on the drug and the patient alone."""
        if drug not in self._alone:
            self._alone[drug] = tuple(
                hit
                for taken in self.proposed(drug)
                for part in (self._allergies, self._genes, self._qt)
                for hit in part(taken)
            ) + tuple(hit for taken in self.proposed(drug) for hit in self._duplicates(taken, drug))
        return self._alone[drug]

    def _allergies(self, taken: Taken) -> Iterator[Hit]:
        for fired in safety.allergies(replace(self.frame, taken=(taken,))):
            finding = words.of_allergy(fired, self.frame)
            asks = () if fired.allergy.kind_known else (f"the kind of reaction to {fired.allergy.named}",)
            yield Hit(fired.level, True, finding, "allergy", asks)

    def _genes(self, taken: Taken) -> Iterator[Hit]:
        for one in genes.advice(self.frame.calls, (taken.drug,), self.held):
            certain = not one.populations and not one.advice.split
            asks = (
                (f"for which use {one.drug} is meant ({', '.join(one.populations)})",)
                if one.populations
                else ()
            )
            for finding in one.findings:
                level = words.level_of(finding)
                if level is not Level.NONE:
                    yield Hit(level, certain, finding, "gene", asks)

    def _duplicates(self, taken: Taken, drug: str) -> Iterator[Hit]:
        """Class mates that are taken; the very same drug is no duplicate of itself."""
        keys, itself = self.held.keys[taken.drug], self.current(drug)
        mates = tuple(
            one for one in self.frame.taken if self.held.keys[one.drug] & keys and one not in itself
        )
        for twice in safety.duplicates(replace(self.frame, taken=(taken, *mates))):
            if twice.one is taken:
                yield Hit(twice.level, True, words.of_duplicate(twice, self.frame), "duplicate")

    def _qt(self, taken: Taken) -> Iterator[Hit]:
        if taken.route in LOCAL or taken.drug not in self.held.classes[qt.CLASS].members:
            return
        frame = self.trial((taken.drug,)).frame
        score = qt.tisdale(frame)
        if score is not None:
            yield Hit(Level.MONITOR, True, words.of_qt(score, taken.named, frame), "qt")


def _hit(asked: Asked, finding: Finding, kind: str, frame: Frame) -> Hit:
    verdict = asked.verdict
    avoids = verdict.level is Level.AVOID
    return Hit(
        level=verdict.level,
        certain=verdict.certain,
        finding=finding,
        kind=kind,
        asks=what_settles(asked),
        would_lift=would_lift(asked, frame) if avoids and verdict.certain else "",
        asked=asked,
        by_dose=avoids and not verdict.certain and by_dose(asked),
    )


def _about(entry: OptionEntry, case: Case, named: str) -> str:
    """Of a combination what holds for it as a whole is said once, of the option and not of each drug."""
    of_its_drug = any(isinstance(atom, Takes) and atom.side for atom in atoms(case.when))
    return entry.name if len(entry.regimen) > 1 and not of_its_drug else named
