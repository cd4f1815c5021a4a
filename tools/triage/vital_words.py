"""The words for vital signs and for numbers: names of a sign in the languages of the gate, and numbers spelled out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tools.triage.wording import Token, read

_NAMES: Mapping[str, str] = {
    "temp_c": "temp, temps, temperature, temperatures, fever, thermometer, feverish, t",
    "heart_rate": "pulse, hr, bpm, heartbeat, heartrate, heart rate, pulse rate, heart, puls, pouls, "
                  "pulso, herzfrequenz, frecuencia cardiaca, frequence cardiaque, frequencia cardiaca, "
                  "脈拍, 脈, 心拍, 心拍数, 心率, 脉搏",
    "breath_rate": "rr, resp, resps, respirations, breaths, respiration rate, breathing rate, respiratory rate, "
                   "resp rate, atemfrequenz, frecuencia respiratoria, frequence respiratoire, "
                   "frequencia respiratoria, 呼吸数, 呼吸频率",
    "oxygen": "sats, sat, spo, spo 2, oxygen, saturation, saturations, sao, sao 2, o, o 2, pulse ox, pulse oximeter, "
              "pulse oximetry, oximeter, oximetry, sauerstoff, sauerstoffsattigung, sattigung, saturacion, "
              "oxigeno, oxygene, saturacao, oxigenio, 酸素, 酸素飽和度, 血氧, 氧饱和度",
    "glucose": "sugar, sugars, glucose, bm, bms, bg, bsl, zucker, blutzucker, azucar, glucosa, glucemia, glycemie, "
               "sucre, glicemia, glicose, acucar, 血糖, 血糖値",
    "ketones": "ketone, ketones, ketonen, cetonas, cetones",
    "systolic": "systolic, bp, blood pressure, pressure, top number, upper number, blutdruck, presion, tension, "
                "pressao, 血圧, 血压",
    "diastolic": "diastolic, bottom number, lower number",
}  # fmt: skip
FILLERS = frozenset(
    "is was of at reading reads now around about up to systolic diastolic still a the 2".split()
)
"""What may stand between the name of a pressure and its number."""
JOINERS = frozenset("to then now or down up back from today".split())
"""Words between two numbers of one sign: "from 95 down to 88"."""
BREATHING = frozenset("breathing breathes breathe taking takes".split())
BEATING = frozenset("going beating racing pounding beats".split())
SOMEBODY = frozenset("i im he hes she shes they theyre aged age".split())
"""Words that begin a new thought, such as an age: "heart racing, she is 45"."""
PER_MINUTE = frozenset("a per every times breaths min minute".split())
LITRES = frozenset("l lpm litre litres liter liters ltr".split())
NEGATED = frozenset("not isnt arent wasnt no never without off hardly barely less longer cant".split())
AIR_WORDS = frozenset("air oxygen o cannula cannulae rebreather".split())
ALERT_WORDS = frozenset("avpu acvpu alert".split())
ALERT_BEFORE = frozenset(
    "is was im hes shes theyre are still fully awake and remains not isnt wasnt barely hardly less am very".split()
)
NO_BODY = frozenset("outside outdoors weather room oven inside heatwave sun shade house heat angle".split())
"""Words after "35 degrees" that make it the temperature of something else."""
NOT_A_VALUE = frozenset(
    "day days week weeks month months year years yr yrs yo hour hours hrs hr minutes mins min mg ml old times "
    "am pm tablets pills units mcg st nd rd th".split()
)
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
_ONES = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}

NUMBER_WORDS = frozenset({*_TENS, "one", "two", "a"})
"""Words that a number from twenty up may begin with."""


def _indexed() -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """The names by their last word, longest first."""
    held: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for sign, names in _NAMES.items():
        for name in names.split(", "):
            words = tuple(token.text for token in read(name).tokens)
            held.setdefault(words[-1], []).append((words, sign))
    return {last: tuple(sorted(rows, key=lambda row: -len(row[0]))) for last, rows in held.items()}


_BY_LAST = _indexed()
NAME_WORDS = frozenset(word for rows in _BY_LAST.values() for words, _ in rows for word in words)
"""Every word of a name."""


def name_ending(tokens: Sequence[Token], place: int) -> tuple[str, int] | None:
    """The sign whose name ends at a word, and how many words the name has."""
    for words, sign in _BY_LAST.get(tokens[place].text, ()):
        first = place - len(words) + 1
        if first >= 0 and tuple(token.text for token in tokens[first : place + 1]) == words:
            return sign, len(words)
    return None


def number_at(tokens: Sequence[Token], place: int) -> tuple[float, int] | None:
    """A number in digits, or from twenty up in English words, that begins here; and its last word."""
    text = tokens[place].text
    whole = (
        (float(text), place)
        if text.replace(".", "", 1).isdecimal() and len(text) < 6
        else _spelled(tokens, place)
    )
    if whole is None:
        return None
    value, last = whole
    following = [token.text for token in tokens[last + 1 : last + 4]]
    if following[:3] == ["and", "a", "half"]:
        return value + 0.5, last + 3
    if following[:1] == ["point"] and len(following) > 1:
        tenth = _ONES.get(
            following[1],
            int(following[1]) if len(following[1]) == 1 and following[1] in "123456789" else None,
        )
        return (value + tenth / 10, last + 2) if tenth is not None else whole
    return whole


def _spelled(tokens: Sequence[Token], place: int) -> tuple[float, int] | None:
    words = [token.text for token in tokens[place : place + 5]]
    if words[0] in ("one", "a", "two") and words[1:2] == ["hundred"]:
        hundreds = 200.0 if words[0] == "two" else 100.0
        skip = 3 if words[2:3] == ["and"] else 2
        rest = _below_hundred(words[skip:])
        return (hundreds + rest[0], place + skip + rest[1] - 1) if rest else (hundreds, place + 1)
    if words[0] == "one" and words[1:2] and words[1] in _TENS:
        rest = _below_hundred(words[1:])
        return (100.0 + rest[0], place + rest[1]) if rest else None
    rest = _below_hundred(words) if words[0] in _TENS else None
    return (float(rest[0]), place + rest[1] - 1) if rest else None


def _below_hundred(words: Sequence[str]) -> tuple[int, int] | None:
    """The value of number words and how many there are."""
    if not words:
        return None
    if words[0] in _TENS:
        ones = _ONES.get(words[1]) if len(words) > 1 else None
        return (_TENS[words[0]] + ones, 2) if ones else (_TENS[words[0]], 1)
    return (_ONES[words[0]], 1) if words[0] in _ONES else None
