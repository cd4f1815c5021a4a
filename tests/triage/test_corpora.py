"""False alarms on real questions: MedQuAD must be silent, routine visits are counted. Needs the shared data."""

import csv
import gzip
import json
import os
from pathlib import Path

import pytest

from tools.triage.engine import assess
from tools.triage.levels import Level

SHARED = Path(os.environ.get("CONSILIUM_SHARED", Path(__file__).resolve().parents[2] / "../shared"))
MEDQUAD = SHARED / "data" / "medquad" / "medquad_answers.jsonl.gz"
ACI = SHARED / "data" / "aci_bench"


@pytest.mark.slow
@pytest.mark.skipif(not MEDQUAD.is_file(), reason="MedQuAD is not held: set CONSILIUM_SHARED")
def test_informational_questions_fire_nothing() -> None:
    with gzip.open(MEDQUAD, "rt", encoding="utf-8") as lines:
        questions = sorted({json.loads(line)["question"] for line in lines})
    assert len(questions) == 14_979
    loud = [question for question in questions if assess(question).level is not None]
    assert len(loud) <= 5, loud


@pytest.mark.slow
@pytest.mark.skipif(not ACI.is_dir(), reason="ACI-Bench is not held: set CONSILIUM_SHARED")
def test_patient_turns_of_visits_are_read_without_error() -> None:
    """No ceiling: many of these visits do tell of chest pain or a stroke; the rate is printed for the reader."""
    fired = visits = 0
    for name in ("train.csv.gz", "valid.csv.gz"):
        with gzip.open(ACI / name, "rt", encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                turns = [line for line in row["dialogue"].splitlines() if line.startswith("[patient]")]
                visits += 1
                fired += (
                    assess(" ".join(turn.removeprefix("[patient]") for turn in turns)).level
                    is Level.EMERGENCY
                )
    print(f"emergency rules fire in {fired} of {visits} visits")
    assert visits == 87
