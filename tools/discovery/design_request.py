"""What a design is asked for, and the molecules that it is to be like, read and let through the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, field_validator, model_validator

from retrieval.evidence import Text, Word
from tools.discovery import guard, named
from tools.discovery.molecules import DiscoveryMissing, Molecule, MoleculeError, chem, parse
from tools.discovery.objective import PENALTIES, Objective, Term, Weight, aim, has_models
from tools.discovery.search import tokens

Method = Literal["search", "fragments", "vae"]
SMALLEST_SEED = 5
"""Heavy atoms; nothing can be like a smaller one."""
MOST_SEEDS, MOST_SHOWN, MOST_EVALUATED = 20, 200, 20_000


class DesignError(ValueError):
    """A request that cannot be followed; the message says what to mend."""


class Refused(DesignError):
    """The misuse gate refused a seed. The message says no more than that."""


class Request(Word):
    """A design in full; the same request gives the same molecules (on one machine and with the same versions)."""

    like: tuple[Annotated[Text, Field(max_length=500)], ...] = Field(default=(), max_length=MOST_SEEDS)
    """SMILES or names of approved medicines."""
    method: Method = "search"
    want: Mapping[Term, Weight] = {}
    better: tuple[Term, ...] = ()
    """Terms on which every molecule must beat the first of ``like``."""
    no_alerts: bool = True
    n: Annotated[int, Field(ge=1, le=MOST_SHOWN)] = 12
    budget: Annotated[int, Field(ge=1, le=MOST_EVALUATED)] = 1500
    """Molecules evaluated (search) or made (fragments, vae)."""
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 1

    @field_validator("better")
    @classmethod
    def _each_once(cls, better: tuple[Term, ...]) -> tuple[Term, ...]:
        return tuple(dict.fromkeys(better))

    @model_validator(mode="after")
    def _can_be_beaten(self) -> Request:
        if self.better and not self.like:
            raise ValueError("'better' compares with the first molecule of 'like': name one")
        if "similarity" in self.better:
            raise ValueError(
                "nothing is more like a molecule than itself: weigh similarity in 'want' instead"
            )
        if self.want and not any(self.want.values()) and {"qed", "sa"} <= set(self.want):
            raise ValueError("at least one weight must be above 0")
        return self

    @property
    def objective(self) -> Objective:
        return aim(self.want, seeds=bool(self.like), better=self.better)

    @property
    def penalties(self) -> tuple[Term, ...]:
        """The toxicity terms that it names; they need admet-ai."""
        return tuple(term for term in PENALTIES if self.want.get(term) or term in self.better)


class Seed(NamedTuple):
    """A molecule that a design is to be like: its structure without stereochemistry, and how it is called."""

    smiles: str
    name: str
    said: str
    """The name of the medicine, or "the first given structure"."""


def seeds(request: Request) -> tuple[Seed, ...]:
    """The seeds of a request, each once.

    Raises:
        DesignError: one cannot be read, has an element that is not designed with, or cannot be mutated.
        Refused: the gate refuses one.
        DiscoveryMissing: the extra, or the models for a penalty, are not installed.
    """
    chem()
    if find_spec("selfies") is None:
        raise DiscoveryMissing("selfies, from which molecules are made here, is not installed.")
    if request.penalties and not has_models():
        raise DiscoveryMissing("admet-ai, which predicts the toxicity terms, is not installed.")
    held = {one.smiles: one for one in (_seed(text, at) for at, text in enumerate(request.like, 1))}
    return tuple(held.values())


def _seed(text: str, at: int) -> Seed:
    medicine = named.structure(text)
    molecule = _read(medicine.smiles if medicine else text, text)
    said = medicine.name if medicine else f"given structure {at}"
    written = medicine.smiles if medicine else text
    if refused := guard.check_seed(written) or guard.check_seed(molecule.smiles):
        raise Refused(refused.says)
    if molecule.foreign:
        raise DesignError(
            f"{said} has {', '.join(molecule.foreign)}: designs are made of C, N, O, S, F, Cl, Br."
        )
    if molecule.heavy_atoms < SMALLEST_SEED:
        raise DesignError(f"{said} has fewer than {SMALLEST_SEED} heavy atoms: give a larger structure.")
    flat = chem().MolToSmiles(chem().MolFromSmiles(molecule.smiles), isomericSmiles=False)
    if not tokens(flat):
        raise DesignError(f"{said} cannot be written in SELFIES, from which molecules are made here.")
    return Seed(flat, medicine.name if medicine else "", said)


def _read(smiles: str, text: str) -> Molecule:
    try:
        return parse(smiles)
    except MoleculeError as wrong:
        if named.is_inchi(text):
            raise DesignError(named.NO_INCHI) from wrong
        if not _like_a_name(text):
            raise DesignError(f"'{text[:60]}': {wrong}") from wrong
        if not named.approved():
            raise DiscoveryMissing(
                f"The structure of '{text}' is not held: names come with admet-ai."
            ) from wrong
        raise DesignError(
            f"'{text[:60]}' is no name of an approved medicine that is held, and no SMILES: write the structure."
        ) from wrong


def _like_a_name(text: str) -> bool:
    return text.replace(" ", "").replace("-", "").isalpha() and any(
        letter in "adeghijklmtuvwxyz" for letter in text
    )


def command(request: Request) -> str:
    """The same run as a command of the CLI."""
    import shlex

    parts = ["consilium design", *(f"--like {shlex.quote(one)}" for one in request.like)]
    parts += [f"--method {request.method}"]
    parts += [f"--want {term}={weight:g}" for term, weight in request.want.items()]
    parts += [f"--better {term}" for term in request.better]
    parts += [] if request.no_alerts else ["--alerts"]
    parts += [f"--n {request.n}", f"--budget {request.budget}", f"--seed {request.seed}"]
    return " ".join(parts)


def seconds(request: Request) -> float:
    """About how long a run takes on one core, with some room; the models of admet-ai take most of it."""
    models = bool(request.penalties) or (request.objective.weights.get("absorption") and has_models())
    each = EACH[request.method] + (EACH_BY_MODELS if models else 0)
    return STARTING + (STARTING_MODELS if models else 0) + each * request.budget


EACH: Mapping[Method, float] = {"search": 0.008, "fragments": 0.012, "vae": 0.02}
EACH_BY_MODELS, STARTING, STARTING_MODELS = 0.012, 8.0, 16.0
"""Seconds, measured on one core beside other work."""


def words(terms: Sequence[Term]) -> str:
    """Terms as a reader knows them."""
    return ", ".join(NAMES[term] for term in terms)


NAMES: Mapping[Term, str] = {
    "qed": "drug-likeness (QED)", "sa": "ease of synthesis (SA)", "similarity": "similarity to the seeds",
    "absorption": "oral absorption", "lipinski": "rule of five", "herg": "hERG score", "dili": "DILI score",
    "ames": "AMES score", "clintox": "ClinTox score",
}  # fmt: skip
