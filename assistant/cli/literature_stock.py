"""The stock of this installation on the command line, and the index brought in step with it."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from assistant.cli import edge
from assistant.cli.progress import bar, interruptible

if TYPE_CHECKING:
    from retrieval.search import Library
    from retrieval.stock import Stock

STEP = 0.5
"""Seconds between two looks whether the index is whole; Ctrl-C is heard in between."""
INDEXING = (
    "All documents are held; the index goes on at the next start, or by `consilium literature rebuild`."
)
WIPED = "What was let go answers no question any more; later indexings overwrite its words in the files."


def stock_of() -> Stock:
    """The stock that the library stands on; ends with one line where there is none."""
    from retrieval.search import library

    stock = library().stock
    if stock is None:
        edge.stop("There is no data folder to hold literature in: set data_dir.", edge.UNAVAILABLE)
    return stock


def indexed(*, anew: bool = False) -> None:
    """Bring the index in step with the stock, and say how it stands; exits 5 where the vectors cannot be made."""
    from assistant.literature import index_line
    from retrieval.search import library
    from retrieval.stock import StockError

    shelf = library()
    try:
        with interruptible(INDEXING):
            _brought(shelf, anew=anew)
        now = shelf.status()
    except StockError as refused:
        edge.stop(str(refused), edge.UNAVAILABLE)
    print(index_line(now))
    if now.trouble:
        edge.stop(now.trouble, edge.UNAVAILABLE)


def _brought(shelf: Library, *, anew: bool) -> None:
    whole = threading.Event()

    def wait() -> None:
        shelf.wait()
        whole.set()

    try:
        with bar("Indexing") as told:
            (shelf.rebuild if anew else shelf.update)(told)
            # not joined here: Python 3.11 takes a thread for ended whose join is interrupted
            threading.Thread(target=wait, name="index-is-whole", daemon=True).start()
            said = ""
            while not whole.wait(STEP):
                if shelf.trouble != said and (
                    said := shelf.trouble
                ):  # another process builds: it is waited for
                    print(edge.inert(said), file=sys.stderr)
    except KeyboardInterrupt:
        shelf.close()  # a step of native code is waited for: it would crash the end of the process
        raise
