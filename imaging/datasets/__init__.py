"""Readers of picture folders and tables, splits by patient, and what makes a split wrong."""
