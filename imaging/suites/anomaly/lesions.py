"""Bar 8: maps on healthy eyes with drawn exudates and haemorrhages; each picture serves once clean, once with lesions.

Protocol (a): 60 eyes labelled normal of 60 patients, tried on 24 of other patients, one source. Protocol (b): the
shippable eyes (CHASE_DB1 and scikit-image's retina), tried on DRIVE. The drawing knows no detector.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging.anomaly import places
from imaging.anomaly.bank import heat, signs
from imaging.anomaly.views import View, seen
from imaging.datasets.folders import pictures
from imaging.datasets.tables import Row as TableRow
from imaging.datasets.tables import opened, read_table
from imaging.generate.lesions import Kind, inject
from imaging.suites.anomaly import measures
from imaging.suites.row import Given, Row
from imaging.training.bank import Healthy, fit_map, looked_at
from imaging.training.shipped_banks import clear_eyes

Map = NDArray[np.float32]
Mask = NDArray[np.bool_]
Mapper = Callable[[View, Map, bool], Map]
"""From a view, its grid, and whether what stands out in the whole picture is asked for."""

KINDS: tuple[Kind, ...] = ("exudate", "haemorrhage")
FIT, TRIED = 60, 24
BARS = {"a": (0.99, 0.96, 0.95), "b": (0.99, 0.965, 0.90)}
PROTOTYPE = {
    ("a", "exudate"): (".991", ".958", ".922"), ("a", "haemorrhage"): (".994", ".966", ".948"),
    ("b", "exudate"): (".983", ".950", ".853"), ("b", "haemorrhage"): (".992", ".958", ".917"),
}  # fmt: skip
AROUND = 12.0


class Tried(NamedTuple):
    """Eyes to try a map on."""

    clean: tuple[View, ...]
    ill: dict[Kind, tuple[View, ...]]
    masks: dict[Kind, tuple[Mask, ...]]


def rows(given: Given) -> Iterator[Row]:
    """Pixel AUROC, PRO and image AUROC of both protocols; beside them plain patches and |green - blur|."""
    fitted, tried = split_normals(given)
    yield from _protocol("a", fitted, with_lesions(tried))
    drive = looked_at(
        ((opened(path), "") for path in pictures(given.data / "drive/training/images")), "fundus"
    )
    clear = looked_at(clear_eyes(given.data / "chasedb1"), "fundus")
    yield from _protocol("b", clear, with_lesions(drive.views[:: given.every]))


def split_table(given: Given) -> tuple[list[TableRow], list[TableRow]]:
    """One eye of each of 60 patients to learn from, and of 24 others to try; patients with a disease are left out."""
    folder = given.data / "eye4_256"
    table = read_table(folder / "index.csv", folder, group="patient")
    ill = {row.group for row in table if row.label != "normal"}
    one = {row.group: row for row in table if row.group not in ill}
    order = np.random.default_rng(0).permutation(sorted(one))[: TRIED + FIT]
    return [one[group] for group in order[TRIED:]], [one[group] for group in order[:TRIED]][:: given.every]


def split_normals(given: Given) -> tuple[Healthy, tuple[View, ...]]:
    """The eyes of :func:`split_table`, to learn from and to try."""
    each = [
        looked_at(((opened(row.path), row.group) for row in part), "fundus") for part in split_table(given)
    ]
    return each[0], each[1].views


def with_lesions(views: tuple[View, ...]) -> Tried:
    """The eyes, and each with drawn lesions of each kind; seeds are the places in the list."""
    ill: dict[Kind, tuple[View, ...]] = {}
    masks: dict[Kind, tuple[Mask, ...]] = {}
    for kind in KINDS:
        drawn = [inject(one.pixels, one.field, kind, seed) for seed, one in enumerate(views)]
        ill[kind] = tuple(one._replace(pixels=each.pixels) for one, each in zip(views, drawn, strict=True))
        masks[kind] = tuple(each.mask for each in drawn)
    return Tried(views, ill, masks)


def _protocol(name: str, fitted: Healthy, tried: Tried) -> Iterator[Row]:
    patches, usual, _ = fit_map(fitted, "fundus")

    def ours(one: View, grid: Map, whole: bool) -> Map:
        return heat(one, signs(one, grid, patches, "fundus"), usual, "fundus", disc=whole)

    def plain(one: View, grid: Map, whole: bool) -> Map:
        return places.enlarged(patches.map(grid[None])[0], one.field.shape[0])

    mappers: dict[str, Mapper] = {"": ours, "plain patches": plain, "|green - blur 12|": _difference}
    each = {label: _figures(mapper, tried) for label, mapper in mappers.items()}
    for kind in KINDS:
        for index, what in enumerate(("pixel AUROC", "PRO to 30 % FPR", "image AUROC")):
            bar, reached = BARS[name][index], each[""][kind][index]
            beside = [f"{label} {found[kind][index].value:.3f}" for label, found in each.items() if label]
            yield Row(
                bar=8, measure=f"({name}) {kind}: {what}", target=f">= {bar}", ours=reached.words,
                met=round(reached.value, 3) >= bar, prototype=PROTOTYPE[name, kind][index], beside="; ".join(beside),
                note=f"map of {len(fitted.views)} healthy eyes",
            )  # fmt: skip


def _difference(one: View, grid: Map, whole: bool) -> Map:
    """|green - blurred green|, the classical baseline."""
    from scipy.ndimage import gaussian_filter

    green, weight = (
        one.pixels[..., 1].astype(np.float32),
        gaussian_filter(one.field.astype(np.float32), AROUND) + 1e-3,
    )
    around = gaussian_filter(np.where(one.field, green, 0), AROUND) / weight
    return np.asarray(gaussian_filter(np.abs(green - around), 1.0))


def _figures(mapper: Mapper, tried: Tried) -> dict[Kind, tuple[measures.Reached, ...]]:
    """Pixel AUROC, PRO and image AUROC of a map, by kind of lesion."""
    inner = [one.inner for one in tried.clean]
    _, clean = _maps(mapper, tried.clean)
    found: dict[Kind, tuple[measures.Reached, ...]] = {}
    for kind in KINDS:
        maps, ill = _maps(mapper, tried.ill[kind])
        counts = measures.counted(maps, tried.masks[kind], inner)
        each = (
            partial(measures.pixel_area, counts), partial(measures.overlap, counts),
            partial(measures.picture_area, clean, ill),
        )  # fmt: skip
        found[kind] = tuple(measures.interval(one, len(inner)) for one in each)
    return found


def _maps(mapper: Mapper, views: tuple[View, ...]) -> tuple[list[Map], NDArray[np.float64]]:
    """The maps, and for each picture how far its most unlike places stand out."""
    maps, tops = [], []
    for one in views:
        grid = seen([one], "fundus").grids[0]
        maps.append(mapper(one, grid, False))
        tops.append(places.top(mapper(one, grid, True), one.inner))
    return maps, np.array(tops)
