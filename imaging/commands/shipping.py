"""Making every file of the zoo again, and how far each is from the one that ships."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.cards import FOLDER
from imaging.commands.recipes import RECIPES, Recipe

Say = Callable[[str], None]


def make_again(data: Path, out: Path, say: Say) -> int:
    """Run every recipe of a file that ships, each in a process of its own; returns how many failed.

    One that is given the same folder again goes on where it stopped. A file that differs is told and no failure: other
    processors and library versions round differently, and a training goes its own way from there.
    """
    out.mkdir(parents=True, exist_ok=True)
    failed = 0
    for name, one in RECIPES.items():
        if not one.ships:
            continue
        say(f"{name}: {one.makes}, {one.cpu} on one core")
        code = subprocess.run(command(name, one, data, out), check=False).returncode
        if code:
            failed += 1
            say(f"{name}: failed with exit code {code}")
            continue
        for file in one.ships:
            say(f"{name}: {compared(out / file, FOLDER / file)}")
    return failed


def command(name: str, one: Recipe, data: Path, out: Path) -> list[str]:
    """What makes the files of one recipe in ``out``."""
    line = [sys.executable, "-m", "imaging", "train", name, "--data", str(data)]
    line += ["--out", str(out if one.into else out / one.ships[0])]
    return [*line, *(["--work", str(out / "work" / name)] if one.work else []), *one.shipping]


def compared(made: Path, ships: Path) -> str:
    """Whether a file made again is the one that ships: to the byte, in its numbers, or how far they are apart."""
    if not made.is_file():
        return f"{made.name} was not written: give it more time and run the same command again"
    if not ships.is_file():
        return f"{made.name} has nothing that ships to be compared with"
    if made.read_bytes() == ships.read_bytes():
        return f"{made.name} is the same to the byte"
    ours, theirs = numbers(made), numbers(ships)
    if {name: one.shape for name, one in ours.items()} != {name: one.shape for name, one in theirs.items()}:
        return f"{made.name} holds other arrays than the one that ships"
    apart = max(float(np.abs(one - theirs[name]).max(initial=0)) for name, one in ours.items())
    return (
        f"{made.name} holds the same numbers" if apart == 0 else f"{made.name} differs by up to {apart:.3g}"
    )


def numbers(path: Path) -> dict[str, NDArray[np.float64]]:
    """Every array of numbers in an .npz or .safetensors file."""
    from safetensors.numpy import load_file

    if path.suffix == ".safetensors":
        held = load_file(path)
    else:
        with np.load(path, allow_pickle=False) as file:
            held = {name: file[name] for name in file.files}
    return {name: one.astype(np.float64) for name, one in held.items() if one.dtype.kind in "biuf"}
