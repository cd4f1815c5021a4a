"""The variants that a question names, each with the names that belong together."""

from __future__ import annotations

import re
from collections.abc import Sequence

from genomics import builds, mentions
from genomics.builds import Build, BuildError
from genomics.files.vcf import record_alleles
from genomics.mentions import Mention, MentionKind

TEXT_LIMIT = 2000
EXAMPLES = "BRCA1 c.68_69del, TP53 p.Arg248Trp, 17-43124027-ACT-A with GRCh38, or factor V Leiden"
_SOMATIC = re.compile(
    r"\bsomatic\b|\bct-?DNA\b|\bFFPE\b|\bliquid biops|\bvariant allele f"
    r"|\btumou?r[\s-]{1,2}(?:sample|tissue|sequenc|vcf|panel|biops|variant|mutation|profil|dna|normal)"
    r"|\bin (?:the|a|his|her|their|this|my) tumou?r\b",
    re.IGNORECASE,
)


def is_somatic(text: str) -> bool:
    """True if the text asks about a tumour's own variants."""
    return bool(_SOMATIC.search(text)) and "germline" not in text.lower()


def build_of(text: str, stated: Build | str | None) -> Build | None:
    """The build that is stated beside the text, or that the text names.

    Raises:
        BuildError: it is no build, or the text names both.
    """
    return _chosen(stated) or builds.spoken(mentions.without_records(text))


def variants_in(text: str) -> list[list[Mention]]:
    """One group of mentions for each variant, in the order of the text.

    Raises:
        genomics.files.vcf.VcfError: a pasted VCF line has no allele that can be read.
    """
    return _grouped([one for mention in mentions.find(text) for one in _alleles(mention)])


def _alleles(mention: Mention) -> list[Mention]:
    """The mention itself, or one mention for each allele of a pasted VCF line."""
    if mention.kind is not MentionKind.VCF_RECORD:
        return [mention]
    spelled = (
        "-".join((contig, str(pos), ref, alt)) for contig, pos, ref, alt in record_alleles(mention.name)
    )
    return [mention.model_copy(update={"kind": MentionKind.GENOMIC, "name": name}) for name in spelled]


def _chosen(build: Build | str | None) -> Build | None:
    if build is None or isinstance(build, Build):
        return build
    named = builds.named(build)
    if named is None:
        raise BuildError("The build must be GRCh37 or GRCh38.")
    return named


def _grouped(found: Sequence[Mention]) -> list[list[Mention]]:
    """Names that stand together and can be one variant, such as a c. name with its p. name."""
    groups: list[list[Mention]] = []
    for mention in found:
        last = groups[-1] if groups else []
        follows = last and mention.start - last[-1].end <= 6 and mention.gene in ("", last[-1].gene)
        kinds = [held.kind for held in last]
        if (
            follows
            and kinds[0] is MentionKind.HGVS
            and mention.kind in (MentionKind.PROTEIN, MentionKind.LEGACY)
        ):
            last.append(mention)
        elif follows and kinds == [MentionKind.PROTEIN] and mention.kind is MentionKind.HGVS:
            last.insert(0, mention)
        else:
            groups.append([mention])
    return groups
