"""The recipe of the shipped banks of healthy pictures.

``python -m imaging.training.shipped_banks fundus --chase DIR --normals DIR --ill NAME=DIR ...`` and
``... chest_xray --data FILE.npz`` write ``zoo/fundus_bank.npz`` and ``zoo/xray_bank.npz`` and say what was caught.
Pictures enter only from CHASE_DB1 (CC BY 4.0), scikit-image (CC0) and PneumoniaMNIST (CC BY 4.0). ``--normals`` sets
the percentiles and the operating point of the fundus bank: some twenty eyes of one camera cannot tell how far healthy
eyes of others stand. Of those photographs a few hundred quantiles are kept, and no picture.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging import cards
from imaging.anomaly.bank import Bank
from imaging.calibrate import Share, share
from imaging.datasets import medmnist
from imaging.datasets.folders import pictures
from imaging.datasets.tables import opened
from imaging.training.bank import CHESTS, FEW_EYES, Healthy, fit, looked_at

Pixels = NDArray[np.uint8]
FILES = {"fundus": "fundus_bank.npz", "chest_xray": "xray_bank.npz"}
EYES = "only 20 photographs of 10 children (CHASE_DB1) and one eye of scikit-image, presumed healthy"
RANKED = "ranked among {n} photographs of another source that are labelled normal"
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


def above(bank: Bank, found: Healthy) -> Share:
    """The share of pictures above the operating point."""
    far = bank.distances(found.rows) > bank.facts.threshold
    return share(int(far.sum()), len(far))


def with_caught(bank: Bank, ill: Mapping[str, Healthy]) -> Bank:
    """The bank with what it caught among pictures of named diseases, in words."""
    shares = {name: above(bank, found) for name, found in ill.items()}
    told = tuple(f"{name}: {one.rendered} stood above" for name, one in shares.items())
    return bank._replace(facts=bank.facts.model_copy(update={"caught": told}))


def fundus_bank(chase: Path, normals: Path, ill: Mapping[str, Path]) -> Bank:
    """The fundus bank; limits from the normals with even patient numbers."""
    eyes, held_out = looked_at(clear_eyes(chase), "fundus"), looked_at(by_patient(normals, 0), "fundus")
    told = f"{EYES}; {RANKED.format(n=len(held_out.views))}"
    bank = fit(eyes, "fundus", FEW_EYES, {"healthy": told, "card": "model:fundus-bank"}, held_out)
    del held_out
    everyone = {
        name: looked_at(((opened(one), "") for one in pictures(place)), "fundus")
        for name, place in ill.items()
    }
    return with_caught(bank, everyone)


def xray_bank(data: Path) -> Bank:
    """The chest X-ray bank; limits from folds of the training part, what was caught from the validation part."""
    parts = medmnist.read(data)
    normal = looked_at(grey_pictures(parts.train, 0), "chest_xray")
    told = {"healthy": f"{len(normal.views):,} {CHILDREN}", "card": "model:xray-bank"}
    bank = fit(normal, "chest_xray", CHESTS, told)
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
