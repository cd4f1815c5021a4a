"""Does a quote stand in the source that we hold?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from retrieval.evidence import Evidence, Holder

CHART = "chart:"
"""Sources that are the patient's own words or record: one word of them ("woman") stands in many other sources too."""
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")
_QUOTES = {ord(mark): "'" for mark in "‘’‚′"} | {ord(mark): '"' for mark in "“”„″«»"}
_BLANKS = re.compile(r"\s+")


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """NFKC, one blank for any whitespace, dashes and quotation marks unified; case is kept."""
    text = unicodedata.normalize("NFKC", text).translate(_DASHES).translate(_QUOTES)
    return _BLANKS.sub(" ", text).strip()


Standing = Literal["here", "elsewhere", "nowhere", "not held"]


@dataclass(frozen=True)
class Held:
    """All holders together: the literature, the variant facts, the triage rules, the model cards."""

    holders: Sequence[Holder]

    def text(self, source_id: str) -> str | None:
        return next((text for holder in self.holders if (text := holder.text(source_id)) is not None), None)

    def holding(self, quote: str) -> tuple[str, ...]:
        return tuple(source for holder in self.holders for source in holder.holding(quote))

    def standing(self, evidence: Evidence) -> Standing:
        """Where the quote of an evidence stands: in its own source, in another, nowhere, or in none we hold."""
        text = self.text(evidence.source.id)
        if text is not None and plain(evidence.quote) in plain(text):
            return "here"
        told = text is None and evidence.source.id.startswith(CHART)
        if not told and any(source != evidence.source.id for source in self.holding(evidence.quote)):
            return "elsewhere"
        return "not held" if text is None else "nowhere"
