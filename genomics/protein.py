"""Protein names (HGVS p.): one-letter and three-letter spellings, one normal form, and the genetic code."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache

from Bio.Data.CodonTable import unambiguous_dna_by_id
from Bio.SeqUtils import seq1, seq3

from genomics.hgvs import HgvsError
from retrieval.evidence import Word

AMINO_ACIDS = {
    "Ala": "alanine", "Arg": "arginine", "Asn": "asparagine", "Asp": "aspartic acid", "Cys": "cysteine",
    "Gln": "glutamine", "Glu": "glutamic acid", "Gly": "glycine", "His": "histidine", "Ile": "isoleucine",
    "Leu": "leucine", "Lys": "lysine", "Met": "methionine", "Phe": "phenylalanine", "Pro": "proline",
    "Ser": "serine", "Thr": "threonine", "Trp": "tryptophan", "Tyr": "tyrosine", "Val": "valine",
    "Sec": "selenocysteine",
}  # fmt: skip
"""Words for the codes that proteins are written in."""


class Effect(StrEnum):
    """What a p. name says about the protein."""

    MISSENSE = "missense"
    STOP = "stop"
    SYNONYMOUS = "synonymous"
    FRAMESHIFT = "frameshift"
    DELETION = "in-frame deletion"
    DUPLICATION = "in-frame duplication"
    INSERTION = "in-frame insertion"
    DELINS = "in-frame replacement"
    START = "start lost"
    EXTENSION = "stop lost"


class Protein(Word):
    """A parsed p. name. ``first`` is the three-letter code of residue ``start``; ``alt`` replaces it."""

    reference: str = ""
    gene: str = ""
    first: str
    start: int
    last: str = ""
    end: int = 0
    effect: Effect
    alt: str = ""
    stop_after: int | None = None
    """Length of the new frame up to its stop, where a frameshift states it."""

    def __str__(self) -> str:
        place = f"{self.first}{self.start}" + (f"_{self.last}{self.end}" if self.last else "")
        if self.effect is Effect.FRAMESHIFT:
            tail = f"Ter{self.stop_after}" if self.stop_after else ""
            return f"p.{place}{self.alt}fs{tail}"
        if self.effect is Effect.EXTENSION:
            return f"p.{place}{self.alt}ext"
        return f"p.{place}{_VERBS.get(self.effect, '')}{self.alt}"

    @property
    def key(self) -> tuple[str, int, str, int, Effect, str]:
        alt = "" if self.effect in (Effect.FRAMESHIFT, Effect.START, Effect.EXTENSION) else self.alt
        return self.first, self.start, self.last, self.end, self.effect, alt


_VERBS = {Effect.DELETION: "del", Effect.DUPLICATION: "dup", Effect.INSERTION: "ins", Effect.DELINS: "delins"}
_VERBS |= {Effect.EXTENSION: "ext"}
_THREE = "|".join((*AMINO_ACIDS, "Ter"))
_RESIDUE = rf"(?:{_THREE}|[ACDEFGHIKLMNPQRSTUVWYX*])"
_NAME = re.compile(
    rf"(?P<first>{_RESIDUE})(?P<start>\d{{1,5}})(?:_(?P<last>{_RESIDUE})(?P<end>\d{{1,5}}))?"
    rf"(?P<change>(?P<verb>delins|del|dup|ins)(?P<seq>(?:{_RESIDUE}){{0,200}})"
    rf"|(?P<alt>{_RESIDUE})?fs(?:(?:Ter|\*|X)(?P<after>\d{{1,4}}|\?)?)?"
    rf"|(?P<ext>{_RESIDUE}?ext[\w*?-]{{0,20}})|(?P<one>{_RESIDUE})|(?P<same>=)|(?P<unsure>\?))"
)
_HEAD = re.compile(
    r"(?:(?P<ref>[A-Z]{2}_\d{6,9}(?:\.\d{1,3})?)[\s:]*)?(?:\(?(?P<gene>[A-Za-z][\w-]{1,19})\)?[\s:]+)?(?:p\.\s?)?"
)


def parse(text: str) -> Protein:
    """The protein name that a text spells: p.Cys61Gly, p.(Cys61Gly), C61G, p.Glu23ValfsTer17, p.Phe508del.

    Raises:
        HgvsError: the text is no p. name, or names an unknown amino acid.
    """
    written = text.strip()
    head = _HEAD.match(written)
    assert head is not None  # every part of the head is optional
    body = written[head.end() :].strip().removeprefix("(").removesuffix(")").replace(" ", "")
    found = _NAME.fullmatch(body) or _NAME.fullmatch(body[:1].upper() + body[1:])
    if found is None:
        raise HgvsError(
            "the protein name is not HGVS; write e.g. p.Cys61Gly, p.Arg248Ter, p.Phe508del or p.Glu23fs"
        )
    first, start = three(found["first"]), int(found["start"])
    if start == 0:
        raise HgvsError("residues of a protein are counted from 1")
    effect, alt = _effect(first, start, found)
    return Protein(
        reference=head["ref"] or "",
        gene=(head["gene"] or "").upper(),
        first=first,
        start=start,
        last=three(found["last"]) if found["last"] else "",
        end=int(found["end"] or 0),
        effect=effect,
        alt=alt,
        stop_after=int(found["after"]) if (found["after"] or "").isdigit() else None,
    )


def three(code: str) -> str:
    """The three-letter code of a one- or three-letter code; "Ter" for a stop, however it is written."""
    if code in ("*", "X", "Ter"):
        return "Ter"
    return code if len(code) == 3 else str(seq3(code))


def _effect(first: str, start: int, found: re.Match[str]) -> tuple[Effect, str]:
    if found["verb"]:
        return Effect({v: k for k, v in _VERBS.items()}[found["verb"]]), _sequence(found["seq"])
    if found["ext"]:
        letter = found["ext"].partition("ext")[0]
        return Effect.EXTENSION, three(letter) if letter else ""
    if "fs" in found["change"]:
        return Effect.FRAMESHIFT, three(found["alt"]) if found["alt"] else ""
    if found["unsure"] or (first == "Met" and start == 1 and found["one"]):
        if first == "Met" and start == 1:
            return Effect.START, "?"
        raise HgvsError("the protein name leaves the change open (?); give the c. name")
    alt = "=" if found["same"] else three(found["one"])
    if alt in ("=", first):
        return Effect.SYNONYMOUS, "="
    if first == "Ter":
        return Effect.EXTENSION, alt
    return (Effect.STOP if alt == "Ter" else Effect.MISSENSE), alt


def _sequence(text: str) -> str:
    return "".join(three(code) for code in re.findall(_RESIDUE, text))


def same(one: Protein, other: Protein) -> bool:
    """True if both say the same; a frameshift without its details agrees with one that has them."""
    if one.key != other.key:
        return False
    if one.effect is not Effect.FRAMESHIFT:
        return True
    agree = not (one.alt and other.alt) or one.alt == other.alt
    return agree and (not (one.stop_after and other.stop_after) or one.stop_after == other.stop_after)


@cache
def codons(code: str) -> tuple[str, ...]:
    """The codons of a three-letter code in the standard nuclear code, "Ter" for the stops."""
    table = unambiguous_dna_by_id[1]
    if code == "Ter":
        return tuple(table.stop_codons)
    letter = seq1(code)
    return tuple(codon for codon, amino in table.forward_table.items() if amino == letter)


def single_base_changes(name: Protein) -> tuple[str, ...]:
    """The c. names of the single-base changes that the genetic code allows for a missense or stop name.

    More than one means that the p. name alone does not tell which DNA change was found. Nuclear genes only.
    """
    if name.effect not in (Effect.MISSENSE, Effect.STOP) or name.first not in AMINO_ACIDS:
        return ()
    changes = set()
    for before in codons(name.first):
        for after in codons(name.alt):
            places = [i for i in range(3) if before[i] != after[i]]
            if len(places) == 1:
                i = places[0]
                changes.add((3 * name.start - 2 + i, before[i], after[i]))
    return tuple(f"c.{base}{old}>{new}" for base, old, new in sorted(changes))
