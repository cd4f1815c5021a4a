"""The country in a person's own words, where the page has just asked "Which country are you in?"."""

from __future__ import annotations

import re

from assistant.ui.patient_desk import PatientTalk
from assistant.ui.places import countries
from tools.triage import places
from tools.triage.levels import Level

_ALSO = {
    "uk": "GB", "britain": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "northern ireland": "GB", "usa": "US", "united states of america": "US", "america": "US",
    "republic of ireland": "IE", "españa": "ES", "espana": "ES", "deutschland": "DE", "brasil": "BR", "suomi": "FI",
}  # fmt: skip
_LEAD = re.compile(r"^(?:(?:i am|i'm|im|we are|we're|i live|estoy|estamos) )?(?:(?:in|from|en) )?(?:the )?")


def named_country(words: str) -> str:
    """The code of the country that the words name and nothing else; "" where they say anything more.

    "I'm in Ireland" is IE; "I came back from India" is a story and stays one.
    """
    plain = " ".join(words.casefold().replace("’", "'").strip(" .!").split())
    held = {name.casefold(): code for name, code in countries() if code}
    known = {code for _, code in countries()}
    for name in (plain, _LEAD.sub("", plain, count=1)):
        code = held.get(name) or _ALSO.get(name, "")
        if code and code in known:
            return code
    return ""


def country_told(words: str, country: str, talk: PatientTalk) -> str:
    """The code of the country that was typed as the answer to our question; "" where the words are anything else.

    The question stands beside an emergency for which no number of ``country`` is held.
    """
    waits = talk.answer is not None and talk.answer.level is Level.EMERGENCY and not talk.running
    return named_country(words) if waits and not places.number(country or "") else ""
