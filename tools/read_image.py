"""The tool that reads a medical picture of this session."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from imaging.findings import read_file
from retrieval.evidence import ToolResult, bad_input
from tools.registry import Context, tool


@tool(roles=("clinician",))
def read_image(
    image: Annotated[str, Field(description="id of an attachment of this session")],
    want: tuple[Literal["findings", "vessels"], ...] = ("findings", "vessels"),
    kind: Literal["auto", "fundus", "chest_xray", "breast_ultrasound"] = "auto",
    frame: Annotated[int | None, Field(ge=0, description="from 0; only where there are several")] = None,
    *,
    context: Context,
) -> ToolResult:
    """Check and measure an attached medical picture (PNG, JPEG, TIFF, DICOM, NIfTI).

    Says what kind of picture it seems to be; of a fundus photograph whether it can be read, and measures and draws the
    retinal vessels. It does not diagnose. State `kind` only if the user did.
    """
    attached = context.attachments.get(image)
    if attached is None:
        known = ", ".join(sorted(context.attachments)) or "none"
        return bad_input(f"There is no attachment with that id. Attached are: {known}.")
    return read_file(Path(attached.path), want, kind, frame)
