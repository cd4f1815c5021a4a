"""Teach the critic: real molecules against drawn ones, a network of two layers, some seconds on one core."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tools.discovery.critic import FEATURES, Critic, features

if TYPE_CHECKING:
    from torch import Tensor, nn

WIDTH = 128
BATCH = 256
RATE = 2e-3
DECAY = 0.02
DROPPED = (0.1, 0.3)
"""Shares of features and of hidden values that are left out at random while learning."""
HELD_OUT = 0.1


class Taught(NamedTuple):
    """A critic, and the share of molecules that it calls rightly among those it did not learn from."""

    critic: Critic
    accuracy: float


def teach(
    real: Sequence[str], drawn: Sequence[str], seed: int, *, passes: int = 6, margin: float = 0.0
) -> Taught:
    """Learn to tell canonical SMILES of ``real`` molecules from ``drawn`` ones; the same seed gives the same critic."""
    import torch
    from torch import nn

    rows = torch.from_numpy(np.stack([features(one) for one in (*real, *drawn)]))
    truth = torch.cat([torch.ones(len(real)), torch.zeros(len(drawn))])
    torch.manual_seed(seed)
    order = torch.randperm(len(rows))
    unseen, seen = order[: int(len(rows) * HELD_OUT)], order[int(len(rows) * HELD_OUT) :]
    net = nn.Sequential(nn.Dropout(DROPPED[0]), nn.Linear(FEATURES, WIDTH), nn.ReLU(), nn.Dropout(DROPPED[1]),
                        nn.Linear(WIDTH, 1))  # fmt: skip
    _learn(net, rows[seen], truth[seen], passes)
    net.eval()
    with torch.inference_mode():
        right = (net(rows[unseen])[:, 0] > 0) == (truth[unseen] > 0)
    return Taught(_critic(net, margin), float(right.float().mean()))


def _learn(net: nn.Sequential, rows: Tensor, truth: Tensor, passes: int) -> None:
    import torch
    from torch.nn import functional as F

    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    batches = -(-len(rows) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=passes * batches)
    for _ in range(passes):
        for some in torch.tensor_split(torch.randperm(len(rows)), batches):
            loss = F.binary_cross_entropy_with_logits(net(rows[some])[:, 0], truth[some])
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.step()
            schedule.step()


def _critic(net: nn.Sequential, margin: float) -> Critic:
    """The numbers of the network."""
    held = {name: value.numpy() for name, value in net.state_dict().items()}
    return Critic(
        np.ascontiguousarray(held["1.weight"].T), held["1.bias"], held["4.weight"][0], held["4.bias"], margin
    )
