"""From the name of a medicine to its structure: the approved drugs that admet-ai brings, and a few of our own.

The table of admet-ai (MIT; 2,845 approved drugs of DrugBank with names, structures and predictions) is read where the
package is installed and never copied. Its names are those of the United States; others are found through the names of
``tools/knowledge/treatment``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import StringConstraints, TypeAdapter

from retrieval.evidence import Depth, Source, Text, Word
from tools.damaged import Damaged, why
from tools.treatment.load import knowledge
from tools.treatment.names import resolve

STRUCTURES = Path(__file__).resolve().parents[1] / "knowledge" / "discovery" / "structures.yaml"
LONGEST = 100
"""Characters of a name."""
FORMS = frozenset(
    "potassium sodium calcium magnesium hydrochloride hydrobromide sulfate sulphate mesylate maleate fumarate tartrate "
    "succinate citrate phosphate acetate besylate tosylate bromide chloride nitrate".split()
)
"""Words of a salt that follow the name of the medicine; the structure is that of the medicine alone."""


NO_INCHI = "InChI is not read here; give a SMILES or a name."


def is_inchi(text: str) -> bool:
    """Whether a text is an InChI or an InChIKey."""
    return bool(re.fullmatch(r"InChI=\S+|[A-Z]{14}-[A-Z]{10}-[A-Z]", text.strip()))


class Approved(Word):
    """A row of admet-ai's table: an approved medicine and how it is drawn there."""

    name: Text
    smiles: Text
    row: Mapping[str, float] = {}
    """Its computed properties and predictions, by column."""
    atc: tuple[str, ...] = ()
    """Its ATC groups, of five signs each."""


class Structure(Word):
    """A name and the structure that a source gives for it."""

    name: Text
    smiles: Text
    source: Source


class Listed(Word):
    """An entry of our own few."""

    name: Text
    smiles: Text
    inchikey: Annotated[str, StringConstraints(pattern=r"^[A-Z]{14}-[A-Z]{10}-[A-Z]$")]
    title: Text
    url: Text
    seen: Text
    checked: Text
    status: Literal["draft"]


_ENTRIES = TypeAdapter(tuple[Listed, ...])


@cache
def approved() -> Mapping[str, Approved]:
    """The approved drugs by lower-case name, in the order of admet-ai's file; empty where it is not installed."""
    folder = package()
    if folder is None:
        return {}
    path = folder / "resources" / "data" / "drugbank_approved.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["name"].casefold(): _approved(row) for row in csv.DictReader(lines)}


def package() -> Path | None:
    """Where admet-ai is installed, without importing it; None if it is not."""
    found = find_spec("admet_ai")
    return Path(found.origin).parent if found and found.origin else None


def table_source() -> Source:
    """The table of approved drugs as evidence names it."""
    return Source(
        id="data:admet-ai:drugbank_approved",
        title="approved drugs of DrugBank in admet-ai, with its predictions",
        version=metadata.version("admet-ai"),
        licence="MIT (package); DrugBank ids",
        depth=Depth.RECORD,
        url="https://github.com/swansonk14/admet_ai",
    )


class StructuresError(Damaged):
    """The list of structures breaks its form, or a structure is not the one of its page."""

    def __init__(self, reason: str) -> None:
        super().__init__("No molecule is designed or profiled", STRUCTURES, reason)


@cache
def listed() -> Mapping[str, Listed]:
    """Our own few structures by lower-case name.

    Raises:
        StructuresError: the file breaks its form.
    """
    try:
        entries = _ENTRIES.validate_python(yaml.safe_load(STRUCTURES.read_text(encoding="utf-8")))
    except (OSError, ValueError, yaml.YAMLError) as wrong:
        raise StructuresError(why(wrong)) from wrong
    return {one.name.casefold(): one for one in entries}


def structure(name: str) -> Structure | None:
    """The structure of a medicine by its name, in any spelling that the drug names know; None if none is held."""
    if not name.strip() or len(name) > LONGEST:
        return None
    table, own = approved(), listed()
    for spelling in _spellings(name):
        if (row := table.get(spelling)) is not None:
            return Structure(name=row.name, smiles=row.smiles, source=table_source())
        if (entry := own.get(spelling)) is not None:
            return Structure(name=entry.name, smiles=entry.smiles, source=_source(entry))
    return None


def check() -> str:
    """What the build check says of the list: how many structures, each with a source and the InChIKey of its page.

    Raises:
        StructuresError: the file breaks its form, or a structure is not that of its InChIKey.
    """
    if find_spec("rdkit") is None:
        return f"{len(listed())} structures of medicines (RDKit is not installed: InChIKeys not compared)"
    from tools.discovery.molecules import MoleculeError, read

    for one in listed().values():
        try:
            same = read(one.smiles).inchikey == one.inchikey
        except MoleculeError as wrong:
            raise StructuresError(f"the structure of {one.name} cannot be read") from wrong
        if not same:
            raise StructuresError(f"the structure of {one.name} is not that of its InChIKey")
    return f"{len(listed())} structures of medicines"


def _approved(row: Mapping[str, str]) -> Approved:
    figures = {key: _figure(value) for key, value in row.items() if key not in TEXTS}
    codes = tuple(filter(None, (row.get("atc") or "").split(";")))
    return Approved(name=row["name"], smiles=row["smiles"], row=figures, atc=codes)


TEXTS = frozenset("smiles name id atc atc_name_1 atc_name_2 atc_name_3 atc_name_4".split())


def _figure(value: str) -> float:
    return float(value) if value else float("nan")


def _spellings(name: str) -> Iterator[str]:
    """The name as said, without the words of a salt, and by every name of the drug that it means."""
    said = " ".join(name.casefold().split())
    bare = " ".join(word for word in said.split() if word not in FORMS) or said
    yield from dict.fromkeys((said, bare))
    meant = resolve(bare).drug
    if meant:
        drug = knowledge().drug(meant)
        yield from (one.casefold() for one in (drug.name, *drug.names))


def _source(entry: Listed) -> Source:
    return Source(
        id=f"structure:{entry.name}", title=entry.title, version=entry.checked, licence="a fact of a public record",
        depth=Depth.RECORD, url=entry.url, marks=("draft",),
    )  # fmt: skip
