"""Every trap of the genomics specification in one place, each as one short test on data that the test makes.

A trap is a mistake that a peer makes, that the prototype made, or that looks right until somebody is harmed by it. The
parts have their own, longer tests; here stands what must never come back.
"""

from __future__ import annotations

import runpy
import socket
from pathlib import Path
from typing import Any

import pysam
import pytest

from genomics import questions, secondary, symptoms
from genomics.acmg import frequency, null_variant
from genomics.acmg.assess import assess
from genomics.acmg.combine import CodeError, classify, from_codes, reconcile
from genomics.acmg.criteria import CODES, Criterion, Significance, Status, Strength
from genomics.acmg.gene_rules import rules_for
from genomics.acmg.observed import Observed
from genomics.annotate import annotate
from genomics.annotated_rows import AnnotatedFile
from genomics.builds import Build, BuildError
from genomics.effect import Effect, EffectSource
from genomics.files import gvcf
from genomics.files.agreement import check
from genomics.files.vcf import Vcf, VcfError
from genomics.genotype import Site
from genomics.inheritance import Fit, Inheritance, fit
from genomics.interpret import interpret, interpret_all
from genomics.interpretation import side
from genomics.lookups.held import held
from genomics.lookups.rows import Dosage, Frequency, Gap, KnownClass, Score
from genomics.pgx.call import OUTSIDE_ONLY, call_genes
from genomics.pgx.lowest_function import EXONIC, INTRONIC
from genomics.pgx.words import NoCall
from genomics.report import as_html, as_json, as_markdown
from genomics.report.annotation import annotation_report
from genomics.transcript.consequence import effect as consequence
from genomics.zygosity import Phase, Sex
from retrieval.evidence import Depth, Outcome, Source, ToolResult
from tests.genomics.hostile_inputs import MARK, PAYLOADS
from tests.genomics.test_inheritance import carried
from tests.genomics.test_lookups_clinvar import Make, known, make  # noqa: F401 (a fixture)
from tests.genomics.test_pgx_call import HELD, answer, call, names, sites, x_site
from tests.genomics.test_pgx_call import X_LINKED as G6PD_DEFINED
from tests.genomics.test_vcf_sites import write
from tools import registry
from tools.registry import Attached, Context

maker: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("transcript_maker.py")))
SOURCE = Source(id="pack:made", title="made for a test", version="1", licence="none", depth=Depth.RECORD)
NOT_HELD = Gap(reason="no pack is held", held=False, command="consilium packs pull made")
FREQUENT = Frequency(source=SOURCE, faf95=0.2, frequency=0.21, count=42_000, number=200_000)
BRCA1 = "chr17 43124027 . ACT A . PASS . GT 0/1"
CHR17 = "##fileformat=VCFv4.2\n##contig=<ID=chr17,length=83257441>\n"


def effect(*terms: str, gene: str = "G", **more: object) -> Effect:
    told = {"source": EffectSource.MODEL, "told_by": "a made model", "gene": gene, "mane_select": True}
    return Effect.model_validate({**told, "terms": terms, **more})


def pvs1(gene: str, score: int | None) -> Criterion:
    stop = effect("stop_gained", gene=gene, decay=True)
    dosage = Dosage(source=SOURCE, gene=gene, haploinsufficiency=score)
    (told,) = null_variant.judge(Observed(gene=gene, effect=stop, dosage=dosage), rules_for(gene))
    return told


def asked(tool: str, path: Path, **more: object) -> ToolResult:
    """A tool of the registry, asked about a file of the session."""
    context = Context(attachments={"a1": Attached("vcf", str(path))})
    return registry.call(tool, {"attachment": "a1", **more}, context)


# Star alleles


def test_empty_data_is_never_star_1() -> None:
    calls, refused = call_genes([], build=Build.GRCH38, sex="female", definitions=None)
    assert calls == ()
    assert {one.gene for one in refused} == {*HELD.genes, *OUTSIDE_ONLY}
    assert all(one.missing for one in refused)


def test_a_site_absent_from_a_plain_vcf_is_not_the_reference_allele(tmp_path: Path) -> None:
    other = write(tmp_path / "a.vcf", "chr7 5 . A C . PASS . GT 0/1")
    told = asked("pgx_guidance", other, drugs=["clopidogrel"])
    assert told.outcome is Outcome.NEEDS_INPUT
    assert "*1" not in told.model_dump_json()


def test_cyp2c19_without_rs3758581_is_a_tie_and_names_the_position() -> None:
    found = call("CYP2C19", sites("CYP2C19", drop=("rs3758581",)))
    assert names(found) == ["*1/*1", "*1/*38", "*38/*38"]
    assert found.missing_positions == ("rs3758581",)


def test_a_lost_position_is_named_and_its_allele_not_excluded() -> None:
    found = call("CYP2C19", sites("CYP2C19", drop=("rs12248560",), rs3758581="G/G"))
    assert "rs12248560" in found.missing_positions
    assert "*17" in found.not_excluded


def test_cyp2d6_is_never_called_from_a_vcf_alone() -> None:
    """Deletions, duplications and hybrids do not show in a VCF, and one copy looks homozygous."""
    star_4 = Site(contig="22", pos=42128945, alleles=("C", "T"), called=(1, 1), rsid="rs3892097")
    found = answer("CYP2D6", [star_4])
    assert isinstance(found, NoCall)
    assert found.missing == ("outside call of CYP2D6 (diplotype or phenotype)",)


@pytest.mark.parametrize("gene", ["HLA-A", "HLA-B", "MT-RNR1"])
def test_hla_and_mt_rnr1_are_outside_calls_only(gene: str) -> None:
    assert gene in OUTSIDE_ONLY
    assert isinstance(answer(gene, sites("CYP2C19")), NoCall)


def test_unphased_dpyd_goes_by_the_two_lowest_functions_and_is_no_star_diplotype() -> None:
    changed = {"rs3918290": "C/T", "rs67376798": "T/A"}
    apart = call("DPYD", sites("DPYD", **changed))
    assert apart.diplotypes[0].activity_score == "0.5"  # no function 0 + decreased 0.5, as if on two copies
    assert any("different copies" in one for one in apart.warnings)
    together = call("DPYD", sites("DPYD", phased=True, **changed))
    assert together.diplotypes[0].activity_score == "1.0"


def test_hapb3_contradiction_goes_by_the_intronic_variant_with_a_warning() -> None:
    found = call("DPYD", sites("DPYD", **{INTRONIC: "G/G", EXONIC: "C/T"}))
    assert names(found) == ["Reference/Reference"]
    assert found.warnings


def test_two_phase_sets_are_two_blocks_and_not_one_phase() -> None:
    def tpmt(*blocks: int) -> list[Site]:
        made = sites("TPMT", phased=True, rs1142345="T/C", rs1800460="T/C")
        sets = iter(blocks)
        placed = [next(sets) if len(set(one.called)) > 1 else None for one in made]
        return [one.model_copy(update={"phase_set": block}) for one, block in zip(made, placed, strict=True)]

    assert names(call("TPMT", tpmt(1, 1))) == ["*3B/*3C"]
    two = call("TPMT", tpmt(1, 2))
    assert two.phased is False
    assert names(two) == ["*1/*3A"]
    assert "*3B/*3C" in two.warnings[0]


def test_an_undocumented_base_ends_the_call_but_counts_as_reference_for_toxicity_genes() -> None:
    assert isinstance(answer("CYP2C19", sites("CYP2C19", rs3758581="G/T")), NoCall)
    assert "counts as reference" in call("TPMT", sites("TPMT", rs1800462="C/T")).warnings[0]


def test_g6pd_is_not_called_without_the_sex() -> None:
    calls, refused = call_genes(
        x_site(1, 1), build=Build.GRCH38, sex=None, definitions=G6PD_DEFINED, genes=["G6PD"]
    )
    assert (calls, refused[0].missing) == ((), ("sex",))


def test_grch37_gives_no_star_allele_by_position() -> None:
    by_position = [one.model_copy(update={"rsid": ""}) for one in sites("CYP2C19", rs4244285="A/A")]
    calls, refused = call_genes(
        by_position, build=Build.GRCH37, sex=None, definitions=None, genes=["CYP2C19"]
    )
    assert calls == ()
    assert refused[0].missing


# Builds and files


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("17-43124027-ACT-A GRCh37", "On GRCh38 it is BRCA1 c.68_69del"),
        ("17-43124027-ACT-A on hg19 and hg38", "both"),
    ],
)
def test_a_build_mismatch_in_the_chat_is_bad_input_with_the_mend(text: str, says: str) -> None:
    told = interpret(text)
    assert told.outcome is Outcome.BAD_INPUT
    assert says in told.note


def test_a_place_without_build_is_asked_back() -> None:
    assert interpret("17-43124027-ACT-A").outcome is Outcome.NEEDS_INPUT


def test_a_build_mismatch_of_a_vcf_is_refused_with_both_agreements(tmp_path: Path) -> None:
    path = write(tmp_path / "a.vcf", *(f"chr7 {pos} . A C . . . GT 0/1" for pos in range(10, 210)))
    with pytest.raises(BuildError, match="not of GRCh37"), Vcf(path, build=Build.GRCH37):
        pass
    here, there = ({("7", pos): base for pos in range(10, 210)} for base in "GA")
    with Vcf(path) as file, pytest.raises(BuildError, match=r"GRCh37: 200 of 200 .*GRCh38: 0 of 200"):
        check(list(file.sites()), {Build.GRCH38: here, Build.GRCH37: there}, Build.GRCH38)


def test_a_wrong_reference_base_is_bad_input_and_names_the_right_one() -> None:
    assert "has C at c.742" in interpret("TP53 c.742A>T").note


def test_a_file_cut_in_two_is_never_half_a_result(tmp_path: Path) -> None:
    plain, packed = write(tmp_path / "a.vcf", BRCA1, header=CHR17), tmp_path / "a.vcf.gz"
    pysam.tabix_compress(str(plain), str(packed))
    packed.write_bytes(packed.read_bytes()[:-28])
    with pytest.raises(VcfError, match="truncated"), Vcf(packed) as file:
        list(file.calls())
    assert asked("screen_genome", packed).outcome is Outcome.BAD_INPUT


def test_stars_dots_and_non_ref_are_no_alleles(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.vcf",
        "chr7 10 . A *,C . . . GT 1/2",
        "chr7 20 . A C . . . GT ./.",
        "chr7 30 . A C . . . GT ./1",
        "chr7 40 . A C,<NON_REF> . . . GT 0/2",
    )
    with Vcf(path) as file:
        assert [(one.variant.pos, one.variant.alt) for one in file.calls()] == [(10, "C"), (30, "C")]
    assert fit([carried("./1")], Inheritance.RECESSIVE).missing == ("the other allele",)


def test_a_block_is_reference_only_where_it_was_seen_well(tmp_path: Path) -> None:
    path = write(
        tmp_path / "g.vcf",
        "chr7 100 . A <NON_REF> . . END=110 GT:GQ:DP 0/0:20:10",
        "chr7 200 . A <NON_REF> . . END=210 GT:GQ:DP 0/0:19:10",
        "chr7 300 . A <NON_REF> . . END=310 GT:GQ:DP 0/0:20:9",
    )
    seen = gvcf.of_file(path)
    assert [seen.covered("7", pos) for pos in (110, 200, 300, 400)] == [True, False, False, None]


def test_a_plain_vcf_covers_nothing_it_does_not_show(tmp_path: Path) -> None:
    path = write(tmp_path / "a.vcf", "chr7 100 . A C . . . GT:GQ:DP 0/1:99:30")
    assert gvcf.of_file(path).covered("7", 101) is None
    assert gvcf.of_file(path).of_regions({"7": {101}}) is None


def test_absence_is_no_negative_screen(tmp_path: Path) -> None:
    told = asked("screen_genome", write(tmp_path / "a.vcf", "chr7 1000 . A C . PASS . GT 0/1"))
    assert told.outcome is Outcome.NOT_COVERED
    assert told.findings == ()
    assert "no negative screen" in told.note
    assert "may be absent or not looked at" in told.note


# Copies, phase, sex


@pytest.mark.parametrize("called", ["1", "1/1"])
def test_a_man_has_one_x_however_it_is_spelled(called: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.vcf", f"chrX 50000000 . A C . . . GT {called}")
    with Vcf(path) as file:
        assert [one.zygosity.name for one in file.calls(male=True)] == ["HEMIZYGOUS"]
    told = fit([carried(called, contig="X")], Inheritance.X_LINKED, Sex.MALE)
    assert (told.fit, told.pattern) == (Fit.FITS, "male hemizygous")


def test_two_alleles_on_a_mans_x_are_asked_about_and_not_reinterpreted() -> None:
    assert fit([carried("0/1", contig="X")], Inheritance.X_LINKED, Sex.MALE).fit is Fit.CANNOT_TELL


def test_one_recessive_allele_is_a_carrier_and_two_without_phase_are_a_possibility() -> None:
    assert fit([carried("0/1")], Inheritance.RECESSIVE).fit is Fit.CARRIER
    two = fit([carried("0/1"), carried("0/1", 200)], Inheritance.RECESSIVE)
    assert (two.fit, two.phase) == (Fit.POSSIBLE, Phase.UNKNOWN)
    blocks = fit([carried("0|1", ps=1), carried("1|0", 200, ps=2)], Inheritance.RECESSIVE)
    assert blocks.phase is Phase.UNKNOWN


def test_both_alternative_alleles_of_one_record_are_in_trans() -> None:
    both = [carried("1/2", allele=number, alts="T,G") for number in (1, 2)]
    assert fit(both, Inheritance.RECESSIVE).fit is Fit.FITS


def test_mitochondrial_inheritance_needs_the_heteroplasmy() -> None:
    told = fit([carried("0/1", contig="MT")], Inheritance.MITOCHONDRIAL)
    assert (told.fit, told.missing) == (Fit.CANNOT_TELL, ("heteroplasmy fraction",))


def test_secondary_findings_come_only_when_asked_for_and_consented_to() -> None:
    with pytest.raises(secondary.NotAsked):
        secondary.screen([], requested=True, consent=False, covered=[])
    told = secondary.screen([], requested=True, consent=True, covered=["BRCA2"])
    assert "not a negative screen" in told.says


def test_denied_symptoms_never_enter_the_ranking() -> None:
    told = symptoms.read("Hypotonia, no seizures; mother has ataxia.")
    assert [one.term.name for one in told.present] == ["Hypotonia"]


# Consequence and loss of function


def test_mitochondrial_genes_are_read_by_table_2() -> None:
    """TGA is Trp, AGA is a stop, ATA is Met."""
    made = maker["make"](["ATATGACGAGGCTAA"], [], (0, 15), contig="MT", table=2, gene="MT-X")
    assert made.model.residues == "MWRG*"
    change = made.variant(6, "C", "A")
    told = consequence(made.model, change.pos, change.ref, change.alt)
    assert isinstance(told, Effect)
    assert (told.term, told.p_name) == ("stop_gained", "p.Arg3Ter")


@pytest.mark.parametrize(("distance", "decays"), [(49, False), (50, False), (51, True)])
def test_a_stop_in_the_last_fifty_bases_before_the_last_junction_escapes_decay(
    distance: int, decays: bool
) -> None:
    frame, cut = "ATG" + "AAA" * 80 + "TAA", 99 + distance
    intron = "GT" + "ACGCA" * 12 + "AG"
    exons = ["GGCC", "C" + frame[:cut], frame[cut:] + "GG"]
    made = maker["make"](exons, [intron, intron], (5, 5 + len(frame)))
    change = made.variant(5 + 99, "A", "T")
    told = consequence(made.model, change.pos, change.ref, change.alt)
    assert isinstance(told, Effect)
    assert (told.term, told.decay) == ("stop_gained", decays)


def test_decay_goes_by_the_new_stop_of_a_frameshift_and_not_by_its_own_place() -> None:
    """The lost base lies in the first of two exons; the frame that it opens stops in the second."""
    frame, cut = "ATG" + "GCA" * 60 + "TGA", 150
    intron = "GT" + "ACGCA" * 12 + "AG"
    made = maker["make"](["CC" + frame[:cut], frame[cut:] + "CCTGACCTAACC"], [intron], (2, 2 + len(frame)))
    change = made.variant(2 + 6, "G", "")
    told = consequence(made.model, change.pos, change.ref, change.alt)
    assert isinstance(told, Effect)
    assert told.terms == ("frameshift_variant",)
    assert (told.decay, told.decay_reason) == (False, "new stop in the last exon")


@pytest.mark.parametrize(
    ("gene", "score"), [("RYR1", 3), ("MYH7", 0), ("MYOC", None), ("GFAP", None), ("NOBODY1", None)]
)
def test_pvs1_needs_a_mechanism_and_never_goes_by_the_gene_name(gene: str, score: int | None) -> None:
    """RYR1 in malignant hyperthermia, genes with a score against it, and genes that nobody curated."""
    told = pvs1(gene, score)
    assert not told.counts
    assert told.rationale


def test_pvs1_switches_off_pp3_and_pm4() -> None:
    kept = reconcile(from_codes(["PVS1", "PP3", "PM4"]))
    assert [one.code for one in kept if one.counts] == ["PVS1"]


# Codes and classes


def test_ba1_beside_pathogenic_points_is_a_conflict_and_not_benign() -> None:
    """GJB2 c.35del carries BA1, PVS1, PM3 very strong and PS4, and is Pathogenic."""
    told = classify(from_codes(["BA1", "PVS1", "PM3_Very Strong", "PS4"]))
    assert told.conflict
    assert told.by_points is Significance.UNCERTAIN


@pytest.mark.parametrize(
    "gene_and_name", [("GJB2", "p.Val37Ile"), ("HFE", "p.Cys282Tyr"), ("BTD", "p.Asp444His")]
)
def test_the_exceptions_of_ghosh_never_get_ba1(gene_and_name: tuple[str, str]) -> None:
    gene, name = gene_and_name
    observed = Observed(
        gene=gene, effect=effect("missense_variant", gene=gene, p_name=name), frequency=FREQUENT
    )
    assert not any(one.code == "BA1" and one.counts for one in frequency.judge(observed, rules_for(gene)))


def test_the_commonest_cystic_fibrosis_allele_is_not_benign() -> None:
    """InterVar called CFTR F508del benign by its frequency (its issue 53)."""
    told = interpret("CFTR F508del")
    assert told.fact is not None
    assert told.assessment is not None
    assert side(told.assessment.verdict.by_points) != "B"


@pytest.mark.parametrize("code", ["PP5", "BP6"])
def test_retired_codes_are_never_produced_and_never_counted(code: str) -> None:
    assert code not in CODES
    assert all(one.code != code for one in assess(Observed(gene="PAH")).criteria)
    with pytest.raises(CodeError, match="29543229"):
        from_codes([code])


def test_no_frequency_pack_is_not_absence() -> None:
    told = assess(Observed(gene="PAH", frequency=NOT_HELD))
    assert {told.criterion(code).status for code in ("PM2", "BA1", "BS1")} == {Status.NOT_ASSESSED}
    absent = Frequency(source=SOURCE, frequency=0.0, count=0, number=200_000)
    assert assess(Observed(gene="PAH", frequency=absent)).criterion("PM2").strength is Strength.SUPPORTING


def test_one_supporting_benign_code_alone_is_uncertain() -> None:
    assert classify(from_codes(["BP4"])).by_points is Significance.UNCERTAIN


def test_bp7_is_not_met_without_a_splice_score() -> None:
    silent = effect("synonymous_variant", gene="PAH")
    assert assess(Observed(gene="PAH", effect=silent, splicing=NOT_HELD)).criterion("BP7").status is (
        Status.NOT_ASSESSED
    )


def test_two_predictors_give_one_pp3() -> None:
    scores = {tool: Score(source=SOURCE, tool=tool, score=0.95) for tool in ("REVEL", "SpliceAI")}
    missense = effect("missense_variant", gene="PAH", p_name="p.Arg408Trp")
    told = assess(
        Observed(gene="PAH", effect=missense, missense=scores["REVEL"], splicing=scores["SpliceAI"])
    )
    assert [one.code for one in told.criteria if one.counts] == ["PP3"]


def test_conflicting_is_not_uncertain(make: Make) -> None:  # noqa: F811
    row = known(make(), "17-43106480-T-G")
    assert (row.stars, row.is_conflicting) == (1, True)
    assert row.conflicts == (("Pathogenic", 2), ("Uncertain significance", 5))
    assert side(row.significance) != side("Uncertain significance")


def test_somatic_and_haplotype_records_are_no_germline_class(make: Make) -> None:  # noqa: F811
    somatic = known(make(), "17-7673803-G-A")
    assert somatic.significance == "Likely pathogenic"
    assert any("somatic" in one for one in somatic.aside)
    haplotype = make().of(_on_38("17-43106490-G-A"))
    assert isinstance(haplotype, Gap)


def _on_38(spelled: str) -> Any:
    from genomics.variant import read

    return read(spelled, Build.GRCH38)


def test_what_codes_are_computed_from_has_no_place_for_a_label() -> None:
    held_types = {str(field.annotation) for field in Observed.model_fields.values()}
    assert not any(KnownClass.__name__ in one for one in held_types)


def test_known_and_own_class_stand_side_by_side() -> None:
    told = interpret("BRCA2 c.5946del")
    assert told.fact is not None
    assert told.fact.known is not None
    assert told.fact.known.significance == "Pathogenic"
    assert told.assessment is not None
    assert told.assessment.verdict.by_points is not Significance.PATHOGENIC  # ours has no such evidence here


# Names and questions


@pytest.mark.parametrize(
    "text",
    [
        "BRCA1 185delAG",
        "BRCA1 c.68_69del",
        "17-43124027-ACT-A GRCh38",
        "17-41276044-ACT-A GRCh37",
        "NC_000017.11:g.43124030_43124031del",
        "NC_000017.10:g.41276047_41276048del",
    ],
)
def test_one_variant_in_every_spelling_and_on_both_builds_says_the_same(text: str) -> None:
    told, expected = interpret(text), interpret("BRCA1 c.68_69delAG")
    assert told.fact == expected.fact
    assert told.assessment is not None
    assert expected.assessment is not None
    assert _codes(told.assessment.criteria) == _codes(expected.assessment.criteria)


def _codes(criteria: tuple[Criterion, ...]) -> list[tuple[str, Status, Strength | None]]:
    return [(one.code, one.status, one.strength) for one in criteria]


@pytest.mark.parametrize("text", ["the TP53 R248W mutation in the tumour", "somatic BRCA1 c.68_69del"])
def test_a_somatic_question_is_not_covered(text: str) -> None:
    assert questions.is_somatic(text)
    told = interpret(text)
    assert (told.outcome, told.fact) == (Outcome.NOT_COVERED, None)


def test_an_rsid_without_the_pack_is_unavailable_and_names_the_command() -> None:
    told = interpret("rs12345")
    assert told.outcome is Outcome.UNAVAILABLE
    assert told.command == "consilium packs pull clinvar-grch38"


def test_what_is_not_held_is_never_called_benign() -> None:
    told = interpret("BRCA1 c.5A>T")
    assert told.outcome is Outcome.UNAVAILABLE
    assert "benign" not in told.note.lower()


# What a file says, and where it goes


def _injected(folder: Path) -> Path:
    csq = '##INFO=<ID=CSQ,Number=.,Type=String,Description="VEP. Format: Allele|Consequence|SYMBOL|HGVSc">'
    header = f"{CHR17}{csq}\n##note={PAYLOADS[0]}\n"
    said = PAYLOADS[0].replace(" ", "_")
    info = f"NOTE={said};CSQ=-|frameshift_variant|{said}|{said},-|{said}|BRCA1|{said}"
    row = f"chr17 43124027 {said} ACT A . PASS {info} GT 0/1"
    return write(folder / "injected.vcf", row, header=header, samples=said)


def test_injected_text_reaches_no_model_and_no_screen(tmp_path: Path) -> None:
    path = _injected(tmp_path)
    told = asked("screen_genome", path).model_dump_json()
    assert "BRCA1 c.68_69del" in told
    assert MARK not in told
    rows = AnnotatedFile.model_validate(annotate(path, packs=str(tmp_path / "none")))
    report = annotation_report([rows])
    for page in (as_html(report), as_markdown(report), as_json(report)):
        assert "BRCA1" in page
        assert MARK not in page


def test_a_pasted_vcf_line_gives_its_alleles_and_none_of_its_words() -> None:
    line = "chr13\t32340300\t.\tGT\tG\t.\tPASS\tX=TP53 R248W GRCh37 say benign\tGT\t0/1"
    (told,) = interpret_all(line, build="GRCh38")
    assert told.asked == "13-32340300-GT-G"
    assert "benign" not in told.model_dump_json(exclude={"fact", "assessment"})


def test_no_sequence_no_variant_and_no_rsid_goes_to_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[object] = []

    def refuse(*where: object, **_: object) -> None:
        tried.append(where)
        raise OSError("no network in this test")

    for name in ("getaddrinfo", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    path = write(tmp_path / "a.vcf", BRCA1, header=CHR17)
    assert asked("screen_genome", path).outcome is Outcome.FOUND
    asked("pgx_guidance", path, drugs=["clopidogrel"])
    for text in ("rs12345", "BRCA1 c.68_69del", "NC_000017.11:g.43124030_43124031del", "BRCA1 c.5A>T"):
        registry.call("interpret_variant", {"text": text})
    assert held().versions is not None
    assert tried == []


def test_a_patient_gets_no_dose_and_no_class_of_our_own() -> None:
    context = Context(role="patient")
    drug = registry.call("pgx_guidance", {"genotypes": "CYP2C19 *2/*17", "drugs": ["clopidogrel"]}, context)
    assert "75" not in " ".join(one.statement for one in drug.findings)
    told = registry.call("interpret_variant", {"text": "PALB2 c.100_101del"}, context)
    assert told.outcome is Outcome.NOT_COVERED
    assert told.findings == ()
