"""Intervals, bootstrap, paired tests, calibration: how sure a figure is. Numbers in, numbers out."""
