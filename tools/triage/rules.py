"""Red-flag rules as data: loaded, checked, evaluated. A rule only adds urgency; none can lower another.

``when`` is a small tree of ``all``, ``any``, ``none`` and ``at_least: {n, of}`` over concept ids of the lexicon and
comparisons such as ``age_days < 90`` and ``sex is male``. Three answers are possible: yes, no, and "open" (a fact is
missing).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import yaml
from pydantic import Field, PrivateAttr, ValidationError

from retrieval.evidence import Action, Depth, Evidence, Finding, Kind, Source, Text, Word
from tools.triage import places
from tools.triage.assertion import Status
from tools.triage.facts import Facts, windows
from tools.triage.levels import Level
from tools.triage.lexicon import _LOADER, FOLDER, KnowledgeError, lexicons
from tools.triage.person import DAYS_IN_YEAR
from tools.triage.vitals import RANGES

LICENCE = "written for Consilium (MIT); the source's own text is not held"
UNVERIFIED = "unverified draft rule"
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_NUMBERS = frozenset({"age_days", "age_years", *RANGES})


class Verdict(NamedTuple):
    """What a condition comes to: yes, no or open (None), and the user's words it rests on."""

    value: bool | None
    words: tuple[str, ...] = ()
    touched: bool = False
    """Some concept of the condition is present or asked about."""


Condition = Callable[[Facts], Verdict]


class RuleSource(Word):
    """A guideline or page that a rule's criterion was seen in, or is said to come from."""

    title: Text
    url: str | None = None
    doi: str | None = None
    pmid: str | None = None
    section: str = ""
    how: str = ""
    """How it was read where that was not on its own page, such as a copy or a summary that quotes it."""


class Rule(Word):
    """One red flag. ``seen`` is False where nobody has yet seen the criterion in the source's own text."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$")]
    level: Level
    when: Any
    says: dict[str, Text]
    do: Text
    ask: Mapping[str, Text] = Field(default_factory=dict)
    priority: int = 0
    sources: Annotated[tuple[str, ...], Field(min_length=1)]
    seen: bool
    checked: date
    status: Literal["draft", "reviewed"]
    fires: Annotated[tuple[Text, ...], Field(min_length=4)]
    silent: Annotated[tuple[Text, ...], Field(min_length=4)]
    _condition: Condition = PrivateAttr()
    _behind: tuple[RuleSource, ...] = PrivateAttr()
    _needs: frozenset[str] = PrivateAttr(default=frozenset())

    @property
    def source_id(self) -> str:
        return f"rule:{self.id}"

    @property
    def behind(self) -> tuple[RuleSource, ...]:
        """Its sources."""
        return self._behind

    @property
    def source_title(self) -> str:
        """The source as a banner shows it."""
        return self._behind[0].title if self.seen else UNVERIFIED

    @property
    def signs(self) -> frozenset[str]:
        """The concepts that can make it fire."""
        return self._needs - RANGES.keys()

    @property
    def text(self) -> str:
        """The held text that quotes are checked against."""
        seen = "seen in" if self.seen else "not yet verified in"
        behind = "; ".join(f"{source.title} {source.section}".strip() for source in self._behind)
        return f"{self.says['en']}\nLevel: {self.level}\nCriterion {seen}: {behind}\nStatus: {self.status}"

    def finding(self) -> Finding:
        """The rule's statement with the rule's held text as evidence."""
        first = self._behind[0]
        source = Source(
            id=self.source_id,
            title=self.source_title,
            version=f"rule checked {self.checked.isoformat()}",
            licence=LICENCE,
            depth=Depth.GUIDELINE,
            url=first.url if self.seen else None,
            doi=first.doi if self.seen else None,
            pmid=first.pmid if self.seen else None,
            marks=(self.status,) if self.seen else (self.status, "unverified"),
        )
        evidence = Evidence(source=source, quote=self.says["en"], locator=f"rule {self.id}")
        return Finding(
            statement=self.says["en"],
            evidence=(evidence,),
            kind=Kind.GUIDELINE,
            certainty="red-flag rule" if self.seen else UNVERIFIED,
            action=Action.CHANGE,
            names=(self.id,),
        )


class Rules:
    """All rules of a folder. Holds their texts under ``rule:<id>`` (:class:`retrieval.evidence.Holder`)."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.all = tuple(rules)
        self.by_id = {rule.id: rule for rule in rules}
        self._table = tuple((rule, rule._needs, rule._condition) for rule in rules)
        self._texts = {rule.source_id: rule.text for rule in rules}

    def __len__(self) -> int:
        return len(self.all)

    def judge(self, facts: Facts) -> list[tuple[Rule, Verdict]]:
        """The verdict of every rule of which a sign was mentioned; the others are "no" without a look."""
        mentioned = facts.mentioned
        return [(rule, when(facts)) for rule, needs, when in self._table if not needs.isdisjoint(mentioned)]

    def text(self, source_id: str) -> str | None:
        """The held text of a rule, or None."""
        return self._texts.get(source_id)

    def holding(self, quote: str) -> tuple[str, ...]:
        """The ids of the rules whose text holds the quote."""
        return tuple(source_id for source_id, text in self._texts.items() if quote in text)


@cache
def rules() -> Rules:
    """The rules that ship with the assistant, read once.

    Raises:
        KnowledgeError: a knowledge file does not check; the gate then does not start.
    """
    return Rules(load(FOLDER / "rules", sources(FOLDER / "sources")))


@cache
def danger_signs() -> frozenset[str]:
    """The concepts that emergency rules read, without conditions that a person has for life."""
    held = (rule.signs for rule in rules().all if rule.level is Level.EMERGENCY)
    return frozenset[str]().union(*held) - windows().lasting


def sources(folder: Path) -> dict[str, RuleSource]:
    """The sources of the rules by id, from all files of a folder.

    Raises:
        KnowledgeError: names the file and the entry that breaks the shape or takes an id again.
    """
    held: dict[str, RuleSource] = {}
    for path in sorted(folder.glob("*.yaml")):
        for name, row in dict(_yaml(path)).items():
            if name in held:
                raise KnowledgeError(f"{path.name}: the source {name} is named twice")
            held[name] = _valid(RuleSource, row, path, name)
    return held


def load(folder: Path, known_sources: Mapping[str, RuleSource]) -> tuple[Rule, ...]:
    """All rules of a folder, by file and place.

    Raises:
        KnowledgeError: names the file and the rule that breaks the shape, an unknown concept or an unknown source.
    """
    concepts = frozenset(concept for lexicon in lexicons() for concept in lexicon.concepts)
    windows()
    held: dict[str, Rule] = {}
    said = _translated(folder.parent / "says")
    for path in sorted(folder.glob("*.yaml")):
        for row in _yaml(path):
            if isinstance(row, dict):
                row["says"] = {**said.get(str(row.get("id")), {}), **row.get("says", {})}
            rule = _valid(Rule, row, path, str(row.get("id", "?")) if isinstance(row, dict) else "?")
            place = f"{path.name}, rule {rule.id}"
            if rule.id in held:
                raise KnowledgeError(f"{place}: the id is taken")
            if "en" not in rule.says:
                raise KnowledgeError(f"{place}: no English text")
            if rule.do not in places.actions():
                raise KnowledgeError(f"{place}: no action sentence {rule.do}")
            rule._condition = condition(rule.when, concepts, place)
            rule._needs = frozenset(_signs(rule.when))
            rule._behind = tuple(_behind(rule, known_sources, place))
            held[rule.id] = rule
    if not held:
        raise KnowledgeError(f"{folder.name}: no rules")
    return tuple(held.values())


def _translated(folder: Path) -> dict[str, dict[str, str]]:
    """The texts of the rules in other languages, from one file a language: ``rule id: text``."""
    texts: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*.yaml")):
        for rule, text in dict(_yaml(path)).items():
            texts.setdefault(str(rule), {})[path.stem] = str(text)
    return texts


def _behind(rule: Rule, known: Mapping[str, RuleSource], place: str) -> Iterator[RuleSource]:
    for name in rule.sources:
        if name not in known:
            raise KnowledgeError(f"{place}: unknown source {name}")
        yield known[name]


def _yaml(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER) or []
    except (yaml.YAMLError, UnicodeDecodeError) as wrong:
        raise KnowledgeError(f"{path.name} is not valid YAML: {wrong}") from wrong


def _valid(model: type[Any], row: Any, path: Path, name: str) -> Any:
    try:
        return model.model_validate(row)
    except ValidationError as wrong:
        raise KnowledgeError(f"{path.name}, {name}: {wrong}") from wrong


def condition(tree: Any, concepts: frozenset[str], place: str) -> Condition:
    """A ``when`` tree as a function of facts; a :class:`KnowledgeError` names ``place`` and what is wrong."""
    if isinstance(tree, str):
        return _comparison(tree, place) if " " in tree else _concept(tree, concepts, place)
    if not isinstance(tree, dict) or len(tree) != 1:
        raise KnowledgeError(f"{place}: {tree!r} is no condition")
    (kind, body), *_ = tree.items()
    if kind == "at_least" and isinstance(body, dict) and set(body) == {"n", "of"}:
        return _count(int(body["n"]), [condition(part, concepts, place) for part in body["of"]])
    if kind not in ("all", "any", "none") or not isinstance(body, list) or not body:
        raise KnowledgeError(f"{place}: {kind!r} is none of all, any, none, at_least")
    parts = [condition(part, concepts, place) for part in body]
    if kind == "all":
        return _count(len(parts), parts)
    return _count(1, parts) if kind == "any" else _none(parts)


def _signs(tree: Any) -> Iterator[str]:
    """The concepts and vital signs that can make a condition true; an age alone never does."""
    if isinstance(tree, str):
        name = tree.partition(" ")[0]
        if not name.startswith(("age_", "sex")) and not tree.endswith(" unknown"):
            yield name
        return
    for kind, body in tree.items():
        if kind != "none":
            for part in body["of"] if kind == "at_least" else body:
                yield from _signs(part)


def _concept(name: str, concepts: frozenset[str], place: str) -> Condition:
    if name not in concepts:
        raise KnowledgeError(f"{place}: unknown concept {name}")

    def judge(facts: Facts) -> Verdict:
        entry = facts.best(name)
        if entry is None:
            return Verdict(False)
        if entry.status.counts:
            return Verdict(True, (entry.words,), True)
        return Verdict(None, (entry.words,), True) if entry.status is Status.HYPOTHETICAL else Verdict(False)

    return judge


def _comparison(text: str, place: str) -> Condition:
    name, _, rest = text.partition(" ")
    if name == "sex" and rest in ("is female", "is male"):
        return lambda facts: Verdict(facts.sex == rest[3:])
    if name not in _NUMBERS:
        raise KnowledgeError(f"{place}: unknown number {name}")
    if rest == "unknown":
        return lambda facts: Verdict(not _values(facts, name))
    sign, _, limit = rest.partition(" ")
    try:
        compare, bound = _COMPARE[sign], float(limit)
    except (KeyError, ValueError) as wrong:
        raise KnowledgeError(f"{place}: {text!r} is no comparison") from wrong

    def judge(facts: Facts) -> Verdict:
        values = _values(facts, name)
        if not values:
            return Verdict(None)
        words = facts.number_words.get("age_days" if name == "age_years" else name, "")
        yes = any(compare(value, bound) for value in values)
        return Verdict(yes, (words,) if yes and words else (), yes and not name.startswith("age"))

    return judge


def _values(facts: Facts, name: str) -> tuple[float, ...]:
    if name == "age_days":
        return facts.age_days
    if name == "age_years":
        return tuple(days / DAYS_IN_YEAR for days in facts.age_days)
    return facts.numbers.get(name, ())


def _count(needed: int, parts: Sequence[Condition]) -> Condition:
    """At least ``needed`` of the parts: yes, no, or open while missing facts could still make it so."""

    def judge(facts: Facts) -> Verdict:
        verdicts = [part(facts) for part in parts]
        yes = [verdict for verdict in verdicts if verdict.value]
        maybe = [verdict for verdict in verdicts if verdict.value is None]
        touched = any(verdict.touched for verdict in yes + maybe)
        words = tuple(word for verdict in yes for word in verdict.words)
        if len(yes) >= needed:
            return Verdict(True, words, touched)
        if len(yes) + len(maybe) >= needed:
            asked = tuple(word for verdict in maybe for word in verdict.words)
            return Verdict(None, words + asked, touched)
        return Verdict(False, (), touched)

    return judge


def _none(parts: Sequence[Condition]) -> Condition:
    """None of the parts; an open part does not hold a rule back, because the worse reading counts."""
    return lambda facts: Verdict(not any(part(facts).value for part in parts))
