"""What a reading says, a finding each: what stands apart first, then what the picture is, then what was measured."""

from __future__ import annotations

from collections.abc import Iterator

from imaging.findings.sources import QUALITY, evidence, gate_of
from imaging.image import Decision, ImageReading, Unlike, Verdict
from imaging.score import Score
from retrieval.evidence import Finding, Kind

CERTAINTY = "computed; exploratory, not validated for clinical decisions"
COMPARE = "no normal range is known; compare only pictures of one camera at one size"
EXCLUDES_NOTHING = "this does not exclude disease"
NO_DIAGNOSIS = "Not a diagnosis"
KINDS = {
    "fundus": "a fundus photograph",
    "chest_xray": "a frontal chest X-ray",
    "breast_ultrasound": "breast ultrasound",
}
MODALITIES = {
    "CT": "CT", "MR": "MR", "US": "ultrasound", "MG": "mammography", "NM": "nuclear medicine", "PT": "PET",
    "CR": "X-ray (CR)", "DX": "X-ray (DX)", "XA": "angiography", "RF": "fluoroscopy", "OP": "eye photograph",
    "OPT": "eye tomography",
}  # fmt: skip
"""Words for DICOM's codes of what a picture is; other codes stand for themselves."""

DISAGREE = "These two models disagree"
LIMITS = {"model:pneumonia-head": "A demonstration on 28 px pictures of one hospital's children"}
"""What must be said beside every score of a head; other heads' limits are those of their cards."""


def findings(reading: ImageReading) -> tuple[Finding, ...]:
    """All that was found, most telling first. Empty where nothing stands apart and nothing was measured.

    What the heads say of a chest X-ray comes first in any case: it is what was asked.
    """
    called = [_score(one, reading.unlike) for one in reading.scores if one.verdict == "above"]
    others = [_score(one, reading.unlike) for one in reading.scores if one.verdict != "above"]
    unlike = [_unlike(reading.unlike)] if reading.unlike else []
    apart = unlike if reading.unlike and stands_apart(reading.unlike) else []
    rest = [_vessels(reading)] if reading.measurements else []
    if not called and not apart and not rest and not reading.enhanced_by:
        return ()
    calm = [] if apart else unlike
    if reading.read_as == "chest_xray":
        return (*called, *others, *apart, *_seen(reading), *rest, *calm)
    return (*called, *apart, *_seen(reading), *rest, *others, *calm)


def stands_apart(unlike: Unlike) -> bool:
    """Whether the picture as a whole, or a place in it, is unlike healthy ones."""
    return unlike.above or bool(unlike.regions)


def contradiction(reading: ImageReading) -> str:
    """That the file's header says another kind than the one whose models read it; "" where it does not."""
    if not reading.claimed or reading.read_as == "auto":
        return ""
    said = MODALITIES.get(reading.claimed, reading.claimed)
    return f"its header contradicts this: it says {said}, not {KINDS[reading.read_as]}; is it the right file?"


def rendered(verdict: Verdict) -> str:
    """The exact words that a finding quotes from a verdict."""
    return f"{verdict.check} {verdict.decision}: score {verdict.score:.2f}, threshold {verdict.threshold:.2f}"


def scored(verdict: Verdict) -> str:
    """A verdict's reason with its score."""
    return f"{verdict.reason} (score {verdict.score:.2f}, threshold {verdict.threshold:.2f})"


def _finding(statement: str, *parts: tuple[str, tuple[str, ...]]) -> Finding:
    """A finding on one or more cards, each with the values that were computed by it."""
    quoted = tuple(one for source, values in parts for one in evidence(source, *values))
    return Finding(statement=statement, evidence=quoted, kind=Kind.COMPUTED, certainty=CERTAINTY)


def _seen(reading: ImageReading) -> Iterator[Finding]:
    """What the picture is, and that it can be read; nothing where no gate could tell."""
    if reading.read_as == "breast_ultrasound":
        return
    sure = reading.kind.decision is Decision.ACCEPTED
    looks = (
        f"looks like {KINDS[reading.read_as]}"
        if sure
        else f"is taken for {KINDS[reading.read_as]}, as stated"
    )
    gate = (gate_of(reading), (rendered(reading.kind),))
    judged = reading.quality
    if against := contradiction(reading):
        yield _finding(f"The picture {looks}, but {against}", gate)
        return
    if judged is None:
        yield _finding(f"The picture {looks}.", gate)
        return
    can = "and can be read" if judged.decision is Decision.ACCEPTED else "and cannot be read"
    yield _finding(f"The picture {looks} {can}: {judged.reason}.", gate, (QUALITY, (rendered(judged),)))


CALLS = {
    "above": "above the operating point",
    "below": "not above the operating point",
    "abstained": "no call at the operating point, the model abstains",
}


def _score(one: Score, unlike: Unlike | None) -> Finding:
    """The call first, then what it is worth; no other number than the distance from the operating point.

    Where the likeness to healthy pictures says otherwise, that is said next, and both are quoted.
    """
    point, sign = one.point, _sentence(one.sign)
    why = f": {'; '.join(one.unusual)}" if one.unusual else ""
    said = (
        f"{sign}: {CALLS[one.verdict]}{why} ({one.margin:+.2f} log-odds from it, {one.low:+.2f} to "
        f"{one.high:+.2f}); sensitivity there {point.sensitivity.rendered}, specificity {point.specificity.rendered}"
    )
    ends, quoted = [LIMITS[one.card]] if one.card in LIMITS else [], [(one.card, (one.rendered,))]
    if unlike and one.verdict != "abstained" and (one.verdict == "above") != unlike.above:
        ends.insert(0, f"{DISAGREE}: the likeness to healthy pictures is {_side(unlike)} its operating point")
        quoted.append((unlike.card, (unlike.rendered,)))
    ends.append(NO_DIAGNOSIS if one.verdict == "above" else _sentence(EXCLUDES_NOTHING))
    return _finding(". ".join((said, *ends, "")).strip(), *quoted)


def _side(unlike: Unlike) -> str:
    return "above" if unlike.above else "not above"


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _unlike(one: Unlike) -> Finding:
    """Places that stand out come before a score that does not; and such a score says what it misses."""
    said = [_sentence(one.rendered)]
    if one.regions and one.above:
        said.append(f"{_places(one)} out in the map ({_highest(one)})")
    elif one.regions:
        whole = f"the score as a whole is not above its operating point ({one.distance:.2f}, limit {one.threshold:.2f})"
        said = [f"{_places(one)} out as unlike healthy pictures ({_highest(one)}); {whole}"]
    if not one.above:
        said.append(_misses(one))
    ends = NO_DIAGNOSIS if stands_apart(one) else _sentence(EXCLUDES_NOTHING)
    said += [f"Healthy means: {one.healthy.rstrip('.')}", ends]
    return _finding(f"{'. '.join(said)}.", (one.card, (one.rendered, *(() if one.above else one.caught))))


def _misses(one: Unlike) -> str:
    """How much of which disease the score catches: without it "not above" would be read as an all-clear."""
    if not one.caught:
        return "How much disease stands above it was not measured"
    return f"Of pictures with a known disease: {'; '.join(one.caught)}"


def _places(one: Unlike) -> str:
    return "1 place stands" if len(one.regions) == 1 else f"{len(one.regions)} places stand"


def _highest(one: Unlike) -> str:
    highest = max(one.regions, key=lambda region: region.percentile)
    return f"highest: percentile {highest.ranked} of healthy pictures there"


def _vessels(reading: ImageReading) -> Finding:
    """All measures of the vessels in one finding; what two people disagree by stands in the table."""
    values = tuple(one.rendered for one in reading.measurements)
    return _finding(
        f"Retinal vessels: {'; '.join(values)}. {_sentence(COMPARE)}.",
        (reading.measured_by, values),
    )
