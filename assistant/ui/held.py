"""One line on what this installation holds, so that the reader knows what was searched."""

from __future__ import annotations

from assistant.ui.plain import plain


def held_line() -> str:
    """The literature library with its size and newest date, and each pack that is held with its version."""
    from retrieval.packs import State, list_packs
    from retrieval.search import library

    shelf = library().source
    packs = [f"{entry.pack.name} {entry.pack.version}" for entry in list_packs() if entry.state is State.HELD]
    return plain(f"Held: {shelf.title}, to {shelf.version}; packs: {', '.join(packs) or 'none'}")
