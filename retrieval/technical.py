"""Which words of a question name something: by their form, by their place, or because they are rare in English."""

from __future__ import annotations

import re

from retrieval.embed import word_pieces

CODE = re.compile(r"^(?=.*\d)(?=.*[a-z])[\w*.:>+\-/]{3,}$|^[cgmnpr]\.\S+$")
_CLINICAL = re.compile(
    r"(?:mab|nib|pril|sartan|statin|gliptin|gliflozin|glutide|azole|mycin|cillin|xaban|triptan|olol|dipine|setron"
    r"|parin|lukast|oxetine|prazole|floxacin|cycline|barbital|azepam|itis|emia|pathy|ectomy|plasty|penia|algia)s?$"
)
_EVERYDAY = re.compile(
    r"(?:ed|ing|ly|ness|ments?|tions?|ity|ities|[ai]ble|ful|less|ists?|ship|ous|ism|i[sz]ers?|ery|ology|nosis)$"
)
_BEFORE = re.compile(
    r"\b([^\W\d_]{4,})(?:'s)? (?:syndrome|disease|disorder|deficiency|fever|palsy|virus)\b", re.I
)
_ACRONYM = re.compile(r"\b(?=[A-Z]\w*[A-Z])[A-Za-z]{3,5}[A-Z]\b")
RARE_PIECES = 3
"""A word that the model's word list breaks into so many pieces is hardly everyday English."""
RARE_LENGTH = 6


def named_by_place(question: str) -> frozenset[str]:
    """Words that name by their place: "Bartter syndrome"."""
    found = {match.group(1).casefold() for match in _BEFORE.finditer(question)}
    return frozenset(word for word in found if not _EVERYDAY.search(word))


def acronyms(question: str) -> frozenset[str]:
    """Words that look like names by their capitals: "CLAPO". A hasty writer makes them up as well."""
    return frozenset(() if question.isupper() else map(str.casefold, _ACRONYM.findall(question)))


def is_name(word: str) -> bool:
    """True for words that name by their form: a drug's stem, the ending of a disease or an operation."""
    return bool(_CLINICAL.search(word))


def is_technical(word: str) -> bool:
    """True for names, for codes (genes, variants, alleles), and for words rare in English."""
    if is_name(word) or CODE.match(word):
        return True
    if len(word) < RARE_LENGTH or _EVERYDAY.search(word):
        return False
    return min(pieces_of(word), pieces_of(word.removesuffix("s"))) >= RARE_PIECES


LONGEST_PIECE = 30
"""The model's word list has none longer than 18; without the bound a word of 50,000 letters takes hours."""


def pieces_of(word: str) -> int:
    """Into how many pieces the model's word list breaks a word; 1 where the list is not to be had."""
    known = word_pieces()
    if not known or not word.isalpha():
        return 1
    at = count = 0
    while at < len(word):
        longest = min(len(word), at + LONGEST_PIECE)
        end = next((e for e in range(longest, at, -1) if ("##" if at else "") + word[at:e] in known), at + 1)
        at, count = end, count + 1
    return count
