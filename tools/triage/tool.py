"""The tool `triage`: how soon somebody needs care, by fixed red-flag rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from retrieval.evidence import (
    Depth,
    Evidence,
    Finding,
    Source,
    Table,
    ToolResult,
    bad_input,
    found,
    needs_input,
    not_covered,
    not_found,
    unavailable,
)
from tools.registry import Context, tool
from tools.triage import news2, places
from tools.triage import vitals as vital_signs
from tools.triage.engine import Assessment, Fired, assess, rules
from tools.triage.facts import about_an_animal
from tools.triage.levels import Level, highest
from tools.triage.lexicon import KnowledgeError
from tools.triage.outside import nothing_of_health
from tools.triage.questions import MOST, questions, said
from tools.triage.wording import LIMIT

OLDEST = 120
MOST_WEEKS = 45
_WORDS = Source(
    id="chart:words", title="what was told in this conversation", version="this session",
    licence="the patient's own", depth=Depth.CHART,
)  # fmt: skip
_GIVEN = Source(
    id="computed:triage:given", title="the patient's values, as given", version="this session",
    licence="the patient's own", depth=Depth.COMPUTATION,
)  # fmt: skip


@tool(title="Red-flag check", roles=("clinician", "patient"))
def triage(
    text: str,
    context: Context,
    age_years: float | None = None,
    age_days: float | None = None,
    sex: Literal["", "female", "male"] = "",
    pregnant: Literal["yes", "no", "unknown"] = "unknown",
    weeks: float | None = None,
    vitals: Mapping[str, float | str] | None = None,
    drugs: tuple[str, ...] = (),
    problems: tuple[str, ...] = (),
    country: str = "",
    language: str = "",
) -> ToolResult:
    """Read a person's own words for red flags and say how soon care is needed: fixed rules, no model.

    Give the words unchanged. vitals: HR, RR, SBP, DBP, T, SpO2, on_oxygen ("air" or "2 L/min"), alertness (A, C, V,
    P or U), glucose ("54 mg/dL"), ketones. country: ISO 3166. "not_found": no rule fired; no finding of safety.
    """
    country = country or context.country
    form: dict[str, Any] = {"age_years": age_years, "age_days": age_days, "weeks": weeks, "vitals": vitals}
    wrong = _wrong(text, form, country)
    if wrong:
        return bad_input(wrong)
    form |= {"sex": sex, "drugs": drugs, "problems": problems, "country": country, "language": language}
    form["pregnant"] = {"yes": True, "no": False}.get(pregnant)
    try:
        seen = assess(text, patient=context.patient, **form)
        return _result(text, seen, country, context.role == "clinician")
    except KnowledgeError as broken:
        return unavailable(f"The rules of the gate do not check: {broken}", "python -m tools.triage.check")


def _result(text: str, seen: Assessment, country: str, clinician: bool) -> ToolResult:
    """The outcome by the table of triage spec 2; NEWS2 and the table only for a clinician, who is not told to call."""
    if not seen.language_ok and not seen.fired:
        return not_covered(" ".join(seen.notes))
    scored = news2.of_facts(seen.known) if clinician else None
    urgent = scored is not None and scored.asks
    if not seen.fired and not urgent and about_an_animal(text):
        return not_covered("These rules are for people only.")
    if not seen.fired and not urgent and nothing_of_health(text, seen.known):
        return not_covered("This is not about anybody's health: these rules do not speak about it.")
    advice = _advice(seen, country)
    patient_words = () if clinician else (advice.first_action, advice.safety_net)
    no_score = news2.why_not(seen.known) if clinician and len(seen.known.numbers) > 1 else ""
    score = _scored(seen, scored) or no_score
    first = (score, advice.said) if urgent and not seen.fired else (advice.said, *patient_words, score)
    note = " ".join(part for part in (*first, *seen.contradictions) if part)
    more: dict[str, Any] = {"versions": {"triage rules": f"{len(rules())} rules, draft"}}
    if clinician:
        more["tables"] = (_table(seen, advice), *([scored.table()] if scored is not None else []))
    findings = [_finding(fired, text) for fired in seen.fired]
    if findings or urgent:
        findings += [scored.finding()] if scored is not None else []
        return found(*findings, note=note, missing=advice.ask, **more)
    if advice.ask:
        return needs_input(
            f"A missing answer could change how soon care is needed. {note}", *advice.ask, **more
        )
    return not_found(" ".join((*seen.notes, note)), **more)


class _Advice(NamedTuple):
    """How soon, what to do first, what to ask and what to watch for."""

    level: Level | None
    first_action: str
    ask: tuple[str, ...]
    safety_net: str
    said: str
    """The level in words."""


def _advice(seen: Assessment, country: str) -> _Advice:
    """The level with the floors of the complaint and of its unanswered must-ask questions (triage spec 4)."""
    held, language = questions(), seen.language
    floor = highest(seen.level, *(one.floor for one in held.fitting(seen.known)))
    wanted = () if seen.level is Level.EMERGENCY else held.wanted(seen.known, floor)
    flags = any(one.raises.rank >= Level.SAME_DAY.rank for one in wanted)
    level = highest(floor, Level.SAME_DAY if flags else None)
    options = ("; ".join(said(option.text, language) for option in one.options) for one in wanted)
    asked = (
        f"{said(one.text, language)} {listed}".strip() for one, listed in zip(wanted, options, strict=True)
    )
    ask = tuple(dict.fromkeys((*seen.open, *asked)))[:MOST]
    first = seen.first_action
    if level is Level.SAME_DAY and level is not seen.level:
        first = places.sentence("to_be_sure" if flags else "see_today", country, language)
    net = places.safety_net(level, country, language) if seen.language_ok else seen.safety_net
    until = " until the questions are answered" if level is not floor else ""
    told = f"Level: {level}{until}." if level is not None else ""
    return _Advice(level, first, ask, net, told)


def _scored(seen: Assessment, scored: news2.News2 | None) -> str:
    if scored is None:
        return ""
    alone = (
        "No red-flag rule fired; the score alone asks for this. " if scored.asks and not seen.fired else ""
    )
    return f"{alone}{scored.said}"


def _table(seen: Assessment, advice: _Advice) -> Table:
    level = str(advice.level) if advice.level is not None else "no rule fired: not a finding of safety"
    rows = [("level", level), ("first_action", advice.first_action)]
    rows += [("ask", question) for question in advice.ask]
    rows += [("contradiction", line) for line in seen.contradictions]
    rows.append(("safety_net", advice.safety_net))
    return Table(title="Triage", columns=("part", "said"), rows=tuple(row for row in rows if row[1]))


def _finding(fired: Fired, text: str) -> Finding:
    """The rule's finding, with the words or given values that fired it as further evidence."""
    own = [
        Evidence(source=_WORDS if words in text else _GIVEN, quote=words, locator=f"rule {fired.rule}")
        for words in dict.fromkeys(fired.words.split("; "))
        if words.strip()
    ]
    return fired.finding.model_copy(update={"evidence": (*fired.finding.evidence, *own)})


def _wrong(text: str, form: Mapping[str, Any], country: str) -> str:
    """What is wrong with the inputs, or an empty string."""
    if not text.strip():
        return "text is empty: give the person's own words."
    if len(text) > LIMIT:
        line = places.sentence("call_ambulance", country)
        return f"text has {len(text)} characters, the limit is {LIMIT}: shorten it. If this is urgent: {line}"
    if form["age_years"] is not None and form["age_days"] is not None:
        return "give age_years or age_days, not both."
    limits = {"age_years": OLDEST, "age_days": OLDEST * 366, "weeks": MOST_WEEKS}
    for name, most in limits.items():
        value = form[name]
        if value is not None and not 0 <= value <= most:
            return f"{name} = {value:g} is not possible: give {name} from 0 to {most}."
    for name, value in (form["vitals"] or {}).items():
        try:
            vital_signs.given(name, value)
        except ValueError as wrong:
            return f"vitals: {wrong}."
    return ""
