"""The one table of the genomics bars: what it asks for, its order, its verdicts, and how absence is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.bench.genomics import __main__ as table_main
from evals.bench.genomics.peers import ACCURACY, JACCARD, TOOLS, accuracy_table, in_words, jaccard
from evals.bench.genomics.row import Row
from evals.bench.genomics.table import PARTS, UNMEASURED, Part, beside_peers, markdown, ordered, wanted

ROWS = (
    Row("10", "a code", "Jaccard > 0.78", "0.9 | x", True, beside=("PVS1", 0.9)),
    Row("+", "beside", "–", "1", None),
    Row("7a", "cases", "22 / 22", "21 / 22", False),
    Row("2c", "names", "–", "2", None),
    Row("5", "engine", ">= .68", "0.6", False, beside=("fed with numbers", 0.6)),
)


@pytest.mark.parametrize(
    ("number", "only", "expected"),
    [
        ("7a", ("7",), True),
        ("7a+", ("7a",), True),
        ("10", ("1",), False),
        ("5b", ("5",), True),
        ("5", ("5b",), False),
        ("+", ("+",), True),
        ("9", (), True),
    ],
)
def test_numbers_are_asked_for_with_their_parts(number: str, only: tuple[str, ...], expected: bool) -> None:
    assert wanted(number, only) is expected


def test_rows_come_in_the_order_of_the_specification() -> None:
    assert [row.number for row in ordered(ROWS)] == ["2c", "5", "7a", "10", "+"]


def test_the_table_tells_met_missed_and_neither_and_no_cell_breaks_it() -> None:
    lines = list(markdown(ordered(ROWS)))
    assert all(line.count("|") == 8 for line in lines[:7])
    assert "**missed**" in lines[4]
    assert lines[-1] == "1 met, 2 missed, 2 without a bar or not measured."


def test_peers_stand_beside_ours() -> None:
    text = "\n".join(beside_peers(ROWS))
    assert "| PVS1 | .449 | .449 | .516 | .684 | .783 | .835 | .90 |" in text
    assert "**ours**, fed with numbers | 0.600" in text
    assert list(beside_peers(ROWS[1:4])) == []
    shares = [float(line.split("|")[2]) for line in list(accuracy_table([("x", 0.5)]))[2:]]
    assert shares == sorted(shares, reverse=True)
    assert len(shares) == len(ACCURACY) + 1


def test_the_published_figures_are_whole() -> None:
    assert all(len(values) == len(TOOLS) for values in JACCARD.values())
    assert jaccard("BP7", "BIAS") == 0.56
    assert jaccard("PM1", "BIAS") is None
    assert in_words("PM5") == "InterVar .10, Franklin .35, BIAS .20, GeneBe .67"


def test_every_module_of_the_folder_is_a_part_of_the_table() -> None:
    folder = Path(table_main.__file__).parent
    measuring = {path.stem for path in folder.glob("*.py") if "def rows(" in path.read_text(encoding="utf-8")}
    assert measuring == {part.module for part in PARTS}


def test_what_could_not_be_measured_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = tmp_path / "rows.json"
    assert table_main.main([str(tmp_path), "--only", "6,7f", "--json", str(told)]) == 0
    page = capsys.readouterr().out
    assert all("not measured" in row.ours for row in UNMEASURED)
    assert UNMEASURED[1].ours in page
    assert "pharmcat, pharmcat-2.12.0 is not here" in page
    held = json.loads(told.read_text())
    assert [row["number"] for row in held["rows"]] == ["6", "7f"]
    assert all(row["met"] is None for row in held["rows"])


def test_a_module_measures_in_a_process_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert table_main.main([str(tmp_path), "--only", "+"]) == 0
    assert "starter facts that answer without a pack" in capsys.readouterr().out


def test_a_module_that_fails_is_told_and_costs_the_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(table_main, "PARTS", (Part("pgx", ("7a",)),))
    assert table_main.main([str(tmp_path), "--only", "7a"]) == 1
    assert "failed: " in capsys.readouterr().out
