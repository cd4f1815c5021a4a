"""The loader of conditions and patients' words: what is wrong is named, nothing crashes, the real files are clean."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from evals.cases import tables
from evals.cases.conditions import KNOWLEDGE, check, conditions, loaded, span, symptoms
from evals.cases.knowledge_check import plain, shares
from evals.cases.make import base_case
from evals.cases.phrases import said, third
from evals.cases.world import cells, world

SOURCE = {"title": "A page", "url": "https://example.org", "seen": "a test", "checked": "2026-11-22"}


def words(stem: str, n: int = 13) -> dict[str, Any]:
    """A symptom with n phrasings that share nothing with another stem's."""
    return {
        "means": f"a {stem}", "noun": {"en": f"{stem}s"}, "keywords": [stem],
        "en": [f"{{i}} {{v:have}} {stem} number {chr(97 + number)}{stem}" for number in range(n)],
    }  # fmt: skip


def disease() -> dict[str, Any]:
    return {
        "id": "test_disease",
        "name": "test disease",
        "incidence": [{"sex": "any", "ages": [18, 80], "per_100k": 100, "source": "S1"}],
        "limits": {"sex": "any", "ages": [18, 80], "source": "S1"},
        "risk": [],
        "comorbid": ["hypertension"],
        "severities": [
            {
                "id": "usual", "weight": 1.0, "weight_source": "assumption", "level": "emergency", "low": "same_day",
                "high": "emergency", "source": "S1", "hours": [1, 24], "symptoms": {"wobble": 0.5, "buzz": 0.5},
                "symptoms_source": "assumption", "tells": [["wobble"], ["buzz"]], "absent": ["glow"],
                "physiology": {"pain": 2},
            }
        ],
        "mimics": ["another disease"],
        "must_ask": ["wobble", "age"],
        "reassurance": ["one thing", "another thing", "a third thing"],
        "sources": {"S1": dict(SOURCE)},
        "status": "draft",
    }  # fmt: skip


def folder(tmp_path: Path, change: Callable[[dict[str, Any], dict[str, Any]], None] | None = None) -> Path:
    """A folder of knowledge with one disease and three symptoms; ``change`` breaks it."""
    one, known = disease(), {"wobble": words("wobble"), "buzz": words("buzz"), "glow": words("glow")}
    if change:
        change(one, known)
    for name in ("conditions", "symptoms"):
        (tmp_path / name).mkdir()
    (tmp_path / "conditions/test_disease.yaml").write_text(yaml.safe_dump(one), encoding="utf-8")
    (tmp_path / "symptoms/t.yaml").write_text(yaml.safe_dump(known), encoding="utf-8")
    for name in ("population", "chronic", "physiology"):
        shutil.copy(KNOWLEDGE / f"{name}.yaml", tmp_path)
    return tmp_path


def test_a_clean_folder_has_no_problem_and_makes_cases(tmp_path: Path) -> None:
    place = folder(tmp_path)
    assert check(place) == ()
    case = base_case(1, 0, folder=place)
    assert case.latent.condition == "test_disease"
    assert case.gold.level == "emergency"


def severity(change: dict[str, Any]) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    return lambda one, _: one["severities"][0].update(change)


BROKEN: dict[str, tuple[Callable[[dict[str, Any], dict[str, Any]], Any], str]] = {
    "no source": (lambda one, _: one["incidence"][0].update(source="S9"), "no source S9"),
    "no why": (lambda one, _: one["limits"].update(source="assumption"), "limits: an assumption without why"),
    "unknown symptom": (severity({"absent": ["ache"]}), "no symptom ache"),
    "mimic": (lambda one, _: one.update(mimics=["- what? -"]), "is not a plain name"),
    "gap": (lambda one, _: one["incidence"][0].update(ages=[18, 60]), "no band from age 61"),
    "hole": (
        lambda one, _: one.update(
            incidence=[
                {"sex": "any", "ages": [18, 40], "per_100k": 1, "source": "S1"},
                {"sex": "any", "ages": [50, 80], "per_100k": 1, "source": "S1"},
            ]
        ),
        "no band from age 41",
    ),
    "overlap": (
        lambda one, _: one["incidence"].append(
            {"sex": "male", "ages": [30, 40], "per_100k": 1, "source": "S1"}
        ),
        "two bands hold age",
    ),
    "interval": (severity({"low": "emergency", "high": "same_day"}), "does not hold emergency"),
    "too low": (severity({"low": "routine"}), "reaches below the same day"),
    "tells": (severity({"tells": [["glow"]], "absent": []}), "tells glow, not among"),
    "few phrasings": (lambda _, known: known.update(buzz=words("buzz", 11)), "11 phrasings in en"),
    "inside": (
        lambda _, known: known["buzz"]["en"].__setitem__(0, "well {i} {v:have} wobble number awobble again"),
        "stands in buzz",
    ),
    "token": (lambda _, known: known["buzz"]["en"].__setitem__(0, "{thou} buzz"), "unknown token thou"),
    "foreign token": (lambda _, known: known["buzz"].update(es=["{i} zumbo"] * 8), "unknown token i"),
    "must ask": (lambda one, _: one.update(must_ask=["shoe"]), "must_ask names shoe"),
    "reassurance": (lambda one, _: one.update(reassurance=["one"]), "1 reassurances"),
    "axis": (severity({"physiology": {"mood": 1}}), "physiology knows no mood"),
    "left out": (severity({"sexes": "female"}), "no severity admits male"),
    "ages": (severity({"ages": [10, 80]}), "ages outside the limits"),
    "both": (severity({"absent": ["wobble"]}), "absent and possible: wobble"),
    "drugs": (lambda one, _: one.update(drugs={"a": 0.7, "b": 0.6}), "sum to more than 1"),
    "no address": (lambda one, _: one["sources"]["S1"].pop("url"), "has no url"),
    "unknown key": (lambda one, _: one.update(colour="red"), "colour"),
    "missing key": (lambda one, _: one.pop("severities"), "severities"),
    "other id": (lambda one, _: one.update(id="other"), "its id is other"),
    "only selves": (
        lambda _, known: known["buzz"].update(
            en=[{"text": text, "who": "self"} for text in known["buzz"]["en"]]
        ),
        "no phrasing that another person can say",
    ),
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_each_fault_of_the_files_is_named(name: str, tmp_path: Path) -> None:
    change, says = BROKEN[name]
    found = check(folder(tmp_path, change))
    assert any(says in line for line in found), found


def test_half_written_files_are_reported_and_the_rest_is_used(tmp_path: Path) -> None:
    place = folder(tmp_path)
    (place / "conditions/half.yaml").write_text("id: half\nname: [", encoding="utf-8")
    (place / "conditions/list.yaml").write_text("- a\n", encoding="utf-8")
    (place / "symptoms/twice.yaml").write_text("a: {means: b}\na: {means: c}\n", encoding="utf-8")
    found = check(place)
    assert any(line.startswith("half.yaml: not YAML") for line in found)
    assert any(line.startswith("list.yaml: not a mapping") for line in found)
    assert any("stands twice: a" in line or "not YAML" in line for line in found if line.startswith("twice"))
    assert set(conditions(place)) == {"test_disease"}


def test_a_condition_with_an_unknown_symptom_is_not_drawn(tmp_path: Path) -> None:
    place = folder(tmp_path, severity({"symptoms": {"wobble": 0.5, "buzz": 0.5, "nowhere": 0.1}}))
    assert not conditions(place)
    with pytest.raises(ValueError, match="can be drawn"):
        world(place)


def test_our_own_tables_have_their_sources() -> None:
    assert tables.check() == ()
    assert "assumptions in all" in shares(loaded())


def test_our_own_conditions_are_clean() -> None:
    assert check() == ()
    assert len(conditions()) == 48
    levels = [one.severities[0].level for one in conditions().values()]
    assert {level: levels.count(level) for level in set(levels)} == {
        "emergency": 26, "same_day": 8, "routine": 7, "self_care": 7,
    }  # fmt: skip


def test_bands_cover_the_people_once() -> None:
    held = world()
    for one in held.conditions.values():
        low, high = span(one.limits.ages)
        for sex in {cell.sex for cell in cells(one, held.population)}:
            rows = sorted((cell.low, cell.high) for cell in cells(one, held.population) if cell.sex == sex)
            assert rows[0][0] >= low
            assert rows[-1][1] <= high
            assert all(first[1] <= second[0] for first, second in pairwise(rows)), one.id


def test_tokens_are_filled_in_the_right_person() -> None:
    text = "{im} ill, {my} leg hurts, {i} {v:have} to sit and {cant} sleep, {v:go} {me}"
    assert said(text, "male", False) == "I'm ill, my leg hurts, I have to sit and can't sleep, go me"
    assert said(text, "female", True) == "she's ill, her leg hurts, she has to sit and can't sleep, goes her"
    assert [third(verb) for verb in ("feel", "try", "play", "wash", "do", "be")] == [
        "feels", "tries", "plays", "washes", "does", "is",
    ]  # fmt: skip


def test_plain_compares_words_only() -> None:
    assert plain("It’s  HERE — now!") == "it's here now"
    assert symptoms()
