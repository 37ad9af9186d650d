"""An upload's life as far as `web` decides it: started, completed, cancelled. The bytes go past us."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from service.access import LessonAccess, UploadAccess
from service.coaching import lessons as rules
from service.coaching.cycles import refuse_if_closed
from service.coaching.streams import cycle_stream, lesson_stream
from service.problems import (
    BadRequest,
    BlocksMissing,
    EmptyFile,
    FileTooLarge,
    IdTaken,
    LessonHasVideo,
    NotFound,
    UploadEnded,
)
from service.wiring import Deps
from storage import jobs, lessons, uploads
from storage.engine import apply
from storage.objects import ObjectInfo
from storage.record import Act, Outcome

LATE_BLOCKS = timedelta(hours=1)
"""A block under way when its upload ends may still land; what it leaves is swept this much later."""


class Block(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """Bytes [offset, end) of the file; `sha256` in lower-case hex."""

    offset: int
    end: int
    sha256: str


class StartUpload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    role: Literal["original", "small", "sound", "recording"]
    size: int | None
    name: str
    content_type: str = ""
    fingerprint: str | None = None


def prefix(upload_id: str) -> str:
    return f"uploads/{upload_id}/"


async def stored_blocks(deps: Deps, upload_id: str) -> list[Block]:
    """What the store has of an upload: the truth on resume. Sorted by offset; may overlap."""
    found = [_block(upload_id, info) for info in await deps.objects.list(prefix(upload_id))]
    return sorted(block for block in found if block is not None)


def _block(upload_id: str, info: ObjectInfo) -> Block | None:
    offset, end, sha256 = info.key.removeprefix(prefix(upload_id)).split("-")
    block = Block(int(offset), int(end), sha256)
    return block if info.size == block.end - block.offset else None


async def start_upload(deps: Deps, found: LessonAccess, asked: StartUpload, *, by: str) -> uploads.Upload:
    """Make an upload, or return the open one of the same file for this lesson: that is how it is resumed."""
    if found.role != "teacher":
        raise NotFound
    if asked.role != "original":
        raise BadRequest("This server takes the original of a lesson only.")
    if asked.size is not None and asked.size <= 0:
        raise EmptyFile
    if asked.size is not None and asked.size > deps.config.max_upload_bytes:
        gigabytes = deps.config.max_upload_bytes / 2**30
        raise FileTooLarge(f"This file is larger than the {gigabytes:.3g} GB that one lesson may have.")
    async with deps.db.read() as tx:
        same = await uploads.by_id(tx, asked.id)
        print_ = asked.fingerprint
        resumed = await uploads.open_with_fingerprint(tx, found.lesson.id, print_) if print_ else None
    if same is not None and (same.lesson_id != found.lesson.id or same.person_id != by):
        raise IdTaken("Another upload already has this id. Reload the page and try once more.")
    if (upload := same or resumed) is not None:
        return upload
    if found.lesson.state not in ("waiting", "arriving", "refused"):
        raise LessonHasVideo
    await _append_start(deps, found, asked, by=by)
    async with deps.db.read() as tx:
        made = await uploads.by_id(tx, asked.id)
    assert made is not None
    return made


async def _append_start(deps: Deps, found: LessonAccess, asked: StartUpload, *, by: str) -> None:
    lesson, cycle = lesson_stream(found.lesson.id), cycle_stream(found.lesson.cycle_id)

    def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
        refuse_if_closed(states[cycle])
        writes = [
            uploads.add(
                uploads.Upload(
                    id=asked.id,
                    lesson_id=found.lesson.id,
                    person_id=by,
                    role=asked.role,
                    state="open",
                    size=asked.size,
                    name=asked.name,
                    content_type=asked.content_type,
                    fingerprint=asked.fingerprint,
                    cover=None,
                    sha256=None,
                    created_at=at,
                    seen_at=at,
                )
            ),
            lessons.set_state(found.lesson.id, "arriving"),
        ]
        return Outcome({lesson: [rules.UploadStarted(asked.id, asked.role, asked.size)]}, writes)

    await deps.record.act(Act(by=by, streams=(lesson, cycle), decide=decide))


async def complete_upload(deps: Deps, found: UploadAccess, size: int, cover: Sequence[Block], *, by: str) -> None:
    """The named blocks are the file: gapless, and all in the store. Enqueues the worker in the same transaction.

    Said again it does nothing. Raises BlocksMissing with what is not there, BadRequest for a cover that is none.
    """
    upload = found.upload
    if upload.state in ("completed", "assembled"):
        return
    if upload.state != "open":
        raise UploadEnded
    if upload.size is not None and upload.size != size:
        raise BadRequest(f"This upload was begun for {upload.size} bytes.")
    if size > deps.config.max_upload_bytes:
        raise FileTooLarge
    _check_gapless(size, cover)
    stored = set(await stored_blocks(deps, upload.id))
    missing = [{"offset": block.offset, "end": block.end} for block in cover if block not in stored]
    if missing:
        raise BlocksMissing(missing=missing)
    lesson, cycle = lesson_stream(found.lesson.id), cycle_stream(found.lesson.cycle_id)

    def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
        payload = {"lesson": found.lesson.id, "upload": upload.id}
        writes = [
            uploads.complete(upload.id, size=size, blocks=list(cover), at=at),
            lessons.set_state(found.lesson.id, "preparing"),
            jobs.enqueue(deps.new_id(), "prepare_lesson", payload, at=at, dedupe_key=f"prepare_lesson/{upload.id}"),
        ]
        return Outcome({lesson: [rules.UploadCompleted(upload.id, size)]}, writes)

    # Of two `complete` at once the second finds no open upload and comes back to the answer above.
    await deps.record.act(Act(by=by, streams=(lesson, cycle), decide=decide, require=uploads.still_open(upload.id)))
    deps.bus.wake(jobs.WAKE, 0)


def _check_gapless(size: int, cover: Sequence[Block]) -> None:
    expected = 0
    for block in cover:
        if block.offset != expected or block.end <= block.offset or len(block.sha256) != 64:
            raise BadRequest("The pieces do not follow each other without a gap.")
        expected = block.end
    if expected != size:
        raise BadRequest(f"The pieces make {expected} bytes, the file has {size}.")


async def cancel_upload(deps: Deps, found: UploadAccess) -> None:
    """End an open upload; its blocks are swept an hour later, because a slow one may still land. Repeatable."""
    upload = found.upload
    if upload.state != "open":
        if upload.state in ("completed", "assembled"):
            raise UploadEnded
        return
    now = deps.clock()
    async with deps.db.write() as tx:
        sweep = jobs.enqueue(
            deps.new_id(),
            "sweep_blocks",
            {"upload": upload.id},
            at=now,
            run_at=now + LATE_BLOCKS,
            dedupe_key=f"sweep_blocks/{upload.id}",
        )
        await apply(tx, [uploads.end(upload.id, "cancelled", now), sweep])
