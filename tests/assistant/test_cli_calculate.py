"""``consilium calculate`` as a person runs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from tools.calculators.registry import calculators

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command in this process, with a data folder of its own and without its guard of the network."""
    from assistant.cli.app import app

    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    monkeypatch.setattr("assistant.egress.install", lambda hosts: None)
    monkeypatch.setattr("retrieval.packs._settings", {})
    monkeypatch.setenv("CONSILIUM_DATA_DIR", str(folder))
    return lambda *words: CliRunner().invoke(app, ["calculate", *words])


CLEARANCE = ("cockcroft_gault", "creatinine=1.8mg/dL", "age=72", "weight=70kg", "sex=female")


def test_a_value_comes_with_its_working_and_source(run: Run) -> None:
    done = run(*CLEARANCE, "weight_kind=actual")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("Creatinine clearance (Cockcroft–Gault): 31.2 mL/min")
    assert "(140 − 72) × 70 kg × 0.85 / (72 × 1.8 mg/dL) = 31.2191 mL/min" in done.stdout
    assert "https://doi.org/10.1159/000180580" in done.stdout


def test_the_same_as_json_is_the_tools_result(run: Run) -> None:
    done = run(*CLEARANCE, "weight_kind=actual", "--json")
    assert done.exit_code == 0
    result = json.loads(done.stdout)
    assert (result["tool"], result["outcome"]) == ("calculate", "found")
    assert result["inputs"]["inputs"]["age"] == {"value": 72.0, "unit": "years"}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (CLEARANCE, 3, "weight_kind (actual; ideal; adjusted; auto)"),
        (("ckd_epi_2021", "creatinine=1.8", "age=72", "sex=female"), 2, "use mg/dL, µmol/L"),
        (
            ("ckd_epi_2021", "creatinine=1800mg/dL", "age=72", "sex=female"),
            2,
            "not possible: 0.05 to 50 mg/dL",
        ),
        (("ckd_epi_2021", "creatinine=1,8mg/dL", "age=72", "sex=female"), 2, "creatinine"),
        (("ckd_epi_2021", "creatinine=1.8mg/dL", "age=72", "sex=f"), 2, "female; male"),
        (("ckd_epi_2021", "creatinine=1.8mg/dL", "age=7", "sex=female"), 4, "adults"),
        (("ckd_epi_2021", "creatinine"), 2, "field=value[unit]"),
        (("ckd_epi_2021", "age=72", "age=73"), 2, "given twice"),
        (("ckd_epi_2021", "shoe=9"), 2, "no input 'shoe'"),
        (("bmi", "weight=1e999kg", "height=170cm"), 2, "finite"),
        (("egfr", "age=72"), 2, "There is no calculator 'egfr'"),
    ],
)
def test_what_is_missing_or_wrong_ends_in_one_line(
    run: Run, words: tuple[str, ...], code: int, says: str
) -> None:
    done = run(*words)
    assert done.exit_code == code, done.stdout + done.stderr
    assert says in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_words_dates_and_answers_are_taken_as_they_stand(run: Run) -> None:
    done = run("due_date", "last_period=2026-02-24", "cycle_length=28days")
    assert done.exit_code == 0, done.stderr
    assert "2026-12-01" in done.stdout
    done = run("mme", "oxycodone=40mg/day", "fentanyl_patch=25mcg/h")
    assert "120" in done.stdout, done.stderr
    done = run("warfarin", "cyp2c9=*1/*3", "amiodarone=no")
    assert done.exit_code == 3
    assert "cyp2c9" not in done.stderr


def test_a_name_alone_prints_its_fields(run: Run) -> None:
    done = run("cockcroft_gault")
    assert done.exit_code == 0
    assert "creatinine                 serum creatinine: mg/dL or µmol/L; 0.05 to 50 mg/dL" in done.stdout
    assert "(may be left out)" in done.stdout
    fields = json.loads(run("cockcroft_gault", "--json").stdout)["fields"]
    assert [field["name"] for field in fields] == [
        field.name for field in calculators()["cockcroft_gault"].fields
    ]


def test_all_are_listed(run: Run) -> None:
    lines = run("--list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(calculators())
    listed = json.loads(run("--list", "--json").stdout)
    assert {one["name"]: one["title"] for one in listed} == {
        one.name: one.title for one in calculators().values()
    }
    assert run().stdout == run("--list").stdout
