"""How good a metric can get: MOSES train against MOSES test, both real. ``python -m evals.discovery.metric_ceilings``.

A generator can hardly score better than real molecules do, and the Fréchet distance of two real samples is the floor
under every other one of that size. Two checks: against the prototype's figures (specification 3.4), and against what
MOSES publishes of its own train set, which tells whether our definitions are those of its code.
"""

from __future__ import annotations

import argparse
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np

from evals.discovery import packs_here
from evals.discovery.bars import Bar, not_run, say
from evals.discovery.published import NEWER
from retrieval.packs import held_packs
from tools.discovery import chemnet, gathered, metrics, similarity
from tools.discovery.molecules import Mol, chem
from tools.discovery.moses import MEND, PACK, Moses, Split, held
from tools.discovery.moses_statistics import published

SEEDS = (1, 2, 3)
NEAR = 0.005
FLOORS = {1_000: 2.64, 3_000: 0.88, 10_000: 0.25}
"""Fréchet distance of train against test by size, as the specification measured it."""
DRAWN = "train against test, mean of three samples (least to most)"
OTHER_SNN = (
    "the prototype's sample is not named: of ours, .45 comes of 5,000 test molecules, .49 of 12,000 or of 20,000 of "
    "test_scaffolds, .64 of all of test, where MOSES publishes .642; the definition is the same, the sets are not"
)
OTHER_SCAFF = (
    "the prototype counted every scaffold, MOSES those of two rings or more; this row counts as the prototype"
)


class Kind(NamedTuple):
    """A metric, the sizes, the prototype's figure, how it is measured for a seed, and what is to be said of it."""

    name: str
    sizes: str
    prototype: float | None
    measured: Callable[[Moses, int], float]
    note: str = ""


def bars(data: Path | None = None) -> tuple[Bar, ...]:
    """The metric rows of specification section 7; ``data`` is not read, the MOSES pack is."""
    moses, missing = here()
    if moses is None:
        return (not_run("metrics", DRAWN, missing, reach=f"± {NEAR}"),)
    return (
        *(_bar(moses, kind) for kind in KINDS),
        *_published(moses),
        *(_floor(moses, n, prototype) for n, prototype in FLOORS.items()),
        _activations(moses),
    )


def here() -> tuple[Moses | None, str]:
    """The pack, or why it cannot be used."""
    if find_spec("rdkit") is None:
        return None, "rdkit is not installed (python3 bootstrap.py --extra discovery)"
    moses = held()
    return moses, "" if moses else f"the pack moses is not held ({MEND})"


def bits(smiles: Iterable[str]) -> similarity.Bits:
    """Packed fingerprints of SMILES."""
    rows = [gathered.packed(chem().MolFromSmiles(one)) for one in smiles]
    return np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(len(rows), -1)


def real(moses: Moses, split: Split, n: int) -> chemnet.Gaussian:
    """The Gaussian of the sample of ``n`` with seed 1; kept in the ready folder of the pack."""
    return chemnet.gaussian(moses.sample(n, 1, split), held_packs().folder(PACK) / "ready")


def _bar(moses: Moses, kind: Kind) -> Bar:
    ours = [kind.measured(moses, seed) for seed in SEEDS]
    mean = statistics.fmean(ours)
    return Bar(
        name=f"metrics: {kind.name}",
        how=f"{kind.sizes}; {DRAWN}",
        ours=f"{mean:.4f} ({min(ours):.4f} to {max(ours):.4f})",
        prototype=f"{kind.prototype}" if kind.prototype else "–",
        reach=f"{kind.prototype} ± {NEAR}" if kind.prototype else "–",
        met=abs(mean - kind.prototype) <= NEAR if kind.prototype else None,
        note=kind.note,
    )


def _snn(moses: Moses, seed: int) -> float:
    ours, theirs = bits(moses.sample(2_000, seed)), bits(moses.sample(20_000, seed, "test"))
    return float(similarity.nearest(ours, theirs).mean())


def _diversity(moses: Moses, seed: int) -> float:
    return similarity.internal_diversity(bits(moses.sample(5_000, seed)))


def _counted(moses: Moses, seed: int, parts: Callable[[Mol], Sequence[str]]) -> float:
    ours, theirs = (
        Counter(part for one in sample for part in parts(chem().MolFromSmiles(one)) if part)
        for sample in (moses.sample(5_000, seed), moses.sample(5_000, seed, "test"))
    )
    return metrics.cosine(ours, theirs)


def _scaff(moses: Moses, seed: int, rings: int) -> float:
    return _counted(moses, seed, lambda mol: (gathered.scaffold(mol, rings),))


KINDS = (
    Kind("SNN", "2,000 against 20,000", 0.487, _snn, OTHER_SNN),
    Kind("Frag", "5,000 each", 0.9987, partial(_counted, parts=gathered.fragments)),
    Kind("Scaff, every scaffold", "5,000 each", 0.9385, partial(_scaff, rings=0), OTHER_SCAFF),
    Kind("Scaff, two rings or more", "5,000 each", None, partial(_scaff, rings=gathered.FEWEST_RINGS)),
    Kind("IntDiv (p 1)", "5,000 of train", 0.857, _diversity),
)


def _published(moses: Moses) -> list[Bar]:
    """Our code on 5,000 of train against all of test and test_scaffolds, where MOSES publishes the whole of train."""
    ours = bits(moses.sample(5_000, SEEDS[0]))
    found = {
        "SNN test": (_near(ours, moses, "test"), 0.6419157),
        "SNN test_scaffolds": (_near(ours, moses, "test_scaffolds"), 0.5858706),
        "IntDiv (p 1)": (similarity.internal_diversity(ours), 0.8566755),
        "IntDiv (p 2)": (similarity.internal_diversity(ours, p=2), 0.8507543),
    }
    return [
        Bar(
            name=f"metrics: our {name} against MOSES's own",
            how="5,000 of train against the published statistics of the whole split",
            ours=f"{value:.4f}",
            peer=f"{theirs:.4f}, all of train (MOSES)",
            note=NEWER,
            reach=f"{theirs:.4f} ± {NEAR}",
            met=abs(value - theirs) <= NEAR,
        )
        for name, (value, theirs) in found.items()
    ]


def _near(ours: similarity.Bits, moses: Moses, split: Split) -> float:
    return float(similarity.nearest(ours, published(moses, split).bits).mean())


def _floor(moses: Moses, n: int, prototype: float) -> Bar:
    name, how = f"metrics: FCD floor, n {n:,}", f"train against test, {n:,} each, one sample"
    if find_spec("fcd_torch") is None:
        return not_run(name, how, "fcd-torch is not installed (python3 bootstrap.py --extra discovery)")
    found = chemnet.distance(real(moses, "train", n), real(moses, "test", n))
    return Bar(name, how, f"{found.value:.3f}", f"{prototype}", note="a floor, no bar: it falls as n grows")


def _activations(moses: Moses) -> Bar:
    """Our ChemNet activations against the mean and covariance that MOSES publishes of all test molecules."""
    name = "metrics: our FCD against MOSES's own"
    how = "10,000 of test, and of train, against the published statistics of all of test"
    if find_spec("fcd_torch") is None:
        return not_run(name, how, "fcd-torch is not installed (python3 bootstrap.py --extra discovery)")
    theirs = published(moses, "test")
    whole = chemnet.Gaussian(theirs.n, theirs.mean, theirs.covariance)
    test, train = (chemnet.distance(real(moses, split, 10_000), whole) for split in _SIDES)
    return Bar(
        name, how, f"test {test.value:.3f}, train {train.value:.3f}",
        peer="all of train .008 (MOSES)", note="what is left is the size of the sample",
    )  # fmt: skip


_SIDES: tuple[Split, Split] = ("test", "train")


def main(argv: Sequence[str] | None = None) -> int:
    """Print the rows."""
    parser = argparse.ArgumentParser(prog="python -m evals.discovery.metric_ceilings")
    packs_here.argument(parser)
    packs_here.use(parser.parse_args(argv).packs)
    say(bars())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
