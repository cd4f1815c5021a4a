"""The training loop: steps, checkpoints, a time limit, and an end that can be resumed to the bit.

A task draws everything that is random in a step from ``(seed, step)``, so that a step done again is the same step.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

import torch

from imaging.training import checkpoint
from retrieval.evidence import Word


class Stateful(Protocol):
    """A module or an optimiser."""

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state_dict: dict[str, Any], /) -> Any: ...


class Task(Protocol):
    """What is learnt: the parts that change, and one step of learning."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """Everything that decides the result: a checkpoint with other settings is not continued."""

    @property
    def parts(self) -> Mapping[str, Stateful]:
        """Modules and optimisers by name."""

    def advance(self, step: int) -> float:
        """Do step number ``step`` (from 0) and return its loss."""

    def halve(self) -> None:
        """From now on take a step's batch in two halves: the memory was not enough."""

    def score(self) -> float | None:
        """How good the parts are now on held-out data, higher is better; None where nothing is held out."""


class Budget(Word):
    """How long to train and how often to keep a checkpoint."""

    steps: int
    keep_every: int = 500
    keep_seconds: float = 120.0
    judge_every: int = 0
    """Steps between two scores; 0: never scored, and no best checkpoint is kept."""
    minutes: float | None = None


class Ended(NamedTuple):
    """How a training ended."""

    step: int
    """Steps done in all, over every resumption."""
    losses: tuple[float, ...]
    """Of the steps of this call."""
    best: float | None
    why: Literal["done", "minutes", "SIGTERM"]


Resume = Literal["auto", "never"]


def train(
    task: Task, budget: Budget, folder: Path | None = None, resume: Resume = "auto",
    say: Callable[[str], None] = lambda words: None,
) -> Ended:  # fmt: skip
    """Train until the steps are done, the minutes are over, or SIGTERM comes; each ends with a checkpoint.

    With ``resume="auto"`` a checkpoint in ``folder`` is continued, and one with other settings is refused. On a CPU,
    interrupted and resumed gives the same weights as uninterrupted, bit for bit. Without a folder nothing is kept.
    """
    key = checkpoint.settings_hash(task.settings)
    step, best = _restore(task, key, folder) if folder and resume == "auto" else (0, None)
    losses: list[float] = []
    started = kept = time.monotonic()
    why: Literal["done", "minutes", "SIGTERM"] = "done"
    with _terminated() as asked:
        while step < budget.steps:
            losses.append(_advance(task, step, say))
            step += 1
            if budget.judge_every and step % budget.judge_every == 0:
                best = _judge(task, key, folder, step, best)
            now = time.monotonic()
            if folder and (step % budget.keep_every == 0 or now - kept > budget.keep_seconds):
                keep(task, key, folder / checkpoint.LAST, step, best)
                kept = now
                say(f"step {step} of {budget.steps}, loss {sum(losses[-50:]) / len(losses[-50:]):.4f}")
            if asked.is_set():
                why = "SIGTERM"
                break
            if budget.minutes is not None and now - started > 60 * budget.minutes and step < budget.steps:
                why = "minutes"
                break
    if folder:
        keep(task, key, folder / checkpoint.LAST, step, best)
    return Ended(step, tuple(losses), best, why)


def _advance(task: Task, step: int, say: Callable[[str], None]) -> float:
    """One step; out of memory halves the batch once and says so, a second time it is an error."""
    try:
        return task.advance(step)
    except torch.OutOfMemoryError:
        say(f"step {step}: out of memory, the batch is taken in halves from here on")
        task.halve()
    return task.advance(step)


def _judge(task: Task, key: str, folder: Path | None, step: int, best: float | None) -> float | None:
    score = task.score()
    if score is None or (best is not None and score <= best):
        return best
    if folder:
        keep(task, key, folder / checkpoint.BEST, step, score)
    return score


def keep(task: Task, key: str, path: Path, step: int, best: float | None) -> None:
    """Write the task's whole state: parts, step, best score, random state, settings hash."""
    parts = {name: part.state_dict() for name, part in task.parts.items()}
    random = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        random["cuda"] = torch.cuda.get_rng_state()
    checkpoint.write(path, {"settings": key, "step": step, "best": best, "parts": parts, "random": random})


def _restore(task: Task, key: str, folder: Path) -> tuple[int, float | None]:
    path = folder / checkpoint.LAST
    if not path.exists():
        return 0, None
    state = checkpoint.read(path, key)
    for name, part in task.parts.items():
        part.load_state_dict(state["parts"][name])
    torch.set_rng_state(state["random"]["cpu"])
    if torch.cuda.is_available() and "cuda" in state["random"]:
        torch.cuda.set_rng_state(state["random"]["cuda"])
    return int(state["step"]), state["best"]


@contextmanager
def _terminated() -> Iterator[threading.Event]:
    """An event that SIGTERM sets, so that the step under way is finished and kept; only in the main thread."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = signal.signal(signal.SIGTERM, lambda number, frame: asked.set())
    try:
        yield asked
    finally:
        signal.signal(signal.SIGTERM, before)
