"""Train the generator: SELFIES pieces in, weights and a model card out. One CPU core and an hour are enough.

``python -m tools.discovery.vae_train train.csv out``. The bound is that of Kingma & Welling (arXiv
1312.6114) with free bits for each latent value (Kingma DP et al., NeurIPS 2016, arXiv 1606.04934): what the code says
costs nothing up to ``free`` nats, so it is neither forgotten nor swollen. Batches and noise follow from the seed and
the number of the step, so a run that was broken off and resumed is the run without a break.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retrieval.evidence import Word
from tools.discovery.tokens import Corpus, Ids, corpus

if TYPE_CHECKING:
    import torch

    from tools.discovery.vae_net import MoleculeVae

CHECKPOINT = "vae.checkpoint.pt"
LOG = "vae.log.jsonl"
CLIP = 1.0
WINDOW = 50
"""Batches of molecules that are sorted by length together, so that a batch holds little padding."""


MINUTES = 53.0
"""Processor time in which the shipped weights were trained."""


class Settings(Word):
    """How to train. Exactly one of ``steps`` and ``minutes`` says how long."""

    steps: int | None = None
    minutes: float | None = None
    """Of processor time: on a busy machine the clock runs on while nothing is learned."""
    seed: int = 0
    batch: int = 128
    rate: float = 3e-3
    warm: int = 200
    """Steps over which the learning rate rises."""
    free: float = 0.3
    """Nats of each latent value that cost nothing."""
    beta_by: float = 0.1
    """Share of the run over which the weight of the divergence rises to 1."""
    embedding: int = 64
    encoder: int = 256
    decoder: int = 512
    latent: int = 32
    held_out: int = 10_000
    """Molecules of the file that are never trained on: settings and temperature are chosen on them."""
    fit_on: int = 50_000
    """Molecules whose codes the fitted prior is made from."""
    log_every: int = 500
    save_every: int = 2_000


@dataclass
class Run:
    """A training run as it stands: network, optimizer, steps done and seconds of processor time spent."""

    settings: Settings
    net: MoleculeVae
    optimizer: torch.optim.Optimizer
    steps: int = 0
    seconds: float = 0.0
    sums: list[NDArray[np.float64]] = field(default_factory=list)

    @property
    def progress(self) -> float:
        """Share of the run that is done, 0 to 1."""
        if self.settings.steps is not None:
            return self.steps / self.settings.steps
        return self.seconds / (60 * (self.settings.minutes or 0.0))


def split(held: Corpus, settings: Settings) -> tuple[Ids, Ids]:
    """The molecules to train on and those held out, by the seed."""
    order = np.random.default_rng([settings.seed, 1]).permutation(len(held.ids))
    count = min(settings.held_out, len(order) // 10)
    return held.ids[np.sort(order[count:])], held.ids[np.sort(order[:count])]


def batches(ids: Ids, settings: Settings, first: int) -> Iterator[Ids]:
    """Batches without end, from number ``first`` on; each is cut to its longest molecule."""
    per_pass = len(ids) // settings.batch
    if per_pass == 0:
        raise ValueError(f"{len(ids)} molecules do not fill a batch of {settings.batch}")
    number = first
    while True:
        rows = _sorted_pass(ids, settings, number // per_pass)
        for place in range(number % per_pass, per_pass):
            chosen = ids[rows[place]]
            yield chosen[:, : int(np.count_nonzero(chosen, axis=1).max())]
        number = (number // per_pass + 1) * per_pass


def _sorted_pass(ids: Ids, settings: Settings, number: int) -> NDArray[np.int64]:
    """The rows of each batch of one pass (batches × batch): shuffled, alike in length within a window."""
    rng = np.random.default_rng([settings.seed, 2, number])
    lengths = np.count_nonzero(ids, axis=1)
    size = settings.batch
    order = rng.permutation(len(ids))[: len(ids) // size * size]
    windows = [order[start : start + WINDOW * size] for start in range(0, len(order), WINDOW * size)]
    by_length = np.concatenate([window[np.argsort(lengths[window], kind="stable")] for window in windows])
    rows: NDArray[np.int64] = by_length.reshape(-1, size)
    return rows[rng.permutation(len(rows))]


def begin(settings: Settings, vocabulary: int) -> Run:
    """A run before its first step."""
    import torch

    from tools.discovery.vae_net import MoleculeVae, Sizes

    torch.manual_seed(settings.seed)
    net = MoleculeVae(
        Sizes(vocabulary, settings.embedding, settings.encoder, settings.decoder, settings.latent)
    )
    return Run(settings, net, torch.optim.Adam(net.parameters(), lr=settings.rate, fused=True))


def advance(run: Run, ids: Ids) -> None:
    """One step on one batch."""
    import torch

    settings, progress = run.settings, run.progress
    warm = min(1.0, (run.steps + 1) / settings.warm)
    for group in run.optimizer.param_groups:
        group["lr"] = settings.rate * warm * (1 + math.cos(math.pi * min(1.0, progress))) / 2
    source = torch.Generator().manual_seed(settings.seed * 1_000_003 + run.steps)
    noise = torch.randn(len(ids), settings.latent, generator=source)
    loss = run.net(torch.from_numpy(ids).long(), noise)
    beta = min(1.0, progress / settings.beta_by)
    bound = loss.reconstruction + beta * loss.divergence.clamp(min=settings.free).sum()
    run.optimizer.zero_grad()
    bound.backward()
    torch.nn.utils.clip_grad_norm_(run.net.parameters(), CLIP)
    run.optimizer.step()
    run.steps += 1
    run.sums.append(np.array([loss.reconstruction.item(), loss.divergence.sum().item()]))


def train(smiles: Path, out: Path, settings: Settings, *, cache: Path, processes: int = 1) -> Run:
    """Train until the steps or minutes are used up, and return the run; ``out`` gets the checkpoint and the log.

    A checkpoint in ``out`` of the same settings is taken up where it stopped.
    """
    if (settings.steps is None) == (settings.minutes is None):
        raise ValueError("exactly one of steps and minutes")
    held = corpus(smiles, cache, processes=processes)
    rows, unseen = split(held, settings)
    out.mkdir(parents=True, exist_ok=True)
    run = _resumed(out / CHECKPOINT, begin(settings, held.vocabulary.size))
    with _without_subnormals():
        _advanced(run, rows, unseen, out)
    if run.sums:
        _log(run, unseen, out / LOG)
    _save(run, out / CHECKPOINT)
    return run


def _advanced(run: Run, rows: Ids, unseen: Ids, out: Path) -> None:
    """The steps themselves, with a line of log and a checkpoint now and then."""
    settings, before = run.settings, time.process_time() - run.seconds
    for ids in batches(rows, settings, run.steps):
        if run.progress >= 1:
            return
        advance(run, ids)
        run.seconds = time.process_time() - before
        if run.steps % settings.log_every == 0:
            _log(run, unseen, out / LOG)
        if run.steps % settings.save_every == 0:
            _save(run, out / CHECKPOINT)


@contextmanager
def _without_subnormals() -> Iterator[None]:
    """Tiny numbers count as zero meanwhile, which spares time; it is a state of the processor, so it is put back."""
    import torch

    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


def measured(net: MoleculeVae, ids: Ids, seed: int, batch: int = 500) -> dict[str, float]:
    """Reconstruction and divergence (nats a molecule) on molecules that were not trained on."""
    import torch

    source = torch.Generator().manual_seed(seed)
    order = np.argsort(np.count_nonzero(ids, axis=1), kind="stable")
    sums = np.zeros(2)
    with torch.inference_mode():
        for start in range(0, len(order), batch):
            some = ids[order[start : start + batch]]
            some = some[:, : int(np.count_nonzero(some, axis=1).max())]
            noise = torch.randn(len(some), net.sizes.latent, generator=source)
            loss = net(torch.from_numpy(some).long(), noise)
            sums += len(some) * np.array([loss.reconstruction.item(), loss.divergence.sum().item()])
    reconstruction, divergence = sums / len(ids)
    return {"reconstruction": round(float(reconstruction), 3), "kl": round(float(divergence), 3)}


def _log(run: Run, unseen: Ids, path: Path) -> None:
    told: dict[str, Any] = {"step": run.steps, "minutes": round(run.seconds / 60, 2)}
    if run.sums:
        reconstruction, divergence = np.mean(run.sums, axis=0)
        told |= {"reconstruction": round(float(reconstruction), 3), "kl": round(float(divergence), 3)}
    told["held_out"] = measured(run.net, unseen[:2000], run.settings.seed)
    run.sums.clear()
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(told) + "\n")


def _save(run: Run, path: Path) -> None:
    import torch

    held = {"settings": run.settings.model_dump_json(), "steps": run.steps, "seconds": run.seconds,
            "net": run.net.state_dict(), "optimizer": run.optimizer.state_dict()}  # fmt: skip
    part = path.with_suffix(".part")
    torch.save(held, part)
    part.replace(path)


def _resumed(path: Path, run: Run) -> Run:
    """The run that the checkpoint holds, or ``run`` itself where there is none.

    Raises:
        ValueError: the checkpoint is of other settings.
    """
    import torch

    if not path.is_file():
        return run
    held = torch.load(path, weights_only=True)
    if held["settings"] != run.settings.model_dump_json():
        raise ValueError(f"{path} was made with other settings: {held['settings']}")
    run.net.load_state_dict(held["net"])
    run.optimizer.load_state_dict(held["optimizer"])
    run.steps, run.seconds = held["steps"], held["seconds"]
    return run


def main(arguments: list[str] | None = None) -> int:
    """The command line: train, write weights and card, and teach the critic; by default as the shipped one was made."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.discovery.vae_train", description="Train the molecule generator."
    )
    parser.add_argument("smiles", type=Path, help="a file of SMILES, or the MOSES wheel (pack moses)")
    parser.add_argument("out", type=Path, help="folder for checkpoint, log, weights and card")
    parser.add_argument(
        "--minutes", type=float, help=f"of processor time; {MINUTES:g} where no steps are given"
    )
    parser.add_argument("--steps", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", default="MOSES", help="name of the molecules, for the card")
    parser.add_argument("--licence", default="MIT", help="licence of the molecules, for the card")
    parser.add_argument(
        "--critic", type=int, default=40_000, help="draws that the critic learns from; 0: none"
    )
    parser.add_argument("--margin", type=float, default=1.0, help="logit from which the critic always keeps")
    parser.add_argument("--temperature", type=float, default=0.85, help="of the draws")
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--processes", type=int, default=1)
    given = parser.parse_args(arguments)
    from tools.discovery import vae_ship
    from tools.discovery.vae import load
    from tools.discovery.vae_card import Data

    minutes = MINUTES if given.steps is None and given.minutes is None else given.minutes
    settings = Settings(steps=given.steps, minutes=minutes, seed=given.seed)
    cache = given.cache or given.out
    run = train(given.smiles, given.out, settings, cache=cache, processes=given.processes)
    held = corpus(given.smiles, cache)
    card = vae_ship.ship(run, held, Data(name=given.data, licence=given.licence), given.out)
    card = card.model_copy(update={"temperature": given.temperature})
    card.write(given.out)
    if given.critic:
        vae = load(given.out / card.file, card.sha256)
        card = vae_ship.taught(vae, card, split(held, settings)[0], given.critic, given.margin, given.out)
    sys.stdout.write(f"{given.out / card.file}: sha256 {card.sha256}, {card.held_out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
