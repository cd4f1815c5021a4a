"""From verdicts and tool results to the answer: what comes first, what must be shown, what was not answered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant import gate
from assistant.answer import Answer, Claim, Role, Unanswered
from assistant.joined import joined
from assistant.middleware.verify import judged, subject, take
from assistant.models.composer import compose
from assistant.models.rules import RULES
from assistant.models.treatment_routes import handover_asked
from assistant.picture_answers import said_first, withheld
from assistant.research_answers import not_read
from assistant.research_words import RESEARCH
from assistant.turn import Cited, Sentence, Turn, Verdict, numbered
from assistant.verify import judge
from assistant.verify.quotes import Held
from assistant.verify.words import share
from retrieval.evidence import Action, Outcome
from tools.record.answer import about_record

ABILITIES = (
    "I can search the evidence library, interpret a genetic variant, look through a VCF file, say what pharmacogenes "
    "mean for a drug, check drugs against each other, list treatment options and say why not another one, compute a "
    "score, read a fundus photograph or a child's chest X-ray, simulate a drug by genotype, and profile or propose "
    "molecules. "
    "Name a condition, a drug, a gene or attach a file."
)
SHEETS = (
    "The handover sheets of this talk are made under Sheets, beside the chat: one for a colleague and one for the "
    "patient, with the same claims. In the terminal: consilium ask … --sheets FOLDER."
)
NO_FILE = "No file is attached to this conversation."
EMPTY_DRAFT = "Plain wording: the model gave no text that the findings support."


def answer(turn: Turn, held: Held) -> Answer:
    """The answer of a finished turn. Findings that no shown sentence carries are worded by the composer where the
    draft left nothing, or where the finding must be shown."""
    _words_for_findings(turn, held)
    claims = _ordered(_claims(turn), turn)
    given, read = turn.given, turn.gate
    made = Answer(
        id=turn.answer_id,
        session=turn.session,
        turn=given.turn,
        role=given.role,
        question=given.question,
        level=read.level if read else None,
        first_action=read.first_action if read else "",
        banners=read.banners if read else (),
        reply=_reply(turn, claims),
        claims=claims,
        not_answered=_not_answered(turn),
        not_shown=turn.not_shown,
        would_change=_would_change(turn),
        calls=tuple(turn.calls[place] for place in sorted(turn.calls)),
        pictures=tuple(
            f"t{given.turn}c{place}p{index}"
            for place in sorted(turn.results)
            for index in range(len(turn.results[place].pictures))
        ),
        tables=joined(
            (table for place in sorted(turn.results) for table in turn.results[place].tables), turn
        ),
        patient=given.patient,
        wording=turn.wording,
        notes=tuple(turn.notes),
    )
    return gate.after(made, read.assessment, country=turn.context.country) if read else made


def _words_for_findings(turn: Turn, held: Held) -> None:
    """The composer's part: everything, if the model's draft left no sentence; else what must be shown."""
    here = [
        entry
        for place in sorted(turn.results)
        for entry in numbered(turn.given.turn, place, turn.results[place])
    ]
    if not here:
        return
    if turn.verdicts and turn.wording == RULES:
        return  # the composer has worded everything already
    if not any(verdict.shown for verdict in turn.verdicts):
        refused = turn.not_shown
        turn.notes.append(EMPTY_DRAFT)
        take(turn, judged(turn, compose(here), held), RULES)
        turn.not_shown = (*refused, *turn.not_shown)
        return
    turn.verdicts = (*turn.verdicts, *_left_out(turn, here, held))


def _left_out(turn: Turn, here: Sequence[Cited], held: Held) -> tuple[Verdict, ...]:
    told = {name for verdict in turn.verdicts if verdict.shown for name in verdict.evidence}
    missing = [entry for entry in here if entry.finding.action is not Action.INFORM and entry.id not in told]
    cited = turn.cited()
    return tuple(judge(sentence, cited, held, subject(turn)) for sentence in _sentences(missing))


def _sentences(entries: Sequence[Cited]) -> Sequence[Sentence]:
    return compose(entries).sentences


def _claims(turn: Turn) -> list[Claim]:
    cited = turn.cited()
    claims: list[Claim] = []
    for verdict in turn.verdicts:
        if not verdict.shown:
            continue
        entries = sorted(
            (cited[name] for name in verdict.evidence),
            key=lambda entry: -share(verdict.text, entry.finding.statement),
        )  # what the sentence leans on most heads it
        finding = entries[0].finding
        claims.append(
            Claim(
                id=f"t{turn.given.turn}k{len(claims) + 1}",
                text=verdict.text,
                evidence=tuple(entry.evidence for entry in entries),
                evidence_ids=tuple(entry.id for entry in entries),
                kind=finding.kind,
                action=finding.action,
                certainty=finding.certainty,
                tool=entries[0].tool,
                corrected=verdict.judgement == "corrected",
            )
        )
    return claims


_RANK = {Action.AVOID: 0, Action.CHANGE: 1, Action.INFORM: 2}


LEADING = "treatment_options"
"""A tool that puts its own findings in order; the first ones stand where a must-show finding stands."""
LED = 3
LOOKED_UP = "search_literature"
READERS = frozenset(("interpret_variant", "pgx_guidance", "read_image", "screen_genome", *RESEARCH))
"""Tools whose note is the answer where they found nothing: never the general words of what can be asked."""


def _ordered(claims: list[Claim], turn: Turn) -> tuple[Claim, ...]:
    """Must-show first; then the head of each call, so that the first three speak to everything that was asked.

    Where a picture was not read for what was asked of it, the literature comes after all that was read of it.
    """
    last = LOOKED_UP if said_first(turn) else ""
    place_in_call: dict[str, int] = {}
    keys = {}
    for claim in claims:
        call = claim.evidence_ids[0].rpartition("e")[0]
        place_in_call[call] = place_in_call.get(call, -1) + 1
        keys[claim.id] = (_rank(claim, place_in_call[call], last), place_in_call[call])
    return tuple(sorted(claims, key=lambda claim: keys[claim.id]))


def _rank(claim: Claim, place: int, last: str) -> int:
    if claim.tool == last and claim.action is Action.INFORM:
        return len(_RANK)
    if claim.tool != LEADING:
        return _RANK[claim.action]
    return 0 if place < LED else max(1, _RANK[claim.action])


def _withheld(turn: Turn) -> Iterator[str]:
    """What a tool asks for in a sentence that may not be repeated: a warning is never lost with its words."""
    for verdict in turn.verdicts:
        if verdict.withheld.startswith(_ASKS):
            yield verdict.withheld


_ASKS = tuple(f"{action.capitalize()}:" for action in (Action.AVOID, Action.CHANGE))


def _reply(turn: Turn, claims: Sequence[Claim]) -> str:
    read = turn.gate
    if turn.given.role is Role.PATIENT:
        return _patient_reply(turn, read) if read else ""
    if read and read.ends:  # refused: no model and no tool had a part in it
        return read.reply
    if handover_asked(turn.given.question):
        return SHEETS
    of_picture, asked = " ".join((*_withheld(turn), said_first(turn), not_read(turn))).strip(), _to_open(turn)
    if asked:
        return f"{of_picture} {asked}".strip()
    if claims or of_picture or (read and read.level):
        return of_picture
    # A picture, file or variant that was looked at is answered by what its reading ended in, also where that is "no
    # sign", "no model" or "no guideline": the note of pgx_guidance says the calls.
    asks = [
        one.note
        for one in turn.results.values()
        if one.outcome in (Outcome.NEEDS_INPUT, Outcome.BAD_INPUT)
        or (one.tool in READERS and one.outcome is not Outcome.FOUND)
        or (
            (one.tool == LOOKED_UP or about_record(one))
            and one.outcome in (Outcome.NOT_FOUND, Outcome.NOT_COVERED)
        )
    ]
    if asks:
        return " ".join(asks)
    speaks_of_file = re.search(
        r"\b(?:attached|attachment|this (?:picture|image|photo|scan|file|vcf))", turn.given.question, re.I
    )
    return f"{NO_FILE} {ABILITIES}" if speaks_of_file and not turn.context.attachments else ABILITIES


def _to_open(turn: Turn) -> str:
    """What to tell before any option is open, or why none is left: said in the talk, whatever else was found."""
    asks = [
        one.note.partition(". Weights:")[0] + "."
        for one in turn.results.values()
        if one.tool == LEADING and one.outcome in (Outcome.NEEDS_INPUT, Outcome.NOT_COVERED)
    ]
    return " ".join(asks)


def _patient_reply(turn: Turn, read: gate.Gate) -> str:
    """The gate's template where the person told of something wrong; nothing before the findings of a plain question."""
    told = read.ends or read.level or "triage" in {call.tool for call in turn.calls.values()}
    return read.reply or gate.render_patient(read.assessment, turn.context.country) if told else ""


def _not_answered(turn: Turn) -> tuple[Unanswered, ...]:
    lines = []
    for place in sorted(turn.calls):
        record, result = turn.calls[place], turn.results.get(place)
        if record.tool == "triage" and turn.given.role is Role.PATIENT and not record.failed:
            continue  # the reply already says what the gate found and what it does not know
        if record.failed or result is None:
            lines.append(Unanswered(tool=record.tool, outcome=None, reason=record.note))
        elif result.outcome is not Outcome.FOUND:
            lines.append(
                Unanswered(
                    tool=record.tool,
                    outcome=result.outcome,
                    reason=result.note,
                    missing=result.missing,
                    command=result.command,
                )
            )
        elif result.note:
            lines += withheld(turn.given.question, result)
            lines.append(Unanswered(tool=record.tool, outcome=result.outcome, reason=result.note))
    return tuple(lines)


def _would_change(turn: Turn) -> tuple[str, ...]:
    missing = [item for place in sorted(turn.results) for item in turn.results[place].missing]
    urgent = turn.given.role is Role.PATIENT or (turn.gate is not None and turn.gate.level is not None)
    open_questions = turn.gate.assessment.open if turn.gate and urgent else ()
    return tuple(dict.fromkeys([*missing, *open_questions]))
