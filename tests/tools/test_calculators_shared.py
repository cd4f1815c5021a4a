"""Against the worked examples of MedCalc-Bench and the patients of the warfarin consortium, where they are held."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.bench.treatment.medcalc import ODDITIES, examples
from evals.bench.treatment.warfarin import (
    BARS,
    MODELS,
    Treated,
    coverage,
    fit,
    groups,
    halves,
    spread,
    treated,
)
from retrieval.evidence import Outcome
from tools.calculators.warfarin import BLACK, CLINICAL_SPREAD, FEWER, PGX_SPREAD


@pytest.fixture(scope="module")
def patients(shared: Path) -> tuple[Treated, ...]:
    return treated(shared)


def test_every_worked_example_is_within_its_limits_or_has_a_reason(shared: Path) -> None:
    rows = list(examples(shared))
    assert len(rows) == 52
    assert [row.number for row in rows if not row.within] == ["49"]
    assert set(ODDITIES) <= {row.number for row in rows}
    assert next(row.outcome for row in rows if row.number == "49") is Outcome.NOT_COVERED


def test_the_warfarin_table(patients: tuple[Treated, ...]) -> None:
    """Share within 20 % and error as the specification has them; the groups are those of the paper's table."""
    table = groups(patients)
    assert len(patients) == 4302
    assert sum(one.person.vkorc1 is not None and one.person.cyp2c9 is not None for one in patients) == 4180
    found = {(group, model): fit(table[group], root) for group in table for model, root in MODELS.items()}
    shares = {key: share for key, (share, _) in BARS.items()}
    assert {key: 100 * found[key].within for key in shares} == pytest.approx(shares, abs=0.1)
    errors = {key: error for key, (_, error) in BARS.items() if error is not None}
    assert len(errors) == 3
    assert {key: found[key].error for key in errors} == pytest.approx(errors, abs=0.01)


@pytest.mark.parametrize(
    ("model", "shipped"), [("pharmacogenetic", PGX_SPREAD), ("clinical", CLINICAL_SPREAD)]
)
def test_the_interval_covers_patients_that_it_was_not_fitted_on(
    patients: tuple[Treated, ...], model: str, shipped: tuple[float, float]
) -> None:
    fitted, held_back = halves(patients)
    root = MODELS[model]
    assert coverage(held_back, root, spread(fitted, root)) == pytest.approx(0.90, abs=0.02)
    assert spread(patients, root) == pytest.approx(shipped, abs=0.03)


def test_what_the_tool_says_of_the_interval_is_what_was_measured(patients: tuple[Treated, ...]) -> None:
    fitted, held_back = halves(patients)
    members = [one for one in held_back if one.person.race == BLACK]
    for model in ("pharmacogenetic", "clinical"):
        root = MODELS[model]
        covered = coverage(members, root, spread(fitted, root))
        assert f"{100 * covered:.0f} % ({model})" in FEWER
    assert f"of {len(members)} patients" in FEWER
