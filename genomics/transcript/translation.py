"""What a changed frame makes of a protein, and its HGVS p. name (varnomen.hgvs.org, protein recommendations).

Proteins are one-letter strings with ``*`` for the stop and ``U`` for selenocysteine.
"""

from __future__ import annotations

from typing import NamedTuple

from genomics.transcript.genetic_code import three


class Change(NamedTuple):
    """What a changed frame makes of the protein. ``first`` is the number of the first residue that differs."""

    term: str
    name: str
    """Empty where HGVS has no agreed form."""
    first: int
    lost: int = 0
    """Residues of the reference that are removed or cut off."""


def substituted(protein: str, index: int, new: str) -> Change:
    """The change of one residue (0-based, the stop included) by one codon."""
    old, number = protein[index], index + 1
    if old == new:
        term = "stop_retained_variant" if old == "*" else "synonymous_variant"
        return Change(term, f"p.{three(old)}{number}=", number)
    if new == "*":
        return Change("stop_gained", f"p.{three(old)}{number}Ter", number, residues(protein) - index)
    return Change("missense_variant", f"p.{three(old)}{number}{three(new)}", number)


def shifted(protein: str, index: int, read: str) -> Change:
    """The change by a frame that reads ``read``, with its stop if it has one, from residue ``index`` (0-based) on."""
    same = index + _shared(protein[index : index + len(read)], read)
    new = read[same - index :]
    if not new or same >= len(protein):
        if protein.endswith("*") and same == len(protein):
            return Change("stop_retained_variant", f"p.Ter{same}=", same)
        return Change("frameshift_variant", "", same)
    old, lost = protein[same], residues(protein) - same
    if old == "*":
        return Change("stop_lost", _extension(same + 1, new), same + 1)
    if new == "*":
        return Change("stop_gained", f"p.{three(old)}{same + 1}Ter", same + 1, lost)
    name = f"p.{three(old)}{same + 1}{three(new[0])}fsTer{len(new) if new.endswith('*') else '?'}"
    return Change("frameshift_variant", name, same + 1, lost)


def replaced(protein: str, begin: int, end: int, read: str, tail: str) -> Change:
    """The change by whole codons: residues [begin, end), 0-based with the stop, become ``read``, in frame.

    ``tail`` is what is read behind them where they held the stop and ``read`` does not.
    """
    old = protein[begin:end]
    new = read[: read.index("*") + 1] if "*" in read else read
    if "*" in old and "*" not in new:
        return _stop_lost(protein, begin, old, new + tail)
    same = _shared(old, new)
    begin, old, new = begin + same, old[same:], new[same:]
    if "*" in new and "*" not in old:
        return _cut(protein, begin, old, new)
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    if not old and not new:
        last = end - 1
        term = "stop_retained_variant" if protein[last] == "*" else "synonymous_variant"
        return Change(term, f"p.{three(protein[last])}{last + 1}=", last + 1)
    if not new:
        return _removed(protein, begin, begin + len(old))
    if not old:
        return _added(protein, begin, new)
    term = "missense_variant" if len(old) == len(new) else "inframe_insertion"
    term = "inframe_deletion" if len(old) > len(new) else term
    verb = "" if len(old) == len(new) == 1 else "delins"
    lost = max(0, len(old) - len(new))
    return Change(term, f"p.{span(protein, begin, begin + len(old))}{verb}{three(new)}", begin + 1, lost)


def residues(protein: str) -> int:
    """Number of amino acids without the stop."""
    return len(protein) - protein.endswith("*")


def span(protein: str, begin: int, end: int) -> str:
    """First and last residue of [begin, end) as a p. name writes them."""
    first = f"{three(protein[begin])}{begin + 1}"
    return first if end - begin == 1 else f"{first}_{three(protein[end - 1])}{end}"


def _stop_lost(protein: str, begin: int, old: str, read: str) -> Change:
    same = _shared(old, read)
    number = begin + same + 1
    name = _extension(number, read[same:]) if old[same : same + 1] == "*" else ""
    return Change("stop_lost", name, number)


def _extension(number: int, read: str) -> str:
    ends = str(len(read) - 1) if read.endswith("*") else "?"
    return f"p.Ter{number}{three(read[0])}extTer{ends}" if read else ""


def _cut(protein: str, begin: int, old: str, new: str) -> Change:
    lost = residues(protein) - begin
    if new == "*":
        return Change("stop_gained", f"p.{span(protein, begin, begin + 1)}Ter", begin + 1, lost)
    if old:
        place = span(protein, begin, begin + len(old))
        return Change("stop_gained", f"p.{place}delins{three(new)}", begin + 1, lost)
    return Change("stop_gained", f"p.{span(protein, begin - 1, begin + 1)}ins{three(new)}", begin + 1, lost)


def _removed(protein: str, begin: int, end: int) -> Change:
    while end < len(protein) and protein[begin] == protein[end]:
        begin, end = begin + 1, end + 1
    return Change("inframe_deletion", f"p.{span(protein, begin, end)}del", begin + 1, end - begin)


def _added(protein: str, begin: int, new: str) -> Change:
    while begin < len(protein) and protein[begin] == new[0]:
        begin, new = begin + 1, new[1:] + new[0]
    size = len(new)
    if begin >= size and protein[begin - size : begin] == new:
        return Change("inframe_insertion", f"p.{span(protein, begin - size, begin)}dup", begin + 1)
    if not 0 < begin < len(protein):
        return Change("inframe_insertion", "", begin + 1)
    name = f"p.{span(protein, begin - 1, begin + 1)}ins{three(new)}"
    return Change("inframe_insertion", name, begin + 1)


def _shared(one: str, other: str) -> int:
    size = min(len(one), len(other))
    return next((i for i in range(size) if one[i] != other[i]), size)
