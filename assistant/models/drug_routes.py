"""From a question to the check of drugs, by rules: where the words ask whether drugs go together or may be started."""

from __future__ import annotations

import re

from assistant.frame.lists import named_drugs
from assistant.models.genetic_routes import Call
from assistant.turn import TurnInput
from retrieval.patient import Patient

MOST = 20
_TOGETHER = re.compile(
    r"\binteract(?:s|ions?|ing)?\b|\b(?:check|review|reconcile)\b(?:[^.?!]|\.(?=\d)){0,80}\b(?:drugs?|medic\w+|prescriptions?|list"
    r"|record|chart|patient)\b"
    r"|\b(?:safe|fine|ok|okay|all right|possible|appropriate|suitable) "
    r"(?:to (?:take|give|add|combine|use|start|prescribe)"
    r"|(?:here|now|in|for|with) ?(?:her|him|them|me|this|my|the patient)?\b)"
    r"|\b(?:taken|given|used|combined?|take|give|combining) (?:\w+ ){0,4}(?:together|with each other"
    r"|at the same time)\b"
    r"|\bcontra-?indicat\w+\b|\bproblems?\?|\b(?:any|a) (?:problems?|reasons? not|objections?|concerns?|clash\w*)\b"
    r"|\bcheck (?:[\w-]+ ){1,4}(?:with|against|and)\b|\breasons? (?:not to|against)\b"
    r"|\banything against\b|\b(?:safe|ok|okay)\?"
    r"|\b(?:be |when )?(?:combined|coadministered|co-administered)\b|\b(?:together|concomitant\w*|alongside) with\b",
    re.IGNORECASE,
)
_START = re.compile(
    r"\b(?:can|could|may|should) (?:i |we |he |she |they |my patient |the patient |this patient )?"
    r"(?:be )?(?:start(?:ed)?|add(?:ed)?|have|take|get|given?|prescribed?|use)\b"
    r"|\b(?:can|could|may|should) (?:[\w-]+ ){1,4}be (?:started|added|given|prescribed|used|taken)\b"
    r"|\bplanning\b|\b(?:want|like|plan|intend|about|going|thinking of|considering|propose)\b[^.?!]{0,20}"
    r"\b(?:start|prescrib|add|giv)\w*"
    r"|\b(?:would|will|shall) (?:give|start|prescribe|add)\b"
    r"|\b(?:safe|fine|ok|okay|all right|possible|appropriate|suitable) to (?:take|give|add|use|start|prescribe)\b",
    re.IGNORECASE,
)


_LIST = re.compile(
    r"\b(?:check|review|reconcile|go (?:over|through)|look (?:over|through|at))\b[^.?!]{0,40}"
    r"\b(?:drugs?|medic\w+|meds|prescriptions?|drug list|chart|tablets)\b"
    r"|\b(?:interact\w*|clash\w*|contra-?indicat\w+|(?:safety )?problems?|duplicates?|(?:any|some)thing wrong)\b"
    r"[^.?!]{0,40}\b(?:drugs?|medic\w+|meds|list|prescriptions?|takes|is taking|is on|tablets)\b"
    r"|\b(?:drugs?|medic\w+|meds|list)\b[^.?!]{0,30}"
    r"\b(?:need care|interact\w*|clash\w*|safe|all right|ok|okay|problems?)\b",
    re.IGNORECASE,
)
"""Asks about the list of the record as a whole."""


_PAPER = r"(?:label|package insert|insert|leaflet|prescribing information|PI|SmPC)s?"
_ABOUT = r"(?:about|on|of|regarding|concerning|holds? for|under|for)"
_LABEL = re.compile(
    r"\b(?:what does|what do|does|do|quote|read|show|cite|according to) (?:me )?(?:the )?(?:US |FDA |drug )?"
    rf"{_PAPER} (?:of|for|on) (?P<drug>[^?.!;,\n]{{2,60}}?)"
    r"(?:\s+(?:say|state|warn)s?)?"
    rf"(?:,? (?:what (?:holds|is said|does it say) )?{_ABOUT} (?P<about>[^?.!;\n]{{2,120}}))?\s*[?.!]?$"
    rf"|\b(?:what does|quote|read|show|cite|according to) the (?:US |FDA )?(?P<drug2>[\w' -]{{2,40}}?) {_PAPER}"
    rf"(?: says?)?(?: {_ABOUT} (?P<about2>[^?.!;\n]{{2,120}}))?"
    rf"|^\W*(?P<drug3>[\w-]{{3,30}}(?: [\w-]{{3,30}})?) {_PAPER}\s*[:,–-]\s*(?P<about3>[^?.!;\n]{{2,120}})",
    re.IGNORECASE,
)


def label_calls(given: TurnInput) -> list[Call]:
    """A passage of a drug's label, where the words ask what the label says."""
    asked = _LABEL.search(given.question)
    if not asked:
        return []
    drug = asked["drug"] or asked["drug2"] or asked["drug3"]
    about = asked["about"] or asked["about2"] or asked["about3"]
    inputs = {"drug": drug.strip()} | ({"question": about.strip()} if about else {"section": "indications"})
    return [Call(tool="drug_label", inputs=inputs)]


def drug_calls(given: TurnInput) -> list[Call]:
    """One check of the drugs that the words name, with those of the record; none where the words ask something else.

    A single drug is checked where anything is known of the person: it can clash with a kidney, an allergy, a
    pregnancy, a gene or an age as well as with another drug.
    """
    named = named_drugs(given.question)
    charted = set(named_drugs(" , ".join(given.patient.drugs.values)))
    start = bool(_START.search(given.question))
    if not named:
        return [Call(tool="check_drugs", inputs={})] if charted and _LIST.search(given.question) else []
    if not (_TOGETHER.search(given.question) or start):
        return []
    if len({*named, *charted}) < 2 and not _anything_known(given.patient):
        return []
    new = [name for name in named if name not in charted]
    drugs = [f"new: {name}" if start and len(new) == 1 else name for name in new]
    return [Call(tool="check_drugs", inputs={"drugs": drugs[:MOST]} if drugs else {})]


def _anything_known(patient: Patient) -> bool:
    """Whether the record holds a fact that a rule of single drugs could meet."""
    lists = (patient.problems, patient.allergies, patient.genotypes)
    values = (patient.age_years, patient.pregnant, patient.breastfeeding, patient.weeks_pregnant)
    return (
        bool(patient.labs or patient.vitals)
        or any(one.items for one in lists)
        or any(value is not None for value in values)
    )
