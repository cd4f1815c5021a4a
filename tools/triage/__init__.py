"""Triage: from plain words to how soon a person needs care. A plain library with no agent in it."""
