"""Names of variants in free text: HGVS, protein names, rsIDs, legacy names, star alleles, genomic positions.

Finding is not judging: a mention may still break the grammar, and :mod:`genomics.hgvs` says how. Standard
library and pydantic only, linear in the text; the assistant's router calls it on every turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

from retrieval.evidence import Word

LIMIT = 20_000
"""Characters of a text that are looked at."""


class MentionKind(StrEnum):
    """What sort of name stands in the text."""

    HGVS = "hgvs"
    PROTEIN = "protein"
    RSID = "rsid"
    LEGACY = "legacy"
    STAR = "star alleles"
    GENOMIC = "genomic"
    VCF_RECORD = "vcf record"


class Mention(Word):
    """One name: ``text`` is the slice [start, end) of the question, ``name`` what it reads as."""

    kind: MentionKind
    text: str
    start: int
    end: int
    name: str
    gene: str = ""
    build: str = ""
    """"GRCh37" or "GRCh38" if the text names one build."""


# One character each, so that offsets stay those of the text.
_PLAIN = {ord(dash): "-" for dash in "–—−‐‑"} | {ord(blank): " " for blank in "\u00a0\u2009\u202f"}
_PLAIN |= {ord("→"): ">", ord("＞"): ">", ord("＊"): "*", ord("∆"): "Δ"}
_AA3 = "Ala|Arg|Asn|Asp|Cys|Gln|Glu|Gly|His|Ile|Leu|Lys|Met|Phe|Pro|Ser|Thr|Trp|Tyr|Val|Ter|Sec"
_AA = rf"(?:{_AA3}|[ACDEFGHIKLMNPQRSTVWYX*])"
_TAIL = (
    rf"(?:_{_AA}\d{{1,5}})?(?:delins(?:{_AA}){{1,60}}|(?:del|dup)|ins(?:{_AA}){{1,60}}"
    rf"|{_AA}?fs(?:(?:Ter|\*|X)\d{{0,4}})?|{_AA}?ext[\w*?-]{{0,20}}|{_AA}|=|\?)"
)
_SYMBOL = r"[A-Z][A-Z0-9]{1,8}(?:-[A-Z0-9]{1,4})?"
_REF = r"(?:[A-Z]{2}_\d{6,9}(?:\.\d{1,3})?|ENST\d{11}(?:\.\d{1,3})?|LRG_\d{1,5}(?:t\d{1,2})?)"
_HEAD = rf"(?:{_REF}(?:\({_SYMBOL}\))?\s?:\s?|{_SYMBOL}(?:\({_REF}\))?:\s?)?"
_BASES = "[ACGTUNacgtun]"
_STRETCH = rf"(?:{_BASES}{{1,300}}|\d{{1,6}})"
_EDIT = (
    rf"\s?(?:{_BASES}{{1,300}}\s?>\s?{_BASES}{{1,300}}|del{_STRETCH}?(?:\s?ins{_STRETCH})?|(?:dup|inv){_STRETCH}?"
    rf"|ins(?:{_STRETCH}|\(\d{{1,6}}\))|{_BASES}{{0,100}}=|{_BASES}{{0,100}}\[\d{{1,4}}\])"
)
_FLAGS = re.IGNORECASE
_HGVS = re.compile(
    rf"(?<![\w.]){_HEAD}(?:[cgmn]\.\s?(?:\(?(?:\?_)?[\d*-][\d_*+()?-]{{0,60}}{_EDIT}?)"
    rf"|[cgmn]\.(?:[ACGT]\d{{1,6}}[ACGT]\b|\[[^\s\]]{{1,80}}\]))"
)
_NO_CHANGE = re.compile(r"[cgmn]\.\s?\d+")
_PROTEIN = re.compile(
    rf"(?<![\w.])(?:[NX]P_\d{{6,9}}(?:\.\d{{1,3}})?:\s?)?p\.\s?\(?{_AA}\d{{1,5}}{_TAIL}(?![A-Za-z]{{2}})\)?"
)
_PROTEIN_BARE = re.compile(
    rf"(?<![\w.])(?:{_AA3})\d{{1,5}}(?:_(?:{_AA3})\d{{1,5}})?"
    rf"(?:{_AA3}|del|dup|fs(?:(?:Ter|\*)\d{{0,4}})?|=|\*)(?![A-Za-z])"
)
_PROTEIN_SHORT = re.compile(
    r"(?<![\w.])[ACDEFGHIKLMNPQRSTVWY]\d{1,5}"
    r"(?:[ACDEFGHIKLMNPQRSTVWYX*]|del|dup|[A-Z]?fs(?:[*X]\d{1,4})?)(?![\w*])"
)
_OLD_INDEL = re.compile(r"(?<![\w.])\d{1,5}(?:[-_]\d{1,5})?\s?(?:del|ins|dup)[ACGT]{1,20}(?!\w)")
_RSID = re.compile(r"(?<!\w)rs\s?\d{3,12}(?!\w)", _FLAGS)
_ALLELE = r"\*\d{1,3}[A-Z]?(?::\d{1,4}){0,3}(?:\.\d{1,4})?(?:x(?:>=?|≥)?\d{1,2}|xN)?"
_IS = r"(?:(?:\s(?:genotype|diplotype|result))?(?:\s?[:=]|\sis)?(?=\s?\*[\w.:]{1,9}\s?[/+]))?"
"""Between a gene and its two alleles: "UGT1A1: *1/*1", "CYP2C19 genotype is *1/*2"."""
_STAR = re.compile(
    rf"(?<![\w-])(?:HLA-[A-Z]{{1,3}}\d?(?:\s?:(?=\s?\*\d))?|[A-Z][A-Z0-9]{{2,8}}{_IS})\s?{_ALLELE}"
    rf"(?:\s?[/+]\s?{_ALLELE}){{0,3}}(?![\w*])"
)
_GENOMIC = re.compile(
    r"(?<![\w.-])(?:chr)?(?:(?:[1-9]|1\d|2[0-2]|X|Y)(?:[:-](?:g\.)?|\s)(?=\d{4})|MT?[:-])\d{1,9}"
    r"[-:\s]?[ACGT]{1,300}(?:>|[-:/]|\s(?=[ACGT]))[ACGT]{1,300}(?![\w-])",
    _FLAGS,
)
_CHROMOSOME_NAME = re.compile(r"CHR(?:\d{1,2}|X|Y|MT?)")
_CHROMOSOME = r"(?:[1-9]|1\d|2[0-2]|X|Y|MT?)"
_ON_CHROMOSOME = re.compile(
    rf"(?<![\w.-])(?:chr(?:omosome)?\s?)?{_CHROMOSOME}(?:\s?\((?:GRCh|hg)[\w.]{{2,9}}\))?"
    rf"\s?:\s?g\.\s?\d{{1,9}}(?:_\d{{1,9}})?{_EDIT}",
    _FLAGS,
)
"""A genomic name on a chromosome's plain name: "chr19:g.38457545C>T", "Chr17(GRCh37):g.41246481del"."""
_IN_BRACKETS = re.compile(r"\([^)]*\)|\s")
_RECORD = re.compile(
    r"^(?:chr)?(?:[1-9]|1\d|2[0-2]|X|Y|MT?)[\t ]{1,4}\d{1,9}[\t ]{1,4}"
    r"(?:\.|rs\d{1,12}|[\w.;:]{1,60}(?=\t))[\t ]{1,4}[ACGTN]{1,300}[\t ]{1,4}[ACGTN,*<>_A-Z.]{1,300}(?=[\t ]|$)[^\n]*",
    re.MULTILINE,
)
_BUILD = re.compile(r"(?<!\w)(?:GRCh(3[78])|hg(19|38)|b(?:uild\s?)?(3[78]))(?!\d)", _FLAGS)

LEGACY: tuple[tuple[str, str, str], ...] = (
    (r"factor\s?(?:V|5)\s?-?Leiden|FV\s?Leiden|(?-i:FVL)", "F5", "factor v leiden"),
    (r"G20210A|20210\s?G\s?>\s?A", "F2", "g20210a"),
    (r"185\s?delAG", "BRCA1", "185delag"),
    (r"5382\s?insC", "BRCA1", "5382insc"),
    (r"6174\s?delT", "BRCA2", "6174delt"),
    (r"(?:delta|del|Δ|d)[\s-]?F508|F508\s?del|Δ\s?Phe508|Phe508\s?del", "CFTR", "f508del"),
    (r"C282Y", "HFE", "c282y"),
    (r"H63D", "HFE", "h63d"),
    (r"S65C", "HFE", "s65c"),
    (r"(?:MTHFR\s)?C677T|677\s?C\s?>\s?T", "MTHFR", "c677t"),
    (r"(?:MTHFR\s)?A1298C|1298\s?A\s?>\s?C", "MTHFR", "a1298c"),
    (r"h(?:a)?emoglobin\sS|(?-i:HbS)", "HBB", "hbs"),
    (r"h(?:a)?emoglobin\sC|(?-i:HbC)", "HBB", "hbc"),
    (r"h(?:a)?emoglobin\sE|(?-i:HbE)", "HBB", "hbe"),
    (r"(?-i:PiZ|Pi\*Z)", "SERPINA1", "piz"),
)  # fmt: skip
"""Pattern, gene and plain name of the names that stand outside HGVS."""
_LEGACY = re.compile(
    "|".join(rf"(?P<l{i}>(?<![\w.])(?:{row[0]})(?!\w))" for i, row in enumerate(LEGACY)), _FLAGS
)


def _words(block: str) -> frozenset[str]:
    return frozenset(block.split())


_NO_GENE = _words("""
    ACE ACMG AD AF ALT AMP AND ARB BMI BP CDNA CHA2DS2 CHR CKD CO2 COPD COVID COVID19 CPIC CT DNA DP DPWG ECG EKG
    ENST EU FDA FOR GENE GFR GQ GRCH GRCH37 GRCH38 GT HBV HCV HDL HET HG19 HG38 HBA1C HGVS HIV HOM HPO HPV HR ICU
    ID IM IN INDEL INTERPRET IS IV LDL LRG MANE MRI MRNA MUTATION NC NGS NHS NM NP NR NSAID NT OF OK OMIM PASS PCR
    PLEASE PO PPI REF RNA PCO2 SARS SNP SNV SPO2 T1D T1DM T2D T2DM THE TYPE1 TYPE2 UK US USA VARIANT VCF VUS WES WGS
    WHAT WHO WITH WT
""")
_PLAIN_GENES = _words("""
    ABL ACADVL ADA APC APOB APP ATM ATP7B BRAF BTD CASR CFTR CHM DMD DSP EGFR F11 F2 F5 F7 F8 F9 G6PD GAA
    GALT GAMT GBA GLA HBB HBD HEXA HFE HRAS HTT JAK KIT KLLN KRAS LDLR LMNA MAPT MAX MEFV MET MTHFR MTOR
    MUTYH NF NRAS OTC OTOF PAH PLN POLG PRNP PTEN RAG RET RUNX SMN SNCA TTN TTR VHL VWF
""")
_GENE = re.compile(rf"(?<![\w*./-]){_SYMBOL}(?![\w*])")
_ANY_CASE = r"[A-Za-z][A-Za-z0-9]{1,8}(?:-[A-Za-z0-9]{1,4})?"
_LOWER_GENE = re.compile(r"(?<![\w*./-])[a-z]{2,7}\d[a-z0-9]{0,3}(?![\w*])")
_GENE_BEFORE = re.compile(
    rf"(?<![\w-])({_ANY_CASE})(?:\s(?:gene|variant|mutation|allele|change|the)){{0,2}}[\s:,(]{{0,3}}\Z"
)
_GENE_AFTER = re.compile(
    rf"[\s,]{{0,2}}(?:\(|(?:variant\s|mutation\s|change\s)?(?:in|of|on)\s(?:the\s)?)?({_ANY_CASE})(?![\w*])"
)


def find(text: str) -> tuple[Mention, ...]:
    """The names in a text, in their order, without overlaps.

    The gene is the one that stands next to a name or, failing that, the only gene of the text.
    """
    plain = text[:LIMIT].translate(_PLAIN)
    build = _build(plain)
    only = _only_gene(plain)
    found = [mention.model_copy(update={"build": build}) for mention in _apart(_raw(plain))]
    placed = (_with_gene(mention, plain, only, text) for mention in found)
    return tuple(mention for mention in placed if mention.gene or not _NO_CHANGE.fullmatch(mention.name))


def without_records(text: str) -> str:
    """The text without pasted VCF lines, whose INFO is data and says nothing to us."""
    return _RECORD.sub("", text[:LIMIT])


def genes(text: str) -> tuple[str, ...]:
    """The gene symbols that a text names, as far as their shape tells, in their order."""
    plain = text[:LIMIT].translate(_PLAIN)
    return tuple(dict.fromkeys(m[0] for m in _GENE.finditer(plain) if is_gene(m[0])))


def is_gene(symbol: str) -> bool:
    """True if a word has the shape of a gene symbol: letters and a digit (BRCA1), or is a well-known one."""
    if symbol in _NO_GENE or len(symbol) < 2 or _CHROMOSOME_NAME.fullmatch(symbol):
        return False
    if symbol in _PLAIN_GENES or symbol.startswith(("MT-", "HLA-")):
        return True
    return bool(re.fullmatch(r"[A-Z]{2,}[A-Z0-9]*\d[A-Z0-9]*(?:-[A-Z0-9]+)?|C\d{1,2}ORF\d+", symbol))


def _raw(plain: str) -> Iterator[Mention]:
    for hit in _ON_CHROMOSOME.finditer(plain):
        name = _IN_BRACKETS.sub("", hit[0])
        kind = MentionKind.GENOMIC if _SPELLED_OUT.search(name) else MentionKind.HGVS
        yield _mention(kind, hit[0], hit.start()).model_copy(update={"name": name})
    patterns = (
        (_RECORD, MentionKind.VCF_RECORD),
        (_HGVS, MentionKind.HGVS),
        (_PROTEIN, MentionKind.PROTEIN),
        (_STAR, MentionKind.STAR),
        (_GENOMIC, MentionKind.GENOMIC),
        (_RSID, MentionKind.RSID),
    )
    for pattern, kind in patterns:
        for hit in pattern.finditer(plain):
            yield _mention(kind, hit[0], hit.start())
    yield from _legacy(plain)
    for hit in _PROTEIN_BARE.finditer(plain):
        yield _mention(MentionKind.PROTEIN, hit[0], hit.start())
    yield from _beside_gene(plain, _PROTEIN_SHORT, MentionKind.PROTEIN)
    yield from _beside_gene(plain, _OLD_INDEL, MentionKind.LEGACY)


_SPELLED_OUT = re.compile(rf"\d{_BASES}+>{_BASES}+$")


def _mention(kind: MentionKind, hit: str, start: int) -> Mention:
    kept = hit.rstrip(" .,;:\t") if kind is MentionKind.HGVS else hit
    while kept.endswith(")") and kept.count(")") > kept.count("("):
        kept = kept[:-1]
    name = re.sub(r"\s", "", kept).lower() if kind is MentionKind.RSID else kept
    gene = ""
    if kind is MentionKind.STAR:
        gene = re.split(r"[\s:=*]", kept, maxsplit=1)[0]
        if kept[len(gene) : kept.index("*")].strip():
            name = f"{gene} {kept[kept.index('*') :]}"
    return Mention(kind=kind, text=kept, start=start, end=start + len(kept), name=name, gene=gene)


def _legacy(plain: str) -> Iterator[Mention]:
    for hit in _LEGACY.finditer(plain):
        _, gene, name = LEGACY[int(str(hit.lastgroup)[1:])]
        other = _beside(plain, hit.start(), hit.end())
        if other and other != gene and name in ("c282y", "h63d", "s65c", "c677t", "a1298c"):
            continue
        yield Mention(
            kind=MentionKind.LEGACY, text=hit[0], start=hit.start(), end=hit.end(), name=name, gene=gene
        )


def _beside_gene(plain: str, pattern: re.Pattern[str], kind: MentionKind) -> Iterator[Mention]:
    """Short names count only beside a gene: "G3A" is also a stage of kidney disease."""
    for hit in pattern.finditer(plain):
        gene = _beside(plain, hit.start(), hit.end())
        if gene:
            name = hit[0] if kind is MentionKind.PROTEIN else re.sub(r"\s", "", hit[0]).lower()
            yield Mention(kind=kind, text=hit[0], start=hit.start(), end=hit.end(), name=name, gene=gene)


def _apart(found: Iterable[Mention]) -> list[Mention]:
    """Without overlaps; a pattern that comes first in :func:`_raw` wins."""
    kept: list[Mention] = []
    taken: set[int] = set()
    for mention in found:
        places = range(mention.start, mention.end)
        if taken.isdisjoint(places):
            taken.update(places)
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.start)


def _with_gene(mention: Mention, plain: str, only: str, text: str) -> Mention:
    words = text[mention.start : mention.end]
    if mention.gene or mention.kind not in (MentionKind.HGVS, MentionKind.PROTEIN):
        return mention.model_copy(update={"text": words})
    inside = re.match(rf"(?:{_REF}\()?({_SYMBOL})(?=[):(])", mention.text)
    gene = inside[1] if inside else _beside(plain, mention.start, mention.end, any_symbol=True) or only
    return mention.model_copy(update={"gene": gene, "text": words})


def _beside(plain: str, start: int, end: int, *, any_symbol: bool = False) -> str:
    before = _GENE_BEFORE.search(plain[max(0, start - 40) : start])
    symbol = _symbol(before[1]) if before else ""
    if symbol:
        return symbol
    if before and any_symbol and re.fullmatch(_SYMBOL, before[1]) and before[1] not in _NO_GENE:
        return before[1]
    after = _GENE_AFTER.match(plain[end : end + 40])
    return _symbol(after[1]) if after else ""


def _symbol(word: str) -> str:
    """The gene symbol that a word is, in whatever case: brca1 and cftr too, but not "met" or "max"."""
    if not (word.isupper() or word.islower()) or not is_gene(word.upper()):
        return ""
    plain_word = word.islower() and word.isalpha() and len(word) < 4
    return "" if plain_word else word.upper()


def _only_gene(plain: str) -> str:
    named = {m[0] for m in _GENE.finditer(plain) if is_gene(m[0])}
    named |= {m[0].upper() for m in _LOWER_GENE.finditer(plain) if is_gene(m[0].upper())}
    return named.pop() if len(named) == 1 else ""


def _build(plain: str) -> str:
    numbers = {(m[1] or m[3] or {"19": "37", "38": "38"}[m[2]]) for m in _BUILD.finditer(plain)}
    return f"GRCh{numbers.pop()}" if len(numbers) == 1 else ""
