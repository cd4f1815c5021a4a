"""The trained generator as a value: load it, draw SELFIES from it, code molecules, walk between them.

The weights are numbers in a safetensors file (no pickle) and open only by their digest. Two ways to draw a code: from
the standard normal that training pulls the codes towards, or from a Gaussian that was fitted to the codes of the
training molecules afterwards (Ghosh P et al., ICLR 2020, arXiv 1903.12436). The card says which draws the better set.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from tools.discovery.tokens import END, PAD, START, Ids, Vocabulary, selfies_of

if TYPE_CHECKING:
    from torch import Tensor

    from tools.discovery.vae_net import MoleculeVae

Codes = NDArray[np.float32]
Prior = Literal["standard", "fitted"]

KIND = "selfies-gru-vae"
LIMIT = 40
"""Pieces after which a draw that has not ended is cut; SELFIES stays readable at any length."""

BATCH = 256
"""Codes that are written together. A draw always fills a whole batch, so n is a prefix of any larger n."""


class WrongWeights(ValueError):
    """The file is not the weights that were asked for."""


@dataclass(frozen=True)
class Gaussian:
    """Mean (latent) and Cholesky factor (latent × latent) of the codes of the training molecules."""

    mean: Codes
    factor: Codes

    @classmethod
    def fitted(cls, means: Codes, variances: Codes) -> Gaussian:
        """To the codes of many molecules (molecules × latent): the spread of the means and the mean variance."""
        spread = np.cov(means.astype(np.float64), rowvar=False) + np.diag(variances.mean(axis=0))
        return cls(means.mean(axis=0).astype(np.float32), np.linalg.cholesky(spread).astype(np.float32))


@dataclass(frozen=True)
class Vae:
    """The generator: its vocabulary, network and fitted prior."""

    vocabulary: Vocabulary
    net: MoleculeVae
    fitted: Gaussian

    def sample(self, n: int, seed: int, *, temperature: float = 1.0, prior: Prior = "standard") -> list[str]:
        """``n`` SELFIES strings; the same seed gives the same strings on one machine."""
        return list(islice(self.draws(seed, temperature=temperature, prior=prior), n))

    def draws(self, seed: int, *, temperature: float = 1.0, prior: Prior = "standard") -> Iterator[str]:
        """SELFIES strings without end."""
        for number in count():
            rng = np.random.default_rng([seed, number])
            yield from self._written(self.codes(BATCH, rng, prior), rng, temperature)

    def codes(self, n: int, rng: np.random.Generator, prior: Prior) -> Codes:
        """``n`` codes (n × latent) of a prior."""
        plain = rng.standard_normal((n, self.net.sizes.latent), dtype=np.float32)
        return plain if prior == "standard" else self.fitted.mean + plain @ self.fitted.factor.T

    def decode(self, codes: Codes, seed: int, *, temperature: float = 1.0) -> list[str]:
        """One SELFIES string for each code (n × latent)."""
        drawn: list[str] = []
        for number, start in enumerate(range(0, len(codes), BATCH)):
            rng = np.random.default_rng([seed, number])
            drawn += self._written(codes[start : start + BATCH], rng, temperature)
        return drawn

    def encode(self, smiles: Sequence[str]) -> tuple[Codes, Codes]:
        """Mean and standard deviation of the code of each molecule (each n × latent).

        Raises:
            ValueError: a molecule cannot be written in SELFIES with the vocabulary of the training molecules.
        """
        import torch

        with torch.inference_mode():
            mean, log_variance = self.net.encode(torch.from_numpy(self.rows(smiles)).long())
        return mean.numpy(), (log_variance / 2).exp().numpy()

    def writes(self, smiles: str) -> bool:
        """Whether a molecule can be coded."""
        text = selfies_of(smiles)
        return bool(text and self.vocabulary.encode(text))

    def rows(self, smiles: Sequence[str]) -> Ids:
        """The ids of molecules (n × longest, padded); see :meth:`encode` for when it refuses."""
        held = []
        for one in smiles:
            text = selfies_of(one)
            row = self.vocabulary.encode(text) if text else None
            if not row:
                raise ValueError(f"{one} holds a symbol that the generator has not learned")
            held.append(row)
        longest = max(map(len, held))
        padded = b"".join(row.ljust(longest, bytes((PAD,))) for row in held)
        return np.frombuffer(padded, dtype=np.uint8).reshape(-1, longest).copy()

    def between(
        self, first: str, second: str, steps: int, seed: int, *, temperature: float = 1.0
    ) -> list[str]:
        """SELFIES on the straight way between the codes of two molecules (SMILES), both ends included."""
        ends, _ = self.encode([first, second])
        shares = np.linspace(0, 1, steps, dtype=np.float32)[:, None]
        return self.decode((1 - shares) * ends[0] + shares * ends[1], seed, temperature=temperature)

    def _written(self, codes: Codes, rng: np.random.Generator, temperature: float) -> list[str]:
        import torch

        with torch.inference_mode():
            rows = np.stack(
                list(self._pieces(torch.from_numpy(np.ascontiguousarray(codes)), rng, temperature))
            )
        return [self.vocabulary.decode(map(int, column)) for column in rows.T]

    def _pieces(
        self, codes: Tensor, rng: np.random.Generator, temperature: float
    ) -> Iterator[NDArray[np.int64]]:
        """The next piece of each molecule, until all have ended; drawn by the Gumbel maximum from numpy's stream."""
        import torch

        state, last = self.net.start(codes), torch.full((1, len(codes)), START)
        ended = np.zeros(len(codes), dtype=bool)
        for _ in range(LIMIT):
            logits, state = self.net.step(last, codes, state)
            scores = logits[0].double().numpy() / temperature
            scores[:, [PAD, START]] = -np.inf
            chosen = (scores + rng.gumbel(size=scores.shape)).argmax(axis=1)
            chosen[ended] = END
            yield chosen
            ended |= chosen == END
            if ended.all():
                return
            last = torch.from_numpy(chosen).unsqueeze(0)


def save(vae: Vae, path: Path) -> str:
    """Write the weights in half precision, and return the sha256 of the file."""
    from safetensors.numpy import save_file

    arrays = {name: value.numpy() for name, value in vae.net.state_dict().items()}
    arrays |= {"prior.mean": vae.fitted.mean, "prior.factor": vae.fitted.factor}
    told = {
        "kind": KIND,
        "sizes": json.dumps(vae.net.sizes._asdict()),
        "vocabulary": vae.vocabulary.as_json(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(
        {name: np.ascontiguousarray(value, dtype=np.float16) for name, value in arrays.items()}, path, told
    )
    return hashlib.sha256(path.read_bytes()).hexdigest()


def arrays_of(path: Path, sha256: str, kind: str) -> tuple[dict[str, str], dict[str, NDArray[np.float32]]]:
    """What a file of weights tells of itself, and its arrays in single precision; safetensors, so nothing is run.

    Raises:
        FileNotFoundError: there is no such file.
        WrongWeights: its digest is another, or it holds another kind of weights.
    """
    from safetensors import safe_open

    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != sha256:
        raise WrongWeights(f"{path.name} has the sha256 {found}, not {sha256}")
    with safe_open(path, framework="numpy") as held:
        told = held.metadata() or {}
        arrays = {name: held.get_tensor(name).astype(np.float32) for name in held.keys()}  # noqa: SIM118
    if told.get("kind") != kind:
        raise WrongWeights(f"{path.name} holds {told.get('kind', 'no weights of ours')}, not {kind}")
    return told, arrays


def load(path: Path, sha256: str) -> Vae:
    """Open weights that :func:`save` wrote.

    Raises:
        FileNotFoundError: there is no such file.
        WrongWeights: its digest is another, or it holds something else.
    """
    import torch

    from tools.discovery.vae_net import MoleculeVae, Sizes

    told, arrays = arrays_of(path, sha256, KIND)
    fitted = Gaussian(arrays.pop("prior.mean"), arrays.pop("prior.factor"))
    net = MoleculeVae(Sizes(**json.loads(told["sizes"])))
    net.load_state_dict({name: torch.from_numpy(value) for name, value in arrays.items()})
    return Vae(Vocabulary.from_json(told["vocabulary"]), net.eval(), fitted)
