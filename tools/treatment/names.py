"""Free text to drugs: exact names and brands, salts and dose forms stripped, combinations split; else ask.

A misspelling is never used silently, and a name near a known look-alike always asks with all of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from tools.treatment.load import Knowledge, knowledge
from tools.treatment.predicates import State

LONGEST = 200
CLOSE = 80
"""Similarity in percent from which a name is proposed (never used)."""
MOST_PROPOSED = 5


class Status(StrEnum):
    """How a name came out."""

    EXACT = "exact"
    ASK = "ask"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Resolved:
    """What a text names: the drug entry and its ingredients, or candidates to ask about."""

    text: str
    status: Status
    drug: str = ""
    """Entry that was named; empty for several joined by a stroke."""
    ingredients: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    state: State | None = None
    route: str = "systemic"
    daily_mg: float | None = None
    not_to_confuse: tuple[str, ...] = ()
    """Look-alikes of an exact name."""


_ROUTES = {
    "topical": r"topical(?:ly)?|gel|cream|ointment|lotion|on the skin|emulgel|shampoo|nail lacquer",
    "vaginal": r"vaginal(?:ly)?|pessar(?:y|ies)",
    "eye": r"eye drops?|ophthalmic(?: solution| ointment)?|eye ointment",
    "nasal": r"nasal(?: spray)?|nose drops?",
    "inhaled": r"inhal(?:ed|er|ation)s?|nebuli[sz]ed|respimat|ellipta|diskus|hfa",
    "transdermal": r"patch(?:es)?|transdermal",
}
_ROUTE = {name: re.compile(rf"\b(?:{words})\b") for name, words in _ROUTES.items()}
_FORMS = re.compile(
    r"\b(?:oral|by mouth|po|iv|im|sc|intravenous|subcutaneous|injections?|infusions?|tablets?|tabs?|caplets?|capsules?"
    r"|caps?|solutions?|suspensions?|syrups?|sprays?|drops?|(?:extended|modified|slow|sustained|delayed|immediate)"
    r"[- ]release|xr|er|sr|cr|la|xl|mr|ec|dr|ir|enteric[- ]coated|chewable|film[- ]coated|prn|as needed)\b"
)
_SALTS = re.compile(
    r"\b(?:hydrochloride|hcl|sodium|potassium|calcium|magnesium|maleate|mesylate|mesilate|besylate|besilate|tartrate"
    r"|succinate|fumarate|phosphate|sulfate|sulphate|citrate|acetate|bromide|hydrobromide|bitartrate|etexilate|medoxomil"
    r"|cilexetil|tromethamine|trometamol|disoproxil|alafenamide|propionate|furoate|valerate|dihydrate|monohydrate"
    r"|bisulfate|nitrate|oxalate|gluconate|lactate|stearate|ethylsuccinate|diacetate|carbonate)\b"
)
_STRENGTH = re.compile(
    r"\b(\d+(?:[.,]\d+)?)\s?(mg|g|mcg|µg|ug)\b(?:\s?/\s?\d*(?:[.,]\d+)?\s?(?:ml|mg|g|h|hr|kg)(?![a-z]))?"
)
_OTHER_STRENGTH = re.compile(r"\b\d+(?:[.,]\d+)?\s?(?:%|iu|units?|ml|meq|mmol)(?:\s?/\s?\d*\s?ml)?(?!\w)")
_TIMES: tuple[tuple[re.Pattern[str], float], ...] = (
    (re.compile(r"\b(?:twice|two times) (?:a week|weekly|per week)\b"), 2 / 7),
    (re.compile(r"\b(?:three times|thrice) (?:a week|weekly|per week)\b"), 3 / 7),
    (re.compile(r"\b(?:(?:once|one time)[ -])?(?:a week|weekly|per week)\b|\bevery week\b"
                r"|\bon (?:mon|tues|wednes|thurs|fri|satur|sun)days?\b"), 1 / 7),
    (re.compile(r"\b(?:four times (?:a day|daily)|qid|qds|every 6 h(?:ours)?|q6h)\b"), 4),
    (re.compile(r"\b(?:three times (?:a day|daily)|tid|tds|every 8 h(?:ours)?|q8h)\b"), 3),
    (re.compile(r"\b(?:twice (?:a day|daily)|two times (?:a day|daily)|bid|bd|every 12 h(?:ours)?|q12h)\b"), 2),
    (re.compile(r"\b(?:once (?:a day|daily)|daily|a day|per day|od|qd|every day|at night|nightly|qhs)\b"), 1),
    (re.compile(r"/d(?:ay)?\b|\bq24h\b"), 1),
)  # fmt: skip
_MG = {"mg": 1.0, "g": 1000.0, "mcg": 0.001, "µg": 0.001, "ug": 0.001}
_STATE: Mapping[str, State] = {
    "new": "new",
    "start": "new",
    "continuing": "continuing",
    "current": "continuing",
}
_PREFIX = re.compile(rf"^({'|'.join(_STATE)})\s*:\s*", re.I)
_JOINED = re.compile(r"\s*(?:/|\+|&|\bwith\b|\band\b|\bplus\b)\s*")
_ODD = str.maketrans({"’": "'", "‘": "'", "`": "'", "®": " ", "™": " ", "‐": "-", "–": "-", "—": "-"})


def resolve(text: str, held: Knowledge | None = None) -> Resolved:
    """What one text of a drug list names."""
    held = held or knowledge()
    given = unicodedata.normalize("NFKC", text[:LONGEST].translate(_ODD)).strip()
    prefix = _PREFIX.match(given)
    state = _STATE[prefix[1].lower()] if prefix else None
    said = " ".join(given[prefix.end() if prefix else 0 :].casefold().split())
    found = _named(said, held)
    return replace(
        found, text=text.strip(), state=state, route=_route(said, found, held), daily_mg=_daily(said)
    )


def _named(said: str, held: Knowledge) -> Resolved:
    index = _index(held)
    for name in dict.fromkeys(_spellings(said)):
        if name in index.drugs:
            return _exact(said, (index.drugs[name],), held)
        if name in index.classes:
            members = held.classes[index.classes[name]].members
            return Resolved(said, Status.ASK, candidates=tuple(held.drug(one).name for one in members))
        parts = [_part(part, index) for part in _JOINED.split(name) if part]
        if len(parts) > 1 and all(parts):
            return _exact(said, [part for part in parts if part], held)
    return _proposed(said, held)


def _part(text: str, index: _Index) -> str | None:
    return next((index.drugs[name] for name in _spellings(text) if name in index.drugs), None)


def _exact(said: str, drugs: Sequence[str], held: Knowledge) -> Resolved:
    parts = tuple(dict.fromkeys(part for one in drugs for part in held.drug(one).parts))
    names = {held.drug(one).name.casefold() for one in drugs} | {said}
    alike = [one.names for one in held.look_alikes if names & {name.casefold() for name in one.names}]
    others = tuple(name for group in alike for name in group if name.casefold() not in names)
    return Resolved(said, Status.EXACT, drugs[0] if len(drugs) == 1 else "", parts, not_to_confuse=others)


def _spellings(said: str) -> Iterable[str]:
    """The text as it stands, then without strength and form, then without salts."""
    yield said
    bare = _STRENGTH.sub(" ", said)
    bare = _OTHER_STRENGTH.sub(" ", bare)
    for pattern, _ in _TIMES:
        bare = pattern.sub(" ", bare)
    yield _tidy(bare)
    for pattern in _ROUTE.values():
        bare = pattern.sub(" ", bare)
    bare = _FORMS.sub(" ", bare)
    yield _tidy(bare)
    yield _tidy(re.sub(r"\([^)]*\)", " ", bare))
    yield _tidy(_SALTS.sub(" ", re.sub(r"\([^)]*\)", " ", bare)))


def _tidy(text: str) -> str:
    return " ".join(text.split()).strip(" ,;.:-")


def _route(said: str, found: Resolved, held: Knowledge) -> str:
    told = next((name for name, pattern in _ROUTE.items() if pattern.search(said)), "")
    if told or not found.ingredients:
        return told or "systemic"
    return held.drug(found.ingredients[0]).routes[0]


def _daily(said: str) -> float | None:
    """Milligrams a day, where one strength and how often are both told."""
    strengths = _STRENGTH.findall(said)
    times = next((times for pattern, times in _TIMES if pattern.search(said)), None)
    if len(strengths) != 1 or times is None:
        return None
    [(number, unit)] = strengths
    return float(number.replace(",", ".")) * _MG[unit] * times


@dataclass(frozen=True)
class _Index:
    drugs: Mapping[str, str]
    classes: Mapping[str, str]
    spellings: Sequence[str]


@lru_cache(maxsize=4)
def _index(held: Knowledge) -> _Index:
    drugs: dict[str, str] = {}
    for drug in held.drugs.values():
        for name in (drug.id.replace("_", " "), *drug.names, *drug.brands):
            drugs.setdefault(name.casefold(), drug.id)
    classes = {name.casefold(): one.id for one in held.classes.values() for name in one.says}
    return _Index(drugs, classes, tuple(drugs))


def _proposed(said: str, held: Knowledge) -> Resolved:
    """Names that are close, or the look-alikes among them with all that they are taken for."""
    from rapidfuzz import fuzz, process

    index = _index(held)
    bare = list(_spellings(said))[-1] or said
    close = process.extract(bare, index.spellings, scorer=fuzz.ratio, score_cutoff=CLOSE, limit=MOST_PROPOSED)
    names = [name for name, _, _ in close]
    for group in held.look_alikes:
        folded = [name.casefold() for name in group.names]
        if set(folded) & set(names):
            names += [name for name in folded if name not in names]
    candidates = tuple(dict.fromkeys(_candidate(index.drugs[name], name, held) for name in names))
    return Resolved(said, Status.ASK if candidates else Status.UNKNOWN, candidates=candidates)


def _candidate(drug: str, spelling: str, held: Knowledge) -> str:
    """The name, and for a brand what is in it: "Celebrex (celecoxib)"."""
    entry = held.drug(drug)
    brand = next((one for one in entry.brands if one.casefold() == spelling), "")
    return f"{brand} ({entry.name})" if brand else entry.name
