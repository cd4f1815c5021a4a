"""The gate before PVS1: is loss of function a mechanism of disease in this gene? By data, never by a list of names.

An expert panel's own use of PVS1 decides first, then ClinGen's dosage score: 3 (sufficient) and 30 (recessive) open
the gate; 0, 1 and 40 close it; 2, or no curation, leaves it open to doubt, so PVS1 is not assessed (PMID 30192042:
the mechanism must be established). Only a panel's rules that state the gene's PVS1 can help there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from genomics.facts import facts
from genomics.gene_facts import gene_facts
from genomics.lookups import lines
from genomics.lookups.rows import Dosage, Gap
from retrieval.evidence import Evidence

if TYPE_CHECKING:
    from genomics.acmg.observed import Observed

MEANING = {
    3: "sufficient evidence",
    2: "some evidence",
    1: "little evidence",
    0: "no evidence",
    30: "autosomal recessive",
    40: "dosage sensitivity unlikely",
}
"""ClinGen's haploinsufficiency scores in words."""
OPENS = (3, 30)
CLOSES = (0, 1, 40)
_MITOCHONDRIAL = ("MT-ND", "MT-CO", "MT-CYB", "MT-ATP")


class Gate(NamedTuple):
    """``open`` is None where nothing held tells. ``why`` is one sentence."""

    open: bool | None
    why: str
    evidence: tuple[Evidence, ...] = ()
    command: str = ""


def gate(observed: Observed) -> Gate:
    """Whether PVS1 may be used for the gene, and why."""
    gene = observed.gene.upper()
    if observed.is_mitochondrial:
        return _mitochondrial(gene)
    known = gene_facts().mechanisms.get(gene)
    if known:
        return Gate(True, known.statement, (known.evidence,))
    if isinstance(observed.dosage, Gap):
        return Gate(None, observed.dosage.reason, command=observed.dosage.command)
    return by_dosage(observed.dosage)


def by_dosage(row: Dosage) -> Gate:
    """What ClinGen's haploinsufficiency score says."""
    score = row.haploinsufficiency
    if score is None:
        return Gate(None, f"ClinGen has not curated the dosage of {row.gene}, so the mechanism is not known.")
    said = (
        f"ClinGen scores haploinsufficiency of {row.gene} as {score} ({MEANING.get(score, 'unknown score')})"
    )
    if score in OPENS:
        return Gate(True, f"{said}: loss of function is a mechanism.", _row(row))
    if score in CLOSES:
        return Gate(False, f"{said}: loss of function is no established mechanism.")
    return Gate(None, f"{said}: too little to use PVS1 without further support, which is not held here.")


def _mitochondrial(gene: str) -> Gate:
    if gene.startswith(_MITOCHONDRIAL):
        return Gate(True, "Loss of a mitochondrial protein is a mechanism of disease (PMID 32906214).")
    return Gate(None, f"PVS1 has no rule here for the mitochondrial gene {gene}.")


def _row(row: Dosage) -> tuple[Evidence, ...]:
    """The shipped fact as evidence where the row comes from it, else the row's own line."""
    fact = facts().genes.get(row.gene.upper())
    if fact and row.source.id == fact.source_id:
        return (fact.evidence,)
    return (lines.evidence(row),)
