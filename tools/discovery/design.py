"""Design: molecules for a stated objective by one of three methods, let through the gate, and measured honestly.

What comes out are computer-made structures, hypotheses, not drugs; none was made or tested. A metrics row of the
result stands beside that of the molecules which the run started from, or the search would only praise its own aim.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from tools.discovery import fragments, guard, metrics, moses, pool
from tools.discovery.design_request import NAMES, DesignError, Request, Seed, seeds
from tools.discovery.gathered import gathered
from tools.discovery.metrics import Metrics
from tools.discovery.molecules import bulk_tanimoto, chem, fingerprint
from tools.discovery.named import approved
from tools.discovery.objective import MODELS, PROXY, Candidate, Judge, Objective, fits, has_models
from tools.discovery.search import Counts, Search, best

FINALISTS = 100
"""Molecules, unlike each other, of which the best are shown and the others drawn in the plot."""
FEWEST_PIECES = 12
"""Distinct pieces below which those of the starting molecules are added to the seeds'."""


class Nearest(NamedTuple):
    """The known molecule that is most alike: an approved medicine, a seed, or one of the reference set."""

    name: str
    similarity: float


@dataclass(frozen=True)
class Designed:
    """One molecule of the result; ``on_front``: no other finalist is better in both score and similarity."""

    candidate: Candidate
    nearest: Nearest
    on_front: bool


@dataclass(frozen=True)
class LeftOut:
    """Molecules that were made and are not shown, by reason."""

    gate: int
    """Matched a class that is not designed."""
    alerts: int
    not_better: int
    known: int
    """A seed, a molecule that the run started from, or an approved medicine."""


@dataclass(frozen=True)
class Design:
    """A finished run with all that is needed to judge and to repeat it."""

    request: Request
    objective: Objective
    seeds: tuple[Seed, ...]
    first: Candidate | None
    """The first seed, judged in the same way."""
    molecules: tuple[Designed, ...]
    finalists: tuple[Candidate, ...] = field(repr=False)
    counts: Counts
    left_out: LeftOut
    starts: str
    """What the run started from, in words."""
    looked_in: str
    """Where the nearest molecule was looked for, in words."""
    measured: tuple[Metrics, Metrics] | None
    """The reference row first; None where there is no molecule."""
    versions: Mapping[str, str]

    @property
    def absorption_by(self) -> str:
        return MODELS if self.finalists and self.finalists[0].absorption is not None else PROXY


class _Made(NamedTuple):
    candidates: tuple[Candidate, ...]
    counts: Counts
    starts: frozenset[str]
    words: str
    """What it started from."""


def design(request: Request) -> Design:
    """The run from request to result; may take minutes (:func:`tools.discovery.design_request.seconds`).

    Raises:
        DesignError: a seed cannot be used; ``Refused`` where the gate says so.
        DiscoveryMissing, GeneratorMissing: the extra or the generator's weights are not here.
        tools.damaged.Damaged: the gate cannot be read.
    """
    guard.whole()  # a gate that cannot be read must stop the run before anything is made
    given = seeds(request)
    started, words = pool.starts(request.seed)
    judge = Judge(request.objective, [seed.smiles for seed in given], request.better)
    made = _made(request, judge, given, started)
    first = judge.modelled([judge.candidate(given[0].smiles)])[0] if given else None
    finalists, left_out = _finalists(made, request, given, first)
    shown = finalists[: request.n]
    front = _front(finalists, request)
    known = _Known(given, () if given else started)
    return Design(
        request=request,
        objective=request.objective,
        seeds=given,
        first=first,
        molecules=tuple(Designed(one, known.nearest(one), one.smiles in front) for one in shown),
        finalists=finalists,
        counts=made.counts,
        left_out=left_out,
        starts=made.words or words,
        looked_in=known.words,
        measured=_measured([one.smiles for one in shown], made.counts, started, words) if shown else None,
        versions=versions(),
    )


def _made(request: Request, judge: Judge, given: Sequence[Seed], started: Sequence[str]) -> _Made:
    """Raises:
    DesignError: the method cannot start from any of the given molecules.
    """
    try:
        return _BY[request.method](request, judge, given, started)
    except _CannotStart as wrong:
        raise DesignError(f"{wrong}: give other structures, or another method.") from wrong


class _CannotStart(ValueError):
    """A method has nothing to start from; the message says what."""


def _searched(request: Request, judge: Judge, given: Sequence[Seed], started: Sequence[str]) -> _Made:
    own = [seed.smiles for seed in given]
    try:
        found = Search(judge, request.seed).run(own or started, request.budget, any_size=bool(own))
    except ValueError as wrong:
        raise _CannotStart("None of the given structures can be mutated") from wrong
    return _Made(found.candidates, found.counts, found.starts, _names(given))


def _built(request: Request, judge: Judge, given: Sequence[Seed], started: Sequence[str]) -> _Made:
    own, words = [seed.smiles for seed in given], _names(given)
    pieces = fragments.pieces(own or started)
    if own and len(set(pieces)) < FEWEST_PIECES:
        pieces = fragments.pieces([*own, *started])
        words += f" and, as these have few pieces, those of {len(started)} molecules of the reference set"
    built = fragments.build(pieces, request.budget, request.seed)
    counts = Counts(built.started, built.given_up, built.repeated)
    return _evaluated(judge, built.smiles, counts, own or started, words)


def _drawn(request: Request, judge: Judge, given: Sequence[Seed], started: Sequence[str]) -> _Made:
    from tools.discovery import generator

    own = [seed.smiles for seed in given]
    try:
        drawn = (
            generator.neighbours(own, request.budget, request.seed)
            if own
            else generator.generate(request.budget, request.seed)
        )
    except ValueError as wrong:
        raise _CannotStart("The generator can code none of the given structures") from wrong
    repeated = drawn.valid - drawn.refused - len(drawn.molecules)
    counts = Counts(drawn.drawn, drawn.drawn - drawn.valid, repeated)
    left_out = [seed.said for seed in given if seed.smiles in drawn.skipped]
    words = _names([seed for seed in given if seed.smiles not in drawn.skipped]) or "random draws"
    words += f" ({', '.join(left_out)} left out, as the generator cannot code it)" if left_out else ""
    words += f", of which its critic kept {drawn.valid - drawn.refused:,}" if drawn.refused else ""
    return _evaluated(judge, drawn.molecules, counts, own, words)


_BY = {"search": _searched, "fragments": _built, "vae": _drawn}


def _names(given: Sequence[Seed]) -> str:
    return ", ".join(seed.said for seed in given)


def _evaluated(
    judge: Judge, smiles: Iterable[str], counts: Counts, starts: Iterable[str], words: str
) -> _Made:
    """Molecules of another method than the search, through the same gate and the same judge."""
    kept: list[Candidate] = []
    for one in smiles:
        mol = chem().MolFromSmiles(one)
        counts.evaluated += 1
        if mol is None or not fits(mol):
            counts.unfit += 1
        elif guard.check_mol(mol):
            counts.refused += 1
        else:
            kept.append(judge.candidate(one, mol))
    return _Made(judge.modelled(kept), counts, frozenset(starts), words)


def _finalists(
    made: _Made, request: Request, given: Sequence[Seed], first: Candidate | None
) -> tuple[tuple[Candidate, ...], LeftOut]:
    """The best that keep every condition, and how many did not, each counted under the first that it broke."""
    known = {seed.smiles for seed in given} | made.starts | _medicines()
    broken: Counter[str] = Counter()
    kept: list[Candidate] = []
    for one in made.candidates:
        if one.smiles in known:
            broken["known"] += 1
        elif request.no_alerts and one.alert:
            broken["alerts"] += 1
        elif first and not all(one.beats(first, term) for term in request.better):
            broken["not better"] += 1
        else:
            kept.append(one)
    chosen = best(kept, FINALISTS)
    # a run looks at each molecule as it is drawn; what is shown is looked at in every writing
    passed = tuple(one for one in chosen if guard.check(one.smiles) is None)
    gate = made.counts.refused + len(chosen) - len(passed)
    return passed, LeftOut(gate, broken["alerts"], broken["not better"], broken["known"])


def _front(ones: Sequence[Candidate], request: Request) -> frozenset[str]:
    """SMILES of those that no other beats in both similarity and the rest of the score."""
    points = {one.smiles: place(one, request) for one in ones}
    return frozenset(
        smiles
        for smiles, here in points.items()
        if not any(there != here and there[0] >= here[0] and there[1] >= here[1] for there in points.values())
    )


def place(one: Candidate, request: Request) -> tuple[float, float]:
    """A molecule in the plot: similarity to the nearest seed (without seeds: ease of synthesis), and its score without
    the part that similarity has in it."""
    weight = request.objective.weights.get("similarity", 0.0)
    return (one.similarity if request.like else -one.properties.sa, one.score - weight * one.similarity)


class _Known:
    """Approved medicines, seeds and (without seeds) the reference set by name, to find the nearest in."""

    def __init__(self, given: Sequence[Seed], started: Sequence[str]) -> None:
        names = [(seed.said, seed.smiles) for seed in given]
        names += [("a molecule of the reference set", one) for one in started]
        drugs = _prints()
        places = [f"{len(drugs[0]):,} approved medicines"] if drugs[0] else []
        places += ["the seeds"] if given else []
        places += [f"{len(started)} molecules of the reference set"] if started else []
        self.words = " and ".join(places)
        self._names = [*drugs[0], *(name for name, _ in names)]
        self._bits = [*drugs[1], *(fingerprint(smiles) for _, smiles in names)]

    def nearest(self, one: Candidate) -> Nearest:
        alike = bulk_tanimoto(one.bits, self._bits)
        at = max(range(len(alike)), key=lambda place: (alike[place], -place))
        return Nearest(self._names[at], alike[at])


@lru_cache(maxsize=1)
def _prints() -> tuple[tuple[str, ...], tuple[object, ...]]:
    """Names and fingerprints of the approved medicines; none where admet-ai is not installed."""
    held = [(one.name, chem().MolFromSmiles(one.smiles)) for one in approved().values()]
    return tuple(name for name, mol in held if mol), tuple(fingerprint(mol) for _, mol in held if mol)


@lru_cache(maxsize=1)
def _medicines() -> frozenset[str]:
    """The approved medicines without stereochemistry, canonical, salts apart."""
    mols = (chem().MolFromSmiles(one.smiles) for one in approved().values())
    whole = (chem().MolToSmiles(mol, isomericSmiles=False) for mol in mols if mol)
    return frozenset(part for smiles in whole for part in smiles.split("."))


def _measured(
    shown: Sequence[str], counts: Counts, started: tuple[str, ...], words: str
) -> tuple[Metrics, Metrics]:
    """The reference, and the molecules shown; valid and unique are those of the whole run, as the shown are chosen."""
    held = moses.held()
    name = f"this design ({len(shown)} shown, chosen of {counts.evaluated:,} judged; valid and unique of all drawn)"
    ours = gathered(name, shown, patterns=held.filters() if held else None)
    valid = counts.drawn - counts.invalid
    unique = max(0.0, (valid - counts.repeated) / valid) if valid > 0 else 0.0
    return _reference(started, words), replace(
        metrics.measure(ours, known=held.known if held else None),
        drawn=counts.drawn,
        valid=max(0.0, valid / counts.drawn) if counts.drawn else 0.0,
        unique_1k=unique,
        unique_10k=unique,
    )


@lru_cache(maxsize=2)
def _reference(started: tuple[str, ...], words: str) -> Metrics:
    held = moses.held()
    name = words if held else f"{words}, chosen for QED, SA and no alerts"
    return metrics.measure(gathered(name, started, patterns=held.filters() if held else None))


def versions() -> dict[str, str]:
    """What a run was made with."""
    names = ["rdkit", "selfies", *(["admet-ai"] if has_models() else [])]
    gate = hashlib.sha256(guard.PATH.read_bytes()).hexdigest()[:12]
    return {**{name: metadata.version(name) for name in names}, "misuse gate": gate}


def save(held: Design, folder: Path) -> Path:
    """Write the run into its own folder: request, seed, versions and molecules as JSON. Returns the file.

    Two runs of the same request write the same file.
    """
    asked = held.request.model_dump(mode="json")
    name = hashlib.sha256(json.dumps([asked, dict(held.versions)], sort_keys=True).encode()).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"design-{name}.json"
    state = {
        "what": "computer-made structures, hypotheses, not drugs; none was made or tested",
        "request": asked,
        "weights": {NAMES[term]: weight for term, weight in held.objective.weights.items()},
        "started_from": held.starts,
        "versions": dict(held.versions),
        "counts": asdict(held.counts),
        "left_out": asdict(held.left_out),
        "absorption_by": held.absorption_by,
        "molecules": [_row(one) for one in held.molecules],
    }
    path.write_text(json.dumps(state, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return path


def _row(one: Designed) -> dict[str, object]:
    of = one.candidate
    return {
        "smiles": of.smiles,
        "score": round(of.score, 4),
        **{name: round(value, 4) for name, value in asdict(of.properties).items()},
        "alert": of.alert,
        "absorption": round(of.value("absorption"), 4),
        "toxicity_scores": {name: round(value, 4) for name, value in of.toxicity.items()},
        "similarity_to_seeds": round(of.similarity, 4),
        "nearest_known": one.nearest.name,
        "nearest_similarity": round(one.nearest.similarity, 4),
        "on_front": one.on_front,
    }
