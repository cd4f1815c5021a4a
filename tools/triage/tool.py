"""The tool `triage`: how soon somebody needs care, by fixed red-flag rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from retrieval.evidence import ToolResult, bad_input, found, needs_input, not_covered, not_found, unavailable
from tools.registry import Context, tool
from tools.triage import places
from tools.triage import vitals as vital_signs
from tools.triage.engine import Assessment, assess, rules
from tools.triage.facts import about_an_animal
from tools.triage.lexicon import KnowledgeError
from tools.triage.wording import LIMIT


@tool(roles=("clinician", "patient"))
def triage(
    text: str,
    context: Context,
    age_years: float | None = None,
    sex: str = "",
    pregnant: bool | None = None,
    vitals: Mapping[str, float] | None = None,
    country: str = "",
) -> ToolResult:
    """Read a person's own words for red flags and say how soon care is needed: fixed rules, no model.

    Give the words unchanged. vitals: heart_rate, breath_rate, systolic, diastolic (mmHg), temp_c, oxygen (%),
    glucose, ketones (mmol/L). country: ISO 3166, two letters. "not_found" means that no rule fired; it is not a
    finding of safety.
    """
    country = country or context.country
    wrong = _wrong(text, age_years, vitals or {}, country)
    if wrong:
        return bad_input(wrong)
    given: dict[str, Any] = {
        "age_years": age_years,
        "sex": sex,
        "pregnant": pregnant,
        "vitals": vitals,
        "country": country,
    }
    try:
        seen = assess(text, patient=context.patient, **given)
    except KnowledgeError as broken:
        return unavailable(f"The rules of the gate do not check: {broken}", "python -m tools.triage.check")
    return _result(text, seen)


def _result(text: str, seen: Assessment) -> ToolResult:
    versions = {"triage rules": f"{len(rules())} rules, draft"}
    if seen.fired:
        note = f"Level: {seen.level}. {seen.first_action} {seen.safety_net}"
        findings = (fired.finding for fired in seen.fired)
        return found(*findings, note=note, versions=versions, missing=seen.open)
    if not seen.language_ok:
        return not_covered(" ".join(seen.notes))
    if about_an_animal(text):
        return not_covered("These rules are for people only.")
    if seen.open:
        why = f"A missing answer could change how soon care is needed. {seen.safety_net}"
        return needs_input(why, *seen.open)
    return not_found(" ".join((*seen.notes, seen.safety_net)), versions=versions)


def _wrong(text: str, age_years: float | None, vitals: Mapping[str, float], country: str) -> str:
    """What is wrong with the inputs, or an empty string."""
    if not text.strip():
        return "text is empty: give the person's own words."
    if len(text) > LIMIT:
        line = places.sentence("call_ambulance", country)
        return f"text has {len(text)} characters, the limit is {LIMIT}: shorten it. If this is urgent: {line}"
    if age_years is not None and not 0 <= age_years <= 120:
        return f"age_years = {age_years:g} is not possible: give years from 0 to 120."
    for name, value in vitals.items():
        place = vital_signs.named(name)
        if place is None:
            return f"vitals: {name} is not known: use {', '.join(vital_signs.RANGES)}."
        if not vital_signs.possible(place, vital_signs.in_table_unit(place, value)):
            limits = vital_signs.RANGES[place]
            return f"vitals: {name} = {value:g} is not possible: {limits.low:g} to {limits.high:g} {limits.unit}."
    return ""
