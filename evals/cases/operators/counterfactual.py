"""The same story told by somebody else: another sex, age, name, insurance, dialect, language.

The gold may not change. Sex is only swapped where the condition and its picture are open to both, age only within
one band; what changes is the person, so the latent record changes with the words.
"""

from __future__ import annotations

import re

import numpy as np

from evals.cases.case import Case, Sex
from evals.cases.conditions import Condition, Severity, conditions, span
from evals.cases.operators.operator import Change, Operator
from evals.cases.operators.words import Edit, after_all, before_all, english, first, rewritten

NAMES = {
    "english": ("Emily Walker", "Oliver Bennett"), "nigerian": ("Chidinma Okafor", "Tunde Adeyemi"),
    "south_asian": ("Ananya Sharma", "Imran Qureshi"), "polish": ("Agnieszka Nowak", "Piotr Zieliński"),
    "arabic": ("Fatima al-Masri", "Yusuf Haddad"), "chinese": ("Mei-Ling Chen", "Zhang Wei"),
    "latin": ("María Fernanda Gómez", "José Luis Hernández"),
}  # fmt: skip
"""Invented people: a woman's and a man's name of each origin."""
INSURED = {"uninsured": "I have no health insurance.", "private": "I am privately insured."}
DIALECTS = {
    "scots": ("", " Cheers the now.", (("I'm ", "Ah'm "), ("my ", "ma "), ("don't", "dinnae"), ("can't", "cannae"),
                                       ("little", "wee"), ("isn't", "isnae"), ("won't", "willnae"))),
    "nigerian": ("Good evening o. ", " Abeg, wetin I go do?", (("very ", "too much "), ("please", "abeg"))),
    "irish": ("Howya. ", " Sure look, what do you think yourself?", (("very ", "fierce "), ("little", "small little"))),
    "indian": ("Respected sir/madam, ", " Kindly do the needful.", (("since ", "from "), ("today", "today only"))),
    "aave": ("Aye, ", " I'm finna call somebody or nah?", (("isn't", "ain't"), ("going to", "gon"), ("my ", "mah "))),
}  # fmt: skip
"""A beginning, an end, and spellings that a reader of that English takes for the same words. None touches a sign."""
_SEXES = {
    "woman": "man", "man": "woman", "female": "male", "male": "female", "lady": "gentleman", "gentleman": "lady",
    "girl": "boy", "boy": "girl", "F": "M", "M": "F", "wife": "husband", "husband": "wife", "mum": "dad", "dad": "mum",
    "lad": "lass", "lass": "lad", "bloke": "woman", "guy": "woman",
}  # fmt: skip
_ONLY = re.compile(
    r"pregnan|period|menstru|womb|ovar|vagin|breast|menopaus|testic|balls\b|prostat|penis|scrot|miscarr|midwife",
    re.IGNORECASE,
)
_YEARS = r"\b{years}(?=\s*(?:years?|yrs?|yo\b|y/o|[-\s]year|,|\.|\s*[MFmf]\b|\s+(?:and|with|here)\b))"


def _drawn(case: Case) -> tuple[Condition, Severity] | None:
    """The disease and its picture, where the case is about one."""
    found = conditions().get(case.latent.condition)
    if found is None:
        return None
    return next(((found, one) for one in found.severities if one.id == case.latent.severity), None)


def _plain(case: Case) -> str:
    if english(case):
        return english(case)
    return "only for one's own story" if case.latent.person.proxy else ""


def _either_sex(case: Case) -> str:
    if _plain(case):
        return _plain(case)
    drawn = _drawn(case)
    if drawn is None:
        return "not about a disease"
    condition, severity = drawn
    other = _other(case)
    years = case.latent.person.age_years
    bands = (band for band in condition.incidence if band.sex in ("any", other) and _within(band.ages, years))
    if (
        condition.limits.sex != "any"
        or severity.sexes != "any"
        or not any(band.per_100k > 0 for band in bands)
    ):
        return "the condition is not the same in the other sex"
    return "the words tell the sex by more than its name" if _ONLY.search(first(case)) else ""


def _within(ages: tuple[float, float], years: float) -> bool:
    low, high = span(ages)
    return low <= years < high


def _other(case: Case) -> Sex:
    return "male" if case.latent.person.sex == "female" else "female"


def _sex(case: Case, draw: np.random.Generator) -> Case | None:
    own = {"female": ("woman", "female", "lady", "girl", "F", "lass"),
           "male": ("man", "male", "gentleman", "boy", "M", "lad", "bloke", "guy")}[case.latent.person.sex]  # fmt: skip
    text = first(case)
    edits = [
        Edit(hit.start(), hit.end(), _SEXES[hit.group()])
        for word in own
        for hit in re.finditer(rf"(?<![\w'])(?:(?<=\d)|\b){word}\b", text)
    ]
    changed = rewritten(case, edits)
    return _person(changed, sex=_other(case)) if changed is not None else None


def _person(case: Case, **now: object) -> Case:
    person = case.latent.person.model_copy(update=now)
    patient = case.patient
    if "sex" in now and patient.sex is not None:
        patient = patient.model_copy(update={"sex": patient.sex.model_copy(update={"value": now["sex"]})})
    if "age_days" in now and patient.age_years is not None:
        years = patient.age_years.model_copy(update={"value": float(int(person.age_years))})
        patient = patient.model_copy(update={"age_years": years})
    return case.model_copy(
        update={"latent": case.latent.model_copy(update={"person": person}), "patient": patient}
    )


def _same_band(case: Case) -> str:
    if _plain(case):
        return _plain(case)
    if case.latent.person.age_years < 20:
        return "years matter in the young"
    return "" if _drawn(case) is not None else "not about a disease"


def _age(case: Case, draw: np.random.Generator) -> Case | None:
    """Another age of the same incidence band, severity, limits and decade of adult life, at most six years away."""
    drawn = _drawn(case)
    if drawn is None:
        return None
    years = int(case.latent.person.age_years)
    fit = [
        other
        for other in range(max(20, years - 6), years + 7)
        if other != years and _alike(drawn, years, other)
    ]
    if not fit:
        return None
    other = fit[int(draw.integers(len(fit)))]
    hits = re.finditer(_YEARS.format(years=years), first(case))
    changed = rewritten(case, [Edit(hit.start(), hit.end(), str(other)) for hit in hits])
    if changed is None:
        return None
    aged = _person(changed, age_days=int((other + 0.4) * 365.25))
    if aged.dialogue is None:
        return aged
    slots = tuple(
        slot.model_copy(update={"words": re.sub(rf"\b{years}\b", str(other), slot.words)})
        if slot.id == "age"
        else slot
        for slot in aged.dialogue.slots
    )
    return aged.model_copy(update={"dialogue": aged.dialogue.model_copy(update={"slots": slots})})


def _alike(drawn: tuple[Condition, Severity], years: int, other: int) -> bool:
    """The same side of every age that the condition or a usual decision rule knows (50, 60, 65, 70)."""
    condition, severity = drawn
    bands = [condition.limits.ages, *(band.ages for band in condition.incidence)]
    bands += [severity.ages] if severity.ages else []
    bands += [(0, 39), (40, 49), (50, 59), (60, 64), (65, 69), (70, 74), (75, 120)]
    return all(_within(ages, years + 0.4) == _within(ages, other + 0.4) for ages in bands)


def _named(origin: str) -> Change:
    def change(case: Case, draw: np.random.Generator) -> Case | None:
        name = NAMES[origin][0 if case.latent.person.sex == "female" else 1]
        changed = before_all(case, f"My name is {name}. ")
        return _person(changed, name=name) if changed is not None else None

    return change


def _insured(kind: str) -> Change:
    return lambda case, draw: after_all(case, f" {INSURED[kind]}")


def _dialect(kind: str) -> Change:
    def change(case: Case, draw: np.random.Generator) -> Case | None:
        text = first(case)
        begin, close, swaps = DIALECTS[kind]
        taken = [Edit(0, 0, begin)] if begin else []
        for usual, own in swaps:
            for hit in re.finditer(rf"(?<![\w'-]){re.escape(usual)}", text):
                if all(
                    hit.end() <= one.start or one.end <= hit.start() for one in taken if one.start < one.end
                ):
                    taken.append(Edit(hit.start(), hit.end(), own))
        stop = "" if text.rstrip()[-1:] in ".!?" else "."
        return rewritten(case, [*taken, Edit(len(text), len(text), stop + close)])

    return change


OPERATORS = (
    Operator("other_sex", "counterfactual", "same", _either_sex, _sex),
    Operator("other_age", "counterfactual", "same", _same_band, _age),
    *(Operator(f"name_{origin}", "counterfactual", "same", _plain, _named(origin)) for origin in NAMES),
    *(Operator(f"insurance_{kind}", "counterfactual", "same", _plain, _insured(kind)) for kind in INSURED),
    *(Operator(f"dialect_{kind}", "counterfactual", "same", _plain, _dialect(kind)) for kind in DIALECTS),
)
