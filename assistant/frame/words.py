"""The patient frame from the user's words: deterministic, each value with the words that it was read from.

Only what is stated plainly is taken. A value with a unit that could be read two ways is left out; nothing is inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from assistant.answer import Attachment
from assistant.frame import lists, measured
from assistant.frame.lists import grown
from assistant.frame.research import stated_of_the_patient
from assistant.turn import Earlier
from retrieval.patient import Known, Listed, Origin, OriginKind, Patient
from tools.triage.facts import ages, sex

_WEIGHT = re.compile(
    r"\b(?:weigh\w*|weight)\D{0,10}?(\d{2,3}(?:\.\d)?)\s*(kg|lb)s?\b|\b(\d{2,3}(?:\.\d)?)\s*(kg|lb)s?\b", re.I
)
_OF_AGE = re.compile(
    r"\b(?:woman|man|patient|girl|boy|male|female) of (\d{1,2})\b(?!\s*(?:kg|week|month|%))"
    r"|\b(?:woman|man|patient|girl|boy|male|female),? (?:aged )?(\d{1,3}) (?:years|yrs)\b(?! (?:ago|later|of)\b)",
    re.I,
)
_PREGNANT = re.compile(r"\b(?:(\d{1,2})\s*weeks?\s*)?(not\s+)?pregnant\b(?!\s+women)", re.I)
_BREASTFEEDING = re.compile(
    r"\b(not\s+)?(?:breast-?feeding|lactating|nursing (?:her|a|an|the|my) (?:baby|infant|child))\b(?!\s+women)",
    re.I,
)


def read(text: str, patient: Patient, earlier: Sequence[Earlier] = ()) -> tuple[Patient, tuple[str, ...]]:
    """The patient with what the text adds or changes, and one line for each change.

    A newer statement replaces an older one ("3 years, not 3 months"); lists only grow. Virtual patients of a simulation
    are nobody of the chart, also where a turn only changes the simulation that was asked ``earlier``.
    """
    text = stated_of_the_patient(whole(text), earlier)
    new = {name: known for name, known in _person(text).items() if not _same(getattr(patient, name), known)}
    changed = patient.model_copy(
        update={
            **new,
            "labs": {**patient.labs, **_new(patient.labs, measured.labs(text))},
            "vitals": {**patient.vitals, **_new(patient.vitals, measured.vitals(text))},
        }
    )
    changed = changed.model_copy(
        update={
            "problems": grown(changed.problems, lists.problems(text)),
            "drugs": grown(changed.drugs, lists.drugs(text)),
            "allergies": lists.allergies(text, changed.allergies),
            "genotypes": grown(changed.genotypes, lists.genotypes(text)),
        }
    )
    ended = {
        name: getattr(changed, name).model_copy(update={"complete": True}) for name in lists.complete(text)
    }
    changed = changed.model_copy(update=ended)
    return changed, changes(patient, changed)


def whole(words: str) -> str:
    """The words with halves of characters (a broken paste, a foreign terminal) replaced: they cannot be kept."""
    return words.encode("utf-8", "replace").decode()


def _same(old: Known[Any] | None, new: Known[Any]) -> bool:
    """Said again: the first origin stays."""
    return old is not None and (old.value, old.unit) == (new.value, new.unit)


def _new(old: dict[str, Known[float]], stated: dict[str, Known[float]]) -> dict[str, Known[float]]:
    return {name: known for name, known in stated.items() if not _same(old.get(name), known)}


def _words(match: re.Match[str]) -> Origin:
    return Origin(kind=OriginKind.WORDS, where=match.group().strip())


def _person(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    stated_ages = [(float(age.value), age.words) for age in ages(text)]
    stated_ages += [(float(match[1] or match[2]), match.group()) for match in _OF_AGE.finditer(text)]
    for years, words in stated_ages[:1]:
        origin = Origin(kind=OriginKind.WORDS, where=words)
        found["age_years"] = Known[float](value=years, unit="years", origin=origin)
    stated = sex(text)
    if stated:
        found["sex"] = Known[str](
            value=str(stated.value), origin=Origin(kind=OriginKind.WORDS, where=stated.words)
        )
    pregnant = _PREGNANT.search(text)
    if pregnant:
        found["pregnant"] = Known[bool](value=not pregnant[2], origin=_words(pregnant))
        if pregnant[1]:
            found["weeks_pregnant"] = Known[float](
                value=float(pregnant[1]), unit="weeks", origin=_words(pregnant)
            )
    feeding = _BREASTFEEDING.search(text)
    if feeding:
        found["breastfeeding"] = Known[bool](value=not feeding[1], origin=_words(feeding))
    weight = _WEIGHT.search(text)
    if weight:
        value, unit = float(weight[1] or weight[3]), (weight[2] or weight[4]).lower()
        found["weight"] = Known[float](value=value, unit=unit, origin=_words(weight))
    return found


_SAID = {"age_years": "age", "weeks_pregnant": "pregnant for"}


def changes(before: Patient, after: Patient) -> tuple[str, ...]:
    """One line for each value that differs."""
    lines = []
    for name, value in after:
        old = getattr(before, name)
        if value == old:
            continue
        said = _SAID.get(name, name.replace("_", " "))
        if isinstance(value, Listed):
            new = [item for item in value.values if item not in old.values]
            lines.append(f"{said}: {', '.join(new) if new else 'complete'}")
        elif isinstance(value, dict):
            lines += [
                f"{key}: {known.value:g} {known.unit}"
                for key, known in value.items()
                if old.get(key) != known
            ]
        elif value is not None:
            lines.append(f"{said}: {_shown(value)}")
    return tuple(lines)


def _shown(known: Known[Any]) -> str:
    value = {True: "yes", False: "no"}.get(known.value) if isinstance(known.value, bool) else known.value
    return f"{value:g} {known.unit}".strip() if isinstance(value, float) else f"{value}"


def with_images(patient: Patient, files: Iterable[Attachment]) -> Patient:
    """The patient with the pictures of the session, by their id: a file's own words are no fact about anybody."""
    shown = (
        Known[str](
            value=f"{file.id} ({file.kind})", origin=Origin(kind=OriginKind.CHART, where="attached file")
        )
        for file in files
        if file.kind in ("image", "dicom", "nifti")
    )
    return patient.model_copy(update={"images": grown(patient.images, shown)})
