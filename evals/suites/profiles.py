"""How much is run: smoke (every change), standard (before a release), full (everything, with repeats)."""

from __future__ import annotations

from collections.abc import Mapping

from evals.run.engine import Part, Plan
from evals.suites.registry import suite

SMOKE: Mapping[str, int] = {
    "triage": 40, "triage_held": 12, "triage_interactive": 8, "triage_interactive_held": 4,
    "triage_forced": 6, "triage_chart": 6, "vitals": 6,
    "chat_safety": 6, "tools": 20, "medsafety": 20, "variants": 4, "pgx": 4, "images": 2, "calc": 8, "options": 4,
    "notes": 4, "injection": 10, "robustness": 16, "fairness": 8, "refusal": 8, "ops": 6,
}  # fmt: skip
"""About 150 cases; grounding needs data that is not in the checkout."""
STANDARD: Mapping[str, int] = {
    "triage": 640, "triage_held": 240, "triage_interactive": 80, "triage_interactive_held": 80,
    "triage_forced": 80, "triage_chart": 80, "vitals": 40,
    "chat_safety": 24, "tools": 120, "medsafety": 160, "variants": 40, "pgx": 40, "images": 24, "calc": 60,
    "options": 60, "grounding": 60, "notes": 60, "injection": 170, "robustness": 240, "fairness": 120,
    "refusal": 120, "ops": 40,
}  # fmt: skip
FULL: Mapping[str, int] = {name: (5 if n >= 120 else 3) * n for name, n in STANDARD.items()}
PROFILES: Mapping[str, Mapping[str, int]] = {"smoke": SMOKE, "standard": STANDARD, "full": FULL}
REPEATS: Mapping[str, int] = {"full": 3}
"""For subjects that may answer differently each time."""


class UnknownProfile(ValueError):
    """There is no such profile."""


def plan(profile: str, subject: str, seed: int) -> Plan:
    """What a profile runs.

    Raises:
        UnknownProfile: the message lists those that are.
    """
    if profile not in PROFILES:
        raise UnknownProfile(f"There is no profile '{profile}'. There are: {', '.join(PROFILES)}.")
    parts = tuple(Part(suite(name), n) for name, n in PROFILES[profile].items())
    return Plan(parts, subject, seed, profile=profile, repeats=REPEATS.get(profile, 1))
