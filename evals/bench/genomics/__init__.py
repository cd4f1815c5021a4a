"""Measures of the genomics package, one module for each part, one table for all."""
