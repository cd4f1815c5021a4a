"""ACMG/AMP classification of germline variants: one module per group of codes, no label of others in sight."""
