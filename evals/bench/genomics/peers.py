"""What other tools reach against ClinGen expert panels, read in bndarendeli/acmg-amp-tool-benchmark (28 January 2026).

Their 11,409 variants are not our 2,769 rows, and several of them read the panel's label through ClinVar, which is off
in every figure of ours: the tables stand beside ours for orientation and are no race.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

ACCURACY = (
    ("GeneBe", 0.940, "hosted; sees the label through ClinVar"),
    ("AutoGVP", 0.843, "sees the label through ClinVar"),
    ("DiabloACMG", 0.750, ""),
    ("BIAS-2015", 0.718, "uses codes derived from ClinVar"),
    ("TAPES", 0.520, ""),
    ("Franklin", 0.480, "hosted"),
    ("InterVar 2025", 0.421, "needs ANNOVAR"),
    ("InterVar 2018", 0.380, "needs ANNOVAR"),
    ("CPSR", 0.243, ""),
)
TOOLS = ("InterVar", "AutoGVP", "TAPES", "Franklin", "BIAS", "GeneBe")
JACCARD: Mapping[str, tuple[float, ...]] = {
    "PVS1": (0.449, 0.449, 0.516, 0.684, 0.783, 0.835),
    "PM2": (0.05, 0.63, 0.76, 0.70, 0.79, 0.94),
    "PP3": (0.54, 0.54, 0.54, 0.78, 0.73, 0.92),
    "BP4": (0.35, 0.35, 0.19, 0.22, 0.31, 0.87),
    "PM5": (0.10, 0.10, 0.0, 0.35, 0.20, 0.67),
    "BA1": (0.14, 0.18, 0.17, 0.17, 0.50, 0.86),
    "BP7": (0.49, 0.49, 0.0, 0.06, 0.56, 0.89),
    "PP2": (0.03, 0.03, 0.0, 0.15, 0.39, 0.63),
}
"""Both applied a code / either applied it, at any strength, in the order of ``TOOLS``."""


def jaccard(code: str, tool: str) -> float | None:
    """A peer's agreement on one code; None where none is published."""
    return JACCARD[code][TOOLS.index(tool)] if code in JACCARD else None


def in_words(code: str) -> str:
    """The four peers that the specification's bars name."""
    if code not in JACCARD:
        return "–"
    return ", ".join(
        f"{tool} {_short(jaccard(code, tool))}" for tool in ("InterVar", "Franklin", "BIAS", "GeneBe")
    )


def _short(value: float | None) -> str:
    """As the tables spell it: .449, .70, 0."""
    if not value:
        return "–" if value is None else "0"
    text = f"{value:.3f}".removeprefix("0")
    return text.removesuffix("0")


def accuracy_table(ours: Sequence[tuple[str, float]]) -> Iterator[str]:
    """Markdown: every peer and every run of ours, the highest first. ``ours``: (how it was fed, accuracy)."""
    yield "| tool | 3-class accuracy | remark |"
    yield "|---|---|---|"
    lines = [(share, tool, remark) for tool, share, remark in ACCURACY]
    lines += [(share, f"**ours**, {how}", "our own 2,769 rows; label look-up off") for how, share in ours]
    for share, tool, remark in sorted(lines, key=lambda line: -line[0]):
        yield f"| {tool} | {share:.3f} | {remark} |"


def jaccard_table(ours: Mapping[str, float]) -> Iterator[str]:
    """Markdown: agreement per code, ours in the last column. ``ours``: code to Jaccard."""
    yield "| code | " + " | ".join(TOOLS) + " | ours |"
    yield "|---" * (len(TOOLS) + 2) + "|"
    for code, values in JACCARD.items():
        cells = [_short(value) for value in values]
        yield f"| {code} | {' | '.join(cells)} | {_short(round(ours[code], 3)) if code in ours else '–'} |"
