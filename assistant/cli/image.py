"""``image``: the imaging part's own command line under the assistant's settings: data folder, packs, no way outside."""

from __future__ import annotations

from assistant.cli import edge
from imaging.commands.app import build

app = build(ready=edge.ready)
