"""Bars 4, 5, 6, 19 and 20 of the imaging spec: ``python -m imaging.suites.gates PART... --data DIR``.

Parts: ``fundus``, ``xray``, ``quality``, ``files``, ``time``. One row a figure: name, bar, ours with n and a 95 %
interval, the prototype's figure, and a peer or trivial baseline. Nothing of the sets is written anywhere. ``--every K``
takes each Kth picture, for a quick look; the rows then say a smaller n.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.gate import fundus_gate
from imaging.image import Decision, ImageError
from imaging.load import load
from imaging.quality import judge_all, seen_at
from imaging.reading import read
from imaging.suites import pictures as sets
from imaging.xray_gate import UNSURE, xray_gate

Pixels = NDArray[np.uint8]
DEFECTS = ("blur", "dark", "over", "haze")
PROTOTYPE_AUC = {"blur": ".988", "dark": ".985", "over": ".825", "haze": ".992"}
FIVE_NUMBERS = {"blur": ".95", "dark": ".92", "over": ".70", "haze": ".98"}


class Row(NamedTuple):
    """One figure beside its bar."""

    name: str
    bar: str
    ours: str
    prototype: str
    peer: str


def share(hits: int, n: int) -> str:
    """A share in per cent with Wilson's 95 % interval and n."""
    if not n:
        return "n 0"
    middle, z = hits / n, 1.96
    base = 1 + z * z / n
    centre = (middle + z * z / 2 / n) / base
    half = z * np.sqrt(middle * (1 - middle) / n + z * z / 4 / n / n) / base
    return (
        f"{100 * middle:.1f} % [{100 * max(0, centre - half):.1f}, {100 * min(1, centre + half):.1f}] (n {n})"
    )


def area_with_interval(bad: Sequence[float], good: Sequence[float], draws: int = 500) -> str:
    """AUC of "good scores above bad" with a bootstrap interval over pictures."""
    rng = np.random.default_rng(0)
    low, high = np.array(bad), np.array(good)
    found = [
        sets.area(list(rng.choice(low, len(low))), list(rng.choice(high, len(high)))) for _ in range(draws)
    ]
    ends = np.percentile(found, [2.5, 97.5])
    return (
        f"{sets.area(list(bad), list(good)):.3f} [{ends[0]:.3f}, {ends[1]:.3f}] (n {len(bad)} + {len(good)})"
    )


def fundus(data: Path, every: int) -> Iterator[Row]:
    """Bar 4: who is let in."""
    decided: dict[str, list[Decision]] = {}
    scores: dict[str, list[float]] = {}
    for name, pixels in _fundus_sets(data, every):
        verdict = fundus_gate(pixels)[0]
        decided.setdefault(name, []).append(verdict.decision)
        scores.setdefault(name, []).append(verdict.score)
    bars = {"drive": ("100 %", "100 %"), "normal": (">= 99.5 %", "99.9 %"), "glaucoma": (">= 99 %", "100 %"),
            "cataract": (">= 95 %", "93.7 %")}  # fmt: skip
    for name, found in decided.items():
        bar, prototype = bars.get(name, ("0", "0"))
        accepted, unsure = found.count(Decision.ACCEPTED), found.count(Decision.UNSURE)
        ends = f"scores {min(scores[name]):.2f} to {max(scores[name]):.2f}"
        ours = f"{share(accepted, len(found))}; unsure {100 * unsure / len(found):.1f} %; {ends}"
        yield Row(f"fundus gate accepts {name}", bar, ours, prototype, "a closed-set router: 2 of 11 natural")


def _fundus_sets(data: Path, every: int) -> Iterator[tuple[str, Pixels]]:
    eyes = [(name.split()[0], path) for name, path in sets.eyes(data) if "trained" not in name]
    yield from ((name, sets.opened(path)) for name, path in eyes[::every])
    yield from (
        ("ultrasound", sets.opened(path)) for path in sorted((data / "busi_256").glob("*/*.png"))[::every]
    )
    yield from (("chest X-ray", one) for one in _x_rays(data)[::every])
    pictures = sets.natural()
    yield from (("natural", one) for one in list(pictures.values())[::every])
    yield from list(sets.traps(pictures))[::every]


def _x_rays(data: Path) -> list[Pixels]:
    """Validation X-rays that do not also stand in the training part."""
    with np.load(data / "pneumoniamnist/pneumoniamnist_train_val.npz", allow_pickle=False) as arrays:
        seen = {one.tobytes() for one in arrays["train_images"]}
        fresh = [one for one in arrays["val_images"] if one.tobytes() not in seen]
    large = (Image.fromarray(one).resize((224, 224), Image.Resampling.BICUBIC) for one in fresh)
    return [np.repeat(np.asarray(one)[..., None], 3, axis=2) for one in large]


def xray(data: Path, every: int) -> Iterator[Row]:
    """Bar 5: X-rays in, all else out."""
    kinds: dict[str, list[Pixels]] = {"chest X-ray": _x_rays(data)[::every]}
    for name, pixels in _fundus_sets(data, every):
        if name != "chest X-ray":
            kinds.setdefault(name, []).append(pixels)
    for name, pictures in kinds.items():
        verdicts = [xray_gate(one) for one in pictures]
        accepted = sum(one.decision is Decision.ACCEPTED for one in verdicts)
        nearest = min(one.score / one.threshold for one in verdicts)
        bar, prototype = (">= 98 %", "98.9 %") if name == "chest X-ray" else ("0", "0")
        ours = (
            f"{share(accepted, len(verdicts))}; nearest {nearest:.2f} of the threshold (unsure to {UNSURE})"
        )
        yield Row(f"X-ray gate accepts {name}", bar, ours, prototype, "-")


def quality(data: Path, every: int) -> Iterator[Row]:
    """Bar 6: each defect against the same normals, and how many normals are refused; odd patient numbers only."""
    rng = np.random.default_rng(0)
    looks: dict[str, list[dict[str, float]]] = {}
    for name, path in [one for one in sets.eyes(data) if "trained" not in one[0]][::every]:
        pixels = sets.opened(path)
        looks.setdefault(name, []).append(judge_all(seen_at(pixels)))
        if name == "normal odd":
            for defect in DEFECTS:
                spoilt = judge_all(seen_at(sets.spoil(rng, pixels, defect)))
                looks.setdefault(defect, []).append(spoilt)
    for defect in DEFECTS:
        good = [one[defect] for one in looks["normal odd"]]
        ours = area_with_interval([one[defect] for one in looks[defect]], good)
        yield Row(f"quality AUC {defect}", ">= .97", ours, PROTOTYPE_AUC[defect], FIVE_NUMBERS[defect])
    for name, found in looks.items():
        refused = sum(min(one.values()) < 1 for one in found)
        bar = "<= 5 %" if name == "normal odd" else "-"
        yield Row(f"quality refuses {name}", bar, share(refused, len(found)), "22 % of normals", "-")


def files(_data: Path, _every: int) -> Iterator[Row]:
    """Bar 19, its first half: pydicom's own test files. The hostile set is a test (``pytest -m slow -k hundred``)."""
    from pydicom.data import get_testdata_files

    opened = refused = 0
    slowest = 0.0
    for path in sorted(get_testdata_files("*.dcm")):
        started = time.perf_counter()
        opened, refused = (opened + 1, refused) if _opens(Path(path)) else (opened, refused + 1)
        slowest = max(slowest, time.perf_counter() - started)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    ours = f"{opened} opened, {refused} refused in words, slowest {slowest:.1f} s, {memory} MB"
    yield Row("pydicom's files", "no crash, <= 1 GiB, <= 20 s", ours, "57 decode", "pydicom alone 50")


def _opens(path: Path) -> bool:
    for frame in (None, 0):
        try:
            load(path, frame=frame)
        except ImageError:
            continue
        return True
    return False


def reading(data: Path, _every: int) -> Iterator[Row]:
    """Bar 20: seconds of the first reading and of warm ones, and peak memory, of one process."""
    path = sorted((data / "drive/training/images").glob("*.tif"))[0]
    seconds = []
    for _ in range(6):
        started = time.perf_counter()
        read(load(path))
        seconds.append(time.perf_counter() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    yield Row("first reading", "< 8 s", f"{seconds[0]:.2f} s", "-", "AutoMorph: GPU")
    yield Row(
        "warm reading", "< 2 s", f"{float(np.median(seconds[1:])):.2f} s (n 5)", "1.7 s", "AutoMorph: GPU"
    )
    yield Row("peak memory", "< 900 MB", f"{peak} MB", "-", "-")


PARTS: dict[str, Callable[[Path, int], Iterator[Row]]] = {
    "fundus": fundus, "xray": xray, "quality": quality, "files": files, "time": reading,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    sys.stdout.write(" | ".join(Row._fields) + "\n")
    for part in options.parts:
        for row in PARTS[part](options.data, options.every):
            sys.stdout.write(" | ".join(row) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
