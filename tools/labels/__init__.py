"""US drug labels: reading openFDA's files, an index on this machine, and the search inside one label."""
