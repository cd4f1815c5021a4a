"""The red-flag engine: words and chart in, every fired rule and the level out. No model has a part in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pydantic import Field

from retrieval.evidence import Finding, Word
from retrieval.patient import Patient
from tools.triage import places
from tools.triage import vitals as vital_signs
from tools.triage.assertion import Status
from tools.triage.facts import Concept, Facts, facts, merged
from tools.triage.language import cannot_check
from tools.triage.language import language as language_of
from tools.triage.levels import Level, highest
from tools.triage.lexicon import ENGLISH
from tools.triage.person import DAYS_IN_YEAR
from tools.triage.rules import Rule, Rules, Verdict, rules
from tools.triage.wording import hidden_marks

__all__ = ["Assessment", "Fired", "Rules", "assess", "rules"]

OPEN_SHOWN = 4
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
    sex: str = "",
    pregnant: bool | None = None,
    vitals: Mapping[str, float] | None = None,
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
        vitals: single values by name ("HR", "SpO2", "temp_c" …); impossible ones are left out and noted.

    Returns:
        every fired rule, most urgent first. Adding words, facts or context can raise the level, never lower it;
        only a corrected age ("I meant 3 years, not 3 months") replaces an earlier one.

    Raises:
        KnowledgeError: a knowledge file does not check (the gate fails closed).
    """
    notes: list[str] = []
    given = _given(age_years, sex, pregnant, vitals or {}, notes)
    known = merged([*_said(text, context, patient), given, *answers])
    held = rules()
    verdicts = held.judge(known)
    fired = sorted((pair for pair in verdicts if pair[1].value), key=_urgency)
    level = highest(*(rule.level for rule, _ in fired))
    spoken = language or language_of(text)
    language_ok = spoken in places.languages()
    told_in = spoken if language_ok else ENGLISH
    if not fired and language_ok:
        notes.append(f"No red flag among {len(held)} rules: this is not a finding of safety.")
    if not language_ok:
        notes.append(cannot_check(spoken, country))
    if hidden_marks(text):
        notes.append("Invisible control or direction marks were taken out of the message before it was read.")
    if not fired and _bare_cry(text):
        return _asked_back(notes, country, told_in)
    return Assessment(
        level=level,
        fired=tuple(_fired(rule, verdict, country, told_in) for rule, verdict in fired),
        open=_questions(verdicts, level, known, told_in),
        first_action=places.sentence(fired[0][0].do, country, told_in) if fired else "",
        safety_net=(
            places.safety_net(level, country, told_in)
            if fired or language_ok
            else cannot_check(spoken, country)
        ),
        notes=tuple(notes),
        language=told_in,
        known=known,
        language_ok=language_ok,
    )


def _bare_cry(text: str) -> bool:
    """ "help" or "dying" and nothing more."""
    return " ".join(word.strip(".,!?") for word in text.lower().split()) in _CRIES


def _asked_back(notes: Sequence[str], country: str, language: str) -> Assessment:
    """One question, and the emergency line at the same time; no level, because nothing was told yet."""
    return Assessment(
        open=(places.phrase("what_is_wrong", language),),
        first_action=places.sentence("if_in_danger", country, language),
        safety_net=places.safety_net(None, country, language),
        notes=tuple(notes),
        language=language,
    )


def _said(text: str, context: Sequence[str], patient: Patient | None) -> list[Facts]:
    """The message, each earlier one, and all in one breath: a sign may be split over two messages."""
    now = facts(text, patient)
    if not context:
        return [now]
    earlier = [facts(message) for message in context]
    together = facts(" ".join((*context, text)))
    if now.age_days and any(word in text.lower() for word in ("meant", "correction", "i mean ")):
        return [now, *(part.model_copy(update={"age_days": ()}) for part in (*earlier, together))]
    return [now, *earlier, together]


def _given(
    age_years: float | None, sex: str, pregnant: bool | None, values: Mapping[str, float], notes: list[str]
) -> Facts:
    numbers: dict[str, tuple[float, ...]] = {}
    for name, value in values.items():
        place = vital_signs.named(name)
        value = vital_signs.in_table_unit(place, value) if place else value
        if place is None or not vital_signs.possible(place, value):
            notes.append(f"The vital sign {name} = {value:g} was not used: unknown, or not possible.")
        else:
            numbers[place] = (value,)
    expecting = (
        (Concept(id="pregnant", status=Status.PRESENT, words="pregnant", chart="given"),) if pregnant else ()
    )
    return Facts(
        concepts=expecting,
        age_days=(age_years * DAYS_IN_YEAR,) if age_years is not None else (),
        sex=sex,
        pregnant=pregnant,
        numbers=numbers,
    )


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
    usual = places.phrase("have_this_now" if asked_about or known.age_days else "how_old", language)
    asked = (rule.ask.get(language, usual) for rule, _ in sorted(standing, key=_urgency))
    return tuple(dict.fromkeys(asked))[:OPEN_SHOWN]
