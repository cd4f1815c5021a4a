"""The groups of virtual patients of a whole chain of turns: what a later turn says of a gene replaces only that gene.

"Compare with *1/*1" sets another group beside those that were asked before it. Groups whose words go to the tool as
they were written are never mixed with others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.models.simulated_genotypes import MOST, groups

Group = dict[str, str]
_RESULT = re.compile(
    r"(?:(?P<gene>[A-Z][A-Z0-9]{2,8}) )?(?P<value>\*\d+[A-Zx\d]*/\*\d+[A-Zx\d]*|[ACGT]{2}"
    r"|[a-z]+ (?:metabolizer|function))"
)
_BESIDE = re.compile(
    r"\b(?:compar(?:e|ed|ing|ison)|versus|vs|against|as well as|alongside|side by side with|next to"
    r"|(?:add|include)(?: also| an?(?:other)?| the)?)\b",
    re.I,
)
_BOTH_SAID = re.compile(r"\bcompar(?:e|ing) (?!it\b|this\b|that\b|with\b|to\b|against\b)", re.I)


def groups_of(parts: Sequence[str], drug: str, first: int = 0) -> list[str]:
    """The genotype of each group after the last of ``parts``; those before ``first`` only stand beside the request."""
    held: list[str] = []
    for place, part in enumerate(parts):
        if new := groups(part, drug):
            beside = place > first and sets_beside(part, len(new))
            held = _beside(held, new) if beside else _in_place(held, new)
    return list(dict.fromkeys(held))[:MOST]


def sets_beside(words: str, count: int) -> bool:
    """Whether words ask for more groups beside those before; "compare *1/*1 with *3/*3" says all of its own."""
    return bool(_BESIDE.search(words)) and not (count > 1 and _BOTH_SAID.search(words))


def _read(written: Sequence[str]) -> list[Group] | None:
    """The results of each group by gene; None where one of them is no plain result."""
    made: list[Group] = []
    for group in written:
        found = [_RESULT.fullmatch(one) for one in group.split(", ")]
        if not all(found):
            return None
        made.append({one["gene"] or "": one["value"] for one in found if one})
    return made


def _in_place(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Each old group with each of the new results in the place of its own."""
    before, after = _read(old), _read(new)
    if not before or after is None:
        return list(new)
    return [_said(group | results) for results in after for group in before]


def _beside(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """The new groups behind the old ones; a gene of which they say nothing is as in the old ones, where those agree."""
    before, after = _read(old), _read(new)
    if before is None or after is None:
        return [*old, *new]
    genes = dict.fromkeys(gene for group in before for gene in group)
    agreed = {gene: before[0][gene] for gene in genes if len({group.get(gene) for group in before}) == 1}
    return [*old, *(_said(agreed | group) for group in after)]


def _said(group: Group) -> str:
    return ", ".join(f"{gene} {value}".strip() for gene, value in group.items())
