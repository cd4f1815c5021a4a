"""All suites by name, in the order of the report."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from functools import cache

from evals.suites.suite import Suite

MODULES = (
    "triage", "vitals", "chat_safety", "tools", "medsafety", "variants", "pgx", "images", "calc", "options",
    "grounding", "notes", "injection", "robustness", "fairness", "refusal", "ops",
)  # fmt: skip
"""Each module of :mod:`evals.suites` exports ``SUITE``, or ``SUITES`` where it has several."""


class UnknownSuite(ValueError):
    """There is no suite of this name; the message lists those that are."""


@cache
def suites() -> Mapping[str, Suite]:
    """The suites of this checkout by name."""
    return {suite.name: suite for module in MODULES for suite in _of(module)}


def suite(name: str) -> Suite:
    """The suite of this name.

    Raises:
        UnknownSuite: there is none.
    """
    held = suites()
    if name not in held:
        raise UnknownSuite(f"There is no suite '{name}'. There are: {', '.join(held)}.")
    return held[name]


def _of(module: str) -> Iterator[Suite]:
    held = importlib.import_module(f"evals.suites.{module}")
    yield from getattr(held, "SUITES", None) or (held.SUITE,)
