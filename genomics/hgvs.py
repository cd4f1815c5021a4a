"""HGVS names of DNA changes: syntax, checks that need no sequence, and one normal form per name.

The grammar is that of the HGVS recommendations (varnomen.hgvs.org), with the older spellings that
laboratories still write (``delAG``, ``dup16``, ``delCTinsA``). Protein names are in :mod:`genomics.protein`.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Literal

from genomics import builds
from retrieval.evidence import Word

Level = Literal["c", "g", "n", "m"]


class HgvsError(ValueError):
    """The name breaks the grammar or contradicts itself; the message says what and how to mend it."""


class Edit(StrEnum):
    """What happens at the position."""

    SUBSTITUTION = ">"
    DELETION = "del"
    DUPLICATION = "dup"
    INSERTION = "ins"
    DELINS = "delins"
    INVERSION = "inv"
    REPEAT = "repeat"
    SAME = "="


class Point(Word):
    """A position: ``base`` counts from the start of translation, or from the stop codon if ``star``."""

    base: int
    offset: int = 0
    star: bool = False

    def __str__(self) -> str:
        return f"{'*' if self.star else ''}{self.base}{f'{self.offset:+d}' if self.offset else ''}"

    @property
    def key(self) -> tuple[bool, int, int]:
        """Orders points along the transcript."""
        return self.star, self.base, self.offset

    @property
    def is_coding(self) -> bool:
        """True if the point lies in the translated bases."""
        return not self.star and not self.offset and self.base > 0


class Name(Word):
    """A parsed name. ``start`` and ``end`` are None where the break points are not known exactly."""

    reference: str = ""
    gene: str = ""
    level: Level
    start: Point | None
    end: Point | None
    edit: Edit
    ref: str = ""
    """Bases stated for the reference: kept for checks, no part of the normal form of del and dup."""
    alt: str = ""
    unclear: str = ""
    """The position as written, where the break points are not exact."""

    def __str__(self) -> str:
        return f"{self.level}.{self.place}{self.change}"

    @property
    def place(self) -> str:
        if self.start is None or self.end is None:
            return self.unclear
        return str(self.start) if self.start == self.end else f"{self.start}_{self.end}"

    @property
    def change(self) -> str:
        if self.edit is Edit.SUBSTITUTION:
            return f"{self.ref}>{self.alt}"
        if self.edit is Edit.SAME:
            return f"{self.ref}="
        if self.edit is Edit.REPEAT:
            return f"{self.ref}[{self.alt}]"
        return f"{self.edit}{self.alt}"

    @property
    def full(self) -> str:
        """With its reference, as far as it was stated."""
        return f"{self.reference}:{self}" if self.reference else str(self)

    @property
    def span(self) -> int | None:
        """Number of reference bases between the two positions, where the name alone tells."""
        if self.start is None or self.end is None or self.start.star != self.end.star:
            return None
        first, last = self.start, self.end
        if first.base == last.base:
            return last.offset - first.offset + 1
        if first.offset or last.offset:
            return None
        crosses = first.base < 0 < last.base
        return last.base - first.base + (0 if crosses else 1)

    @property
    def length_change(self) -> int | None:
        """Bases gained (positive) or lost (negative), where the name alone tells."""
        if self.edit is Edit.SUBSTITUTION or self.edit in (Edit.INVERSION, Edit.SAME):
            return len(self.alt or self.ref) - len(self.ref)
        if self.edit is Edit.INSERTION:
            return _bases(self.alt)
        span = self.span
        if span is None or self.edit is Edit.REPEAT:
            return None
        if self.edit is Edit.DELINS:
            gained = _bases(self.alt)
            return None if gained is None else gained - span
        return span if self.edit is Edit.DUPLICATION else -span


_REFERENCE = re.compile(
    r"(?P<ref>[A-Z]{2}_\d{6,9}(?:\.\d{1,3})?|ENST\d{11}(?:\.\d{1,3})?|LRG_\d{1,5}(?:t\d{1,2})?)?"
    r"(?:\((?P<paren>[A-Za-z][\w-]{0,19})\))?(?P<gene>[A-Za-z][\w-]{0,19})?(?:\((?P<tx>[A-Z]{2}_[\d.]{6,13})\))?\s?:?\s?"
)
_POINT = r"\*?-?\d{1,9}(?:[+-]\d{1,7})?"
_PLACE = re.compile(rf"({_POINT})(?:_({_POINT}))?")
_LOOSE = rf"(?:\?|{_POINT}(?:[+-]\?)?)"
_UNCLEAR = re.compile(rf"\(?{_LOOSE}_{_LOOSE}\)?(?:_\(?{_LOOSE}(?:_{_LOOSE})?\)?)?")
_BASES = r"[ACGTUNRYSWKMBDHV]"
_INSERTED = (
    rf"(?:{_BASES}{{1,10000}}|\d{{1,6}}|\(\d{{1,6}}\)|{_BASES}{{0,10}}\[\d{{1,5}}\]"
    r"|[A-Z]{2}_[\d.]+:[a-z]\.[\w*+-]+)"
)
_EDITS: tuple[tuple[Edit, re.Pattern[str]], ...] = (
    (Edit.SUBSTITUTION, re.compile(rf"({_BASES}{{1,1000}})\s?>\s?({_BASES}{{1,1000}})")),
    (Edit.DELINS, re.compile(rf"del({_BASES}{{0,10000}}|\d{{1,6}})ins({_INSERTED})")),
    (Edit.DELETION, re.compile(rf"del({_BASES}{{0,10000}}|\d{{1,6}})()")),
    (Edit.DUPLICATION, re.compile(rf"dup({_BASES}{{0,10000}}|\d{{1,6}})()")),
    (Edit.INSERTION, re.compile(rf"ins()({_INSERTED})")),
    (Edit.INVERSION, re.compile(rf"inv({_BASES}{{0,10000}}|\d{{1,6}})()")),
    (Edit.REPEAT, re.compile(rf"({_BASES}{{0,1000}})\[(\d{{1,5}})\]")),
    (Edit.SAME, re.compile(rf"({_BASES}{{0,1000}})=()")),
)
_KINDS = {"NM": "c", "XM": "c", "NR": "n", "XR": "n", "NC": "gm", "NG": "g", "NT": "g", "NW": "g", "NP": "p"}
_LEVELS: dict[str, Level] = {"c": "c", "g": "g", "n": "n", "m": "m"}
_OLD_STYLE = re.compile(r"([ACGT])(\d{1,6})([ACGT])")


def parse(text: str) -> Name:
    """The name that a text spells; reference, gene and blanks around the edit may be there or not.

    Raises:
        HgvsError: the text breaks the grammar, or contradicts itself.
    """
    written = text.strip()
    head, level, rest = _split(written)
    place, start, end, rest = _place(rest)
    edit, ref, alt = _edit(rest)
    name = Name(
        reference=(level in "cn" and head["tx"]) or head["ref"] or head["tx"] or "",
        gene=(head["paren"] or head["gene"] or "").upper(),
        level=level,
        start=start,
        end=end,
        edit=edit,
        ref=ref,
        alt=alt,
        unclear="" if start else place,
    )
    _check(name)
    return _reduced(name)


def _split(written: str) -> tuple[re.Match[str], Level, str]:
    found = re.search(r"(?:^|[\s:)])([cgnmrCGNMR])\.\s?", written)
    if not found:
        raise HgvsError(
            "an HGVS name needs its level before the position, e.g. c.68_69del or g.43124028_43124029del"
        )
    if found[1] in "rR":
        raise HgvsError("RNA names (r.) are not read here; give the c. or g. name")
    head = _REFERENCE.fullmatch(written[: found.start(1)].strip())
    if head is None:
        raise HgvsError(
            "the part before the level is no reference sequence or gene, e.g. NM_007294.4 or BRCA1"
        )
    return head, _LEVELS[found[1].lower()], written[found.end() :].strip()


def _place(rest: str) -> tuple[str, Point | None, Point | None, str]:
    exact, unclear = _PLACE.match(rest), _UNCLEAR.match(rest)
    if unclear and (not exact or "?" in unclear[0]):
        return unclear[0], None, None, rest[unclear.end() :].strip()
    if exact:
        start = _point(exact[1])
        return exact[0], start, _point(exact[2]) if exact[2] else start, rest[exact.end() :].strip()
    old = _OLD_STYLE.match(rest)
    if old:
        raise HgvsError(f"HGVS writes the position before the bases: c.{old[2]}{old[1]}>{old[3]}")
    raise HgvsError(
        "no position stands after the level; write e.g. c.68_69del, c.190T>G, c.632-3C>G, c.*97G>A"
    )


def _point(text: str) -> Point:
    found = re.fullmatch(r"(\*?)(-?\d+)([+-]\d+)?", text)
    if found is None or int(found[2]) == 0:
        raise HgvsError("there is no position 0 in HGVS: c.-1 stands before c.1")
    return Point(base=int(found[2]), offset=int(found[3] or 0), star=bool(found[1]))


def _edit(rest: str) -> tuple[Edit, str, str]:
    written = re.sub(rf"(?i){_BASES}+(?=>)|(?<=>){_BASES}+", lambda m: m[0].upper(), rest.replace(" ", ""))
    written = re.sub(r"(?i)del|dup|ins|inv", lambda m: f"|{m[0].lower()}|", written)
    written = "".join(
        part if part in ("del", "dup", "ins", "inv") or ":" in part else part.upper()
        for part in written.split("|")
    )
    for edit, pattern in _EDITS:
        found = pattern.fullmatch(written)
        if found:
            return (
                edit,
                found[1].replace("U", "T"),
                found[2].replace("U", "T") if ":" not in found[2] else found[2],
            )
    if not rest:
        raise HgvsError("the name gives a position but no change; add e.g. del, dup, insA or G>A")
    raise HgvsError("the change after the position is not HGVS; write e.g. A>G, del, dup, insA or delinsTT")


def _check(name: Name) -> None:
    _check_reference(name)
    if name.start is None or name.end is None:
        return
    points = (name.start, name.end)
    if name.level in ("g", "m") and any(point.offset or point.star or point.base < 0 for point in points):
        raise HgvsError(f"{name.level}. positions count plain bases; -, + and * belong to c. names")
    if name.start.key > name.end.key:
        raise HgvsError(f"the positions of {name} run backwards; write the lower one first")
    if name.edit is Edit.INSERTION and not _adjacent(name.start, name.end):
        raise HgvsError(
            f"an insertion stands between two neighbouring positions, e.g. c.5_6insA, not {name.place}"
        )
    stated = _bases(name.ref)
    if name.edit in (Edit.SUBSTITUTION, Edit.REPEAT) or not stated or name.span is None:
        return
    if stated != name.span:
        raise HgvsError(f"{name.place} spans {name.span} bases, but the name states {stated}")


def _check_reference(name: Name) -> None:
    allowed = _KINDS.get(name.reference[:2], "cgnm")
    if name.level in allowed or (name.level == "n" and allowed == "c"):
        return
    if name.level == "c" and allowed in ("gm", "g"):
        raise HgvsError(f"{name.reference} is a genomic sequence, so its positions are g., not c.")
    raise HgvsError(f"{name.reference} does not carry {name.level}. positions")


def _adjacent(first: Point, second: Point) -> bool:
    if first == second:
        return True
    if first.star == second.star and first.base == second.base:
        return second.offset - first.offset == 1
    if first.offset or second.offset:
        return True
    return (
        second.base - first.base == 1
        or (first.base, second.base) == (-1, 1)
        or (second.star and second.base == 1)
    )


def _reduced(name: Name) -> Name:
    """One form per change: a range replaced by bases is a delins, one base put for itself is no change."""
    if name.edit is Edit.SUBSTITUTION and name.ref == name.alt:
        return name.model_copy(update={"edit": Edit.SAME, "alt": ""})
    if name.edit is Edit.SUBSTITUTION and (len(name.ref) > 1 or len(name.alt) > 1):
        return _as_delins(name)
    single = name.edit is Edit.DELINS and name.span == 1 and len(name.ref) == len(name.alt) == 1
    if single and name.ref.isalpha() and name.alt.isalpha():
        return name.model_copy(update={"edit": Edit.SUBSTITUTION})
    return name


def _as_delins(name: Name) -> Name:
    end = name.end
    if name.start and name.start == end and len(name.ref) > 1:
        first = name.start
        shift = (
            {"offset": first.offset + len(name.ref) - 1}
            if first.offset
            else {"base": first.base + len(name.ref) - 1}
        )
        end = first.model_copy(update=shift)
    return name.model_copy(update={"edit": Edit.DELINS, "end": end})


def _bases(text: str) -> int | None:
    """Length of a stretch that is spelled out or given as a number; None where the text does not tell."""
    if not text:
        return 0
    if text.isalpha():
        return len(text)
    digits = text.strip("()")
    return int(digits) if digits.isdigit() else None


def same(one: Name, other: Name) -> bool:
    """True if both spell the same change on the same level, whatever the reference sequence."""
    return (one.level, str(one)) == (other.level, str(other)) and _refs_agree(one, other)


def _refs_agree(one: Name, other: Name) -> bool:
    if one.edit is Edit.SUBSTITUTION or not (one.ref.isalpha() and other.ref.isalpha()):
        return True
    return one.ref == other.ref


def genomic(name: Name) -> tuple[builds.Build | None, str] | None:
    """Build and contig that the reference of a g. or m. name stands for; None if it names no main contig."""
    if name.level == "m":
        return None, "MT"
    return builds.of_accession(name.reference)
