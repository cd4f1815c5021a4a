"""Which molecules and which computed properties the words of a request name: for a profile, and for a design.

A name is heard by its place in the sentence. What no list knows is handed on as it was said, so that the tool refuses
it by name; nothing else is ever taken in its place.
"""

from __future__ import annotations

import re

from assistant.verify.names import drug_names

THEN = " … then "
"""Between a request and what changes it; no user types it by chance."""
INCHI = re.compile(r"\bInChI=1S?/\S+|\b[A-Z]{14}-[A-Z]{10}-[A-Z]\b")
"""A structure or its key in a form that no tool here reads."""

_LEAD = (
    r"^\W*(?:(?:please|now|then|next|ok(?:ay)?|also|and|so|hi|hello|again|can|could|would|will|you|i|we|want"
    r"|need|to|like"
    r"|kindly|just|lets?|me|us|help|try|s|d)\b[\s,:'’]*)*"
)
_STRICT = (
    r"(?:ADMET(?:[- ](?:profile|properties|endpoints?|predictions?|scores?))?|TPSA"
    r"|(?:topological )?polar surface(?: area)?"
    r"|c?logP|QED(?: score)?|(?:canonical )?SMILES(?: string| code)?|InChI ?keys?|molecular (?:weight|mass)"
    r"|(?:PAINS|BRENK|structural)(?: alerts?| patterns?)?|(?:hERG|DILI|AMES|ClinTox)[- ](?:scores?|predictions?"
    r"|values?)"
    r"|hERG(?: (?:block(?:ing|ade)?|inhibition|liability|activity))?|synthetic accessibility(?: score)?|SA score"
    r"|drug-?like(?:ness|liness)(?: score)?|rotatable bonds|lipophilicity)"
)
_LOOSE = r"(?:profile|propert(?:y|ies)|descriptors?|alerts)"
_KINDS = (
    r"(?:(?:molecul\w+|chemical|physico-?chemical|compound|drug|computed|predicted|model|estimated) ){0,4}"
)
_ASK = (
    r"(?:what(?:['’]s| is| are| was| were)|whats|show|give|compute|calculate|predict|tell|report|list|get|find|compare"
    r"|look up|are there|is there)\s+"
)
_OF = re.compile(
    rf"{_LEAD}(?:{_ASK})?(?:me )?(?:the |an? |any )?{_KINDS}(?:(?P<strict>{_STRICT}(?:,? (?:and"
    rf"|&) (?:the )?{_STRICT})?)"
    rf"|{_LOOSE}) (?:of|for|in|between) (?P<of>[^?!;:]{{2,100}})$",
    re.I,
)
_ALONE = re.compile(
    rf"{_LEAD}(?:make )?(?:me )?(?:an? |the )?profile (?:of )?(?P<of>[^?!;:]{{2,100}})$", re.I
)
_BY = re.compile(
    rf"{_LEAD}compare (?P<of>[^?!;:]{{2,100}}?) (?:by|in|on|for) (?:the |their )?(?P<strict>{_STRICT})$",
    re.I,
)
_VERBS = r"(?:block|inhibit|bind|hit|affect)s?"
_NAME = r"(?P<of>[\w-]+(?: (?!likely|an? |any |have|contain|carry|hit|show)[\w-]+)?)"
_CLOSED = tuple(
    re.compile(_LEAD + words + "$", re.I)
    for words in (
        rf"is {_NAME} (?:likely|predicted"
        rf"|expected) to {_VERBS} (?:the )?(?P<strict>hERG)(?: (?:potassium )?channels?)?",
        rf"(?:does|do|might|may) {_NAME} {_VERBS} (?:the )?(?P<strict>hERG)(?: (?:potassium )?channels?)?",
        rf"is {_NAME} an? (?:likely |predicted |strong )?(?P<strict>hERG)[- ](?:block|inhibit)[eo]rs?",
        rf"(?:is|are) {_NAME} (?P<strict>drug-?like)",
        rf"how (?P<strict>drug-?like) (?:is|are) {_NAME}",
        rf"(?:does|do|has|have) {_NAME} (?:have |contain |carry |hit |show )?(?:any |an? )?"
        r"(?P<strict>(?:PAINS|BRENK|structural)(?: or (?:PAINS|BRENK))?(?: alerts?| patterns?)?)",
        rf"does {_NAME} (?:pass|break|violate|obey|satisfy|follow|meet) (?:the )?(?P<strict>Lipinski"
        rf"|rule of five)[^?!;]{{0,30}}",
        rf"(?:{_ASK})?(?:me )?(?P<of>[\w-]+)['’]s? {_KINDS}(?P<strict>{_STRICT})",
    )
)
_MORE = re.compile(
    rf"^\W*(?:and|also|now|then|what about|how about|the same for|same for|\s|,)*(?:(?:its|the|their) {_KINDS}{_STRICT}"
    rf"|{_STRICT})$",
    re.I,
)
_NEXT = re.compile(
    r"^\W*(?:and(?: now| also| then)?|now|also|then|what about|how about|(?:do )?the same (?:for|with)|same for)\s+"
    r"(?:for |with |of )?(?P<of>[^?!;:]{2,60})$",
    re.I,
)
_STOPS = frozenset(
    "in with for of on by my her his him she he this that these those it them patient patients people if when "
    "why how what "
    "who which is are does do or not no please safe dose dosing mg daily trial trials study studies label".split()
)
_OUTER = re.compile(
    r"^(?:(?:the|an?|some|both|drugs?|medicines?|molecules?|compounds?|structures?|approved|known)\s+)+|^\W+",
    re.I,
)
_BETWEEN = re.compile(r"(?:,|&|;|\bplus\b|\band\b|\bor\b|\bvs\b\.?|\bversus\b|\bagainst\b)", re.I)

_CREATE = r"(?:propose|design|invent|generate|create|make|build|produce)"
_TERM = (
    r"(?:hERG|QED|drug-?like\w*|synthe\w+ accessib\w+|logP|TPSA|alerts?|PAINS|DILI|Ames|mutagen\w*|ClinTox"
    r"|Lipinski|SA score)"
)
_FORMS = tuple(
    re.compile(_LEAD + words, re.I)
    for words in (
        rf"{_CREATE} (?:me )?(?:an? |some )?(?:safer|better|improved|non-?\w+|(?:less|more) [\w-]+"
        rf"|easier[\w -]{{0,20}}?)"
        r" (?P<name>[\w-]+)(?=\W*$| (?:with|without|that|which)\b)",
        r"optimi[sz]e (?P<name>[\w-]+) (?:for|towards?) (?:better |oral |higher )*"
        rf"(?:absorption|permeability|solubility|bioavailability|{_TERM})",
        rf"(?:modify|tweak|redesign|change|evolve|optimi[sz]e|improve) (?P<name>[\w-]+) (?:to|so that|for"
        rf"|with)\b[^?!]{{0,40}}?\b{_TERM}",
        rf"(?:improve|increase|raise|optimi[sz]e|lower|reduce|decrease"
        rf"|minimi[sz]e) (?:the )?{_TERM}(?: \w+)? of (?P<name>[\w-]+)",
        r"(?:use|using|with|by|run) (?:the |an? )?(?:VAE|autoencoder|BRICS|SELFIES)\b[^?!]{0,40}?"
        rf"\b(?:{_CREATE}|sample|draw)\b[^?!]{{0,40}}?\b(?:molecules?|compounds?|structures?|analogu?e?s?"
        rf"|derivatives?)\b",
        r"(?:re-?)?(?:combine|mix|shuffle|assemble|join) (?:the )?(?:BRICS )?fragments? (?:of|from) ",
    )
)
_LIKE = re.compile(
    r"(?<!would )(?<!\bi )(?<!\bwe )(?<!you )(?<!['’]d )(?<![\w-])(?:like|similar(?:ity)? to|resembl\w+"
    r"|close to|related to|around"
    r"|based on|derived from|start(?:ing)? (?:from|with)|(?:analogu?e?s?|derivatives?|congeners?|versions?|variants?"
    rf"|fragments?) (?:of|to|from|for)|{_TERM}(?: \w+)? of)\s+",
    re.I,
)
_ENDS = re.compile(
    r"(?:\b(?:with|without|that|which|but|having|for|using|use|by|via|in|on|at|seed|so|as|where|than|please"
    r"|containing"
    r"|while|into|to|instead|too|from|if|like|similar|based|starting|thanks)\b|[?!;:()]|\.(?:\s|$)|$)",
    re.I,
)
_NO_NAME = re.compile(
    r"\d+ |\d+$|\b(?:scratch|MOSES|pool|random|drugs|medicines|molecules?|compounds?|structures?|analogu?e?s?"
    r"|derivatives?"
    r"|alerts?|less|more|better|higher|lower|fewer|easier|safer|no|non|not|them|these|those|evaluations|budget"
    r"|me|similarity)\b"
    r"|\b(?:absorption|toxic\w*|hERG|QED|DILI|SA)\b",
    re.I,
)
SHORT, LONGEST, MOST_NAMES = 300, 60, 4
"""Characters of a later turn and of a name that is handed on as it was said, and molecules of one question."""


def names_to_profile(sentence: str) -> list[str]:
    """The molecules by name whose profile a sentence asks for, in order.

    Where the property is one of structures alone (polar surface, hERG score), also a name that no list knows.
    """
    said = sentence.strip().rstrip(" .?!")
    for pattern in (*_CLOSED, _BY, _OF, _ALONE):
        if match := pattern.search(said):
            return _items(match["of"], strict="strict" in pattern.groupindex and bool(match["strict"]))
    return []


def next_names(words: str) -> list[str]:
    """The molecules of "and celecoxib?": known names and nothing else."""
    match = _NEXT.search(words[:SHORT].strip().rstrip(" .?!"))
    return _items(match["of"], strict=False) if match else []


def asks_for_more(words: str) -> bool:
    """Whether words ask one more property of the molecule before them ("and its logP?")."""
    return bool(_MORE.search(words[:SHORT].strip().rstrip(" .?!")))


def is_form_of_design(sentence: str) -> bool:
    """Whether a sentence changes a known molecule, joins fragments or has a generator make molecules."""
    for pattern in _FORMS:
        if match := pattern.search(sentence):
            return "name" not in pattern.groupindex or known(match["name"])
    return False


def like_names(text: str) -> list[str]:
    """What a design is to be like, each as it was said, in order; structures are masked by the caller."""
    told: list[str] = []
    for form in _FORMS:
        match = form.search(text) if "name" in form.groupindex else None
        told += [match["name"]] if match and known(match["name"]) else []
    for place in _LIKE.finditer(text):
        end = _ENDS.search(text, place.end())
        for item in _BETWEEN.split(text[place.end() : end.start() if end else len(text)]):
            bare = _OUTER.sub("", item.strip())
            if _NO_NAME.search(bare):
                break
            told += [bare[:LONGEST].strip()] if re.search(r"[^\W\d_]{2}", bare) else []
    return list(dict.fromkeys(told))


def known(name: str) -> bool:
    """Whether a list of medicines knows a name."""
    from tools.damaged import Damaged
    from tools.discovery.named import structure

    try:
        return bool(drug_names(name)) or structure(name) is not None
    except Damaged:
        return False


def _items(said: str, *, strict: bool) -> list[str]:
    """The names between commas and "and"; none at all where one of them is no name."""
    split = (one.strip() for one in _BETWEEN.split(said.replace(" with ", " and ")))
    items = [_OUTER.sub("", one).strip(" .,'\"") for one in split if one]
    fit = all(_is_name(one) and (strict or known(one)) for one in items)
    return items if fit and len(items) <= MOST_NAMES else []


def _is_name(said: str) -> bool:
    return bool(re.fullmatch(r"[\w'’-]+(?: [\w'’-]+){0,2}", said)) and not _STOPS & set(said.lower().split())
