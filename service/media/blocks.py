"""From the blocks of an upload to one file, and from that file to the original in the store. Nothing goes unhashed."""

import asyncio
import hashlib
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from service.media.probe import Reason, Refused
from storage.objects import ObjectMissing, Objects

_AHEAD = 4
_PIECE = 8 << 20
UPLOADS = "uploads/"
"""Where the store has the blocks of all uploads."""


class Block(msgspec.Struct, frozen=True):
    """Bytes [offset, end) of the file; `sha256` in lower-case hex."""

    offset: int
    end: int
    sha256: str


class OriginalDiffers(Exception):
    """What the store gave back is not what we put there: put it again."""


def parse_cover(cover: str) -> list[Block]:
    """The upload's named blocks, gapless and in order, as `complete` stored them."""
    return msgspec.json.decode(cover, type=list[Block])


def uploads_prefix(upload_id: str) -> str:
    return f"{UPLOADS}{upload_id}/"


def original_key(lesson_id: str, upload_id: str) -> str:
    return f"originals/{lesson_id}/{upload_id}"


async def assemble(objects: Objects, upload_id: str, cover: Sequence[Block], target: Path) -> str:
    """Write the blocks in order into `target` and return the whole file's SHA-256 in hex.

    A few blocks are fetched ahead of the one being written. Raises Refused(UNREADABLE_BLOCKS) where a block is missing
    or, read twice, not what the uploader said; StoreUnavailable where trying again may help.
    """
    whole = hashlib.sha256()
    waiting = deque(cover)
    fetching: deque[asyncio.Task[bytes]] = deque()
    try:
        with await asyncio.to_thread(target.open, "wb") as file:
            while waiting or fetching:
                while waiting and len(fetching) < _AHEAD:
                    fetching.append(asyncio.create_task(_checked(objects, upload_id, waiting.popleft())))
                body = await fetching[0]
                await asyncio.to_thread(_append, file, whole, body)
                fetching.popleft()
    finally:
        for task in fetching:
            task.cancel()
        await asyncio.gather(*fetching, return_exceptions=True)
    return whole.hexdigest()


async def keep_original(objects: Objects, source: Path, key: str, *, sha256: str, size: int) -> None:
    """Put the assembled file under `key` and read it back. Raises OriginalDiffers, StoreUnavailable."""
    await objects.upload_file(source, key, "application/octet-stream")
    info = await objects.head(key)
    if info is None or info.size != size or await _hash_of(objects, key, size) != sha256:
        raise OriginalDiffers


async def fetch_original(objects: Objects, key: str, target: Path, *, sha256: str) -> None:
    """The original kept by an earlier attempt. Raises OriginalDiffers, ObjectMissing, StoreUnavailable."""
    await objects.download(key, target)
    digest = await asyncio.to_thread(_hash_file, target)
    if digest != sha256:
        raise OriginalDiffers


async def sweep(objects: Objects, upload_id: str) -> int:
    """Delete every block of the upload; returns how many there were."""
    found = await objects.list(uploads_prefix(upload_id))
    if found:
        await objects.delete([info.key for info in found])
    return len(found)


async def _checked(objects: Objects, upload_id: str, block: Block) -> bytes:
    """The block's bytes. Read a second time if they are wrong: the wire may lie once, the store would twice."""
    key = f"{uploads_prefix(upload_id)}{block.offset}-{block.end}-{block.sha256}"
    for _ in range(2):
        try:
            body = await objects.get(key)
        except ObjectMissing:
            raise Refused(Reason.UNREADABLE_BLOCKS) from None
        digest = await asyncio.to_thread(lambda bytes_: hashlib.sha256(bytes_).hexdigest(), body)
        if len(body) == block.end - block.offset and digest == block.sha256:
            return body
    raise Refused(Reason.UNREADABLE_BLOCKS)


def _append(file: BinaryIO, whole: "hashlib._Hash", body: bytes) -> None:
    file.write(body)
    whole.update(body)


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def _hash_of(objects: Objects, key: str, size: int) -> str:
    """The object's SHA-256, read in pieces, so that six gigabytes need no memory."""
    whole = hashlib.sha256()
    for start in range(0, size, _PIECE):
        piece = await objects.get(key, (start, min(size, start + _PIECE)))
        await asyncio.to_thread(whole.update, piece)
    return whole.hexdigest()
