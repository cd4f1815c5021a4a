"""One picture against the healthy ones: the score with its operating point, and the map over the original."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imaging.anomaly.bank import heat
from imaging.anomaly.held import bank_for
from imaging.anomaly.regions import regions
from imaging.anomaly.views import Kind, seen, view
from imaging.image import Spacing, Unlike

Numbers = NDArray[np.float32]


def unlike(pixels: NDArray[np.uint8], kind: Kind, spacing: Spacing | None = None) -> tuple[Unlike, Numbers]:
    """How far an H x W x 3 picture stands from healthy ones, and an H x W map of where.

    The map is in percentiles, 0 to 100: the share of places in held-out healthy pictures that stand less far above
    what is usual at their place. It is 0 outside what is judged. Not a probability of anything.

    Raises:
        ModelMissing: no bank of healthy pictures of this kind is held, or the backbone's weights are not.
    """
    bank = bank_for(kind)
    looked = view(pixels, kind)
    found = seen([looked], kind)
    distance = float(bank.distances(found.rows)[0])
    shape = (pixels.shape[0], pixels.shape[1])
    signs = bank.signs(looked, found.grids[0])
    values = heat(looked, signs, bank.usual, kind)
    percentiles = np.where(looked.inner, bank.place_percentiles(values), 0).astype(np.float32)
    facts = bank.facts
    judged = Unlike(
        percentile=round(bank.percentile(distance), 1),
        distance=round(distance, 3),
        threshold=round(facts.threshold, 3),
        specificity=facts.specificity,
        healthy=facts.healthy,
        caught=facts.caught,
        regions=regions(looked, values, percentiles, bank.outstanding(looked, signs), shape, spacing),
        card=facts.card,
    )
    return judged, looked.laid_back(percentiles, shape)
