"""The recipe of the shipped banks of healthy pictures.

``python -m imaging.training.shipped_banks fundus --chase DIR --normals DIR --ill NAME=DIR ...`` and
``... chest_xray --data FILE.npz`` write ``zoo/fundus_bank.npz`` and ``zoo/xray_bank.npz`` and say what was caught.
Pictures enter only from CHASE_DB1 (CC BY 4.0), scikit-image (CC0) and PneumoniaMNIST (CC BY 4.0). ``--normals`` sets
the percentiles and the operating point of the fundus bank from patients with even numbers, and its specificity is
measured on those with odd ones: some twenty eyes of one camera cannot tell how far healthy eyes of others stand. Of
those photographs a few hundred quantiles are kept, and no picture.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging import cards
from imaging.anomaly.bank import Bank, unpacked
from imaging.calibrate import Share
from imaging.datasets import medmnist
from imaging.datasets.folders import pictures
from imaging.datasets.tables import opened
from imaging.training.bank import CHESTS, FEW_EYES, Healthy, fit, looked_at
from imaging.training.shares import by_group

Pixels = NDArray[np.uint8]
FILES = {"fundus": "fundus_bank.npz", "chest_xray": "xray_bank.npz"}
EYES = "only 20 photographs of 10 children (CHASE_DB1) and one eye of scikit-image, presumed healthy"
RANKED = "ranked among {n} photographs of another source that are labelled normal"
CHOSEN_ON = frozenset({"cataract", "glaucoma"})
"""Diseases of the set on which axes and weights of the fundus bank were chosen."""

ON_IT = " (axes and weights were chosen on the same set)"
COPIES = "original_"
"""Start of the names of photographs that a folder holds twice, in another size."""

CHILDREN = "chest X-rays of children of one hospital, labelled normal, seen at 28 px"


def clear_eyes(chase: Path) -> Iterator[tuple[Pixels, str]]:
    """The photographs of CHASE_DB1 by child, and scikit-image's retina."""
    from skimage import data

    for path in sorted(chase.glob("Image_*.jpg")):
        yield opened(path), path.stem[6:8]
    yield np.asarray(data.retina()), "retina"


def by_patient(folder: Path, remainder: int | None) -> Iterator[tuple[Pixels, str]]:
    """Photographs named ``<patient>_<eye>``; only patients whose number is even (0) or odd (1), or all (None)."""
    for path in pictures(folder):
        patient = path.stem.split("_")[0]
        if remainder is None or int(patient) % 2 == remainder:
            yield opened(path), patient


def grey_pictures(part: medmnist.Part, label: int) -> Iterator[tuple[Pixels, str]]:
    """MedMNIST's X-rays of a label; no patient is known, so each is a group of its own."""
    for index in np.flatnonzero(part.labels == label):
        yield np.repeat(part.pictures[index][..., None], 3, axis=2), str(index)


def as_shipped(bank: Bank) -> Bank:
    """The bank in the half precision of its file: what is measured is what is used."""
    return unpacked(bank.packed())


def above(bank: Bank, found: Healthy) -> Share:
    """The share of pictures above the operating point, its interval by patient."""
    far = bank.distances(found.rows) > bank.facts.threshold
    return by_group(far.tolist(), found.groups)


def with_specificity(bank: Bank, normal: Healthy) -> Bank:
    """The bank with the share at or below its operating point of healthy pictures that had no part in it."""
    near = bank.distances(normal.rows) <= bank.facts.threshold
    held = by_group(near.tolist(), normal.groups)
    return bank._replace(facts=bank.facts.model_copy(update={"specificity": held}))


def with_caught(bank: Bank, ill: Mapping[str, Healthy]) -> Bank:
    """The bank with what it caught among pictures of named diseases, in words."""
    shares = {name: above(bank, found) for name, found in ill.items()}
    told = tuple(
        f"{name}: {one.rendered} stood above{ON_IT if name in CHOSEN_ON else ''}"
        for name, one in shares.items()
    )
    return bank._replace(facts=bank.facts.model_copy(update={"caught": told}))


def of_disease(folder: Path) -> Iterator[tuple[Pixels, str]]:
    """Photographs by patient where the name begins with a number, else each for itself; none that is there twice."""
    for path in pictures(folder):
        patient = path.stem.split("_")[0]
        if not path.stem.startswith(COPIES):
            yield opened(path), patient if patient.isdigit() else path.stem


def fundus_bank(chase: Path, normals: Path, ill: Mapping[str, Path]) -> Bank:
    """The fundus bank; limits from the normals with even patient numbers, specificity from the odd ones."""
    eyes, held_out = looked_at(clear_eyes(chase), "fundus"), looked_at(by_patient(normals, 0), "fundus")
    told = f"{EYES}; {RANKED.format(n=len(held_out.views))}"
    bank = fit(eyes, "fundus", FEW_EYES, {"healthy": told, "card": "model:fundus-bank"}, held_out)
    del held_out
    bank = with_specificity(as_shipped(bank), looked_at(by_patient(normals, 1), "fundus"))
    return with_caught(bank, {name: looked_at(of_disease(place), "fundus") for name, place in ill.items()})


def xray_bank(data: Path) -> Bank:
    """The chest X-ray bank; limits from folds of the training part, shares below and above from the validation part."""
    parts = medmnist.read(data)
    normal = looked_at(grey_pictures(parts.train, 0), "chest_xray")
    told = {"healthy": f"{len(normal.views):,} {CHILDREN}", "card": "model:xray-bank"}
    bank = fit(normal, "chest_xray", CHESTS, told)
    bank = with_specificity(as_shipped(bank), looked_at(grey_pictures(parts.val, 0), "chest_xray"))
    return with_caught(
        bank, {"pneumonia, validation part": looked_at(grey_pictures(parts.val, 1), "chest_xray")}
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Make one of the banks again, write it, and say what its card must say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=FILES)
    parser.add_argument("--chase", type=Path)
    parser.add_argument("--normals", type=Path)
    parser.add_argument("--ill", nargs="*", default=[], metavar="NAME=DIR")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args(arguments)
    if given.kind == "chest_xray":
        bank = xray_bank(given.data)
    else:
        named = dict(one.split("=", 1) for one in given.ill)
        bank = fundus_bank(given.chase, given.normals, {name: Path(place) for name, place in named.items()})
    (given.out or cards.FOLDER / FILES[given.kind]).write_bytes(bank.packed())
    sys.stdout.write(bank.facts.model_dump_json(indent=1) + "\n")


if __name__ == "__main__":
    main()
