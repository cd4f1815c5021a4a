"""The tool that profiles one molecule."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from retrieval.evidence import ToolResult
from tools.discovery.profile import profile
from tools.registry import tool


@tool(title="Profile of a molecule", roles=("clinician",))
def molecule_profile(
    molecule: Annotated[str, Field(max_length=500, description="SMILES, or name of a medicine")],
) -> ToolResult:
    """Profile one chemical structure for research.

    Canonical SMILES, InChIKey, weight, logP, polar surface, drug-likeness (QED), synthetic accessibility, rule of
    five, structural alerts, predicted ADMET scores with the model's test figures. Not a clinical risk.
    """
    return profile(molecule)
