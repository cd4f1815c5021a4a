"""What may not change a level, and what may never lower it.

The emergencies of the frozen set are run whole. Every rule's own phrases are run too: every seventh of them by default,
all of them with the slow tests.
"""

import random
import re
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.triage.operators import wording
from evals.triage.surface import padded
from tools.triage.conversation import Talk, step
from tools.triage.engine import assess, rules
from tools.triage.language import is_fixed_message
from tools.triage.levels import Level
from tools.triage.questions import questions

SET = yaml.safe_load((Path(__file__).parent / "data" / "gate_messages.yaml").read_text(encoding="utf-8"))
EMERGENCIES = [message["text"] for message in SET["emergency"]]
HARMLESS = [message["text"] for message in SET["harmless"]]


def _rank(text: str, **more: object) -> int:
    level = assess(text, **more).level  # type: ignore[arg-type]
    return -1 if level is None else level.rank


@pytest.mark.parametrize("flag", ["I can't breathe.", "He is having a seizure.", "My lips are turning blue."])
def test_adding_a_red_flag_never_lowers(flag: str) -> None:
    for text in EMERGENCIES + HARMLESS:
        assert _rank(f"{text} {flag}") == Level.EMERGENCY.rank, text
        assert _rank(f"{flag} {text}") == Level.EMERGENCY.rank, text


@pytest.mark.parametrize("worse", ["I also take warfarin.", "I have diabetes.", "I am on chemo."])
def test_a_drug_or_disease_never_lowers(worse: str) -> None:
    for text in EMERGENCIES:
        assert _rank(f"{text} {worse}") == Level.EMERGENCY.rank, text


@pytest.mark.parametrize(
    ("thoughts", "more"),
    [
        ("I don't want to live anymore.", "I have a rope in the garage."),
        ("I wish I was dead.", "I have a plan and it is tonight."),
        ("I am thinking about ending my life.", "I have saved up my pills."),
    ],
)
def test_plan_means_and_method_only_raise(thoughts: str, more: str) -> None:
    alone = assess(thoughts)
    with_plan = assess(f"{thoughts} {more}")
    assert alone.level is Level.SAME_DAY
    assert with_plan.level is Level.EMERGENCY
    assert {"suicide_thoughts", "suicide_now"} <= {fired.rule for fired in with_plan.fired}
    for suffix in SET["suffixes"]:
        assert _rank(f"{thoughts} {more}{suffix}") == Level.EMERGENCY.rank


@pytest.mark.parametrize(
    ("with_age", "without"),
    [
        ("I'm 58 and have chest pain", "I have chest pain"),
        ("my 6 week old baby has a temp of 38.4", "my baby has a temp of 38.4"),
        ("my 3 week old baby is vomiting green", "my baby is vomiting green"),
        (
            "I'm 72, a headache, it hurts to chew and my vision is blurred",
            "a headache, it hurts to chew and my vision is blurred",
        ),
    ],
)
def test_removing_the_age_never_lowers(with_age: str, without: str) -> None:
    assert _rank(without) >= _rank(with_age)


@pytest.mark.parametrize(
    ("own", "proxy"),
    [
        ("my face is drooping", "my mum's face is drooping"),
        ("I have crushing chest pain", "my dad has crushing chest pain"),
        ("I hit my head and I take Eliquis", "my gran hit her head and she takes Eliquis"),
        ("I can't breathe", "my husband can't breathe"),
        ("I want to die and have a gun", "my son wants to die and has a gun"),
    ],
)
def test_proxy_and_first_person_agree(own: str, proxy: str) -> None:
    assert _rank(own) == _rank(proxy) == Level.EMERGENCY.rank


def test_one_message_over_three_turns_ends_at_the_same_level() -> None:
    for text in EMERGENCIES:
        words = text.split()
        cut = max(len(words) // 3, 1)
        turns = [" ".join(words[:cut]), " ".join(words[cut : 2 * cut]), " ".join(words[2 * cut :])]
        assert assess(turns[2], context=turns[:2]).level is Level.EMERGENCY, text


def test_a_later_denial_does_not_lower() -> None:
    assert assess("no, it is fine now", context=("I have crushing chest pain",)).level is Level.EMERGENCY


def test_a_corrected_age_is_a_changed_fact() -> None:
    first = "my baby is 2 months old, temp 38.2"
    assert assess("what now?", context=(first,)).level is Level.EMERGENCY
    assert assess("sorry, I meant 2 years old", context=(first,)).level is not Level.EMERGENCY


def test_order_of_sentences_does_not_matter() -> None:
    for text in EMERGENCIES:
        parts = [part.strip() for part in text.replace("?", ".").split(". ") if part.strip()]
        assert assess(". ".join(reversed(parts))).level is Level.EMERGENCY, text


_URGENT = [(rule.id, text) for rule in rules().all if rule.level is Level.EMERGENCY for text in rule.fires]
_AGE = re.compile(
    r"\b(?P<count>\d{1,3})(?: ?- ?|\s)?(?P<unit>year|yr|month|week|day)s?[ -]olds?\b"
    r"|\bI'?a?m (?P<own>\d{2})\b(?! ?weeks?)|\b\d{2}[MF]\b",
    re.I,
)


def _ageless(text: str) -> str:
    """The message without its age: "my 6 week old" becomes "my baby", "my 4 year old" "my child"."""

    def instead(hit: re.Match[str]) -> str:
        if not hit["count"]:
            return "I am here" if hit["own"] else ""
        young = hit["unit"].lower() != "year" or int(hit["count"]) < 2
        return "baby" if young else "child" if int(hit["count"]) < 18 else "person"

    return " ".join(
        re.sub(r"\b(baby|child) (?=baby\b|boy\b|girl\b|son\b)", "", _AGE.sub(instead, text)).split()
    )


def _asks_the_age(text: str) -> bool:
    """Whether the talk asks it at once: then a missing age is asked and not passed over."""
    found = assess(text)
    return "age" in {question.id for question in questions().wanted(found.known, found.level)}


OTHER_WORDS = 0.02
"""The share of a rule's own phrases that everyday words in place of others may still lower; 0 is wanted."""
_EVERY = [
    pytest.param(_URGENT[::7], id="every seventh"),
    pytest.param(_URGENT, id="all", marks=pytest.mark.slow),
]


def _lowered(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """The second messages that read as less urgent than their first one."""
    return [after for before, after in pairs if _rank(after) < _rank(before)]


@pytest.mark.parametrize("urgent", _EVERY)
@pytest.mark.parametrize(
    "more", ["I can't breathe.", "I also take warfarin.", "I have diabetes and I am on chemo."]
)
def test_adding_a_red_flag_or_a_risk_never_lowers_a_rules_phrase(
    urgent: list[tuple[str, str]], more: str
) -> None:
    assert _lowered([(text, f"{text.rstrip('.')}. {more}") for _, text in urgent]) == []


@pytest.mark.parametrize("urgent", _EVERY)
def test_removing_the_age_never_lowers_a_rules_phrase(urgent: list[tuple[str, str]]) -> None:
    """It keeps the level, or the age is asked before any level is final."""
    said = [
        (text, _ageless(text)) for rule, text in urgent if rule != "child_in_danger" and _AGE.search(text)
    ]  # that rule is about being a child
    assert [after for after in _lowered(said) if not _asks_the_age(after)] == []


@pytest.mark.parametrize("urgent", _EVERY)
def test_anchoring_and_playing_down_never_lower(urgent: list[tuple[str, str]]) -> None:
    """A relative's "it's nothing" shifted advice elsewhere (Nature Medicine 2026): here it weighs nothing."""
    ends = (
        " My husband says it's nothing.",
        " I'm sure it's just stress, it can wait.",
        " Google says reflux.",
    )
    told = [(text, text.rstrip(".!?") + "." + ends[n % len(ends)]) for n, (_, text) in enumerate(urgent)]
    assert _lowered(told) == []


@pytest.mark.parametrize("urgent", _EVERY)
def test_other_words_for_the_same_never_lower(urgent: list[tuple[str, str]]) -> None:
    swapped = [(text, wording(text, random.Random(text))) for _, text in urgent]
    assert any(before != after for before, after in swapped)
    assert len(_lowered(swapped)) <= OTHER_WORDS * len(swapped), _lowered(swapped)


@pytest.mark.parametrize("urgent", _EVERY)
def test_the_end_of_a_long_text_is_read(urgent: list[tuple[str, str]]) -> None:
    some = urgent[::5]
    assert _lowered([(text, padded(text)) for _, text in some]) == []


@pytest.mark.parametrize("urgent", _EVERY)
def test_proxy_and_first_person_agree_on_a_rules_phrase(urgent: list[tuple[str, str]]) -> None:
    own = [
        text
        for _, text in urgent
        if re.match(r"I have (?!been|had|a plan|not)\w+", text) and " my " not in text
    ]
    assert _lowered([(text, re.sub(r"^I have", "My brother has", text)) for text in own]) == []


@pytest.mark.parametrize("urgent", _EVERY)
def test_the_talk_over_three_turns_ends_at_the_same_level(urgent: list[tuple[str, str]]) -> None:
    """Cut between words, as people send a text before it is done."""
    lowered = []
    for _, text in urgent[::2]:
        words = text.split()
        cut = max(len(words) // 3, 1)
        talk = Talk(country="GB")
        for part in (words[:cut], words[cut : 2 * cut], words[2 * cut :]):
            talk, turn = step(talk, " ".join(part))
        if turn.level is not Level.EMERGENCY:
            lowered.append(text)
    assert lowered == []


def _typos(text: str, share: float, seed: int) -> str:
    """Swap, drop or double one letter in a share of the words of four and more letters."""
    dice = random.Random(seed)
    words = text.split(" ")
    for place, word in enumerate(words):
        if len(word) < 4 or not word.isalpha() or dice.random() >= share:
            continue
        at = dice.randrange(1, len(word) - 1)
        slips = (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
        )
        words[place] = dice.choice(slips)
    return " ".join(words)


@pytest.mark.parametrize(("share", "floor"), [(0.15, 0.95), (0.30, 0.90), (0.50, 0.75)])
def test_typos(share: float, floor: float) -> None:
    caught = [
        assess(_typos(text, share, seed)).level is Level.EMERGENCY
        for seed in range(4)
        for text in EMERGENCIES
    ]
    assert sum(caught) / len(caught) >= floor


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_a_result(text: str) -> None:
    found = assess(text)
    assert found.level is None or found.fired
    assert found.safety_net


@given(
    st.lists(
        st.sampled_from("no not never chest pain : - , . ? my mum had 3 weeks ago 38.4 / 110 😵 ﷺ é".split()),
        max_size=40,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_row_of_cues_gives_a_result(words: list[str]) -> None:
    assess(" ".join(words), context=("a", " ".join(words)))


def test_time_grows_with_the_length_and_no_faster() -> None:
    line = (
        "I live near the park and my chest was fine, no pain, then I walked home with the dog for 3 miles. "
    )
    assess(line)

    def seconds(text: str) -> float:
        begun = time.process_time()
        assess(text)
        return time.process_time() - begun

    short = min(seconds((line * 60)[:5000]) for _ in range(3))
    long = min(seconds((line * 600)[:50_000]) for _ in range(2))
    assert long < 30 * short
    assert long < 2.0


@pytest.mark.parametrize("text", ["help", "Help me!", "dying"])
def test_a_bare_cry_asks_one_question_and_shows_the_line(text: str) -> None:
    found = assess(text, country="US")
    assert found.open == ("What is wrong right now?",)
    assert found.first_action == "If you are in danger, call 911 now."


def test_control_and_direction_marks_do_not_hide_a_sign() -> None:
    hidden = "ch\u200best p\u202eain\u0000"
    found = assess(hidden)
    assert found.level is Level.EMERGENCY
    assert any("marks were taken out" in note for note in found.notes)
    assert assess("chest pain\r\nand sweat").notes == ()
    assert assess("ｃｈｅｓｔ ｐａｉｎ").level is Level.EMERGENCY


@pytest.mark.parametrize(
    "text", ["가슴이 아프고 숨을 쉴 수 없어요", "У меня болит грудь", "عندي ألم في الصدر", "मेरे सीने में दर्द है"]
)
def test_a_script_without_a_lexicon_gets_the_fixed_line(text: str) -> None:
    found = assess(text, country="GB")
    assert not found.language_ok
    assert any(is_fixed_message(note, "GB") and "999 or 112" in note for note in found.notes)


def test_a_foreign_script_still_meets_the_lexicons_we_have() -> None:
    assert assess("У меня chest pain").level is Level.EMERGENCY
