"""An index made of the stock: grown out of the one that stands, aside, and swapped in at the end.

Vectors are kept in the stock by a hash of text and model as soon as they are computed: a build that is killed goes on
where it was.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from retrieval.embed import Encoder, Progress
from retrieval.expand import Vocabulary
from retrieval.generations import Current, current, digest, making, place, swap, sweep
from retrieval.shelf import DIGITS, Entry, Shelf
from retrieval.shelf_columns import Held
from retrieval.stock import Row, Stock
from retrieval.vectors.chroma import ChromaIndex, embedded, served

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BATCH = 256
"""Texts embedded between two writings."""
ADDED = 5000
"""Entries given to Chroma at once."""
WORN = 0.3
"""An index that loses more than this share is built anew: its graph keeps what was deleted."""
COLLECTION = "passages"


class Target(NamedTuple):
    """What an index of the stock must hold now."""

    rows: list[Row]
    digest: str
    making: str


def target(stock: Stock, vocabulary: Vocabulary) -> Target:
    """What is to be indexed."""
    rows, how = stock.rows(), making(vocabulary.digest)
    return Target(rows, digest(rows, how), how)


def standing(folder: Path, stock: Stock, vocabulary: Vocabulary) -> tuple[Current, Shelf] | None:
    """The generation in use with its shelf, whether or not it is in step with the stock; None where there is none
    that can be read."""
    held = current(folder)
    if held is None:
        return None
    try:
        return held, Shelf.load(folder / held.folder / "shelf", vocabulary, stock.documents)
    except (OSError, ValueError):  # damaged: as if there were none
        return None


def new_shelf(
    folder: Path, stock: Stock, vocabulary: Vocabulary, wanted: Target, anew: bool = False
) -> Shelf:
    """The shelf of all wanted documents; those of the standing one are not read again, but for ``anew``."""
    held = None if anew else standing(folder, stock, vocabulary)
    grows = held is not None and (held[0].making, held[0].stock) == (wanted.making, stock.name)
    before = held[1] if held is not None and grows else Shelf(vocabulary, stock.documents)
    known = {one: at for at, one in enumerate(before.held)}
    keys = [(row.row, row.digest[:DIGITS]) for row in wanted.rows]
    keep = [known[key] for key in keys if key in known]
    fresh = [row for row, digest in keys if (row, digest) not in known]
    documents = zip(fresh, stock.documents(fresh), strict=True)
    return before.grown(keep, (Held(row, document) for row, document in documents))


def embed(stock: Stock, encoder: Encoder, entries: Iterable[Entry], told: Callable[[int], None]) -> None:
    """See that the stock holds the vector of every entry; what is new is embedded in batches, each kept at once.
    ``told`` hears how many entries are done."""
    entries = iter(entries)
    done = 0
    while batch := list(islice(entries, BATCH)):
        texts = {key_of(encoder, entry): entry.text for entry in batch}
        held = stock.vectors(list(texts))
        missing = [key for key in texts if key not in held]
        if missing:
            rows = encoder.encode([texts[key] for key in missing])
            stock.save_vectors(zip(missing, (row.tobytes() for row in rows), strict=True))
        done += len(batch)
        told(done)


def key_of(encoder: Encoder, entry: Entry) -> str:
    """Under what the stock keeps the vector of an entry."""
    return f"{encoder.name}:{entry.key}"


def vectors(stock: Stock, encoder: Encoder, entries: Sequence[Entry]) -> NDArray[np.float32]:
    """The vectors of these entries, one row each, out of the stock."""
    import numpy as np

    held = stock.vectors(list(dict.fromkeys(key_of(encoder, entry) for entry in entries)))
    return np.stack([np.frombuffer(held[key_of(encoder, entry)], dtype=np.float32) for entry in entries])


def build(
    folder: Path,
    stock: Stock,
    shelf: Shelf,
    wanted: Target,
    encoder: Encoder | None,
    progress: Progress,
    server: str | None = None,
    anew: bool = False,
) -> None:
    """Write the generation and swap it in; without an encoder it has words only. ``anew`` takes nothing over.

    Raises:
        OSError: the folder cannot be written; what stood before still stands.
    """
    sweep(folder)
    built = place(folder, wanted.digest)
    try:
        shelf.save(built / "shelf")
        if encoder is not None and server:
            _on_server(server, stock, shelf, wanted, encoder, progress)
        elif encoder is not None:
            _in_folder(folder, built, stock, shelf, wanted, encoder, progress, anew)
        swap(
            folder,
            wanted.digest,
            wanted.making,
            stock.name,
            encoder.name if encoder is not None else "",
            built,
        )
    except BaseException:
        shutil.rmtree(built, ignore_errors=True)
        raise
    sweep(folder)
    _purge(folder, stock, shelf, encoder, anew)


def _in_folder(
    folder: Path,
    built: Path,
    stock: Stock,
    shelf: Shelf,
    wanted: Target,
    encoder: Encoder,
    progress: Progress,
    anew: bool,
) -> None:
    """Chroma's files: those that stand are copied and brought in step, which spares the building of the graph."""
    held = current(folder)
    same = held is not None and not anew and (held.encoder, held.stock) == (encoder.name, stock.name)
    source = folder / held.folder / "chroma" if held is not None and same else None
    if source is not None and source.is_dir():
        shutil.copytree(source, built / "chroma")
    index = ChromaIndex(embedded(built / "chroma"), COLLECTION)
    try:
        index.begin()
        if _worn(index, shelf):
            index.close()
            shutil.rmtree(built / "chroma")
            index = ChromaIndex(embedded(built / "chroma"), COLLECTION)
            index.begin()
        _in_step(index, stock, shelf, encoder, progress)
        index.finish(wanted.digest)
    finally:
        index.close()


def _worn(index: ChromaIndex, shelf: Shelf) -> bool:
    size = index.size
    return size > 0 and len(index.ids() - frozenset(shelf.entry_ids())) > WORN * size


def _on_server(
    url: str, stock: Stock, shelf: Shelf, wanted: Target, encoder: Encoder, progress: Progress
) -> None:
    index = ChromaIndex(served(url), server_name(stock, encoder), own=False)
    try:
        index.begin()
        _in_step(index, stock, shelf, encoder, progress)
        index.finish(wanted.digest)
    finally:
        index.close()


def server_name(stock: Stock, encoder: Encoder) -> str:
    """The collection of this stock on a server that may hold others."""
    model = "".join(sign if sign.isalnum() else "-" for sign in encoder.name)[-40:].strip("-")
    return f"consilium-{stock.name}-{model}"


def _in_step(index: ChromaIndex, stock: Stock, shelf: Shelf, encoder: Encoder, progress: Progress) -> None:
    """Let go of what the shelf does not hold, then embed and add what the index lacks."""
    held, wanted = index.ids(), shelf.entry_ids()
    gone = held.difference(wanted)
    if gone:
        index.remove(sorted(gone))
    whole = len(wanted) - len(held.intersection(wanted))
    if not whole:
        return
    lacking = shelf.owners_of([at for at, name in enumerate(wanted) if name not in held])
    embed(stock, encoder, shelf.entries(lacking), lambda done: progress(min(done, whole), whole))
    entries = shelf.entries(lacking)
    while batch := list(islice(entries, ADDED)):
        index.add(
            [entry.id for entry in batch], vectors(stock, encoder, batch), [entry.about for entry in batch]
        )
        progress(whole, whole)


def _purge(folder: Path, stock: Stock, shelf: Shelf, encoder: Encoder | None, anew: bool) -> None:
    """Forget the texts and vectors that neither the generation in use nor the one before speaks of; the vectors of
    another model only where all is made anew, for another process may read with it."""
    held = current(folder)
    used = set(shelf.rows)
    keys = set(shelf.entry_keys())
    if held and held.before:
        try:
            before = Shelf.load(folder / held.before / "shelf", shelf.vocabulary, stock.documents)
        except (OSError, ValueError):
            return
        used.update(before.rows)
        keys.update(before.entry_keys())
    stock.purge(used)
    if encoder is not None:
        stock.purge_vectors((f"{encoder.name}:{key}" for key in keys), "" if anew else f"{encoder.name}:")


def opened(folder: Path, held: Current) -> ChromaIndex | None:
    """The vectors of a generation in a folder, or None where they are missing or unfinished."""
    if not (folder / held.folder / "chroma" / "chroma.sqlite3").exists():
        return None
    index = ChromaIndex(embedded(folder / held.folder / "chroma"), COLLECTION)
    return _checked(index, held)


def opened_on_server(url: str, stock: Stock, encoder: Encoder, held: Current) -> ChromaIndex | None:
    """The same on a server."""
    return _checked(ChromaIndex(served(url), server_name(stock, encoder), own=False), held)


def _checked(index: ChromaIndex, held: Current) -> ChromaIndex | None:
    if index.complete(held.digest):
        return index
    index.close()
    return None
