"""The card of the generator: what made its weights, how good its samples are, and what it is not for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import Field

from retrieval.evidence import Text, Word
from tools.discovery.vae import Prior

WEIGHTS = "vae.safetensors"
CARD = "vae.card.json"
FOLDER = Path(__file__).parent / "weights"
TRAINED_AGAIN = "python -m tools.discovery.vae_train molsets-0.3.1-py3-none-any.whl OUT"


class Data(Word):
    """The molecules that the weights were made from."""

    name: Text
    licence: Text
    version: str = ""
    file: str = ""
    url: str = ""
    reference: str = ""
    sha256: str = ""
    read: int = 0
    unknown: int = 0
    """Left out: a symbol that hardly occurs, or a molecule that SELFIES cannot write."""
    too_long: int = 0
    """Left out: longer than 99 % of the molecules."""
    trained_on: int = 0
    held_out: int = 0


class Training(Word):
    """How the weights were made; ``settings`` are those of :class:`tools.discovery.vae_train.Settings`."""

    settings: dict[str, int | float | None]
    steps: int
    molecules_seen: int
    minutes: float
    """Of processor time."""
    threads: int
    processor: str
    torch: str
    note: str = ""
    """What did not go as the settings say."""


class HeldOut(Word):
    """Nats a molecule on molecules of the file that were not trained on, with the shipped (rounded) weights."""

    reconstruction: float
    kl: float


class CriticCard(Word):
    """The critic that refuses odd draws (:mod:`tools.discovery.critic`), made for one prior and temperature."""

    file: Text
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    real: int
    """Training molecules that it learned from."""
    drawn: int
    """Draws of the generator that it learned from."""
    accuracy: float
    """Share called rightly of those that it did not learn from; .5 would be a generator without a fault it sees."""
    margin: float
    kept: float
    """Share of the valid draws that it keeps."""
    minutes: float


class Tried(Word):
    """A way to draw, tried on molecules that were held out of training: its Fréchet ChemNet distance to them."""

    prior: Prior
    temperature: float
    critic: bool = False
    margin: float | None = None
    """Of the critic; ``taught_with`` are the draws that it learned from."""
    taught_with: int | None = None
    n: int
    fcd: float


class Sampled(Word):
    """What a sample scored; ``against`` names the reference. Shares are 0 to 1; QED, SA, alerts always stand along."""

    prior: Prior
    temperature: float
    critic: bool = False
    kept: float | None = None
    """Share of the valid draws that the critic kept."""
    seed: int
    n: int
    against: Text
    valid: float
    unique: float
    novel: float | None = None
    qed: float
    sa: float
    alerts: float
    fcd: float
    fcd_scaffolds: float | None = None
    snn: float | None = None
    frag: float | None = None
    scaff: float | None = None
    scaff_scaffolds: float | None = None
    internal_diversity: float | None = None
    filters: float | None = None
    logp: float | None = None
    weight: float | None = None


class VaeCard(Word):
    """The card. ``file`` and ``sha256`` name the weights; ``prior`` and ``temperature`` are what is drawn with."""

    id: Text = "selfies-vae"
    title: Text = "SELFIES variational autoencoder"
    version: Text = "1"
    file: Text
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    precision: Text = "float16"
    parameters: int
    sizes: dict[str, int]
    symbols: tuple[str, ...]
    pieces: int
    data: Data
    training: Training
    held_out: HeldOut
    prior: Prior = "standard"
    temperature: float = 1.0
    chosen: str = ""
    """How prior and temperature were chosen."""
    chosen_from: tuple[Tried, ...] = ()
    measured: tuple[Sampled, ...] = ()
    critic: CriticCard | None = None
    adversarial: str = ""
    """What adversarial variants scored."""
    intended: Text = (
        "Proposing lead-like structures as hypotheses for a chemist, through the filters and the misuse gate."
    )
    not_for: tuple[str, ...] = (
        "any statement about a drug, a dose or a patient: none of the structures was made or tested",
        "macrocycles, peptides, salts, charged molecules, metals, and elements that the symbols do not name",
        "a claim of novelty: a structure that is not in the training set may stand in a patent or a catalogue",
        "likelihoods as a measure of quality, of activity or of how a molecule can be made",
    )
    known_failures: tuple[str, ...] = ()
    licence: Text = "MIT, as the data"
    again: Text = TRAINED_AGAIN
    checked: date = date(2026, 11, 22)
    status: Text = "draft"

    @property
    def alone(self) -> tuple[Prior, float]:
        """Prior and temperature to draw with where no critic sifts: the nearest to the molecules held out of training,
        of those that were tried without one; else what is drawn with."""
        plain = [one for one in self.chosen_from if not one.critic]
        best = min(plain, key=lambda one: one.fcd, default=None)
        return (best.prior, best.temperature) if best else (self.prior, self.temperature)

    def write(self, folder: Path) -> None:
        """Write the card beside its weights."""
        (folder / CARD).write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path = FOLDER) -> VaeCard:
        """The card of a folder.

        Raises:
            FileNotFoundError: there is none.
        """
        return cls.model_validate_json((folder / CARD).read_text(encoding="utf-8"))
