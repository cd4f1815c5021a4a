"""The one table: rows as they come, a set that is not there, a suite that fails, and what is kept on the way."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import pytest

from imaging import suites
from imaging.commands.circumstances import circumstances, sets
from imaging.commands.measuring import measured, rows, whole_runs
from imaging.commands.suite_process import command
from imaging.image import ModelMissing
from imaging.report import markdown
from imaging.report.evaluation import COLUMNS, Evaluation, SuiteRun, cells
from imaging.report.html import as_html
from imaging.report.measured import evaluation_report
from imaging.suites import SUITES, Suite
from imaging.suites.row import Given, Row

GOOD = Row(bar=4, measure="accepted", target=">= 99 %", ours="99.5 % (n 8)", met=True, beside="router")
BAD = Row(bar=5, measure="refused", target=">= 98 %", ours="90.0 % (n 8)", met=False, note="a | b\nc")
FLOOR = Row(measure="mean intensity", ours="0.61 (n 8)")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A suite of this test's own, under the name "made"."""
    module = ModuleType("imaging.suites.made")
    monkeypatch.setitem(sys.modules, "imaging.suites.made", module)
    suite = Suite(module="made", bars=(4, 5), title="Made for a test", minutes=1)
    monkeypatch.setattr(suites, "SUITES", {**SUITES, "made": suite})
    monkeypatch.setattr("imaging.commands.measuring.SUITES", suites.SUITES)
    return module


def given(folder: Path, every: int = 1) -> Given:
    return Given(data=folder / "data", work=folder / "work", every=every)


def printing(*lines: str, ends: str = "") -> list[str]:
    """The command line of a process that prints these lines and then does what ``ends`` says."""
    return [sys.executable, "-c", f"print({chr(10).join(lines)!r}, flush=True)\n{ends}"]


def as_lines(*found: Row) -> Sequence[str]:
    return [row.model_dump_json() for row in found]


def test_every_bar_of_the_specification_belongs_to_one_suite() -> None:
    named = [bar for suite in SUITES.values() for bar in suite.bars]
    assert sorted(named) == list(range(1, 21))


def test_a_set_that_is_not_there_becomes_a_row_for_each_bar_that_has_none(
    made: ModuleType, tmp_path: Path
) -> None:
    def half(_: Given) -> Iterator[Row]:
        yield GOOD
        raise FileNotFoundError("eye4_256 is not in the folder")

    made.rows = half  # type: ignore[attr-defined]
    found = list(rows("made", given(tmp_path)))
    assert found[0] == GOOD
    assert [(row.bar, row.met) for row in found[1:]] == [(5, None)]
    assert "not measured: eye4_256" in found[1].ours


@pytest.mark.parametrize("name", [name for name in SUITES if name not in ("files", "reading")])
def test_each_suite_without_its_sets_gives_a_row_for_each_bar_and_says_what_is_missing(
    name: str, tmp_path: Path
) -> None:
    found = list(rows(name, given(tmp_path)))
    assert {row.bar for row in found if row.bar} == set(SUITES[name].bars)
    assert all(row.met is None for row in found if row.bar)
    assert any("is not in" in row.ours or "not " in row.ours for row in found)
    assert not any(str(tmp_path / "data") in row.ours for row in found)


def test_a_model_that_is_not_held_is_a_row_and_not_the_end(made: ModuleType, tmp_path: Path) -> None:
    def none(_: Given) -> Iterator[Row]:
        raise ModelMissing("no net is held: consilium image train vessels")
        yield GOOD

    made.rows = none  # type: ignore[attr-defined]
    assert [row.bar for row in rows("made", given(tmp_path))] == [4, 5]


def test_a_suite_that_fails_does_not_end_the_others_and_says_its_last_line(tmp_path: Path) -> None:
    lines = {
        "gates": printing(*as_lines(GOOD), "a library's own words", ends="raise SystemExit('it broke')"),
        "quality": printing(*as_lines(BAD)),
    }
    told: list[str] = []
    kept = tmp_path / "kept" / "all.json"
    found = measured(("gates", "quality"), given(tmp_path), kept, told.append, by=lambda name, _: lines[name])
    assert [one.rows for one in found.suites] == [(GOOD,), (BAD,)]
    assert "it broke" in found.suites[0].stopped
    assert not found.suites[1].stopped
    assert (found.stopped, found.missed, found.whole) == (1, 1, True)
    assert any("accepted" in line for line in told)
    assert not any("library" in line for line in told)
    assert Evaluation.model_validate_json(kept.read_text(encoding="utf-8")) == found


def test_a_run_that_is_cut_off_has_left_its_rows(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"

    def until_second(words: str) -> None:
        if "refused" in words:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measured(
            ("gates",), given(tmp_path), kept, until_second, by=lambda *_: printing(*as_lines(GOOD, BAD))
        )
    left = Evaluation.model_validate_json(kept.read_text(encoding="utf-8"))
    assert left.rows == (GOOD,)
    assert not left.whole


def test_the_command_of_a_suite_says_where_and_how_much(tmp_path: Path) -> None:
    line = command("gates", Given(data=tmp_path, work=tmp_path, every=20, train=True))
    assert line[1:6] == ["-m", "imaging", "evaluate", "gates", "--lines"]
    assert line[-3:] == ["--every", "20", "--train"]


def test_a_row_keeps_its_columns_whatever_stands_in_it() -> None:
    assert len(cells(BAD)) == len(COLUMNS)
    bars = [
        line.replace("\\|", "").count("|")
        for line in (*markdown.head(), *map(markdown.line, (GOOD, BAD, FLOOR)))
    ]
    assert set(bars) == {len(COLUMNS) + 1}
    assert "\n" not in markdown.line(BAD)


def evaluation(folder: Path, every: int = 1, *found: Row) -> Evaluation:
    run = SuiteRun(suite="gates", title="Gates", rows=found or (GOOD, BAD, FLOOR), seconds=2)
    return circumstances(given(folder, every)).model_copy(update={"suites": (run,)})


def test_the_summary_counts_what_is_met_missed_and_open(tmp_path: Path) -> None:
    open_ = Row(bar=1, measure="vessels", target=">= .975", ours="not trained: consilium image train vessels")
    assert evaluation(tmp_path, 1, GOOD, BAD, FLOOR, open_).summary == (
        "Rows with a bar: 1 met, 1 missed, 1 not decided."
    )


def test_a_quick_look_is_called_one(tmp_path: Path) -> None:
    assert "quick look" in evaluation(tmp_path, 20).summary
    assert "quick look" not in evaluation(tmp_path).summary


def test_the_report_holds_every_row_and_what_it_was_measured_with(tmp_path: Path) -> None:
    page = as_html(evaluation_report(evaluation(tmp_path)))
    for row in (GOOD, BAD, FLOOR):
        assert row.measure in page
    assert page.count('class="met"') == page.count('class="missed"') == 1
    assert "version of torch" in page


def test_a_set_is_told_by_names_and_sizes_of_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "drive"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"12")
    (first,) = sets(tmp_path)
    (folder / "a.png").write_bytes(b"123")
    (second,) = sets(tmp_path)
    assert (first.name, first.files, first.bytes) == ("drive", 1, 2)
    assert first.sha256_of_names_and_sizes != second.sha256_of_names_and_sizes


def test_an_evaluation_is_one_json_document_without_the_machines_name(tmp_path: Path) -> None:
    import platform

    told = evaluation(tmp_path).model_dump_json()
    assert json.loads(told)["suites"][0]["rows"][0]["met"] is True
    assert f'"{platform.node()}"' not in told


def test_what_was_measured_whole_is_not_run_again_and_what_failed_is(tmp_path: Path) -> None:
    lines = {
        "gates": printing(*as_lines(GOOD)),
        "quality": printing(*as_lines(BAD), ends="raise SystemExit('no')"),
    }
    kept = tmp_path / "all.json"
    measured(tuple(lines), given(tmp_path), kept, lambda words: None, by=lambda name, _: lines[name])
    known = whole_runs(tmp_path, every=1)
    assert list(known) == ["gates"]
    assert whole_runs(tmp_path, every=20) == {}
    again: list[str] = []

    def started(name: str, _: Given) -> Sequence[str]:
        again.append(name)
        return printing(*as_lines(FLOOR))

    found = measured(tuple(lines), given(tmp_path), kept, lambda words: None, by=started, known=known)
    assert again == ["quality"]
    assert found.rows == (GOOD, FLOOR)


def test_a_document_gets_its_table_between_the_marks_and_keeps_the_rest(tmp_path: Path) -> None:
    document = f"before\n{markdown.BEGIN}\nold\n{markdown.END}\nafter\n"
    once = markdown.into(document, evaluation(tmp_path))
    assert once.startswith("before\n")
    assert once.endswith("\nafter\n")
    assert "old" not in once
    assert "**missed**" in once
    assert "mean intensity" not in once
    assert "| **missed** | a \\| b c |" in once
    assert markdown.into(once, evaluation(tmp_path)) == once
    with pytest.raises(ValueError, match="exactly one"):
        markdown.into("no place", evaluation(tmp_path))
