"""The tool: six outcomes, findings whose quotes are held, with the pack and without it, and what patients get."""

from __future__ import annotations

import gzip
import json
import runpy
import shutil
from pathlib import Path
from typing import Any

import pytest

from assistant.verify.quotes import Held
from evals.bench.genomics.guidance import calls_of
from genomics.builds import Build
from genomics.pgx import gathering, held_guidance
from genomics.pgx.guidance import advise
from genomics.pgx.held_guidance import GuidanceHolder, holder
from genomics.pgx.table import COLUMNS, shortened, table_of
from genomics.pgx.words import CallSource, GeneCall, NoCall
from retrieval.evidence import Action, Kind, Outcome, ToolResult
from retrieval.patient import Known, Listed, Origin, OriginKind, Patient
from tools import pharmacogenes, registry
from tools.registry import Attached, Context

MADE: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("guidance_pack.py")))
HEADER = """##fileformat=VCFv4.2
##contig=<ID=chr10,length={}>
##FORMAT=<ID=GT,Number=1,Type=String,Description="genotype">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1
"""
GRCH38, GRCH37 = 133797422, 135534747
STAR2 = (
    "chr10\t94781859\trs4244285\tG\tA\t.\tPASS\t.\tGT\t{}",
    "chr10\t94842866\trs3758581\tA\tG\t.\tPASS\t.\tGT\t{}",
)


@pytest.fixture(autouse=True)
def without_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but what ships, whatever this machine holds."""
    for module in (gathering, held_guidance):
        monkeypatch.setattr(module, "prepared", lambda: None)


def ask(genotypes: str | None = None, context: Context | None = None, **more: Any) -> ToolResult:
    return pharmacogenes.pgx_guidance(genotypes, context=context or Context(), **more)


def vcf(folder: Path, *lines: str, length: int = GRCH38) -> Context:
    path = folder / "made.vcf"
    path.write_text(HEADER.format(length) + "".join(f"{line}\n" for line in lines))
    return Context(attachments={"a1": Attached("vcf", str(path))})


def star2(genotype: str, folder: Path, *, build: int = GRCH38) -> Context:
    return vcf(folder, STAR2[0].format(genotype), STAR2[1].format("1/1"), length=build)


def test_the_schema_is_small_and_for_both_roles() -> None:
    entry = registry._registered["pgx_guidance"]
    assert len(json.dumps(entry.schema)) / 4 < 350
    assert entry.roles == ("clinician", "patient")


def test_a_stated_diplotype_and_a_drug_give_the_guidance_with_its_quote() -> None:
    result = ask("CYP2C19 *2/*17", drugs=["clopidogrel"])
    assert result.outcome is Outcome.FOUND
    first, *_, last = result.findings
    assert first.kind is Kind.GUIDELINE
    assert first.action is Action.AVOID
    assert first.certainty == "Strong"
    assert first.statement.startswith(
        "CPIC on clopidogrel for CYP2C19 Intermediate Metabolizer (acute coronary syndrome or PCI)"
    )
    assert last.statement == "CYP2C19 *2/*17, as stated, means Intermediate Metabolizer."
    assert "No function + Increased function" in last.evidence[0].quote
    assert result.tables[0].rows[0][:3] == ("CYP2C19", "*2/*17", "Intermediate Metabolizer")


@pytest.mark.parametrize(
    ("genotypes", "drugs"),
    [
        ("CYP2C19 *2/*2", ["clopidogrel", "voriconazole", "omeprazole"]),
        ("CYP2D6 poor metabolizer", ["codeine", "amitriptyline"]),
        ("HLA-B*57:01 positive", ["abacavir"]),
        ("DPYD c.1905+1G>A heterozygous; TPMT poor metabolizer", ["fluorouracil", "azathioprine"]),
        ("VKORC1 -1639 AA, CYP2C9 *1/*3", ["warfarin"]),
    ],
)
@pytest.mark.parametrize("role", ["clinician", "patient"])
def test_every_quote_is_held_or_computed(genotypes: str, drugs: list[str], role: str) -> None:
    held = Held((holder(),))
    result = ask(genotypes, Context(role=role), drugs=drugs)
    assert result.outcome is Outcome.FOUND
    assert {name for finding in result.findings for name in finding.names} >= set(drugs)
    for finding in result.findings:
        for evidence in finding.evidence:
            computed = evidence.source.id.startswith("computed:genomics:pgx:")
            assert computed == (finding.kind is Kind.COMPUTED)
            assert computed or held.standing(evidence) == "here"


def test_a_patient_gets_meaning_and_no_dose() -> None:
    result = ask("CYP2C19 *2/*17", Context(role="patient"), drugs=["clopidogrel"])
    text = result.model_dump_json()
    assert "75" not in " ".join(finding.statement for finding in result.findings)
    assert "prasugrel" not in text
    assert "Ask your doctor or pharmacist" in result.note
    assert {finding.action for finding in result.findings} == {Action.INFORM}
    assert result.tables == ()


def test_no_guideline_for_gene_and_drug_is_not_covered() -> None:
    other_gene = ask("CYP2C19 *2/*17", drugs=["codeine"])
    assert other_gene.outcome is Outcome.NOT_COVERED
    assert "ask for CYP2D6" in other_gene.note
    assert other_gene.missing == ("genotype of CYP2D6",)
    no_drug = ask("CYP2C19 *2/*17", drugs=["madeupril"])
    assert no_drug.outcome is Outcome.NOT_COVERED
    assert "madeupril" in no_drug.note


def test_without_drugs_those_with_changed_guidance_are_listed() -> None:
    result = ask("CYP2C19 poor metabolizer")
    changed = {(row[0], row[2]): row[3] for row in result.tables[1].rows}
    assert changed["clopidogrel", "acute coronary syndrome or PCI"] == "avoid"
    assert changed["citalopram", ""] == "change"
    assert result.tables[1].columns == ("Drug", "Genes", "Population", "Action", "Guideline")
    both = ask("CYP2C19 poor metabolizer; CYP2D6 poor metabolizer")
    genes = {row[0]: row[1] for row in both.tables[1].rows}
    assert genes["codeine"] == "CYP2D6 activity score 0.0"
    assert genes["amitriptyline"] == "CYP2D6 activity score 0.0 and CYP2C19 Poor Metabolizer"
    normal = ask("SLCO1B1 normal function")
    assert len(normal.tables) == 1


def test_genotypes_and_drugs_of_the_record_are_used_when_none_are_stated() -> None:
    def listed(*values: str) -> Listed:
        return Listed(
            items=tuple(Known(value=one, origin=Origin(kind=OriginKind.CHART, where="c")) for one in values)
        )

    patient = Patient(genotypes=listed("CYP2C19 *2/*2", "CYP2D6 *4"), drugs=listed("aspirin", "Clopidogrel"))
    result = ask(context=Context(patient=patient))
    assert result.findings[0].names == ("clopidogrel", "CYP2C19")
    assert "CYP2D6 *4 names one allele" in result.note
    unread = ask(context=Context(patient=Patient(genotypes=listed("CYP2D6 *4"))))
    assert unread.outcome is Outcome.NEEDS_INPUT


def test_nothing_stated_needs_input() -> None:
    assert ask().outcome is Outcome.NEEDS_INPUT
    assert ask("  ").missing == ("a genotype (CYP2C19 *2/*17) or a file",)


@pytest.mark.parametrize("text", ["banana", "CYP2C19 *2", "CYP2C19 *2/*17 " * 40])
def test_what_cannot_be_read_is_bad_input(text: str) -> None:
    assert ask(text).outcome is Outcome.BAD_INPUT


def test_a_file_is_called_and_the_starter_says_how_much_it_tested(tmp_path: Path) -> None:
    result = ask(context=star2("1/1", tmp_path), attachment="a1", drugs=["clopidogrel"])
    assert result.outcome is Outcome.FOUND
    statements = [finding.statement for finding in result.findings]
    called = next(one for one in statements if "is called *2/*2 from the VCF" in one)
    assert "tested for" in called
    assert "(starter set)" in called
    assert "not told by it:" in called  # rs12248560 (*17) is not in the file
    assert "CYP2C19 *2/*2 means Poor Metabolizer." in statements


def test_cyp2d6_needs_an_outside_call_and_takes_a_stated_one(tmp_path: Path) -> None:
    context = star2("0/1", tmp_path)
    refused = ask(context=context, attachment="a1", drugs=["codeine"])
    assert refused.outcome is Outcome.NEEDS_INPUT
    assert refused.missing == ("outside call of CYP2D6 (diplotype or phenotype)",)
    assert ask("CYP2D6 *4/*4", context, attachment="a1", drugs=["codeine"]).outcome is Outcome.FOUND


def test_a_gene_that_the_starter_does_not_hold_names_the_pack(tmp_path: Path) -> None:
    result = ask(context=star2("0/1", tmp_path), attachment="a1", drugs=["simvastatin"])
    assert result.outcome is Outcome.UNAVAILABLE
    assert result.command == "consilium packs pull pharmcat"
    assert "SLCO1B1" in result.note


def test_a_file_without_any_asked_position_is_never_the_reference(tmp_path: Path) -> None:
    result = ask(context=vcf(tmp_path, "chr10\t5\t.\tA\tC\t.\tPASS\t.\tGT\t0/0"), attachment="a1")
    assert result.outcome is Outcome.NEEDS_INPUT
    assert "No gene was called" in result.note
    assert any("CYP2C19" in one for one in result.missing)
    assert "*1" not in result.model_dump_json()


def test_grch37_goes_by_rsid_and_without_them_asks_for_grch38(tmp_path: Path) -> None:
    moved = [
        line.replace("94781859", "96541616").replace("94842866", "96602623").format("1/1") for line in STAR2
    ]
    found = ask(context=vcf(tmp_path, *moved, length=GRCH37), attachment="a1", drugs=["clopidogrel"])
    assert found.outcome is Outcome.FOUND
    assert "found by their rsID" in found.note
    bare = [line.replace("rs4244285", ".").replace("rs3758581", ".") for line in moved]
    wanting = ask(context=vcf(tmp_path, *bare, length=GRCH37), attachment="a1", drugs=["clopidogrel"])
    assert wanting.outcome is Outcome.NEEDS_INPUT
    assert "GRCh38" in wanting.missing[0]


def test_an_outside_call_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "calls.tsv"
    path.write_text("CYP2D6\t*1/*1x2\nHLA-B\t*57:01/*15:02\n")
    context = Context(attachments={"o": Attached("text", str(path))})
    result = ask(context=context, attachment="o", drugs=["codeine", "abacavir"])
    assert {finding.names[0] for finding in result.findings if finding.kind is Kind.GUIDELINE} == {
        "codeine",
        "abacavir",
    }
    path.write_text("CYP2D6\n")
    assert ask(context=context, attachment="o").outcome is Outcome.BAD_INPUT


def test_a_consumer_file_is_read_by_rsid(tmp_path: Path) -> None:
    path = tmp_path / "raw.txt"
    rows = ["rs4244285\t10\t96541616\tAA", "rs3758581\t10\t96602623\tGG", "rs12248560\t10\t96521657\t--"]
    path.write_text("# rsid\tchromosome\tposition\tgenotype\n" + "\n".join(rows) + "\n")
    context = Context(attachments={"c": Attached("genotypes", str(path))})
    result = ask(context=context, attachment="c", drugs=["clopidogrel"])
    assert result.outcome is Outcome.FOUND
    assert any("*2/*2 from the consumer file" in finding.statement for finding in result.findings)
    assert "rsIDs are told by the file" in result.note


def test_wrong_attachments_name_those_that_can_be_read(tmp_path: Path) -> None:
    context = star2("0/1", tmp_path)
    assert "a1" in ask(context=context, attachment="zz").note
    image = Context(attachments={"i": Attached("image", "x.png")})
    assert ask(context=image, attachment="i").outcome is Outcome.BAD_INPUT


def test_with_the_pack_the_guidelines_own_words_are_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = tmp_path / "ready"
    (ready / "guidance").mkdir(parents=True)
    MADE["version_3"](ready / "guidance")
    monkeypatch.setattr(held_guidance, "prepared", lambda: ready)
    result = ask("CYP2C19 *2/*17", drugs=["madeupril"])
    first = result.findings[0]
    assert first.evidence[0].quote == "Use 75 mg & watch."
    assert first.evidence[0].source.id == "pack:pharmcat-guidance:PA000000012"
    assert Held((GuidanceHolder(),)).standing(first.evidence[0]) == "here"
    assert "ClinPGx (CC BY-SA 4.0)" in result.note
    assert result.versions["pgx guidance"] == "pharmcat-guidance, ClinPGx 2025-11-05"


def test_a_damaged_pack_is_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "prescribing_guidance.json").write_text("{")
    monkeypatch.setattr(held_guidance, "prepared", lambda: tmp_path)
    result = ask("CYP2C19 *2/*17", drugs=["clopidogrel"])
    assert result.outcome is Outcome.UNAVAILABLE
    assert result.command == "consilium packs pull pharmcat"


def test_the_table_holds_calls_and_refusals_in_one_shape() -> None:
    missing = tuple(f"rs{number}" for number in range(10))
    refused = NoCall(gene="G6PD", reason="G6PD lies on the X chromosome.", missing=("sex",))
    call = GeneCall(
        gene="NAT2",
        source=CallSource.VCF,
        diplotypes=(),
        missing_positions=missing,
        warnings=("Phase is unknown.",),
    )
    table = table_of([call], [refused])
    assert table.columns == COLUMNS
    assert table.rows[0][-1] == f"missing: {shortened(missing)}; Phase is unknown."
    assert "and 4 more" in table.rows[0][-1]
    assert table.rows[1][1] == "no call"
    assert "Needed: sex." in table.rows[1][-1]


@pytest.fixture
def published(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The pack as it would lie here: PharmCAT's definitions and the guidance of 2.12.0."""
    for name in ("pharmcat", "pharmcat-2.12.0"):
        if not (shared / name).is_dir():
            pytest.skip(f"{name} is not among the development data")
    ready = tmp_path / "ready"
    ready.mkdir()
    for name in ("definition", "phenotype"):
        (ready / name).symlink_to(shared / "pharmcat" / name)
    (ready / "guidance").mkdir()
    shutil.copy(shared / "pharmcat-2.12.0" / "guidelines.jsonl.gz", ready / "guidance")
    for module in (gathering, held_guidance):
        monkeypatch.setattr(module, "prepared", lambda: ready)
    return shared / "pharmcat" / "examples"


def test_a_worked_example_goes_from_file_to_guidance(published: Path) -> None:
    context = Context(attachments={"a1": Attached("vcf", str(published / "pharmcat.example2.vcf"))})
    result = ask(context=context, attachment="a1", drugs=["clopidogrel"], build="GRCh38", sex="female")
    first = result.findings[0]
    assert "CYP2C19 Poor Metabolizer" in first.statement
    assert first.evidence[0].quote.startswith("Avoid clopidogrel if possible.")
    assert Held((GuidanceHolder(),)).standing(first.evidence[0]) == "here"
    assert {finding.evidence[0].source.title.split()[2] for finding in result.findings[:4]} == {
        "CPIC",
        "DPWG",
    }
    assert len(result.tables[0].rows) == 23


def test_our_calls_and_the_reports_calls_get_the_same_guidance(published: Path) -> None:
    base = held_guidance.guidance()
    for name in ("pharmcat.example", "pharmcat.example2"):
        report = json.loads(gzip.decompress((published / f"{name}.report.json.gz").read_bytes()))
        held = gathering.definitions()
        ours = gathering.from_vcf(published / f"{name}.vcf", held, sex="female", build=Build.GRCH38)
        outside = published / f"{name}.outsideCall.tsv"
        if outside.exists():
            ours = ours.with_stated(gathering.from_outside(outside, held))
        theirs = advise(calls_of(report), base.drugs, base)
        mine = advise(ours.calls, base.drugs, base)
        for one, other in zip(mine, theirs, strict=True):
            told, wanted = ({given.source.id for given in both.guidance} for both in (one, other))
            assert told >= wanted, one.asked


def test_the_pack_is_found_where_it_is_prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from genomics.lookups.preparing import PREPARERS, Receipt
    from retrieval.packs import Packs

    monkeypatch.undo()
    monkeypatch.setattr(held_guidance, "held_packs", lambda: Packs(tmp_path))
    assert held_guidance.prepared() is None
    preparer, generation = PREPARERS["pharmcat"], "0" * 32
    made = tmp_path / "pharmcat" / "ready" / generation / preparer.product
    (made / "guidance").mkdir(parents=True)
    MADE["version_3"](made / "guidance")
    told = Receipt(
        generation=generation,
        product=preparer.product,
        sources={},
        version="1",
        rows=0,
        schema_version=preparer.schema_version,
        built="2026-11-22",
    )
    (tmp_path / "pharmcat" / "ready" / "current.json").write_text(told.model_dump_json())
    assert held_guidance.prepared() == made
    assert held_guidance.guidance().name == "pharmcat-guidance"
