"""The red-flag gate before and after any model: plain functions over the triage engine.

A model may raise an urgency, never lower it. On the patient page an emergency ends the turn before any model speaks,
and an answer that breaks a behaviour of :mod:`tools.triage.behaviours` is replaced by our own template.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answer import Answer, Banner, Claim, NotShown, Role
from assistant.entries import without_entries
from retrieval.evidence import Word
from retrieval.patient import Patient
from tools.triage import advice, behaviours, places
from tools.triage.engine import Assessment, Fired, assess
from tools.triage.levels import Level, highest


class Gate(Word):
    """What the gate read in a message. ``ends`` says that no model has a part in this turn; ``reply`` is then it."""

    assessment: Assessment
    banners: tuple[Banner, ...] = ()
    ends: bool = False
    reply: str = ""

    @property
    def level(self) -> Level | None:
        return self.assessment.level

    @property
    def first_action(self) -> str:
        return self.assessment.first_action


def before(
    text: str,
    *,
    patient: Patient | None = None,
    role: Role = Role.CLINICIAN,
    country: str = "",
    context: Sequence[str] = (),
) -> Gate:
    """Read a message before anything else does.

    For a clinician: banners, and the turn goes on; the reactions of allergy entries are history and not read. For a
    patient: an emergency ends the turn with the template.

    Raises:
        KnowledgeError: the rules do not check; the patient chat must not start then.
    """
    if role is Role.CLINICIAN:
        text, context = without_entries(text), [without_entries(one) for one in context]
    seen = assess(text, patient=patient, country=country, context=context)
    ends = role is Role.PATIENT and seen.level is Level.EMERGENCY
    return Gate(
        assessment=seen,
        banners=tuple(_banner(fired) for fired in seen.fired),
        ends=ends,
        reply=render_patient(seen, country) if ends else "",
    )


def _banner(fired: Fired) -> Banner:
    return Banner(
        level=fired.level,
        rule=fired.rule,
        text=f"{fired.do} {fired.says}",
        source=fired.source,
        words=fired.words,
    )


def after(answer: Answer, assessment: Assessment, *, country: str = "") -> Answer:
    """Read an answer after everything else: the level never falls, every banner stands.

    A patient's answer loses each claim that breaks a behaviour (it is listed as not shown), and where the rest still
    breaks one, the template takes its place and ``notes`` says why. The reading grade is asked of our own words
    (``reply``), not of the sources' words in claims.
    """
    level = highest(answer.level, assessment.level)
    held = {banner.rule for banner in answer.banners}
    missing = tuple(_banner(fired) for fired in assessment.fired if fired.rule not in held)
    first = answer.first_action
    if assessment.fired and level is assessment.level:
        first = assessment.first_action
    answer = answer.model_copy(
        update={"level": level, "banners": (*missing, *answer.banners), "first_action": first}
    )
    return _for_patient(answer, assessment, country) if answer.role is Role.PATIENT else answer


def _for_patient(answer: Answer, assessment: Assessment, country: str) -> Answer:
    read = behaviours.urgency(_composed(answer))
    level = highest(answer.level, read if read is not Level.ROUTINE else None)
    if level is not assessment.level:
        assessment = _raised(assessment, level, country)
    refused = [(claim, broken) for claim in answer.claims if (broken := _broken_claim(claim, assessment))]
    dropped = {claim.id for claim, _ in refused}
    kept = tuple(claim for claim in answer.claims if claim.id not in dropped)
    answer = answer.model_copy(
        update={
            "level": assessment.level,
            "first_action": assessment.first_action,
            "claims": kept,
            "not_shown": (*answer.not_shown, *(_not_shown(claim, broken) for claim, broken in refused)),
            "reply": _with_net(answer.reply, assessment, country),
        }
    )
    broken = behaviours.broken(_opening(answer, assessment), assessment, country)
    asked = " ".join((*answer.ask, *answer.would_change))
    if broken or not _harmless(asked):
        return _replaced(answer, assessment, country, broken or ("no_dose",))
    return answer


def _composed(answer: Answer) -> str:
    return "\n".join(part for part in (answer.reply, *(claim.text for claim in answer.claims)) if part)


def _opening(answer: Answer, assessment: Assessment) -> str:
    """The patient's own text in the order of the page: the action first, then the reply."""
    first = assessment.first_action
    return answer.reply if answer.reply.startswith(first) else f"{first} {answer.reply}"


def _with_net(reply: str, assessment: Assessment, country: str) -> str:
    """The reply with the safety net at its end; an empty reply becomes the template."""
    if not reply.strip():
        return render_patient(assessment, country)
    holds = behaviours.safety_net(reply, assessment.level, country, assessment.language)
    return reply if holds else f"{reply.rstrip()} {assessment.safety_net}"


def _broken_claim(claim: Claim, assessment: Assessment) -> tuple[str, ...]:
    text = claim.text
    danger = bool(assessment.fired or assessment.open)
    checks = {
        "no_dose": behaviours.no_dose(text),
        "no_diagnosis": behaviours.no_diagnosis(text),
        "no_false_comfort": behaviours.no_false_comfort(text) or not danger,
        "no_weaker": not (danger and behaviours.urgency(text) is Level.ROUTINE),
        "private": behaviours.private(text),
    }
    return tuple(name for name, holds in checks.items() if not holds)


def _harmless(text: str) -> bool:
    return behaviours.no_dose(text) and behaviours.no_false_comfort(text) and behaviours.no_diagnosis(text)


def _not_shown(claim: Claim, broken: Sequence[str]) -> NotShown:
    return NotShown(text=claim.text, verdict="gate", reason=f"not for the patient page: {', '.join(broken)}")


def _raised(assessment: Assessment, level: Level | None, country: str) -> Assessment:
    """The assessment at the higher level that an answer asked for; a model may raise, never lower."""
    action = {Level.EMERGENCY: "call_ambulance", Level.SAME_DAY: "see_today"}.get(level) if level else None
    return assessment.model_copy(
        update={
            "level": level,
            "first_action": (
                places.sentence(action, country, assessment.language) if action else assessment.first_action
            ),
            "safety_net": places.safety_net(level, country, assessment.language),
        }
    )


def _replaced(answer: Answer, assessment: Assessment, country: str, broken: Sequence[str]) -> Answer:
    note = f"The gate replaced the text by its template: {', '.join(broken)}."
    return answer.model_copy(
        update={
            "reply": render_patient(assessment, country),
            "claims": (),
            "ask": (),
            "would_change": (),
            "tables": (),
            "not_shown": (*answer.not_shown, *(_not_shown(claim, broken) for claim in answer.claims)),
            "notes": (*answer.notes, note),
        }
    )


def render_patient(assessment: Assessment, country: str = "") -> str:
    """The patient's text from templates alone; it satisfies every behaviour without any model."""
    return advice.rendered(assessment, country)
