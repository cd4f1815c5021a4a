"""A bank of healthy pictures: what a picture is compared with, as a whole and place by place."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging.anomaly import places, spots
from imaging.anomaly.detectors import DETECTORS, Knn, Mahalanobis, PatchCore, Space
from imaging.anomaly.disc import near_disc
from imaging.anomaly.places import Usual
from imaging.anomaly.views import SIDE, Aspect, Kind, View
from imaging.calibrate import Share
from imaging.fov import Mask
from retrieval.evidence import Text, Word

Numbers = NDArray[np.float32]

RANKS = np.concatenate([np.linspace(0, 99, 100), [99.5, 99.8, 99.9, 99.95, 100]])
"""Percentiles at which a healthy distribution is kept."""


class Facts(Word):
    """Everything about a bank but its numbers."""

    kind: Kind
    extractor: Text
    healthy: Text
    """Whose pictures it holds, for the screen."""
    threshold: float
    """Distance above which a picture is called unlike."""
    specificity: Share
    """Share of held-out healthy pictures at or below the threshold."""
    caught: tuple[Text, ...] = ()
    region: float
    """Value of the map that a region must reach: 95 % of held-out healthy pictures have none that does."""
    card: Text


class Part(NamedTuple):
    """One detector of a bank's score, and how its distances run among held-out healthy pictures."""

    aspect: Aspect
    detector: Knn | Mahalanobis
    mean: float
    spread: float
    """Mean and SD of the log distance of held-out healthy pictures."""
    weight: float

    def steps(self, rows: Numbers) -> NDArray[np.float64]:
        """N distances in SD of the log distance above the mean healthy picture, times the weight."""
        logs = np.log(self.detector.score(rows) + 1e-9)
        return np.asarray(self.weight * (logs - self.mean) / self.spread)


class Bank(NamedTuple):
    """The numbers of a bank."""

    facts: Facts
    parts: tuple[Part, ...]
    patches: PatchCore
    usual: Usual
    ranks: Numbers
    """Distances of held-out healthy pictures at :data:`RANKS`."""
    place_ranks: Numbers
    """Values of the fused map of held-out healthy pictures at :data:`RANKS`."""

    def distances(self, rows: Mapping[Aspect, Numbers]) -> NDArray[np.float64]:
        """N distances: the weighted steps of the parts together. 0 is the mean healthy picture; may be negative."""
        return np.asarray(np.sum([part.steps(rows[part.aspect]) for part in self.parts], axis=0))

    def heat(self, one: View, grid: Numbers) -> Numbers:
        """S x S values of the map of one picture, in SD at each place; 0 where it is not judged."""
        return heat(one, self.signs(one, grid), self.usual, self.facts.kind)

    def signs(self, one: View, grid: Numbers) -> Numbers:
        """All signs of the places of a picture, S x H x W."""
        return signs(one, grid, self.patches, self.facts.kind)

    def outstanding(self, one: View, found: Numbers) -> Mask:
        """S x S: where a picture's signs reach what a region must reach."""
        return np.asarray(heat(one, found, self.usual, self.facts.kind, disc=True) >= self.facts.region)

    def percentile(self, distance: float) -> float:
        return float(np.interp(distance, self.ranks, RANKS))

    def place_percentiles(self, heat: Numbers) -> Numbers:
        return np.asarray(np.interp(heat, self.place_ranks, RANKS), dtype=np.float32)

    def packed(self) -> bytes:
        """The bank as a compressed npz, all large arrays in half precision; nothing in it is pickled."""
        arrays: dict[str, Any] = {
            "facts": _as_bytes(self.facts.model_dump_json()),
            "parts": _as_bytes(json.dumps([_told(part) for part in self.parts])),
            "patch_centre": self.patches.centre, "patch_scale": self.patches.scale,
            "patches": self.patches.bank.astype(np.float16), "ranks": self.ranks, "place_ranks": self.place_ranks,
            "at_disc": self.usual.at_disc, "usual_mean": self.usual.mean.astype(np.float16),
            "usual_spread": self.usual.spread.astype(np.float16),
        }  # fmt: skip
        for index, part in enumerate(self.parts):
            where = part.detector.space
            arrays |= {f"{index}_centre": where.centre, f"{index}_scale": where.scale}
            arrays |= {f"{index}_axes": where.axes.astype(np.float16)}
            arrays |= {f"{index}_healthy": part.detector.healthy.astype(np.float16)}
        out = io.BytesIO()
        np.savez_compressed(out, allow_pickle=False, **arrays)
        return out.getvalue()


def heat(one: View, found: Numbers, usual: Usual, kind: Kind, disc: bool = False) -> Numbers:
    """S x S values of the map from the signs of a picture; 0 where it is not judged.

    ``disc`` judges the optic disc among discs, wherever it lies: for what stands out in a picture. The map that is
    shown judges each place by its place, so that a lesion beside the disc is not taken for a part of it.
    """
    near = near_disc(one.pixels) if disc and kind == "fundus" else None
    above = usual.above(found.astype(np.float32), near)
    return np.where(one.inner, places.fused(above, kind), 0).astype(np.float32)


def signs(one: View, grid: Numbers, patches: PatchCore, kind: Kind) -> Numbers:
    """All signs of the places of a picture, S x H x W: the spots of an eye, and the patch distance last."""
    apart = places.enlarged(patches.map(grid[None])[0], SIDE[kind])[None]
    return apart if kind == "chest_xray" else np.concatenate([spots.spots(one.pixels, one.field), apart])


def unpacked(packed: bytes) -> Bank:
    """The bank of :meth:`Bank.packed`.

    Raises:
        ValueError, KeyError: the bytes are no bank.
    """
    with np.load(io.BytesIO(packed), allow_pickle=False) as held:
        facts = Facts.model_validate_json(held["facts"].tobytes())
        told = json.loads(held["parts"].tobytes())
        one = {name: held[name].astype(np.float32) for name in held.files if name not in ("facts", "parts")}
    parts = tuple(_part(each, one, index) for index, each in enumerate(told))
    patches = PatchCore(one["patch_centre"], one["patch_scale"], one["patches"])
    usual = Usual(one["usual_mean"], one["usual_spread"], one["at_disc"])
    return Bank(facts, parts, patches, usual, one["ranks"], one["place_ranks"])


def _as_bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), dtype=np.uint8)


def _told(part: Part) -> dict[str, object]:
    name = next(name for name, kind in DETECTORS.items() if isinstance(part.detector, kind))
    return {
        "aspect": part.aspect,
        "detector": name,
        "mean": part.mean,
        "spread": part.spread,
        "weight": part.weight,
    }


def _part(told: dict[str, Any], arrays: dict[str, Numbers], index: int) -> Part:
    where = Space(*(arrays[f"{index}_{name}"] for name in Space._fields))
    kind: type[Knn] | type[Mahalanobis] = Knn if told["detector"] == "knn" else Mahalanobis
    detector = kind(where, arrays[f"{index}_healthy"])
    return Part(told["aspect"], detector, told["mean"], told["spread"], told["weight"])
