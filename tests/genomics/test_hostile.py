"""More than 300 hostile inputs: a clear error with line and mend, or a sound result; bounded; no injected text."""

from __future__ import annotations

import gzip
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from genomics.batch import Limits, isolated
from retrieval.evidence import Outcome, ToolResult
from tests.genomics import hostile_inputs
from tests.genomics.hostile_inputs import CHIP, HARMLESS, MARK, Hostile
from tests.genomics.hostile_reading import Read, hungry, read_chip, read_vcf

SECONDS = 5.0
"""Generous: a busy machine; each takes milliseconds."""
MENDS = re.compile(
    r"export|copy it again|compress|save|give|unpack|split|shorten|check|need|download|separated|samples|build"
    r"|no VCF|empty|read\.|bases|tabs|ask",
    re.IGNORECASE,
)


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> None:
    """Worker processes import the work by its name, however pytest was started."""
    monkeypatch.syspath_prepend(str(pytestconfig.rootpath))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


def judge(case: Hostile, got: Read, expected: Read) -> str:
    """Empty if the input ended as it must."""
    read, error = got
    if error and (MARK in error or len(error) > 400 or not MENDS.search(error)):
        return f"unclear error: {error[:500]}"
    if error and case.says and not re.search(case.says, error):
        return f"the error does not say {case.says!r}: {error}"
    if case.end == "error" and not error:
        return "no error"
    if case.end == "same" and got != expected:
        return f"not as the harmless file: {error or read}"
    if case.end == "error or same" and not error and read != expected[0]:
        return "other calls than those of the harmless file"
    return ""


def gone_wrong(
    cases: Iterator[Hostile], folder: Path, good: bytes, suffix: str, read: Any
) -> tuple[int, list[str]]:
    """How many inputs there were, and each that did not end as it must."""
    path = folder / f"good{suffix}"
    path.write_bytes(good)
    expected = read(path)
    assert expected[0]
    assert not expected[1]
    wrong: list[str] = []
    count = 0
    for case in cases:
        count += 1
        path = folder / f"case{case.suffix}"
        path.write_bytes(case.content)
        started = time.monotonic()
        fault = judge(case, read(path), expected)
        if time.monotonic() - started > SECONDS:
            fault = "too slow"
        if fault:
            wrong.append(f"{case.name}: {fault}")
    return count, wrong


def test_hostile_vcfs_end_in_an_error_or_a_sound_result(folder: Path) -> None:
    count, wrong = gone_wrong(hostile_inputs.files(folder), folder, HARMLESS, ".vcf", read_vcf)
    assert wrong == []
    assert count >= 250


def test_hostile_consumer_files_end_in_an_error_or_a_sound_result(folder: Path) -> None:
    count, wrong = gone_wrong(hostile_inputs.chips(folder), folder, CHIP.encode(), ".txt", read_chip)
    assert wrong == []
    assert count >= 50


def strings_of(result: ToolResult) -> str:
    """Everything that a result says, without the inputs that the caller gave."""
    return result.model_dump_json(exclude={"inputs"})


def screened(path: Path) -> ToolResult:
    import tools.genome  # noqa: F401 - registers the tool
    from tools import registry
    from tools.registry import Attached, Context

    return registry.call(
        "screen_genome", {"attachment": "a1"}, Context(attachments={"a1": Attached("vcf", str(path))})
    )


def test_no_text_of_a_file_reaches_the_result_of_the_tool(folder: Path) -> None:
    path = folder / "good.vcf"
    path.write_bytes(HARMLESS)
    assert "BRCA2 c.5946del" in strings_of(screened(path))
    seen = 0
    for case in hostile_inputs.files(folder):
        if MARK.encode() not in case.content:
            continue
        path = folder / f"case{case.suffix}"
        path.write_bytes(case.content)
        result = screened(path)
        told = strings_of(result)
        seen += 1
        assert MARK not in told, case.name
        if case.end == "same" and "FILTER" not in case.name:
            assert "BRCA2 c.5946del" in told, case.name
    assert seen >= 40


def test_a_broken_file_is_bad_input_of_the_tool_never_a_bug(folder: Path) -> None:
    ends = set()
    for number, case in enumerate(hostile_inputs.files(folder)):
        if number % 4 or case.end != "error":
            continue
        path = folder / f"case{case.suffix}"
        path.write_bytes(case.content)
        ends.add(screened(path).outcome)
    assert ends <= {Outcome.BAD_INPUT, Outcome.NEEDS_INPUT}
    assert Outcome.BAD_INPUT in ends


def test_hostile_texts_end_in_an_outcome(folder: Path) -> None:
    import tools.variants  # noqa: F401 - registers the tool
    from tools import registry

    count = 0
    for name, text in hostile_inputs.texts():
        count += 1
        started = time.monotonic()
        result = registry.call("interpret_variant", {"text": text})
        assert time.monotonic() - started < SECONDS, name
        assert MARK not in strings_of(result), name
        assert "<script" not in strings_of(result), name
        assert result.outcome is not Outcome.FOUND or "BRCA" in text, name
        assert len(result.note) < 4_000, name
    assert count >= 60


def test_heavy_files_stay_small_in_memory(folder: Path) -> None:
    for name, make, says in hostile_inputs.heavy(folder):
        path = folder / "heavy.vcf"
        path.write_bytes(make())
        result, fault = isolated(hungry, path, "", Limits(seconds=30))
        path.unlink()
        assert result is not None, f"{name}: {fault}"
        assert re.search(says, result["error"]), f"{name}: {result['error']}"
        assert result["grown"] is None or 0 < result["grown"] < 60, f"{name}: {result['grown']} MiB"


def test_raw_bcf_with_flipped_bytes_costs_at_most_its_process(folder: Path) -> None:
    """Not packed, so no checksum stands before the parser."""
    raw = gzip.decompress(hostile_inputs.as_bcf(folder))
    for seed in range(4):
        path = folder / "raw.bcf"
        path.write_bytes(hostile_inputs.flipped(raw, seed))
        result, fault = isolated(hungry, path, "", Limits(seconds=20))
        assert result is not None or "exit code" in fault or "MiB" in fault
