"""What a variant means: the class that others gave it and the class of our own evidence codes, side by side.

The two are never mixed: the criteria are computed from an :class:`genomics.acmg.observed.Observed`, whose type has
no place for anybody's label of the variant.
"""

from __future__ import annotations

from collections.abc import Sequence

from genomics import matching, questions
from genomics.acmg.assess import assess
from genomics.acmg.criteria import Criterion
from genomics.acmg.gene_rules import rules_for
from genomics.builds import Build, BuildError
from genomics.by_facts import bad, judged, missing
from genomics.dossier import Dossier, gather
from genomics.effect import Effect, EffectSource
from genomics.facts import facts
from genomics.files.vcf import VcfError
from genomics.hgvs import HgvsError
from genomics.interpretation import Interpretation, agreement
from genomics.lookups.providers import Held
from genomics.lookups.rows import Gap, KnownClass
from genomics.matching import Asked
from genomics.mentions import Mention, MentionKind
from genomics.questions import EXAMPLES, TEXT_LIMIT
from retrieval.evidence import Outcome

TITLE = 80
"""Characters of a name that are shown."""
VARIANTS = 5
"""Variants of one text that are interpreted."""
CLINVAR = "consilium packs pull clinvar-grch38"


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
        return (missing("No variant was named.", f"a variant, e.g. {EXAMPLES}"),)
    if len(text) > TEXT_LIMIT:
        note = f"The text has more than {TEXT_LIMIT} characters; give only the variant, e.g. {EXAMPLES}."
        return (bad(note),)
    if questions.is_somatic(text):
        note = (
            "Somatic (tumour) variants are not covered: what is held here speaks of germline variants only."
        )
        return (Interpretation(outcome=Outcome.NOT_COVERED, note=note),)
    try:
        chosen = questions.build_of(text, build)
        groups = questions.variants_in(text)
    except BuildError as wrong:
        return (bad(str(wrong)),)
    except VcfError as wrong:
        return (bad(f"The VCF line cannot be read: {wrong}."),)
    if not groups:
        return (bad(f"No variant name was found in the text; write e.g. {EXAMPLES}."),)
    packs = held or _packs()
    told = [_one(group, chosen, packs, proposals) for group in groups[:VARIANTS]]
    if len(groups) > VARIANTS:
        told.append(bad(f"Only the first {VARIANTS} variants were interpreted; ask for the others again."))
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
        told = judged(asked, facts())
        if told.outcome in (Outcome.NEEDS_INPUT, Outcome.BAD_INPUT):
            return told
        return _weighed(told, asked, gather(asked, told.fact, packs), packs, proposals)
    except HgvsError as wrong:
        return bad(f"{written}: {wrong}.", asked=written)
    except matching.PlaceError as wrong:
        return bad(f"{written} could not be read: {wrong}.", asked=written)


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
