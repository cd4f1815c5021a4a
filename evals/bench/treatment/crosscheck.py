"""Our calculators against clincalc 0.4.0 on random inputs, where both have one.

clincalc is AGPL: it is never imported, shipped or needed. Where somebody has put it into an environment of its own,
the path of that Python stands in CLINCALC_PYTHON, and it is asked in a process of its own. Without it the row says
"not measured". It mostly answers rounded figures: then ours must round to them; where it gives the unrounded one, the
relative difference must be under 1e-6.
"""

from __future__ import annotations

import json
import math
import os
import random
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from evals.bench.genomics.row import Row
from evals.bench.treatment.peer_names import FIXED, NARROWER, PEERS, RANGES
from tools.calculators.fields import Field, FieldKind, Value
from tools.calculators.registry import Calculator, calculators
from tools.calculators.values import Values

SEED, SAMPLES, CLOSE = 7, 300, 1e-6
PYTHON = Path(os.environ.get("CLINCALC_PYTHON", "clincalc-python-not-given"))
ASK = """
import json, sys, clincalc
def asked(name, inputs):
    try:
        return clincalc.calculate(name, inputs)
    except ValueError as wrong:
        return {"error": str(wrong)}
print(json.dumps([asked(name, inputs) for name, inputs in json.load(sys.stdin)]))
"""
EXPLAINED: Mapping[str, str] = {
    "apache2": "acute renal failure doubles the points of a raised creatinine here, also those of one below 0.6 there",
    "charlson": "age 50 to 59 is a point here and 80 or more are 4; there the decades begin at 51 and do not end",
    "glasgow_blatchford": "urea of exactly 25 mmol/L: published tables print above 25 (ours) and from 25 (theirs)",
}
"""Why a calculator differs from theirs, where it does."""


class Compared(NamedTuple):
    """One calculator over all samples."""

    name: str
    n: int
    equal: int
    exact: bool
    refused: int
    example: str
    """The first sample that differs."""


def rows(_: Path) -> Iterator[Row]:
    """One row for all calculators, and one for each that differs."""
    measure = f"calculators, cross-check with clincalc, {SAMPLES} random inputs each"
    bar = "relative difference < 1e-6, or explained"
    if not PYTHON.is_file():
        why = f"not measured: no Python with clincalc at {PYTHON} (set CLINCALC_PYTHON)"
        yield Row("7h", measure, bar, why, None, peers="clincalc 0.4.0")
        return
    told = compared()
    same = [one for one in told if one.equal == one.n]
    exact = sum(one.exact for one in same)
    refused = sum(one.refused for one in told)
    ours = f"{len(same)} of {len(told)} agree on all inputs ({exact} unrounded, the others to the last digit that "
    ours += f"clincalc prints); {sum(one.equal for one in told)} of {sum(one.n for one in told)} inputs"
    ours += f"; {refused} refused by clincalc and not counted" if refused else ""
    differ = [one for one in told if one.equal < one.n]
    yield Row("7h", measure, bar, ours, all(one.name in EXPLAINED for one in differ), peers="clincalc 0.4.0")
    for one in differ:
        why = EXPLAINED.get(one.name, "NOT EXPLAINED")
        ours = f"{one.equal} of {one.n} agree; {why} (first: {one.example.rpartition(': ')[2]})"
        yield Row("7h", f"cross-check, {one.name}", bar, ours, one.name in EXPLAINED, peers="clincalc 0.4.0")


def compared() -> list[Compared]:
    """Every calculator that both have."""
    return [_compared(calculators()[name], random.Random(f"{SEED} {name}")) for name in PEERS]


def _compared(calculator: Calculator, chance: random.Random) -> Compared:
    peer = PEERS[calculator.name]
    drawn = [_drawn(calculator, chance) for _ in range(SAMPLES)]
    answers = _asked([(peer.name, peer.inputs(held)) for held in drawn])
    pairs = [
        (held, calculator.formula(Values(held)).value, _figure(answer, peer.figure))
        for held, answer in zip(drawn, answers, strict=True)
        if "error" not in answer
    ]
    decimals = max((_decimals(theirs) for _, _, theirs in pairs), default=0)
    exact = peer.figure != ("result",) and peer.figure[0] == "working"
    wrong = [
        (held, ours, theirs) for held, ours, theirs in pairs if not _agree(ours, theirs, decimals, exact)
    ]
    refused = [answer["error"] for answer in answers if "error" in answer]
    example = "; ".join(f"{held}: ours {ours}, theirs {theirs}" for held, ours, theirs in wrong[:1])
    return Compared(
        calculator.name,
        len(pairs),
        len(pairs) - len(wrong),
        exact,
        len(refused),
        example or "".join(refused[:1]),
    )


def _drawn(calculator: Calculator, chance: random.Random) -> dict[str, Value]:
    fixed = dict(FIXED.get(calculator.name, {}))
    ranges = {**RANGES, **NARROWER.get(calculator.name, {})}
    return fixed | {one.name: _one(one, ranges, chance) for one in calculator.fields if one.name not in fixed}


def _one(field: Field, ranges: Mapping[str, tuple[float, float, int]], chance: random.Random) -> Value:
    if field.kind is FieldKind.YES_NO:
        return chance.random() < 0.5
    if field.kind is FieldKind.CHOICE:
        return chance.choice(field.options)
    low, high, decimals = ranges[field.name]
    return round(chance.uniform(low, high), decimals) if decimals else chance.randint(int(low), int(high))


def _asked(wanted: Sequence[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """clincalc's answers, in a process of its own."""
    made = subprocess.run(
        [str(PYTHON), "-c", ASK],
        input=json.dumps(wanted),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    answers: list[dict[str, Any]] = json.loads(made.stdout)
    return answers


def _figure(answer: Any, path: Sequence[str]) -> float:
    for part in path:
        answer = answer[part]
    return float(answer)


def _decimals(value: float) -> int:
    return len(f"{value:.10f}".rstrip("0").partition(".")[2])


def _agree(ours: object, theirs: float, decimals: int, exact: bool) -> bool:
    if isinstance(ours, bool) or not isinstance(ours, int | float):
        return False
    if exact:
        return math.isclose(ours, theirs, rel_tol=CLOSE)
    return abs(ours - theirs) <= 0.5 * 10.0**-decimals * (1 + CLOSE) + 1e-9
