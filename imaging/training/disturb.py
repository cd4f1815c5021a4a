"""Small disturbances shown to a critic on real and made pictures alike, so that few are not learnt by heart.

Reference: Zhao S et al., "Differentiable augmentation for data-efficient GAN training", NeurIPS 2020, arXiv 2006.10738.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

Disturbance = Literal["none", "fundus"]
FARTHEST = 5


def shifted(rng: np.random.Generator, values: Tensor, kind: Disturbance) -> Tensor:
    """Each picture moved by up to 5 px and made a little lighter or darker; "none" leaves all as it is."""
    if kind == "none":
        return values
    side = values.shape[2]
    wide = F.pad(values, (FARTHEST,) * 4, mode="replicate")
    places = rng.integers(0, 2 * FARTHEST + 1, (len(values), 2))
    moved = [wide[row, :, y : y + side, x : x + side] for row, (y, x) in enumerate(places)]
    light = torch.from_numpy(rng.uniform(-0.15, 0.15, (len(values), 1, 1, 1)).astype(np.float32))
    return torch.stack(moved) + light
