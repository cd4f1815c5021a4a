"""Pictures for the page: written anew without metadata and carried inside the page itself.

Gradio's file route is common to all browsers, so no picture of a patient is ever put there.
"""

from __future__ import annotations

import base64
import io

from assistant.ui.plain import plain
from retrieval.evidence import Artifact

LARGEST = 1600
"""Longest side shown, in pixels."""


def as_data(artifact: Artifact) -> str:
    """The picture as a ``data:`` address: decoded, at most :data:`LARGEST` wide or high, written anew as PNG."""
    from PIL import Image

    with Image.open(io.BytesIO(artifact.data)) as picture:
        picture.load()
        shown = picture.convert("RGB")
    shown.thumbnail((LARGEST, LARGEST))
    clean = Image.new("RGB", shown.size)
    clean.paste(shown)
    buffer = io.BytesIO()
    clean.save(buffer, format="PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def figure(artifact: Artifact) -> str:
    """The picture with its title and its description in words."""
    return (
        f'<figure><img src="{as_data(artifact)}" alt="{plain(artifact.alt)}">'
        f"<figcaption><b>{plain(artifact.title)}</b> {plain(artifact.alt)}</figcaption></figure>"
    )


def described(*artifacts: Artifact) -> str:
    """The pictures in words, for those who do not see them."""
    return "".join(f"<p><b>{plain(each.title)}</b> {plain(each.alt)}</p>" for each in artifacts)
