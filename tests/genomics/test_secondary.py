"""Secondary findings: asked for and consented to, only what the list reports, and never a negative screen."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from genomics.acmg.criteria import Significance
from genomics.effect import Effect, EffectSource
from genomics.gene_facts import check, gene_facts
from genomics.genotype import Site
from genomics.inheritance import Carried
from genomics.secondary import Candidate, NotAsked, Reason, Screen, genes, screen
from genomics.zygosity import Sex


def candidate(
    gene: str,
    called: str,
    significance: Significance = Significance.PATHOGENIC,
    *,
    pos: int = 100,
    contig: str = "13",
    term: str = "missense_variant",
    c_name: str = "",
) -> Candidate:
    copies = tuple(None if one == "." else int(one) for one in called.replace("|", "/").split("/"))
    place = Site(contig=contig, pos=pos, alleles=("C", "T"), called=copies, phased="|" in called)
    effect = Effect(source=EffectSource.NAME, told_by="-", gene=gene, terms=(term,), c_name=c_name)
    carried = Carried(name=f"{gene}:{pos}", site=place, allele=1)
    return Candidate(gene=gene, carried=carried, significance=significance, by="a test", effect=effect)


def screened(*candidates: Candidate, sex: Sex | None = None) -> Screen:
    return screen(candidates, requested=True, consent=True, covered=["BRCA2", "TTN"], sex=sex)


@pytest.mark.parametrize(("requested", "consent"), [(False, True), (True, False), (False, False)])
def test_nothing_is_looked_at_without_request_and_consent(requested: bool, consent: bool) -> None:
    with pytest.raises(NotAsked, match=r"request|consent"):
        screen([candidate("BRCA2", "0/1")], requested=requested, consent=consent, covered=[])


def test_one_pathogenic_allele_of_a_dominant_gene_is_reported_with_the_unverified_list() -> None:
    (found,) = screened(candidate("BRCA2", "0/1")).reported
    assert found.names == ("BRCA2:100",)
    assert "unverified" in found.evidence.source.marks
    assert gene_facts().text(found.evidence.source.id) == found.evidence.quote


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (candidate("BRCA2", "0/1", Significance.UNCERTAIN), Reason.CLASS),
        (candidate("BRCA2", "0/1", Significance.BENIGN), Reason.CLASS),
        (candidate("BRCA2", "0/0"), Reason.NOT_CARRIED),
        (candidate("BRCA2", "./."), Reason.NOT_CARRIED),
        (candidate("MUTYH", "0/1"), Reason.ONE_ALLELE),
        (candidate("TTN", "0/1"), Reason.NARROWED),
        (candidate("HFE", "0/1", c_name="c.845G>A"), Reason.COPIES),
        (candidate("HFE", "1/1", c_name="c.187C>G"), Reason.NARROWED),
        (candidate("GLA", "1", contig="X"), Reason.SEX),
    ],
)
def test_what_the_list_does_not_report_is_withheld_with_the_reason(one: Candidate, reason: Reason) -> None:
    told = screened(one)
    assert not told.reported
    assert [held.reason for held in told.withheld] == [reason]


@pytest.mark.parametrize(
    "one",
    [
        candidate("TTN", "0/1", term="frameshift_variant"),
        candidate("HFE", "1/1", c_name="c.845G>A"),
        candidate("MUTYH", "1/1", Significance.LIKELY_PATHOGENIC),
    ],
)
def test_what_the_narrow_rules_do_report(one: Candidate) -> None:
    assert [found.gene for found in screened(one).reported] == [one.gene]


def test_two_alleles_of_a_recessive_gene_need_their_phase() -> None:
    apart = screened(candidate("MUTYH", "0|1"), candidate("MUTYH", "1|0", pos=200))
    assert apart.reported[0].names == ("MUTYH:100", "MUTYH:200")
    unknown = screened(candidate("MUTYH", "0/1"), candidate("MUTYH", "0/1", pos=200))
    assert {held.reason for held in unknown.withheld} == {Reason.PHASE}
    together = screened(candidate("MUTYH", "0|1"), candidate("MUTYH", "0|1", pos=200))
    assert {held.reason for held in together.withheld} == {Reason.ONE_ALLELE}


def test_x_linked_genes_go_by_the_stated_sex() -> None:
    assert screened(candidate("GLA", "1", contig="X"), sex=Sex.MALE).reported
    (woman,) = screened(candidate("GLA", "0/1", contig="X"), sex=Sex.FEMALE).reported
    assert woman.fit.pattern == "female carrier"


def test_genes_outside_the_list_are_left_alone() -> None:
    told = screened(candidate("POLE", "0/1"), candidate("POLD1", "0/1"))
    assert (told.reported, told.withheld) == ((), ())


def test_no_finding_is_said_with_the_covered_genes_and_is_no_negative_screen() -> None:
    told = screened()
    assert told.covered == ("BRCA2", "TTN")
    assert len(told.not_covered) == 82
    assert "not a negative screen" in told.says


def test_the_list_is_complete_and_equal_to_the_transcription(shared: Path) -> None:
    with (shared / "acmg-sf" / "acmg_sf_v3.3.tsv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    assert {(row["gene"], row["inheritance"], row["added_in"]) for row in rows} == {
        (one.symbol, one.inheritance, one.added_in) for one in genes().values()
    }
    assert len(rows) == 84


def test_every_gene_fact_has_its_source_and_is_held_as_text() -> None:
    held = gene_facts()
    assert check().startswith(
        "gene facts: 8 mechanisms, 1 tails, 84 secondary findings genes (84 not compared"
    )
    told = [one.evidence for one in held.mechanisms.values()] + [
        one.evidence for one in held.secondary.values()
    ]
    for evidence in told:
        assert evidence.quote == held.text(evidence.source.id)
        assert held.holding(evidence.quote) == (evidence.source.id,)


def test_mechanisms_are_rows_in_which_the_panel_used_pvs1(shared: Path) -> None:
    import gzip

    csv.field_size_limit(10**8)
    with gzip.open(shared / "clingen-erepo-dev" / "erepo.tsv.gz", "rt", encoding="utf-8") as stream:
        rows = {row["Uuid"]: row for row in csv.DictReader(stream, delimiter="\t")}
    for one in gene_facts().mechanisms.values():
        row = rows[one.source.row]
        codes = [code.strip() for code in row["Applied Evidence Codes (Met)"].split(",")]
        assert row["HGNC Gene Symbol"] == one.symbol
        assert "PVS1" in codes
        assert row["Mode of Inheritance"] == "Autosomal recessive inheritance"
    for tail in gene_facts().tails.values():
        row = rows[tail.source.row]
        assert row["HGNC Gene Symbol"] == tail.symbol
        assert "PVS1" in row["Applied Evidence Codes (Not Met)"]
        assert str(tail.first) in row["Variation"]
