"""A design for the reader: its sentences with the run behind them, its tables and its pictures.

Every sentence says that the structures are computer-made, and no more of them than was computed.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping

from retrieval.evidence import Artifact, Depth, Evidence, Finding, Kind, Source, Table
from tools.discovery import admet, drawing, filters, metrics
from tools.discovery.design import Design, Designed, place
from tools.discovery.design_request import NAMES, Method, words
from tools.discovery.objective import MODELS, PENALTIES, Candidate, Term, has_models
from tools.discovery.profile_shown import radar_picture

HYPOTHESES = "These are computer-made structures, hypotheses, not drugs; none was made or tested."
TOLD = 3
"""Molecules that get a sentence each; all stand in the table."""
DRAWN = 24
METHODS: Mapping[Method, str] = {
    "search": "SELFIES mutation search",
    "fragments": "BRICS fragment recombination",
    "vae": "variational autoencoder",
}


def findings(of: Design) -> tuple[Finding, ...]:
    """What the run did, its first molecules, what was left out, and the set beside its starting molecules."""
    working = _working(of)
    told = [
        _run(of),
        *(_molecule(of, at, one) for at, one in enumerate(of.molecules[:TOLD], 1)),
        *_kept(of),
        _left_out(of),
    ]
    told += _measured(of)
    names = tuple(dict.fromkeys(seed.name.lower() for seed in of.seeds if seed.name))
    return tuple(
        Finding(
            statement=said,
            evidence=(Evidence(source=source(of), quote=f"{said}\n{working}"),),
            kind=Kind.COMPUTED,
            certainty="computed from drawn structures; not measured, not made",
            names=names,
        )
        for said in told
    )


def source(of: Design) -> Source:
    """The run as evidence names it."""
    return Source(
        id=f"computed:design:{of.request.method}:{of.request.seed}",
        title=f"computed here: {METHODS[of.request.method]}",
        version=of.versions["rdkit"],
        licence="computed here",
        depth=Depth.COMPUTATION,
    )


def _working(of: Design) -> str:
    """The run's own row: everything that it was asked and counted."""
    asked, counts = of.request, of.counts
    weights = ", ".join(
        f"{NAMES[term]} {weight:g}" for term, weight in of.objective.weights.items() if weight
    )
    return (
        f"method {asked.method}; started from {of.starts}; seed {asked.seed}; budget {asked.budget}; "
        f"weights {weights}; "
        f"drawn {counts.drawn}, invalid {counts.invalid}, repeated {counts.repeated}, evaluated {counts.evaluated}, "
        f"unfit {counts.unfit}; versions {', '.join(f'{name} {version}' for name, version in of.versions.items())}"
    )


def _run(of: Design) -> str:
    asked = of.request
    said = (
        f"{HYPOTHESES} A {METHODS[asked.method]} (seed {asked.seed}) judged {of.counts.evaluated:,} structures, "
        f"starting from {of.starts}, and shows {len(of.molecules)} of them."
    )
    if asked.no_alerts:
        said += " Each computer-made structure shown has no PAINS or BRENK alert, which does not make it harmless."
    for term in asked.better:
        said += f" Each is better than {of.seeds[0].said} in {_compared(of, term)}."
    return said


def _compared(of: Design, term: Term) -> str:
    assert of.first
    values = [one.candidate.value(term) for one in of.molecules]
    by = f", by {of.absorption_by}" if term == "absorption" else ""
    return f"{NAMES[term]} ({min(values):.2f} to {max(values):.2f} against {of.first.value(term):.2f}{by})"


def _molecule(of: Design, at: int, one: Designed) -> str:
    made = one.candidate
    told = [f"QED {made.properties.qed:.2f}", f"SA {made.properties.sa:.2f}"]
    told += [f"oral absorption value {made.value('absorption'):.2f}"] if "absorption" in _weighed(of) else []
    told += [f"{NAMES[term]} {made.toxicity[term]:.2f}" for term in PENALTIES if term in made.toxicity]
    if of.seeds:
        told.append(f"similarity {made.similarity:.2f} to {_nearest_seed(of)}")
    near = f"of {of.looked_in} the most similar is {one.nearest.name} ({one.nearest.similarity:.2f})"
    return (
        f"Computer-made structure {at}, a hypothesis and no drug: {made.smiles}; {', '.join(told)}; {near}."
    )


def _nearest_seed(of: Design) -> str:
    return of.seeds[0].said if len(of.seeds) == 1 else "the nearest seed"


def _weighed(of: Design) -> frozenset[Term]:
    return frozenset(term for term, weight in of.objective.weights.items() if weight) | set(of.request.better)


def _kept(of: Design) -> Iterator[str]:
    """How many of those shown keep each rule, asked for or not."""
    held = [one.candidate for one in of.molecules]
    if not held:
        return
    clean = sum(not one.alert for one in held)
    oral = sum(one.value("lipinski") == 1 for one in held)
    veber = sum(not filters.veber(one.properties) for one in held)
    front = sum(one.on_front for one in of.molecules)
    yield (
        f"Of the {len(held)} computer-made structures shown {len(held)} passed the misuse gate, {clean} have no PAINS "
        f"or BRENK alert, {oral} keep every rule of Lipinski's and {veber} of Veber's, and no other beats {front} of "
        "them in both axes of the plot."
    )


def _left_out(of: Design) -> str:
    left, counts = of.left_out, of.counts
    kept_apart = (
        f", {left.not_better:,} were not better in {words(of.request.better)}" if of.request.better else ""
    )
    return (
        f"Of the computer-made structures {counts.invalid:,} were invalid or tiny, {counts.unfit:,} were unsound or of "
        f"the wrong size, {left.alerts:,} had a structural alert{kept_apart}, {left.known:,} were what the run "
        f"started from or known medicines, and {left.gate:,} were dropped by the misuse gate."
    )


def _measured(of: Design) -> Iterator[str]:
    if of.measured is None:
        return
    reference, ours = of.measured
    aimed = " QED was an aim of this run, so that its QED is no achievement." if "qed" in _weighed(of) else ""
    yield (
        f"The {ours.n} computer-made structures have a mean QED of {ours.qed:.2f}, SA of {ours.sa:.2f}, alerts in "
        f"{100 * ours.alerts:.0f} % and an internal diversity of {ours.internal_diversity:.2f}; the reference row, "
        f"{reference.name}, has {reference.qed:.2f}, {reference.sa:.2f}, {100 * reference.alerts:.0f} % and "
        f"{reference.internal_diversity:.2f}.{aimed}"
    )


def notes(of: Design) -> str:
    """What the reader must know of the run as a whole."""
    told = [HYPOTHESES, "Stereochemistry is left open; no synthesis route is given."]
    if "absorption" in _weighed(of):
        told.append(f"Oral absorption is {of.absorption_by}: no measurement and no bioavailability.")
        if not has_models():
            told.append(
                "With `python3 bootstrap.py --extra discovery` it is a model's score instead of a proxy."
            )
    if any(one.candidate.toxicity for one in of.molecules):
        told.append(f"hERG, DILI, AMES and ClinTox are each a {admet.NOT_A_RISK}.")
    if penalties := [PENALTIES[term] for term in PENALTIES if term in _weighed(of)]:
        told.append(
            f"{', '.join(penalties)} counted against a structure here, however the request was worded."
        )
    if len(of.molecules) < of.request.n:
        told.append(
            f"Only {len(of.molecules)} of {of.request.n} structures kept every condition: raise the budget."
        )
    return " ".join(told)


def tables(of: Design) -> tuple[Table, ...]:
    """The molecules, and the metrics beside the reference row."""
    columns = [
        "#",
        "SMILES",
        "score",
        "QED",
        "SA",
        "alerts",
        "weight",
        "logP",
        "polar surface Å²",
    ]
    shows = "absorption" in _weighed(of)
    columns += (
        [f"oral absorption ({'model scores' if of.absorption_by == MODELS else 'proxy'})"] if shows else []
    )
    columns += [
        NAMES[term] for term in PENALTIES if of.molecules and term in of.molecules[0].candidate.toxicity
    ]
    columns += ["similarity to seeds", f"nearest of {of.looked_in}", "its similarity", "on the front"]
    title = "computer-made structures, hypotheses, not drugs"
    rows = [_cells(at, one, shows) for at, one in enumerate(of.molecules, 1)]
    if of.first is not None:
        rows.append(_seed_cells(of, of.first, shows))
    held = [Table(title=title, columns=tuple(columns), rows=tuple(rows))]
    if of.measured:
        reference, ours = of.measured
        held.append(metrics.table("metrics of the run beside its reference", reference, ours))
    return tuple(held)


def _cells(at: int, one: Designed, absorption: bool) -> tuple[str, ...]:
    near = one.nearest
    return (
        *_values(str(at), one.candidate, absorption),
        near.name,
        f"{near.similarity:.2f}",
        "yes" if one.on_front else "",
    )


def _seed_cells(of: Design, first: Candidate, absorption: bool) -> tuple[str, ...]:
    return (*_values(f"seed: {of.seeds[0].said}", first, absorption), of.seeds[0].said, "1.00", "")


def _values(name: str, of: Candidate, absorption: bool) -> tuple[str, ...]:
    held = of.properties
    return (
        name, of.smiles, f"{of.score:.2f}", f"{held.qed:.2f}", f"{held.sa:.2f}", "yes" if of.alert else "none",
        f"{held.weight:.0f}", f"{held.logp:.2f}", f"{held.tpsa:.0f}",
        *([f"{of.value('absorption'):.2f}"] if absorption else []),
        *(f"{of.toxicity[term]:.2f}" for term in PENALTIES if term in of.toxicity), f"{of.similarity:.2f}",
    )  # fmt: skip


def pictures(of: Design) -> tuple[Artifact, ...]:
    """The structures in a grid, all finalists in a plot of score against similarity, and the first structure's
    properties beside the seed's."""
    shown = of.molecules[:DRAWN]
    if not shown:
        return ()
    captions = [
        f"{at}: QED {one.candidate.properties.qed:.2f}, SA {one.candidate.properties.sa:.1f}"
        for at, one in enumerate(shown, 1)
    ]
    grid = drawing.grid_png([one.candidate.smiles for one in shown], captions)
    return (
        Artifact(
            title="computer-made structures, hypotheses, not drugs",
            media_type="image/png",
            data=base64.b64encode(grid),
            alt=f"{len(shown)} drawn structures; their SMILES stand in the table",
            role="drawn",
        ),
        Artifact(
            title="score against similarity" if of.seeds else "score against ease of synthesis",
            media_type="image/png",
            data=base64.b64encode(drawing.png(plot(of))),
            alt=f"{len(of.finalists)} computer-made structures as points; those on the line are beaten by none in both",
            role="drawn",
        ),
        radar_picture(
            shown[0].candidate.properties,
            "computer-made structure 1",
            (of.seeds[0].said, of.first.properties) if of.first else None,
        ),
    )


def plot(of: Design) -> object:
    """The finalists as a figure: the front joined, its shown molecules by their number in the table."""
    numbers = {one.candidate.smiles: str(at) for at, one in enumerate(of.molecules, 1)}
    front = {one.candidate.smiles for one in of.molecules if one.on_front}
    points = [
        drawing.Point(*place(one, of.request), one.smiles in front, numbers.get(one.smiles, ""))
        for one in of.finalists
    ]
    x = (
        "similarity to the nearest seed (Tanimoto)"
        if of.seeds
        else "ease of synthesis (−SA, higher is easier)"
    )
    return drawing.pareto(points, x, "objective, without similarity", "computer-made structures")
