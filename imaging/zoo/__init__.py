"""The shipped models: one card (YAML) for each, and its numbers as plain arrays beside it."""
