"""Clusters: a base case and what operators make of it, so that statistics know which cases belong together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from evals.cases.case import Case
from evals.cases.operators import apply, why_not
from evals.cases.streams import case_id


def moved(case: Case, suite: str) -> Case:
    """The case as a base case of another suite, with ids of its own."""
    name = case_id(suite, case.seed, case.index, case.id)
    presented = case.presented.model_copy(update={"id": name})
    return case.model_copy(update={"id": name, "base_id": name, "suite": suite, "presented": presented})


def made(base: Case, names: Iterable[str], most: int) -> Iterator[Case]:
    """Up to ``most`` cases that the named operators make of a base, in the order of the names."""
    fit = (apply(name, base) for name in names if not why_not(name, base))
    yield from islice((case for case in fit if case is not None), most)


def turned(names: Sequence[str], place: int) -> tuple[str, ...]:
    """The names from another beginning, so that each cluster meets other operators first."""
    at = place % len(names)
    return (*names[at:], *names[:at])


def clusters(bases: Iterable[Case], names: Sequence[str], each: int, n: int) -> Iterator[Case]:
    """Each base with ``each`` cases made of it, until n cases are there; a cluster is never cut.

    A base of which nothing can be made is left out.
    """
    given = place = 0
    for base in bases:
        if given >= n:
            return
        copies = tuple(made(base, turned(names, place), each))
        place += each
        if not copies:
            continue
        yield base
        yield from copies
        given += 1 + len(copies)
