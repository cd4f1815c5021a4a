"""Everything that we hold and can check a quote against."""

from __future__ import annotations

from assistant.verify.quotes import Held


def held() -> Held:
    """All holders. Nothing heavy loads here: the texts are read when the first quote is checked."""
    import imaging.cards
    from genomics.facts import facts
    from retrieval.search import library
    from tools.triage.engine import rules

    return Held((library(), facts(), rules(), imaging.cards))
