"""The tables beside a reading: measures with their error, places that stand out, scores with their operating points."""

from __future__ import annotations

from collections.abc import Iterator

from imaging.drawing import place
from imaging.image import ImageReading
from retrieval.evidence import Table


def tables(reading: ImageReading) -> tuple[Table, ...]:
    """Those that hold a row."""
    return tuple(one for one in _all(reading) if one.rows)


def _all(reading: ImageReading) -> Iterator[Table]:
    yield Table(
        title="Scores",
        columns=("Sign", "Call", "Log-odds from the operating point", "Sensitivity there", "Specificity there", "Set"),
        rows=tuple(
            (one.sign, one.verdict, f"{one.margin:+.2f} ({one.low:+.2f} to {one.high:+.2f})",
             one.point.sensitivity.rendered, one.point.specificity.rendered, " or ".join(one.prediction_set) or "none")
            for one in reading.scores
        ),
    )  # fmt: skip
    yield Table(
        title="Vessel measures",
        columns=("Measure", "Value", "How far two people differ"),
        rows=tuple((one.name, f"{one.shown} {one.unit}", one.error) for one in reading.measurements),
    )
    regions = reading.unlike.regions if reading.unlike else ()
    yield Table(
        title="Places unlike healthy pictures",
        columns=("Place", "Where in the picture", "Area", "Highest percentile among healthy pictures"),
        rows=tuple(
            (
                str(number),
                place(one.box, reading.field.box),
                _area(one.area_px, one.area_mm2),
                one.ranked,
            )
            for number, one in enumerate(regions, 1)
        ),
    )


def _area(px: int, mm2: float | None) -> str:
    return f"{px} px" if mm2 is None else f"{px} px ({mm2:.1f} mm²)"
