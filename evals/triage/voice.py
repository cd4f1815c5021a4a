"""A case report in the voice of the person: "He denies fever" becomes "I do not have fever". Fixed beforehand."""

from __future__ import annotations

import re
from typing import NamedTuple

_STOP = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"])|\n+")
_SHORT = re.compile(r"\b(Dr|Mr|Mrs|Ms|St|vs|approx|No)\.\s", re.I)
_NOT_VERBS = frozenset(
    "always sometimes perhaps nowadays was this his her less across thus is has does its yes unless besides".split()
)
PLAIN_WORDS = {
    "dyspnea on exertion": "shortness of breath when I move", "dyspnea": "shortness of breath", "syncope": "fainting",
    "diaphoresis": "sweating", "diaphoretic": "sweaty", "emesis": "vomiting", "hematemesis": "vomiting blood",
    "hematuria": "blood in the urine", "hemoptysis": "coughing up blood", "melena": "black tarry stools",
    "hematochezia": "blood in the stool", "dysuria": "burning when passing urine", "pruritus": "itching",
    "pruritic": "itchy", "erythematous": "red", "erythema": "redness", "edema": "swelling", "edematous": "swollen",
    "myalgias": "muscle pains", "myalgia": "muscle pain", "arthralgias": "joint pains", "arthralgia": "joint pain",
    "photophobia": "light hurting the eyes", "paresthesias": "tingling", "paresthesia": "tingling",
    "diplopia": "double vision", "dysphagia": "trouble swallowing", "odynophagia": "pain when swallowing",
    "rhinorrhea": "a runny nose", "malaise": "feeling unwell", "anorexia": "no appetite", "pyrexia": "fever",
    "myocardial infarction": "heart attack", "cerebrovascular accident": "stroke", "epistaxis": "nosebleed",
    "hypertension": "high blood pressure", "hyperlipidemia": "high cholesterol", "dysmenorrhea": "painful periods",
    "dysarthria": "slurred speech", "hemiparesis": "weakness on one side", "ecchymosis": "bruising",
    "tinnitus": "ringing in the ears", "otalgia": "ear pain", "polyuria": "passing a lot of urine",
    "polydipsia": "being very thirsty", "nocturia": "getting up at night to pass urine", "alopecia": "hair loss",
    "dyspareunia": "pain during sex", "menorrhagia": "heavy periods", "amenorrhea": "no periods",
    "diabetes mellitus": "diabetes", "cephalgia": "headache", "micturition": "passing urine", "ambulate": "walk",
    "abdominal": "belly", "lower extremities": "legs", "upper extremities": "arms", "lower extremity": "leg",
    "upper extremity": "arm", "nontender": "not sore", "lesions": "spots", "lesion": "spot", "febrile": "feverish",
    "substernal": "in the middle of the chest", "retrosternal": "behind the breastbone", "bilateral": "on both sides",
    "obtunded": "very drowsy", "cyanosis": "blue colour", "urinary frequency": "passing urine often",
}  # fmt: skip
"""What a person says for a word of the staff."""
_PLAIN = re.compile(rf"\b({'|'.join(sorted(map(re.escape, PLAIN_WORDS), key=len, reverse=True))})\b", re.I)
_SAYS = re.compile(
    r"\b(?:the patient|he|she|(?:his|her|the|the patient's) (?:mother|father|parents?|wife|husband"
    r"|daughter|son|"
    r"caregivers?|roommate|friend|grandmother)) "
    r"(?:also |further |now |then )?(?:reports?|says?|states?|adds?|explains?|mentions?|notes?|claims?"
    r"|describes?|recalls?|"
    r"endorses?|reported|said|stated|noted|noticed|admits(?: to)?|cites|discloses"
    r"|tells \w+ \w+)(?: that)?\s+",
    re.I,
)


class Person(NamedTuple):
    """Who is ill, and whether somebody else writes."""

    years: float
    sex: str
    by_another: bool

    @property
    def kin(self) -> str:
        """Whom the writer speaks of: "my daughter"."""
        female = self.sex == "female"
        if self.years < 25:
            return "My daughter" if female else "My son"
        if self.years < 60:
            return "My wife" if female else "My husband"
        return "My mother" if female else "My father"

    @property
    def age(self) -> str:
        """The age in words that a person uses: "6 weeks old"."""
        days = self.years * 365.25
        if days < 14:
            return f"{round(days)} days old"
        if days < 90:
            return f"{round(days / 7)} weeks old"
        return f"{round(self.years * 12)} months old" if self.years < 2 else f"{self.years:.0f} years old"

    def opening(self, background: str) -> str:
        """ "I am a 35 year old woman with diabetes." """
        also = f", {background}" if background else ""
        if self.by_another:
            return f"{self.kin} is {self.age}{also}."
        return f"I am {self.age}, {self.sex}{also}."

    def has(self, complaint: str) -> str:
        """The complaint as a sentence of its own."""
        she = "She" if self.sex == "female" else "He"
        clause = re.match(r"(?:he|she|of the inability|the)\b", complaint, re.I)
        if clause and clause.group().lower() in ("he", "she"):
            return told_by(self, complaint[:1].upper() + complaint[1:] + ".")
        been = (
            " been"
            if re.match(
                r"(?:coughing|feeling|experiencing|losing|having|acting|vomiting|seeing|hearing)\b", complaint
            )
            else ""
        )
        start = f"{she} has{been}" if self.by_another else f"I have{been}"
        return told_by(self, f"{start} {complaint}.")


def sentences(text: str) -> list[str]:
    """The sentences of a report; lines of a table each stand alone."""
    safe = _SHORT.sub(lambda hit: f"{hit.group(1)} ", text)
    return [part.strip() for part in _STOP.split(safe) if part.strip()]


def lay(text: str) -> str:
    """Common words for those of the staff."""
    return _PLAIN.sub(lambda hit: PLAIN_WORDS[hit.group(1).lower()], text)


def told_by(person: Person, sentence: str) -> str:
    """One sentence of the report as the person, or the one who writes for them, would put it."""
    plain = _SAYS.sub(lambda hit: _subject_left(person, hit, sentence), lay(sentence))
    plain = re.sub(r"\bthe patient's\b", "his" if person.sex == "male" else "her", plain, flags=re.I)
    plain = re.sub(r"\bthe patient\b", "he" if person.sex == "male" else "she", plain, flags=re.I)
    plain = re.sub(r"\b(he|she) presents (?:to [\w ]+? )?with\b", r"\1 has", _denials(plain), flags=re.I)
    spoken = plain if person.by_another else _first_person(plain)
    return spoken[:1].upper() + spoken[1:]


def _subject_left(person: Person, hit: re.Match[str], sentence: str) -> str:
    """ "He reports that he has" loses its first part; "He reports headaches" becomes "he has headaches"."""
    rest = lay(sentence)[hit.end() :] if sentence == lay(sentence) else hit.string[hit.end() :]
    if re.match(r"(?:\w+ing)\b", rest):
        return "he has been " if person.sex == "male" else "she has been "
    if re.match(r"(?:he|she|his|her|the|there|it|they|this|since|over|for)\b", rest, re.I):
        return ""
    return "he has " if person.sex == "male" else "she has "


def _denials(text: str) -> str:
    text = re.sub(
        r"\b(he|she) (?:also )?(?:denies|denied)\b(?: (?:experiencing|having|any))*",
        r"\1 does not have",
        text,
        flags=re.I,
    )
    return re.sub(
        r"^(?:also )?denies\b(?: (?:experiencing|having|any))*", "He does not have", text, flags=re.I
    )


def _first_person(text: str) -> str:
    text = re.sub(r"\b(?:he|she) is\b", "I am", text, flags=re.I)
    text = re.sub(r"\b(?:he|she) has\b", "I have", text, flags=re.I)
    text = re.sub(r"\b(?:he|she) does\b", "I do", text, flags=re.I)
    text = re.sub(
        r"\b(?:he|she)((?: \w+ly)?) (\w+s)\b",
        lambda hit: f"I{hit.group(1)} {_base(hit.group(2))}",
        text,
        flags=re.I,
    )
    text = re.sub(r"\b(?:he|she)\b", "I", text, flags=re.I)
    text = re.sub(r"\b(?:himself|herself)\b", "myself", text, flags=re.I)
    text = re.sub(
        r"\bher(?= ?(?:[.,;]|$|to |for |in |with |and |that |at |on |as |by |from |when ))",
        "me",
        text,
        flags=re.I,
    )
    text = re.sub(r"\bhim\b", "me", text, flags=re.I)
    text = re.sub(r"\b(?:his|her)\b", "my", text, flags=re.I)
    text = re.sub(r"\b(and|but|also) has\b", r"\1 have", text)
    text = re.sub(r"\b(and|but|also) is (?=\w+ing\b|otherwise|unsure|sexually|an? )", r"\1 am ", text)
    text = re.sub(r"\b(I \w+ly |and |but )does\b", r"\1do", text)
    return _SECOND_VERB.sub(lambda hit: f"{hit.group(1)} {_base(hit.group(2))}", text)


_SECOND_VERB = re.compile(
    r"\b(and|but|also) (reports|seeks|feels|uses|thinks|denies|takes|drinks|smokes|lives|works|enjoys|complains)\b"
)


def _base(verb: str) -> str:
    """The first person of a verb: "takes" to "take"."""
    plain = verb.lower()
    if plain in _NOT_VERBS or plain.endswith("ss"):
        return verb
    if plain.endswith("ies") and len(plain) > 4:
        return plain[:-3] + "y"
    return plain[:-2] if plain.endswith(("shes", "ches", "sses", "xes", "zzes", "oes")) else plain[:-1]
