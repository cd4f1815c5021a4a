"""Where lines of a VCF come from: text, plain or packed; BCF, written out; or an index, for the places asked for."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from genomics.builds import contig
from genomics.files import guard
from genomics.files.guard import VcfError
from genomics.files.regions import Regions

FETCHES = 5_000
"""Intervals up to which an index is quicker than reading the file through."""


def lines(path: Path) -> Generator[tuple[int, bytes]]:
    """Numbered lines, header first; a BCF is written out as text, its records numbered from 1.

    Raises:
        VcfError: the file is neither VCF nor BCF, or it breaks a limit or is damaged.
    """
    if _is_bcf(path):
        guard.guard(path)
        yield from _of_bcf(path)
    else:
        yield from enumerate(guard.lines(path), start=1)


def unit(path: Path) -> str:
    """What is counted in messages: "Line" of a text, "Record" of a BCF."""
    return "Record" if _is_bcf(path) else "Line"


def fetched(path: Path, regions: Regions) -> Iterator[bytes] | None:
    """The lines of the records that touch the regions, or None where no fresh index lies beside the file."""
    index = _index(path)
    if index is None or _is_bcf(path) or sum(1 for _ in regions) > FETCHES:
        return None
    return _through(path, index, regions)


def _is_bcf(path: Path) -> bool:
    first = next(guard.chunks(path))
    return guard.is_binary(first)


def _of_bcf(path: Path) -> Iterator[tuple[int, bytes]]:
    with _opened(path) as file:
        for number, line in enumerate(str(file.header).encode().splitlines(), start=1):
            yield number, line
        number = 0
        while True:
            number += 1
            try:
                record = next(file)
            except StopIteration:
                return
            except (OSError, ValueError) as wrong:
                raise VcfError(
                    f"Record {number} breaks the BCF format; mend it or export the file again."
                ) from wrong
            yield number, str(record).rstrip("\n").encode()


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    import pysam  # a compiled library, loaded when a BCF is read

    verbosity = pysam.set_verbosity(0)
    try:
        file = pysam.VariantFile(str(path))
    except (OSError, ValueError) as wrong:
        raise VcfError("The header cannot be read as BCF; export the file again from the caller.") from wrong
    finally:
        pysam.set_verbosity(verbosity)
    with file:
        yield file


def _index(path: Path) -> Path | None:
    """A tabix index that is not older than the file, which must be compressed in blocks."""
    if not guard.is_bgzip(path):
        return None
    for ending in (".tbi", ".csi"):
        index = path.with_name(path.name + ending)
        if index.is_file() and index.stat().st_mtime >= path.stat().st_mtime:
            return index
    return None


def _through(path: Path, index: Path, regions: Regions) -> Iterator[bytes]:
    import pysam  # a compiled library, loaded when an index is used

    verbosity = pysam.set_verbosity(0)
    try:
        with pysam.TabixFile(str(path), index=str(index), encoding="latin-1") as file:
            names: dict[str | None, list[str]] = {}
            for name in file.contigs:
                names.setdefault(contig(name), []).append(name)
            for plain, first, last in regions:
                for name in names.get(plain, ()):
                    yield from _first_seen(file.fetch(name, first - 1, last), plain, first, regions)
    except (OSError, ValueError, EOFError) as wrong:
        if isinstance(wrong, VcfError):
            raise
        raise VcfError("The index beside the file does not fit it; remove it or run tabix again.") from wrong
    finally:
        pysam.set_verbosity(verbosity)


def _first_seen(rows: Iterator[str], plain: str, first: int, regions: Regions) -> Iterator[bytes]:
    """Rows but those that an earlier interval has already brought."""
    for row in rows:
        start = int(row.split("\t", 2)[1])
        if start >= first or not regions.touches(plain, start, first - 1):
            yield row.encode("latin-1")
