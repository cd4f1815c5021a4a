"""The engine, the whole talk and trivial baselines on judged vignettes: ``python -m evals.triage.baselines``.

The judge saw the messages of ``vignettes.sample`` only, before anyone looked at what the engine says of them; the
file holds ids and judgements, never a message.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from evals.triage import simulated
from evals.triage.made import DATA as HELD
from evals.triage.scores import LEVELS, Judged, Scores, low_or, score
from evals.triage.vignettes import DATA, SETS, Vignette, sample, turned
from tools.triage.engine import assess
from tools.triage.levels import Level
from tools.triage.questions import NONE

Subject = Callable[[Vignette], Level]
JUDGED = HELD / "judged_60.yaml"
DRAWS = 1000
KEYWORDS = (
    "chest pain", "chest pressure", "heart attack", "can't breathe", "cannot breathe", "shortness of breath",
    "trouble breathing", "difficulty breathing", "choking", "stroke", "face droop", "slurred", "paralysis", "numb",
    "unconscious", "passed out", "fainted", "collapsed", "seizure", "convulsion", "severe bleeding", "bleeding heavily",
    "vomiting blood", "coughing up blood", "black stool", "overdose", "poison", "suicide", "kill myself",
    "swollen tongue", "swelling of the throat", "anaphyla", "worst headache", "stiff neck", "confus", "severe pain",
    "severe belly pain",
    "head injury", "stabbed", "burn",
)  # fmt: skip
"""Forty words that a plain keyword list would hold; written on 2026-11-22 before any vignette was scored."""


def judged(path: Path = JUDGED) -> Mapping[str, tuple[Level, Level, Level]]:
    """Level, lowest and highest defensible level by vignette; empty where the file is not there yet."""
    if not path.is_file():
        return {}
    data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    rows = (
        data if isinstance(data, list) else next(value for value in data.values() if isinstance(value, list))
    )
    return {row["id"]: (Level(row["level"]), Level(row["low"]), Level(row["high"])) for row in rows}


def single(one: Vignette) -> Level:
    """The level after the one message; where nothing fired, the lowest."""
    return low_or(assess(one.message).level)


def talked(one: Vignette) -> Level:
    """The level at the end of the talk; what the story does not tell is answered "I don't know"."""
    story = simulated.Story.of(one.message, one.age_years)
    return low_or(simulated.talk(one.message, story)[1].level)


def talked_silence_is_no(one: Vignette) -> Level:
    """The same, where a story that is silent about a sign means that it is not there."""
    story = simulated.Story.of(one.message, one.age_years, NONE)
    return low_or(simulated.talk(one.message, story)[1].level)


def complaint_only(one: Vignette) -> Level:
    """The talk begins with who it is and the complaint; the rest comes only as answers."""
    story = simulated.Story.of(one.message, one.age_years)
    first = " ".join(re.split(r"(?<=[.!?])\s+", one.message)[:2])
    return low_or(simulated.talk(first, story)[1].level)


def keyword(one: Vignette) -> Level:
    """An emergency where any keyword stands in the message, else routine."""
    plain = one.message.lower()
    return Level.EMERGENCY if any(word in plain for word in KEYWORDS) else Level.ROUTINE


def always(level: Level, one: Vignette) -> Level:
    """The same level for everybody."""
    return level


SUBJECTS: Mapping[str, Subject] = {
    "engine, one message": single,
    "talk, don't know": talked,
    "talk, silence is no": talked_silence_is_no,
    "talk, complaint first": complaint_only,
    "keywords (40)": keyword,
    **{f"always {level.value}": partial(always, level) for level in LEVELS},
}


def scored(cases: Sequence[Vignette], gold: Mapping[str, tuple[Level, Level, Level]]) -> Mapping[str, Scores]:
    """Each subject's scores on the judged cases, and the best that chance by prior can do on average."""
    held = [one for one in cases if one.id in gold]
    table = {
        name: score([Judged(*gold[one.id], subject(one)) for one in held])
        for name, subject in SUBJECTS.items()
    }
    return {**table, "random by prior": _by_prior(held, gold)}


def _by_prior(held: Sequence[Vignette], gold: Mapping[str, tuple[Level, Level, Level]]) -> Scores:
    """Levels drawn as often as the judge gave them; each case a thousand times, shown as shares of the cases."""
    draw = random.Random("prior")
    prior = [gold[one.id][0] for one in held]
    return score([Judged(*gold[one.id], draw.choice(prior)) for one in held for _ in range(DRAWS)])


def distribution(cases: Sequence[Vignette], subject: Subject) -> Counter[str]:
    """How often each level is shown."""
    return Counter(subject(one).value for one in cases)


def lines(name: str, scores: Scores) -> str:
    """One subject's row."""
    costs = ", ".join(f"{label} {value:.2f}" for label, value in scores.costs.items())
    return (
        f"{name}: within {scores.within}; exact {100 * scores.exact.value:.1f} %; under {scores.under}; over "
        f"{scores.over}; emergency missed {scores.missed}; macro recall {scores.macro_recall:.2f}; kappa "
        f"{scores.kappa:.2f}; harm {costs}\n"
    )


def main(words: Sequence[str] | None = None) -> int:
    """Print the table of the judged sixty and the levels shown over all vignettes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--judged-only", action="store_true")
    given = parser.parse_args(words)
    gold = judged()
    if gold:
        sys.stdout.write(
            f"judged vignettes: {len(gold)} ({dict(Counter(one[0].value for one in gold.values()))})\n"
        )
        for name, scores in scored(sample(given.data), gold).items():
            sys.stdout.write(lines(name, scores))
    else:
        sys.stdout.write(f"not measured: {JUDGED.name} is not there\n")
    for name in () if given.judged_only else SETS:
        for title in ("engine, one message", "talk, don't know", "keywords (40)"):
            shown = distribution(turned(name, given.data), SUBJECTS[title])
            sys.stdout.write(f"{name}, {title}: {dict(shown)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
