"""``literature pull``: PubMed, open-access papers of PMC, and the NIH's patient pages; and ``recheck``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli import edge
from assistant.cli.literature_stock import indexed, stock_of
from assistant.cli.progress import bar, interruptible

if TYPE_CHECKING:
    from assistant.settings import Settings
    from retrieval.sources.pubmed import Pubmed, Pulled

app = typer.Typer(no_args_is_help=True, help="Bring literature from its official home; resumable.")
Email = Annotated[
    str, typer.Option(help="Your address: NCBI asks who sends the requests; else [retrieval] contact_email.")
]
GOES_ON = "What came so far is held and can be searched; the same command goes on from there."


@app.command()
def pubmed(
    query: Annotated[str, typer.Option(help="As in PubMed's own search box.")] = "",
    since: Annotated[int | None, typer.Option(min=1800, max=2100, help="First year of publication.")] = None,
    until: Annotated[int | None, typer.Option(min=1800, max=2100, help="Last year of publication.")] = None,
    maximum: Annotated[int, typer.Option("--max", min=1, help="At most so many papers.")] = 5_000,
    email: Email = "",
    file: Annotated[
        Path | None,
        typer.Option(
            help="A file of PubMed XML instead: a baseline file, or a saved answer; contacts nobody."
        ),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(help="Of a file only papers in which one of these words stands; may be repeated."),
    ] = None,
) -> None:
    """Abstracts of PubMed by a query or from a file; each once, with retractions and corrections; exits 4 for none."""
    settings = edge.ready()
    if bool(query.strip()) == (file is not None):
        edge.stop("Give either --query or --file.", edge.BAD_INPUT)
    with _told(" Or give --file: PubMed XML that you have."):
        pulled = (
            _of_file(file, keep or []) if file else _of_query(settings, query, since, until, maximum, email)
        )
    print("\n".join(_lines(pulled)))
    indexed()
    if not pulled.found:
        raise typer.Exit(edge.NOTHING)


def _of_file(file: Path, keep: list[str]) -> Pulled:
    from retrieval.sources.pubmed import baseline

    if not file.is_file():
        edge.stop(f"There is no file {file}.", edge.BAD_INPUT)
    with bar(file.name) as told:
        return baseline(stock_of(), file, keep, told)


def _of_query(
    settings: Settings, query: str, since: int | None, until: int | None, maximum: int, email: str
) -> Pulled:
    from assistant.egress import allowing
    from retrieval.sources.pubmed import HOSTS

    source = _contact(settings, email)
    with allowing(*HOSTS), bar("PubMed") as told:
        return source.pull(stock_of(), query, since, until, maximum, told)


@app.command()
def pmc(
    ids: Annotated[
        list[str], typer.Argument(help="PMC ids, such as PMC1234567; only open full texts are given.")
    ],
    email: Email = "",
    again: Annotated[bool, typer.Option("--again", help="Also those that are held.")] = False,
) -> None:
    """Full texts of PubMed Central by their ids; what a publisher withholds is named; exits 4 if nothing came."""
    settings = edge.ready()
    from assistant.egress import allowing
    from retrieval.sources.pmc import pull
    from retrieval.sources.pubmed import HOSTS

    with _told():
        source = _contact(settings, email)
        with allowing(*HOSTS), bar("PubMed Central") as told:
            done = pull(stock_of(), ids, source.full_texts, told, again)
    print(
        f"{done.added:,} added, {done.changed:,} changed, {done.held_before + done.unchanged:,} held before, "
        f"{len(done.retracted):,} retracted"
    )
    for one in done.withheld:
        print(edge.inert(f"not held: {one.pmcid}: {one.why}"))
    indexed()
    if not (done.added or done.changed or done.held_before or done.unchanged):
        raise typer.Exit(edge.NOTHING)


@app.command()
def medquad(
    file: Annotated[
        Path | None,
        typer.Option(
            help="The repository's zip, or a JSONL of its pairs, that you have; else it is downloaded."
        ),
    ] = None,
) -> None:
    """Questions and answers of the NIH's patient pages (CC BY 4.0, as they stood before 2019)."""
    edge.ready()
    from retrieval.packs import PackError
    from retrieval.sources.medquad import MedquadError, add

    try:
        with _told():
            path = file or _archive()
            with bar("MedQuAD") as told:
                done = add(stock_of(), path, told)
    except MedquadError as wrong:
        edge.stop(str(wrong), edge.BAD_INPUT)
    except PackError as refused:
        edge.stop(str(refused), edge.UNAVAILABLE)
    print(
        f"{done.added:,} added, {done.changed:,} changed, {done.unchanged:,} unchanged, {done.removed:,} removed"
    )
    for name in done.damaged:
        print(edge.inert(f"skipped {name}: cannot be read"))
    indexed()


def _archive() -> Path:
    """The pack, brought from its home where it is not held."""
    from assistant.egress import allowing
    from retrieval import packs

    [pack] = [row.pack for row in packs.list_packs() if row.pack.name == "medquad"]
    with allowing(*([pack.host] if pack.host else [])), bar("medquad") as told:
        return packs.pull("medquad", progress=told)


def recheck(email: Email = "") -> None:
    """Ask PubMed anew for every held paper, the cards' too, so that retractions since then are known."""
    settings = edge.ready()
    from assistant.egress import allowing
    from assistant.literature import counted
    from retrieval.cards import starter
    from retrieval.sources.pubmed import HOSTS

    pmids = sorted({card.source.pmid for card in starter() if card.source.pmid})
    with _told():
        source = _contact(settings, email)
        with allowing(*HOSTS), bar("PubMed") as told:
            pulled = source.recheck(stock_of(), pmids, told)
    print(
        f"{counted(pulled.found, 'paper')} asked for, {pulled.changed:,} changed, {pulled.retracted:,} retracted"
    )
    print("".join(f"{line}\n" for line in _lost(pulled)), end="")
    indexed()


def _contact(settings: Settings, email: str) -> Pubmed:
    from retrieval.sources.pubmed import Pubmed

    key = settings.retrieval.ncbi_key
    return Pubmed(email or settings.retrieval.contact_email, key.get_secret_value() if key else None)


@contextmanager
def _told(otherwise: str = "") -> Iterator[None]:
    """Every way in which a pull ends early, in one line with the mend and the right code. ``otherwise`` is a way that
    needs no network."""
    from retrieval.sources.pmc import BrokenAnswer, PmcError
    from retrieval.sources.pubmed import BadQuery, MedlineError, NoContact, Unreachable
    from retrieval.stock import StockError

    try:
        with interruptible(GOES_ON):
            yield
    except BrokenAnswer as broken:
        edge.stop(f"{broken} {GOES_ON}", edge.UNAVAILABLE)
    except (BadQuery, NoContact, PmcError) as refused:
        edge.stop(str(refused), edge.BAD_INPUT)
    except MedlineError as broken:
        edge.stop(
            f"{broken} What stood before that is held; mend the file and give it again.", edge.BAD_INPUT
        )
    except Unreachable as gone:
        edge.stop(f"{gone}{otherwise} {GOES_ON}", edge.UNAVAILABLE)
    except StockError as gone:
        edge.stop(f"{gone} {GOES_ON}", edge.UNAVAILABLE)


def _lines(pulled: Pulled) -> Iterator[str]:
    from assistant.render import printable

    yield (
        f"{pulled.found:,} found: {pulled.added:,} added, {pulled.changed:,} changed, {pulled.held_before:,} held "
        f"before; {pulled.without_abstract:,} without abstract, {pulled.retracted:,} retracted"
        + (f", {pulled.removed:,} taken back" if pulled.removed else "")
    )
    yield from (printable(f"PubMed says: {words}") for words in pulled.told)
    yield from _lost(pulled)


def _lost(pulled: Pulled) -> Iterator[str]:
    """The papers that were asked for and did not come: a withdrawn one is among the first."""
    for words, pmids in (("not given by PubMed", pulled.missing), ("unreadable", pulled.unreadable)):
        if pmids:
            yield f"{words}: {', '.join(pmids[:20])}{' …' if len(pmids) > 20 else ''}"
