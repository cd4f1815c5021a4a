"""Messages that the rules do not speak about: not about anybody's health."""

from __future__ import annotations

from tools.triage.facts import Facts
from tools.triage.wording import read

_OTHER = frozenset(
    "weather forecast football cricket tennis lottery stocks shares bitcoin mortgage invoice recipe poem song "
    "lyrics movie film novel javascript python code algorithm spreadsheet translate translation homework essay "
    "capital president election parliament train flight hotel visa passport crossword joke".split()
)
_HEALTH = frozenset(
    "health ill sick unwell doctor nurse hospital clinic pharmacist pharmacy ambulance medicine medicines "
    "medication meds tablet tablets pill pills drug drugs dose symptom symptoms sign signs hurt hurts hurting "
    "pain painful ache aches sore skin hair head eye eyes ear ears nose mouth tooth teeth throat neck chest heart "
    "lung lungs breath breathing belly stomach back arm leg foot feet hand finger toe knee hip blood bleeding "
    "baby pregnant period urine pee poo stool sleep tired weak dizzy faint fell fall hit cut burn bite sting rash "
    "itch itchy swelling swollen lump fever hot cold cough sneeze allergy allergic infection cancer diabetes "
    "pressure sugar weight anxious depressed sad die dying dead kill poison overdose swallowed help emergency "
    "danger wrong feel feeling feels".split()
)


def nothing_of_health(text: str, known: Facts) -> bool:
    """Whether a message is plainly about something else: a word of another subject, and no word or fact of health."""
    if known.mentioned:
        return False
    words = {token.text for token in read(text).tokens}
    return bool(words & _OTHER) and not words & _HEALTH
