"""Is a mentioned sign there, or denied, over, only asked about, or somebody else's?

After the idea of ConText (Harkema 2009, PMC2757457) and NegEx (Chapman 2001, doi 10.1006/jbin.2001.1029), bent to
one side: what is not clearly denied counts as present, because a missed emergency weighs more than a false alarm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from tools.triage.lexicon import Mention
from tools.triage.wording import Message, Token


class Status(StrEnum):
    """How a mention stands. ``UNCERTAIN`` counts as present for the rules."""

    PRESENT = "present"
    UNCERTAIN = "uncertain"
    ABSENT = "absent"
    PAST = "past"
    HYPOTHETICAL = "hypothetical"
    OTHER = "other person"

    @property
    def counts(self) -> bool:
        return self in (Status.PRESENT, Status.UNCERTAIN)


FILLERS = frozenset(
    """a an any the my his her our their your of in with or nor and at all really actually currently obvious visible
    having have had has having got getting been be being is are was were feel feels feeling felt experiencing
    experienced noticed showing show shown seem seems more new much other further history sign signs symptom symptoms
    sort kind form type severe sudden bad big real such this that these those even ever yet both his either me i he
    she it they we you complaining complain complains suffered suffering seen reported associated recent take takes
    taking on using""".split()
)
"""Words that may stand between a negation and what it denies; any other word breaks the bond."""

_MASK = "cue.mask."
_PLAIN_NO = frozenset(("no", "not"))
_JOINERS = frozenset("or nor and any".split())
_UNLIKE = frozenset("like before bad badly severe intense painful until till worse".split())
_VERBS = frozenset(
    "have has is im i my hes shes ive got started feels hurts now keeps are am was can".split()
)
_PRESENT_VERBS = frozenset("have has is am im are hes shes feel feels keeps cant now still".split())
""" "I came back last month and have a fever": what follows is not last month's."""
_STOPS = frozenset(".!?;\n…。！？؟।:-()[]/")
_DAY = 24.0
_DEFAULT_WINDOW = 14 * _DAY
_UNITS = {"hour": 1.0, "hr": 1.0, "min": 0.02, "day": _DAY, "week": 7 * _DAY, "wk": 7 * _DAY,
          "month": 30 * _DAY, "year": 365 * _DAY, "yr": 365 * _DAY}  # fmt: skip
_WHICH = {"yesterday": _DAY, "night": 0.7 * _DAY, "week": 7 * _DAY, "month": 30 * _DAY, "year": 365 * _DAY,
          "summer": 120 * _DAY, "winter": 120 * _DAY, "spring": 120 * _DAY, "christmas": 120 * _DAY}  # fmt: skip
SMALL = {"a": 1, "an": 1, "one": 1, "two": 2, "couple": 2, "three": 3, "few": 3, "four": 4, "five": 5, "six": 6,
         "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "several": 5, "many": 10,
         "some": 5, "twenty": 20, "thirty": 30}  # fmt: skip
_ASKING = frozenset(
    "what whats how who which why when where is are can could does do did will would should whos hows".split()
)
_AUXILIARY = frozenset("is are can could does do did will would should".split())
_SOMEBODY = frozenset(
    """i im ive me my mine myself we our us he hes his him she shes her they theyre their them mum mom dad son daughter
    wife husband baby boyfriend girlfriend partner friend""".split()
)


class Windows(NamedTuple):
    """How long a past event still counts, in hours by concept; and the concepts that no time takes away."""

    hours: Mapping[str, float]
    lasting: frozenset[str]


def judge(
    message: Message, mentions: Sequence[Mention], windows: Windows, fillers: frozenset[str] = FILLERS
) -> list[tuple[Mention, Status]]:
    """The status of each mention of a concept, in the order of the words."""
    mentions = _unmasked(mentions)
    cues = _Cues(message, mentions, fillers)
    judged: list[tuple[Mention, Status]] = []
    previous: tuple[Mention, Status] | None = None
    for mention in _widest([mention for mention in mentions if not mention.concept.startswith("cue.")]):
        status = _status(cues, mention, previous, windows)
        judged.append((mention, status))
        previous = (mention, status)
    return judged


def _unmasked(mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions without those inside a harmless turn of phrase ("hard to breathe through my nose")."""
    masks: dict[str, list[Mention]] = {}
    for mention in mentions:
        if mention.concept.startswith(_MASK):
            masks.setdefault(mention.concept.removeprefix(_MASK), []).append(mention)
    if not masks:
        return list(mentions)
    everywhere = masks.get("all", [])

    def harmless(mention: Mention) -> bool:
        here = (*everywhere, *masks.get(mention.concept, ()))
        return any(mask.first <= mention.last and mention.first <= mask.last for mask in here)

    return [mention for mention in mentions if mention.concept.startswith("cue.") or not harmless(mention)]


def _widest(mentions: Sequence[Mention]) -> list[Mention]:
    """In the order of the words, without a mention that lies inside another one of the same concept."""
    kept: list[Mention] = []
    reach: dict[str, int] = {}
    for mention in sorted(mentions, key=lambda m: (m.first, -m.last)):
        if mention.last > reach.get(mention.concept, -1):
            reach[mention.concept] = mention.last
            kept.append(mention)
    return kept


def _status(
    cues: _Cues, mention: Mention, previous: tuple[Mention, Status] | None, windows: Windows
) -> Status:
    negation = cues.negation(mention)
    if negation is not Status.ABSENT and previous is not None and previous[1] is Status.ABSENT:
        negation = cues.list_goes_on(previous[0], mention) or negation
    if negation is Status.ABSENT:
        return negation
    if cues.family(mention):
        return Status.OTHER
    if cues.hypothetical(mention):
        return Status.HYPOTHETICAL
    if mention.concept not in windows.lasting and cues.past(mention, windows.hours.get(mention.concept)):
        return Status.PAST
    return Status.UNCERTAIN if cues.unsure(mention) else negation


class _Cues:
    """The cues of one message, looked up by place."""

    def __init__(self, message: Message, mentions: Sequence[Mention], fillers: frozenset[str]) -> None:
        self.fillers = fillers
        self.message = message
        self.tokens = message.tokens
        self.of: dict[str, list[Mention]] = {}
        named: set[int] = set()
        for mention in mentions:
            if mention.concept.startswith("cue."):
                self.of.setdefault(mention.concept[4:], []).append(mention)
            else:
                named.update(set(range(mention.first, mention.last + 1)) - set(mention.gaps))
        masked = named | {n for m in self.of.get("pseudo", ()) for n in range(m.first, m.last + 1)}
        self.denials = {m.last: m for m in self.of.get("negation", ()) if m.first not in masked}
        self.inner_denials = {
            m.last
            for m in self.of.get("negation", ())
            if m.first in named and self.tokens[m.last].text in _PLAIN_NO
        }
        """A "not" that is part of a sign ("not sweating") still denies the other sign in it ("sweating")."""
        self.denied_from = {m.first for m in self.of.get("denied_after", ())}
        self.segment = self._segments()
        self.sentences = {
            name: {self.tokens[m.first].sentence for m in held} for name, held in self.of.items()
        }
        self.today = {
            self.tokens[m.first].sentence
            for m in self.of.get("recent", ())
            if self.tokens[m.last].text not in ("ago", "days", "yesterday", "night")
        }
        self.after_kin = {n for m in self.of.get("kin_had", ()) for n in range(m.first, m.last + 10)}
        self.past_segments = {self.segment[m.first] for m in self.of.get("past", ())}
        self.unsure_clauses = {self.tokens[m.first].clause for m in self.of.get("unsure", ())}
        self.asked_from: dict[int, int] = {}
        for cue in self.of.get("hypothetical", ()):
            self.asked_from.setdefault(self.tokens[cue.first].sentence, cue.first)
        self.bare_questions = self._bare_questions()
        self.hours = self._hours_by_segment()

    def _bare_questions(self) -> set[int]:
        """Sentences that open with a question word and speak of nobody."""
        asking: set[int] = set()
        somebody: set[int] = set()
        for place, token in enumerate(self.tokens):
            if token.text in _SOMEBODY:
                somebody.add(token.sentence)
            opens = not place or self.tokens[place - 1].sentence != token.sentence
            if opens and token.text in _ASKING:
                sure = token.text not in _AUXILIARY or token.sentence in self.message.questions
                asking.update({token.sentence} if sure else ())
        return asking - somebody

    def _hours_by_segment(self) -> dict[int, float]:
        """The shortest "so long ago" of each segment."""
        hours: dict[int, float] = {}
        for place in range(len(self.tokens)):
            told = _hours(self.tokens[max(place - 4, 0) : place + 1])
            if told is not None:
                here = self.segment[place]
                hours[here] = min(told, hours.get(here, told))
        return hours

    def _segments(self) -> list[int]:
        """A number for each token that changes at every comma, clause and sentence, and where "and" begins today."""
        numbers, number = [], 0
        for place, token in enumerate(self.tokens):
            new = place and (token.before.strip() or token.clause != self.tokens[place - 1].clause)
            after = self.tokens[place + 1 : place + 3] if token.text == "and" else ()
            if new or any(word.text in _PRESENT_VERBS for word in after):
                number += 1
            numbers.append(number)
        return numbers

    def negation(self, mention: Mention) -> Status:
        if any(gap in self.denials for gap in mention.gaps) or self._denied_after(mention):
            return Status.ABSENT
        if mention.first - 1 in self.inner_denials:
            return Status.ABSENT
        between: list[str] = []
        for place in range(mention.first, max(mention.first - 9, 0), -1):
            token, cue = self.tokens[place], self.tokens[place - 1]
            if token.before.strip() or cue.clause != token.clause:
                return Status.PRESENT
            if place - 1 in self.denials:
                if cue.text == "never" and self._unlike_before(mention):
                    return Status.PRESENT
                direct = len(between) <= 3 and all(word in self.fillers for word in between)
                return Status.ABSENT if direct and "and" not in between else Status.UNCERTAIN
            between.append(cue.text)
        return Status.PRESENT

    def _unlike_before(self, mention: Mention) -> bool:
        """ "Never had a headache like this": the sign is there, and worse than ever."""
        sentence = self.tokens[mention.first].sentence
        after = self.tokens[mention.last + 1 : mention.last + 7]
        return any(token.text in _UNLIKE and token.sentence == sentence for token in after)

    def _denied_after(self, mention: Mention) -> bool:
        """ "Stiff neck? No." and "chest pain: none"; "rash is absent"."""
        place = mention.last + 1
        if place >= len(self.tokens):
            return False
        here = self.tokens[place]
        alone = place + 1 == len(self.tokens) or bool(self.tokens[place + 1].before.strip())
        if (
            here.text in ("no", "none", "nope", "negative", "absent", "nil")
            and here.before.strip(", ")
            and alone
        ):
            return True
        return place in self.denied_from

    def list_goes_on(self, denied: Mention, mention: Mention) -> Status | None:
        """A denied item followed by "or", "nor" or a comma list that ends so; "and" only after a strong denial."""
        between = range(denied.last + 1, mention.first)
        if mention.first <= denied.last:
            inner = [gap for gap in denied.gaps if gap in self.denials]
            return None if inner and mention.last < min(inner) else Status.ABSENT
        words = [self.tokens[place].text for place in between]
        marks = "".join(self.tokens[place].before for place in range(denied.last + 1, mention.first + 1))
        if len(words) > 5 or any(mark in _STOPS for mark in marks) or any(word in _VERBS for word in words):
            return None
        if self.tokens[denied.first].clause != self.tokens[mention.first].clause:
            return None
        if "or" in words or "nor" in words:
            return Status.ABSENT
        if "and" in words:
            return Status.ABSENT if self._strong(denied) and set(words) <= self.fillers else Status.UNCERTAIN
        if all(word in self.fillers or word in _JOINERS for word in words) and self._ends_with_or(mention):
            return Status.ABSENT
        return None

    def _strong(self, denied: Mention) -> bool:
        strong = {"denies", "denied", "without", "denying", "nor", "havent", "hasnt"}
        begin = max(denied.first - 4, 0)
        return any(self.tokens[place].text in strong for place in range(begin, denied.first + 1))

    def _ends_with_or(self, mention: Mention) -> bool:
        for place in range(mention.last + 1, min(mention.last + 12, len(self.tokens))):
            token = self.tokens[place]
            if token.clause != self.tokens[mention.first].clause or token.text in _VERBS:
                return False
            if token.text in ("or", "nor"):
                return True
        return False

    def family(self, mention: Mention) -> bool:
        """The sign belonged to a relative: "my father had a stroke", "runs in the family"."""
        for cue in self.of.get("family", ()):
            listed = any(token.text == "history" for token in self.tokens[cue.first : cue.last + 1])
            if self.segment[cue.first] == self.segment[mention.first] or (
                listed and self.tokens[cue.first].sentence == self.tokens[mention.first].sentence
            ):
                return True
        return mention.first in self.after_kin and not self._in_sentence("recent", mention)

    def hypothetical(self, mention: Mention) -> bool:
        """Asked about, not told: "what are the signs of …", "what if …"; never with a word of the here and now."""
        if self._in_sentence("personal", mention) or self.of.get("it_is_here"):
            return False
        sentence = self.tokens[mention.first].sentence
        return (
            self.asked_from.get(sentence, mention.first + 1) <= mention.first
            or sentence in self.bare_questions
        )

    def past(self, mention: Mention, window: float | None) -> bool:
        """Over and outside its window. "Started two days ago" is an onset and still there."""
        if self._in_sentence("onset", mention) or self.tokens[mention.first].sentence in self.today:
            return False
        segments = {self.segment[mention.first], self.segment[mention.last]}
        if segments & self.past_segments:
            return True
        since = min((self.hours[here] for here in segments if here in self.hours), default=None)
        return since is not None and since > (_DEFAULT_WINDOW if window is None else window)

    def unsure(self, mention: Mention) -> bool:
        return self.tokens[mention.first].clause in self.unsure_clauses

    def _in_sentence(self, cue: str, mention: Mention) -> bool:
        return self.tokens[mention.first].sentence in self.sentences.get(cue, ())


def _hours(tokens: Sequence[Token]) -> float | None:
    """Hours since, read at the end of a few words: "two weeks ago", "last year", "in 1990"."""
    words = [token.text for token in tokens]
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last == "ago":
        return _ago(words[:-1])
    if last == "yesterday":
        return _DAY
    if before == "last" and last in _WHICH:
        return _WHICH[last]
    if (
        before in ("in", "since", "of", "back")
        and len(last) == 4
        and last.isdigit()
        and last[:2] in ("19", "20")
    ):
        years = datetime.now(UTC).year - int(last)
        return years * 365 * _DAY if years > 0 else None
    return None


def _ago(words: Sequence[str]) -> float | None:
    """ "6 years", "a couple of weeks", "20 mins", "half an hour", "months": all before "ago"."""
    if not words:
        return None
    unit = next((size for name, size in _UNITS.items() if words[-1].startswith(name)), None)
    if unit is None:
        return 30 * 365 * _DAY if words[-1] in ("long", "ages") else None
    for word in reversed(words[:-1]):
        if word.replace(".", "", 1).isdigit():
            return float(word) * unit
        if word in SMALL:
            return SMALL[word] * unit
    return 2 * unit
