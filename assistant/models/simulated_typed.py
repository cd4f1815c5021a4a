"""How genotypes are typed, brought to one form: other stars and dashes, "homozygous for *3", the variant of SLCO1B1."""

from __future__ import annotations

import re

_SIGNS = str.maketrans({"\N{ASTERISK OPERATOR}": "*", "\N{FULLWIDTH ASTERISK}": "*", "\N{LOW ASTERISK}": "*",
                        "\N{HYPHEN}": "-", "\N{NON-BREAKING HYPHEN}": "-", "\N{NO-BREAK SPACE}": " "})  # fmt: skip
_STAR_GENE = r"(?P<gene>CYP[- ]?\d[A-Z]\d{1,2}|SLCO1B1|UGT1A1|TPMT|NUDT15|NAT2)?"
_ONE_STAR = r"\*\s?(?P<allele>\d{1,3})(?![\d/A-Za-z]|\s?/)"
_HOMOZYGOUS = (
    re.compile(
        rf"\bhomozyg(?:ous|otes?)\s+(?:(?:for|of|carriers? of|in|the)\s+){{0,2}}(?:{_STAR_GENE}\s?){_ONE_STAR}",
        re.I,
    ),
    re.compile(
        rf"(?<![\w/])(?:{_STAR_GENE}\s?){_ONE_STAR}[\s(,-]{{0,3}}homozyg(?:ous|otes?)\b(?! for)\)?", re.I
    ),
)
_SLCO1B1 = re.compile(
    r"(?:\bSLCO1B1[\s(:,]{0,3})?\brs4149056\)?[\s:=(]{0,3}(?P<letters>(?-i:CC|[CT]/[CT]|TC|CT|TT))(?![\w/>])\)?",
    re.I,
)
_FUNCTION = {"TT": "normal", "CT": "decreased", "CC": "poor"}
"""What rs4149056 makes of its carrier: C is *5 in ``genomics.pgx.call``, an allele without function (CPIC)."""


def typed(text: str) -> str:
    """The text with each genotype in one form; what says only one of two alleles is left as it was."""
    text = text.translate(_SIGNS)
    for pattern in _HOMOZYGOUS:
        text = pattern.sub(_twice, text)
    return _SLCO1B1.sub(_by_function, text)


def _twice(match: re.Match[str]) -> str:
    return f"{(match['gene'] or '').upper()} *{match['allele']}/*{match['allele']}".strip()


def _by_function(match: re.Match[str]) -> str:
    return f"SLCO1B1 {_FUNCTION[''.join(sorted(match['letters'].replace('/', '')))]} function"
