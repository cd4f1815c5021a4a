"""The genetic code of nuclear and mitochondrial genes (NCBI translation tables 1 and 2), as Biopython holds it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from Bio.Data.CodonTable import unambiguous_dna_by_id
from Bio.SeqUtils import seq3


@cache
def code(table: int) -> Mapping[str, str]:
    """Codon to one-letter amino acid, ``*`` for stops."""
    held = unambiguous_dna_by_id[table]
    return dict(held.forward_table) | dict.fromkeys(held.stop_codons, "*")


@cache
def start_codons(table: int) -> frozenset[str]:
    """Codons that begin a protein: ATG alone for nuclear genes, those of table 2 in mitochondria."""
    return frozenset(unambiguous_dna_by_id[table].start_codons) if table == 2 else frozenset({"ATG"})


@cache
def _one(letter: str) -> str:
    return {"*": "Ter", "U": "Sec"}.get(letter) or str(seq3(letter))


def three(letters: str) -> str:
    """One-letter residues as three-letter ones; Ter for a stop, Sec for selenocysteine."""
    return "".join(map(_one, letters))


def translated(bases: str, table: int) -> str:
    """Every whole codon of the bases, stops included; X for codons with unknown bases."""
    codons = code(table)
    return "".join(codons.get(bases[index : index + 3], "X") for index in range(0, len(bases) - 2, 3))


def until_stop(bases: str, begin: int, table: int) -> str:
    """Residues from an index on, with the stop that ends them, if there is one."""
    codons = code(table)
    letters = []
    for index in range(begin, len(bases) - 2, 3):
        letter = codons.get(bases[index : index + 3], "X")
        letters.append(letter)
        if letter == "*":
            break
    return "".join(letters)
