"""Both sheets of a talk, in both forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.handover import clinician, patient
from assistant.handover.markdown import markdown
from assistant.handover.pdf import pdf
from assistant.handover.sheet import Sheet
from assistant.sessions import Turn

FILES = ("clinician.pdf", "clinician.md", "patient.pdf", "patient.md")


class NothingYet(ValueError):
    """A talk in which nothing has been answered; the message is for the user."""


@dataclass(frozen=True)
class Handover:
    """The sheets of a talk. Both carry the same claims."""

    clinician: Sheet
    patient: Sheet

    def file(self, name: str) -> bytes:
        """One of ``clinician.md``, ``clinician.pdf``, ``patient.md``, ``patient.pdf``.

        Raises:
            KeyError: there is no such file.
        """
        reader, _, form = name.partition(".")
        sheet = {"clinician": self.clinician, "patient": self.patient}[reader]
        return {"md": lambda: markdown(sheet).encode(), "pdf": lambda: pdf(sheet)}[form]()


def handover(turns: Sequence[Turn], country: str = "") -> Handover:
    """The sheets of all turns so far.

    Raises:
        NothingYet: nothing has been answered yet.
    """
    if not turns:
        raise NothingYet("There is nothing to hand over yet: ask a question first.")
    return Handover(clinician.sheet(turns), patient.sheet(turns, country))
