"""The MOSES pack: 1.9 million lead-like molecules in three splits, and the patterns of its medicinal-chemistry filters.

Polykovskiy D et al., Front Pharmacol 2020;11:565644 (10.3389/fphar.2020.565644); the molecules are from the ZINC
Clean Leads. The data files are read out of the wheel of molsets 0.3.1, which is neither installed nor imported: it
does not run with a current RDKit.
"""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

from retrieval.packs import PackError, Packs, held_packs
from tools.discovery.filters import MosesFilters

PACK = "moses"
MEND = (
    "pip download --no-deps molsets==0.3.1, then consilium packs import moses molsets-0.3.1-py3-none-any.whl"
)

Split = Literal["train", "test", "test_scaffolds"]
MEMBERS: dict[Split, str] = {
    "train": "moses/dataset/data/train.csv.gz",
    "test": "moses/dataset/data/test.csv.gz",
    "test_scaffolds": "moses/dataset/data/test_scaffolds.csv.gz",
}
STATISTICS: dict[Split, str] = {
    "test": "moses/dataset/data/test_stats.npz",
    "test_scaffolds": "moses/dataset/data/test_scaffolds_stats.npz",
}
CHEMISTRY = "moses/metrics/mcf.csv"
PAINS = "moses/metrics/wehi_pains.csv"

LARGEST = 256 << 20
"""Bytes of a member once unpacked; the largest, the statistics of the test split, has 194 million."""


class MosesError(RuntimeError):
    """The pack cannot be read; the message says what to do."""


class Moses:
    """The data files inside one wheel; nothing is kept in memory between calls.

    The SMILES are canonical by the RDKit of 2020. Of 20,000 train molecules 13 are written otherwise by the RDKit of
    2026, so that a share of novel molecules is at most .001 too high.
    """

    def __init__(self, wheel: Path) -> None:
        self._wheel = wheel

    def molecules(self, split: Split) -> tuple[str, ...]:
        """All SMILES in the order of the file: 1,584,663 of train, 176,074 of test, 176,225 of test_scaffolds.

        Raises:
            MosesError: the file is not what is expected.
        """
        with self._opened(MEMBERS[split]) as member, gzip.open(member) as unpacked:
            text = unpacked.read(LARGEST + 1)
        if len(text) > LARGEST or not text.startswith(b"SMILES\n"):
            raise MosesError(f"{MEMBERS[split]} is no list under the head SMILES, or too large. {MEND}")
        return tuple(text.decode("ascii").split()[1:])

    def sample(self, n: int, seed: int, split: Split = "train") -> tuple[str, ...]:
        """``n`` molecules drawn without return; the sample of n is the head of the sample of 2n with the same seed.

        Raises:
            ValueError: the split has fewer than ``n``.
        """
        import numpy as np

        held = self.molecules(split)
        if not 0 <= n <= len(held):
            raise ValueError(f"{split} holds {len(held):,} molecules; {n:,} were asked for")
        return tuple(held[at] for at in np.random.default_rng(seed).permutation(len(held))[:n])

    def known(self, molecules: Collection[str], split: Split = "train") -> frozenset[str]:
        """Those of the canonical SMILES that stand in the split."""
        return frozenset(molecules).intersection(self.molecules(split))

    def filters(self) -> MosesFilters:
        """The medicinal-chemistry filters (22 MCF and 480 PAINS), parsed."""
        return MosesFilters(self._text(CHEMISTRY), self._text(PAINS))

    def statistics(self, split: Split) -> bytes:
        """The published statistics of a split, as the array file that ``moses_statistics`` reads.

        Raises:
            MosesError: the wheel has none for the split (train).
        """
        if split not in STATISTICS:
            raise MosesError(f"MOSES publishes no statistics of {split}.")
        with self._opened(STATISTICS[split]) as member, zipfile.ZipFile(member) as held:
            if held.getinfo("stats.npy").file_size > LARGEST:
                raise MosesError(f"{STATISTICS[split]} is larger than {LARGEST >> 20} MB.")
            return held.read("stats.npy")

    def _text(self, name: str) -> str:
        with self._opened(name) as member:
            return member.read(LARGEST).decode("utf-8")

    @contextmanager
    def _opened(self, name: str) -> Iterator[IO[bytes]]:
        try:
            with zipfile.ZipFile(self._wheel) as wheel, wheel.open(name) as member:
                yield member
        except KeyError as wrong:
            raise MosesError(f"{self._wheel.name} holds no {name}. {MEND}") from wrong
        except (OSError, EOFError, zlib.error, UnicodeDecodeError, zipfile.BadZipFile) as wrong:
            raise MosesError(f"{self._wheel.name} cannot be read ({wrong}). {MEND}") from wrong


def held(packs: Packs | None = None) -> Moses | None:
    """The pack, if it is held here; None otherwise (:data:`MEND` says how to bring it)."""
    try:
        wheel = (packs or held_packs()).path(PACK)
    except PackError:  # a registry without it
        return None
    return Moses(wheel) if wheel else None
