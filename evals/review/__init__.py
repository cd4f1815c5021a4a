"""A clinician's reading of cases: a sheet to mark, and what comes back."""
