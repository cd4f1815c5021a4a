"""From pulled files to an index: which pack is prepared by what, written aside and swapped in at one stroke.

In the pack's folder lies ``ready/``: one folder for each generation, and ``current.json``, which names the whole
one. It is replaced last and atomically, so that a process killed at any moment leaves the old index in use.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from genomics.builds import Build, BuildError
from genomics.lookups import clinvar_index, dosage, frequency_index, predictor_index
from genomics.lookups.pack_text import PackFileError
from retrieval.evidence import Word
from retrieval.packs import Packs, write_aside

Files = Mapping[str, Sequence[Path]]
"""The files of each pack that goes in, by the pack's name."""
CURRENT = "current.json"
GUIDANCE = "prescribing_guidance.json"
LARGEST_MEMBER = 512 << 20


class NotPrepared(RuntimeError):
    """No index was made; the old one, if any, stays. The message says why and what to do."""


class Preparer(Word):
    """How an index is made. ``make`` gets the files by pack and the path to write, and returns the rows."""

    make: Callable[[Files, Path], int]
    product: str = "index.sqlite"
    """Name of the file or folder that ``make`` writes."""
    needs: tuple[str, ...] = ()
    """Packs that go in besides the one that gives the name."""
    schema_version: int = 1


class Receipt(Word):
    """What ``current.json`` says of the index in use."""

    generation: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    product: str
    sources: Mapping[str, Mapping[str, str]]
    """By pack: file name and sha256, as the pack's own receipt records them."""
    version: str
    """Version of the pack in the registry."""
    rows: int
    schema_version: int
    built: str


def _mane(files: Files, target: Path) -> int:
    from genomics.transcript import mane

    with _file_errors():
        mane.prepare({"gff": files["mane-gff"][0], "rna": files["mane-rna"][0]}, target)
    return 0


def _pharmcat(files: Files, target: Path) -> int:
    from genomics.pgx import definitions, guidelines_archive

    archive = files["pharmcat"][0]
    with _file_errors():
        definitions.prepare(archive, target)
        with suppress(guidelines_archive.NoGuidance):  # definitions alone: the starter guidance answers
            guidelines_archive.prepare(archive, target / guidelines_archive.FOLDER)
    return 0


@contextmanager
def _file_errors() -> Iterator[None]:
    """The readers of transcripts and definitions say with a ValueError of their own what is wrong with a file."""
    try:
        yield
    except ValueError as wrong:
        raise PackFileError(str(wrong)) from wrong


def _first(pack: str, make: Callable[[Path, Path], int]) -> Callable[[Files, Path], int]:
    return lambda files, target: make(files[pack][0], target)


def _all(pack: str, make: Callable[[Sequence[Path], Path], int]) -> Callable[[Files, Path], int]:
    return lambda files, target: make(files[pack], target)


PREPARERS: Mapping[str, Preparer] = {
    "clinvar-grch38": Preparer(
        make=_first("clinvar-grch38", partial(clinvar_index.prepare, build=Build.GRCH38)),
        schema_version=clinvar_index.SCHEMA,
    ),
    "clinvar-grch37": Preparer(
        make=_first("clinvar-grch37", partial(clinvar_index.prepare, build=Build.GRCH37)),
        schema_version=clinvar_index.SCHEMA,
    ),
    "clinvar-names": Preparer(
        make=_first("clinvar-names", clinvar_index.prepare_names), schema_version=clinvar_index.NAMES_SCHEMA
    ),
    "clingen-dosage": Preparer(make=_first("clingen-dosage", dosage.prepare), schema_version=dosage.SCHEMA),
    "gnomad-panel": Preparer(
        make=_all("gnomad-panel", frequency_index.prepare), schema_version=frequency_index.SCHEMA
    ),
    "alphamissense-grch38": Preparer(
        make=_first("alphamissense-grch38", predictor_index.prepare_alphamissense),
        schema_version=predictor_index.SCHEMA,
    ),
    "revel": Preparer(
        make=_first("revel", predictor_index.prepare_revel), schema_version=predictor_index.SCHEMA
    ),
    "spliceai": Preparer(
        make=_all("spliceai", predictor_index.prepare_spliceai), schema_version=predictor_index.SCHEMA
    ),
    "mane-gff": Preparer(make=_mane, product="models", needs=("mane-rna",)),
    "pharmcat": Preparer(make=_pharmcat, product="data"),
}


def index_of(name: str) -> str | None:
    """The pack under whose name the index lies that this pack goes into; None if it needs no preparing."""
    if name in PREPARERS:
        return name
    return next((index for index, preparer in PREPARERS.items() if name in preparer.needs), None)


def prepare(name: str, packs: Packs, *, again: bool = False) -> Receipt:
    """Make the index that a held pack goes into, or leave it if it is of these very files already.

    Raises:
        NotPrepared: the pack needs no preparing, a file that goes in is not held, or what is held cannot be used.
        retrieval.packs.UnknownPack: the registry does not know the pack.
    """
    index = index_of(name)
    if index is None:
        raise NotPrepared(f"{name} is used as it is; there is nothing to prepare.")
    preparer = PREPARERS[index]
    files = {pack: packs.files(pack) for pack in (index, *preparer.needs)}
    missing = [pack for pack, held in files.items() if not held]
    if missing:
        raise NotPrepared(f"Also needed: consilium packs pull {missing[0]}.")
    sources = {pack: _recorded(packs.folder(pack)) for pack in files}
    held = receipt(packs, index)
    fresh = held and held.sources == sources and held.schema_version == preparer.schema_version
    if held and fresh and not again and product(packs, index):
        return held
    version = next(row.pack.version for row in packs.list() if row.pack.name == index)
    return _made(preparer, packs.folder(index), files, sources, version)


def receipt(packs: Packs, name: str) -> Receipt | None:
    """What is said of the index in use, or None without one (or of another form)."""
    try:
        text = (packs.folder(name) / "ready" / CURRENT).read_text(encoding="utf-8")
        return Receipt.model_validate_json(text)
    except (OSError, ValidationError):
        return None


def product(packs: Packs, name: str) -> Path | None:
    """The index in use, if it is whole and of the form that this version reads."""
    held = receipt(packs, name)
    if held is None or held.schema_version != PREPARERS[name].schema_version:
        return None
    made = packs.folder(name) / "ready" / held.generation / PREPARERS[name].product
    return made if made.exists() else None


def _made(
    preparer: Preparer, folder: Path, files: Files, sources: Mapping[str, Mapping[str, str]], version: str
) -> Receipt:
    ready = folder / "ready"
    generation = uuid.uuid4().hex
    with _aside(ready / generation) as aside:
        rows = _written(preparer, files, aside / preparer.product)
        told = Receipt(
            generation=generation,
            product=preparer.product,
            sources=sources,
            version=version,
            rows=rows,
            schema_version=preparer.schema_version,
            built=datetime.now(UTC).isoformat(timespec="seconds"),
        )
    before = _in_use(ready)
    write_aside(ready / CURRENT, told.model_dump_json(indent=1).encode())
    _swept(ready, keep={generation, before})
    return told


def _written(preparer: Preparer, files: Files, target: Path) -> int:
    try:
        return preparer.make(files, target)
    except (PackFileError, BuildError) as wrong:
        raise NotPrepared(str(wrong)) from wrong
    except OSError as wrong:
        raise NotPrepared(f"The index cannot be written or a file not be read ({wrong}).") from wrong


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """A new folder; it goes away again if what was to be written into it fails."""
    folder.mkdir(parents=True)
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _in_use(ready: Path) -> str:
    try:
        return str(json.loads((ready / CURRENT).read_text(encoding="utf-8"))["generation"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _swept(ready: Path, keep: set[str]) -> None:
    """Remove generations that nobody uses: those of broken tries and of before the last one."""
    for old in ready.iterdir():
        if old.is_dir() and old.name not in keep:
            shutil.rmtree(old, ignore_errors=True)


def _recorded(folder: Path) -> dict[str, str]:
    """File name and sha256 of a pack, as its own receipt says."""
    try:
        told = json.loads((folder / "receipt.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    files = told.get("files") or {"": told.get("sha256", "")}
    return {str(name): str(sha256) for name, sha256 in files.items()}
