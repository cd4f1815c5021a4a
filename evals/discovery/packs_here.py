"""Where a benchmark looks for packs: ``--packs DIR``, else the project's own folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from retrieval import packs


def argument(parser: argparse.ArgumentParser) -> None:
    """Add ``--packs``."""
    parser.add_argument(
        "--packs", type=Path, help="folder of the packs, such as var/packs (default: the project's)"
    )


def use(folder: Path | None) -> None:
    """Look for packs here from now on, in the folder ``packs`` or one that holds it; None changes nothing."""
    if folder is None:
        return
    place = folder.resolve()
    packs.configure(place.parent if place.name == "packs" else place)
