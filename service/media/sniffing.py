"""What a file is, from its bytes alone. Pure: neither its name nor what its sender says of it counts.

A short table instead of a library: it names only what is worth showing to the other person. Everything else, and
everything that a browser could run (HTML, SVG, scripts), is bytes.
"""

import re
from typing import Final

BYTES: Final = "application/octet-stream"
ZIP: Final = "application/zip"
TEXT: Final = "text/plain"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."

EDGE: Final = 64 * 1024
"""How much of a file's beginning and of its end is looked at."""

INLINE: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""What a browser may show in place: pictures made of pixels, which hold nothing that runs."""

EXTENSIONS: Final[dict[str, tuple[str, ...]]] = {
    "image/jpeg": (".jpg", ".jpeg", ".jfif"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif"),
    "application/pdf": (".pdf",),
    f"{_OFFICE}wordprocessingml.document": (".docx",),
    f"{_OFFICE}spreadsheetml.sheet": (".xlsx",),
    f"{_OFFICE}presentationml.presentation": (".pptx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
    "application/vnd.oasis.opendocument.presentation": (".odp",),
    "video/mp4": (".mp4", ".m4v"),
    "video/quicktime": (".mov",),
    "audio/mp4": (".m4a",),
    "audio/mpeg": (".mp3",),
    "audio/wav": (".wav",),
}
"""What a name must end in for these; others keep the name they came with."""

_STARTS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"{\\rtf1", "application/rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"ID3", "audio/mpeg"),
)
_BRANDS: Final[tuple[tuple[tuple[bytes, ...], str], ...]] = (
    ((b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"), "image/heic"),
    ((b"M4A ", b"M4B "), "audio/mp4"),
    ((b"qt  ",), "video/quicktime"),
    ((b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV"), "video/mp4"),
)
_PARTS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"word/document.xml", f"{_OFFICE}wordprocessingml.document"),
    (b"xl/workbook.xml", f"{_OFFICE}spreadsheetml.sheet"),
    (b"ppt/presentation.xml", f"{_OFFICE}presentationml.presentation"),
)
TYPES: Final = (BYTES, *sorted({*EXTENSIONS, ZIP, TEXT, *(found for _, found in _STARTS)}))
"""Every type a file may have here."""
_OPEN_DOCUMENT = re.compile(
    rb"PK\x03\x04.{26}mimetype(application/vnd\.oasis\.opendocument\.(?:text|spreadsheet|presentation))PK", re.DOTALL
)
# Told apart from words so that nobody mistakes it for them; what it is exactly is nobody's business here.
_MARKUP = re.compile(rb"\s*(<[!?a-z]|#!|MZ)", re.IGNORECASE)
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


def sniff(head: bytes, tail: bytes) -> str:
    """The media type of a file; `head` and `tail` are its first and last EDGE bytes, the same where it is small."""
    for start, found in _STARTS:
        if head.startswith(start):
            return found
    if head[4:8] == b"ftyp":
        return next((found for brands, found in _BRANDS if head[8:12] in brands), BYTES)
    if head.startswith(b"RIFF"):
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12], BYTES)
    if head.startswith(b"PK\x03\x04"):
        return _packed(head, tail)
    return TEXT if _is_text(head, tail) else BYTES


def _packed(head: bytes, tail: bytes) -> str:
    if open_document := _OPEN_DOCUMENT.match(head):
        return open_document[1].decode()
    # The list of what is inside stands at the end. With macros in it, it is no plain document.
    if b"vbaProject.bin" in tail:
        return BYTES
    return next((found for part, found in _PARTS if part in tail), ZIP)


def _is_text(head: bytes, tail: bytes) -> bool:
    """UTF-8 without controls, and nothing that some program would take for its own."""
    if not head or _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        return False
    try:
        # A letter may be cut in two at either edge.
        text = head.decode() if len(head) < EDGE else head.decode(errors="ignore")
        end = tail.decode() if len(tail) < EDGE else tail.decode(errors="ignore")
    except UnicodeDecodeError:
        return False
    whole = len(text.encode()) + 3 >= len(head) and len(end.encode()) + 3 >= len(tail)
    return whole and not _NO_TEXT.search(text) and not _NO_TEXT.search(end)
