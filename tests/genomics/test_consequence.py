"""Consequences on transcripts that the tests make: terms, protein names, new stops, decay; beside a slow oracle."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from genomics import protein
from genomics.effect import Effect
from genomics.lookups.rows import Gap
from genomics.transcript.consequence import effect, every_snv
from genomics.transcript.decay import decay
from genomics.transcript.regions import RANK

_SPEC = importlib.util.spec_from_file_location(
    "transcript_maker", Path(__file__).with_name("transcript_maker.py")
)
assert _SPEC is not None
assert _SPEC.loader is not None
maker = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(maker)

INTRON = "GTAAGTCCCTGATTCCTTTCAG"
EXONS = ["CCGGATGAAACGTTGG", "GATTACTCTGCTGGTACA", "CAGTTCTGGTAAGGCATAAGCC"]
CODING = (4, 46)
"""ATG AAA CGT TGG | GAT TAC TCT GCT GGT ACA | CAG TTC TGG TAA, of 42 bases."""


def _made(strand: int = 1, flank: int = 100) -> object:
    return maker.make(EXONS, [INTRON, INTRON], CODING, strand=strand, flank=flank)


def _said(made: object, base: int, ref: str, alt: str, offset: int = 0) -> Effect:
    """The effect of a change at a c. position (1-based)."""
    variant = made.variant(CODING[0] + base - 1, ref, alt, offset)  # type: ignore[attr-defined]
    said = effect(made.model, variant.pos, variant.ref, variant.alt)  # type: ignore[attr-defined]
    assert isinstance(said, Effect), said
    return said


CASES = [
    (4, "A", "G", 0, "missense_variant", "c.4A>G", "p.Lys2Glu"),
    (6, "A", "G", 0, "synonymous_variant", "c.6A>G", "p.Lys2="),
    (4, "A", "T", 0, "stop_gained", "c.4A>T", "p.Lys2Ter"),
    (1, "A", "G", 0, "start_lost", "c.1A>G", "p.Met1?"),
    (40, "T", "C", 0, "stop_lost", "c.40T>C", "p.Ter14GlnextTer?"),
    (41, "A", "G", 0, "stop_retained_variant", "c.41A>G", "p.Ter14="),
    (-1, "G", "A", 0, "5_prime_UTR_variant", "c.-1G>A", ""),
    (43, "G", "A", 0, "3_prime_UTR_variant", "c.*1G>A", ""),
    (12, "G", "A", 1, "splice_donor_variant", "c.12+1G>A", ""),
    (12, "T", "A", 2, "splice_donor_variant", "c.12+2T>A", ""),
    (12, "A", "G", 3, "splice_region_variant", "c.12+3A>G", ""),
    (12, "C", "G", 8, "splice_region_variant", "c.12+8C>G", ""),
    (12, "C", "G", 9, "intron_variant", "c.12+9C>G", ""),
    (13, "G", "T", -1, "splice_acceptor_variant", "c.13-1G>T", ""),
    (13, "A", "T", -2, "splice_acceptor_variant", "c.13-2A>T", ""),
    (13, "C", "T", -3, "splice_region_variant", "c.13-3C>T", ""),
    (13, "C", "A", -8, "splice_region_variant", "c.13-8C>A", ""),
    (13, "T", "A", -9, "intron_variant", "c.13-9T>A", ""),
    (16, "TAC", "", 0, "inframe_deletion", "c.17_19del", "p.Tyr6del"),
    (19, "", "GAA", 0, "inframe_insertion", "c.18_19insGAA", "p.Tyr6_Ser7insGlu"),
    (19, "", "TAC", 0, "inframe_insertion", "c.17_19dup", "p.Tyr6dup"),
    (19, "TC", "GG", 0, "missense_variant", "c.19_20delinsGG", "p.Ser7Gly"),
    (17, "ACTC", "T", 0, "inframe_deletion", "c.17_20delinsT", "p.Tyr6_Ser7delinsPhe"),
]


@pytest.mark.parametrize("strand", [1, -1])
@pytest.mark.parametrize(("base", "ref", "alt", "offset", "term", "c_name", "p_name"), CASES)
def test_terms_and_names(
    strand: int, base: int, ref: str, alt: str, offset: int, term: str, c_name: str, p_name: str
) -> None:
    made = _made(strand)
    start = base + (1 if base < 0 else 0)
    said = _said(made, start, ref, alt, offset)
    assert (said.term, said.c_name, said.p_name) == (term, c_name, p_name)


def test_exonic_bases_beside_an_intron_are_splice_region() -> None:
    made = _made()
    near = {base: "splice_region_variant" in _said(made, base, "T", "A").terms for base in (9, 10)}
    assert near == {9: False, 10: True}
    assert _said(made, 13, "G", "T").terms == ("missense_variant", "splice_region_variant")
    assert "splice_region_variant" in _said(made, 15, "T", "A").terms
    assert "splice_region_variant" not in _said(made, 16, "T", "A").terms


def test_outer_ends_of_the_transcript_are_no_splice_sites() -> None:
    made = _made()
    assert _said(made, -3, "C", "A").terms == ("5_prime_UTR_variant",)


def test_outside_the_transcript_nothing_is_said() -> None:
    model = _made().model
    low, high = model.span
    assert effect(model, low, "A", "C") is None
    assert effect(model, high + 1, "A", "C") is None


def test_a_reference_base_that_disagrees_is_a_gap() -> None:
    made = _made(-1)
    found = effect(made.model, made.at(CODING[0]), "G", "C")
    assert isinstance(found, Gap)
    assert found.held
    assert "check build" in found.reason


def test_a_frameshift_is_translated_to_its_new_stop() -> None:
    said = _said(_made(), 16, "T", "")
    assert said.terms == ("frameshift_variant",)
    assert (said.c_name, said.p_name) == ("c.16del", "p.Tyr6ThrfsTer11")
    assert (said.length_change, said.in_frame, said.new_stop) == (-1, False, 46)
    assert said.lost_share == pytest.approx(8 / 13, abs=1e-6)


def test_a_frameshift_that_makes_a_stop_at_once_is_nonsense() -> None:
    said = _said(_made(), 18, "C", "AG")
    assert said.p_name == "p.Tyr6Ter"
    assert said.terms == ("stop_gained", "frameshift_variant")


def test_a_frameshift_whose_new_stop_lies_in_the_last_exon_escapes_decay() -> None:
    said = _said(_made(), 16, "T", "")
    assert said.decay is False
    assert said.decay_reason == "new stop in the last exon"


def test_start_loss_names_the_next_met_in_frame() -> None:
    made = maker.make(["ATGAAACGTATGGATTAA"], [], (0, 18))
    variant = made.variant(1, "T", "C")
    said = effect(made.model, variant.pos, variant.ref, variant.alt)
    assert isinstance(said, Effect)
    assert (said.term, said.next_start) == ("start_lost", 4)
    assert said.lost_share == pytest.approx(3 / 5)


def test_a_start_codon_that_is_made_again_is_kept() -> None:
    made = maker.make(["CCAAATGATGGATTAA"], [], (4, 16))
    said = effect(made.model, *_spelled(made.variant(4, "A", "")))
    assert isinstance(said, Effect)
    assert said.term == "start_retained_variant"
    removed = effect(made.model, *_spelled(made.variant(4, "ATG", "")))
    assert isinstance(removed, Effect)
    assert (removed.term, removed.p_name) == ("inframe_deletion", "p.Met2del")


def _spelled(variant: object) -> tuple[int, str, str]:
    return variant.pos, variant.ref, variant.alt  # type: ignore[attr-defined]


def _with_stop(distance: int) -> Effect:
    """A nonsense change whose stop codon begins ``distance`` bases before the end of the penultimate exon."""
    frame = "ATG" + "AAA" * 80 + "TAA"
    cut = 99 + distance
    made = maker.make(["GGCC", "C" + frame[:cut], frame[cut:] + "GG"], [INTRON, INTRON], (5, 5 + len(frame)))
    said = effect(made.model, *_spelled(made.variant(5 + 99, "A", "T")))
    assert isinstance(said, Effect)
    assert said.term == "stop_gained"
    return said


@pytest.mark.parametrize(("distance", "decays"), [(49, False), (50, False), (51, True), (52, True)])
def test_stops_in_the_last_fifty_bases_of_the_penultimate_exon_escape(distance: int, decays: bool) -> None:
    said = _with_stop(distance)
    assert said.decay is decays
    assert str(distance) in said.decay_reason


def test_decay_rules() -> None:
    assert decay(100, 151, 2).predicted is True
    assert decay(101, 151, 2).predicted is False
    assert decay(100, 0, 1).predicted is False
    assert decay(None, 151, 2).predicted is None


def test_a_single_exon_never_decays() -> None:
    made = maker.make(["ATGAAACGTATGGATTAA"], [], (0, 18))
    said = effect(made.model, *_spelled(made.variant(3, "A", "T")))
    assert isinstance(said, Effect)
    assert said.decay is False
    assert "single exon" in said.decay_reason


def test_a_lost_splice_site_tells_what_skipping_its_exon_does() -> None:
    said = _said(_made(), 30, "G", "A", 1)
    assert said.term == "splice_donor_variant"
    assert said.in_frame is True
    assert said.decay_reason == "if exon 2 is skipped: the reading frame is kept"
    assert said.lost_share == pytest.approx(6 / 13, abs=1e-6)
    assert said.p_name == ""


def test_a_whole_exon_deleted_with_its_splice_sites() -> None:
    made = _made()
    start, end = made.model.exons[1].start, made.model.exons[1].end
    pos = start - 5 + 1
    said = effect(made.model, pos, made.bases(pos, end - start + 10), "")
    assert isinstance(said, Effect)
    assert said.terms[:2] == ("splice_acceptor_variant", "splice_donor_variant")
    assert "coding_sequence_variant" in said.terms
    assert (said.length_change, said.in_frame) == (-18, True)


def test_the_whole_transcript_deleted() -> None:
    made = _made(-1)
    low, high = made.model.span
    said = effect(made.model, low + 1, made.bases(low + 1, high - low), "")
    assert isinstance(said, Effect)
    assert said.terms == ("transcript_ablation",)
    assert said.lost_share == 1


def test_a_deletion_over_an_exon_edge_hits_the_site_and_the_coding_sequence() -> None:
    made = _made()
    pos = made.at(CODING[0] + 10)
    said = effect(made.model, pos, made.bases(pos, 4), "")
    assert isinstance(said, Effect)
    assert said.terms == ("splice_donor_variant", "coding_sequence_variant")
    assert said.p_name == ""


def test_an_indel_that_can_be_written_beside_a_splice_site_leaves_it_alone() -> None:
    """One G of ``TGG|GTAAG`` less: the intron still begins with GT, the exon is one base shorter."""
    made = _made()
    said = _said(made, 12, "G", "")
    assert said.terms == ("frameshift_variant", "splice_region_variant")
    assert said.c_name == "c.12+1del"


def test_without_intron_bases_it_is_read_where_it_is_spelled_and_says_so() -> None:
    bare = _made(flank=0)
    said = _said(bare, 12, "TA", "", 2)
    assert said.term == "splice_donor_variant"
    assert said.c_name == ""
    assert "not held" in said.limit
    assert _said(bare, 12, "G", "A", 1).limit == ""
    assert _said(_made(), 12, "TA", "", 2).limit == ""


def test_mitochondrial_codons() -> None:
    """TGA is Trp, AGA and AGG are stops, ATA is Met (NCBI translation table 2)."""
    made = maker.make(["ATATGACGAGGCTAA"], [], (0, 15), contig="MT", table=2, gene="MT-X")
    assert made.model.residues == "MWRG*"
    said = effect(made.model, *_spelled(made.variant(6, "C", "A")))
    assert isinstance(said, Effect)
    assert (said.term, said.p_name) == ("stop_gained", "p.Arg3Ter")
    kept = effect(made.model, *_spelled(made.variant(5, "A", "G")))
    assert isinstance(kept, Effect)
    assert kept.p_name == "p.Trp2="
    started = effect(made.model, *_spelled(made.variant(2, "A", "G")))
    assert isinstance(started, Effect)
    assert started.term == "start_retained_variant"


def test_non_coding_transcripts_have_n_names() -> None:
    made = maker.make(["GATTACA", "CCTTGG"], [INTRON], None)
    said = effect(made.model, *_spelled(made.variant(2, "T", "C")))
    assert isinstance(said, Effect)
    assert (said.terms, said.c_name) == (("non_coding_transcript_exon_variant",), "n.3T>C")
    inside = effect(made.model, *_spelled(made.variant(6, "C", "G", 9)))
    assert isinstance(inside, Effect)
    assert inside.terms == ("intron_variant", "non_coding_transcript_variant")


def test_a_frame_that_slips_is_not_read() -> None:
    made = maker.make(["ATGAAATAAAACGTAA"], [], (0, 16))
    found = effect(made.model, *_spelled(made.variant(4, "A", "C")))
    assert isinstance(found, Gap)
    assert "no plain reading frame" in found.reason


def test_every_snv_of_a_coding_sequence_comes_once() -> None:
    made = _made(-1)
    found = list(every_snv(made.model))
    assert len(found) == 3 * made.model.coding_length
    assert len({variant for variant, _ in found}) == len(found)
    assert all(one.c_name.startswith("c.") for _, one in found)


@settings(max_examples=400, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    strand=st.sampled_from((1, -1)),
    where=st.integers(3, 176),
    size=st.integers(0, 7),
    alt=st.text("ACGT", max_size=6),
)
def test_protein_and_new_stop_are_those_of_the_slow_oracle(
    seed: int, strand: int, where: int, size: int, alt: str
) -> None:
    made = maker.drawn(seed, strand=strand)
    model, (begin, end) = made.model, made.model.cds
    base = begin + where
    exon = model.exons[next(i for i, one in enumerate(model.exons) if one.first <= base < one.last)]
    assume(exon.first + 3 < base and base + size < exon.last - 3 and base + size <= end - 3)
    ref = model.mrna[base : base + size]
    assume(ref != alt)
    said = effect(model, *_spelled(made.variant(base, ref, alt)))
    assert isinstance(said, Effect)
    changed = model.mrna[:base] + alt + model.mrna[base + size :]
    old, new = maker.protein(model.mrna[begin:]), maker.protein(changed[begin:])
    if said.new_stop is not None and said.term in ("frameshift_variant", "stop_gained"):
        assert new.endswith("*")
        assert said.new_stop == 3 * (len(new) - 1) + 1
    if old == new:
        assert said.term == "synonymous_variant"
        return
    assert said.term != "synonymous_variant"
    if said.p_name:
        assert said.p_name.startswith(str(protein.parse(said.p_name)))
        assert _applied(old, said.p_name, new) == new
    assert said.in_frame is ((len(alt) - size) % 3 == 0) or said.term == "stop_lost"


def _applied(old: str, name: str, new: str) -> str:
    """The protein that a p. name describes; frameshifts state only their first residue and their length."""
    from Bio.SeqUtils import seq1

    read = protein.parse(name)
    first, last = read.start - 1, read.end or read.start
    assert seq1(read.first, custom_map={"Ter": "*"}) == old[first]
    alt = "".join(seq1(read.alt[i : i + 3], custom_map={"Ter": "*"}) for i in range(0, len(read.alt), 3))
    kind = protein.Effect
    if read.effect is kind.FRAMESHIFT:
        assert new[:first] == old[:first]
        assert new[first] == alt
        assert read.stop_after is None or len(new) - first == read.stop_after
        return new
    if read.effect is kind.EXTENSION:
        assert new[:first] == old[:first]
        return new
    if read.effect is kind.STOP:
        return old[:first] + "*"
    if read.effect is kind.DUPLICATION:
        made = old[:last] + old[first:last] + old[last:]
    elif read.effect is kind.INSERTION:
        made = old[: first + 1] + alt + old[first + 1 :]
    elif read.effect is kind.DELETION:
        made = old[:first] + old[last:]
    else:
        made = old[:first] + alt + old[last:]
    return made[: made.index("*") + 1]


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    where=st.floats(0, 1),
    size=st.integers(0, 8),
    alt=st.text("ACGT", max_size=5),
)
def test_both_strands_of_one_transcript_say_the_same(seed: int, where: float, size: int, alt: str) -> None:
    plus, minus = maker.drawn(seed, strand=1), maker.drawn(seed, strand=-1)
    model = plus.model
    length = model.exons[-1].end - model.exons[0].start
    o = model.exons[0].start + 1 + int(where * (length - size - 2))
    ref = plus.bases(o + 1, size)
    assume(ref != alt)
    one = effect(model, o + 1, ref, alt)
    mirror = minus.model.exons[0].start + (o - model.exons[0].start)
    start, _ = minus.model.oriented(mirror, mirror + size)
    other = effect(minus.model, start + 1, minus.model.read(ref), minus.model.read(alt))
    assert one == other
    if isinstance(one, Effect):
        assert set(one.terms) <= set(RANK)
        assert one.terms
