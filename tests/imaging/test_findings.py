"""From a reading to an outcome: each situation of the imaging spec, 2.3, on readings made by hand."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from assistant.turn import Cited, Sentence
from assistant.verify import judge
from assistant.verify.quotes import Held
from imaging import cards
from imaging.asked import Age
from imaging.calibrate import OperatingPoint, Share
from imaging.drawing import whole, with_heat
from imaging.findings import as_result
from imaging.findings.sources import GATE, QUALITY, XRAY_GATE
from imaging.image import (
    Decision,
    FieldOfView,
    ImageReading,
    Measurement,
    Picture,
    Region,
    Unlike,
    Verdict,
    Withheld,
)
from imaging.reading import MADE
from imaging.score import Score
from imaging.vessels import NET
from retrieval.evidence import Kind, Outcome, ToolResult

SHARE = Share(value=0.94, n=381, low=0.911, high=0.959)
POINT = OperatingPoint(
    sign="pneumonia",
    threshold=0.0,
    chosen="here",
    sensitivity=SHARE,
    specificity=SHARE,
    measured_on="a set made here",
)
FIELD = FieldOfView(surroundings="black", box=(0, 0, 100, 100), area_px=7800, share=0.78, roundness=1.0)
ORIGINAL = Picture(role="original", title="Picture", png=b"x", alt="a picture")
REGION = Region(box=(10, 10, 20, 20), area_px=80, percentile=99.6)
DENSITY = Measurement(
    name="skeleton density", value=0.0873, unit="px/px", error="two observers differ by 0.0029", method="net"
)


def verdict(
    check: str = "fundus photograph", decision: str = "accepted", reason: str = "looks so"
) -> Verdict:
    return Verdict(
        check=check, decision=Decision(decision), score=1.5, threshold=1.0, higher_is="better", reason=reason
    )


def score(margin: float = 1.2, held: tuple[str, ...] = ("pneumonia",), **more: Any) -> Score:
    return Score(
        sign="pneumonia", margin=margin, low=margin - 0.3, high=margin + 0.3, point=POINT, prediction_set=held,
        coverage=0.9, card="model:pneumonia-head", **more,
    )  # fmt: skip


def unlike(distance: float = 9.0, regions: tuple[Region, ...] = ()) -> Unlike:
    return Unlike(
        percentile=97, distance=distance, threshold=10.0, specificity=SHARE, healthy="21 presumably healthy eyes",
        caught=("61 % of 198 glaucomas",), regions=regions, card="model:fundus-gate",
    )  # fmt: skip


def eye(**more: Any) -> ImageReading:
    given = {"kind": verdict(), "quality": verdict("fundus photograph quality"), "read_as": "fundus"}
    return ImageReading(**{**given, "field": FIELD, "pictures": (ORIGINAL,), **more})


def chest(**more: Any) -> ImageReading:
    given = {"kind": verdict("chest X-ray"), "read_as": "chest_xray", "field": FIELD, "pictures": (ORIGINAL,)}
    return ImageReading(**{**given, **more})


MEASURED = eye(unlike=unlike(11.0, (REGION,)), measurements=(DENSITY,), measured_by=NET)


def ended(reading: ImageReading, *want: Any) -> ToolResult:
    return as_result(reading, want or ("findings",))


LOST = Withheld(what="pneumonia", why="it is gone", outcome=Outcome.UNAVAILABLE, command="bring it")
YOUNG = Withheld(what="pneumonia", why="the age is not known", outcome=Outcome.NEEDS_INPUT, missing="the age")
OLD = Withheld(what="pneumonia", why="for 1 to 5 years only", outcome=Outcome.NOT_COVERED)


@pytest.mark.parametrize(
    ("reading", "outcome"),
    [
        (chest(scores=(score(),)), Outcome.FOUND),
        (eye(unlike=unlike(11.0)), Outcome.FOUND),
        (eye(unlike=unlike(9.0, (REGION,))), Outcome.FOUND),
        (eye(measurements=(DENSITY,), measured_by=NET), Outcome.FOUND),
        (eye(enhanced_by="even light"), Outcome.FOUND),
        (chest(scores=(score(-1.2, ("normal",)),)), Outcome.NOT_FOUND),
        (eye(unlike=unlike(9.0)), Outcome.NOT_FOUND),
        (chest(scores=(score(-1.2, ("normal", "pneumonia")),)), Outcome.NOT_COVERED),
        (chest(scores=(score(1.2, ("pneumonia",), unusual=("blurred",)),)), Outcome.NOT_COVERED),
        (eye(kind=verdict(decision="rejected"), read_as="auto"), Outcome.NOT_COVERED),
        (chest(withheld=(OLD,)), Outcome.NOT_COVERED),
        (chest(), Outcome.NOT_COVERED),
        (eye(kind=verdict(decision="unsure"), read_as="auto"), Outcome.NEEDS_INPUT),
        (eye(quality=verdict("quality", "rejected", "hazy")), Outcome.NEEDS_INPUT),
        (chest(withheld=(YOUNG,)), Outcome.NEEDS_INPUT),
        (chest(withheld=(OLD, YOUNG, LOST)), Outcome.NEEDS_INPUT),
        (chest(withheld=(OLD, LOST)), Outcome.UNAVAILABLE),
        (eye(kind=verdict(MADE, "rejected", "it carries the mark"), read_as="auto"), Outcome.BAD_INPUT),
    ],
)  # fmt: skip
def test_each_situation_has_its_outcome_and_shows_the_picture(
    reading: ImageReading, outcome: Outcome
) -> None:
    result = ended(reading)
    assert result.outcome is outcome
    assert [picture.role for picture in result.pictures] == ["original"]
    assert result.searched
    assert "probab" not in " ".join([result.note, *(finding.statement for finding in result.findings)])


def test_what_is_below_its_operating_point_is_said_with_its_worth_and_excludes_nothing() -> None:
    note = ended(chest(scores=(score(-1.2, ("normal",)),))).note
    assert note.startswith("No sign above the operating point for pneumonia")
    assert "sensitivity 94.0 % (95 % interval 91.1 to 95.9, n 381)" in note
    assert "specificity 94.0 %" in note
    assert "this does not exclude disease" in note
    assert "demonstration on 28 px" in note
    eyes = ended(eye(unlike=unlike())).note
    assert eyes.startswith("No sign above the operating point for being unlike healthy pictures")
    assert "Healthy means: 21 presumably healthy eyes." in eyes
    assert "61 % of 198 glaucomas" in eyes
    assert "this does not exclude disease" in eyes


def test_an_abstention_is_never_told_as_no_sign() -> None:
    for one in (score(-1.2, ("normal", "pneumonia")), score(-1.2, ("normal",), unusual=("it is blurred",))):
        note = ended(chest(scores=(one,))).note
        assert "abstains" in note
        assert "none is excluded" in note
        assert "no sign" not in note.lower()


def test_what_stands_apart_comes_first_and_the_kind_second() -> None:
    said = [finding.statement for finding in ended(MEASURED).findings]
    assert said[0].startswith("Unlike healthy pictures: score 11.00, above the operating point 10.00")
    assert "1 place stands out" in said[0]
    assert "21 presumably healthy eyes" in said[0]
    assert said[1].startswith("The picture looks like a fundus photograph and can be read")
    assert said[2].startswith("Retinal vessels: skeleton density 0.0873 px/px")
    calm = MEASURED.model_copy(update={"unlike": unlike()})
    healthy = [finding.statement for finding in ended(calm).findings]
    assert healthy[0].startswith("The picture looks like")
    assert healthy[-1].endswith("This does not exclude disease.")


def test_a_score_that_is_not_above_says_what_it_misses() -> None:
    told = ended(eye(unlike=unlike(-1.5), measurements=(DENSITY,), measured_by=NET)).findings[-1]
    assert "score -1.50, not above" in told.statement
    assert "Of pictures with a known disease: 61 % of 198 glaucomas" in told.statement
    assert "61 % of 198 glaucomas" in [one.quote for one in told.evidence]
    calm = unlike(-1.5).model_copy(update={"percentile": 1.0, "caught": ()})
    assert "farther than" in unlike(-1.5).rendered
    assert "farther than" not in calm.rendered
    told = ended(eye(unlike=calm, enhanced_by="even light")).findings[-1]
    assert "was not measured" in told.statement


def test_places_come_before_a_score_that_is_not_above() -> None:
    full = REGION.model_copy(update={"percentile": 100.0})
    told = ended(eye(unlike=unlike(9.0, (full, REGION)))).findings[0].statement
    assert told.startswith("2 places stand out as unlike healthy pictures (highest: percentile above 99.9 of")
    assert "the score as a whole is not above its operating point" in told
    assert "61 % of 198 glaucomas" in told


@pytest.mark.parametrize(
    ("margin", "held", "distance", "apart"),
    [(1.2, "pneumonia", 9.0, True), (-1.2, "normal", 11.0, True), (1.2, "pneumonia", 11.0, False)],
)
def test_a_chest_is_answered_by_its_head_first_which_says_that_the_likeness_disagrees(
    margin: float, held: str, distance: float, apart: bool
) -> None:
    told = ended(chest(scores=(score(margin, (held,)),), unlike=unlike(distance))).findings
    assert told[0].statement.startswith("Pneumonia: ")
    assert ("These two models disagree" in told[0].statement) is apart
    assert (unlike(distance).rendered in [one.quote for one in told[0].evidence]) is apart


def test_a_header_that_contradicts_the_gate_is_asked_about() -> None:
    result = ended(chest(claimed="MG", scores=(score(),)))
    (seen,) = [one.statement for one in result.findings if "looks like" in one.statement]
    assert seen.endswith("it says mammography, not a frontal chest X-ray; is it the right file?")
    assert "Its header contradicts this" in result.note


@pytest.mark.parametrize(("header", "words"), [("CT", "CT"), ("MR", "MR"), ("US", "ultrasound")])
def test_a_kind_that_no_model_reads_is_named_first(header: str, words: str) -> None:
    refused = verdict("chest X-ray", "rejected", "is grey")
    result = ended(eye(kind=refused, read_as="auto", abstained="is grey", claimed=header))
    assert result.note.startswith(f"No model here reads {words}, which its header says it is: it is grey")


def test_every_statement_stands_on_its_card_and_passes_verify() -> None:
    readings = (
        MEASURED,
        chest(scores=(score(),)),
        chest(scores=(score(),), unlike=unlike(9.0, (REGION,)), claimed="MG"),
        eye(unlike=unlike(-1.5), measurements=(DENSITY,), measured_by=NET),
    )
    for reading in readings:
        for finding in ended(reading).findings:
            assert finding.kind is Kind.COMPUTED
            cited = {
                f"e{n}": Cited(id=f"e{n}", evidence=one, finding=finding, tool="read_image")
                for n, one in enumerate(finding.evidence)
            }
            said = judge(Sentence(text=finding.statement, evidence=list(cited)), cited, Held((cards,)), "")
            assert said.judgement == "supported", said.reason
            methods = [each for each in finding.evidence if each.locator == "method"]
            assert methods
            for one in methods:
                assert one.source.id in cards.holding(one.quote)


def test_the_cards_of_all_that_took_part_are_named() -> None:
    used = {
        source.id for source in ended(eye(unlike=unlike(), measurements=(DENSITY,), measured_by=NET)).searched
    }
    assert used == {GATE, QUALITY, NET}
    assert ended(chest(scores=(score(),))).versions.keys() == {XRAY_GATE, "model:pneumonia-head"}


def test_the_tables_hold_measures_places_and_scores() -> None:
    tables = {one.title: one for one in ended(MEASURED).tables}
    assert tables["Vessel measures"].rows == (
        ("skeleton density", "0.0873 px/px", "two observers differ by 0.0029"),
    )
    assert tables["Places unlike healthy pictures"].rows == (("1", "upper left", "80 px", "99.6"),)
    (scores,) = ended(chest(scores=(score(),))).tables
    assert scores.rows[0][:2] == ("pneumonia", "above")
    assert "n 381" in scores.rows[0][3]


def test_what_was_withheld_names_its_command_once() -> None:
    alone = ended(chest(withheld=(LOST,)))
    assert alone.command == "bring it"
    assert "bring it" not in alone.note
    beside = ended(eye(unlike=unlike(11.0), withheld=(LOST,)))
    assert "Not read: pneumonia (it is gone; bring it)." in beside.note


def test_haze_and_doubt_are_said() -> None:
    poor = eye(quality=verdict("quality", "rejected", "hazy: haze may itself be disease"))
    assert "haze may itself be disease" in ended(poor).note
    assert ended(poor).missing == ("a new photograph",)
    doubtful = ended(eye(kind=verdict(decision="unsure"), read_as="auto"))
    assert "kind of picture" in doubtful.missing[0]
    both = ended(poor.model_copy(update={"kind": verdict(decision="unsure"), "read_as": "auto"}))
    assert both.missing == ("a new photograph",)


def test_a_kind_that_only_somebody_stated_is_said_to_be_unchecked() -> None:
    kind = verdict("breast ultrasound", "unsure")
    stated = chest(kind=kind, read_as="breast_ultrasound", stated=True, scores=(score(),))
    result = ended(stated)
    assert [finding.statement[:9] for finding in result.findings] == ["Pneumonia"]
    assert "nothing here can check it" in result.note


def test_the_map_is_tinted_inside_its_frames_alone() -> None:
    eye_seen = whole(np.full((400, 400, 3), (180, 80, 40), np.uint8))
    heat = np.full((400, 400), 99.9, np.float32)
    none, framed = (_drawn(with_heat(eye_seen, heat, regions)) for regions in ((), (REGION,)))
    assert (none == none[0, 0]).all()
    assert (framed[14, 14] != none[14, 14]).any()
    assert (framed[60:] == none[60:]).all()
    assert "No place is framed" in with_heat(eye_seen, heat, ()).alt
    told = with_heat(eye_seen, heat, (REGION.model_copy(update={"percentile": 100.0}),)).alt
    assert "highest above 99.9" in told
    assert "light up in healthy eyes too" in told


def _drawn(picture: Picture) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture.png)))


@pytest.mark.parametrize(("age", "said"), [(0, "under 1 year, as given"), (1, "1 year, as given")])
def test_an_infant_has_no_0_years(age: int, said: str) -> None:
    assert Age(age, None).said == said
