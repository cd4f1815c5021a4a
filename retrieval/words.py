"""Text into tokens that keep clinical names whole (``c.68_69del``, ``CYP2C19*2``, ``HbA1c``, ``≥``)."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache

_TOKEN = re.compile(
    r"""
    [cgmnpr]\.\(?[A-Za-z0-9*][\w*>+\-=]*        # HGVS: c.68_69del, p.(Arg97Cys), c.1905+1G>A
    | [≥≤±]                                     # comparisons carry meaning
    | \*\d+                                     # a star allele that stands alone
    | \w[\w*]*(?:['’.,:/+\-][\w*]+)*[+%]?       # words, CYP2C19*2, HbA1c, β-blocker, 0.85, 140/90, Na+
    """,
    re.VERBOSE,
)
_PARTS = re.compile(r"[-/*'’]")
_WORD = re.compile(r"[^\W\d_]+$")

_STOP = """
    a about after all also am an and any are as at be because been before being both but by can could
    did do does doing down during each for from further get gets getting give given go had has have
    having he her here hers him his how i if in into is it its just me might more most much must my need
    needs no nor not of off on once only or other our out over own same shall she should so some such
    than that the their them then there these they this those to too under until up upon very was we
    were what when where whether which while who whom whose why will with would you your please tell
    know want help s t don doesn isn wasn won it's i'm i've there's what's ve m re ll
"""
STOP = frozenset(_STOP.split())
_ASKING = """
    best better good safe use used using useful evidence recommend recommended effect effects effective
    work works patient patients people person someone adult adults treat treated treatment treatments
    therapy therapies take taking took taken compared comparing comparison versus vs first line choice
    reduce reduces reduced reducing lower lowers increase increases increased improve improves improved
    risk study studies trial trials show shows shown rate outcome outcomes disease diseases condition
    conditions drug drugs medicine medicines medication medications doctor make makes made cause causes
    caused dose doses daily day days week weeks month months year years really still new like long time
    different difference between associated prevent prevents preventing management manage currently
    problem problems thing things lot bit say says said think going feel told got tell lead chance
    chances likely happen happens add adding added alone versus instead stop start started long-term
    short-term term high low level levels mean means old does there role options option
"""
ASKING = frozenset(_ASKING.split())
"""Words of asking: they rank, but whether a question is covered does not hang on them."""

_BRITISH = tuple(
    (re.compile(british), american)
    for british, american in (
        (r"aem", "em"), (r"^oed", "ed"), (r"^oes", "es"), (r"rrhoe", "rrhe"), (r"paed", "ped"),
        (r"aesth", "esth"), (r"^aeti", "eti"), (r"gynaec", "gynec"), (r"^caes", "ces"),
        (r"^foet", "fet"), (r"^faec", "fec"), (r"(\w{3})iser(s?)$", r"\1izer\2"),
        (r"haem", "hem"), (r"mour(s?)$", r"mor\1"), (r"viour", "vior"), (r"colour", "color"),
        (r"isation", "ization"),
        (r"(\w{3})is(e[ds]?|ing)$", r"\1iz\2"), (r"pnoea", "pnea"), (r"lyse", "lyze"),
        (r"sulph", "sulf"), (r"fibre", "fiber"), (r"litre", "liter"), (r"orrhoid", "orrhoid"),
    )
)  # fmt: skip

RULES = 1
"""Version of what a token is: word indexes made by another one are made anew."""

_stemmers = threading.local()


def tokens(text: str) -> list[str]:
    """Stemmed tokens in order, stop words left out; a compound stands whole and again in its parts."""
    found: list[str] = []
    for match in _TOKEN.finditer(unicodedata.normalize("NFC", text)):
        found.extend(_forms(match.group()))
    return found


def spelled(text: str) -> dict[str, str]:
    """Each token of :func:`tokens` with the lower-case word as it was written, first place first."""
    found: dict[str, str] = {}
    for match in _TOKEN.finditer(unicodedata.normalize("NFC", text)):
        forms = _forms(match.group())
        raw = match.group().casefold().replace("’", "'").removesuffix("'s")
        parts = [part for part in _PARTS.split(raw) if part]
        for token in forms:
            found.setdefault(token, next((part for part in parts if stem(part) == token), raw))
    return found


@lru_cache(maxsize=50_000)
def _forms(raw: str) -> tuple[str, ...]:
    token = raw.casefold().replace("’", "'").removesuffix("'s")
    if token in STOP:
        return ()
    if _WORD.fullmatch(token):
        return (stem(token),)
    parts = [part for part in _PARTS.split(token) if len(part) > 1 and _WORD.match(part) and part not in STOP]
    if "*" in token:
        parts.append(token.partition("*")[0])
    return (token, *(stem(part) for part in dict.fromkeys(parts) if part and part != token))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The English stem of a lower-case word, in American spelling."""
    if not word.isalpha():
        return word
    for british, american in _BRITISH:
        word = british.sub(american, word)
    stemmer = getattr(_stemmers, "english", None)
    if stemmer is None:  # one for each thread: a stemmer must not be shared
        import Stemmer

        stemmer = _stemmers.english = Stemmer.Stemmer("english")
    return str(stemmer.stemWord(word))
