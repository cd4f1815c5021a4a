"""The four levels of urgency and their order."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """How soon a person needs care."""

    EMERGENCY = "emergency"
    """Now: ambulance or emergency department."""
    SAME_DAY = "same_day"
    """A clinician within 24 hours."""
    ROUTINE = "routine"
    """Days to two weeks."""
    SELF_CARE = "self_care"

    @property
    def rank(self) -> int:
        """0 for self care to 3 for an emergency."""
        return _ORDER.index(self)


_ORDER = (Level.SELF_CARE, Level.ROUTINE, Level.SAME_DAY, Level.EMERGENCY)


def highest(*levels: Level | None) -> Level | None:
    """The most urgent of the levels given; None only when none is given. Nothing ever lowers a level."""
    given = [level for level in levels if level is not None]
    return max(given, key=lambda level: level.rank) if given else None
