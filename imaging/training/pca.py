"""The recipe of PCA-Gaussian: ``python -m imaging.training.pca SET --data FILE --out FILE``; seconds."""

from __future__ import annotations

import argparse
from pathlib import Path

from imaging.generate.pca import COMPONENTS, PcaGaussian
from imaging.training.generators import SETS

CHOSEN = {"xray": COMPONENTS, "fundus": 40}
"""Components a label; on RFMiD by density and coverage of a third of the training part held back (of 20, 40, 60)."""


def main() -> None:
    """Fit and save."""
    parser = argparse.ArgumentParser(prog="python -m imaging.training.pca")
    parser.add_argument("set", choices=SETS)
    parser.add_argument("--data", type=Path, required=True, help="the set's .npz file")
    parser.add_argument("--out", type=Path, required=True, help="the generator's file (.safetensors)")
    parser.add_argument("--components", type=int)
    options = parser.parse_args()
    material = SETS[options.set](options.data)
    made = PcaGaussian.fit(
        material.pictures,
        material.conditions,
        material.shape.labels,
        options.components or CHOSEN[options.set],
    )
    made.save(options.out)


if __name__ == "__main__":
    main()
