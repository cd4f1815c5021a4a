"""The reviewer's sheet holds every rule, with its source and its mark, and carries no script."""

import csv
import io

from tools.triage import sheet
from tools.triage.rules import rules


def test_every_rule_stands_on_the_page_and_in_the_table() -> None:
    page, table = sheet.as_html(), list(csv.DictReader(io.StringIO(sheet.as_csv())))
    assert [row["rule"] for row in table] == [rule.id for rule in rules().all]
    for rule in rules().all:
        assert f"<article id={rule.id}>" in page
        assert sheet.version(rule) in page
    assert "<script" not in page
    assert page.count("unverified</b>") == sum(not rule.seen for rule in rules().all)


def test_a_condition_in_words() -> None:
    tree = {"all": ["fever", {"any": ["stiff_neck", "drug.anticoagulant"]}, {"none": ["age_years < 3"]}]}
    assert (
        sheet.criterion(tree)
        == "all of (fever; any of (stiff neck; takes: anticoagulant); none of (age years < 3))"
    )
    assert sheet.criterion({"at_least": {"n": 2, "of": ["a", "b"]}}) == "at least 2 of (a; b)"


def test_the_version_changes_with_the_rule() -> None:
    rule = rules().by_id["stroke_signs"]
    assert sheet.version(rule) != sheet.version(rule.model_copy(update={"do": "go_now"}))
    assert sheet.version(rule) == sheet.version(rule.model_copy(update={"fires": ("a", "b", "c")}))
