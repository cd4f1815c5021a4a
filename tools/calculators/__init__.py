"""Scores and equations: typed inputs with units, a working that can be followed by hand, and the source of each."""
