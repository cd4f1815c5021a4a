"""From a proposed evidence code in words to the call that weighs it: code, strength, quote and PMID are all said."""

from __future__ import annotations

import re

from assistant.models.genetic_routes import VARIANT_KINDS, Call
from assistant.turn import TurnInput
from genomics.mentions import find

_CODE = re.compile(r"\b(PVS1|PS[1-4]|PM[1-6]|PP[1-5]|BA1|BS[1-4]|BP[1-7])\b")
_STRENGTH = re.compile(r"\b(stand[- ]?alone|very strong|strong|moderate|supporting)\b", re.IGNORECASE)
_PMID = re.compile(r"\bPMID:?\s*(\d{4,9})\b", re.IGNORECASE)
_QUOTE = re.compile(r"[\"“”]([^\"“”]{10,600})[\"“”]")
_PROPOSES = re.compile(
    r"\b(?:weigh|propos\w+|suggest\w*|apply|applying|count|add|class results?|assign)\b", re.IGNORECASE
)


def evidence_calls(given: TurnInput) -> list[Call]:
    """One call for the code that a clinician proposes; none where a part is missing or the words ask another thing."""
    text = given.question
    if given.role != "clinician" or not _PROPOSES.search(text):
        return []
    code, strength, pmid, quote = (one.search(text) for one in (_CODE, _STRENGTH, _PMID, _QUOTE))
    named = next((mention for mention in find(text) if mention.kind in VARIANT_KINDS), None)
    if code is None or strength is None or pmid is None or quote is None or named is None:
        return []
    gene = named.gene or ""
    variant = named.text if not gene or gene in named.text else f"{gene} {named.text}"
    how = " ".join(strength[1].lower().replace("-", " ").split())
    said = {"code": code[1], "strength": how, "quote": quote[1].strip(), "pmid": pmid[1]}
    return [Call(tool="weigh_evidence", inputs={"variant": variant, "codes": [said]})]
