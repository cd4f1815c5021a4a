"""The subjects by name."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path

from evals.run.baselines import TRIVIAL, trivial
from evals.run.subject import Subject

TESTED = "assistant/rules"
"""The subject that is tested where nothing else is said."""


class UnknownSubject(ValueError):
    """There is no subject of this name; the message lists those that are."""


def subject(name: str, *, data_dir: Path | None = None) -> Subject:
    """The subject of this name, not yet loaded.

    ``assistant/rules`` (also ``rules``), ``assistant/model`` (the chat model of the settings), ``trivial/NAME``,
    ``stored:RUN`` (the answers of a run), ``command:PROGRAM ARGUMENTS`` (JSON lines, no shell), ``python:MODULE:NAME``
    (a function or class of yours that gives a :class:`~evals.run.subject.Subject`).

    Raises:
        UnknownSubject: none of these.
    """
    if name in ("rules", "assistant/rules", "model", "assistant/model"):
        from evals.run.assistant_subject import AssistantSubject

        return AssistantSubject(name.rpartition("/")[2], data_dir)
    kind, _, what = name.partition(":")
    if kind == "stored" and what:
        from evals.run.stored import StoredSubject

        return StoredSubject(Path(what))
    if kind == "command" and what:
        from evals.run.command import CommandSubject

        return CommandSubject(what)
    if kind == "python" and what:
        return _imported(what)
    found = trivial(name)
    if found is None:
        known = ", ".join(
            (
                "assistant/rules",
                "assistant/model",
                *TRIVIAL,
                "stored:RUN",
                "command:PROGRAM",
                "python:MODULE:NAME",
            )
        )
        raise UnknownSubject(f"There is no subject '{name}'. There are: {known}.")
    return found


def _imported(what: str) -> Subject:
    module, _, attribute = what.partition(":")
    try:
        made: Subject = getattr(importlib.import_module(module), attribute)()
    except (ImportError, AttributeError) as wrong:
        raise UnknownSubject(f"There is no subject 'python:{what}': {wrong}.") from wrong
    return made


@cache
def named(name: str) -> str:
    """The id under which a subject stands in results."""
    return subject(name).id
