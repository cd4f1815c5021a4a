"""Discovery and simulation measured: every bar of the specification beside the prototype and the published peers."""
