"""Builds are told by lengths, accessions and words, and never guessed."""

from __future__ import annotations

import pytest

from genomics import builds
from genomics.builds import Build, BuildError


def test_contig_lengths_tell_the_build() -> None:
    assert builds.sniff({"chr1": 248956422, "chrUn_1": 5}) is Build.GRCH38
    assert builds.sniff({"1": 249250621}) is Build.GRCH37
    assert builds.sniff({"chrM": 16569, "scaffold": 1}) is None
    with pytest.raises(BuildError, match="both"):
        builds.sniff({"1": 249250621, "2": 242193529})


@pytest.mark.parametrize(
    ("text", "build"),
    [
        ("17-1-A-C on hg19", Build.GRCH37),
        ("GRCh38.p13 please", Build.GRCH38),
        ("build 37", Build.GRCH37),
        ("she is 38 years old", None),
    ],
)
def test_words_for_builds(text: str, build: Build | None) -> None:
    assert builds.spoken(text) is build


def test_two_builds_in_one_question_are_refused() -> None:
    with pytest.raises(BuildError, match="one build"):
        builds.spoken("hg19 or hg38?")


def test_accessions_carry_build_and_contig() -> None:
    assert builds.of_accession("NC_000017.11") == (Build.GRCH38, "17")
    assert builds.of_accession("NC_000017.10") == (Build.GRCH37, "17")
    assert builds.of_accession("NC_012920.1") == (None, "MT")
    assert builds.of_accession("NC_000017.9") is None


def test_a_position_beyond_the_end_exists_on_no_build() -> None:
    assert builds.possible("chr21", 48_000_000) == (Build.GRCH37,)
    assert builds.possible("21", 90_000_000) == ()
    assert builds.possible("scaffold", 1) == ()
