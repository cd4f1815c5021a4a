"""``consilium triage`` without words is a talk: numbered answers, and the emergency line as soon as it is one."""

from __future__ import annotations

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
