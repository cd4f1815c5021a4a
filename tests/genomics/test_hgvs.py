"""The grammar of c., g., n. and m. names: normal forms, lengths, and errors that say how to mend them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomics import hgvs
from genomics.hgvs import Edit, HgvsError


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("c.68_69delAG", "c.68_69del"),
        ("BRCA1 c.68_69del", "c.68_69del"),
        ("NM_007294.4(BRCA1):c.68_69del", "c.68_69del"),
        ("BRCA1(NM_007294.4):c.5266dupC", "c.5266dup"),
        ("c.845 G>A", "c.845G>A"),
        ("c.76AG>TT", "c.76_77delinsTT"),
        ("c.1585_1586delTCinsGT", "c.1585_1586delinsGT"),
        ("c.5delAinsG", "c.5A>G"),
        ("c.5A>A", "c.5A="),
        ("c.7165_7166CT[1]", "c.7165_7166CT[1]"),
        ("c.-22-2A>C", "c.-22-2A>C"),
        ("c.*97g>a", "c.*97G>A"),
        ("c.(4_6)_(9_12)del", "c.(4_6)_(9_12)del"),
        ("c.509-?_613+?del", "c.509-?_613+?del"),
        ("NC_000021.9:g.(?_34787801)_(34799462_?)del", "g.(?_34787801)_(34799462_?)del"),
        ("NC_012920.1:m.13513G>A", "m.13513G>A"),
        ("n.351T>G", "n.351T>G"),
        ("c.10_12del3", "c.10_12del"),
        ("c.4002-31_4002-8inv24", "c.4002-31_4002-8inv"),
    ],
)
def test_normal_forms(written: str, normal: str) -> None:
    assert str(hgvs.parse(written)) == normal
    assert str(hgvs.parse(normal)) == normal


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("c.68_69", "gives a position but no change"),
        ("c.G845A", "c.845G>A"),
        ("c.68_69delA", "spans 2 bases"),
        ("c.9_5del", "run backwards"),
        ("c.5_9insA", "neighbouring"),
        ("c.0A>G", "no position 0"),
        ("NC_000017.11:c.5A>G", "genomic"),
        ("NM_000059.4:g.5A>G", "does not carry"),
        ("g.5+1A>G", "plain bases"),
        ("c.[1A>G];[2C>T]", "no position"),
        ("r.5a>g", "RNA"),
        ("68_69del", "needs its level"),
        ("c.5A>Q", "not HGVS"),
    ],
)
def test_errors_name_the_mend(written: str, says: str) -> None:
    with pytest.raises(HgvsError, match=says):
        hgvs.parse(written)


@pytest.mark.parametrize(
    ("written", "change"),
    [
        ("c.68_69del", -2),
        ("c.5266dup", 1),
        ("c.1521_1523del", -3),
        ("c.10_12delinsA", -2),
        ("c.5_6insACG", 3),
        ("c.5A>G", 0),
        ("c.-2_2del", -4),
        ("c.93+1_94-1del", None),
        ("c.(4_6)_(9_12)del", None),
    ],
)
def test_length_change(written: str, change: int | None) -> None:
    assert hgvs.parse(written).length_change == change


def test_stated_bases_must_agree_between_two_spellings() -> None:
    assert hgvs.same(hgvs.parse("c.68_69del"), hgvs.parse("c.68_69delAG"))
    assert not hgvs.same(hgvs.parse("c.68_69delCC"), hgvs.parse("c.68_69delAG"))
    assert not hgvs.same(hgvs.parse("c.68_69del"), hgvs.parse("g.68_69del"))


@given(
    st.integers(1, 9_000),
    st.integers(0, 40),
    st.sampled_from([Edit.DELETION, Edit.DUPLICATION, Edit.INVERSION, Edit.DELINS]),
    st.text("ACGT", min_size=1, max_size=12),
)
def test_parse_of_format_is_the_name(base: int, more: int, edit: Edit, bases: str) -> None:
    place = f"{base}_{base + more}" if more else str(base)
    name = hgvs.parse(f"c.{place}{edit}{bases if edit is Edit.DELINS else ''}")
    assert hgvs.parse(str(name)) == name


@given(st.text(max_size=60))
def test_any_text_is_a_name_or_a_named_error(text: str) -> None:
    with contextlib.suppress(HgvsError):
        assert str(hgvs.parse(text))
