"""The generators that ship: opened by name, and only if their numbers are those that the card names."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from imaging.cards import FOLDER, ModelCard, cards
from imaging.generate.generator import Latent
from imaging.image import ModelMissing


def names() -> tuple[str, ...]:
    """The ids of the shipped generators, such as ``xray-cvae``."""
    return tuple(card.id for card in cards().values() if _kind(card) in _LOADERS)


@cache
def generator(name: str) -> Latent:
    """Open a shipped generator.

    Raises:
        ModelMissing: no such generator ships, its file is absent, or its sha256 is not the card's.
    """
    card = cards().get(f"model:{name}")
    if card is None or _kind(card) not in _LOADERS:
        raise ModelMissing(f"no generator named {name} ships; there are {', '.join(names())}")
    path = FOLDER / card.file
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != card.sha256:
        raise ModelMissing(f"{card.file} is not the file that its card names; make it again: {card.recipe}")
    return _LOADERS[_kind(card)](path)


def _kind(card: ModelCard) -> str:
    return card.id.rpartition("-")[2] if card.file.endswith(".safetensors") else ""


def _pca(path: Path) -> Latent:
    from imaging.generate.pca import PcaGaussian

    return PcaGaussian.load(path)


def _cvae(path: Path) -> Latent:
    from imaging.generate.cvae import CvaeGenerator

    return CvaeGenerator.load(path)


def _wgan(path: Path) -> Latent:
    from imaging.generate.wgan import WganGenerator

    return WganGenerator.load(path)


_LOADERS: dict[str, Callable[[Path], Latent]] = {"pca": _pca, "cvae": _cvae, "wgan": _wgan}
