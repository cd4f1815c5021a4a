"""The parts of the discovery and simulation table: which module measures which rows of specification section 7."""

from __future__ import annotations

from typing import NamedTuple

HERE = "evals.discovery"


class Part(NamedTuple):
    """A module with ``bars(data)``, the rows that it measures, and the longest that it may take."""

    module: str
    rows: tuple[str, ...]
    seconds: int = 1_800


PARTS = (
    Part("pk_speed", ("PK accuracy", "PK speed")),
    Part("steady", ("steady state",)),
    Part("warfarin_external", ("warfarin, external", "population spread")),
    Part("sbml_ratios", ("SBML",)),
    Part("search_bench", ("search",)),
    Part("generators", ("VAE",), seconds=3_600),
    Part("metric_ceilings", ("metrics",)),
    Part("admet_sanity", ("ADMET",)),
    Part("gate_bench", ("gate",)),
    Part("wording", ("wording",)),
)


def wanted(part: Part, only: tuple[str, ...]) -> bool:
    """Whether a part is asked for, by its module or by the first letters of one of its rows; all are without any."""
    names = (part.module, *part.rows)
    return not only or any(name.lower().startswith(one.lower()) for name in names for one in only)
