"""The patient frame from the user's words: deterministic, each value with the words that it was read from.

Only what is stated plainly is taken. A value with a unit that could be read two ways is left out; nothing is inferred.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from assistant.answer import Attachment
from assistant.verify.names import drugs
from genomics.mentions import MentionKind, find
from retrieval.expand import vocabulary
from retrieval.patient import Known, Listed, Origin, OriginKind, Patient
from tools.triage.facts import ages, sex

_LABS: dict[str, tuple[re.Pattern[str], float, float]] = {
    # name in the frame: how it is written, and the range outside of which it is not believed
    "eGFR": (
        re.compile(r"\be?GFR\b\D{0,12}?(\d{1,3}(?:\.\d)?)(?:\s*(mL/min(?:/1\.73\s?m2)?))?", re.I),
        1,
        200,
    ),
    "HbA1c": (re.compile(r"\b(?:HbA1c|A1c)\b\D{0,12}?(\d{1,3}(?:\.\d)?)\s*(%|mmol/mol)", re.I), 3, 200),
    "LDL cholesterol": (
        re.compile(r"\bLDL(?:-C)?\b\D{0,14}?(\d{1,3}(?:\.\d)?)\s*(mmol/L|mg/dL)", re.I),
        0.2,
        900,
    ),
    "potassium": (re.compile(r"\b(?:potassium|K\+)\D{0,8}?(\d(?:\.\d)?)\s*(mmol/L|mEq/L)", re.I), 1, 10),
    "ferritin": (re.compile(r"\bferritin\b\D{0,8}?(\d{1,5})\s*(µg/L|ug/L|ng/mL)", re.I), 1, 99999),
}
_PRESSURE = re.compile(r"\b(?:BP|blood pressure)\D{0,8}?(\d{2,3})\s*/\s*(\d{2,3})\b", re.I)
_WEIGHT = re.compile(
    r"\b(?:weigh\w*|weight)\D{0,10}?(\d{2,3}(?:\.\d)?)\s*(kg|lb)\b|\b(\d{2,3}(?:\.\d)?)\s*(kg)\b", re.I
)
_OF_AGE = re.compile(r"\b(?:woman|man|patient|girl|boy) of (\d{1,2})\b(?!\s*(?:kg|week|month|%))", re.I)
_PREGNANT = re.compile(r"\b(?:(\d{1,2})\s*weeks?\s*)?(not\s+)?pregnant\b(?!\s+women)", re.I)
_ALLERGY = re.compile(r"\ballerg(?:ic to|y to|y:|ies:)\s*([a-z][a-z-]+)", re.I)
_NO_ALLERGY = re.compile(r"\bno (?:known )?(?:drug )?allerg(?:y|ies)\b|\bNKDA\b", re.I)
_TAKES = re.compile(
    r"\b(?:takes?|taking|is on|on|with|uses?|using|prescribed|started|drugs?:|medications?:|receiving)\b"
    r"(?P<list>[^.?!;\n]{2,160})",
    re.I,
)
_ASKED = re.compile(
    r"\b(?:can|could|should|would|does|is|are|do|which|what|how|why|versus|vs|or|better|compared)\b", re.I
)
# "58-year-old woman with diabetes", "72M with AF", "she has asthma": what follows is said of this person
_HAS = re.compile(
    r"\b(?:(?:man|woman|patient|boy|girl|male|female|lady|gentleman|\d{1,3}\s?[MF]|year[- ]old|yo|mother|father)"
    r"(?:,? (?:with|who has|has|known to have|diagnosed with))|(?:she|he|they|i) (?:has|have|also has)|i've)"
    r"\b(?P<list>[^.?!;\n]{2,160})",
    re.I,
)
_DENIED = re.compile(r"\b(?:no|not|never|without|denies|family history)\b", re.I)
_MAY = re.compile(r"\b(?:can|could|should|would|may|might|if|instead of|stop|avoid)\b", re.I)
_WORD = re.compile(r"[A-Za-z][A-Za-z-]{3,}")


def read(text: str, patient: Patient) -> tuple[Patient, tuple[str, ...]]:
    """The patient with what the text adds or changes, and one line for each change.

    A newer statement replaces an older one ("3 years, not 3 months"); lists only grow.
    """
    new = {name: known for name, known in _person(text).items() if not _same(getattr(patient, name), known)}
    changed = patient.model_copy(
        update={
            **new,
            "labs": {**patient.labs, **_new(patient.labs, _labs(text))},
            "vitals": {**patient.vitals, **_new(patient.vitals, _vitals(text))},
        }
    )
    changed = changed.model_copy(
        update={
            "problems": _grown(changed.problems, _problems(text)),
            "drugs": _grown(changed.drugs, _drugs(text)),
            "allergies": _allergies(text, changed.allergies),
            "genotypes": _grown(changed.genotypes, _genotypes(text)),
        }
    )
    return changed, changes(patient, changed)


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
    stated_ages += [(float(match[1]), match.group()) for match in _OF_AGE.finditer(text)]
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
    weight = _WEIGHT.search(text)
    if weight:
        value, unit = float(weight[1] or weight[3]), (weight[2] or weight[4]).lower()
        found["weight"] = Known[float](value=value, unit=unit, origin=_words(weight))
    return found


def _labs(text: str) -> dict[str, Known[float]]:
    found = {}
    for name, (pattern, low, high) in _LABS.items():
        match = pattern.search(text)
        if match and low <= float(match[1]) <= high:
            found[name] = Known[float](
                value=float(match[1]), unit=match[2] or "mL/min/1.73 m²", origin=_words(match)
            )
    return found


def _vitals(text: str) -> dict[str, Known[float]]:
    match = _PRESSURE.search(text)
    if not match or not 50 <= float(match[1]) <= 300:
        return {}
    return {
        "systolic": Known[float](value=float(match[1]), unit="mmHg", origin=_words(match)),
        "diastolic": Known[float](value=float(match[2]), unit="mmHg", origin=_words(match)),
    }


def _drugs(text: str) -> Iterable[Known[str]]:
    """Drugs that the text says are taken; a drug that is only asked about is not."""
    for match in _TAKES.finditer(text):
        stated = _ASKED.split(match["list"])[0]
        before = re.split(r"[.?!;\n]", text[: match.start()])[-1]
        if _ALLERGY.search(stated) or _MAY.search(" ".join(before.split()[-4:])):
            continue  # "can she take ...", "allergic to ..."
        for word in _WORD.findall(stated):
            if word.lower() in drugs():
                yield Known[str](value=word.lower(), origin=_words(match))


def _problems(text: str) -> Iterable[Known[str]]:
    """Conditions that the text says this person has; a condition that is only asked about is not."""
    for match in _HAS.finditer(text):
        stated = _ASKED.split(match["list"])[0]
        for mention in vocabulary().mentions(stated):
            if mention.section == "conditions" and not _DENIED.search(stated):
                yield Known[str](value=mention.concept, origin=_words(match))


def _genotypes(text: str) -> Iterable[Known[str]]:
    for mention in find(text):
        if mention.kind is MentionKind.STAR:
            gene = mention.gene or ""
            value = mention.text if gene in mention.text else f"{gene} {mention.text}"
            yield Known[str](value=value, origin=Origin(kind=OriginKind.WORDS, where=mention.text))


def _allergies(text: str, before: Listed) -> Listed:
    if _NO_ALLERGY.search(text) and not before.items:
        return Listed(complete=True)
    return _grown(before, (Known[str](value=m[1].lower(), origin=_words(m)) for m in _ALLERGY.finditer(text)))


def _grown(before: Listed, more: Iterable[Known[str]]) -> Listed:
    items = {item.value: item for item in before.items}
    for item in more:
        items.setdefault(item.value, item)
    return before.model_copy(update={"items": tuple(items.values())})


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
    return patient.model_copy(update={"images": _grown(patient.images, shown)})


_EDITS: dict[str, Callable[[str], Any]] = {
    "age_years": float, "sex": str, "pregnant": str, "weeks_pregnant": float, "weight": float,
    "drugs": str, "allergies": str, "problems": str,
}  # fmt: skip
_UNITS = {"age_years": "years", "weeks_pregnant": "weeks", "weight": "kg"}
_RANGES = {"age_years": (0.0, 120.0), "weeks_pregnant": (1.0, 44.0), "weight": (0.3, 400.0)}


def edit(patient: Patient, field: str, value: str) -> Patient:
    """The patient with one field as the user wrote it; an empty value makes it unknown again.

    Raises:
        ValueError: there is no such field, or the value does not fit; the message names the mend.
    """
    field, value = field.strip(), value.strip()
    if field in patient.labs or (field not in _EDITS and field in ("eGFR", "HbA1c")):
        return _edited_lab(patient, field, value)
    if field not in _EDITS:
        raise ValueError(f"There is no field '{field}'. The fields are: {', '.join(_EDITS)}, eGFR, HbA1c.")
    origin = Origin(kind=OriginKind.EDITED, where=value or "cleared")
    if field in ("drugs", "allergies", "problems"):
        items = tuple(
            Known[str](value=part.strip().lower(), origin=origin) for part in value.split(",") if part.strip()
        )
        none_stated = value.lower() in ("none", "no", "nil")
        return patient.model_copy(
            update={field: Listed(items=() if none_stated else items, complete=none_stated)}
        )
    if not value:
        return patient.model_copy(update={field: None})
    return patient.model_copy(update={field: _known(field, value, origin)})


def _known(field: str, value: str, origin: Origin) -> Known[Any]:
    if field == "sex":
        if value.lower() not in ("female", "male"):
            raise ValueError("sex: write female or male, or leave it empty for not known.")
        return Known[str](value=value.lower(), origin=origin)
    if field == "pregnant":
        if value.lower() not in ("yes", "no"):
            raise ValueError("pregnant: write yes or no, or leave it empty for not known.")
        return Known[bool](value=value.lower() == "yes", origin=origin)
    number, (low, high) = _number(field, value), _RANGES[field]
    if not low <= number <= high:
        raise ValueError(
            f"{field.replace('_', ' ')}: {number:g} lies outside {low:g} to {high:g} {_UNITS[field]}."
        )
    return Known[float](value=number, unit=_UNITS[field], origin=origin)


def _edited_lab(patient: Patient, name: str, value: str) -> Patient:
    labs = {key: known for key, known in patient.labs.items() if key != name}
    if value:
        unit = (
            patient.labs[name].unit
            if name in patient.labs
            else {"eGFR": "mL/min/1.73 m²", "HbA1c": "%"}[name]
        )
        origin = Origin(kind=OriginKind.EDITED, where=value)
        labs[name] = Known[float](value=_number(name, value), unit=unit, origin=origin)
    return patient.model_copy(update={"labs": labs})


def _number(field: str, value: str) -> float:
    try:
        return float(value.replace(",", "."))
    except ValueError:
        raise ValueError(f"{field.replace('_', ' ')}: '{value}' is not a number.") from None
