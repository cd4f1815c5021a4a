"""Generators fitted on a few pictures alone, for the comparison of few real pictures with and without made ones."""

from __future__ import annotations

from collections.abc import Sequence

from imaging.generate.generator import Conditions, Generator, Pictures, Shape


def cvae(
    pictures: Pictures, conditions: Conditions, labels: Sequence[str], seed: int, steps: int = 60
) -> Generator:
    """A small conditional VAE after ``steps`` of Adam; more only fit the few by heart."""
    from imaging.training.cvae import CvaeSettings, CvaeTask

    shape = Shape(labels=tuple(labels), side=pictures.shape[1], channels=1)
    settings = CvaeSettings(width=8, batch=16, steps_of_schedule=steps, seed=seed)
    task = CvaeTask(pictures, conditions, shape, settings)
    for step in range(steps):
        task.advance(step)
    return task.generator()


def wgan(
    pictures: Pictures, conditions: Conditions, labels: Sequence[str], seed: int, steps: int = 25
) -> Generator:
    """A small WGAN-GP after ``steps`` rounds."""
    from imaging.training.wgan import WganSettings, WganTask

    shape = Shape(labels=tuple(labels), side=pictures.shape[1], channels=1)
    settings = WganSettings(width=8, critic_width=8, batch=16, steps_of_schedule=steps, seed=seed)
    task = WganTask(pictures, conditions, shape, settings)
    for step in range(steps):
        task.advance(step)
    return task.generator()
