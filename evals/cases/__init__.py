"""Synthetic patients: the truth is drawn first, then the evidence for it. Knows nothing of the code under test."""
