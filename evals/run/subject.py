"""What can be tested: anything that opens a talk for what is presented and answers turn by turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from evals.cases.case import Presented, Said
from evals.run.trace import Shown


class Talk(Protocol):
    """One case's conversation with a subject. It never sees latent state or gold."""

    async def say(self, said: Said, chosen: Sequence[str] = ()) -> Shown:
        """The next turn; ``chosen`` are ids of :attr:`Shown.choices` of the turn before."""

    async def close(self) -> None:
        """Let go of the session and its files."""


class Subject(Protocol):
    """What is tested. ``id`` names it with its version in results; making one is cheap, ``open`` may load."""

    id: str
    deterministic: bool

    async def open(self, presented: Presented) -> Talk:
        """A fresh conversation: chart told, files attached, nothing of earlier cases left."""
