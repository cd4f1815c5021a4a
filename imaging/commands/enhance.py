"""``enhance``: a fundus photograph with even light, or larger; for looking, never for measuring."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from imaging.commands import ends

if TYPE_CHECKING:
    from imaging.enhance import Enhanced, Pixels

Times = Literal["2", "4"]


def enhance(
    file: Annotated[
        Path, typer.Argument(help="A fundus photograph, up to 500 MB.", exists=True, dir_okay=False)
    ],
    out: Annotated[Path, typer.Option(help="FILE.png: the original and, beside it, the enhanced copy.")],
    times: Annotated[Times | None, typer.Option(help="Enlarge instead of evening the light.")] = None,
    frame: Annotated[int | None, typer.Option(help="Which frame, from 0, of several.", min=0)] = None,
    alone: Annotated[bool, typer.Option("--alone", help="The enhanced copy without the original.")] = False,
) -> None:
    """Even the light of a fundus photograph or enlarge it. The copy is stamped; measuring refuses it."""
    from imaging.image import ImageError, ModelMissing
    from imaging.load import OWN_FILE_BYTES, load

    if out.suffix.lower() != ".png":
        ends.stop("--out is a file that ends in .png", ends.BAD_INPUT)
    try:
        pixels = load(file, frame=frame, file_bytes=OWN_FILE_BYTES).rgb
        made = _enhanced(pixels, times)
    except ModelMissing as missing:
        ends.stop(str(missing), ends.UNAVAILABLE)
    except (ImageError, ValueError) as wrong:
        ends.stop(f"the picture was not enhanced: {wrong}", ends.BAD_INPUT)
    from imaging.report.sheets import beside

    ends.put(out, beside(None if alone else pixels, made))
    typer.echo(f"{made.method}; {made.stamp}")


def _enhanced(pixels: Pixels, times: Times | None) -> Enhanced:
    """Refuses what the gate does not take for a fundus photograph: the methods were made for nothing else."""
    from imaging.gate import fundus_gate
    from imaging.image import Decision

    verdict = fundus_gate(pixels)[0]
    if verdict.decision is Decision.REJECTED:
        raise ValueError(f"only fundus photographs are enhanced, and this {verdict.reason}")
    if times is None:
        from imaging.enhance import even_light

        return even_light(pixels)
    from imaging.super_resolution import enlarge

    return enlarge(pixels, 2 if times == "2" else 4)
