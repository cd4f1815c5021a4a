"""Open full texts of PubMed Central: fetched by their ids, read (``jats.py``), held as the collection "pmc".

Only what PMC gives in full is held; an article whose publisher does not allow that is named. The licence stands with
each article.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from itertools import islice
from typing import Any, BinaryIO, NamedTuple

from retrieval.passages import Document
from retrieval.sources import jats
from retrieval.sources.blocks import Unreadable
from retrieval.stock import Collection, Put, Stock

COLLECTION = Collection(
    name="pmc",
    title="PubMed Central: full texts",
    licence="as each article states",
    origin="https://pmc.ncbi.nlm.nih.gov/",
    attribution="Full texts from PubMed Central of the US National Library of Medicine; the licence stands with each",
)
BATCH = 20

Fetch = Callable[[Sequence[str]], bytes]
"""From ids like "PMC123" the answer of efetch (db=pmc, retmode=xml): a ``<pmc-articleset>``."""
Progress = Callable[[int, int], None]


class PmcError(RuntimeError):
    """PMC cannot be used so; the message says why and what to do."""


class BrokenAnswer(PmcError):
    """What came is not whole or is no XML of PMC; the next try may bring it."""


class Withheld(NamedTuple):
    """An article that is not held, and why."""

    pmcid: str
    why: str


class Pulled(NamedTuple):
    """What a :func:`pull` did, in documents."""

    added: int
    changed: int
    unchanged: int
    held_before: int
    withheld: tuple[Withheld, ...]
    retracted: tuple[str, ...]
    """PMC ids of those that were retracted: held, so that they can be named as retracted."""


def pull(
    stock: Stock,
    ids: Iterable[str],
    fetch: Fetch,
    progress: Progress = lambda done, all_: None,
    again: bool = False,
) -> Pulled:
    """Hold the full texts of these PMC ids. What is held is not fetched (but for ``again``), so that a pull that was
    broken off goes on with the rest; each batch of 20 is one transaction.

    Raises:
        PmcError: one of the ids is none.
        BrokenAnswer: the answer cannot be read; what came before is held.
        StockError: the stock cannot be written.
    """
    wanted = list(dict.fromkeys(plain_id(one) for one in ids))
    held = stock.held(f"pmc:{pmcid}" for pmcid in wanted)
    left = wanted if again else [pmcid for pmcid in wanted if f"pmc:{pmcid}" not in held]
    done = Put(0, 0, 0)
    withheld: list[Withheld] = []
    retracted: list[str] = []
    waiting = iter(left)
    while batch := list(islice(waiting, BATCH)):
        read = list(articles(BytesIO(fetch(batch))))
        documents = [one for one in read if isinstance(one, Document)]
        if documents:
            put = stock.put(documents, COLLECTION)
            done = Put(done.added + put.added, done.changed + put.changed, done.unchanged + put.unchanged)
        retracted += [one.pmcid for one in documents if "retracted" in one.source.marks]
        withheld += [one for one in read if isinstance(one, Withheld)]
        came = {one.pmcid for one in read}
        withheld += [
            Withheld(pmcid, "PMC gives nothing under this id") for pmcid in batch if pmcid not in came
        ]
        progress(min(sum(done) + len(withheld), len(left)), len(left))
    return Pulled(*done, len(wanted) - len(left), tuple(withheld), tuple(retracted))


def plain_id(given: str) -> str:
    """ "PMC" and digits, from that or from digits alone.

    Raises:
        PmcError: it is no PMC id.
    """
    found = re.fullmatch(r"(?:PMC)?([1-9]\d{0,9})", given.strip(), re.IGNORECASE)
    if not found:
        raise PmcError(f"'{given}' is no PMC id: they look like PMC1234567.")
    return f"PMC{found.group(1)}"


def articles(stream: BinaryIO) -> Iterator[Document | Withheld]:
    """The articles of a file of PMC XML in its order: one ``<article>``, or a ``<pmc-articleset>`` of them.

    Raises:
        BrokenAnswer: it is no such file, or is damaged; what stood before the damage has come.
    """
    from lxml import etree

    found = 0
    try:
        steps = etree.iterparse(
            stream, events=("end",), tag="article", resolve_entities=False, no_network=True, load_dtd=False
        )
        for _, article in steps:
            found += 1
            yield _read(article)
            _forget(article)
    except etree.XMLSyntaxError as wrong:
        raise BrokenAnswer(f"PMC's XML breaks off after {found} articles: {wrong.msg}.") from wrong
    root = steps.root
    if not found and root is not None and root.tag != "pmc-articleset":
        raise BrokenAnswer(f"Not articles of PMC but <{root.tag}>.")


def _read(article: Any) -> Document | Withheld:
    try:
        return jats.document(article)
    except Unreadable as wrong:
        return Withheld(jats.pmcid_of(article) or "without an id", str(wrong))


def _forget(article: Any) -> None:
    """Lets go of what was read, so that a large file needs little memory."""
    article.clear()
    while article.getprevious() is not None:
        del article.getparent()[0]
