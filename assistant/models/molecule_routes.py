"""From words to the two tools of molecules, by rules: what is to be profiled, and what is to be designed."""

from __future__ import annotations

import re
from typing import Any

from assistant.frame.lists import named_drugs
from assistant.models.genetic_routes import Call
from assistant.models.simulated_inputs import counted, number_of, people
from assistant.research_words import DESIGN, PROFILE, profiled, smiles
from tools.treatment.names import Status, resolve

MOST = 4
"""Profiles of one question."""
THEN = " … then "
"""Between a request and what changes it; no user types it by chance."""
_TERMS = {
    "absorption": r"absor\w+|permeab\w+|bioavailab\w+|oral uptake",
    "qed": r"QED|drug-?lik\w+",
    "sa": r"(?:easier|easy|simpler|simple) to (?:make|synthesi[sz]e|prepare)|synthe(?:tic|sis) accessib\w+|\bSA\b",
    "lipinski": r"Lipinski\w*|rule[- ]of[- ](?:five|5)|rule of 5",
    "herg": r"hERG|cardio-?toxic\w*|cardiac (?:safety|risk|toxicity|liability)|QT\w*",
    "dili": r"DILI|hepato-?toxic\w*|liver (?:safety|risk|toxicity|injury|liability)",
    "ames": r"Ames|mutagen\w*|genotoxic\w*",
    "clintox": r"clin(?:ical )?tox\w*|(?<![\w-])toxic(?:ity)?|safety",
    "similarity": r"similarity",
}
_BETTER = re.compile(
    r"\b(?:better|best|more|higher|improv\w+|increas\w+|greater|less|lower|reduc\w+|decreas\w+|fewer|easier|simpler"
    r"|smaller|safer|minimi[sz]\w+)\b",
    re.I,
)
_ALERTS_ALLOWED = re.compile(
    r"\balerts? (?:are |is )?(?:allowed|ok(?:ay)?|fine|accepted)\b"
    r"|\b(?:allow|ignore|accept)\w* (?:structural )?alerts?\b",
    re.I,
)
_METHODS = {
    "vae": r"\bVAE\b|autoencoder|neural (?:net\w*|model)|generative model",
    "fragments": r"\bfragments?\b|\bBRICS\b",
}
_OF_MOLECULES = (
    r"(?:molecules?|compounds?|structures?|analogu?e?s?|derivatives?|ligands?|candidates?|drugs?|SMILES)"
)


def changes(words: str) -> bool:
    """Whether words say anything that a request for a molecule can hold."""
    return bool(smiles(words) or any(_wanted(words)) or counted(words, _OF_MOLECULES) or _method(words))


def drugs_of(text: str) -> list[str]:
    """The drugs of a text by their generic names, in order."""
    return list(dict.fromkeys(map(generic, named_drugs(text))))


def generic(name: str) -> str:
    found = resolve(name)
    return found.drug.replace("_", " ") if found.status is Status.EXACT and found.drug else name


def profiles(said: str) -> list[Call]:
    named = list(smiles(said)) or [generic(profiled(said))]
    return [Call(tool=PROFILE, inputs={"molecule": one}) for one in named[:MOST]]


def designs(said: str) -> list[Call]:
    inputs: dict[str, Any] = {}
    like = [*smiles(said), *(generic(name) for name in named_drugs(said))]
    if like:
        inputs["like"] = list(dict.fromkeys(like))
    for part in said.split(THEN):
        want, better = _wanted(part)
        if not like:  # nothing is there to be better than
            want, better = [*want, *better], []
        inputs |= {"want": dict.fromkeys(want, 1.0)} if want else {}
        inputs |= {"better": better} if better else {}
        inputs |= {"method": method} if (method := _method(part)) else {}
        inputs |= {"n": n} if (n := counted(part, _OF_MOLECULES)) else {}
        inputs |= {"budget": budget} if (budget := number_of(part, "(?:evaluations|budget)")) else {}
        inputs |= {name: value for name, value in people(part).items() if name == "seed"}
    if _ALERTS_ALLOWED.search(said):
        inputs["no_alerts"] = False
    return [Call(tool=DESIGN, inputs=inputs)]


def _method(said: str) -> str:
    return next((name for name, words in _METHODS.items() if re.search(words, said, re.I)), "")


def _wanted(said: str) -> tuple[list[str], list[str]]:
    """The terms that are asked for as such, and those on which the new molecules are to be better."""
    want: list[str] = []
    better: list[str] = []
    for clause in re.split(r",|;|\band\b|\bbut\b", said):
        for term, words in _TERMS.items():
            if re.search(rf"(?<![\w-])(?:{words})", clause, re.I):
                (better if _BETTER.search(clause) and term != "similarity" else want).append(term)
    return list(dict.fromkeys(want)), list(dict.fromkeys(better))
