"""A wheel shaped like that of molsets, with a few molecules: for tests only."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tools.discovery.moses import CHEMISTRY, MEMBERS, PAINS, STATISTICS

TRAIN = ("CCO", "CCN", "c1ccccc1", "CC(=O)O", "CCCl", "CCBr", "CCF", "CCS")
TEST = ("CCC", "CCCO")
SCAFFOLDS = ("C1CCCC1",)


def wheel(folder: Path, changed: Mapping[str, bytes] | None = None, left_out: Sequence[str] = ()) -> Path:
    """The wheel, with some members replaced or left out."""
    splits = {"train": TRAIN, "test": TEST, "test_scaffolds": SCAFFOLDS}
    members = {MEMBERS[split]: listed(molecules) for split, molecules in splits.items()}  # type: ignore[index]
    members[CHEMISTRY] = b"names,smarts\nMCF1,[#6]=&!@[#6]-[#6]#[#7]\n"
    members[PAINS] = b'"[N;R0]=[N;R0]"   ,"<regId=azo(1)>"\n'
    members[STATISTICS["test"]] = npz(statistics(len(TEST)))
    members.update(changed or {})
    path = folder / "molsets-0.0.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as made:
        for name, content in members.items():
            if name not in left_out:
                made.writestr(name, content)
    return path


def listed(molecules: Sequence[str], head: str = "SMILES") -> bytes:
    return gzip.compress("\n".join([head, *molecules, ""]).encode())


def statistics(n: int) -> dict[str, Any]:
    """What MOSES publishes of a split, in its shape."""
    bits = np.zeros((n, 1024), dtype=np.uint8)
    bits[:, :2] = 1
    numbers = {name: {"values": np.arange(n, dtype=float)} for name in ("QED", "SA", "logP", "weight")}
    return {
        "FCD": {"mu": np.full(512, 0.5, dtype=np.float32), "sigma": np.eye(512)},
        "SNN": {"fps": bits},
        "Frag": {"frag": Counter({"CCC": 1, "CCCO": 1})},
        "Scaf": {"scaf": Counter({"C1CCC2CCCC2C1": 1})},
        **numbers,
    }


def npz(stats: object) -> bytes:
    """Pickled inside an array inside a zip, as the original."""
    held = np.empty((), dtype=object)
    held[()] = stats
    file = io.BytesIO()
    np.savez_compressed(file, stats=held)
    return file.getvalue()
