"""Measures of the treatment part, one module for each bar of its specification, one table for all."""
