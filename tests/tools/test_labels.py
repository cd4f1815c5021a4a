"""Labels: openFDA's files read, damaged ones refused; the index of newest versions; passages, choice and search."""

from __future__ import annotations

import gzip
import itertools
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.labels import records as reading
from tools.labels.choosing import choose, named_in
from tools.labels.index import Labels, prepare
from tools.labels.records import LabelFileError, records
from tools.labels.search import cut, search
from tools.labels.sections import SECTIONS, clean, named, passages, spoken_of

REACTIONS = (
    "6 ADVERSE REACTIONS The most common adverse reactions were diarrhea and nausea. Vomiting,flatulence and fever "
    "were reported. Lactic acidosis has been reported after marketing."
)
WARNINGS = "5 WARNINGS Lactic acidosis: stop at once. Hepatic impairment: avoid use in such patients."
DOSING = "2 DOSAGE Start with 500 mg twice a day and raise slowly."


def label(set_id: str = "11111111-aaaa", **more: Any) -> dict[str, Any]:
    """A record as openFDA gives it, made up."""
    names = {
        "brand_name": ["Madeupformin"],
        "generic_name": ["METFORMIN HYDROCHLORIDE"],
        "substance_name": ["METFORMIN HYDROCHLORIDE"],
        "manufacturer_name": ["Nobody Inc."],
        "product_type": ["HUMAN PRESCRIPTION DRUG"],
        "route": ["ORAL"],
    }
    made = {
        "set_id": set_id,
        "effective_time": "20230105",
        "adverse_reactions": [REACTIONS],
        "warnings_and_cautions": [WARNINGS],
        "dosage_and_administration": [DOSING],
        "adverse_reactions_table": ["<table><tr><td>1%</td></tr></table>"],
        "openfda": names | more.pop("openfda", {}),
    }
    return made | more


def written(path: Path, *made: object) -> Path:
    path.write_text(json.dumps({"meta": {"results": {"total": len(made)}}, "results": list(made)}, indent=2))
    return path


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Labels]:
    """Five labels: metformin twice, a combination, a topical and a systemic diclofenac."""
    oral = {
        "brand_name": ["Madeupfenac"],
        "generic_name": ["DICLOFENAC"],
        "substance_name": ["DICLOFENAC SODIUM"],
    }
    gel = {**oral, "brand_name": ["Madeupgel"], "route": ["TOPICAL"]}
    both = {
        "brand_name": ["Twoinone"],
        "generic_name": ["LISINOPRIL AND HYDROCHLOROTHIAZIDE"],
        "substance_name": ["LISINOPRIL", "HYDROCHLOROTHIAZIDE"],
    }
    file = written(
        tmp_path / "part.json",
        label(),
        label("22222222-aaaa", effective_time="20240201", openfda={"brand_name": ["Otherformin"]}),
        label("33333333-aaaa", openfda=both),
        label("44444444-aaaa", openfda=oral),
        label("55555555-aaaa", effective_time="20250101", openfda=gel),
    )
    assert prepare([file], tmp_path / "labels.sqlite") == 5
    held = Labels(tmp_path / "labels.sqlite")
    yield held
    held.close()


# reading


@pytest.mark.parametrize("packed", ["plain", "zip", "gz"])
def test_a_file_is_read_plain_zipped_and_gzipped(tmp_path: Path, packed: str) -> None:
    plain = written(tmp_path / "drug-label-0001-of-0001.json", label(), label("22222222-aaaa"))
    path = plain
    if packed == "zip":
        path = tmp_path / "one.json.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(plain, plain.name)
    if packed == "gz":
        path = tmp_path / "one.json.gz"
        path.write_bytes(gzip.compress(plain.read_bytes()))
    first, second = records(path)
    assert first is not None
    assert second is not None
    assert (first.set_id, first.dated, first.brands) == ("11111111-aaaa", "2023-01-05", ("Madeupformin",))
    assert list(first.sections) == ["dosage_and_administration", "warnings_and_cautions", "adverse_reactions"]


def test_a_record_longer_than_a_block_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BLOCK", 64)
    long = label(adverse_reactions=["nausea " * 500])
    told = list(records(written(tmp_path / "a.json", long, label("22222222-aaaa"))))
    assert [one and one.set_id for one in told] == ["11111111-aaaa", "22222222-aaaa"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"meta": {}, "results": [{"set_id": "x"', "no JSON"),
        ('{"meta": {}, "results": [{}, {}', "without closing"),
        ('{"meta": {}, "results": [{,}]}', "no JSON"),
        ('{"meta": {}}', "no openFDA file"),
        ("", "no openFDA file"),
        ('{"results": [' + "[" * 200_000, "record 1"),
    ],
)
def test_broken_json_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(text)
    with pytest.raises(LabelFileError, match=said):
        list(records(path))


def test_files_that_are_damaged_or_of_another_kind_are_refused(tmp_path: Path) -> None:
    whole = written(tmp_path / "a.json", label())
    cut_short = tmp_path / "a.json.gz"
    cut_short.write_bytes(gzip.compress(whole.read_bytes())[:-20])
    two = tmp_path / "two.zip"
    with zipfile.ZipFile(two, "w") as archive:
        archive.writestr("a.json", "{}")
        archive.writestr("b.json", "{}")
    latin = tmp_path / "latin.json"
    latin.write_bytes(b'{"results": [{"set_id": "\xe9\xe9"}]}')
    for path, said in ((cut_short, "cut short"), (two, "2 JSON files"), (latin, "no UTF-8")):
        with pytest.raises(LabelFileError, match=said):
            list(records(path))


def test_too_large_a_record_or_file_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "a.json", label(adverse_reactions=["x" * 5000]), label("22222222-aaaa"))
    monkeypatch.setattr(reading, "BLOCK", 256)
    monkeypatch.setattr(reading, "LONGEST_RECORD", 1000)
    with pytest.raises(LabelFileError, match="record 1"):
        list(records(path))
    monkeypatch.setattr(reading, "LONGEST_RECORD", 1 << 20)
    monkeypatch.setattr(reading, "LARGEST_FILE", 2000)
    with pytest.raises(LabelFileError, match="larger than"):
        list(records(path))


@pytest.mark.parametrize("date", ["NaN", float("nan"), "20231345", "2023-01-05", "", None, 20230105])
def test_a_label_without_a_day_of_the_calendar_is_left_out(tmp_path: Path, date: object) -> None:
    assert list(records(written(tmp_path / "a.json", label(effective_time=date)))) == [None]


@pytest.mark.parametrize(
    "odd",
    [7, None, [], {}, label(set_id="../../etc"), label(openfda={"substance_name": [], "generic_name": 3})],
)
def test_a_record_that_says_too_little_is_left_out_and_the_next_is_read(tmp_path: Path, odd: object) -> None:
    first, second = records(written(tmp_path / "a.json", odd, label()))
    assert first is None
    assert second is not None


def test_tags_and_control_characters_go_and_comparisons_stay() -> None:
    told = "<b>Rate</b> <5% if x<y and z>2\x00\x1b[31m\u202e, 10\u200b mg<script>alert(1)</script>"
    assert clean(told) == " Rate  <5% if x<y and z>2[31m, 10 mg alert(1) "


# the index


def test_of_two_versions_of_a_set_id_the_newer_is_held_in_either_order(tmp_path: Path) -> None:
    old, new = (
        label(adverse_reactions=["old words"]),
        label(effective_time="20240101", adverse_reactions=["new words"]),
    )
    for number, order in enumerate(([old, new], [new, old])):
        target = tmp_path / f"{number}.sqlite"
        assert prepare([written(tmp_path / "a.json", *order)], target) == 1
        held = Labels(target)
        [one] = held.of(["metformin"])
        assert held.sections(one)["adverse_reactions"] == "new words"
        held.close()


def test_parts_join_and_what_cannot_be_used_is_counted(tmp_path: Path) -> None:
    one = written(tmp_path / "a.json", label(), {"set_id": "bad"})
    two = written(tmp_path / "b.json", label("22222222-aaaa"))
    prepare([one, two], tmp_path / "labels.sqlite")
    held = Labels(tmp_path / "labels.sqlite")
    assert (held.about["labels"], held.about["unused"], held.about["files"]) == ("2", "1", "2")
    held.close()


def test_an_index_of_another_form_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        Labels(path)


def test_the_newest_label_of_an_ingredient_is_chosen_and_a_named_brand_before_it(shelf: Labels) -> None:
    newest = choose("metformin", shelf)
    assert newest.label is not None
    assert newest.label.set_id == "22222222-aaaa"
    assert newest.others == 1
    branded = choose("Madeupformin", shelf)
    assert branded.label is not None
    assert branded.label.set_id == "11111111-aaaa"


def test_a_combination_is_found_by_all_its_ingredients_only(shelf: Labels) -> None:
    both = choose("hydrochlorothiazide/lisinopril", shelf)
    assert both.label is not None
    assert both.label.brands == ("Twoinone",)
    alone = choose("lisinopril", shelf)
    assert alone.label is None
    assert alone.combined == (both.label.name,)


def test_the_route_decides_between_labels_of_one_ingredient(shelf: Labels) -> None:
    said = {drug: choose(drug, shelf).label for drug in ("diclofenac", "diclofenac gel")}
    assert [one and one.set_id for one in said.values()] == ["44444444-aaaa", "55555555-aaaa"]


def test_a_slip_or_a_name_inside_words_asks_and_an_unknown_name_finds_nothing(shelf: Labels) -> None:
    assert choose("metfromin", shelf).ask
    assert choose("the leaflet about metformin", shelf).ask == ("metformin",)
    assert choose("qwxyzzine", shelf) == choose("qwxyzzine zzz", shelf)
    assert choose("qwxyzzine", shelf).label is None
    assert not choose("qwxyzzine", shelf).ask


def test_one_drug_is_read_out_of_a_question_and_two_are_not() -> None:
    assert named_in("does metformin cause lactic acidosis?") == "metformin"
    assert named_in("metformin or warfarin?") == ""
    assert named_in("what causes it?") == ""


# passages and search


@given(st.text(alphabet=st.sampled_from("ab \n\t"), max_size=3000))
def test_passages_cover_every_word_and_overlap_by_thirty(text: str) -> None:
    spans = list(passages(text))
    words = text.split()
    cuts = [text[start:end].split() for start, end in spans]
    assert all(len(one) <= 120 for one in cuts)
    joined = cuts[0] + [word for one in cuts[1:] for word in one[30:]] if cuts else []
    assert joined == words
    assert all(one[-30:] == other[:30] for one, other in itertools.pairwise(cuts))


def test_sections_by_name_and_in_a_question() -> None:
    assert named("side effects") == {"adverse_reactions"}
    assert named("Boxed Warning") == named("boxed_warning") == {"boxed_warning"}
    assert named("colour of the box") == frozenset()
    assert "pregnancy" in spoken_of("may I take it when pregnant?")


def test_the_passage_that_says_it_comes_first_also_in_other_words() -> None:
    held = cut({"warnings_and_cautions": WARNINGS, "adverse_reactions": REACTIONS})
    assert search("hepatic impairment", held)[0].passage.section == "warnings_and_cautions"
    assert [hit.passage.section for hit in search("pyrexia", held)] == ["adverse_reactions"]
    assert [hit.passage.section for hit in search("flatulence", held)] == ["adverse_reactions"]
    assert search("pancreatitis", held) == ()
    assert search("metformin", held, besides=["metformin"]) == ()


def test_of_passages_alike_the_earlier_comes_first_and_sections_can_be_chosen() -> None:
    early, late = "nausea " + "word " * 100, "word " * 300 + "nausea"
    held = cut({"warnings": late, "adverse_reactions": early})
    assert search("nausea", held)[0].passage.section == "adverse_reactions"
    assert {hit.passage.section for hit in search("nausea", held, within={"warnings"})} == {"warnings"}


def test_offsets_point_into_the_section() -> None:
    text = " \n".join(f"w{number}" for number in range(500))
    for one in cut({"warnings": text}):
        assert text[one.span.start : one.span.end] == one.text


def test_every_section_has_a_name_that_asks_for_it() -> None:
    assert all(key in named(key) for key in SECTIONS)
