"""The consensus lists and HL7's worked request, where the development data is present."""

from __future__ import annotations

import importlib
from collections import Counter
from pathlib import Path

import pytest

from evals.bench.treatment.__main__ import LABELS
from evals.bench.treatment.contextual import f101
from evals.bench.treatment.lists import (
    DUAL,
    ORAL_AZOLE,
    QT,
    THIRD,
    WRITTEN,
    bars,
    exception,
    high_priority,
    mapped,
    qt,
    tally,
)
from evals.bench.treatment.patients import reconciled
from evals.bench.treatment.table import HERE, PARTS
from retrieval.patient import Patient
from tools.treatment.interactions import rules_for
from tools.treatment.load import knowledge
from tools.treatment.names import resolve
from tools.treatment.predicates import Level


@pytest.fixture
def lists(shared: Path) -> Path:
    folder = shared / "pddi-public-2017"
    if not folder.is_dir():
        pytest.skip("the consensus lists (pddi-public-2017) are not on this machine")
    return folder


def test_every_high_priority_pair_is_avoided(lists: Path) -> None:
    told = tally(high_priority(lists), Patient())
    assert not told.unresolved
    assert (told.n, told.at_least(Level.AVOID)) == (400, 400)
    known = tally(high_priority(lists), reconciled())
    assert known.at_least(Level.AVOID) == 400


def test_every_qt_pair_is_at_least_monitored(lists: Path) -> None:
    pairs = qt(lists)
    for patient in (reconciled(), Patient()):
        told = tally(pairs, patient)
        assert (len(pairs), told.n, told.at_least(Level.MONITOR)) == (780, 780, 780)


def test_two_qt_drugs_interrupt_by_their_values_or_by_a_label_that_bars_them(lists: Path) -> None:
    """3.8: with normal values only what a label bars; which pairs these are is read from the rules."""
    pairs = qt(lists)
    told = tally(pairs, reconciled())
    assert all(bars(one) for fired in told.interrupting.values() for one in fired)
    assert set(told.interrupting) == {pair for pair in pairs if _barred(*pair)}
    unknown = tally(pairs, Patient())
    assert {exception(one) for fired in unknown.interrupting.values() for one in fired} == {QT}


def _barred(one: str, other: str) -> bool:
    """A rule of the pair whose only case says avoid, from a label."""
    held = knowledge()
    first, second = (resolve(name).ingredients[0] for name in (one, other))
    return any(
        rule.cases[0].when is None
        and rule.cases[0].level is Level.AVOID
        and any(held.citations[cite.key].kind == "label" for cite in rule.fact.cites)
        for rule, _ in rules_for(first, second, held)
    )


def test_of_the_low_priority_list_exactly_the_written_exceptions_interrupt(lists: Path) -> None:
    pairs = mapped(lists / "ONC_Non_Interuptive_Mapped.csv")
    told = tally(pairs, reconciled())
    assert (told.n, told.unresolved) == (2101, [])
    assert told.because() == Counter({DUAL: 72, ORAL_AZOLE: 4})
    assert set(told.interrupting) == {pair for pair in pairs if _is_excepted(*pair)}


def _is_excepted(one: str, other: str) -> bool:
    """ACE inhibitor with ARB, and swallowed ketoconazole with a PPI: the exceptions that the specification writes."""
    held = knowledge()
    keys = [held.keys[resolve(name).ingredients[0]] for name in (one, other)]
    exceptions = (("class:ace_inhibitor", "class:arb"), ("drug:ketoconazole", "class:ppi"))
    return any(x in a and y in b for x, y in exceptions for a, b in (keys, keys[::-1]))


def test_what_more_of_it_interrupts_while_nothing_is_known_hangs_on_a_third_drug_or_the_qt_interval(
    lists: Path,
) -> None:
    """A drug list that is not complete may hold the diuretic of the three-drug rule; sotalol and two SSRIs also stand
    on the QT list. All of it says that it is not settled, and what would settle it."""
    told = tally(mapped(lists / "ONC_Non_Interuptive_Mapped.csv"), Patient())
    assert set(told.because()) == {DUAL, ORAL_AZOLE, THIRD, QT}
    for pair, fired in told.interrupting.items():
        for one in fired:
            reason = exception(one)
            if reason == QT:
                assert pair in {("citalopram", "sotalol"), ("escitalopram", "sotalol")}
            else:
                assert reason in WRITTEN
            if reason not in (DUAL, ORAL_AZOLE):
                assert not one.verdict.certain
                assert one.verdict.asks


def test_request_f101_of_hl7(shared: Path) -> None:
    """Ketorolac for a patient on warfarin, etodolac, eplerenone and spironolactone, with an ulcer that bled."""
    path = shared / "hl7-pddi-cds" / "warfarin-nsaids-cds-request.json"
    if not path.is_file():
        pytest.skip("HL7's worked requests (hl7-pddi-cds) are not on this machine")
    fired = f101(path)
    assert {one.right.drug for one in fired} == {"ketorolac", "etodolac"}
    assert all((one.level, one.verdict.certain) == (Level.AVOID, True) for one in fired)
    assert all("upper GI bleed" in one.advice for one in fired)


def test_every_part_of_the_table_has_its_rows() -> None:
    """Each bar of the specification's table has a module; the label search is written beside it."""
    numbers = [number for part in PARTS for number in part.numbers]
    assert numbers == [f"7{letter}" for letter in "abcdefghijk"]
    for part in PARTS:
        name = LABELS if part.module == "labels" else f"{HERE}.{part.module}"
        assert callable(importlib.import_module(name).rows)
