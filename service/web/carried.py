"""The routes whose bytes the front door carries: it asks the gate, and answers itself. Here only for their contract."""

from typing import Annotated

import msgspec
from aiohttp import web

from service.media.sniffing import TYPES
from service.problems import (
    BlockAlreadyStored,
    BlockDamaged,
    BlockOutside,
    ChecksumMissing,
    FileTooLarge,
    NoRoom,
    NotFound,
    QuotaReached,
    RangeNotSatisfiable,
    StorageUnavailable,
    UploadEnded,
)
from service.web.policy import PUBLIC, READ, UPLOAD, Content, Header, Route

_BYTES = r"(0|[1-9]\d{0,15})"
_FILE = "[0-9A-Za-z.-]{1,80}"
_Digest = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9+/]{43}=$")]


async def put_block(_request: web.Request) -> web.Response:
    """Send bytes [offset, end) of a file, up to 16 MiB. Answered once the store has them and their SHA-256 is right.

    412: these very bytes are there already, which is as good as 200.
    """
    raise NotFound


async def get_lesson_file(_request: web.Request) -> web.Response:
    """A file of a lesson: video in pieces of up to 4 MiB, pictures, peaks, or for its teacher the `original`.

    The names are those of the snapshot's `play` and of the playlists. A whole video is only given piece by piece.
    """
    raise NotFound


async def get_resource(_request: web.Request) -> web.Response:
    """A file beside the plan, for the people of its cycle. Pictures may be shown in place; the rest is to be saved.

    The type is what the bytes are, or plain bytes: what its sender called it decides nothing.
    """
    raise NotFound


async def try_block(_request: web.Request) -> web.Response:
    """Shows that a block passes the network: the method, its body and the checksum header. Nothing is stored."""
    raise NotFound


async def try_range(_request: web.Request) -> web.Response:
    """A thousand bytes, or the range of them that is asked for: shows that a piece of a video passes the network."""
    raise NotFound


_WHOLE = Content(*TYPES)
_PIECE = Content("video/mp4", "image/jpeg", "application/octet-stream")
_CHECKSUM = Header("x-amz-checksum-sha256", _Digest, "SHA-256 of the bytes, in base64.", required=True)
_SAMPLE = Content("application/octet-stream")
_FILE_ANSWERS = {200: _PIECE, 206: _PIECE, 304: None}
_FILE_HEADERS = (
    Header("Range", str, "One range of bytes."),
    Header("If-None-Match", str, "The ETag that the client has."),
)

CARRIED = (
    Route(
        "PUT",
        "/media/network",
        try_block,
        PUBLIC,
        body=_SAMPLE,
        answers={204: None},
        problems=(ChecksumMissing,),
        headers=(_CHECKSUM,),
    ),
    Route(
        "GET",
        "/media/network",
        try_range,
        PUBLIC,
        answers={200: _SAMPLE, 206: _SAMPLE},
        problems=(RangeNotSatisfiable,),
        headers=(Header("Range", str, "One range of bytes."),),
    ),
    Route(
        "PUT",
        "/media/uploads/{upload}/{offset}-{end}",
        put_block,
        UPLOAD,
        body=Content("application/octet-stream"),
        answers={200: None},
        problems=(
            BlockAlreadyStored,
            BlockDamaged,
            BlockOutside,
            ChecksumMissing,
            FileTooLarge,
            NoRoom,
            QuotaReached,
            StorageUnavailable,
            UploadEnded,
        ),
        headers=(_CHECKSUM,),
        names={"offset": _BYTES, "end": _BYTES},
    ),
    *(
        Route(
            method,
            "/media/lessons/{lesson}/{file}",
            get_lesson_file,
            READ,
            answers=_FILE_ANSWERS,
            problems=(NotFound, RangeNotSatisfiable, StorageUnavailable),
            headers=_FILE_HEADERS,
            names={"file": _FILE},
            operation="" if method == "GET" else "head_lesson_file",
        )
        for method in ("GET", "HEAD")
    ),
    *(
        Route(
            method,
            "/media/resources/{resource}",
            get_resource,
            READ,
            answers={200: _WHOLE, 206: _WHOLE, 304: None},
            problems=(NotFound, RangeNotSatisfiable, StorageUnavailable),
            headers=_FILE_HEADERS,
            operation="" if method == "GET" else "head_resource",
        )
        for method in ("GET", "HEAD")
    ),
)
