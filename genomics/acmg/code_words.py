"""What each code asks, in our own words, which strengths it may have, and what it takes to assess it.

The codes: Richards 2015 (PMID 25741868). A strength beside that of 2015 is allowed where a recommendation or the expert
panels' own rows (ClinGen Evidence Repository, to April 2024) use it; anything else is refused.
"""

from __future__ import annotations

from typing import NamedTuple

from genomics.acmg.criteria import Strength

RICHARDS = "PMID 25741868"
_PANELS = "ClinGen Evidence Repository, expert panels' rows"
_SUP, _MOD, _STR, _VERY = Strength.SUPPORTING, Strength.MODERATE, Strength.STRONG, Strength.VERY_STRONG


class CodeWords(NamedTuple):
    """``rule`` in words; ``allowed`` strengths with their ``reference``; ``needs``: what computation cannot bring."""

    rule: str
    allowed: tuple[Strength, ...]
    reference: str
    needs: str = ""


CODE_WORDS: dict[str, CodeWords] = {
    "PVS1": CodeWords(
        "A null variant in a gene in which loss of function is a known mechanism of the disease.",
        (_VERY, _STR, _MOD, _SUP),
        "PMID 30192042",
    ),
    "PS1": CodeWords(
        "The same amino-acid change as an established pathogenic variant, by another change of the DNA.",
        (_STR, _MOD, _SUP),
        _PANELS,
    ),
    "PS2": CodeWords(
        "New in a patient with the disease, both parents tested and parenthood confirmed.",
        (_VERY, _STR, _MOD, _SUP),
        _PANELS,
        "both parents' results, with confirmed parenthood",
    ),
    "PS3": CodeWords(
        "A well-established functional assay shows damage to the gene product.",
        (_VERY, _STR, _MOD, _SUP),
        "PMID 31892348",
        "a functional assay, from the literature",
    ),
    "PS4": CodeWords(
        "Seen significantly more often in patients than in controls, or in several unrelated patients.",
        (_STR, _MOD, _SUP),
        _PANELS,
        "case counts, from the literature",
    ),
    "PM1": CodeWords(
        "In a mutational hot spot or a critical domain without benign variation.", (_STR, _MOD, _SUP), _PANELS
    ),
    "PM2": CodeWords(
        "Absent from population databases, or rarer than the gene's limit.", (_SUP,), "ClinGen SVI v1.0"
    ),
    "PM3": CodeWords(
        "In a recessive disease: seen in patients in trans with a pathogenic variant.",
        (_VERY, _STR, _MOD, _SUP),
        "ClinGen SVI v1.0",
        "patients with a second variant, and its phase, from the record or the literature",
    ),
    "PM4": CodeWords(
        "The protein's length changes by an in-frame change outside a repeat, or by the loss of the stop codon.",
        (_MOD, _SUP),
        _PANELS,
    ),
    "PM5": CodeWords(
        "Another missense change at the same residue is established as pathogenic.",
        (_STR, _MOD, _SUP),
        _PANELS,
    ),
    "PM6": CodeWords(
        "New in a patient with the disease, parenthood assumed and not confirmed.",
        (_STR, _MOD, _SUP),
        _PANELS,
        "both parents' results",
    ),
    "PP1": CodeWords(
        "Segregates with the disease in affected relatives.",
        (_STR, _MOD, _SUP),
        "PMID 27236918",
        "relatives' results and who of them is ill",
    ),
    "PP2": CodeWords(
        "A missense change in a gene in which such changes are rarely benign.", (_SUP,), RICHARDS
    ),
    "PP3": CodeWords("Computation predicts damage.", (_STR, _MOD, _SUP), "PMID 36413997"),
    "PP4": CodeWords(
        "The patient's picture or family history is highly specific for one gene.",
        (_STR, _MOD, _SUP),
        _PANELS,
        "the patient's findings, from the record",
    ),
    "BA1": CodeWords(
        "More frequent in the population than any pathogenic variant could be.",
        (Strength.STAND_ALONE,),
        "PMID 30311383",
    ),
    "BS1": CodeWords("More frequent than the disease allows.", (_STR, _SUP), _PANELS),
    "BS2": CodeWords(
        "Seen in healthy adults, for a disease with full penetrance at an early age.", (_STR, _SUP), _PANELS
    ),
    "BS3": CodeWords(
        "A well-established functional assay shows no damage.",
        (_STR, _MOD, _SUP),
        "PMID 31892348",
        "a functional assay, from the literature",
    ),
    "BS4": CodeWords(
        "Does not segregate with the disease in the family.",
        (_STR, _SUP),
        _PANELS,
        "relatives' results and who of them is ill",
    ),
    "BP1": CodeWords(
        "A missense change in a gene in which truncations cause the disease.", (_STR, _SUP), _PANELS
    ),
    "BP2": CodeWords(
        "Seen in trans with a pathogenic variant of a dominant disease, or in cis with one.",
        (_SUP,),
        RICHARDS,
        "the patient's other variants, and their phase",
    ),
    "BP3": CodeWords("An in-frame change inside a repeat without known function.", (_SUP,), RICHARDS),
    "BP4": CodeWords("Computation predicts no damage.", (_VERY, _STR, _MOD, _SUP), "PMID 36413997"),
    "BP5": CodeWords(
        "The patient's disease has another proven cause.",
        (_STR, _SUP),
        _PANELS,
        "another proven cause in the patient",
    ),
    "BP7": CodeWords("A silent change with no predicted effect on splicing.", (_STR, _SUP), _PANELS),
}
"""One entry for each code in use."""
