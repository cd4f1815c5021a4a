"""From stated genotypes to the keys of a model's effects, by the project's own definitions of alleles.

"CYP2D6 *4/*4" becomes the phenotype that :mod:`genomics.pgx` gives it. An allele that the model does not know is
refused: it is never taken as *1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from genomics.pgx.gathering import definitions, from_record
from genomics.pgx.phenotype import natural
from genomics.pgx.stated import StatedError, stated_each
from genomics.pgx.words import GeneCall
from tools.simulation.course import BadInput, NeedsInput, NotCovered
from tools.simulation.population import DRAWN
from tools.simulation.records import Gene, Model

LONGEST = 300
_SIGNS = str.maketrans({"∗": "*", "＊": "*", "⁎": "*", "⁄": "/", "∕": "/", "−": "-", "–": "-"})
_ALL = re.compile(
    r"\b(?:all|each|every)\s+(?:of\s+)?(?P<after>[A-Z]+\d\w*)\b(?:\s+\w+types?)?"
    r"|\b(?P<before>[A-Z]+\d\w*)[\s:]+(?:all|each|every)\b(?:\s+\w+types?)?|^\s*all(?:\s+\w+types?)?\s*$",
    re.I,
)
_ALLELE = r"\*\d+[A-Z]*(?:\.\d+)?(?:\s?\+\s?\*\d+[A-Z]*)*(?:x(?:\d+|N))?"
_PAIR = re.compile(rf"{_ALLELE}\s?/\s?{_ALLELE}(?![\w*])", re.I)
_BASES = re.compile(r"(?<![\w/])[GACT]\s?[/|]?\s?[GACT](?![\w/])")
_LETTERS_OF_VKORC1 = re.compile(
    r"\bVKORC1\b[\s:=,]*(?:c\.)?(?:-?1639)?\s*([GACT])\s?[/|]?\s?([GACT])(?![\w/>])", re.I
)
_WORDS = tuple(
    re.compile(rf"(?<![\w*]){words}(?!\w)", re.I)
    for words in (
        r"(?:c\.)?-?1639\s?G\s?>\s?A", r"rs\d+", r"(?:c\.|g\.)?\d+\s?[GACT]\s?>\s?[GACT]",
        r"homozygous(?: for)? \*\d+\w*", r"\*\d+\w* (?:homo|hetero)zyg\w+", r"(?:homo|hetero)zyg\w+",
        r"(?:ultra-?\s?rapid|rapid|extensive|normal|intermediate|poor)(?:[\s-]+(?:metaboli[sz]\w+|function|transporters?))?",
        r"(?:highly )?(?:increased|decreased|low|reduced)\s+function", r"[UREINP]Ms?", r"metaboli[sz]ers?",
        r"(?:activity\s+)?scores?\s*(?:of|:|=)?\s*[≥≤<>]?\s*\d+(?:\.\d+)?",
        r"\d+ (?:gene )?copies", r"copy number(?: of)? \d+",
        r"and|with|carriers?|genotypes?|diplotypes?|phenotypes?|is",
    )
)  # fmt: skip
_GENE = re.compile(r"[A-Z][A-Z0-9-]*\d[A-Z0-9-]*", re.IGNORECASE)
_STARS = re.compile(r"\*\S+?\s?/\s?\*[^\s,;]+")
_LETTERS = re.compile(r"(?<![\w/])([GA])\s?/?\s?([GA])(?![\w/])")
_VKORC1 = re.compile(r"-1639\s*([AG])\s*([AG])")


def read(stated: str | Mapping[str, str], model: Model) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """Gene to key of the effects, for the genes of the model that were stated; and what the reader must be told.

    Raises:
        BadInput: it cannot be read. NeedsInput: the alleles are missing. NotCovered: the model does not know them.
    """
    text = stated if isinstance(stated, str) else ", ".join(f"{gene} {one}" for gene, one in stated.items())
    if len(text) > LONGEST:
        raise BadInput(f"A genotype is longer than {LONGEST} characters.")
    text = _plain(text)
    if text.strip().lower() == DRAWN:
        return _drawn(model), ()
    if not text.strip():
        return {}, ()
    held = definitions()
    try:
        calls = stated_each(_named(text, model), held)
    except StatedError as wrong:
        raise BadInput(str(wrong)) from wrong
    _all_read(text, model, [call.gene for call in calls])
    strange = [call.gene for call in calls if call.gene not in model.genes]
    if len(strange) == len(calls):
        known = ", ".join(model.genes) or "no gene"
        raise NotCovered(f"The model {model.title} of {model.drug} looks at {known}, not at {strange[0]}.")
    found = {call.gene: _key(call, model) for call in calls if call.gene in model.genes}
    notes = tuple(f"The model {model.title} does not look at {gene}." for gene in strange)
    doubts = (note for call in calls if call.gene in model.genes for note in call.warnings)
    return found, (*notes, *(note for note in doubts if "guidance" not in note))


def expanded(stated: Sequence[str | Mapping[str, str]], model: Model) -> tuple[str | Mapping[str, str], ...]:
    """The groups with "CYP2C9 all" (or "all", where the model has one gene) as a group for each of its genotypes.

    Raises:
        NeedsInput: "all" without a gene, and the model has several.
    """
    return tuple(group for one in stated for group in (_each(one, model) if isinstance(one, str) else (one,)))


def _each(text: str, model: Model) -> tuple[str, ...]:
    found = _ALL.search(text[:LONGEST])
    if found is None:
        return (text,)
    gene = (found["after"] or found["before"] or "").upper() or (
        next(iter(model.genes)) if len(model.genes) == 1 else ""
    )
    if not gene:
        raise NeedsInput(
            f"All genotypes of which gene? {model.title} knows {', '.join(model.genes)}.", "the gene"
        )
    if gene not in model.genes:
        return (text.replace(found[0], gene),)  # read refuses it and says which genes the model knows
    return tuple(text.replace(found[0], f"{gene} {key}") for key in model.genes[gene].effects)


def _plain(text: str) -> str:
    """With the signs and the case in which :mod:`genomics.pgx` reads them."""
    plain = text.translate(_SIGNS)
    return _LETTERS_OF_VKORC1.sub(lambda hit: f"VKORC1 {hit[1]}{hit[2]}".upper(), plain)


def _all_read(text: str, model: Model, genes: Sequence[str]) -> None:
    """Nothing, if every part of the text is one that was read: half a genotype is never simulated.

    Raises:
        BadInput: a part was not read, or there are more results than genes; it is named.
    """
    pairs, stars = _PAIR.findall(text), {gene for gene in genes if gene != "VKORC1"}
    rest = _PAIR.sub(" ", text)
    for gene in {*genes, *model.genes}:
        rest = re.sub(rf"(?<!\w){re.escape(gene)}(?!\w)", " ", rest, flags=re.I)
    for words in _WORDS:
        rest = words.sub(" ", rest)
    bases = _BASES.findall(rest)
    rest = _BASES.sub(" ", rest) if "VKORC1" in genes else rest
    if len(pairs) > len(stars) or len(bases) > 1:
        raise BadInput(f"'{text.strip()}' states more results than genes; give each group its own genotype.")
    left = " ".join(re.sub(r"[\s,;:=.()-]+", " ", rest).split())
    if left:
        alike = ", ".join(f"{gene} {held.reference}" for gene, held in model.genes.items())
        raise BadInput(
            f"'{left}' was not read in the genotype '{text.strip()}'; state it as for example {alike}."
        )


def _drawn(model: Model) -> Mapping[str, str]:
    lacking = [gene for gene, held in model.genes.items() if held.frequencies is None]
    if lacking or not model.genes:
        what = ", ".join(lacking) or "any gene"
        raise NeedsInput(f"{model.title} holds no frequencies of {what}; state the genotype.", "the genotype")
    return dict.fromkeys(model.genes, DRAWN)


def _named(text: str, model: Model) -> str:
    """The text with the gene in front of a result that stands without one ("*3/*3 AA"), where only one can be meant."""
    if any(_GENE.fullmatch(word.strip(" ,;:=")) for word in text.split()):
        return text
    stars = _STARS.search(text)
    star_genes = [gene for gene in model.genes if gene != "VKORC1"]
    parts = []
    if len(star_genes) == 1 and (stars or "VKORC1" not in model.genes):
        parts.append(f"{star_genes[0]} {stars[0] if stars else text}")
    letters = _LETTERS.search(text)
    if letters and "VKORC1" in model.genes:
        parts.append(f"VKORC1 {letters[1]}{letters[2]}")
    return ", ".join(parts) or text


def _key(call: GeneCall, model: Model) -> str:
    gene = model.genes[call.gene]
    if gene.by == "phenotype":
        return _by_phenotype(call, gene, model)
    return _by_diplotype(call, gene, model)


def _by_phenotype(call: GeneCall, gene: Gene, model: Model) -> str:
    meant = {one.phenotype for one in call.diplotypes}
    if len(meant) > 1:
        told = " or ".join(sorted(meant))
        raise NeedsInput(
            f"{call.gene} is {told}; state which one is to be simulated.", f"the phenotype of {call.gene}"
        )
    (phenotype,) = meant
    known = {key.casefold(): key for key in gene.effects}
    if phenotype.casefold() in known:
        return known[phenotype.casefold()]
    said = call.diplotypes[0].name
    what = f"{call.gene} {said or phenotype}" + (
        f" ({phenotype or 'no phenotype tabulated'})" if said else ""
    )
    raise NotCovered(
        f"The model {model.title} of {model.drug} does not know {what}; it knows {', '.join(gene.effects)}."
    )


def _by_diplotype(call: GeneCall, gene: Gene, model: Model) -> str:
    one = call.diplotypes[0]
    letters = _VKORC1.search(one.phenotype) if call.gene == "VKORC1" else None
    if letters:
        wanted = sorted(letters.groups())
        key = next((key for key in gene.effects if sorted(key.replace("/", "")) == wanted), "")
        if key:
            return key
    if not one.alleles:
        raise NeedsInput(
            f"The model {model.title} wants the alleles of {call.gene}, as {gene.reference}; "
            f"a phenotype ({one.phenotype}) does not tell them.",
            f"the alleles of {call.gene}",
        )
    name = "/".join(sorted(one.alleles, key=natural))
    if name in gene.effects:
        return name
    known = {allele for key in gene.effects for allele in key.split("/")}
    strange = [allele for allele in dict.fromkeys(one.alleles) if allele not in known]
    what = ", ".join(f"{call.gene}{allele}" for allele in strange) or f"{call.gene} {name}"
    raise NotCovered(
        f"The model {model.title} of {model.drug} does not know {what}; it knows {', '.join(gene.effects)}. "
        "An unknown allele is not taken as *1."
    )


def of_record(results: Sequence[str], model: Model) -> Mapping[str, str]:
    """The genotype of a patient's record, for the genes of the model; empty where it tells none of them.

    Raises:
        NotCovered, NeedsInput: as :func:`read`, for a gene of the model.
    """
    calls = from_record(results, definitions()).calls
    return {call.gene: _key(call, model) for call in calls if call.gene in model.genes}
