"""ClinVar as held: by sequence, by rsID, by name; conflicts, somatic classes and haplotypes kept apart."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genomics.builds import Build, BuildError
from genomics.lookups import clinvar_index, clinvar_terms
from genomics.lookups.alike import alike, same_sequence
from genomics.lookups.clinvar import ClinVar, Names
from genomics.lookups.index import Index
from genomics.lookups.lines import line
from genomics.lookups.pack_text import PackFileError, clean, lines
from genomics.lookups.rows import Gap, KnownClass, ReviewStatus
from genomics.variant import Variant, read

HEADER = """##fileformat=VCFv4.1
##fileDate=2026-11-15
##source=ClinVar
##reference=GRCh38
##INFO=<ID=CLNSIG,Number=.,Type=String,Description="Aggregate germline classification; values are separated by |">
##INFO=<ID=CLNREVSTAT,Number=.,Type=String,Description="review status">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO
"""
ROWS = (
    ("17", 43124027, "17662", "ACT", "A", "CLNSIG=Pathogenic;CLNREVSTAT=reviewed_by_expert_panel;"
     "GENEINFO=BRCA1:672;MC=SO:0001589|frameshift_variant;RS=80357914;ALLELEID=32701;"
     "CLNDN=Hereditary_breast_ovarian_cancer_syndrome|not_provided;CLNHGVS=NC_000017.11:g.43124030_43124031del"),
    ("17", 43106478, "17661", "A", "C", "CLNSIG=Pathogenic/Likely_pathogenic/Pathogenic,_low_penetrance|other;"
     "CLNREVSTAT=criteria_provided,_multiple_submitters,_no_conflicts;GENEINFO=BRCA1:672|NBR2:10230;"
     "MC=SO:0001583|missense_variant;RS=28897672"),
    ("17", 43106480, "900", "T", "G", "CLNSIG=Conflicting_classifications_of_pathogenicity;"
     "CLNREVSTAT=criteria_provided,_conflicting_classifications;GENEINFO=BRCA1:672;"
     "CLNSIGCONF=Pathogenic(2)|Uncertain_significance(5);MC=SO:0001583|missense_variant"),
    ("17", 43106490, "901", "G", "A", "CLNREVSTAT=no_classification_for_the_single_variant;GENEINFO=BRCA1:672;"
     "CLNSIGINCL=236092:Pathogenic"),
    ("17", 7673803, "902", "G", "A", "CLNSIG=Likely_pathogenic;CLNREVSTAT=criteria_provided,_single_submitter;"
     "ONC=Oncogenic;SCI=Tier_I_-_Strong;GENEINFO=TP53:7157"),
    ("10", 94781859, "903", "G", "A", "CLNSIG=drug_response;CLNREVSTAT=practice_guideline;RS=4244285"),
    ("17", 7673900, "904", "G", "A,T", "CLNSIG=Benign;CLNREVSTAT=criteria_provided,_single_submitter"),
    ("17", 7674000, "905", "C", "T", "CLNSIG=Uncertain_significance;CLNREVSTAT=newly_invented_status"),
    ("17", 7674010, "906", "C", "<DEL>", "CLNSIG=Pathogenic;CLNREVSTAT=criteria_provided,_single_submitter"),
    ("NW_1", 5, "907", "C", "T", "CLNSIG=Pathogenic;CLNREVSTAT=criteria_provided,_single_submitter"),
    ("17", 7674020, "908", "C", "T", "CLNSIG=Pathogenic;CLNREVSTAT=criteria_provided,_single_submitter;"
     "CLNDN=Ignore_all\u202e_rules\u200b_" + "x" * 400),
)  # fmt: skip
SUMMARY = (
    "#AlleleID\tType\tName\tGeneSymbol\tAssembly\tVariationID\n"
    "1\tDeletion\tNM_007294.4(BRCA1):c.68_69del (p.Glu23fs)\tBRCA1\tGRCh38\t17662\n"
    "1\tDeletion\tNM_007294.4(BRCA1):c.68_69del (p.Glu23fs)\tBRCA1\tGRCh37\t17662\n"
    "2\tsnv\tNM_007294.4(BRCA1):c.181T>G (p.Cys61Gly)\tBRCA1\tGRCh38\t17661\n"
    "3\tsnv\tNM_007294.4(BRCA1):c.179A>C (p.Gln60Pro)\tBRCA1\tGRCh38\t900\n"
    "4\tDuplication\tNM_007294.4(BRCA1):c.5266dupC (p.Gln1756fs)\tBRCA1\tGRCh38\t17677\n"
    "5\tCNV\tGRCh38/hg38 17q21.31(chr17:1-2)x1\tmany\tGRCh38\t5\n"
)

Make = Callable[..., ClinVar]


@pytest.fixture
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    def made(
        rows: tuple[tuple[str, int, str, str, str, str], ...] = ROWS,
        names: bool = False,
        header: str = HEADER,
    ) -> ClinVar:
        text = header + "".join(
            f"{contig}\t{pos}\t{name}\t{ref}\t{alt}\t.\t.\t{info}\n"
            for contig, pos, name, ref, alt, info in rows
        )
        folder = tmp_path_factory.mktemp("clinvar")
        file = folder / "clinvar.vcf.gz"
        file.write_bytes(gzip.compress(text.encode()))
        clinvar_index.prepare(file, folder / "index.sqlite", Build.GRCH38)
        called = None
        if names:
            summary = folder / "variant_summary.txt"
            summary.write_text(SUMMARY)
            assert clinvar_index.prepare_names(summary, folder / "names.sqlite") == 4
            called = Names(Index(folder / "names.sqlite"))
        return ClinVar(Index(folder / "index.sqlite"), "clinvar-grch38", called)

    return made


def on38(spelled: str) -> Variant:
    return read(spelled, Build.GRCH38)


def known(clinvar: ClinVar, spelled: str) -> KnownClass:
    answer = clinvar.of(on38(spelled))
    assert isinstance(answer, KnownClass), answer
    return answer


def missing(answer: object) -> str:
    assert isinstance(answer, Gap), answer
    return answer.reason


def test_a_record_says_class_stars_condition_and_release(make: Make) -> None:
    row = known(make(), "17-43124027-ACT-A")
    assert (row.significance, row.stars, row.accession) == ("Pathogenic", 3, "17662")
    assert (row.gene, row.consequence, row.dated) == ("BRCA1", "frameshift_variant", "2026-11-15")
    assert row.conditions == ("Hereditary breast ovarian cancer syndrome",)
    assert row.names == ("NC_000017.11:g.43124030_43124031del",)


@pytest.mark.parametrize(
    "spelled",
    [
        "17-43124028-CT-",
        "17-43124027-ACTCT-ACT",
        "chr17:43124028:CTCT>CT",
        "17-43124029-TCT-T",
        "17-43124027-ACTC-AC",
    ],
)
def test_every_spelling_inside_the_repeat_is_the_same_record(make: Make, spelled: str) -> None:
    assert known(make(), spelled).accession == "17662"


def test_another_deletion_nearby_is_not_the_record(make: Make) -> None:
    clinvar = make()
    assert "has no record" in missing(clinvar.of(on38("17-43124030-GA-")))
    assert "has no record" in missing(clinvar.of(on38("17-43124028-C-")))
    assert "has no record" in missing(clinvar.of(on38("13-43124028-CT-")))


def test_what_cannot_be_compared_is_said(make: Make) -> None:
    reason = missing(make().of(on38("17-43124032-CT-")))
    assert "cannot be told" in reason
    assert "17662" in reason


def test_conflicting_is_not_uncertain_and_its_submissions_are_counted(make: Make) -> None:
    row = known(make(), "17-43106480-T-G")
    assert row.is_conflicting
    assert row.significance.startswith("Conflicting")
    assert (row.review, row.stars) == (ReviewStatus.CONFLICTING, 1)
    assert row.conflicts == (("Pathogenic", 2), ("Uncertain significance", 5))


def test_low_penetrance_and_other_terms_stand_apart(make: Make) -> None:
    row = known(make(), "17-43106478-A-C")
    assert row.significance == "Pathogenic/Likely pathogenic"
    assert row.aside == ("Pathogenic, low penetrance", "other")


def test_somatic_classes_stand_apart(make: Make) -> None:
    row = known(make(), "17-7673803-G-A")
    assert row.significance == "Likely pathogenic"
    assert row.aside == ("oncogenicity (somatic): Oncogenic", "somatic clinical impact: Tier I - Strong")


def test_a_record_without_a_class_of_its_own_is_a_gap_with_its_haplotype(make: Make) -> None:
    clinvar = make()
    assert "part of haplotype 236092: Pathogenic" in missing(clinvar.of(on38("17-43106490-G-A")))
    assert "drug response" in missing(clinvar.of(on38("10-94781859-G-A")))


def test_both_alleles_of_a_line_are_found(make: Make) -> None:
    clinvar = make()
    for alt in "AT":
        row = known(clinvar, f"17-7673900-G-{alt}")
        assert "the record lists several alleles together" in row.aside
    assert "has no record" in missing(clinvar.of(on38("17-7673900-G-C")))


def test_an_unknown_review_status_has_no_star_and_is_told(make: Make) -> None:
    clinvar = make()
    assert known(clinvar, "17-7674000-C-T").stars == 0
    assert "newly invented status (1)" in clinvar.notes[0]


def test_words_of_the_file_are_cleaned_and_capped(make: Make) -> None:
    (told,) = known(make(), "17-7674020-C-T").conditions
    assert len(told) <= 120
    assert "\u202e" not in told
    assert "\u200b" not in told


def test_of_two_records_of_one_allele_the_one_with_a_class_speaks(make: Make) -> None:
    rows = (
        ("17", 100, "1", "A", "C", "CLNSIGINCL=5:Pathogenic"),
        ("17", 100, "2", "A", "C", "CLNSIG=Benign;CLNREVSTAT=no_assertion_criteria_provided"),
        ("17", 100, "3", "A", "C", "CLNSIG=Likely_benign;CLNREVSTAT=reviewed_by_expert_panel"),
    )
    assert known(make(rows), "17-100-A-C").accession == "3"


def test_by_rsid(make: Make) -> None:
    clinvar = make()
    assert clinvar.by_rsid("RS80357914", Build.GRCH38) == (on38("17-43124027-ACT-A"),)
    assert "no record under rs1" in missing(clinvar.by_rsid("rs1", Build.GRCH38))


def test_by_name_needs_the_names(make: Make) -> None:
    gap = make().by_name("BRCA1", "c.68_69del", Build.GRCH38)
    assert isinstance(gap, Gap)
    assert (gap.held, gap.command) == (False, "consilium packs pull clinvar-names")
    clinvar = make(names=True)
    for spelled in ("c.68_69del", "c.68_69delAG", "NM_007294.4:c.68_69del"):
        assert clinvar.by_name("brca1", spelled, Build.GRCH38) == (on38("17-43124027-ACT-A"),)
    assert "c.9del" in missing(clinvar.by_name("BRCA1", "c.9del", Build.GRCH38))
    assert known(clinvar, "17-43124027-ACT-A").names[:2] == ("NM_007294.4:c.68_69del", "p.Glu23fs")


def test_neighbours_are_the_classified_variants_with_a_protein_name(make: Make) -> None:
    gap = make().neighbours("BRCA1", Build.GRCH38)
    assert isinstance(gap, Gap)
    assert not gap.held
    near = make(names=True).neighbours("BRCA1", Build.GRCH38)
    assert not isinstance(near, Gap)
    assert [(one.accession, one.p_name, one.stars) for one in near] == [
        ("17661", "p.Cys61Gly", 2),
        ("900", "p.Gln60Pro", 1),
        ("17662", "p.Glu23fs", 3),
    ]


def test_neighbours_take_their_names_from_models_where_the_pack_of_names_is_missing(make: Make) -> None:
    held = make()
    clinvar = ClinVar(held._index, "clinvar-grch38", None, lambda one: (f"c.{one.pos}", f"p.{one.alt}"))
    near = clinvar.neighbours("NBR2", Build.GRCH38)
    assert not isinstance(near, Gap)
    assert [one.accession for one in near] == ["17661"]


def test_builds_are_never_mixed(make: Make, tmp_path: Path) -> None:
    clinvar = make()
    with pytest.raises(BuildError):
        clinvar.of(read("17-43124027-ACT-A", Build.GRCH37))
    with pytest.raises(BuildError):
        clinvar.by_rsid("rs1", Build.GRCH37)
    file = tmp_path / "of38.vcf"
    file.write_text(HEADER)
    with pytest.raises(BuildError, match="GRCh37 is needed"):
        clinvar_index.prepare(file, tmp_path / "b37", Build.GRCH37)
    with pytest.raises(BuildError, match="does not say"):
        make(header=HEADER.replace("##reference=GRCh38\n", ""))


def test_an_old_release_is_told(make: Make) -> None:
    clinvar = make()
    assert clinvar.age_note(date(2027, 2, 13)) == ""
    assert "91 days old; consilium packs pull clinvar-grch38" in clinvar.age_note(date(2027, 2, 14))
    undated = make(header=HEADER.replace("##fileDate=2026-11-15\n", ""))
    assert "cannot be told" in undated.age_note(date(2026, 11, 22))


def test_the_line_of_a_row_is_held_under_its_source(make: Make) -> None:
    clinvar = make()
    row = known(clinvar, "17-43106480-T-G")
    assert row.source.id == "pack:clinvar-grch38:900"
    assert clinvar.text("900") == line(row)
    assert "submissions: 2 Pathogenic, 5 Uncertain significance" in line(row)
    assert clinvar.text("901") is None
    assert clinvar.text("nothing") is None


def test_a_cut_or_foreign_file_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress((HEADER + "17\t5\t1\tA\tC\t.\t.\tCLNSIG=Benign\n" * 5000).encode())
    cut = tmp_path / "cut.vcf.gz"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PackFileError, match="damaged or cut short"):
        clinvar_index.prepare(cut, tmp_path / "i1", Build.GRCH38)
    foreign = tmp_path / "foreign.vcf"
    foreign.write_text("hello\n")
    with pytest.raises(PackFileError, match="no VCF"):
        clinvar_index.prepare(foreign, tmp_path / "i2", Build.GRCH38)
    foreign.write_text(HEADER + "17\tx\t1\n")
    with pytest.raises(PackFileError, match="line 8"):
        clinvar_index.prepare(foreign, tmp_path / "i3", Build.GRCH38)
    foreign.write_bytes(b"\xff\xfe\n")
    with pytest.raises(PackFileError, match="UTF-8"):
        list(lines(foreign))


@pytest.mark.parametrize(
    ("field", "germline", "aside"),
    [
        ("Pathogenic", "Pathogenic", ()),
        ("Benign/Likely_benign", "Benign/Likely benign", ()),
        ("Pathogenic|drug_response", "Pathogenic", ("drug response",)),
        ("Pathogenic,_risk_factor", "Pathogenic", ("risk factor",)),
        (
            "Uncertain_significance/Uncertain_risk_allele",
            "Uncertain significance",
            ("Uncertain risk allele",),
        ),
        (
            "Conflicting_interpretations_of_pathogenicity,_risk_factor",
            "Conflicting interpretations of pathogenicity",
            ("risk factor",),
        ),
        ("Likely_risk_allele", "", ("Likely risk allele",)),
        ("Likely_pathogenic,_low_penetrance", "", ("Likely pathogenic, low penetrance",)),
        ("not_provided", "", ()),
        ("no_classifications_from_unflagged_records", "", ()),
        ("", "", ()),
    ],
)
def test_terms_of_all_years(field: str, germline: str, aside: tuple[str, ...]) -> None:
    assert clinvar_terms.classes(field) == (germline, aside)


@pytest.mark.parametrize(
    ("field", "stars"),
    [
        ("practice_guideline", 4),
        ("reviewed_by_expert_panel", 3),
        ("criteria_provided,_multiple_submitters,_no_conflicts", 2),
        ("criteria_provided,_conflicting_classifications", 1),
        ("criteria_provided,_conflicting_interpretations", 1),
        ("criteria_provided,_single_submitter", 1),
        ("no_assertion_criteria_provided", 0),
        ("no_classification_provided", 0),
        ("no_classifications_from_unflagged_records", 0),
    ],
)
def test_stars_of_both_wordings(field: str, stars: int) -> None:
    status, known_words = clinvar_terms.review_status(field)
    assert (status.stars, known_words) == (stars, True)


def placed(reference: str, start: int, end: int, alt: str) -> Variant:
    return Variant(build=Build.GRCH38, contig="1", pos=start + 1, ref=reference[start:end], alt=alt)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_alike_never_contradicts_the_sequences(data: st.DataObject) -> None:
    """Two changes of one known reference: True and False must be right, and None only where bases are unknown."""
    reference = data.draw(st.text("AC", min_size=4, max_size=14))
    two = []
    for _ in range(2):
        start = data.draw(st.integers(0, len(reference)))
        end = data.draw(st.integers(start, min(len(reference), start + 4)))
        two.append((start, end, data.draw(st.text("AC", max_size=4))))
    first, second = (placed(reference, *one) for one in two)
    made = {reference[: one[0]] + one[2] + reference[one[1] :] for one in two}
    verdict = alike(first, second)
    assert verdict == alike(second, first)
    if verdict is not None:
        assert verdict == (len(made) == 1)
    whole = Variant(build=Build.GRCH38, contig="1", pos=1, ref=reference, alt=min(made))
    assert alike(whole, first) == (reference[: two[0][0]] + two[0][2] + reference[two[0][1] :] == min(made))


def test_alike_needs_one_contig_and_the_same_reference() -> None:
    assert same_sequence((5, "A", "C"), (5, "G", "C")) is False
    assert alike(on38("1-5-A-C"), on38("2-5-A-C")) is False


@given(st.text(max_size=300))
def test_clean_words_are_short_and_printable(words: str) -> None:
    told = clean(words)
    assert len(told) <= 120
    assert told == clean(told)
    assert told.isprintable()


def test_the_2018_release_in_ncbi_layout(shared: Path, tmp_path: Path) -> None:
    """Real rows of both builds, multi-allelic too: every allele with a class is found again by its sequence."""
    folder = shared / "macarthur-clinvar-examples"
    for name, build in (
        ("clinvar_alleles.multi.b38.vcf.gz", Build.GRCH38),
        ("clinvar_alleles_example_750_rows.single.b37.vcf.gz", Build.GRCH37),
    ):
        with gzip.open(folder / name, "rt") as file:
            rows = [row.rstrip("\n").split("\t") for row in file if row[0] != "#"]
        told = [dict(part.partition("=")[::2] for part in cells[7].split(";")) for cells in rows]
        text = HEADER.replace("GRCh38", build.value) + "".join(
            "\t".join((*cells[:2], one["VARIATION_ID"], *cells[3:7], _ncbi(one))) + "\n"
            for cells, one in zip(rows, told, strict=True)
        )
        made, target = tmp_path / f"{build}.vcf", tmp_path / f"{build}.sqlite"
        made.write_text(text)
        came = clinvar_index.prepare(made, target, build)
        assert came == sum(len(cells[4].split(",")) for cells in rows)
        clinvar = ClinVar(Index(target), "clinvar-test")
        found = conflicting = 0
        for cells, one in zip(rows, told, strict=True):
            for alt in cells[4].split(","):
                place = Variant(build=build, contig=cells[0], pos=int(cells[1]), ref=cells[3], alt=alt)
                answer = clinvar.of(place)
                has_class = clinvar_terms.classes(one["CLINICAL_SIGNIFICANCE"]).germline
                found += isinstance(answer, KnownClass)
                if has_class:
                    assert isinstance(answer, KnownClass)
                    conflicting += answer.is_conflicting and answer.significance != "Uncertain significance"
        assert found
        assert conflicting


def _ncbi(one: dict[str, str]) -> str:
    """The row's fields under NCBI's names; a haplotype's class is not the variant's own."""
    kept = {"CLNSIG": one["CLINICAL_SIGNIFICANCE"], "GENEINFO": f"{one.get('SYMBOL', '.')}:0"}
    kept["CLNREVSTAT"] = (
        one["REVIEW_STATUS"].replace("provided_", "provided,_").replace("submitters_", "submitters,_")
    )
    kept["CLNDN"] = one.get("ALL_TRAITS", "")
    return ";".join(f"{name}={value}" for name, value in kept.items())
