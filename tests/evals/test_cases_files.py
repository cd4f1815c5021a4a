"""Case files: what is written is read again, what is too large or strange is refused by its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.cases import files
from evals.cases.case import Presented, Said
from evals.cases.files import BadFile, line, parsed, read, write
from evals.cases.make import base_case, cases


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    made = [*cases(25, 3), *cases(10, 3, role="clinician")]
    place = tmp_path / "cases.jsonl"
    assert write(place, made) == 35
    assert list(read(place)) == made
    assert [line(case) for case in read(place)] == place.read_text(encoding="utf-8").splitlines()
    assert not list(tmp_path.glob("*.part"))


def test_a_line_break_of_another_alphabet_does_not_cut_a_case(tmp_path: Path) -> None:
    case = base_case(3, 1)
    said = Presented(id=case.id, role="patient", turns=(Said(text="one\u2028two\u0085three\nfour"),))
    place = tmp_path / "cases.jsonl"
    write(place, [case.model_copy(update={"presented": said})])
    assert [one.presented.turns[0].text for one in read(place)] == ["one\u2028two\u0085three\nfour"]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("{", "not a JSON object"),
        ("[1]", "not a JSON object"),
        ("[" * 100_000, "not a JSON object"),
        ("{}", "schema version none; this program reads version 1"),
        ('{"schema_version": 2}', "schema version 2; this program reads version 1"),
        ('{"schema_version": 1}', "Field required"),
    ],
    ids=["torn", "list", "deep", "no version", "other version", "empty"],
)
def test_strange_lines_are_refused(row: str, says: str, tmp_path: Path) -> None:
    place = tmp_path / "cases.jsonl"
    place.write_text(line(base_case(1, 1)) + "\n" + row + "\n", encoding="utf-8")
    with pytest.raises(BadFile, match=says) as wrong:
        list(read(place))
    assert "line 2" in str(wrong.value)


def test_unknown_fields_are_refused() -> None:
    row = json.loads(line(base_case(1, 1)))
    row["colour"] = "red"
    with pytest.raises(BadFile, match="colour"):
        parsed(json.dumps(row))


def test_a_case_over_the_limit_is_neither_written_nor_read(tmp_path: Path) -> None:
    case = base_case(1, 1)
    huge = case.model_copy(
        update={"presented": Presented(id=case.id, role="patient", turns=(Said(text="x" * files.LINE),))}
    )
    place = tmp_path / "cases.jsonl"
    with pytest.raises(BadFile, match="more than 256 KB"):
        write(place, [huge])
    assert not list(tmp_path.iterdir())
    place.write_text(line(huge) + "\n", encoding="utf-8")
    with pytest.raises(BadFile, match="line 1: the case has more than 256 KB"):
        list(read(place))


def test_too_many_cases_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "cases.jsonl"
    write(place, cases(5, 1))
    monkeypatch.setattr(files, "CASES", 4)
    with pytest.raises(BadFile, match="more than 4 cases"):
        list(read(place))
    with pytest.raises(BadFile, match="more than 4 cases"):
        write(tmp_path / "other.jsonl", cases(5, 1))
