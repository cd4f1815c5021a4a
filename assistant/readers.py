"""Who reads a message beside the rules, by the settings: for danger signs, and for requests to harm or to deceive."""

from __future__ import annotations

from functools import partial

from assistant.settings import Settings
from tools.triage.conversation import Reader
from tools.triage.requests_reader import Listener, asks, requests_reader


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


def listener(settings: Settings) -> Listener | None:
    """Who hears harmful requests beside the phrases; None where the settings switch the learned readers off.

    It loads on its first message, and hears nothing where the encoder cannot be had.
    """
    return _heard if settings.triage.second_reader else None


def _heard(text: str) -> str:
    reader = requests_reader() if asks(text) else None
    return reader.heard(text) if reader is not None else ""
