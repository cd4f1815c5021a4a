"""The red-flag gate before and after any model: plain functions over the triage engine and the patient's talk.

A model may raise an urgency, never lower it. For a patient an emergency or a question that waits ends the turn before
any model speaks, and an answer that breaks a behaviour of :mod:`tools.triage.behaviours` is replaced by our own words.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answer import Answer, Asked, Banner, Choice, Claim, NotShown, Role
from assistant.entries import without_entries
from assistant.research_words import refused_design
from retrieval.evidence import Word
from retrieval.patient import Patient
from tools.triage import advice, behaviours, conversation, news2, places
from tools.triage.conversation import Talk, Turn
from tools.triage.engine import Assessment, Fired, assess
from tools.triage.levels import Level, highest
from tools.triage.notes import read_note
from tools.triage.questions import Question, said
from tools.triage.requests import Request, request, requests
from tools.triage.requests_reader import Listener

_LEVELS = {
    Level.EMERGENCY: "Emergency", Level.SAME_DAY: "Same day", Level.ROUTINE: "Routine", Level.SELF_CARE: "Self care",
}  # fmt: skip
_SCORED = {"emergency response": Level.EMERGENCY, "urgent review": Level.SAME_DAY}
"""What NEWS2 asks for, as a level; other sums raise nothing."""


class Heard(Assessment):
    """What a turn of a patient's talk came to: the assessment at the level of the talk, with our words for it."""

    told: str = ""
    """The whole text from templates; "" where a model has raised the level since."""
    asked: Asked | None = None
    complaint: bool = False
    """The person told of something wrong, so that its questions belong to the talk."""
    waits: bool = False
    """A must-ask question waits for its answer."""


class Gate(Word):
    """What the gate read in a message. ``ends`` says that no model has a part in this turn; ``reply`` is then it."""

    assessment: Assessment
    banners: tuple[Banner, ...] = ()
    ends: bool = False
    reply: str = ""
    talk: Talk | None = None
    """A patient's talk after this turn."""

    @property
    def level(self) -> Level | None:
        return self.assessment.level

    @property
    def first_action(self) -> str:
        """What a patient does first; a clinician knows what to do."""
        return self.assessment.first_action if self.talk is not None else ""


def before(
    text: str,
    *,
    patient: Patient | None = None,
    role: Role = Role.CLINICIAN,
    country: str = "",
    context: Sequence[str] = (),
    talk: Talk | None = None,
    listener: Listener | None = None,
) -> Gate:
    """Read a message before anything else does.

    For a clinician: banners, and the turn goes on unless help to harm or a molecule that is not designed here is asked
    for; the reactions of allergy entries are history and not read. For a patient: the talk goes one step on, and an
    emergency or a question that waits ends the turn with our own words.

    Args:
        talk: the patient's talk with this message taken in already; made of ``context`` and ``text`` where it is None.
        listener: hears harmful requests that no phrase tells; asked only where no red flag fired.

    Raises:
        KnowledgeError: the rules do not check; the patient chat must not start then.
    """
    if role is Role.PATIENT:
        talk = talk or conversation.heard(Talk(country=country, messages=tuple(context)), text)
        return _for_talk(*conversation.stands(_listened(talk, patient, listener), patient))
    text, context = without_entries(text), [without_entries(one) for one in context]
    noted = [read_note(one) for one in context]
    seen = assess(read_note(text), patient=patient, country=country, context=noted)
    banners = tuple(_for_clinician(fired) for fired in seen.fired)
    harm = request(text) or (_heard_by(listener, text) if not seen.fired else None)
    if harm is not None and harm.harmful:
        # nobody gets help to harm; banners stay, for a victim may need them
        return Gate(assessment=seen, banners=banners, ends=True, reply=harm.text(country, seen.language))
    if refused := refused_design(text, context):
        return Gate(assessment=seen, banners=banners, ends=True, reply=refused)
    score = news2.of_facts(seen.known)
    if score is None:
        return Gate(assessment=seen, banners=banners)
    raised = seen.model_copy(update={"level": highest(seen.level, _SCORED.get(score.response))})
    return Gate(assessment=raised, banners=(*banners, _scored(score)))


def _heard_by(listener: Listener | None, text: str) -> Request | None:
    return requests().named(listener(text)) if listener is not None else None


def _listened(talk: Talk, patient: Patient | None, listener: Listener | None) -> Talk:
    """The talk with what the listener heard in its last message; a red flag or a phrase's request comes first."""
    if listener is None or not talk.said or talk.asks:
        return talk
    turn = conversation.stands(talk, patient)[1]
    if turn.assessment.fired or turn.request is not None:
        return talk
    return talk.model_copy(update={"asks": listener(talk.said)})


def _for_talk(talk: Talk, turn: Turn) -> Gate:
    heard = _heard(turn, talk.country)
    return Gate(
        assessment=heard,
        banners=tuple(_for_patient_page(fired) for fired in heard.fired),
        ends=heard.level is Level.EMERGENCY or heard.waits or _nothing_to_look_up(talk, turn),
        reply=heard.told,
        talk=talk,
    )


def _nothing_to_look_up(talk: Talk, turn: Turn) -> bool:
    """A bare cry, a request that has its own words (a dose, in any message), or a language that we cannot read."""
    cry = turn.beside is not None and turn.beside.id == conversation.WHAT_IS_WRONG
    dose = any((asked := request(message)) is not None and asked.id == "dose" for message in talk.messages)
    return cry or dose or turn.request is not None or not turn.assessment.language_ok


def _heard(turn: Turn, country: str) -> Heard:
    """A level below the same day is not said while questions wait: the next answer may raise it."""
    waits = turn.question is not None
    early = waits and turn.assessment.level is not turn.level and turn.level is not Level.SAME_DAY
    seen = turn.assessment.model_copy(update={"level": turn.assessment.level if early else turn.level})
    return Heard(
        **{name: getattr(seen, name) for name in Assessment.model_fields}
        | {"first_action": advice.action(turn, country), "safety_net": advice.net(turn, country)},
        told=advice.told(turn, country, asking=False),
        asked=_asked(turn),
        complaint=bool(turn.presentations),
        waits=waits,
    )


def _asked(turn: Turn) -> Asked | None:
    """The question that waits or stands beside the text, in the language of the talk."""
    question, language = turn.question or turn.beside, turn.assessment.language
    if question is None:
        return None
    words = advice.ask(turn) if turn.question else said(question.text, language)
    options = tuple(Choice(id=name, label=label) for name, label in advice.choices(question, language))
    return Asked(id=question.id, text=words, kind=question.kind, options=options, several=_several(question))


def _several(question: Question) -> bool:
    return question.kind == "choose" and len(question.options) > 1


def _for_patient_page(fired: Fired) -> Banner:
    return _banner(fired, f"{fired.do} {fired.says}")


def _for_clinician(fired: Fired) -> Banner:
    """How soon and why; what a patient is told to do is not for a clinician."""
    return _banner(fired, f"{_LEVELS[fired.level]}: {fired.says}")


def _banner(fired: Fired, text: str) -> Banner:
    return Banner(level=fired.level, rule=fired.rule, text=text, source=fired.source, words=fired.words)


def _scored(score: news2.News2) -> Banner:
    level = _SCORED.get(score.response, Level.ROUTINE)
    return Banner(level=level, rule="news2", text=score.said, source=news2.TITLE)


def after(answer: Answer, assessment: Assessment, *, country: str = "") -> Answer:
    """Read an answer after everything else: the level never falls, every banner stands.

    A patient's answer loses each claim that breaks a behaviour (it is listed as not shown), and where the rest still
    breaks one, the template takes its place and ``notes`` says why. The reading grade is asked of our own words
    (``reply``), not of the sources' words in claims.
    """
    level = highest(answer.level, assessment.level)
    patient = answer.role is Role.PATIENT
    made = _for_patient_page if patient else _for_clinician
    held = {banner.rule for banner in answer.banners}
    missing = tuple(made(fired) for fired in assessment.fired if fired.rule not in held)
    answer = answer.model_copy(update={"level": level, "banners": (*missing, *answer.banners)})
    return _for_patient(answer, assessment, country) if patient else answer


def again(answer: Answer, read: Gate) -> Answer:
    """A patient's answer with the words that the gate has now, because the country's numbers changed."""
    talk = read.talk
    country = talk.country if talk is not None else ""
    bare = answer.model_copy(update={"reply": read.reply, "banners": read.banners, "ask": (), "asked": None})
    return after(bare, read.assessment, country=country)


def _for_patient(answer: Answer, assessment: Assessment, country: str) -> Answer:
    read = behaviours.urgency(_composed(answer, assessment))
    level = highest(answer.level, read if read is not Level.ROUTINE else None)
    if level is not assessment.level:
        assessment = _raised(assessment, level, country)
    answer = _put(answer, assessment)
    refused = [(claim, broken) for claim in answer.claims if (broken := _broken_claim(claim, assessment))]
    dropped = {claim.id for claim, _ in refused}
    kept = tuple(claim for claim in answer.claims if claim.id not in dropped)
    answer = answer.model_copy(
        update={
            "level": assessment.level,
            "first_action": assessment.first_action,
            "language": assessment.language,
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


def _put(answer: Answer, assessment: Assessment) -> Answer:
    """The answer with the question of the talk; where it asks by itself, nothing else does."""
    if not isinstance(assessment, Heard):
        return answer
    asked = assessment.asked
    update: dict[str, object] = {"asked": asked, "ask": (asked.in_words,) if asked else ()}
    if assessment.complaint or asked:
        update["would_change"] = ()
    return answer.model_copy(update=update)


def _composed(answer: Answer, assessment: Assessment) -> str:
    """What an answer says of this person beside our own template: a model's reply and its sentences.

    The rules' planner only repeats sources, and what a source says to anybody ("an ambulance should be called")
    raises nothing.
    """
    ours = isinstance(assessment, Heard) and answer.reply == assessment.told
    claims = [] if answer.wording == "rules" else [claim.text for claim in answer.claims]
    return "\n".join(part for part in ("" if ours else answer.reply, *claims) if part)


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
    danger = bool(
        assessment.fired or assessment.open or (isinstance(assessment, Heard) and assessment.complaint)
    )
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
            **({"told": "", "asked": None} if isinstance(assessment, Heard) else {}),
        }
    )


def _replaced(answer: Answer, assessment: Assessment, country: str, broken: Sequence[str]) -> Answer:
    note = f"The gate replaced the text by its template: {', '.join(broken)}."
    return answer.model_copy(
        update={
            "reply": render_patient(assessment, country),
            "claims": (),
            "ask": answer.ask if answer.asked else (),
            "would_change": (),
            "tables": (),
            "not_shown": (*answer.not_shown, *(_not_shown(claim, broken) for claim in answer.claims)),
            "notes": (*answer.notes, note),
        }
    )


def render_patient(assessment: Assessment, country: str = "") -> str:
    """The patient's text from templates alone; it satisfies every behaviour without any model."""
    if isinstance(assessment, Heard) and assessment.told:
        return assessment.told
    return advice.rendered(assessment, country)
