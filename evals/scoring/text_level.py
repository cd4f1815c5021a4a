"""How urgent a text tells its reader to be: read from the words alone, apart from the field and from the gate.

The phrases were written from texts as readers see them, in six languages. A condition ("if it gets worse, ...") and a
question tell nobody to go now, so such sentences are passed over; "you do not need to call 999" is no order either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from evals.cases.case import LEVELS, Level, Presented, rank
from evals.run.trace import Shown
from evals.scoring.wording import beside, plain, sentences

_IF: Mapping[str, str] = {
    "en": r"\b(?<!even )(?:if|unless|should you|in case|when(?:ever)? (?:you|it|they|he|she))\b",
    "es": r"(?:^|[,;(] *|\by |\bo |\bpero )si\b(?! no se cree)|\ben caso de\b|\bcuando\b",
    "fr": r"\bsi\b|\bs'il|\ben cas de\b|\blorsque\b|\bquand\b",
    "de": r"\b(?:wenn|falls|sobald|sollte(?:n)?)\b",
    "pt": r"(?:^|[,;(] *|\be |\bou |\bmas )se\b|\bcaso\b|\bquando\b",
    "zh": r"如果|若|要是|一旦|万一",
}
_NOT = re.compile(
    r"\b(?:no|not|never|n't|needn't|don't|without|no need|kein\w*|nicht|pas besoin|ne|no hace falta|não|nao"
    r"|sin)\b|不需要|不用|无需"
)
_NUMBER = r"(?<!\d)(?:999|112|911|000|111|15|144|118|190|192|061|120)(?!\d)"
_ED = r"(?:emergency (?:department|room|unit|ward)|a ?& ?e\b|casualty|\ber\b|nearest hospital|hospital (?:now|at once))"
_EMERGENCY: Mapping[str, str] = {
    "en": rf"\b(?:call|ring|dial|phone)\b[^;]{{0,60}}(?:{_NUMBER}|emergency (?:number|services)|ambulance)"
    rf"|\b(?:go|get|come|take (?:him|her|them))\b[^;]{{0,40}}{_ED}|\b(?:seek|get"
    rf"|need)\b[^;]{{0,30}}\bemergency (?:care|help)"
    r"|\bthis is an emergency\b|^\W*emergency\W*$|\blevel: emergency\b|\burgency: emergency\b",
    "es": rf"\bllame\b[^;]{{0,60}}(?:{_NUMBER}|emergencias|ambulancia)|\b(?:vaya"
    rf"|acuda)\b[^;]{{0,40}}(?<!centro de )\burgencias\b"
    r"|\bes una emergencia\b",
    "fr": rf"\bappelez\b[^;]{{0,60}}(?:{_NUMBER}|numéro d'urgence|samu|ambulance)|\ballez\b[^;]{{0,40}}\baux urgences\b"
    r"|\bc'est une urgence\b",
    "de": rf"\brufen sie\b[^;]{{0,60}}(?:{_NUMBER}|notruf|rettungsdienst|krankenwagen)"
    rf"|\bgehen sie\b[^;]{{0,40}}\bnotaufnahme\b"
    r"|\bdas ist ein notfall\b",
    "pt": rf"\bligue\b[^;]{{0,60}}(?:{_NUMBER}|emergência|ambulância|samu)"
    rf"|\bvá\b[^;]{{0,40}}\b(?:pronto-socorro|emergência)\b"
    r"|\bé uma emergência\b",
    "zh": r"拨打[^。]{0,30}(?:急救|999|112|911|120)|(?:去|到)[^。]{0,8}急诊|叫救护车",
}
_TODAY: Mapping[str, str] = {
    "en": r"\b(?:see|call|visit|speak|talk|contact|be seen|get seen|seen by|doctor|clinic|gp|nurse|care)\b[^;]{0,70}"
    r"\b(?:today|same day|same-day|tonight|within (?:24|12|6|4) hours)\b|\bsame[- ]day (?:care|visit"
    r"|appointment)\b|\bcall the advice line (?:now|today)\b",
    "es": r"\b(?:vaya|vea|acuda|llame|hable|consulte)\b[^;]{0,70}\bhoy\b|\bhoy\b[^;]{0,40}\bmédico\b",
    "fr": r"\b(?:voyez|appelez|consultez|allez|parlez)\b[^;]{0,70}\baujourd'hui\b",
    "de": r"\b(?:gehen|rufen|suchen|sprechen|wenden) sie\b[^;]{0,70}\bheute\b|\bheute\b[^;]{0,40}\barzt\b",
    "pt": r"\b(?:vá|veja|ligue|procure|fale|consulte)\b[^;]{0,70}\bhoje\b",
    "zh": r"今天[^。]{0,20}(?:医生|看病|就诊|就医|诊所|拨打|打)|当天[^。]{0,10}(?:就诊|就医)",
}
_ROUTINE: Mapping[str, str] = {
    "en": r"\b(?:book|make|arrange|plan)\b[^;]{0,40}\b(?:visit|appointment|check)\b|\b(?:see"
    r"|visit)\b[^;]{0,40}\b(?:doctor|gp)\b[^;]{0,40}"
    r"\b(?:week|weeks|few days|days)\b|\broutine (?:visit|appointment|care)\b|^in the next (?:few )?days\b",
    "es": r"\b(?:pida|reserve|concierte|haga)\b[^;]{0,30}\b(?:cita|visita|consulta)\b",
    "fr": r"\bprenez\b[^;]{0,30}\brendez-vous\b",
    "de": r"\b(?:vereinbaren|machen|buchen) sie\b[^;]{0,40}\b(?:termin|besuch)\b",
    "pt": r"\b(?:marque|agende)\b[^;]{0,30}\b(?:consulta|visita)\b",
    "zh": r"预约[^。]{0,20}(?:医生|门诊|就诊)|(?:一到两周|两周|一周)[^。]{0,10}(?:医生|就诊)",
}
_HOME: Mapping[str, str] = {
    "en": r"\b(?:look after|care for|treat) (?:yourself|this|it)\b|\bself[- ]care\b|\bat home (?:for now|with)\b",
    "es": r"\b(?:cuídese|cuidarse|tratarse|tratarlo) en casa\b|\bfarmacéutic[oa]\b",
    "fr": r"\b(?:soignez-vous|à la maison|chez vous)\b|\bpharmacien\b",
    "de": r"\bzu hause\b|\bselbst (?:behandeln|versorgen)\b|\bapotheke\w*\b",
    "pt": r"\b(?:cuide-se|cuidar-se|tratar) em casa\b|\bfarmacêutic[oa]\b",
    "zh": r"在家(?:休息|护理|观察)|药剂师",
}
_FOUND: Sequence[tuple[Level, Mapping[str, str]]] = (
    ("emergency", _EMERGENCY), ("same_day", _TODAY), ("routine", _ROUTINE), ("self_care", _HOME),
)  # fmt: skip
_READ = {
    language: tuple((level, re.compile(by[language])) for level, by in _FOUND) for language in _EMERGENCY
}
_LETTER = re.compile(r"^\W*(?:answer\W*)?([a-d])\W*$", re.I)
_LABELS: Mapping[str, Level] = {
    "emergency": "emergency", "same day": "same_day", "routine": "routine", "self care": "self_care",
}  # fmt: skip
_LABEL = re.compile(r"^(emergency|same[ -]day|routine|self[ -]care): ")
_ADVICE = re.compile(r"(?<!\d)111(?!\d)")
LANGUAGES = tuple(_EMERGENCY)
"""Those that can be read; in others nothing is known of the text."""


def read(text: str, language: str = "en") -> Level | None:
    """The highest level that the text tells its reader without a condition; None where it tells none."""
    told = [found for sentence in sentences(text) if (found := _sentence(sentence, language)) is not None]
    return max(told, key=rank, default=None)


def of_shown(shown: Shown, presented: Presented) -> Level | None:
    """The level of one turn's text without its quoted claims; a lone letter A to D where a choice was forced.

    111 is the emergency number of New Zealand, and elsewhere a line for advice.
    """
    if letter := _LETTER.match(shown.text):
        return LEVELS["abcd".index(letter[1].lower())]
    text = beside(shown) if presented.country == "NZ" else _ADVICE.sub("the advice line", beside(shown))
    return read(text, shown.language if shown.language in LANGUAGES else presented.language)


def readable(shown: Shown) -> bool:
    """Whether the phrases know the turn's language."""
    return shown.language in LANGUAGES


def _sentence(sentence: str, language: str) -> Level | None:
    said = plain(sentence)
    if said.endswith(("?", "？")) or language not in _READ:
        return None
    if label := _LABEL.match(said):
        return _LABELS[label[1].replace("-", " ")]
    if re.search(_IF[language], said):
        return None
    for level, pattern in _READ[language]:
        if (hit := pattern.search(said)) and not _negated(said[: hit.start()]):
            return level
    return None


def _negated(before: str) -> bool:
    """A negation in the few words before an order takes it back."""
    return _NOT.search(" ".join(before.split()[-4:])) is not None
