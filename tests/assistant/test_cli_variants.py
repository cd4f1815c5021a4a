"""``consilium variants`` as a person runs it, without any pack."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

pytestmark = pytest.mark.network
ROOT = Path(__file__).resolve().parents[2]
HEADER = """##fileformat=VCFv4.2
##contig=<ID=chr10,length=133797422>
##contig=<ID=chr17,length=83257441>
##FORMAT=<ID=GT,Number=1,Type=String,Description="genotype">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1
"""
ROWS = (
    "chr10\t94781859\trs4244285\tG\tA\t.\tPASS\t.\tGT\t0/1\n"
    "chr10\t94842866\trs3758581\tA\tG\t.\tPASS\t.\tGT\t1/1\n"
    "chr17\t43124027\t.\tACT\tA\t.\tPASS\t.\tGT\t0/1\n"
)


@pytest.fixture
def vcf(tmp_path: Path) -> Path:
    path = tmp_path / "made.vcf"
    path.write_text(HEADER + ROWS)
    return path


Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command in this process, with a data folder of its own and without its guard of the network."""
    from assistant.cli.app import app

    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    monkeypatch.setattr("assistant.egress.install", lambda hosts: None)
    monkeypatch.setattr("retrieval.packs._settings", {})
    monkeypatch.setenv("CONSILIUM_DATA_DIR", str(folder))
    return lambda *words: CliRunner().invoke(app, ["variants", *map(str, words)])


def test_it_runs_as_a_program(vcf: Path, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir(mode=0o700)
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "variants", "annotate", str(vcf)],
        cwd=ROOT,
        env={**os.environ, "CONSILIUM_DATA_DIR": str(tmp_path / "own")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "BRCA1 c.68_69del  heterozygous  frameshift variant" in done.stdout


def test_a_name_is_interpreted_with_every_code(run: Run) -> None:
    done = run("interpret", "BRCA1 c.68_69del", "--json")
    assert done.exit_code == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["kind"] == "variants"
    [variant] = document["subject"]
    assert variant["gene"] == "BRCA1"
    assert len(variant["assessment"]["criteria"]) == 26


@pytest.mark.parametrize(
    ("words", "code"),
    [("no variant here", 2), ("a somatic TP53 c.817C>T in the tumour", 4), ("BRCA1 c.68_69del --", 0)],
)
def test_the_exit_code_is_the_outcome(run: Run, words: str, code: int) -> None:
    done = run("interpret", words)
    assert done.exit_code == code, done.stdout + done.stderr
    assert (not done.stdout) == bool(code)
    assert "Traceback" not in done.stderr


def test_of_two_names_the_one_that_is_not_held_is_said(run: Run) -> None:
    done = run("interpret", "BRCA1 c.68_69del and XYZ1 c.5A>G", "--json")
    assert done.exit_code == 0, done.stderr
    assert [one["gene"] for one in json.loads(done.stdout)["subject"]] == ["BRCA1"]
    assert "XYZ1" in done.stderr


def test_a_file_is_annotated_line_by_line(run: Run, vcf: Path) -> None:
    done = run("annotate", vcf, "--json")
    assert done.exit_code == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["spdi"] for row in rows] == [
        "NC_000010.11:94781858:G:A",
        "NC_000010.11:94842865:A:G",
        "NC_000017.11:43124027:CT:",
    ]
    assert rows[2]["gene"] == "BRCA1"
    assert rows[2]["own_codes"]
    assert rows[0]["not_weighed"] == "nothing held here tells the gene"
    assert "3 records, 3 carried alleles" in done.stderr


def test_a_broken_file_costs_itself_and_is_said(run: Run, vcf: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.vcf"
    broken.write_text("<html>")
    page = tmp_path / "report.html"
    done = run("annotate", broken, vcf, "--html", page)
    assert done.exit_code == 2
    assert "broken.vcf: Line 1" in done.stderr
    assert "BRCA1 c.68_69del" in done.stdout
    assert "BRCA1 c.68_69del" in page.read_text()
    assert stat.S_IMODE(page.stat().st_mode) == 0o600


def test_results_are_kept_and_taken_again(run: Run, vcf: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    assert run("annotate", vcf, "--out", kept).exit_code == 0
    refused = run("annotate", vcf, "--out", kept)
    assert refused.exit_code == 2
    assert "resume it" in refused.stderr
    again = run("annotate", vcf, "--out", kept, "--resume", "--json")
    assert again.exit_code == 0
    assert len(again.stdout.splitlines()) == 3
    assert len(kept.read_text().splitlines()) == 1


def test_a_file_is_screened_for_a_panel(run: Run, vcf: Path, tmp_path: Path) -> None:
    fhir, notes = tmp_path / "out.json", tmp_path / "out.md"
    done = run("screen", vcf, "--panel", "BRCA1,BRCA2", "--fhir", fhir, "--markdown", notes)
    assert done.exit_code == 0, done.stderr
    assert done.stdout == ""
    text = notes.read_text()
    assert "BRCA1 c.68\\_69del" in text
    assert "An empty list is no negative screen" in text
    bundle = json.loads(fhir.read_text())
    assert bundle["entry"][0]["resource"]["resourceType"] == "DiagnosticReport"


def test_a_file_without_a_candidate_is_no_clean_bill(run: Run, vcf: Path) -> None:
    done = run("screen", vcf, "--panel", "CFTR")
    assert done.exit_code == 4, done.stderr
    assert "That is no negative result" in done.stdout


def test_star_alleles_come_from_a_file_or_from_words(run: Run, vcf: Path) -> None:
    for given in ((vcf,), ("--stated", "CYP2C19 *2/*17")):
        done = run("pgx", *given, "--drugs", "clopidogrel", "--json")
        assert done.exit_code == 0, done.stderr
        subject = json.loads(done.stdout)["subject"]
        assert [call["gene"] for call in subject["calls"]] == ["CYP2C19"]
        [drug] = subject["drugs"]
        assert drug["drug"] == "clopidogrel"
        assert drug["guidance"]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("pgx",), 3, "Give a file"),
        (("pgx", "--stated", "nonsense"), 2, ""),
        (("screen", "{vcf}", "--sex", "x"), 2, "female or male"),
        (("screen", "{vcf}", "--build", "hg17"), 2, "GRCh37 or GRCh38"),
        (("annotate", "{vcf}", "--engine", "spark"), 2, "pool or ray"),
        (("screen", "{vcf}", "--build", "GRCh37"), 2, "GRCh38"),
        (("screen", "{vcf}", "--sample", "3"), 2, ""),
    ],
)
def test_wrong_options_end_in_one_line(
    run: Run, vcf: Path, words: tuple[str, ...], code: int, says: str
) -> None:
    done = run(*(word.format(vcf=vcf) for word in words))
    assert done.exit_code == code, done.stdout + done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
