"""What a request for molecules says: which names it means, which terms, and what of it is not read."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import pytest

from assistant.answer import Role
from assistant.models.molecule_routes import unread
from assistant.models.router import route
from assistant.research_words import DESIGN, PROFILE, RESEARCH
from assistant.turn import Earlier, TurnInput


def calls(question: str, *earlier: str) -> list[tuple[str, dict[str, Any]]]:
    before = tuple(Earlier(question=one) for one in earlier)
    given = TurnInput(turn=1, role=Role.CLINICIAN, question=question, earlier=before)
    return [(one.tool, dict(one.inputs)) for one in route(given, ())]


def profiled(question: str, *earlier: str) -> list[str]:
    return [inputs["molecule"] for tool, inputs in calls(question, *earlier) if tool == PROFILE]


def designed(question: str, *earlier: str) -> dict[str, Any]:
    (tool, inputs), *more = calls(question, *earlier)
    assert (tool, more) == (DESIGN, [])
    return inputs


@pytest.mark.parametrize(
    ("question", "like"),
    [
        ("find analogues of caffeine", ["caffeine"]),
        ("design molecules like melphalan", ["melphalan"]),
        ("design molecules like elagolix", ["elagolix"]),
        ("design analogues of imatinib and caffeine", ["imatinib", "caffeine"]),
        ("design molecules like foobarin with better absorption", ["foobarin"]),
        ("propose structures resembling zzyzx", ["zzyzx"]),
        ("generate 6 compounds based on quuxolide and aspirin", ["quuxolide", "aspirin"]),
    ],
)
def test_what_a_design_is_to_be_like_is_never_dropped(question: str, like: list[str]) -> None:
    assert designed(question)["like"] == like


@pytest.mark.parametrize(
    ("question", "names"),
    [
        pytest.param(
            "profile caffeine",
            ["caffeine"],
            marks=pytest.mark.skipif(
                find_spec("admet_ai") is None, reason="the table of approved drugs comes with admet-ai"
            ),
        ),
        ("TPSA of caffeine", ["caffeine"]),
        ("is losartan likely to block hERG", ["losartan"]),
        ("does terfenadine block hERG?", ["terfenadine"]),
        ("how drug-like is atorvastatin", ["atorvastatin"]),
        ("what's the molecular weight of warfarin", ["warfarin"]),
        ("Does celecoxib have PAINS alerts?", ["celecoxib"]),
        ("what is the DILI score of diclofenac", ["diclofenac"]),
        ("give me the SMILES of ibuprofen", ["ibuprofen"]),
        ("profile valsartan and losartan", ["valsartan", "losartan"]),
        ("compare the logP of losartan and valsartan", ["losartan", "valsartan"]),
        ("QED of foobarin?", ["foobarin"]),
        ("Is metoprolol a hERG blocker?", ["metoprolol"]),
        ("compare losartan and valsartan by TPSA", ["losartan", "valsartan"]),
    ],
)
def test_properties_of_structures_are_profiled(question: str, names: list[str]) -> None:
    assert profiled(question) == names


@pytest.mark.parametrize(
    "question",
    [
        "does terfenadine prolong QT in patients",
        "is diclofenac hepatotoxic",
        "does warfarin bind albumin",
        "optimise warfarin in this patient",
        "what is the profile of the patient",
        "improve levothyroxine absorption",
        "make a better plan with metformin",
        "reduce the dose of losartan",
    ],
)
def test_clinical_questions_go_where_they_went(question: str) -> None:
    assert not {tool for tool, _ in calls(question)} & set(RESEARCH)


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("make me a non-toxic analog of diclofenac", {"want": {"clintox": 1.0}}),
        ("suggest derivatives of ibuprofen with lower liver toxicity", {"better": ["dili"]}),
        ("design a safer warfarin", {"better": ["clintox"]}),
        ("improve the QED of atorvastatin", {"better": ["qed"]}),
        ("modify terfenadine to remove hERG", {"want": {"herg": 1.0}}),
    ],
)
def test_terms_are_read_once(question: str, terms: dict[str, Any]) -> None:
    assert {name: one for name, one in designed(question).items() if name in ("want", "better")} == terms


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("design molecules like aspirin with higher solubility", ("higher solubility",)),
        (
            "design molecules like aspirin with lower molecular weight and higher solubility",
            ("lower molecular weight", "higher solubility"),
        ),
        ("propose molecules like atropine with better brain penetration", ("better brain penetration",)),
        ("generate compounds like diclofenac with a worse liver profile", ("worse liver profile",)),
        ("find analogues of celecoxib with more alerts", ("more alerts",)),
        ("find analogues of celecoxib with fewer alerts", ()),
        ("propose 10 molecules like losartan with better oral absorption and no structural alerts", ()),
        ("use the VAE to generate 20 molecules", ()),
    ],
)
def test_what_is_no_term_is_told(question: str, words: tuple[str, ...]) -> None:
    assert unread(question) == words


FIRST = "design molecules like losartan with lower hERG"


def test_a_later_turn_adds_to_a_design_or_changes_its_start() -> None:
    assert designed("with better absorption too", FIRST)["better"] == ["herg", "absorption"]
    assert designed("now like ibuprofen", FIRST)["like"] == ["ibuprofen"]
    assert designed("and 20 of them", FIRST) == {"like": ["losartan"], "better": ["herg"], "n": 20}


def test_a_later_turn_profiles_another_molecule() -> None:
    assert profiled("and celecoxib?", "what is the TPSA of aspirin") == ["celecoxib"]
    assert profiled("and its logP?", "what is the TPSA of aspirin", "and celecoxib?") == ["celecoxib"]
    assert profiled("and celecoxib in renal failure?", "what is the TPSA of aspirin") == []


def test_an_inchi_is_handed_on_so_that_it_is_refused() -> None:
    assert profiled("profile InChI=1S/CH4/h1H4") == ["InChI=1S/CH4/h1H4"]
    assert profiled("what is BSYNRYMUTXBXSQ-UHFFFAOYSA-N?") == ["BSYNRYMUTXBXSQ-UHFFFAOYSA-N"]
