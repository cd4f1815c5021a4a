"""The sentences of a profile.

Every number of a sentence stands in the working that the sentence cites. What a model predicts is called a score, with
its test figure, the size of its data set and its place among approved drugs; nothing is called safe or toxic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata

from retrieval.evidence import Depth, Evidence, Finding, Kind, Source
from tools.discovery import admet, named
from tools.discovery.admet import Endpoint, Neighbour, Prediction, Score
from tools.discovery.describe import Described
from tools.discovery.filters import Properties, lipinski, veber
from tools.discovery.molecules import Molecule

HEADLINES = ("hERG", "DILI", "AMES", "ClinTox")
"""Endpoints that get a sentence each."""
GROUPS: Mapping[str, tuple[str, ...]] = {
    "oral absorption": (
        "HIA_Hou", "Caco2_Wang", "Solubility_AqSolDB", "Lipophilicity_AstraZeneca", "Pgp_Broccatelli",
    ),
    "distribution": ("BBB_Martins",),
    "metabolism": (
        "CYP1A2_Veith", "CYP2C19_Veith", "CYP2C9_Veith", "CYP2D6_Veith", "CYP3A4_Veith",
        "CYP2D6_Substrate_CarbonMangels",
    ),
}  # fmt: skip
"""Endpoints that share a sentence; what is in neither stands in the table alone."""


def findings(
    molecule: Molecule, medicine: named.Structure | None, described: Described, predicted: Prediction | None
) -> tuple[Finding, ...]:
    """What is said of a molecule: identity, properties, alerts and, where there are any, predictions."""
    name = medicine.name if medicine else "this structure"
    names = (medicine.name.lower(),) if medicine else ()
    return (
        _identity(molecule, medicine, names),
        _properties(molecule, described.properties, name, names),
        _alerts(molecule, described, name, names),
        *(_scored(predicted, names) if predicted else ()),
    )


def _identity(molecule: Molecule, medicine: named.Structure | None, names: tuple[str, ...]) -> Finding:
    of = f"{medicine.name}: " if medicine else ""
    said = f"{of}canonical SMILES {molecule.smiles}, InChIKey {molecule.inchikey}, {molecule.heavy_atoms} heavy atoms."
    return _finding(said, [_working(molecule, "\n".join(filter(None, (said, _drawn(medicine)))))], names)


def _drawn(medicine: named.Structure | None) -> str:
    """Where the structure of a medicine comes from; empty for a structure that was given."""
    if medicine is None:
        return ""
    where = medicine.source
    return f"structure by {where.title}, {where.version}, {where.link}: {medicine.smiles}"


def _properties(molecule: Molecule, of: Properties, name: str, names: tuple[str, ...]) -> Finding:
    said = (
        f"Computed for {name}: weight {of.weight:.1f} g/mol, logP {of.logp:.2f}, polar surface {of.tpsa:.1f} Å², "
        f"QED {of.qed:.2f} (0 to 1, higher is more like oral drugs), "
        f"synthetic accessibility {of.sa:.2f} (1 easy, 10 hard), hydrogen-bond donors {of.donors}, "
        f"acceptors {of.acceptors}, rotatable bonds {of.rotatable}; "
        f"{_rules('rule of five', lipinski(of))}; {_rules('Veber', veber(of))}."
    )
    working = "\n".join(f"{field} = {getattr(of, field)!r}" for field in Properties.__dataclass_fields__)
    limits = "rule of five: weight 500, logP 5, 5 donors, 10 acceptors; Veber: 10 rotatable bonds, 140 Å²"
    return _finding(said, [_working(molecule, f"{said}\n{working}\n{limits}")], names)


def _rules(name: str, broken: Sequence[str]) -> str:
    return f"{name}: {', '.join(broken)}" if broken else f"{name}: nothing broken"


def _alerts(molecule: Molecule, described: Described, name: str, names: tuple[str, ...]) -> Finding:
    listed = ", ".join(one.title for one in described.alerts)
    said = (
        f"Structural alerts in {name}: {listed}. An alert is a pattern that often meant trouble in assays or "
        "development, in good medicines too; it is no verdict."
        if listed
        else f"No PAINS or BRENK pattern stands in {name}; that does not say that it is harmless."
    )
    working = "\n".join(f"{one.title} on atoms {', '.join(map(str, one.atoms))}" for one in described.alerts)
    return _finding(said, [_working(molecule, f"{said}\n{working}".strip())], names)


def _scored(predicted: Prediction, names: tuple[str, ...]) -> Iterable[Finding]:
    """The predictions in sentences: toxicity one by one, the others by their part of the drug's way."""
    for endpoint in HEADLINES:
        said = f"Predicted {_score(predicted.of(endpoint))}. It is a {admet.NOT_A_RISK}."
        yield _model_finding(said, names)
    for part, held in GROUPS.items():
        told = "; ".join(_score(predicted.of(endpoint)) for endpoint in held)
        yield _model_finding(f"Predicted {part}: {told}. Each is a {admet.NOT_A_RISK}.", names)
    near = predicted.nearest
    if near.name.lower() not in names:
        yield _model_finding(_nearest(near), (*names, near.name.lower()))


def _nearest(near: Neighbour) -> str:
    alike = f"The most similar approved drug is {near.name}, similarity {near.similarity:.2f}."
    if not near.far:
        return alike
    return f"{alike} Below {admet.FAR} the molecule is far from what the models know: read every score with doubt."


def _score(score: Score) -> str:
    one = score.endpoint
    what = f"score {score.value:.2f}" if one.task == "classification" else f"{score.value:.2f} {one.units}"
    return (
        f"{one.name} {what}, higher than {score.percent} % of approved drugs "
        f"(model's test {figure_of(one)}, {one.size:,} molecules)"
    )


def figure_of(one: Endpoint) -> str:
    """The figure of an endpoint on its test set: "AUROC 0.84"."""
    return f"{one.measure} {one.figure:.2f}"


def _model_finding(said: str, names: tuple[str, ...]) -> Finding:
    return _finding(said, [Evidence(source=admet.source(), quote=said)], names)


def _finding(said: str, evidence: Sequence[Evidence], names: tuple[str, ...]) -> Finding:
    return Finding(
        statement=said,
        evidence=tuple(evidence),
        kind=Kind.COMPUTED,
        certainty="computed from the drawn structure; not measured",
        names=names,
    )


def _working(molecule: Molecule, quote: str) -> Evidence:
    source = Source(
        id=f"computed:discovery:{molecule.inchikey}",
        title="computed here: molecule profile",
        version=metadata.version("rdkit"),
        licence="computed here",
        depth=Depth.COMPUTATION,
    )
    return Evidence(source=source, quote=quote)
