"""The worksheet of a variant as two tables: all evidence codes, and the classes side by side.

A table travels through answer, audit and replay as it is, so the page reads the codes back from it and can add
them up anew. The evidence itself does not come back: its words stand in a cell.
"""

from __future__ import annotations

from collections.abc import Sequence

from genomics.acmg.criteria import CODES, Assessment, Class, Criterion, Status, Strength
from genomics.lookups.lines import STARS
from genomics.lookups.rows import KnownClass
from retrieval.evidence import Evidence, Table

COLUMNS = ("Code", "Status", "Strength", "Points", "Reason", "Evidence", "To get it")
CODES_OF = "Evidence codes of "
"""How the title of a table of codes begins; the variant follows."""
CLASSES_OF = "Classes of "
CLASS_COLUMNS = ("What", "Says")


def table_of(title: str, assessment: Assessment) -> Table:
    """All 26 codes of the variant ``title``, one row each, in the order of the rules."""
    rows = tuple(_row(criterion) for criterion in assessment.criteria)
    return Table(title=CODES_OF + title, columns=COLUMNS, rows=rows)


def criteria_of(table: Table) -> tuple[Criterion, ...] | None:
    """The codes that stand in a table of :func:`table_of`, without their evidence; None if it is another table."""
    if not table.title.startswith(CODES_OF) or table.columns != COLUMNS:
        return None
    if tuple(row[0] for row in table.rows) != tuple(CODES):
        return None
    try:
        return tuple(_criterion(row) for row in table.rows)
    except ValueError:
        return None


def classes_of(
    title: str, assessment: Assessment, known: Sequence[str] = (), *, agreement: str = ""
) -> Table:
    """The class that others gave beside the one that the codes add up to; never one out of both.

    ``known`` are classes of others in words, see :func:`known_in_words`; ``agreement`` is how the two compare.
    """
    verdict = assessment.verdict
    rows = [("Class given by others", words) for words in known] or [("Class given by others", "none held")]
    rows += [("Class of the codes", class_in_words(verdict)), ("Rules of 2015", verdict.by_rules_2015.value)]
    if assessment.if_confirmed:
        rows.append(("If the proposed codes are confirmed", class_in_words(assessment.if_confirmed)))
    rows += [("Agreement", agreement)] if agreement else []
    rows.append(("Thresholds", assessment.rules))
    rows += [("Not assessed", gap) for gap in assessment.gaps]
    return Table(title=CLASSES_OF + title, columns=CLASS_COLUMNS, rows=tuple(rows))


def class_in_words(verdict: Class) -> str:
    """The class with its points, the conflict and the guards: "Likely pathogenic (7 points)"."""
    parts = [f"{verdict.by_points} ({points_in_words(verdict.points)})"]
    parts += ["strong evidence stands on both sides"] if verdict.conflict else []
    return "; ".join((*parts, *verdict.guards))


def points_in_words(points: int) -> str:
    """ "+1 point", "-4 points", "0 points"."""
    return f"{points:+d} point{'' if abs(points) == 1 else 's'}" if points else "0 points"


def known_in_words(known: KnownClass) -> str:
    """A known class with review status, stars, conditions, conflicts, what is kept apart, and its source."""
    stars = STARS[known.stars]
    parts = [f"{known.significance}: {known.review} ({stars})"]
    if known.conflicts:
        parts.append("submissions: " + ", ".join(f"{number} {name}" for name, number in known.conflicts))
    parts += [f"for {', '.join(known.conditions)}"] if known.conditions else []
    parts += [f"kept apart: {', '.join(known.aside)}"] if known.aside else []
    parts.append(" ".join(filter(None, (known.source.title, known.accession, known.dated))))
    return "; ".join(parts)


def evidence_in_words(evidence: Sequence[Evidence]) -> str:
    """Title, version and quote of each evidence."""
    return " | ".join(
        f"{one.source.title} ({one.source.version}): {one.quote}" if one.source.version else one.quote
        for one in evidence
    )


def _row(one: Criterion) -> tuple[str, ...]:
    strength = one.strength.value if one.strength else ""
    points = f"{one.points:+d}" if one.counts and one.points else ""
    return (
        one.code,
        one.status.value,
        strength,
        points,
        one.rationale,
        evidence_in_words([told for told in one.evidence if told.quote != one.rationale]),
        one.command,
    )


def _criterion(row: tuple[str, ...]) -> Criterion:
    code, status, strength, _, reason, _, command = row
    return Criterion(
        code=code,
        status=Status(status),
        strength=Strength(strength) if strength else None,
        rationale=reason,
        command=command,
    )
