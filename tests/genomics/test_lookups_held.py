"""From files to answers: importing, preparing aside, what is missing and its command, threads, and quotes."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.verify.quotes import Held as QuoteHolders
from genomics.builds import Build
from genomics.facts import facts
from genomics.hgvs import parse
from genomics.lookups import frequency, predictors, preparing
from genomics.lookups import held as lookups
from genomics.lookups.lines import evidence, line
from genomics.lookups.preparing import NotPrepared, prepare, product, receipt
from genomics.lookups.rows import Dosage, Frequency, Gap, KnownClass, Score
from genomics.variant import Variant, read
from retrieval.packs import Packs, UnknownPack, registry

CLINVAR = """##fileformat=VCFv4.1
##fileDate=2026-11-15
##reference=GRCh38
##INFO=<ID=CLNSIG,Number=.,Type=String,Description="Aggregate germline classification">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO
17\t43124027\t17662\tACT\tA\t.\t.\tCLNSIG=Pathogenic;CLNREVSTAT=reviewed_by_expert_panel;GENEINFO=BRCA1:672
"""
DOSAGE = "#06 Feb,2026\n#Gene Symbol\tHaploinsufficiency Score\tDate Last Evaluated\nMADE1\t3\t2020-01-02\n"
SLICE = """##fileformat=VCFv4.2
##reference=GRCh38
##INFO=<ID=AC,Number=A,Type=Integer,Description="AC">
##INFO=<ID=AN,Number=1,Type=Integer,Description="AN">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO
17\t43124027\t.\tACT\tA\t.\tPASS\tAC=3;AN=150000;AF=0.00002;nhomalt=0
"""
MISSENSE = """#CHROM\tPOS\tREF\tALT\tgenome\tuniprot_id\ttranscript_id\tprotein_variant\tam_pathogenicity\tam_class
chr17\t43106478\tA\tC\thg38\tP38398\tENST00000357654.9\tC61G\t0.9912\tpathogenic
"""
SAMPLE = read("17-43124027-ACT-A", Build.GRCH38)
SNV = read("17-43106478-A-C", Build.GRCH38)


def bring(folder: Path, name: str, text: str, file_name: str) -> Packs:
    packs = Packs(folder)
    file = folder.parent / file_name
    file.write_bytes(gzip.compress(text.encode()) if file_name.endswith(".gz") else text.encode())
    packs.import_(name, [file])
    return packs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "packs"


@pytest.fixture
def filled(folder: Path) -> Path:
    bring(folder, "clinvar-grch38", CLINVAR, "clinvar.vcf.gz")
    bring(folder, "clingen-dosage", DOSAGE, "ClinGen_gene_curation_list_GRCh38.tsv")
    bring(folder, "gnomad-panel", SLICE, "slice.vcf")
    packs = bring(folder, "alphamissense-grch38", MISSENSE, "AlphaMissense_hg38.tsv.gz")
    for name in ("clinvar-grch38", "clingen-dosage", "gnomad-panel", "alphamissense-grch38"):
        prepare(name, packs)
    return folder


def command(answer: object) -> str:
    assert isinstance(answer, Gap), answer
    assert not answer.held
    return answer.command


def test_without_any_pack_every_gap_names_its_command(folder: Path) -> None:
    empty = lookups.held(folder)
    assert command(empty.known.of(SAMPLE)) == "consilium packs pull clinvar-grch38"
    on37 = SAMPLE.model_copy(update={"build": Build.GRCH37})
    assert command(empty.known.of(on37)) == "consilium packs pull clinvar-grch37"
    assert command(empty.known.by_rsid("rs1", Build.GRCH38)).endswith("clinvar-grch38")
    assert command(empty.known.by_name("BRCA1", "c.68_69del", Build.GRCH38)).endswith("clinvar-grch38")
    assert command(empty.known.neighbours("BRCA1", Build.GRCH38)).endswith("clinvar-grch38")
    assert command(empty.frequency.of(SAMPLE)) == "consilium packs import gnomad-panel FILE"
    assert command(empty.missense.of(SNV)) == "consilium packs pull alphamissense-grch38"
    assert command(empty.splicing.of(SNV)) == "consilium packs import spliceai FILE"
    assert command(empty.transcripts.effects(SNV)) == "consilium packs pull mane-gff"
    assert command(empty.transcripts.place("BRCA1", parse("c.68_69del"), Build.GRCH38)).endswith("mane-gff")
    assert command(empty.dosage.of("MADE1")) == "consilium packs pull clingen-dosage"
    assert empty.versions == {}
    assert not folder.exists(), "asking writes nothing"


def test_what_is_held_answers_and_its_quotes_verify(filled: Path) -> None:
    held = lookups.held(filled)
    rows = (
        held.known.of(SAMPLE),
        held.frequency.of(SAMPLE),
        held.missense.of(SNV),
        held.dosage.of("MADE1"),
    )
    assert [type(row) for row in rows] == [KnownClass, Frequency, Score, Dosage]
    holder = QuoteHolders((lookups.holder(filled),))
    for row in rows:
        assert not isinstance(row, Gap)
        told = evidence(row)
        assert holder.standing(told) == "here"
        assert row.source.id in holder.holding(told.quote)
        changed = told.model_copy(update={"quote": told.quote.replace(":", ": not", 1)})
        assert holder.standing(changed) == "nowhere"
    assert held.versions["clinvar-grch38"] == "2026-11-15"
    assert holder.text("pack:clinvar-grch38:1") is None
    assert holder.text("pack:revel:GRCh38/1-5-A-C") is None
    assert holder.text("fact:variants") is None


def test_the_other_build_says_which_is_held(filled: Path) -> None:
    answer = lookups.held(filled).known.of(SAMPLE.model_copy(update={"build": Build.GRCH37}))
    assert command(answer) == "consilium packs pull clinvar-grch37"
    assert isinstance(answer, Gap)
    assert "held for GRCh38" in answer.reason


def test_a_pulled_pack_that_is_not_prepared_says_so(folder: Path) -> None:
    packs = bring(folder, "clinvar-grch38", CLINVAR, "clinvar.vcf.gz")
    answer = lookups.held(folder).known.of(SAMPLE)
    assert command(answer) == "consilium packs prepare clinvar-grch38"
    prepare("clinvar-grch38", packs)
    assert isinstance(lookups.held(folder).known.of(SAMPLE), KnownClass), "opened anew after the preparing"


def test_age_is_told(filled: Path) -> None:
    assert lookups.age_notes("2026-11-22", filled) == ()
    assert "packs pull clinvar-grch38" in lookups.age_notes("2027-11-22", filled)[0]


def test_preparing_again_only_if_the_source_changed(folder: Path) -> None:
    packs = bring(folder, "clinvar-grch38", CLINVAR, "clinvar.vcf.gz")
    first = prepare("clinvar-grch38", packs)
    assert prepare("clinvar-grch38", packs) == first
    assert prepare("clinvar-grch38", packs, again=True).generation != first.generation
    newer = CLINVAR.replace("2026-11-15", "2026-11-22")
    packs = bring(folder, "clinvar-grch38", newer, "clinvar.vcf.gz")
    assert isinstance(lookups.held(folder).known.of(SAMPLE), KnownClass), "the old index serves until then"
    second = prepare("clinvar-grch38", packs)
    assert second.sources != first.sources
    assert lookups.held(folder).versions["clinvar-grch38"] == "2026-11-22"
    ready = packs.folder("clinvar-grch38") / "ready"
    assert len([one for one in ready.iterdir() if one.is_dir()]) <= 2, "old generations are swept"


def test_a_file_that_cannot_be_used_leaves_the_old_index(folder: Path) -> None:
    packs = bring(folder, "clinvar-grch38", CLINVAR, "clinvar.vcf.gz")
    prepare("clinvar-grch38", packs)
    for bad, why in ((CLINVAR.replace("GRCh38", "GRCh37"), "is of GRCh37"), ("hello", "no VCF")):
        bring(folder, "clinvar-grch38", bad, "bad.vcf.gz")
        with pytest.raises(NotPrepared, match=why):
            prepare("clinvar-grch38", packs)
        assert isinstance(lookups.held(folder).known.of(SAMPLE), KnownClass)
    ready = packs.folder("clinvar-grch38") / "ready"
    assert len([one for one in ready.iterdir() if one.is_dir()]) == 1


def test_an_index_of_another_form_is_not_read(folder: Path) -> None:
    packs = bring(folder, "clinvar-grch38", CLINVAR, "clinvar.vcf.gz")
    prepare("clinvar-grch38", packs)
    current = packs.folder("clinvar-grch38") / "ready" / "current.json"
    told = json.loads(current.read_text())
    current.write_text(json.dumps(told | {"schema_version": 99}))
    assert product(packs, "clinvar-grch38") is None
    answer = lookups.held(folder).known.of(SAMPLE)
    assert command(answer) == "consilium packs prepare clinvar-grch38"
    for broken in ("{", "[]", json.dumps(told | {"generation": "../../etc"})):
        current.write_text(broken)
        assert receipt(packs, "clinvar-grch38") is None
        assert product(packs, "clinvar-grch38") is None


def test_a_damaged_index_names_how_to_mend_it(folder: Path) -> None:
    packs = bring(folder, "clinvar-grch38", CLINVAR, "clinvar.vcf.gz")
    prepare("clinvar-grch38", packs)
    index = product(packs, "clinvar-grch38")
    assert index is not None
    index.write_bytes(b"no database" * 1000)
    assert command(lookups.held(folder).known.of(SAMPLE)) == "consilium packs prepare clinvar-grch38 --again"
    prepare("clinvar-grch38", packs, again=True)
    assert isinstance(lookups.held(folder).known.of(SAMPLE), KnownClass)


KILLED = """
import sys, time
from pathlib import Path
from genomics.lookups import clinvar_index, preparing
from retrieval.packs import Packs
real = clinvar_index.Writing.close
def slow(self, *more):
    real(self, *more)
    print("written", flush=True)
    time.sleep(60)
clinvar_index.Writing.close = slow
preparing.prepare("clinvar-grch38", Packs(Path(sys.argv[1])), again=True)
"""


def test_killed_while_preparing_the_old_index_stays(folder: Path) -> None:
    packs = bring(folder, "clinvar-grch38", CLINVAR, "clinvar.vcf.gz")
    first = prepare("clinvar-grch38", packs)
    started = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(folder)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert started.stdout is not None
    assert started.stdout.readline().strip() == b"written"
    started.send_signal(signal.SIGKILL)
    started.wait()
    started.stdout.close()
    assert receipt(packs, "clinvar-grch38") == first
    assert isinstance(lookups.held(folder).known.of(SAMPLE), KnownClass)
    prepare("clinvar-grch38", packs, again=True)
    ready = packs.folder("clinvar-grch38") / "ready"
    assert len([one for one in ready.iterdir() if one.is_dir()]) == 2, "the broken try is swept"


def test_many_threads_ask_at_once(filled: Path) -> None:
    wrong: list[object] = []

    def ask() -> None:
        for _ in range(50):
            held = lookups.held(filled)
            answers = (held.known.of(SAMPLE), held.frequency.of(SAMPLE), held.missense.of(SNV))
            wrong.extend(one for one in answers if isinstance(one, Gap))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not wrong


def test_preparing_names_what_else_is_needed(folder: Path) -> None:
    packs = bring(folder, "mane-gff", "##gff-version 3\n", "mane.gff.gz")
    with pytest.raises(NotPrepared, match="consilium packs pull mane-rna"):
        prepare("mane-gff", packs)
    assert command(lookups.held(folder).transcripts.effects(SNV)) == "consilium packs pull mane-rna"
    with pytest.raises(NotPrepared, match="consilium packs pull mane-gff"):
        prepare("mane-rna", Packs(folder.parent / "other"))
    with pytest.raises(NotPrepared, match="nothing to prepare"):
        prepare("pubmedqa", packs)
    with pytest.raises(UnknownPack):
        prepare_unknown(packs)


def prepare_unknown(packs: Packs) -> None:
    packs.folder("nonsense")


def test_every_preparer_is_of_a_pack_of_the_registry() -> None:
    known = registry()
    for name, preparer in preparing.PREPARERS.items():
        assert name in known
        assert set(preparer.needs) <= set(known)
        assert known[name].enables, "the list says what a genomic pack is for"


def test_asking_opens_nothing_at_import() -> None:
    code = (
        "import time, sys; start = time.perf_counter(); import genomics.lookups.held; "
        "took = time.perf_counter() - start; "
        "heavy = {'pysam', 'pandas', 'pyhpo', 'torch', 'numpy'} & set(sys.modules); print(took, heavy)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    ).stdout
    assert told.strip().endswith("set()")


def test_the_commands_import_prepare_and_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.cli.app import app

    monkeypatch.setattr("assistant.egress.install", lambda hosts: None)
    monkeypatch.setenv("CONSILIUM_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("retrieval.packs._settings", {})
    file = tmp_path / "mine.vcf"
    file.write_text(CLINVAR)
    run = CliRunner()
    came = run.invoke(app, ["packs", "import", "clinvar-grch38", str(file)])
    assert came.exit_code == 0, came.output
    assert "prepared" in came.output
    again = run.invoke(app, ["packs", "prepare", "clinvar-grch38"])
    assert again.exit_code == 0, again.output
    listed = run.invoke(app, ["packs", "list", "--json"])
    rows = {row["pack"]["name"]: row for row in json.loads(listed.stdout)}
    assert (rows["clinvar-grch38"]["state"], rows["clinvar-grch38"]["imported"]) == ("held", True)
    assert rows["gnomad-panel"]["state"] == "not held"
    assert run.invoke(app, ["packs", "prepare", "clinvar-grch37"]).exit_code == 2
    assert run.invoke(app, ["packs", "import", "nonsense", str(file)]).exit_code == 2
    refused = run.invoke(app, ["packs", "import", "revel", str(file)])
    assert refused.exit_code == 2
    file.write_text("hello")
    broken = run.invoke(app, ["packs", "import", "clinvar-grch37", str(file)])
    assert broken.exit_code == 5


def test_a_changed_data_folder_is_noticed(filled: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    shutil.copytree(filled, other)
    assert isinstance(lookups.held(other).known.of(SAMPLE), KnownClass)
    shutil.rmtree(other / "clinvar-grch38" / "ready")
    time.sleep(0.01)
    assert command(lookups.held(other).known.of(SAMPLE)).startswith("consilium packs prepare")
    os.remove(other / "clinvar-grch38" / "receipt.json")
    assert command(lookups.held(other).known.of(SAMPLE)).startswith("consilium packs pull")


def test_quotes_of_the_users_own_annotation_and_of_starter_facts_verify(filled: Path) -> None:
    holder = QuoteHolders((lookups.holder(filled), facts()))
    info = {"gnomADe_AF": "0.01,0.2", "gnomADe_AN": "5000", "gnomADe_nhomalt": "1,3"}
    row = frequency.of_info(SNV, info, allele=1, alleles=2)
    score = predictors.of_info(SNV, "C|BRCA1|0.01|0.2|0|0|1|2|3|4", "C")
    gene = lookups.held(filled).dosage.of(next(iter(facts().genes)))
    assert row is not None
    assert score is not None
    assert isinstance(gene, Dosage)
    for one in (row, score, gene):
        assert holder.standing(evidence(one)) == "here"
    assert "GRCh38 17-43106478-A-C: 1000 of 5000 alleles" in line(row)
    assert lookups.holder(filled).text("file:annotation:nonsense") is None
    assert lookups.holder(filled).text("file:annotation:GRCh38/17-5-A-C;AF=0.5") is None


def test_a_variant_is_looked_up_whatever_its_spelling(filled: Path) -> None:
    whole = Variant(build=Build.GRCH38, contig="chr17", pos=43124028, ref="CTCT", alt="CT")
    held = lookups.held(filled)
    assert isinstance(held.known.of(whole), KnownClass)
    assert isinstance(held.frequency.of(whole), Frequency)


MANE = """##gff-version 3
NC_000001.11\tmade\tgene\t1001\t1300\t.\t+\t.\tID=gene-MADE1;gene=MADE1
NC_000001.11\tmade\tmRNA\t1001\t1300\t.\t+\t.\tID=rna-1;Parent=gene-MADE1;tag=MANE Select;transcript_id=NM_000001.1
NC_000001.11\tmade\texon\t1001\t1060\t.\t+\t.\tID=e1;Parent=rna-1;gene=MADE1;transcript_id=NM_000001.1
NC_000001.11\tmade\texon\t1241\t1300\t.\t+\t.\tID=e2;Parent=rna-1;gene=MADE1;transcript_id=NM_000001.1
NC_000001.11\tmade\tCDS\t1011\t1060\t.\t+\t0\tID=c1;Parent=rna-1;gene=MADE1;protein_id=NP_000001.1
NC_000001.11\tmade\tCDS\t1241\t1283\t.\t+\t1\tID=c1;Parent=rna-1;gene=MADE1;protein_id=NP_000001.1
"""
RNA = "GATTACAGAT" + "ATG" + "GCT" * 29 + "TAA" + "GATTACAGATTACAGAT"


def test_transcripts_of_mane_are_prepared_out_of_two_packs_and_name_clinvars_neighbours(folder: Path) -> None:
    clinvar = "\n".join(CLINVAR.splitlines()[:5]) + (
        "\n1\t1014\t7\tG\tA\t.\t.\tCLNSIG=Pathogenic;CLNREVSTAT=reviewed_by_expert_panel;GENEINFO=MADE1:1;"
        "MC=SO:0001583|missense_variant\n"
    )
    packs = bring(folder, "clinvar-grch38", clinvar, "clinvar.vcf.gz")
    prepare("clinvar-grch38", packs)
    gap = lookups.held(folder).known.neighbours("MADE1", Build.GRCH38)
    assert command(gap) == "consilium packs pull clinvar-names"
    bring(folder, "mane-gff", MANE, "MANE.GRCh38.v1.4.refseq_genomic.gff.gz")
    packs = bring(folder, "mane-rna", f">NM_000001.1 made\n{RNA}\n", "MANE.GRCh38.v1.4.refseq_rna.fna.gz")
    prepare("mane-rna", packs)
    held = lookups.held(folder)
    assert held.versions["mane-gff"] == "1.4"
    assert isinstance(held.transcripts.effects(read("1-1014-G-A", Build.GRCH38)), tuple)
    near = held.known.neighbours("MADE1", Build.GRCH38)
    assert not isinstance(near, Gap)
    assert [(one.accession, one.c_name, one.p_name, one.stars) for one in near] == [
        ("7", "c.4G>A", "p.Ala2Thr", 3)
    ]


GUIDANCE = b'{"version": "v3.1.1", "guidelines": []}'


def test_pharmcat_is_prepared_with_its_guidance(shared: Path, folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "v3.1.1"
    with tarfile.open(archive, "w:gz") as release:
        for part in ("definition", "phenotype"):
            for file in (shared / "pharmcat" / part).glob("*.json.gz"):
                text = gzip.decompress(file.read_bytes())
                place = "definition/alleles" if part == "definition" else "phenotype"
                _add(release, f"PharmCAT-3.1.1/src/main/resources/pharmcat/{place}/{file.stem}", text)
        _add(release, "PharmCAT-3.1.1/src/test/resources/prescribing_guidance.json", b"of a test")
        _add(release, "PharmCAT-3.1.1/src/main/resources/x/reporter/prescribing_guidance.json", GUIDANCE)
    packs = Packs(folder)
    packs.import_("pharmcat", [archive])
    prepare("pharmcat", packs)
    made = lookups.prepared("pharmcat", folder)
    assert made is not None
    assert (made / "guidance" / "prescribing_guidance.json").read_bytes() == GUIDANCE
    assert any(made.rglob("*CYP2C19*"))
    other = Packs(tmp_path / "other")
    other.import_("pharmcat", [_broken(tmp_path)])
    with pytest.raises(NotPrepared, match=r"no readable tar\.gz"):
        prepare("pharmcat", other)


def _add(release: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    release.addfile(member, io.BytesIO(content))


def _broken(folder: Path) -> Path:
    file = folder / "broken.tar.gz"
    file.write_bytes(b"no archive")
    return file
