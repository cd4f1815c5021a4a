"""Training on molecules of our own: the loss falls, a broken run goes on unchanged, weights open by digest only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("selfies", reason="the extra discovery is not installed")
pytest.importorskip("rdkit", reason="the extra discovery is not installed")

from tests.discovery.test_vae_tokens import made, written
from tools.discovery import generator, tokens, vae, vae_ship, vae_train
from tools.discovery.vae_card import WEIGHTS, Data, VaeCard

TINY = vae_train.Settings(
    steps=40, seed=3, batch=16, rate=5e-3, warm=5, embedding=16, encoder=24, decoder=32, latent=6,
    held_out=20, fit_on=100, log_every=20, save_every=1000,
)  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Threads only wait for each other on networks of this size."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def molecules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("molecules"), made())


@pytest.fixture(scope="module")
def shipped(molecules: Path) -> Path:
    """A folder with the weights and card of a tiny run."""
    folder = molecules.parent / "out"
    run = trained(molecules, folder)
    vae_ship.ship(run, encoded(molecules), Data(name="made", licence="ours"), folder)
    return folder


def encoded(molecules: Path) -> tokens.Corpus:
    return tokens.corpus(molecules, molecules.parent)


def trained(molecules: Path, folder: Path, settings: vae_train.Settings = TINY) -> vae_train.Run:
    return vae_train.train(molecules, folder, settings, cache=molecules.parent)


def numbers(run: vae_train.Run) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    return {name: value.numpy().copy() for name, value in run.net.state_dict().items()}


def test_the_loss_falls(shipped: Path) -> None:
    lines = (shipped / vae_train.LOG).read_text().splitlines()
    first, last = json.loads(lines[0]), json.loads(lines[-1])
    assert (first["step"], last["step"]) == (20, 40)
    assert last["reconstruction"] < 0.9 * first["reconstruction"]
    assert last["held_out"]["reconstruction"] < first["held_out"]["reconstruction"]


def test_training_leaves_the_processor_as_it_was(shipped: Path) -> None:
    """Tiny numbers were flushed to zero for the rest of the process, in every other part of the program too."""
    assert (shipped / vae_train.LOG).exists()
    assert np.nextafter(0.0, 1.0) * 1.0 > 0


def test_a_resumed_run_is_the_run_without_a_break(molecules: Path, tmp_path: Path) -> None:
    whole = trained(molecules, tmp_path / "whole")
    held = encoded(molecules)
    rows, _ = vae_train.split(held, TINY)
    run = vae_train.begin(TINY, held.vocabulary.size)
    stream = vae_train.batches(rows, TINY, 0)
    for _ in range(17):
        vae_train.advance(run, next(stream))
    (tmp_path / "broken").mkdir()
    vae_train._save(run, tmp_path / "broken" / vae_train.CHECKPOINT)
    resumed = trained(molecules, tmp_path / "broken")
    assert resumed.steps == whole.steps == 40
    left, right = numbers(whole), numbers(resumed)
    assert all(np.array_equal(left[name], right[name]) for name in left)


def test_a_checkpoint_of_other_settings_is_refused(molecules: Path, shipped: Path) -> None:
    with pytest.raises(ValueError, match="other settings"):
        trained(molecules, shipped, TINY.model_copy(update={"seed": 4}))


@pytest.mark.parametrize("length", [{}, {"steps": 3, "minutes": 1.0}], ids=["neither", "both"])
def test_how_long_is_said_once(molecules: Path, tmp_path: Path, length: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="exactly one"):
        trained(molecules, tmp_path, vae_train.Settings(**length))  # type: ignore[arg-type]


def test_a_run_by_minutes_ends(molecules: Path, tmp_path: Path) -> None:
    by_minutes = TINY.model_copy(update={"steps": None, "minutes": 0.005})
    run = trained(molecules, tmp_path, by_minutes)
    assert run.steps > 1
    assert 0.3 <= run.seconds < 5


def test_every_molecule_comes_once_a_pass_and_none_that_is_held_out(molecules: Path) -> None:
    held = encoded(molecules)
    rows, unseen = vae_train.split(held, TINY)
    passes = len(rows) // TINY.batch
    stream = vae_train.batches(rows, TINY, 0)
    seen = [bytes(row).rstrip(b"\0") for _ in range(passes) for row in next(stream)]
    assert len(seen) == len(set(seen)) == passes * TINY.batch
    assert not {bytes(row).rstrip(b"\0") for row in unseen} & set(seen)


def test_the_same_seed_gives_the_same_molecules_and_n_is_a_prefix(shipped: Path) -> None:
    _, held = generator.generator(shipped)
    few, many = held.sample(30, 5), held.sample(300, 5)
    assert many[:30] == few
    assert held.sample(30, 6) != few
    assert held.sample(30, 5, prior="fitted") != few
    assert held.sample(30, 5, temperature=0.5) != few


def test_weights_of_another_digest_are_refused(shipped: Path, tmp_path: Path) -> None:
    card = VaeCard.read(shipped)
    changed = tmp_path / WEIGHTS
    changed.write_bytes((shipped / WEIGHTS).read_bytes()[:-2] + b"\1\1")
    with pytest.raises(vae.WrongWeights, match="sha256"):
        vae.load(changed, card.sha256)
    card.write(tmp_path)
    with pytest.raises(generator.GeneratorMissing, match="vae_train"):
        generator.generator(tmp_path)


def test_absent_weights_name_the_command(shipped: Path, tmp_path: Path) -> None:
    with pytest.raises(generator.GeneratorMissing, match="card"):
        generator.generator(tmp_path / "nowhere")
    VaeCard.read(shipped).write(tmp_path)
    with pytest.raises(generator.GeneratorMissing) as told:
        generator.generator(tmp_path)
    assert told.value.command.startswith("python -m tools.discovery.vae_train")


def test_another_file_of_numbers_is_refused(tmp_path: Path) -> None:
    import hashlib

    from safetensors.numpy import save_file

    path = tmp_path / WEIGHTS
    save_file({"a": np.zeros(3, dtype=np.float16)}, path)
    with pytest.raises(vae.WrongWeights, match="no weights of ours"):
        vae.load(path, hashlib.sha256(path.read_bytes()).hexdigest())


def test_the_card_says_what_was_done(shipped: Path, molecules: Path) -> None:
    card = VaeCard.read(shipped)
    held = encoded(molecules)
    assert card.training.steps == 40
    assert card.training.molecules_seen == 640
    assert card.data.trained_on + card.data.held_out == len(held.ids)
    assert card.data.sha256 == held.sha256
    assert card.pieces == held.vocabulary.size
    assert card.status == "draft"


def test_half_precision_costs_next_to_nothing(shipped: Path, molecules: Path) -> None:
    run = trained(molecules, shipped)  # done already: opens the checkpoint
    _, unseen = vae_train.split(encoded(molecules), TINY)
    exact = vae_train.measured(run.net, unseen, TINY.seed)
    assert VaeCard.read(shipped).held_out.reconstruction == pytest.approx(exact["reconstruction"], rel=0.01)


def test_the_fitted_prior_is_the_gaussian_of_the_codes() -> None:
    rng = np.random.default_rng(0)
    means = rng.normal([1, -2], [0.5, 2], size=(50_000, 2)).astype(np.float32)
    fitted = vae.Gaussian.fitted(means, np.full_like(means, 0.25))
    assert fitted.mean == pytest.approx([1, -2], abs=0.05)
    assert (fitted.factor @ fitted.factor.T) == pytest.approx(np.array([[0.5, 0], [0, 4.25]]), abs=0.1)


def test_the_command_writes_weights_and_card(
    molecules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vae_train, "Settings", lambda **given: TINY.model_copy(update={**given, "steps": 2}))
    assert (
        vae_train.main([str(molecules), str(tmp_path), "--steps", "2", "--licence", "ours", "--critic", "60"])
        == 0
    )
    card = VaeCard.read(tmp_path)
    assert card.temperature == 0.85
    assert (tmp_path / card.file).is_file()
    assert card.data.licence == "ours"
    assert card.critic
    assert (card.critic.real, card.critic.drawn) == (60, 60)
    assert generator.critic(tmp_path) is not None


def test_the_command_without_a_length_trains_as_long_as_the_shipped_one(
    molecules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`make generator` names no length, and ended in an error."""
    asked: list[dict[str, object]] = []

    def short(**given: object) -> vae_train.Settings:
        asked.append(given)
        return TINY.model_copy(update={"steps": 2})

    monkeypatch.setattr(vae_train, "Settings", short)
    assert vae_train.main([str(molecules), str(tmp_path), "--critic", "0"]) == 0
    assert asked == [{"steps": None, "minutes": vae_train.MINUTES, "seed": 0}]
