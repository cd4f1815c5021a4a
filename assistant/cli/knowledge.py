"""``knowledge``: does every fact carry its source, what does an entry say, and do the registries know its sources?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli import edge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tools.treatment.verify import Compared

app = typer.Typer(no_args_is_help=True, help="The facts that ship with the assistant.")


@app.command()
def check(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Load and check all facts that ship; exits 1 and names the first error of each part."""
    from assistant.knowledge_check import checks

    rows = checks()
    edge.show(
        [row._asdict() for row in rows],
        as_json,
        lambda: "\n".join(f"{row.part:16} {row.words}" for row in rows),
    )
    raise typer.Exit(1 if any(not row.ok for row in rows) else 0)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A rule, class, indication, option, citation or drug.")],
) -> None:
    """What one entry of the treatment knowledge says, when it holds, and who says so."""
    from tools.treatment.load import knowledge
    from tools.treatment.shown import shown

    lines = shown(name.strip(), knowledge())
    if not lines:
        edge.stop(
            f"Nothing is held under '{name}'; `consilium knowledge list` names the entries.", edge.NOTHING
        )
    print("\n".join(lines))


@app.command("list")
def list_entries() -> None:
    """The ids of all rules, pair rules, classes, indications and options."""
    from tools.treatment.load import knowledge

    held = knowledge()
    options = [option for one in held.indications.values() for option in one.options]
    for kind, entries in (
        ("rule", held.rules.values()),
        ("pair", held.pairs.values()),
        ("class", held.classes.values()),
        ("indication", held.indications.values()),
        ("option", options),
    ):
        for entry in entries:
            print(f"{kind:11} {entry.id}")


@app.command()
def sheet(
    as_csv: Annotated[bool, typer.Option("--csv", help="A table to fill in instead of a page.")] = False,
    out: Annotated[Path | None, typer.Option(help="Where to; standard output where none is named.")] = None,
) -> None:
    """The red-flag rules for a clinician's review: each with its criterion, source, words and examples."""
    from tools.triage import sheet as rule_sheet

    page = rule_sheet.as_csv() if as_csv else rule_sheet.as_html()
    if out is None:
        print(page, end="")
        return
    out.write_text(page, encoding="utf-8")
    print(f"written: {out}")


@app.command()
def verify(
    stamp: Annotated[
        bool, typer.Option(help="Write what agreed into the citation files of this checkout.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Ask Crossref and NCBI for the title of each DOI and PMID; only those numbers are sent."""
    edge.ready()
    from dataclasses import asdict
    from datetime import UTC, datetime

    from assistant.egress import allowing
    from tools.treatment import verify as registry
    from tools.treatment.load import FOLDER, knowledge

    with allowing(*registry.HOSTS):
        rows = tuple(registry.verify(knowledge().citations.values()))
    if stamp:
        written = registry.stamp(FOLDER, rows, datetime.now(UTC).date())
        print(f"{written} citations stamped")
    edge.show([asdict(row) for row in rows], as_json, lambda: "\n".join(_line(row) for row in rows))
    raise typer.Exit(_code(rows))


def _line(row: Compared) -> str:
    stands = "not reached" if row.ratio is None else "agrees" if row.agrees else "DIFFERS"
    return f"{stands:11} {row.key:32} {row.asked}  {row.why or row.title}"


def _code(rows: Iterable[Compared]) -> int:
    """1 where a title differs, 5 where a registry was not reached, else 0."""
    rows = tuple(rows)
    if any(row.ratio is not None and not row.agrees for row in rows):
        return 1
    return edge.UNAVAILABLE if any(row.ratio is None for row in rows) else edge.ANSWERED
