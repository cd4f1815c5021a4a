"""The red-flag engine: words and chart in, every fired rule and the level out. No model has a part in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import Field

from retrieval.evidence import Finding, Word
from retrieval.patient import Patient
from tools.triage import places
from tools.triage import vitals as vital_signs
from tools.triage.assertion import Status
from tools.triage.facts import PEOPLE, Facts, facts, merged
from tools.triage.given import charted, contradictions, given_facts, lists_of
from tools.triage.language import cannot_check
from tools.triage.language import language as language_of
from tools.triage.levels import Level, highest
from tools.triage.lexicon import ENGLISH
from tools.triage.person import DAYS_IN_YEAR, ages
from tools.triage.rules import Rule, Rules, Verdict, rules
from tools.triage.wording import hidden_marks

__all__ = ["Assessment", "Fired", "Rules", "assess", "rules"]

OPEN_SHOWN = 4
_CORRECTING = ("meant", "correction", "i mean ")
_NEAR_CORRECTION = 5
"""Words between "meant" and the age that it corrects."""
_CRIES = frozenset(
    {"help", "help me", "please help", "help please", "dying", "emergency", "sos", "urgent", "help help"}
)


class Fired(Word):
    """A rule that fired, the user's words that fired it, and the finding that carries it."""

    rule: str
    level: Level
    says: str
    do: str
    source: str
    mark: str
    """ "seen" where the criterion was seen in its source, else "unverified"."""
    words: str
    finding: Finding


class Assessment(Word):
    """How soon, why, what to do first. ``level`` None means that no rule fired: not a finding of safety."""

    level: Level | None = None
    fired: tuple[Fired, ...] = ()
    open: tuple[str, ...] = ()
    """Questions that would settle a rule that is neither yes nor no."""
    first_action: str = ""
    safety_net: str = ""
    notes: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    """Where the words and the chart do not agree; the riskier value counts. For a clinician, in English."""
    language: str = ENGLISH
    """In which the texts of this assessment are written."""
    known: Facts = Field(default=Facts(), exclude=True, repr=False)
    """What the rules were read against."""
    language_ok: bool = True
    """Whether the language of the message has a lexicon; if not, the rules could not read it."""


def assess(
    text: str,
    *,
    patient: Patient | None = None,
    age_years: float | None = None,
    age_days: float | None = None,
    sex: str = "",
    pregnant: bool | None = None,
    weeks: float | None = None,
    vitals: Mapping[str, float | str] | None = None,
    drugs: Sequence[str] = (),
    problems: Sequence[str] = (),
    country: str = "",
    context: Sequence[str] = (),
    language: str = "",
    answers: Sequence[Facts] = (),
) -> Assessment:
    """Read a message against all rules.

    Args:
        text: the message; all of it is read.
        context: earlier messages of the session; what they said still counts.
        answers: what answered questions say (:meth:`tools.triage.questions.Question.facts`).
        language: of the talk ("es"); the message's own where none is given.
        age_days: instead of years, for a baby; ``weeks``: of pregnancy.
        vitals: single values by name ("HR", "SpO2", "temp_c" …), a number or as a form has it ("54 mg/dL", "V" of
            ACVPU, "air"); impossible ones are left out and noted.
        drugs, problems: names from a list; they are read as words are.

    Returns:
        every fired rule, most urgent first. Adding words, facts or context can raise the level, never lower it;
        only a corrected age ("I meant 3 years, not 3 months") replaces an earlier one.

    Raises:
        KnowledgeError: a knowledge file does not check (the gate fails closed).
    """
    if age_days is None and age_years is not None:
        age_days = age_years * DAYS_IN_YEAR
    form, unused = given_facts(
        age_days=age_days, sex=sex, pregnant=pregnant, weeks=weeks, vitals=vitals, drugs=drugs, problems=problems
    )  # fmt: skip
    noted = merged([charted(patient), form]) if patient is not None else form
    parts, since = _said(text, context)
    said = merged(parts)
    earlier = parts[1:-1] if context else []
    stood = [merged([*earlier[: place + 1], noted]) for place in range(since, len(earlier))]
    seen = _judged(text, merged([said, noted, *answers]), stood, country, language, unused)
    whole = " ".join((*context, text))
    lines = contradictions(whole, said, noted, lists_of(patient, drugs, problems))
    return seen.model_copy(update={"contradictions": lines}) if lines else seen


def _judged(
    text: str, known: Facts, stood: Sequence[Facts], country: str, language: str, unused: Sequence[str]
) -> Assessment:
    """What the rules make of the facts.

    ``stood`` is what was known after each earlier message: a rule that fired then still stands, because more words (a
    child in the house, "for weeks") are no correction. ``unused`` are notes on values that are not among the facts.
    """
    verdicts = rules().judge(known)
    pairs = {pair[0].id: pair for before in stood for pair in rules().judge(before) if pair[1].value}
    pairs |= {pair[0].id: pair for pair in verdicts if pair[1].value}
    fired = sorted(pairs.values(), key=_urgency)
    level = highest(*(rule.level for rule, _ in fired))
    spoken = language or language_of(text)
    language_ok = spoken in places.languages()
    told_in = spoken if language_ok else ENGLISH
    notes = (*unused, *_notes(text, bool(fired), spoken, country))
    if not fired and _bare_cry(text):
        return _asked_back(notes, known, country, told_in)
    net = places.safety_net(level, country, told_in)
    return Assessment(
        level=level,
        fired=tuple(_fired(rule, verdict, country, told_in) for rule, verdict in fired),
        open=_questions(verdicts, level, known, told_in),
        first_action=places.sentence(fired[0][0].do, country, told_in) if fired else "",
        safety_net=net if fired or language_ok else cannot_check(spoken, country),
        notes=notes,
        language=told_in,
        known=known,
        language_ok=language_ok,
    )


def _notes(text: str, fired: bool, spoken: str, country: str) -> Iterator[str]:
    if spoken not in places.languages():
        yield cannot_check(spoken, country)
    elif not fired:
        yield f"No red flag among {len(rules())} rules: this is not a finding of safety."
    if hidden_marks(text):
        yield "Invisible control or direction marks were taken out of the message before it was read."


def _bare_cry(text: str) -> bool:
    """ "help" or "dying" and nothing more."""
    return " ".join(word.strip(".,!?") for word in text.lower().split()) in _CRIES


def _asked_back(notes: Sequence[str], known: Facts, country: str, language: str) -> Assessment:
    """One question, and the emergency line at the same time; no level, because nothing was told yet."""
    return Assessment(
        open=(places.phrase("what_is_wrong", language),),
        first_action=places.sentence("if_in_danger", country, language),
        safety_net=places.safety_net(None, country, language),
        notes=tuple(notes),
        language=language,
        known=known,
    )


def _said(text: str, context: Sequence[str]) -> tuple[list[Facts], int]:
    """The message, each earlier one, and all in one breath: a sign may be split over two messages.

    Beside it the place of the last message that corrects an age; 0 where none does.
    """
    now = facts(text)
    if not context:
        return [now], 0
    earlier = [facts(message) for message in context]
    together = facts(" ".join((*context, text)))
    told = (*context, text)
    since = max(
        (place for place in range(1, len(told)) if _corrects_age(told[place], told[:place])), default=0
    )
    if since:  # what was corrected stays corrected in every later message
        earlier[:since] = [part.model_copy(update={"age_days": ()}) for part in earlier[:since]]
        together = together.model_copy(update={"age_days": ()})
    return [now, *earlier, together], since


def _corrects_age(text: str, before: Sequence[str]) -> bool:
    """ "I meant 3 years": an age close behind the word, and not that of somebody who was not spoken of before."""
    plain = text.lower()
    for word in _CORRECTING:
        _, found, rest = plain.partition(word)
        if not found:
            continue
        at = len(plain) - len(rest)
        first = next((age.start for age in ages(text) if age.start >= at), None)
        between = plain[at:first].split() if first is not None else []
        others = PEOPLE & set(between) - set(" ".join(before).lower().split())
        if first is not None and len(between) <= _NEAR_CORRECTION and not others:
            return True
    return False


def _urgency(pair: tuple[Rule, Verdict]) -> tuple[int, int, str]:
    rule, _ = pair
    return -rule.level.rank, -rule.priority, rule.id


def _fired(rule: Rule, verdict: Verdict, country: str, language: str) -> Fired:
    return Fired(
        rule=rule.id,
        level=rule.level,
        says=rule.says.get(language) or places.phrase("danger_sign", language),
        do=places.sentence(rule.do, country, language),
        source=rule.source_title,
        mark="seen" if rule.seen else "unverified",
        words="; ".join(dict.fromkeys(word for word in verdict.words if word)),
        finding=rule.finding(),
    )


def _questions(
    verdicts: Iterable[tuple[Rule, Verdict]], level: Level | None, known: Facts, language: str
) -> tuple[str, ...]:
    """Questions of the rules that stand open and could raise the level, most urgent first."""
    reached = level.rank if level is not None else -1
    standing = [
        pair
        for pair in verdicts
        if pair[1].value is None and pair[1].touched and pair[0].level.rank > reached
    ]
    asked_about = any(concept.status is Status.HYPOTHETICAL for concept in known.concepts)
    usual = places.phrase("have_this_now", language) if asked_about else ""
    usual = usual or ("" if known.age_days else places.phrase("how_old", language))
    asked = (rule.ask.get(language, usual) for rule, _ in sorted(standing, key=_urgency))
    told = dict.fromkeys((*_unclear(known, language), *asked))
    return tuple(question for question in told if question)[:OPEN_SHOWN]


def _unclear(known: Facts, language: str) -> Iterator[str]:
    """Questions about a number whose unit fits two readings, or none."""
    if vital_signs.unit_not_sure(known.numbers):
        yield places.phrase("glucose_unit", language)
    if vital_signs.TEMP_UNCLEAR in known.numbers and "temp_c" not in known.numbers:
        yield places.phrase("which_temperature", language)
