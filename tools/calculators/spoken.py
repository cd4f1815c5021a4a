"""Which calculators a clinician asks for, and the inputs that her words state.

Rules over fixed words (knowledge/calculator_words.yaml), in time linear in the text. A calculator is asked for by a
verb ("calculate her eGFR"), by "what is her CURB-65?", by "using CKD-EPI, what is …", by its name at the head of values
("FIB-4: age 61, AST 80 U/L …") or by its name alone. A name in a question about the literature ("does a low eGFR
…"), a name that is given its value ("CHA2DS2-VASc 4"), and another's score (MELD-Na) ask for nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from retrieval.evidence import Word
from tools.calculators.reading import Given
from tools.calculators.registry import calculators
from tools.calculators.spoken_person import amount
from tools.calculators.spoken_values import NUMBER, speaks, values
from tools.calculators.spoken_words import Phrase, found, key, lexicon, pattern, plain, words

LIMIT, NEAR = 8_000, 160
"""Characters of a text that are read, and beside a name."""


class Asked(Word):
    """One calculator with the inputs that are stated, and the part of the text that asks for it, from ``start`` to
    ``end``. ``earlier`` holds what only the texts before it state."""

    name: str
    inputs: Mapping[str, Given]
    earlier: Mapping[str, Given] = {}
    start: int = 0
    end: int = 0


class Named(NamedTuple):
    """A calculator's name in a text, and where the sentence around it begins and ends."""

    names: tuple[str, ...]
    """Two where calculators share the name; none for another's score."""
    phrase: Phrase
    head: int
    tail: int
    stated: bool
    """True if the name is given its value."""


def asked(text: str, before: Sequence[str] = ()) -> tuple[Asked, ...]:
    """The calculators that the text asks for, each once, in its order, with what it states of their fields.

    ``before`` are earlier texts of the conversation, the newest last: their values stand in ``earlier``. Any text
    gives a result; beyond :data:`LIMIT` characters nothing is read.
    """
    said = _Said(text, before)
    result: dict[str, Asked] = {}
    for one in said.wanted():
        for name in one.names:
            inputs = said.values(name)
            earlier = _earlier(name, before, inputs)
            new = Asked(name=name, inputs=inputs, earlier=earlier, start=one.head, end=one.tail)
            result.setdefault(name, new)
    if "mdrd" in result and "ckdepi" not in key(said.text):
        result.pop("ckd_epi_2021", None)  # "by MDRD, what is the GFR" asks for one
    for conversion in _conversions(said.text):
        result[conversion.name] = conversion
    return tuple(result.values())


def continued(text: str, before: Sequence[str]) -> tuple[Asked, ...]:
    """What the text before it asked for, where this one asks for nothing but states more of the inputs."""
    said = _Said(text, before)
    if not before or "?" in said.text or _ASKS.match(said.text) or said.wanted():
        return ()
    result = []
    for last in asked(before[-1]):
        more = said.values(last.name)
        if set(more) - {"sex"}:  # "she" alone adds nothing
            earlier = _earlier(last.name, before, more)
            result.append(Asked(name=last.name, inputs=more, earlier=earlier, end=len(text)))
    return tuple(result)


def _earlier(name: str, before: Sequence[str], now: Mapping[str, Given]) -> Mapping[str, Given]:
    """The inputs that only earlier texts state; the newest statement of each counts."""
    told: dict[str, Given] = {}
    for text in before:
        told |= _Said(text).values(name)
    return {field: given for field, given in told.items() if field not in now}


@cache
def _names() -> tuple[re.Pattern[str], Mapping[str, tuple[str, ...]]]:
    """Every name of a calculator, and of what only looks like one (no calculators)."""
    held: dict[str, tuple[str, ...]] = {}
    phrases: list[tuple[str, tuple[str, ...]]] = [
        (phrase, (name,)) for name, listed in words()["calculators"].items() for phrase in listed
    ]
    phrases += [(phrase, tuple(names)) for phrase, names in words()["either"].items()]
    phrases += [(phrase, ()) for phrase in words()["others"][0] if key(phrase) not in map(key, _own())]
    for phrase, names in phrases:
        held[key(phrase)] = names
    return pattern(phrase for phrase, _ in phrases), held


def _own() -> Iterator[str]:
    return (phrase for listed in words()["calculators"].values() for phrase in listed)


_SENTENCE = re.compile(
    r"[?!;\n]+\s*|\.\s+(?=[A-Z(\"¤])|(?:,\s*|\s)(?:and|but|then)\s+(?=(?:should|does|do|is|are|can|could|would|which"
    r"|how|why|what (?:does|do|should|drug|dose|treatment))\b)",
)
_TAIL = re.compile(
    r"(?:\s{1,2}(?:score|index|criteria|criterion|rule|formula|equation|calculator|calculation|value|points?|estimate"
    r"|class|stage|interval|level|using the \w{1,20} (?:formula|equation)|by \w{1,20}|\((?:\w|-){1,12}\))s?)"
    r"{0,3}(?!\w)",
    re.IGNORECASE,
)
_STATED = re.compile(
    r"\s*(?:(?:score|is|was|of|now|[:=<>≤≥~(]|at|above|below|over|under|less than|greater than|more than|around|about)"
    r"\s{0,2}){0,3}[0-9]{1,4}(?:\.[0-9]{1,2})?(?![0-9])"
    r"(?![ -]{0,2}(?:y|yr|yrs|yo|y/o|years?|months?|days?|F|M|kg(?!/)|kilos|cm|lbs?)\b)(?!\s?/\s?[0-9]|-[0-9])"
)
_STATED_KG = re.compile(r"\s*(?:(?:is|was|of|[:=])\s?){0,2}[0-9]{1,3}(?:\.[0-9])?\s?kg\b", re.IGNORECASE)
_ASKS = re.compile(
    r"\s*(?:does|do|did|is|are|was|were|should|when|why|which|who|has|have|had|will|would|can|could|how|whether|compare)"
    r"(?=\s)(?! (?:you|we|i) (?:please )?(?:calculate|compute|work|give|tell|show|estimate|do|run|get|find"
    r"|determine|score)| (?:do|would|can|should) (?:you|we|i) (?:calculate|compute|work)"
    r"| (?:much|many|high|low|far)\b)",
    re.IGNORECASE,
)
_LITERATURE = re.compile(
    r"\b(?:evidence|trials?|stud(?:y|ies)|literature|predict\w{0,6}|validat\w{1,5}|accura\w{1,4}|sensitiv\w{1,5}"
    r"|specificity|compar\w{1,7}|versus|vs|better|superior|cut-?offs?|thresholds?|means?|meaning|interpret\w{0,8}"
    r"|definition|stands? for|derived|developed|improves?|reduces?|guidelines?|recommend\w{0,6}|associat\w{2,4}"
    r"|mortality|prognos\w{2,4}|utility|limitations?|performance|normal range|reference range|history of the)\b",
    re.IGNORECASE,
)
_VERB = re.compile(r"\b(?:calculate|compute|work out|figure out|recalculate|score|workout)\b", re.IGNORECASE)
_FILL = (
    r"(?:the|her|his|their|its|my|our|this|that|me|us|please|a quick|patient|patients|patient's|patients'|woman's|man's"
    r"|lady's|gentleman's|child's|baby's|boy's|girl's|person's|today's|estimated|estimate|calculated|current|total|daily"
    r"|weekly|approximate|new|overall|starting|initial|iwpc|score|scores|value|number|result|of|for|criteria|met|likely"
    r"|in|terms|expected|body's|serum|exact|and|,|a|an|mr|mrs|ms|mosteller|creatinine-based)"
)
_WEAK_VERB = re.compile(
    rf"\b(?:estimate|determine|give|tell|show|get|find|do|run|need|want|check|calc|apply|use|what'?s"
    rf"|what(?: (?:is|was|are|would|will)(?: be)?)?|how (?:much|high|low|far) (?:is|are)|how many|please)"
    rf"(?:\s+(?!(?:a|an)\b){_FILL}(?='?s?\s)){{0,8}}\s*$",
    re.IGNORECASE,
)
_USING = re.compile(r"\b(?:using|based on|by|with|according to|per|via)(?: the)?\s*$", re.IGNORECASE)
_WHAT = re.compile(r"\b(?:what (?:is|are|was)|what's|calculate|compute|estimate|how many)\b", re.IGNORECASE)
_HEADS = re.compile(rf"(?:^|[,:.(\n])\s*(?:{_FILL}\s+){{0,4}}$", re.IGNORECASE)
_FOLLOWS = re.compile(
    r"\s*(?:$|[,.:;?)(¤/&]|(?:and|if|given|using|assuming|from|based on|by|when|now|today|please|met|at [0-9]"
    r"|in terms of|in (?:m?mol|m?eq|mg|ml|kg|l|msec|ms|points|percent))(?!\w)"
    r"|(?:for|of|in|with|on)\s+(?:a|an|this|that|my|our|her|him|his|their|these|mr|mrs|ms|patient|[0-9]|¤"
    r"|the (?:patient|man|woman|lady|gentleman|above|following|same|next|child|boy|girl)"
    r"|\w{1,20}(?:\s\w{1,20}){0,2}\s?[:=]?\s?[0-9])"
    r"|(?:is|are)\s+(?:\w{1,20}\s+){1,3}[0-9]|\w{1,12}\s?[:=]?\s?[0-9]"
    r"|do(?:es)? (?:that|this|it|these|those) (?:give|make|come to|work out)"
    r"|(?:female|male|woman|man|pt|patient|hypertension|htn|age|weight)\b)",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"^\s*\([^()]{1,20}\)")
"""Behind a name: by which formula."""
_ALONE = re.compile(
    r"[\s?.!,:;¤/&-]|\b(?:please|score|scores|calculator|calculation|index|criteria|rule|for|of|her|his|him"
    r"|what about|also|this|the|patient|patient's|estimate|estimation|and|now|today)\b",
    re.IGNORECASE,
)


_BY = re.compile(
    r"\s*[,(]?\s*(?:(?:by|using|with|via|per|from|according to|based on)\s+)?(?:the\s+)?", re.IGNORECASE
)
"""Between two names of one calculator: the second says by which formula."""
_JOINED = re.compile(r"\s*(?:scores?)?\s*(?:,\s?and|,|and|&|plus|/)\s*(?:the|her|his)?\s*", re.IGNORECASE)
_PLACES = {
    "wells_pe": re.compile(r"\bPE\b|(?i:\bpulmonary embol|\bhemoptysis|\bhaemoptysis)"),
    "wells_dvt": re.compile(r"\bDVT\b|(?i:\bdeep vein|\bcalf|\bleg\b)"),
}
_CONVERT = re.compile(
    r"\b(?:convert|conversion|equivalents?|equivalence|equivalent to|equals?)\b", re.IGNORECASE
)


class _Said:
    """A text with its sentences, the names in it, and the values of each calculator, read once."""

    def __init__(self, text: str, before: Sequence[str] = ()) -> None:
        self.text = plain(text[:LIMIT])
        self._before = before
        self._ends = [match.end() for match in _SENTENCE.finditer(self.text)]
        searched, held = _names()
        self._named = [self._of(one, held[one.key]) for one in found(searched, held, self.text)]
        self._starts = [one.phrase.start for one in self._named]
        self._blank = self._blotted()
        self._values: dict[str, Mapping[str, Given]] = {}

    def _of(self, phrase: Phrase, names: tuple[str, ...]) -> Named:
        """A name with the sentence around it."""
        place = bisect_right(self._ends, phrase.start)
        head = self._ends[place - 1] if place else 0
        tail = self._ends[place] if place < len(self._ends) else len(self.text)
        stated = bool(_STATED.match(self.text, phrase.end))
        if not stated and any(calculators()[name].unit == "kg" for name in names):
            stated = bool(_STATED_KG.match(self.text, phrase.end))
        return Named(names, phrase, head, tail, stated)

    def _blotted(self) -> str:
        """The text with the names of calculators blotted out, where they are no inputs themselves."""
        parts, at = [], 0
        for one in self._named:
            kept = one.stated or not one.names or set(one.names) & set(words()["inputs_too"])
            if kept or any(_is_option(name, one.phrase.key) for name in one.names):
                continue
            parts += [self.text[at : one.phrase.start], "¤" * (one.phrase.end - one.phrase.start)]
            at = one.phrase.end
        return "".join([*parts, self.text[at:]])

    def values(self, name: str) -> Mapping[str, Given]:
        """What the text states of a calculator's inputs."""
        if name not in self._values:
            self._values[name] = values(calculators()[name], self._blank)
        return self._values[name]

    def wanted(self) -> list[Named]:
        """The names by which something is asked for; "MELD and FIB-4": the second with the first."""
        wanted: list[Named] = []
        last: Named | None = None
        for one in self._named:
            if wanted and self._is_option_of(one, wanted):
                continue
            joined = last and _JOINED.fullmatch(self.text, last.phrase.end, one.phrase.start)
            last = one if one.names and not one.stated and (joined or self._is_asked(one)) else None
            if last:
                wanted.append(self._chosen(one))
        return wanted

    def _is_option_of(self, one: Named, wanted: Sequence[Named]) -> bool:
        """True if the name chooses an option of what is asked for already: "CrCl by ideal body weight"."""
        return any(_is_option(name, one.phrase.key) for asked_for in wanted for name in asked_for.names)

    def _is_asked(self, one: Named) -> bool:
        """True if the words around a name ask for its value."""
        start, tail = one.phrase.start, self._tail(one)
        before = self.text[max(one.head, start - NEAR) : start]
        after = self.text[tail : min(one.tail, tail + NEAR)]
        if _ASKS.match(self.text, one.head) or _LITERATURE.search(before):
            return False
        if _VERB.search(before):
            return True
        if _LITERATURE.search(after):
            return False
        return self._is_head(one, before, after)

    def _is_head(self, one: Named, before: str, after: str) -> bool:
        """True if the name is what the sentence is about: "what is her NAME", "using NAME, what is", "NAME: values"."""
        follows, free = _FOLLOWS.match(after), not set(one.names) & set(words()["weak"])
        if _WEAK_VERB.search(before) and follows:
            return free or self._has_values(one)
        if _USING.search(before) and _WHAT.search(before + after):
            return not set(one.names) & set(words()["inputs_too"])
        if _HEADS.search(before) and follows and self._has_values(one):
            return True
        alone = not _ALONE.sub("", before + _BRACKET.sub("", after))
        return alone and (free or self._has_values(one))

    def _tail(self, one: Named) -> int:
        """Where a name ends, with a second name of the same behind it: "creatinine clearance by Cockcroft-Gault"."""
        end = one.phrase.end
        place = bisect_right(self._starts, one.phrase.start)
        other = self._named[place] if place < len(self._named) else None
        if other and set(other.names) & set(one.names) and _BY.fullmatch(self.text, end, other.phrase.start):
            end = other.phrase.end
        match = _TAIL.match(self.text, end)
        return match.end() if match else end

    def _has_values(self, one: Named) -> bool:
        """True if an input is stated; of a name that is often a measured value, one beside age and sex."""
        weak = set(one.names) & set(words()["weak"])
        aside = {"age", "sex"} if weak else set()
        return any(
            set(self.values(name)) - aside
            or speaks(calculators()[name], self._blank)
            or set(_earlier(name, self._before, {})) - aside
            for name in one.names
        )

    def _chosen(self, one: Named) -> Named:
        """Of a name that two calculators share, the one that the sentence, else the text, speaks of; else both."""
        for part in (self.text[one.head : one.tail], self.text):
            fit = tuple(name for name in one.names if name in _PLACES and _PLACES[name].search(part))
            if len(one.names) > 1 and len(fit) == 1:
                return one._replace(names=fit)
        return one


def _is_option(name: str, phrase: str) -> bool:
    """True if the name also chooses an option of its calculator: QTcF."""
    return any(role.role == "option" for role in lexicon(name).roles.get(phrase, ()))


@cache
def _dosed() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """A steroid; a steroid and its dose; a dose and its steroid."""
    steroid = rf"\b({'|'.join(words()['steroids'])})\b"
    dose = rf"({NUMBER.pattern})[ ]?(mg|g)(?![\w/])"
    between = r"(?:[ ](?:iv|po|oral|at|dose|of|daily)){0,2}[ ]"
    patterns = (steroid, steroid + between + dose, dose + between + steroid)
    return re.compile(patterns[0], re.I), re.compile(patterns[1], re.I), re.compile(patterns[2], re.I)


def _conversions(text: str) -> Iterator[Asked]:
    """A dose of one steroid to be told in another: two steroids, one of them with a dose."""
    cue = _CONVERT.search(text)
    if cue is None or _ASKS.match(text):
        return
    steroid, after, before = _dosed()
    named = {match[1].lower() for match in steroid.finditer(text)}
    doses = {(match[1].lower(), match[2], match[3].lower()) for match in after.finditer(text)}
    doses |= {(match[3].lower(), match[1], match[2].lower()) for match in before.finditer(text)}
    value = amount(next(iter(doses))[1]) if len(doses) == 1 and len(named) == 2 else None
    if value is None:
        return
    given, _, unit = next(iter(doses))
    inputs = {
        "dose": Given(value=value, unit=unit),
        "from_steroid": Given(value=given),
        "to_steroid": Given(value=next(iter(named - {given}))),
    }
    head, tail = _sentence(text, cue.start())
    yield Asked(name="steroid_equivalent", inputs=inputs, start=head, end=tail)


def _sentence(text: str, place: int) -> tuple[int, int]:
    """Where the sentence of a place begins and ends."""
    ends = [match.end() for match in _SENTENCE.finditer(text)]
    at = bisect_right(ends, place)
    return (ends[at - 1] if at else 0, ends[at] if at < len(ends) else len(text))
