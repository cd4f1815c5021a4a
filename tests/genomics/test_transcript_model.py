"""Coordinates of transcript models: every base has one place, on both strands, with and without alignment gaps."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genomics.builds import Build
from genomics.transcript.model import Exon, ModelError, Place, Transcript, exons_of, reverse_complement

_SPEC = importlib.util.spec_from_file_location(
    "transcript_maker", Path(__file__).with_name("transcript_maker.py")
)
assert _SPEC is not None
assert _SPEC.loader is not None
maker = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(maker)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), strand=st.sampled_from((1, -1)))
def test_every_base_of_the_transcript_has_one_place(seed: int, strand: int) -> None:
    made = maker.drawn(seed, strand=strand)
    model = made.model
    for o in range(model.exons[0].start, model.exons[-1].end):
        place = model.place_at(o)
        assert place is not None
        assert model.spot(place) == o
        start, _ = model.oriented(o, o + 1)
        assert model.read(made.bases(start + 1, 1)) == model.bases(o, o + 1)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), strand=st.sampled_from((1, -1)))
def test_the_bases_of_exons_are_those_of_the_mrna(seed: int, strand: int) -> None:
    model = maker.drawn(seed, strand=strand).model
    joined = "".join(model.bases(exon.start, exon.end) or "" for exon in model.exons)
    assert joined == model.mrna


def test_positions_outside_have_no_place() -> None:
    model = maker.drawn(1).model
    assert model.place_at(model.exons[0].start - 1) is None
    assert model.place_at(model.exons[-1].end) is None
    assert model.spot(Place(-1, 0)) is None
    assert model.spot(Place(len(model.mrna), 0)) is None


def test_offsets_hang_on_exon_ends_only() -> None:
    model = maker.drawn(2).model
    inner = model.exons[0].last - 2
    assert model.spot(Place(inner, 1)) is None
    assert model.spot(Place(inner + 1, 1)) == model.exons[0].end
    assert model.spot(Place(model.exons[-1].last - 1, 1)) is None
    assert model.spot(Place(0, -1)) is None


def test_the_middle_of_an_odd_intron_counts_from_the_exon_before() -> None:
    model = maker.make(["ATGAAA", "AAATAA"], ["GTCAG"], (0, 12)).model
    middle = model.exons[0].end + 2
    assert model.place_at(middle) == Place(5, 3)
    assert model.place_at(middle + 1) == Place(6, -2)


def test_without_flanks_intron_bases_are_unknown() -> None:
    model = maker.make(["ATGAAA", "AAATAA"], ["GTCAG"], (0, 12), flank=0).model
    assert model.bases(model.exons[0].end, model.exons[0].end + 1) is None
    assert model.bases(model.exons[0].start, model.exons[0].end) == "ATGAAA"
    assert model.bases(model.exons[0].start, model.exons[1].end) is None


def test_flanks_that_meet_give_the_whole_intron() -> None:
    model = maker.make(["ATGAAA", "AAATAA"], ["GTCCCCAG"], (0, 12), flank=5).model
    assert model.bases(model.exons[0].end, model.exons[1].start) == "GTCCCCAG"


def test_a_polyadenylated_stop_has_no_genome_position() -> None:
    """Mitochondrial coding sequences end in T or TA; the transcript carries the A that polyadenylation adds."""
    exon = Exon(1000, 1007, 0, 9, "7M2I")
    model = Transcript("ENST1", "MT-X", Build.GRCH38, "MT", 1, (exon,), "ATAGGATAA", (0, 9), table=2)
    assert model.residues == "MG*"
    assert model.spot(Place(6, 0)) == 1006
    assert model.spot(Place(7, 0)) is None
    assert model.base_at(1006) == 6


def test_bases_missing_from_the_transcript_have_no_place() -> None:
    exon = Exon(0, 10, 0, 8, "4M2D4M")
    model = Transcript("NM_1.1", "X", Build.GRCH37, "1", 1, (exon,), "ACGTACGT", None)
    assert model.base_at(3) == 3
    assert model.base_at(4) is None
    assert model.base_at(6) == 4
    assert model.bases(2, 8) == "GTNNAC"


def test_overlapping_exons_are_no_transcript() -> None:
    with pytest.raises(ModelError, match="overlap"):
        exons_of([(0, 10), (9, 20)], 1)


def test_selenocysteine_is_read_through_and_keeps_the_model_plain() -> None:
    model = maker.make(["ATGTGAAAATAA"], [], (0, 12)).model
    assert model.residues == "MUK*"
    assert model.is_plain


@pytest.mark.parametrize("frame", ["ATGTAAAAATAA", "ATGAAAATAA", "ATGAAAAAA"])
def test_a_frame_with_an_early_stop_a_missing_base_or_no_stop_is_not_plain(frame: str) -> None:
    assert not maker.make([frame], [], (0, len(frame))).model.is_plain


def test_reverse_complement_is_its_own_inverse() -> None:
    assert reverse_complement(reverse_complement("ACGTNAC")) == "ACGTNAC"
