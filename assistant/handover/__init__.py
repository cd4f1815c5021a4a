"""The two sheets of a talk: one for a clinician, one for the patient, with the same claims; Markdown and PDF."""

from assistant.handover.make import FILES, Handover, NothingYet, handover

__all__ = ["FILES", "Handover", "NothingYet", "handover"]
