"""``consilium triage`` without words is a talk: numbered answers, and the emergency line as soon as it is one."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from assistant.cli.app import app


def test_a_talk_by_line_ends_at_the_emergency() -> None:
    done = CliRunner().invoke(app, ["triage", "--country", "GB"], input="I have a headache\n3\n2\n")
    assert done.exit_code == 0
    assert "1 It came in a flash" in done.output
    assert "Anything else from the list?" in done.output
    assert "Call 999 or 112 now." in done.output


def test_a_talk_about_nothing_ends_with_its_own_code() -> None:
    assert CliRunner().invoke(app, ["triage"], input="\n").exit_code == 4


def test_json_carries_news2_where_there_are_vital_signs() -> None:
    said = ["triage", "cough, sats 90 and pulse 118", "--age", "62", "--json"]
    found = json.loads(CliRunner().invoke(app, said).output)
    assert found["news2"]["total"] == 3 + 2
    assert found["level"] == "emergency"
    assert "news2" not in json.loads(
        CliRunner().invoke(app, ["triage", "my face is drooping", "--json"]).output
    )


def test_options_are_facts() -> None:
    done = CliRunner().invoke(
        app, ["triage", "I bumped my head", "--drug", "warfarin", "--country", "GB", "--json"]
    )
    assert json.loads(done.output)["fired"][0]["rule"] == "head_injury_on_blood_thinner"
    done = CliRunner().invoke(app, ["triage", "checked", "--age", "40", "--vital", "SpO2=88", "--json"])
    assert json.loads(done.output)["level"] == "emergency"


@pytest.mark.parametrize(
    ("option", "named"),
    [
        (["--vital", "HR=900"], "10 to 350"),
        (["--vital", "aura=1"], "aura is not known"),
        (["--vital", "glucose=35"], "name the unit"),
        (["--age", "200"], "0 to 120"),
        (["--sex", "x"], "female or male"),
    ],
)
def test_a_wrong_option_ends_with_its_own_code(option: list[str], named: str) -> None:
    done = CliRunner().invoke(app, ["triage", "checked", *option])
    assert done.exit_code == 2
    assert named in done.stderr


def test_a_summary_of_one_message() -> None:
    done = CliRunner().invoke(
        app, ["triage", "crushing chest pain", "--age", "50", "--drug", "ramipril", "--handover"]
    )
    assert done.exit_code == 0
    assert "SITUATION" in done.output
    assert "ramipril" in done.output
    found = CliRunner().invoke(app, ["triage", "crushing chest pain", "--handover", "--json"])
    assert json.loads(found.output)["level"] == "emergency"


def test_a_talk_ends_with_its_summary() -> None:
    done = CliRunner().invoke(
        app, ["triage", "--country", "GB", "--handover"], input="I have a headache\nnone\n\n"
    )
    assert "Denied: " in done.output
    assert done.output.index("RECOMMENDATION") > done.output.index("I have a headache")
    assert "SITUATION" not in CliRunner().invoke(app, ["triage"], input="I have a headache\n\n").output
