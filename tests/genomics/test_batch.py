"""Many files: same results from pool and Ray, in order; a crash, a hang or a hunger for memory costs one file."""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from genomics import batch
from genomics.batch import BatchError, FileResult, Limits, Outcome, Worker, annotate_files
from genomics.files.vcf import Vcf

HEADER = "##fileformat=VCFv4.2\n##contig=<ID=chr7,length=159345973>\n"
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\n"


def count(path: Path, part: str) -> dict[str, Any]:
    """Counts the carried alleles of a file, or misbehaves as its name says."""
    if path.name == "crash.vcf":
        os._exit(7)
    if path.name == "hang.vcf":
        time.sleep(60)
    if path.name == "hungry.vcf":
        return {"bytes": len(bytearray(8 * 2**30))}
    if path.name == "fault.vcf":
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - the trace of the fault is not for the test's output
        raise TypeError("a fault of the program")
    with Vcf(path) as file:
        return {"carried": sum(part in ("", call.variant.contig) for call in file.calls())}


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> None:
    """Worker processes import the work by its name, however pytest was started."""
    monkeypatch.syspath_prepend(str(pytestconfig.rootpath))


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "in"
    folder.mkdir()
    made = []
    for number in range(4):
        rows = "".join(f"chr7\t{100 + i}\t.\tA\tC\t.\tPASS\t.\tGT\t0/1\n" for i in range(number))
        made.append(folder / f"f{number}.vcf")
        made[-1].write_text(HEADER + COLUMNS + rows)
    return made


def told(results: list[FileResult]) -> list[tuple[object, ...]]:
    return [(r.number, r.name, r.part, r.key, r.outcome, r.result, r.error) for r in results]


def test_results_come_in_order_and_bad_files_are_counted(files: list[Path], tmp_path: Path) -> None:
    broken = tmp_path / "broken.vcf"
    broken.write_text("<html>")
    results = list(annotate_files([files[3], broken, files[1], tmp_path / "absent.vcf"], count))
    assert [r.result for r in results] == [{"carried": 3}, None, {"carried": 1}, None]
    assert [r.outcome for r in results] == ["done", "failed", "done", "failed"]
    assert "Line 1" in results[1].error
    assert "cannot be opened" in results[3].error


def test_a_misbehaving_file_costs_only_itself(files: list[Path], tmp_path: Path) -> None:
    bad = [tmp_path / f"{name}.vcf" for name in ("crash", "hungry", "fault", "hang")]
    for path in bad:
        path.write_text("x")
    limits = Limits(seconds=3, memory=2**30)
    started = time.monotonic()
    results = list(annotate_files([*bad, files[2]], count, limits=limits))
    assert time.monotonic() - started < 30
    assert "exit code 7" in results[0].error
    assert "1024 MiB" in results[1].error
    assert "exit code 1" in results[2].error
    assert "longer than 3 seconds" in results[3].error
    assert results[4].result == {"carried": 2}


def test_parts_of_a_file_are_jobs_of_their_own(files: list[Path]) -> None:
    results = list(annotate_files([files[2]], count, parts=("7", "X")))
    assert [(r.part, r.result) for r in results] == [("7", {"carried": 2}), ("X", {"carried": 0})]
    assert results[0].key != results[1].key


def test_a_run_is_resumed_by_content(
    files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out.jsonl"
    bad = tmp_path / "in" / "bad.vcf"
    bad.write_text("<html>")
    first = list(annotate_files([files[1], bad], count, output=output, version="1"))
    output.write_bytes(output.read_bytes() + b'{"number": 3, "na')  # cut off by a crash
    files[1].rename(files[1].with_name("renamed.vcf"))
    worked: list[str] = []
    real = batch.isolated

    def watched(worker: Worker, path: Path, part: str, limits: Limits) -> tuple[dict[str, Any] | None, str]:
        worked.append(path.name)
        return real(worker, path, part, limits)

    monkeypatch.setattr(batch, "isolated", watched)
    again = [files[1].with_name("renamed.vcf"), bad, files[2]]
    second = list(annotate_files(again, count, output=output, resume=True, version="1"))
    assert sorted(worked) == ["bad.vcf", "f2.vcf"]
    assert second[0].result == first[0].result
    assert second[0].name == "renamed.vcf"
    kept = [FileResult.model_validate_json(line) for line in output.read_text().splitlines()]
    assert [r.outcome for r in kept] == [Outcome.DONE, Outcome.FAILED, Outcome.FAILED, Outcome.DONE]
    worked.clear()
    list(annotate_files(again[:1], count, output=output, resume=True, version="2"))
    assert worked == ["renamed.vcf"]  # other work: other results


def test_what_cannot_start_says_the_mend(
    files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out.jsonl"
    output.write_text("notes of mine\n")
    with pytest.raises(BatchError, match="resume it"):
        annotate_files(files, count, output=output)
    with pytest.raises(BatchError, match=r"Line 1 of out\.jsonl is no result"):
        annotate_files(files, count, output=output, resume=True)
    assert output.read_text() == "notes of mine\n"
    with pytest.raises(BatchError, match="one worker"):
        annotate_files(files, count, workers=0)
    monkeypatch.setattr(count, "__module__", "__main__")
    with pytest.raises(BatchError, match="into a module"):
        annotate_files(files, count, engine="ray")
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(BatchError, match=r"cluster\]"):
        annotate_files(files, count, engine="ray")


def test_a_hostile_file_name_is_only_shown(tmp_path: Path) -> None:
    path = tmp_path / ("a\n\x1b[31m" + "b" * 200 + ".vcf")
    path.write_text(HEADER + COLUMNS)
    (result,) = annotate_files([path], count)
    assert result.result == {"carried": 0}
    assert result.name.isprintable()
    assert len(result.name) <= 80


@pytest.mark.slow
@pytest.mark.network
@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray (extra [cluster]) is not installed")
@pytest.mark.filterwarnings("default")
def test_ray_gives_what_the_pool_gives(files: list[Path], tmp_path: Path) -> None:
    crash = tmp_path / "crash.vcf"
    crash.write_text("x")
    order = [files[3], crash, files[0], files[2]]
    assert told(list(annotate_files(order, count, engine="ray"))) == told(list(annotate_files(order, count)))
