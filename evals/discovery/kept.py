"""Measured sets, kept: ten thousand molecules take minutes, and the same molecules under the same code need none again.

The key is the digest of the molecules, of the pack's content and of the code that measures; any change measures anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from pydantic import TypeAdapter

from retrieval.packs import write_aside
from tools.discovery import chemnet, filters, gathered, metrics, molecules, similarity
from tools.discovery.metrics import Metrics

_CODE = (chemnet, filters, gathered, metrics, molecules, similarity)
_ROW: TypeAdapter[Metrics] = TypeAdapter(Metrics)


def measured(
    folder: Path, name: str, drawn: Sequence[str | None], pack: str, measure: Callable[[], Metrics]
) -> Metrics:
    """The row that is kept in ``folder`` for these molecules, else that of ``measure``, which is then kept.

    ``pack`` names the content that the row is measured against, such as the digest of the pack.
    """
    file = folder / f"metrics-{_key(name, drawn, pack)}.json"
    if file.is_file():
        return _ROW.validate_python(json.loads(file.read_text(encoding="utf-8")))
    row = measure()
    write_aside(file, json.dumps(_ROW.dump_python(row)).encode())
    return row


def _key(name: str, drawn: Sequence[str | None], pack: str) -> str:
    told = [Path(module.__file__ or "").read_text(encoding="utf-8") for module in _CODE]
    told += [version("rdkit"), version("fcd-torch"), pack, name, *(one or "-" for one in drawn)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]
