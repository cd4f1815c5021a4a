"""What a design aims at: a closed list of terms with weights 0 to 1, whose signs nobody can turn.

Score of a molecule (specification 3.1): w_qed·QED − w_sa·0.15·max(0, SA − 3) − 0.3 where a PAINS or BRENK pattern is
found, and where asked for + w·similarity to the nearest seed + w·absorption + w·(share of Lipinski's rules kept)
− w·(model score of hERG, DILI, AMES or ClinTox). Toxicity can only lower a score, and a lethal dose is no term.

Absorption is one of two things, and a result says which: the view of :mod:`tools.discovery.admet` where admet-ai is
installed, or :func:`proxy`. The toxicity terms need admet-ai.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, field_validator

from retrieval.evidence import Word
from tools.discovery import admet, filters
from tools.discovery.filters import Properties
from tools.discovery.molecules import LARGEST, Mol, bulk_tanimoto, chem, fingerprint
from tools.discovery.sound import unsound

Term = Literal["qed", "sa", "similarity", "absorption", "lipinski", "herg", "dili", "ames", "clintox"]
TERMS: tuple[Term, ...] = get_args(Term)
PENALTIES: Mapping[Term, str] = {"herg": "hERG", "dili": "DILI", "ames": "AMES", "clintox": "ClinTox"}
"""Term and admet-ai's endpoint; a high model score lowers the score of a molecule, always."""
Weight = Annotated[float, Field(ge=0, le=1)]

WEIGHTS: Mapping[Term, float] = {"qed": 1.0, "sa": 1.0}
"""Where nothing else is said."""
ASKED: Mapping[Term, float] = {"similarity": 1.0}
BESIDE = 0.5
"""Weight of similarity where seeds are given, and of a term of ``better``, where the request does not weigh them."""
SA_FREE, SA_SLOPE, ALERT = 3.0, 0.15, 0.3
SMALLEST, LARGEST_RING = 10, 7
RULES = 4
"""Lipinski's rules."""
PROXY = "a proxy from polar surface and rotatable bonds"
MODELS = "model scores of admet-ai for intestinal absorption, Caco-2 permeability and solubility"


@dataclass(frozen=True)
class Candidate:
    """A molecule with all that an objective looks at. ``score`` is higher for better and has no unit."""

    smiles: str
    properties: Properties
    alert: bool
    similarity: float
    """Tanimoto to the nearest seed, 0 where there is none."""
    score: float
    bits: Any = field(repr=False, compare=False)
    absorption: float | None = None
    """By the models; None where they were not asked."""
    toxicity: Mapping[str, float] = field(default_factory=dict)
    """Model scores by term, of those that were asked for."""

    @property
    def proxy(self) -> float:
        return proxy(self.properties)

    def value(self, term: Term) -> float:
        """The molecule's value on a term: higher is better for all but ``sa`` and the penalties.

        Raises:
            KeyError: a penalty that no model was asked for.
        """
        of = self.properties
        if term in PENALTIES:
            return self.toxicity[term]
        known = {"qed": of.qed, "sa": of.sa, "similarity": self.similarity, "lipinski": _kept(of)}
        return known.get(term, self.proxy if self.absorption is None else self.absorption)

    def beats(self, other: Candidate, term: Term) -> bool:
        """Whether it is better than the other on a term."""
        ours, theirs = self.value(term), other.value(term)
        return ours < theirs if term == "sa" or term in PENALTIES else ours > theirs


class Objective(Word):
    """Weights by term, as they are used. A term of weight 0 or without one has no part in the score."""

    weights: Mapping[Term, Weight]

    @field_validator("weights")
    @classmethod
    def _some_aim(cls, weights: Mapping[Term, float]) -> Mapping[Term, float]:
        if not any(weights.values()):
            raise ValueError("at least one weight must be above 0")
        return weights

    def score(self, of: Properties, alert: bool, similarity: float) -> float:
        """The score without any model; None of the penalties, and absorption by the proxy."""
        weight = self.weights.get
        return (
            weight("qed", 0.0) * of.qed
            - weight("sa", 0.0) * SA_SLOPE * max(0.0, of.sa - SA_FREE)
            - (ALERT if alert else 0.0)
            + weight("similarity", 0.0) * similarity
            + weight("absorption", 0.0) * proxy(of)
            + weight("lipinski", 0.0) * _kept(of)
        )

    @property
    def needs_models(self) -> bool:
        """Whether a term of it needs admet-ai."""
        return any(self.weights.get(term) for term in PENALTIES)

    def hope(self, one: Candidate) -> float:
        """The highest score that the models could still give to a candidate that they have not seen."""
        return one.score + self.weights.get("absorption", 0.0) * (1 - one.proxy)

    def with_models(
        self, one: Candidate, absorption: float | None, toxicity: Mapping[str, float]
    ) -> Candidate:
        """The candidate judged again with what the models say."""
        score = one.score - sum(self.weights.get(term, 0.0) * toxicity.get(term, 0.0) for term in PENALTIES)
        if absorption is not None:
            score += self.weights.get("absorption", 0.0) * (absorption - one.proxy)
        return replace(one, score=score, absorption=absorption, toxicity=toxicity)


def aim(want: Mapping[Term, float], *, seeds: bool, better: Sequence[Term] = ()) -> Objective:
    """The objective of a request: its own weights, and ours for what it needs and does not weigh."""
    beside = {term: BESIDE for term in better if term not in WEIGHTS}
    return Objective(weights={**WEIGHTS, **(ASKED if seeds else {}), **beside, **want})


def proxy(of: Properties) -> float:
    """Oral absorption by drawing alone, 0 to 1: half polar surface, half flexibility. No model and no measurement.

    Polar surface: 1 up to 60 Å² and 0 from 140 Å², the surfaces of fully and of hardly absorbed drugs (Palm 1997,
    doi 10.1023/A:1012188625088). Rotatable bonds: 1 for none, 0 from 10 (Veber 2002, doi 10.1021/jm020017n, in rats).
    """
    surface = min(1.0, max(0.0, (140 - of.tpsa) / 80))
    return (surface + min(1.0, max(0.0, (10 - of.rotatable) / 10))) / 2


def has_models() -> bool:
    """Whether admet-ai is installed."""
    return find_spec("admet_ai") is not None


class Judge:
    """Turns structures into candidates of one objective."""

    def __init__(self, objective: Objective, seeds: Sequence[str] = (), better: Sequence[Term] = ()) -> None:
        self.objective = objective
        self._seeds = [fingerprint(seed) for seed in seeds]
        named = {*(term for term, weight in objective.weights.items() if weight), *better}
        self._penalties = tuple(term for term in PENALTIES if term in named)
        self._absorption = "absorption" in named and has_models()

    @property
    def uses_models(self) -> bool:
        """Whether candidates are shown to the models of admet-ai."""
        return bool(self._penalties) or self._absorption

    def candidate(self, smiles: str, mol: Mol | None = None) -> Candidate:
        """The candidate of a canonical SMILES; ``mol`` is the same molecule where it is at hand."""
        mol = chem().MolFromSmiles(smiles) if mol is None else mol
        of, alert, bits = filters.properties(mol), filters.has_alert(mol), fingerprint(mol)
        similarity = max(bulk_tanimoto(bits, self._seeds), default=0.0)
        return Candidate(smiles, of, alert, similarity, self.objective.score(of, alert, similarity), bits)

    def modelled(self, ones: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """The candidates with what the models say of the terms that are asked for; unchanged where none is.

        Raises:
            DiscoveryMissing: a penalty is asked for and admet-ai is not installed.
        """
        if not ones or not self.uses_models:
            return tuple(ones)
        written = [one.smiles for one in ones]
        asked = [PENALTIES[term] for term in self._penalties]
        rows = admet.values(written, asked) if asked else [{}] * len(ones)
        views = [view.score for view in admet.absorption(written)] if self._absorption else [None] * len(ones)
        return tuple(
            self.objective.with_models(one, view, {term: row[PENALTIES[term]] for term in self._penalties})
            for one, view, row in zip(ones, views, rows, strict=True)
        )


def fits(mol: Mol) -> bool:
    """Whether a molecule is of a kind that is designed: 10 to 100 heavy atoms, no ring above 7 atoms, no bridge over an
    aromatic ring, nothing that :mod:`tools.discovery.sound` finds."""
    rings = [frozenset(ring) for ring in mol.GetRingInfo().AtomRings()]
    if not SMALLEST <= mol.GetNumHeavyAtoms() <= LARGEST or any(len(ring) > LARGEST_RING for ring in rings):
        return False
    flat = [ring for ring in rings if all(mol.GetAtomWithIdx(atom).GetIsAromatic() for atom in ring)]
    if any(len(ring & other) > 2 for ring in flat for other in rings if other is not ring):
        return False
    return not unsound(mol)


def _kept(of: Properties) -> float:
    return 1 - len(filters.lipinski(of)) / RULES
