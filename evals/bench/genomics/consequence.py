"""Bars 2a to 2d: protein changes beside hgvs-weaver, the cases of bcftools csq, names that parse, and speed.

Run: ``python -m evals.bench.genomics.consequence DATA`` with the folder of the development data.
"""

from __future__ import annotations

import gzip
import random
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from evals.bench.genomics import csq_cases
from evals.bench.genomics.row import Row
from evals.bench.genomics.weaver_check import SecondOpinion
from genomics import hgvs
from genomics.builds import ACCESSIONS, Build
from genomics.effect import Effect
from genomics.lookups.rows import Gap
from genomics.transcript import snapshot
from genomics.transcript.coding import exon_of
from genomics.transcript.consequence import effect
from genomics.transcript.model import Place, Transcript
from genomics.transcript.names import genomic_name, locate
from genomics.transcript.placement import on

SEED = 20261122
WHOLE, SAMPLED, SAMPLE = "NM_007294.4", ("NM_000059.4", "NM_001267550.2"), 12_000
INDELS = 3_000
FRAMESHIFTS = {"c.68_69del": "p.Glu23ValfsTer17", "c.5266dup": "p.Gln1756ProfsTer74"}


def rows(data: Path) -> Iterator[Row]:
    """The bars of this part; a measure whose data are absent says so."""
    bundle = data / "transcript-bundles" / "tx.json.gz"
    names = data / "hgvs-clinvar-9231" / "clinvar_hgvs.tsv.gz"
    if bundle.is_file():
        models = {(model.accession, model.build): model for model in snapshot.read(bundle)}
        chosen = [models[WHOLE, Build.GRCH38], *(models[name, Build.GRCH37] for name in SAMPLED)]
        yield from _protein_rows(chosen)
        yield from _speed_rows(chosen)
        if names.is_file():
            yield _placed(models, names)
    else:
        yield Row("2a", "amino-acid change beside hgvs-weaver", "100 %", "transcript-bundles is absent", None)
    cases = data / "bcftools-csq-tests"
    if cases.is_dir():
        yield from _case_rows(cases)
    if names.is_file():
        yield _parsed(names)


def _protein_rows(models: list[Transcript]) -> Iterator[Row]:
    try:
        second = SecondOpinion(models)
    except ImportError:
        yield Row("2a", "amino-acid change beside hgvs-weaver", "100 %", "hgvs-weaver is not installed", None)
        return
    changes = [(model, one) for model in models for one in sampled(model)]
    same = sum(one.p_name == second.p_name(model.accession, one.c_name) for model, one in changes)
    yield Row(
        number="2a",
        measure="amino-acid change of coding SNVs (BRCA1 all, BRCA2 and TTN samples) beside hgvs-weaver",
        bar="100 %",
        ours=f"{same:,} / {len(changes):,}",
        met=same == len(changes),
        prototype="40,776 / 40,776",
    )
    yield _frameshifts(models[0], second)
    yield _indel_row(models, second)


def sampled(model: Transcript) -> Iterator[Effect]:
    """Every coding SNV of BRCA1, a seeded sample of the others."""
    number = 3 * model.coding_length
    chosen = range(number) if model.accession == WHOLE else random.Random(SEED).sample(range(number), SAMPLE)
    yield from (snv(model, index) for index in chosen)


def snv(model: Transcript, index: int) -> Effect:
    """The single-base change of this number: three for each coding base, in transcript order."""
    found = effect(model, *_spelled(model, index))
    assert isinstance(found, Effect), found
    return found


def _spelled(model: Transcript, index: int) -> tuple[int, str, str]:
    base = (model.cds or (0, 0))[0] + index // 3
    ref = model.mrna[base]
    alt = [letter for letter in "ACGT" if letter != ref][index % 3]
    o = model.spot(Place(base, 0))
    assert o is not None, "a coding base without a genome position"
    return model.oriented(o, o + 1)[0] + 1, model.read(ref), model.read(alt)


def _frameshifts(model: Transcript, second: SecondOpinion) -> Row:
    good = 0
    for name, expected in FRAMESHIFTS.items():
        variant = locate(model, hgvs.parse(name))
        said = None if isinstance(variant, Gap) else effect(model, variant.pos, variant.ref, variant.alt)
        both = isinstance(said, Effect) and said.p_name == expected and said.c_name == name
        good += both and second.p_name(model.accession, name) == expected
    ours = f"{good} / {len(FRAMESHIFTS)}"
    return Row(
        "2a", "BRCA1 c.68_69del and c.5266dup: c. and p. name", "2 / 2", ours, good == len(FRAMESHIFTS)
    )


def _indel_row(models: list[Transcript], second: SecondOpinion) -> Row:
    compared = list(indels(models, second))
    same = sum(ours == theirs for _, ours, theirs in compared)
    ours = f"{same:,} / {len(compared):,} ({same / len(compared):.2%})"
    return Row("2a", "p. name of random exonic indels and delins beside hgvs-weaver", "reported", ours, None)


def indels(models: list[Transcript], second: SecondOpinion) -> Iterator[tuple[str, str, str]]:
    """Name, our p. name and hgvs-weaver's of seeded random changes inside coding exons."""
    rng = random.Random(SEED)
    for _ in range(INDELS):
        model = rng.choice(models)
        drawn = _drawn(model, rng)
        said = effect(model, *drawn) if drawn else None
        if isinstance(said, Effect) and said.c_name:
            theirs = second.p_name(model.accession, said.c_name)
            yield f"{model.accession}:{said.c_name}", said.p_name, theirs


def _drawn(model: Transcript, rng: random.Random) -> tuple[int, str, str] | None:
    assert model.cds is not None
    base = rng.randrange(model.cds[0] + 3, model.cds[1] - 3)
    exon = model.exons[exon_of(model, base)]
    kind, size = rng.choice(("del", "ins", "dup", "delins")), rng.choice((1, 1, 2, 3, 3, 4, 6, 9, 12))
    end = base if kind == "ins" else base + size
    if base <= exon.first + 1 or end >= min(exon.last - 1, model.cds[1] - 3):
        return None
    ref = model.mrna[base:end]
    new = "".join(rng.choices("ACGT", k=rng.choice((1, 2, 3, 6))))
    alt = {"del": "", "dup": ref * 2}.get(kind, new)
    if ref == alt:
        return None
    start = exon.start + base - exon.first
    begin, _ = model.oriented(start, start + len(ref))
    return begin + 1, model.read(ref), model.read(alt)


def _speed_rows(models: list[Transcript]) -> Iterator[Row]:
    for model in models:
        chosen = random.Random(SEED).sample(range(3 * model.coding_length), 10_000)
        changes = [_spelled(model, index) for index in chosen]
        started = time.perf_counter()
        for change in changes:
            effect(model, *change)
        speed = len(changes) / (time.perf_counter() - started)
        yield Row(
            "2d",
            f"consequences a second and core, {model.gene} SNVs (n = {len(changes):,})",
            ">= 5,000",
            f"{speed:,.0f}",
            speed >= 5_000,
            "4,500 (TTN) to 36,000",
            "VEP needs a 20 GB cache",
        )


def _case_rows(folder: Path) -> Iterator[Row]:
    every = list(csq_cases.cases(folder))
    good = sum(right for _, right in csq_cases.bcftools(every))
    bar, ours = ">= 155 / 161", f"{good} / {len(every)}"
    yield Row(
        "2b", "expectations of bcftools csq, exact mode", bar, ours, good >= 155, "155", "bcftools itself"
    )
    own = list(csq_cases.own(every))
    same = sum(right for _, right, _ in own)
    yield Row(
        "2b",
        "the single changes among them, own caller: same terms",
        "reported",
        f"{same} / {len(own)}",
        None,
    )


def _variations(path: Path) -> list[list[str]]:
    """The names of each ClinVar variation."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        held = [line.rstrip("\n").split("\t") for line in stream]
    return [row[2].split() for row in held if len(row) == 3 and row[0] != "gene"]


def _placed(models: dict[tuple[str, Build], Transcript], path: Path) -> Row:
    """c. names placed by our models beside the g. names that ClinVar gives to the same variation."""
    stems: dict[str, list[Transcript]] = {}
    for (accession, _), model in models.items():
        stems.setdefault(accession.partition(".")[0], []).append(model)
    found = [
        _agrees(model, name, names)
        for names in _variations(path)
        for name in names
        if ":c." in name
        for model in stems.get(name.partition(".")[0], ())
    ]
    told = [good for good in found if good is not None]
    ours = f"{sum(told)} / {len(told)}"
    return Row(
        "2c", "ClinVar c. names placed where ClinVar's g. name is, both builds", "reported", ours, None
    )


def _agrees(model: Transcript, name: str, names: list[str]) -> bool | None:
    """None where ClinVar gives no g. name on this build, a name says "no change", or the model lacks the bases."""
    reference = f"{ACCESSIONS[model.build][model.contig]}:"
    theirs = next((one for one in names if one.startswith(reference)), "")
    try:
        placed, genomic = locate(model, hgvs.parse(name)), hgvs.parse(theirs)
    except hgvs.HgvsError:
        return None if not theirs or "=" in theirs else False
    if isinstance(placed, Gap) or genomic.edit is hgvs.Edit.SAME:
        return None
    change = on(model, placed.pos, placed.ref, placed.alt)
    return genomic_name(model, change) == f"{reference}{genomic}"


def _parsed(path: Path) -> Row:
    names = [name for held in _variations(path) for name in held]
    good = sum(map(_parses, names))
    ours = f"{good:,} / {len(names):,} ({good / len(names):.2%})"
    met = good >= 0.998 * len(names)
    return Row("2c", "HGVS strings of ClinVar that parse", ">= 99.8 %", ours, met, "99.90 %", "mavehgvs 61 %")


def _parses(name: str) -> bool:
    try:
        hgvs.parse(name)
    except hgvs.HgvsError:
        return False
    return True


def lines(table: Iterable[Row]) -> Iterator[str]:
    for row in table:
        verdict = {True: "met", False: "MISSED", None: "-"}[row.met]
        yield f"{row.number:4} {row.measure}: {row.ours} (bar {row.bar}: {verdict})"


if __name__ == "__main__":
    for line in lines(rows(Path(sys.argv[1] if len(sys.argv) > 1 else "."))):
        sys.stdout.write(f"{line}\n")
