"""Cases: everything of one drawn from (seed, index) alone, so that a case alone equals the same case in a batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from evals.cases import draw
from evals.cases.case import Case, Dialogue, Latent, Person, Presented, Rendering, Role, Said, Slot
from evals.cases.conditions import KNOWLEDGE
from evals.cases.gold import gold
from evals.cases.mixes import Mix, plan
from evals.cases.observe import Says, observe
from evals.cases.phrases import said
from evals.cases.render import chart, lay, note
from evals.cases.render.choice import Wording, fitting
from evals.cases.render.fillers import age_words, since
from evals.cases.streams import case_id, stream
from evals.cases.world import Stratum, World, world
from retrieval.patient import Known, Listed, Origin, OriginKind, Patient

QUESTIONS = (
    "What must not be missed here, and how soon does this need to be seen?",
    "How urgent is this, and which dangerous causes do I have to exclude?",
    "Differential, worst first, and how quickly should {he} be seen?",
    "Where should {he} be seen and when? Which diagnoses would be unsafe to miss?",
)
_NUMBER, _WORDS, _YES = Known[float].model_construct, Known[str].model_construct, Known[bool].model_construct


def base_case(
    seed: int, index: int, *, mix: Mix = "enriched", wording: Wording = "open", language: str = "",
    suite: str = "triage", role: Role = "patient", folder: Path = KNOWLEDGE,
) -> Case:  # fmt: skip
    """One case with no operator. ``language`` "" draws one; what cannot be said in it is written in English.

    ``wording`` "open" takes phrases 1 to 8 of each symptom, "held" the rest, "all" any.
    """
    held, drawn = world(folder), plan(mix, folder)
    stratum = drawn.stratum(seed, index, float(stream(seed, index, "disease").random()))
    return of_stratum(
        held, stratum, seed, index, weight=drawn.weights[stratum.name], wording=wording, language=language, suite=suite,
        role=role, mix=mix, folder=folder,
    )  # fmt: skip


def cases(
    n: int, seed: int, *, mix: Mix = "enriched", wording: Wording = "open", language: str = "",
    suite: str = "triage", role: Role = "patient", folder: Path = KNOWLEDGE,
) -> Iterator[Case]:  # fmt: skip
    """The first n cases of a seed."""
    for index in range(n):
        yield base_case(
            seed, index, mix=mix, wording=wording, language=language, suite=suite, role=role, folder=folder
        )


def of_stratum(
    held: World, stratum: Stratum, seed: int, index: int, *, weight: float = 1.0, wording: Wording = "open",
    language: str = "", suite: str = "triage", role: Role = "patient", mix: Mix = "enriched", folder: Path = KNOWLEDGE,
) -> Case:  # fmt: skip
    """A case of a stratum that somebody else chose."""
    there = draw.present(stratum, held, seed, index)
    who = draw.person(stratum, held, there.symptoms, language, seed, index)
    there = draw.bearable(there, held, who)
    has = draw.beside(stratum, held, who, there.symptoms, seed, index)
    hours = draw.hours(stratum, seed, index)
    z = draw.physiology(stratum, held, seed, index)
    says = Says(stratum.condition.id, there.symptoms)
    seen = observe(held, who, z, has, says, seed, index, folder)
    message = lay.message(stratum, held, who, there, has, hours, wording, seed, index)
    latent = Latent.model_construct(
        person=who, condition=stratum.condition.id, severity=stratum.severity.id, hours=hours,
        comorbid=has.problems, physiology=z, symptoms=dict(there.symptoms), vitals=seen.vitals, labs=seen.labs,
        problems=has.problems, drugs=_fitted(has.drugs, seen.egfr, held), allergies=has.allergies, egfr=seen.egfr,
    )  # fmt: skip
    name = case_id(suite, seed, index, *_variant(mix, wording, language, role))
    clinician = role == "clinician"
    shown = _to_clinician(name, latent, held, index) if clinician else _to_patient(name, who, message)
    return Case.model_construct(
        id=name, suite=suite, seed=seed, index=index, base_id=name, stratum=stratum.condition.id,
        tags=_tags(stratum, who, message, wording, clinician), latent=latent,
        patient=_charted(latent) if clinician else _told(who, message, has),
        renderings=() if clinician else (_RENDERING(kind="lay", text=message.text, language=message.language),),
        presented=shown,
        dialogue=None if clinician else _dialogue(held, latent, seed, index),
        gold=gold(stratum, there, None if clinician else message, role), weight=round(weight, 6),
    )  # fmt: skip


_RENDERING = Rendering.model_construct


def _variant(mix: str, wording: str, language: str, role: str) -> Iterator[str]:
    """What makes another case of the same seed and index; the usual choice adds nothing."""
    usual = ("enriched", "open", "", "patient")
    return (one for one, plain in zip((mix, wording, language, role), usual, strict=True) if one != plain)


def _fitted(drugs: tuple[Any, ...], egfr: float | None, held: World) -> tuple[Any, ...]:
    """Without those that this kidney forbids: a fault is planted, never drawn by chance."""
    limits = held.chronic.not_below
    if egfr is None or not any(drug.name in limits and egfr < limits[drug.name].value for drug in drugs):
        return drugs
    return tuple(drug for drug in drugs if drug.name not in limits or egfr >= limits[drug.name].value)


def _tags(
    stratum: Stratum, who: Person, message: lay.Message, wording: str, clinician: bool
) -> tuple[str, ...]:
    marks = {
        "atypical": stratum.severity.atypical,
        "held out": wording == "held",
        "child": who.age_years < 16,
        "proxy": bool(who.proxy),
        "pregnant": who.pregnant,
        message.language: message.language != "en" and not clinician,
    }
    return tuple(mark for mark, on in marks.items() if on)


def _to_patient(name: str, who: Person, message: lay.Message) -> Presented:
    turn = Said.model_construct(text=message.text)
    return Presented.model_construct(
        id=name, role="patient", country=who.country, language=message.language, turns=(turn,)
    )


def _to_clinician(name: str, latent: Latent, held: World, index: int) -> Presented:
    he = "she" if latent.person.sex == "female" else "he"
    question = QUESTIONS[index % len(QUESTIONS)].format(he=he)
    turn = Said.model_construct(text=f"{note.of(latent, held.symptoms)}\n\n{question}")
    return Presented.model_construct(
        id=name, role="clinician", country=latent.person.country, chart=chart.of(latent), turns=(turn,)
    )


def _told(who: Person, message: lay.Message, has: draw.Beside) -> Patient:
    """The frame as the words of the message tell it."""
    origin = _origin(OriginKind.WORDS, message.who)
    years = float(int(who.age_years)) if who.age_days >= 731 else round(who.age_years, 2)
    return Patient.model_construct(
        age_years=_NUMBER(value=years, unit="years", origin=origin),
        sex=_WORDS(value=who.sex, origin=origin),
        pregnant=_YES(value=True, origin=_origin(OriginKind.WORDS, message.pregnant))
        if message.pregnant
        else None,
        drugs=_listed([drug.name for drug in has.drugs], OriginKind.WORDS, message.drugs),
        problems=_listed([one.id for one in has.chronic], OriginKind.WORDS, message.problems),
    )


def _charted(latent: Latent) -> Patient:
    """The frame as the chart tells it."""
    who, kind = latent.person, OriginKind.CHART
    origin = _origin(kind, "chart")
    weeks = (
        _NUMBER(value=float(who.weeks_pregnant), unit="weeks", origin=origin) if who.weeks_pregnant else None
    )
    return Patient.model_construct(
        age_years=_NUMBER(value=round(who.age_years, 2), unit="years", origin=origin),
        sex=_WORDS(value=who.sex, origin=origin),
        pregnant=_YES(value=True, origin=origin) if who.pregnant else None,
        weeks_pregnant=weeks,
        weight=_NUMBER(value=who.weight_kg, unit="kg", origin=origin),
        labs={one.name: _NUMBER(value=one.value, unit=one.unit, origin=origin) for one in latent.labs.values()},
        vitals={one.name: _NUMBER(value=one.value, unit=one.unit, origin=origin) for one in latent.vitals.values()},
        problems=_listed(latent.problems, kind, "chart", complete=True),
        drugs=_listed([drug.name for drug in latent.drugs], kind, "chart", complete=True),
        allergies=_listed([one.substance for one in latent.allergies], kind, "chart", complete=True),
    )  # fmt: skip


def _origin(kind: OriginKind, where: str) -> Origin:
    return Origin.model_construct(kind=kind, where=where)


def _listed(names: Any, kind: OriginKind, where: str, complete: bool = False) -> Listed:
    if not where:
        return Listed()
    origin = _origin(kind, where)
    items = tuple(_WORDS(value=name, origin=origin) for name in names)
    return Listed.model_construct(items=items, complete=complete)


def _dialogue(held: World, latent: Latent, seed: int, index: int) -> Dialogue:
    """Every symptom of the case and what its mimics would show, then the facts that may be asked for."""
    draws = stream(seed, index, "dialogue").random(len(latent.symptoms) + 1).tolist()
    slots = [
        _slot(held, latent.person, name, there, share)
        for (name, there), share in zip(latent.symptoms.items(), draws[1:], strict=True)
    ]
    return Dialogue.model_construct(slots=(*slots, *_facts(latent)), seed=int(draws[0] * 2**31))


def _slot(held: World, who: Person, name: str, there: bool, share: float) -> Slot:
    one = held.symptoms[name]
    fit = fitting(one, who) if there else ()
    phrase = fit[int(share * len(fit))].text if fit else ""
    key = (name, phrase, who.sex if phrase else "", bool(who.proxy), id(one))
    if key not in _SLOTS:
        words = said(phrase, who.sex, bool(who.proxy)) if phrase else f"no {one.noun.get('en', name)}"
        _SLOTS[key] = _SLOT(id=name, present=there, words=words, keywords=one.keywords)
    return _SLOTS[key]


_SLOTS: dict[tuple[object, ...], Slot] = {}
_SLOT = Slot.model_construct


def _facts(latent: Latent) -> Iterator[Slot]:
    who = latent.person
    age = age_words(who.age_days, "en")
    yield _SLOT(
        id="age", words=f"{age}s old" if not age.startswith("1 ") else f"{age} old", keywords=("age", "old")
    )
    yield _SLOT(
        id="onset", words=f"{since(latent.hours, 'en')} ago", keywords=("when", "start", "how long", "since")
    )
    if who.sex == "female" and 12 <= who.age_years < 56:
        yield _pregnant(latent)
    yield _SLOT(id="weight", words=f"{who.weight_kg:g} kg", keywords=("weigh",))
    drugs = ", ".join(drug.name for drug in latent.drugs)
    yield _SLOT(id="drugs", words=drugs or "nothing", keywords=("medic", "tablet", "drug", "taking", "pills"))
    substances = ", ".join(one.substance for one in latent.allergies)
    yield _SLOT(id="allergies", words=substances or "none that I know of", keywords=("allerg",))
    yield _SLOT(
        id="problems",
        words=", ".join(latent.problems) or "nothing",
        keywords=("condition", "illness", "history"),
    )


def _pregnant(latent: Latent) -> Slot:
    """Before week 13 only those know whose symptoms say it."""
    weeks = latent.person.weeks_pregnant
    unknown = weeks is not None and weeks < 13 and not latent.symptoms.get("pregnant_now")
    words = "I don't know, I have not done a test" if unknown else "yes" if latent.person.pregnant else "no"
    return _SLOT(
        id="pregnant", present=None if unknown else latent.person.pregnant, words=words, keywords=("pregnan",)
    )


def slots(case: Case) -> Mapping[str, Slot]:
    """By id; empty where the case has no dialogue."""
    return {slot.id: slot for slot in case.dialogue.slots} if case.dialogue else {}
