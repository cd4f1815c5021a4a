"""Linear heads on the frozen backbone: which are held, and a score that is never a bare probability."""

from __future__ import annotations

from imaging.classify.extract import (
    Cut,
    Extractor,
    Part,
    grain,
    looked_at,
    prepare,
    rows_of,
    rows_of_squares,
    square,
)
from imaging.classify.head import (
    AgeNeeded,
    Facts,
    Head,
    Kind,
    NotForThisAge,
    check_age,
    pack,
    score,
    scores_of,
    unpack,
)
from imaging.classify.held import (
    SHIPPED,
    TASKS,
    Local,
    available,
    brings,
    brings_task,
    card_of,
    classify,
    held,
    loaded,
    local,
    missing,
    shipped,
)
from imaging.classify.linear import Linear, fit
from imaging.score import Score

__all__ = [
    "SHIPPED", "TASKS", "AgeNeeded", "Cut", "Extractor", "Facts", "Head", "Kind", "Linear", "Local", "NotForThisAge",
    "Part", "Score", "available", "brings", "brings_task", "card_of", "check_age", "classify", "fit", "grain", "held",
    "loaded", "local", "looked_at", "missing", "pack", "prepare", "rows_of", "rows_of_squares", "score", "scores_of",
    "shipped", "square", "unpack",
]  # fmt: skip
