"""The loop: resumed is uninterrupted to the bit, checkpoints are whole, other settings are refused."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from imaging.segment import Shape
from imaging.training import checkpoint, device, loop
from imaging.training.loop import Budget, train
from imaging.training.masks import Learning, MaskTask, Sample

SHAPE = Shape(planes=1, widths=(4, 8))
LEARNING = Learning(steps=12, batch=2, side=16)


def _samples(count: int = 3, side: int = 24) -> list[Sample]:
    rng = np.random.default_rng(5)
    truth = rng.random((count, side, side)) < 0.2
    planes = truth[:, None] + rng.normal(0, 0.5, (count, 1, side, side))
    inside = np.ones((side, side), bool)
    return [Sample(one.astype(np.float32), drawn, inside) for one, drawn in zip(planes, truth, strict=True)]


def _task(**changes: Any) -> MaskTask:
    return MaskTask(_samples(), SHAPE, LEARNING.model_copy(update=changes))


def _same(one: MaskTask, two: MaskTask) -> bool:
    pair = zip(one.net.state_dict().values(), two.net.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pair)


class Interrupted(Exception):
    pass


class Breaking:
    """A task that fails at one step, as a crash would."""

    def __init__(self, task: MaskTask, at: int) -> None:
        self.task, self.at = task, at
        self.settings, self.parts = task.settings, task.parts

    def advance(self, step: int) -> float:
        if step == self.at:
            raise Interrupted
        return self.task.advance(step)

    def halve(self) -> None:
        self.task.halve()

    def score(self) -> float | None:
        return self.task.score()


@pytest.mark.parametrize("at", [1, 5, 7, 11])
def test_killed_and_resumed_gives_the_same_weights_to_the_bit(tmp_path: Path, at: int) -> None:
    whole, broken = _task(), _task()
    train(whole, Budget(steps=12))
    with pytest.raises(Interrupted):
        train(Breaking(broken, at), Budget(steps=12, keep_every=2), tmp_path)
    resumed = _task(seed=0)
    torch.rand(7)  # whatever happened in between does not matter
    ended = train(resumed, Budget(steps=12), tmp_path)
    assert ended.step == 12
    assert len(ended.losses) == 12 - (at - at % 2)
    assert _same(whole, resumed)
    assert not _same(whole, _task())


def test_another_seed_gives_other_weights() -> None:
    one, two = _task(), _task(seed=1)
    train(one, Budget(steps=2))
    train(two, Budget(steps=2))
    assert not _same(one, two)


def test_sigterm_ends_with_a_checkpoint_that_goes_on(tmp_path: Path) -> None:
    task, whole = _task(), _task()
    advance = task.advance

    def asked(step: int) -> float:
        if step == 4:
            os.kill(os.getpid(), signal.SIGTERM)
        return advance(step)

    task.advance = asked  # type: ignore[method-assign]
    ended = train(task, Budget(steps=12), tmp_path)
    assert (ended.why, ended.step) == ("SIGTERM", 5)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    resumed = _task()
    assert train(resumed, Budget(steps=12), tmp_path).why == "done"
    train(whole, Budget(steps=12))
    assert _same(whole, resumed)


def test_a_thread_trains_without_touching_signals(tmp_path: Path) -> None:
    before, ended = signal.getsignal(signal.SIGTERM), []
    worker = threading.Thread(target=lambda: ended.append(train(_task(), Budget(steps=2), tmp_path)))
    worker.start()
    worker.join()
    assert ended[0].why == "done"
    assert signal.getsignal(signal.SIGTERM) is before


def test_minutes_end_a_training_and_the_next_call_goes_on(tmp_path: Path) -> None:
    first = train(_task(), Budget(steps=12, minutes=0), tmp_path)
    assert (first.why, first.step) == ("minutes", 1)
    assert train(_task(), Budget(steps=12), tmp_path).step == 12


def test_other_settings_are_refused_and_nothing_is_overwritten(tmp_path: Path) -> None:
    train(_task(), Budget(steps=2), tmp_path)
    before = (tmp_path / checkpoint.LAST).read_bytes()
    with pytest.raises(checkpoint.OtherSettings, match="other settings"):
        train(_task(rate=0.5), Budget(steps=2), tmp_path)
    other_data = MaskTask(_samples(2), SHAPE, LEARNING)
    with pytest.raises(checkpoint.OtherSettings):
        train(other_data, Budget(steps=2), tmp_path)
    assert (tmp_path / checkpoint.LAST).read_bytes() == before
    assert train(_task(rate=0.5), Budget(steps=2), tmp_path, resume="never").step == 2


@pytest.mark.parametrize("damage", ["cut", "text", "code", "other"])
def test_a_damaged_checkpoint_is_refused_in_words(tmp_path: Path, damage: str) -> None:
    train(_task(), Budget(steps=2), tmp_path)
    path = tmp_path / checkpoint.LAST
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-5000])
    elif damage == "text":
        path.write_bytes(b"no checkpoint")
    else:
        torch.save({"settings": Path("x")} if damage == "code" else [1], path)
    with pytest.raises(checkpoint.NotACheckpoint, match="no checkpoint"):
        train(_task(), Budget(steps=2), tmp_path)


def _write_often(path: Path, value: int) -> None:
    for _ in range(40):
        checkpoint.write(path, {"settings": "s", "step": value, "row": torch.full((20_000,), float(value))})


def test_of_two_writers_one_wins_whole(tmp_path: Path) -> None:
    path = tmp_path / "last.ckpt"
    other = multiprocessing.get_context("spawn").Process(target=_write_often, args=(path, 2))
    other.start()
    seen = set()
    while other.is_alive() or not seen:
        checkpoint.write(path, {"settings": "s", "step": 1, "row": torch.full((20_000,), 1.0)})
        state = checkpoint.read(path, "s")
        assert bool((state["row"] == state["step"]).all())
        seen.add(state["step"])
        time.sleep(0.005)
    other.join()
    assert other.exitcode == 0
    assert 1 in seen
    assert seen <= {1, 2}
    assert [one.name for one in tmp_path.iterdir()] == ["last.ckpt"]


def test_a_writer_that_fails_leaves_the_old_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "last.ckpt"
    checkpoint.write(path, {"settings": "s", "step": 3})
    with pytest.raises(AttributeError):
        checkpoint.write(path, {"settings": "s", "step": lambda: 4})
    assert checkpoint.read(path, "s")["step"] == 3
    assert [one.name for one in tmp_path.iterdir()] == ["last.ckpt"]


class Counting:
    """A task of one number, for what the loop itself does."""

    settings: Mapping[str, Any] = {"what": "counting"}

    def __init__(self, scores: list[float], hungry: int = 0) -> None:
        self.number = nn.Linear(1, 1)
        self.scores, self.hungry, self.halves = iter(scores), hungry, 0

    @property
    def parts(self) -> Mapping[str, Any]:
        return {"number": self.number}

    def advance(self, step: int) -> float:
        if self.hungry > self.halves:
            raise torch.OutOfMemoryError("too much")
        return float(step)

    def halve(self) -> None:
        self.halves += 1

    def score(self) -> float:
        return next(self.scores)


def test_the_best_checkpoint_is_the_one_with_the_highest_score(tmp_path: Path) -> None:
    ended = train(Counting([0.2, 0.7, 0.5]), Budget(steps=6, judge_every=2), tmp_path)
    assert ended.best == 0.7
    key = checkpoint.settings_hash(Counting.settings)
    assert checkpoint.read(tmp_path / checkpoint.BEST, key)["step"] == 4
    assert checkpoint.read(tmp_path / checkpoint.LAST, key)["best"] == 0.7


def test_out_of_memory_halves_the_batch_once_and_says_so() -> None:
    said: list[str] = []
    task = Counting([], hungry=1)
    assert train(task, Budget(steps=3), say=said.append).step == 3
    assert task.halves == 1
    assert "halves" in said[0]
    with pytest.raises(torch.OutOfMemoryError):
        train(Counting([], hungry=2), Budget(steps=3))


def test_a_batch_in_halves_has_the_same_size_of_loss() -> None:
    whole, halved = _task(), _task()
    halved.halve()
    assert halved.advance(0) == pytest.approx(whole.advance(0), rel=0.2)


def test_without_a_gpu_auto_is_the_cpu_and_cuda_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert device.choose("auto").type == device.choose("cpu").type == "cpu"
    with pytest.raises(ValueError, match="no CUDA"):
        device.choose("cuda")


def test_a_full_gpu_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (device.ROOM - 1, 0))
    assert device.choose("auto").type == "cpu"
    assert device.choose("cuda").type == "cuda"
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (device.ROOM + 1, 0))
    assert device.choose("auto").type == "cuda"


def test_the_loop_forgets_nothing_of_the_optimiser(tmp_path: Path) -> None:
    task = _task()
    train(task, Budget(steps=3), tmp_path)
    again = _task()
    assert loop.train(again, Budget(steps=3), tmp_path).losses == ()
    for one, two in zip(
        task.optimiser.state_dict()["state"].values(),
        again.optimiser.state_dict()["state"].values(),
        strict=True,
    ):
        assert torch.equal(one["exp_avg"], two["exp_avg"])
        assert torch.equal(one["exp_avg_sq"], two["exp_avg_sq"])
