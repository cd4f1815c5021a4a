"""Look-ups in packs: each answers with a typed row or with a gap that names the command that brings the data."""
