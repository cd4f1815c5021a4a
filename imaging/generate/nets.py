"""The networks of the conditional VAE and the WGAN-GP (imports torch; reached on first use).

Both begin as PCA-Gaussian: the last layer of every learnt correction starts at zero, so that training can only depart
from the linear model where the loss rewards it. A linear VAE's best solution is that same model (Lucas et al., "Don't
blame the ELBO", NeurIPS 2019, arXiv 1911.02469), and a critic then works on what a Gaussian cannot draw.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from imaging.generate.pca import Basis

GRAIN = 4
"""Channels of fine random texture that the WGAN's generator is given."""


class Linear(nn.Module):
    """A fixed principal-component model: codes and conditions to pictures (N x P) and back. Nothing in it is learnt."""

    def __init__(self, conditions: int, components: int, pixels: int) -> None:
        super().__init__()
        self.register_buffer("means", torch.zeros(1 + conditions, pixels))
        self.register_buffer("components", torch.zeros(components, pixels))
        self.register_buffer("deviations", torch.ones(components))

    def take(self, basis: Basis) -> None:
        """Copy the numbers of a fitted basis."""
        for name in ("means", "components", "deviations"):
            getattr(self, name).copy_(torch.from_numpy(getattr(basis, name)))

    def _centre(self, conditions: Tensor) -> Tensor:
        means = self.get_buffer("means")
        return means[0] + conditions @ means[1:]

    def decode(self, codes: Tensor, conditions: Tensor) -> Tensor:
        held = codes.shape[1]
        scaled = codes * self.get_buffer("deviations")[:held]
        return self._centre(conditions) + scaled @ self.get_buffer("components")[:held]

    def encode(self, rows: Tensor, conditions: Tensor) -> Tensor:
        left = rows - self._centre(conditions)
        return left @ self.get_buffer("components").T / self.get_buffer("deviations")


def silenced(layer: nn.Linear | nn.Conv2d) -> nn.Linear | nn.Conv2d:
    """The layer with zero weights: what it is part of starts as no change at all."""
    nn.init.zeros_(layer.weight)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


class Mixer(nn.Module):
    """A correction of codes: a small perceptron over codes and conditions, silent at the start."""

    def __init__(self, inside: int, conditions: int, out: int, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(inside + conditions, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(),
            silenced(nn.Linear(width, out)),
        )  # fmt: skip

    def forward(self, codes: Tensor, conditions: Tensor) -> Tensor:
        return torch.as_tensor(self.layers(torch.cat([codes, conditions], dim=1)))


class Retoucher(nn.Module):
    """A correction of pictures at half and quarter size, silent at the start. ``extra`` channels are appended."""

    def __init__(self, channels: int, extra: int, width: int) -> None:
        super().__init__()
        self.enter = nn.Conv2d(4 * channels + extra, width, 3, padding=1)
        self.down = nn.Conv2d(width, 2 * width, 3, stride=2, padding=1)
        self.deep = nn.Conv2d(2 * width, 2 * width, 3, padding=1)
        self.up = nn.Conv2d(2 * width, width, 1)
        self.join = nn.Conv2d(width, width, 3, padding=1)
        self.leave = silenced(nn.Conv2d(width, 4 * channels, 3, padding=1))

    def forward(self, values: Tensor, extra: Tensor) -> Tensor:
        fine = F.silu(self.enter(torch.cat([F.pixel_unshuffle(values, 2), extra], dim=1)))
        coarse = F.silu(self.deep(F.silu(self.down(fine))))
        back = F.interpolate(self.up(coarse), size=fine.shape[2:], mode="nearest")
        return torch.as_tensor(F.pixel_shuffle(self.leave(F.silu(self.join(fine + back))), 2))


def spread(conditions: Tensor, side: int) -> Tensor:
    """Conditions as constant maps, N x labels x side x side."""
    return conditions[:, :, None, None].expand(-1, -1, side, side)


class Painter(nn.Module):
    """The WGAN's generator: codes to a linear picture, both corrected, with fine random grain."""

    def __init__(
        self, conditions: int, components: int, channels: int, side: int, linear_side: int, width: int
    ) -> None:
        super().__init__()
        self.channels, self.side, self.linear_side = channels, side, linear_side
        self.linear = Linear(conditions, components, channels * linear_side * linear_side)
        self.mixer = Mixer(components, conditions, components, 4 * width)
        self.retoucher = Retoucher(channels, conditions + GRAIN, width)

    def forward(self, codes: Tensor, conditions: Tensor, grain: Tensor) -> Tensor:
        mixed = codes + self.mixer(codes, conditions)
        drawn = self.linear.decode(mixed, conditions)
        drawn = drawn.reshape(-1, self.channels, self.linear_side, self.linear_side)
        if self.side != self.linear_side:
            drawn = F.interpolate(drawn, size=(self.side, self.side), mode="bilinear", align_corners=False)
        extra = torch.cat([grain, spread(conditions, self.side // 2)], dim=1)
        return torch.as_tensor(drawn + self.retoucher(drawn, extra))


class Critic(nn.Module):
    """Scores pictures (N x C x S x S) with their conditions by projection (Miyato and Koyama 2018); N values."""

    def __init__(self, conditions: int, channels: int, side: int, width: int) -> None:
        super().__init__()
        strides = 3 if side > 32 else 2
        widths = [4 * channels, *(width * 2**step for step in range(strides + 1))]
        layers: list[nn.Module] = []
        for step, (inside, out) in enumerate(pairwise(widths)):
            layers += [nn.Conv2d(inside, out, 3, stride=1 if step == 0 else 2, padding=1), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers)
        place = -(-(side // 2) // 2**strides)
        self.last = nn.Linear(widths[-1] * place * place, 128)
        self.score = nn.Linear(128, 1)
        self.project = nn.Linear(conditions, 128, bias=False)

    def forward(self, values: Tensor, conditions: Tensor) -> Tensor:
        inner = F.leaky_relu(self.last(self.layers(F.pixel_unshuffle(values, 2)).flatten(1)), 0.2)
        return torch.as_tensor(self.score(inner)[:, 0] + (inner * self.project(conditions)).sum(dim=1))


class Autoencoder(nn.Module):
    """The conditional VAE: latent values are principal codes, corrected both ways; Gaussian likelihood."""

    def __init__(
        self,
        conditions: int,
        latent: int,
        components: int,
        channels: int,
        side: int,
        linear_side: int,
        width: int,
    ) -> None:
        super().__init__()
        self.latent, self.channels, self.side, self.linear_side = latent, channels, side, linear_side
        self.linear = Linear(conditions, components, channels * linear_side * linear_side)
        self.towards = Mixer(components, conditions, 2 * latent, 8 * width)
        self.back = Mixer(latent, conditions, components, 8 * width)
        self.retoucher = Retoucher(channels, conditions, width)

    def encode(self, values: Tensor, conditions: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance of the latent values, N x latent each."""
        small = values
        if self.side != self.linear_side:
            small = F.adaptive_avg_pool2d(values, self.linear_side)
        codes = self.linear.encode(small.flatten(1), conditions)
        change, log_variance = self.towards(codes, conditions).chunk(2, dim=1)
        return codes[:, : self.latent] + change, log_variance - 2.0

    def decode(self, latent: Tensor, conditions: Tensor) -> Tensor:
        """The mean picture, N x C x S x S."""
        codes = F.pad(latent, (0, self.linear.get_buffer("deviations").shape[0] - self.latent))
        codes = codes + self.back(latent, conditions)
        drawn = self.linear.decode(codes, conditions)
        drawn = drawn.reshape(-1, self.channels, self.linear_side, self.linear_side)
        if self.side != self.linear_side:
            drawn = F.interpolate(drawn, size=(self.side, self.side), mode="bilinear", align_corners=False)
        return torch.as_tensor(drawn + self.retoucher(drawn, spread(conditions, self.side // 2)))
