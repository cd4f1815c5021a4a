"""Pictures for the page: written anew without metadata and carried inside the page itself.

Gradio's file route is common to all browsers, so no picture of a patient is ever put there.
"""

from __future__ import annotations

import base64
import io

from assistant.research_report import beyond_title
from assistant.ui.plain import plain
from retrieval.evidence import Artifact

LARGEST = 1600
"""Longest side shown, in pixels."""
UNEVEN = 0.02
"""Largest difference of two ratios of height to width that still counts as the same frame."""


def as_data(artifact: Artifact, fit: tuple[int, int] | None = None) -> str:
    """The picture as a ``data:`` address: decoded, at most :data:`LARGEST` wide or high, written anew as PNG.

    ``fit`` (width, height) brings it to exactly that size, so that it lies over another one.
    """
    from PIL import Image

    with Image.open(io.BytesIO(artifact.data)) as picture:
        picture.load()
        shown = picture.convert("RGB")
    if fit is None:
        shown.thumbnail((LARGEST, LARGEST))
    elif shown.size != fit:
        shown = shown.resize(fit)
    clean = Image.new("RGB", shown.size)
    clean.paste(shown)
    buffer = io.BytesIO()
    clean.save(buffer, format="PNG", compress_level=1)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def size(artifact: Artifact) -> tuple[int, int]:
    """Width and height in px, read from the picture's head."""
    from PIL import Image

    with Image.open(io.BytesIO(artifact.data)) as picture:
        return picture.size


def shown_size(artifact: Artifact) -> tuple[int, int]:
    """Width and height in px at which :func:`as_data` shows the picture."""
    width, height = size(artifact)
    shrunk = min(1.0, LARGEST / max(width, height))
    return max(1, round(width * shrunk)), max(1, round(height * shrunk))


def same_frame(one: Artifact, other: Artifact) -> bool:
    """Whether two pictures have the same shape, so that one can lie over the other."""
    (width, height), (wide, high) = size(one), size(other)
    return abs(height / width - high / wide) <= UNEVEN


def figure(artifact: Artifact) -> str:
    """The picture with its title and its description in words."""
    return (
        f'<figure><img src="{as_data(artifact)}" alt="{plain(artifact.alt)}">'
        f"<figcaption><b>{plain(artifact.title)}</b> {plain(beyond_title(artifact))}</figcaption></figure>"
    )


def beside(*artifacts: Artifact) -> str:
    """Pictures side by side, each with its title and description."""
    return f'<div class="beside">{"".join(map(figure, artifacts))}</div>' if artifacts else ""


def described(*artifacts: Artifact) -> str:
    """The pictures in words, for those who do not see them; a reader of the screen says when they change."""
    return "".join(
        f'<p role="status"><b>{plain(each.title)}.</b> {plain(each.alt)}</p>' for each in artifacts
    )
