"""What a variant means: the class that others gave it and the class of our own evidence codes, side by side.

The two are never mixed: the criteria are computed from an :class:`genomics.acmg.observed.Observed`, whose type has
no place for anybody's label of the variant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from pydantic import Field

from genomics import by_name, hgvs, matching, protein, questions
from genomics.acmg.assess import assess
from genomics.acmg.criteria import Assessment, Criterion
from genomics.acmg.gene_rules import rules_for
from genomics.builds import Build, BuildError
from genomics.by_name import Consequence
from genomics.dossier import Dossier, gather
from genomics.effect import Effect, EffectSource
from genomics.facts import Facts, VariantFact, facts
from genomics.files.vcf import VcfError
from genomics.hgvs import HgvsError
from genomics.lookups.providers import Held
from genomics.lookups.rows import Gap, KnownClass
from genomics.matching import Asked
from genomics.mentions import Mention, MentionKind
from genomics.questions import EXAMPLES, TEXT_LIMIT
from retrieval.evidence import Outcome, Word

TITLE = 80
"""Characters of a name that are shown."""
VARIANTS = 5
"""Variants of one text that are interpreted."""
CLINVAR = "consilium packs pull clinvar-grch38"


class Agreement(StrEnum):
    """How the known class and the independent class stand to each other, in three classes (P, VUS, B)."""

    SAME = "same"
    DIFFERS = "differs"
    KNOWN_ONLY = "known only"
    INDEPENDENT_ONLY = "independent only"
    NEITHER = "neither"


class Interpretation(Word):
    """One variant of the question, or why it could not be interpreted."""

    outcome: Outcome
    asked: str = ""
    """The variant as read, in normal form."""
    gene: str = ""
    names: tuple[str, ...] = ()
    transcript: str = ""
    spdi: tuple[str, ...] = ()
    fact: VariantFact | None = None
    """The starter fact of it; its class is a known class, never ours."""
    known: KnownClass | None = None
    """The record of the ClinVar pack."""
    effects: tuple[Effect, ...] = ()
    assessment: Assessment | None = None
    agreement: Agreement = Agreement.NEITHER
    consequences: tuple[Consequence, ...] = ()
    """What the name alone tells."""
    limits: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    note: str = ""
    command: str = ""
    versions: Mapping[str, str] = Field(default_factory=dict)


def interpret(
    text: str | None = None,
    *,
    build: Build | str | None = None,
    held: Held | None = None,
    proposals: tuple[Criterion, ...] = (),
) -> Interpretation:
    """The first variant that a text names; see :func:`interpret_all`."""
    return interpret_all(text, build=build, held=held, proposals=proposals)[0]


def interpret_all(
    text: str | None = None,
    *,
    build: Build | str | None = None,
    held: Held | None = None,
    proposals: tuple[Criterion, ...] = (),
) -> tuple[Interpretation, ...]:
    """One interpretation for each variant that a text names, at least one, at most :data:`VARIANTS`.

    ``held`` are the packs to ask (default: those of this machine), ``proposals`` evidence codes from text or from
    the user that are weighed apart. Never raises on bad words: what is wrong or missing is an outcome with its note.
    """
    if not text or not text.strip():
        return (_missing("No variant was named.", f"a variant, e.g. {EXAMPLES}"),)
    if len(text) > TEXT_LIMIT:
        note = f"The text has more than {TEXT_LIMIT} characters; give only the variant, e.g. {EXAMPLES}."
        return (_bad(note),)
    if questions.is_somatic(text):
        note = (
            "Somatic (tumour) variants are not covered: what is held here speaks of germline variants only."
        )
        return (Interpretation(outcome=Outcome.NOT_COVERED, note=note),)
    try:
        chosen = questions.build_of(text, build)
        groups = questions.variants_in(text)
    except BuildError as wrong:
        return (_bad(str(wrong)),)
    except VcfError as wrong:
        return (_bad(f"The VCF line cannot be read: {wrong}."),)
    if not groups:
        return (_bad(f"No variant name was found in the text; write e.g. {EXAMPLES}."),)
    packs = held or _packs()
    told = [_one(group, chosen, packs, proposals) for group in groups[:VARIANTS]]
    if len(groups) > VARIANTS:
        told.append(_bad(f"Only the first {VARIANTS} variants were interpreted; ask for the others again."))
    return tuple(told)


def _packs() -> Held:
    from genomics.lookups.held import held  # opens the packs of this machine

    return held()


def _one(
    group: Sequence[Mention], build: Build | None, packs: Held, proposals: tuple[Criterion, ...]
) -> Interpretation:
    first = group[0]
    if first.kind is MentionKind.STAR:
        note = f"{first.name} is a pharmacogenomic star allele: pgx_guidance says what it means for drugs."
        return Interpretation(outcome=Outcome.NOT_COVERED, asked=first.name, gene=first.gene, note=note)
    written = first.name.strip()[:80]
    try:
        asked = _shown(matching.asked(group, build))
        told = _judged(asked, facts())
        if told.outcome in (Outcome.NEEDS_INPUT, Outcome.BAD_INPUT):
            return told
        return _weighed(told, asked, gather(asked, told.fact, packs), packs, proposals)
    except HgvsError as wrong:
        return _bad(f"{written}: {wrong}.", asked=written)
    except matching.PlaceError as wrong:
        return _bad(f"{written} could not be read: {wrong}.", asked=written)


def _shown(asked: Asked) -> Asked:
    """With a title that can be read aloud: a name of hundreds of bases is shown by its beginning and end."""
    long = asked.title
    if len(long) <= TITLE:
        return asked
    return asked.model_copy(update={"title": f"{long[: TITLE - 13]}…{long[-12:]}"})


def _weighed(
    told: Interpretation, asked: Asked, dossier: Dossier, packs: Held, proposals: tuple[Criterion, ...]
) -> Interpretation:
    """The starter's words with the packs' record, the effect on transcripts and the class of our own codes."""
    known = dossier.known if isinstance(dossier.known, KnownClass) else None
    gap = dossier.known if isinstance(dossier.known, Gap) else None
    assessment = None
    if dossier.gene:
        assessment = assess(dossier.observed, rules_for(dossier.gene), proposals)
    by_model = any(effect.source is not EffectSource.NAME for effect in dossier.effects)
    more = told.model_copy(
        update={
            "gene": dossier.gene or told.gene,
            "known": known,
            "effects": dossier.effects,
            "assessment": assessment,
            "agreement": agreement(told.fact, known, assessment),
            "transcript": dossier.effects[0].transcript if by_model else told.transcript,
            "names": _names(told, known, dossier.effects),
            "spdi": tuple(place.spdi for place in dossier.variants) or told.spdi,
            "consequences": () if by_model else told.consequences,
            "limits": (*told.limits, *_other_transcript(asked, dossier.effects), *_for_drugs(dossier.gene)),
            "versions": dict(packs.versions),
        }
    )
    return _concluded(more, asked, gap, by_model)


_DRUG_GENES = frozenset(("ABCG2", "CACNA1S", "CFTR", "DPYD", "G6PD", "MT-RNR1", "RYR1", "VKORC1"))
"""Pharmacogenes whose results are commonly named as variants."""


def _for_drugs(gene: str) -> tuple[str, ...]:
    """That the class for a disease does not tell what a drug does, for a gene of which guidelines speak."""
    if gene.upper() not in _DRUG_GENES:
        return ()
    return (f"A class speaks of disease; what a variant of {gene} means for drugs, pgx_guidance tells.",)


def _other_transcript(asked: Asked, effects: tuple[Effect, ...]) -> tuple[str, ...]:
    """That the codes were weighed on another transcript than the asked one, where that makes a difference."""
    named = asked.dna.reference if asked.dna and asked.dna.level == "c" else ""
    own = next((effect for effect in effects if named and effect.transcript == named), None)
    if own is None or own.terms == effects[0].terms:
        return ()
    terms = [effect.term.replace("_", " ") for effect in (effects[0], own)]
    return (
        f"The codes were weighed on {effects[0].transcript} ({terms[0]}); on {named}, which was asked, it is a "
        f"{terms[1]}: which transcript matters for the disease decides.",
    )


def _concluded(one: Interpretation, asked: Asked, gap: Gap | None, by_model: bool) -> Interpretation:
    """With something to say it is found; else the gap decides between "not held" and "bring the pack"."""
    counted = one.assessment is not None and any(code.counts for code in one.assessment.criteria)
    told = any(not effect.trivial for effect in one.consequences)
    if one.fact or one.known or by_model or counted or told:
        note = "" if by_model or one.known else one.note  # what the starter lacks says nothing then
        limits = (*one.limits, *_no_class(one, gap))
        return one.model_copy(update={"outcome": Outcome.FOUND, "limits": limits, "note": note})
    if gap is not None and not gap.held:
        note = f"{one.note} {_sentence(gap)}".strip()
        return one.model_copy(
            update={"outcome": Outcome.UNAVAILABLE, "note": note, "command": gap.command or CLINVAR}
        )
    note = f"{one.note} {_sentence(gap)}".strip() if gap else one.note
    return one.model_copy(
        update={"outcome": Outcome.NOT_COVERED, "note": note or f"{asked.title} is not held."}
    )


def _no_class(one: Interpretation, gap: Gap | None) -> tuple[str, ...]:
    """Why no class of others is shown, where none is."""
    if one.known or (one.fact and one.fact.known):
        return ()
    title = one.fact.title if one.fact else one.asked
    return (f"No class of {title} is held.", *((_sentence(gap),) if gap else ()))


def _sentence(gap: Gap) -> str:
    begins_with_name = gap.reason[1:2] in (".", "-")  # c.99999, g.1, n.5
    text = gap.reason.rstrip(".") if begins_with_name else gap.reason[:1].upper() + gap.reason[1:].rstrip(".")
    return f"{text}. Bring it with: {gap.command}." if gap.command else f"{text}."


def _names(told: Interpretation, known: KnownClass | None, effects: Sequence[Effect]) -> tuple[str, ...]:
    own = [name for effect in effects[:1] for name in (effect.c_name, effect.p_name)]
    return tuple(name for name in dict.fromkeys((*own, *told.names, *(known.names if known else ()))) if name)


_SIDES = {"pathogenic": "P", "likely pathogenic": "P", "benign": "B", "likely benign": "B"}


def side(significance: str) -> str:
    """ "P", "B" or "VUS": a class on the scale of three; conflicting and everything else is none ("")."""
    words = significance.lower().replace("_", " ")
    if words.startswith(("conflicting", "uncertain")):
        return "VUS" if words.startswith("uncertain") else ""
    sides = {_SIDES.get(part.strip(), "") for part in words.replace(";", "/").replace(",", "/").split("/")}
    return sides.pop() if len(sides) == 1 else ""


def agreement(fact: VariantFact | None, known: KnownClass | None, assessment: Assessment | None) -> Agreement:
    """How the two classes stand to each other. An assessment without any counted code is none."""
    stated = known.significance if known else (fact.known.significance if fact and fact.known else "")
    ours = assessment is not None and any(code.counts for code in assessment.criteria)
    if not stated:
        return Agreement.INDEPENDENT_ONLY if ours else Agreement.NEITHER
    if not ours or assessment is None:
        return Agreement.KNOWN_ONLY
    return Agreement.SAME if side(stated) == side(assessment.verdict.by_points) else Agreement.DIFFERS


def _judged(asked: Asked, held: Facts) -> Interpretation:
    """By the starter facts and the name alone."""
    needed = _needed(asked, held)
    if needed:
        return needed
    wrong = _contradiction(asked)
    found = () if wrong else matching.sure(asked, held)
    if found:
        return _found(asked, found)
    wrong = wrong or matching.wrong_reference(asked, held)
    if wrong:
        return _bad(wrong, asked=asked.title)
    likely = matching.likely(asked, held)
    if likely:
        return _unconfirmed(asked, likely[0])
    return _not_held(asked, held)


def _needed(asked: Asked, held: Facts) -> Interpretation | None:
    if asked.place and not asked.place_build:
        places = matching.by_place_on_any_build(asked, held)
        hint = "; ".join(f"on {build} it is {fact.title}" for build, fact in places)
        note = f"{asked.title} means different bases on GRCh37 and GRCh38{f': {hint}' if hint else ''}."
        return _missing(note, "the genome build, GRCh37 or GRCh38", asked=asked.title)
    if asked.dna and asked.dna.level == "g" and not asked.dna.reference:
        return _missing(
            f"{asked.title} needs its chromosome.", "the reference sequence, e.g. NC_000017.11:g.…"
        )
    if asked.needs_gene:
        candidates = [fact.title for fact in matching.without_gene(asked, held)]
        hint = f" Held here: {', '.join(candidates[:5])}." if candidates else ""
        return _missing(
            f"{asked.title} stands on many genes.{hint}", "the gene or the transcript", asked=asked.title
        )
    return None


def _contradiction(asked: Asked) -> str:
    if not asked.dna or not asked.protein:
        return ""
    why = by_name.disagreement(asked.dna, asked.protein)
    return f"The two names do not fit each other: {why}; check which one was reported." if why else ""


def _found(asked: Asked, found: Sequence[VariantFact]) -> Interpretation:
    fact = found[0]
    if len(found) > 1:
        listed = ", ".join(one.title for one in found)
        return _missing(
            f"{asked.title} fits several held variants: {listed}.", "the c. name", asked=asked.title
        )
    return Interpretation(
        outcome=Outcome.FOUND,
        asked=asked.title,
        gene=fact.gene,
        names=(*fact.names, *fact.legacy, *fact.rsids),
        transcript=fact.transcript,
        spdi=tuple(place.spdi for place in fact.variants.values()),
        fact=fact,
        consequences=_consequences(fact.gene, fact.dna[:1], fact.proteins[:1]),
        limits=tuple(_limits(asked, fact)),
    )


def _limits(asked: Asked, fact: VariantFact) -> list[str]:
    said = []
    counted = asked.dna is not None and asked.dna.level == "c" and bool(asked.dna.reference)
    if asked.dna and counted and fact.transcript and asked.dna.reference != fact.transcript:
        said.append(f"{asked.dna.reference} was asked, the held record is on {fact.transcript}.")
    if asked.dna is None and asked.protein and asked.protein.effect is protein.Effect.FRAMESHIFT:
        said.append(
            f"{asked.protein} can also arise by other DNA changes than {fact.title}; compare the c. name."
        )
    others = [name for name in _options(asked) if not _excluded(name, fact)]
    if others:
        said.append(f"{asked.protein} can also arise by {', '.join(others)}; compare the c. name.")
    return said


def _excluded(option: str, fact: VariantFact) -> bool:
    """True if the held record is this change, or has another reference base at its position."""
    name = hgvs.parse(option)
    return any(own.start == name.start and (own.ref != name.ref or own.alt == name.alt) for own in fact.dna)


def _unconfirmed(asked: Asked, fact: VariantFact) -> Interpretation:
    """A name in common use that no held record confirms never leads to a class."""
    says = f"{asked.title} is commonly used for {fact.title}, but no record held here confirms it"
    if fact.known:
        return _missing(f"{says}.", f"the HGVS name: ask for {fact.title}", asked=asked.title)
    return _found(asked, [fact]).model_copy(update={"limits": (f"{says}.", *_limits(asked, fact))})


def _not_held(asked: Asked, held: Facts) -> Interpretation:
    told = _consequences(
        asked.gene, (asked.dna,) if asked.dna else (), (asked.protein,) if asked.protein else ()
    )
    options = _options(asked)
    note = f"{asked.title} is not among the starter facts, which says nothing about the variant itself."
    return Interpretation(
        outcome=Outcome.NOT_COVERED,
        asked=asked.title,
        gene=asked.gene,
        consequences=told,
        note=f"{note} {_held_of(asked.gene, held)}" if not asked.rsid else note,
        names=tuple(str(name) for name in (asked.dna, asked.protein) if name),
        limits=(f"By one base, {asked.protein} can be {', '.join(options)}.",) if options else (),
    )


def _options(asked: Asked) -> tuple[str, ...]:
    """The c. names that a p. name alone can mean."""
    return protein.single_base_changes(asked.protein) if asked.protein and not asked.dna else ()


def _held_of(gene: str, held: Facts) -> str:
    own = held.of_gene(gene)
    total = f"They hold {len(held.variants)} variants of {len(held.held_genes)} genes"
    if own:
        return f"{total}, {len(own)} of {gene.upper()}: {', '.join(fact.title for fact in own[:10])}."
    return f"{total}{f', none of {gene.upper()}' if gene else ''}."


def _consequences(
    gene: str, dna: Sequence[hgvs.Name], proteins: Sequence[protein.Protein]
) -> tuple[Consequence, ...]:
    told = [one for name in dna for one in by_name.of_dna(gene, name)]
    seen = {one.term.split()[0] for one in told}
    told += [
        one for name in proteins for one in by_name.of_protein(gene, name) if one.term.split()[0] not in seen
    ]
    return tuple(told)


def _bad(note: str, asked: str = "") -> Interpretation:
    return Interpretation(outcome=Outcome.BAD_INPUT, note=note, asked=asked)


def _missing(note: str, what: str, asked: str = "") -> Interpretation:
    return Interpretation(outcome=Outcome.NEEDS_INPUT, note=note, missing=(what,), asked=asked)
