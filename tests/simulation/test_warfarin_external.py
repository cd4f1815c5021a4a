"""Doses against the IWPC patients: the specification's table to a tenth, on shared data; the reading on made data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evals.bench.treatment.warfarin import Treated
from evals.discovery import warfarin_tables
from evals.discovery.warfarin_external import (
    DATA,
    age_of,
    bars,
    covered,
    genotyped,
    interval,
    measured,
    predictions,
)
from tools.calculators.warfarin import Person
from tools.simulation.compare import MEASURED


def treated(dose: float, cyp2c9: str = "*1/*1", vkorc1: str = "G/G", decades: int = 6) -> Treated:
    return Treated(Person(decades, 170, 75, "White", vkorc1, cyp2c9, False, False), dose)


def test_without_the_patients_the_row_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warfarin_tables, "bars", lambda: iter(()))
    for data in (None, tmp_path):
        (row,) = bars(data)
        assert row.met is None
        assert "not run" in row.ours


def test_the_tables_need_no_patients(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warfarin_tables, "PEOPLE", 200)
    monkeypatch.setattr(warfarin_tables, "TABLE", warfarin_tables.TABLE[:1])
    assert [one.met for one in bars(None)] == [True, True, None]
    wrong = warfarin_tables.TABLE[0]._replace(doses=(5.99, 8.32, 7.9), inr=(2.4, 1.6, 3.9))
    monkeypatch.setattr(warfarin_tables, "TABLE", (wrong,))
    assert [one.met for one in bars(None)] == [False, False, None]


def test_what_is_measured() -> None:
    within, error, ratio = measured(np.array([30.0, 40.0, 50.0]), np.array([35.0, 30.0, 50.0]))
    assert within == pytest.approx(200 / 3)
    assert error == pytest.approx(5)
    assert ratio == 1


def test_predictions_are_those_of_the_models() -> None:
    found = predictions([treated(35), treated(35, "*3/*3", "A/A")])
    assert found["Hamberg 2007"] / 7 == pytest.approx([8.32, 0.59], abs=0.005)
    assert found["Hamberg 2010"] / 7 == pytest.approx([7.97, 0.91], abs=0.005)
    assert found["IWPC pharmacogenetic"][0] / 7 == pytest.approx(5.99, abs=0.005)
    assert list(found["fixed 35 mg a week"]) == [35, 35]


def test_the_interval_holds_the_typical_dose_and_not_its_multiple() -> None:
    low, high = interval("*1/*1", "GG", 65)
    assert low < 8.32 * 7 < high
    inside = covered([treated(8.32 * 7), treated(3 * high)], np.array([8.32 * 7, 3 * high]))
    assert inside.tolist() == [True, False]


def test_the_open_band_of_age_counts_as_ninety_five() -> None:
    assert age_of(treated(35, decades=9)) == 95


@pytest.mark.slow
def test_the_specifications_table(shared: Path) -> None:
    if not (shared / DATA).is_dir():
        pytest.skip(f"{DATA} is not in the development data")
    patients = genotyped(shared)
    assert len(patients) == 4180
    stable = np.array([one.dose for one in patients])
    for name, predicted in predictions(patients).items():
        within, error, ratio = measured(predicted, stable)
        assert within == pytest.approx(MEASURED[name].within, abs=0.1), name
        assert error == pytest.approx(MEASURED[name].error, abs=0.05), name
        assert ratio == pytest.approx(MEASURED[name].ratio, abs=0.01), name
    rows = bars(shared)
    assert all(row.met is not False for row in rows)
    assert covered(patients, stable).mean() == pytest.approx(0.912, abs=0.01)
