"""The tables and pictures of a profile."""

from __future__ import annotations

from base64 import b64encode

from retrieval.evidence import Artifact, Table
from tools.discovery import admet, drawing, reference
from tools.discovery.admet import Prediction, Score
from tools.discovery.describe import Described
from tools.discovery.drawing import Axis
from tools.discovery.filters import Properties

TITLES = {
    "weight": ("weight", "g/mol", 1),
    "logp": ("logP", "", 2),
    "tpsa": ("polar surface", "Å²", 1),
    "qed": ("QED", "", 2),
    "sa": ("synthetic accessibility", "1 easy to 10 hard", 2),
    "donors": ("hydrogen-bond donors", "", 0),
    "acceptors": ("hydrogen-bond acceptors", "", 0),
    "rotatable": ("rotatable bonds", "", 0),
    "rings": ("rings", "", 0),
    "heavy_atoms": ("heavy atoms", "", 0),
}
"""Field of the properties: its name, unit and digits."""
LIMITS = {"weight": 500.0, "logp": 5.0, "tpsa": 140.0, "donors": 5.0, "acceptors": 10.0, "rotatable": 10.0}
"""Limits of Lipinski and Veber: where they stand for the approved drugs when admet-ai is not installed."""
COLUMNS = ("part", "endpoint", "score", "unit", "higher than % of approved drugs", "model's test", "data set")
RIM = 1.5
"""The rim of that radar in limits."""


def tables(described: Described, predicted: Prediction | None) -> tuple[Table, ...]:
    """The computed properties, the alerts if there are any, and the predictions if there are any."""
    held = [_properties(described.properties)]
    if described.alerts:
        rows = tuple((one.catalogue, one.name, str(len(one.atoms))) for one in described.alerts)
        held.append(Table(title="Structural alerts", columns=("catalogue", "pattern", "atoms"), rows=rows))
    if predicted:
        rows_ = tuple(_row(one) for one in predicted.scores)
        held.append(Table(title=f"Predicted ADMET: {admet.NOT_A_RISK}", columns=COLUMNS, rows=rows_))
    return tuple(held)


def pictures(described: Described, name: str) -> tuple[Artifact, ...]:
    """The drawing with the atoms of alerts marked, and the radar of its properties."""
    marked = ", ".join(one.title for one in described.alerts)
    under = f"The atoms of these alerts are marked: {marked}." if marked else "No alert is marked."
    return (
        _picture(f"Structure of {name}", described.png, f"A structure drawing. {under}"),
        radar_picture(described.properties, name),
    )


def radar_picture(of: Properties, name: str, beside: tuple[str, Properties] | None = None) -> Artifact:
    """The radar of a molecule's properties, and of another one's (a seed) on the same axes if there is one."""
    spokes, among = axes(of)
    if among:
        band, band_is = (reference.LOW, reference.HIGH), "10th to 90th percentile of approved drugs"
    else:
        band, band_is = (0.0, 1 / RIM), "within the limits of Lipinski and Veber"
    lines = [(name, spokes), *([(beside[0], axes(beside[1])[0])] if beside else [])]
    title = "place among approved drugs" if among else "share of the rules' limits"
    figure = drawing.radar(lines, band, title, band_is)
    told = " ".join(_told(line, places, band) for line, places in lines)
    return _picture(f"Properties of {name}", drawing.png(figure), f"Radar over a band ({band_is}). {told}")


def _told(name: str, spokes: tuple[Axis, ...], band: tuple[float, float]) -> str:
    values = "; ".join(f"{one.name} {one.shown}" for one in spokes)
    out = [one.name for one in spokes if not band[0] <= one.place <= band[1]]
    where = f"outside the band: {', '.join(out)}" if out else "all inside the band"
    return f"{name}: {values}; {where}."


def axes(of: Properties) -> tuple[tuple[Axis, ...], bool]:
    """The spokes of the radar, and whether they are places among approved drugs (else shares of the rules' limits)."""
    among = reference.places(of)
    if among:
        return tuple(Axis(TITLES[one][0], _shown(of, one), place) for one, place in among.items()), True
    return tuple(
        Axis(TITLES[one][0], _shown(of, one), getattr(of, one) / limit / RIM) for one, limit in LIMITS.items()
    ), False


def _properties(of: Properties) -> Table:
    among = reference.places(of)
    rows = tuple(
        (name, _figure(of, field), unit, f"{among[field] * 100:.0f}" if field in among else "not compared")
        for field, (name, unit, _) in TITLES.items()
    )
    columns = ("property", "value", "unit", "higher than % of approved drugs")
    return Table(title="Computed from the structure", columns=columns, rows=rows)


def _figure(of: Properties, field: str) -> str:
    return f"{getattr(of, field):.{TITLES[field][2]}f}"


def _shown(of: Properties, field: str) -> str:
    return f"{_figure(of, field)} {TITLES[field][1]}".strip()


def _row(score: Score) -> tuple[str, ...]:
    one = score.endpoint
    unit = one.units if one.units != "-" else "score 0 to 1"
    figure, size = f"{one.measure} {one.figure:.2f}", f"{one.size:,}"
    return one.category, one.name, f"{score.value:.2f}", unit, str(score.percent), figure, size


def _picture(title: str, data: bytes, alt: str) -> Artifact:
    return Artifact(title=title, media_type="image/png", data=b64encode(data), alt=alt, role="drawn")
