"""The treatment knowledge: what ships passes its check, and the check refuses what it must."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tools.treatment.checks import check, problems
from tools.treatment.load import FOLDER, KnowledgeError, knowledge, load
from tools.treatment.wording import FORBIDDEN

TODAY = date(2026, 11, 22)


def test_what_ships_passes() -> None:
    line = check(today=TODAY)
    assert "pair rules" in line
    assert not list(problems(knowledge(), today=TODAY))


def test_a_review_that_is_past_due_is_named() -> None:
    late = list(problems(knowledge(), today=date(2028, 1, 1)))
    assert any("its review was due" in one for one in late)


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("rules/kidney.yaml", "drug:metformin", "drug:metformine", "does not exist"),
        ("rules/kidney.yaml", "key: fda-metformin-2016", "key: fda-metformin-2017", "does not exist"),
        ("rules/kidney.yaml", "{egfr: {lt: 30}}", "{eggfr: {lt: 30}}", "no predicate"),
        ("rules/kidney.yaml", "{egfr: {lt: 30}}", "{egfr: {lt: .nan}}", "finite"),
        (
            "rules/kidney.yaml",
            "has_condition: atrial_fibrillation",
            "has_condition: fluttering",
            "there is no fluttering",
        ),
        ("rules/kidney.yaml", "id: renal.enoxaparin", "id: renal.metformin", "two entries"),
        (
            "rules/kidney.yaml",
            "Contraindicated below an eGFR of 30.",
            "Stop below 30.",
            "must say contraindicated",
        ),
        ("rules/kidney.yaml", "status: draft", "status: reviewed", "by nobody"),
        ("rules/kidney.yaml", "Do not start between", "Safe to start between", "“Safe”"),
        ("rules/kidney.yaml", "side: it", "side: left", "its sides are it"),
        ("citations/starter.yaml", 'pmid: "22539083"', 'pmid: "22539083x"', "pmid"),
        ("citations/starter.yaml", "doi: 10.1136/amiajnl-2011-000612", "doi: amiajnl-2011", "doi"),
        ("classes/starter.yaml", "members: [isocarboxazid, ", "members: [isocarboxacid, ", "isocarboxacid"),
        ("drugs/starter.yaml", "- {id: abatacept", "- {id: abatacept, names: [eliquis]", "leads to"),
        ("interactions/high_priority.yaml", "action: avoid", "action: forbid", "action"),
        ("interactions/high_priority.yaml", "- {action: monitor, advice", "- {advice", "effect or an action"),
        ("look_alikes.yaml", "metronidazole", "metronidazol", "no name of a drug"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, file: str, old: str, new: str, words: str) -> None:
    folder = tmp_path / "treatment"
    shutil.copytree(FOLDER, folder)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=words):
        check(folder, today=TODAY)


def test_aliases_and_large_files_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "treatment"
    shutil.copytree(FOLDER, folder)
    path = folder / "look_alikes.yaml"
    path.write_text("- names: &a [metformin, metronidazole]\n- names: *a\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match="alias"):
        check(folder, today=TODAY)
    path.write_text("#" * 1_000_001, encoding="utf-8")
    with pytest.raises(KnowledgeError, match="larger"):
        load(folder)
    path.write_text("- names: [", encoding="utf-8")
    with pytest.raises(KnowledgeError, match="not valid YAML"):
        load(folder)


def test_every_quote_stands_in_the_text_that_is_held() -> None:
    held = knowledge()
    for entry in (*held.rules.values(), *held.pairs.values(), *held.classes.values()):
        for evidence in held.evidence(entry):
            text = held.text(evidence.source.id)
            assert text is not None
            assert evidence.quote in text
            assert evidence.locator
            assert "draft" in evidence.source.marks
        assert held.holding(entry.fact.statement)
    assert held.text("fact:treatment:rule:nothing") is None


def test_what_was_not_read_says_so() -> None:
    read = knowledge().pairs["low-ace-arb"]
    unread = read.model_copy(update={"fact": read.fact.model_copy(update={"checked": None})})
    assert not any("source not yet checked" in one.source.marks for one in knowledge().evidence(read))
    assert all("source not yet checked" in one.source.marks for one in knowledge().evidence(unread))


def test_the_same_facts_have_the_same_version(tmp_path: Path) -> None:
    folder = tmp_path / "treatment"
    shutil.copytree(FOLDER, folder)
    assert load(folder).version == knowledge().version
    (folder / "look_alikes.yaml").write_text("- names: [metformin, metronidazole]\n", encoding="utf-8")
    assert load(folder).version != knowledge().version


def test_no_template_says_what_must_not_be_said() -> None:
    code = Path(FOLDER).parents[1]
    for path in [*sorted((code / "treatment").glob("*.py")), code / "check_drugs.py"]:
        if path.name != "wording.py":
            assert not FORBIDDEN.search(path.read_text(encoding="utf-8")), path.name


def test_importing_reads_nothing_and_is_light() -> None:
    program = (
        "import sys, tools.check_drugs, tools.treatment.load as l; print(l.knowledge.cache_info().currsize,"
    )
    program += " [m for m in ('torch', 'pandas', 'rapidfuzz', 'pysam', 'gradio') if m in sys.modules])"
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert made.stdout.split() == ["0", "[]"]
