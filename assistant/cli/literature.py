"""``literature``: what the library holds, a search of it without the conversation, and bringing more in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli import edge, literature_pull
from assistant.cli.literature_stock import WIPED, indexed, stock_of
from assistant.cli.progress import bar, interruptible

if TYPE_CHECKING:
    from retrieval.evidence import Finding, ToolResult

app = typer.Typer(
    no_args_is_help=True, help="The literature library: search it, see what it holds, bring more in."
)
app.add_typer(literature_pull.app, name="pull")
app.command("recheck")(literature_pull.recheck)
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document.")]
OTHERWISE = "it found otherwise than the one before"
MOVED = "not known: it came from PubMed just now, or the index changed meanwhile; ask again"


@app.command()
def search(
    question: Annotated[str, typer.Argument(help='What to look for; "-" reads it from standard input.')],
    k: Annotated[int, typer.Option(min=1, max=20, help="How many passages.")] = 5,
    since: Annotated[
        int | None, typer.Option(min=1900, max=2100, help="Only sources of this year or later.")
    ] = None,
    depth: Annotated[
        str | None, typer.Option(help="Only sources read so deep: abstract, full text, guideline.")
    ] = None,
    kinds: Annotated[
        str, typer.Option(help="Only these, with commas: guideline, review, trial, observational, page.")
    ] = "",
    why: Annotated[
        bool, typer.Option("--why", help="Say why each passage stands where it does: ranks, scores, words.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Passages of the library that answer a question, each with its quote, depth and source; exits 4 for none."""
    edge.ready()
    from retrieval.stock import StockError
    from tools.registry import call

    words = edge.read_text(question)
    wanted = [kind.strip() for kind in kinds.split(",") if kind.strip()]
    given = {"question": words, "k": k, "since": since, "depth": depth, "kinds": wanted or None}
    try:
        result = call(
            "search_literature", {name: value for name, value in given.items() if value is not None}
        )
        reasons = list(_reasons(result, words, k, since, depth, wanted)) if why else []
    except StockError as damaged:
        edge.stop(str(damaged), edge.UNAVAILABLE)
    if as_json:
        edge.show(result.model_dump(mode="json") | ({"why": reasons} if why else {}), True, str)
    else:
        print("\n".join(_prose(result, reasons)))
    raise typer.Exit(edge.CODES[result.outcome])


def _reasons(
    result: ToolResult, question: str, k: int, since: int | None, depth: str | None, kinds: list[str]
) -> Iterator[str]:
    """Why each finding stands where it does. The tool tells no scores, so it is searched again: a passage that this
    second search does not find, because the index moved or it came from PubMed just now, is told as such."""
    from assistant.literature import told
    from assistant.literature import why as because
    from retrieval.search import library

    if not result.findings:
        return
    shelf = library()
    outcome = shelf.search(question, k, kinds=kinds or None, since=since, depth=[depth] if depth else None)
    known = {
        _place(one.finding): because(one.hit, outcome.floor) if one.hit else OTHERWISE
        for one in told(outcome, shelf)
    }
    for finding in result.findings:
        yield known.get(_place(finding), MOVED)


def _place(finding: Finding) -> tuple[str, str]:
    return finding.evidence[0].source.id, finding.evidence[0].quote


def _prose(result: ToolResult, reasons: list[str]) -> Iterator[str]:
    from assistant.render import printable

    for number, finding in enumerate(result.findings, 1):
        entry = finding.evidence[0]
        marks = f" [{'; '.join(entry.source.marks)}]" if entry.source.marks else ""
        yield printable(f"{number}. {finding.statement}")
        yield printable(f"   [{entry.source.depth}] {entry.source.title} {entry.source.link or ''}{marks}")
        if finding.statement != entry.quote:
            yield f"   “{printable(entry.quote)}”"
        if reasons:
            yield f"   why: {printable(reasons[number - 1])}"
    if not result.findings:
        yield printable(f"{result.outcome}: {result.note}")
    elif result.note:
        yield printable(result.note)


@app.command()
def status(as_json: AsJson = False) -> None:
    """What is held, how old, under which licence, how the index stands, and what was pulled; contacts nobody."""
    edge.ready()
    from assistant import literature
    from retrieval.search import library
    from retrieval.stock import StockError

    try:
        shelf = library()
        now = literature.on_disk(shelf)
        told = {
            **now.model_dump(mode="json"),
            "older_than_15_years": literature.older(shelf),
            "retracted": [_named(document.source) for document in literature.retracted(shelf)],
            "queries": literature.queries(shelf),
        }
        prose = "\n".join(_standing(told, literature.index_line(now), now.holdings))
    except StockError as damaged:
        edge.stop(str(damaged), edge.UNAVAILABLE)
    edge.show(told, as_json, lambda: prose)


def _named(source: Any) -> dict[str, str]:
    return {"id": source.id, "title": source.title, "link": source.link or ""}


def _standing(told: dict[str, Any], index: str, holdings: Any) -> Iterator[str]:
    from assistant.literature import years
    from assistant.render import printable

    for held in holdings:
        kept = held.collection
        yield printable(
            f"{kept.name:20} {held.documents:>8,}  {years(held) or '-':11} {held.brought}  {kept.licence}"
        )
        yield printable(f"{'':20} {kept.title}{f' ({kept.origin})' if kept.origin else ''}")
        if kept.attribution:
            yield printable(f"{'':20} {kept.attribution}")
    yield index
    if told["trouble"]:
        yield printable(told["trouble"])
    yield f"Older than 15 years: {told['older_than_15_years']:,}. Retracted: {len(told['retracted']):,}."
    yield from (printable(f"  retracted: {one['title']} {one['link']}") for one in told["retracted"])
    for query in told["queries"]:
        span = "-".join(str(query.get(name) or "") for name in ("since", "until")).strip("-")
        words = f"{query['query']} ({span})" if span else query["query"]
        yield printable(
            f"Pulled {str(query['at'])[:10]}: {words}: {query['found']:,} found, {query['added']:,} added"
        )


@app.command()
def add(
    path: Annotated[Path, typer.Argument(help="A guideline, or a folder of them.", exists=True)],
    name: Annotated[str, typer.Option(help="Name of the collection; by default the folder's.")] = "",
) -> None:
    """Bring in your own guidelines (PDF, HTML, Markdown, text, docx); they stand above all else, marked local."""
    edge.ready()
    from retrieval.sources import local
    from retrieval.stock import StockError

    stock = stock_of()
    try:
        with (
            interruptible("The files read so far are held; the same command goes on."),
            bar("Reading") as told,
        ):
            done = local.add(stock, path, name or None, told)
    except local.LocalError as refused:
        edge.stop(str(refused), edge.BAD_INPUT)
    except StockError as refused:
        edge.stop(str(refused), edge.UNAVAILABLE)
    print(
        f"{done.added:,} added, {done.changed:,} changed, {done.unchanged:,} unchanged, {done.removed:,} removed"
    )
    for file, reason in done.skipped:
        print(edge.inert(f"skipped {file}: {reason}"))
    if done.kept:
        print(edge.inert(_kept(done.kept, local.collection_name(path, name or None))))
    indexed()
    if (done.skipped or done.kept) and not (done.added or done.changed or done.unchanged):
        raise typer.Exit(edge.NOTHING)


def _kept(files: tuple[str, ...], collection: str) -> str:
    named = ", ".join(files[:5]) + (" …" if len(files) > 5 else "")
    return (
        f"{len(files):,} held files are not in the folder, more than half of it: they stay, for a share may not be "
        f"mounted ({named}). If they are really gone: `consilium literature remove {collection}`, then add it again."
    )


@app.command()
def remove(
    what: Annotated[
        str, typer.Argument(help="A collection or a document, as `status` and `search` name them.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before a whole collection goes.")] = False,
) -> None:
    """Hold a document, or all of a collection, no more; the cards that ship stay."""
    edge.ready()
    from assistant.literature import counted
    from retrieval.keeping import SHIPPED
    from retrieval.stock import StockError

    if what == SHIPPED.name or what.startswith("card:"):
        edge.stop("The cards ship with Consilium and stay.", edge.BAD_INPUT)
    stock = stock_of()
    try:
        names = {held.collection.name: held.documents for held in stock.holdings()}
        if what in names:
            if not yes:
                typer.confirm(
                    f"Let go of {counted(names[what], 'document')} of {what}?", abort=True, err=True
                )
            gone = stock.remove_collection(what)
        elif stock.document(what) is not None:
            gone = stock.remove(what)
        else:
            held = ", ".join(names) or "nothing but the cards that ship, which stay"
            edge.stop(
                f"'{what}' is neither a collection nor a document that is held. Held: {held}.", edge.NOTHING
            )
    except StockError as refused:
        edge.stop(str(refused), edge.UNAVAILABLE)
    print(f"{counted(gone, 'document')} let go. {WIPED}")
    indexed()


@app.command()
def rebuild() -> None:
    """Make the index anew from what is held; the old one answers until the new one is whole."""
    edge.ready()
    indexed(anew=True)
