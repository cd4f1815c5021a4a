"""The options against gold that is derived from the rules, and against the drug check asked by itself.

Derived gold: for every drug that an indication offers and every rule on it that can say avoid, a patient for whom the
rule does, worked out from its cases alone (derive.py): the drug must be excluded, and the rule named. Then the same
patient with one deciding fact not known: the drug must not be open, and the fact must be asked. Random patients: no
open option holds a drug that the drug check is certain to avoid; every quote is held, and every reference registered.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evals.bench.genomics.row import Row
from evals.bench.treatment.derive import Question, witness
from evals.bench.treatment.patients import listed, some_patient
from retrieval.evidence import Evidence
from retrieval.patient import Patient
from tools.treatment.candidate import Option, drugs_of
from tools.treatment.check import check
from tools.treatment.facts import PairRule, Rule
from tools.treatment.indications import Indication
from tools.treatment.load import Knowledge, knowledge
from tools.treatment.options import Choice, Considered, State, consider
from tools.treatment.predicates import Level, Side, Verdict
from tools.treatment.units import FrameError

SEED, PEOPLE, PAIRS = 11, 60, 300
HELD = "fact:treatment:"
_Pair = tuple[Indication, str, PairRule, dict[Side, str], Side]
BARE = "the chat model alone: not run (no model is held)"


@dataclass
class Tally:
    """Counts over the derived patients."""

    excluded: int = 0
    cases: int = 0
    named: int = 0
    asked: int = 0
    hidden: int = 0
    open_when_hidden: int = 0
    not_derived: int = 0
    faults: list[str] = field(default_factory=list)


def rows(_: Path) -> Iterator[Row]:
    """Violations, what is asked, citations, and agreement with the guideline line."""
    held = knowledge()
    single, paired = Tally(), Tally()
    for indication, drug, rule in singles(held):
        derived(single, indication, drug, rule, {"it": drug}, "it", held)
    for indication, drug, pair, sides, proposed in _pairs(held):
        derived(paired, indication, drug, pair, sides, proposed, held)
    yield from _of_gold("rules on one drug", single)
    yield from _of_gold("pair rules, a draw", paired)
    yield from _random(held)


def _of_gold(name: str, told: Tally) -> Iterator[Row]:
    bad = told.cases - told.excluded
    more = f"; for {told.not_derived} rules no patient could be derived (dose, route, gene)"
    why = f" ({'; '.join(told.faults[:3])})" if told.faults else ""
    ours = f"{bad} of {told.cases} derived patients; the rule is named in {told.named}{more}{why}"
    yield Row("7j", f"options, hard constraints violated, {name}", "0", ours, bad == 0, peers=BARE)
    ours = f"{told.asked} of {told.hidden}; open in {told.open_when_hidden}"
    met = told.asked == told.hidden and not told.open_when_hidden
    yield Row("7j", f"options, what could exclude is asked, {name}", "100 %", ours + why, met, peers=BARE)


def singles(held: Knowledge) -> Iterator[tuple[Indication, str, Rule]]:
    """Every drug that is offered alone, with every rule on it that can say avoid."""
    for indication in held.indications.values():
        for drug in _offered(indication, held):
            for key in sorted(held.keys[drug]):
                for rule in held.rules_on.get(key, ()):
                    if any(case.level is Level.AVOID for case in rule.cases):
                        yield indication, drug, rule


def _pairs(held: Knowledge) -> list[_Pair]:
    """Offered drug, pair rule and a partner that the patient takes: half of the draw depends on the patient."""
    found: dict[bool, list[_Pair]] = {True: [], False: []}
    chance = random.Random(SEED)
    for indication in held.indications.values():
        for drug in _offered(indication, held):
            for rule in held.pairs.values():
                if any(case.level is Level.AVOID for case in rule.cases):
                    one = _paired(indication, drug, rule, chance, held)
                    found[rule.cases[0].when is None] += [one] if one else []
    return [one for kind in found.values() for one in chance.sample(kind, min(PAIRS // 2, len(kind)))]


def _paired(
    indication: Indication, drug: str, rule: PairRule, chance: random.Random, held: Knowledge
) -> _Pair | None:
    ways: tuple[tuple[Side, tuple[str, ...], Side, tuple[str, ...]], ...] = (
        ("left", rule.left, "right", rule.right),
        ("right", rule.right, "left", rule.left),
    )
    for own, refs, other, others in ways:
        partners = _partners(others, drug, held) if held.keys[drug] & set(refs) else []
        if partners:
            return indication, drug, rule, {own: drug, other: chance.choice(partners)}, own
    return None


def _partners(refs: Sequence[str], drug: str, held: Knowledge) -> list[str]:
    return [
        one
        for one in sorted(held.drugs)
        if held.keys[one] & set(refs)
        and one != drug
        and not held.drug(one).ingredients
        and held.drug(one).routes[0] == "systemic"
    ]


def _offered(indication: Indication, held: Knowledge) -> list[str]:
    """The single ingredients that an indication offers alone."""
    found = dict.fromkeys(
        drug
        for option in indication.options
        if len(option.regimen) == 1
        for drug in drugs_of(option, held)[0]
        if held.drug(drug).parts == (drug,) and held.drug(drug).routes[0] == "systemic"
    )
    return list(found)


def derived(
    told: Tally,
    indication: Indication,
    drug: str,
    rule: Rule | PairRule,
    sides: Mapping[Side, str],
    proposed: Side,
    held: Knowledge,
) -> None:
    """Count what the options say of the derived patient, and of her with one fact not known."""
    presumed = tuple(held.conditions[one].says[0] for one in indication.condition)
    made = witness(Question(rule.cases, sides, proposed, held, presumed))
    if made is None:
        told.not_derived += 1
        return
    patient, hidden = made
    try:
        for choice in _choices(consider(indication, patient), drug):
            told.cases += 1
            told.excluded += choice.state is State.EXCLUDED
            told.named += any(_id(rule) in hit.finding.evidence[0].source.id for hit in choice.hits)
            if choice.state is not State.EXCLUDED:
                told.faults.append(f"{indication.id}, {drug}, {rule.id} is {choice.state}")
        for one in hidden:
            _asked(told, indication, drug, rule, one.patient, one.word)
    except FrameError:  # a threshold at the edge of what a body can be leaves no value beyond it
        told.not_derived += 1


def _asked(
    told: Tally, indication: Indication, drug: str, rule: Rule | PairRule, patient: Patient, word: str
) -> None:
    for choice in _choices(consider(indication, patient), drug):
        told.hidden += 1
        asks = [ask for hit in choice.hits for ask in hit.asks]
        good = choice.state is State.EXCLUDED or (
            choice.state is State.UNDECIDED and any(word in ask for ask in asks)
        )
        told.asked += good
        told.open_when_hidden += choice.state is State.OPEN
        if not good:
            told.faults.append(f"{indication.id}, {drug}, {rule.id} without {word} is {choice.state}")


def _choices(considered: Considered, drug: str) -> Iterator[Choice]:
    for option in considered.options:
        if len(option.entry.regimen) == 1:
            yield from (choice for choice in option.choices if choice.drug == drug)


def _id(rule: Rule | PairRule) -> str:
    return f"{HELD}{'rule' if isinstance(rule, Rule) else 'pair'}:{rule.id}"


def _random(held: Knowledge) -> Iterator[Row]:
    """Random patients, every indication."""
    chance = random.Random(SEED)
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for _ in range(PEOPLE):
        patient = some_patient(chance, held)
        for indication in held.indications.values():
            try:
                considered = consider(indication, patient)
            except FrameError:
                counts["impossible"] += 1
                continue
            counts["cases"] += 1
            wrong += [f"{indication.id}: {one}" for one in _violations(considered, patient, counts)]
            _count(considered, counts, held)
    yield from _of_random(counts, wrong)


def _of_random(counts: Counter[str], wrong: Sequence[str]) -> Iterator[Row]:
    bad = f"{len(wrong)} in {counts['open drugs']} open combinations of {counts['cases']} cases"
    bad += f" ({'; '.join(wrong[:3])})" if wrong else ""
    yield Row("7j", "options, an open one holds what the drug check avoids, random patients", "0", bad, not wrong,
              peers=BARE)  # fmt: skip
    ours = f"{counts['asking']} of {counts['undecided']}"
    met = counts["asking"] == counts["undecided"]
    yield Row("7j", "options, undecided ones that ask, random patients", "100 %", ours, met, peers=BARE)
    quotes, refs = (
        f"{counts['quoted']} of {counts['quotes']}",
        f"{counts['registered']} of {counts['quotes']}",
    )
    ours = f"quote is in the held text {quotes}; reference is in the registry {refs}"
    met = counts["quoted"] == counts["registered"] == counts["quotes"]
    yield Row("7j", "options, citation validity, random patients", "100 %", ours, met, peers=BARE)
    share = 100 * counts["first of line"] / max(1, counts["with open"])
    ours = f"{share:.1f} % of {counts['with open']} cases with an open option; clear first choice in "
    ours += f"{100 * counts['clear'] / max(1, counts['with open']):.1f} %"
    measure = "options, the first is of the guideline's best open line, random patients"
    yield Row("7j", measure, "reported", ours, None, peers=BARE)


def _count(considered: Considered, counts: Counter[str], held: Knowledge) -> None:
    open_ = considered.of(State.OPEN)
    if open_:
        counts["with open"] += 1
        counts["clear"] += considered.clear_first
        counts["first of line"] += open_[0].entry.line == min(one.entry.line for one in open_)
    for one in considered.of(State.UNDECIDED):
        counts["undecided"] += 1
        counts["asking"] += bool(one.missing)
    known = {(one.title, one.doi, one.pmid, one.url) for one in held.citations.values()}
    for quote in _evidence(considered):
        source = quote.source
        counts["quotes"] += 1
        counts["quoted"] += quote.quote in (held.text(source.id) or "")
        counts["registered"] += (source.title, source.doi, source.pmid, source.url) in known


def _evidence(considered: Considered) -> Iterator[Evidence]:
    """What is quoted from the held facts."""
    for one in considered.options:
        for finding in (*one.for_, *one.against, *one.adjust, *one.monitoring):
            yield from (quote for quote in finding.evidence if quote.source.id.startswith(HELD))


def _violations(considered: Considered, patient: Patient, counts: Counter[str]) -> Iterator[str]:
    """What the drug check, asked by itself, is certain to avoid of an open combination."""
    held = knowledge()
    presumed = _presuming(patient, considered.indication, held)
    for option in considered.of(State.OPEN):
        for drugs in _combinations(option):
            counts["open drugs"] += 1
            yield from _avoided(drugs, presumed, held)


def _combinations(option: Option) -> Iterator[tuple[str, ...]]:
    if option.choices:
        yield tuple(one.drug for one in option.best)
    if len(option.entry.regimen) == 1:
        yield from ((one.drug,) for one in option.choices if one.state is State.OPEN)


def _avoided(drugs: Sequence[str], patient: Patient, held: Knowledge) -> Iterator[str]:
    checked = check([f"new: {held.drug(one).name}" for one in drugs], patient, guidelines=False)
    own = {part for one in drugs for part in held.drug(one).parts}
    for rule in checked.rules:
        if rule.taken.drug in own and _certain(rule.verdict):
            yield f"{rule.taken.drug} by {rule.rule.id}"
    for pair in checked.pairs:
        if {pair.left.drug, pair.right.drug} & own:
            yield from (f"{drugs} by {one.rule.id}" for one in pair.fired if _certain(one.verdict))
    for allergy in checked.allergies:
        if allergy.taken.drug in own and allergy.level is Level.AVOID:
            yield f"{allergy.taken.drug}, allergy to {allergy.allergy.named}"


def _certain(verdict: Verdict) -> bool:
    return verdict.level is Level.AVOID and verdict.certain


def _presuming(patient: Patient, indication: Indication, held: Knowledge) -> Patient:
    """The patient with the condition that is asked about on the problem list."""
    said = (held.conditions[one].says[0] for one in indication.condition)
    more = listed([*said]).items
    problems = patient.problems.model_copy(update={"items": (*patient.problems.items, *more)})
    return patient.model_copy(update={"problems": problems})
