"""Everything that we hold and can check a quote against."""

from __future__ import annotations

from assistant.verify.quotes import Held


def held() -> Held:
    """All holders. Nothing heavy loads here: the texts are read when the first quote is checked."""
    import genomics.phenotype
    import imaging.cards
    import imaging.local_models
    import tools.calculators.sources
    import tools.simulation.cards
    from genomics.acmg import gene_rules
    from genomics.facts import facts
    from genomics.gene_facts import gene_facts
    from genomics.lookups import held as packs
    from genomics.pgx import held_guidance
    from retrieval.search import library
    from tools.labels import held as labels
    from tools.treatment.load import knowledge
    from tools.triage.engine import rules

    genetic = (
        facts(),
        gene_facts(),
        gene_rules,
        genomics.phenotype,
        held_guidance.holder(),
        packs.holder(),
    )
    drugs = (tools.calculators.sources, knowledge(), labels.holder(), tools.simulation.cards)
    return Held((library(), *genetic, rules(), *drugs, imaging.cards, imaging.local_models))
