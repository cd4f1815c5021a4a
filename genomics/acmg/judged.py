"""One code judged: the three ways in which a computed criterion can end, each with its reason."""

from __future__ import annotations

from genomics import VERSION
from genomics.acmg.criteria import Criterion, Status, Strength, Value
from genomics.lookups.rows import Gap
from retrieval.evidence import Depth, Evidence, Source


def met(
    code: str,
    strength: Strength,
    rationale: str,
    *,
    values: tuple[Value, ...] = (),
    evidence: tuple[Evidence, ...] = (),
    command: str = "",
) -> Criterion:
    """A met code. The working itself is evidence, beside the rows that it used."""
    return Criterion(
        code=code,
        status=Status.MET,
        strength=strength,
        rationale=rationale,
        values=values,
        evidence=(working(code, rationale), *evidence),
        command=command,
    )


def not_met(code: str, rationale: str, *, values: tuple[Value, ...] = ()) -> Criterion:
    """A code that was judged and does not apply."""
    return Criterion(code=code, status=Status.NOT_MET, rationale=rationale, values=values)


def not_assessed(code: str, why: str | Gap, *, command: str = "") -> Criterion:
    """A code that could not be judged, and what is missing."""
    if isinstance(why, Gap):
        return not_assessed(code, why.reason, command=why.command)
    return Criterion(code=code, status=Status.NOT_ASSESSED, rationale=why, command=command)


def working(code: str, quote: str) -> Evidence:
    """The computation of a code as evidence, under the id that the house gives to its own workings."""
    source = Source(
        id=f"computed:genomics:{code}",
        title=f"computed here: {code}",
        version=VERSION,
        licence="computed here",
        depth=Depth.COMPUTATION,
    )
    return Evidence(source=source, quote=quote)
