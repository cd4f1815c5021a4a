"""The linear two-compartment model as SBML text, so that other engines run the same model as ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

FLOWS: Sequence[tuple[str, str, str, Sequence[str]]] = (
    ("absorption", "gut", "central", ("ka", "gut")),
    ("elimination", "central", "out", ("k10", "central")),
    ("there", "central", "tissue", ("k12", "central")),
    ("back", "tissue", "central", ("k21", "tissue")),
)
"""Name, from, to, and the factors of the rate: amounts in mg, hours."""
AMOUNTS = ("gut", "central", "tissue", "out")
_CORE = "http://www.sbml.org/sbml/level3/version1/core"
_MATH = "http://www.w3.org/1998/Math/MathML"


def two_compartment(values: Mapping[str, float], dose_mg: float) -> str:
    """SBML Level 3 of one dose into the gut; ``values`` are the rates ka, k10, k12 and k21 per hour."""
    species = "".join(
        f'<species id="{name}" compartment="body" initialAmount="{dose_mg if name == "gut" else 0.0!r}" '
        'hasOnlySubstanceUnits="true" boundaryCondition="false" constant="false"/>'
        for name in AMOUNTS
    )
    rates = "".join(
        f'<parameter id="{name}" value="{value!r}" constant="true"/>' for name, value in values.items()
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><sbml xmlns="{_CORE}" level="3" version="1">'
        '<model id="two_compartments"><listOfCompartments>'
        '<compartment id="body" spatialDimensions="3" size="1" constant="true"/></listOfCompartments>'
        f"<listOfSpecies>{species}</listOfSpecies><listOfParameters>{rates}</listOfParameters>"
        f"<listOfReactions>{''.join(_reaction(*flow) for flow in FLOWS)}</listOfReactions></model></sbml>"
    )


def _reaction(name: str, source: str, target: str, factors: Sequence[str]) -> str:
    law = "".join(f"<ci>{factor}</ci>" for factor in factors)
    return (
        f'<reaction id="{name}" reversible="false" fast="false">'
        f"<listOfReactants>{_part(source)}</listOfReactants><listOfProducts>{_part(target)}</listOfProducts>"
        f'<kineticLaw><math xmlns="{_MATH}"><apply><times/>{law}</apply></math></kineticLaw></reaction>'
    )


def _part(species: str) -> str:
    return f'<speciesReference species="{species}" stoichiometry="1" constant="true"/>'
