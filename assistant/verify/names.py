"""Do the drugs, genes, variants and identifiers of a sentence come from the cited evidence?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import yaml

from assistant.verify.quotes import plain
from genomics.mentions import find

_IDENTIFIER = re.compile(r"\b(?:PMID:?\s*\d+|10\.\d{4,9}/\S+|NCT\d{8})", re.IGNORECASE)
_GENE = re.compile(r"\b[A-Z][A-Z0-9]{2,8}(?:-[A-Z0-9]{1,3})?\b")
# International non-proprietary names end in stems that tell the class (WHO, "The use of stems").
_STEM = re.compile(
    r"\b[a-z]{2,}(?:mab|nib|tinib|pril|sartan|olol|statin|gliflozin|gliptin|glutide|xaban|gatran|parin|conazole|cillin"
    r"|mycin|prazole|dipine|thiazide|oxetine|azepam|caine|asone|olone|profen|coxib|triptan|vir|floxacin|cycline"
    r"|terol|tropium|lukast|formin|zosin|semide|setron|barbital|fibrate|platin|rubicin|taxel|caftor|parib|lisib"
    r"|ciclib|tide|kinra|cept|grel|grelor|ezetimibe|codone|orphine|tadine|rizine|ipramine|triptyline|azodone)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{4,}")


@cache
def drugs() -> frozenset[str]:
    """Generic drug names that no stem gives away, lower case."""
    path = Path(__file__).parents[2] / "tools" / "knowledge" / "drug_names.yaml"
    return frozenset(yaml.safe_load(path.read_text(encoding="utf-8")))


def drug_names(text: str) -> tuple[str, ...]:
    """The generic drug names of a text in lower case, in its order, each once."""
    text = plain(text)
    found = [(match.start(), match.group().lower()) for match in _STEM.finditer(text)]
    found += [(match.start(), match.group().lower()) for match in _WORD.finditer(text)]
    return tuple(dict.fromkeys(name for _, name in sorted(found) if name in drugs() or _STEM.fullmatch(name)))


def names(text: str) -> frozenset[str]:
    """Drug names, gene symbols, variants and identifiers of a text, in lower case."""
    text = plain(text)
    found = {match.group() for pattern in (_IDENTIFIER, _GENE, _STEM) for match in pattern.finditer(text)}
    found |= {mention.text for mention in find(text)}
    found |= {word for word in _WORD.findall(text) if word.lower() in drugs()}
    return frozenset(re.sub(r"\s+", "", name).lower().rstrip(".,;") for name in found)


def stranger(sentence: str, evidence: Iterable[str], subject: str) -> str | None:
    """The first name of the sentence that neither the evidence nor the subject of the question carries."""
    ground = re.sub(r"\s+", "", plain(" | ".join([*evidence, subject]))).lower()
    return next((name for name in sorted(names(sentence)) if name not in ground), None)
