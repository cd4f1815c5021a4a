"""A position that a file does not tell, or that does not fit, is never the reference: what is said, and what is not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genomics.builds import Build
from genomics.genotype import Site
from genomics.interpret import interpret
from genomics.mentions import MentionKind, find
from genomics.pgx import findings, gathering, held_guidance
from genomics.pgx.call import call_genes
from genomics.pgx.guidance import action, advise
from genomics.pgx.starter import starter
from genomics.pgx.starter_guidance import starter as guidance
from genomics.pgx.table import table_of
from genomics.pgx.words import GeneCall, NoCall, listed
from retrieval.evidence import Action, Outcome, ToolResult
from tools import genome, pharmacogenes
from tools.registry import Attached, Context

HELD = starter()
COMPLEMENT = str.maketrans("ACGT", "TGCA")
LENGTHS = {Build.GRCH37: 135534747, Build.GRCH38: 133797422}
OLD_PLACES = {"rs12248560": 96521657, "rs4244285": 96541616, "rs4986893": 96540410, "rs3758581": 96602623}


@pytest.fixture(autouse=True)
def without_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but what ships, whatever this machine holds."""
    for module in (gathering, held_guidance):
        monkeypatch.setattr(module, "prepared", lambda: None)


def sites(gene: str, carried: Mapping[str, tuple[int, int]], missing: Collection[str] = ()) -> list[Site]:
    """Every position of a gene but the missing ones; the reference where nothing is carried."""
    made = []
    for locus in HELD.genes[gene].loci:
        if locus.rsid not in missing:
            alt = next(iter(locus.bases - {locus.ref}))
            copies = carried.get(locus.rsid, (0, 0))
            made.append(
                Site(
                    contig=locus.contig,
                    pos=locus.pos,
                    alleles=(locus.ref, alt),
                    called=copies,
                    phased=True,
                    rsid=locus.rsid,
                )
            )
    return made


def called(gene: str, told: list[Site], build: Build = Build.GRCH38) -> GeneCall:
    (call,), _ = call_genes(told, build=build, sex=None, definitions=None, genes=[gene])
    return call


USUAL = {"rs3758581": (1, 1)}
"""CYP2C19 *1 differs from the reference *38 here."""


def test_an_absent_position_leaves_the_phenotype_open() -> None:
    call = called("CYP3A5", sites("CYP3A5", {}, {"rs776746", "rs10264272"}))
    assert [pair.name for pair in call.diplotypes] == ["*1/*1"]
    assert call.hidden == ("*3", "*6")
    assert {pair.phenotype for pair in call.otherwise} == {"Intermediate Metabolizer", "Poor Metabolizer"}
    told = [one.statement for one in findings.of_call(call)]
    rests = "If CYP3A5 *3 and *6 are absent, which this file does not show: "
    assert all(one.startswith(rests) for one in told)
    assert "Normal Metabolizer; not determined otherwise" in told[1]
    shown = table_of([call]).rows[0][2]
    assert shown == "Normal Metabolizer if CYP3A5 *3 and *6 are absent; not determined otherwise"


def test_no_dose_is_changed_on_alleles_that_were_not_looked_for() -> None:
    whole = advise([called("CYP3A5", sites("CYP3A5", {}))], ["tacrolimus"], guidance())[0].guidance
    assert [action(one) for one in whole] == [Action.CHANGE]
    call = called("CYP3A5", sites("CYP3A5", {}, {"rs776746"}))
    (given,) = advise([call], ["tacrolimus"], guidance())[0].guidance
    assert action(given) is Action.INFORM
    told = findings.of_guidance(given)
    assert told.action is Action.INFORM
    assert told.statement.startswith(
        "If CYP3A5 *3 is absent, which this file does not show: CPIC on tacrolimus"
    )


@pytest.mark.parametrize(
    ("gene", "carried", "missing", "drug", "wanted"),
    [
        ("DPYD", {"rs3918290": (0, 1)}, {"rs67376798"}, "capecitabine", Action.CHANGE),
        ("CYP2C19", USUAL | {"rs4244285": (0, 1), "rs12769205": (0, 1)}, {"rs4986893"}, "clopidogrel", Action.AVOID),
        ("TPMT", {"rs1142345": (0, 1), "rs1800460": (0, 1)}, {"rs1800462"}, "azathioprine", Action.CHANGE),
        ("CYP3A5", {"rs776746": (0, 1)}, {"rs10264272"}, "tacrolimus", Action.INFORM),
    ],
)  # fmt: skip
def test_a_seen_allele_still_warns_as_far_as_every_open_phenotype_does(
    gene: str,
    carried: Mapping[str, tuple[int, int]],
    missing: set[str],
    drug: str,
    wanted: Action,
) -> None:
    call = called(gene, sites(gene, carried, missing))
    assert call.condition
    given = advise([call], [drug], guidance())[0].guidance
    assert action(given[0]) is wanted


@pytest.mark.parametrize(
    ("gene", "carried", "missing"),
    [
        ("CYP2C19", USUAL | {"rs4244285": (1, 1)}, {"rs4986893", "rs12248560", "rs12769205"}),
        ("CYP2C19", USUAL, {"rs3758581"}),  # *38 and *1 have the same function
        ("CYP2C9", {"rs1057910": (1, 1)}, {"rs1799853"}),
        ("CYP3A5", {"rs776746": (1, 1)}, {"rs10264272", "rs41303343"}),
        ("DPYD", {}, {"rs75017182"}),  # HapB3 was looked for by its exonic position
        ("DPYD", {"rs3918290": (1, 1)}, {"rs67376798", "rs115232898"}),
        ("TPMT", {}, ()),
    ],
)
def test_what_cannot_change_the_phenotype_changes_nothing(
    gene: str, carried: Mapping[str, tuple[int, int]], missing: Collection[str]
) -> None:
    call = called(gene, sites(gene, carried, missing))
    assert (call.condition, call.hidden, call.otherwise) == ("", (), ())
    assert not any(one.statement.startswith("If ") for one in findings.of_call(call))


@given(
    gene=st.sampled_from(["CYP2C19", "CYP2C9", "CYP3A5", "TPMT"]),
    kinds=st.lists(st.sampled_from([(0, 0), (0, 1), (1, 0), (1, 1)]), min_size=6, max_size=6),
    gone=st.sets(st.integers(0, 5), max_size=4),
)
@settings(max_examples=150, deadline=None)
def test_the_whole_file_never_says_what_the_cut_one_excluded(
    gene: str, kinds: list[tuple[int, int]], gone: set[int]
) -> None:
    loci = HELD.genes[gene].loci
    carried = {locus.rsid: kind for locus, kind in zip(loci, kinds, strict=False)}
    calls, _ = call_genes(sites(gene, carried), build=Build.GRCH38, sex=None, definitions=None, genes=[gene])
    missing = {locus.rsid for index, locus in enumerate(loci) if index in gone}
    less, _ = call_genes(
        sites(gene, carried, missing), build=Build.GRCH38, sex=None, definitions=None, genes=[gene]
    )
    if not calls or not less:
        return
    open_to = {pair.phenotype for pair in (*less[0].diplotypes, *less[0].otherwise)}
    assert {pair.phenotype for pair in calls[0].diplotypes} <= open_to


def turned(site: Site) -> Site:
    """The site as a file of the other strand has it."""
    return site.model_copy(update={"alleles": tuple(one[::-1].translate(COMPLEMENT) for one in site.alleles)})


@pytest.mark.parametrize("build", list(Build))
@pytest.mark.parametrize(
    ("gene", "rsid"), [("CYP3A5", "rs776746"), ("DPYD", "rs3918290"), ("DPYD", "rs67376798")]
)
def test_bases_of_the_other_strand_are_named_and_not_called(gene: str, rsid: str, build: Build) -> None:
    told = [turned(one) if one.rsid == rsid else one for one in sites(gene, {rsid: (0, 1)})]
    calls, (refused,) = call_genes(told, build=build, sex=None, definitions=None, genes=[gene])
    assert calls == ()
    assert isinstance(refused, NoCall)
    assert f"{rsid} has reference" in refused.reason
    assert "other strand" in refused.reason
    assert refused.missing == (rsid,)


def test_a_base_that_no_allele_defines_does_not_exclude_the_allele() -> None:
    told = sites("DPYD", {"rs3918290": (0, 1)})
    strange = [
        one.model_copy(update={"alleles": ("C", "A")}) if one.rsid == "rs3918290" else one for one in told
    ]
    call = called("DPYD", strange)
    assert [pair.name for pair in call.diplotypes] == ["Reference/Reference"]
    assert call.condition == "DPYD c.1905+1G>A (*2A) is absent"
    (given,) = advise([call], ["capecitabine"], guidance())[0].guidance
    assert findings.of_guidance(given).statement.startswith("If DPYD c.1905+1G>A (*2A) is absent")


@pytest.mark.parametrize(
    ("names", "wanted"),
    [(("*3",), "*3"), (("*3", "*6"), "*3 and *6"), (tuple("abcdefgh"), "a, b, c, d, e, f and 2 more")],
)
def test_alleles_are_listed_in_words(names: tuple[str, ...], wanted: str) -> None:
    assert listed(names) == wanted


# ---- the tool -------------------------------------------------------------------------------------------------------


def vcf(folder: Path, build: Build, places: Mapping[str, int], *, rsids: bool = True) -> Context:
    """CYP2C19 *1/*1 with the positions given, under a header of the build."""
    header = (
        f"##fileformat=VCFv4.2\n##contig=<ID=chr10,length={LENGTHS[build]}>\n"
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="genotype">\n'
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\n"
    )
    loci = {locus.rsid: locus for locus in HELD.genes["CYP2C19"].loci}
    rows = []
    for rsid, pos in sorted(places.items(), key=lambda one: one[1]):
        alt = next(iter(loci[rsid].bases - {loci[rsid].ref}))
        genotype = "1/1" if rsid in USUAL else "0/0"
        name = rsid if rsids else "."
        rows.append(f"chr10\t{pos}\t{name}\t{loci[rsid].ref}\t{alt}\t.\tPASS\t.\tGT\t{genotype}\n")
    path = folder / "made.vcf"
    path.write_text(header + "".join(rows))
    return Context(attachments={"a1": Attached("vcf", str(path))})


def places_38(*without: str) -> dict[str, int]:
    return {one.rsid: one.pos for one in HELD.genes["CYP2C19"].loci if one.rsid not in without}


def ask(context: Context, *drugs: str, **more: Any) -> ToolResult:
    return pharmacogenes.pgx_guidance(None, "a1", list(drugs), context=context, **more)


def test_the_answer_names_the_positions_that_would_decide(tmp_path: Path) -> None:
    result = ask(vcf(tmp_path, Build.GRCH38, places_38("rs4986893")), "clopidogrel")
    assert result.outcome is Outcome.FOUND
    assert result.missing == ("called positions of CYP2C19 (rs4986893)",)
    assert {one.action for one in result.findings} == {Action.INFORM}
    assert all(one.statement.startswith("If CYP2C19 *3 is absent") for one in result.findings)


def test_a_patient_is_told_the_condition_too(tmp_path: Path) -> None:
    context = vcf(tmp_path, Build.GRCH38, places_38("rs4986893"))
    result = ask(Context(role="patient", attachments=context.attachments), "clopidogrel")
    assert result.findings
    assert all(one.statement.startswith("If CYP2C19 *3 is absent") for one in result.findings)


def test_the_calls_are_told_in_words_where_no_guideline_answers(tmp_path: Path) -> None:
    stated = pharmacogenes.pgx_guidance("UGT1A1 *28/*28", None, ["atazanavir"], context=Context())
    assert stated.outcome is Outcome.NOT_COVERED
    assert stated.note.startswith("UGT1A1 *28/*28, as stated, means Poor Metabolizer. No guideline")
    file = ask(vcf(tmp_path, Build.GRCH38, places_38()), "madeupril")
    assert "CYP2C19 *1/*1 means Normal Metabolizer." in file.note
    cut = ask(vcf(tmp_path, Build.GRCH38, places_38("rs4986893")), "madeupril")
    assert "If CYP2C19 *3 is absent, which this file does not show: CYP2C19 *1/*1" in cut.note
    pack = ask(vcf(tmp_path, Build.GRCH38, places_38()), "simvastatin")
    assert pack.outcome is Outcome.UNAVAILABLE
    assert "CYP2C19 *1/*1 means Normal Metabolizer." in pack.note


@pytest.mark.parametrize("rsids", [True, False])
def test_grch38_positions_under_a_grch37_header_are_refused(tmp_path: Path, rsids: bool) -> None:
    result = ask(vcf(tmp_path, Build.GRCH37, places_38(), rsids=rsids), "clopidogrel")
    assert result.outcome is Outcome.BAD_INPUT
    assert "The header says GRCh37, but places of GRCh38 were found" in result.note
    assert "Correct the contig lines" in result.note


@pytest.mark.parametrize("kept", [("rs4244285", "rs3758581"), ("rs12248560", "rs4986893")])
def test_grch37_positions_under_a_grch38_header_are_refused(tmp_path: Path, kept: tuple[str, ...]) -> None:
    old = {rsid: OLD_PLACES[rsid] for rsid in kept}
    result = ask(vcf(tmp_path, Build.GRCH38, old), "clopidogrel")
    assert result.outcome is Outcome.BAD_INPUT
    assert "The header says GRCh38, but places of GRCh37 were found" in result.note


@pytest.mark.parametrize("build", list(Build))
def test_positions_that_fit_their_header_are_read(tmp_path: Path, build: Build) -> None:
    places = places_38("rs12769205") if build is Build.GRCH38 else OLD_PLACES
    assert ask(vcf(tmp_path, build, places), "clopidogrel").outcome is Outcome.FOUND


def test_a_screen_refuses_a_file_whose_known_rsids_lie_on_the_other_build(tmp_path: Path) -> None:
    context = vcf(tmp_path, Build.GRCH37, places_38())
    result = genome.screen_genome("a1", looking_for="long QT syndrome", context=context)
    assert result.outcome is Outcome.BAD_INPUT
    assert "rs4244285" in result.note
    fitting = vcf(tmp_path, Build.GRCH38, places_38())
    result = genome.screen_genome("a1", looking_for="long QT syndrome", context=fitting)
    assert result.outcome is not Outcome.BAD_INPUT


# ---- names on a chromosome -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "spdi"),
    [
        ("GRCh38 chr19:g.38457545C>T", "NC_000019.10:38457544:C:T"),
        ("What does chr12:g.112915523A>G on GRCh37 mean?", "NC_000012.11:112915522:A:G"),
        ("Chr12(GRCh37):g.112915523A>G", "NC_000012.11:112915522:A:G"),
        ("hg38 19:g.38457545C>T", "NC_000019.10:38457544:C:T"),
        ("chr17:g.43124028_43124029del on GRCh38", "NC_000017.11:43124027:CT:"),
    ],
)
def test_a_genomic_name_on_a_chromosome_is_read(text: str, spdi: str) -> None:
    (mention,) = find(text)
    assert mention.gene == ""
    told = interpret(text)
    assert told.outcome is Outcome.FOUND
    assert told.spdi[0] == spdi


@pytest.mark.parametrize("text", ["chr19:g.38457545C>T", "chr17:g.43124028_43124029del"])
def test_without_a_build_it_is_asked_for(text: str) -> None:
    told = interpret(text)
    assert told.outcome is Outcome.NEEDS_INPUT
    assert told.missing == ("the genome build, GRCh37 or GRCh38",)


def test_a_star_allele_after_a_colon_is_read_and_a_list_is_not() -> None:
    (mention,) = find("We tested UGT1A1: *1/*28. Standard dose?")
    assert (mention.kind, mention.gene) == (MentionKind.STAR, "UGT1A1")
    assert find("NOTE: *5 tablets left") == ()
