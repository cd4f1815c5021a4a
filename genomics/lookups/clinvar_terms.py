"""ClinVar's own terms: review status, classes, conflicts, and what is kept apart from the germline class.

Terms and their spelling follow NCBI's VCF; since January 2024 "classification" stands where "interpretation" stood,
and somatic classes have fields of their own (ONC, SCI). Both spellings are read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from genomics.lookups.pack_text import clean
from genomics.lookups.rows import ReviewStatus

GERMLINE = frozenset({"pathogenic", "likely pathogenic", "uncertain significance", "likely benign", "benign"})
"""The five classes; every other term of CLNSIG is kept apart."""
CONFLICTING = frozenset(
    {
        "conflicting classifications of pathogenicity",
        "conflicting interpretations of pathogenicity",
        "conflicting data from submitters",
    }
)
MOST_ASIDE = 12
REMEMBERED = 8192
"""Fields of whole files repeat a few thousand values."""
_NO_CLASS = frozenset(
    {
        "",
        ".",
        "-",
        "not provided",
        "no classification for the single variant",
        "no interpretation for the single variant",
        "no classifications from unflagged records",
    }
)
_STATUS = {
    "practice guideline": ReviewStatus.PRACTICE_GUIDELINE,
    "reviewed by expert panel": ReviewStatus.EXPERT_PANEL,
    "criteria provided, multiple submitters, no conflicts": ReviewStatus.MULTIPLE,
    "criteria provided, conflicting classifications": ReviewStatus.CONFLICTING,
    "criteria provided, conflicting interpretations": ReviewStatus.CONFLICTING,
    "criteria provided, single submitter": ReviewStatus.SINGLE,
}
_ZERO = re.compile(r"no (assertion|classification|interpretation)s?\b.*")
_COUNTED = re.compile(r"(.+?)\s*\((\d{1,6})\)")


class Classes(NamedTuple):
    """What CLNSIG says: the germline class in ClinVar's term ("" if none), and all that stands beside it."""

    germline: str
    aside: tuple[str, ...]


@lru_cache(maxsize=REMEMBERED)
def review_status(field: str) -> tuple[ReviewStatus, bool]:
    """The review status of CLNREVSTAT, and whether the words are known; unknown words have no star."""
    words = clean(field.replace(",_", ", ")).lower()
    status = _STATUS.get(words)
    if status:
        return status, True
    return ReviewStatus.NONE, words in ("", ".") or bool(_ZERO.fullmatch(words))


@lru_cache(maxsize=REMEMBERED)
def classes(field: str) -> Classes:
    """Germline class and the rest of CLNSIG.

    "Pathogenic/Likely_pathogenic/Pathogenic,_low_penetrance|other" is "Pathogenic/Likely pathogenic", with
    "Pathogenic, low penetrance" and "other" aside.
    """
    germline: list[str] = []
    aside: list[str] = []
    for term in _terms(field):
        plain = term.lower()
        if plain in _NO_CLASS:
            continue
        kept = germline if plain in GERMLINE or plain in CONFLICTING else aside
        if term not in kept:
            kept.append(term)
    return Classes("/".join(germline), tuple(aside[:MOST_ASIDE]))


def conflicts(field: str) -> tuple[tuple[str, int], ...]:
    """Class and number of submissions of CLNSIGCONF, e.g. "Pathogenic(2)|Uncertain_significance(5)"."""
    told: list[tuple[str, int]] = []
    for part in re.split(r"[|,](?!_)", field):
        found = _COUNTED.fullmatch(clean(part))
        if found:
            told.append((found[1], int(found[2])))
    return tuple(told)


def kept_apart(info: Mapping[str, str]) -> tuple[str, ...]:
    """Somatic classes and haplotypes of a record, each with what it is; never part of the germline class."""
    told = [
        f"{what}: {clean(info[field])}"
        for field, what in (("ONC", "oncogenicity (somatic)"), ("SCI", "somatic clinical impact"))
        if info.get(field, ".") not in (".", "")
    ]
    for part in info.get("CLNSIGINCL", "").split("|"):
        number, _, term = part.partition(":")
        if number.isdigit():
            told.append(f"part of haplotype {number}: {clean(term)}")
    return tuple(dict.fromkeys(told))[:MOST_ASIDE]


@lru_cache(maxsize=REMEMBERED)
def conditions(field: str, most: int = 20) -> tuple[str, ...]:
    """Names of CLNDN in order, without "not provided" and "not specified", capped."""
    names = (clean(part) for part in field.split("|"))
    kept = (name for name in names if name.lower() not in ("", ".", "not provided", "not specified"))
    return tuple(dict.fromkeys(kept))[:most]


@lru_cache(maxsize=REMEMBERED)
def genes(field: str) -> tuple[str, ...]:
    """Symbols of GENEINFO, e.g. "BRCA1:672|NBR2:10230"; none for "." ."""
    symbols = (part.partition(":")[0] for part in field.split("|"))
    return tuple(dict.fromkeys(one for one in symbols if re.fullmatch(r"[A-Za-z][\w.@-]{0,29}", one)))


@lru_cache(maxsize=REMEMBERED)
def first_consequence(field: str) -> str:
    """The first Sequence Ontology term of MC, e.g. "SO:0001583|missense_variant,..."; "nonsense" is stop_gained."""
    term = field.partition(",")[0].partition("|")[2]
    plain = term if re.fullmatch(r"[A-Za-z_0-9-]{1,60}", term) else ""
    return {"nonsense": "stop_gained", "initiator_codon_variant": "start_lost"}.get(plain, plain)


def _terms(field: str) -> list[str]:
    """Single terms: parted by | and /, and by the comma of older files, but not in "Pathogenic, low penetrance"."""
    whole = [part for one in field.split("|") for part in one.split("/")]
    single = [part for one in whole for part in re.split(r",_?(?!_?low_penetrance)", one)]
    return [clean(part) for part in single]
