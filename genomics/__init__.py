"""Germline variants and pharmacogenomics, as a plain library with no agent in it."""
