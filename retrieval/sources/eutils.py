"""NCBI's E-utilities for PubMed: which papers a query finds, and the papers themselves, throttled and tried again.

NCBI asks for a contact address with every request and for at most 3 requests a second, or 10 with a key; Bio.Entrez
keeps to that (0.37 s and 0.1 s apart). Its own repeats do not wait after "too many requests", so they are ours.
For PubMed, ESearch gives only the first 9,999 papers of a query (NBK25499); a longer list is asked for by ranges of
the publication date. Papers are fetched by their PMIDs and not from NCBI's history, which would not outlive a break.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any, NamedTuple, TypeVar
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from retrieval.passages import Document
from retrieval.sources.medline import MedlineError, NotMedline, documents

HOSTS = ("eutils.ncbi.nlm.nih.gov",)
"""All that is ever contacted."""
BATCH = 200
LIMIT = 9_999
MAXIMUM = 5_000
TIMEOUT_S = 60
WAITS_S = (1.0, 3.0, 9.0, 27.0)
"""Between the tries of one request; a longer "Retry-After" of the server counts instead, up to a minute."""
BROKEN = 5
"""So many unreadable records in one batch are a broken service and no broken records."""


class PubmedError(RuntimeError):
    """PubMed cannot be used so; the message says why and what to do."""


class NoContact(PubmedError):
    """No contact address is set."""


class BadQuery(PubmedError):
    """PubMed does not take the query, or refuses the request: a wrong key, for one."""


class Unreachable(PubmedError):
    """PubMed did not answer, or only with errors; what came is held and the next pull goes on from there."""


class _Again(Exception):
    """This try failed in a way that passes; ``wait_s`` where the server says for how long."""

    def __init__(self, said: str, wait_s: float = 0.0, *, answered: bool = True) -> None:
        super().__init__(said)
        self.wait_s = wait_s
        self.answered = answered


class Found(NamedTuple):
    """What a query finds: how many papers, the PMIDs of as many as were asked for, and what PubMed remarks."""

    papers: int
    pmids: tuple[str, ...]
    told: tuple[str, ...] = ()


class Fetched(NamedTuple):
    """Papers, the PMIDs for which PubMed gave nothing, and those whose record cannot be read."""

    documents: tuple[Document, ...]
    missing: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


_Answer = TypeVar("_Answer")
_line = threading.Lock()
"""Bio.Entrez keeps its distance between requests in one variable of the process: one thread at a time."""


class Eutils:
    """PubMed for one contact. ``entrez`` stands in for Bio.Entrez; ``sleep`` waits between tries, of which there is one
    more than ``waits``.

    Raises:
        NoContact: ``email`` is no address; NCBI asks for one, so that it can write before it blocks a user.
    """

    def __init__(
        self,
        email: str,
        key: str | None = None,
        tool: str = "consilium",
        entrez: Any = None,
        sleep: Callable[[float], None] = time.sleep,
        waits: Sequence[float] = WAITS_S,
    ) -> None:
        if "@" not in email.strip("@ "):
            raise NoContact(
                "NCBI asks for a contact address with every request to PubMed: set [retrieval] contact_email, "
                "or give --email."
            )
        self._who = {"email": email.strip(), "api_key": key or None, "tool": tool}
        self._entrez = entrez
        self._sleep = sleep
        self._waits = tuple(waits)
        self._answered = False

    def search(
        self, query: str, since: int | None = None, until: int | None = None, maximum: int = MAXIMUM
    ) -> Found:
        """The PMIDs that a query finds, the most relevant first; of more than 9,999 the newest years first.

        ``since`` and ``until`` are years of publication, both included.

        Raises:
            BadQuery: the query is empty, or PubMed does not take it.
            Unreachable: PubMed does not answer.
        """
        query = " ".join(query.split())
        if not query or maximum < 1:
            raise BadQuery("Nothing to ask PubMed for: give a query, and a maximum of at least 1.")
        if any(year is not None and not 1500 <= year <= 2200 for year in (since, until)):
            raise BadQuery("The years of publication are written in full, as in 2015.")
        first, last = date(since or 1800, 1, 1), date(until or _today().year + 2, 12, 31)
        if first > last:
            raise BadQuery(f"No paper is published since {since} and until {until}.")
        between = (first, last) if since or until else None
        whole = self._esearch(query, between, min(maximum, LIMIT))
        if whole.papers <= LIMIT or maximum <= LIMIT:
            return whole
        return self._by_date(query, first, last, maximum, whole)

    def _by_date(self, query: str, first: date, last: date, maximum: int, whole: Found) -> Found:
        pmids: dict[str, None] = {}
        told = list(whole.told)
        ranges = [(first, last)]
        while ranges and len(pmids) < maximum:
            start, end = ranges.pop()
            part = self._esearch(query, (start, end), LIMIT)
            if part.papers > LIMIT and start < end:
                middle = start + (end - start) // 2
                ranges += [(start, middle), (middle + timedelta(days=1), end)]
                continue
            if part.papers > LIMIT:
                told.append(f"of {part.papers} papers dated {start} PubMed gives only the first {LIMIT}")
            pmids.update(dict.fromkeys(part.pmids))
        if len(pmids) < min(whole.papers, maximum):
            told.append(f"PubMed counts {whole.papers} papers and gave {len(pmids)}")
        return Found(whole.papers, tuple(pmids)[:maximum], tuple(told))

    def _esearch(self, query: str, between: tuple[date, date] | None, most: int) -> Found:
        dates = {}
        if between:
            mindate, maxdate = (f"{day:%Y/%m/%d}" for day in between)
            dates = {"datetype": "pdat", "mindate": mindate, "maxdate": maxdate}
        return self._ask("esearch", _found, term=query, retmax=most, sort="relevance", **dates)

    def fetch(self, pmids: Sequence[str]) -> Fetched:
        """The papers of at most :data:`BATCH` PMIDs. A record that cannot be read is left out and named.

        Raises:
            Unreachable: PubMed does not answer, or its answers break off again and again.
        """
        got: dict[str, Document] = {}
        unreadable: list[str] = []
        waiting = deque([tuple(pmids)] if pmids else [])
        while waiting:
            some = waiting.popleft()
            came, wrong = self._ask("efetch", _papers, id=list(some), rettype="", retmode="xml")
            got.update({document.source.pmid or "": document for document in came})
            left = tuple(pmid for pmid in some if pmid not in got)
            if wrong is None or not left:
                continue
            if len(some) == 1:
                unreadable += some
            else:  # the record at which it broke is the first that did not come: alone, and the others again
                waiting += [left[:1], left[1:]] if left[1:] else [left]
            if len(unreadable) > BROKEN:
                raise Unreachable(f"PubMed's answers break off ({wrong}). The next pull resumes.")
        missing = tuple(pmid for pmid in pmids if pmid not in got and pmid not in unreadable)
        return Fetched(
            tuple(got[pmid] for pmid in dict.fromkeys(pmids) if pmid in got), missing, tuple(unreadable)
        )

    def full_texts(self, pmcids: Sequence[str]) -> bytes:
        """PMC's XML of these articles ("PMC123" or "123"), as :func:`retrieval.sources.pmc.pull` takes it.

        Raises:
            Unreachable: PMC does not answer.
        """
        ids = [pmcid.removeprefix("PMC") for pmcid in pmcids]
        return self._ask("efetch", bytes, db="pmc", id=ids, rettype="", retmode="xml")

    # one request

    def _ask(self, verb: str, read: Callable[[bytes], _Answer], **parameters: Any) -> _Answer:
        wanted = {"db": "pubmed", **parameters, **self._who}
        waits = iter(self._waits)
        while True:
            try:
                answer = read(self._body(verb, wanted))
            except _Again as again:
                wait_s = next(waits, None)
                # a machine without network must not wait through all tries to learn it
                if wait_s is None or not (again.answered or self._answered):
                    mend = "Try again later." if again.answered else "Is this computer online?"
                    raise Unreachable(f"PubMed ({HOSTS[0]}) cannot be used now: {again}. {mend}") from again
                self._sleep(max(wait_s, again.wait_s))
            else:
                self._answered = True
                return answer

    def _body(self, verb: str, parameters: dict[str, Any]) -> bytes:
        if self._entrez is None:
            self._entrez = _bio_entrez()
        try:
            with _line:
                handle = getattr(self._entrez, verb)(**parameters)
            with handle:
                body = handle.read()
        except HTTPError as wrong:
            raise self._refused(wrong) from wrong
        except URLError as wrong:
            raise _Again(str(wrong.reason), answered=False) from wrong
        except (OSError, http.client.HTTPException) as wrong:  # it broke off in the middle
            raise _Again(f"{type(wrong).__name__} {wrong}".strip()) from wrong
        return body.encode() if isinstance(body, str) else bytes(body)

    def _refused(self, wrong: HTTPError) -> Exception:
        with wrong:
            said = wrong.read(400).decode(errors="replace") if wrong.fp else ""
        if wrong.code == 429 or wrong.code >= 500:
            wait = wrong.headers.get("Retry-After", "") if wrong.headers else ""
            return _Again(
                f"HTTP {wrong.code} {wrong.reason}", min(float(wait), 60.0) if wait.isdigit() else 0.0
            )
        said = said.replace(self._who["api_key"] or "\0", "…")
        return BadQuery(f"PubMed refuses the request: HTTP {wrong.code} {wrong.reason}. {said}".strip())


def _bio_entrez() -> Any:
    from Bio import Entrez

    Entrez.max_tries = 1  # its repeats after HTTP 429 and 5xx come without a wait
    if Entrez.urlopen is urlopen:  # which it calls without a limit of time
        Entrez.urlopen = partial(urlopen, timeout=TIMEOUT_S)
    return Entrez


def _found(body: bytes) -> Found:
    """An answer of ESearch (its esearch.dtd: Count and IdList, or ERROR; then ErrorList and WarningList)."""
    from lxml import etree

    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as wrong:
        raise _Again(f"the answer cannot be read ({wrong.msg})") from wrong
    error = root.findtext("ERROR")
    if error is not None and "backend" in error.casefold():
        raise _Again(error.strip())
    if error is not None:
        raise BadQuery(f"PubMed does not take the query: {error.strip()}")
    count = root.findtext("Count")
    if root.tag != "eSearchResult" or count is None or not count.isdigit():
        raise _Again(f"the answer is no list of papers but <{root.tag}>")
    return Found(int(count), tuple(one.text for one in root.iterfind("IdList/Id") if one.text), _told(root))


_REMARKS = {
    "PhraseNotFound": "not known to PubMed",
    "FieldNotFound": "no field of PubMed",
    "PhraseIgnored": "ignored by PubMed",
    "QuotedPhraseNotFound": "not known as a phrase",
}


def _told(root: Any) -> tuple[str, ...]:
    remarks = [*root.iterfind("ErrorList/*"), *root.iterfind("WarningList/*")]
    return tuple(
        f"{_REMARKS[remark.tag]}: {remark.text}" if remark.tag in _REMARKS else str(remark.text)
        for remark in remarks
        if remark.text
    )


def _papers(body: bytes) -> tuple[list[Document], MedlineError | None]:
    """The papers of an answer of EFetch, and where it broke off."""
    came: list[Document] = []
    try:
        came.extend(documents(BytesIO(body), "PubMed's answer"))
    except NotMedline as wrong:
        raise _Again(str(wrong).rstrip(".")) from wrong
    except MedlineError as wrong:
        return came, wrong
    return came, None


def _today() -> date:
    return datetime.now(UTC).date()
