"""``packs``: bodies of data that are not ours: what there is, bringing one, checking what is held."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.cli import edge

app = typer.Typer(
    no_args_is_help=True, help="Data packs: licence, checksum and date of each; pulled, never shipped."
)


@app.command("list")
def list_packs(as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False) -> None:
    """Every pack with its licence and how it stands on this machine; contacts nobody."""
    edge.ready()
    from retrieval.packs import list_packs as held

    rows = held()
    edge.show(
        [row.model_dump(mode="json") for row in rows],
        as_json,
        lambda: "\n".join(
            f"{row.pack.name:24} {row.state:12} {row.pack.licence:28} {row.pack.title}" for row in rows
        ),
    )


@app.command()
def pull(
    name: Annotated[str, typer.Argument(help="A name from `packs list`.")],
    accept_licence: Annotated[bool, typer.Option(help="You accept a non-commercial licence.")] = False,
) -> None:
    """Download a pack from its official home, resuming where an earlier try stopped, and check its hash."""
    edge.ready()
    from assistant.egress import allowing
    from retrieval import packs

    try:
        with allowing(*_hosts(name)):
            path = packs.pull(name, accept_licence, _told)
    except packs.PackError as refused:
        edge.stop(str(refused), edge.UNAVAILABLE)
    print(f"\n{path}")


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


def _hosts(name: str) -> tuple[str, ...]:
    from retrieval import packs

    return tuple(row.pack.host for row in packs.list_packs() if row.pack.name == name)


def _told(done: int, total: int | None) -> None:
    share = f" of {total / 1e6:.1f}" if total else ""
    print(f"\r{done / 1e6:.1f}{share} MB", end="", flush=True)
