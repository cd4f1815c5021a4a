"""Curves of a run: the median and the band of 5 to 95 % of each group over time, as PNG or SVG.

Colours are those of Okabe and Ito (distinct for colour-blind readers), and each group has its own line style too.
"""

from __future__ import annotations

import base64
import io
import textwrap
from typing import Any, Literal

import numpy as np

from retrieval.evidence import Artifact
from tools.simulation.course import Band, Course, Group
from tools.simulation.figures import floored

Quantity = Literal["concentration", "inr"]
Form = Literal["png", "svg"]

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C510A")
STYLES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)), (0, (7, 2)))
SIZE, DOTS, WIDE = (7.2, 4.2), 110, 90
TARGET_INR = (2.0, 3.0)


def pictures(course: Course) -> tuple[Artifact, ...]:
    """The concentrations, and for warfarin the INR, as PNG with words for those who do not see them."""
    quantities: tuple[Quantity, ...] = (
        ("concentration", "inr") if course.groups[0].inr else ("concentration",)
    )
    return tuple(
        Artifact(
            title=title(course, one),
            media_type="image/png",
            data=base64.b64encode(draw(course, one)),
            alt=alt(course, one),
            role="drawn",
        )
        for one in quantities
    )


def draw(course: Course, quantity: Quantity, form: Form = "png") -> bytes:
    """The picture's bytes; the same course gives the same bytes."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"svg.hashsalt": "simulated", "svg.fonttype": "none"}):
        figure = Figure(figsize=SIZE, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        for index, group in enumerate(course.groups):
            _lines(axes, course, group, _band(group, quantity), index)
        _dressed(axes, course, quantity)
        held = io.BytesIO()
        # no date and no software name: the same run gives the same file
        nothing: dict[str, None] = {"Software": None} if form == "png" else {"Date": None, "Creator": None}
        figure.savefig(held, format=form, dpi=DOTS, metadata=nothing)
    return held.getvalue()


def _band(group: Group, quantity: Quantity) -> Band:
    if quantity == "inr" and group.inr is not None:
        return group.inr.band
    return group.concentration


def _lines(axes: Any, course: Course, group: Group, band: Band, index: int) -> None:
    days = np.array(course.times) / 24
    colour = COLOURS[index % len(COLOURS)]
    axes.fill_between(days, band.low, band.high, color=colour, alpha=0.15, linewidth=0)
    axes.plot(days, band.middle, color=colour, linestyle=STYLES[index % len(STYLES)], label=group.label)


def _dressed(axes: Any, course: Course, quantity: Quantity) -> None:
    if quantity == "inr":
        axes.axhspan(*TARGET_INR, color="0.6", alpha=0.18, linewidth=0, label="INR 2 to 3")
        axes.axhline(course.request.threshold, color="0.4", linewidth=0.8, linestyle=":")
    axes.set_title(textwrap.fill(title(course, quantity), WIDE), fontsize=10)
    axes.set_xlabel("days since the first dose")
    axes.set_ylabel(_axis(course, quantity))
    axes.set_xlim(0, course.times[-1] / 24)
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.25)
    axes.legend(fontsize=8, frameon=False)


def _axis(course: Course, quantity: Quantity) -> str:
    return "INR" if quantity == "inr" else f"{course.model.analyte}, {course.model.concentration_unit}"


def title(course: Course, quantity: Quantity) -> str:
    """The title above the picture; it says that it is simulated."""
    what = "INR" if quantity == "inr" else "concentration"
    return f"Simulated {what}: {course.model.drug} {regimen(course)} ({course.model.title})"


def regimen(course: Course) -> str:
    """ "5 mg every 24 hours", or "5 mg once"."""
    asked = course.request
    return (
        f"{asked.dose_mg:g} mg once"
        if asked.every_h <= 0
        else f"{asked.dose_mg:g} mg every {asked.every_h:g} hours"
    )


def alt(course: Course, quantity: Quantity) -> str:
    """What the picture shows, in words."""
    told = []
    for group in course.groups:
        last = _band(group, quantity).at(-1)
        unit = course.model.concentration_unit
        low, middle, high = (floored(one, unit) for one in (last.low, last.middle, last.high))
        told.append(f"{group.label}: {middle} (5 to 95 %: {low} to {high})")
    return (
        f"Lines are medians, shaded bands 5 to 95 % of {course.request.n} virtual patients over "
        f"{course.request.days:g} days. {_axis(course, quantity)} at the end: {'; '.join(told)}."
    )
