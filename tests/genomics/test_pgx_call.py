"""Calls of a whole file without any pack: the starter alleles, and the rules of single genes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomics.builds import Build
from genomics.genotype import Site
from genomics.pgx.call import OUTSIDE_ONLY, call_genes
from genomics.pgx.definitions import Definitions, gene_of
from genomics.pgx.lowest_function import EXONIC, INTRONIC
from genomics.pgx.outside_calls import OutsideCall
from genomics.pgx.phenotype import table_of
from genomics.pgx.starter import starter
from genomics.pgx.words import CallSource, GeneCall, NoCall

HELD = starter()


def sites(gene: str, *, drop: Sequence[str] = (), phased: bool = False, **changed: str) -> list[Site]:
    """Every starter position of a gene, reference but for ``changed`` (rsID="C/T")."""
    made = []
    for number, locus in enumerate(HELD.genes[gene].loci, start=1):
        if locus.rsid in drop:
            continue
        bases = changed.get(locus.rsid, f"{locus.ref}/{locus.ref}").split("/")
        alleles = (locus.ref, *dict.fromkeys(one for one in bases if one not in (locus.ref, ".")))
        copies = tuple(None if one == "." else alleles.index(one) for one in bases)
        made.append(Site(contig=locus.contig, pos=locus.pos, alleles=alleles, called=copies, phased=phased,
                         rsid=locus.rsid, record=number))  # fmt: skip
    return made


def answer(gene: str, given_: Sequence[Site], sex: str | None = None, **more: Any) -> GeneCall | NoCall:
    calls, refused = call_genes(given_, build=Build.GRCH38, sex=sex, definitions=None, genes=[gene], **more)
    (one,) = (*calls, *refused)
    assert isinstance(one, (GeneCall, NoCall))
    return one


def call(gene: str, given_: Sequence[Site], **more: Any) -> GeneCall:
    found = answer(gene, given_, **more)
    assert isinstance(found, GeneCall), found
    return found


def names(found: GeneCall) -> list[str]:
    return [pair.name for pair in found.diplotypes]


@pytest.mark.parametrize("gene", sorted(HELD.genes))
def test_no_called_position_is_no_call_and_names_what_is_missing(gene: str) -> None:
    uncalled = [site.model_copy(update={"called": (None, None)}) for site in sites(gene)]
    for given_ in ([], uncalled):
        found = answer(gene, given_)
        assert isinstance(found, NoCall)
        assert set(found.missing) == {locus.rsid for locus in HELD.genes[gene].loci}


def test_an_empty_file_calls_no_gene_at_all() -> None:
    calls, refused = call_genes([], build=Build.GRCH38, sex="female", definitions=None)
    assert calls == ()
    assert {one.gene for one in refused} == {*HELD.genes, *OUTSIDE_ONLY}


def test_a_starter_call_says_how_little_was_tested() -> None:
    found = call("CYP2C19", sites("CYP2C19", rs12248560="C/T", rs3758581="G/G"))
    assert names(found) == ["*1/*17"]
    assert found.diplotypes[0].phenotype == "Rapid Metabolizer"
    assert found.tested == "5 of 36 alleles (starter set)"
    assert not found.copy_number_assessed


def test_cyp2c19_without_rs3758581_cannot_tell_1_from_38() -> None:
    found = call("CYP2C19", sites("CYP2C19", drop=("rs3758581",)))
    assert names(found) == ["*1/*1", "*1/*38", "*38/*38"]
    assert found.missing_positions == ("rs3758581",)
    assert {pair.phenotype for pair in found.diplotypes} == {"Normal Metabolizer"}


def test_unphased_tpmt_says_what_the_other_phase_would_mean() -> None:
    unphased = call("TPMT", sites("TPMT", rs1142345="T/C", rs1800460="C/T"))
    assert names(unphased) == ["*1/*3A"]
    assert unphased.phased is False
    assert "*3B/*3C (Poor Metabolizer)" in unphased.warnings[0]
    phased = call("TPMT", sites("TPMT", phased=True, rs1142345="T/C", rs1800460="T/C"))
    assert names(phased) == ["*3B/*3C"]
    assert phased.warnings == ()


def test_an_undocumented_base_ends_the_call_but_for_toxicity_genes() -> None:
    refused = answer("CYP2C19", sites("CYP2C19", rs3758581="G/T"))
    assert isinstance(refused, NoCall)
    assert "rs3758581" in refused.reason
    kept = call("TPMT", sites("TPMT", rs1800462="C/T", rs1142345="T/C"))
    assert names(kept) == ["*1/*3C"]
    assert "counts as reference" in kept.warnings[0]


def test_a_copy_that_was_not_called_is_missing_and_said() -> None:
    found = call("TPMT", sites("TPMT", rs1800460="./T"))
    assert found.missing_positions == ("rs1800460",)
    assert "rs1800460: only one copy was called" in found.warnings[0]
    assert "*3B" in found.not_excluded


# DPYD


def test_dpyd_lists_variants_and_takes_the_two_of_lowest_function_unphased() -> None:
    found = call("DPYD", sites("DPYD", rs3918290="C/T", rs67376798="T/A", rs115232898="T/C"))
    assert names(found) == ["c.557A>G/c.1905+1G>A (*2A)"]
    assert found.diplotypes[0].activity_score == "0.5"
    assert len(found.variants) == 3
    assert any("different copies" in one for one in found.warnings)


def test_dpyd_phased_takes_the_lowest_of_each_copy() -> None:
    found = call("DPYD", sites("DPYD", phased=True, rs3918290="C/T", rs67376798="T/A"))
    assert names(found) == ["Reference/c.1905+1G>A (*2A)"]
    assert found.diplotypes[0].lookup_key == "1.0"


HAPB3 = "c.1129-5923C>G, c.1236G>A (HapB3)"


@pytest.mark.parametrize(
    ("intron", "exon", "wanted", "warned"),
    [
        ("G/C", "C/T", f"Reference/{HAPB3}", False),
        ("G/C", "C/C", "Reference/c.1129-5923C>G", False),
        ("G/G", "C/T", "Reference/Reference", True),
        ("G/G", "T/T", "Reference/Reference", True),
        ("G/C", "T/T", f"Reference/{HAPB3}", True),
        ("C/C", "C/T", f"c.1129-5923C>G/{HAPB3}", False),
        ("", "C/T", f"Reference/{HAPB3}", True),
        ("", "C/C", "Reference/Reference", False),
        ("G/C", "", "Reference/c.1129-5923C>G", False),
    ],
)
def test_hapb3_the_intronic_variant_decides(intron: str, exon: str, wanted: str, warned: bool) -> None:
    given_ = {INTRONIC: intron, EXONIC: exon}
    changed = {rsid: bases for rsid, bases in given_.items() if bases}
    found = call("DPYD", sites("DPYD", drop=[rsid for rsid, bases in given_.items() if not bases], **changed))
    assert set(names(found)[0].split("/")) == set(wanted.split("/"))
    assert bool(found.warnings) == warned


# Genes that need more than a file


@pytest.mark.parametrize("gene", sorted(OUTSIDE_ONLY))
def test_some_genes_are_never_called_from_a_file(gene: str) -> None:
    found = answer(gene, sites("CYP2C19"))
    assert isinstance(found, NoCall)
    assert "outside call" in found.missing[0]


def test_a_gene_that_nobody_defines_is_not_covered() -> None:
    found = answer("UGT1A1", sites("CYP2C19"))
    assert isinstance(found, NoCall)
    assert found.missing == ()
    assert "packs pull pharmcat" in found.reason


def definitions(
    gene: str, contig: str, places: Sequence[tuple[str, int, str, str]], **alleles: Any
) -> Definitions:
    """Definitions of one gene, with a table in which every other allele has no function."""
    variants = [
        {"chromosome": contig, "position": p, "rsid": r, "ref": a, "alts": [b]} for r, p, a, b in places
    ]
    rows = {"*1": [a for _, _, a, _ in places]} | alleles.pop("rows")
    raw = {
        "gene": gene, "chromosome": contig, "version": "v1", "variants": variants,
        "namedAlleles": [{"name": n, "alleles": row, "reference": n == "*1"} for n, row in rows.items()],
    }  # fmt: skip
    named = [{"name": n, "functionValue": "Normal function" if n == "*1" else "No function", "activityValue": None}
             for n in rows]  # fmt: skip
    table = table_of({"gene": gene, "namedAlleles": named, "diplotypes": []})
    return Definitions(HELD.source, {gene: gene_of(raw, alleles)}, {gene: table})


X_LINKED = definitions("G6PD", "chrX", [("rs1", 5, "C", "T")], rows={"*1": ["C"], "*2": ["T"]})


def x_site(*copies: int) -> list[Site]:
    return [Site(contig="X", pos=5, alleles=("C", "T"), called=copies)]


@pytest.mark.parametrize(
    ("sex", "copies", "wanted"),
    [
        ("male", (1,), ["*2"]), ("male", (1, 1), ["*2"]), ("female", (0, 1), ["*1/*2"]),
        ("f", (1, 1), ["*2/*2"]), ("male", (0, 1), None), (None, (0, 1), None), ("unknown", (1,), None),
    ],
)  # fmt: skip
def test_an_x_linked_gene_needs_the_sex(
    sex: str | None, copies: tuple[int, ...], wanted: list[str] | None
) -> None:
    calls, refused = call_genes(
        x_site(*copies), build=Build.GRCH38, sex=sex, definitions=X_LINKED, genes=["G6PD"]
    )
    if wanted is None:
        assert calls == ()
        assert refused[0].missing == ("sex",)
    else:
        assert names(calls[0]) == wanted
        assert calls[0].not_excluded == ("Mediterranean Haplotype", "Villeurbanne")


def test_slco1b1_falls_back_on_one_position() -> None:
    held = definitions(
        "SLCO1B1", "chr12", [("rs4149056", 5, "T", "C"), ("rs2", 9, "A", "G")],
        rows={"*1": ["T", "A"], "*5": ["C", None]},
    )  # fmt: skip
    given_ = [Site(contig="12", pos=5, alleles=("T", "C"), called=(0, 1)),
              Site(contig="12", pos=9, alleles=("A", "G"), called=(1, 1))]  # fmt: skip
    calls, _ = call_genes(given_, build=Build.GRCH38, sex=None, definitions=held, genes=["SLCO1B1"])
    assert names(calls[0]) == ["*1/*5"]
    assert "rests on rs4149056 alone" in calls[0].warnings[0]
    assert calls[0].phased is None


def test_required_positions_and_priorities() -> None:
    held = definitions(
        "NAT2", "chr8", [("rs1", 5, "T", "C"), ("rs2", 9, "A", "G")],
        rows={"*1": ["T", "A"], "*2": ["C", "G"], "*3": ["C", None], "*4": [None, "G"]},
        requiredPositions=[9], unphasedDiplotypePriorities=[{"list": ["*1/*2", "*3/*4"], "pick": "*3/*4"}],
    )  # fmt: skip
    both = [Site(contig="8", pos=pos, alleles=alleles, called=(0, 1)) for pos, alleles in
            ((5, ("T", "C")), (9, ("A", "G")))]  # fmt: skip
    calls, _ = call_genes(both, build=Build.GRCH38, sex=None, definitions=held, genes=["NAT2"])
    assert names(calls[0]) == ["*3/*4"]
    assert "priority" in calls[0].warnings[0]
    _, refused = call_genes(both[:1], build=Build.GRCH38, sex=None, definitions=held, genes=["NAT2"])
    assert refused[0].missing == ("rs2",)


def test_extra_positions_are_reported_beside_the_call() -> None:
    extra = {"chromosome": "chr10", "position": 3, "rsid": "rs12777823", "ref": "G", "alts": ["A"]}
    held = definitions("CYP2C9", "chr10", [("rs1", 5, "T", "C")], rows={"*1": ["T"]}, extraPositions=[extra])
    given_ = [Site(contig="10", pos=5, alleles=("T",), called=(0, 0))]
    calls, _ = call_genes(given_, build="GRCh38", sex=None, definitions=held, genes=["CYP2C9"])
    assert calls[0].variants == ("rs12777823 not called",)
    given_.append(Site(contig="chr10", pos=3, alleles=("G", "A"), called=(0, 1)))
    calls, _ = call_genes(given_, build="hg38", sex=None, definitions=held, genes=["CYP2C9"])
    assert calls[0].variants == ("rs12777823 G/A",)


# Outside calls beside a file


def test_an_outside_call_beats_the_file_and_the_contradiction_is_said() -> None:
    outside = [OutsideCall(gene="CYP2C19", diplotype="*2/*2"), OutsideCall(gene="CYP2D6", diplotype="*4/*4")]
    calls, refused = call_genes(
        sites("CYP2C19", rs3758581="G/G"), build=Build.GRCH38, sex=None, definitions=None, outside=outside
    )
    found = {one.gene: one for one in calls}
    assert found["CYP2C19"].source is CallSource.OUTSIDE
    assert names(found["CYP2C19"]) == ["*2/*2"]
    assert "The file says *1/*1" in found["CYP2C19"].warnings[0]
    assert found["CYP2D6"].copy_number_assessed
    assert "CYP2D6" not in {one.gene for one in refused}


# Metamorphic and other builds


def plain(found: Any) -> Any:
    return [call.model_copy(update={"source": CallSource.VCF}) for call in found[0]], found[1]


CHANGED = st.dictionaries(
    st.sampled_from([locus.rsid for locus in HELD.genes["CYP2C9"].loci if locus.is_single_base]),
    st.booleans(),
)


@given(CHANGED, st.randoms(use_true_random=False), st.booleans())
def test_spelling_of_the_file_does_not_matter(changed: dict[str, bool], draw: Any, phased: bool) -> None:
    loci = {locus.rsid: locus for locus in HELD.genes["CYP2C9"].loci}
    bases = {
        rsid: f"{loci[rsid].ref}/{min(loci[rsid].bases - {loci[rsid].ref})}" if het else
        "/".join(2 * sorted(loci[rsid].bases - {loci[rsid].ref}))
        for rsid, het in changed.items()
    }  # fmt: skip
    one = sites("CYP2C9", phased=phased, **bases)
    two = [site.model_copy(update={"contig": f"chr{site.contig}", "called": site.called[::-1], "rsid": ""})
           for site in one]  # fmt: skip
    draw.shuffle(two)
    asked = {"build": Build.GRCH38, "sex": None, "definitions": None, "genes": ["CYP2C9"]}
    assert call_genes(one, **asked) == call_genes(two, **asked)  # type: ignore[arg-type]
    mapped = {(site.contig, site.pos): site for site in one}
    assert call_genes(mapped, **asked) == call_genes(one, **asked)  # type: ignore[arg-type]


@given(st.sets(st.sampled_from([locus.rsid for locus in HELD.genes["CYP2C19"].loci])))
def test_a_position_that_is_taken_out_is_named(gone: set[str]) -> None:
    found = answer(
        "CYP2C19", sites("CYP2C19", drop=sorted(gone), rs4244285="G/A", rs12769205="A/G", rs3758581="G/G")
    )
    missing = found.missing_positions if isinstance(found, GeneCall) else found.missing
    assert set(missing) >= gone


def test_grch37_is_read_by_rsid() -> None:
    shifted = [site.model_copy(update={"pos": site.pos + 12345}) for site in sites("CYP2C19", rs4244285="G/A",
               rs12769205="A/G", rs3758581="G/G")]  # fmt: skip
    asked = {"sex": None, "definitions": None, "genes": ["CYP2C19"]}
    calls, _ = call_genes(shifted, build=Build.GRCH37, **asked)  # type: ignore[arg-type]
    assert names(calls[0]) == ["*1/*2"]
    nameless = [site.model_copy(update={"rsid": ""}) for site in shifted]
    calls, refused = call_genes(nameless, build=Build.GRCH37, **asked)  # type: ignore[arg-type]
    assert calls == ()
    assert refused[0].missing
