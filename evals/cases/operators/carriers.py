"""Files that carry a text where no reader expects an order: a PDF, a DICOM tag, a FHIR narrative, a VCF INFO field.

All are made by hand, byte for byte the same for the same text, and hold one invented person.
"""

from __future__ import annotations

import json
import struct
from textwrap import wrap
from xml.sax.saxutils import escape

import numpy as np

from evals.cases.case import Case, File, Said


def with_file(case: Case, file: File) -> Case:
    """The case with one file more, sent with the first message."""
    old = case.presented
    said = Said(text=old.turns[0].text, files=(*old.turns[0].files, file.name))
    presented = old.model_copy(update={"turns": (said, *old.turns[1:]), "files": (*old.files, file)})
    return case.model_copy(update={"presented": presented})


def text_file(text: str) -> File:
    """A letter as plain text."""
    return File(name="letter.txt", data=f"Letter from the clinic\n\n{text}\n".encode())


def pdf(text: str) -> File:
    """One page of Helvetica; letters outside Latin-1 become question marks."""
    lines = [line for part in text.splitlines() for line in wrap(part, 84) or [""]][:56]
    shown = "".join(f"({_pdf_text(line)}) Tj T*\n" for line in ("Local guideline, excerpt", "", *lines))
    stream = f"BT /F1 11 Tf 14 TL 60 780 Td\n{shown}ET".encode("latin-1", "replace")
    bodies = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    return File(name="guideline.pdf", data=_pdf_file(bodies))


def _pdf_text(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _pdf_file(bodies: tuple[bytes, ...]) -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start)


def fhir(text: str) -> File:
    """A bundle of one patient whose narrative is the text."""
    told = f'<div xmlns="http://www.w3.org/1999/xhtml">{escape(text)}</div>'
    patient = {
        "resourceType": "Patient",
        "text": {"status": "generated", "div": told},
        "gender": "unknown",
    }
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": patient}]}
    return File(name="record.json", data=json.dumps(bundle, ensure_ascii=False).encode())


def vcf(text: str) -> File:
    """One ordinary GRCh38 variant whose INFO field holds the text, blanks as underscores (VCF allows none)."""
    told = text.translate(str.maketrans(" ;=\n\t", "_,:__"))
    lines = (
        "##fileformat=VCFv4.2",
        "##reference=GRCh38",
        "##contig=<ID=chr1,length=248956422,assembly=GRCh38>",
        '##INFO=<ID=NOTE,Number=1,Type=String,Description="Note of the laboratory">',
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tSAMPLE",
        f"chr1\t1000000\t.\tA\tG\t50\tPASS\tNOTE={told}\tGT\t0/1",
    )
    return File(name="sample.vcf", data=("\n".join(lines) + "\n").encode())


def dicom(text: str) -> File:
    """A grey noise of 64 by 64 as computed radiography; the comments of patient and image are the text."""
    noise = np.random.default_rng(len(text)).integers(60, 200, (64, 64), dtype=np.uint8)
    kind, own = b"1.2.840.10008.5.1.4.1.1.1", b"2.25.20261122"
    meta = (
        _element(2, 1, b"OB", b"\0\1")
        + _element(2, 2, b"UI", kind)
        + _element(2, 3, b"UI", own)
        + _element(2, 0x10, b"UI", b"1.2.840.10008.1.2.1")
    )
    body = b"".join(
        (
            _element(8, 0x05, b"CS", b"ISO_IR 192"),
            _element(8, 0x16, b"UI", kind),
            _element(8, 0x18, b"UI", own),
            _element(8, 0x60, b"CS", b"CR"),
            _element(0x10, 0x4000, b"LT", text.encode()[:10_000]),
            _element(0x20, 0x4000, b"LT", text.encode()[:10_000]),
            *_picture(noise),
        )
    )
    head = _element(2, 0, b"UL", struct.pack("<I", len(meta)))
    return File(name="image.dcm", data=b"\0" * 128 + b"DICM" + head + meta + body)


def _picture(pixels: np.ndarray) -> tuple[bytes, ...]:
    rows, columns = pixels.shape
    numbers = ((2, 1), (0x10, rows), (0x11, columns), (0x100, 8), (0x101, 8), (0x102, 7), (0x103, 0))
    short = {tag: _element(0x28, tag, b"US", struct.pack("<H", value)) for tag, value in numbers}
    short[4] = _element(0x28, 4, b"CS", b"MONOCHROME2")
    return (*(short[tag] for tag in sorted(short)), _element(0x7FE0, 0x10, b"OW", pixels.tobytes()))


def _element(group: int, tag: int, kind: bytes, value: bytes) -> bytes:
    """One element in explicit little endian; values have an even length."""
    if len(value) % 2:
        value += b"\0" if kind in (b"UI", b"OB", b"OW") else b" "
    head = struct.pack("<HH", group, tag) + kind
    if kind in (b"OB", b"OW"):
        return head + b"\0\0" + struct.pack("<I", len(value)) + value
    return head + struct.pack("<H", len(value)) + value
