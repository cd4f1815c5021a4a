"""The knowledge files keep their rules, and the loader refuses those that do not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from genomics import by_name
from genomics.check import check
from genomics.facts import FOLDER, FactError, facts, load


def broken(tmp_path: Path, **change: object) -> Path:
    shutil.copytree(FOLDER, tmp_path / "knowledge")
    path = tmp_path / "knowledge" / "variants.yaml"
    rows = yaml.safe_load(path.read_text())
    rows[0].update(change)
    path.write_text(yaml.safe_dump(rows[:3]))
    return tmp_path / "knowledge"


def test_the_shipped_facts_are_sound() -> None:
    assert check().startswith("genomics: ")
    held = facts()
    assert len(held.variants) >= 40
    assert all(fact.status == "draft" and fact.source.row for fact in held.variants)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"source": None}, "source"),
        ({"names": ["c.68_69delA"]}, "spans 2 bases"),
        ({"id": "brca1-c5266dup"}, "two facts"),
        ({"grch38": "17-x"}, "contig-position"),
        ({"status": "final"}, "status"),
        ({"statement": "A variant."}, "name the gene"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_broken_facts_are_refused_by_name(tmp_path: Path, change: dict[str, object], says: str) -> None:
    with pytest.raises(FactError, match=says):
        load(broken(tmp_path, **change))


def test_a_class_outside_the_closed_list_is_refused(tmp_path: Path) -> None:
    known = {
        "significance": "Rather bad",
        "stars": 3,
        "review": "x",
        "by": "x",
        "condition": "x",
        "dated": "2020-01-01",
    }
    with pytest.raises(FactError, match="significance"):
        load(broken(tmp_path, known=known))


def test_every_quote_stands_in_the_held_text() -> None:
    held = facts()
    for fact in held.variants:
        assert fact.source_id in held.holding(fact.evidence.quote)
        assert (held.text(fact.source_id) or "").startswith(fact.statement)
        assert not fact.criteria or fact.source_id in held.holding(fact.criteria)
    assert held.text("fact:variant:none") is None
    assert held.holding("no such sentence") == ()


def test_c_and_p_names_of_each_fact_fit_each_other() -> None:
    for fact in facts().variants:
        for dna in fact.dna[:1]:
            assert [by_name.disagreement(dna, name) for name in fact.proteins] == [""] * len(fact.proteins), (
                fact.id
            )


def test_single_base_facts_fit_their_places_on_both_builds() -> None:
    pairs = {"A": "T", "C": "G", "G": "C", "T": "A"}
    for fact in facts().variants:
        single = next((name for name in fact.dna if len(name.ref) == len(name.alt) == 1), None)
        for place in fact.variants.values() if single else ():
            own = (place.trimmed.ref, place.trimmed.alt)
            assert single is not None
            assert own in ((single.ref, single.alt), (pairs[single.ref], pairs[single.alt])), fact.id
        assert len({len(place.ref) for place in fact.variants.values()}) <= 1
