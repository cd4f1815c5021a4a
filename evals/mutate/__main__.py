"""``python -m evals.mutate``: plants every bug and prints which suite caught it; exits 1 where one was not caught."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence


def main(words: Sequence[str] | None = None) -> int:
    """The table of the bugs and the mutation score."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from evals.mutate.bugs import BUGS
    from evals.mutate.run import Mutation
    from evals.run.subjects import TESTED, subject

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="bugs whose name holds this")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args(words)
    logging.getLogger("assistant").setLevel(logging.CRITICAL)
    tested = subject(TESTED)
    mutation = Mutation(tested, given.seed)
    found = []
    for bug in BUGS:
        if given.only not in bug.name:
            continue
        one = mutation.run(bug)
        found.append(one)
        sys.stdout.write(
            f"{one.verdict.upper():9} {bug.name:32} {bug.suite}/{bug.metric}: {one.worse} worse, {one.better} better, "
            f"{one.changed} changed of {one.cases} cases, p {one.p:.2g} {one.why}\n"
        )
        sys.stdout.flush()
    caught = sum(one.verdict == "caught" for one in found)
    sys.stdout.write(f"mutation score: {caught} of {len(found)}\n")
    close = getattr(tested, "close", None)
    if close is not None:
        close()
    return int(caught < len(found))


if __name__ == "__main__":
    sys.exit(main())
