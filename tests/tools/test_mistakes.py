"""What is wrong with given values is told in words, field by field."""

from __future__ import annotations

import pytest

from retrieval.evidence import Outcome
from tools import registry


@pytest.mark.parametrize(
    ("tool", "given", "said"),
    [
        ("design_molecules", {"n": 0}, "n must be greater than or equal to 1"),
        ("design_molecules", {"method": "gan"}, "method must be 'search', 'fragments' or 'vae'"),
        ("simulate_drug", {}, "drug: Field required"),
    ],
)
def test_a_wrong_field_is_named_with_what_it_must_be(tool: str, given: dict[str, object], said: str) -> None:
    result = registry.call(tool, given)
    assert result.outcome is Outcome.BAD_INPUT
    assert said in result.note
    assert "Input should" not in result.note
