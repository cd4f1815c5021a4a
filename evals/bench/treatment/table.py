"""The parts of the treatment table: which module measures which bar, and on which data."""

from __future__ import annotations

from evals.bench.genomics.row import Row
from evals.bench.genomics.table import Part

HERE = "evals.bench.treatment"
PARTS = (
    Part("lists", ("7a", "7b", "7c"), ("pddi-public-2017",)),
    Part("contextual", ("7d",)),
    Part("names", ("7e",), ("onsides-labels",)),
    Part("labels", ("7f",), ("onsides-labels",)),
    Part("medcalc", ("7g",), ("medcalc-dev",)),
    Part("crosscheck", ("7h",)),
    Part("warfarin", ("7i",), ("iwpc-warfarin",)),
    Part("options", ("7j",)),
    Part("speed", ("7k",)),
)
UNMEASURED = (
    Row(
        "7j",
        "options, the chat model alone as peer",
        "reported",
        "not measured: no language model that answers such questions is held here",
        None,
    ),
)
