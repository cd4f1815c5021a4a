"""Bar 18 of imaging spec 7.1: DRIVE's photographs shrunk, enlarged again, and held against Lanczos.

A photograph is cut to a multiple of the scale and shrunk by Pillow's bicubic to bytes. PSNR is taken over the three
colours inside DRIVE's own field masks, SSIM over the whole green channel, as in the prototype.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging import cards, super_resolution
from imaging.datasets import folders
from imaging.suites.row import Given, Row
from imaging.super_resolution import MODELS, EnlargeNet, Form, Times
from imaging.training import vessels

Pixels = NDArray[np.uint8]
BARS: dict[Times, float] = {2: 41.0, 4: 35.4}
BACK = 45.0
"""dB between the small picture and the enlarged one shrunk again."""

PROTOTYPE: dict[Times, str] = {2: "40.60 / .9671", 4: "34.92 / .9076"}


class Tried(NamedTuple):
    """One photograph enlarged from its shrunk copy: PSNR in dB in the field, SSIM of green, and the way back."""

    net: float
    lanczos: float
    bicubic: float
    corrected: float
    """Lanczos corrected until it shrinks to the input, without a net."""
    net_ssim: float
    lanczos_ssim: float
    back: float


def rows(given: Given) -> Iterator[Row]:
    """Three rows for each scale: the height of the bar, above Lanczos on every photograph, and the way back.

    Raises:
        ValueError: ``given.data`` lacks drive/.
    """
    for times in get_args(Times):
        if not cards.is_held(MODELS[times]):
            ours = f"{MODELS[times]} is not held: python -m imaging.training.super_resolution --times {times} ..."
            yield Row(bar=18, measure=_title(times), target=f">= {BARS[times]:.1f} dB", ours=ours)
            continue
        eyes = vessels.cached(given.data, "drive")[:: given.every]
        net = super_resolution.load(cards.file_of(MODELS[times]))
        yield from _of_scale(times, [tried(net, eye.pixels, eye.field) for eye in eyes])


def _title(times: Times) -> str:
    return f"super-resolution x{times} of DRIVE: PSNR in the field / SSIM of green"


def _of_scale(times: Times, found: Sequence[Tried]) -> Iterator[Row]:
    mean = Tried(*np.mean(found, axis=0))
    beside = (
        f"Lanczos {mean.lanczos:.2f} / {mean.lanczos_ssim:.4f}; bicubic {mean.bicubic:.2f}; "
        f"Lanczos with back-projection, no net {mean.corrected:.2f}"
    )
    yield Row(
        bar=18, measure=_title(times), target=f">= {BARS[times]:.1f} dB", met=mean.net >= BARS[times],
        ours=f"{mean.net:.2f} {_ends([one.net for one in found])} dB / {mean.net_ssim:.4f}, n {len(found)}",
        prototype=PROTOTYPE[times], beside=beside,
    )  # fmt: skip
    gains = [one.net - one.lanczos for one in found]
    above = sum(gain > 0 for gain in gains)
    yield Row(
        bar=18, measure=f"x{times}: above Lanczos on every photograph", target="all", met=above == len(found),
        ours=f"{above} of {len(found)}; gain {np.mean(gains):.2f} {_ends(gains)} dB, least {min(gains):.2f} dB",
    )  # fmt: skip
    least = min(one.back for one in found)
    yield Row(
        bar=18, measure=f"x{times}: shrinking it again gives the input back", target=f">= {BACK:.0f} dB",
        ours=f"{mean.back:.1f} dB, least {least:.1f} dB, n {len(found)}", met=least >= BACK,
    )  # fmt: skip


def _ends(values: Sequence[float]) -> str:
    """The 95 % bootstrap interval of a mean; DRIVE's photographs are of one person each."""
    rng = np.random.default_rng(0)
    means = np.array(values)[rng.integers(0, len(values), (1000, len(values)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return f"({low:.2f} to {high:.2f})"


def tried(net: EnlargeNet, pixels: Pixels, field: folders.Mask) -> Tried:
    """Shrink one photograph and enlarge it by the net, by Lanczos and by bicubic."""
    from skimage.metrics import structural_similarity

    times = net.form.times
    height, width = (size // times * times for size in pixels.shape[:2])
    true, inside = pixels[:height, :width], field[:height, :width]
    small = _resized(true, (width // times, height // times), Image.Resampling.BICUBIC)
    ours = super_resolution.enlarged(net, small)
    untrained = super_resolution.enlarged(EnlargeNet(Form(times=times)), small)
    plain = _resized(small, (width, height), Image.Resampling.LANCZOS)
    cubic = _resized(small, (width, height), Image.Resampling.BICUBIC)
    back = _resized(ours, (width // times, height // times), Image.Resampling.BICUBIC)
    return Tried(
        net=psnr(true, ours, inside), lanczos=psnr(true, plain, inside), bicubic=psnr(true, cubic, inside),
        corrected=psnr(true, untrained, inside),
        net_ssim=float(structural_similarity(true[..., 1], ours[..., 1])),
        lanczos_ssim=float(structural_similarity(true[..., 1], plain[..., 1])),
        back=psnr(small, back, np.ones(small.shape[:2], dtype=bool)),
    )  # fmt: skip


def psnr(true: Pixels, made: Pixels, inside: folders.Mask) -> float:
    """Peak signal to noise in dB of H x W x 3 bytes over the pixels inside; infinite where they are equal."""
    error = float(((true[inside].astype(np.float64) - made[inside]) ** 2).mean())
    return float(10 * np.log10(255**2 / error)) if error else float("inf")


def _resized(pixels: Pixels, size: tuple[int, int], how: Image.Resampling) -> Pixels:
    return np.asarray(Image.fromarray(pixels).resize(size, how))
