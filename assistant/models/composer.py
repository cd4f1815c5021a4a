"""From findings to sentences, by rules: each finding in its tool's own words, nothing added."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.turn import Cited, Draft, Sentence


def compose(entries: Sequence[Cited]) -> Draft:
    """One sentence for each finding of this turn, verbatim, naming all evidence of the finding."""
    grouped: dict[tuple[str, str], list[Cited]] = {}
    for entry in entries:
        grouped.setdefault(entry.finding_key, []).append(entry)
    said: dict[str, Sentence] = {}
    for group in grouped.values():
        text = group[0].finding.statement
        said.setdefault(text, Sentence(text=text, evidence=[entry.id for entry in group]))
    return Draft(sentences=list(said.values())[:40])
