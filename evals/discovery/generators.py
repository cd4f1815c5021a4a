"""Every generator in one table, beside real molecules and the published rows: ``python -m evals.discovery.generators``.

Each set is scored as MOSES scores it: against what MOSES publishes of all its test molecules, novelty against all of
train. The first row is a sample of train, so the best that can be hoped for; its Fréchet distance is the floor at that
size. The search is given QED and SA as its aim: its QED is no achievement. The sets of 100 and 400 molecules have a row
of as many real molecules beside them, since the Fréchet distance falls with the number.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple

from evals.discovery import kept, packs_here, published
from evals.discovery.bars import Bar, not_run, say
from evals.discovery.metric_ceilings import here
from evals.discovery.published import Published
from retrieval.evidence import Table
from retrieval.packs import held_packs, registry
from tools.discovery import chemnet, generator, metrics
from tools.discovery.filters import MosesFilters
from tools.discovery.gathered import Reference, gathered
from tools.discovery.metrics import Metrics
from tools.discovery.moses import PACK, Moses
from tools.discovery.moses_statistics import published as statistics_of
from tools.discovery.vae import Prior
from tools.discovery.vae_card import VaeCard
from tools.discovery.worker import DiscoveryMissing

N = 10_000
SEED = 1
EVALUATIONS = 6_000
STARTS, PIECES_OF, BUILT = 300, 120, 400
"""Molecules of train that the search starts from, that are cut into pieces, and that are built of them."""
VALID, QED, FCD = 0.95, 0.75, 3.0
"""The bars of specification section 7 for training on a CPU."""
AGAINST = "one seed, against all 176,074 test molecules of MOSES"
HOW = f"{N:,} draws, {AGAINST}"


class Drawn(NamedTuple):
    """A set as it came: None where a draw gave no molecule, and the seconds that drawing took."""

    name: str
    molecules: Sequence[str | None]
    seconds: float


class Bench:
    """The pack, the references and the filters, each made once; measured rows are kept beside the pack."""

    def __init__(self, moses: Moses, n: int = N) -> None:
        self.moses, self.n = moses, n
        self._folder = held_packs().folder(PACK) / "ready"

    @cached_property
    def _against(self) -> tuple[Reference, Reference]:
        return (
            Reference.published("test", statistics_of(self.moses, "test")),
            Reference.published("test_scaffolds", statistics_of(self.moses, "test_scaffolds")),
        )

    @cached_property
    def _patterns(self) -> MosesFilters:
        return self.moses.filters()

    def measured(self, drawn: Drawn) -> Metrics:
        """Every metric of a set."""
        pack = registry()[PACK].sha256 or ""
        return kept.measured(self._folder, drawn.name, drawn.molecules, pack, lambda: self._measured(drawn))

    def _measured(self, drawn: Drawn) -> Metrics:
        gaussian = partial(chemnet.gaussian, cache_in=self._folder)
        held = gathered(drawn.name, drawn.molecules, patterns=self._patterns, gaussian=gaussian)
        test, scaffolds = self._against
        return metrics.measure(held, test=test, scaffolds=scaffolds, known=self.moses.known)

    def real(self, n: int, name: str) -> Metrics:
        """A sample of train; known by definition, so its novelty is 0."""
        return self.measured(Drawn(name, self.moses.sample(n, SEED), 0.0))


def sampled(n: int, prior: Prior, temperature: float, *, with_critic: bool = False) -> Drawn:
    """``n`` draws of the autoencoder that ships, alone or past its critic."""
    started = time.perf_counter()
    drawn = generator.drawn(n, SEED, prior=prior, temperature=temperature, with_critic=with_critic)
    taken = time.perf_counter() - started
    past = " past the critic" if with_critic else ""
    return Drawn(f"VAE{past}, {prior} prior, temperature {temperature:g}", drawn, taken)


def searched(moses: Moses) -> Drawn:
    """What the SELFIES search itself made, the molecules that it started from left out."""
    from tools.discovery.objective import WEIGHTS, Judge, Objective
    from tools.discovery.search import Search

    started = time.perf_counter()
    search = Search(Judge(Objective(weights=WEIGHTS)), SEED)
    pool = search.run(moses.sample(STARTS, SEED), EVALUATIONS).made()
    taken = time.perf_counter() - started
    return Drawn(f"SELFIES search, {EVALUATIONS:,} evaluations", [one.smiles for one in pool], taken)


def built(moses: Moses) -> Drawn:
    """Molecules put together of BRICS pieces."""
    from tools.discovery import fragments

    started = time.perf_counter()
    made = fragments.build(fragments.pieces(moses.sample(PIECES_OF, SEED)), BUILT, SEED)
    return Drawn(f"BRICS, {len(made.smiles)}", made.smiles, time.perf_counter() - started)


def ways(card: VaeCard) -> tuple[tuple[Prior, float], ...]:
    """Priors and temperatures to draw with: both priors as they are, and what the card chose, with and without a
    critic, if it is another."""
    plain: tuple[tuple[Prior, float], ...] = (("standard", 1.0), ("fitted", 1.0))
    return tuple(dict.fromkeys((*plain, (card.prior, card.temperature), card.alone)))


def shipped() -> tuple[VaeCard | None, str]:
    """The card of the generator that ships, or why there is none."""
    try:
        return generator.generator()[0], ""
    except (generator.GeneratorMissing, DiscoveryMissing) as missing:
        return None, str(missing)


def rows(bench: Bench, tell: Callable[[str], None] = lambda line: None) -> Iterator[Metrics]:
    """The reference first, then each generator as soon as it is measured."""
    yield bench.real(bench.n, f"train sample, {bench.n:,}")
    card, why = shipped()
    if card is None:
        tell(f"VAE: not run, {why}")
    for prior, temperature in ways(card) if card else ():
        yield bench.measured(_told(sampled(bench.n, prior, temperature), tell))
    if card and card.critic:
        yield bench.measured(_told(sampled(bench.n, card.prior, card.temperature, with_critic=True), tell))
    for drawn in (_told(searched(bench.moses), tell), _told(built(bench.moses), tell)):
        yield bench.real(len(drawn.molecules), f"train sample, {len(drawn.molecules):,}")
        yield bench.measured(drawn)


def _told(drawn: Drawn, tell: Callable[[str], None]) -> Drawn:
    tell(f"{drawn.name}: {len(drawn.molecules):,} drawn in {drawn.seconds:.0f} s")
    return drawn


def bars(data: Path | None = None) -> tuple[Bar, ...]:
    """The VAE rows of specification section 7, drawn as the card says, alone and past the critic that ships with it.

    ``data`` is not read, the MOSES pack is.
    """
    moses, missing = here()
    card, absent = shipped()
    if moses is None or card is None:
        why = missing or absent
        return (not_run("VAE", HOW, why, prototype=".93 valid, QED .517", reach="valid .95, QED .75, FCD 3"),)
    bench = Bench(moses)
    real = bench.real(N, f"train sample, {N:,}")
    alone = vae_bars("VAE alone", card.alone, real, bench.measured(sampled(N, *card.alone)))
    if card.critic is None:
        return alone
    way = (card.prior, card.temperature)
    past = bench.measured(sampled(N, *way, with_critic=True))
    return (*alone, *vae_bars("VAE past its critic, as it ships", way, real, past))


def vae_bars(name: str, way: tuple[Prior, float], real: Metrics, ours: Metrics) -> tuple[Bar, ...]:
    """Validity with what it is worth beside it; QED; Fréchet distance with its floor."""
    drawn = f"{HOW}; {way[0]} prior, temperature {way[1]:g}"
    beside = "; ".join(f"{name} {cell}" for name, cell in zip(*_beside(real, ours), strict=True))
    fcd, floor = (one.test.fcd if one.test else None for one in (ours, real))
    peer = next(row for row in published.NEW if row.method == "VAE")
    return (
        Bar(f"{name}: valid", drawn, f"{ours.valid:.3f}", ".93", _peer(f"{peer.valid:.3f}", ".953"), f"≥ {VALID}",
            ours.valid >= VALID, f"by construction: SELFIES nearly always decode. Never alone: {beside}"),
        Bar(f"{name}: QED", drawn, f"{ours.qed:.3f} (train {real.qed:.3f})", ".517", reach=f"≥ {QED}",
            met=ours.qed >= QED),
        Bar(f"{name}: FCD", drawn, f"{fcd} (train {floor})", peer=_peer(f"{peer.fcd:.3f} (n 30,000)", ".254"),
            reach=f"≤ {FCD:g}", met=fcd.value <= FCD if fcd else None),
    )  # fmt: skip


def _beside(real: Metrics, ours: Metrics) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns of the table, and of each our cell and that of the train sample."""
    told = metrics.table("VAE", real, ours)
    theirs, mine = told.rows
    cells = tuple(f"{our} (train {their})" for our, their in zip(mine, theirs, strict=True))
    return told.columns[1:], cells[1:]


def _peer(newer: str, older: str) -> str:
    return f"MOSES's VAE {newer}, 1.6 million train molecules; {older}, 250,000"


def markdown(table: Table) -> Iterator[str]:
    """A table as Markdown."""
    yield f"**{table.title}**"
    yield ""
    yield f"| {' | '.join(table.columns)} |"
    yield "|" + "---|" * len(table.columns)
    yield from (f"| {' | '.join(row)} |" for row in table.rows)
    yield ""


def peers(title: str, of: Sequence[Published]) -> Table:
    """Published rows as a table."""
    return Table(title=title, columns=published.COLUMNS, rows=tuple(published.cells(row) for row in of))


def main(argv: Sequence[str] | None = None) -> int:
    """Print all rows, the published ones below them; the exit code is 1 where the pack or an extra is missing."""
    parser = argparse.ArgumentParser(prog="python -m evals.discovery.generators")
    packs_here.argument(parser)
    parser.add_argument("--n", type=int, default=N, help="draws of each generator")
    parser.add_argument("--json", type=Path, help="also write the tables here")
    asked = parser.parse_args(argv)
    packs_here.use(asked.packs)
    moses, _ = here()
    if moses is None:
        say(bars())
        return 1
    real, *made = rows(Bench(moses, asked.n), _progress)
    tables = (
        metrics.table(f"Generated sets ({asked.n:,} draws of each autoencoder, {AGAINST})", real, *made),
        peers(published.NEWER, published.NEW),
        peers(published.OLDER, published.OLD),
    )
    sys.stdout.write("\n".join(line for table in tables for line in markdown(table)) + "\n")
    if asked.json:
        asked.json.write_text(json.dumps([one.model_dump() for one in tables], indent=1), encoding="utf-8")
    return 0


def _progress(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    raise SystemExit(main())
