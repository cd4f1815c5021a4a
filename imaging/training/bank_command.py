"""A bank and a healthy reference of one's own: ``python -m imaging.training.bank --kind fundus --data DIR ...``.

``--data`` is a folder of at least 200 healthy pictures, ``--group`` a CSV with the columns ``file`` and ``group`` (the
patient); without groups ``--no-groups`` must be said, and the card then says so. What is written stays on this machine:
readable by its owner only, with counts and no names. About 0.2 CPU-seconds a picture.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from imaging import cards, local_models
from imaging.anomaly.bank import Bank, Part, unpacked
from imaging.anomaly.held import LOCAL, SHIPPED, brings
from imaging.anomaly.views import EXTRACTOR, Kind
from imaging.cards import Made, ModelCard
from imaging.datasets.folders import pictures
from imaging.datasets.tables import BadTable, opened
from imaging.healthy_set import HealthySet
from imaging.reference import SETS
from imaging.training.bank import CHESTS, MANY_EYES, fit, looked_at
from imaging.training.reference_set import make, square

FEWEST = 200
MOST = 1000
"""Pictures that are used; of more a random part."""

NO_GROUPS = "No groups were known: pictures of one person may stand on both sides of a fold."


class Healthy(NamedTuple):
    """Files of healthy pictures, and whose they are."""

    paths: tuple[Path, ...]
    groups: tuple[str, ...]
    grouped: bool


def healthy_files(folder: Path, table: Path | None, fewest: int = FEWEST, most: int = MOST) -> Healthy:
    """The pictures of a folder with their groups; at most ``most``, drawn with a fixed seed.

    Raises:
        BadTable: fewer than ``fewest`` pictures, or a picture of the folder has no group in the table.
    """
    paths = pictures(folder)
    if len(paths) < fewest:
        raise BadTable(f"the folder holds {len(paths)} pictures; at least {fewest} healthy ones are needed")
    kept = np.sort(np.random.default_rng(0).permutation(len(paths))[:most])
    chosen = tuple(paths[int(one)] for one in kept)
    if table is None:
        return Healthy(chosen, tuple(str(index) for index in range(len(chosen))), grouped=False)
    groups = _groups(table)
    missing = sum(path.name not in groups for path in chosen)
    if missing:
        raise BadTable(f"{missing} pictures of the folder have no line in the table of groups")
    return Healthy(chosen, tuple(groups[path.name] for path in chosen), grouped=True)


def _groups(table: Path) -> dict[str, str]:
    with table.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        if not {"file", "group"} <= set(reader.fieldnames or ()):
            raise BadTable("the table of groups needs the columns file and group")
        return {Path(row["file"]).name: row["group"] for row in reader}


def train(kind: Kind, found: Healthy, out: Path) -> tuple[Bank, HealthySet]:
    """Make both models and write them with their cards to ``out``.

    Raises:
        ValueError: too few pictures or groups for folds.
    """
    plans = MANY_EYES if kind == "fundus" else CHESTS
    whose = f"{len(found.paths)} healthy pictures of this machine's user"
    told = {"healthy": whose, "card": f"model:{LOCAL[kind]}"}
    seen = looked_at(
        ((opened(path), group) for path, group in zip(found.paths, found.groups, strict=True)), kind
    )
    bank = fit(seen, kind, plans, told, added=_clear_eyes(kind))
    del seen
    small = np.stack([square(opened(path), kind) for path in found.paths])
    known = make(small, found.groups, kind)
    stem = kind.replace("_", "-")
    _write(out, f"local-{stem}-bank.npz", bank.packed(), bank_card(bank, found))
    _write(out, f"local-{stem}-healthy-set.npz", known.packed(), set_card(known, kind, found))
    return bank, known


def _clear_eyes(kind: Kind) -> tuple[Part, ...]:
    """The shipped bank's distance from clear eyes, where it is held: it tells haze better than one's own eyes do."""
    if kind != "fundus" or not cards.is_held(SHIPPED[kind]):
        return ()
    return unpacked(cards.file_of(SHIPPED[kind]).read_bytes()).parts[:1]


def _write(out: Path, file: str, packed: bytes, card: ModelCard) -> None:
    local_models.write(out / file, packed)
    signed = card.model_copy(update={"file": file, "sha256": hashlib.sha256(packed).hexdigest()})
    local_models.write_card(out / file.replace(".npz", ".card.yaml"), signed)


def _made(found: Healthy) -> Made:
    people = f"{len(set(found.groups))} groups" if found.grouped else "groups not known"
    count = f"{len(found.paths)} healthy pictures, {people}"
    return Made(name="pictures of this machine's user", licence=local_models.LICENCE, count=count)


def bank_card(bank: Bank, found: Healthy) -> ModelCard:
    """The card of a local bank: counts only, no file, folder or person."""
    kind = bank.facts.kind
    return ModelCard(
        id=LOCAL[kind], title=f"Local bank of healthy pictures ({kind})", version="1",
        task="how far a picture stands from healthy ones, and where", input=f"{kind}; features {EXTRACTOR[kind]}",
        method="Distance from healthy pictures in features of EfficientNet-Lite0; a rank, not a probability.",
        made_from=(_made(found),), recipe=brings(kind),
        measured=(
            f"At or below an operating point that the other folds set: {bank.facts.specificity.rendered} of them.",
        ),
        operating_point=f"Distance {bank.facts.threshold:.3f}, the 95th percentile of its own pictures in folds.",
        not_tested_on="Not tested on any disease, nor on pictures of another source, camera or hospital.",
        intended="Research on pictures of the same source.", forbidden="Not for diagnosis; not to exclude disease.",
        known_failures=("Another camera alone makes a picture unlike.", *(() if found.grouped else (NO_GROUPS,))),
        licence=local_models.LICENCE, extractor=EXTRACTOR[kind], seed=0, checked=datetime.now(UTC).date(),
    )  # fmt: skip


def set_card(known: HealthySet, kind: Kind, found: Healthy) -> ModelCard:
    """The card of a local healthy set; says whether the reference uses it."""
    used = "it is used" if known.better else "it is not used: filling in was nearer to the truth"
    filled, expected = known.errors
    return ModelCard(
        id=SETS[kind], title=f"Local healthy set for the reference ({kind})", version="1",
        task="what healthy tissue may look like behind a hidden place", input=f"{kind} at 128 px",
        method="Principal axes of healthy pictures, solved on the visible pixels; fine detail filled in on top.",
        made_from=(_made(found),), recipe=brings(kind),
        measured=(f"Mean error behind hidden discs in held-out pictures: {expected:.2f} grey levels; filled in from "
                  f"the surroundings {filled:.2f}; {used}.",),
        operating_point="None: it makes a picture and no score.",
        not_tested_on="Not tested behind large lesions, nor on pictures of another source.",
        intended="To be shown beside the picture, as generated.", forbidden="Never to be measured or scored.",
        known_failures=("Fine vessels are not continued.", *(() if found.grouped else (NO_GROUPS,))),
        licence=local_models.LICENCE, seed=0, checked=datetime.now(UTC).date(),
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Train on a folder and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m imaging.training.bank", description=__doc__)
    parser.add_argument("--kind", choices=list(SHIPPED), default="fundus")
    parser.add_argument("--data", type=Path, required=True, help="folder of healthy pictures")
    parser.add_argument("--group", type=Path, help="CSV with the columns file and group")
    parser.add_argument(
        "--no-groups", action="store_true", help="nobody has two pictures in the folder, or unknown"
    )
    parser.add_argument("--out", type=Path, help="default: the folder of this machine's own models")
    given = parser.parse_args(arguments)
    if given.group is None and not given.no_groups:
        parser.error("whose pictures they are is needed: --group CSV, or --no-groups")
    try:
        found = healthy_files(given.data, given.group)
        bank, known = train(given.kind, found, given.out or local_models.folder())
    except (BadTable, ValueError) as refused:
        parser.error(str(refused))
    used = "used" if known.better else "not used"
    sys.stdout.write(
        f"{bank.facts.specificity.rendered} at or below an operating point of the other folds; healthy set {used}\n"
    )


if __name__ == "__main__":
    main()
