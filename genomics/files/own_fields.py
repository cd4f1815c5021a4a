"""The INFO fields of gnomAD and SpliceAI in a user's annotated file: found by name, cut, and handed on as they stand.

They are data for :mod:`genomics.own_rows`, which takes numbers out of them and nothing else.
"""

from __future__ import annotations

import re

MOST = 20
"""Fields of one record that are handed on."""
_DEFINED = re.compile(rb"##INFO=<ID=(?:gnomad|spliceai)", re.I)
_FIELD = re.compile(rb"(?:(?<=;)|^)((?:gnomad[\w.]{0,40}|spliceai)=[^;\s]{1,400})(?=;|$)", re.I)


def is_defined(line: bytes) -> bool:
    """True if a header line defines such a field."""
    return _DEFINED.match(line) is not None


def of(info: bytes) -> tuple[str, ...]:
    """The fields of an INFO column as NAME=VALUE; a field of more than 400 characters is left out."""
    return tuple(field.decode("latin-1") for field in _FIELD.findall(info)[:MOST])
