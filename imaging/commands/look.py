"""``look``: open a picture and say what can be said about it, as the assistant's tool does."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from imaging.commands import ends

if TYPE_CHECKING:
    from imaging.image import Want as ImageWant
    from retrieval.evidence import ToolResult

Kind = Literal["auto", "fundus", "chest_xray", "breast_ultrasound"]


class Want(StrEnum):
    """Kinds and wants as in ``imaging.image``, written again so that ``--help`` imports nothing heavy.

    A test holds them together.
    """

    FINDINGS = "findings"
    VESSELS = "vessels"
    ENHANCED = "enhanced"


def look(
    file: Annotated[
        Path,
        typer.Argument(help="PNG, JPEG, TIFF, DICOM or NIfTI, up to 500 MB.", exists=True, dir_okay=False),
    ],
    kind: Annotated[Kind, typer.Option(help="What the picture is, where you know it.")] = "auto",
    want: Annotated[
        list[Want] | None, typer.Option(help="What to do; may be repeated. Without it findings and vessels.")
    ] = None,
    age: Annotated[int | None, typer.Option(help="Age of the person in whole years.", min=0, max=130)] = None,
    frame: Annotated[int | None, typer.Option(help="Which frame, from 0, of several.", min=0)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The tool's result as one JSON document.")] = False,
    html: Annotated[
        Path | None, typer.Option(help="Write the reading with its pictures as one file.")
    ] = None,
) -> None:
    """Read a picture; exits 0 with findings, 4 with none or where no model speaks, 3 when more input is needed."""
    from imaging.findings import read_file
    from imaging.load import OWN_FILE_BYTES

    asked = cast("tuple[ImageWant, ...]", tuple(one.value for one in want or (Want.FINDINGS, Want.VESSELS)))
    result = read_file(file, asked, kind, frame, age_years=age, file_bytes=OWN_FILE_BYTES)
    if html is not None:
        from imaging.report.html import as_html
        from imaging.report.reading import reading_report

        ends.put(html, as_html(reading_report(result)))
    ends.show(result, as_json, lambda: "\n".join(lines(result)))
    raise typer.Exit(ends.CODES[result.outcome])


def lines(result: ToolResult) -> Iterator[str]:
    """The outcome, each finding with its model, what is missing, the command, the note; pictures by title."""
    yield f"outcome: {result.outcome}"
    for finding in result.findings:
        models = ", ".join(dict.fromkeys(one.source.title for one in finding.evidence))
        yield f"- {finding.statement} [{models}; {finding.certainty}]"
    yield from (f"- needed: {missing}" for missing in result.missing)
    if result.command:
        yield f"Bring it with: {result.command}"
    if result.note:
        yield result.note
    if result.pictures:
        yield f"Pictures (--html FILE shows them): {'; '.join(one.title for one in result.pictures)}"
    yield "Research use, not a diagnosis."
