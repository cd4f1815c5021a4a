"""Pure functions from a case and its trace to scores; no input or output, no framework."""
