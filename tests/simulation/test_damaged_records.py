"""A record that breaks its form: its model alone is left out, and whoever asks for it hears which, why and the mend."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import knowledge_check
from assistant.cli import simulate
from assistant.knowledge_check import checks, left_out
from retrieval.evidence import Outcome, ToolResult
from retrieval.patient import Known, Listed, Origin, OriginKind, Patient
from tools.damaged import LONGEST
from tools.registry import Context, call
from tools.simulation import cards, records
from tools.simulation.effects import table
from tools.simulation.records import damaged, damaged_of, models
from tools.treatment.simulated import TITLE

Harm = Callable[[str, Callable[[str], str]], Path]
SHIPPED = frozenset(models())
DAMAGES: dict[str, tuple[Callable[[str], str], str]] = {
    "nothing in it": (lambda text: "", "valid dictionary"),
    "cut short": (lambda text: text[: len(text) // 2] + '\n  "', "line "),
    "no YAML": (lambda text: f"{text}\n\t- [", "line "),
    "a field gone": (lambda text: text.replace("\nrange:", "\nranges:", 1), "range: Field required; 1 more"),
    "a source gone": (lambda text: text.replace("source: ", "source: no_", 1), "no such source"),
    "no clearance": (lambda text: re.sub(r"\n  cl:", "\n  q:", text, count=1), "no parameter cl, v2"),
    "another id": (lambda text: text.replace("id: ", "id: other_", 1), "must be named after it"),
}


@pytest.fixture
def harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Harm:
    """Change one record of a copy of the folder; the copy is then the folder that is read."""
    folder = tmp_path / "tools" / "knowledge" / "simulation"
    shutil.copytree(records.FOLDER, folder)

    def changed(name: str, change: Callable[[str], str]) -> Path:
        path = folder / f"{name}.yaml"
        before = path.read_text(encoding="utf-8")
        path.write_text(change(before), encoding="utf-8")
        assert path.read_text(encoding="utf-8") != before
        monkeypatch.setattr(records, "FOLDER", folder)
        cards._texts.cache_clear()
        return path

    yield changed
    cards._texts.cache_clear()


def simulated(drug: str, **more: object) -> ToolResult:
    return call("simulate_drug", {"drug": drug, "n": 20, "days": 3, **more})


@pytest.mark.parametrize("kind", DAMAGES)
def test_the_model_alone_is_left_out_and_the_reason_is_one_line(harm: Harm, kind: str) -> None:
    change, reason = DAMAGES[kind]
    harm("celecoxib", change)
    assert set(models()) == SHIPPED - {"celecoxib"}
    (lost,) = damaged().values()
    assert (lost.id, lost.drug) == ("celecoxib", "celecoxib")
    assert reason in lost.why
    assert "\n" not in lost.why
    assert len(lost.why) < LONGEST + 20


def test_bytes_that_are_no_text_and_a_folder_in_the_place_of_a_file(harm: Harm) -> None:
    path = harm("celecoxib", lambda text: f"{text}\n")
    path.write_bytes(b"\xff\xfe\x00")
    path.with_name("losartan.yaml").unlink()
    path.with_name("losartan.yaml").mkdir()
    assert damaged()["celecoxib"].why == "byte 0 is no text"
    assert damaged()["losartan"].why.startswith("it cannot be opened")
    assert set(models()) == SHIPPED - {"celecoxib", "losartan"}


def test_the_tool_says_which_record_why_and_the_mend_and_others_go_on(harm: Harm) -> None:
    harm("celecoxib", DAMAGES["a field gone"][0])
    for asked in ({}, {"model": "celecoxib"}):
        told = simulated("celecoxib", dose_mg=200, **asked)
        assert told.outcome is Outcome.UNAVAILABLE
        assert told.findings == ()
        assert told.note == (
            "The drug model celecoxib is left out: tools/knowledge/simulation/celecoxib.yaml is damaged "
            "(range: Field required; 1 more). Mend the file or put it back as it ships, and start again."
        )
        assert told.command == "consilium knowledge check"
    assert simulated("siponimod", dose_mg=2).outcome is Outcome.FOUND


def test_a_brand_name_of_the_drug_is_unavailable_and_not_merely_not_covered(harm: Harm) -> None:
    harm("celecoxib", DAMAGES["nothing in it"][0])
    assert simulated("Celebrex", dose_mg=200).outcome is Outcome.UNAVAILABLE


def test_no_other_model_takes_the_place_of_a_damaged_one_unasked(harm: Harm) -> None:
    harm("warfarin_2007", DAMAGES["no YAML"][0])
    assert [one.id for one in damaged_of("warfarin")] == ["warfarin_2007"]
    assert simulated("warfarin", dose_mg=5).outcome is Outcome.UNAVAILABLE
    named = simulated("warfarin", dose_mg=5, model="warfarin_2010")
    assert named.outcome is Outcome.FOUND
    compared = simulated("warfarin", dose_mg=5, model="warfarin_2010", compare=True)
    assert compared.outcome is Outcome.UNAVAILABLE
    assert "warfarin_2007.yaml" in compared.note


def test_a_later_model_of_the_drug_that_is_damaged_stops_no_run_of_the_first(harm: Harm) -> None:
    harm("warfarin_2010", DAMAGES["no YAML"][0])
    assert simulated("warfarin", dose_mg=5).outcome is Outcome.FOUND


def test_the_quotes_of_the_other_models_can_still_be_checked(harm: Harm) -> None:
    harm("celecoxib", DAMAGES["nothing in it"][0])
    key = next(iter(models()["siponimod"].sources))
    assert cards.text(f"model:siponimod:{key}")
    assert cards.text("model:celecoxib:label") is None


def test_the_tables_name_the_model_that_is_missing(harm: Harm, monkeypatch: pytest.MonkeyPatch) -> None:
    harm("celecoxib", DAMAGES["nothing in it"][0])
    monkeypatch.setattr("tools.simulation.effects.ratios", lambda model: ())
    _, missing = table()
    assert [one for one in missing if "celecoxib.yaml is damaged" in one]


def test_the_options_say_that_the_simulated_row_is_unavailable(harm: Harm) -> None:
    harm("warfarin_2007", DAMAGES["a field gone"][0])
    origin = Origin(kind=OriginKind.WORDS, where="said")
    patient = Patient(
        age_years=Known(value=72.0, unit="years", origin=origin),
        genotypes=Listed(items=(Known(value="CYP2C9 *1/*3", unit="", origin=origin),)),
    )
    told = call("treatment_options", {"indication": "AF anticoagulation"}, Context(patient=patient))
    assert told.outcome is Outcome.FOUND
    (shown,) = [one for one in told.tables if one.title == TITLE]
    (row,) = [row for row in shown.rows if row[0] == "warfarin"]
    assert row[1].startswith("Unavailable. The drug model warfarin_2007 is left out")


def test_the_list_on_the_command_line_says_what_is_left_out_beside_its_json(
    harm: Harm, capsys: pytest.CaptureFixture[str]
) -> None:
    harm("celecoxib", DAMAGES["nothing in it"][0])
    simulate._list(as_json=True)
    told = capsys.readouterr()
    assert {row["id"] for row in json.loads(told.out)} == SHIPPED - {"celecoxib"}
    assert told.err.count("celecoxib.yaml is damaged") == 1


def test_the_knowledge_check_fails_and_names_the_file(harm: Harm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        knowledge_check, "_PARTS", {"drug models": knowledge_check._simulation}
    )  # others take seconds
    harm("celecoxib", DAMAGES["a field gone"][0])
    (row,) = [row for row in checks() if row.part == "drug models"]
    assert not row.ok
    assert row.words == "celecoxib.yaml: range: Field required; 1 more"
    assert [one for one in left_out() if "celecoxib.yaml is damaged" in one]


def test_nothing_is_left_out_of_what_ships() -> None:
    assert damaged() == {}
    assert left_out() == ()
