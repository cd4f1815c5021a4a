"""Lists of unequal length in two flat arrays, as an index keeps them on disk; row ``i`` is
``flat[starts[i]:starts[i+1]]``."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Rows:
    """Rows of whole numbers; never changed after the making."""

    def __init__(self, starts: NDArray[np.int64], flat: NDArray[np.int32]) -> None:
        self.starts, self.flat = starts, flat

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, at: int) -> NDArray[np.int32]:
        return self.flat[self.starts[at] : self.starts[at + 1]]

    def taken(self, positions: NDArray[np.int64]) -> Rows:
        """These rows in this order."""
        import numpy as np

        lengths = np.diff(self.starts)[positions]
        starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
        places = np.repeat(self.starts[positions] - starts[:-1], lengths) + np.arange(int(starts[-1]))
        return Rows(starts, self.flat[places])

    def among(self, positions: Sequence[int], wanted: Mapping[int, str]) -> list[frozenset[str]]:
        """Which of the wanted numbers stand in the row at each position, by their names."""
        import numpy as np

        if not wanted or not len(positions):
            return [frozenset()] * len(positions)
        rows = self.taken(np.asarray(positions, dtype=np.int64))
        hits = np.flatnonzero(np.isin(rows.flat, list(wanted)))
        owners = np.searchsorted(rows.starts, hits, side="right") - 1
        found: list[list[str]] = [[] for _ in positions]
        for owner, number in zip(owners.tolist(), rows.flat[hits].tolist(), strict=True):
            found[owner].append(wanted[number])
        return [frozenset(held) for held in found]

    def followed_by(self, other: Rows) -> Rows:
        """All rows of both, these first."""
        import numpy as np

        starts = np.concatenate((self.starts, other.starts[1:] + self.starts[-1]))
        return Rows(starts, np.concatenate((self.flat, other.flat)))

    def save(self, folder: Path, name: str) -> None:
        import numpy as np

        np.save(folder / f"{name}.starts.npy", self.starts, allow_pickle=False)
        np.save(folder / f"{name}.flat.npy", self.flat, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path, name: str) -> Rows:
        """As it was saved; the arrays stay on disk until they are read.

        Raises:
            OSError, ValueError: a file is missing or damaged.
        """
        parts = (folder / f"{name}.{part}.npy" for part in ("starts", "flat"))
        return cls(*(mapped(part) for part in parts))


def mapped(path: Path) -> NDArray[Any]:
    """An array that stays on disk until it is read, as a plain array: numpy's memmap class costs a microsecond more
    at every look.

    Raises:
        OSError, ValueError: the file is missing or damaged.
    """
    import numpy as np

    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False)).view(np.ndarray)


class RowsMaker:
    """Rows in the making, one after the other, in little memory."""

    def __init__(self) -> None:
        self._starts, self._flat = array("q", [0]), array("i")

    def add(self, row: Iterable[int]) -> None:
        self._flat.extend(row)
        self._starts.append(len(self._flat))

    def made(self) -> Rows:
        import numpy as np

        return Rows(np.array(self._starts, dtype=np.int64), np.array(self._flat, dtype=np.int32))


class Names:
    """Names with numbers, in the order in which they came."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.all = list(names)
        self.number = {name: at for at, name in enumerate(self.all)}

    def of(self, name: str) -> int:
        """The number of a name, a new one where it has none yet."""
        found = self.number.get(name)
        if found is None:
            found = self.number[name] = len(self.all)
            self.all.append(name)
        return found

    def save(self, folder: Path, name: str) -> None:
        (folder / f"{name}.json").write_text(json.dumps(self.all, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, name: str) -> Names:
        """As they were saved.

        Raises:
            OSError, ValueError: the file is missing or damaged.
        """
        return cls(json.loads((folder / f"{name}.json").read_text(encoding="utf-8")))
