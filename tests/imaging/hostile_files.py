"""The makers of hostile files that other tests build on; the files themselves are :mod:`imaging.suites.hostile`."""

from __future__ import annotations

from imaging.suites.hostile import dicom, nifti_head, saved

__all__ = ["dicom", "nifti_head", "saved"]
