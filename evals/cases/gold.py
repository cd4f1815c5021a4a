"""Gold of a case, derived from its latent state and the knowledge, and the four checks of every ``because`` chain.

The level comes from disease and severity, never from a red-flag rule. ``check(case)`` replays each chain, takes every
fact away to see the conclusion fall, looks for the fact in what the subject is given, and compares conclusions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from evals.cases.case import LEVELS, Because, Case, Gold, Link, Role, rank
from evals.cases.conditions import KNOWLEDGE, Condition, Severity, conditions, symptoms
from evals.cases.draw import Present
from evals.cases.paths import against, fact, holds, true_of
from evals.cases.render.lay import Message
from evals.cases.world import Stratum

__all__ = ["check", "fact", "gold", "holds", "rules"]
_ONE = ("level", "diagnosis", "told")
"""Conclusions that can have one value only; of a drug, "blocked", "changed" and "fine" exclude each other."""
_DRUG = {"avoid": "blocked", "change": "changed", "fine": "fine"}


def gold(stratum: Stratum, there: Present, message: Message | None, role: Role) -> Gold:
    """What a right answer to this case holds. ``message`` None: the symptoms stand in a note."""
    one, severity = stratum.condition, stratum.severity
    clinician = role == "clinician"
    tells = {*there.told, *severity.context}
    spans = tuple(span for span in message.spans if span.flag in tells) if message else ()
    said = {span.flag for span in message.spans} | set(message.denied) if message else set(there.symptoms)
    return Gold.model_construct(
        level=severity.level,
        low=severity.low,
        high=severity.high,
        spans=spans,
        diagnosis=one.name,
        must_name=one.mimics if clinician else (),
        must_ask=tuple(name for name in one.must_ask if name not in said and name not in ("age", "onset")),
        because=because(one, severity, there.told, clinician),
    )


def _because(
    one: Condition, severity: Severity, told: tuple[str, ...], clinician: bool
) -> tuple[Because, ...]:
    rule, place = f"condition.{one.id}", f"condition.{one.id}.{severity.id}"
    source = cited(one, severity.source)
    disease = Link(
        fact="latent.condition", holds=f"= {one.id}", rule=rule, source=source, gives=f"diagnosis={one.name}"
    )
    picture = Link(
        fact="latent.severity",
        holds=f"= {severity.id}",
        rule=place,
        source=source,
        gives=f"level={severity.level}",
    )
    shown = tuple(
        Link(fact=f"latent.symptoms.{symptom}", holds="present", rule=f"{place}.tells", source=source,
             gives=f"told={place}")
        for symptom in dict.fromkeys((*told, *severity.context))
    )  # fmt: skip
    found = [
        Because(conclusion=f"diagnosis={one.name}", links=(disease,)),
        Because(conclusion=f"level={severity.level}", links=(disease, picture)),
        Because(conclusion=f"told={place}", links=shown),
    ]
    if clinician:
        found += (
            Because(
                conclusion=f"must_name={mimic}",
                links=(disease.model_copy(update={"gives": f"must_name={mimic}"}),),
            )
            for mimic in one.mimics
        )
    return tuple(found)


def because(
    one: Condition, severity: Severity, told: tuple[str, ...], clinician: bool
) -> tuple[Because, ...]:
    """The chains of a triage case: disease and severity give the level; the told set shows them to the reader."""
    key = (one.id, severity.id, told, clinician, id(severity))
    if key not in _MADE:
        _MADE[key] = _because(one, severity, told, clinician)
    return _MADE[key]


_MADE: dict[tuple[object, ...], tuple[Because, ...]] = {}


def cited(one: Condition, source: str) -> str:
    """PMID or address of a source of the condition."""
    row = one.sources.get(source)
    if row is None:
        return source
    return f"pmid {row.pmid}" if row.pmid else row.url or row.doi or row.file


def check(case: Case, folder: Path = KNOWLEDGE) -> tuple[str, ...]:
    """Every problem of the case's gold, one line each; empty when all four checks pass (evals.md section 3.4)."""
    known = rules(folder)
    found: list[str] = []
    for chain in case.gold.because:
        for problem in (*_replay(case, chain, known, folder), *_needed(case, chain), *_visible(case, chain)):
            found.append(f"{chain.conclusion}: {problem}")
    return (*found, *_contradictions(case), *_unfounded(case))


@cache
def rules(folder: Path = KNOWLEDGE) -> frozenset[str]:
    """Every id that a link may name: conditions with their severities, and each row of knowledge with a source."""
    found = set()
    for one in conditions(folder).values():
        found.add(f"condition.{one.id}")
        for severity in one.severities:
            found |= {f"condition.{one.id}.{severity.id}", f"condition.{one.id}.{severity.id}.tells"}
    for path in sorted(folder.glob("*.yaml")):
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
        stem = path.stem[:-1] if path.stem.endswith("s") else path.stem
        for name in _sourced(rows, ""):
            found |= {name, f"{stem}.{name}", f"{path.stem}.{name}"}
    return frozenset(found)


def _sourced(node: Any, key: str) -> Iterator[str]:
    """Ids (or keys) of mappings that name a source."""
    if isinstance(node, dict):
        if ("source" in node or "sources" in node) and (name := str(node.get("id") or key)):
            yield name
        for inner, value in node.items():
            yield from _sourced(value, str(inner))
    elif isinstance(node, list):
        for value in node:
            yield from _sourced(value, key)


def _replay(case: Case, chain: Because, known: frozenset[str], folder: Path) -> Iterator[str]:
    for link in chain.links:
        if link.rule not in known:
            yield f"no rule {link.rule} in evals/knowledge"
        try:
            if not holds(case, link):
                yield f"{link.fact} is {fact(case, link.fact)!r}, not {link.holds!r}"
        except ValueError as wrong:
            yield str(wrong)
    if chain.links[-1].gives != chain.conclusion:
        yield f"its last link gives {chain.links[-1].gives}"
    yield from _knowledge_says(case, chain, folder)


def _knowledge_says(case: Case, chain: Because, folder: Path) -> Iterator[str]:
    """A conclusion from a condition is read again from its file."""
    names = chain.links[-1].rule.split(".")
    one = conditions(folder).get(names[1]) if names[0] == "condition" and len(names) > 1 else None
    if one is None:
        return
    key, _, value = chain.conclusion.partition("=")
    if key == "level" and value != one.severity(case.latent.severity).level:
        yield f"the knowledge says {one.severity(case.latent.severity).level}"
    if key == "must_name" and value not in one.mimics:
        yield f"{one.id} has no such mimic"
    if key == "told":
        seen = {link.fact.rsplit(".", 1)[1] for link in chain.links}
        if not any(set(tell) <= seen for tell in one.severity(case.latent.severity).tells):
            yield "these symptoms are no whole telling set"


def _needed(case: Case, chain: Because) -> Iterator[str]:
    """Take a fact away: no chain to the same conclusion may still hold."""
    for link in chain.links:
        for other in case.gold.because:
            if other.conclusion == chain.conclusion and _stands(case, other, link.fact, against(link.holds)):
                yield f"stands without {link.fact}"


def _stands(case: Case, chain: Because, changed: str, value: Any) -> bool:
    try:
        return all(
            true_of(value, link.holds) if link.fact == changed else holds(case, link) for link in chain.links
        )
    except ValueError:
        return False


def _visible(case: Case, chain: Because) -> Iterator[str]:
    """Disease and severity are seen through the told set; every other fact itself, or it must be asked for."""
    seen = plain(seen_text(case))
    for link in chain.links:
        name = link.fact.rsplit(".", 1)[1]
        if link.fact in ("latent.condition", "latent.severity"):
            if not any(other.conclusion.startswith("told=") for other in case.gold.because):
                yield f"nothing shows {link.fact}"
        elif not _shown(case, link, name, seen) and not (
            case.gold.abstain_or_ask and name in case.gold.must_ask
        ):
            yield f"{link.fact} stands nowhere in what the subject is given"


def _shown(case: Case, link: Link, name: str, seen: str) -> bool:
    if link.holds in ("absent", "is false"):
        return True
    if link.fact.startswith("latent.symptoms."):
        if any(span.flag == name for span in case.gold.spans):
            return _spans_fit(case)
        if _in_dialogue(case, name, seen):
            return True
        return any(f" {plain(word)} " in f" {seen} " for word in (_noun(name), name))
    if case.presented.files or link.fact.startswith(
        ("latent.pictures.", "latent.variants.", "latent.diplotypes.")
    ):
        return bool(case.presented.files) or plain(name) in seen
    return any(f" {plain(word)} " in f" {seen} " for word in _words(case, link, name) if plain(word))


def _in_dialogue(case: Case, name: str, seen: str) -> bool:
    """Told when asked, or in a turn of its own (the late flag)."""
    for slot in case.dialogue.slots if case.dialogue else ():
        if slot.id == name and slot.present and slot.words:
            return case.presented.form == "interactive" or plain(slot.words) in seen
    return False


@cache
def _brands(folder: Path) -> Mapping[str, tuple[str, ...]]:
    """Generic name to the brands that the operator may put in its place."""
    path = folder / "brands.yaml"
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))["brands"] if path.exists() else []
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        found[row["generic"]] = (*found.get(row["generic"], ()), row["brand"])
    return found


def _noun(name: str) -> str:
    one = symptoms().get(name)
    return (one.noun.get("en") or one.means) if one else name


def _words(case: Case, link: Link, name: str) -> Iterator[str]:
    """Any of them shows the fact: a number itself (of the eGFR also its creatinine), else the name or the text."""
    try:
        value = fact(case, link.fact)
    except ValueError:
        return
    if isinstance(value, float | int) and not isinstance(value, bool):
        yield f"{value:g}"
        yield f"{int(value)}" if name in ("age_years", "hours") else ""
        if name == "egfr" and "creatinine" in case.latent.labs:
            yield f"{case.latent.labs['creatinine'].value:g}"
        return
    yield name
    yield from _brands(KNOWLEDGE).get(name, ()) if link.fact.startswith("latent.drugs.") else ()
    if isinstance(value, str):
        yield value
    if name == "sex":
        yield from ("woman", "girl", "daughter") if value == "female" else ("man", "boy", "son")


def seen_text(case: Case) -> str:
    """Everything in words that the subject is given."""
    shown = case.presented
    files = (one.data.decode("utf-8", "replace") for one in shown.files if one.data)
    return "\n".join((shown.chart, *(turn.text for turn in shown.turns), *files))


def plain(text: str) -> str:
    """Lower case, words and numbers only."""
    words = re.sub(r"[^\w.%*]+|\.(?!\d)", " ", text.casefold().replace("_", " "))
    return " ".join(words.split())


def _spans_fit(case: Case) -> bool:
    text = case.presented.turns[0].text
    return all(
        0 <= span.start < span.end <= len(text) and text[span.start : span.end].strip()
        for span in case.gold.spans
    )


def _contradictions(case: Case) -> Iterator[str]:
    held = case.gold
    said: dict[str, set[str]] = {}
    for chain in held.because:
        key, _, value = chain.conclusion.partition("=")
        said.setdefault(f"drug {value}" if key in _DRUG.values() else key, set()).add(
            key if key in _DRUG.values() else value
        )
    for key, values in said.items():
        if len(values) > 1 and (key in _ONE or key.startswith("drug ")):
            yield f"{key}: {' and '.join(sorted(values))}"
    if held.level and not (held.low and held.high and rank(held.low) <= rank(held.level) <= rank(held.high)):
        yield f"level {held.level} outside {held.low} to {held.high}"
    if held.level == "emergency" and held.low in LEVELS[:2]:
        yield "an emergency whose interval reaches below the same day"
    if both := set(held.options) & set(held.excluded):
        yield f"first and excluded: {', '.join(sorted(both))}"
    if both := {call.tool for call in held.calls} & set(held.no_tools):
        yield f"to be called and not: {', '.join(sorted(both))}"
    if both := {
        word for word in held.must_name if word.casefold() in {one.casefold() for one in held.forbidden}
    }:
        yield f"must and may not be shown: {', '.join(sorted(both))}"


def _unfounded(case: Case) -> Iterator[str]:
    """What gold says of level and drugs has a chain; a told level has symptoms with a place in the message."""
    conclusions = {chain.conclusion for chain in case.gold.because}
    if case.gold.level and f"level={case.gold.level}" not in conclusions:
        yield f"level {case.gold.level} has no chain"
    for drug in case.gold.drugs:
        if f"{_DRUG[drug.action]}={drug.drug}" not in conclusions:
            yield f"{drug.action} {drug.drug} has no chain"
    if not _spans_fit(case):
        yield "a span lies outside the first message"
