"""A laboratory report: one line a value, with unit, reference range and a mark."""

from __future__ import annotations

from evals.cases.case import Case, Measured


def text(case: Case) -> str:
    """Name, value, unit, range and H or L, in columns; empty where nothing was measured."""
    return "\n".join(line(one) for one in case.latent.labs.values())


def line(one: Measured) -> str:
    return f"{one.name:<16}{one.value:>9g} {one.unit:<16}{_range(one):<18}{mark(one)}".rstrip()


def mark(one: Measured) -> str:
    """H above the range, L below, else nothing."""
    if one.high is not None and one.value > one.high:
        return "H"
    return "L" if one.low is not None and one.value < one.low else ""


def _range(one: Measured) -> str:
    if one.low is None and one.high is None:
        return ""
    if one.high is None:
        return f"(> {one.low:g})"
    return f"({one.low or 0:g}-{one.high:g})"
