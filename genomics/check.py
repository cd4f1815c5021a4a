"""Build check of the knowledge files: ``python -m genomics.check`` ends with 1 and names the rule that is broken."""

from __future__ import annotations

import sys

from genomics.facts import FOLDER, FactError, load


def check() -> str:
    """One line that counts what was checked.

    Raises:
        genomics.facts.FactError: a fact breaks a rule.
    """
    held = load(FOLDER)
    classed = sum(1 for fact in held.variants if fact.known)
    drafts = sum(1 for fact in (*held.variants, *held.genes.values()) if fact.status == "draft")
    counted = f"{len(held.variants)} variant facts ({classed} with a class) and {len(held.genes)} gene facts"
    return f"genomics: {counted}, {drafts} of them drafts"


def main() -> int:
    try:
        line = check()
    except FactError as wrong:
        sys.stderr.write(f"genomics: {wrong}\n")
        return 1
    sys.stdout.write(f"{line}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
