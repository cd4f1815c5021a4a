"""How the level stands up to the surface of a message: the floor table of triage spec section 13.

``python -m evals.triage.surface`` prints ours beside the prototype's. The fifth unseen set is a measure taken once: its
misses are counted and never shown.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any, NamedTuple

import yaml

from evals.triage.made import DATA as HELD
from evals.triage.operators import slip
from evals.triage.scores import Share
from evals.triage.vignettes import DATA
from tools.triage.engine import Assessment, assess
from tools.triage.levels import Level

TESTS = Path(__file__).resolve().parents[2] / "tests/triage/data"
UNSEEN = (
    TESTS / "unseen_messages.yaml", TESTS / "unseen_second.yaml", TESTS / "unseen_third.yaml",
    HELD / "unseen_fourth.yaml", HELD / "unseen_fifth.yaml",
)  # fmt: skip
TYPO_SEEDS = range(5)
_WORD = re.compile(r"[A-Za-z]{4,}")


class Row(NamedTuple):
    """One measure: the aim, what the prototype reached, and ours; ``met`` None where there is no bar."""

    measure: str
    aim: str
    prototype: str
    ours: str
    met: bool | None


@cache
def _set() -> Any:
    return yaml.safe_load((TESTS / "gate_messages.yaml").read_text(encoding="utf-8"))


def messages(kind: str) -> tuple[str, ...]:
    """The messages of ``gate_messages.yaml``, written before any rule."""
    return tuple(row["text"] for row in _set()[kind])


def caught(texts: Sequence[str]) -> Share:
    """Those that are called an emergency."""
    return Share(sum(assess(text).level is Level.EMERGENCY for text in texts), len(texts))


def misspelt(text: str, share: float, draw: random.Random) -> str:
    """One slip of the finger in a share of the words of four letters or more, as the frozen operator slips."""
    return _WORD.sub(lambda hit: slip(hit.group(), draw) if draw.random() < share else hit.group(), text)


def padded(text: str) -> str:
    """3,800 characters of talk about a park on each side."""
    line, size = _set()["padding_sentence"], _set()["padding_characters"]
    padding = (line * (size // len(line) + 1))[:size]
    return f"{padding}. {text}\n{padding}"


def disguises() -> Iterator[tuple[str, str, Callable[[str], str]]]:
    """Each disguise with what the prototype kept of the 45 that it had caught."""
    prototype = {"No allergies, ": "11 of 45", "I never had this before: ": "12 of 45"}
    for begin in _set()["prefaces"]:
        yield f"preface {begin!r}", prototype.get(begin, "45 of 45"), begin.__add__
    for end in _set()["suffixes"]:
        yield f"suffix {end!r}", "-", partial(_ended, end)
    yield "CAPS", "45 of 45", str.upper
    yield "3,800 characters on each side", "45 of 45", padded


def _ended(end: str, text: str) -> str:
    return text + end


def rows() -> Iterator[Row]:
    """Caught, false alarms, disguises and misspellings."""
    urgent, calm = messages("emergency"), messages("harmless")
    found = caught(urgent)
    yield Row("emergencies caught", "50 of 50", "45", f"{found.hits} of {found.n}", found.hits == found.n)
    alarms = [text for text in calm if assess(text).level is not None]
    yield Row("false alarms of 30", "0", "1", f"{len(alarms)} of {len(calm)}", not alarms)
    for name, prototype, disguise in disguises():
        hidden = caught([disguise(text) for text in urgent])
        yield Row(name, "all", prototype, f"{hidden.hits} of {hidden.n}", hidden.hits == hidden.n)
    for share, aim, prototype in ((0.15, 0.97, ".90"), (0.30, 0.90, ".81"), (0.50, 0.75, ".67")):
        texts = [
            misspelt(text, share, random.Random(f"{seed} {share} {text}"))
            for seed in TYPO_SEEDS
            for text in urgent
        ]
        kept = caught(texts)
        title = f"misspellings in {100 * share:.0f} % of words"
        yield Row(
            title, f">= {aim}", prototype, f"{kept.value:.3f} ({kept.hits}/{kept.n})", kept.value >= aim
        )


def unseen() -> Iterator[Row]:
    """The sets written before they were measured; all but the fifth have been mended by since."""
    for path in UNSEEN:
        if not path.is_file():
            yield Row(path.stem, ">= 98 %", "-", "not measured: not there", None)
            continue
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        urgent = caught([row["text"] for row in data["emergency"]])
        yield Row(f"{path.stem}: emergencies", ">= 98 %", "-", str(urgent), urgent.value >= 0.98)
        if "same_day" in data:
            today = [assess(row["text"]).level for row in data["same_day"]]
            told = Share(sum(level in (Level.SAME_DAY, Level.EMERGENCY) for level in today), len(today))
            yield Row(f"{path.stem}: same day or sooner", "-", "-", str(told), None)
        if "harmless" in data:
            calm = [assess(row["text"]).level for row in data["harmless"]]
            loud = Share(sum(level in (Level.SAME_DAY, Level.EMERGENCY) for level in calm), len(calm))
            yield Row(f"{path.stem}: false alarms", "<= 5 %", "-", str(loud), loud.value <= 0.05)


def medquad(data: Path) -> Row | None:
    """How many of the informational questions fire anything; None where they are not held."""
    path = data / "medquad/medquad_answers.jsonl.gz"
    if not path.is_file():
        return None
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        questions = sorted({json.loads(line)["question"] for line in lines})
    loud = [question for question in questions if assess(question).level is not None]
    return Row("fires on MedQuAD questions", "<= 5", "26", f"{len(loud)} of {len(questions)}", len(loud) <= 5)


def visits(data: Path) -> tuple[tuple[str, Assessment], ...]:
    """What is read in the patient's turns of each ACI visit (train and valid)."""
    found: list[tuple[str, Assessment]] = []
    for name in ("train", "valid"):
        path = data / f"aci_bench/{name}.csv.gz"
        if not path.is_file():
            return ()
        with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                turns = [line for line in row["dialogue"].splitlines() if line.startswith("[patient]")]
                said = " ".join(turn.removeprefix("[patient]") for turn in turns)
                found.append((row.get("encounter_id", f"{name} {len(found)}"), assess(said)))
    return tuple(found)


def aci(data: Path) -> Row | None:
    """In how many visits an emergency rule fires; a figure to read, without a bar."""
    read = visits(data)
    loud = [one for _, one in read if one.level is Level.EMERGENCY]
    return (
        Row("fires on ACI visits", "report", "17 of 87", f"{len(loud)} of {len(read)}", None)
        if read
        else None
    )


def speed(repeats: int = 5) -> Iterator[Row]:
    """Processor time of one reading, warm: the short messages of the set, and twenty of them in 4,000 characters.

    It is the wall time of a machine with nothing else to do.
    """
    short = [*messages("emergency"), *messages("harmless")]
    long = [f"{padded(text)[-4000 + len(text) :]} {text}"[:4000] for text in short[:20]]
    bars: Mapping[str, tuple[list[str], float, str]] = {
        "a short message": (short, 2.0, "0.4 ms"),
        "4,000 characters": (long, 20.0, "57 ms"),
    }
    assess("warm")
    for name, (texts, bar, prototype) in bars.items():
        taken = []
        for text in texts * repeats:
            begun = process_time()
            assess(text)
            taken.append(1000 * (process_time() - begun))
        taken.sort()
        high = taken[int(0.95 * len(taken))]
        ours = f"median {median(taken):.2f} ms, p95 {high:.2f} ms"
        yield Row(f"speed, {name}", f"<= {bar:g} ms", prototype, ours, median(taken) <= bar)


def lines(found: Sequence[Row]) -> str:
    """The rows as a table of text."""
    marks = {True: "met", False: "NOT MET", None: ""}
    return "".join(
        f"{row.measure:<48} aim {row.aim:<10} prototype {row.prototype:<10} ours {row.ours} {marks[row.met]}\n"
        for row in found
    )


def main(words: Sequence[str] | None = None) -> int:
    """Print the table, and each ACI visit whose emergency rule fired with the rule and the words, for reading."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--fast", action="store_true", help="without MedQuAD and ACI")
    given = parser.parse_args(words)
    found = [*rows(), *unseen(), *speed()]
    if not given.fast:
        found += [row for row in (medquad(given.data), aci(given.data)) if row is not None]
    sys.stdout.write(lines(found))
    for visit, one in () if given.fast else visits(given.data):
        fired = [f"{rule.rule} ({rule.words})" for rule in one.fired if rule.level is Level.EMERGENCY]
        if fired:
            sys.stdout.write(f"  {visit}: {', '.join(fired)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
