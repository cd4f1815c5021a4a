"""The recipe of the conditional VAE: ``python -m imaging.training.cvae SET --data FILE --folder RUN --out FILE``."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from imaging.generate.cvae import CvaeGenerator, prior, residual
from imaging.generate.generator import Conditions, Pictures, Shape, as_values
from imaging.generate.nets import Autoencoder
from imaging.generate.pca import basis
from imaging.training.generators import digest, run, shrunk
from imaging.training.loop import Stateful
from retrieval.evidence import Word


class CvaeSettings(Word):
    """Everything beside the data that decides the result. ``sigma`` is the likelihood's SD on the scale -1 to 1."""

    latent: int = 64
    components: int = 150
    linear_side: int = 28
    width: int = 32
    batch: int = 64
    rate: float = 1e-3
    sigma: float = 0.15
    rest_components: int = 150
    rest_side: int = 28
    flip: bool = False
    steps_of_schedule: int = 3000
    seed: int = 0


class CvaeTask:
    """A :class:`imaging.training.loop.Task`: one step raises the evidence lower bound on one batch."""

    def __init__(
        self, pictures: Pictures, conditions: Conditions, shape: Shape, settings: CvaeSettings
    ) -> None:
        torch.manual_seed(settings.seed)
        self.shape, self._settings = shape, settings
        self._data = digest(pictures, conditions)
        self._values, self._conditions = torch.from_numpy(as_values(pictures)), torch.from_numpy(conditions)
        found = basis(
            shrunk(self._values, settings.linear_side).flatten(1).numpy(), conditions, settings.components
        )
        self.net = Autoencoder(
            len(shape.labels), min(settings.latent, len(found.deviations)), len(found.deviations),
            shape.channels, shape.side, settings.linear_side, settings.width,
        )  # fmt: skip
        self.net.linear.take(found)
        self._learn = torch.optim.Adam(self.net.parameters(), lr=settings.rate)
        self._pieces = 1

    @property
    def settings(self) -> Mapping[str, Any]:
        return {"recipe": "cvae/v1", "data": self._data, **self._settings.model_dump()}

    @property
    def parts(self) -> Mapping[str, Stateful]:
        return {"net": self.net, "learn": self._learn}

    def advance(self, step: int) -> float:
        """One step of Adam, cosine rate; returns the negative bound per picture, in nats up to a constant."""
        rng = np.random.default_rng([self._settings.seed, step])
        values, conditions = self._batch(rng)
        mean, log_variance = self.net.encode(values, conditions)
        noise = torch.from_numpy(rng.standard_normal(mean.shape, dtype=np.float32))
        made = self.net.decode(mean + noise * (0.5 * log_variance).exp(), conditions)
        misfit = ((made - values) ** 2).flatten(1).sum(dim=1) / (2 * self._settings.sigma**2)
        apart = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(dim=1)
        loss = (misfit + apart).mean()
        for group in self._learn.param_groups:
            group["lr"] = self._settings.rate * self._cooled(step)
        self._learn.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 200.0)
        self._learn.step()
        return float(loss.detach())

    def _cooled(self, step: int) -> float:
        share = min(1.0, step / self._settings.steps_of_schedule)
        return 0.02 + 0.98 * 0.5 * (1 + float(np.cos(np.pi * share)))

    def _batch(self, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        rows = torch.from_numpy(rng.integers(0, len(self._values), self._settings.batch // self._pieces))
        values = self._values[rows]
        return (values.flip(3) if self._settings.flip and rng.random() < 0.5 else values), self._conditions[
            rows
        ]

    def halve(self) -> None:
        self._pieces *= 2

    def score(self) -> float | None:
        return None

    def generator(self) -> CvaeGenerator:
        """The generator as it stands: prior and residual are fitted to the training pictures now."""
        latents, left = self._seen()
        conditions = self._conditions.numpy()
        small = shrunk(torch.from_numpy(left), self._settings.rest_side).numpy()
        rest = residual(small, conditions, self._settings.rest_components, self._settings.rest_side)
        return CvaeGenerator(self.shape, copy.deepcopy(self.net), prior(latents, conditions), rest)

    def _seen(self) -> tuple[Any, Any]:
        """Drawn latent values of all training pictures, and what their decoded means leave out."""
        rng = np.random.default_rng([self._settings.seed, 10**9])
        latents, left = [], []
        with torch.inference_mode():
            for start in range(0, len(self._values), 128):
                values, conditions = self._values[start : start + 128], self._conditions[start : start + 128]
                mean, log_variance = self.net.encode(values, conditions)
                noise = torch.from_numpy(rng.standard_normal(mean.shape, dtype=np.float32))
                latents.append((mean + noise * (0.5 * log_variance).exp()).numpy())
                left.append((values - self.net.decode(mean, conditions)).numpy())
        return np.concatenate(latents), np.concatenate(left)


def main() -> None:
    """Train and save; the arguments are those of every generator recipe."""
    run("cvae", CvaeSettings, CvaeTask)


if __name__ == "__main__":
    main()
