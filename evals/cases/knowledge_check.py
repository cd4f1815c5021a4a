"""What can be wrong with the conditions and the patients' words; called by :func:`evals.cases.conditions.check`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from evals.cases.case import rank
from evals.cases.conditions import ASSUMPTION, AXES, Condition, Loaded, Severity, sexes, span
from evals.cases.phrases import LANGUAGES, OPEN, Symptom, known, said, tokens

PHRASES = {"en": 12, "es": 8, "fr": 8, "de": 8}
FACTS = ("age", "onset", "pregnant", "weight", "drugs", "allergies")
"""What may be asked for beside symptoms."""
_MIMIC = re.compile(r"\w[\w '’/(),|-]{1,79}")


class Number(NamedTuple):
    """A number (or a group that was chosen together), who says so, and why where nobody does."""

    where: str
    source: str
    why: str


def problems(held: Loaded) -> tuple[str, ...]:
    """Unread files first, then conditions in order, then symptoms."""
    found = list(held.unread)
    for one in held.conditions.values():
        found += (f"{one.id}: {wrong}" for wrong in _condition(one, held.symptoms))
    for symptom in held.symptoms.values():
        found += (f"symptom {symptom.id}: {wrong}" for wrong in _symptom(symptom))
    return (*found, *contained(held.symptoms))


def numbers(one: Condition) -> Iterator[Number]:
    """Every number of a condition with its source."""
    for band in one.incidence:
        yield Number(f"incidence {band.sex} {band.ages}", band.source, band.why)
    yield Number("limits", one.limits.source, one.limits.why)
    for risk in one.risk:
        yield Number(f"risk {risk.factor}", risk.source, risk.why)
    if one.drugs:
        yield Number("drugs", one.drugs_source, one.drugs_why)
    for severity in one.severities:
        yield Number(f"{severity.id} weight", severity.weight_source, severity.weight_why)
        yield Number(f"{severity.id} level", severity.source, severity.why)
        yield Number(f"{severity.id} hours", severity.hours_source, severity.hours_why)
        yield Number(f"{severity.id} symptoms", severity.symptoms_source, severity.symptoms_why)


def shares(held: Loaded) -> str:
    """How much of the knowledge is assumption, by kind of number."""
    rows: dict[str, list[int]] = {}
    for one in held.conditions.values():
        for number in numbers(one):
            kind = number.where.split()[0] if number.where[0:4] in ("inci", "limi", "risk", "drug") else ""
            row = rows.setdefault(kind or number.where.split()[-1], [0, 0, 0])
            assumed = int(number.source == ASSUMPTION)
            row[0] += 1
            row[1] += assumed
            row[2] += assumed * (not number.why)
    lines = [
        f"{kind}: {n}, {bad} assumptions, {bare} of them without why" for kind, (n, bad, bare) in rows.items()
    ]
    total, assumed = sum(row[0] for row in rows.values()), sum(row[1] for row in rows.values())
    share = f"{assumed / total:.0%}" if total else "none"
    counts = f"{len(held.conditions)} conditions, {len(held.symptoms)} symptoms"
    return "".join(
        f"{line}\n" for line in [*lines, f"assumptions in all: {assumed} of {total} ({share})", counts]
    )


def _condition(one: Condition, symptoms: Mapping[str, Symptom]) -> Iterator[str]:
    yield from _sources(one)
    yield from _bands(one)
    for severity in one.severities:
        yield from (f"{severity.id}: {wrong}" for wrong in _severity(severity, symptoms))
    for mimic in one.mimics:
        if not _MIMIC.fullmatch(mimic):
            yield f"mimic {mimic!r} is not a plain name (or names with |)"
    for asked in one.must_ask:
        if asked not in symptoms and asked not in FACTS:
            yield f"must_ask names {asked}, which is no symptom and none of {', '.join(FACTS)}"
    if len(one.reassurance) < 3:
        yield f"{len(one.reassurance)} reassurances, at least 3"
    if sum(one.drugs.values()) > 1 + 1e-9:
        yield "chances of drugs sum to more than 1"
    ids = [severity.id for severity in one.severities]
    if len(set(ids)) < len(ids):
        yield "two severities have one id"


def _sources(one: Condition) -> Iterator[str]:
    for number in numbers(one):
        if number.source not in one.sources and number.source != ASSUMPTION:
            yield f"{number.where}: no source {number.source}"
        if (
            number.source == ASSUMPTION
            and not number.why
            and number.where.startswith(("incidence", "limits", "risk"))
        ):
            yield f"{number.where}: an assumption without why"
    for name, cited in one.sources.items():
        if not (cited.url or cited.pmid or cited.doi or cited.file):
            yield f"source {name} has no url, pmid, doi or file"


def _bands(one: Condition) -> Iterator[str]:
    low, high = span(one.limits.ages)
    if low >= high:
        yield "limits: no age is inside"
    for sex in sexes(one.limits.sex):
        bands = sorted(span(band.ages) for band in one.incidence if sex in sexes(band.sex))
        at = low
        for start, end in bands:
            if start < at - 1e-9 and end > low and start >= low:
                yield f"incidence of {sex}: two bands hold age {start:g}"
            at = max(at, end) if start <= at + 0.02 else at
        if at < high - 0.02:
            yield f"incidence of {sex}: no band from age {at:g}, limits reach {high:g}"
    for severity in one.severities:
        if severity.ages and (span(severity.ages)[0] < low - 1e-9 or span(severity.ages)[1] > high + 1e-9):
            yield f"{severity.id}: ages outside the limits"
        if not set(sexes(severity.sexes)) & set(sexes(one.limits.sex)):
            yield f"{severity.id}: no such sex within the limits"
    yield from _left_out(one)


def _left_out(one: Condition) -> Iterator[str]:
    """Ages and sexes that no severity admits: their incidence would be lost."""
    low, high = span(one.limits.ages)
    pictures = [
        (severity.sexes, span(severity.ages) if severity.ages else (low, high)) for severity in one.severities
    ]
    edges = sorted({low, high, *(edge for _, ages in pictures for edge in ages if low < edge < high)})
    for sex in sexes(one.limits.sex):
        for start, end in pairwise(edges):
            middle = (start + end) / 2
            if not any(sex in sexes(which) and ages[0] <= middle < ages[1] for which, ages in pictures):
                yield f"no severity admits {sex} of {start:g} to {end:g}"


def _severity(one: Severity, symptoms: Mapping[str, Symptom]) -> Iterator[str]:
    for name in one.speaks_of:
        if name not in symptoms:
            yield f"no symptom {name}"
    if not rank(one.low) <= rank(one.level) <= rank(one.high):
        yield f"interval {one.low}-{one.high} does not hold {one.level}"
    if one.level == "emergency" and rank(one.low) < rank("same_day"):
        yield "an emergency's interval reaches below the same day"
    for tell in one.tells:
        if strange := [name for name in tell if name not in one.symptoms and name not in one.context]:
            yield f"tells {', '.join(strange)}, not among its symptoms or context"
    if both := set(one.absent) & {*one.symptoms, *one.context}:
        yield f"absent and possible: {', '.join(sorted(both))}"
    if axes := sorted(set(one.physiology) - set(AXES)):
        yield f"physiology knows no {', '.join(axes)}"
    if any(not -3 <= shift <= 4 for shift in one.physiology.values()):
        yield "a physiology shift outside -3 to 4"
    if not 0 <= one.hours[0] <= one.hours[1]:
        yield "hours run backwards"


def _symptom(one: Symptom) -> Iterator[str]:
    for language, least in PHRASES.items():
        count = len(one.phrases(language))
        if count < least and (count or language == "en"):
            yield f"{count} phrasings in {language}, at least {least}"
        if len({phrase.text.casefold() for phrase in one.phrases(language)}) < count:
            yield f"a phrasing stands twice in {language}"
    for language in LANGUAGES:
        for phrase in one.phrases(language):
            if strange := [token for token in tokens(phrase.text) if language != "en" or not known(token)]:
                yield f"unknown token {', '.join(strange)} in {phrase.text!r}"
    if not one.keywords:
        yield "no keywords"
    if not one.noun.get("en"):
        yield "no English noun"
    if strange_nouns := sorted(set(one.noun) - set(LANGUAGES)):
        yield f"noun in unknown language {', '.join(strange_nouns)}"
    if all(phrase.who == "child" for phrase in one.en):
        return
    for part, where in ((one.en[:OPEN], f"first {OPEN}"), (one.en[OPEN:], "held out")):
        if part and not any(not phrase.who for phrase in part):
            yield f"no phrasing that another person can say of an adult among the {where}"


def contained(symptoms: Mapping[str, Symptom]) -> tuple[str, ...]:
    """Phrases that stand inside a phrase of another symptom: who reads the longer one would hear both."""
    found: list[str] = []
    for language in LANGUAGES:
        forms = [
            (one.id, " " + plain(_form(phrase.text, proxy)) + " ")
            for one in symptoms.values()
            for phrase in one.phrases(language)
            for proxy in (False, True)
        ]
        forms = list(dict.fromkeys(forms))
        everything = "\n".join(form for _, form in forms)
        for owner, form in forms:
            if everything.count(form) > 1:
                found += (
                    f"{language}: {form.strip()!r} of {owner} stands in {other}: {longer.strip()!r}"
                    for other, longer in forms
                    if other != owner and form in longer
                )
    return tuple(dict.fromkeys(found))


def plain(text: str) -> str:
    """Lower case, words only: how two phrases are compared."""
    return " ".join(re.sub(r"[^\w']+", " ", text.casefold().replace("’", "'")).split())


def _form(text: str, proxy: bool) -> str:
    return said(text, "female", proxy) if all(known(token) for token in tokens(text)) else text
