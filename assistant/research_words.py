"""Which words ask for one of the research tools: a simulation of a drug, the profile of a molecule, new molecules.

Only a request is one: what trials say of simulations, a safety profile, or an alternative drug is asked of other tools.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.models.simulated_names import modelled
from assistant.molecule_words import INCHI, THEN, is_form_of_design, names_to_profile
from assistant.verify.names import drug_names

SIMULATION, PROFILE, DESIGN = "simulate_drug", "molecule_profile", "design_molecules"
RESEARCH = (SIMULATION, PROFILE, DESIGN)
LONGEST = 2_000
"""Characters of a request; a longer sentence is a note or a file that was pasted."""

_SENTENCES = re.compile(r"(?<=[?!;])\s+|(?<=[\w)\]][.])(?<!\bvs[.])\s+(?=[A-Z])|\n+")
_LITERATURE = re.compile(
    r"\b(?:trials?|stud(?:y(?! cohort)|ies)|evidence|papers?|publications?|literature"
    r"|guidelines?|meta-?analys\w+|reviews?)\b",
    re.IGNORECASE,
)
"""Words of a question to the literature, whatever it says of simulations or molecules."""
_POLITE = (
    r"^\W*(?:(?:please|now|then|next|ok(?:ay)?|also|and|so|first|finally|hi|hello|again)\b[\s,:]*"
    r"|(?:can|could|would|will) you (?:please |kindly )?"
    r"|(?:can|could|may|shall) (?:i|we) (?:(?:please )?(?:see|get|have) |(?=(?:simul|model)))"
    r"|(?:i|we)(?:'d| would)? (?:like|want|need)(?: you)?(?: to)? (?:see |have )?|let(?:'s| us) (?:see )?)*"
)
_SIMULATE = re.compile(
    _POLITE + r"(?:(?:re-?run|run|do|show|make|give|start|perform|see|plot|repeat|get|compare)\s)?(?:me )?"
    r"(?:an? |the |another )?(?:new |short |quick |pk |pharmacokinetic )?"
    r"(?:simulat(?:e|ing|ions?)?|simualte|simluate|simulte|simmulate)\b"
    r"(?![ -](?:training|exercise|cent|lab|session|scenario|based|game|team|education|curricul|program))"
    r"|^\W*in an? simulation\b|^\W*\w[\w-]* simulation\b(?=\W*please|[:,]|\W+(?:of|for|at|with) | \d| in \*)"
    r"|^\W*(?:please )?run (?:the )?Hamberg\b"
    r"|\bwhat (?:does|do|would|will) (?:an? |the )?simulations? (?:of|say|show|give)\b",
    re.IGNORECASE,
)
_READ_OUT = (
    r"(?:exposures?|AUCs?|Cmax|concentrations?|(?:plasma|blood|drug) levels?|(?:time[- ])?courses?|curves?|INRs?"
    r"|steady[- ]state|pharmacokinetics|PK)"
)
_SHOW = re.compile(
    _POLITE + r"(?:compar(?:e|ison of)|show|plot|draw|predict|forecast|compute|calculate|model|estimate)\b"
    rf"[^?!]{{0,60}}\b{_READ_OUT}\b"
    rf"|\b(?:what|which|how high an?) {_READ_OUT} (?:does|do|would|will|is)\b"
    rf"|\bwhat (?:happens|(?:would|will|does|might|could) happen) (?:to|with) (?:the |an? )?{_READ_OUT}\b"
    rf"|(?:\bwhat (?:is|are|would be|will be) the |{_POLITE}(?:the )?)"
    rf"(?:(?:expected|typical|predicted|simulated|mean|median|likely|peak|trough|maximum|maximal) ){{0,2}}{_READ_OUT}\b"
    r"|\b(?:(?:what|which) (?:share|proportion|percentage|percent|fraction)|how many)\b[^?!]{0,80}"
    r"\b(?:exceed|above|over|reach|beyond)\b[^?!]{0,20}\bINRs?\b",
    re.IGNORECASE,
)
_MODEL = re.compile(_POLITE + r"model\b", re.IGNORECASE)
_EQUATIONS = re.compile(r"\bIWPC\b|\bHamberg\b", re.IGNORECASE)
_COMPARE = re.compile(_POLITE + r"compare\b", re.IGNORECASE)
_WHICH = re.compile(
    r"\b(?:which|what|list|show) (?:me )?(?:the |all )?(?:(?:drugs?|medicines?|medications?|models?)\b[^?.!;]{0,40}?"
    r"\bsimulat(?:e|ed|ions?)(?: (?:here|with|for me|now))?|simulat\w+ (?:models?|drugs?))\W*$",
    re.IGNORECASE,
)
_WOULD = re.compile(
    r"\b(?:what|how) (?:would|will|does|do|might|could)\b(?! (?:you|i|we)\b)[^?!]*"
    r"\b(?:do|give|reach|look|play out|behave)\b",
    re.IGNORECASE,
)
_VIRTUAL = re.compile(r"\bvirtual (?:patients?|people|populations?|subjects?|adults?)\b", re.IGNORECASE)
DOSE = re.compile(
    r"(?<![\w.,–/-])([1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)\s?(mgs?|milligrams?|mcg|µg|μg|ug|micrograms?|g|grams?)\b"
    r"(?!\s?/\s?(?!day|d\b|24|w))(?! per (?!day|24|week))",
    re.IGNORECASE,
)
"""An amount of a drug: no concentration and none by weight; the start of a range is none either."""
GENOTYPE = re.compile(
    r"\*\s?\d{1,3}[A-Z]?(?:x\d|xN)?\s?/\s?\*?\d|\bmetaboli[sz]ers?\b|\b(?:GG|GA|AG|AA)\b|\bgenotypes?\b"
    r"|\b(?:poor|decreased|normal)[ -]function\b|\b(?:PM|IM|NM|EM|UM)s?\b"
)
_WARFARIN = re.compile(r"warfarin|coumadin|jantoven|marevan|VKORC1|rs9923231", re.IGNORECASE)
_OWN = re.compile(
    r"\b(?:(?:this|my|the) (?:patient|man|woman|lady|gentleman|child)(?!s)|her|his|him|she|he)\b",
    re.IGNORECASE,
)

_CREATE = r"(?:propose|design|invent|generate|create|dream up|come up with|build|sample|optimi[sz]e)"
_OFFER = r"(?:suggest|find|give|make|show|search(?: for)?|look for|get)"
_MOLECULES = (
    r"(?:(?:drug[- ])?molecules?|(?:chemical )?compounds?|ligands?|SMILES|(?:drug[- ]like|chemical|molecular|new|novel)"
    r" structures?|structures? (?:like|similar|around|resembl\w+|close)"
    r"|drug candidates?|candidate (?:drugs?|structures?)"
    r"|(?:analogu?e?s?|derivatives?|congeners?) (?:of|to|based|from|like|around))"
)
_NEAR = r"(?:like|similar|resembl\w+|close to|related to|around|based on|derived)"
_SOME = r"(?:(?:some|more|a few|a dozen|\d+|two|three|four|five|six|eight|ten|twelve|twenty) )"
_DESIGN = re.compile(
    _POLITE
    + rf"(?:{_CREATE}\b[^?!]{{0,60}}?\b(?:{_MOLECULES}\b|(?:new |novel )?(?:drugs?|medicines?) (?:like|similar))"
    rf"|{_OFFER}\b[^?!]{{0,40}}?\b(?:{_MOLECULES}\b(?=[^?!]*\b(?:{_NEAR}|with)\b)|(?:analogu?e?s?|derivatives?) of\b)"
    rf"|{_SOME}?(?:new |novel )?{_MOLECULES}[^?!]*\b{_NEAR}\b)",
    re.IGNORECASE,
)

_SUBSTANCE = (
    r"(?:molecules?|compounds?|structures?|analogu?e?s?|derivatives?|ligands?|SMILES|poisons?|toxins?|weapons?|gas(?:es)?"
    r"|(?:nerve|warfare|blister\w*|choking|incapacitating) agents?|\w*fentan[iy]ls?|nitazenes?|opioids?|opiates?)"
)
_MAKE = rf"(?:{_CREATE}|modify|tweak|evolve|synthesi[sz]e|make|suggest|find|give|show|search for|draw)"
_CREATES = re.compile(
    _POLITE + rf"(?:help (?:me )?(?:to )?)?(?:{_MAKE}\b[^?!]{{0,80}}?\b{_SUBSTANCE}\b"
    rf"|{_CREATE}\b[^?!]{{0,80}}?\b(?:drugs?|agents?|medicines?|versions?|variants?|stimulants?)\b)",
    re.IGNORECASE,
)
"""Asks for a substance that is yet to be made, also where it is none that is designed."""
_SYNTHESIS = re.compile(
    r"\b(?:retro-?)?synthe(?:sis|tic) (?:routes?|recipes?|procedures?|protocols?|instructions?)\b|\bretro-?synthe"
    r"|\broutes? (?:of|for|to) (?:the |its |their )?synthesi"
    r"|\b(?:steps|reagents|precursors) (?:to|for) (?:synthesi|mak)"
    r"|\bhow (?:do|can|could|would|should|to) ?(?:i|we|you|one)? ?synthesi[sz]e\b",
    re.IGNORECASE,
)
ROUTES = "synthesis"
"""The rule of the gate that speaks of making a molecule."""
_CHEMICAL = re.compile(rf"\b{_SUBSTANCE}\b|synthe|reagent|precursor|starting material", re.IGNORECASE)
FOLLOWS, SHORT = 14, 40
"""Words of a turn that may only change the request before it, and of a message that is a request and no note."""

_ATOMS = r"(?:\[[^\[\]\s]{1,30}\]|Br|Cl|[BCNOPSFI]|[bcnops](?=[\d()=\[\]a-z#-]|$)|[=#$:/\\.()~+-]|%\d\d|\d|(?<=\.)\s?)"
_SMILES = re.compile(rf"(?<![\w*/.-])(?=[A-Z\[cnos(])(?:{_ATOMS}){{3,500}}(?![\w*>])")
_PROPERTY = (
    r"(?:(?:molecul\w+|chemical|physico-?chemical|structural|compound|drug|computed|predicted|property) ){0,4}"
    r"(?:ADMET(?:[- ](?:profile|properties|endpoints?|predictions?|scores?))?|profile|propert(?:y|ies)|descriptors?"
    r"|structural alerts?|alerts|QED|logP|TPSA|InChI ?key|molecular weight|hERG (?:score|prediction)"
    r"|synthetic accessibility|drug-?likeness)"
)
_PROPERTIES = re.compile(rf"\b{_PROPERTY}\b|\bdrug-?like\b|\bLipinski|\brule of five", re.IGNORECASE)


def sentences(text: str) -> list[str]:
    """The sentences of a text; none is cut within a structure, a decimal or "vs."."""
    return [part.strip() for part in _SENTENCES.split(text) if part and part.strip()]


def asks(sentence: str) -> str:
    """The research tool that a sentence asks for; "" where it asks something else."""
    if len(sentence) > LONGEST or _LITERATURE.search(sentence):
        return ""
    if asks_to_design(sentence):
        return DESIGN
    if profiled(sentence) or any(map(_plainly_a_structure, smiles(sentence))):
        return PROFILE
    return SIMULATION if _simulates(sentence) else ""


def asks_to_design(sentence: str) -> bool:
    """Whether a sentence asks for new molecules."""
    return bool(_DESIGN.search(sentence)) or is_form_of_design(sentence)


def refused_design(text: str, before: Sequence[str] = ()) -> str:
    """What is said to a request for a molecule that is not designed here; "" where nothing is against it.

    The gate itself looks only at a sentence that asks for a substance to be made, and at the two after it: a question
    on a poison, an overdose or an opioid never ends here. Read as a whole is what asks so, or what changes the design
    asked right ``before``; a question of its own changes none. A long text is a note or a paper, and a question to
    the literature is none. Without a gate that can be read, whatever is read as a whole is refused.
    """
    from tools.discovery.guard import GuardError, of_its_own, refuses

    last = before[-1] if before else ""
    parts = [part for part in sentences(text) if not _LITERATURE.search(part)]
    follows = (
        len(text.split()) <= FOLLOWS and not of_its_own(text) and any(map(asks_to_design, sentences(last)))
    )
    whole = follows or any(map(_creates, parts)) or bool(_SYNTHESIS.search(text))
    told = [f"{last} {text}" if follows else "\n".join(parts)] if whole else []
    told += parts if len(text.split()) <= SHORT else []
    found = (
        refusal
        for one in told
        if (refusal := refuses(one)) and (refusal.rule != ROUTES or _of_a_substance(one))
    )
    try:
        return next((refusal.says for refusal in found), "")
    except GuardError as damaged:  # what asks for a molecule is refused unread; every other question goes on
        return str(damaged) if whole else ""


def _of_a_substance(sentence: str) -> bool:
    """Whether a route is asked of a substance, and not of a meal."""
    return bool(_CHEMICAL.search(sentence) or drug_names(sentence) or smiles(sentence))


def _creates(sentence: str) -> bool:
    """Whether a sentence asks for something new, in any words that name a substance; none of the literature."""
    return not _LITERATURE.search(sentence) and bool(_CREATES.search(sentence) or asks_to_design(sentence))


def asks_which(sentence: str) -> bool:
    """Whether a sentence asks which drugs can be simulated."""
    return bool(_WHICH.search(sentence))


def of_this_patient(sentence: str) -> bool:
    """Whether a sentence speaks of the patient of the chart and not of virtual ones."""
    return bool(_OWN.search(sentence))


def _simulates(sentence: str) -> bool:
    named, dose, genotype = (
        drug_names(sentence) or modelled(sentence),
        DOSE.search(sentence),
        _genotype(sentence),
    )
    if not named and _WHICH.search(sentence):
        return True
    if _SIMULATE.search(sentence):
        return bool(named or dose or _EQUATIONS.search(sentence))
    if _EQUATIONS.search(sentence) and _COMPARE.search(sentence):
        return bool(genotype or dose)
    if not named:
        return False
    if _SHOW.search(sentence) and (genotype or _VIRTUAL.search(sentence)):
        return bool(dose or _COMPARE.search(sentence))
    if dose and _VIRTUAL.search(sentence):
        return True
    return bool(
        dose
        and genotype
        and (_COMPARE.search(sentence) or _MODEL.search(sentence) or _WOULD.search(sentence))
    )


def _genotype(sentence: str) -> bool:
    """Whether a genotype is told; letters alone are one of VKORC1 and are told for warfarin only ("AA patients")."""
    of_warfarin = bool(_WARFARIN.search(sentence))
    return any(
        of_warfarin or not one.group().isupper() or one.group()[-1] not in "AG"
        for one in GENOTYPE.finditer(sentence)
    )


def smiles(text: str) -> tuple[str, ...]:
    """The structures that stand in a text as SMILES, in order, each once; a word of capitals alone is none."""
    found = (_closed(match.group()) for match in _SMILES.finditer(INCHI.sub(" ", text)))
    return tuple(dict.fromkeys(one for one in found if _is_structure(one)))


def _closed(written: str) -> str:
    """Without the full stop of the sentence and a bracket that the words around it opened."""
    written = written.strip().rstrip(".:,-/=")
    if written.startswith("(") and written.endswith(")") and written.count("(") == written.count(")"):
        written = written[1:-1]
    while written.endswith(")") and written.count(")") > written.count("("):
        written = written[:-1]
    return written.lstrip("(") if written.count("(") > written.count(")") else written


def _is_structure(written: str) -> bool:
    """A ring, a branch, a double bond or a bracket, or a chain of carbon with nitrogen or oxygen alone."""
    atoms = len(re.findall(r"\[[^\]]+\]|Br|Cl|[A-Z]|[bcnops]", written))
    if re.search(r"[a-z]{4}", written) and not re.search(r"\d", written):
        return False
    if re.search(r"[A-Za-z\])][\d=#(]|\[|=", written):
        return atoms >= 2 and bool(re.search(r"[Cc]", written))
    return bool(re.fullmatch(r"[CNO]{3,}", written)) and written.count("C") >= 2


def _plainly_a_structure(written: str) -> bool:
    """Long enough, and every ring that opens closes: such a word asks for its profile without any other."""
    atoms = re.sub(r"\[[^\]]+\]", "C", written)
    rings = re.findall(r"%\d\d|\d", atoms)
    return len(re.findall(r"[A-Za-z]", atoms)) >= 6 and all(rings.count(one) % 2 == 0 for one in rings)


def profiled(sentence: str) -> tuple[str, ...]:
    """The molecules whose profile a sentence asks for, names or structures; none where it asks none that we know.

    An InChI or its key counts as one, so that the tool says that it does not read it.
    """
    sentence = sentence.partition(THEN)[0]
    if _PROPERTIES.search(sentence) and (drawn := smiles(sentence)):
        return drawn[:1]
    return tuple(names_to_profile(sentence)) or tuple(INCHI.findall(sentence))[:1]


def without_research(text: str) -> str:
    """The text without the sentences that ask for a research tool; what stands beside them is left."""
    parts = sentences(text)
    rest = [part for part in parts if not asks(part)]
    return text if len(rest) == len(parts) else " ".join(rest)


_SPEAKS = {
    SIMULATION: r"simulat|virtual|pharmacokinetic|\bAUC\b|\bCmax\b|exposure|steady[- ]state",
    PROFILE: r"molecul|structur|\bSMILES\b|ADMET|compound|logP|\bQED\b|\bprofile\b|drug-?like",
    DESIGN: r"molecul|structur|\bSMILES\b|compound|analog|derivative|ligand|candidate",
}


def speaks_of(tool: str, text: str) -> bool:
    """Whether a text has words for which a language model is shown a research tool at all."""
    return bool(re.search(_SPEAKS[tool], text, re.IGNORECASE)) or (tool != SIMULATION and bool(smiles(text)))
