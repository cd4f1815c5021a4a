"""Synthetic patients, suites, scoring and reports; the harness follows in its own issue."""
