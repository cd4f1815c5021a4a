"""What a valence rule allows and no flask holds: bonds and rings that no design may have, each with its reason.

SELFIES know valences only. The list is our own, not the specification's: what a medicinal chemist strikes out at first
sight. A molecule that keeps all of it is not thereby one that can be made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from tools.discovery.molecules import Mol, chem

UNSOUND: Mapping[str, tuple[str, ...]] = {
    "halogen on nitrogen, oxygen or sulfur": ("[#7,#8,#16]-[F,Cl,Br,I]",),
    "sulfur with a triple bond, or of a valence that only its oxides and imides have": (
        "[#16]#*", "[#16;!v2;!$([#16]=[#7,#8]);!a]",
    ),
    "an aromatic ring that a double bond to carbon leaves without its six electrons": ("[c]=[#6;!a]",),
    "two double bonds on one carbon": ("[#6]=[#6]=*", "*=[#6;R]=*"),
    "a triple bond in a ring": ("[#6;R]#*",),
    "a double bond on a ring of three": ("[r3]=,:*",),
    "two double bonds in a ring of four, which has no aromatic electrons to keep it": (
        "*~1=*~*=,:*~1", "[R2]-1:[R2]-[R2]:[R2]-1",
    ),
    "a double bond in a ring of four with a hetero atom": ("[!#6]~1~*=*~*~1", "[!#6]~1=*~*~*~1"),
    "two hetero atoms side by side in a ring of three or four": ("[!#6;r3;!a]@[!#6;r3;!a]", "[!#6;r4;!a]@[!#6;r4;!a]"),
    "two small rings that share a bond": ("*~1~2~*~*~1~*~2", "*~1~2~*~*~1~*~*~2"),
    "a cyclopentadienone or a fulvene, which adds to itself": ("*=[#6]1-[#6;!a]=[#6;!a]-[#6;!a]=[#6;!a]-1",),
    "a peroxide, a sulfenate or a chain of three sulfurs": ("[#8]-[#8]", "[#8X2]-[#16X2]", "[#16X2]-[#16X2]-[#16X2]"),
    "a sulfenamide": ("[#16X2;!a]-[#7;!a]",),
    "three nitrogens in a chain, or nitrogen and oxygen in turn": (
        "[#7;!a]-[#7;!a]-[#7;!a]", "[#7;!a]=[#7;!a]-[#7;!a]", "[#7;!a]-[#8]-[#7;!a]",
        "[#8]-[#7;!a;!$([#7]=*);!$([#7]-[#6]=*)]-[#7,#8]",
    ),
    "a nitroso group or a diazene": ("[#7X2]=[OX1,SX1]", "[#7X2H]=[#7]"),
    "an enol, or an enamine with two hydrogens and nothing to hold it": (
        "[OX2H]-[#6X3;!a]=[#6;!a;!$([#6]-[#6]=[#8])]", "[NX3H2]-[#6X3;!a]=[#6;!a;!$([#6]-[#6,#7,#16]=,#[#7,#8])]",
    ),
    "two groups on one carbon of which one falls off": (
        "[OX2H]-[CX4]-[#7X3;!a;!$([#7]-[#6,#16]=[#8])]",
        "[OX2H]-[CX4;!$([CX4;R](-[OX2;R])-[CX4;R]-[#8,#7])]-[F,Cl,Br,I,OX2,SX2]",
        "[#7X3;!a]-[CX4]-[Cl,Br,I]", "[NX3H2]-[CX4]-[#7X3,#8,#16;!a]", "[SX2H]-[CX4]-[#7X3,#8,#16;!a]",
    ),
    "an imine with a hydrogen on nitrogen": ("[CX3;!$([CX3]-[#7])]=[NX2H]",),
    "a thioaldehyde or a thioketone": ("[CX3;H1,H2;!$([CX3]-[#7,#8,#16])]=[SX1]", "[#6]-[CX3](=[SX1])-[#6]"),
    "an acyl halide, an anhydride or a carbonic or carbamic acid": (
        "[CX3;!a](=[#7,#8,#16])-[F,Cl,Br,I]", "[CX3;!a](=[#8])-[#8;!a]-[CX3;!a]=[#8]",
        "[#7,#8]-[CX3;!a](=[#8,#16])-[OX2H]",
    ),
}  # fmt: skip
"""Reason and patterns."""


def unsound(mol: Mol) -> str:
    """Why a molecule cannot be, in words; empty where nothing is against it."""
    found = next((why for why, pattern in _patterns() if mol.HasSubstructMatch(pattern)), "")
    return found or ("a double bond at a bridgehead" if _against_bredt(mol) else "")


@cache
def _patterns() -> tuple[tuple[str, Any], ...]:
    return tuple((why, chem().MolFromSmarts(one)) for why, listed in UNSOUND.items() for one in listed)


def _against_bredt(mol: Mol) -> bool:
    single = chem().BondType.SINGLE
    return any(
        bond.GetBondType() != single for at in _bridgeheads(mol) for bond in mol.GetAtomWithIdx(at).GetBonds()
    )


def _bridgeheads(mol: Mol) -> Iterator[int]:
    """Atoms at which two rings of at most seven atoms with a bridge in common part."""
    rings = [set(ring) for ring in mol.GetRingInfo().AtomRings() if len(ring) <= LARGEST_BRIDGED]
    for place, one in enumerate(rings):
        for other in rings[:place]:
            shared = one & other
            if len(shared) > 2:
                yield from (at for at in shared if _parts(mol, at, one, other))


def _parts(mol: Mol, at: int, one: set[int], other: set[int]) -> bool:
    beside = {atom.GetIdx() for atom in mol.GetAtomWithIdx(at).GetNeighbors()}
    return bool(beside & (one - other)) and bool(beside & (other - one))


LARGEST_BRIDGED = 7
"""Atoms of a ring in which a double bond cannot be twisted; larger rings bear it."""
