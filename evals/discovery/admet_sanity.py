"""ADMET rows of the table: sanity values, the whitelist against its rule, alarms on approved drugs.

``python -m evals.discovery.admet_sanity`` needs the extra `discovery`; a minute of one CPU.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from evals.discovery.bars import Bar, not_run, say
from tools.discovery import admet, named
from tools.discovery.filters import has_alert
from tools.discovery.molecules import MoleculeError, bulk_tanimoto, chem, fingerprint, read

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
TERFENADINE = "CC(C)(C)c1ccc(cc1)C(O)CCCN1CCC(CC1)C(O)(c1ccccc1)c1ccccc1"
DICLOFENAC = "OC(=O)Cc1ccccc1Nc1c(Cl)cccc1Cl"
LOSARTANS = (
    "CCCCc1nc(Cl)c(CO)n1Cc1ccc(-c2ccccc2-c2nn[nH]n2)cc1",
    "CCCCc1nc(Cl)c(CO)n1Cc1ccc(-c2ccccc2-c2nnn[nH]2)cc1",
)
"""Its tetrazole with the hydrogen on either nitrogen."""
EXPECTED = (("terfenadine", "hERG", 0.970), ("aspirin", "hERG", 0.021), ("diclofenac", "DILI", 0.877))
LISTED = frozenset(
    "HIA_Hou Pgp_Broccatelli CYP1A2_Veith CYP2C19_Veith CYP2C9_Veith CYP2D6_Veith CYP3A4_Veith ClinTox BBB_Martins "
    "AMES DILI hERG CYP2D6_Substrate_CarbonMangels Solubility_AqSolDB Lipophilicity_AstraZeneca Caco2_Wang".split()
)
"""The endpoints that the specification names in 3.5."""
SAMPLE = 325
"""Approved drugs that are scored again: five batches and a rest."""
NAME = "ADMET"


def bars(data: Path | None = None) -> tuple[Bar, ...]:
    """The rows; each is "not run" where admet-ai is not installed."""
    if named.package() is None:
        return (not_run(NAME, "admet-ai 2.0.1", "the extra discovery is not installed", reach="exact"),)
    scored = _scored()
    return (
        _sanity(),
        _whitelist(),
        _table(*scored),
        _order(),
        _identity(),
        _alarms(),
        _far(),
        _speed(scored),
    )


def _sanity() -> Bar:
    told = dict(
        zip(
            ("terfenadine", "aspirin", "diclofenac"),
            admet.predict((TERFENADINE, ASPIRIN, DICLOFENAC)),
            strict=True,
        )
    )
    values = [told[drug].of(endpoint).value for drug, endpoint, _ in EXPECTED]
    place = told["terfenadine"].of("hERG").percentile
    met = all(abs(value - wanted) < 0.0006 for value, (_, _, wanted) in zip(values, EXPECTED, strict=True))
    return Bar(
        f"{NAME}: sanity values",
        "terfenadine hERG (and its place), aspirin hERG, diclofenac DILI",
        f"{values[0]:.3f} (place {place:.0f}), {values[1]:.3f}, {values[2]:.3f}",
        ".970 (96), .021, .877",
        reach="exact",
        met=met and round(place) == 96,
    )


def _whitelist() -> Bar:
    folder = named.package()
    assert folder
    with (folder / "resources" / "data" / "admet.csv").open(encoding="utf-8", newline="") as lines:
        rows = tuple(csv.DictReader(lines))
    by_rule = {one["id"] for one in rows if float(one["AUROC"] or 0) >= 0.8 or float(one["R^2"] or 0) >= 0.7}
    beyond = ", ".join(name for name in admet.shown() if name not in LISTED)
    return Bar(
        f"{NAME}: whitelist is the rule",
        "endpoints of the package's table with AUROC >= .80 or R² >= .70, against those shown",
        f"{len(admet.shown())} shown, {len(by_rule)} by the rule; {len(LISTED & set(admet.shown()))} of 16 listed",
        "16 listed",
        reach="equal",
        met=set(admet.shown()) == by_rule
        and set(admet.shown()) >= LISTED
        and "LD50_Zhu" not in admet.shown(),
        note=f"The rule also passes what the specification does not list: {beyond}.",
    )


def _scored() -> tuple[float, float]:
    """Largest difference between our scores and the package's table, and the CPU seconds for 200 molecules."""
    drugs = list(islice(named.approved().values(), SAMPLE))
    told = admet.values([one.smiles for one in drugs], tuple(admet.shown()))
    worst = max(
        abs(row[name] - drug.row[name]) for row, drug in zip(told, drugs, strict=True) for name in row
    )
    started = time.process_time()
    admet.values([one.smiles for one in drugs[:200]], tuple(admet.shown()))
    return worst, time.process_time() - started


def _table(worst: float, seconds: float) -> Bar:
    return Bar(
        f"{NAME}: our loop gives the package's scores",
        f"{SAMPLE} approved drugs x {len(admet.shown())} endpoints against the predictions in the package's table",
        f"largest difference {worst:.1e}",
        reach="< 1e-3",
        met=worst < 1e-3,
        note="Our own loop builds no trainer for each network, so that one molecule takes a sixth of the time.",
    )


def _order() -> Bar:
    mol = chem().MolFromSmiles(LOSARTANS[0])
    written = [read(one).smiles for one in chem().MolToRandomSmilesVect(mol, 20, randomSeed=1)]
    told = admet.values([*written, read(LOSARTANS[1]).smiles], tuple(admet.shown()))
    apart = max(abs(row[name] - told[0][name]) for row in told for name in row)
    raw = [row["hERG"] for row in admet.values(LOSARTANS, ("hERG",))]
    return Bar(
        f"{NAME}: order and tautomer",
        "losartan in 20 orders of its SMILES and with its tetrazole drawn otherwise",
        f"largest difference {apart:.1e}",
        reach="< 1e-5",
        met=apart < 1e-5,
        note=f"Only as azoles are drawn one way: left as drawn, its hERG score is {raw[0]:.2f} or {raw[1]:.2f}.",
    )


def _identity() -> Bar:
    """How many approved drugs are read, and whether another order of the SMILES gives the same molecule."""
    refused = wrong = read_well = 0
    for drug in named.approved().values():
        try:
            molecule = read(drug.smiles)
            mol = chem().MolFromSmiles(drug.smiles)
            wrong += read(chem().MolToRandomSmilesVect(mol, 1, randomSeed=1)[0]) != molecule
            read_well += 1
        except MoleculeError:
            refused += 1
    return Bar(
        "identity of a molecule",
        f"{read_well + refused:,} approved drugs, each read in another order of its SMILES",
        f"{wrong} differ; {refused} not read",
        reach="0 differ",
        met=wrong == 0,
        note="Not read: several components that are no salt, more than 100 heavy atoms or 500 characters, bare metals.",
    )


def _alarms() -> Bar:
    drugs = tuple(named.approved().values())
    rates = [f"{name} {_share([one.row[name] > 0.5 for one in drugs])}" for name in admet.TOXICITY]
    mols = [mol for one in drugs if (mol := chem().MolFromSmiles(one.smiles)) is not None]
    alert = _share([has_alert(mol) for mol in mols])
    return Bar(
        f"{NAME}: alarms on approved drugs",
        f"share of {len(drugs):,} approved drugs with a score above .5, and with a PAINS or BRENK alert",
        f"{', '.join(rates)}; alert {alert}",
        note="Why a score or an alert is told with its place among approved drugs and is never a verdict.",
    )


def _far() -> Bar:
    held = [mol for one in named.approved().values() if (mol := chem().MolFromSmiles(one.smiles)) is not None]
    prints = [fingerprint(mol) for mol in held]
    nearest = (max(bulk_tanimoto(one, prints[:at] + prints[at + 1 :])) for at, one in enumerate(prints))
    return Bar(
        f"{NAME}: flagged as far",
        f"share of approved drugs whose nearest other one is below {admet.FAR}",
        _share([value < admet.FAR for value in nearest]),
        note="The threshold is the specification's and not verified; training sets do not come with the package.",
    )


def _speed(scored: tuple[float, float]) -> Bar:
    return Bar(
        f"{NAME}: speed",
        "200 molecules, all endpoints, the model loaded",
        f"{scored[1]:.1f} s of CPU",
        "12-18 s",
    )


def _share(told: Sequence[bool]) -> str:
    return f"{sum(told) / len(told):.3f}"


def main() -> None:
    """Print the rows."""
    say(bars())


if __name__ == "__main__":
    main()
