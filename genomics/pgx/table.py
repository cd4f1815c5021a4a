"""The table of pharmacogenes: what was called, what it means, where it comes from, what is missing."""

from __future__ import annotations

from collections.abc import Sequence

from genomics.pgx.words import GeneCall, NoCall
from retrieval.evidence import Table

COLUMNS = ("Gene", "Diplotype", "Phenotype", "Activity score", "Source", "Tested", "Missing or to note")
TITLE = "Pharmacogenes"
COPIES_MATTER = "CYP2D6"
SHOWN_SCORES = 3
SHOWN_MISSING = 6
"""Missing positions that are spelled out; more are counted."""


def table_of(calls: Sequence[GeneCall], refused: Sequence[NoCall] = ()) -> Table:
    """One row for each gene: the calls first, then the genes without a call and why."""
    rows = [_called(call) for call in calls]
    rows += [(one.gene, "no call", "", "", "", "", _refusal(one)) for one in refused]
    return Table(title=TITLE, columns=COLUMNS, rows=tuple(rows))


def shortened(missing: Sequence[str]) -> str:
    """The first names and how many more there are: "rs1, rs2 and 30 more"."""
    if len(missing) <= SHOWN_MISSING:
        return ", ".join(missing)
    return f"{', '.join(missing[:SHOWN_MISSING])} and {len(missing) - SHOWN_MISSING} more"


def diplotypes(call: GeneCall) -> str:
    """All diplotypes that fit best; the listed variants for a gene that has none."""
    named = " or ".join(dict.fromkeys(one.name for one in call.diplotypes if one.name))
    return named or ", ".join(call.variants) or "not named"


def phenotypes(call: GeneCall) -> str:
    """What the diplotypes mean, each once."""
    said = dict.fromkeys(one.phenotype or one.lookup_key for one in call.diplotypes)
    return " or ".join(word for word in said if word) or "not tabulated"


def scores(call: GeneCall) -> str:
    """The activity scores of the diplotypes, each once; of many, the first and the last."""
    each = list(dict.fromkeys(one.activity_score for one in call.diplotypes if one.activity_score))
    return " or ".join(each) if len(each) <= SHOWN_SCORES else f"{each[0]} to {each[-1]}"


def _called(call: GeneCall) -> tuple[str, ...]:
    return (
        call.gene,
        diplotypes(call),
        f"{phenotypes(call)} if {call.condition}; not determined otherwise"
        if call.condition
        else phenotypes(call),
        scores(call),
        call.source.value,
        call.tested,
        "; ".join(_to_note(call)),
    )


def _to_note(call: GeneCall) -> list[str]:
    notes = [f"missing: {shortened(call.missing_positions)}"] if call.missing_positions else []
    notes += [f"not excluded: {shortened(call.not_excluded)}"] if call.not_excluded else []
    if call.gene == COPIES_MATTER and not call.copy_number_assessed:
        notes.append("copy number not assessed")
    return [*notes, *call.warnings]


def _refusal(one: NoCall) -> str:
    return f"{one.reason} Needed: {shortened(one.missing)}." if one.missing else one.reason
