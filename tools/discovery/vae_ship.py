"""From a training run to what ships: the fitted prior, weights in half precision, the card, and what samples score.

Prior and temperature are chosen on molecules of the training file that were held out, never on the test split; only
then is the choice, and every other way to draw, scored against the test splits.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tools.discovery.critic import Critic
from tools.discovery.critic import save as save_critic
from tools.discovery.critic_train import teach
from tools.discovery.generator import judged
from tools.discovery.tokens import Corpus, Ids, molecule
from tools.discovery.vae import Gaussian, Prior, Vae, load, save
from tools.discovery.vae_card import WEIGHTS, CriticCard, Data, HeldOut, Sampled, Training, Tried, VaeCard
from tools.discovery.vae_train import Run, measured, split

if TYPE_CHECKING:
    from tools.discovery.filters import MosesFilters
    from tools.discovery.gathered import Reference

CRITIC = "critic.safetensors"
WAYS: tuple[tuple[Prior, float], ...] = (
    ("standard", 1.0), ("standard", 0.85), ("standard", 0.7), ("standard", 0.5), ("standard", 0.3),
    ("standard", 0.1), ("fitted", 1.0), ("fitted", 0.85),
)  # fmt: skip
SEED = 11


class Against(NamedTuple):
    """What a sample is scored against: ``Reference.published`` of both test splits, filters, the training set."""

    test: Reference
    scaffolds: Reference
    patterns: MosesFilters
    known: Callable[[Collection[str]], Collection[str]]


def finished(run: Run, held: Corpus) -> Vae:
    """The generator of a run: its network, and the Gaussian of the codes of molecules that it was trained on."""
    import torch

    rows, _ = split(held, run.settings)
    chosen = np.random.default_rng([run.settings.seed, 3]).permutation(len(rows))[: run.settings.fit_on]
    means, variances = [], []
    with torch.inference_mode():
        for start in range(0, len(chosen), 500):
            mean, log_variance = run.net.encode(torch.from_numpy(rows[chosen[start : start + 500]]).long())
            means.append(mean.numpy())
            variances.append(log_variance.exp().numpy())
    return Vae(
        held.vocabulary, run.net.eval(), Gaussian.fitted(np.concatenate(means), np.concatenate(variances))
    )


def ship(run: Run, held: Corpus, data: Data, out: Path) -> VaeCard:
    """Write weights and card of a run to ``out``, and return the card; nothing is measured by samples yet."""
    import torch

    settings = run.settings
    sha256 = save(finished(run, held), out / WEIGHTS)
    shipped = load(out / WEIGHTS, sha256)
    _, unseen = split(held, settings)
    card = VaeCard(
        file=WEIGHTS,
        sha256=sha256,
        parameters=sum(value.numel() for value in run.net.parameters()),
        sizes=run.net.sizes._asdict(),
        symbols=held.vocabulary.symbols,
        pieces=held.vocabulary.size,
        data=data.model_copy(update={
            "sha256": held.sha256, "read": held.read, "unknown": held.unknown, "too_long": held.too_long,
            "held_out": len(unseen), "trained_on": len(held.ids) - len(unseen),
        }),
        training=Training(
            settings=settings.model_dump(), steps=run.steps, molecules_seen=run.steps * settings.batch,
            minutes=round(run.seconds / 60, 1), threads=torch.get_num_threads(), processor=_processor(),
            torch=torch.__version__,
        ),
        held_out=HeldOut(**measured(shipped.net, unseen, settings.seed)),
    )  # fmt: skip
    card.write(out)
    return card


def _processor() -> str:
    """The name of the processor, where Linux tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.is_file() else []
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown"
    )


def tried(
    vae: Vae, unseen: Ids, n: int, ways: Iterable[tuple[Prior, float]] = WAYS, critic: Critic | None = None
) -> tuple[Tried, ...]:
    """Each way to draw beside ``n`` molecules held out of training (ids), nearest first; about 30 s each at 10,000."""
    from tools.discovery import chemnet

    target = chemnet.gaussian(real(vae, unseen[:n]))
    rows = []
    for prior, temperature in ways:
        found = chemnet.gaussian([one for one in drawn(vae, prior, temperature, n, SEED, critic)[0] if one])
        distance = round(chemnet.distance(found, target).value, 3)
        margin = critic.margin if critic else None
        rows.append(
            Tried(
                prior=prior,
                temperature=temperature,
                critic=critic is not None,
                margin=margin,
                n=n,
                fcd=distance,
            )
        )
    return tuple(sorted(rows, key=lambda row: row.fcd))


def real(vae: Vae, ids: Ids) -> list[str]:
    """Molecules of the training file (ids) as canonical SMILES."""
    return [one for one in (molecule(vae.vocabulary.decode(map(int, row))) for row in ids) if one]


def drawn(
    vae: Vae, prior: Prior, temperature: float, n: int, seed: int, critic: Critic | None = None
) -> tuple[list[str | None], float]:
    """The first ``n`` draws that are invalid or kept, and the share of the valid ones that were kept."""
    held: list[str | None] = []
    valid = kept = 0
    for one in judged(vae.draws(seed, temperature=temperature, prior=prior), critic, seed):
        if len(held) == n:
            break
        valid += one.smiles is not None
        kept += one.kept
        if one.kept or one.smiles is None:
            held.append(one.smiles)
    return held, kept / max(1, valid)


def taught(vae: Vae, card: VaeCard, seen: Ids, count: int, margin: float, out: Path) -> VaeCard:
    """A critic for the card's prior and temperature, written to ``out`` with the card; returns that card.

    It learns from ``count`` draws and from as many molecules that the generator was trained on (``seen``, ids).
    """
    started = time.process_time()
    chosen = np.random.default_rng([card.training.steps, 4]).permutation(len(seen))[:count]
    made, _ = drawn(vae, card.prior, card.temperature, count, SEED + 2)
    critic, accuracy = teach(real(vae, seen[chosen]), [one for one in made if one], SEED, margin=margin)
    _, kept = drawn(vae, card.prior, card.temperature, 1_000, SEED + 3, critic)
    about = CriticCard(
        file=CRITIC, sha256=save_critic(critic, out / CRITIC), real=len(chosen), drawn=len(made),
        accuracy=round(accuracy, 3), margin=margin, kept=round(kept, 3),
        minutes=round((time.process_time() - started) / 60, 1),
    )  # fmt: skip
    card = card.model_copy(update={"critic": about})
    card.write(out)
    return card


def scored(
    vae: Vae, prior: Prior, temperature: float, n: int, against: Against, critic: Critic | None = None,
    seed: int = SEED + 1,
) -> Sampled:  # fmt: skip
    """One row of the card: ``n`` draws against the whole test splits of MOSES."""
    from tools.discovery import chemnet, metrics
    from tools.discovery.gathered import gathered

    molecules, kept = drawn(vae, prior, temperature, n, seed, critic)
    held = gathered("VAE", molecules, patterns=against.patterns, gaussian=chemnet.gaussian)
    of = metrics.measure(held, test=against.test, scaffolds=against.scaffolds, known=against.known)
    near, far = of.test, of.scaffolds
    if near is None or near.fcd is None or far is None or far.fcd is None:
        raise ValueError("a row needs both references with the Gaussian of ChemNet")
    figures = {
        "valid": of.valid, "unique": of.unique_10k, "novel": of.novel, "qed": of.qed, "sa": of.sa,
        "alerts": of.alerts, "fcd": near.fcd.value, "fcd_scaffolds": far.fcd.value, "snn": near.snn,
        "frag": near.frag, "scaff": near.scaff, "scaff_scaffolds": far.scaff,
        "internal_diversity": of.internal_diversity, "filters": of.filters, "logp": of.logp, "weight": of.weight,
    }  # fmt: skip
    told = {name: None if value is None else round(value, 4) for name, value in figures.items()}
    return Sampled(
        prior=prior, temperature=temperature, critic=critic is not None, kept=round(kept, 3) if critic else None,
        seed=seed, n=n, against=f"{against.test.name} ({against.test.n:,} molecules)", **told,
    )  # fmt: skip
