"""Fifty patients at once: nothing crossed, nothing lost, and how long a turn takes. ``python -m evals.triage.load``.

Each patient has a word and a drug name that nobody else has. Every text that a session is shown is searched for
everybody else's; each session's summary must still hold its own.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from time import perf_counter
from typing import NamedTuple

from assistant.answer import Answer, Role
from assistant.ask import Assistant
from evals.triage.patients import assistant, texts
from tools.triage.questions import NONE, UNKNOWN, YES

PATIENTS, TURNS = 50, 6
_OPENINGS = (
    "I have a sore throat", "my tummy hurts", "I have a headache", "my chest aches when I twist", "stings when I pee",
    "my lower back is stiff", "I have been throwing up", "itchy red patches on my arms", "dizzy when I stand up",
    "I have crushing chest pain",
)  # fmt: skip
_SOUNDS = ("zor", "vel", "quim", "bax", "dro", "fen", "gul", "hax", "jid", "kro")


class Patient(NamedTuple):
    """A made patient with words of his own."""

    number: int

    @property
    def word(self) -> str:
        return f"{_SOUNDS[self.number % 10]}{_SOUNDS[self.number // 10 % 10]}wick".title()

    @property
    def drug(self) -> str:
        return f"{_SOUNDS[self.number // 10 % 10]}{_SOUNDS[self.number % 10]}axolin"

    @property
    def opening(self) -> str:
        return (
            f"{_OPENINGS[self.number % len(_OPENINGS)]}. I am {20 + self.number} and I take {self.drug}. "
            f"I live in {self.word}."
        )


class Held(NamedTuple):
    """What one patient was shown, and how long each turn took."""

    patient: Patient
    shown: tuple[str, ...]
    seconds: tuple[float, ...]
    summary: str
    lost: int
    """Turns without an answer."""


class Found(NamedTuple):
    """What the crowd came to. Milliseconds a turn; memory in MiB."""

    patients: int
    turns: int
    crossed: tuple[str, ...]
    lost: int
    p50: float
    p95: float
    most: float
    alone_p95: float
    """The same talks one after another."""
    memory: float


def hold(own: Assistant, patient: Patient, turns: int = TURNS) -> Held:
    """One patient's talk to its end, or ``turns`` turns."""
    session, draw = own.open(Role.PATIENT, "GB"), random.Random(patient.number)
    shown, seconds, lost = [], [], 0
    said: str = patient.opening
    chosen: tuple[str, ...] = ()
    for _ in range(turns):
        begun = perf_counter()
        answer = own.ask(session, said, chosen)
        seconds.append(perf_counter() - begun)
        lost += not answer.reply
        shown.append(_everything(answer))
        said, chosen = _next(answer, patient, draw)
    return Held(patient, tuple(shown), tuple(seconds), own.summary(session), lost)


def _everything(answer: Answer) -> str:
    claims = (claim.text for claim in answer.claims)
    quoted = (banner.words for banner in answer.banners)
    return "\n".join([texts(answer)[2], *claims, *quoted, str(answer.patient)])


def _next(answer: Answer, patient: Patient, draw: random.Random) -> tuple[str, tuple[str, ...]]:
    """The answer to the question that waits: none of these, I don't know, or words with the patient's own marks."""
    asked = answer.asked
    words = f"It is still the same here in {patient.word}, with {patient.drug}."
    if asked is None or asked.kind == "words":
        return words, ()
    names = [option.id for option in asked.options]
    usual = [name for name in (NONE, "no", UNKNOWN) if name in names and name != YES]
    return "", (draw.choice(usual),) if usual else (names[-1],)


def crossed(held: Sequence[Held]) -> Iterator[str]:
    """Every mark of somebody else in a text, and every own mark that a summary has lost."""
    marks = {one.patient: (one.patient.word.lower(), one.patient.drug.lower()) for one in held}
    for one in held:
        text = "\n".join((*one.shown, one.summary)).lower()
        for other, words in marks.items():
            if other != one.patient and any(word in text for word in words):
                yield f"patient {one.patient.number} was shown a word of patient {other.number}"
        if not any(word in one.summary.lower() for word in marks[one.patient]):
            yield f"patient {one.patient.number}: the summary has lost the patient's own words"


def crowd(patients: int = PATIENTS, turns: int = TURNS) -> Found:
    """All at once, each in a thread; then the first ten one after another."""
    with assistant() as own:
        with ThreadPoolExecutor(patients) as threads:
            held = list(threads.map(lambda n: hold(own, Patient(n), turns), range(patients)))
        alone = [hold(own, Patient(n), turns) for n in range(min(10, patients))]
    taken = sorted(1000 * value for one in held for value in one.seconds)
    single = sorted(1000 * value for one in alone for value in one.seconds)
    return Found(
        patients, len(taken), tuple(crossed(held)), sum(one.lost for one in held), median(taken),
        taken[int(0.95 * len(taken))], taken[-1], single[int(0.95 * len(single))],
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )  # fmt: skip


def main(words: Sequence[str] | None = None) -> int:
    """Print what was found; 0 when nothing crossed and nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=PATIENTS)
    parser.add_argument("--http", action="store_true", help="over the served page on this machine")
    given = parser.parse_args(words)
    if given.http:
        from evals.triage.load_http import crowd as served

        found = served(given.patients)
    else:
        found = crowd(given.patients)
    sys.stdout.write(
        f"{found.patients} patients at once, {found.turns} turns: {len(found.crossed)} crossed, {found.lost} lost; "
        f"a turn p50 {found.p50:.0f}, p95 {found.p95:.0f}, most {found.most:.0f} ms; alone p95 {found.alone_p95:.0f}; "
        f"{found.memory:.0f} MiB\n{''.join(f'  {line}{chr(10)}' for line in found.crossed)}"
    )
    return bool(found.crossed or found.lost)


if __name__ == "__main__":
    sys.exit(main())
