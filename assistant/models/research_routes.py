"""From a question to the research tools, by rules: simulate a drug, profile a molecule, design molecules.

Clinicians only. A short turn after such a question changes what it asked ("and with 2.5 mg?", "the same in *3/*3").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from assistant.frame.lists import named_drugs
from assistant.models.genetic_routes import Call
from assistant.models.molecule_routes import THEN, changed, designs, generic, profiles
from assistant.models.molecule_routes import drugs_of as named_of
from assistant.models.simulated_doses import doses
from assistant.models.simulated_genotypes import WARFARIN, groups, speaks_of_genes
from assistant.models.simulated_groups import groups_of
from assistant.models.simulated_inputs import (
    intervals,
    people,
    several_schedules,
    timing,
    which,
)
from assistant.models.simulated_names import modelled
from assistant.research_words import (
    DOSE,
    FOLLOWS,
    LONGEST,
    PROFILE,
    SIMULATION,
    asks,
    asks_which,
    of_this_patient,
    sentences,
    without_research,
)
from assistant.turn import Earlier, TurnInput

MOST = 4
"""Simulations of one question."""
_FOLLOWS = re.compile(
    r"^\W*(?:and|now|what (?:about|if)|how about|same|the same|with|but|also|instead|then|again|repeat|make it"
    r"|use)\b",
    re.I,
)
_GOES_ON = re.compile(
    r"^\W*(?:(?:compare|versus|against|vs)\b|(?:over|for|until|after) (?:\d|an? )|(?:in|at) (?:\*|age |\d)"
    r"|add (?:an?|\*)\b)"
    r"(?![^?]*\b(?:should|recommend\w*|safe\w*|advis\w+|treat\w*|evidence|interact\w*)\b)",
    re.I,
)
"""Begins a turn that goes on where it says something that a request can hold."""
_SAME_FOR = re.compile(r"^\W*(?:(?:and|now|do|please) )*(?:the )?same (?:for|with|on|but)\b", re.I)
_EQUATIONS = re.compile(r"\bIWPC\b|\bHamberg\b", re.I)
BACK = 3
"""Turns back in which the request is looked for that a turn changes; those between name no drug."""
_AFTER_SIMULATE = re.compile(
    r"\bsimulat(?:e|ions? of)\s+(?:the |an? |oral |single |doses? |of |to |pk |pharmacokinetics |exposure |course "
    r"|\d\S* ?m?c?g )*([a-z][a-z-]{3,})",
    re.I,
)
_WITH = re.compile(
    r"(?:\b(?:with|together with|alongside|plus|on top of|added to|taken with|(?:who|while|is|are|already|also|,) (?:on"
    r"|taking|takes)"
    r"|takes|taking)|[,)] on|\*\d+ on|(?:mg|daily|patients?|man|woman|metaboli[sz]ers?|[AG]{2}|old|kg) on)\s+"
    r"(?:\d[\d.,]*\s?(?:mg|mcg|µg|g)(?:\s?/\s?d(?:ay)?| daily| bid| od)?\s+(?:of\s+)?)?$",
    re.I,
)


def research_calls(given: TurnInput) -> list[Call]:
    """The calls that the words ask of the three research tools; none for a patient, or where they ask another thing."""
    if given.role != "clinician":
        return []
    text = request_of(given)
    asked = [(tool, part) for part in sentences(text) if (tool := asks(part))]
    simulated = simulation_of(given)
    calls: list[Call] = []
    for tool in dict.fromkeys(tool for tool, _ in asked):
        said = " ".join(part for named, part in asked if named == tool)
        if tool == SIMULATION:
            calls += _simulations(simulated) if simulated else []
        else:
            calls += profiles(said) if tool == PROFILE else designs(said)
    return calls


def follows(given: TurnInput) -> bool:
    """Whether a question only changes what a research tool was asked before it."""
    return request_of(given) != given.question


def rest_of(given: TurnInput) -> str:
    """What the question asks beside the research tools; "" where nothing is left but words that go with it."""
    if not any(map(asks, sentences(given.question))):
        return ""
    return " ".join(part for part in sentences(without_research(given.question)) if part.endswith("?"))


def request_of(given: TurnInput) -> str:
    """The words of the request: the question, behind the one before it where it only changes that one."""
    requests: list[str] = []
    for place, said in enumerate((*(one.question for one in given.earlier), given.question)):
        requests.append(_request(said, given.earlier[:place], requests))
    return requests[-1]


def _request(question: str, earlier: Sequence[Earlier], requests: Sequence[str]) -> str:
    """The words of one request, with those of each turn before it."""
    if any(map(asks, sentences(question))) or not earlier:
        return question
    goes_on = bool(_FOLLOWS.search(question) or _GOES_ON.search(question))
    if len(question.split()) > FOLLOWS or not (goes_on or not earlier[-1].findings):
        return question
    for before, request in list(zip(earlier, requests, strict=True))[: -BACK - 1 : -1]:
        if asked := [part for part in sentences(request) if asks(part)]:
            return _changed(asked[-1], question) or question
        if not goes_on or drugs_of(before.question):
            break
    return question


def _changed(request: str, words: str) -> str:
    """The request with what a later turn says in its place; "" where that says nothing that a request can hold."""
    if asks(request) != SIMULATION:
        return changed(request, words)
    drug = next(iter(drugs_of(request)), "")
    new = bool(
        timing(words)
        or people(words)
        or which(words)
        or groups(words, drug)
        or _amounts(words)
        or several_schedules(words)
    )
    if _SAME_FOR.search(words) and (other := modelled(words)) and len(other) == 1:
        return _of_another(request, drug, other[0], words)
    return f"{request.rstrip(' .?!')}{THEN}{words.strip()}" if new and not _other_drug(words, request) else ""


def _of_another(request: str, drug: str, other: str, words: str) -> str:
    """The same request of another drug; the dose of the first is not taken for it."""
    if not drug or not re.search(rf"\b{re.escape(drug)}\b", request, re.I):
        return ""
    named = re.sub(rf"\b{re.escape(drug)}\b", other, request, flags=re.I)
    return f"{DOSE.sub(' ', named).rstrip(' .?!')}{THEN}{words.strip()}"


def drugs_of(text: str) -> list[str]:
    """The drugs of a text by their generic names, in order, and those that only a model knows."""
    found = dict.fromkeys((*named_of(text), *modelled(text)))
    return sorted(found, key=lambda name: place if (place := text.lower().find(name)) >= 0 else 0)


def _amounts(words: str) -> bool:
    return bool(doses(words, ["it"]))


def _other_drug(words: str, request: str) -> bool:
    return any(name not in drugs_of(request) for name in drugs_of(words))


def _beside(text: str) -> str:
    """Sentences that only state something: a genotype or an age told before the request belongs to it."""
    rest = (part for part in sentences(text) if not asks(part) and not part.endswith("?"))
    return " ".join(rest)[-LONGEST:]


# simulation


class Said(NamedTuple):
    """A request for a simulation: what was said earlier and later in turn, and what only stands beside it."""

    parts: tuple[str, ...]
    stated: str
    drugs: tuple[str, ...]
    beside: tuple[str, ...]
    own: str = ""

    @property
    def dosing(self) -> str:
        """The last part that says a dose or an interval."""
        told = (
            one
            for one in reversed(self.parts)
            if doses(one, self.drugs) or intervals(one) or several_schedules(one)
        )
        return next(told, "")

    @property
    def several(self) -> bool:
        """Whether more is asked than one dose at one interval, also by what stands beside ("bid? No, once daily")."""
        beside = intervals(_of_these(self.stated, self.drugs))
        other = len(set(beside) | set(intervals(self.dosing))) > 1 and len(self.parts) == 1
        return several_schedules(self.dosing) or bool(beside and other)


def simulation_of(given: TurnInput) -> Said | None:
    """What is asked to be simulated; None where nothing is."""
    text = request_of(given)
    said = " ".join(part for part in sentences(text) if asks(part) == SIMULATION)
    if not said:
        return None
    drugs, others = _subjects(said)
    own = " ".join(given.told)[-LONGEST:] if of_this_patient(said) else ""
    of_genes = (part for part in sentences(own) if any(speaks_of_genes(part, drug) for drug in drugs))
    parts = tuple(part for part in said.split(THEN) if part)
    return Said(parts, _beside(text), tuple(drugs), tuple(others), " ".join(of_genes))


def _simulations(asked: Said) -> list[Call]:
    """One call for each drug with each of its doses; what a later turn said goes before what was said earlier.

    More than one dose at one interval is not simulated: the call then holds no dose, and the tool asks for it.
    """
    drugs, parts = asked.drugs, asked.parts
    if not drugs:  # "which drugs can you simulate?": the tool names them
        return [Call(tool=SIMULATION, inputs={"drug": ""})] if asks_which(" ".join(parts)) else []
    told: dict[str, Any] = timing(_of_these(asked.stated, drugs)) | people(asked.stated)
    for part in parts:
        told |= timing(part) | people(part) | which(part)
    if of_this_patient(" ".join(parts)):  # else the chart's age, weight and genotype are nobody's
        told["of_patient"] = True
    amounts = next((found for part in reversed(parts) if (found := doses(part, drugs))), [])
    if asked.several:
        amounts = []
        told.pop("every_h", None)
    pairs: Sequence[tuple[str, float | None]] = [
        *amounts,
        *((drug, None) for drug in drugs if drug not in dict(amounts)),
    ]
    calls = [
        Call(tool=SIMULATION, inputs=_inputs(drug, dose, [asked.own, asked.stated, *parts], told, 2))
        for drug, dose in pairs[:MOST]
    ]
    beside = {"drugs": [*drugs, *asked.beside]}
    return calls + ([Call(tool="check_drugs", inputs=beside)] if asked.beside else [])


def _of_these(stated: str, drugs: Sequence[str]) -> str:
    """The sentences that tell of no other drug: how often that is taken is not how often these are."""
    return " ".join(part for part in sentences(stated) if not set(drugs_of(part)) - set(drugs))


def _inputs(
    drug: str, dose: float | None, parts: Sequence[str], told: dict[str, Any], first: int
) -> dict[str, Any]:
    inputs: dict[str, Any] = {"drug": drug} | ({"dose_mg": dose} if dose is not None else {}) | told
    genotypes = groups_of(parts, drug, first)
    return inputs | ({"genotypes": genotypes} if genotypes else {})


def _subjects(said: str) -> tuple[list[str], list[str]]:
    """The drugs to simulate, and those that are only taken with them: no model holds two drugs together."""
    drugs, beside = drugs_of(said), []
    for name, at in ((name, said.lower().find(name)) for name in named_drugs(said)):
        if _WITH.search(said[:at]) and generic(name) != drugs[0]:
            beside.append(generic(name))
    if not drugs and _EQUATIONS.search(said):
        drugs = [WARFARIN]
    if not drugs and not asks_which(said) and (match := _AFTER_SIMULATE.search(said)):
        drugs = [match[1].lower()]
    return [name for name in drugs if name not in beside], beside
