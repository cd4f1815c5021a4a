"""What holds of every option list: its drugs are held, its facts were read, its names and conditions are its own."""

from __future__ import annotations

import pytest

from tools.treatment.indications import Indication
from tools.treatment.load import knowledge
from tools.treatment.names import Status, resolve

ALL = list(knowledge().indications.values())
EACH = pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)


def test_the_lists_of_the_specification_are_there() -> None:
    assert len(ALL) == 13
    assert all(4 <= len(one.options) <= 8 for one in ALL)


@EACH
def test_every_named_drug_is_held_marketed_and_found_by_its_name(one: Indication) -> None:
    refs = {ref for entry in one.options for part in entry.regimen for ref in part}
    for ref in sorted(ref for ref in refs if ref.startswith("drug:")):
        drug = knowledge().drugs[ref.removeprefix("drug:")]
        assert drug.marketed, ref
        assert resolve(drug.name).status is Status.EXACT, ref


@EACH
def test_every_fact_was_read_and_every_source_is_held(one: Indication) -> None:
    for fact in (one.fact, *(fact for entry in one.options for fact in entry.facts)):
        assert fact.checked
        assert all(knowledge().citations[cite.key].checked for cite in fact.cites)


@EACH
def test_its_condition_is_asked_and_nothing_else_is_named_alike(one: Indication) -> None:
    others = {name for other in ALL if other is not one for name in other.says}
    assert not others & set(one.says)
    assert set(one.condition) <= set(knowledge().conditions)
