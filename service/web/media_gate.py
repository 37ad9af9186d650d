"""The gate of the media: from headers alone, may this person send this block, or have this piece of this video?

It listens on a socket of its own, asked by the front door alone, and never sees a byte of video: a request with a body
is refused. A grant is one answer of 200 with, in `X-Media-*`, the signed path in the store and what to tell the
browser; the front door carries the bytes. Everything else is a problem, which the front door passes on as it is.

Every object has a key made of ids and hashes of ours, and is never written twice. So one URL is the same bytes for
ever, an If-Range always matches, and leaving it out is safe.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from aiohttp import web

from service import access, problems
from service.actions import quotas, resources
from service.actions import uploads as actions
from service.coaching.ids import ID_PATTERN
from service.media.blocks import uploads_prefix
from service.media.playlist import object_key
from service.media.sniffing import INLINE, TEXT
from service.web.app import answer_problems
from service.web.cookies import credentials
from service.web.keys import DEPS
from service.web.origin import comes_from_us
from service.web.responding import no_content
from service.wiring import Deps
from storage import jobs, uploads
from storage.engine import hits
from storage.objects import StoreUnavailable

MAX_BLOCK_BYTES: Final = 16 << 20
MAX_PIECE_BYTES: Final = 4 << 20
"""How much of a video one answer carries at most: a viewer who loses the grant stops within it."""
SPARE_BYTES: Final = 64 << 20
"""Blocks of several sizes may lie over each other; an upload may hold twice its file and this much."""

_BLOCK = re.compile(rf"/media/uploads/({ID_PATTERN})/(0|[1-9]\d{{0,15}})-([1-9]\d{{0,15}})", re.ASCII)
_FILE = re.compile(rf"/media/lessons/({ID_PATTERN})/([0-9A-Za-z.-]{{1,80}})", re.ASCII)
_RESOURCE = re.compile(rf"/media/resources/({ID_PATTERN})", re.ASCII)
_RENDITION = re.compile(r"\d{1,9}-[0-9a-z]{1,20}\.mp4", re.ASCII)
_PIECE = re.compile(r"\d{1,9}-[0-9a-z]{1,20}-(init\.mp4|\d{1,9}\.m4s)", re.ASCII)
_PICTURE = re.compile(r"\d{1,9}-(poster|storyboard-\d{1,3})\.jpg", re.ASCII)
_PEAKS = re.compile(r"\d{1,9}-peaks\.bin", re.ASCII)
_TRIED = "/media/network"
"""Whoever looks after a network has no account, and finds out here whether blocks and ranges pass it."""
_SAMPLE: Final = bytes(range(250)) * 4
_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{1,18})?|-(\d{1,18}))", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Grant:
    """Where the bytes are, and how the browser is told of them. `range` is what the store is asked for; empty: all."""

    target: str
    content_type: str = ""
    disposition: str = "inline"
    range: str = ""
    size: int = 0
    """Bytes at most, where the request says so."""

    def response(self) -> web.Response:
        # Empty ones are sent too: the front door would take a placeholder without a value literally.
        return web.Response(
            headers={
                "X-Media-Target": self.target,
                "X-Media-Type": self.content_type,
                "X-Media-Disposition": self.disposition,
                "X-Media-Range": self.range,
                "Cache-Control": "no-store",
            }
        )


def make_gate_app(deps: Deps) -> web.Application:
    app = web.Application(middlewares=[answer_problems], client_max_size=1)
    app[DEPS] = deps
    app.router.add_get("/gate", decide, allow_head=False)
    return app


async def decide(request: web.Request) -> web.Response:
    """Only what the front door says of the request counts; it has dropped whatever the client said in these names."""
    if request.can_read_body:
        raise problems.TooLarge("Video does not pass here.")
    deps = request.app[DEPS]
    headers = request.headers
    method, path = headers.get("X-Forwarded-Method", ""), headers.get("X-Forwarded-Uri", "")
    shown = credentials(headers)
    if method == "PUT" and not comes_from_us(headers, shown, deps.config.origin):
        raise problems.ForeignOrigin
    if path == _TRIED and method in ("GET", "PUT"):
        return _tried(method, headers.getall("Range", []), headers.get("X-Amz-Checksum-Sha256", ""))
    session = await access.session_of(deps, shown)
    if session is None:
        raise problems.SignedOut
    if session.scopes is not None and ("upload" if method == "PUT" else "read") not in session.scopes:
        raise problems.ScopeMissing
    # The path is matched as it was sent: nothing is decoded, so nothing can hide in an encoding.
    if method == "PUT" and (found := _BLOCK.fullmatch(path)):
        grant = await _admit_block(
            deps, session.person, found[1], int(found[2]), int(found[3]), headers.get("X-Amz-Checksum-Sha256", "")
        )
    elif method in ("GET", "HEAD") and (found := _FILE.fullmatch(path)):
        grant = await _admit_viewer(deps, session.person, found[1], found[2], method, headers.getall("Range", []))
    elif method in ("GET", "HEAD") and (found := _RESOURCE.fullmatch(path)):
        grant = await _admit_reader(deps, session.person, found[1], method, headers.getall("Range", []))
    elif method in ("GET", "HEAD", "PUT"):
        raise problems.NotFound
    else:
        raise problems.MethodNotAllowed
    deps.metrics.granted_bytes.labels("in" if method == "PUT" else "out").inc(grant.size)
    return grant.response()


def _tried(method: str, ranges: list[str], checksum: str) -> web.Response:
    """Says what of such a request reaches us. No grant: the front door passes it on as it is, and carries nothing."""
    if method == "PUT":
        _sha256(checksum)
        return no_content()
    asked = _asked_range(ranges)
    headers = {"Accept-Ranges": "bytes", "Cache-Control": "no-store"}
    content, status = _SAMPLE, 200
    if asked is not None:
        size = len(_SAMPLE)
        first = max(0, size - (asked.suffix or 0)) if asked.first is None else asked.first
        last = size - 1 if asked.last is None else min(asked.last, size - 1)
        if first > last:
            raise problems.RangeNotSatisfiable
        content, status = _SAMPLE[first : last + 1], 206
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return web.Response(body=content, status=status, content_type="application/octet-stream", headers=headers)


async def _admit_block(deps: Deps, person: str, upload_id: str, offset: int, end: int, checksum: str) -> Grant:
    found = await access.access_upload(deps, person, upload_id)
    upload = found.upload
    if upload.state != "open":
        raise problems.UploadEnded
    limit = deps.config.max_upload_bytes
    if end > limit:
        raise problems.FileTooLarge
    if not 1 <= end - offset <= MAX_BLOCK_BYTES or end > (upload.size or limit):
        raise problems.BlockOutside
    digest = _sha256(checksum)
    _wait_for_store(deps)
    if upload.size is None and found.lesson is not None:
        await _look_for_room(deps, upload, found.lesson.cycle_id, end - offset)
    await _count(deps, upload, end - offset)
    key = f"{uploads_prefix(upload.id)}{offset}-{end}-{digest.hex()}"
    return Grant(deps.objects.sign_put(key, length=end - offset, sha256_b64=checksum), size=end - offset)


async def _look_for_room(deps: Deps, upload: uploads.Upload, cycle_id: str, size: int) -> None:
    """Of a file whose size nobody knows yet, at every step it grows."""
    if upload.granted_bytes // quotas.STEP != (upload.granted_bytes + size) // quotas.STEP or not upload.granted_bytes:
        await quotas.refuse_without_room(deps, upload.person_id, cycle_id, size)


async def _count(deps: Deps, upload: uploads.Upload, size: int) -> None:
    """Keep one upload from filling the store with blocks that no file will be made of.

    A block that was cut is counted and leaves nothing, and a bad link cuts many. So the count only says when to look:
    what the store really has decides, and the count goes on from there. A bad link alone never ends an upload.
    """
    most = 2 * (upload.size or deps.config.max_upload_bytes) + SPARE_BYTES
    granted = called = False
    async with deps.db.write() as tx:
        if await uploads.grant(tx, upload.id, size=size, most=most, at=deps.clock()):
            # Whoever puts the film together may have stopped waiting for it.
            called = await hits(tx, jobs.hasten(actions.await_key(upload.id), now=deps.clock())) == 1
            granted = True
    if granted:
        if called:
            deps.bus.wake(jobs.WAKE, 0)
        return
    try:
        stored = sum(info.size for info in await deps.objects.list(uploads_prefix(upload.id)))
    except StoreUnavailable:
        raise problems.StorageUnavailable(headers={"Retry-After": "2"}) from None
    if stored + size > most:
        raise problems.QuotaReached
    async with deps.db.write() as tx:
        if not await uploads.recount(tx, upload.id, granted=stored + size, at=deps.clock()):
            raise problems.UploadEnded


async def _admit_viewer(
    deps: Deps, person: str, lesson_id: str, file: str, method: str, asked_ranges: list[str]
) -> Grant:
    found = await access.access_lesson(deps, person, lesson_id)
    asked = _asked_range(asked_ranges) if method == "GET" else None
    if file == "original":
        key = found.lesson.original_key if found.role == "teacher" else None
        if key is None:
            raise problems.NotFound
        _wait_for_store(deps)
        # What the file says of itself is not believed: it is carried as bytes, to be saved, never shown.
        return Grant(
            deps.objects.sign_get(key, method=method),
            "application/octet-stream",
            _attachment("lesson.mp4", f"{found.lesson.title[:80]}.mp4"),
            asked.whole() if asked else "",
        )
    content_type = _content_type(file)
    found.refuse_attempt(int(file.partition("-")[0]))
    if asked is None and method == "GET" and _RENDITION.fullmatch(file):
        raise problems.RangeNotSatisfiable("Ask for this video piece by piece, with a Range.")
    _wait_for_store(deps)
    target = deps.objects.sign_get(object_key(found.lesson.id, file), method=method)
    return Grant(target, content_type, range=asked.clamped() if asked else "", size=asked.most() if asked else 0)


async def _admit_reader(deps: Deps, person: str, resource_id: str, method: str, asked_ranges: list[str]) -> Grant:
    """A file beside the plan: pictures may be shown, under the gate's sandbox; everything else is only saved."""
    kept = await access.access_resource(deps, person, resource_id)
    asked = _asked_range(asked_ranges) if method == "GET" else None
    _wait_for_store(deps)
    assert kept.cycle_id is not None
    key, content_type = resources.resource_key(kept.cycle_id, kept.id), kept.content_type
    name = kept.name or "file"  # of somebody whose words were erased
    return Grant(
        deps.objects.sign_get(key, method=method),
        f"{TEXT}; charset=utf-8" if content_type == TEXT else content_type,
        _named("inline", "file", name) if content_type in INLINE else _attachment("file", name),
        asked.whole() if asked else "",
        size=kept.size or 0,
    )


def _wait_for_store(deps: Deps) -> None:
    """After the grants: whether the store is up is no business of somebody who may not have it."""
    if not deps.store_ready.is_set():
        raise problems.StorageUnavailable(headers={"Retry-After": "2"})


def _sha256(checksum: str) -> bytes:
    """The digest of a checksum header in its one canonical spelling."""
    if not checksum:
        raise problems.ChecksumMissing
    try:
        digest = base64.b64decode(checksum, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != 32 or base64.b64encode(digest).decode() != checksum:
        raise problems.ChecksumMissing
    return digest


def _content_type(file: str) -> str:
    """Of the files we make; no other name exists."""
    if _PICTURE.fullmatch(file):
        return "image/jpeg"
    if _PEAKS.fullmatch(file):
        return "application/octet-stream"
    if _RENDITION.fullmatch(file) or _PIECE.fullmatch(file):
        return "video/mp4"
    raise problems.NotFound


@dataclass(frozen=True, slots=True)
class AskedRange:
    """One range as RFC 9110 has it: `first` to `last` inclusive, or the last `suffix` bytes."""

    first: int | None
    last: int | None
    suffix: int | None

    def whole(self) -> str:
        if self.suffix is not None:
            return f"bytes=-{self.suffix}"
        return f"bytes={self.first}-{'' if self.last is None else self.last}"

    def most(self) -> int:
        """How many bytes `clamped` lets through at most."""
        if self.suffix is not None:
            return min(self.suffix, MAX_PIECE_BYTES)
        assert self.first is not None
        return MAX_PIECE_BYTES if self.last is None else min(self.last - self.first + 1, MAX_PIECE_BYTES)

    def clamped(self) -> str:
        """At most one piece of it; the browser learns from Content-Range what it got and asks on."""
        if self.suffix is not None:
            return f"bytes=-{min(self.suffix, MAX_PIECE_BYTES)}"
        assert self.first is not None
        end = self.first + MAX_PIECE_BYTES - 1
        return f"bytes={self.first}-{end if self.last is None else min(self.last, end)}"


def _asked_range(values: list[str]) -> AskedRange | None:
    """None without a Range. Several ranges, or one that says nothing, are refused: no player asks so."""
    if not values:
        return None
    found = _RANGE.fullmatch(values[0].strip()) if len(values) == 1 else None
    if found is None:
        raise problems.RangeNotSatisfiable
    first, last, suffix = (int(part) if part else None for part in found.groups())
    if suffix == 0 or (first is not None and last is not None and last < first):
        raise problems.RangeNotSatisfiable
    return AskedRange(first, last, suffix)


def _attachment(plain: str, name: str) -> str:
    return _named("attachment", plain, name)


def _named(disposition: str, plain: str, name: str) -> str:
    """RFC 6266: a plain name for every browser and the real one, which is data, in the encoding made for it."""
    return f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
