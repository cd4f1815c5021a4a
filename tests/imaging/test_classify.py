"""Heads: the fit against an independent one, the file, and a score that cannot be read as a probability."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from imaging import calibrate, cards, classify
from imaging.classify import Extractor, Facts, Head, Score
from imaging.image import MedicalImage, ModelMissing

SMALL = Extractor(taps=("b2", "b4"), spread=("b2",), side=32)
WIDTH = 24 + 40 + 24


def point(threshold: float = 0.0) -> calibrate.OperatingPoint:
    part = calibrate.share(95, 100)
    return calibrate.OperatingPoint(
        sign="pneumonia", threshold=threshold, chosen="95 % sensitivity", sensitivity=part, specificity=part,
        measured_on="a hundred made-up pictures",
    )  # fmt: skip


def head(seed: int = 0, **changes: object) -> Head:
    facts = Facts(
        task="pneumonia", classes=("normal", "pneumonia"), extractor=SMALL, temperature=1.0, alpha=0.1,
        limits=(0.6, 0.6), points=(point(),), card="model:test",
    ).model_copy(update=changes)  # fmt: skip
    rng = np.random.default_rng(seed)
    weights = rng.normal(0, 0.1, (3, WIDTH, 2)).astype(np.float32)
    return Head(facts, weights, rng.normal(0, 0.1, (3, 2)).astype(np.float32))


def scored(margin: float, held: tuple[str, ...], unusual: tuple[str, ...] = ()) -> Score:
    return Score(
        sign="pneumonia", margin=margin, low=margin - 1, high=margin + 1, point=point(), prediction_set=held,
        coverage=0.9, unusual=unusual, card="model:test",
    )  # fmt: skip


def test_the_fit_agrees_with_scikit_learn() -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(120, 6)) * [1, 5, 0.1, 2, 1, 1] + 3
    labels = (rows[:, 0] + 0.2 * rows[:, 1] + rng.normal(size=120) > 3.5).astype(int) + (rows[:, 3] > 4)
    mine = classify.fit(rows, labels, 3, strength=0.5)
    standard = (rows - rows.mean(axis=0)) / (rows.std(axis=0) + 1e-4)
    peer = linear_model.LogisticRegression(C=0.5, class_weight="balanced", max_iter=2000, tol=1e-8)
    theirs = peer.fit(standard, labels).predict_proba(standard)
    assert calibrate.probabilities(mine.logits(rows)) == pytest.approx(theirs, abs=3e-3)


def test_a_class_without_a_case_is_refused() -> None:
    with pytest.raises(ValueError, match="each class needs a case"):
        classify.fit(np.zeros((3, 2)), [0, 0, 1], 3, 1.0)


def test_a_score_has_no_place_for_a_probability() -> None:
    assert not [name for name in Score.model_fields if "prob" in name or "chance" in name or "confid" in name]
    with pytest.raises(ValueError, match="probability"):
        Score.model_validate({**scored(1, ("pneumonia",)).model_dump(), "probability": 0.9})
    with pytest.raises(ValueError, match="point"):
        Score.model_validate(
            {k: v for k, v in scored(1, ("pneumonia",)).model_dump().items() if k != "point"}
        )


@pytest.mark.parametrize(
    ("margin", "held", "unusual", "verdict"),
    [
        (1.0, ("pneumonia",), (), "above"),
        (-1.0, ("normal",), (), "below"),
        (1.0, ("normal", "pneumonia"), (), "abstained"),
        (1.0, (), (), "abstained"),
        (1.0, ("normal",), (), "abstained"),
        (-1.0, ("pneumonia",), (), "abstained"),
        (1.0, ("pneumonia",), ("blurred",), "abstained"),
    ],
)
def test_verdict(margin: float, held: tuple[str, ...], unusual: tuple[str, ...], verdict: str) -> None:
    assert scored(margin, held, unusual).verdict == verdict


def test_the_words_hold_what_is_needed_to_read_the_number() -> None:
    words = scored(1.25, ("pneumonia",)).rendered
    for part in (
        "above, +1.25",
        "log-odds from the operating point",
        "95.0 %",
        "n 100",
        "made-up",
        "90 % set",
    ):
        assert part in words


def test_the_set_shown_is_the_widened_one_and_says_so() -> None:
    picture = np.random.default_rng(2).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    narrow = classify.score(head(limits=(0.0, 0.0)), picture)[0]
    wide = classify.score(head(limits=(0.0, 0.0), wide=(1.0, 1.0)), picture)[0]
    assert narrow.prediction_set == narrow.same_source_set == ()
    assert wide.prediction_set == ("normal", "pneumonia")
    assert wide.same_source_set == ()
    assert "less typical of every class than 90 %" in wide.unusual[0]
    assert "widened for other sources" in wide.rendered
    assert "widened" not in narrow.rendered


def test_widening_never_makes_a_head_surer() -> None:
    """A set that was empty becomes one class by widening: that is still no answer."""
    pictures = np.random.default_rng(6).integers(0, 256, (12, 32, 32, 3), dtype=np.uint8)
    answered = []
    for wide in ((), (0.5, 0.5)):
        scores = [classify.score(head(limits=(0.45, 0.45), wide=wide), one)[0] for one in pictures]
        answered.append({place for place, one in enumerate(scores) if one.verdict != "abstained"})
    assert answered[1] <= answered[0]


def test_the_shipped_head_was_widened_and_never_narrowed() -> None:
    facts = classify.shipped("pneumonia").facts
    assert len(facts.wide) == len(facts.limits) == 2
    assert all(wide >= narrow for wide, narrow in zip(facts.wide, facts.limits, strict=True))


def test_a_score_is_the_distance_from_the_operating_point() -> None:
    picture = np.random.default_rng(2).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    here = classify.score(head(), picture)[0]
    moved = classify.score(head(points=(point(2.0),)), picture)[0]
    assert moved.margin == pytest.approx(here.margin - 2.0)
    assert here.low <= here.margin <= here.high
    rows = classify.rows_of(classify.prepare(picture, SMALL)[None], SMALL)
    logits = head().logits(rows)[0, 0]
    assert here.margin == pytest.approx(logits[1] - logits[0])
    assert rows.shape == (1, WIDTH)


def test_heads_that_look_alike_look_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from imaging.classify import head as module

    looks: list[bool] = []
    real = module.look

    def counted(facts: Facts, pixels: np.ndarray) -> module.Looked:
        looks.append(facts.mirrored)
        return real(facts, pixels)

    monkeypatch.setattr(module, "look", counted)
    picture = np.random.default_rng(2).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    heads = [head(), head(seed=1), head(mirrored=True)]
    together = classify.scores_of(heads, picture)
    assert looks == [False, True]
    assert together == tuple(one for each in heads for one in classify.score(each, picture))


def test_a_mirror_image_scores_alike_where_both_are_looked_at() -> None:
    picture = np.random.default_rng(2).integers(0, 256, (48, 48, 3), dtype=np.uint8)
    turned = np.ascontiguousarray(picture[:, ::-1])
    both, one = (
        [classify.score(head(mirrored=mirrored), each)[0].margin for each in (picture, turned)]
        for mirrored in (True, False)
    )
    assert both[0] == pytest.approx(both[1], abs=1e-4)
    assert one[0] != pytest.approx(one[1], abs=1e-4)


def test_rows_do_not_depend_on_the_batch() -> None:
    pictures = np.random.default_rng(3).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)
    together, alone = classify.rows_of(pictures, SMALL), classify.rows_of(pictures, SMALL, batch=2)
    assert together == pytest.approx(alone, abs=1e-4)


def test_only_the_centre_square_is_looked_at() -> None:
    picture = np.zeros((32, 96, 3), dtype=np.uint8)
    picture[:, 32:64] = 200
    assert (classify.prepare(picture, SMALL) == 200).all()
    assert classify.prepare(picture[..., 0], SMALL).shape == (32, 32, 3)


def test_blur_beyond_the_training_pictures_abstains() -> None:
    rng = np.random.default_rng(4)
    sharp = rng.integers(0, 256, (32, 32, 3), dtype=np.uint8)
    blurred = gaussian_filter(sharp.astype(float), (3, 3, 0)).astype(np.uint8)
    low = (classify.grain(sharp) + classify.grain(blurred)) / 2
    facts = {"grain": (low, 10.0), "limits": (1.0, 0.0)}
    assert not classify.score(head(**facts), sharp)[0].unusual
    assert "blurred" in classify.score(head(**facts), blurred)[0].unusual[0]
    assert "noisier" in classify.score(head(grain=(0.0, 0.01)), sharp)[0].unusual[0]
    assert classify.score(head(**facts), blurred)[0].verdict == "abstained"


def test_age_is_asked_for_and_held_to() -> None:
    facts = head(ages=(1, 5)).facts
    with pytest.raises(classify.AgeNeeded, match="age is needed"):
        classify.check_age(facts, None)
    for outside in (0, 6, 40):
        with pytest.raises(classify.NotForThisAge, match="1 to 5 years"):
            classify.check_age(facts, outside)
    classify.check_age(facts, 5)
    classify.check_age(head().facts, None)


def test_a_head_comes_back_from_its_bytes() -> None:
    before = head(ages=(1, 5), grain=(0.1, 0.2))
    after = classify.unpack(classify.pack(before))
    assert after.facts == before.facts
    assert np.array_equal(after.weights, before.weights)
    assert np.array_equal(after.offsets, before.offsets)


def test_a_pickle_and_weights_that_do_not_fit_are_refused() -> None:
    packed = io.BytesIO()
    np.savez(packed, facts=np.array([{"a": 1}], dtype=object), weights=np.zeros(1), offsets=np.zeros(1))
    with pytest.raises(ValueError, match="allow_pickle"):
        classify.unpack(packed.getvalue())
    wrong = head()._replace(weights=np.zeros((3, WIDTH, 3), dtype=np.float32))
    with pytest.raises(ValueError, match="do not fit"):
        classify.unpack(classify.pack(wrong))


def test_a_missing_head_names_the_command() -> None:
    with pytest.raises(ModelMissing, match=r"train head --task breast-ultrasound"):
        classify.shipped("breast-ultrasound")


def test_a_changed_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = cards.cards()[classify.SHIPPED["pneumonia"]]
    held = (cards.FOLDER / card.file).read_bytes()
    told = (cards.FOLDER / "pneumonia_head.card.yaml").read_bytes()
    monkeypatch.setattr(cards, "FOLDER", tmp_path)
    (tmp_path / card.file).write_bytes(held)
    (tmp_path / "pneumonia_head.card.yaml").write_bytes(told)
    assert classify.shipped.__wrapped__("pneumonia").facts.task == "pneumonia"
    (tmp_path / card.file).write_bytes(held + b"\0")
    with pytest.raises(ModelMissing, match="not the known one"):
        classify.shipped.__wrapped__("pneumonia")


def test_the_shipped_head_answers_within_its_ages() -> None:
    grey = np.tile(np.linspace(20, 220, 300).astype(np.uint8), (280, 1))
    image = MedicalImage(
        pixels=grey, unit="grey", format="png", sha256="0" * 64, removed={}, notes=(), frame=0, frames=1
    )
    found = classify.classify(image, "pneumonia", age_years=3)
    assert [one.sign for one in found] == ["pneumonia"]
    assert found[0].point.sensitivity.n >= 300
    with pytest.raises(classify.NotForThisAge):
        classify.classify(image, "pneumonia", age_years=50)


def test_the_shipped_head_keeps_its_figures(shared: Path) -> None:
    """On the held-out part, as the card says: sensitivity and specificity at the operating point, and the ranking."""
    from imaging.datasets.tables import not_among, read_npz

    file = shared / "pneumoniamnist/pneumoniamnist_train_val.npz"
    train, val = (read_npz(file, [part], ("normal", "pneumonia")) for part in ("train", "val"))
    val = val.where(not_among(val.pictures, train.pictures))
    ours = classify.shipped("pneumonia")
    extractor = ours.facts.extractor
    rows = classify.rows_of(np.stack([classify.prepare(one, extractor) for one in val.pictures]), extractor)
    odds = calibrate.log_odds(ours.logits(rows)[0], 1, ours.facts.temperature)
    held = ours.facts.points[0]
    again = calibrate.operating_point("x", held.threshold, "x", odds, val.labels == 1, "x")
    assert len(val.labels) == 516
    assert again.sensitivity == held.sensitivity
    assert again.specificity == held.specificity
    assert calibrate.area(odds, val.labels == 1) >= 0.985


def test_abstention_rises_with_blur_and_is_rare_without(shared: Path) -> None:
    from imaging.datasets.tables import read_npz

    file = shared / "pneumoniamnist/pneumoniamnist_train_val.npz"
    pictures = read_npz(file, ["val"], ("normal", "pneumonia")).pictures[::4]
    facts = classify.shipped("pneumonia").facts
    assert facts.grain is not None
    shares = []
    for sigma in (0.0, 0.7, 1.2, 2.0, 3.0):
        blurred = [gaussian_filter(one.astype(float), (sigma, sigma, 0), mode="nearest") for one in pictures]
        ready = [classify.prepare(one.round().astype(np.uint8), facts.extractor) for one in blurred]
        shares.append(np.mean([classify.grain(one) < facts.grain[0] for one in ready]))
    assert shares == sorted(shares)
    assert shares[0] < 0.02
    assert shares[-1] > 0.7
