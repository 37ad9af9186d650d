"""What a file is, from its bytes: real files of each kind, and those that pretend."""

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.media.sniffing import BYTES, EDGE, EXTENSIONS, INLINE, sniff


def packed(*names: str, first: tuple[str, bytes] | None = None) -> bytes:
    """A ZIP with these in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        if first:
            archive.writestr(zipfile.ZipInfo(first[0]), first[1], zipfile.ZIP_STORED)
        for name in names:
            archive.writestr(name, b"<demo/>" * 100)
    return made.getvalue()


def box(brand: bytes) -> bytes:
    return struct.pack(">I", 24) + b"ftyp" + brand + b"\0\0\0\0isommp42"


OFFICE = "application/vnd.openxmlformats-officedocument."
WORD, SHEET, SLIDES = (
    f"{OFFICE}{kind}" for kind in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
)
ODT = "application/vnd.oasis.opendocument.text"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01", "image/png"),
        (b"GIF89a\x01\0", "image/gif"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
        (box(b"heic"), "image/heic"),
        (b"%PDF-1.7\n%", "application/pdf"),
        (packed("[Content_Types].xml", "word/document.xml"), WORD),
        (packed("[Content_Types].xml", "xl/workbook.xml"), SHEET),
        (packed("[Content_Types].xml", "ppt/presentation.xml"), SLIDES),
        (packed("content.xml", first=("mimetype", ODT.encode())), ODT),
        (packed("a.txt"), "application/zip"),
        (b"{\\rtf1\\ansi demo}", "application/rtf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "application/x-ole-storage"),
        (box(b"isom"), "video/mp4"),
        (box(b"qt  "), "video/quicktime"),
        (box(b"M4A "), "audio/mp4"),
        (b"ID3\x04\0", "audio/mpeg"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
        ("Fractions: ½ + ⅓ ≠ ²⁄₅\nكسور 😀\n".encode(), "text/plain"),
        (b"\xef\xbb\xbfname,points\r\nDemo,3\r\n", "text/plain"),
    ],
)
def test_what_it_is(body: bytes, found: str) -> None:
    assert sniff(body[:EDGE], body[-EDGE:]) == found


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0",
        b"<!doctype html><script>alert(1)</script>",
        b"\n  <html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><svg/>",
        b"\xef\xbb\xbf<SVG>",
        b"<script>alert(1)</script>",
        b"#!/bin/sh\nrm -rf ~",
        b"MZ\x90\0" + bytes(100),
        b"\x7fELF\x02\x01\x01" + bytes(100),
        b"\x89PNG\r\n\x1a\n<script>",
        b"RIFF\x24\0\0\0AVI LIST",
        box(b"evil"),
        b"words, and then \x00 a zero",
        b"latin-1 \xe9t\xe9",
        packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    ],
)
def test_what_it_is_not(body: bytes) -> None:
    """What a browser or a system might run, and what only begins like something, is bytes."""
    assert sniff(body[:EDGE], body[-EDGE:]) == BYTES


def test_a_long_text_may_be_cut_inside_a_letter() -> None:
    body = "é".encode() * EDGE + b"."
    assert sniff(b"." + body[: EDGE - 1], body[-EDGE:]) == "text/plain"
    assert sniff(b"." + body[: EDGE - 1], body[-EDGE:-1] + b"\0") == BYTES


@given(st.binary(max_size=200), st.binary(max_size=50))
def test_never_anything_a_browser_runs(head: bytes, tail: bytes) -> None:
    found = sniff(head, tail)
    assert "html" not in found
    assert "svg" not in found
    assert "script" not in found


def test_only_pictures_of_pixels_are_shown_in_place() -> None:
    assert {"image/jpeg", "image/png", "image/gif", "image/webp"} == INLINE
    assert EXTENSIONS.keys() >= INLINE
