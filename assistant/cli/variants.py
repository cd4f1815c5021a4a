"""``variants``: names, genome files and star alleles without the conversation; one report in several forms.

Genotypes stay here: nothing is sent anywhere, and files are written for their owner alone.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from assistant.cli import edge
from assistant.cli.reports import (
    BuildName,
    Fhir,
    Html,
    Json,
    Markdown,
    Sample,
    SexName,
    build_of,
    sex_of,
    told,
    written,
)

if TYPE_CHECKING:
    from genomics.annotated_rows import AnnotatedFile, AnnotatedRow
    from genomics.builds import Build
    from genomics.pgx.gathering import Gathered

app = typer.Typer(
    no_args_is_help=True,
    help="Germline variants: interpret a name, annotate or screen a genome file, call pharmacogenes. Research use.",
)
File = Annotated[Path, typer.Argument(help="A VCF, gVCF or BCF.", exists=True, dir_okay=False)]


@app.command()
def interpret(
    words: Annotated[str, typer.Argument(help='A variant, e.g. "BRCA1 c.68_69del"; - reads standard input.')],
    build: BuildName = "",
    as_json: Json = False,
    markdown: Markdown = None,
    html: Html = None,
    fhir: Fhir = None,
) -> None:
    """What others say of a variant, and what our own evidence codes add up to; every code with its reason."""
    edge.ready()
    from genomics.interpret import interpret_all
    from genomics.report import variant_report
    from genomics.report.taken import of_interpretation
    from retrieval.evidence import Outcome

    interpreted = interpret_all(edge.read_text(words), build=build_of(build))
    rows = [of_interpretation(one) for one in interpreted if one.outcome is Outcome.FOUND]
    if not rows:
        first = interpreted[0]
        edge.stop(" ".join(filter(None, (first.note, *first.limits))), edge.CODES[first.outcome])
    for other in (one for one in interpreted if one.outcome is not Outcome.FOUND):
        print(" ".join(filter(None, (other.asked, other.note, *other.limits))), file=sys.stderr)
    versions = {name: value for one in interpreted for name, value in one.versions.items()}
    told(variant_report(rows, versions=versions), as_json, markdown, html, fhir)


@app.command()
def annotate(
    files: Annotated[list[Path], typer.Argument(help="VCF, gVCF or BCF files.", exists=True, dir_okay=False)],
    build: BuildName = "",
    sample: Sample = None,
    sex: SexName = "",
    engine: Annotated[
        str, typer.Option(help="pool (this machine) or ray (a cluster; extra `cluster`).")
    ] = "pool",
    workers: Annotated[int, typer.Option(help="Files worked at the same time.", min=1)] = 2,
    seconds: Annotated[float, typer.Option(help="Longest time for one file.", min=1)] = 600.0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line per carried allele.")] = False,
    markdown: Markdown = None,
    html: Html = None,
    out: Annotated[Path | None, typer.Option(help="Keep each file's result here as JSON lines.")] = None,
    resume: Annotated[bool, typer.Option(help="Take what stands in --out already.")] = False,
) -> None:
    """Every carried allele of the files: gene, consequence, class of others, own codes. Exits 2 if a file failed."""
    settings = edge.ready()
    from genomics import VERSION, batch
    from genomics.annotate import annotate as work
    from genomics.annotated_rows import AnnotatedFile
    from genomics.lookups.held import held

    packs = str(settings.data_dir / "packs")
    on, of = str(build_of(build) or ""), str(sex_of(sex) or "")
    worker = partial(work, sample=sample, build=on, sex=of, packs=packs)
    version = f"{VERSION} {on} {of} {sample or ''} {sorted(held().versions.items())}"
    limits = batch.Limits(seconds=seconds)
    done: list[AnnotatedFile] = []
    failed = 0
    try:
        results = batch.annotate_files(
            files, worker, engine=_engine(engine), workers=workers, output=out,
            resume=resume, version=version, limits=limits,
        )  # fmt: skip
        for one in results:
            if one.result is None:
                failed += 1
                print(f"{one.name}: {one.error}", file=sys.stderr)
                continue
            file = AnnotatedFile.model_validate(one.result)
            _summed(file)
            done += [file] if markdown or html else []
            for line in _json_lines(file) if as_json else _lines(file):
                print(line)
    except batch.BatchError as refused:
        edge.stop(str(refused), edge.BAD_INPUT)
    if done:
        from genomics.report.annotation import annotation_report

        written(annotation_report(done), markdown, html, None)
    raise typer.Exit(edge.BAD_INPUT if failed else edge.ANSWERED)


@app.command()
def screen(
    file: File,
    hpo: Annotated[str, typer.Option(help="Symptoms in words or as HP ids.")] = "",
    panel: Annotated[str, typer.Option(help="Gene symbols, by commas.")] = "",
    build: BuildName = "",
    sample: Sample = None,
    mother: Sample = None,
    father: Sample = None,
    sex: SexName = "",
    secondary: Annotated[
        bool, typer.Option("--secondary", help="Also the ACMG list; the person asked for it and consents.")
    ] = False,
    most: Annotated[int, typer.Option(help="Candidate genes shown.", min=1, max=200)] = 10,
    as_json: Json = False,
    markdown: Markdown = None,
    html: Html = None,
    fhir: Fhir = None,
) -> None:
    """Ranked candidate genes of one file, how they fit, and what was covered; exits 4 without a candidate."""
    edge.ready()
    from genomics.builds import BuildError
    from genomics.files.vcf import VcfError, VcfNeeds
    from genomics.lookups.held import held
    from genomics.phenotype import PhenotypeError
    from genomics.report import genome_report
    from genomics.report.taken import of_screening
    from genomics.screen import screen as screened
    from genomics.wanted import wanted

    packs = held()
    try:
        seen = screened(
            file, held=packs, wanted=wanted(hpo, panel.split(",")), build=build_of(build), sample=sample,
            mother=mother, father=father, sex=sex_of(sex), with_secondary=secondary, most=most,
        )  # fmt: skip
    except VcfNeeds as needed:
        edge.stop(f"{needed} Missing: {needed.missing}.", edge.NEEDS_INPUT)
    except (VcfError, BuildError, PhenotypeError) as wrong:
        edge.stop(str(wrong), edge.BAD_INPUT)
    genome = of_screening(seen, f"Screening of {file.name}", limits=(_EMPTY,)).model_copy(update={"sex": sex})
    report = genome_report(genome, versions=dict(packs.versions))
    told(report, as_json, markdown, html, fhir)
    raise typer.Exit(edge.ANSWERED if seen.candidates or seen.held else edge.NOTHING)


@app.command()
def pgx(
    file: Annotated[
        Path | None, typer.Argument(help="A VCF, or a 23andMe or Ancestry file.", exists=True, dir_okay=False)
    ] = None,
    stated: Annotated[str, typer.Option(help='Genotypes as stated, e.g. "CYP2C19 *2/*17".')] = "",
    outside: Annotated[
        Path | None, typer.Option(help="Calls of other tools, tab-separated.", exists=True, dir_okay=False)
    ] = None,
    drugs: Annotated[str, typer.Option(help="Generic drug names, by commas.")] = "",
    build: BuildName = "",
    sample: Sample = None,
    sex: SexName = "",
    as_json: Json = False,
    markdown: Markdown = None,
    html: Html = None,
    fhir: Fhir = None,
) -> None:
    """Star alleles, phenotypes, and what CPIC and DPWG say for the drugs; exits 4 if no gene has a call."""
    edge.ready()
    if file is None and outside is None and not stated.strip():
        edge.stop("Give a file, --stated genotypes or --outside calls.", edge.NEEDS_INPUT)
    from genomics.builds import BuildError
    from genomics.files.vcf import VcfError, VcfNeeds
    from genomics.pgx.guidance import advise
    from genomics.pgx.held_guidance import guidance
    from genomics.pgx.outside_calls import OutsideCallError
    from genomics.pgx.stated import StatedError
    from genomics.report import pgx_report
    from genomics.report.taken import of_pharmacogenes

    try:
        gathered = _gathered(file, stated, outside, build_of(build), sample, sex_of(sex) or "")
    except VcfNeeds as needed:
        edge.stop(f"{needed} Missing: {needed.missing}.", edge.NEEDS_INPUT)
    except (VcfError, BuildError, OutsideCallError, StatedError) as wrong:
        edge.stop(str(wrong), edge.BAD_INPUT)
    base = guidance()
    advices = advise(gathered.calls, [drug.strip() for drug in drugs.split(",") if drug.strip()], base)
    title = f"Pharmacogenes of {file.name}" if file else "Pharmacogenes as stated"
    versions = {"definitions": gathered.definitions, "guidance": f"{base.name} {base.version}"}
    report = pgx_report(of_pharmacogenes(gathered, advices, title), versions=versions)
    told(report, as_json, markdown, html, fhir)
    raise typer.Exit(edge.ANSWERED if gathered.calls else edge.NOTHING)


_EMPTY = "An empty list is no negative screen: a variant that is not in the file may not have been looked at."


def _gathered(
    file: Path | None, stated: str, outside: Path | None, build: Build | None, sample: int | None, sex: str
) -> Gathered:
    """The calls; what is stated goes before outside calls, and those before the file."""
    from assistant.uploads import HEAD, kind_of
    from genomics.pgx import gathering, outside_calls

    held = gathering.definitions()
    said = gathering.from_words(stated, held) if stated.strip() else None
    if file is None:
        read = gathering.from_outside(outside, held) if outside else gathering.Gathered()
    elif kind_of(_head(file, HEAD)) == "genotypes":
        read = gathering.from_consumer(file, held, sex=sex or None)
    else:
        others = outside_calls.read(outside) if outside else ()
        read = gathering.from_vcf(file, held, sex=sex or None, outside=others, build=build, sample=sample)
    return read.with_stated(said) if said else read


def _head(file: Path, size: int) -> bytes:
    with file.open("rb") as content:
        return content.read(size)


def _json_lines(file: AnnotatedFile) -> Iterator[str]:
    for row in file.rows:
        yield json.dumps({"file": file.name, **row.model_dump(mode="json")}, ensure_ascii=False)


def _lines(file: AnnotatedFile) -> Iterator[str]:
    """One line per allele for the eye."""
    for row in file.rows:
        yield _line(row)


def _line(row: AnnotatedRow) -> str:
    from genomics.report.shown import shown

    place = f"{row.contig}-{row.pos}-{row.ref[:12]}-{row.alt[:12]}"
    own = f"{row.own_class} ({row.own_points:+d})" if row.own_class else "no class of our own"
    parts = (place, row.title if row.gene else "", row.zygosity, row.consequence.replace("_", " "))
    others = f"others: {row.known}" if row.known else "others: none held"
    return "  ".join(shown(part) for part in (*parts, others, own) if part)


def _summed(file: AnnotatedFile) -> None:
    """What of a file was read, on the error stream, so that standard output holds rows alone."""
    weighed = sum(not row.not_weighed for row in file.rows)
    print(
        f"{file.name} ({file.build}): {file.records} records, {file.carried} carried alleles, {weighed} with a class "
        f"of our own, {file.not_interpreted} not interpreted. Research use: confirm in an accredited laboratory.",
        file=sys.stderr,
    )


def _engine(word: str) -> Literal["pool", "ray"]:
    if word not in ("pool", "ray"):
        edge.stop(f"--engine is pool or ray, not '{word}'", edge.BAD_INPUT)
    return "ray" if word == "ray" else "pool"
