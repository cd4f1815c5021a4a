"""Pictures: they can be opened, carry no metadata, are the same each time, and refuse what cannot be drawn."""

from __future__ import annotations

import io
import math
from typing import Any

import pytest
from PIL import Image

from tools.discovery import drawing
from tools.discovery.drawing import Axis, Point
from tools.discovery.molecules import MoleculeError

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
AXES = tuple(Axis(name, "1", place) for name, place in (("a", 0.2), ("b", 0.9), ("c", 3.0), ("d", -1.0)))


def opened(data: bytes) -> Any:
    picture = Image.open(io.BytesIO(data))
    assert not {key for key in picture.info if key not in ("dpi", "transparency")}
    return picture


def test_a_molecule_is_drawn_without_metadata() -> None:
    assert opened(drawing.molecule_png(ASPIRIN, (0, 1), "aspirin")).size == drawing.SIDE
    assert drawing.molecule_png(ASPIRIN) == drawing.molecule_png(ASPIRIN)
    assert drawing.molecule_png(ASPIRIN) != drawing.molecule_png(ASPIRIN, (0, 1))


def test_the_drawing_for_a_report_is_svg_without_the_structure_in_words() -> None:
    drawn = drawing.molecule_svg(ASPIRIN)
    assert drawn.lstrip().startswith("<?xml")
    assert ASPIRIN not in drawn
    assert "rdkit:mol" not in drawn


@pytest.mark.parametrize(("many", "rows", "columns"), [(1, 1, 1), (4, 1, 4), (5, 2, 4)])
def test_a_grid_has_a_cell_for_each(many: int, rows: int, columns: int) -> None:
    sheet = opened(drawing.grid_png(["CCO"] * many, [f"no. {at}" for at in range(many)]))
    assert sheet.size == (columns * drawing.CELL[0], rows * drawing.CELL[1])
    assert drawing.grid_svg(["CCO"] * many, ["x"] * many).count("<svg") == 1


@pytest.mark.parametrize(
    ("molecules", "captions"), [([], []), (["C"], []), (["C"] * 61, ["x"] * 61)], ids=len
)
def test_a_grid_refuses_none_too_many_and_missing_captions(molecules: list[str], captions: list[str]) -> None:
    with pytest.raises(ValueError, match="1 to 60"):
        drawing.grid_png(molecules, captions)


def test_what_does_not_parse_is_not_drawn() -> None:
    with pytest.raises(MoleculeError):
        drawing.molecule_png("C1CC")


def test_a_radar_keeps_every_place_between_centre_and_rim() -> None:
    figure = drawing.radar([("one", AXES), ("the seed", AXES[::-1])], (0.1, 0.9), "title", "band")
    (plot,) = figure.axes
    first, second = (one for one in plot.get_lines() if one.get_label() in ("one", "the seed"))
    assert list(first.get_ydata()) == [0.2, 0.9, 1.0, 0.0, 0.2]
    assert list(second.get_ydata()) == [0.0, 1.0, 0.9, 0.2, 0.0]
    assert first.get_color() != second.get_color()
    assert list(first.get_xdata())[-1] == pytest.approx(2 * math.pi)
    assert opened(drawing.png(figure)).width > 300


@pytest.mark.parametrize(
    "lines", [[], [("one", AXES[:2])], [("x", AXES)] * 3], ids=["none", "two axes", "three molecules"]
)
def test_a_radar_refuses_what_it_cannot_show(lines: list[tuple[str, tuple[Axis, ...]]]) -> None:
    with pytest.raises(ValueError, match="one or two molecules"):
        drawing.radar(lines, (0.1, 0.9), "title", "band")


def test_a_pareto_plot_joins_only_the_best() -> None:
    points = [Point(0.1, 0.9, True, "1"), Point(0.5, 0.5, False), Point(0.9, 0.2, True, "2")]
    figure = drawing.pareto(points, "similarity", "objective", "design")
    (plot,) = figure.axes
    (front,) = plot.get_lines()
    assert list(zip(front.get_xdata(), front.get_ydata(), strict=True)) == [(0.1, 0.9), (0.9, 0.2)]
    assert drawing.svg(figure) == drawing.svg(figure)
    assert drawing.pareto([], "x", "y", "nothing").axes
