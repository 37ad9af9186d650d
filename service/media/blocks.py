"""From the blocks of an upload to one file, and from that file to the original in the store. Nothing goes unhashed."""

import asyncio
import hashlib
import os
import re
from collections import deque
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec

from service.media.probe import Reason, Refused
from storage.objects import ObjectMissing, Objects

_AHEAD = 4
_PIECE = 8 << 20
UPLOADS = "uploads/"
"""Where the store has the blocks of all uploads."""


_NAME = re.compile(r"(\d{1,16})-(\d{1,16})-([0-9a-f]{64})", re.ASCII)


class Block(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """Bytes [offset, end) of the file; `sha256` in lower-case hex."""

    offset: int
    end: int
    sha256: str


class OriginalDiffers(Exception):
    """What the store gave back is not what we put there: put it again."""


def parse_cover(cover: str) -> list[Block]:
    """The upload's named blocks, gapless and in order, as `complete` stored them."""
    return msgspec.json.decode(cover, type=list[Block])


def parse_name(key: str, size: int) -> Block | None:
    """The block that an object of the store is; None for one that is no block of ours."""
    named = _NAME.fullmatch(key.rpartition("/")[2])
    if named is None:
        return None
    block = Block(int(named[1]), int(named[2]), named[3])
    return block if size == block.end - block.offset else None


def uploads_prefix(upload_id: str) -> str:
    return f"{UPLOADS}{upload_id}/"


def original_key(lesson_id: str, upload_id: str) -> str:
    return f"originals/{lesson_id}/{upload_id}"


class Assembly:
    """One file, put together from blocks in whatever order they come, also before it is known which will name it.

    Everything written was hashed, and no two blocks written lie over each other: which of two is right is known only
    from the cover. One caller at a time; the others wait.
    """

    def __init__(self, upload_id: str, path: Path) -> None:
        """Nothing is made yet: `path` comes with the first block."""
        self.path = path
        self._upload_id = upload_id
        self._placed: dict[int, Block] = {}
        self._unreadable: set[Block] = set()
        self._whole = hashlib.sha256()
        self._hashed = 0
        self._alone = asyncio.Lock()

    @property
    def reached(self) -> int:
        """So many bytes from the start on are in place, without a gap."""
        return self._hashed

    async def gather(self, objects: Objects) -> int:
        """Place what the store has and we have not; returns the bytes placed. Raises StoreUnavailable."""
        async with self._alone:
            found = await objects.list(uploads_prefix(self._upload_id))
            stored = [block for info in found if (block := parse_name(info.key, info.size)) is not None]
            fresh = self._fitting(sorted(stored, key=lambda block: (block.offset, -block.end)))
            placed = 0
            async for block in self._fetched(objects, fresh, strict=False):
                placed += block.end - block.offset
            return placed

    async def finish(self, objects: Objects, cover: Sequence[Block]) -> str:
        """Make the file exactly what the cover names, fetching only what is not in place; its SHA-256 in hex.

        Raises Refused(UNREADABLE_BLOCKS) where a block is missing or, read twice, not what the uploader said;
        StoreUnavailable where trying again may help.
        """
        async with self._alone:
            named = {block.offset: block for block in cover}
            strangers = [block for block in self._placed.values() if named.get(block.offset) != block]
            for stranger in strangers:
                del self._placed[stranger.offset]
            if any(stranger.offset < self._hashed for stranger in strangers):
                self._whole, self._hashed = hashlib.sha256(), 0
            missing = [block for block in cover if block.offset not in self._placed]
            async for _ in self._fetched(objects, missing, strict=True):
                pass
            size = cover[-1].end if cover else 0
            await asyncio.to_thread(_cut_to, self.path, size)
            await asyncio.to_thread(self._hash_on, None)
            return self._whole.hexdigest()

    def _fitting(self, stored: Sequence[Block]) -> list[Block]:
        """Those that lie over nothing that is in place, nor over each other."""
        taken = sorted(self._placed.values(), key=lambda block: block.offset)
        fitting: list[Block] = []
        reached, nth = 0, 0
        for block in stored:
            while nth < len(taken) and taken[nth].offset <= block.offset:
                reached = max(reached, taken[nth].end)
                nth += 1
            free_to = taken[nth].offset if nth < len(taken) else block.end
            if reached <= block.offset and block.end <= free_to and block not in self._unreadable:
                fitting.append(block)
                reached = block.end
        return fitting

    async def _fetched(self, objects: Objects, wanted: Sequence[Block], *, strict: bool) -> AsyncIterator[Block]:
        """Each block once it is in place; a few are fetched ahead of the one being written."""
        waiting = deque(wanted)
        fetching: deque[tuple[Block, asyncio.Task[bytes]]] = deque()
        try:
            while waiting or fetching:
                while waiting and len(fetching) < _AHEAD:
                    block = waiting.popleft()
                    fetching.append((block, asyncio.create_task(_checked(objects, self._upload_id, block))))
                block, task = fetching[0]
                try:
                    body = await task
                except Refused:
                    if strict:
                        raise
                    self._unreadable.add(block)
                else:
                    await asyncio.to_thread(_write_at, self.path, block.offset, body)
                    self._placed[block.offset] = block
                    await asyncio.to_thread(self._hash_on, (block.offset, body))
                    yield block
                fetching.popleft()
        finally:
            for _, task in fetching:
                task.cancel()
            await asyncio.gather(*(task for _, task in fetching), return_exceptions=True)

    def _hash_on(self, just: tuple[int, bytes] | None) -> None:
        """Go on with the whole file's hash as far as it is in place; `just` saves reading what was just written."""
        if just is not None and just[0] == self._hashed:
            self._whole.update(just[1])
            self._hashed += len(just[1])
        if self._hashed not in self._placed:
            return
        with self.path.open("rb") as file:
            while (block := self._placed.get(self._hashed)) is not None:
                file.seek(block.offset)
                self._whole.update(file.read(block.end - block.offset))
                self._hashed = block.end


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


def _write_at(path: Path, offset: int, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        with memoryview(body) as rest:
            done = 0
            while done < len(rest):
                done += os.pwrite(file, rest[done:], offset + done)
    finally:
        os.close(file)


def _cut_to(path: Path, size: int) -> None:
    """What was placed beyond the end by blocks that are not in the cover is not part of the file."""
    with path.open("ab") as file:
        file.truncate(size)


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
