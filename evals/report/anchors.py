"""Published figures of other systems on other cases: orientation only, never compared with ours by a test.

The rows are those of the specification of triage (section 13), which names each source.
"""

from __future__ import annotations

from typing import NamedTuple


class Anchor(NamedTuple):
    """One published row."""

    system: str
    cases: str
    accuracy: str
    under: str
    over: str
    source: str


_MEDASK = "vendor benchmark MedAsk, 2025"
ANCHORS = (
    Anchor("23 symptom checkers", "45 vignettes (Semigran 2015)", "57 % (52-61)", "", "", "BMJ 2015;351:h3480"),
    Anchor("22 apps, median", "the same 45", "55.8 %", "", "", "JMIR 2022;24:e31810"),
    Anchor(
        "apps / language models / laypeople", "19 studies", "11.5-90 / 57.8-76 / 47.3-62.4 %", "", "",
        "npj Digit Med 2025, doi 10.1038/s41746-025-01566-6",
    ),
    Anchor(
        "laypeople, emergencies", "45 vignettes, 91 people",
        "sensitivity 67.5 %, specificity 89.6 %", "", "", "PMC9607917",
    ),
    Anchor(
        "GPT-3 / laypeople / physicians", "48 vignettes, 4 levels",
        "71 / 74 / 91 %", "", "", "medRxiv 2023.01.30.23285067",
    ),
    Anchor("GPT-4o, 5 runs", "Semigran 45", "69.3 % (56.9-82.2)", "9.3 %", "21.3 %", _MEDASK),
    Anchor(
        "o1 / o3 / o4-mini", "Semigran 45",
        "73.3 / 75.6 / 80.4 %", "7.1 / 6.7 / 7.6 %", "19.6 / 17.8 / 12.0 %", _MEDASK,
    ),
    Anchor("GPT-4o / o1", "45 real-world cases (RepVig)", "61.3 / 71.1 %", "4.0 / 1.3 %", "34.7 / 27.6 %", _MEDASK),
    Anchor("always \"see a doctor\"", "RepVig", "66.7 %", "", "", "arithmetic: it beats GPT-4o there"),
    Anchor("ChatGPT Health", "60 vignettes", "", "52 % of emergencies", "", "Nature Medicine 2026"),
)  # fmt: skip
