"""The words of pharmacogenomics: diplotype, gene call, guidance."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from retrieval.evidence import Action, Source, Text, Word


class CallSource(StrEnum):
    """Where a gene's call comes from; an outside call beats the file."""

    VCF = "VCF"
    CONSUMER = "consumer file"
    OUTSIDE = "outside call"
    STATED = "stated"


MOST_NAMED = 6
"""Names that are spelled out; more are counted."""


def listed(names: Sequence[str]) -> str:
    """Names in words: "*3 and *6", "*2, *3, *4, *5, *6, *7 and 30 more"."""
    shown = list(names[:MOST_NAMED])
    if len(names) > MOST_NAMED:
        return f"{', '.join(shown)} and {len(names) - MOST_NAMED} more"
    return " and ".join((", ".join(shown[:-1]), shown[-1])) if len(shown) > 1 else "".join(shown)


class Diplotype(Word):
    """Two alleles of a gene (one for a hemizygous call), their functions and what the pair means."""

    alleles: tuple[str, ...]
    functions: tuple[str, ...] = ()
    """In the table's own terms ("No function" …), aligned with ``alleles``; "" where not tabulated."""
    phenotype: str = ""
    """"Poor Metabolizer" …; "Indeterminate" or "" as the table says."""
    activity_score: str = ""
    """As text ("1.0"), as guidance is keyed; "" where the gene has none."""
    lookup_key: str = ""
    """The value under which guidance is looked up for this gene: phenotype, activity score, or allele status."""
    score: int = 0
    """Matcher's score: positions that agree, both alleles."""

    @property
    def name(self) -> str:
        return "/".join(self.alleles)


class GeneCall(Word):
    """What is known of one gene. Without any called position there is no call at all, never the reference allele."""

    gene: str
    source: CallSource
    diplotypes: tuple[Diplotype, ...]
    """All that fit best; more than one is a tie, and is said."""
    phased: bool | None = None
    called_positions: int = 0
    missing_positions: tuple[str, ...] = ()
    """rsID or GRCh38 position of what the definitions want and the file does not tell."""
    not_excluded: tuple[str, ...] = ()
    """Alleles that cannot be excluded because their defining positions are missing."""
    hidden: tuple[str, ...] = ()
    """Of the alleles on positions that the file does not tell, those that would change the phenotype."""
    otherwise: tuple[Diplotype, ...] = ()
    """A pair for each other phenotype that the file leaves open."""
    variants: tuple[str, ...] = ()
    """Reported variants for genes that have no star diplotype (DPYD, RYR1), and extra positions (rs12777823)."""
    tested: str = ""
    """"34 of 35 alleles", or "3 of 39 alleles (starter set)"."""
    copy_number_assessed: bool = False
    warnings: tuple[str, ...] = ()
    definitions: str = ""
    """Name and version of the definitions."""

    @property
    def tie(self) -> bool:
        return len(self.diplotypes) > 1

    @property
    def condition(self) -> str:
        """What the phenotype rests on although the file does not show it: "CYP3A5 *3 and *6 are absent"; else ""."""
        if not self.hidden:
            return ""
        return f"{self.gene} {listed(self.hidden)} {'is' if len(self.hidden) == 1 else 'are'} absent"


class NoCall(Word):
    """Why a gene has no call; ``missing`` names what would give one."""

    gene: str
    reason: Text
    missing: tuple[str, ...] = ()
    """Empty if nothing the user can give would help (then the gene is not covered)."""


class Guidance(Word):
    """One recommendation for one drug, as its guideline words it."""

    drug: str
    source_name: str
    """"CPIC", "DPWG" or "FDA"."""
    source: Source
    """The guideline annotation, with licence, version and URL."""
    text: Text
    """Plain text of the recommendation."""
    strength: str = ""
    """"Strong", "Moderate", "Optional", "No recommendation" … in the guideline's own terms; "" if it gives none."""
    population: str = ""
    implications: tuple[tuple[str, str], ...] = ()
    """Gene and implication."""
    looked_up: tuple[tuple[str, str], ...] = ()
    """Gene and the key that matched."""
    changes_prescribing: bool | None = None
    """True if dose or drug should change, None where the guideline does not mark it."""
    pmids: tuple[str, ...] = ()
    row: str = ""
    """The line of the held row that says for whom it is."""
    names_alternative: bool = False
    """True if the guideline marks that it names another drug."""
    conditions: tuple[str, ...] = ()
    """What must be absent for it to hold, where the file does not show that (:attr:`GeneCall.condition`)."""
    least: Action = Action.INFORM
    """Under a condition: the least that the guideline asks for over every phenotype that the file leaves open."""
    gives_none: bool = False
    """True if the guideline says that it recommends nothing here: a result of its own."""
