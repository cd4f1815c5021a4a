"""Trimming keeps the sequence, and spellings of one change are equal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomics.builds import Build, BuildError
from genomics.variant import Variant, read, trim

BASES = st.text("ACGT", max_size=8)


def made(reference: str, pos: int, ref: str, alt: str) -> str:
    assert reference[pos - 1 : pos - 1 + len(ref)] == ref
    return reference[: pos - 1] + alt + reference[pos - 1 + len(ref) :]


@given(left=BASES, ref=BASES, alt=BASES, right=BASES)
def test_trimming_keeps_the_sequence(left: str, ref: str, alt: str, right: str) -> None:
    reference = left + ref + right
    pos, short_ref, short_alt = trim(len(left) + 1, ref, alt)
    assert made(reference, pos, short_ref, short_alt) == made(reference, len(left) + 1, ref, alt)
    assert trim(pos, short_ref, short_alt) == (pos, short_ref, short_alt)


@given(repeat=st.text("ACGT", min_size=1, max_size=3), copies=st.integers(2, 6), data=st.data())
def test_every_place_of_a_deletion_in_a_repeat_is_the_same(
    repeat: str, copies: int, data: st.DataObject
) -> None:
    bases = repeat * copies
    window = Variant(build=Build.GRCH38, contig="1", pos=100, ref=bases, alt=repeat * (copies - 1))
    start = data.draw(st.integers(0, len(bases) - len(repeat)))
    gone = bases[start : start + len(repeat)]
    assert window.same_as(Variant(build=Build.GRCH38, contig="1", pos=100 + start, ref=gone, alt=""))


@pytest.mark.parametrize(
    "spelled", ["17-43124027-ACT-A", "17-43124029-TCT-T", "chr17:43124030:CT:", "17-43124028-CT-"]
)
def test_spellings_of_one_deletion_are_equal(spelled: str) -> None:
    held = read("17-43124028-CTCT-CT", Build.GRCH38)
    assert held.same_as(read(spelled, Build.GRCH38))
    assert read(spelled, Build.GRCH38).same_as(held)


def test_another_change_in_the_window_is_not_equal() -> None:
    held = read("17-43124028-CTCT-CT", Build.GRCH38)
    assert not held.same_as(read("17-43124028-C-T", Build.GRCH38))
    assert not held.same_as(read("13-43124028-CTCT-CT", Build.GRCH38))


def test_builds_are_never_mixed() -> None:
    with pytest.raises(BuildError, match="one build"):
        read("17-1-A-C", Build.GRCH38).same_as(read("17-1-A-C", Build.GRCH37))


def test_spdi_counts_from_zero_on_the_accession() -> None:
    assert read("17-43124027-ACT-A", Build.GRCH38).spdi == "NC_000017.11:43124027:CT:"
    assert read("MT-13513-G-A", Build.GRCH37).spdi == "NC_012920.1:13512:G:A"


@pytest.mark.parametrize("spelled", ["17-43124027", "23-1-A-C", "17-x-A-C", "17-1-A-Q", ""])
def test_what_is_no_variant_is_refused(spelled: str) -> None:
    with pytest.raises(ValueError, match=r"contig|chromosome"):
        read(spelled, Build.GRCH38)
