"""One file on its way: one lane with overlap, the listing always the truth, and no end to its patience of its own."""

import asyncio
import random
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import uuid4

from service.client.api import Api
from service.client.lane import Lane
from service.client.patience import Patience
from service.client.plan import Block, Pace, Range, bytes_of, cover, gaps, next_range
from service.client.shapes import CompleteUpload, StartUpload, Upload
from service.client.source import Source, SourceChanged
from service.client.trouble import Trouble

_DAMAGED_BEFORE_END: Final = 3


class Telling(Protocol):
    """Who is told how it goes. Bytes are of the file; what is stored is safe at the server."""

    def begun(self, *, stored: int, size: int) -> None: ...
    def restarted(self) -> None: ...
    def handed(self, size: int) -> None: ...
    def stored(self, stored: int, rate: float | None) -> None: ...
    def finishing(self) -> None: ...


@dataclass
class _Hashed:
    range: Range
    sha256: asyncio.Task[str]


class Sending:
    """Sends `source` as the video of a lesson.

    `upload` is the id to begin with, and afterwards the one it really is: an open upload of the same file is gone on
    with, and one that is over, or holds other bytes, is replaced. `pace`: what the link did for the file before.
    """

    def __init__(
        self,
        api: Api,
        patience: Patience,
        telling: Telling,
        source: Source,
        *,
        lesson: str,
        upload: str,
        print_: str,
        pace: Pace | None = None,
    ) -> None:
        self.upload = upload
        self._api = api
        self._patience = patience
        self._telling = telling
        self._source = source
        self._lesson = lesson
        self._print = print_
        self._pace = pace or Pace()
        self._lane = Lane(api, source, self._pace, telling.handed)
        self._blocks: list[Block] = []
        self._ahead: _Hashed | None = None
        self._damaged = 0
        self._arrived = False

    async def begin(self) -> None:
        """Find or make the upload, and check that what it holds is of this file.

        Raises Trouble, SourceChanged, GaveUp, as the other two do.
        """
        found = await self._create()
        if found.state not in ("open", "completed", "assembled"):
            self.upload = str(uuid4())  # it was cancelled, or its file was no video: this is another try
            found = await self._create()
        if not found.arrived and not await self._matches(cover(found.blocks, self._source.size)):
            await self._patience.persist(lambda: self._api.delete(f"/api/uploads/{self.upload}"))
            self.upload = str(uuid4())
            found = await self._create()
            self._telling.restarted()
        self._arrived = found.arrived
        self._blocks = found.blocks
        stored = self._source.size if found.arrived else bytes_of(cover(found.blocks, self._source.size))
        self._telling.begun(stored=stored, size=self._source.size)

    async def run(self) -> None:
        """Send what is missing and complete the upload. Does nothing where it has arrived already."""
        try:
            while not self._arrived and not await self._finished():
                await self._send_on()
        finally:
            self._forget_ahead()
            await self._lane.clear()

    async def _create(self) -> Upload:
        """The same lesson and fingerprint give the upload that is open already, with what it has."""
        asked = StartUpload(self.upload, self._source.size, self._source.name, self._source.content_type, self._print)
        found = await self._patience.persist(
            lambda: self._api.post(f"/api/lessons/{self._lesson}/uploads", asked, Upload)
        )
        self.upload = found.id
        return found

    async def _matches(self, stored: list[Block]) -> bool:
        """Hash the first, the last and two random blocks of what the server has once more."""
        if not stored:
            return True
        for block in {stored[0], stored[-1], *random.choices(stored, k=2)}:  # noqa: S311  any two will do
            if await self._source.sha256(block.offset, block.end) != block.sha256:
                return False
        return True

    async def _send_on(self) -> None:
        """Start a block where there is room for one, else wait for what becomes of those under way."""
        wanted = self._next() if self._lane.room else None
        if wanted is not None:
            hashed = self._hashing(wanted)
            # What was read ahead is sent as it was read, whatever the pace says now.
            block = Block(hashed.range.offset, hashed.range.end, await hashed.sha256)
            self._source.check()
            self._lane.start(self.upload, block)
            ahead = self._next()
            if ahead is not None:
                self._hashing(ahead)  # read and hashed while this one is on the wire
            return
        try:
            stored = await self._lane.settled()
        except Trouble as trouble:
            await self._recover(trouble)
            return
        if stored:
            self._patience.answered()
            self._damaged = 0
            self._know([*self._blocks, *stored])

    async def _recover(self, trouble: Trouble) -> None:
        """After any lost block the listing is asked first: it may have arrived although the answer did not."""
        self._forget_ahead()
        await self._lane.clear()
        if trouble.slug == "block_damaged":
            self._damaged += 1
            self._source.check()
            if self._damaged >= _DAMAGED_BEFORE_END:
                raise SourceChanged(
                    "The same piece arrived damaged three times: the disk, or something on the network, changes it."
                )
        elif not self._patience.mends(trouble) and trouble.slug != "upload_ended":
            raise trouble
        if trouble.status == 0:
            self._pace.lost()
            self._lane.cut()
        if trouble.slug != "upload_ended":
            await self._patience.wait(trouble)
        self._look(await self._listing())

    async def _finished(self) -> bool:
        chosen = cover(self._blocks, self._source.size)
        if gaps(chosen, self._source.size):
            return False
        self._source.check()
        if await self._source.fingerprint() != self._print:
            raise SourceChanged("The file changed while it was sent.")
        self._telling.finishing()
        whole = CompleteUpload(self._source.size, chosen)
        try:
            await self._patience.persist(lambda: self._api.post(f"/api/uploads/{self.upload}/complete", whole, Upload))
        except Trouble as trouble:
            if trouble.slug != "blocks_missing":
                raise
            # The listing was older than we thought: take it again and send exactly what it lacks.
            await self._patience.wait(trouble)
            self._look(await self._listing())
            return self._arrived
        self._arrived = True
        return True

    async def _listing(self) -> Upload:
        return await self._patience.persist(lambda: self._api.get(f"/api/uploads/{self.upload}", Upload))

    def _look(self, now: Upload) -> None:
        if now.arrived:
            self._arrived = True
            self._telling.stored(self._source.size, self._pace.rate)
            return
        if now.state != "open":
            raise Trouble("upload_ended", 409, "This upload was ended from elsewhere. Run this again to begin anew.")
        self._know(now.blocks)

    def _know(self, blocks: list[Block]) -> None:
        self._blocks = blocks
        self._telling.stored(bytes_of(cover(blocks, self._source.size)), self._pace.rate)

    def _next(self) -> Range | None:
        """What neither the server has nor is under way."""
        size = self._source.size
        return next_range(gaps(cover([*self._blocks, *self._lane.blocks], size), size), self._pace.block_length)

    def _hashing(self, wanted: Range) -> _Hashed:
        ready = self._ahead
        if ready is not None and ready.range.offset == wanted.offset:
            return ready
        self._forget_ahead()
        task = asyncio.create_task(self._source.sha256(wanted.offset, wanted.end))
        self._ahead = _Hashed(wanted, task)
        return self._ahead

    def _forget_ahead(self) -> None:
        if self._ahead is not None:
            task = self._ahead.sha256
            task.cancel()
            # What it failed with is looked at when its turn comes, or not at all.
            task.add_done_callback(lambda ended: None if ended.cancelled() else ended.exception())
            self._ahead = None
