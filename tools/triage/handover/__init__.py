"""The summary of a talk that a patient can show and a clinician can read."""

from tools.triage.handover.made import Handover, handover
from tools.triage.handover.written import text

__all__ = ["Handover", "handover", "text"]
