"""Names on transcript models: genome to c. and back gives the same sequence; contradictions are refused."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from genomics import hgvs, protein
from genomics.effect import Effect
from genomics.hgvs import HgvsError
from genomics.lookups.rows import Gap
from genomics.transcript.consequence import effect
from genomics.transcript.names import genomic_name, locate, single_base_names, spelled_out
from genomics.transcript.placement import on
from genomics.variant import Variant

_SPEC = importlib.util.spec_from_file_location(
    "transcript_maker", Path(__file__).with_name("transcript_maker.py")
)
assert _SPEC is not None
assert _SPEC.loader is not None
maker = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(maker)

REPEAT = maker.make(["CCATGAAACAGCAGCAGGAGTTT", "GGGAAATTTTGATC"], ["GTAAGTCCTTTTTTCTAG"], (2, 35))


def _located(made: object, name: str) -> Variant | Gap:
    return locate(made.model, hgvs.parse(name))  # type: ignore[attr-defined]


@settings(max_examples=300, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    strand=st.sampled_from((1, -1)),
    where=st.floats(0, 1),
    size=st.integers(0, 6),
    alt=st.text("ACGT", max_size=4),
)
def test_genome_to_name_to_genome_makes_the_same_sequence(
    seed: int, strand: int, where: float, size: int, alt: str
) -> None:
    made = maker.drawn(seed, strand=strand)
    low, high = made.model.span
    pos = low + 12 + int(where * (high - low - size - 24))
    ref = made.bases(pos, size)
    assume(ref != alt)
    variant = Variant(build=made.model.build, contig="7", pos=pos, ref=ref, alt=alt)
    said = effect(made.model, pos, ref, alt)
    assert isinstance(said, Effect)
    back = _located(made, said.c_name)
    assert isinstance(back, Variant), said.c_name
    assert made.changed(back) == made.changed(variant)
    again = effect(made.model, back.pos, back.ref, back.alt)
    assert isinstance(again, Effect)
    assert again == said


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    strand=st.sampled_from((1, -1)),
    where=st.floats(0, 1),
    size=st.integers(1, 4),
)
def test_every_spelling_of_a_deletion_in_a_repeat_has_one_name_and_one_consequence(
    seed: int, strand: int, where: float, size: int
) -> None:
    made = maker.drawn(seed, strand=strand)
    low, high = made.model.span
    pos = low + 30 + int(where * (high - low - size - 60))
    first = Variant(build=made.model.build, contig="7", pos=pos, ref=made.bases(pos, size), alt="")
    whole = spelled_out(made.model, on(made.model, pos, first.ref, ""))
    said = effect(made.model, pos, first.ref, "")
    for by in range(len(whole.ref) - size + 1):
        other = whole.pos + by
        spelled = first.model_copy(update={"pos": other, "ref": made.bases(other, size)})
        assert effect(made.model, other, spelled.ref, "") == said
        assert whole.same_as(spelled)
        assert genomic_name(made.model, on(made.model, other, spelled.ref, "")) == genomic_name(
            made.model, on(made.model, pos, first.ref, "")
        )


def test_deletions_and_duplications_stand_at_the_three_prime_end_of_their_repeat() -> None:
    model = REPEAT.model
    copy = REPEAT.variant(8, "CAG", "")
    assert effect(model, copy.pos, copy.ref, copy.alt).c_name == "c.13_15del"  # type: ignore[union-attr]
    more = REPEAT.variant(8, "", "CAG")
    assert effect(model, more.pos, more.ref, more.alt).c_name == "c.13_15dup"  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["c.7_9CAG[5]", "c.7CAG[5]", "c.10_15dup", "c.15_16insCAGCAG"])
def test_a_repeat_count_is_the_same_change_as_the_duplication(name: str) -> None:
    found, expected = _located(REPEAT, name), _located(REPEAT, "c.10_15dup")
    assert isinstance(found, Variant)
    assert found == expected


def test_an_inversion_is_named_and_found() -> None:
    found = _located(REPEAT, "c.16_18inv")
    assert isinstance(found, Variant)
    assert effect(REPEAT.model, found.pos, found.ref, found.alt).c_name == "c.16_18inv"  # type: ignore[union-attr]


def test_positions_before_behind_and_in_introns() -> None:
    for name in ("c.-2C>A", "c.*1T>G", "c.21+1G>A", "c.22-2A>T", "c.21+5del"):
        found = _located(REPEAT, name)
        assert isinstance(found, Variant), name
        said = effect(REPEAT.model, found.pos, found.ref, found.alt)
        assert isinstance(said, Effect)
        assert said.c_name == name


def test_a_wrong_reference_base_is_refused_with_the_expected_one() -> None:
    with pytest.raises(HgvsError, match=r"has A at c\.4, not G"):
        _located(REPEAT, "c.4G>T")
    with pytest.raises(HgvsError, match=r"has CAG at c\.7_9, not CAC"):
        _located(REPEAT, "c.7_9delCAC")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("c.34A>G", "ends at c.33"),
        ("c.20+1G>A", "no intron lies there"),
        ("c.21+40A>G", "shorter"),
        ("n.5A>G", "are c."),
    ],
)
def test_positions_that_do_not_exist_are_refused(name: str, said: str) -> None:
    with pytest.raises(HgvsError, match=said):
        _located(REPEAT, name)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("c.(4_7)_(9_12)del", "not exact"),
        ("c.5=", "nothing changes"),
        ("c.-20C>T", "outside the held transcript"),
        ("c.6_7ins(4)", "does not spell"),
        ("c.21_22insA", "across an intron"),
    ],
)
def test_what_cannot_be_placed_is_a_gap_that_says_why(name: str, said: str) -> None:
    found = _located(REPEAT, name)
    assert isinstance(found, Gap)
    assert found.held
    assert said in found.reason


def test_without_intron_bases_a_deletion_there_needs_its_bases_spelled() -> None:
    bare = maker.make(["CCATGAAACAG", "GGGTGATC"], ["GTAAGTCCTTTTTTCTAG"], (2, 17), flank=0)
    assert isinstance(_located(bare, "c.9+5del"), Gap)
    assert isinstance(_located(bare, "c.9+5delG"), Variant)
    assert isinstance(_located(bare, "c.9+5G>T"), Variant)


def test_genomic_names_count_on_the_plus_strand() -> None:
    for strand in (1, -1):
        made = maker.make(["CCATGAAACAGTAA", "CC"], ["GTAAGCTTTTAG"], (2, 14), strand=strand)
        deleted = made.variant(5, "A", "")
        name = genomic_name(made.model, on(made.model, deleted.pos, deleted.ref, deleted.alt))
        start = max(made.at(5), made.at(7))
        assert name == f"NC_000007.14:g.{start}del"


@pytest.mark.parametrize(
    ("p_name", "expected"),
    [
        ("p.Lys2Asn", ("c.6A>C", "c.6A>T")),
        ("p.Lys2Ter", ("c.4A>T",)),
        ("p.Gln3Arg", ("c.8A>G",)),
        ("p.Lys2Pro", ()),
        ("p.Gln3=", ()),
        ("p.Lys2fs", ()),
    ],
)
def test_single_base_changes_that_a_codon_allows(p_name: str, expected: tuple[str, ...]) -> None:
    assert single_base_names(REPEAT.model, protein.parse(p_name)) == expected


def test_a_protein_name_of_another_residue_is_refused() -> None:
    with pytest.raises(HgvsError, match="has Lys at residue 2, not Arg"):
        single_base_names(REPEAT.model, protein.parse("p.Arg2Ter"))
    with pytest.raises(HgvsError, match="no residue 400"):
        single_base_names(REPEAT.model, protein.parse("p.Arg400Ter"))
