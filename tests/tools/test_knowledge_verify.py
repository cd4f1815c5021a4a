"""The registries' titles against ours: agreed, different, not reached; and what a stamp writes."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from urllib.error import URLError

import pytest

from tools.treatment.facts import Citation
from tools.treatment.load import FOLDER, load
from tools.treatment.verify import Compared, stamp, verify

ONE = Citation(
    key="trial-one",
    kind="trial",
    title="Rivaroxaban in rheumatic heart disease",
    body="Connolly SJ et al.",
    year=2022,
    doi="10.1056/NEJMoa2209051",
    pmid="36036525",
)


def registry(title: str) -> bytes:
    return json.dumps({"message": {"title": [title]}, "result": {"36036525": {"title": title}}}).encode()


def test_only_the_number_is_asked_for() -> None:
    asked: list[str] = []

    def ask(address: str) -> bytes:
        asked.append(address)
        return registry(ONE.title)

    assert all(row.agrees for row in verify([ONE], ask))
    assert len(asked) == 2
    assert asked[0].endswith("/10.1056/NEJMoa2209051")
    assert asked[1].endswith("id=36036525")


@pytest.mark.parametrize(
    ("title", "agrees"),
    [
        ("Rivaroxaban in Rheumatic Heart Disease–Associated Atrial Fibrillation", True),
        ("<i>Rivaroxaban</i> in rheumatic heart disease.", True),
        ("Apixaban in patients with advanced kidney disease", False),
    ],
)
def test_titles_are_compared_by_their_words(title: str, agrees: bool) -> None:
    assert [row.agrees for row in verify([ONE], lambda _: registry(title))] == [agrees, agrees]


def test_what_cannot_be_reached_or_read_is_said_and_never_agrees() -> None:
    def away(_: str) -> bytes:
        raise URLError("no network")

    rows = [*verify([ONE], away), *verify([ONE], lambda _: b"<html>"), *verify([ONE], lambda _: b"{}")]
    assert not any(row.agrees for row in rows)
    assert all(row.why for row in rows)


def test_a_stamp_fills_what_was_not_checked_and_keeps_what_was(tmp_path: Path) -> None:
    folder = tmp_path / "treatment"
    shutil.copytree(FOLDER, folder)
    path = folder / "citations" / "starter.yaml"
    before = path.read_text(encoding="utf-8")
    kept = before.index("  checked:")
    path.write_text(before[:kept] + before[before.index("\n", kept) + 1 :], encoding="utf-8")
    missing = [one.key for one in load(folder).citations.values() if one.checked is None]
    agreed = [Compared(key, "doi x", "t", 100.0) for key in load(folder).citations]
    assert missing
    assert stamp(folder, agreed, date(2026, 11, 22)) == len(missing)
    assert all(load(folder).citations[key].checked is not None for key in missing)
    assert stamp(folder, agreed, date(2026, 11, 22)) == 0


def test_a_title_that_differs_is_never_stamped(tmp_path: Path) -> None:
    folder = tmp_path / "treatment"
    shutil.copytree(FOLDER, folder)
    rows = [Compared(key, "doi x", "another", 40.0) for key in load(folder).citations]
    assert stamp(folder, rows, date(2026, 11, 22)) == 0
