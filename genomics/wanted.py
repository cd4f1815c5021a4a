"""What a genome is screened for: stated genes, or those of symptoms and disease words, with how they were chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import Field

from genomics import phenotype, symptoms
from genomics.phenotype import PhenotypeError
from genomics.symptoms import Mention
from retrieval.evidence import Word


class Wanted(Word):
    """The genes that are looked at; None means all. ``ranks`` are places in the ranking by symptoms, 1 best."""

    genes: frozenset[str] | None = None
    ranks: Mapping[str, int] = Field(default_factory=dict)
    terms: tuple[Mention, ...] = ()
    denied: tuple[Mention, ...] = ()
    unknown: tuple[str, ...] = ()
    """HP ids that do not exist."""
    how: str = "all genes"

    def holds(self, gene: str) -> bool:
        return self.genes is None or gene.upper() in self.genes


EVERYTHING = Wanted()
_SHOWN = 8
"""Stated genes up to which they are listed."""
_UNREAD = "the words name no gene and no symptom that is read; give genes, symptoms or HP ids to narrow it"


def wanted(looking_for: str = "", genes: Sequence[str] = ()) -> Wanted:
    """The genes stated, else those annotated with the symptoms and disease words of a text, else all.

    Raises:
        PhenotypeError: the text is too long, or names HP ids that do not exist and no other term.
    """
    named = frozenset(gene.strip().upper() for gene in genes if gene.strip())
    told = symptoms.read(looking_for) if looking_for.strip() else symptoms.Symptoms()
    if told.unknown and not told.present:
        raise PhenotypeError(f"{', '.join(told.unknown[:5])}: no such HPO term")
    ranks = (
        {one.gene: one.rank for one in phenotype.rank(told.ids[: phenotype.MOST_TERMS])}
        if told.present
        else {}
    )
    if named:
        shown = f" ({', '.join(sorted(named))})" if len(named) <= _SHOWN else ""
        how = f"{len(named)} stated gene{'s' if len(named) > 1 else ''}{shown}"
    elif told.present:
        named = frozenset(phenotype.genes_of(told.ids))
        how = f"{len(named)} genes annotated with {_listed(told.present)} (HPO {phenotype.RELEASE})"
    else:
        unread = f"all genes, because {_UNREAD}" if looking_for.strip() else "all genes"
        return Wanted(denied=told.denied, unknown=told.unknown, how=unread)
    return Wanted(
        genes=named, ranks=ranks, terms=told.present, denied=told.denied, unknown=told.unknown, how=how
    )


def _listed(terms: Sequence[Mention]) -> str:
    return ", ".join(f"{one.term.id} {one.term.name}" for one in terms[:5])
