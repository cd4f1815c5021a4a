"""What the generation lab shows, as HTML: made pictures, drawn lesions, and what a generator's card measured.

Pure. A made picture is shown from the bytes that the generator stamped: its pixels and its file say "synthetic".
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from math import ceil, sqrt
from typing import TYPE_CHECKING

from assistant.ui.plain import plain, table
from retrieval.evidence import Table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from imaging.generate.lab import Injection, Made
    from imaging.realism.report import Comparison, PrivacyReport

EVERY = "every label"
NOTHING = '<p class="empty">Made pictures appear here.</p>'
DRAWING = '<p class="empty" role="status">Drawing. A network needs some seconds when it is first asked.</p>'
STILL_A_PATIENT = "The photograph stays that of a person: only the lesions are made."
LOADING = '<p class="empty" role="status">Opening the generator.</p>'
NOBODY = (
    "<p><b>Nothing to betray.</b> The drawn fundus comes from formulas and a seed; no picture of a patient "
    "went into it.</p>"
)
_SUBJECTS = {"xray": "Chest X-ray of a child", "fundus": "Fundus"}
_WAYS = {"pca": "PCA-Gaussian", "cvae": "conditional VAE", "wgan": "WGAN-GP"}


def named(name: str) -> str:
    """A generator in the few words of a button."""
    if name == "phantom":
        return "Drawn fundus (phantom)"
    subject, _, way = name.partition("-")
    return f"{_SUBJECTS.get(subject, subject)}, {_WAYS.get(way, way)}"


def address(png: bytes) -> str:
    """A PNG of ours as a ``data:`` address, byte for byte, so that its mark stays."""
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


def gallery(made: Mapping[str, Sequence[Made]], words: str) -> str:
    """Pictures in rows, each with its number, those of several labels under each label; ``words`` say what they are."""
    rows = "".join(_rows(label if len(made) > 1 else "", found) for label, found in made.items())
    return f'<p role="status">{plain(words)}</p>{rows}'


def _rows(label: str, made: Sequence[Made]) -> str:
    head = f"<h3>{plain(label)}</h3>" if label else ""
    return (
        f'{head}<div class="made">{"".join(_small(number, one) for number, one in enumerate(made, 1))}</div>'
    )


def _small(number: int, one: Made) -> str:
    alt = plain(f"{one.title}. {one.alt}")
    return f'<figure><img src="{address(one.png)}" alt="{alt}"><figcaption>{number}</figcaption></figure>'


def injected(found: Injection, own: NDArray[np.uint8] | None = None) -> str:
    """The fundus before and with the lesions, the mask, and what was drawn.

    ``own`` is the user's photograph that was drawn on: it is no made picture, and is shown without the mark.
    """
    from imaging import drawing

    high, wide = found.side_px
    said = (
        f"{found.count} lesions of the kind {found.kind}, {found.area_px} px of {high} x {wide} px in all. "
        f"Drawn after {found.looks_like}. The band that says “synthetic” lies below each picture, not in it."
    )
    before = _large(found.before.png, found.before.title, found.before.alt)
    if own is not None:
        said += f" {STILL_A_PATIENT}"
        before = _large(drawing.png(own), "your photograph, before", "Your photograph without drawn lesions.")
    drawn = "".join(_large(one.png, one.title, one.alt) for one in (found.picture, found.mask))
    return f'<p role="status">{plain(said)}</p><div class="beside">{before}{drawn}</div>'


def _large(data: bytes, title: str, alt: str) -> str:
    return f'<figure><img src="{address(data)}" alt="{plain(alt)}"><figcaption>{plain(title)}</figcaption></figure>'


def sheet(made: Sequence[Made], columns: int = 0) -> bytes:
    """All pictures on one stamped PNG, near to a square if ``columns`` is 0.

    Raises:
        ValueError: there is none, or they differ in size.
    """
    import numpy as np
    from PIL import Image

    from imaging.generate.stamp import grid, png

    shown = []
    for one in made:
        with Image.open(io.BytesIO(one.png)) as picture:
            shown.append(np.asarray(picture.convert("RGB")))
    return png(grid(np.stack(shown), columns or ceil(sqrt(len(shown)))))


def privacy(report: PrivacyReport) -> str:
    """The verdict, the figures beside those of real pictures and of copies, and how it was measured."""
    columns = ("Measure", "Made pictures", "Real, unseen", "Noisy copies (control)", "Bar")
    rows = tuple((one.measure, one.made, one.real, one.copies, _bar(one.bar, one.met)) for one in report.rows)
    grid = table(Table(title="Privacy, with 95 % intervals", columns=columns, rows=rows)) if rows else ""
    verdict = report.verdict if rows else "Its figures stand below, under “All that was measured”."
    return (
        f'<h3>What the pictures betray</h3><p class="verdict">{plain(verdict)}</p>{grid}'
        f"<p>Made from {plain(report.made_from)}.</p>"
        f"<details><summary>How it was measured</summary><p>{plain(report.attacks)}</p></details>"
    )


def _bar(bar: str, met: bool | None) -> str:
    return bar if met is None else f"{bar}: {'met' if met else 'missed'}"


def card(name: str) -> str:
    """What the card of a shipped generator says of use and failures, and all that was measured; "" without a card."""
    from imaging.cards import cards

    held = cards().get(f"model:{name}")
    if held is None:
        return ""
    failures, measured = _list(held.known_failures), _list(held.measured)
    return (
        f"<h3>{plain(held.title)}</h3><p>{plain(held.intended)}</p><p><b>Not for:</b> {plain(held.forbidden)}</p>"
        f"<details><summary>Known failures</summary>{failures}</details>"
        f"<details><summary>All that was measured</summary>{measured}</details>"
        f"<p><small>Card {plain(held.id)}, version {plain(held.version)}, {plain(held.licence)}.</small></p>"
    )


def _list(entries: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{plain(one)}</li>" for one in entries) + "</ul>"


def beside(comparison: Comparison) -> str:
    """All generators in one table, and what each is good for."""
    kinds, names = comparison.columns[:2], [named(name) for name in comparison.columns[2:]]
    columns = (*(kind.capitalize() for kind in kinds), *names)
    rows = tuple(tuple(cell or "not measured" for cell in row) for row in comparison.rows)
    grid = Table(title="Generators side by side, with 95 % intervals", columns=columns, rows=rows)
    uses = _list([f"{name}: {use}" for name, use in zip(names, comparison.good_for, strict=True)])
    return f"{table(grid)}<h3>What each is good for</h3>{uses}"
