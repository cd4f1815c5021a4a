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
LIMITS = {"model:pneumonia-head": "A demonstration on 28 px pictures of one hospital's children"}
"""What must be said beside every score of a head; other heads' limits are those of their cards."""


def findings(reading: ImageReading) -> tuple[Finding, ...]:
    """All that was found, most telling first. Empty where nothing stands apart and nothing was measured."""
    apart = [_score(one) for one in reading.scores if one.verdict == "above"]
    unlike = reading.unlike
    if unlike and stands_apart(unlike):
        apart.append(_unlike(unlike))
    rest = [_vessels(reading)] if reading.measurements else []
    if not apart and not rest and not reading.enhanced_by:
        return ()
    beside = [_score(one) for one in reading.scores if one.verdict != "above"]
    beside += [_unlike(unlike)] if unlike and not stands_apart(unlike) else []
    return (*apart, *_seen(reading), *rest, *beside)


def stands_apart(unlike: Unlike) -> bool:
    """Whether the picture as a whole, or a place in it, is unlike healthy ones."""
    return unlike.above or bool(unlike.regions)


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


def _score(one: Score) -> Finding:
    """The call first, then what it is worth; no other number than the distance from the operating point."""
    point, sign = one.point, _sentence(one.sign)
    why = f": {'; '.join(one.unusual)}" if one.unusual else ""
    said = (
        f"{sign}: {CALLS[one.verdict]}{why} ({one.margin:+.2f} log-odds from it, {one.low:+.2f} to "
        f"{one.high:+.2f}); sensitivity there {point.sensitivity.rendered}, specificity {point.specificity.rendered}"
    )
    ends = [LIMITS[one.card]] if one.card in LIMITS else []
    ends.append(NO_DIAGNOSIS if one.verdict == "above" else _sentence(EXCLUDES_NOTHING))
    return _finding(". ".join((said, *ends, "")).strip(), (one.card, (one.rendered,)))


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _unlike(one: Unlike) -> Finding:
    said = _sentence(one.rendered)
    places = _places(one)
    ends = f"{NO_DIAGNOSIS}." if stands_apart(one) else f"{_sentence(EXCLUDES_NOTHING)}."
    return _finding(
        f"{said}.{places} Healthy means: {one.healthy.rstrip('.')}. {ends}", (one.card, (one.rendered,))
    )


def _places(one: Unlike) -> str:
    if not one.regions:
        return ""
    highest = max(region.percentile for region in one.regions)
    stand = "1 place stands" if len(one.regions) == 1 else f"{len(one.regions)} places stand"
    return f" {stand} out in the map (highest: percentile {highest:.1f} of healthy pictures there)."


def _vessels(reading: ImageReading) -> Finding:
    """All measures of the vessels in one finding; what two people disagree by stands in the table."""
    values = tuple(one.rendered for one in reading.measurements)
    return _finding(
        f"Retinal vessels: {'; '.join(values)}. {_sentence(COMPARE)}.",
        (reading.measured_by, values),
    )
