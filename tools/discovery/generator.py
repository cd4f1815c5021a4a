"""Molecules from the shipped generator: drawn afresh, or drawn around the codes of given molecules.

What comes out has passed no filter and no misuse gate: :mod:`tools.discovery.design` does both before it shows any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from tools.discovery.tokens import molecule
from tools.discovery.vae import BATCH, Prior, Vae, WrongWeights, load
from tools.discovery.vae_card import FOLDER, VaeCard
from tools.discovery.worker import DiscoveryMissing

if TYPE_CHECKING:
    from tools.discovery.critic import Critic

Weights = TypeVar("Weights")

DRAWS_A_MOLECULE = 8
"""Draws after which a call ends with fewer molecules than were asked for, for each of them (and 512 at least)."""

TOGETHER = 64
"""Draws that the critic reads together."""

SPREAD, NEAR = 0.5, 0.8
"""How neighbours are drawn: standard deviations of what the encoder says of a code, and the temperature.

Of 100 neighbours of N-(4-fluorophenyl)morpholine-4-carboxamide the mean similarity to it is .32, at a spread of 1 .24,
and of other molecules that the critic keeps .16; smaller values give more repeats than neighbours.
"""


class GeneratorMissing(RuntimeError):
    """The weights or their card are absent or changed; ``command`` makes them again."""

    def __init__(self, what: str, command: str) -> None:
        super().__init__(f"{what}; restore the file from the repository, or make it again: {command}")
        self.command = command


class Generated(NamedTuple):
    """Distinct canonical SMILES in the order drawn; of ``drawn`` strings ``valid`` were molecules, and of these the
    critic ``refused`` some. ``skipped`` are given molecules that the generator cannot code."""

    molecules: tuple[str, ...]
    drawn: int
    valid: int
    card: VaeCard
    skipped: tuple[str, ...] = ()
    refused: int = 0


class Draw(NamedTuple):
    """One string as a molecule, None where it is none, and whether the critic (if one was asked) keeps it."""

    smiles: str | None
    kept: bool


def generate(n: int, seed: int, *, temperature: float | None = None) -> Generated:
    """Up to ``n`` distinct molecules, past the critic where the card has one.

    The same seed gives the same ones, and a larger n only more of them. ``temperature`` is the card's where not given.

    Raises:
        GeneratorMissing: the weights are absent or not those of the card.
        DiscoveryMissing: the extra is not installed.
    """
    card, vae = generator()
    strings = vae.draws(seed, temperature=temperature or card.temperature, prior=card.prior)
    return _collected(judged(strings, critic(), seed), n, card)


def neighbours(
    smiles: Sequence[str], n: int, seed: int, *, temperature: float = NEAR, spread: float = SPREAD
) -> Generated:
    """Up to ``n`` distinct molecules drawn around the codes of given ones, each in turn; the given are left out.

    Stereochemistry is taken off the given molecules: the generator has learned none. The critic is not asked: it
    would refuse what is odd about the given molecules.

    Raises:
        ValueError: not one of the given molecules can be coded (charges, rare elements, too long).
        GeneratorMissing, DiscoveryMissing: see :func:`generate`.
    """
    card, vae = generator()
    flat = {one: _flat(one) for one in smiles}
    held = [one for one in flat.values() if one and vae.writes(one)]
    skipped = tuple(given for given, one in flat.items() if one not in held)
    if not held:
        raise ValueError("the generator can code none of the given molecules")
    strings = _around(vae, held, seed, temperature, spread)
    found = _collected(judged(strings, None, seed), n, card, leave_out=frozenset(held))
    return found._replace(skipped=skipped)


def drawn(
    n: int, seed: int, *, temperature: float = 1.0, prior: Prior = "standard", with_critic: bool = False
) -> list[str | None]:
    """``n`` draws as canonical SMILES, repeats kept and None where invalid: what the metrics are made from.

    With the critic they are the first ``n`` that are invalid or kept, so that it cannot hide an invalid one.

    Raises:
        GeneratorMissing, DiscoveryMissing: see :func:`generate`.
    """
    _, vae = generator()
    strings = vae.draws(seed, temperature=temperature, prior=prior)
    found = judged(strings, critic() if with_critic else None, seed)
    return list(islice((one.smiles for one in found if one.kept or one.smiles is None), n))


def judged(strings: Iterable[str], by: Critic | None, seed: int) -> Iterator[Draw]:
    """Each SELFIES string as a molecule, kept or refused by the critic; without one all are kept."""
    rng, source = np.random.default_rng([seed, 2]), iter(strings)
    while some := list(islice(source, TOGETHER)):
        smiles = [molecule(one) for one in some]
        valid = [one for one in smiles if one is not None]
        kept = iter(by.keeps(valid, rng)) if by and valid else iter([True] * len(valid))
        for one in smiles:
            yield Draw(one, one is not None and bool(next(kept)))


@cache
def generator(folder: Path = FOLDER) -> tuple[VaeCard, Vae]:
    """Card and generator of a folder, opened once.

    Raises:
        GeneratorMissing, DiscoveryMissing: see :func:`generate`.
    """
    missing = [name for name in ("selfies", "rdkit") if find_spec(name) is None]
    if missing:
        raise DiscoveryMissing(f"{' and '.join(missing)} not installed.")
    card = _card(folder)
    return card, _opened(load, folder / card.file, card.sha256, card)


@cache
def critic(folder: Path = FOLDER) -> Critic | None:
    """The critic of a folder; None where the card has none.

    Raises:
        GeneratorMissing, DiscoveryMissing: see :func:`generate`.
    """
    card, _ = generator(folder)
    if card.critic is None:
        return None
    from tools.discovery.critic import load as opened

    return _opened(opened, folder / card.critic.file, card.critic.sha256, card)


def _opened(load: Callable[[Path, str], Weights], path: Path, sha256: str, card: VaeCard) -> Weights:
    try:
        return load(path, sha256)
    except FileNotFoundError as absent:
        raise GeneratorMissing(f"the weights {path.name} are absent", card.again) from absent
    except WrongWeights as changed:
        raise GeneratorMissing(str(changed), card.again) from changed


def _card(folder: Path) -> VaeCard:
    try:
        return VaeCard.read(folder)
    except FileNotFoundError as absent:
        command = str(VaeCard.model_fields["again"].default)
        raise GeneratorMissing("the card of the generator is absent", command) from absent


def _collected(
    draws: Iterator[Draw], n: int, card: VaeCard, leave_out: frozenset[str] = frozenset()
) -> Generated:
    """The first ``n`` distinct molecules that are kept."""
    found: dict[str, None] = {}
    strings = valid = refused = 0
    for one in islice(draws, max(512, DRAWS_A_MOLECULE * n)):
        if len(found) == n:
            break
        strings += 1
        if one.smiles is None:
            continue
        valid += 1
        refused += not one.kept
        if one.kept and one.smiles not in leave_out:
            found[one.smiles] = None
    return Generated(tuple(found), strings, valid, card, refused=refused)


def _around(vae: Vae, smiles: Sequence[str], seed: int, temperature: float, spread: float) -> Iterator[str]:
    """SELFIES without end, one for each of the molecules in turn."""
    means, deviations = vae.encode(smiles)
    turns = np.arange(BATCH) % len(smiles)
    for number in count():
        rng = np.random.default_rng([seed, 1, number])
        noise = rng.standard_normal((BATCH, means.shape[1]), dtype=np.float32)
        codes = means[turns] + spread * deviations[turns] * noise
        yield from vae.decode(codes, int(rng.integers(2**31)), temperature=temperature)
        turns = (turns + BATCH) % len(smiles)


def _flat(smiles: str) -> str | None:
    """The canonical SMILES without stereochemistry; None for what RDKit cannot read."""
    from tools.discovery.molecules import chem

    read = chem().MolFromSmiles(smiles)
    return None if read is None else str(chem().MolToSmiles(read, isomericSmiles=False))
