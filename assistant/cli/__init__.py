"""The command line: one file a verb, the same objects with ``--json``."""
