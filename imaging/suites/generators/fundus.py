"""64 px fundus pictures: PCA-Gaussian of RFMiD, and the fundus in parts on halves of ODIR-style patients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from imaging.generate.generator import Generator, Pictures
from imaging.generate.pca import PcaGaussian
from imaging.realism import judge, sets
from imaging.realism.features import described
from imaging.realism.judge import Line, Seen
from imaging.suites.generators import lines
from imaging.suites.row import Given, Row

SEED = 7
BAR = (0.5, 0.4, 1000.0)
LOOKED = "fitted here, in seconds; never ships; the test half was looked at for three settings of the spread"


def rows(given: Given) -> Iterator[Row]:
    """The eyes in halves (bars 16 and 17), then RFMiD."""
    yield from eyes(given)
    yield from rfmid(given)


def eyes(given: Given) -> Iterator[Row]:
    """Fitted on the patients with even numbers, held against those with odd ones."""
    from imaging.training.anatomy import AnatomySettings, fit

    real = lines.thinned(sets.eyes(given.data), given.every)
    against = judge.seen(real, lines.keep(given))
    copies = floor_lines(against, given)
    beside = " | ".join(f"{name} {lines.brief(copies, name)}" for name in ("real", "copies"))
    doubled = np.concatenate([real.train, real.train[:, :, ::-1]])
    made_by: dict[str, Generator] = {
        "in parts": fit(real.train, _ones(real.train), ("normal",), AnatomySettings()),
        "PCA-60": PcaGaussian.fit(doubled, _ones(doubled), ("normal",), 60),
    }
    for name, generator in made_by.items():
        made = generator.sample(len(real.test), "normal", SEED)
        found = list(judged(made, against, given))
        bar = 16 if name == "in parts" else None
        yield lines.coverage_row(
            f"64 px fundus {name}, ODIR normals in patient halves", found, bar, BAR,
            ".20; .17; 2,197" if bar is None else "", beside,
            LOOKED if bar else "the linear baseline",
        )  # fmt: skip
        yield from lines.privacy_rows(f"64 px fundus {name}", found, copies)


def rfmid(given: Given) -> Iterator[Row]:
    """PCA-Gaussian of RFMiD's training part, fitted here, against its validation part. It does not ship."""
    from imaging.training.generators import fundus as material
    from imaging.training.pca import CHOSEN

    made_from = material(sets.needed(given.data, sets.RFMID))
    labels = made_from.shape.labels
    generator = PcaGaussian.fit(made_from.pictures, made_from.conditions, labels, CHOSEN["fundus"])
    real, conditions = sets.fundus(given.data)
    real = lines.thinned(real, given.every)
    against = judge.seen(real, lines.keep(given))
    copies = floor_lines(against, given)
    made = sets.mixed(generator, lines.thin(conditions, given.every), labels, SEED)
    found = list(judged(made, against, given))
    beside = " | ".join(f"{name} {lines.brief(copies, name)}" for name in ("real", "copies"))
    note = "diseased eyes only; not good enough to ship"
    title = f"64 px fundus PCA-{CHOSEN['fundus']}, RFMiD validation"
    yield lines.coverage_row(title, found, None, BAR, "", beside, note)
    yield from lines.privacy_rows(title, found, copies)


def judged(made: Pictures, against: Seen, given: Given) -> Iterator[Line]:
    """Privacy, coverage and distance."""
    return judge.judged(made, described(made, lines.keep(given)), against)


def floor_lines(against: Seen, given: Given) -> Sequence[Line]:
    """Training pictures as a perfect generator, and stolen ones with noise."""
    copies = judge.stolen(against.real.train, len(against.real.test))
    return [
        *judge.looks(against.members, against, "real"),
        *judge.judged(copies, described(copies, lines.keep(given)), against, "copies"),
    ]


def _ones(pictures: Pictures) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.ones((len(pictures), 1), dtype=np.float32)
