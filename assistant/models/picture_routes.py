"""From a question to the reading of pictures, by rules: which picture, what is wanted, what somebody says it is."""

from __future__ import annotations

import re
from typing import Any

from assistant.models.genetic_routes import Call
from assistant.models.picture_kind import names_kind, stated_kind
from assistant.turn import TurnInput

PICTURES = ("image", "dicom", "nifti")
SHORT = 12
"""Words of a reply that may answer what the last reading asked."""

_VESSELS = re.compile(r"\b(?:vessels?|measure\w*|tortuos\w+|segment\w*|fractal|calib\w+)\b", re.IGNORECASE)
_ENHANCE = re.compile(
    r"\b(?:enhanc\w+|sharpen\w*|brighten\w*|upscal\w+|super-?\s?resol\w+"
    r"|(?:improve|better) (?:the )?(?:contrast|light\w*)|(?:even|correct) (?:out )?(?:the )?(?:light\w*|illumination)"
    r"|(?:enlarge|magnify|improve|clean up) (?:it|this|that|the (?:picture|image|photo\w*|scan)))\b",
    re.IGNORECASE,
)
_FINDINGS = re.compile(
    r"\b(?:read|look|see|anything|any|abnormal\w*|normal|healthy|unlike|diseases?|lesions?|signs?|interpret|assess|check"
    r"|find\w*|pneumonia|retinopath\w+|glaucoma|cataract|opacit\w+|consolidation|benign|malignant|diagnos\w+)\b",
    re.IGNORECASE,
)
_SEEN = re.compile(
    r"^\s*(?:is|are) there\b|\banything (?:\w+ )?(?:on|in|wrong|abnormal)\b"
    r"|\b(?:any )?signs? of\b|\bdo(?:es)? (?:it|this|the \w+) (?:show|look)\b|\bdo you see\b"
    r"|\b(?:is|are|look(?:s)?) (?:it|this|that|these|they|the \w+)?(?: \w+){0,3} ?(?:ab)?normal\b"
    r"|\bdo(?:es)? (?:he|she|this (?:child|patient|boy|girl|man|woman)) have\b|\bbenign or malignant\b"
    r"|\bwhat do(?:es)? (?:it|this|that|the)(?: [\w-]+){0,2} show\b|\bwhat (?:is|kind of \w+ is) (?:this|it)\?",
    re.IGNORECASE,
)
"""Asks what the attached picture shows, not what is written about it."""

_PICTURE = re.compile(
    r"\b(?:this|that|the|my|same|attached|last)\s+(?:\w+\s+)?(?:picture|image|photo\w*|scan|x-?ray|film|radiograph|retina"
    r"|fundus)\b",
    re.IGNORECASE,
)
_DO = re.compile(
    r"^\s*(?:(?:please|now|also|and|can you|could you)[\s,]+)*(?:enhance|sharpen|brighten|upscale|show|draw|measure"
    r"|segment|improve|enlarge|magnify|even|correct)\b",
    re.IGNORECASE,
)
"""Asks for something to be done, so that "contrast-enhanced CT" in a question is none of it."""
_FRAME = re.compile(r"\bframe\s*(?:no\.?|number|#)?\s*(\d{1,3})\b", re.IGNORECASE)
_AGE = re.compile(
    r"\b\d{1,3}[- ]?(?:years?|yrs?|y/?o|months?|mo|weeks?)\b|\b(?:is|aged?|age is) (?:only )?\d{1,3}\b",
    re.IGNORECASE,
)


def picture_calls(given: TurnInput) -> list[Call]:
    """One reading for each picture that came with the question; without one, of the last picture that it speaks of."""
    if given.role != "clinician":
        return []
    new = [file.id for file in given.attachments if file.kind in PICTURES]
    here = new or _earlier(given)
    # What somebody says of "the X-ray" names none of several.
    stated = _stated(given.question) if len(here) == 1 else {}
    want = _want(given.question)
    return [Call(tool="read_image", inputs={"image": one, "want": want, **stated}) for one in here]


def about_picture(part: str) -> bool:
    """Whether a sentence is answered by looking at the picture, so that there is nothing to look up."""
    short = len(part.split()) < 8
    return bool(
        _SEEN.search(part) or _ENHANCE.search(part) or (short and (_VESSELS.search(part) or names_kind(part)))
    )


def _want(question: str) -> list[str]:
    """Findings and vessels, unless the words ask for the vessels or for a better copy alone."""
    vessels, enhance = _VESSELS.search(question), _ENHANCE.search(question)
    rest = _ENHANCE.sub("", _VESSELS.sub("", question))
    findings = _FINDINGS.search(rest) or not (vessels or enhance)
    wanted = {"findings": findings, "vessels": vessels or findings, "enhanced": enhance}
    return [name for name, is_wanted in wanted.items() if is_wanted]


def _stated(question: str) -> dict[str, Any]:
    """The kind of picture and the frame, as far as the words tell."""
    told: dict[str, Any] = {}
    if kind := stated_kind(question):
        told["kind"] = kind
    if frame := _FRAME.search(question):
        told["frame"] = int(frame[1])
    return told


def _earlier(given: TurnInput) -> list[str]:
    """The last picture of the talk, where the words ask something of it or tell what its reading asked for."""
    held = [one.partition(" ")[0] for one in given.patient.images.values]
    if not held or not given.earlier:
        return []
    words = given.question
    asks = _DO.search(words) and (_ENHANCE.search(words) or _VESSELS.search(words))
    points = _PICTURE.search(words) and (_SEEN.search(words) or _FINDINGS.search(words))
    tells = bool(_stated(words)) or bool(_AGE.search(words))
    open_still = not given.earlier[-1].findings and len(words.split()) <= SHORT
    return held[-1:] if asks or points or (tells and open_still) else []
