"""Trivial subjects, printed beside every result: what does no thinking at all come to?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from evals.cases.case import LEVELS, Level, Presented, Said
from evals.run.trace import Claimed, Shown

SAYS: Mapping[Level, str] = {
    "emergency": "This is an emergency: call an ambulance now.",
    "same_day": "See a doctor today.",
    "routine": "Book a visit with a doctor within the next days.",
    "self_care": "You can care for this at home.",
}
"""What a trivial subject shows for a level."""
Answering = Callable[[str], Shown]
"""From everything that was said so far to the turn."""


class PlainTalk:
    """A talk of a subject that looks at the words alone."""

    def __init__(self, presented: Presented, answering: Answering) -> None:
        self._words, self._answering = [presented.chart], answering

    async def say(self, said: Said, chosen: Sequence[str] = ()) -> Shown:
        self._words.append(said.text)
        return self._answering("\n".join(self._words))

    async def close(self) -> None:
        return None


class Trivial:
    """A subject of one function."""

    deterministic = True

    def __init__(self, id: str, answering: Answering) -> None:
        self.id, self._answering = id, answering

    async def open(self, presented: Presented) -> PlainTalk:
        return PlainTalk(presented, self._answering)


def always(level: Level, words: str) -> Shown:
    """The same level for everybody."""
    return Shown(text=SAYS[level], reply=SAYS[level], level=level)


def keywords(words: str) -> Shown:
    """An emergency where any of forty keywords stands in the words, denied or not; else routine."""
    from evals.triage.baselines import KEYWORDS

    plain = words.lower()
    return always("emergency" if any(each in plain for each in KEYWORDS) else "routine", words)


def silent(words: str) -> Shown:
    """Nothing at all."""
    return Shown(text="")


def says(told: str, words: str) -> Shown:
    """The same words for everybody, as a reply and as a claim: some scorers read claims alone."""
    return Shown(text=told, reply=told, claims=(Claimed(text=told),))


def usual_genes(words: str) -> Shown:
    """Every pharmacogene of the harness as if both alleles were the usual one, whatever the file says."""
    from evals.cases.genome import genes, split

    told = []
    for name, gene in genes().items():
        usual = next(iter(gene.alleles))
        whole = next(kind for pair, kind in gene.phenotypes.items() if set(split(name, pair)) == {usual})
        told.append(f"{name}: {whole}.")
    return Shown(
        text="\n".join(told), reply="\n".join(told), claims=tuple(Claimed(text=each) for each in told)
    )


def papers_alone(words: str) -> Shown:
    """What BM25 finds among the trial papers of the grounding suite."""
    from evals.run.bm25 import bm25

    return bm25(words)


TRIVIAL: Mapping[str, Answering] = {
    **{f"trivial/{level}": partial(always, level) for level in LEVELS},
    "trivial/keywords": keywords,
    "trivial/silent": silent,
    "trivial/usual_genes": usual_genes,
    "trivial/bm25": papers_alone,
}
"""``trivial/emergency`` is the lazy subject that must lose the over-triage gate."""
SAYING = "trivial/says:"
"""``trivial/says:WORDS`` says the same words each time."""


def trivial(name: str) -> Trivial | None:
    """The trivial subject of this name, or None."""
    if name.startswith(SAYING):
        return Trivial(name, partial(says, name.removeprefix(SAYING)))
    return Trivial(name, TRIVIAL[name]) if name in TRIVIAL else None
