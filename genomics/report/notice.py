"""What every report says of itself, and what stands at its foot: sources, data versions, the day."""

from __future__ import annotations

from genomics import VERSION
from genomics.report.rows import Report
from retrieval.evidence import Source

NOTICE = "Research use, not a medical device: confirm in an accredited laboratory before acting."
APART = "The class given by others and the class of our own codes stand side by side and are never mixed."


def notice(report: Report) -> str:
    """What stands at the head of a report."""
    return NOTICE if report.kind == "pharmacogenes" else f"{NOTICE} {APART}"


def foot(report: Report) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Headings with their lines; a heading without lines is left out."""
    versions = (
        f"Consilium genomics {VERSION}",
        *(f"{name} {value}" for name, value in report.versions.items() if value),
    )
    made = (f"Made {report.made}",) if report.made else ()
    parts = (
        ("Sources", tuple(dict.fromkeys(map(source_in_words, report.sources)))),
        ("Versions", (*versions, *made)),
    )
    return tuple((title, lines) for title, lines in parts if lines)


def source_in_words(source: Source) -> str:
    """Title, version, licence, warnings and identifier."""
    names = (
        f"PMID {source.pmid}" if source.pmid else "",
        f"doi {source.doi}" if source.doi else "",
        source.url or "",
    )
    parts = (
        source.title,
        source.version,
        source.licence,
        ", ".join(source.marks),
        next(filter(None, names), ""),
    )
    return " · ".join(part for part in parts if part)
