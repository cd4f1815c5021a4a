"""Pictures of molecules, and the figures of profiles and designs; PNG for the page, SVG for a report.

Colours are told apart by colour-blind eyes (Okabe and Ito). No picture carries metadata.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from tools.discovery.molecules import rdkit, to_mol

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#E69F00", "#009E73", "#8A8A8A"
LINES = ({"color": BLUE}, {"color": ORANGE, "linestyle": "--"})
"""The molecules of a radar."""
WARNING = (0.98, 0.80, 0.55)
"""Behind the atoms of an alert."""
SIDE = (460, 340)
CELL = (260, 230)
MOST = 60
"""Molecules in one grid."""


class Axis(NamedTuple):
    """One spoke of a radar: its name, the value in words, and its place from 0 (centre) to 1 (rim)."""

    name: str
    shown: str
    place: float


class Point(NamedTuple):
    """One molecule of a plot; ``best`` where no other is better in both."""

    x: float
    y: float
    best: bool
    name: str = ""


def molecule_png(
    smiles: str, atoms: Sequence[int] = (), caption: str = "", side: tuple[int, int] = SIDE
) -> bytes:
    """The structure as PNG with the given atoms marked.

    Raises:
        MoleculeError: the SMILES does not parse.
    """
    return bytes(_drawn("MolDraw2DCairo", [smiles], [tuple(atoms)], [caption], side, side))


def molecule_svg(
    smiles: str, atoms: Sequence[int] = (), caption: str = "", side: tuple[int, int] = SIDE
) -> str:
    """The same as SVG."""
    return str(_drawn("MolDraw2DSVG", [smiles], [tuple(atoms)], [caption], side, side))


def grid_png(molecules: Sequence[str], captions: Sequence[str], columns: int = 4) -> bytes:
    """Up to 60 structures in rows with a caption under each, as PNG.

    Raises:
        ValueError: no molecule, more than 60, or not one caption for each.
    """
    return bytes(_drawn("MolDraw2DCairo", *_grid(molecules, captions, columns)))


def grid_svg(molecules: Sequence[str], captions: Sequence[str], columns: int = 4) -> str:
    """The same as SVG."""
    return str(_drawn("MolDraw2DSVG", *_grid(molecules, captions, columns)))


def radar(
    lines: Sequence[tuple[str, Sequence[Axis]]], band: tuple[float, float], title: str, band_is: str
) -> Any:
    """A matplotlib figure: one or two molecules, named, on the same axes over a shaded band that ``band_is`` explains.

    The spokes are labelled with the values of the first.

    Raises:
        ValueError: no molecule, more than two, or fewer than three axes.
    """
    if not 1 <= len(lines) <= len(LINES) or min(len(axes) for _, axes in lines) < 3:
        raise ValueError("a radar needs one or two molecules on three axes at least")
    figure, plot = _figure((6.4, 5.2), projection="polar")
    around = [2 * math.pi * step / 180 for step in range(181)]
    plot.fill_between(around, *band, color=GREY, alpha=0.25, linewidth=0, label=band_is)
    first = lines[0][1]
    angles = [2 * math.pi * step / len(first) for step in range(len(first) + 1)]
    for (name, axes), look in zip(lines, LINES, strict=False):
        places = [min(1.0, max(0.0, one.place)) for one in axes]
        plot.plot(angles, [*places, places[0]], linewidth=2, marker="o", label=name, **look)
    plot.set_xticks(angles[:-1], [f"{one.name}\n{one.shown}" for one in first], fontsize=8)
    plot.tick_params(axis="x", pad=6)
    for angle, label in zip(angles, plot.get_xticklabels(), strict=False):
        label.set_horizontalalignment(_away(math.cos(angle)))
    plot.set_ylim(0, 1)
    plot.set_yticks([])
    plot.set_title(title, fontsize=10, pad=22)
    figure.legend(loc="lower center", ncols=2, fontsize=8, frameon=False)
    figure.subplots_adjust(top=0.84, bottom=0.2)
    return figure


def pareto(points: Sequence[Point], x: str, y: str, title: str) -> Any:
    """A matplotlib figure of molecules by two aims, the best of them joined and, where named, lettered."""
    figure, plot = _figure((6.4, 4.4))
    rest = [one for one in points if not one.best]
    front = sorted((one for one in points if one.best), key=lambda one: (one.x, one.y))
    plot.scatter([one.x for one in rest], [one.y for one in rest], s=14, color=GREY, label="other molecules")
    label = "no other is better in both"
    plot.plot([one.x for one in front], [one.y for one in front], "o-", color=ORANGE, label=label)
    for one in front:
        plot.annotate(one.name, (one.x, one.y), textcoords="offset points", xytext=(4, 5), fontsize=7)
    plot.set_xlabel(x)
    plot.set_ylabel(y)
    plot.set_title(title, fontsize=10)
    plot.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="lower center", ncols=2, fontsize=8, frameon=False)
    figure.tight_layout(rect=(0, 0.06, 1, 1))
    return figure


def png(figure: Any) -> bytes:
    """A figure as PNG."""
    held = io.BytesIO()
    figure.savefig(held, format="png", metadata={"Software": None})
    return held.getvalue()


def svg(figure: Any) -> str:
    """A figure as SVG, the same bytes each time."""
    from matplotlib import rc_context

    held = io.StringIO()
    with rc_context({"svg.hashsalt": "consilium"}):
        figure.savefig(held, format="svg", metadata={"Date": None, "Creator": None})
    return held.getvalue()


def _figure(size: tuple[float, float], **settings: Any) -> tuple[Any, Any]:
    """A figure of its own canvas: nothing global, so that two threads may draw at once."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, dpi=110)
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot(**settings)


def _away(cosine: float) -> str:
    """The alignment that keeps a label outside the circle."""
    if abs(cosine) < 0.3:
        return "center"
    return "left" if cosine > 0 else "right"


def _grid(molecules: Sequence[str], captions: Sequence[str], columns: int) -> tuple[Any, ...]:
    if not 0 < len(molecules) <= MOST or len(captions) != len(molecules):
        raise ValueError(f"a grid takes 1 to {MOST} molecules and one caption for each")
    wide = min(columns, len(molecules))
    sheet = (wide * CELL[0], -(-len(molecules) // wide) * CELL[1])
    return list(molecules), [()] * len(molecules), list(captions), sheet, CELL


def _drawn(
    canvas: str,
    molecules: list[str],
    marked: Sequence[Sequence[int]],
    captions: list[str],
    sheet: tuple[int, int],
    cell: tuple[int, int],
) -> Any:
    drawer = getattr(rdkit("Chem.Draw.rdMolDraw2D"), canvas)(*sheet, *cell)
    look = drawer.drawOptions()
    look.includeMetadata = False
    look.legendFontSize = 15
    look.setHighlightColour(WARNING)
    mols = [to_mol(smiles) for smiles in molecules]
    bonds = [_bonds(mol, set(ones)) for mol, ones in zip(mols, marked, strict=True)]
    atoms = [list(one) for one in marked]
    drawer.DrawMolecules(mols, highlightAtoms=atoms, highlightBonds=bonds, legends=captions)
    drawer.FinishDrawing()
    return drawer.GetDrawingText()


def _bonds(mol: Any, atoms: set[int]) -> list[int]:
    ends = ((bond.GetIdx(), {bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()}) for bond in mol.GetBonds())
    return [at for at, pair in ends if pair <= atoms]
