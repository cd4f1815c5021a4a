"""The command line: what it makes, how it refuses, and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evals.cli import app
from evals.run import store

ROOT = Path(__file__).resolve().parents[2]


def told(*words: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, list(words))
    return found.exit_code, found.output


def test_a_bare_call_shows_the_verbs() -> None:
    code, output = told()
    assert code == 0
    for verb in ("cases", "run", "report", "compare", "check", "import", "review-sheet"):
        assert verb in output


def test_the_command_line_is_light_to_load() -> None:
    heavy = ("numpy", "torch", "langchain", "chromadb", "scipy", "ray", "pydantic", "assistant.ask")
    program = f"import sys, evals.cli; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_cases_are_the_same_bytes_and_check(tmp_path: Path) -> None:
    for name in ("one", "two"):
        code, _ = told("cases", "--n", "12", "--seed", "5", "-o", str(tmp_path / name))
        assert code == 0
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert len((tmp_path / "one").read_bytes().splitlines()) == 12
    code, output = told("check", str(tmp_path / "one"))
    assert (code, "12 cases, 0 with a problem" in output) == (0, True), output


def test_a_case_that_does_not_check_is_named(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    told("cases", "--n", "3", "-o", str(file))
    first, *rest = file.read_text().splitlines()
    broken = json.loads(first)
    for because in broken["gold"]["because"]:
        for link in because["links"]:
            link["holds"] = "= something else"
    file.write_text("\n".join([json.dumps(broken), *rest]) + "\n")
    code, output = told("check", str(file))
    assert code == 2
    assert broken["id"] in output


def test_a_run_reports_and_compares_with_its_exit_codes(tmp_path: Path) -> None:
    lazy, silent, other = (tmp_path / name for name in ("lazy", "silent", "other"))
    vitals = ("--suite", "vitals", "--n", "30", "--workers", "1")
    assert told(*vitals, "--subject", "trivial/emergency", "--out", str(lazy))[0] in (0, 3)
    for name in ("results.json", "report.html", "junit.xml", "run.json", "cases.jsonl", "traces.jsonl"):
        assert (lazy / name).stat().st_size > 0
    assert store.manifest(lazy).suites[0].subjects[0] == "trivial/emergency"
    assert told("run", *vitals, "--subject", "trivial/silent", "--out", str(silent))[0] == 0
    assert told("run", *vitals, "--seed", "8", "--subject", "trivial/silent", "--out", str(other))[0] == 0
    code, output = told("compare", str(lazy), str(silent))
    assert code == 3, output
    assert "under" in output
    assert told("compare", str(lazy), str(lazy))[0] == 0
    assert told("compare", str(lazy), str(other))[0] == 4


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("run",), "Name a --profile"),
        (("run", "--profile", "huge"), "smoke, standard, full"),
        (("run", "--suite", "nothing"), "There is no suite"),
        (("run", "--suite", "vitals", "--profile", "smoke"), "not both"),
        (("run", "--suite", "vitals", "--subject", "nobody"), "There is no subject"),
        (
            ("run", "--suite", "vitals", "--engine", "steam", "--subject", "trivial/silent"),
            "There is no engine",
        ),
        (("report", "nowhere"), "holds no run"),
        (("check", "nowhere.jsonl"), ""),
    ],
    ids=["nothing", "profile", "suite", "both", "subject", "engine", "report", "check"],
)
def test_bad_input_ends_with_one_line_and_code_2(
    words: tuple[str, ...], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("evals.cli.run.ROOT", tmp_path)
    code, output = told(*words)
    assert code == 2
    assert why in output
    assert "Traceback" not in output
