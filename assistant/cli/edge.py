"""What every verb does first and last: read the settings, prepare, print, and end with the right code."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from pydantic import BaseModel

from assistant.settings import Settings, SettingsError, load
from assistant.startup import StartupRefused, prepare
from retrieval.evidence import Outcome

if TYPE_CHECKING:
    from assistant.ask import Assistant

ANSWERED, BAD_INPUT, NEEDS_INPUT, NOTHING, UNAVAILABLE, BUG = 0, 2, 3, 4, 5, 70
CODES: Mapping[Outcome, int] = {
    Outcome.FOUND: ANSWERED,
    Outcome.BAD_INPUT: BAD_INPUT,
    Outcome.NEEDS_INPUT: NEEDS_INPUT,
    Outcome.NOT_FOUND: NOTHING,
    Outcome.NOT_COVERED: NOTHING,
    Outcome.UNAVAILABLE: UNAVAILABLE,
}


def ready(**overrides: Any) -> Settings:
    """The settings in force, with everything prepared that must be there before a heavy import."""
    from assistant.keys import KeyRefused

    try:
        settings = load(**overrides)
        prepared = prepare(settings)
    except (SettingsError, StartupRefused, KeyRefused) as refused:
        stop(str(refused), BAD_INPUT)
    for note in prepared.notes:
        print(inert(note), file=sys.stderr)
    from assistant import egress

    egress.install(settings.hosts)
    _literature(settings)
    return settings


def _literature(settings: Settings) -> None:
    """Where the literature is kept, by which models it is read, and whether PubMed may be asked."""
    from retrieval import search
    from retrieval.sources import online
    from retrieval.sources.pubmed import Pubmed

    chosen = settings.retrieval
    search.configure(
        settings.data_dir,
        chosen.chroma_url or None,
        Path(chosen.encoder) if chosen.encoder else None,
        Path(chosen.reranker) if chosen.reranker else None,
    )
    key = chosen.ncbi_key.get_secret_value() if chosen.ncbi_key else None
    # one try: a clinician who waits for an answer is not kept until PubMed has recovered
    online.configure(Pubmed(chosen.contact_email, key, waits=()) if chosen.online else None)


def assistant_of(settings: Settings) -> Assistant:
    """The assistant over the data folder, or an end in one line where its files cannot be used."""
    from assistant.ask import Assistant
    from assistant.database import DatabaseRefused

    try:
        return Assistant(settings)
    except (DatabaseRefused, SettingsError) as refused:
        stop(str(refused), UNAVAILABLE)


def stop(words: str, code: int) -> NoReturn:
    """End with one line on the error stream and an exit code."""
    print(inert(words), file=sys.stderr)
    raise typer.Exit(code)


def inert(words: str) -> str:
    """Words that may hold names of files, as a terminal may show them: no sign in them steers it."""
    from assistant.render import printable

    return "\n".join(map(printable, words.split("\n")))


def show(value: Any, as_json: bool, prose: Callable[[], str]) -> None:
    """Print the very object as one JSON document, or its prose."""
    if not as_json:
        print(prose())
        return
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    print(json.dumps(plain, ensure_ascii=False, indent=2, default=str))


def read_text(words: str) -> str:
    """The words, or standard input where they are "-"."""
    return sys.stdin.read() if words == "-" else words
