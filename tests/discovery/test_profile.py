"""The profile of a molecule: outcomes, wording, evidence for every number; with a double of the ADMET models."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from PIL import Image

from assistant.turn import Cited, Sentence
from assistant.verify import judge
from assistant.verify.numbers import unsupported
from assistant.verify.quotes import Held
from retrieval.evidence import Depth, Kind, Outcome, Source, ToolResult
from tools.discovery import (
    admet,
    admet_endpoints,
    drawing,
    guard,
    molecules,
    named,
    profile,
    profile_findings,
    profile_shown,
    reference,
)
from tools.discovery.admet import Endpoint, Neighbour, Prediction, Score
from tools.registry import Context, call, tools

LOSARTAN = "CCCCc1nc(Cl)c(CO)n1Cc1ccc(-c2ccccc2-c2nnn[nH]2)cc1"
RHODANINE = "O=C1NC(=S)SC1=Cc1ccccc1"
FORBIDDEN = re.compile(
    r"\b(?:safe|cardiotoxic|hepatotoxic|toxic|dangerous|drug candidate|promising|will be|you should)\b", re.I
)


@pytest.fixture(autouse=True)
def no_models(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As where admet-ai is not installed, so that each machine tests the same."""
    caches = (named.approved, admet.endpoints, admet.shown, admet.hidden, reference.spreads)
    for module in (named, admet_endpoints):
        monkeypatch.setattr(module, "package", lambda: None)
    for held in caches:
        held.cache_clear()
    yield
    for held in caches:
        held.cache_clear()


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> None:
    """A double of the models with made scores for every endpoint that a sentence needs."""
    ids = (
        *profile_findings.HEADLINES,
        *(name for group in profile_findings.GROUPS.values() for name in group),
    )
    valued = {
        "Caco2_Wang": "log cm/s",
        "Solubility_AqSolDB": "log(mol/L)",
        "Lipophilicity_AstraZeneca": "log-ratio",
    }
    scores = tuple(
        Score(
            Endpoint(
                name, admet.NAMES.get(name, name.replace("_", " ")), "Toxicity",
                "regression" if name in valued else "classification", valued.get(name, "-"), "human", 600 + at, 0.9,
            ),
            -5.25 if name in valued else 0.5 + at / 100,
            10.0 * at / 2,
        )
        for at, name in enumerate(ids)
    )  # fmt: skip
    far = Neighbour("Warfarin", 0.22)
    weak = Endpoint("Half_Life_Obach", "half-life", "Excretion", "regression", "hr", "human", 665, -2.39)
    made = Source(id="model:admet-ai", title="double", version="0", licence="ours", depth=Depth.COMPUTATION)
    monkeypatch.setattr(
        admet, "predict", lambda molecules: tuple(Prediction(one, scores, far) for one in molecules)
    )
    monkeypatch.setattr(admet, "hidden", lambda: (weak,))
    monkeypatch.setattr(admet, "source", lambda: made)


def statements(result: ToolResult) -> str:
    return "\n".join(one.statement for one in result.findings)


def test_losartan_by_name_says_what_it_is_and_where_its_structure_comes_from() -> None:
    result = profile.profile("Losartan")
    assert result.outcome is Outcome.FOUND
    assert "InChIKey PSIFNNKUMBGKDQ-UHFFFAOYSA-N" in statements(result)
    assert "weight 422.9 g/mol" in statements(result)
    assert "https://drugs.ncats.io/substance/JMS50MPO89" in result.findings[0].evidence[0].quote
    assert result.searched
    assert {one.kind for one in result.findings} == {Kind.COMPUTED}
    assert all(one.names == ("losartan",) for one in result.findings)
    assert "python3 bootstrap.py --extra discovery" in result.note


@pytest.mark.parametrize(
    "written",
    [
        "OCc1c(Cl)nc(CCCC)n1Cc1ccc(-c2ccccc2-c2nn[nH]n2)cc1",
        "CCCCc1nc(Cl)c(CO)n1Cc1ccc(-c2ccccc2-c2nnn[n-]2)cc1.[K+]",
    ],
    ids=["another order", "its potassium salt"],
)
def test_order_and_salt_give_the_same_profile(written: str) -> None:
    one, other = profile.profile(LOSARTAN), profile.profile(written)
    assert one.findings == other.findings
    assert one.tables == other.tables
    assert ("potassium" in other.note) == (".[K+]" in written)


def test_alerts_are_named_and_their_atoms_marked() -> None:
    result = profile.profile(RHODANINE)
    assert "PAINS: ene_rhod_A(235)" in statements(result)
    assert "it is no verdict" in statements(result)
    structure, radar = result.pictures
    assert "ene_rhod_A" in structure.alt
    colours = Image.open(io.BytesIO(structure.data)).convert("RGB").getcolors(100_000) or []
    marked = tuple(round(255 * part) for part in drawing.WARNING)
    assert any(max(abs(a - b) for a, b in zip(colour, marked, strict=True)) <= 2 for _, colour in colours)
    assert "limits of Lipinski and Veber" in radar.alt
    assert any(table.title == "Structural alerts" for table in result.tables)


def test_a_plain_molecule_has_no_alert_and_is_not_called_harmless() -> None:
    said = statements(profile.profile("CCOc1ccc(CC(=O)NCC2CCNCC2)cc1"))
    assert "No PAINS or BRENK pattern" in said
    assert "does not say that it is harmless" in said


@pytest.mark.parametrize("asked", ["losartan", RHODANINE, "CCCCCOP(=O)(O)O", "C[n+]1ccccc1.[Cl-]"])
def test_every_number_of_every_sentence_stands_in_its_evidence(asked: str, models: None) -> None:
    findings = profile.profile(asked).findings
    assert len(findings) >= 3
    for one in findings:
        assert unsupported(one.statement, [part.quote for part in one.evidence]) is None, one.statement


@pytest.mark.parametrize("asked", ["losartan", RHODANINE])
def test_verify_lets_every_sentence_pass(asked: str, models: None) -> None:
    findings = profile.profile(asked).findings
    assert len(findings) == 11
    for one in findings:
        held = {
            f"t1c0e{at}": Cited(id=f"t1c0e{at}", evidence=part, finding=one, tool="molecule_profile")
            for at, part in enumerate(one.evidence, 1)
        }
        verdict = judge(Sentence(text=one.statement, evidence=list(held)), held, Held(holders=()), asked)
        assert verdict.judgement == "supported", verdict.reason


def test_a_score_comes_with_its_test_figure_its_place_and_no_verdict(models: None) -> None:
    said = statements(profile.profile("losartan"))
    assert "Predicted hERG block score 0.50, higher than 0 % of approved drugs" in said
    assert "model's test AUROC 0.90, 600 molecules" in said
    assert "model score, not a clinical risk" in said
    assert "Caco-2 cell permeability -5.25 log cm/s" in said
    assert (
        "The most similar approved drug is Warfarin, similarity 0.22. Below 0.3 the molecule is far" in said
    )


def test_a_medicine_is_not_said_to_be_like_itself(models: None, monkeypatch: pytest.MonkeyPatch) -> None:
    before = profile.profile("losartan")
    (made,) = admet.predict(["C"])
    alike = Prediction(made.smiles, made.scores, Neighbour("Losartan", 1.0))
    monkeypatch.setattr(admet, "predict", lambda molecules: (alike,))
    assert len(profile.profile("losartan").findings) == len(before.findings) - 1
    assert "most similar approved drug is Losartan" in statements(profile.profile(LOSARTAN))


def test_what_is_too_weak_is_told_as_not_shown(models: None) -> None:
    note = profile.profile("losartan").note
    assert "half-life (R² -2.39)" in note
    assert "LD50" not in note + statements(profile.profile("losartan"))


@pytest.mark.parametrize("asked", ["losartan", RHODANINE, "CCCCCOP(=O)(O)O"])
def test_no_forbidden_phrase(asked: str, models: None) -> None:
    result = profile.profile(asked)
    assert statements(result)
    shown = "\n".join((statements(result), result.note, *(one.alt for one in result.pictures)))
    assert FORBIDDEN.search(shown) is None


def test_elements_without_a_model_get_a_profile_without_scores(models: None) -> None:
    result = profile.profile("CCCCCOP(=O)(O)O")
    assert result.outcome is Outcome.FOUND
    assert "not made for P" in result.note
    assert "Predicted" not in statements(result)


@pytest.mark.parametrize(
    ("asked", "outcome", "says"),
    [
        ("CC(C)(C)(C)C", Outcome.BAD_INPUT, "valences"),
        ("C1CC", Outcome.BAD_INPUT, "ring numbers"),
        ("C" * 101, Outcome.BAD_INPUT, "100 heavy atoms"),
        ("CC.CN", Outcome.BAD_INPUT, "2 components"),
        ("", Outcome.BAD_INPUT, "No structure"),
        ("no such medicine", Outcome.NOT_FOUND, "SMILES"),
        ("[Na+].[Cl-]", Outcome.NOT_COVERED, "no carbon"),
        ("C[Hg]C", Outcome.NOT_COVERED, "Hg"),
    ],
)
def test_what_is_not_found_says_why(asked: str, outcome: Outcome, says: str) -> None:
    result = profile.profile(asked)
    assert result.outcome is outcome
    assert says in result.note


def test_a_structure_of_the_gate_is_refused_without_detail_but_a_medicine_by_name_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guard, "check", lambda smiles: guard.Refusal(rule="x", says=guard.OF_A_CLASS))
    refused = profile.profile(LOSARTAN)
    assert (refused.outcome, refused.note) == (Outcome.BAD_INPUT, guard.OF_A_CLASS)
    assert profile.profile("losartan").outcome is Outcome.FOUND


def test_a_medicine_of_several_components_is_not_covered(monkeypatch: pytest.MonkeyPatch) -> None:
    mixture = named.Structure(name="Mixture", smiles="CCCN.CCCOC", source=named.Source(
        id="x", title="x", version="1", licence="x", depth=Depth.RECORD))  # fmt: skip
    monkeypatch.setattr(named, "structure", lambda name: mixture)
    result = profile.profile("mixture")
    assert result.outcome is Outcome.NOT_COVERED
    assert "Mixture" in result.note


def test_without_the_extra_it_is_unavailable_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    molecules.rdkit.cache_clear()
    monkeypatch.setattr(molecules, "find_spec", lambda name: None)
    result = profile.profile("CCO")
    molecules.rdkit.cache_clear()
    assert result.outcome is Outcome.UNAVAILABLE
    assert result.command == "python3 bootstrap.py --extra discovery"


def test_the_tool_is_for_clinicians_and_its_schema_is_small() -> None:
    entry = tools()["molecule_profile"]
    assert entry.roles == ("clinician",)
    assert len(str(entry.schema)) // 4 <= 150
    result = call("molecule_profile", {"molecule": "CCO"}, Context())
    assert result.outcome is Outcome.FOUND
    refused = call("molecule_profile", {"molecule": "CCO"}, Context(role="patient"))
    assert refused.outcome is Outcome.BAD_INPUT


def test_a_radar_can_show_a_seed_beside_the_molecule() -> None:
    one, seed = profile.describe(LOSARTAN).properties, profile.describe("CCO").properties
    picture = profile_shown.radar_picture(one, "molecule 1", ("the seed", seed))
    assert "molecule 1: weight 422.9 g/mol" in picture.alt
    assert "the seed: weight 46.1 g/mol" in picture.alt
    assert picture.data != profile_shown.radar_picture(one, "molecule 1").data


def test_the_radar_takes_the_places_among_approved_drugs_where_they_are_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    of = profile.describe(LOSARTAN).properties
    by_rules, among = profile_shown.axes(of)
    assert not among
    weight = next(one for one in by_rules if one.name == "weight")
    assert weight.place == pytest.approx(of.weight / 500 / profile_shown.RIM)
    assert reference.places(of) == {}
    monkeypatch.setattr(
        reference, "spreads", lambda: {"weight": reference.Spread((100.0, 200.0, 500.0, 600.0))}
    )
    assert reference.places(of)["weight"] == pytest.approx(0.5)
    assert profile_shown.axes(of)[1]
