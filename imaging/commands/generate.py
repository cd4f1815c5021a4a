"""``generate``: made pictures, each stamped "synthetic"; drawn eyes and drawn lesions with their exact masks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from imaging.commands import ends

if TYPE_CHECKING:
    from imaging.fov import Pixels
    from imaging.generate.lab import Injection, Made
    from imaging.generate.lesions import Kind

PHANTOM = "phantom"


def generate(
    name: Annotated[
        str, typer.Argument(help='A generator, or "phantom"; without one the list of them.')
    ] = "",
    label: Annotated[str, typer.Option(help="What the pictures show; without it the first label.")] = "",
    n: Annotated[int, typer.Option("--n", help="How many.", min=1, max=10_000)] = 8,
    seed: Annotated[int, typer.Option(help="The same seed gives the same pictures.", min=0)] = 0,
    phantom: Annotated[bool, typer.Option("--phantom", help="Drawn eyes, all truth known.")] = False,
    lesion: Annotated[
        str, typer.Option(help="A kind of lesion to draw, with its exact mask, on a phantom or --onto.")
    ] = "",
    count: Annotated[int, typer.Option(help="How many lesions.", min=1, max=60)] = 5,
    contrast: Annotated[float, typer.Option(help="Of the lesions.", min=0.0, max=1.3)] = 1.0,
    onto: Annotated[
        Path | None, typer.Option(help="A fundus photograph to draw the lesions on.", exists=True)
    ] = None,
    out: Annotated[Path | None, typer.Option(help="A folder, or FILE.png for one sheet.")] = None,
    html: Annotated[Path | None, typer.Option(help="Also one page with what the generator is worth.")] = None,
) -> None:
    """Make pictures, or draw lesions on one; every file says "synthetic" in its pixels and in its text."""
    if not name and not phantom and not lesion:
        ends.show(None, False, lambda: "\n".join(_known()))
        return
    if out is None and html is None:
        ends.stop("name where to write: --out FOLDER, --out FILE.png or --html FILE", ends.BAD_INPUT)
    if lesion:
        photograph = None if onto is None else _fundus(onto)
        _lesions(_drawn(lesion, count, contrast, range(seed, seed + n), photograph), photograph, out, html)
        return
    chosen = PHANTOM if phantom else name
    made = _sampled(chosen, label, n, seed)
    _written(out, made)
    if html is not None:
        from imaging.report.html import as_html
        from imaging.report.samples import samples_report

        ends.put(html, as_html(samples_report(chosen, made)))


def _lesions(
    found: Sequence[Injection], photograph: Pixels | None, out: Path | None, html: Path | None
) -> None:
    _written(out, [made for one in found for made in (one.picture, one.mask)])
    if html is not None:
        from imaging.report.html import as_html
        from imaging.report.samples import lesions_report

        ends.put(html, as_html(lesions_report(found, photograph)))


def _known() -> Iterator[str]:
    from imaging.generate import lab

    for name in lab.names():
        yield f"{name:14} {', '.join(lab.labels(name))}"
        yield f"{'':14} {lab.title(name)}"


def _sampled(name: str, label: str, n: int, seed: int) -> tuple[Made, ...]:
    from imaging.generate import lab
    from imaging.image import ModelMissing

    if name not in lab.names():
        ends.stop(f"there is no generator {name}; there are {', '.join(lab.names())}", ends.BAD_INPUT)
    try:
        return lab.sample(name, label or lab.labels(name)[0], n, seed)
    except ModelMissing as missing:
        ends.stop(str(missing), ends.UNAVAILABLE)
    except ValueError as wrong:
        ends.stop(str(wrong), ends.BAD_INPUT)


def _drawn(
    kind: str, count: int, contrast: float, seeds: range, photograph: Pixels | None
) -> tuple[Injection, ...]:
    """One picture for each seed: on the phantom of that seed, or all on one photograph."""
    from imaging.generate import lab

    try:
        return tuple(
            lab.inject(seed if photograph is None else photograph, cast("Kind", kind), count, contrast, seed)
            for seed in seeds
        )
    except ValueError as wrong:
        ends.stop(str(wrong), ends.BAD_INPUT)


def _fundus(path: Path) -> Pixels:
    """The pixels of a photograph that the gate accepts."""
    from imaging.gate import fundus_gate
    from imaging.image import Decision, ImageError, ModelMissing
    from imaging.load import OWN_FILE_BYTES, load

    try:
        pixels = load(path, file_bytes=OWN_FILE_BYTES).rgb
        verdict = fundus_gate(pixels)[0]
    except ModelMissing as missing:
        ends.stop(str(missing), ends.UNAVAILABLE)
    except ImageError as wrong:
        ends.stop(f"the photograph was not opened: {wrong}", ends.BAD_INPUT)
    if verdict.decision is not Decision.ACCEPTED:
        ends.stop(f"lesions are drawn on fundus photographs only: this {verdict.reason}", ends.BAD_INPUT)
    return pixels


def _written(out: Path | None, made: Sequence[Made]) -> None:
    """One sheet where ``out`` is a PNG, else a folder with a file for each picture."""
    if out is None:
        return
    if out.suffix.lower() == ".png":
        from imaging.report.sheets import sheet

        ends.put(out, sheet(made))
        return
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as refused:
        ends.stop(f"{out} cannot be made: {refused.strerror}", ends.BAD_INPUT)
    for index, one in enumerate(made, start=1):
        ends.put(out / f"{index:04}.png", one.png)
