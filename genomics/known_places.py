"""The starter variants of one build by the positions they touch, and the check of a file's reference bases by them."""

from __future__ import annotations

from collections.abc import Iterable

from genomics.builds import Build, BuildError
from genomics.facts import VariantFact
from genomics.matching import overlap
from genomics.variant import Variant


class KnownPlaces:
    """Held variants of one build that a file can be searched for."""

    def __init__(self, build: Build, held: Iterable[VariantFact]) -> None:
        self._at: dict[tuple[str, int], list[VariantFact]] = {}
        self._build = build
        placed = [fact for fact in held if build in fact.variants]
        self.size = len(placed)
        for fact in placed:
            place = fact.variants[build]
            for position in range(place.pos - 1, place.pos + len(place.ref) + 1):
                self._at.setdefault((place.contig, position), []).append(fact)

    def of(self, variant: Variant, record: int) -> VariantFact | None:
        """The held variant that this is, or None.

        Raises:
            BuildError: the file's reference bases are not those of the build.
        """
        short = variant.trimmed
        near = self._at.get((short.contig, short.pos), ())
        for fact in near:
            held, read = overlap(fact.variants[self._build], variant)
            if held != read:
                note = f"Record {record} has reference {read} where {self._build} has {held}"
                raise BuildError(f"{note} ({fact.title}); the file is on another build than stated.")
        return next((fact for fact in near if fact.variants[self._build].same_as(variant)), None)
