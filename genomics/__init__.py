"""Germline variants and pharmacogenomics, as a plain library with no agent in it.

Importing this package loads nothing. ``genomics.mentions`` finds variant names in text,
``genomics.interpret`` says what is known of one variant, ``genomics.screen`` looks through a VCF.
"""

VERSION = "0.1"
"""Version of the computations, named as the version of every computed source."""
