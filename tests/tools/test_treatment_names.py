"""Drug names: exact, stripped, combined, misspelled."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.treatment.load import knowledge
from tools.treatment.names import Status, resolve


@pytest.mark.parametrize(
    ("text", "ingredients"),
    [
        ("warfarin", ["warfarin"]),
        ("Warfarin Sodium 0.5 MG Oral Tablet", ["warfarin"]),
        ("PARACETAMOL 500mg qid prn", ["acetaminophen"]),
        ("Lipitor", ["atorvastatin"]),
        ("lisinopril/hctz", ["lisinopril", "hydrochlorothiazide"]),
        ("Hyzaar", ["losartan", "hydrochlorothiazide"]),
        ("lopinavir and ritonavir", ["lopinavir", "ritonavir"]),
        ("co-trimoxazole", ["trimethoprim", "sulfamethoxazole"]),
        ("St John’s wort", ["st_johns_wort"]),
        ("grapefruit juice", ["grapefruit_juice"]),
        ("Ketorolac Tromethamine 10 MG Oral Tablet", ["ketorolac"]),
        ("Eliquis® 5 mg bid", ["apixaban"]),
        ("Stribild", ["elvitegravir", "cobicistat", "emtricitabine", "tenofovir"]),
        ("calcium carbonate 500 mg", ["calcium_carbonate"]),
        ("metoprolol succinate ER 50 mg daily", ["metoprolol"]),
        ("Atorvastatin (Lipitor)", ["atorvastatin"]),
    ],
)
def test_names_resolve(text: str, ingredients: list[str]) -> None:
    read = resolve(text)
    assert (read.status, list(read.ingredients)) == (Status.EXACT, ingredients)


@pytest.mark.parametrize(
    ("text", "route", "daily"),
    [
        ("diclofenac gel 1%", "topical", None),
        ("prednisolone eye drops", "eye", None),
        ("simvastatin 40 mg daily", "systemic", 40.0),
        ("ibuprofen 400 mg three times a day", "systemic", 1200.0),
        ("digoxin 250 mcg od", "systemic", 0.25),
        ("clotrimazole", "topical", None),
        ("aspirin 81 mg", "systemic", None),
    ],
)
def test_route_and_daily_dose(text: str, route: str, daily: float | None) -> None:
    read = resolve(text)
    assert read.status is Status.EXACT
    assert (read.route, read.daily_mg) == (route, daily)


@pytest.mark.parametrize(
    ("text", "state"), [("new: metformin", "new"), ("continuing: metformin", "continuing")]
)
def test_state_is_told_by_a_prefix(text: str, state: str) -> None:
    read = resolve(text)
    assert (read.state, read.ingredients) == (state, ("metformin",))
    assert resolve("metformin").state is None


@pytest.mark.parametrize(
    ("slip", "candidates"),
    [
        ("hydralizine", {"hydralazine", "hydroxyzine"}),
        ("celebrx", {"Celebrex (celecoxib)", "Celexa (citalopram)", "Cerebyx (fosphenytoin)"}),
        ("Lamictl", {"Lamictal (lamotrigine)", "Lamisil (terbinafine)"}),
        ("klonipin", {"Klonopin (clonazepam)", "clonidine"}),
        ("Zantack", {"Zantac (ranitidine)", "Xanax (alprazolam)"}),
        ("prednison", {"prednisone", "prednisolone"}),
        ("metformine", {"metformin", "metronidazole"}),
    ],
)
def test_a_slip_near_a_look_alike_asks_with_all_of_them(slip: str, candidates: set[str]) -> None:
    read = resolve(slip)
    assert read.status is Status.ASK
    assert candidates <= set(read.candidates)
    assert not read.ingredients


def test_an_exact_look_alike_names_what_it_is_not() -> None:
    assert resolve("metformin").not_to_confuse == ("metronidazole",)
    assert set(resolve("Celebrex").not_to_confuse) == {"Celexa", "Cerebyx"}


def test_a_class_is_no_drug_and_a_stranger_is_unknown() -> None:
    assert resolve("NSAID").status is Status.ASK
    assert "ibuprofen" in resolve("NSAIDs").candidates
    for text in ("xyzzy", "", "   ", "Kit", "💊", "\x00", "a" * 5000, "/", "new:"):
        assert resolve(text).status is Status.UNKNOWN


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_text_gives_an_answer_and_only_exact_ones_give_drugs(text: str) -> None:
    read = resolve(text)
    assert bool(read.ingredients) == (read.status is Status.EXACT)
    assert bool(read.candidates) == (read.status is Status.ASK)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(knowledge().drugs)), st.integers(0, 40), st.sampled_from("abcdefghijklmnop"))
def test_a_misspelling_is_never_used_silently(drug: str, place: int, letter: str) -> None:
    """One changed letter: either it is another exact name of the table, or it asks, or it is unknown."""
    name = knowledge().drug(drug).name.lower()
    at = place % len(name)
    slip = name[:at] + letter + name[at + 1 :]
    read = resolve(slip)
    if read.status is Status.EXACT and read.ingredients != knowledge().drug(drug).parts:
        names = {one.lower() for part in read.ingredients for one in _names(part)}
        assert any(one in slip for one in names)


def _names(drug: str) -> tuple[str, ...]:
    entry = knowledge().drug(drug)
    return (entry.name, *entry.names, *entry.brands)


def test_every_name_of_the_table_leads_to_its_drug() -> None:
    for drug in knowledge().drugs.values():
        for name in (drug.name, *drug.names, *drug.brands):
            assert set(resolve(name).ingredients) == set(drug.parts), name
