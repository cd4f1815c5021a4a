"""Who a message is about: the age, the sex and the weeks of pregnancy that its words give the patient."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from retrieval.evidence import Word
from tools.triage import vitals as vital_signs
from tools.triage.ago import SMALL
from tools.triage.lexicon import lexicons
from tools.triage.wording import Message, Token, read

DAYS_IN_YEAR = 365.25


class Spotted(Word):
    """A value read in the words: ``words`` is the span ``start`` to ``end`` of the message, "" for a chart value."""

    value: float | str | bool
    words: str = ""
    start: int = 0
    end: int = 0


_AGE_UNITS = {
    1.0: frozenset("day days d".split()),
    7.0: frozenset("week weeks wk wks w".split()),
    DAYS_IN_YEAR / 12: frozenset("month months mo mos mth mths m".split()),
    DAYS_IN_YEAR: frozenset("year years yr yrs y yo yrold yearold".split()),
}
_AGE_WORDS = {
    "newborn": 10.0, "newborns": 10.0, "neonate": 10.0, "toddler": 2 * DAYS_IN_YEAR, "toddlers": 2 * DAYS_IN_YEAR,
    "preschooler": 4 * DAYS_IN_YEAR,
}  # fmt: skip
_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_TEENS = {
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
}
_ONES = {
    word: n
    for word, n in SMALL.items()
    if word not in ("a", "an", "couple", "few", "several", "many", "some")
}
_BEFORE_SEX = frozenset(
    "a an the year years yr yrs yo old aged healthy fit young elderly black white asian".split()
)
_YOUNG = frozenset(
    "baby babys babies infant son daughter child kid boy girl grandson granddaughter lo".split()
)
_SEXES = {
    "female": frozenset("female woman girl lady mum mom mother wife daughter sister grandmother grandma nan aunt "
                        "girlfriend granddaughter niece mums moms wifes she shes her".split()),
    "male": frozenset("male man boy gentleman dad father husband son brother grandfather grandad granddad grandpa "
                      "uncle boyfriend grandson nephew dads husbands he hes his him".split()),
}  # fmt: skip
_SELF = frozenset("i im ive my me mine".split())


def ages(text: str) -> tuple[Spotted, ...]:
    """The patient's age in years as read in the words, with its span; several where the words hold several."""
    spotted = ages_of(read(text, lexicons()[0].speller))
    return tuple(
        entry.model_copy(update={"value": round(float(entry.value) / DAYS_IN_YEAR, 3)}) for entry in spotted
    )


def sex(text: str) -> Spotted | None:
    """ "female" or "male" where the words say so of the patient, with the span; None where they do not."""
    return sex_of(read(text))


def sex_of(message: Message) -> Spotted | None:
    """:func:`sex` of a message already read."""
    tokens = message.tokens
    for place, token in enumerate(tokens):
        shorthand = token.text in ("f", "m", "female", "male") and not _metres(message.original, token)
        if shorthand and _beside_age(tokens, place):
            return _spot(message, place, place, "female" if token.text[0] == "f" else "male")
        if token.text in _SEX_NAMED and _before_age(tokens, place):
            return _spot(message, place, place, _SEX_NAMED[token.text])
    for place, token in enumerate(tokens):
        if token.text in ("pregnant", "period", "uterus", "vagina") and not _negated(tokens, place):
            return _spot(message, place, place, "female")
    own = any(token.text in _SELF - {"my"} for token in tokens)
    for place, token in enumerate(tokens):
        for name, words in _SEXES.items():
            if token.text in words and (not own or _says_self(tokens, place)):
                return _spot(message, place, place, name)
    return None


def _says_self(tokens: Sequence[Token], place: int) -> bool:
    """ "I am a woman", "im male", "I am a 30 year old man": after the first person, with at most an age between."""
    if tokens[place].text in ("her", "his", "him", "she", "he"):
        return False
    before = [token.text for token in tokens[max(place - 3, 0) : place]]
    while place and (tokens[place - 1].text in _BEFORE_SEX or tokens[place - 1].text.isdigit()):
        place -= 1
    return "im" in before or "am" in before or (place > 0 and tokens[place - 1].text in ("im", "am"))


def _beside_age(tokens: Sequence[Token], place: int) -> bool:
    near = [tokens[n].text for n in (place - 3, place - 2, place - 1, place + 1) if 0 <= n < len(tokens)]
    return any(text[0].isdigit() and len(text) < 4 for text in near)


_SEX_NAMED = {
    "woman": "female", "lady": "female", "girl": "female", "man": "male", "gentleman": "male", "boy": "male",
}  # fmt: skip


def _before_age(tokens: Sequence[Token], place: int) -> bool:
    """ "Woman, 45. I have …": the age stands right behind, and the word opens its sentence."""
    opens = not place or tokens[place - 1].sentence != tokens[place].sentence
    after = tokens[place + 1 : place + 2]
    return opens and any(token.text.isdecimal() and len(token.text) < 4 for token in after)


def _metres(original: str, token: Token) -> bool:
    """The "m" of "1.73 m2", "1.8 m tall" or "mL/min/1.73m²" is a unit and nobody's sex."""
    if token.text != "m":
        return False
    return bool(
        re.search(r"\d[.,]\d+\s?$", original[: token.start])
        or original[token.end : token.end + 1] in ("2", "²", "³")
    )


def _negated(tokens: Sequence[Token], place: int) -> bool:
    return any(token.text in ("not", "no", "never") for token in tokens[max(place - 2, 0) : place])


def _spot(message: Message, first: int, last: int, value: float | str) -> Spotted:
    start, end = message.tokens[first].start, message.tokens[last].end
    return Spotted(value=value, words=message.original[start:end], start=start, end=end)


def ages_of(message: Message) -> Iterator[Spotted]:
    """Ages in days. "I meant 3 years, not 3 months" drops what stands after "not"."""
    tokens = message.tokens
    for place, token in enumerate(tokens):
        if token.text in _AGE_WORDS and not _negated(tokens, place):
            yield _spot(message, place, place, _AGE_WORDS[token.text])
            continue
        number = _small_number(tokens, place)
        if place and tokens[place - 1].text in _TENS and token.text in _ONES:
            continue  # "forty five" was read at "forty"
        if number is None or (place and tokens[place - 1].text == "not"):
            continue
        value, last = number
        hit = _age_with_unit(tokens, place, last, value) or _age_bare(tokens, place, last, value)
        if hit is not None and hit[0] <= 120 * DAYS_IN_YEAR:
            yield _spot(message, place, hit[1], hit[0])


def _small_number(tokens: Sequence[Token], place: int) -> tuple[float, int] | None:
    """A number in digits or words up to ninety-nine that begins here, and its last token."""
    text = tokens[place].text
    if text[0].isdigit():
        return (float(text), place) if text.replace(".", "", 1).isdecimal() and len(text) < 5 else None
    if text in _TENS:
        after = tokens[place + 1].text if place + 1 < len(tokens) else ""
        ones = _ONES.get(after, 10)
        return (_TENS[text] + ones, place + 1) if ones < 10 else (_TENS[text], place)
    value = _TEENS.get(text, _ONES.get(text))
    return (float(value), place) if value is not None else None


def _age_with_unit(tokens: Sequence[Token], first: int, last: int, value: float) -> tuple[float, int] | None:
    """ "6 week old", "3mo", "61 yr old", "2yo"; without "old" only where a young one is named just before."""
    if last + 1 >= len(tokens):
        return None
    unit = tokens[last + 1].text
    size = next((days for days, words in _AGE_UNITS.items() if unit in words), None)
    if size is None:
        return None
    after = [token.text for token in tokens[last + 2 : last + 4]]
    if unit in ("yo", "yrold", "yearold") or after[:1] in (["old"], ["olds"]) or after == ["of", "age"]:
        return value * size, last + 1
    if unit == "y" and after[:1] == ["o"]:
        return value * size, last + 2
    before = [token.text for token in tokens[max(first - 3, 0) : first]]
    if after[:1] == ["ago"] and {"born", "birth"} & {
        token.text for token in tokens[max(first - 2, 0) : first]
    }:
        return (
            (value * size, last + 1)
            if "baby" in {token.text for token in tokens[max(first - 4, 0) : first]}
            else None
        )
    if unit in ("year", "years", "yr", "yrs") and set(after[:1]) & _ALONE_SEXES - {"f", "m"}:
        return value * size, last + 1
    named = {"hes", "shes", "aged", "age", "meant", "is"} & set(before[-1:]) or {
        "baby",
        "son",
        "daughter",
    } & set(before)
    if _behind_sex(tokens, first, last + 1, size):
        return value * size, last + 1
    told = (
        unit not in ("m", "w", "d")
        and bool(named)
        and not ({"pregnant", "gone", "along", "ago"} & set(after))
    )
    return (value * size, last + 1) if told and "for" not in before else None


_NO_AGE_AFTER = frozenset(
    """week weeks day days month months hour hours hr hrs minute minutes mins min kg lbs lb stone mg ml percent times
    c degrees st nd rd th feet foot cm miles am pm pounds of in on at pills tablets""".split()
)


def _age_bare(tokens: Sequence[Token], first: int, last: int, value: float) -> tuple[float, int] | None:
    """ "I'm 58", "she's 4", "my son is 11", "aged 72", "67F", and a message that opens with "16, …"."""
    after = tokens[last + 1].text if last + 1 < len(tokens) else ""
    if (
        value != int(value)
        or value > 115
        or (last + 1 < len(tokens) and tokens[last + 1].before.strip() == "/")
    ):
        return None
    if after in ("f", "m", "male", "female", "man", "woman") and (after not in ("f", "m") or 12 < value < 96):
        return value * DAYS_IN_YEAR, last
    if after in _NO_AGE_AFTER and not tokens[last + 1].before.strip():
        return None
    before = [token.text for token in tokens[max(first - 4, 0) : first]]
    if before[-1:] and before[-1] in ("im", "hes", "shes", "age", "aged", "turned", "theyre"):
        return value * DAYS_IN_YEAR, last
    if before[-2:] in (["i", "am"], ["he", "is"], ["she", "is"], ["age", "is"]):
        return value * DAYS_IN_YEAR, last
    if before[-1:] == ["is"] and (_YOUNG | _SEXES["male"] | _SEXES["female"]) & set(before):
        return value * DAYS_IN_YEAR, last
    if _beside_person(tokens, first, last):
        return value * DAYS_IN_YEAR, last
    opens = first == 0 and last + 1 < len(tokens) and tokens[last + 1].before.startswith(",")
    return (value * DAYS_IN_YEAR, last) if opens and value > 0 else None


def _behind_sex(tokens: Sequence[Token], first: int, last: int, size: float) -> bool:
    """ "Woman, 61 years" and "Girl, 15 months."; "woman, 2 weeks of cough" tells how long."""
    person = tokens[first - 1].text if first else ""
    if size == DAYS_IN_YEAR:
        after = tokens[last + 1].text if last + 1 < len(tokens) else ""
        return person in _ALONE_SEXES - {"f", "m"} and after not in ("of", "ago", "now", "history")
    apart = last + 1 == len(tokens) or tokens[last + 1].before.strip()[:1] in (",", ".", ";", ")", "\n")
    return person in ("girl", "boy", "baby") and bool(tokens[first].before.strip()) and apart


_PERSONS = _SEXES["male"] | _SEXES["female"] | _YOUNG
_ALONE_SEXES = frozenset("female woman girl lady male man boy gentleman f m".split())
_AFTER_AGE = frozenset("years yrs yr year with who and here presents presenting".split())


def _beside_person(tokens: Sequence[Token], first: int, last: int) -> bool:
    """ "Woman, 45.", "Man (61)", "female 30 with …", "my husband, 61, …": a number set apart behind a person."""
    if not first or (last != first and tokens[last].before.strip()):
        return False
    person, ends = tokens[first - 1].text, last + 1 == len(tokens)
    if person == "of" and first > 1 and tokens[first - 2].text in _ALONE_SEXES - {"f", "m"}:
        return True
    after = "" if ends else tokens[last + 1].before.strip()
    apart = ends or after[:1] in (",", ".", ";", ")", "]", "\n", "-") or bool(after)
    if after[:1] == "/":
        return False
    if (
        person in ("f", "m")
        and not 12 < int(tokens[first].text if tokens[first].text.isdecimal() else 0) < 96
    ):
        return False  # "1.73 m2"
    if person in _ALONE_SEXES and tokens[first].sentence == tokens[first - 1].sentence:
        return apart or tokens[last + 1].text in _AFTER_AGE
    set_off = tokens[first].before.strip() in (",", "(", "-")
    return person in _PERSONS - {"he", "she", "his", "her", "hes", "shes", "him"} and set_off and apart


def weeks_of(message: Message) -> Iterator[vital_signs.Reading]:
    """Weeks of pregnancy: "34 weeks pregnant", "im 34 weeks", "28 wks gone"."""
    tokens = message.tokens
    expecting = any(token.text in ("pregnant", "pregnancy", "twins", "bump") for token in tokens)
    for place, token in enumerate(tokens[:-1]):
        if not token.text.isdecimal() or tokens[place + 1].text not in ("weeks", "week", "wks", "wk"):
            continue
        after = {other.text for other in tokens[place + 2 : place + 5]}
        before = {other.text for other in tokens[max(place - 2, 0) : place]}
        value = float(token.text)
        told = after & {"pregnant", "gone", "along", "gestation"} or (
            before & {"im", "am", "at"} and expecting
        )
        lone = before & {"im"} and "old" not in after
        alone = (
            place == 0
            and "old" not in after
            and (
                place + 2 >= len(tokens)
                or tokens[place + 2].before.strip() in {".", ","}
                or tokens[place + 2].text in {"and", "with"}
            )
        )
        if 3 < value <= 44 and (told or lone or (expecting and place == 0) or (alone and value >= 20)):
            yield vital_signs.Reading("weeks_pregnant", value, place, place + 1)
