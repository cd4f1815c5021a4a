"""From a question to the check of drugs, by rules: where the words ask whether drugs go together or may be started."""

from __future__ import annotations

import re

from assistant.models.genetic_routes import Call
from assistant.turn import TurnInput
from assistant.verify.names import drug_names

MOST = 20
_TOGETHER = re.compile(
    r"\binteract(?:s|ions?|ing)?\b|\b(?:check|review|reconcile)\b[^.?!]{0,40}\b(?:drugs?|medic\w+|prescriptions?|list)\b"
    r"|\b(?:safe|fine|ok|okay|all right|possible) to (?:take|give|add|combine|use|start|prescribe)\b"
    r"|\b(?:taken|given|used|combined?|take|give|combining) (?:\w+ ){0,4}(?:together|with each other"
    r"|at the same time)\b",
    re.IGNORECASE,
)
_START = re.compile(
    r"\b(?:can|could|may|should) (?:i |we |he |she |they |my patient |the patient )?"
    r"(?:be )?(?:start(?:ed)?|add(?:ed)?|have|take|get|given?|prescribed?)\b",
    re.IGNORECASE,
)


_LABEL = re.compile(
    r"\b(?:what does|what do|does|do|quote|read|show) (?:me )?(?:the )?(?:drug )?(?:label|package insert|leaflet"
    r"|prescribing information)s? (?:of|for|on) (?P<drug>[^?.!;\n]{2,60}?)"
    r"(?:\s+(?:say|state|warn)s?)?(?:\s+(?:about|on|of|regarding) (?P<about>[^?.!;\n]{2,120}))?\s*[?.!]?$"
    r"|\bwhat does the (?P<drug2>[\w' -]{2,40}?) (?:label|package insert|leaflet) say"
    r"(?: about (?P<about2>[^?.!;\n]{2,120}))?",
    re.IGNORECASE,
)


def label_calls(given: TurnInput) -> list[Call]:
    """A passage of a drug's label, where the words ask what the label says."""
    asked = _LABEL.search(given.question)
    if not asked:
        return []
    drug, about = asked["drug"] or asked["drug2"], asked["about"] or asked["about2"]
    inputs = {"drug": drug.strip()} | ({"question": about.strip()} if about else {"section": "indications"})
    return [Call(tool="drug_label", inputs=inputs)]


def drug_calls(given: TurnInput) -> list[Call]:
    """One check of the drugs that the words name, with those of the record; none where the words ask something else."""
    named = drug_names(given.question)
    charted = set(drug_names(" , ".join(given.patient.drugs.values)))
    start = bool(_START.search(given.question))
    if not (_TOGETHER.search(given.question) or start) or len({*named, *charted}) < 2 or not named:
        return []
    new = [name for name in named if name not in charted]
    drugs = [f"new: {name}" if start and len(new) == 1 else name for name in new]
    return [Call(tool="check_drugs", inputs={"drugs": drugs[:MOST]} if drugs else {})]
