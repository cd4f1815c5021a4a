"""Which mentions of a message are read at all: none inside a harmless turn of phrase, none inside its own like."""

from __future__ import annotations

from collections.abc import Sequence

from tools.triage.lexicon import Mention

_MASK = "cue.mask."


def unmasked(mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions without those inside a harmless turn of phrase ("hard to breathe through my nose")."""
    masks: dict[str, list[Mention]] = {}
    for mention in mentions:
        if mention.concept.startswith(_MASK):
            masks.setdefault(mention.concept.removeprefix(_MASK), []).append(mention)
    if not masks:
        return list(mentions)
    everywhere = masks.get("all", [])

    def harmless(mention: Mention) -> bool:
        here = (*everywhere, *masks.get(mention.concept, ()))
        return any(mask.first <= mention.last and mention.first <= mask.last for mask in here)

    return [mention for mention in mentions if mention.concept.startswith("cue.") or not harmless(mention)]


def widest(mentions: Sequence[Mention]) -> list[Mention]:
    """In the order of the words, without a mention that lies inside another one of the same concept."""
    kept: list[Mention] = []
    reach: dict[str, int] = {}
    for mention in sorted(mentions, key=lambda m: (m.first, -m.last)):
        if mention.last > reach.get(mention.concept, -1):
            reach[mention.concept] = mention.last
            kept.append(mention)
    return kept
