"""``packs``: bodies of data that are not ours: what there is, bringing one, checking and preparing what is held."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli import edge

app = typer.Typer(
    no_args_is_help=True, help="Data packs: licence, checksum and date of each; pulled, never shipped."
)
Accept = Annotated[bool, typer.Option(help="You accept a non-commercial licence.")]


@app.command("list")
def list_packs(as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False) -> None:
    """Every pack with its licence, how it stands on this machine and what it enables; contacts nobody."""
    edge.ready()
    from retrieval.packs import list_packs as held

    rows = held()
    edge.show(
        [row.model_dump(mode="json") for row in rows],
        as_json,
        lambda: "\n".join(
            f"{row.pack.name:24} {row.state:12} {row.pack.licence:28} {row.pack.title}"
            + (f" (enables {row.pack.enables})" if row.pack.enables else "")
            for row in rows
        ),
    )


@app.command()
def pull(
    name: Annotated[str, typer.Argument(help="A name from `packs list`.")],
    accept_licence: Accept = False,
) -> None:
    """Download a pack from its official home, resuming where an earlier try stopped, check it and prepare it."""
    edge.ready()
    from assistant.egress import allowing
    from retrieval import packs

    try:
        with allowing(*_hosts(name)):
            path = packs.pull(name, accept_licence, _told)
    except packs.PackError as refused:
        edge.stop(str(refused), edge.UNAVAILABLE)
    print(f"\n{path}")
    _prepared(name)


@app.command("import")
def import_pack(
    name: Annotated[str, typer.Argument(help="A name from `packs list`.")],
    files: Annotated[list[Path], typer.Argument(help="The files, as their home gives them.", exists=True)],
    accept_licence: Accept = False,
) -> None:
    """Take files that you already have as a pack: copied, checked as a pull is, and prepared; contacts nobody."""
    edge.ready()
    from retrieval import packs

    try:
        kept = packs.import_(name, files, accept_licence)
    except packs.PackError as refused:
        edge.stop(str(refused), edge.BAD_INPUT)
    print("\n".join(str(path) for path in kept))
    _prepared(name)


@app.command()
def prepare(
    name: Annotated[str, typer.Argument(help="A pack that is held.")],
    again: Annotated[bool, typer.Option(help="Also if the index is of these very files.")] = False,
) -> None:
    """Build the index of a held pack; the old one stays in use until the new one is whole."""
    edge.ready()
    from genomics.lookups.preparing import NotPrepared
    from retrieval.packs import PackError
    from tools.labels import held as labels

    try:
        print(_made(name, again=again))
    except (NotPrepared, labels.NotPrepared, PackError) as refused:
        edge.stop(str(refused), edge.BAD_INPUT)


@app.command()
def verify(
    name: Annotated[str, typer.Argument(help="A pack; without one all that are held.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Check the hash of what is held; exits 1 if something is damaged."""
    edge.ready()
    from retrieval import packs

    try:
        chosen = (
            [name]
            if name
            else [row.pack.name for row in packs.list_packs() if row.state != packs.State.ABSENT]
        )
        rows = [packs.verify(one) for one in chosen]
    except packs.PackError as refused:
        edge.stop(str(refused), edge.BAD_INPUT)
    edge.show(
        [row.model_dump(mode="json") for row in rows],
        as_json,
        lambda: "\n".join(f"{row.pack.name:24} {row.state}" for row in rows) or "no pack is held",
    )
    raise typer.Exit(1 if any(row.state is packs.State.DAMAGED for row in rows) else 0)


def _prepared(name: str) -> None:
    """Build the index right after the files came, where the pack has one."""
    from genomics.lookups import preparing
    from tools.labels import held as labels

    if name != labels.PACK and preparing.index_of(name) is None:
        return
    try:
        print(_made(name, again=False))
    except (preparing.NotPrepared, labels.NotPrepared) as why:
        edge.stop(f"{name} is held, and not prepared yet: {why}", edge.UNAVAILABLE)


def _made(name: str, *, again: bool) -> str:
    """The index of a held pack, built by whoever reads it; one line about it."""
    from genomics.lookups import preparing
    from retrieval.packs import held_packs
    from tools.labels import held as labels

    if name == labels.PACK:
        index = labels.prepare_pack(held_packs(), again=again)
        return _of(name, index.rows, index.built)
    made = preparing.prepare(name, held_packs(), again=again)
    return _of(name, made.rows, made.built)


def _of(name: str, rows: int, built: str) -> str:
    return f"{name}: prepared {built}" + (f", {rows:,} rows" if rows else "")


def _hosts(name: str) -> tuple[str, ...]:
    from retrieval import packs

    return tuple(row.pack.host for row in packs.list_packs() if row.pack.name == name and row.pack.host)


def _told(done: int, total: int | None) -> None:
    share = f" of {total / 1e6:.1f}" if total else ""
    print(f"\r{done / 1e6:.1f}{share} MB", end="", flush=True)
