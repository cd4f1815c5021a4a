"""The misuse gate: what is not designed here, told by class of structure and by words.

A generator can be turned on its head (Urbina 2022, doi 10.1038/s42256-022-00465-9). So a structure is matched against
patterns written from the class definitions of public schedules (``tools/knowledge/discovery/guard.yaml``), before a
design as a seed and after it as a result, and a request in words against the rules of the same file. A refusal names
no class and no atom: it must not teach how to pass.

The specification also speaks of similarity to a short public list. There is none: such a list is a store of agents'
structures, which the same section forbids in the repository. In its place the patterns are wider than the schedules'
definitions, and an approved opioid of any other class is no seed either (:func:`check_seed`). What they cannot know:
a harmful molecule of a class that no schedule defines, the relatives of an opioid that only its ATC group tells,
proteins, and the precursors of Schedule 2 B (9) and (11) to (14), of which most have fewer than ten heavy atoms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field

from retrieval.evidence import Text, Word
from tools.damaged import Damaged, why
from tools.discovery import named
from tools.discovery.guard_writings import writings
from tools.discovery.molecules import DiscoveryMissing, chem

PATH = Path(__file__).resolve().parents[1] / "knowledge" / "discovery" / "guard.yaml"
OF_A_CLASS = "This structure is of a class that is not designed here."
_GROUP = re.compile(r"<(\w+)>")
_SENTENCES = re.compile(r"(?<=[.!?;])\s+")
OPIOID_MEDICINE = "opioid_medicine"
OPIOID_GROUPS = ("N02AA", "N02AB", "N02AC", "N02AD", "N02AE", "N02AF", "N02AX", "N01AH")
"""ATC: opioid analgesics (without their combinations, N02AJ and N02AG) and opioid anaesthetics."""
ANTAGONISTS = frozenset({"V03AB", "N07BB", "A06AH"})
"""ATC: antidotes, drugs of alcohol dependence, peripheral opioid antagonists."""
_OF_ITS_OWN = re.compile(
    r"\W*(?:what(?! about)|which|how(?! about)|when|why|who|where|should(?! (?:be|not|have))|shall|is|are|was|does"
    r"|do|did|has|have|may|can i|could i|give|start|stop|treat|she|he"
    r"|(?:(?:the|my|this|our|a) )?(?:patient|woman|man|child|boy|girl)s?)\b",
    re.IGNORECASE,
)
REACH = 2
"""Sentences after a request that are still read as part of it."""


class GuardError(Damaged):
    """The gate's file breaks its form; the message names the entry. Without the gate nothing is designed."""

    def __init__(self, reason: str) -> None:
        super().__init__("Without the misuse gate no molecule is designed or profiled", PATH, reason)


class Refusal(Word):
    """``says`` is shown; ``rule`` is for counts and logs, never for a reader."""

    rule: Text
    says: Text


class Schedule(Word):
    """The public document of a class definition."""

    title: Text
    url: Text
    seen: Text


class StructureClass(Word):
    """One class that is not designed: its patterns, and the schedule that defines it."""

    id: Text
    words: Text
    family: Literal["chemical weapons", "controlled opioids"]
    source: Text
    locator: Text
    smarts: tuple[Text, ...] = Field(min_length=1)


class RequestRule(Word):
    """One kind of request that is refused; ``design`` is "made" where only a request for a substance is looked at."""

    id: Text
    says: Text
    design: Literal["none", "made"]
    what: Text
    unless: str = ""


class Asks(Word):
    """How a sentence asks for a substance to be made; the last four stand in the others by their name: see the file."""

    lead: Text
    made: Text
    offered: Text
    turned: Text
    words: Text
    molecule: Text
    harmful: Text
    other: Text


class Guard(Word):
    """The gate's file."""

    sources: Mapping[str, Schedule]
    groups: Mapping[str, Text]
    classes: tuple[StructureClass, ...] = Field(min_length=1)
    asks: Asks
    requests: tuple[RequestRule, ...] = Field(min_length=1)
    checked: Any
    status: Literal["draft"]


@cache
def guard() -> Guard:
    """The gate as it ships, read once.

    Raises:
        GuardError: the file is damaged, or a class names a source or group that there is not.
    """
    try:
        held = Guard.model_validate(yaml.safe_load(PATH.read_text(encoding="utf-8")))
    except (OSError, ValueError, yaml.YAMLError) as wrong:
        raise GuardError(why(wrong)) from wrong
    for one in held.classes:
        if one.source not in held.sources:
            raise GuardError(f"{one.id} names no source that is held: {one.source}")
        for group in _GROUP.findall(" ".join(one.smarts)):
            if group not in held.groups:
                raise GuardError(f"{one.id} names a group that there is not: {group}")
    return held


def knowledge_check() -> str:
    """One line on what was checked: every pattern and every rule can be read.

    Raises:
        GuardError: names the entry that cannot.
    """
    held = guard()
    expressions()
    counted = sum(len(one.smarts) for one in held.classes)
    told = f"{len(held.classes)} classes of structures ({counted} patterns), {len(held.requests)} rules for words"
    try:
        patterns()
    except DiscoveryMissing:
        return f"{told}; patterns not read, as the extra is not installed"
    return told


def whole() -> None:
    """Nothing, if the gate and the list of structures can be read: asked before anything is designed or profiled.

    Raises:
        GuardError, tools.discovery.named.StructuresError: one of the two files is damaged.
        DiscoveryMissing: the extra is not installed.
    """
    expressions()
    patterns()
    named.check()


def expressions() -> None:
    """Nothing, if every rule for words can be read.

    Raises:
        GuardError: the file breaks its form, or an expression is none.
    """
    _asks()
    _rules()


@cache
def patterns() -> tuple[tuple[str, Any], ...]:
    """Each class's id with a compiled pattern; a class has one entry for each of its patterns.

    Raises:
        GuardError: a pattern that RDKit cannot read.
        DiscoveryMissing: the extra is not installed.
    """
    held, compiled = guard(), []
    for one in held.classes:
        for written in one.smarts:
            pattern = chem().MolFromSmarts(_GROUP.sub(lambda name: held.groups[name[1]], written))
            if pattern is None:
                raise GuardError(f"{one.id} has a pattern that cannot be read")
            compiled.append((one.id, pattern))
    return tuple(compiled)


def check(smiles: str) -> Refusal | None:
    """Why a structure is not designed here; None where nothing is against it, or it is no structure at all.

    Every component is looked at, so that a salt or a mixture hides nothing, and every writing of
    :mod:`tools.discovery.guard_writings`.

    Raises:
        DiscoveryMissing: the extra is not installed.
    """
    mol = chem().MolFromSmiles(smiles)
    return next(filter(None, map(check_mol, writings(mol))), None) if mol is not None else None


def check_mol(mol: Any) -> Refusal | None:
    """Why an RDKit molecule is not designed here, in this writing alone: for the many that a run makes and drops."""
    rule = next((name for name, pattern in patterns() if mol.HasSubstructMatch(pattern)), None)
    return Refusal(rule=rule, says=OF_A_CLASS) if rule else None


def check_seed(smiles: str) -> Refusal | None:
    """:func:`check`, and whether the structure is an approved opioid, which may be profiled by name and be no seed.

    Which ones are opioids is told by the ATC groups of admet-ai's table; where that is absent, by the patterns alone.
    """
    return check(smiles) or (
        Refusal(rule=OPIOID_MEDICINE, says=OF_A_CLASS) if opioids() & set(_flat(smiles).split(".")) else None
    )


@cache
def opioids() -> frozenset[str]:
    """The approved opioid agonists and partial agonists, without salts and stereochemistry; antagonists are none."""
    from tools.discovery.molecules import read

    held = (
        one
        for one in named.approved().values()
        if any(code.startswith(OPIOID_GROUPS) for code in one.atc) and not ANTAGONISTS & set(one.atc)
    )
    return frozenset(_flat(read(one.smiles).smiles) for one in held)


def _flat(smiles: str) -> str:
    """The structure without stereochemistry; empty where it is none."""
    mol = chem().MolFromSmiles(smiles)
    return str(chem().MolToSmiles(mol, isomericSmiles=False)) if mol is not None else ""


def family(rule: str) -> str:
    """The family of a class by its id ("chemical weapons", "controlled opioids"); empty for a rule of words."""
    return next((one.family for one in guard().classes if one.id == rule), "")


def passing(smiles: Iterable[str]) -> tuple[tuple[str, ...], int]:
    """The structures that pass, in their order, and how many did not."""
    written = tuple(smiles)
    kept = tuple(one for one in written if check(one) is None)
    return kept, len(written) - len(kept)


def refuses(words: str) -> Refusal | None:
    """Why a request in words is refused; None where it is not.

    Names of agents are not listed here (:mod:`tools.triage.requests` refuses those of everyday speech); a design
    takes seeds by structure or by the name of an approved medicine only.
    """
    read = [" ".join(line.split()) for line in words.casefold().replace("’", "'").splitlines()]
    told = [one for line in read for one in _SENTENCES.split(line) if one]
    asked = [bool(_asks().search(one)) for one in told]
    for at, sentence in enumerate(told):
        made = asked[at] or (any(asked[max(0, at - REACH) : at]) and not of_its_own(sentence))
        for rule, what, unless in _rules():
            if (rule.design == "made" and not made) or not what.search(sentence):
                continue
            if unless is None or not unless.search(sentence):
                return Refusal(rule=rule.id, says=rule.says)
    return None


def of_its_own(sentence: str) -> bool:
    """Whether a sentence after a request for a design is a question or a note of its own, and no change of it."""
    return bool(_OF_ITS_OWN.match(sentence))


@cache
def _asks() -> re.Pattern[str]:
    """What a sentence must match to ask for a substance to be made."""
    held = guard().asks
    parts = {"words": held.words, "molecule": held.molecule, "harmful": held.harmful, "other": held.other}
    ways = "|".join((held.made, held.offered, held.turned))
    return _regex("asks", f"{held.lead}(?:{_GROUP.sub(lambda name: parts[name[1]], ways)})")


@cache
def _rules() -> tuple[tuple[RequestRule, re.Pattern[str], re.Pattern[str] | None], ...]:
    return tuple(
        (one, _regex(one.id, one.what), _regex(one.id, one.unless) if one.unless else None)
        for one in guard().requests
    )


def _regex(name: str, written: str) -> re.Pattern[str]:
    try:
        # folded lines of the file stand between alternatives; a blank that is meant is written "\ "
        return re.compile(written, re.VERBOSE)
    except re.error as wrong:
        raise GuardError(f"{name}: {wrong}") from wrong
