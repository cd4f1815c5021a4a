"""The rule files keep their rules, and their values stand in the rows that they name."""

from __future__ import annotations

import csv
import gzip
import re
from pathlib import Path

import pytest
import yaml

from genomics.acmg.gene_rules import (
    FOLDER,
    GeneRules,
    Limit,
    RuleError,
    check,
    genes,
    load,
    rules_for,
    stated,
)

ROW = ["8c50af60-fe53-4c9b-b60a-3735d21c8645"]
GOOD: dict[str, object] = {
    "gene": "ABC1",
    "panel": "Made VCEP",
    "checked": "2026-11-22",
    "status": "draft",
    "pm2": {"at": 0.001, "seen": ROW},
}


def written(folder: Path, **change: object) -> Path:
    (folder / "ABC1.yaml").write_text(yaml.safe_dump(GOOD | change))
    return folder


def test_the_shipped_rules_are_sound() -> None:
    assert check().startswith("gene rules: ")
    assert {"RUNX1", "TP53", "GAA", "ITGA2B", "ITGB3", "RYR1", "ACADVL", "FBN1", "RPE65", "GAMT"} <= set(
        genes()
    )
    assert all(rules_for(gene).status == "draft" for gene in genes())


def test_a_gene_without_a_file_has_the_default_rules_and_says_so() -> None:
    rules = rules_for("nosuch1")
    assert rules.is_default
    assert "default thresholds" in rules.version
    assert not list(stated(rules))


def test_the_version_names_panel_date_and_draft() -> None:
    told = rules_for("gaa").version
    assert all(word in told for word in ("Lysosomal", "GN010", "2024-04-05", "2026-11-22", "draft"))


def test_malignant_hyperthermia_has_no_pvs1_and_no_pm2() -> None:
    rules = rules_for("RYR1")
    assert "PVS1" in rules.not_used("PVS1")
    assert rules.not_used("PM2")
    assert not rules.not_used("PS3")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"pm2": {"at": 0.001, "seen": []}}, "seen"),
        ({"pm2": {"at": 0.001}}, "seen"),
        ({"pm2": {"at": 1.5, "seen": ROW}}, "less than 1"),
        ({"pm2": {"at": 0.001, "seen": ["row 7"]}}, "pattern"),
        ({"checked": None}, "date it was checked"),
        ({"unused": {"PP5": {"reason": "retired"}}}, "no code"),
        (
            {"pm1": [{"first": 9, "last": 3, "strength": "moderate", "seen": ROW}]},
            "first to its last",
        ),
        ({"inherited": "AD"}, "Extra inputs"),
        ({"gene": "XYZ2"}, "speaks of XYZ2"),
    ],
)
def test_a_broken_file_is_rejected_with_its_name(
    tmp_path: Path, change: dict[str, object], told: str
) -> None:
    with pytest.raises(RuleError, match=r"ABC1\.yaml") as refused:
        load(written(tmp_path, **change))
    assert told in str(refused.value)


def test_a_sound_file_loads_and_no_yaml_is_named(tmp_path: Path) -> None:
    assert load(written(tmp_path))["ABC1"].pm2 == Limit(at=0.001, seen=tuple(ROW))
    (tmp_path / "BAD.yaml").write_text("a: [")
    with pytest.raises(RuleError, match=r"BAD\.yaml"):
        check(tmp_path)


def test_evidence_of_a_value_names_its_row() -> None:
    rules = rules_for("GAA")
    assert rules.ba1 is not None
    evidence = rules.evidence(rules.ba1, "BA1 above 0.01")
    assert rules.ba1.seen[0] in evidence.locator
    assert "draft" in evidence.source.marks


@pytest.fixture(scope="module")
def summaries(shared: Path) -> dict[str, str]:
    path = shared / "clingen-erepo-dev" / "erepo.tsv.gz"
    if not path.is_file():
        pytest.skip("the rows of the ClinGen Evidence Repository are not on this machine")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        return {
            row["Uuid"]: row["Summary of interpretation"] for row in csv.DictReader(stream, delimiter="\t")
        }


def test_every_row_named_exists(summaries: dict[str, str]) -> None:
    named = {row for gene in genes() for value in stated(rules_for(gene)) for row in value.seen}
    assert named <= set(summaries)


@pytest.mark.parametrize("gene", [path.stem for path in sorted(FOLDER.glob("*.yaml"))])
def test_every_limit_and_cut_off_stands_in_a_row_it_names(gene: str, summaries: dict[str, str]) -> None:
    rules = rules_for(gene)
    for name in ("pm2", "ba1", "bs1", "bs1_supporting"):
        limit = getattr(rules, name)
        if limit is not None:
            assert any(_holds(summaries[row], limit.at) for row in limit.seen), (gene, name)
    if rules.predictor:
        for cut in (*rules.predictor.pp3, *rules.predictor.bp4):
            assert any(_holds(summaries[row], cut.bound) for row in rules.predictor.seen), (gene, cut)


def _holds(summary: str, value: float) -> bool:
    """True if a text states a number, as a share, as a percentage or as one in so many."""
    plain = summary.replace("1/10,000", "0.0001")
    numbers = [
        (float(number), unit) for number, unit in re.findall(r"(?<!\d)(\d?\.\d+|\d{1,2})\s?(%?)", plain)
    ]
    return any(abs((number / 100 if unit else number) - value) <= 1e-9 for number, unit in numbers)


def test_the_hot_spots_of_ryr1_fit_every_missense_row_of_it(shared: Path, summaries: dict[str, str]) -> None:
    """No row with PM1 lies outside the two moderate regions, and no row within them lacks it."""
    spots = [spot for spot in rules_for("RYR1").pm1 if spot.strength == "moderate"]
    with gzip.open(
        shared / "clingen-erepo-dev" / "erepo.tsv.gz", "rt", encoding="utf-8", newline=""
    ) as stream:
        rows = [row for row in csv.DictReader(stream, delimiter="\t") if row["HGNC Gene Symbol"] == "RYR1"]
    seen = 0
    for row in rows:
        found = re.search(r"p\.[A-Z][a-z]{2}(\d+)[A-Z][a-z]{2}(?![a-z\d])", row["Variation"])
        codes = {code.strip() for code in row["Applied Evidence Codes (Met)"].split(",")}
        if not found or "PM1_Supporting" in codes:
            continue
        inside = any(spot.first <= int(found[1]) <= spot.last for spot in spots)
        seen += inside
        assert inside == ("PM1" in codes), row["Variation"]
    assert seen > 90


def test_rules_are_frozen() -> None:
    assert GeneRules.model_config["frozen"]
