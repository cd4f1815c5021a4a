"""The tool that reads a medical picture of this session."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from imaging.findings import read_file
from imaging.image import Kind, Want
from retrieval.evidence import ToolResult, bad_input
from tools.registry import Context, tool


@tool(title="Picture reading", roles=("clinician",))
def read_image(
    image: Annotated[str, Field(description="id of an attachment of this session")],
    want: tuple[Want, ...] = ("findings", "vessels"),
    kind: Kind = "auto",
    frame: Annotated[int | None, Field(ge=0, description="from 0; only where there are several")] = None,
    *,
    context: Context,
) -> ToolResult:
    """Read an attached medical picture (PNG, JPEG, TIFF, DICOM, NIfTI).

    Says what kind it seems to be and whether it can be read. Fundus photograph: where it is unlike healthy ones,
    vessels drawn and measured, an enhanced copy. Chest X-ray of a child of 1 to 5 years: pneumonia, as a
    demonstration. Others are shown. It does not diagnose. State `kind` only if the user did.
    """
    attached = context.attachments.get(image)
    if attached is None:
        known = ", ".join(sorted(context.attachments)) or "none"
        return bad_input(f"There is no attachment with that id. Attached are: {known}.")
    age = context.patient.age_years
    return read_file(Path(attached.path), want, kind, frame, age_years=int(age.value) if age else None)
