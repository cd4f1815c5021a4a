"""Pharmacogenomics: star-allele definitions, matcher, phenotypes, outside calls and prescribing guidance."""
