"""Every entry of the treatment knowledge can be shown in words."""

from __future__ import annotations

from tools.treatment.load import knowledge
from tools.treatment.shown import shown


def test_every_entry_has_its_words_and_its_source() -> None:
    held = knowledge()
    for kind in (held.rules, held.pairs, held.classes):
        for name, entry in kind.items():
            text = "\n".join(shown(name, held))
            assert entry.fact.statement in text
            assert held.citations[entry.fact.cites[0].key].title in text
    for indication in held.indications.values():
        assert indication.fact.statement in "\n".join(shown(indication.id, held))
        for option in indication.options:
            assert option.fact.statement in "\n".join(shown(option.id, held))


def test_a_rule_tells_when_it_holds() -> None:
    text = "\n".join(shown("renal.metformin", knowledge()))
    assert "egfr below 30 mL/min/1.73 m²" in text
    assert "takes it, new" in text


def test_a_drug_lists_its_rules_by_any_of_its_names() -> None:
    assert shown("Eliquis", knowledge()) == shown("apixaban", knowledge())
    assert "  rule renal.apixaban-af" in shown("apixaban", knowledge())


def test_a_name_that_is_not_held_shows_nothing() -> None:
    assert shown("no such rule", knowledge()) == ()
