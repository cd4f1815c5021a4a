"""A report of genomics on its way out: standard output or files, and the words of its options."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli import edge

if TYPE_CHECKING:
    from genomics.builds import Build
    from genomics.report import Report
    from genomics.zygosity import Sex

Json = Annotated[bool, typer.Option("--json", help="The data as JSON on standard output.")]
Markdown = Annotated[Path | None, typer.Option(help="Write the report as Markdown.")]
Html = Annotated[Path | None, typer.Option(help="Write the report as one HTML file.")]
Fhir = Annotated[Path | None, typer.Option(help="Write the report as a FHIR R4 bundle.")]
BuildName = Annotated[str, typer.Option("--build", help="GRCh37 or GRCh38, where the file does not tell.")]
Sample = Annotated[
    int | None, typer.Option(help="Number of the sample, from 1, where the file holds several.", min=1)
]
SexName = Annotated[str, typer.Option("--sex", help="female or male, where X and Y matter.")]


def told(report: Report, as_json: bool, markdown: Path | None, html: Path | None, fhir: Path | None) -> None:
    """The files that were asked for; JSON, or plain text where no file was asked for, on standard output."""
    from genomics.report import as_json as data
    from genomics.report import as_text

    written(report, markdown, html, fhir)
    if as_json:
        print(data(report), end="")
    elif not (markdown or html or fhir):
        print(as_text(report))


def written(report: Report, markdown: Path | None, html: Path | None, fhir: Path | None) -> None:
    from genomics.fhir import as_fhir_json
    from genomics.report import as_html, as_markdown

    for path, form in ((markdown, as_markdown), (html, as_html), (fhir, as_fhir_json)):
        if path is not None:
            _write(path, form(report))


def _write(path: Path, text: str) -> None:
    """For the owner alone: a report holds genotypes."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as refused:
        edge.stop(f"{path} cannot be written: {refused.strerror}", edge.BAD_INPUT)
    print(path, file=sys.stderr)


def build_of(word: str) -> Build | None:
    from genomics.builds import named

    if not word:
        return None
    found = named(word)
    return found or edge.stop(f"--build is GRCh37 or GRCh38, not '{word}'", edge.BAD_INPUT)


def sex_of(word: str) -> Sex | None:
    from genomics.zygosity import Sex

    if word and word not in tuple(Sex):
        edge.stop(f"--sex is female or male, not '{word}'", edge.BAD_INPUT)
    return Sex(word) if word else None
