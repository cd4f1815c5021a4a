"""``consilium drugs check`` in the terminal, and when the words of a question ask for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.answer import Role
from assistant.cli.app import app
from assistant.models.drug_routes import drug_calls
from assistant.turn import TurnInput
from retrieval.patient import Known, Listed, Origin, OriginKind, Patient


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the command sets up for its own process is left as it was in this one."""
    monkeypatch.setattr("assistant.egress.install", lambda hosts: None)
    monkeypatch.setattr("retrieval.search._settings", {}, raising=False)
    monkeypatch.setattr("retrieval.packs._settings", {})


def run(*arguments: str, folder: Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["drugs", "check", *arguments], env={"CONSILIUM_DATA_DIR": str(folder)})
    return done.exit_code, done.output


def test_the_strictest_action_comes_first_with_its_source(tmp_path: Path) -> None:
    code, told = run("warfarin", "new: ibuprofen", "--patient", "72-year-old man", folder=tmp_path)
    assert code == 0
    assert told.splitlines()[0].startswith("- Avoid: warfarin with ibuprofen")
    assert "unknown:" in told
    assert "no interaction" not in told.lower()


def test_one_json_document(tmp_path: Path) -> None:
    code, told = run("simvastatin", "clarithromycin", "--json", folder=tmp_path)
    assert code == 0
    assert json.loads(told)["findings"][0]["action"] == "avoid"


def test_an_unknown_name_is_said(tmp_path: Path) -> None:
    code, told = run("qwertyzine", folder=tmp_path)
    assert code != 0
    assert "qwertyzine" in told


def calls(question: str, *charted: str) -> list[dict[str, object]]:
    origin = Origin(kind=OriginKind.WORDS, where="x")
    patient = Patient(drugs=Listed(items=tuple(Known(value=name, origin=origin) for name in charted)))
    given = TurnInput(turn=1, role=Role.CLINICIAN, question=question, patient=patient)
    return [call.inputs for call in drug_calls(given)]


@pytest.mark.parametrize(
    ("question", "charted", "drugs"),
    [
        ("Does clarithromycin interact with simvastatin?", (), ["clarithromycin", "simvastatin"]),
        ("Is it safe to give ibuprofen with warfarin?", (), ["ibuprofen", "warfarin"]),
        ("Can he start ibuprofen?", ("warfarin",), ["new: ibuprofen"]),
        (
            "Please check his drugs: warfarin, amiodarone and simvastatin",
            (),
            ["warfarin", "amiodarone", "simvastatin"],
        ),
    ],
)
def test_words_that_ask_for_a_check(question: str, charted: tuple[str, ...], drugs: list[str]) -> None:
    assert calls(question, *charted) == [{"drugs": drugs}]


@pytest.mark.parametrize(
    "question",
    [
        "Is apixaban better than warfarin in AF?",
        "Does adding ezetimibe to simvastatin lower events?",
        "What is the dose of ibuprofen?",
        "Does the drug interact with food?",
        "Can statins be started in CKD?",
    ],
)
def test_words_that_ask_something_else(question: str) -> None:
    assert calls(question) == []
