"""The recipe of the X-ray gate: PneumoniaMNIST's training part (CC BY 4.0), normal and pneumonia alike.

``python -m imaging.training.xray_gate --data FILE.npz`` writes ``imaging/zoo/xray_gate.npz`` and prints the threshold;
two CPU-minutes. A seventh of the training part stays out of the fit and sets the threshold; the validation part is
only for measuring.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging import one_class, xray_gate
from imaging.backbone import features

KEPT_OUT = 708
SEED = 0
PERCENTILE = 99.0


def split(count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices to fit on and indices that set the threshold, the same every time."""
    order = np.random.default_rng(SEED).permutation(count)
    return order[:-KEPT_OUT], order[-KEPT_OUT:]


def described(pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """The gate's features of H x W pictures, one row each."""
    return features(np.stack([xray_gate.prepared(one) for one in pictures]), xray_gate.TAPS)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the gate again, write its numbers, print its threshold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="npz in MedMNIST form with train_images")
    parser.add_argument("--out", type=Path, default=xray_gate.MODEL)
    options = parser.parse_args(arguments)
    with np.load(options.data, allow_pickle=False) as arrays:
        rows = described(list(arrays["train_images"]))
    fitted, kept_out = split(len(rows))
    model = one_class.fit(rows[fitted])
    model.save(options.out)
    threshold = np.percentile(model.distance(rows[kept_out]), PERCENTILE)
    parser.exit(message=f"threshold {threshold:.3f} from {len(kept_out)} X-rays, fit on {len(fitted)}\n")


if __name__ == "__main__":
    main()
