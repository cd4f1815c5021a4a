"""The rule of what is shown, the places among approved drugs, and, where admet-ai is installed, the models."""

from __future__ import annotations

import csv
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import Literal

import pytest
from scipy.stats import percentileofscore

from tools.discovery import admet, admet_endpoints, named
from tools.discovery.admet import Endpoint
from tools.discovery.molecules import DiscoveryMissing, MoleculeError

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
TERFENADINE = "CC(C)(C)c1ccc(cc1)C(O)CCCN1CCC(CC1)C(O)(c1ccccc1)c1ccccc1"
DICLOFENAC = "OC(=O)Cc1ccccc1Nc1c(Cl)cccc1Cl"
WHY = "admet-ai is not installed: python3 bootstrap.py --extra discovery"


def endpoint(name: str, figure: float, task: Literal["classification", "regression"]) -> Endpoint:
    return Endpoint(name, name, "Toxicity", task, "-", "human", 100, figure)


@pytest.mark.parametrize(
    ("task", "figure", "shown"),
    [
        ("classification", 0.80, True),
        ("classification", 0.799, False),
        ("regression", 0.70, True),
        ("regression", 0.699, False),
        ("regression", -2.39, False),
    ],
)
def test_the_rule_at_its_edges(
    task: Literal["classification", "regression"], figure: float, shown: bool
) -> None:
    assert endpoint("any", figure, task).by_the_rule is shown


def test_lethal_dose_is_never_shown_however_good_its_figure() -> None:
    assert not endpoint("LD50_Zhu", 0.99, "regression").by_the_rule


def test_a_place_among_approved_drugs_is_that_of_scipy(monkeypatch: pytest.MonkeyPatch) -> None:
    values = (0.1, 0.2, 0.2, 0.2, 0.5, 0.9)
    monkeypatch.setattr(admet, "_approved_scores", lambda name: values)
    for value in (0.0, 0.1, 0.2, 0.3, 0.5, 0.9, 1.0):
        assert admet.percentile("any", value) == pytest.approx(percentileofscore(values, value))


def test_no_score_is_said_to_be_higher_than_all() -> None:
    one = endpoint("any", 0.9, "classification")
    assert [admet.Score(one, 0.5, place).percent for place in (0.0, 49.6, 99.4, 99.9, 100.0)] == [
        0,
        50,
        99,
        99,
        99,
    ]


def test_without_the_package_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admet_endpoints, "package", lambda: None)
    for held in (admet.endpoints, admet.shown):
        held.cache_clear()
    with pytest.raises(DiscoveryMissing, match="admet-ai") as missing:
        admet.predict(["CCO"])
    assert missing.value.command == "python3 bootstrap.py --extra discovery"
    for held in (admet.endpoints, admet.shown):
        held.cache_clear()


@pytest.fixture
def installed() -> None:
    if find_spec("admet_ai") is None:  # the import itself takes ten seconds
        pytest.skip(WHY)


def test_the_whitelist_is_the_rule_on_the_packages_own_figures(installed: None) -> None:
    folder = named.package()
    assert folder is not None
    with (folder / "resources" / "data" / "admet.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    by_hand = {row["id"] for row in rows if float(row["AUROC"] or 0) >= 0.8 or float(row["R^2"] or 0) >= 0.7}
    assert set(admet.shown()) == by_hand
    told = {"HIA_Hou", "Pgp_Broccatelli", "hERG", "DILI", "AMES", "ClinTox", "BBB_Martins", "Caco2_Wang"}
    assert told <= set(admet.shown())
    assert {"Half_Life_Obach", "VDss_Lombardo", "Bioavailability_Ma"} <= {one.id for one in admet.hidden()}
    assert "LD50_Zhu" not in {one.id for one in admet.hidden()} | set(admet.shown())
    assert (admet.shown()["DILI"].size, admet.shown()["hERG"].size) == (475, 648)


def test_an_assay_is_called_an_assay(installed: None) -> None:
    assays = [one for name, one in admet.shown().items() if name.startswith(admet.TOX21)]
    assert assays
    assert all(one.name.startswith("activity in a Tox21 assay: ") for one in assays)
    assert not admet.shown()["DILI"].name.startswith("activity")


def test_a_hidden_endpoint_cannot_be_asked_for(installed: None) -> None:
    for name in ("LD50_Zhu", "Half_Life_Obach", "no such"):
        with pytest.raises(KeyError, match="not shown"):
            admet.values(["CCO"], [name])


def test_the_nearest_approved_drug_and_what_is_far(installed: None) -> None:
    assert admet.nearest(ASPIRIN) == ("Acetylsalicylic acid", 1.0)
    far = admet.nearest("C1CC2(C1)CC1(CC1)C2C#CC#C")
    assert far.far
    assert far.similarity < admet.FAR


@pytest.mark.slow
def test_the_sanity_values_of_the_specification(installed: None) -> None:
    terfenadine, aspirin, diclofenac = admet.predict([TERFENADINE, ASPIRIN, DICLOFENAC])
    assert terfenadine.of("hERG").value == pytest.approx(0.970, abs=0.001)
    assert terfenadine.of("hERG").percent == 96
    assert aspirin.of("hERG").value == pytest.approx(0.021, abs=0.001)
    assert diclofenac.of("DILI").value == pytest.approx(0.877, abs=0.001)
    with pytest.raises(KeyError):
        aspirin.of("LD50_Zhu")
    assert [len(one.scores) for one in (terfenadine, aspirin)] == [len(admet.shown())] * 2


@pytest.mark.slow
def test_our_scores_are_those_of_the_packages_table(installed: None) -> None:
    drugs = list(named.approved().values())[300:365]
    assert len(drugs) % admet.BATCH == 1  # a last batch of one
    told = admet.values([one.smiles for one in drugs], tuple(admet.shown()))
    worst = max(
        abs(row[name] - drug.row[name]) for row, drug in zip(told, drugs, strict=True) for name in row
    )
    assert worst < 1e-3
    alone = admet.values([drugs[-1].smiles], ("hERG",))[0]["hERG"]
    assert alone == pytest.approx(told[-1]["hERG"], abs=1e-5)


@pytest.mark.slow
def test_two_threads_load_one_model_and_get_the_same(installed: None) -> None:
    admet._loaded.cache_clear()
    with ThreadPoolExecutor(3) as threads:
        told = list(threads.map(lambda smiles: admet.values([smiles], admet.TOXICITY), [ASPIRIN] * 6))
    assert admet._loaded.cache_info().misses == 1
    assert all(one == told[0] for one in told)


@pytest.mark.slow
def test_absorption_is_a_mean_of_three_between_0_and_1(installed: None) -> None:
    aspirin, sugar = admet.absorption([ASPIRIN, "OCC1OC(OC2(CO)OC(CO)C(O)C2O)C(O)C(O)C1O"])
    places = admet.percentile("Caco2_Wang", aspirin.caco2) + admet.percentile(
        "Solubility_AqSolDB", aspirin.solubility
    )
    assert aspirin.score == pytest.approx((aspirin.hia + places / 100) / 3)
    assert 0 <= sugar.score < aspirin.score <= 1


@pytest.mark.slow
def test_a_wrong_smiles_is_refused_and_not_left_out(installed: None) -> None:
    with pytest.raises(MoleculeError):
        admet.predict([ASPIRIN, "C1CC"])


def test_absorption_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = {"HIA_Hou": 0.9, "Caco2_Wang": -5.0, "Solubility_AqSolDB": -3.0}
    places = {"Caco2_Wang": 30.0, "Solubility_AqSolDB": 60.0}
    monkeypatch.setattr(admet, "values", lambda smiles, wanted: [scores])
    monkeypatch.setattr(admet, "percentile", lambda name, value: places[name])
    (view,) = admet.absorption(["CCO"])
    assert view.score == pytest.approx(0.6)
    assert (view.hia, view.caco2, view.solubility) == (0.9, -5.0, -3.0)
