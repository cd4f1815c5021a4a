"""``train``: one way into every recipe of ``imaging.training``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from imaging.commands import ends
from imaging.commands.recipes import RECIPES

CONTEXT = {"allow_extra_args": True, "ignore_unknown_options": True}
SHIPPED = "shipped"
Device = Literal["auto", "cpu", "cuda"]
Resume = Literal["auto", "never"]


def train(
    context: typer.Context,
    recipe: Annotated[
        str, typer.Argument(help='A recipe; without one the list. "shipped": all that ship.')
    ] = "",
    data: Annotated[Path | None, typer.Option(help="The recipe's data, or the folder of all sets.")] = None,
    out: Annotated[Path | None, typer.Option(help="The file (or folder) to write.")] = None,
    work: Annotated[Path | None, typer.Option(help="Folder for checkpoints.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Stop after so many, with a checkpoint.")] = None,
    device: Annotated[Device | None, typer.Option(help="auto takes a GPU with 2 GB free.")] = None,
    resume: Annotated[Resume, typer.Option(help="never: refuse a folder with checkpoints in it.")] = "auto",
) -> None:
    """Train by a recipe; what else is given goes to the recipe as it is (--task, --labels, --group, --help ...)."""
    if not recipe:
        typer.echo("\n".join(known()))
        return
    if recipe == SHIPPED:
        _shipped(data, out)
    _refuse(recipe, out, work, resume, asks_help="--help" in context.args)
    given = {"data": data, "out": out, "work": work, "minutes": minutes, "device": device}
    try:
        line = RECIPES[recipe].words({name: str(value) for name, value in given.items() if value is not None})
    except ValueError as wrong:
        ends.stop(f"{recipe}: {wrong}", ends.BAD_INPUT)
    run(recipe, (*line, *context.args))


def _shipped(data: Path | None, out: Path | None) -> NoReturn:
    if data is None or out is None:
        ends.stop("all that ships is made again with --data SETS --out FOLDER", ends.BAD_INPUT)
    from imaging.commands.shipping import make_again

    raise typer.Exit(ends.MISSED if make_again(data, out, typer.echo) else ends.ANSWERED)


def _refuse(recipe: str, out: Path | None, work: Path | None, resume: Resume, asks_help: bool) -> None:
    """End where the recipe is unknown, or would go on with or write over what was not named."""
    if recipe not in RECIPES:
        ends.stop("\n".join((f"there is no recipe {recipe}; there are", *known())), ends.BAD_INPUT)
    if resume == "never" and work is not None and holds_checkpoint(work):
        ends.stop(f"{work} holds checkpoints: choose an empty folder, or --resume auto", ends.BAD_INPUT)
    if RECIPES[recipe].overwrites and out is None and not asks_help:
        ends.stop(f"{recipe}: name what to write with --out; what ships is not overwritten", ends.BAD_INPUT)


def known() -> Iterator[str]:
    """Each recipe with what it makes and how long that takes on one core."""
    for name, one in RECIPES.items():
        yield f"  {name:20} {one.makes} ({one.cpu} on one core)"


def holds_checkpoint(folder: Path) -> bool:
    return folder.is_dir() and any(folder.rglob("*.ckpt"))


def run(name: str, line: Sequence[str]) -> None:
    """Run a recipe in this process with a command line of its own; what it refuses ends in one line and code 2."""
    from imaging.image import ImageError, ModelMissing

    module = import_module(f"imaging.training.{RECIPES[name].module}")
    with _command_line([f"image train {name}", *line]):
        try:
            ended = module.main()
        except ModelMissing as missing:
            ends.stop(f"{name}: {missing}", ends.UNAVAILABLE)
        except (ImageError, ValueError, OSError) as refused:
            ends.stop(f"{name}: {refused}", ends.BAD_INPUT)
        except SystemExit as refused:
            if isinstance(refused.code, str):
                ends.stop(f"{name}: {refused.code}", ends.BAD_INPUT)
            raise
    if isinstance(ended, int) and ended:
        raise typer.Exit(ended)


@contextmanager
def _command_line(words: list[str]) -> Iterator[None]:
    before, sys.argv = sys.argv, words
    try:
        yield
    finally:
        sys.argv = before
