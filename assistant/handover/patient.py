"""The patient's sheet: the same claims in plain words, without dose, ranking or class; what to do, when to come back.

A claim is not reworded but named: what it is about, and whom to ask. So nothing is said here that the clinician's sheet
does not say, and no number of it can be taken for an instruction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from assistant.answer import Answer, Claim
from assistant.handover.sheet import Block, Heading, Items, Paragraph, Sheet
from assistant.sessions import Turn
from assistant.turn import Cited, numbered
from assistant.verify.names import drug_names
from retrieval.evidence import Action
from tools.record.answer import TOLD
from tools.triage import places
from tools.triage.levels import Level
from tools.triage.places import safety_net
from tools.triage.rules import rules

NOTE = (
    "This sheet was written by a computer program. It is a help for your talk with your doctor. "
    "It is not a plan, and no doctor has checked it yet."
)
KEEP = (
    "Do not start, stop or change a medicine because of this sheet. Talk to your doctor or pharmacist before."
)
_OTHER = "Something else was looked at. Ask your doctor about it."
_BY_TOOL = {
    "search_literature": "Studies on your question were read. Ask what they mean for you.",
    "interpret_variant": "A change in a gene was looked at{about}. Ask what it means for you and your family.",
    "weigh_evidence": "A change in a gene was looked at{about}. Ask what it means for you and your family.",
    "screen_genome": "A file with your genes was looked at. Ask your doctor to go through it with you.",
    "calculate": "A score was worked out from your values. Ask what it means for you.",
    "read_image": "A picture was measured by the computer. Only a clinician can tell you what it shows.",
    "triage": "Your signs were checked for danger. The page says how soon to get help.",
    "simulate_drug": "A medicine was tried in a computer, in people who do not exist. It does not say what you need.",
    "molecule_profile": "The form of a substance was looked at by the computer. It says nothing about you.",
    "design_molecules": "A computer drew substances that nobody has made. They are not medicines.",
    "drug_label": "The leaflet of a medicine was read{about}. Ask your pharmacist about it.",
}
ALPHABET = ", in the order of the alphabet"
OPTIONS = (
    f"These treatments were looked at{ALPHABET}: {{names}}. "
    "Not all of them fit you. Your doctor can tell you why."
)
NO_DRUG = "care without a medicine"
GENES = "Your genes can change how some medicines work in you. Tell your doctor which you take: {names}."
CHECKED = "Your medicines were checked: {names}."
_SOON = {
    Level.EMERGENCY: "Get help now.",
    Level.SAME_DAY: "See a doctor or nurse today.",
    Level.ROUTINE: "Book a visit in the next days.",
    Level.SELF_CARE: "You can care for this at home for now.",
}
_BY_LEVEL = {Level.EMERGENCY: "call_ambulance", Level.SAME_DAY: "see_today"}
_ASK = (
    "Which of these treatments would you choose for me, and why?",
    "What could go wrong, and what should I look out for?",
    "Which tests do I need first, and when do we look again?",
    "Do all my medicines still fit together?",
)


def sheet(turns: Sequence[Turn], country: str = "") -> Sheet:
    """The sheet of all turns; every claim of the clinician's sheet stands in it by its id."""
    lines = _lines(turns)
    claims = tuple(claim.id for turn in turns for claim in turn.answer.claims)
    blocks = [Paragraph(NOTE), *_urgency(turns, country), Heading("What was looked at"), Items(tuple(lines))]
    blocks += [Heading("What to do"), Paragraph(KEEP), Heading("When to come back")]
    blocks += [
        Paragraph(safety_net(_most(turns) or Level.ROUTINE, country)),
        Paragraph(f"In an emergency call {places.line('emergency', country)}."),
        Heading("Questions to ask"),
        Items(_ASK),
    ]
    return Sheet("For you, to take to your doctor", claims, tuple(blocks))


def _urgency(turns: Sequence[Turn], country: str) -> Iterator[Block]:
    most = _most(turns)
    if most is not None:
        first = next(_first(turn.answer, country) for turn in turns if turn.answer.level is most)
        yield Heading("How soon")
        yield Paragraph(f"{_SOON[most]} {first}".strip())


def _first(answer: Answer, country: str) -> str:
    """What to do first: the answer's own words, or for a clinician's answer those of the rule that fired."""
    if answer.first_action:
        return answer.first_action
    held = (rules().by_id.get(banner.rule) for banner in answer.banners if banner.level is answer.level)
    action = next(
        (rule.do for rule in held if rule is not None), _BY_LEVEL.get(answer.level or Level.ROUTINE, "")
    )
    return places.sentence(action, country) if action else ""


def _most(turns: Sequence[Turn]) -> Level | None:
    """The most urgent level of all turns."""
    levels = [turn.answer.level for turn in turns if turn.answer.level]
    return min(levels, key=list(_SOON).index) if levels else None


def _lines(turns: Sequence[Turn]) -> Iterator[str]:
    """One line for each thing that was looked at, with the ids of the claims behind it."""
    said: dict[str, tuple[set[str], list[str]]] = {}
    for turn in turns:
        held = {entry.id: entry for place in turn.results for entry in _entries(turn, place)}
        for claim in turn.answer.claims:
            words, names = _words(claim, held)
            named, ids = said.setdefault(words, (set(), []))
            named.update(names)
            ids.append(claim.id)
    for words, (named, ids) in said.items():
        listed = ", ".join(sorted(named))
        bare = words.replace(ALPHABET, "").replace(": {names}", "")
        told = words.format(names=listed) if named else bare
        yield f"{told} ({', '.join(ids)})"


def _entries(turn: Turn, place: int) -> Sequence[Cited]:
    return numbered(turn.answer.turn, place, turn.results[place])


def _words(claim: Claim, held: Mapping[str, Cited]) -> tuple[str, Sequence[str]]:
    """What is said of a claim, and the names that are listed with it; claims of which the same is said share a line."""
    names = [name for one in claim.evidence_ids if one in held for name in held[one].finding.names]
    drugs = drug_names(" , ".join(names)) or drug_names(claim.text)
    if claim.tool == "treatment_options":
        proposed = drug_names(names[0]) if names else ()
        return OPTIONS, proposed or ((NO_DRUG,) if names else ())
    if claim.tool == "pgx_guidance":
        return GENES, drugs
    if claim.tool == "check_drugs" and claim.evidence[0].source.id != TOLD.id:
        return _of_drugs(claim, drugs)
    genes = [name for name in dict.fromkeys(names) if name.isupper() and name.isalnum()]
    subject = drugs if claim.tool == "drug_label" else genes
    about = f" ({', '.join(subject[:2])})" if subject else ""
    return _BY_TOOL.get(claim.tool, _OTHER).format(about=about), ()


def _of_drugs(claim: Claim, drugs: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Whom to ask about which medicines; never which one is better, and never how much."""
    if claim.action is Action.INFORM:
        return CHECKED, drugs
    if len(drugs) > 1:
        return f"Tell your doctor or pharmacist about taking {' and '.join(sorted(drugs))} together.", ()
    return f"Ask your doctor or pharmacist about {next(iter(drugs), 'your medicines')}.", ()
