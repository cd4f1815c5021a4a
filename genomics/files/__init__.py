"""Genome files: guarded, streamed or fetched: VCF, gVCF, BCF, consumer text; file contents are data."""
