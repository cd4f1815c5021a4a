"""Protein names in one- and three-letter code, and what the genetic code allows."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomics import protein
from genomics.hgvs import HgvsError
from genomics.protein import Effect


@pytest.mark.parametrize(
    ("written", "normal", "effect"),
    [
        ("C61G", "p.Cys61Gly", Effect.MISSENSE),
        ("p.(Cys61Gly)", "p.Cys61Gly", Effect.MISSENSE),
        ("TP53 p.R248W", "p.Arg248Trp", Effect.MISSENSE),
        ("R553X", "p.Arg553Ter", Effect.STOP),
        ("p.Arg553*", "p.Arg553Ter", Effect.STOP),
        ("p.Pro463=", "p.Pro463=", Effect.SYNONYMOUS),
        ("p.E23Vfs*17", "p.Glu23ValfsTer17", Effect.FRAMESHIFT),
        ("p.Glu23fs", "p.Glu23fs", Effect.FRAMESHIFT),
        ("F508del", "p.Phe508del", Effect.DELETION),
        ("p.Lys432_Tyr433delinsAsn", "p.Lys432_Tyr433delinsAsn", Effect.DELINS),
        ("p.Met1Val", "p.Met1?", Effect.START),
        ("p.Ter656Ser", "p.Ter656Serext", Effect.EXTENSION),
        ("p.Ter110GlnextTer17", "p.Ter110Glnext", Effect.EXTENSION),
    ],
)
def test_normal_forms(written: str, normal: str, effect: Effect) -> None:
    name = protein.parse(written)
    assert (str(name), name.effect) == (normal, effect)


@pytest.mark.parametrize("written", ["p.?", "p.Xyz5Ala", "p.Cys0Gly", "p.Gly", "hello", "", "p.Gly12?"])
def test_errors(written: str) -> None:
    with pytest.raises(HgvsError):
        protein.parse(written)


def test_a_frameshift_without_details_agrees_with_one_that_has_them() -> None:
    full, short, other = (protein.parse(f"p.Glu23{tail}") for tail in ("ValfsTer17", "fs", "GlyfsTer3"))
    assert protein.same(full, short)
    assert protein.same(short, other)
    assert not protein.same(full, other)


def test_the_genetic_code_can_leave_one_change_or_several() -> None:
    assert protein.single_base_changes(protein.parse("p.Cys282Tyr")) == ("c.845G>A",)
    assert protein.single_base_changes(protein.parse("p.His63Asp")) == ("c.187C>G",)
    assert protein.single_base_changes(protein.parse("p.Trp1282Ter")) == ("c.3845G>A", "c.3846G>A")
    assert protein.single_base_changes(protein.parse("p.Phe508del")) == ()


@given(st.text(max_size=40))
def test_any_text_is_a_name_or_a_named_error(text: str) -> None:
    with contextlib.suppress(HgvsError):
        assert str(protein.parse(text))
