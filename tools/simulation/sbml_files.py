"""Which SBML texts are run: those whose digest the pack registry pins, and a file of the user who trusts it himself.

A model becomes machine code, so nothing else is run. The trust is given on the command line only (``--trust-sbml``);
even then the file must be small, plain (no document type, hence no entities) and of at most 500 species.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from retrieval.packs import Packs, held_packs
from tools.simulation.sbml_process import Refused, Unavailable
from tools.simulation.sbml_worker import MOST_SPECIES

PACK = "pbpk-sbml"
LARGEST = 5 << 20
"""Bytes of a file of the user (specification, section 6)."""


class Admitted(NamedTuple):
    """A text that may be run, and its sha256."""

    text: str
    sha256: str


def of_pack(file: str, pack: str = PACK, packs: Packs | None = None) -> Admitted:
    """A model of a held pack, if it is what the registry says it is.

    Raises:
        Unavailable: the pack is not held.
        Refused: the file is not the one that the registry pins.
    """
    packs = packs or held_packs()
    known = next(one.pack for one in packs.list() if one.pack.name == pack)
    pinned = {one.name: one.sha256 for one in known.files}
    path = next((one for one in packs.files(pack) if one.name == file), None)
    if path is None or file not in pinned:
        raise Unavailable(
            f"The body of this model is not held; it comes with the pack {pack}. Licence: {known.licence}.",
            f"consilium packs pull {pack}",
        )
    held = path.read_bytes()
    sha256 = hashlib.sha256(held).hexdigest()
    if sha256 != pinned[file]:
        raise Refused(
            f"{file} has sha256 {sha256[:12]}…, not the one that is pinned: it is not run. "
            f"Bring it again with: consilium packs pull {pack}"
        )
    return Admitted(held.decode(), sha256)


def trusted(path: Path) -> Admitted:
    """A file for which the user vouches.

    Raises:
        Refused: it is too large, no plain SBML, or has too many species.
    """
    if path.stat().st_size > LARGEST:
        raise Refused(f"{path.name} is larger than {LARGEST >> 20} MB; it is not run.")
    held = path.read_bytes()
    _plain(path.name, held)
    return Admitted(held.decode("utf-8", errors="strict"), hashlib.sha256(held).hexdigest())


def _plain(name: str, held: bytes) -> None:
    from lxml import etree

    # libSBML reads the text again with a parser of its own, so what it could expand must not be there at all
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        held.decode("utf-8")
        root = etree.fromstring(held, parser)
    except (etree.XMLSyntaxError, UnicodeDecodeError) as wrong:
        raise Refused(f"{name} is no XML in UTF-8: {str(wrong)[:120]}") from wrong
    if root.getroottree().docinfo.doctype:
        raise Refused(f"{name} has a document type, which could define entities; it is not run.")
    if etree.QName(root).localname != "sbml":
        raise Refused(f"{name} is no SBML.")
    if next(root.iter("{*}externalModelDefinition"), None) is not None:
        raise Refused(f"{name} takes parts from other files; it is not run.")
    species = sum(1 for _ in root.iter("{*}species"))
    if species > MOST_SPECIES:
        raise Refused(f"{name} has {species} species; at most {MOST_SPECIES} are run.")
