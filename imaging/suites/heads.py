"""Bars 10 to 14 of the imaging specification: ``python -m imaging.suites.heads [SUITE …] --data DIR --work DIR``.

Heads, trivial baselines and raw pixels side by side, each with n and a 95 % interval by bootstrap of groups. What a
suite chooses (features, strength) it chooses inside the training part of each fold. Features are kept in ``--work``;
nothing of the sets is written anywhere else.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from imaging import calibrate, classify
from imaging.backbone import Tap
from imaging.classify import Extractor, Linear
from imaging.datasets import eye4, shortcuts
from imaging.datasets.busi import busi
from imaging.datasets.splits import balanced
from imaging.datasets.tables import Labelled, not_among, opened, read_npz, read_table
from imaging.training.head import Recipe, features, moved

Numbers = NDArray[np.float64]
Labels = NDArray[np.int64]
Pictures = NDArray[np.uint8]
Rows = NDArray[np.float32]
Pair = tuple[Rows, Rows]
"""Rows of the pictures as they are, and mirrored."""

Judge = Callable[[Pictures], Numbers]
TAPS: tuple[Tap, ...] = ("b2", "b4", "b10")
STRENGTHS = (0.001, 0.003, 0.01)
STEPS, INNER = 40, 3
DRAWS = 1000


class Bar(NamedTuple):
    """One line of the table."""

    what: str
    bar: str
    ours: str
    prototype: str
    beside: str


def auc(scores: Numbers, there: NDArray[np.bool_], groups: Sequence[int]) -> str:
    """AUC with n and interval, in words."""
    low, high = shortcuts.area_interval(scores, there, groups, DRAWS)
    return f"{calibrate.area(scores, there):.3f} [{low:.3f}-{high:.3f}], n {len(there)}"


def rows_of(pictures: Pictures, side: int, name: str, work: Path, taps: tuple[Tap, ...] = TAPS) -> Pair:
    """Means and SDs of the taps at ``side`` px, plain and mirrored; kept under ``name``."""
    kept = work / f"{name}@{side}.npz"
    if not kept.is_file():
        extractor = Extractor(taps=taps, spread=taps, side=side)
        both = []
        for one in (pictures, pictures[:, :, ::-1]):
            ready = (np.stack([classify.prepare(picture, extractor) for picture in one[at : at + 16]])
                     for at in range(0, len(one), 16))  # fmt: skip
            both.append(np.concatenate([classify.rows_of(part, extractor) for part in ready]))
        np.savez(kept, plain=both[0], mirrored=both[1])
    with np.load(kept) as held:
        return held["plain"], held["mirrored"]


def joined(pairs: Sequence[Pair]) -> Pair:
    return np.concatenate([one for one, _ in pairs], axis=1), np.concatenate(
        [two for _, two in pairs], axis=1
    )


def fitted(pair: Pair, labels: Labels, kinds: int, strength: float) -> Linear:
    return classify.fit(np.concatenate(pair), np.tile(labels, 2), kinds, strength, STEPS)


def logits(head: Linear, pair: Pair) -> Numbers:
    """Mean over the picture and its mirror image."""
    return (head.logits(pair[0]) + head.logits(pair[1])) / 2


def part(pair: Pair, rows: NDArray[np.intp]) -> Pair:
    return pair[0][rows], pair[1][rows]


def out_of_fold(
    pair: Pair, labels: Labels, kinds: int, groups: Sequence[int], strength: float, folds: int, seed: int
) -> Numbers:
    found = np.zeros((len(labels), kinds))
    for train, test in balanced(list(groups), labels.tolist(), folds, seed):
        found[test] = logits(fitted(part(pair, train), labels[train], kinds, strength), part(pair, test))
    return found


def best(
    candidates: Mapping[str, Pair], labels: Labels, kinds: int, groups: Sequence[int], seed: int
) -> tuple[str, float]:
    """Features and strength with the highest mean AUC of the classes in 3 folds by group of these cases alone."""
    reached = {}
    for name, pair in candidates.items():
        for strength in STRENGTHS:
            odds = out_of_fold(pair, labels, kinds, groups, strength, INNER, seed)
            columns = range(1 if kinds == 2 else 0, kinds)
            areas = [calibrate.area(calibrate.log_odds(odds, one), labels == one) for one in columns]
            reached[name, strength] = float(np.mean(areas))
    return max(reached, key=lambda one: reached[one])


def nested(
    candidates: Mapping[str, Pair], labels: Labels, kinds: int, groups: NDArray[np.int64], seed: int = 0
) -> tuple[Numbers, list[tuple[str, float]]]:
    """Logits in 5 folds by group, each fold's features and strength chosen within its own training part."""
    found, chosen = np.zeros((len(labels), kinds)), []
    for train, test in balanced(groups.tolist(), labels.tolist(), 5, seed):
        inside = {name: part(pair, train) for name, pair in candidates.items()}
        name, strength = best(inside, labels[train], kinds, groups[train].tolist(), seed + 1)
        head = fitted(inside[name], labels[train], kinds, strength)
        found[test] = logits(head, part(candidates[name], test))
        chosen.append((name, strength))
    return found, chosen


def trivial(pictures: Sequence[Pictures], labels: Labels, groups: NDArray[np.int64]) -> str:
    """What frame shape alone and all trivial traits together reach, for two classes."""
    found = {one.trait: one for one in shortcuts.probe(pictures, labels, ("no", "yes"), groups.tolist())}
    return ", ".join(
        f"{name} {found[name].auc:.3f}" for name in ("all together", "frame shape", "mean intensity")
    )


def breast(data: Path, work: Path) -> list[Bar]:
    """Bar 11."""
    cases = busi(data / "busi_256", Extractor(taps=TAPS, side=256))
    pairs = {side: rows_of(cases.pictures, side, "busi", work) for side in (224, 128)}
    candidates = {"224 px": pairs[224], "224 and 128 px": joined(list(pairs.values()))}
    odds, chosen = nested(candidates, cases.labels, 2, cases.groups)
    there, (name, strength) = cases.labels == 1, max(chosen, key=chosen.count)
    print("breast: chosen in the folds", chosen)
    wrong = out_of_fold(candidates[name], cases.labels, 2, range(len(there)), strength, 5, 0)
    by_picture = calibrate.area(calibrate.log_odds(wrong, 1), there)
    plain = trivial(list(cases.pictures), cases.labels, cases.groups)
    beside = f"random folds {by_picture:.3f} (the wrong way); {plain}"
    reached = auc(calibrate.log_odds(odds, 1), there, cases.groups.tolist())
    return [Bar("11 BUSI benign/malignant, 5 folds by group", ">= .88", reached, ".860 [.81-.90]", beside)]


def eyes(data: Path, work: Path) -> Iterator[Bar]:
    """Bar 12."""
    cases = eye4.eye4(data / "eye4_256")
    around = np.stack([eye4.around_disc(one) for one in cases.pictures])
    pairs = {"field": rows_of(cases.pictures, 192, "eyes", work), "disc": rows_of(around, 128, "disc", work)}
    candidates = {"field and disc": joined(list(pairs.values()))}
    table = read_table(data / "eye4_256/index.csv", data / "eye4_256", group="patient")
    whole = [opened(row.path) for row in table]
    for column, bar, prototype in ((1, ">= .98", ".975 [.96-.99]"), (2, ">= .86", ".837 [.79-.87]")):
        kept = np.flatnonzero((cases.labels == 0) | (cases.labels == column))
        labels, groups = (cases.labels[kept] == column).astype(np.int64), cases.groups[kept]
        two = {name: part(pair, kept) for name, pair in candidates.items()}
        odds, chosen = nested(two, labels, 2, groups)
        print(f"eyes, {cases.classes[column]}: chosen in the folds", chosen)
        reached = auc(calibrate.log_odds(odds, 1), labels == 1, groups.tolist())
        beside, kind = trivial([whole[one] for one in kept], labels, groups), cases.classes[column]
        yield Bar(f"12 normal/{kind}, 5 folds by patient", bar, reached, prototype, beside)
    odds, _ = nested(candidates, cases.labels, 3, cases.groups)
    named = odds.argmax(axis=1)
    low, high = balanced_interval(named, cases.labels, cases.groups)
    reached = f"{calibrate.balanced_accuracy(named, cases.labels):.3f} [{low:.3f}-{high:.3f}], n {len(odds)}"
    yield Bar("12 three classes, balanced accuracy", ">= .75", reached, ".702", "chance .333")


def balanced_interval(named: Labels, labels: Labels, groups: NDArray[np.int64]) -> tuple[float, float]:
    drawn = islice(shortcuts.resampled(groups.tolist()), DRAWS)
    values = [calibrate.balanced_accuracy(named[rows], labels[rows]) for rows in drawn]
    return float(np.percentile(values, 2.5)), float(np.percentile(values, 97.5))


def rfmid(data: Path, work: Path) -> list[Bar]:
    """Bar 13: trained on the publishers' training part, strength and features chosen there, measured on validation."""
    with np.load(data / "rfmid64/rfmid64_train_val.npz", allow_pickle=False) as held:
        sides = {name: (held[f"{name}_images"], held[f"{name}_labels"]) for name in ("train", "val")}
    blocks: dict[str, dict[str, Pair]] = {}
    for name, (pictures, _) in sides.items():
        pairs = {f"{side} px": rows_of(pictures, side, f"rfmid-{name}", work) for side in (128, 192)}
        blocks[name] = pairs | {"both": joined(list(pairs.values()))}
    wanted = (("DR", ".87", ".846"), ("MH", ".93", ".915"), ("ODC", ".74", ".690"), ("TSLN", ".86", ".842"))
    bars = []
    for column, (label, bar, prototype) in enumerate(wanted):
        train, val = (sides[name][1][:, column].astype(np.int64) for name in ("train", "val"))
        name, strength = best(blocks["train"], train, 2, range(len(train)), 0)
        odds = logits(fitted(blocks["train"][name], train, 2, strength), blocks["val"][name])
        reached = auc(calibrate.log_odds(odds, 1), val == 1, range(len(val)))
        means = [sides[one][0].mean(axis=(1, 2)) for one in ("train", "val")]
        colour = calibrate.log_odds(classify.fit(means[0], train, 2, 1.0).logits(means[1]), 1)
        beside = f"channel means {calibrate.area(colour, val == 1):.3f}; chosen: {name}, {strength}"
        bars.append(Bar(f"13 RFMiD64 {label}, train -> validation", f">= {bar}", reached, prototype, beside))
    return bars


SHIFTS: Mapping[str, Callable[[Numbers, np.random.Generator], Numbers]] = {
    "gamma .7": lambda x, _: 255 * (x / 255) ** 0.7,
    "gamma 1.4": lambda x, _: 255 * (x / 255) ** 1.4,
    "contrast .7": lambda x, _: x.mean() + 0.7 * (x - x.mean()),
    "blur .7 px": lambda x, _: gaussian_filter(x, (0.7, 0.7, 0), mode="nearest"),
    "shift +2 px": lambda x, _: moved(x, shift=(2.0, 2.0)),
    "shift -2 px": lambda x, _: moved(x, shift=(-2.0, -2.0)),
    "turn +8": lambda x, _: moved(x, turn=8.0),
    "turn -8": lambda x, _: moved(x, turn=-8.0),
    "noise 8": lambda x, rng: x + rng.normal(0, 8, x.shape[:2])[..., None],
    "zoom 1.15": lambda x, _: moved(x, zoom=1.15),
}
"""The ten of bar 10. Each kind, with other strengths, is also among the training copies."""

UNSEEN: Mapping[str, Callable[[Numbers, np.random.Generator], Numbers]] = {
    "brighter 25": lambda x, _: x + 25,
    "darker 25": lambda x, _: x - 25,
    "zoom 0.85": lambda x, _: moved(x, zoom=0.85),
    "blur 1.2 px": lambda x, _: gaussian_filter(x, (1.2, 1.2, 0), mode="nearest"),
    "vignette": lambda x, _: x * _vignette(x.shape[0]),
}
"""Kinds or strengths that no training copy had."""


def _vignette(side: int) -> Numbers:
    y, x = (np.mgrid[:side, :side] - (side - 1) / 2) / (side / 2)
    return np.asarray(1 - 0.2 * (x**2 + y**2))[..., None]


def shifted(pictures: Pictures, how: Callable[[Numbers, np.random.Generator], Numbers]) -> Pictures:
    rng = np.random.default_rng(0)
    return np.stack([how(one.astype(float), rng).clip(0, 255).round().astype(np.uint8) for one in pictures])


def xray(data: Path, work: Path) -> list[Bar]:
    """Bars 10 and 14, by the shipped head; beside it a linear head on raw pixels without disturbed copies."""
    file = data / "pneumoniamnist/pneumoniamnist_train_val.npz"
    train, val = (read_npz(file, [name], ("normal", "pneumonia")) for name in ("train", "val"))
    val = val.where(not_among(val.pictures, train.pictures))
    sets = {"as it is": val.pictures}
    sets |= {name: shifted(val.pictures, how) for name, how in {**SHIFTS, **UNSEEN}.items()}
    rows = {name: xray_rows(one, name, work) for name, one in sets.items()}
    head = classify.shipped("pneumonia")
    pixels, threshold = raw_pixels(train)
    thresholds = {"ours": head.facts.points[0].threshold, "raw pixels": threshold}
    hot = head.facts.temperature
    ours = {name: calibrate.log_odds(head.logits(one)[0], 1, hot) for name, one in rows.items()}
    odds = {"ours": ours, "raw pixels": {name: pixels(one) for name, one in sets.items()}}
    for name in sets:
        print(f"{name}:", "; ".join(_line(who, odds[who][name], thresholds[who], val.labels) for who in odds))
    return [
        *_ranking(odds, val),
        *_shift_bars(odds, thresholds, val),
        *_calibration(head, rows["as it is"], val),
    ]


def xray_rows(pictures: Pictures, name: str, work: Path) -> Rows:
    """The rows that the shipped head stands on, kept under the name of the shift."""
    extractor = Recipe().extractor
    kept = work / f"xray-{name}@{extractor.id.replace('/', '-')}.npy"
    if not kept.is_file():
        np.save(kept, features(pictures, extractor))
    return np.asarray(np.load(kept))


def _line(who: str, odds: Numbers, threshold: float, labels: Labels) -> str:
    there, zero = at(odds, threshold, labels), at(odds, 0.0, labels)
    return f"{who} AUC {calibrate.area(odds, labels == 1):.3f}, balanced {there:.3f} at the threshold, {zero:.3f} at 0"


def at(odds: Numbers, threshold: float, labels: Labels) -> float:
    return calibrate.balanced_accuracy((odds >= threshold).astype(int), labels)


def raw_pixels(train: Labelled) -> tuple[Judge, float]:
    """A linear head on the pixels themselves, with the threshold chosen as for ours: out of fold."""
    rows, found = train.pictures[..., 0].reshape(len(train.pictures), -1), np.zeros((len(train.labels), 2))
    for fit, test in balanced(train.groups.tolist(), train.labels.tolist(), 5, 0):
        found[test] = classify.fit(rows[fit], train.labels[fit], 2, 0.003, STEPS).logits(rows[test])
    threshold = calibrate.threshold_for(0.95, calibrate.log_odds(found, 1), train.labels == 1)
    head = classify.fit(rows, train.labels, 2, 0.003, STEPS)

    def judge(pictures: Pictures) -> Numbers:
        return calibrate.log_odds(head.logits(pictures[..., 0].reshape(len(pictures), -1)), 1)

    return judge, threshold


def _ranking(odds: Mapping[str, Mapping[str, Numbers]], val: Labelled) -> list[Bar]:
    there, groups = val.labels == 1, val.groups.tolist()
    beside = "; ".join(f"{who} {calibrate.area(found['as it is'], there):.3f}" for who, found in odds.items())
    grey = val.pictures.mean(axis=(1, 2, 3))
    beside += (
        f"; mean intensity {calibrate.area(grey, there):.3f}; ResNet-18 (28) .944 (official test, not here)"
    )
    reached = auc(odds["ours"]["as it is"], there, groups)
    return [Bar("10 pneumonia, validation AUC", ">= .985", reached, ".988", beside)]


def _shift_bars(
    odds: Mapping[str, Mapping[str, Numbers]],
    thresholds: Mapping[str, float],
    val: Labelled,
) -> list[Bar]:
    rng, bars = np.random.default_rng(0), []
    for word, use in (
        ("at the operating point (95 % sensitivity)", True),
        ("at 0 (the prototype's 0.5)", False),
    ):
        values = {
            who: [at(odds[who][name], thresholds[who] if use else 0.0, val.labels) for name in SHIFTS]
            for who in odds
        }
        draws = [rng.integers(0, len(val.labels), len(val.labels)) for _ in range(300)]
        threshold = thresholds["ours"] if use else 0.0
        drawn = [
            [at(odds["ours"][name][one], threshold, val.labels[one]) for name in SHIFTS] for one in draws
        ]
        mean, worst = np.mean(drawn, axis=1), np.min(drawn, axis=1)
        for name, measure, spread, bar, before in (
            ("mean", np.mean, mean, ">= .90", ".849"), ("worst", np.min, worst, ">= .80", ".647"),
        ):  # fmt: skip
            low, high = np.percentile(spread, [2.5, 97.5])
            reached = f"{float(measure(values['ours'])):.3f} [{low:.3f}-{high:.3f}], n {len(val.labels)}"
            beside = "; ".join(f"{who} {float(measure(values[who])):.3f}" for who in values if who != "ours")
            bars.append(
                Bar(f"10 balanced accuracy over ten shifts, {name}, {word}", bar, reached, before, beside)
            )
    return bars


def _calibration(head: classify.Head, rows: Rows, val: Labelled) -> list[Bar]:
    facts = head.facts
    raw = head.logits(rows)[0]
    chances = calibrate.probabilities(raw, facts.temperature)
    sets = calibrate.prediction_sets(chances, facts.limits)
    covered, single = calibrate.coverage(sets, val.labels), float((sets.sum(axis=1) == 1).mean())
    words = "; ".join(
        f"{name} {one.rendered}" for name, one in zip(facts.classes, covered, strict=True) if one
    )
    halves = _halves(chances, val.labels)
    error, before = (
        calibrate.calibration_error(one, val.labels) for one in (chances, calibrate.probabilities(raw))
    )
    rng = np.random.default_rng(0)
    again = [rng.integers(0, len(chances), len(chances)) for _ in range(DRAWS)]
    low, high = np.percentile(
        [calibrate.calibration_error(chances[one], val.labels[one]) for one in again], [2.5, 97.5]
    )
    reached = f"{error:.3f} [{low:.3f}-{high:.3f}], n {len(chances)}"
    return [
        Bar("14 coverage at 90 %, limits from training cases out of fold", "within 3 points", words, ".910/.897",
            f"single answers {single:.3f}"),
        Bar("14 coverage at 90 %, 50 random halves of validation", "within 3 points", halves, ".910/.897", ""),
        Bar("14 expected calibration error", "<= .02", reached, ".014", f"before temperature {before:.3f}"),
    ]  # fmt: skip


def _halves(chances: Numbers, labels: Labels) -> str:
    rng, shares = np.random.default_rng(0), []
    for _ in range(50):
        order = rng.permutation(len(labels))
        one, two = order[: len(order) // 2], order[len(order) // 2 :]
        limits = calibrate.conformal_limits(chances[one], labels[one], 0.1)
        covered = calibrate.coverage(calibrate.prediction_sets(chances[two], limits), labels[two])
        shares.append([part.value if part else np.nan for part in covered])
    mean, spread = np.mean(shares, axis=0), np.std(shares, axis=0)
    return f"normal {mean[0]:.3f} (SD {spread[0]:.3f}), pneumonia {mean[1]:.3f} (SD {spread[1]:.3f}), n {len(labels)}"


SUITES: Mapping[str, Callable[[Path, Path], Iterable[Bar]]] = {
    "xray": xray, "breast": breast, "eyes": eyes, "rfmid": rfmid,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suites", nargs="*", choices=[*SUITES, []], default=list(SUITES))
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="folder for features, kept between runs")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    for name in options.suites:
        for bar in SUITES[name](options.data, options.work):
            print(f"{bar.what} | {bar.bar} | {bar.ours} | {bar.prototype} | {bar.beside}", flush=True)


if __name__ == "__main__":
    main()
