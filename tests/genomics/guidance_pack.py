"""A small body of guidance that the tests make themselves, in both layouts of PharmCAT's release."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

POOR, INTERMEDIATE, NORMAL = "Poor Metabolizer", "Intermediate Metabolizer", "Normal Metabolizer"


def row(
    number: int,
    drug: str,
    keys: dict[str, object],
    html: str,
    *,
    term: str | None = "Strong",
    population: str | None = "general",
    marks: str = "",
) -> dict[str, Any]:
    """One recommendation; ``marks`` of "d" (dose), "a" (alternative), "o" (other)."""
    return {
        "id": f"PA{number:09d}",
        "population": population,
        "classification": {"term": term} if term else None,
        "relatedChemicals": [{"name": drug}],
        "text": {"html": html},
        "implications": [f"{gene}: it matters" for gene in keys],
        "lookupKey": keys,
        "dosingInformation": "d" in marks,
        "alternateDrugAvailable": "a" in marks,
        "otherPrescribingGuidance": "o" in marks,
    }


def guideline(
    number: int, issuer: str, drugs: list[str], genes: list[str], rows: list[dict[str, Any]]
) -> dict[str, Any]:
    """One guideline with its rows."""
    return {
        "guideline": {
            "id": f"PA{number:07d}",
            "name": f"Annotation of {issuer} Guideline for {', '.join(drugs)} and {', '.join(genes)}",
            "source": issuer,
            "version": 3,
            "url": f"https://guidance.test/PA{number:07d}",
            "relatedChemicals": [{"name": drug} for drug in drugs],
            "relatedGenes": [{"symbol": gene} for gene in genes],
        },
        "recommendations": rows,
        "citations": [{"pmid": "123", "year": 2020, "title": "A made guideline"}],
        "version": "2024-01-01",
    }


GUIDELINES = [
    guideline(
        1,
        "CPIC",
        ["Madeupril"],
        ["CYP2C19"],
        [
            row(11, "Madeupril", {"CYP2C19": POOR}, "<p>Avoid madeupril. Use another drug.</p>", marks="a"),
            row(
                12,
                "Madeupril",
                {"CYP2C19": INTERMEDIATE},
                "<p>Use 75&nbsp;mg &amp; watch.</p>\n<h4>Other Considerations</h4>\n<p>Do not use in doubt.</p>",
                marks="d",
                population="adults",
            ),
            row(
                13,
                "Madeupril",
                {"CYP2C19": INTERMEDIATE},
                "No recommendation",
                term="No recommendation",
                population="children",
            ),
            row(14, "Madeupril", {"CYP2C19": NORMAL}, "<p>Avoid nothing: use the usual dose.</p>"),
        ],
    ),
    guideline(
        2,
        "DPWG",
        ["warfarin"],
        ["CYP2C9"],
        [
            row(21, "warfarin", {"CYP2C9": INTERMEDIATE}, "<p>Use 65%.</p>", population=None, marks="d"),
            row(22, "warfarin", {"CYP2C9": {"*1": 1.0, "*2": 1.0}}, "<p>NO action.</p>", population=None),
        ],
    ),
    guideline(
        3,
        "CPIC",
        ["twogenine"],
        ["CYP2D6", "CYP2C19"],
        [
            row(31, "twogenine", {"CYP2D6": "1.0", "CYP2C19": POOR}, "<p>Halve it.</p>", marks="d"),
            row(
                32, "twogenine", {"CYP2D6": "No Result", "CYP2C19": POOR}, "<p>CYP2D6 unknown.</p>", marks="o"
            ),
            row(33, "twogenine", {"CYP2D6": "≥3.0", "CYP2C19": "No Result"}, "<p>Too fast.</p>", marks="a"),
            row(
                34, "twogenine", {"CYP2D6": "≥5.0", "CYP2C19": "No Result"}, "<p>Far too fast.</p>", marks="a"
            ),
            row(35, "twogenine", {"CYP2D6": "n/a", "CYP2C19": "No Result"}, "<p>Unclear.</p>"),
        ],
    ),
    guideline(
        4,
        "CPIC",
        ["rashamab"],
        ["HLA-B"],
        [
            row(
                41, "rashamab", {"HLA-B": "*57:01 positive"}, "<p>Rashamab is not recommended</p>", marks="a"
            ),
            row(42, "rashamab", {"HLA-B": "*57:01 negative"}, "<p>Use it.</p>"),
        ],
    ),
    guideline(5, "CPIC", ["algorithmin"], ["VKORC1"], []),
]


def version_2(folder: Path) -> Path:
    """The guidelines as JSON lines."""
    file = folder / "guidelines.jsonl"
    file.write_text("\n".join(json.dumps(one) for one in GUIDELINES), encoding="utf-8")
    return file


def version_3(folder: Path) -> Path:
    """The guidelines as one file with the release's date, and none of their own."""
    undated = [{**one, "version": None} for one in GUIDELINES]
    file = folder / "prescribing_guidance.json"
    file.write_text(json.dumps({"version": "2025-11-05", "guidelines": undated}), encoding="utf-8")
    return file
