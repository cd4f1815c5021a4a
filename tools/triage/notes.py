"""A clinician's note as the red-flag engine should read it: what is denied or long over is no sign of today.

Notes deny in lists ("Denies fever, rigors, chest pain."), head what was ("PMH: stroke 2015") and whose it was
("FH: ..."). Patients do not write so, and their words are never read by this module. What is not plainly a denied
list stays as it was written: a missed emergency weighs more than a false alarm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_DENIES = re.compile(
    r"(?P<cue>\b(?:(?:he|she|pt|patient|they)\s+)?(?:denies|denied|denying|negative for|-ve for|neg for|no hx of"
    r"|no history of|no evidence of|no signs? of|no symptoms? of|nil)(?:\s+any)?\b:?\s*)(?P<list>[^.;\n]{2,600})",
    re.IGNORECASE,
)
"""What governs its whole list."""
_NO = re.compile(
    r"(?P<cue>(?:^|(?<=[.;:\n,])\s*)(?:no|nor|without)\s+)(?P<list>[^.;\n]{2,400})",
    re.IGNORECASE | re.MULTILINE,
)
"""A bare "no" governs a list only where "or" or "nor" stands before its last thing, and one thing otherwise."""
_ENDS = re.compile(r"\b(?:but|however|although|though|except|apart from|until|besides|yet)\b", re.IGNORECASE)
_TOLD = re.compile(
    r"^(?:and\s+)?(?:(?:he|she|they|pt|patient|it|which|who|then|also|now|today|on exam\w*|o/e|c/o)\b|with\b"
    r"|(?:has|had|have|is|was|are|were|reports?|reported|complain\w*|feels?|felt|describes?|developed|admits?|endorses?"
    r"|presents?|presented|found|seen|brought|took|taken|states?|says|noticed|woke|started|currently|since|positive"
    r"|does|did|can|cannot|became|remains|appears?|looks?|gcs|bp|hr|rr|sats?|spo2|temp)\b)",
    re.IGNORECASE,
)
"""How a thing begins that is told and no more denied."""
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|had|have|reports?|complains?|cannot|can't|won't|started)\b", re.IGNORECASE
)
_COMMA = re.compile(r",(?![^(]*\))")
_PAST = re.compile(
    r"(?P<head>(?:^|(?<=[.;\n]))\s*(?:PMHx?|PMSH|PSHx?|past (?:medical |surgical )?history|medical history|background"
    r"|hx)\s*:\s*)(?P<list>[^\n.;]{2,500})",
    re.IGNORECASE | re.MULTILINE,
)
_FAMILY = re.compile(
    r"(?:^|(?<=[.;\n]))\s*(?:FHx?|fam(?:ily)? (?:hx|history))\s*:[^\n.;]{2,300}", re.IGNORECASE | re.MULTILINE
)
_EVENT = re.compile(
    r"\b(?:strokes?|cva|tia|mi|n?stemi|myocardial infarction|heart attack|pe|pulmonary embol\w+|dvt|seizures?|fits?"
    r"|sepsis|meningitis|encephalitis|overdose|od|suicid\w+|self[- ]harm|anaphylaxis|bleed\w*|ha?emorrhage|sah"
    r"|subarachnoid|ha?ematemesis|mela?ena|cauda equina|arrest|collapse|syncope|dissection|torsion|ectopic|dka"
    r"|ketoacidosis|detachment|peritonitis|appendicitis|perforation|fracture|head injury|pneumothorax|pre-?eclampsia"
    r"|eclampsia|obstruction|pneumonia)\b",
    re.IGNORECASE,
)
"""What happens once. A condition that stays ("T2DM", "on warfarin") counts as it is written."""
_ACUTE = re.compile(
    r"\b(?:now|today|current\w*|acute\w*|since|ongoing|yesterday|this (?:morning|week))\b", re.IGNORECASE
)
_ALLERGY_LINE = re.compile(
    r"(?:^|(?<=[.;\n]))\s*(?:drug )?(?:allerg(?:y|ies)|adrs?|NK?D?A)\s*:[^\n.;]{2,300}",
    re.IGNORECASE | re.MULTILINE,
)
_INR = re.compile(r"\bINR\s*(?:of|is|:|=)?\s*(?:0\.\d+|1(?:\.[0-4]\d*)?)(?![\d.]*\d)", re.IGNORECASE)
"""A clotting time of somebody who takes no blood thinner."""


def read_note(text: str) -> str:
    """The note without its denied lists, its allergy and family lines and normal INR; past events are called past."""
    text = _INR.sub("", text)
    for pattern in (_FAMILY, _ALLERGY_LINE):
        text = pattern.sub(lambda hit: hit.group() if _ACUTE.search(hit.group()) else "", text)
    text = _PAST.sub(lambda hit: hit["head"] + ", ".join(_passed(hit["list"])), text)
    text = _DENIES.sub(lambda hit: _left(hit, hit["list"]), text)
    return _NO.sub(_after_no, text)


def _passed(listed: str) -> Iterator[str]:
    """Each thing of a past history; an event gets the words that say so."""
    for thing in _COMMA.split(listed):
        over = _EVENT.search(thing) and not _ACUTE.search(thing)
        yield f"history of {thing.strip()}" if over else thing.strip()


def _left(hit: re.Match[str], listed: str) -> str:
    """What stays of a denial: all behind its list."""
    rest = _behind(listed)
    return f", {rest}" if rest else ""


def _behind(listed: str) -> str:
    """What stands behind a denied list in its sentence: from "but" on, or from the first thing that is told."""
    ends = _ENDS.search(listed)
    denied, rest = (listed[: ends.start()], listed[ends.start() :]) if ends else (listed, "")
    things = _COMMA.split(denied)
    for place, thing in enumerate(things):
        if place and (_TOLD.match(thing.strip()) or _VERB.search(thing)):
            return ",".join([*things[place:], rest]).strip(" ,")
    return rest.strip(" ,")


def _after_no(hit: re.Match[str]) -> str:
    listed = hit["list"]
    ends = _ENDS.search(listed)
    denied = listed[: ends.start()] if ends else listed
    things = _COMMA.split(denied)
    if any(_TOLD.match(one.strip()) or _VERB.search(one) for one in things) or not re.search(
        r"\b(?:or|nor)\b", things[-1]
    ):
        return hit.group()
    return f", {listed[ends.start() :]}" if ends else ""
