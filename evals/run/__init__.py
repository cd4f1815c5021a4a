"""Running suites: subjects, traces, the engine and its store."""
