"""A drug that is listed and said to be stopped, and a drug that is prescribed beside an allergy to it or its class."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from retrieval.patient import Known, Origin, OriginKind
from tools.record.sentences import Clash, of_others
from tools.treatment.allergy import read_allergies
from tools.treatment.load import knowledge

_LISTED = re.compile(
    r"\b(?:takes?|taking|on|uses?|using|current(?:ly)?|continues?|medication|medications|medicines?|meds|drugs?|dh|rx"
    r"|prescribed|prescription|prescribes?|started|starts?|given|gets|receives?|dispensed|ordered"
    r"|(?:once|twice|three times) (?:a day|daily)|daily|nightly|weekly|od|bd|tds|qds)\b"
    r"|\b\d+ ?(?:mg|g|mcg|micrograms|units)\b",
    re.IGNORECASE,
)
_STOP = r"(?:stopped|discontinued|ceased|withdrawn|taken off)"
_STOPPED = re.compile(
    rf"\b(?P<before>[a-z][a-z-]{{3,}}) (?:\d+ ?m?c?g )?(?:was |were |has been |had been |is |now )?{_STOP}\b"
    rf"|\b(?:{_STOP}|no longer (?:takes|taking|on|uses|using)|off|not (?:on|taking)|does not take|never (?:took|takes))"
    r" (?:the |his |her )?(?P<after>[a-z][a-z-]{3,})\b",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"\b(?:will|shall|should|could|may (?:be|need|have)|might|can|would|to be|if|until|plan\w*|consider\w*|advised? to"
    r"|before (?:surgery|the)|re-?start\w*|resum\w*|re-?introduc\w*|back on|again|briefly|temporarily|dose)\b",
    re.IGNORECASE,
)
"""A plan, a condition or a pause."""
_PLAIN = frozenset(
    "smoking alcohol drinking driving working exercise treatment therapy medication medicine medicines feeding bleeding"
    " vomiting that this them which they both".split()
)
_ALLERGY = re.compile(
    r"\b(?:known )?allerg(?:y|ies|ic)(?: to)?\b\s*[:=-]?\s*(?P<what>[^.]*)|\bNKDA\b", re.IGNORECASE
)
_NO_ALLERGY = re.compile(
    r"\b(?:no|not|nil|none|denies|without|never|nkda|negative|excluded|removed|de-?labell?ed|outgrown"
    r"|rhinitis|hay fever)\b",
    re.IGNORECASE,
)
_ITEMS = re.compile(r"\s*(?:,|/|\band\b|\bor\b|\+)\s*(?![^(]*\))")
_WORDS = re.compile(r"[a-z][a-z-]{3,}")


def list_clashes(told: Sequence[str]) -> Iterator[Clash]:
    """Where the record's lists of drugs and allergies do not agree with its other sentences."""
    own = [one for one in told if not of_others(one)]
    yield from _stopped(own)
    yield from _allergic(own)


def _stopped(told: Sequence[str]) -> Iterator[Clash]:
    for end in told:
        if _NOT_YET.search(end):
            continue
        for match in _STOPPED.finditer(end):
            name = (match["before"] or match["after"]).casefold()
            place = next((one for one in told if one != end and _lists(one, name)), None)
            if name not in _PLAIN and place is not None:
                yield Clash(f"{name} is listed, and said to be stopped or not taken", place, end)


def _lists(sentence: str, name: str) -> bool:
    """Whether a sentence says that the drug is taken or prescribed."""
    low = sentence.casefold()
    return (
        bool(re.search(rf"\b{re.escape(name)}\b", low))
        and bool(_LISTED.search(sentence))
        and not _STOPPED.search(sentence)
        and not _ALLERGY.search(sentence)
        and not _NOT_YET.search(sentence.casefold().replace("to be started", "").replace("dose", ""))
        and not re.search(r"\b(?:not|never|avoid\w*|caused?|reacted|reaction|declined|refused)\b", low)
    )


def _allergic(told: Sequence[str]) -> Iterator[Clash]:
    for entry in told:
        match = _ALLERGY.search(entry)
        if match is None or not match["what"] or _NO_ALLERGY.search(entry):
            continue
        for item in _ITEMS.split(match["what"]):
            yield from _against(entry, item.strip(" .,:"), [one for one in told if one != entry])


def _against(entry: str, item: str, rest: Sequence[str]) -> Iterator[Clash]:
    """The prescriptions of the substance itself, or of a drug of the class that the allergy names."""
    name = re.sub(r"\([^)]*\)", "", item).strip().casefold()
    bare = name.split(" ")[0] if name else ""
    refs = _refs(item)
    for one in rest:
        drug = next((word for word in _WORDS.findall(one.casefold()) if _meets(word, bare, refs)), None)
        if drug is not None and _lists(one, drug):
            yield Clash(f"an allergy to {bare}, and {drug} is prescribed or taken", entry, one)


def _meets(word: str, bare: str, refs: frozenset[str]) -> bool:
    if len(bare) > 3 and word == bare:
        return True
    drug = _drugs().get(word)
    return drug is not None and bool(refs & {f"drug:{drug}", *knowledge().keys[drug]})


def _refs(item: str) -> frozenset[str]:
    """The drug or class that an allergy names, as the treatment knowledge has it; empty where it knows none."""
    if not item:
        return frozenset()
    entry: Known[str] = Known(value=item, origin=Origin(kind=OriginKind.WORDS, where=item))
    return frozenset(ref for one in read_allergies([entry], knowledge())[0] for ref in one.refs)


@cache
def _drugs() -> Mapping[str, str]:
    """Names and brands of one word, in lower case, by the id of their drug."""
    held = knowledge().drugs.values()
    return {
        name.casefold(): one.id
        for one in held
        for name in (one.id, *one.names, *one.brands)
        if _WORDS.fullmatch(name.casefold())
    }
