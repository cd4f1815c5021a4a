"""Three hundred hostile files, made on the spot from a seed: bombs, damage, lies in headers, the wrong kind.

Bar 19 measures on them, and so do the tests. None of them may open.
"""

from __future__ import annotations

import gzip
import io
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian

from imaging.image import ImageError, NoPixels, TooLarge, UnreadableImage

COUNT = 300
Rng = np.random.Generator
Bytes = NDArray[np.uint8]
Maker = Callable[[Rng], bytes]
JPEG_BASELINE, JPEG_LS, JPEG_2000 = (f"1.2.840.10008.1.2.4.{end}" for end in ("50", "80", "90"))
RLE, DEFLATED, MPEG = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.100"


def hostile() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file; none of them holds a whole picture that may be shown."""
    for index, maker in enumerate(islice(cycle(MAKERS), COUNT)):
        yield f"{index:03d} {maker.__name__.strip('_')}", maker(np.random.default_rng([23, index]))


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def saved(pixels: Bytes, kind: str, **options: Any) -> bytes:
    packed = io.BytesIO()
    Image.fromarray(pixels).save(packed, kind, **options)
    return packed.getvalue()


def dicom(pixels: bytes | None, syntax: str = ExplicitVRLittleEndian, **tags: Any) -> bytes:
    """A DICOM file of 64 x 64 bytes of grey; ``tags`` override, and nothing is checked."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = UID(syntax)
    ds.file_meta.MediaStorageSOPClassUID = UID("1.2.840.10008.5.1.4.1.1.7")
    ds.file_meta.MediaStorageSOPInstanceUID = UID("1.2.3.4")
    ds.PatientName = "SECRET^NAME"
    if pixels is not None:
        ds.Rows, ds.Columns, ds.SamplesPerPixel = 64, 64, 1
        ds.PhotometricInterpretation, ds.PixelRepresentation = "MONOCHROME2", 0
        ds.BitsAllocated, ds.BitsStored, ds.HighBit = 8, 8, 7
        ds.PixelData = pixels
        ds["PixelData"].VR = "OB"
        ds["PixelData"].is_undefined_length = syntax not in (ExplicitVRLittleEndian,)
    packed = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, value in tags.items():
            setattr(ds, name, value)
        ds.save_as(packed, implicit_vr=False, little_endian=True, enforce_file_format=True)
    return packed.getvalue()


def noise(rng: Rng, *shape: int) -> Bytes:
    return rng.integers(0, 256, shape, dtype=np.uint8)


def png_bomb(rng: Rng) -> bytes:
    side = int(rng.integers(6_400, 60_000))
    head = struct.pack(">IIBBBBB", side, side, 8, int(rng.choice([0, 2, 6])), 0, 0, 0)
    packed = zlib.compress(b"\0" * int(rng.integers(10, 10_000_000)), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", packed) + png_chunk(b"IEND", b"")
    )


def png_text_bomb(rng: Rng) -> bytes:
    data = saved(noise(rng, 40, 40, 3), "PNG")
    body = zlib.compress(b"\0" * int(rng.integers(70_000_000, 90_000_000)), 1)
    return data[:33] + png_chunk(b"zTXt", b"a\0\0" + body) + data[33:]


def png_cut(rng: Rng) -> bytes:
    data = saved(noise(rng, 80, 60, 3), "PNG")
    return data[: int(rng.integers(9, len(data) - 60))]


def png_short_of_rows(rng: Rng) -> bytes:
    head = struct.pack(">IIBBBBB", 3000, 3000, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes(int(rng.integers(1, 20_000))))
    return (
        b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", packed) + png_chunk(b"IEND", b"")
    )


def png_damaged(rng: Rng) -> bytes:
    data = bytearray(saved(noise(rng, 80, 60, 3), "PNG"))
    data[int(rng.integers(45, len(data) - 20))] ^= 0xFF
    return bytes(data)


def png_many_frames(rng: Rng) -> bytes:
    pages = [Image.fromarray(noise(rng, 16, 16)) for _ in range(70)]
    packed = io.BytesIO()
    pages[0].save(packed, "PNG", save_all=True, append_images=pages[1:])
    return packed.getvalue()


def jpeg_cut(rng: Rng) -> bytes:
    data = saved(noise(rng, 90, 90, 3), "JPEG")
    return data[: int(len(data) * rng.uniform(0.02, 0.9))]


def jpeg_claiming(rng: Rng) -> bytes:
    data = bytearray(saved(noise(rng, 64, 64, 3), "JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", int(rng.integers(8_000, 65_535)), int(rng.integers(8_000, 65_535)))
    return bytes(data)


def jpeg_of_markers(rng: Rng) -> bytes:
    return b"\xff\xd8\xff" * int(rng.integers(100, 100_000))


def tiff_many_pages(rng: Rng) -> bytes:
    pages = [Image.fromarray(noise(rng, 16, 16)) for _ in range(int(rng.integers(65, 120)))]
    packed = io.BytesIO()
    pages[0].save(packed, "TIFF", save_all=True, append_images=pages[1:])
    return packed.getvalue()


def tiff_claiming(rng: Rng) -> bytes:
    data = bytearray(saved(noise(rng, 32, 32), "TIFF"))
    first = struct.unpack("<I", data[4:8])[0]
    (entries,) = struct.unpack("<H", data[first : first + 2])
    for entry in range(first + 2, first + 2 + 12 * entries, 12):
        if struct.unpack("<H", data[entry : entry + 2])[0] in (256, 257):
            data[entry + 2 : entry + 12] = struct.pack("<HII", 4, 1, int(rng.integers(50_000, 4_000_000)))
    return bytes(data)


def tiff_cut(rng: Rng) -> bytes:
    data = saved(noise(rng, 64, 64, 3), "TIFF", compression=str(rng.choice(["tiff_lzw", "tiff_deflate"])))
    return data[: int(len(data) * rng.uniform(0.1, 0.8))]


def dicom_deflated_bomb(rng: Rng) -> bytes:
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(b"\0" * int(rng.integers(10_000_000, 50_000_000))) + packed.flush()
    value = DEFLATED.encode() + b"\0" * (len(DEFLATED) % 2)
    return b"\0" * 128 + b"DICM" + b"\x02\x00\x10\x00UI" + len(value).to_bytes(2, "little") + value + body


def dicom_claiming(rng: Rng) -> bytes:
    side = int(rng.integers(7_000, 65_000))
    return dicom(bytes(64 * 64), Rows=side, Columns=side, NumberOfFrames=int(rng.integers(1, 3)))


def dicom_many_frames(rng: Rng) -> bytes:
    return dicom(bytes(64 * 64), NumberOfFrames=int(rng.integers(65, 2**31 - 1)))


def dicom_cut(rng: Rng) -> bytes:
    data = dicom(noise(rng, 64 * 64).tobytes())
    return data[: int(rng.integers(140, len(data) - 10))]


def dicom_wrong_syntax(rng: Rng) -> bytes:
    """Bare pixels that are said to be compressed."""
    return dicom(
        encapsulate([noise(rng, 4096).tobytes()]), str(rng.choice([JPEG_BASELINE, JPEG_LS, JPEG_2000, RLE]))
    )


def dicom_film(rng: Rng) -> bytes:
    return dicom(encapsulate([noise(rng, 4096).tobytes()]), MPEG)


def dicom_bomb_inside(rng: Rng) -> bytes:
    """A small picture by its header, with an enormous JPEG in it."""
    data = bytearray(saved(noise(rng, 64, 64), "JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 65_500, int(rng.integers(60_000, 65_500)))
    return dicom(encapsulate([bytes(data)]), JPEG_BASELINE)


def dicom_nested(rng: Rng) -> bytes:
    """Sequences within sequences, and no picture."""
    inner = Dataset()
    inner.PatientName = "SECRET"
    for _ in range(int(rng.integers(20, 120))):
        outer = Dataset()
        outer.ReferencedImageSequence = Sequence([inner])
        inner = outer
    return dicom(None, ReferencedImageSequence=Sequence([inner]))


def dicom_without_picture(rng: Rng) -> bytes:
    body = b"%PDF-1.7 " + noise(rng, 500).tobytes()
    return dicom(None, Modality="DOC", EncapsulatedDocument=body + b"\0" * (len(body) % 2))


def dicom_senseless(rng: Rng) -> bytes:
    tags: list[dict[str, Any]] = [
        {"BitsAllocated": 13}, {"PhotometricInterpretation": "SECRET"}, {"SamplesPerPixel": 7},
        {"Rows": 0}, {"BitsAllocated": 32, "BitsStored": 40}, {"Rows": 8, "Columns": 512},
    ]  # fmt: skip
    return dicom(bytes(64 * 64), **tags[int(rng.integers(len(tags)))])


def dicom_damaged(rng: Rng) -> bytes:
    """Tags overwritten by noise behind the preamble."""
    data = bytearray(dicom(bytes(64 * 64)))
    data[140:400] = noise(rng, 260).tobytes()
    return bytes(data)


def nifti_claiming(rng: Rng) -> bytes:
    sides = [int(side) for side in rng.integers(2_000, 32_000, 3)]
    return nifti_head(*sides) + bytes(1000)


def nifti_bomb(rng: Rng) -> bytes:
    side = int(rng.integers(400, 600))
    return gzip.compress(nifti_head(side, side, side) + bytes(side**3 * 2), 9, mtime=0)


def nifti_cut(rng: Rng) -> bytes:
    data = nifti_head(32, 32, 32) + noise(rng, 32**3 * 2).tobytes()
    data = data[: int(rng.integers(400, len(data) - 10))]
    return gzip.compress(data, mtime=0)[: int(rng.integers(200, 300))] if rng.random() < 0.5 else data


def nifti_odd(rng: Rng) -> bytes:
    kinds: list[dict[str, Any]] = [
        {"datatype": 128, "bitpix": 24},
        {"datatype": 32, "bitpix": 64},
        {"datatype": 77},
        {"sides": (-5, 9, 9)},
    ]
    chosen = kinds[int(rng.integers(len(kinds)))]
    sides = chosen.pop("sides", (20, 20, 20))
    return nifti_head(*sides, **chosen) + bytes(200_000)


def nifti_head(*sides: int, datatype: int = 4, bitpix: int = 16) -> bytes:
    """A NIfTI-1 header in one file with its extension flag: 352 bytes."""
    head = bytearray(352)
    struct.pack_into("<i", head, 0, 348)
    struct.pack_into("<8h", head, 40, len(sides), *sides, *([1] * (7 - len(sides))))
    struct.pack_into("<hh", head, 70, datatype, bitpix)
    struct.pack_into("<8f", head, 76, *([1.0] * 8))
    struct.pack_into("<f", head, 108, 352.0)
    struct.pack_into("<h", head, 254, 1)
    struct.pack_into("<12f", head, 280, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0)
    head[344:348] = b"n+1\0"
    return bytes(head)


def other_kinds(rng: Rng) -> bytes:
    heads = [
        b"GIF89a", b"%PDF-1.7", b"PK\x03\x04", b"<svg xmlns='x'>", b"RIFF\0\0\0\0WEBP", b"MZ", b"SIMPLE  =", b"",
        b"\x1f\x8b\x08\0", b"\0\0\0\x18ftypheic", b"\0\0\0\x0cjP  \r\n\x87\n",
    ]  # fmt: skip
    head = heads[int(rng.integers(len(heads)))]
    return head + noise(rng, int(rng.integers(0, 3000))).tobytes() if head else b""


def noise_behind_a_head(rng: Rng) -> bytes:
    heads = [
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"II*\0",
        b"MM\0+",
        b"\0" * 128 + b"DICM",
        nifti_head(9, 9, 9)[:348],
    ]
    return heads[int(rng.integers(len(heads)))] + noise(rng, int(rng.integers(0, 2000))).tobytes()


def tiff_page_outside(rng: Rng) -> bytes:
    data = bytearray(saved(noise(rng, 64, 64, 3), "TIFF"))
    data[4:8] = struct.pack("<I", int(rng.integers(len(data), 2**31)))  # the first page lies behind the end
    return bytes(data)


MAKERS: tuple[Maker, ...] = (
    png_bomb, png_text_bomb, png_cut, png_short_of_rows, png_damaged, png_many_frames, jpeg_cut, jpeg_claiming,
    jpeg_of_markers, tiff_many_pages, tiff_claiming, tiff_cut, tiff_page_outside, dicom_deflated_bomb, dicom_claiming,
    dicom_many_frames, dicom_cut, dicom_wrong_syntax, dicom_film, dicom_bomb_inside, dicom_nested,
    dicom_without_picture, dicom_senseless, dicom_damaged, nifti_claiming, nifti_bomb, nifti_cut, nifti_odd,
    other_kinds, noise_behind_a_head,
)  # fmt: skip

RIGHT: dict[Maker, type[ImageError]] = {
    png_bomb: TooLarge, png_many_frames: TooLarge, jpeg_claiming: TooLarge, tiff_many_pages: TooLarge,
    tiff_claiming: TooLarge, dicom_claiming: TooLarge, dicom_many_frames: TooLarge, nifti_claiming: TooLarge,
    nifti_bomb: TooLarge, dicom_nested: NoPixels, dicom_without_picture: NoPixels,
}  # fmt: skip
"""How each kind must end; those that are not named are :class:`imaging.image.UnreadableImage`."""


def right_outcome(index: int) -> type[ImageError]:
    """How the file of this place in :func:`hostile` must end."""
    return RIGHT.get(MAKERS[index % len(MAKERS)], UnreadableImage)
