"""Emergency, crisis and poison numbers by country, and the fixed sentences that carry them.

A number whose mark is not ``seen`` is not shown: the neutral sentence stands in its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import yaml
from pydantic import ValidationError

from retrieval.evidence import Text, Word
from tools.triage.levels import Level
from tools.triage.lexicon import ENGLISH, FOLDER, KnowledgeError

KINDS = ("emergency", "crisis", "poison")


class Line(Word):
    """A telephone line of one country."""

    number: Text
    name: str = ""
    hours: str = ""
    seen: bool
    checked: date


@cache
def numbers() -> Mapping[str, Mapping[str, Line]]:
    """All lines by country (ISO 3166, two letters) and kind.

    Raises:
        KnowledgeError: the file does not check.
    """
    try:
        rows = yaml.safe_load((FOLDER / "numbers.yaml").read_text(encoding="utf-8"))
        return {
            country: {kind: Line.model_validate(row) for kind, row in kinds.items() if kind in KINDS}
            for country, kinds in rows.items()
        }
    except (yaml.YAMLError, ValidationError, AttributeError) as wrong:
        raise KnowledgeError(f"numbers.yaml: {wrong}") from wrong


_PARTS = ("neutral", "actions", "safety_net", "phrases", "replies")


@cache
def _templates(language: str = ENGLISH) -> Mapping[str, Any]:
    name = f"templates/{language}.yaml"
    try:
        data = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as wrong:
        raise KnowledgeError(f"{name}: {wrong}") from wrong
    whole = data if language == ENGLISH else _templates(ENGLISH)
    missing = [
        f"{part} {key}" for part in _PARTS for key in whole.get(part, [""]) if key not in data.get(part, {})
    ]
    if missing:
        raise KnowledgeError(f"{name}: no {', '.join(missing)}")
    return dict(data)


@cache
def languages() -> frozenset[str]:
    """The languages that the page can answer in: each has its own templates and its own lexicon."""
    held = {path.stem for path in (FOLDER / "templates").glob("*.yaml")}
    return frozenset(held & {path.stem for path in (FOLDER / "lexicon").iterdir()})


def number(country: str, kind: str = "emergency") -> str | None:
    """The number of a country's line, or None where we hold none that was seen in a public source."""
    line = numbers().get(country.upper(), {}).get(kind)
    return line.number if line is not None and line.seen else None


def sentence(action: str, country: str = "", language: str = ENGLISH) -> str:
    """A fixed action sentence with the numbers of the country, or the neutral words where we hold none.

    Raises:
        KnowledgeError: no template has this name.
    """
    actions = _templates(language)["actions"]
    if action not in actions:
        raise KnowledgeError(f"templates/{language}.yaml: no action {action}")
    return str(actions[action]).format(**_filled(country, language, brief=action not in _WITH_NUMBERS))


def actions() -> frozenset[str]:
    """The names of the action sentences."""
    return frozenset(_templates()["actions"])


def safety_net(level: Level | None, country: str = "", language: str = ENGLISH) -> str:
    """What to watch for and what to do then, for a level; for None the words that go with "no rule fired"."""
    texts = _templates(language)["safety_net"]
    name = level.value if level is not None else "none"
    return str(texts[name]).format(**_filled(country, language, brief=True))


def asking_net(country: str = "", language: str = ENGLISH) -> str:
    """What to do if it gets bad while questions are still asked."""
    return str(_templates(language)["safety_net"]["asking"]).format(**_filled(country, language, brief=True))


def phrase(name: str, language: str = ENGLISH) -> str:
    """A fixed phrase of the patient page."""
    return str(_templates(language)["phrases"][name])


@cache
def replies(language: str = ENGLISH) -> Mapping[str, frozenset[str]]:
    """The bare words that answer a question, by what they answer: yes, no, none, unknown."""
    held = _templates(language)["replies"]
    return {answer: frozenset(str(words).split("; ")) for answer, words in held.items()}


def _filled(country: str, language: str, brief: bool = False) -> dict[str, str]:
    """The numbers of a country, each in the form that a sentence of the language takes ("at" of its templates).

    ``brief``: where the country is not known, the neutral words with the bare numbers; the sentence that says what to
    do first tells whose they are.
    """
    data = _templates(language)
    at = data.get("at", "{number}")
    held = {kind: number(country, kind) for kind in KINDS}
    joined = f" {data.get('or', 'or')} "
    return {
        kind: at.format(number=told.replace(" or ", joined))
        if told
        else _neutral(data["neutral"][kind], brief)
        for kind, told in held.items()
    }


def _neutral(words: str, brief: bool) -> str:
    """The neutral words; brief: "your local emergency number (112/911/999)"."""
    head, bracket, rest = words.partition("(")
    numbers = "/".join(re.findall(r"\d{2,}", rest))
    return f"{head}({numbers})" if brief and bracket and numbers else words


def line(kind: str, country: str, language: str = ENGLISH) -> str:
    """A country's line as a sentence of a language names it, or the neutral words."""
    return _filled(country, language)[kind]


@cache
def all_numbers() -> tuple[str, ...]:
    """Every number we show, longest first."""
    held = {line.number for kinds in numbers().values() for line in kinds.values() if line.seen}
    parts = {part.strip() for number in held for part in number.replace(",", " or ").split(" or ")}
    return tuple(sorted(held | parts, key=len, reverse=True))


@cache
def all_emergency() -> frozenset[str]:
    """The single emergency numbers of all countries, with the neutral words."""
    held = {kinds["emergency"].number for kinds in numbers().values() if "emergency" in kinds}
    return frozenset(part.strip() for number in held for part in number.split(" or "))


FIRST_NOW = (
    "call_ambulance", "go_now", "do_not_drive", "use_pen_and_call", "use_inhaler_and_call", "press_and_call",
    "leave_and_call", "rinse_and_go", "cool_and_call", "burn_and_go", "self_harm_now", "chemo_line", "emergency_kit",
)  # fmt: skip
"""The action sentences that may open the text of an emergency."""
_WITH_NUMBERS = frozenset((*FIRST_NOW, "if_in_danger", "language_unknown"))
"""The sentences that hold the numbers of several countries where the person's own is not known."""
