"""SELFIES as pieces: the vocabulary of the generator, molecules to ids, and ids back to molecules.

A piece is a run of SELFIES symbols that often stand together; pieces are found by byte-pair encoding (Sennrich R et
al., ACL 2016, arXiv 1508.07909). Any run of symbols is a SELFIES string, so nothing is lost, and a molecule of 33
symbols becomes about 13 pieces: a recurrent net takes a third of the steps. SELFIES: Krenn M et al., Mach Learn: Sci
Technol 2020;1:045024 (10.1088/2632-2153/aba947).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.uint8]

PAD, START, END = 0, 1, 2
FIRST = 3
"""Id of the first symbol; the three below are no part of a molecule."""

SIZE = 256
"""Ids of a vocabulary, so that one fits in a byte."""

LEARN_FROM = 100_000
"""Molecules at the head of the file, from which symbols and pieces are learned."""

RARE = 20
"""Molecules with a symbol that stands fewer times than this in the head of the file are left out and counted."""

LONGEST = 0.99
"""Share of the molecules that are kept, shortest first: the few longest would make every batch longer."""

FEWEST_ATOMS = 5
"""Heavy atoms below which a decoded molecule counts as invalid: SELFIES always decodes, to next to nothing at times."""

ENCODED_AT_ONCE = 20_000


@dataclass(frozen=True)
class Vocabulary:
    """The SELFIES ``symbols`` (ids from 3 on) and ``merges``: pairs of ids that become the next id, in order."""

    symbols: tuple[str, ...]
    merges: tuple[tuple[int, int], ...] = ()

    @property
    def size(self) -> int:
        return FIRST + len(self.symbols) + len(self.merges)

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """The SELFIES text of each id; empty for pad, start and end."""
        texts = ["", "", "", *self.symbols]
        for left, right in self.merges:
            texts.append(texts[left] + texts[right])
        return tuple(texts)

    def encode(self, selfies: str) -> bytes | None:
        """The ids of one SELFIES string, without start and end; None if it has a symbol that is not held."""
        row = self.row(selfies)
        return None if row is None else self.merged(row)

    def row(self, selfies: str) -> bytes | None:
        """The ids of the symbols, before any merge."""
        import selfies as sf

        try:
            return bytes(self._ids[symbol] for symbol in sf.split_selfies(selfies))
        except KeyError:
            return None

    def merged(self, rows: bytes) -> bytes:
        """Apply the merges in their order; ``rows`` may be many rows with an end (2) between them."""
        for made, (left, right) in enumerate(self.merges, start=FIRST + len(self.symbols)):
            rows = rows.replace(bytes((left, right)), bytes((made,)))
        return rows

    def decode(self, ids: Iterable[int]) -> str:
        """The SELFIES string of a row of ids: from after the start to the first end or pad."""
        texts = []
        for one in ids:
            if one in (PAD, END):
                break
            texts.append(self.pieces[one])
        return "".join(texts)

    def as_json(self) -> str:
        return json.dumps({"symbols": self.symbols, "merges": self.merges}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Vocabulary:
        held = json.loads(text)
        return cls(tuple(held["symbols"]), tuple((left, right) for left, right in held["merges"]))

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {symbol: number for number, symbol in enumerate(self.symbols, start=FIRST)}


@dataclass(frozen=True)
class Corpus:
    """Encoded molecules: ``ids`` (n × longest, padded with 0), and what was left out and why."""

    vocabulary: Vocabulary
    ids: Ids
    sha256: str
    read: int
    unknown: int
    too_long: int

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Pieces of each molecule, without start and end."""
        lengths: NDArray[np.int64] = np.count_nonzero(self.ids, axis=1)
        return lengths


def selfies_of(smiles: str) -> str | None:
    """The SELFIES of a SMILES; None where SELFIES cannot write it."""
    import selfies as sf

    try:
        # strict=False: the file's molecules parse already, and the check of bonds costs time.
        return cast(str, sf.encoder(smiles, strict=False))
    except sf.EncoderError:
        return None


def molecule(selfies: str) -> str | None:
    """The canonical SMILES of a SELFIES string; None if it is no molecule, in several parts, or tiny (spec 3.1)."""
    import selfies as sf
    from rdkit import Chem, rdBase

    smiles = sf.decoder(selfies) if selfies else ""
    with rdBase.BlockLogs():
        read = Chem.MolFromSmiles(smiles) if smiles else None
    if read is None or read.GetNumHeavyAtoms() < FEWEST_ATOMS or "." in smiles:
        return None
    return str(Chem.MolToSmiles(read))


def learn(strings: Sequence[str], size: int = SIZE, rare: int = RARE) -> Vocabulary:
    """Symbols and pieces of SELFIES ``strings``; the most frequent pair of ids is merged until ``size`` ids stand.

    Ties go to the lower pair of ids. Symbols that stand fewer than ``rare`` times get no id.
    """
    import selfies as sf

    counts = Counter(symbol for text in strings for symbol in sf.split_selfies(text))
    vocabulary = Vocabulary(tuple(sorted(symbol for symbol, count in counts.items() if count >= rare)))
    rows = [row for row in map(vocabulary.row, strings) if row is not None]
    held, merges = bytes((END,)).join(rows), []
    for made in range(vocabulary.size, size):
        pair, count = _most_frequent(held)
        if count < 2:
            break
        merges.append(pair)
        held = held.replace(bytes(pair), bytes((made,)))
    return Vocabulary(vocabulary.symbols, tuple(merges))


def _most_frequent(rows: bytes) -> tuple[tuple[int, int], int]:
    ids = np.frombuffer(rows, dtype=np.uint8).astype(np.int64)
    pairs = ids[:-1] * SIZE + ids[1:]
    inside = (ids[:-1] != END) & (ids[1:] != END)
    counts = np.bincount(pairs[inside], minlength=SIZE * SIZE)
    best = int(counts.argmax())
    return (best // SIZE, best % SIZE), int(counts[best])


def smiles_lines(path: Path) -> list[str]:
    """The SMILES of a file: one a line, the first column of a CSV under ``SMILES``, or the MOSES wheel's train."""
    if path.suffix == ".whl":
        from tools.discovery.moses import Moses

        return list(Moses(path).molecules("train"))
    lines = (line.partition(",")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and line.upper() != "SMILES"]


def corpus(path: Path, cache: Path, *, size: int = SIZE, rare: int = RARE, processes: int = 1) -> Corpus:
    """Encode the molecules of a file once; ``cache`` keeps the ids by the digest of the file and the settings."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    settings = f"{digest} {size} {rare} {LEARN_FROM} {LONGEST}"
    held = cache / f"ids-{hashlib.sha256(settings.encode()).hexdigest()[:16]}.npz"
    if not held.is_file():
        made = _encoded(smiles_lines(path), digest, size, rare, processes)
        _keep(made, held)
    return _kept(held)


def _encoded(smiles: Sequence[str], digest: str, size: int, rare: int, processes: int) -> Corpus:
    head = [text for text in map(selfies_of, smiles[:LEARN_FROM]) if text]
    vocabulary = learn(head, size, rare)
    rows: list[bytes] = []
    unknown = 0
    for some, left_out in _in_parts(smiles, vocabulary, processes):
        rows += some
        unknown += left_out
    limit = int(np.quantile([len(row) for row in rows], LONGEST))
    kept = [row for row in rows if len(row) <= limit]
    ids = np.frombuffer(b"".join(row.ljust(limit, b"\0") for row in kept), dtype=np.uint8).reshape(-1, limit)
    return Corpus(vocabulary, ids, digest, len(smiles), unknown, len(rows) - len(kept))


def _in_parts(
    smiles: Sequence[str], vocabulary: Vocabulary, processes: int
) -> Iterator[tuple[list[bytes], int]]:
    parts = [smiles[start : start + ENCODED_AT_ONCE] for start in range(0, len(smiles), ENCODED_AT_ONCE)]
    if processes == 1:
        yield from map(partial(_part, vocabulary), parts)
        return
    from multiprocessing import get_context

    with get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(partial(_part, vocabulary), parts)


def _part(vocabulary: Vocabulary, smiles: Sequence[str]) -> tuple[list[bytes], int]:
    """The encoded rows of some molecules, and how many could not be written with the vocabulary."""
    texts = (selfies_of(one) for one in smiles)
    rows = [row for row in (vocabulary.row(text) if text else None for text in texts) if row]
    joined = vocabulary.merged(bytes((END,)).join(rows))
    return joined.split(bytes((END,))) if rows else [], len(smiles) - len(rows)


def _keep(made: Corpus, held: Path) -> None:
    held.parent.mkdir(parents=True, exist_ok=True)
    told = {"sha256": made.sha256, "read": made.read, "unknown": made.unknown, "too_long": made.too_long,
            "vocabulary": made.vocabulary.as_json()}  # fmt: skip
    part = held.with_suffix(".part.npz")
    np.savez(part, ids=made.ids, told=np.array(json.dumps(told)))
    part.replace(held)


def _kept(held: Path) -> Corpus:
    with np.load(held, allow_pickle=False) as arrays:
        told, ids = json.loads(str(arrays["told"])), arrays["ids"]
    vocabulary = Vocabulary.from_json(told.pop("vocabulary"))
    return Corpus(vocabulary, ids, **told)
