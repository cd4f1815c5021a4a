"""The network of the generator: a GRU that reads a molecule to a code, and a GRU that writes one from a code.

Reference: Bowman SR et al., "Generating sentences from a continuous space", CoNLL 2016 (arXiv 1511.06349). The code
stands beside every piece that the decoder reads, so that it is not forgotten along the way.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tools.discovery.tokens import END, PAD, START


class Sizes(NamedTuple):
    """Widths of the network; ``vocabulary`` counts pad, start and end."""

    vocabulary: int
    embedding: int = 64
    encoder: int = 256
    decoder: int = 512
    latent: int = 32


class Loss(NamedTuple):
    """Means over a batch, in nats a molecule: of the pieces given the code, and of each latent value."""

    reconstruction: Tensor
    divergence: Tensor


class MoleculeVae(nn.Module):
    """Pieces (molecules × length, padded with 0) to a Gaussian over codes, and codes to pieces."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.embedding = nn.Embedding(sizes.vocabulary, sizes.embedding, padding_idx=PAD)
        self.encoder = nn.GRU(sizes.embedding, sizes.encoder)
        self.to_code = nn.Linear(sizes.encoder, 2 * sizes.latent)
        self.from_code = nn.Linear(sizes.latent, sizes.decoder)
        self.decoder = nn.GRU(sizes.embedding + sizes.latent, sizes.decoder)
        self.to_piece = nn.Linear(sizes.decoder, sizes.vocabulary)

    def encode(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance of the code (each molecules × latent)."""
        states, _ = self.encoder(self.embedding(ids.T))
        last = (ids != PAD).sum(1) - 1
        ends = states[last, torch.arange(len(ids))]
        mean, log_variance = self.to_code(ends).chunk(2, dim=-1)
        return mean, log_variance.clamp(-8, 4)

    def start(self, codes: Tensor) -> Tensor:
        """The decoder's state before the first piece (1 × molecules × width)."""
        return torch.tanh(self.from_code(codes)).unsqueeze(0)

    def step(self, ids: Tensor, codes: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of what follows each piece of ``ids`` (length × molecules), and the state after the last."""
        inputs = torch.cat([self.embedding(ids), codes.expand(len(ids), *codes.shape)], dim=-1)
        states, state = self.decoder(inputs, state)
        return self.to_piece(states), state

    def forward(self, ids: Tensor, noise: Tensor) -> Loss:
        """The two parts of the evidence bound; ``noise`` (molecules × latent) is standard normal."""
        mean, log_variance = self.encode(ids)
        codes = mean + noise * (log_variance / 2).exp()
        divergence = (mean.square() + log_variance.exp() - 1 - log_variance) / 2
        return Loss(self.nats(ids, codes).mean(), divergence.mean(0))

    def nats(self, ids: Tensor, codes: Tensor) -> Tensor:
        """−log p of each molecule (its pieces and the end) given its code."""
        rows = ids.T
        before = torch.cat([torch.full_like(rows[:1], START), rows])
        wanted = torch.cat([rows, torch.zeros_like(rows[:1])])
        wanted[(rows != PAD).sum(0), torch.arange(rows.shape[1])] = END
        logits, _ = self.step(before, codes, self.start(codes))
        each = F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD, reduction="none")
        return each.view(wanted.shape).sum(0)
