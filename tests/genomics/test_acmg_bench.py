"""The measuring itself: what is read out of a panel's sentences, and bars that need no minutes."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from evals.bench.genomics import acmg
from evals.bench.genomics.panel_rows import FILE, NOMINAL, PanelRow, half_of, panel_rows
from genomics.effect import Effect
from genomics.lookups.rows import Frequency, Gap, Score

COLUMNS = (
    "Uuid",
    "HGNC Gene Symbol",
    "Assertion",
    "Applied Evidence Codes (Met)",
    "Applied Evidence Codes (Not Met)",
    "Allele Registry Id",
    "Variation",
    "Summary of interpretation",
    "Retracted",
)


def row(summary: str, name: str = "NM_000212.3(ITGB3):c.118C>T (p.Arg40Ter)") -> PanelRow:
    return PanelRow(
        uuid="made",
        gene="ITGB3",
        half="B",
        truth="P",
        five="Pathogenic",
        codes=(),
        turned_down=(),
        allele="",
        name=name,
        summary=summary,
    )


@pytest.mark.parametrize(
    ("summary", "frequency", "number", "faf", "group"),
    [
        ("The variant is absent from gnomAD v2.1.1 (PM2_Supporting).", 0.0, NOMINAL, None, ""),
        ("It is not found in population databases.", 0.0, NOMINAL, None, ""),
        ("It is found at 0.004% (4/100,000) of African alleles.", 0.00004, 100_000, None, ""),
        ("Its frequency in gnomAD is 0.4% in Latino people.", 0.004, NOMINAL, 0.004, ""),
        (
            "with 8033 alleles / 19884 total alleles in the East Asian population",
            8033 / 19884,
            19884,
            None,
            "",
        ),
        (
            "The filtering allele frequency (the lower threshold of the 95% CI of 53/10366) of the c.1348A>G variant "
            "is 0.004015 for Ashkenazi Jewish chromosomes",
            53 / 10366,
            10366,
            0.004015,
            "asj",
        ),
    ],
)
def test_frequencies_are_read_as_the_panel_states_them(
    summary: str, frequency: float, number: int, faf: float | None, group: str
) -> None:
    told = row(summary).frequency
    assert isinstance(told, Frequency)
    assert told.frequency == pytest.approx(frequency)
    assert (told.number, told.faf95, told.group) == (number, faf, group)


@pytest.mark.parametrize(
    "summary", ["Seen in 3/4 patients.", "Enzyme activity was 5% of normal.", "Rare (MAF<1/10,000).", ""]
)
def test_what_is_no_frequency_is_a_gap(summary: str) -> None:
    assert isinstance(row(summary).frequency, Gap)


@pytest.mark.parametrize(
    ("summary", "score"),
    [
        (
            "The computational predictor REVEL gives a score of 0.733, which is above the threshold of >0.7.",
            0.733,
        ),
        ("This missense variant has a REVEL score >0.75 (0.953) (PP3).", 0.953),
        ("predicted damaging (REVEL 0.972; PP3)", 0.972),
        ("(REVEL: 0.841) (PP3)", 0.841),
        ("A REVEL score >0.85 supports a pathogenic status.", None),
        ("REVEL suggests that the variant may not impact the protein.", None),
    ],
)
def test_a_threshold_is_never_taken_for_the_score(summary: str, score: float | None) -> None:
    told = row(summary).revel
    assert (told.score if isinstance(told, Score) else None) == score


@pytest.mark.parametrize(
    ("summary", "decay", "share"),
    [
        ("It is predicted to undergo nonsense-mediated decay.", True, None),
        ("It is predicted to escape NMD and remove <10% of the protein.", False, 0.05),
        ("It removes >10% of the protein.", None, 0.2),
    ],
)
def test_decay_is_read_as_stated(summary: str, decay: bool | None, share: float | None) -> None:
    told = row(summary).told_effect
    assert isinstance(told, Effect)
    assert (told.decay, told.lost_share) == (decay, share)


def test_a_protein_name_is_taken_from_the_summary_only_if_its_codon_fits() -> None:
    fits = row("a missense change, Arg40Trp, in the gene", name="NM_000212.3:c.118C>T")
    assert str(fits.change) == "p.Arg40Trp"
    assert row("seen beside Arg41Trp", name="NM_000212.3:c.118C>T").change is None


def test_a_small_file_of_our_own_gives_every_row_of_the_table(tmp_path: Path) -> None:
    (tmp_path / FILE).parent.mkdir()
    made = [
        (
            "a" * 8,
            "ITGB3",
            "Pathogenic",
            "PVS1, PM2_Supporting, PP4",
            "NM_000212.3(ITGB3):c.118C>T (p.Arg40Ter)",
        ),
        ("b" * 8, "ITGB3", "Benign", "BA1", "NM_000212.3(ITGB3):c.120A>G (p.Arg40=)"),
        ("c" * 8, "ITGB3", "Uncertain Significance", "", "NM_000212.3(ITGB3):c.125A>G (p.Lys42Arg)"),
    ]
    with gzip.open(tmp_path / FILE, "wt", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, delimiter="\t")
        writer.writeheader()
        for uuid, gene, assertion, codes, name in made:
            values = (
                uuid,
                gene,
                assertion,
                codes,
                "",
                "",
                name,
                "The variant is absent from gnomAD.",
                "False",
            )
            writer.writerow(dict(zip(COLUMNS, values, strict=True)))
    dosage = tmp_path / "clingen-gene-dosage" / "ClinGen_gene_curation_list_GRCh38.tsv.gz"
    dosage.parent.mkdir()
    with gzip.open(dosage, "wt", encoding="utf-8") as stream:
        stream.write("#Gene Symbol\nITGB3\t3690\t17q21\tchr17\t30\n")
    told = list(acmg.rows(tmp_path))
    assert {one.number for one in told} == {"1", "4", "5", "5b", "10"}
    assert told[0].ours.startswith("1.000 / 1.000 / 0")


def test_all_edges_come_out_right() -> None:
    right, asked = acmg.edges()
    assert right == asked == 38


def test_halves_do_not_change_from_run_to_run() -> None:
    assert {gene: half_of(gene) for gene in ("GAA", "RUNX1", "ITGA2B", "TP53")} == {
        "GAA": "A",
        "RUNX1": "A",
        "ITGA2B": "B",
        "TP53": "B",
    }


def test_panel_codes_to_class_on_all_rows(shared: Path) -> None:
    if not (shared / FILE).is_file():
        pytest.skip("the rows of the ClinGen Evidence Repository are not on this machine")
    held = list(panel_rows(shared))
    assert len(held) == 2769
    told = acmg._codes_to_class(held)
    assert told.met
    assert told.ours.startswith("0.951 / 0.968 / 0 ")
