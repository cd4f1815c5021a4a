"""Is a mentioned sign there, or denied, over, only asked about, or somebody else's?

After the idea of ConText (Harkema 2009, PMC2757457) and NegEx (Chapman 2001, doi 10.1006/jbin.2001.1029), bent to
one side: what is not clearly denied counts as present, because a missed emergency weighs more than a false alarm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from tools.triage.ago import DAY, hours_ago
from tools.triage.lexicon import Mention
from tools.triage.mentions import unmasked, widest
from tools.triage.wording import Message


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
    taking on using thoughts thought ideas plans trouble problem problems difficulty episode episodes bout bouts attacks
    spells hint trace""".split()
)
"""Words that may stand between a negation and what it denies; any other word breaks the bond."""

_PLAIN_NO = frozenset(("no", "not"))
_JOINERS = frozenset("or nor and any".split())
_OR = frozenset("or nor ou ni oder nem".split())
_BUT = frozenset("but aber mais pero mas doch sondern".split())
_UNLIKE = frozenset("like before bad badly severe intense painful until till worse".split())
_VERBS = frozenset(
    "have has is im i my hes shes ive got started feels hurts now keeps are am was can".split()
)
_PRESENT_VERBS = frozenset("have has is am im are hes shes feel feels keeps cant now still".split())
""" "I came back last month and have a fever": what follows is not last month's."""
_STOPS = frozenset(".!?;\n…。！？؟।:-()[]/")
_DEFAULT_WINDOW = 14 * DAY
_NEAR = 8
"""Denied signs that are looked back at for one that holds the next, such as the chills of "no shaking chills"."""
_TIME_WORDS = 4
"""Words that a time alone may have: "a few years ago"."""
_HEADED = 24
"""Words after "none of these:" that its list may have."""
_ASKING = frozenset(
    "what whats how who which why when where is are can could does do did will would should whos hows".split()
)
_AUXILIARY = frozenset("is are can could does do did will would should".split())
_SOMEBODY = frozenset(
    """i im ive me my mine myself we our us he hes his him she shes her they theyre their them mum mom dad son daughter
    wife husband baby boyfriend girlfriend partner friend""".split()
)

_WRITER_IS = frozenset("i im ive id we weve".split())
_WRITER = frozenset("i im ive id my mine me myself we us our".split())


class Windows(NamedTuple):
    """How long a past event still counts, in hours by concept; and the concepts that no time takes away."""

    hours: Mapping[str, float]
    lasting: frozenset[str]


def judge(
    message: Message,
    mentions: Sequence[Mention],
    windows: Windows,
    fillers: frozenset[str] = FILLERS,
    ors: frozenset[str] = frozenset(),
) -> list[tuple[Mention, Status]]:
    """The status of each mention of a concept, in the order of the words.

    ``ors`` are words for "or" that only this language may read so: the Spanish "o" is an article in Portuguese.
    """
    mentions = unmasked(mentions)
    cues = _Cues(message, mentions, fillers, ors)
    judged: list[tuple[Mention, Status]] = []
    previous: tuple[Mention, Status] | None = None
    denied: list[Mention] = []
    for mention in widest([mention for mention in mentions if not mention.concept.startswith("cue.")]):
        status = _status(cues, mention, previous, windows)
        if status is Status.UNCERTAIN and any(cues.part_of(outer, mention) for outer in denied[-_NEAR:]):
            status = Status.ABSENT
        denied.extend([mention] if status is Status.ABSENT else [])
        judged.append((mention, status))
        previous = (mention, status)
    return judged


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

    def __init__(
        self, message: Message, mentions: Sequence[Mention], fillers: frozenset[str], ors: frozenset[str]
    ) -> None:
        self.fillers = fillers
        self.ors = _OR | ors
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
        self.headed = {n for m in self.of.get("denied_list", ()) for n in self._list_under(m)}
        self.segment = self._segments()
        self.sentences = {
            name: {self.tokens[m.first].sentence for m in held} for name, held in self.of.items()
        }
        self.today = {
            self.tokens[m.first].sentence
            for m in self.of.get("recent", ())
            if self.tokens[m.last].text not in ("ago", "days", "yesterday", "night")
        }
        self.after_kin = {n for m in self.of.get("kin_had", ()) for n in self._said_of_kin(m)}
        self.past_segments = {self.segment[m.first] for m in self.of.get("past", ())}
        self.unsure_clauses = {self.tokens[m.first].clause for m in self.of.get("unsure", ())}
        self.asked_from: dict[int, int] = {}
        for cue in self.of.get("hypothetical", ()):
            self.asked_from.setdefault(self.tokens[cue.first].sentence, cue.first)
        self.bare_questions = self._bare_questions()
        self.hours = self._hours_by_segment()
        self._carry_opening_time()

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
            told = hours_ago(self.tokens[max(place - 4, 0) : place + 1])
            if told is not None:
                here = self.segment[place]
                hours[here] = min(told, hours.get(here, told))
        return hours

    def _carry_opening_time(self) -> None:
        """ "Last year, my colleague lost …": a time alone before the first comma of a sentence holds behind it too."""
        begins = 0
        for place in range(1, len(self.tokens)):
            token = self.tokens[place]
            if token.sentence != self.tokens[place - 1].sentence:
                begins = place
            elif self.segment[place] != self.segment[place - 1]:
                opens = self.segment[begins] == self.segment[place - 1] and place - begins <= _TIME_WORDS
                if opens and token.before.strip() == ",":
                    self._carry(self.segment[place - 1], self.segment[place])

    def _carry(self, time: int, onto: int) -> None:
        if time in self.past_segments:
            self.past_segments.add(onto)
        if time in self.hours:
            self.hours.setdefault(onto, self.hours[time])

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

    def _said_of_kin(self, cue: Mention) -> Iterator[int]:
        """The words behind "my father had", up to the end of the sentence or to the writer's own "I"."""
        for place in range(cue.first, min(cue.last + 10, len(self.tokens))):
            token = self.tokens[place]
            if token.sentence != self.tokens[cue.first].sentence or (
                place > cue.first + 1 and token.text in _WRITER_IS
            ):
                return
            yield place

    def _list_under(self, header: Mention) -> Iterator[int]:
        """The words of a list behind "no signs of:", up to the end of its sentence or a verb."""
        first = header.last + 1
        for place in range(first, min(first + _HEADED, len(self.tokens))):
            token = self.tokens[place]
            marks = token.before.strip()
            ended = marks != ":" if place == first else any(mark in _STOPS for mark in marks)
            if ended or token.text in _VERBS or token.text in _BUT:
                return
            yield place

    def part_of(self, denied: Mention, mention: Mention) -> bool:
        """Whether what is said here is a part of a denied sign, or what it is of: "no swelling of the lips"."""
        if denied.first <= mention.first and mention.last <= denied.last:
            return True
        between = [self.tokens[place].text for place in range(denied.last + 1, mention.first)]
        linked = "of" in (*between[:1], self.tokens[denied.last].text)
        return denied.last < mention.first and linked and all(word in self.fillers for word in between)

    def negation(self, mention: Mention) -> Status:
        if any(gap in self.denials for gap in mention.gaps) or self._denied_after(mention):
            return Status.ABSENT
        if mention.first in self.headed:
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
                if self._listed_by_or(between):
                    return Status.ABSENT
                return Status.ABSENT if direct and "and" not in between else Status.UNCERTAIN
            between.append(cue.text)
        return Status.PRESENT

    def _listed_by_or(self, between: Sequence[str]) -> bool:
        """ "Sin pérdida repentina de visión o visión doble": what no lexicon knows, "or", and the sign.

        Not in English, where more is known and people write without a comma ("haven't slept or eaten my chest ...").
        """
        if self.fillers is FILLERS or any(word in _VERBS or word in _BUT for word in between):
            return False
        place = next((n for n, word in enumerate(between) if word in self.ors), None)
        return place is not None and all(word in self.fillers for word in between[:place])

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
        if len(words) > 5 or any(mark in _STOPS for mark in marks):
            return None
        if any(word in _VERBS or word in _BUT for word in words):
            return None
        if self.tokens[denied.first].clause != self.tokens[mention.first].clause:
            return None
        if any(word in self.ors for word in words) or ("noch" in words and self._after("weder", denied)):
            return Status.ABSENT
        if "and" in words:
            return Status.ABSENT if self._strong(denied) and set(words) <= self.fillers else Status.UNCERTAIN
        if all(word in self.fillers or word in _JOINERS for word in words) and self._ends_with_or(mention):
            return Status.ABSENT
        return None

    def _after(self, word: str, denied: Mention) -> bool:
        return any(token.text == word for token in self.tokens[max(denied.first - 4, 0) : denied.first])

    def _strong(self, denied: Mention) -> bool:
        strong = {"denies", "denied", "without", "denying", "nor", "havent", "hasnt"}
        begin = max(denied.first - 4, 0)
        return any(self.tokens[place].text in strong for place in range(begin, denied.first + 1))

    def _ends_with_or(self, mention: Mention) -> bool:
        for place in range(mention.last + 1, min(mention.last + 12, len(self.tokens))):
            token = self.tokens[place]
            if token.clause != self.tokens[mention.first].clause or token.text in _VERBS:
                return False
            if token.text in self.ors:
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
        if self._told_of_another(mention):
            return True
        return mention.first in self.after_kin and not self._in_sentence("recent", mention)

    def _told_of_another(self, mention: Mention) -> bool:
        """ "Somebody on television who had …", "I know someone who once …": nobody here, until the writer comes in."""
        for cue in self.of.get("told_of", ()):
            if cue.first > mention.first or not self._same_sentence(cue, mention):
                continue
            between = self.tokens[cue.first : max(cue.last + 1, mention.first)]
            if not any(token.text in _WRITER for token in between[1:]):
                return True
        return False

    def _same_sentence(self, one: Mention, other: Mention) -> bool:
        return self.tokens[one.first].sentence == self.tokens[other.first].sentence

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
