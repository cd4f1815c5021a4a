"""Does the DOI or PMID of a citation carry its title? Asks Crossref and NCBI; nothing of a patient is ever sent.

Only DOIs and PMIDs leave the machine. A citation whose title comes back alike (token ratio of 0.9 or more) can be
stamped: the day, how, and that one registry agreed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from tools.treatment.facts import Citation

HOSTS = ("api.crossref.org", "eutils.ncbi.nlm.nih.gov")
"""Whom the command asks; it is the only one that does."""
CROSSREF = "https://api.crossref.org/works/{}"
PUBMED = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/esummary.fcgi?db=pubmed&retmode=json&id={}"
ALIKE = 90.0
SECONDS = 20
LARGEST = 2_000_000


@dataclass(frozen=True)
class Compared:
    """What a registry says of one citation. ``ratio`` is None where nothing came back; ``why`` says what happened."""

    key: str
    asked: str
    title: str
    ratio: float | None
    why: str = ""

    @property
    def agrees(self) -> bool:
        """True if the registry's title is the citation's."""
        return self.ratio is not None and self.ratio >= ALIKE


Fetch = Callable[[str], bytes]


def fetch(address: str) -> bytes:
    """The body of an address, at most 2 MB.

    Raises:
        URLError: it cannot be reached.
    """
    request = Request(
        address, headers={"User-Agent": "consilium-knowledge-verify", "Accept": "application/json"}
    )
    with urlopen(request, timeout=SECONDS) as reply:
        return bytes(reply.read(LARGEST))


def verify(citations: Iterable[Citation], ask: Fetch = fetch) -> Iterator[Compared]:
    """One comparison for each DOI and each PMID."""
    for one in citations:
        if one.doi:
            yield _compared(one, f"doi {one.doi}", CROSSREF.format(quote(one.doi)), _crossref, ask)
        if one.pmid:
            yield _compared(one, f"pmid {one.pmid}", PUBMED.format(one.pmid), _pubmed(one.pmid), ask)


def _compared(
    one: Citation, asked: str, address: str, titled: Callable[[Mapping[str, object]], str], ask: Fetch
) -> Compared:
    from rapidfuzz import fuzz

    try:
        title = titled(json.loads(ask(address)))
    except (URLError, TimeoutError, ConnectionError) as unreachable:
        return Compared(one.key, asked, "", None, f"not reached: {unreachable}")
    except (ValueError, KeyError, IndexError, TypeError):
        return Compared(one.key, asked, "", None, "the reply holds no title")
    return Compared(one.key, asked, title, float(fuzz.token_set_ratio(_plain(title), _plain(one.title))))


def _crossref(reply: Mapping[str, object]) -> str:
    message = reply["message"]
    if not isinstance(message, Mapping):
        raise TypeError("message")
    return str(message["title"][0])


def _pubmed(pmid: str) -> Callable[[Mapping[str, object]], str]:
    def titled(reply: Mapping[str, object]) -> str:
        result = reply["result"]
        if not isinstance(result, Mapping):
            raise TypeError("result")
        return str(result[pmid]["title"])

    return titled


def _plain(title: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", re.sub(r"<[^>]{1,20}>", " ", title).casefold()))


def stamp(folder: Path, compared: Iterable[Compared], day: date) -> int:
    """Write ``checked`` under every citation that agreed and had none; returns how many were written.

    A citation that was checked by hand keeps its own words. One of whose numbers another title came back stays without.
    """
    rows = tuple(compared)
    differs = {one.key for one in rows if one.ratio is not None and not one.agrees}
    keys = {one.key: one.asked for one in rows if one.agrees and one.key not in differs}
    written = 0
    for path in sorted((folder / "citations").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        blocks = re.split(r"(?m)^(?=- key: )", text)
        stamped = [_stamped(block, keys, day) for block in blocks]
        written += sum(new != old for new, old in zip(stamped, blocks, strict=True))
        if stamped != blocks:
            path.write_text("".join(stamped), encoding="utf-8")
    return written


def _stamped(block: str, keys: Mapping[str, str], day: date) -> str:
    named = re.match(r"- key: (\S+)", block)
    if not named or named[1] not in keys or re.search(r"(?m)^  checked:", block):
        return block
    how = f"{keys[named[1]]}: title compared with the registry's"
    return f'{block.rstrip()}\n  checked: {{day: {day}, how: "{how}", agreeing: 1, by: consilium knowledge verify}}\n'
