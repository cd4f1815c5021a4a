"""The treatment knowledge read once: linked, indexed, frozen, and held as text for quotes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from retrieval.evidence import Evidence, Word
from tools.treatment.facts import (
    Citation,
    ConditionEntry,
    Drug,
    DrugClass,
    LookAlike,
    PairRule,
    Rule,
    evidence_of,
    source_id,
    text_of,
)
from tools.treatment.indications import Indication

FOLDER = Path(__file__).parents[1] / "knowledge" / "treatment"
LARGEST = 1_000_000
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Entry = TypeVar("Entry", bound=Word)


class KnowledgeError(ValueError):
    """A knowledge file breaks a rule; the message names file, entry and field."""


class Knowledge:
    """All treatment facts, indexed; and the holder of their text."""

    def __init__(
        self,
        *,
        citations: Iterable[Citation],
        drugs: Iterable[Drug],
        classes: Iterable[DrugClass],
        rules: Iterable[Rule],
        pairs: Iterable[PairRule],
        conditions: Iterable[ConditionEntry],
        indications: Iterable[Indication] = (),
        look_alikes: Iterable[LookAlike] = (),
        version: str = "made here",
    ) -> None:
        self.citations = _by_id(citations, "key")
        self.drugs = _by_id(drugs)
        self.classes = _by_id(classes)
        self.rules = _by_id(rules)
        self.pairs = _by_id(pairs)
        self.conditions = _by_id(conditions)
        self.indications = _by_id(indications)
        self.look_alikes = tuple(look_alikes)
        self.version = version

    @cached_property
    def keys(self) -> Mapping[str, frozenset[str]]:
        """Drug id -> itself and its classes, as rules name them."""
        found: dict[str, set[str]] = {drug: {f"drug:{drug}"} for drug in self.drugs}
        for one in self.classes.values():
            for member in one.members:
                found[member].add(f"class:{one.id}")
        return {drug: frozenset(keys) for drug, keys in found.items()}

    @cached_property
    def rules_on(self) -> Mapping[str, tuple[Rule, ...]]:
        """Rules by what they apply to."""
        return _listed((ref, rule) for rule in self.rules.values() for ref in rule.applies_to)

    @cached_property
    def pairs_on(self) -> Mapping[tuple[str, str], tuple[PairRule, ...]]:
        """Pair rules by left and right reference."""
        return _listed(
            ((left, right), rule)
            for rule in self.pairs.values()
            for left in rule.left
            for right in rule.right
        )

    @cached_property
    def covered(self) -> frozenset[str]:
        """Drugs of which at least one pair rule speaks; of the others only the name is known."""
        refs = {ref for rule in self.pairs.values() for ref in (*rule.left, *rule.right)}
        return frozenset(drug for drug, keys in self.keys.items() if keys & refs)

    def drug(self, name: str) -> Drug:
        return self.drugs[name]

    def classes_of(self, drug: str) -> Iterator[DrugClass]:
        for key in sorted(self.keys[drug]):
            if key.startswith("class:"):
                yield self.classes[key.removeprefix("class:")]

    def evidence(self, entry: Rule | PairRule | DrugClass) -> tuple[Evidence, ...]:
        """The entry's fact as evidence, one for each citation."""
        return evidence_of(entry, self.citations)

    @cached_property
    def as_of(self) -> str:
        """The day on which the newest fact was written."""
        written = [one.fact.written_on for one in self.rules.values()]
        written += [one.fact.written_on for one in self.pairs.values()]
        return max((*written, *(one.fact.written_on for one in self.classes.values()))).isoformat()

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        texts = {source_id(one): text_of(one) for one in self.rules.values()}
        texts |= {source_id(one): text_of(one) for one in self.pairs.values()}
        texts |= {source_id(one): one.fact.statement for one in self.classes.values()}
        for indication in self.indications.values():
            texts[indication.holding_id] = indication.text
            texts |= {option.holding_id: option.text for option in indication.options}
        return texts | {one.holding_id: one.title for one in self.citations.values()}

    def text(self, source_id: str) -> str | None:
        """The held text of a rule, class or citation; a second citation's text is the rule's."""
        return self._texts.get(source_id.partition("#")[0])

    def holding(self, quote: str) -> tuple[str, ...]:
        """The ids under which a text with the quote is held."""
        return tuple(source_id for source_id, text in self._texts.items() if quote in text)


@cache
def knowledge() -> Knowledge:
    """The facts that ship with the package, read once.

    Raises:
        KnowledgeError: a file breaks a rule.
    """
    return load()


def load(folder: Path = FOLDER) -> Knowledge:
    """The knowledge of a folder.

    Raises:
        KnowledgeError: a file is too large, does not parse, or an entry breaks its form or is named twice.
    """
    return Knowledge(
        citations=_all(folder / "citations", Citation),
        drugs=_all(folder / "drugs", Drug),
        classes=_all(folder / "classes", DrugClass),
        rules=_all(folder / "rules", Rule),
        pairs=_all(folder / "interactions", PairRule),
        conditions=_all(folder / "conditions", ConditionEntry),
        indications=_all(folder / "indications", Indication),
        look_alikes=_read(folder / "look_alikes.yaml", LookAlike),
        version=_version(folder),
    )


def _version(folder: Path) -> str:
    """A hash of all files: the same facts have the same version."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.yaml")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _all(folder: Path, kind: type[Entry]) -> list[Entry]:
    """The entries of every file of a folder, in the order of the names."""
    return [entry for path in sorted(folder.glob("*.yaml")) for entry in _read(path, kind)]


def _read(path: Path, kind: type[Entry]) -> list[Entry]:
    """The entries of a file: a list, or ``{defaults: …, entries: …}`` whose defaults each fact in it begins with."""
    if path.stat().st_size > LARGEST:
        raise KnowledgeError(f"{path.name} is larger than {LARGEST} bytes")
    try:
        held = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)
    except yaml.YAMLError as wrong:
        raise KnowledgeError(f"{path.name} is not valid YAML: {wrong}") from wrong
    rows, defaults = (held["entries"], held["defaults"]) if isinstance(held, dict) else (held or [], {})
    adapter = TypeAdapter(kind)
    return [_entry(adapter, row, defaults, path.name) for row in rows]


def _entry(adapter: TypeAdapter[Entry], row: dict[str, Any], defaults: dict[str, Any], file: str) -> Entry:
    try:
        return adapter.validate_python(_begun(row, defaults) if defaults else row)
    except ValidationError as wrong:
        named = row.get("id", row.get("key", row)) if isinstance(row, dict) else row
        raise KnowledgeError(f"{file}, entry {named}: {wrong}") from wrong
    except ValueError as wrong:
        raise KnowledgeError(f"{file}, entry {row.get('id')}: {wrong}") from wrong


def _begun(node: Any, defaults: dict[str, Any]) -> Any:
    """The node with the defaults under every ``fact`` in it."""
    if isinstance(node, list):
        return [_begun(part, defaults) for part in node]
    if not isinstance(node, dict):
        return node
    return {
        key: defaults | part if key == "fact" and isinstance(part, dict) else _begun(part, defaults)
        for key, part in node.items()
    }


def _by_id(entries: Iterable[Entry], key: str = "id") -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for entry in entries:
        name = getattr(entry, key)
        if name in found:
            raise KnowledgeError(f"two entries are named {name}")
        found[name] = entry
    return found


Key = TypeVar("Key")


def _listed(pairs: Iterable[tuple[Key, Entry]]) -> dict[Key, tuple[Entry, ...]]:
    found: dict[Key, list[Entry]] = {}
    for key, entry in pairs:
        found.setdefault(key, []).append(entry)
    return {key: tuple(entries) for key, entries in found.items()}
