"""How far a picture stands from healthy ones, and where: a score, a map, regions. Never a disease, never a chance."""

from __future__ import annotations

from imaging.anomaly.held import bank_for, brings
from imaging.anomaly.judge import unlike

__all__ = ["bank_for", "brings", "unlike"]
