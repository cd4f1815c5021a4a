"""Benchmarks: speed as a ratio against a floor measured in the same run, quality beside a trivial baseline."""
