"""The recipe of PCA-Gaussian: ``python -m imaging.training.pca SET --data FILE --out FILE``; seconds."""

from __future__ import annotations

import argparse
from pathlib import Path

from imaging.generate.pca import COMPONENTS, PcaGaussian
from imaging.training.generators import SETS


def main() -> None:
    """Fit and save."""
    parser = argparse.ArgumentParser(prog="python -m imaging.training.pca")
    parser.add_argument("set", choices=SETS)
    parser.add_argument("--data", type=Path, required=True, help="the set's .npz file")
    parser.add_argument("--out", type=Path, required=True, help="the generator's file (.safetensors)")
    parser.add_argument("--components", type=int, default=COMPONENTS)
    options = parser.parse_args()
    material = SETS[options.set](options.data)
    made = PcaGaussian.fit(material.pictures, material.conditions, material.shape.labels, options.components)
    made.save(options.out)


if __name__ == "__main__":
    main()
