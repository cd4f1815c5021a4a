"""The endpoints of admet-ai by the package's own table, and the rule by which one is shown.

An endpoint is shown only if its test figures carry it: AUROC of at least .80, or R² of at least .70. Acute lethal dose
is not exposed at all: nobody needs a machine that ranks poisons.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from typing import Literal, NamedTuple

from tools.discovery.molecules import DiscoveryMissing
from tools.discovery.named import package

AUROC, R2 = 0.80, 0.70
"""Least test figure of an endpoint that is shown (specification 3.5)."""
NEVER = frozenset({"LD50_Zhu"})
"""Neither shown nor named among the hidden (specification 3.6)."""
UNITS = {"Caco2_Wang": "log cm/s"}
"""Where the package's table is wrong: it says log(10^-6 cm/s), and its values run about -5."""
TOX21, ASSAY = ("NR-", "SR-"), "activity in a Tox21 assay: "
"""Ids of the Tox21 assays, whose scores say that a molecule is active there and no more."""
NAMES = {
    "HIA_Hou": "human intestinal absorption",
    "Caco2_Wang": "Caco-2 cell permeability",
    "Solubility_AqSolDB": "aqueous solubility",
    "Lipophilicity_AstraZeneca": "lipophilicity",
    "Pgp_Broccatelli": "P-glycoprotein inhibition",
    "BBB_Martins": "blood-brain barrier penetration",
    "hERG": "hERG block",
    "DILI": "drug-induced liver injury",
    "AMES": "mutagenicity (Ames test)",
    "ClinTox": "clinical toxicity",
    "Half_Life_Obach": "half-life",
    "VDss_Lombardo": "volume of distribution",
}
"""Plainer than the names of the package's table."""


class Endpoint(NamedTuple):
    """One endpoint by the package's table. ``figure`` is AUROC (``task`` classification) or R² on its test set."""

    id: str
    name: str
    category: str
    task: Literal["classification", "regression"]
    units: str
    species: str
    size: int
    figure: float

    @property
    def measure(self) -> str:
        return "AUROC" if self.task == "classification" else "R²"

    @property
    def by_the_rule(self) -> bool:
        """Whether the endpoint may be shown."""
        return self.id not in NEVER and self.figure >= (AUROC if self.task == "classification" else R2)


@cache
def endpoints() -> Mapping[str, Endpoint]:
    """Every endpoint of the package's table by id, shown or not.

    Raises:
        DiscoveryMissing: admet-ai is not installed.
    """
    folder = package()
    if folder is None:
        raise DiscoveryMissing("admet-ai, which predicts ADMET, is not installed.")
    path = folder / "resources" / "data" / "admet.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["id"]: _endpoint(row) for row in csv.DictReader(lines) if row["AUROC"] or row["R^2"]}


@cache
def shown() -> Mapping[str, Endpoint]:
    """The endpoints that pass the rule, by id."""
    return {name: one for name, one in endpoints().items() if one.by_the_rule}


@cache
def hidden() -> tuple[Endpoint, ...]:
    """The endpoints whose test figures are too weak to be shown, so that their absence can be told."""
    return tuple(one for name, one in endpoints().items() if name not in shown() and name not in NEVER)


def _endpoint(row: Mapping[str, str]) -> Endpoint:
    classifies = row["task_type"] == "classification"
    return Endpoint(
        id=row["id"],
        name=NAMES.get(row["id"], f"{ASSAY if row['id'].startswith(TOX21) else ''}{row['name']}"),
        category=row["category"],
        task="classification" if classifies else "regression",
        units=UNITS.get(row["id"], row["units"]),
        species=row["species"],
        size=int(row["size"]),
        figure=float(row["AUROC" if classifies else "R^2"]),
    )
