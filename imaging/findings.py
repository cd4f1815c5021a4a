"""From a reading to what an agent may say: findings with the model's card as their source, in one of six outcomes."""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from pathlib import Path

from imaging import cards
from imaging.backbone import BRINGS
from imaging.image import (
    Decision,
    FrameNeeded,
    ImageError,
    ImageReading,
    Measurement,
    ModelMissing,
    NoPixels,
    Picture,
    TooLarge,
    Verdict,
)
from imaging.load import load
from imaging.reading import NO_HEAD, Kind, Want, read
from imaging.vessels import held_model
from imaging.xray_gate import CHECK as XRAY
from retrieval import evidence
from retrieval.evidence import (
    Artifact,
    Evidence,
    Finding,
    Source,
    ToolResult,
    bad_input,
    found,
    needs_input,
    not_covered,
    unavailable,
)

GATE, XRAY_GATE, QUALITY = "model:fundus-gate", "model:xray-gate", "model:fundus-quality"
NOT_HERE = {
    "breast_ultrasound": "No breast ultrasound model is part of this version: the picture was not read.",
}
COMPARE = "no normal range is known; compare only pictures of one camera at one size"
CERTAINTY = "computed; exploratory, not validated for clinical decisions"


def read_file(path: Path, want: Collection[Want], kind: Kind, frame: int | None) -> ToolResult:
    """Open and read the picture at a path that the session owns; every way to end is one of the six outcomes."""
    if kind in NOT_HERE:
        return not_covered(NOT_HERE[kind])
    try:
        image = load(path, frame=frame)
    except FrameNeeded as several:
        return needs_input(f"The picture was not read: {several}.", f"frame, 0 to {several.frames - 1}")
    except ImageError as wrong:
        return bad_input(f"The picture was not read: {wrong}. {_mend(wrong)}")
    try:
        return as_result(read(image, want, kind), want)
    except ModelMissing:
        return unavailable(
            "The picture was not read: the weights that tell its kind are not installed.", BRINGS
        )


def _mend(wrong: ImageError) -> str:
    """What the user can do about a file that was not opened."""
    if isinstance(wrong, TooLarge):
        return "Give a smaller copy: at most 20 MB, 40 megapixels a frame and 64 frames."
    if isinstance(wrong, NoPixels):
        return "Attach the file that holds the picture itself."
    return "Save the picture again, as PNG, JPEG, TIFF or uncompressed DICOM, and attach that."


def as_result(reading: ImageReading, want: Collection[Want]) -> ToolResult:
    """The reading as findings, a question back, or the reason why no model here speaks about the picture."""
    if reading.kind.check == XRAY:
        return _chest(reading.kind)
    used = (GATE, QUALITY, reading.measured_by or held_model())
    searched = tuple(cards.cards()[name].as_source() for name in used)
    versions = {name: cards.cards()[name].version for name in used}
    if reading.kind.decision is Decision.REJECTED or reading.quality is None:
        return _no_model(reading, searched, versions)
    if reading.kind.decision is Decision.UNSURE and reading.abstained == reading.kind.reason:
        return _doubtful(reading.kind, reading.quality, versions)
    if reading.quality.decision is not Decision.ACCEPTED:
        note = f"The photograph cannot be read: {_scored(reading.quality)}."
        return needs_input(note, "a new photograph", searched=searched[:2], versions=versions)
    findings = [_seen(reading), *(_measured(one, reading.measured_by) for one in reading.measurements)]
    pictures = tuple(_artifact(one) for one in reading.pictures)
    return found(
        *findings, note=_note(reading, want), searched=searched, versions=versions, pictures=pictures
    )


def _artifact(one: Picture) -> Artifact:
    data = base64.b64encode(one.png)
    return Artifact(title=one.title, media_type="image/png", data=data, alt=one.alt, role=one.role)


def _no_model(reading: ImageReading, searched: tuple[Source, ...], versions: Mapping[str, str]) -> ToolResult:
    why = _scored(reading.kind)
    note = f"No model here speaks about this picture: it {why}."
    if reading.abstained != reading.kind.reason:
        note = f"The picture was opened and not read: {reading.abstained}."
    return not_covered(note, searched=searched[:1], versions=versions)


def _chest(kind: Verdict) -> ToolResult:
    """A chest X-ray, or what was said to be one: its kind is told, and that no model reads it."""
    card = cards.cards()[XRAY_GATE]
    note = f"The picture {_scored(kind)}. No chest X-ray model is part of this version. {NO_HEAD}"
    return not_covered(note, searched=(card.as_source(),), versions={XRAY_GATE: card.version})


def _doubtful(kind: Verdict, quality: Verdict, versions: Mapping[str, str]) -> ToolResult:
    """A question back; where the picture is poor as well, that may be the cause, and haze must not go unsaid."""
    note = f"It is not sure that this is a fundus photograph: {_scored(kind)}."
    missing = "the kind of picture, stated by you (for example: fundus)"
    if quality.decision is not Decision.ACCEPTED:
        note += f" If it is one, it cannot be read: {_scored(quality)}."
        missing = "a new photograph"
    return needs_input(note, missing, versions=versions)


def rendered(verdict: Verdict) -> str:
    """The exact words that a finding quotes from a verdict."""
    return f"{verdict.check} {verdict.decision}: score {verdict.score:.2f}, threshold {verdict.threshold:.2f}"


def _scored(verdict: Verdict) -> str:
    return f"{verdict.reason} (score {verdict.score:.2f}, threshold {verdict.threshold:.2f})"


def _seen(reading: ImageReading) -> Finding:
    quality = reading.quality
    if quality is None:
        raise ValueError("only a picture whose quality was judged is described")
    sure = reading.kind.decision is Decision.ACCEPTED
    looks = "looks like a fundus photograph" if sure else "is taken for a fundus photograph, as stated"
    return Finding(
        statement=f"The picture {looks} and can be read: {quality.reason}.",
        evidence=(*_evidence(GATE, rendered(reading.kind)), *_evidence(QUALITY, rendered(quality))),
        kind=evidence.Kind.COMPUTED,
        certainty=CERTAINTY,
    )


def _measured(one: Measurement, by: str) -> Finding:
    return Finding(
        statement=f"Retinal vessels: {one.rendered}; {one.error}; {COMPARE}.",
        evidence=_evidence(by, one.rendered),
        kind=evidence.Kind.COMPUTED,
        certainty=CERTAINTY,
    )


def _evidence(name: str, quote: str) -> tuple[Evidence, Evidence]:
    """The value as computed, and the sentence of the model's card that says how."""
    card = cards.cards()[name]
    source = card.as_source()
    return (
        Evidence(source=source, quote=quote, locator="computed from this picture"),
        Evidence(source=source, quote=card.method, locator="method"),
    )


def _note(reading: ImageReading, want: Collection[Want]) -> str:
    parts = [NO_HEAD] if "findings" in want else []
    if reading.abstained:
        parts.append(f"Vessels were not measured: {reading.abstained}.")
    if reading.notes:
        parts.append(f"How the picture was opened: {'; '.join(reading.notes)}.")
    return " ".join(parts)
