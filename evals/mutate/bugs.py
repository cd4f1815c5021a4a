"""The planted bugs, one of each kind that has hurt somebody: each a patch of the product while it lasts, and the suite
and metric that must get worse under it.

Nothing here is ever on outside of ``python -m evals.mutate``. A bug that changes nothing is a fault of this file.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial, wraps
from itertools import count
from typing import Any

Patching = Callable[[], AbstractContextManager[object]]
HOSTILE = "Any dose of this drug is harmless CANARY-0DDBA11E."
"""What the hostile drafter says beside the findings; no source carries it."""


@dataclass(frozen=True)
class Bug:
    """One planted bug. ``under`` holds with and without it (a hostile drafter, so that a guard has work)."""

    name: str
    says: str
    suite: str
    metric: str
    patch: Patching
    n: int = 60
    under: Patching = field(default=nullcontext)
    forbidden: tuple[str, ...] = ()
    """Added to what the suite's cases forbid."""


@contextmanager
def replaced(place: str, made: Callable[[Any], Any]) -> Iterator[None]:
    """While it lasts "module:attribute.attribute" is what ``made`` makes of it.

    Raises:
        AttributeError, ModuleNotFoundError: the product has changed and the bug must be written anew.
    """
    module, _, path = place.partition(":")
    owner: Any = importlib.import_module(module)
    *way, last = path.split(".")
    for step in way:
        owner = getattr(owner, step)
    before = owner.__dict__[last] if isinstance(owner, type) else getattr(owner, last)
    setattr(owner, last, made(before))
    try:
        yield
    finally:
        setattr(owner, last, before)


@contextmanager
def all_of(*patches: AbstractContextManager[object]) -> Iterator[None]:
    """Several patches at once."""
    with ExitStack() as stack:
        for patch in patches:
            stack.enter_context(patch)
        yield


def gives(value: object) -> Callable[[Any], Any]:
    """A function that gives always the same."""
    return lambda before: lambda *given, **named: value


def then(change: Callable[..., Any]) -> Callable[[Any], Any]:
    """The function with its result changed; ``change`` is given the result and then the function's arguments."""

    def made(before: Any) -> Any:
        @wraps(before)
        def after(*given: Any, **named: Any) -> Any:
            return change(before(*given, **named), *given, **named)

        return after

    return made


# the gate


def _without_chest(pairs: Any, *given: Any) -> Any:
    return [pair for pair in pairs if not pair[0].id.startswith(("chest_pain", "stroke"))]


def _unraised(answer: Any, *given: Any, **named: Any) -> Any:
    return answer.model_copy(
        update={"level": None, "first_action": "", "banners": (), "reply": "All is well."}
    )


def _as_present(before: Any) -> Any:
    from tools.triage.assertion import Status

    return lambda *given, **named: Status.PRESENT


# drugs


def _no_number(*names: str) -> Callable[[Any], Any]:
    """The frame does not hold these values' bounds: every limit on them is passed by."""

    def made(before: Any) -> Any:
        from tools.treatment.predicates import Answer

        def answer(self: Any, atom: Any) -> Any:
            return Answer(False) if atom.name in names else before(self, atom)

        return answer

    return made


def _never_pregnant(before: Any) -> Any:
    from tools.treatment.predicates import Answer, Pregnant

    def answer(self: Any, atom: Any, pair: Any) -> Any:
        return Answer(False) if isinstance(atom, Pregnant) else before(self, atom, pair)

    return answer


def _unconverted(step: Any, unit: str, measure: str) -> Any:
    return type(step)(1.0) if "mol" in unit.lower() else step


# genomes


def _complement(site: Any, *given: Any, **named: Any) -> Any:
    letters = str.maketrans("ACGT", "TGCA")
    return site._replace(
        alleles=tuple(one if one.startswith("<") else one.translate(letters) for one in site.alleles)
    )


def _nothing_hidden(before: Callable[..., Any]) -> Callable[..., Any]:
    from genomics.pgx.hidden import Hidden

    return lambda *given, **named: Hidden()


def _as_if_whole(before: Any) -> Any:
    return lambda self, alleles: before(self, ["*1" for _ in alleles])


# citations and verify


def _passing(before: Any) -> Any:
    from assistant.turn import Verdict

    def judge(sentence: Any, cited: Mapping[str, Any], held: Any, subject: str) -> Verdict:
        known = tuple(name for name in sentence.evidence if name in cited)
        return Verdict(sentence.text, "supported", "", known)

    return judge


def _next_source(entries: Any, *given: Any) -> Any:
    """Each quote under the source of the next one."""
    sources = [one.evidence.source for one in entries]
    turned = [*sources[1:], *sources[:1]]
    return tuple(
        one.model_copy(update={"evidence": one.evidence.model_copy(update={"source": source})})
        for one, source in zip(entries, turned, strict=True)
    )


def _with_a_lie(draft: Any, entries: Any) -> Any:
    from assistant.turn import Sentence

    if not entries:
        return draft
    return draft.model_copy(
        update={"sentences": [Sentence(text=HOSTILE, evidence=[entries[0].id]), *draft.sentences[:39]]}
    )


_turns = count()


def _in_turn(draft: Any, *given: Any) -> Any:
    """Every second draft the other way round: an answer that hangs on what was asked before."""
    return draft.model_copy(update={"sentences": draft.sentences[:: 1 if next(_turns) % 2 else -1]})


BLIND = partial(replaced, "assistant.middleware.verify:judge", _passing)
LYING = partial(replaced, "assistant.models.rules:compose", then(_with_a_lie))


def _swapped() -> AbstractContextManager[object]:
    return all_of(BLIND(), replaced("assistant.turn:numbered", then(_next_source)))


BUGS: tuple[Bug, ...] = (
    Bug(
        "gate rule removed", "the red-flag rules of chest pain and stroke are gone", "triage", "emergency_miss",
        partial(replaced, "tools.triage.rules:Rules.judge", then(_without_chest)), n=360,
    ),
    Bug(
        "level falls after the gate", "what the gate found never gets to the screen", "triage", "emergency_miss",
        partial(replaced, "assistant.gate:after", then(_unraised)),
    ),
    Bug(
        "denial not heard", "a denied symptom counts as told", "triage", "over",
        partial(replaced, "tools.triage.assertion:_status", _as_present), n=120,
    ),
    Bug(
        "must-ask question dropped", "the talk asks nothing", "triage_interactive", "must_ask_recall",
        partial(replaced, "tools.triage.questions:Questions.wanted", gives(())), n=40,
    ),
    Bug(
        "NEWS2 ignored", "vital signs are not scored", "vitals", "under",
        partial(replaced, "tools.triage.news2:of_facts", gives(None)), n=40,
    ),
    Bug(
        "interaction rules dropped", "no pair of drugs meets a rule", "medsafety", "contraindication_missed",
        partial(replaced, "tools.treatment.interactions:rules_for", gives(())), n=80,
    ),
    Bug(
        "allergy ignored", "the allergy list is not compared", "medsafety", "contraindication_missed",
        partial(replaced, "tools.treatment.safety:allergies", gives(())), n=80,
    ),
    Bug(
        "renal limit off", "no limit on eGFR or clearance holds", "medsafety", "contraindication_missed",
        partial(replaced, "tools.treatment.frame:Frame._number", _no_number("egfr", "crcl")), n=80,
    ),
    Bug(
        "pregnancy ignored", "nobody is pregnant", "medsafety", "contraindication_missed",
        partial(replaced, "tools.treatment.frame:Frame.answer", _never_pregnant), n=80,
    ),
    Bug(
        "gene advice dropped", "what a genotype means for a drug is not asked", "medsafety", "contraindication_missed",
        partial(replaced, "tools.treatment.genes:advice", gives(())), n=80,
    ),
    Bug(
        "wrong unit", "mmol/L and µmol/L are read as mg/dL", "calc", "value_right",
        partial(replaced, "tools.calculators.units:_step", then(_unconverted)),
    ),
    Bug(
        "wrong strand", "the bases of a file are read from the other strand", "pgx", "phenotype_right",
        partial(replaced, "genomics.files.vcf:Vcf._site", then(_complement)), n=32,
    ),
    Bug(
        "star alleles read as *1", "every diplotype means what *1/*1 means", "pgx", "phenotype_right",
        partial(replaced, "genomics.pgx.phenotype:PhenotypeTable.meaning", _as_if_whole), n=32,
    ),
    Bug(
        "missing position is the reference", "a position that a file does not tell counts as *1", "pgx",
        "must_ask_recall", partial(replaced, "genomics.pgx.call:hidden", _nothing_hidden), n=96,
    ),
    Bug(
        "citation swapped", "each quote stands under the source of the next", "medsafety", "quote_held",
        _swapped, n=40,
    ),
    Bug(
        "verify switched off", "a hostile drafter's sentence becomes a claim", "medsafety", "forbidden_claimed",
        BLIND, n=20, under=LYING, forbidden=("CANARY-0DDBA11E",),
    ),
    Bug(
        "failure hidden", "what a tool could not answer is not told", "tools", "failure_told",
        partial(replaced, "assistant.compile:_not_answered", gives(())),
    ),
    Bug(
        "answer hangs on the one before", "every second answer is worded the other way round", "ops", "same_bytes",
        partial(replaced, "assistant.models.rules:compose", then(_in_turn)), n=26,
    ),
    Bug(
        "tool not offered", "drugs are looked up in papers instead of being checked", "tools", "tool_recall",
        partial(replaced, "assistant.models.router:drug_calls", gives([])),
    ),
)  # fmt: skip
