"""Grounding: is the right paper cited, does its quote stand in it, and does the answer tell the direction of effect?

Gold are the directions on which all annotators of evidence_inference agreed and whose evidence stands in the abstract
(an outside label, so there is no reason to replay). The question is asked in a clinician's words; the paper stands on
the shelf among 300. Questions and papers are public and may be in a model's training data. Retrieval on BioASQ and
PubMedQA is measured in :mod:`evals.literature`.
"""

from __future__ import annotations

from collections.abc import Iterator

from evals.cases.case import Case, Gold, Latent, Person, Presented, Said
from evals.cases.streams import case_id, stream
from evals.run.papers import NEEDS, SHELF, Label, labels
from evals.scoring.catalogue import METRICS
from evals.scoring.citations import support
from evals.scoring.cost import cost
from evals.suites.suite import Suite

ASKED = (
    "Does {i} change {o} compared with {c}?",
    "What is the effect of {i} versus {c} on {o}?",
    "Compared with {c}, what does {i} do to {o}?",
    "{o}: {i} or {c}, is there a difference?",
    "Is there evidence that {i} affects {o} more or less than {c}?",
    "I am looking for a trial of {i} against {c} with {o} as an outcome. What did it find?",
)
DIRECTIONS = {-1: "decreased", 0: "no difference", 1: "increased"}


def cases(n: int, seed: int) -> Iterator[Case]:
    """At most n cases, one for each label, in an order of the seed."""
    held = labels()
    for index, at in enumerate(stream(seed, 0, "grounding").permutation(len(held))[:n]):
        yield _case(held[int(at)], seed, index)


def _case(label: Label, seed: int, index: int) -> Case:
    words = ASKED[index % len(ASKED)].format(i=label.intervention, c=label.comparator, o=label.outcome)
    name, source = case_id("grounding", seed, index), f"pmid:{label.pmid}"
    return Case.model_validate(
        {
            "id": name, "suite": "grounding", "seed": seed, "index": index, "base_id": name,
            "stratum": DIRECTIONS[label.direction],
            "latent": Latent(
                person=Person(age_days=18_263, sex="female", weight_kg=70, height_cm=165),
                more={"label": f"evidence_inference prompt {label.prompt}: {label.direction}"},
            ),
            "presented": Presented(
                id=name, role="clinician", turns=(Said(text=words[:1].upper() + words[1:]),), trouble=SHELF
            ),
            "gold": Gold.model_validate(
                {
                    "sources": (source, label.article), "direction": DIRECTIONS[label.direction],
                }
            ),
        }
    )  # fmt: skip


SUITE = Suite(
    name="grounding",
    asks="Is the right paper cited, with a quote that stands in it and the right direction of effect?",
    cases=cases,
    scorers=(support, cost),
    metrics=tuple(
        METRICS[name]
        for name in (
            "citation_right", "direction_right", "quote_held", "invented_citation", "unsupported_claim", "seconds",
        )
    ),
    headline="citation_right",
    trivial=("trivial/bm25", "trivial/says:There was no difference."),
    needs=NEEDS,
)  # fmt: skip
