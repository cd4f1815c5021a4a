"""What a request for molecules asks of them: the terms of the objective, and every word that is none of them.

A toxicity only ever counts against a molecule, and drug-likeness only for it: words that ask for the other direction
are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from assistant.models.simulated_inputs import counted, number_of

TERMS = {
    "absorption": r"absor\w+|permeab\w+|bioavailab\w+|oral uptake",
    "qed": r"QED|drug-?lik\w+",
    "sa": r"(?:easier|easy|simpler|simple) to (?:make|synthesi[sz]e|prepare)|synthe(?:tic|sis) accessib\w+|\bSA\b",
    "lipinski": r"Lipinski\w*|rule[- ]of[- ](?:five|5)|rule of 5",
    "herg": r"hERG|cardio-?toxic\w*|(?:cardiac|heart) (?:safety|risk|toxicity|liability)|QT\w*",
    "dili": r"DILI|hepato-?toxic\w*|(?:liver|hepatic) (?:safety|risk|toxicity|injury|liability|profile)",
    "ames": r"Ames|mutagen\w*|genotoxic\w*",
    "clintox": r"clin(?:ical )?tox\w*|(?:non-?)?toxic(?:ity)?|safety|safer",
    "similarity": r"similarity",
}
_PENALTIES = ("herg", "dili", "ames", "clintox")
_COMPARED = re.compile(
    r"\b(?:better|best|more|higher|improv\w+|increas\w+|greater|less|lower|reduc\w+|decreas\w+|fewer|easier|simpler"
    r"|smaller|safer|minimi[sz]\w+|maximi[sz]\w+)\b",
    re.I,
)
_UP = re.compile(r"\b(?:more|higher|highest|high|increas\w+|greater|rais\w+|maxim\w+|strong\w*)\b", re.I)
_DOWN = re.compile(
    r"\b(?:less|lower|lowest|low|reduc\w+|decreas\w+|fewer|minim\w+|without|no|non|avoid\w*)\b", re.I
)
_BAD = re.compile(r"\b(?:worse|worst|bad|badly|poor|poorer|poorly|harder)\b", re.I)
_SAFE = re.compile(r"\bsafe\w*|\bimprov\w+", re.I)
_BROKEN = re.compile(r"\bviolat\w+|\bbreak\w*|\bfail\w*", re.I)
_ELSEWHERE = re.compile(r"\b(?:brain|BBB|CNS|skin|dermal|blood[- ]brain|lung|pulmonary)\b", re.I)
"""Places that the term of oral absorption does not speak of."""
_ALERTS = re.compile(r"\balerts?\b|\b(?:PAINS|BRENK)\b", re.I)
ALERTS_ALLOWED = re.compile(
    r"\balerts? (?:are |is )?(?:allowed|ok(?:ay)?|fine|accepted)\b"
    r"|\b(?:allow|ignore|accept)\w* (?:structural )?alerts?\b",
    re.I,
)
METHODS = {
    "vae": r"\bVAE\b|autoencoder|neural (?:net\w*|model)|generative model",
    "fragments": r"\bfragments?\b|\bBRICS\b",
}
OF_MOLECULES = (
    r"(?:molecules?|compounds?|structures?|analogu?e?s?|derivatives?|ligands?|candidates?|drugs?|SMILES|of them|ones"
    r"|more)\b"
)
_MARK = re.compile(
    r"\b(?:more|less|lower|higher|better|worse|greater|fewer|reduced|increased|improved|smaller|larger|bigger|heavier"
    r"|lighter|longer|shorter|weaker|stronger|poorer|cheaper|safer|non-?(?=\w{4})|highly)",
    re.I,
)
_CUT = re.compile(
    r"(\s*[,;:/]\s*|\s+(?:and|but|plus|while)\s+|(?:^|\s+)(?:with(?:out)?|having|that|which|targeting|against|for)\s+)",
    re.I,
)
_INTRODUCED = re.compile(r"\b(?:with(?:out)?|having|that|which|targeting|against|for)\b", re.I)
_HEAD_ENDS = re.compile(
    r"\b(?:molecules?|compounds?|structures?|analogu?e?s?|derivatives?|ligands?|versions?|variants?|of|like"
    r"|similar|than|to"
    r"|from|by|using|via|candidates?|drugs?|ones|them|SMILES)\b",
    re.I,
)
_FILLER = re.compile(
    r"\b(?:are|is|have|has|be|being|but|any|an?|the|its|their|them|these|it|please|thanks?|thank you|new|novel"
    r"|me|us|now|too"
    r"|also|well|as|instead|and|or|some|same|this|that|my|our|research|study|make|ones?|of|like|similar|than|to"
    r"|from|project|in|on"
    r"|only|just|with|still|seed|molecules?|compounds?|structures?|analogu?e?s?|derivatives?|drugs?|alerts?|properties"
    r"|use|using|by|method|search|score|scores|risk|effects?|keep\w*|terms?|allowed|ok|fine)\b|[^\w]",
    re.I,
)
LONGEST = 60


class Asked(NamedTuple):
    """Terms asked for as such, terms on which the new molecules are to be better, and the words that are neither."""

    want: tuple[str, ...]
    better: tuple[str, ...]
    unread: tuple[str, ...]


def asked(part: str, *, named: bool) -> Asked:
    """What one request asks of its molecules; structures and the names of what they are like are masked by the caller.

    Where nothing is ``named``, nothing is there to be better than, and every term is only asked for.
    """
    want: list[str] = []
    better: list[str] = []
    unread: list[str] = []
    compared = introduced = False
    for at, (cut, clause) in enumerate(_clauses(part)):
        if _INTRODUCED.search(cut):
            introduced = True
        marked = bool(_COMPARED.search(clause))
        compared = marked or (compared and not _DOWN.search(clause) and not _UP.search(clause))
        words = f"{cut.strip()} {clause}" if cut.strip().lower().startswith("without") else clause
        terms, refused = _terms(words)
        for term in terms:
            (better if compared and term != "similarity" else want).append(term)
        if refused or not (terms or _read(words)):
            unread += _left(clause, head=at == 0, introduced=introduced)
    if not named:
        want, better = [*want, *better], []
    return Asked(*(tuple(dict.fromkeys(one)) for one in (want, better, unread)))


def method(said: str) -> str:
    return next((name for name, words in METHODS.items() if re.search(words, said, re.I)), "")


def _clauses(part: str) -> Iterator[tuple[str, str]]:
    pieces = ["", *_CUT.split(" ".join(part.split()))]
    yield from zip(pieces[::2], pieces[1::2], strict=True)


def _terms(clause: str) -> tuple[list[str], bool]:
    """The terms of a clause, and whether it asks for one in the direction that there is not."""
    found: list[str] = []
    refused = False
    rest = clause
    for term, words in TERMS.items():
        if not re.search(rf"(?<![\w-])(?:{words})", rest, re.I):
            continue
        rest = re.sub(rf"(?<![\w-])(?:{words})", " ", rest, flags=re.I)
        if _turned(term, clause):
            refused = True
        else:
            found.append(term)
    return found, refused


def _turned(term: str, clause: str) -> bool:
    if _BAD.search(clause) or (term == "absorption" and _ELSEWHERE.search(clause)):
        return True
    if term in _PENALTIES:
        return bool(_UP.search(clause)) and not _SAFE.search(clause) and not _DOWN.search(clause)
    if term == "sa":
        return bool(re.search(r"\bhigh\w* SA\b", clause))
    return bool(_DOWN.search(clause)) and not _BROKEN.search(clause) and not _UP.search(clause)


def _read(clause: str) -> bool:
    """Whether a clause says something else that a request holds."""
    if _ALERTS.search(clause):
        return not (_UP.search(clause) or _BAD.search(clause))
    return bool(
        method(clause)
        or (counted(clause, OF_MOLECULES) and not _MARK.search(re.sub(r"\bmore\b", "", clause)))
        or number_of(clause, "(?:evaluations|budget)")
        or re.search(r"\bseed \d", clause)
    )


def _left(clause: str, *, head: bool, introduced: bool) -> Iterator[str]:
    """The words of a clause that were not read; of the request itself only what compares."""
    mark = _MARK.search(clause)
    if mark is None and (head or not introduced):
        return
    text = clause[mark.start() :] if mark else clause
    if mark and (end := _HEAD_ENDS.search(text)) and head:
        text = text[: end.start()]
    bare = text.strip(" .,;:!?'\"")
    if _FILLER.sub("", bare) and bare.lower() != "more":
        yield bare[:LONGEST].strip()
