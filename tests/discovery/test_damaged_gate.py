"""A damaged gate, or a damaged list of structures: nothing is designed or profiled, and all else goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("rdkit")

from assistant import knowledge_check
from assistant.knowledge_check import checks, left_out
from assistant.research_words import refused_design
from retrieval.evidence import Outcome
from tools.discovery import guard, named, search
from tools.discovery.molecules import chem
from tools.registry import call

Harm = Callable[[str, Callable[[str], str]], None]
DAMAGES: dict[str, tuple[str, Callable[[str], str], str]] = {
    "the gate gone": ("guard.yaml", lambda text: "", "guard.yaml is damaged"),
    "the gate cut short": ("guard.yaml", lambda text: text[: len(text) // 2] + '"', "guard.yaml is damaged"),
    "no class left": ("guard.yaml", lambda text: text.replace("\nclasses:", "\nclasses: []\nothers:", 1), "classes"),
    "a class of no source": ("guard.yaml", lambda text: text.replace("source: cwc_1", "source: nowhere", 1), "nowhere"),
    "a pattern that is none": ("guard.yaml", lambda text: text.replace("smarts:\n", "smarts:\n      - '[('\n", 1),
                               "has a pattern that cannot be read"),
    "an expression that is none": ("guard.yaml", lambda text: text.replace("what: >-\n", "what: >-\n      (\n", 1),
                                   "guard.yaml is damaged"),
    "the structures gone": ("structures.yaml", lambda text: "", "structures.yaml is damaged"),
    "a structure changed": ("structures.yaml", lambda text: text.replace("smiles: CCCC", "smiles: CCCCC", 1),
                            "losartan is not that of its InChIKey"),
    "a structure that is none": ("structures.yaml", lambda text: text.replace("smiles: CCCC", "smiles: C(((", 1),
                                 "losartan cannot be read"),
}  # fmt: skip
CACHED = (guard.guard, guard.patterns, guard._asks, guard._rules, named.listed)
WORDS = (
    "the gate gone",
    "the gate cut short",
    "no class left",
    "a class of no source",
    "an expression that is none",
)
"""Damages of the gate without which no request in words can be read."""


def forget() -> None:
    for cached in CACHED:
        cached.cache_clear()


@pytest.fixture
def harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Harm]:
    """Change one file of a copy of the folder; the copy is then the folder that is read."""
    folder = tmp_path / "tools" / "knowledge" / "discovery"
    shutil.copytree(guard.PATH.parent, folder)

    def changed(name: str, change: Callable[[str], str]) -> None:
        before = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(change(before), encoding="utf-8")
        assert (folder / name).read_text(encoding="utf-8") != before
        monkeypatch.setattr(guard, "PATH", folder / "guard.yaml")
        monkeypatch.setattr(named, "STRUCTURES", folder / "structures.yaml")
        forget()

    yield changed
    forget()


@pytest.mark.parametrize("kind", DAMAGES)
def test_nothing_is_designed_or_profiled_and_the_reason_is_said(
    harm: Harm, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, change, reason = DAMAGES[kind]
    made: list[object] = []
    monkeypatch.setattr(search.Search, "run", lambda *given, **more: made.append(given))
    harm(file, change)
    for tool, inputs in (
        ("design_molecules", {"budget": 60, "n": 2}),
        ("design_molecules", {"like": ["losartan"], "budget": 60, "n": 2}),
        ("molecule_profile", {"molecule": "CC(=O)Oc1ccccc1C(=O)O"}),
        ("molecule_profile", {"molecule": "losartan"}),
    ):
        told = call(tool, inputs)
        assert told.outcome is Outcome.UNAVAILABLE, (tool, inputs)
        assert reason in told.note
        assert file in told.note
        assert "\n" not in told.note
        assert told.command == "consilium knowledge check"
        assert (told.findings, told.tables, told.pictures) == ((), (), ())
    assert made == []


@pytest.mark.parametrize("kind", ["the gate gone", "a pattern that is none"])
def test_no_structure_passes_a_gate_that_cannot_be_read(harm: Harm, kind: str) -> None:
    harm(*DAMAGES[kind][:2])
    with pytest.raises(guard.GuardError):
        guard.check_mol(chem().MolFromSmiles("CCO"))


@pytest.mark.parametrize("kind", WORDS)
def test_what_asks_for_a_molecule_is_refused_unread_and_other_questions_go_on(harm: Harm, kind: str) -> None:
    harm(*DAMAGES[kind][:2])
    for asked in (
        "Design molecules like losartan.",
        "Give a synthesis route for losartan.",
        "Propose new opioids",
    ):
        assert "guard.yaml is damaged" in refused_design(asked), asked
    assert "guard.yaml is damaged" in refused_design("more of them", ("Design molecules like losartan.",))
    for asked in ("Is metformin safe with an eGFR of 28?", "She took an overdose of paracetamol. What now?"):
        assert refused_design(asked) == "", asked


@pytest.mark.parametrize("kind", DAMAGES)
def test_the_knowledge_check_fails(harm: Harm, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {name: knowledge_check._PARTS[name] for name in ("misuse gate", "structures of medicines")}
    monkeypatch.setattr(knowledge_check, "_PARTS", parts)  # the others take seconds
    harm(*DAMAGES[kind][:2])
    assert [row.part for row in checks() if not row.ok] == [
        "misuse gate" if DAMAGES[kind][0] == "guard.yaml" else "structures of medicines"
    ]


@pytest.mark.parametrize("kind", ["the gate gone", "an expression that is none", "the structures gone"])
def test_the_start_is_told_what_is_left_out(harm: Harm, kind: str) -> None:
    harm(*DAMAGES[kind][:2])
    (told,) = left_out()
    assert told.endswith("Mend the file or put it back as it ships, and start again.")


def test_a_mended_file_opens_the_gate_again(harm: Harm) -> None:
    whole = guard.PATH.read_text(encoding="utf-8")
    harm(*DAMAGES["the gate gone"][:2])
    assert call("molecule_profile", {"molecule": "CCO"}).outcome is Outcome.UNAVAILABLE
    guard.PATH.write_text(whole, encoding="utf-8")
    assert call("molecule_profile", {"molecule": "C1CC"}).outcome is Outcome.BAD_INPUT
