"""Known rsIDs and where they lie on both builds: a file tells its build by them, or contradicts what it says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from genomics.builds import Build, BuildError

ANCHORS: Mapping[str, Mapping[Build, tuple[str, int]]] = {
    rsid: {Build.GRCH37: (name, old), Build.GRCH38: (name, new)}
    for rsid, name, old, new in (
        ("rs3758581", "10", 96602623, 94842866),  # the specification
        ("rs4244285", "10", 96541616, 94781859),  # ClinVar variation 16897
        ("rs1057910", "10", 96741053, 94981296),  # ClinVar variation 8408
        ("rs3745274", "19", 41512841, 41006936),  # ClinVar variation 29671
        ("rs2108622", "19", 15990431, 15879621),  # ClinVar variation 225969
        ("rs3892097", "22", 42524947, 42128945),  # ClinVar variation 16889
        ("rs3918290", "1", 97915614, 97450058),  # ClinVar variation 432
        ("rs1799930", "8", 18258103, 18400593),  # ClinVar variation 722
        ("rs116855232", "13", 48619855, 48045719),  # ClinVar variation 225201
        ("rs118192172", "19", 38948185, 38457545),  # ClinVar variation 12964
        ("rs1800462", "6", 18143955, 18143724),  # ClinVar variation 12721
    )
}
"""rsIDs by whose positions a file tells its build. Positions: NC_ names of the ClinVar records as biocommons hgvs
tests them, joined by GRCh38 position with the rsIDs of PharmCAT's definitions (CLINPGX 2025-11-05); checked 2026-11-22,
status draft."""


def check(rsids: Iterable[str], contig: str, pos: int, stated: Build) -> None:
    """Nothing, if the place of a known rsID is that of the stated build, or of none.

    Raises:
        BuildError: it is the place that the rsID has on the other build.
    """
    for rsid in rsids:
        for build, place in ANCHORS.get(rsid, {}).items():
            if build is not stated and place == (contig, pos):
                raise misplaced((rsid,), stated, build)


def misplaced(names: Iterable[str], stated: Build, fitting: Build) -> BuildError:
    """The refusal of a file whose known variants stand where they lie on the other build."""
    return BuildError(
        f"The header says {stated}, but places of {fitting} were found in the file ({', '.join(names)}): the positions "
        "do not fit the stated build, so nothing was read. Correct the contig lines of the header, or export the file "
        "again."
    )
