"""The groups of virtual patients that a question compares, each as "CYP2C9 *1/*3, VKORC1 GA".

Results stand with their gene or without: two star alleles are CYP2C9 and GG, GA or AA is VKORC1 for warfarin; for
another drug they are the gene of its model. Nothing is added that was not said, and words of a genotype that cannot
be read, are denied or are only likely go to the tool as they were written: it reads them or refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby, product
from typing import NamedTuple

from assistant.models.simulated_typed import typed
from tools.simulation.records import models_of

POPULATION = "cohort"
"""How the tool is asked to draw genotypes by the frequencies of the model's own people."""
WARFARIN, STARS, LETTERS = "warfarin", "CYP2C9", "VKORC1"

MOST = 8
"""Genotypes that the tool compares at once."""

_GENES = r"CYP[- ]?\d[A-Z]\d{1,2}|VKORC1|SLCO1B1|ABCG2|UGT1A1|TPMT|NUDT15|DPYD|NAT2|CYP4F2|G6PD"
_SITE = r"rs9923231|-?\s?1639\s?G\s?>\s?A|1173\s?C\s?>\s?T"
"""Other names of the one VKORC1 variant; T of the one strand is A of the other."""
_ALLELE = r"\*\s?\d{1,3}[A-Z]?(?:x\s?(?:\d|N))?"
_PHENOTYPE = r"(?:ultra-?rapid|rapid|normal|extensive|intermediate|poor)"
_FUNCTION = r"(?:poor|decreased|normal|increased)"
_TOKEN = re.compile(
    rf"(?P<gene>(?i:{_GENES}|{_SITE})(?![A-Za-z0-9]))"
    rf"|(?<!/)(?<!/ )(?P<stars>{_ALLELE}\s?/\s?\*?\s?\d{{1,3}}[A-Z]?(?:x\s?(?:\d|N))?)"
    r"(?![\dA-Za-z]|\s?/\s?\*?\d|\)?\s?[x×]\s?\d)"
    r"|(?<![\w*])(?:-1639\s?)?(?P<letters>[GA]\s?/\s?[GA]|[CT]\s?/\s?[CT]|GG|GA|AG|AA|CC|CT|TC|TT)(?![\w/])"
    rf"|(?P<phenotypes>(?i:\b{_PHENOTYPE}(?:[\s,]+(?:(?:and|or|versus|vs\.?|against|with|to|compared (?:with"
    rf"|to))\s+)?"
    rf"{_PHENOTYPE}){{0,6}}\s+metaboli[sz]ers?"
    rf"(?:[\s,]+(?:and|or|versus|vs\.?|against|compared (?:with|to))\s+(?:an? )?{_PHENOTYPE}(?=\s*(?:[.,;:?!)]"
    rf"|$|ones?\b|people\b"
    r"|patients?\b|in\b|at\b|aged\b)))*))"
    rf"|(?P<functions>(?i:\b{_FUNCTION}(?:[\s,]+(?:(?:and|or|versus|vs\.?|against|with|to)\s+)?{_FUNCTION}){{0,4}}"
    r"[ -]function))"
    r"|(?<!\bat \d )(?<!\bat \d\d )(?<!:\d\d )\b(?P<short>(?:PM|IM|NM|EM|RM|UM)s?)\b"
    r"|(?P<apart>(?i:\b(?:against|versus|vs\b\.?|compared (?:with|to))))"
)
_SHORT = {
    "PM": "poor",
    "IM": "intermediate",
    "NM": "normal",
    "EM": "normal",
    "RM": "rapid",
    "UM": "ultrarapid",
}
_TYPES = r"\s+(?:groups|classes|status(?:es)?|types|phenotypes|genotypes)\b"
_ALL = re.compile(
    r"\b(?:all|each|every|the different|different|across|by|between|compare)\s+(?:the\s+|of the\s+)?"
    r"(?:(?P<gene>[A-Z0-9]{4,8})\s+)?(?:geno|diplo|pheno)types?\b"
    rf"|\b(?P<named>(?:{_GENES})(?:(?:,|\s+and|\s+or|\s*&|\s*/)\s*(?:{_GENES}))*)\s+(?:geno|diplo|pheno)types\b"
    rf"|\bmetaboli[sz]er{_TYPES}",
    re.I,
)
_COHORT = re.compile(
    r"\b(?:in|of|from) the (?:study |studied |Hamberg )?cohort\b|\b(?:population|stated|allele|genotype) frequenc",
    re.I,
)

_BETWEEN = rf"(?:(?:{_GENES}|{_SITE}|an?|the|any|to|be|being|of|in|for|have|having|with|as)[\s:=-]+){{0,4}}"
_DENIED = re.compile(
    r"\b(?:not|without|no|except(?: for)?|excluding|neither|nor|never|rather than|instead of|non)\b[\s-]*"
    + _BETWEEN + "$",
    re.I,
)  # fmt: skip
_DOUBT = r"(?:(?:un)?likely|possibl[ey]|probabl[ey]|presum\w+|suspected|maybe|perhaps|assumed|predicted)"
_DOUBTED = re.compile(rf"\b{_DOUBT}\s+{_BETWEEN}$", re.I)
_DOUBTED_AFTER = re.compile(rf"\s*\(?{_DOUBT}\b(?!\s*[*\w]*[*/])", re.I)
_BESIDE = re.compile(
    rf"(?:[\s,:;.()&+/=-]|\b(?:and|or|with|to|genotypes?|vs|versus|against|not|no|without|{_DOUBT})\b)*", re.I
)
_LEADS = re.compile(
    r"^\W*$|(?:\b(?:in|against|versus|vs\.?|and|or|genotypes?(?: of)?|to|for|carrying|with|both|all|each|daily|day)"
    r"|mg)[\s:=(,]*$",
    re.I,
)
_STARS_FOLLOW = re.compile(r"[\s,;:(]*\*\s?\d")
_NO_RESULT = re.compile(
    r"\W*(?:\w+\W+)?(?:substrates?|inhibit\w+|induc\w+|enzymes?|pathways?|metabolism|unknown|untested|unstated"
    r"|not (?:known|tested|stated|genotyped|available)|(?:geno|diplo|pheno)types?|results?)\b",
    re.I,
)
_LEFT = re.compile(
    r"\(?\*\s?\d[\w*/()×]*(?:\s?/\s?\*?\d\w*)?|\brs\d{4,}(?:\s+[ACGT]\s?/?\s?[ACGT]\b)?|\bc\.\d+\S*"
    r"|\b\d{3,4}\s?[ACGT]\s?[/>]?\s?[ACGT]\b|(?i:\b(?:hetero|homo)zyg\w+|\bcarriers?\b|\bwild[- ]?types?\b"
    rf"|(?:\b[a-z-]+\s)?\bmetaboli[sz]ers?\b(?!{_TYPES})|\b(?:loss|gain)[- ]of[- ]function\b|\bnull alleles?\b"
    r"|\bactivity score\b(?: \S+)?)"
)
"""Words of a genotype, once all that was read is taken away."""
_COUNTED = re.compile(
    r"\b(?:two|three|four|five|six|some|several|\d)\s+(?:\w+\s)?(?:geno|diplo|pheno)types\b", re.I
)
"""Genotypes that are counted and not said: the tool refuses such words and tells how one is stated."""
_ZYGOSITY = re.compile(r"hetero|homo|carrier|wild", re.I)


class Result(NamedTuple):
    """One result of a gene, whether "against" or the like stands right before it, and where it stands.

    It is not ``sure`` where the words beside it deny or doubt it.
    """

    gene: str
    value: str
    apart: bool
    start: int = 0
    end: int = 0
    denied: bool = False
    doubted: bool = False

    @property
    def sure(self) -> bool:
        return not (self.denied or self.doubted)


class Mention(NamedTuple):
    """Words of a genotype that were not read, and where they begin and end."""

    start: int
    end: int


def groups(text: str, drug: str) -> list[str]:
    """The genotype of each group, in the order of the words; none where no result is told.

    Where words of a genotype were not read, all of its words go on as they were written.
    """
    text = typed(text)
    told = list(_results(text, drug))
    if left := _left(text, told, drug):
        return _as_written(text, told, left)
    sure = [one for one in told if one.sure]
    if not sure and (match := _COUNTED.search(text)):
        return [match.group()]
    if not sure:
        return [POPULATION] if _COHORT.search(text) else _every(text, drug)[:MOST]
    made = _groups(sure)
    return list(dict.fromkeys(_said(one) for one in made))


def unread(text: str, drug: str) -> tuple[str, ...]:
    """Words that look like a genotype and reach the tool in no way, each as it was written."""
    text = typed(text)
    told = list(_results(text, drug))
    if _left(text, told, drug):
        return ()
    loose = _loose(text, told) if drug == WARFARIN else []
    over = _every(text, drug)[MOST:] if not told else []
    return tuple(dict.fromkeys((*loose, *over)))


def _loose(text: str, told: Sequence[Result]) -> list[str]:
    """Letters of a genotype that stand beside nothing that makes them one ("on AA meetings")."""
    read = {one.start for one in told}
    found = (match for match in _TOKEN.finditer(text) if match["letters"] and match.start() not in read)
    return [match["letters"] for match in found if not re.search("[CT]", match["letters"])]


def spans(text: str, drug: str) -> list[tuple[int, int]]:
    """Where genes, results and words of a genotype stand in a text, read or not: of both is told elsewhere."""
    text = typed(text)
    told = list(_results(text, drug))
    left = [(one.start, one.end) for one in _left(text, told, drug)]
    return [*left, *((one.start, one.end) for one in told), *(one.span() for one in _TOKEN.finditer(text))]


def speaks_of_genes(text: str, drug: str) -> bool:
    """Whether a text names a gene that a model of the drug looks at."""
    named = {_symbol(match["gene"]) for match in _TOKEN.finditer(typed(text)) if match["gene"]}
    return any(named & set(one.genes) for one in models_of(drug))


def _left(text: str, told: Sequence[Result], drug: str) -> list[Mention]:
    """What is denied, doubted or not read; a denied result whose gene has another one is only left out."""
    bound = {one.gene for one in told if one.sure}
    open_ = [one for one in told if one.doubted or (one.denied and one.gene not in bound)]
    left = [Mention(one.start, one.end) for one in open_]
    left += [Mention(*gene.span()) for gene in _bare_genes(text, told)]
    found = [one.span() for one in _TOKEN.finditer(text) if one["gene"]]
    rest = list(text)
    for start, end in (*found, *((one.start, one.end) for one in told)):
        rest[start:end] = " " * (end - start)
    for match in _LEFT.finditer("".join(rest)):
        zygosity = _ZYGOSITY.search(match.group())
        if not zygosity or ((found or told or models_of(drug)) and not _goes_with(match, text, told)):
            left.append(Mention(match.start(), match.start() + len(match.group().rstrip())))
    return sorted(left)


def _goes_with(match: re.Match[str], text: str, told: Sequence[Result]) -> bool:
    """Whether "carriers" or the like stands right beside a result that was read."""
    return any(
        not re.search(r"\w", text[one.end : match.start()] or text[match.end() : one.start])
        for one in told
        if one.end <= match.start() or match.end() <= one.start
    )


def _bare_genes(text: str, told: Sequence[Result]) -> Iterator[re.Match[str]]:
    """Genes that are named and of which no result was read, as far as they are not named for another reason."""
    bound, every = {one.gene for one in told}, bool(_ALL.search(text))
    for match in _TOKEN.finditer(text):
        gene = _symbol(match["gene"] or "")
        if not gene or gene in bound or (every and not told) or _NO_RESULT.match(text, match.end()):
            continue
        yield match


def _as_written(text: str, told: Sequence[Result], left: Sequence[Mention]) -> list[str]:
    """All words from the first of a genotype to the last, cut where one group is set against another."""
    spans = [match.span() for match in _TOKEN.finditer(text) if match["gene"]]
    spans += [(one.start, one.end) for one in left] + [(one.start, one.end) for one in told]
    start, end = min(begin for begin, _ in spans), max(stop for _, stop in spans)
    before = _DENIED.search(text[:start]) or _DOUBTED.search(text[:start])
    words = text[before.start() if before else start : end]
    parts = re.split(r"\b(?:against|versus|vs\b\.?|compared (?:with|to))|;", words, flags=re.I)
    plain = (re.sub(r"\bnon-", "not ", part, flags=re.I).strip(" ,.") for part in parts)
    return list(dict.fromkeys(part for part in plain if part))[:MOST]


def _said(group: Mapping[str, str]) -> str:
    return ", ".join(f"{gene} {value}".strip() for gene, value in group.items())


def _results(text: str, drug: str) -> Iterator[Result]:
    """Every result with its gene. A gene holds for what follows it; one that comes after its only result as well."""
    named = [match["gene"] for match in _TOKEN.finditer(text) if match["gene"]]
    genes = list(dict.fromkeys(_symbol(one) for one in named))
    gene, apart, last = "", False, 0
    for match in _TOKEN.finditer(text):
        if match["gene"]:
            gene, last = _symbol(match["gene"]), match.end()
        elif match["apart"]:
            apart = True
        elif not match["letters"] or _is_a_result(match, gene, last):
            last = match.end()
            for kind, value in _values(match):
                owner = _owner(kind, gene or (genes[0] if len(genes) == 1 else ""), drug)
                if owner is None:
                    continue
                doubted = _DOUBTED_AFTER.match(text, match.end())
                end = doubted.end() if doubted else match.end()
                before = text[: match.start()]
                unsure = bool(doubted or _DOUBTED.search(before))
                yield Result(owner, value, apart, match.start(), end, bool(_DENIED.search(before)), unsure)
                apart = False


def _is_a_result(match: re.Match[str], gene: str, last: int) -> bool:
    """Letters beside VKORC1, another result, or "in", "against" and the like; T and C only beside the former two."""
    between = match.string[last : match.start()]
    near = bool(last) and bool(_BESIDE.fullmatch(between))
    if near or gene == LETTERS or _STARS_FOLLOW.match(match.string, match.end()):
        return True
    return not re.search("[CT]", match["letters"]) and bool(_LEADS.search(between))


def _symbol(said: str) -> str:
    """The gene's symbol, also where its one variant is named."""
    return LETTERS if re.fullmatch(_SITE, said, re.I) else re.sub(r"[- ]", "", said).upper()


def _values(match: re.Match[str]) -> Iterator[tuple[str, str]]:
    if match["stars"]:
        one, other = (part.replace(" ", "").lstrip("*") for part in match["stars"].split("/"))
        yield "stars", f"*{one}/*{other}"
    elif match["letters"]:
        letters = re.sub(r"[^ACGT]", "", match["letters"])
        yield "letters", {"AG": "GA", "TC": "CT"}.get(letters, letters)
    elif match["short"]:
        yield "phenotype", f"{_SHORT[match['short'][:2]]} metabolizer"
    elif match["phenotypes"]:
        for word in re.findall(_PHENOTYPE, match["phenotypes"], re.I):
            plain = word.lower().replace("-", "")
            yield "phenotype", f"{'normal' if plain == 'extensive' else plain} metabolizer"
    elif match["functions"]:
        for word in re.findall(_FUNCTION, match["functions"].rpartition("unction")[0], re.I):
            yield "phenotype", f"{word.lower()} function"


def _owner(kind: str, gene: str, drug: str) -> str | None:
    """The gene that a result is of; None for letters that are no genotype here ("AA" of another drug)."""
    if kind == "letters":
        return LETTERS if drug == WARFARIN or gene == LETTERS else None
    if gene and gene != LETTERS:
        return gene
    return STARS if drug == WARFARIN else _star_gene(drug)


@cache
def _star_gene(drug: str) -> str:
    """The one gene of the drug's models beside VKORC1; "" where there are several or none: the tool then asks."""
    held = {gene for one in models_of(drug) for gene in one.genes if gene != LETTERS}
    return next(iter(held)) if len(held) == 1 else ""


def _groups(told: Sequence[Result]) -> list[dict[str, str]]:
    runs = [(gene, [one.value for one in run]) for gene, run in groupby(told, key=lambda one: one.gene)]
    if len(runs) == 2 and not any(one.apart for one in told) and all(len(values) > 1 for _, values in runs):
        (first, one), (second, other) = runs
        return [{first: a, second: b} for a, b in product(dict.fromkeys(one), dict.fromkeys(other))]
    made: list[dict[str, str]] = []
    for result in told:
        if not made or result.apart or result.gene in made[-1]:
            made.append({})
        made[-1][result.gene] = result.value
    return _spread(made)


def _spread(made: list[dict[str, str]]) -> list[dict[str, str]]:
    """A result that only the first or the last group tells holds for all of them: "*1/*1 against *3/*3, VKORC1 GA"."""
    genes = list(dict.fromkeys(gene for group in made for gene in group))
    for gene in genes:
        holders = [group for group in made if gene in group]
        others = [group for group in made if gene not in group]
        if len(holders) == 1 and others and holders[0] in (made[0], made[-1]) and len(holders[0]) > 1:
            for group in others:
                group[gene] = holders[0][gene]
    return [{gene: group[gene] for gene in genes if gene in group} for group in made]


def _every(text: str, drug: str) -> list[str]:
    """Every genotype that the drug's model knows of each gene that is named, or of its only one."""
    asked = list(_ALL.finditer(text))
    if not asked:
        return []
    said = " ".join(one["gene"] or one["named"] or "" for one in asked)
    named = [_symbol(gene) for gene in re.findall(_GENES, said, re.I)]
    known = {gene: held for one in reversed(models_of(drug)) for gene, held in one.genes.items()}
    wanted = [gene for gene in dict.fromkeys(named) if gene in known] or [
        STARS if drug == WARFARIN else _star_gene(drug)
    ]
    return [f"{gene} {value}" for gene in wanted if gene in known for value in known[gene].effects]
