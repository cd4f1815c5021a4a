"""The recipe of the WGAN-GP: ``python -m imaging.training.wgan SET --data FILE --folder RUN --out FILE``.

Critic steps with gradient penalty, Adam with betas (0.0, 0.9) and a rate that falls to 2 % along a cosine, a running
average of the generator's weights.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from imaging.generate.generator import Conditions, Pictures, Shape, as_values
from imaging.generate.nets import Critic, Painter
from imaging.generate.pca import basis
from imaging.generate.wgan import WganGenerator, noise
from imaging.training.disturb import Disturbance, shifted
from imaging.training.generators import digest, run, shrunk
from imaging.training.loop import Stateful
from retrieval.evidence import Word


class WganSettings(Word):
    """Everything beside the data that decides the result."""

    components: int = 200
    linear_side: int = 28
    width: int = 16
    critic_width: int = 32
    critic_steps: int = 3
    batch: int = 32
    rate: float = 3e-4
    penalty: float = 10.0
    average: float = 0.999
    steps_of_schedule: int = 12_000
    disturbance: Disturbance = "none"
    seed: int = 0


class WganTask:
    """A :class:`imaging.training.loop.Task`: one step is ``critic_steps`` of the critic and one of the generator."""

    def __init__(
        self, pictures: Pictures, conditions: Conditions, shape: Shape, settings: WganSettings
    ) -> None:
        torch.manual_seed(settings.seed)
        self.shape, self._settings = shape, settings
        self._data = digest(pictures, conditions)
        self._values, self._conditions = torch.from_numpy(as_values(pictures)), torch.from_numpy(conditions)
        small = shrunk(self._values, settings.linear_side).flatten(1).numpy()
        found = basis(small, conditions, settings.components)
        self.painter = Painter(
            len(shape.labels),
            len(found.deviations),
            shape.channels,
            shape.side,
            settings.linear_side,
            settings.width,
        )
        self.painter.linear.take(found)
        self.averaged = copy.deepcopy(self.painter).requires_grad_(False)
        self.critic = Critic(len(shape.labels), shape.channels, shape.side, settings.critic_width)
        self._teach = torch.optim.Adam(self.critic.parameters(), lr=settings.rate, betas=(0.0, 0.9))
        self._learn = torch.optim.Adam(self.painter.parameters(), lr=settings.rate, betas=(0.0, 0.9))
        self._pieces = 1

    @property
    def settings(self) -> Mapping[str, Any]:
        return {"recipe": "wgan/v2", "data": self._data, **self._settings.model_dump()}

    @property
    def parts(self) -> Mapping[str, Stateful]:
        return {
            "painter": self.painter, "averaged": self.averaged, "critic": self.critic,
            "teach": self._teach, "learn": self._learn,
        }  # fmt: skip

    def advance(self, step: int) -> float:
        """One round; returns the critic's gap between real and made (an estimate of the distance)."""
        rng = np.random.default_rng([self._settings.seed, step])
        for group in (*self._teach.param_groups, *self._learn.param_groups):
            group["lr"] = self._settings.rate * self._cooled(step)
        gaps = [self._teach_once(rng) for _ in range(self._settings.critic_steps)]
        self._learn_once(rng)
        self._remember(step)
        return float(np.mean(gaps))

    def _cooled(self, step: int) -> float:
        share = min(1.0, step / self._settings.steps_of_schedule)
        return 0.02 + 0.98 * 0.5 * (1 + float(np.cos(np.pi * share)))

    def halve(self) -> None:
        self._pieces *= 2

    def score(self) -> float | None:
        return None

    def generator(self) -> WganGenerator:
        """The generator with averaged weights, as it would be saved now."""
        return WganGenerator(self.shape, copy.deepcopy(self.averaged))

    def _real(self, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        rows = torch.from_numpy(rng.integers(0, len(self._values), self._settings.batch // self._pieces))
        values = self._values[rows]
        if self._settings.disturbance != "none" and rng.random() < 0.5:
            values = values.flip(3)
        return values, self._conditions[rows]

    def _teach_once(self, rng: np.random.Generator) -> float:
        real, conditions = self._real(rng)
        with torch.no_grad():
            made = self.painter(*noise(rng, self.painter, conditions))
        real, made = (shifted(rng, values, self._settings.disturbance) for values in (real, made))
        share = torch.from_numpy(rng.random((len(real), 1, 1, 1), dtype=np.float32))
        between = (share * real + (1 - share) * made).requires_grad_()
        (slope,) = torch.autograd.grad(self.critic(between, conditions).sum(), between, create_graph=True)
        steep = ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()
        gap = (self.critic(real, conditions) - self.critic(made, conditions)).mean()
        self._teach.zero_grad(set_to_none=True)
        (self._settings.penalty * steep - gap).backward()
        self._teach.step()
        return float(gap.detach())

    def _learn_once(self, rng: np.random.Generator) -> None:
        _, conditions = self._real(rng)
        made = shifted(rng, self.painter(*noise(rng, self.painter, conditions)), self._settings.disturbance)
        self._learn.zero_grad(set_to_none=True)
        (-self.critic(made, conditions).mean()).backward()
        self._learn.step()

    def _remember(self, step: int) -> None:
        keep = min(self._settings.average, (1 + step) / (10 + step))
        with torch.no_grad():
            for old, new in zip(self.averaged.parameters(), self.painter.parameters(), strict=True):
                old.lerp_(new, 1 - keep)


def main() -> None:
    """Train and save; the arguments are those of every generator recipe."""
    run("wgan", WganSettings, WganTask)


if __name__ == "__main__":
    main()
