"""A tiny whole-body model of the tests' own: one compartment, a tablet that dissolves, an enzyme and a kidney."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.packs import Pack, Packs
from tools.simulation.records import Model

FILE = "made_body_flat.xml"
MOLAR, VOLUME, KA, CL = 200.0, 0.2, 0.01, 0.1
"""g/mol; L per kg of weight; dissolving per minute; clearance of the enzyme, and as much of the kidney, L/min."""
MATH = 'xmlns="http://www.w3.org/1998/Math/MathML"'


def text(extra_species: int = 0) -> str:
    """The SBML text; ``extra_species`` that do nothing make it larger."""
    idle = "".join(
        f'<species id="s{i}" compartment="V" initialAmount="0" hasOnlySubstanceUnits="true" '
        'boundaryCondition="false" constant="false"/>'
        for i in range(extra_species)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model id="made">
<listOfCompartments><compartment id="V" spatialDimensions="3" size="15" constant="false"/></listOfCompartments>
<listOfSpecies><species id="Cve" compartment="V" initialConcentration="0" hasOnlySubstanceUnits="false"
boundaryCondition="false" constant="false"/>{idle}</listOfSpecies>
<listOfParameters><parameter id="BW" value="75" constant="true"/><parameter id="DOSE" value="0" constant="false"/>
<parameter id="f_enzyme" value="1" constant="true"/><parameter id="f_renal" value="1" constant="true"/>
</listOfParameters>
<listOfRules>
<assignmentRule variable="V"><math {MATH}><apply><times/><cn>{VOLUME}</cn><ci>BW</ci></apply></math></assignmentRule>
<rateRule variable="DOSE"><math {MATH}><apply><times/><cn>-{KA}</cn><ci>DOSE</ci></apply></math></rateRule>
</listOfRules>
<listOfReactions><reaction id="in" reversible="false" fast="false"><listOfProducts>
<speciesReference species="Cve" stoichiometry="1" constant="true"/></listOfProducts><kineticLaw><math {MATH}>
<apply><divide/><apply><times/><cn>{KA}</cn><ci>DOSE</ci></apply><cn>{MOLAR}</cn></apply></math></kineticLaw></reaction>
<reaction id="out" reversible="false" fast="false"><listOfReactants>
<speciesReference species="Cve" stoichiometry="1" constant="true"/></listOfReactants><kineticLaw><math {MATH}>
<apply><times/><cn>{CL}</cn><apply><plus/><ci>f_enzyme</ci><ci>f_renal</ci></apply><ci>Cve</ci></apply></math>
</kineticLaw></reaction></listOfReactions></model></sbml>"""


def model(**more: Any) -> Model:
    """The record of it."""
    cited = {"source": "own", "locator": "made"}
    body = {
        "file": FILE, "dose": "DOSE", "weight": "BW", "renal": "f_renal", "activity": {"CYP2C9": "f_enzyme"},
        "analytes": {"made": {"species": "Cve", "molar_mass": MOLAR}}, "attribution": "the tests, CC0",
    }  # fmt: skip
    values: dict[str, Any] = {
        "id": "made", "drug": "made", "title": "Made", "kind": "whole_body", "analyte": "made in plasma",
        "pack": "pbpk-sbml", "body": body, "not_in_model": ["everything else"],
        "genes": {"CYP2C9": {"by": "diplotype", "reference": "*1/*1", "effects": {
            "*1/*1": {"factors": {"activity": 1.0}, **cited}, "*3/*3": {"factors": {"activity": 0.25}, **cited},
        }}},
        "range": {"age": [18, 90], "weight": [40, 150], "dose": [1, 100], "people": "nobody"},
        "sources": {"own": {"title": "made", "version": "1", "licence": "CC0", "depth": "computation",
                            "seen": "written here", "checked": "2026-11-22", "url": "https://example.org/made"}},
    }  # fmt: skip
    return Model.model_validate(values | more)


def packs(folder: Path, held: bool = True, name: str = FILE) -> Packs:
    """A pack that pins the text, brought in as a gzip-free folder, or not held."""
    source = folder / "source"
    source.mkdir(exist_ok=True)
    (source / name).write_text(text())
    sha256 = hashlib.sha256(text().encode()).hexdigest()
    made = Pack.model_validate({
        "name": "pbpk-sbml", "title": "Made models", "version": "1", "licence": "CC0", "home": "https://example.org",
        "files": [{"name": name, "url": f"https://example.org/{name}", "sha256": sha256}],
    })  # fmt: skip
    packs = Packs(folder / "packs", {made.name: made})
    if held:
        packs.import_(made.name, [source])
    return packs


def closed_form(
    hours: NDArray[Any], dose_mg: float, weight: float = 75, enzyme: float = 1, renal: float = 1
) -> Any:
    """Concentration in mg/L after one dose: the Bateman function."""
    minutes, volume = hours * 60, VOLUME * weight
    k = CL * (enzyme + renal) / volume
    return dose_mg * KA / (volume * (KA - k)) * (np.exp(-k * minutes) - np.exp(-KA * minutes))
