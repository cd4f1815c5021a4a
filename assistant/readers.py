"""Who reads a patient's message for danger signs beside the rules, by the settings."""

from __future__ import annotations

from functools import partial

from assistant.settings import Settings
from tools.triage.conversation import Reader


def readers(settings: Settings) -> tuple[Reader, ...]:
    """The readers that the settings switch on; none where the encoder cannot be had: the rules then stand alone.

    Raises:
        KnowledgeError: the second reader's weights are damaged; the patient chat must not start then.
    """
    from tools.triage.second_reader import second_reader

    held = second_reader() if settings.triage.second_reader else None
    named: list[Reader] = [held.read] if held is not None else []
    if settings.triage.model_reads and settings.model.provider != "rules":
        from assistant.models.choose import choose
        from assistant.models.sign_reader import read_signs

        named.append(partial(read_signs, choose(settings)))
    return tuple(named)
