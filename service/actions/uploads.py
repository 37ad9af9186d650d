"""An upload's life as far as `web` decides it: started, completed, cancelled. The bytes go past us."""

import contextlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, cast

import msgspec

from service.access import LessonAccess, UploadAccess
from service.actions.commands import lesson_row
from service.actions.quotas import refuse_without_room
from service.coaching import lessons as rules
from service.coaching.ids import Id
from service.coaching.streams import cycle_stream, lesson_stream
from service.coaching.writing import refuse_if_closed
from service.problems import (
    BadRequest,
    BlocksMissing,
    EmptyFile,
    FieldError,
    FileTooLarge,
    IdTaken,
    LessonHasVideo,
    LessonNotReady,
    MissingBlock,
    NotFound,
    TooManyUploads,
    UploadEnded,
)
from service.telemetry import bound_request
from service.wiring import Deps
from storage import jobs, uploads
from storage.engine import Write, hits
from storage.objects import ObjectInfo
from storage.record import Act, Outcome, Require, Superseded, WriteRefused

LONGEST_NAME = 255
LATE_BLOCKS = timedelta(hours=1)
"""A block under way when its upload ends may still land; what it leaves is swept this much later."""

_BLOCK_NAME = re.compile(r"(\d{1,16})-(\d{1,16})-([0-9a-f]{64})", re.ASCII)


class Block(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """Bytes [offset, end) of the file; `sha256` in lower-case hex."""

    offset: int
    end: int
    sha256: str


class StartUpload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file on its way. `size` null: not known before its end. `fingerprint` finds this file's upload again."""

    id: Id
    role: Literal["original", "small", "sound", "recording", "resource"]
    size: Annotated[int, msgspec.Meta(extra_json_schema={"minimum": 1})] | None
    name: Annotated[str, msgspec.Meta(extra_json_schema={"maxLength": LONGEST_NAME})]
    content_type: Annotated[str, msgspec.Meta(extra_json_schema={"maxLength": LONGEST_NAME})] = ""
    fingerprint: Annotated[str, msgspec.Meta(extra_json_schema={"maxLength": 64})] | None = None


def prefix(upload_id: str) -> str:
    return f"uploads/{upload_id}/"


def sweep(deps: Deps, upload_id: str, at: datetime, later: timedelta) -> Write:
    """Let the blocks of an upload go after a while; the first to say so counts."""
    payload, key = {"upload": upload_id}, f"sweep_blocks/{upload_id}"
    return jobs.enqueue(deps.new_id(), "sweep_blocks", payload, at=at, run_at=at + later, dedupe_key=key)


def over(deps: Deps, upload_id: str, state: Literal["cancelled", "refused", "removed"], at: datetime) -> list[Write]:
    """It brings nothing: its blocks are swept an hour later, because a slow one may still land."""
    return [uploads.end(upload_id, state, at), sweep(deps, upload_id, at, LATE_BLOCKS)]


async def stored_blocks(deps: Deps, upload_id: str) -> list[Block]:
    """What the store has of an upload: the truth on resume. Sorted by offset; may overlap."""
    found = [_block(upload_id, info) for info in await deps.objects.list(prefix(upload_id))]
    return sorted(block for block in found if block is not None)


def _block(upload_id: str, info: ObjectInfo) -> Block | None:
    """None for an object that is no block of ours: it is ignored, as the worker does."""
    named = _BLOCK_NAME.fullmatch(info.key.removeprefix(prefix(upload_id)))
    if named is None:
        return None
    block = Block(int(named[1]), int(named[2]), named[3])
    return block if info.size == block.end - block.offset else None


def covered(blocks: Sequence[Block]) -> int:
    """Bytes of the file that are stored, counting what overlaps once. `blocks` are sorted by offset."""
    together = reached = 0
    for block in blocks:
        together += max(0, block.end - max(block.offset, reached))
        reached = max(reached, block.end)
    return together


async def start_upload(deps: Deps, found: LessonAccess, asked: StartUpload, *, by: str) -> uploads.Upload:
    """Make an upload, or return the open one of the same file for this lesson: that is how it is resumed."""
    if found.role != "teacher":
        raise NotFound
    if asked.role == "resource":
        raise BadRequest("A file beside the plan belongs to a cycle.", [FieldError("/role", "not of a lesson")])
    if asked.size is not None and asked.size <= 0:
        raise EmptyFile
    if asked.size is not None and asked.size > deps.config.max_upload_bytes:
        gigabytes = deps.config.max_upload_bytes / 2**30
        raise FileTooLarge(f"This file is larger than the {gigabytes:.3g} GB that one lesson may have.")
    async with deps.db.read() as tx:
        same = await uploads.by_id(tx, asked.id)
        print_ = asked.fingerprint
        resumed = await uploads.open_with_fingerprint(tx, found.lesson.id, print_) if print_ else None
    if same is not None:
        _own(same, found, by=by)
    if (open_still := same or resumed) is not None and await _goes_on(deps, open_still):
        return open_still
    if same is not None:
        return same
    await refuse_without_room(deps, by, found.lesson.cycle_id, asked.size or 0)
    with contextlib.suppress(WriteRefused):  # sent twice at once: the other one made it, or it is somebody else's id
        await _append_start(deps, found, asked, by=by)
    async with deps.db.read() as tx:
        made = await uploads.by_id(tx, asked.id)
    assert made is not None
    return _own(made, found, by=by)


async def _goes_on(deps: Deps, upload: uploads.Upload) -> bool:
    """Whether it is open still: then it has all its time from now on, also where nothing is sent before the night.

    Raises LessonHasVideo where nothing would come of what is sent, LessonNotReady where that is not known yet.
    """
    assert upload.lesson_id is not None
    _, lesson = await deps.record.state(lesson_stream(upload.lesson_id))
    if upload.state == "open" and lesson.state == "ready":
        _refuse_what_it_does_not_take(lesson, upload.role)
    async with deps.db.write() as tx:
        return await hits(tx, uploads.touch(upload.id, deps.clock())) == 1


def _own(upload: uploads.Upload, found: LessonAccess, *, by: str) -> uploads.Upload:
    if upload.lesson_id != found.lesson.id or upload.person_id != by:
        raise IdTaken("Another upload already has this id. Reload the page and try once more.")
    return upload


def _refuse_what_it_does_not_take(lesson: rules.LessonState, role: str) -> None:
    """Raises LessonNotReady for what it may take once it has prepared what it has, LessonHasVideo for the rest."""
    if rules.takes(lesson, cast("rules.FileRole", role)):
        return
    if rules.useless(lesson.source, role):
        raise LessonHasVideo
    raise LessonNotReady(headers={"Retry-After": "5"})


async def _append_start(deps: Deps, found: LessonAccess, asked: StartUpload, *, by: str) -> None:
    lesson, cycle = lesson_stream(found.lesson.id), cycle_stream(found.lesson.cycle_id)

    def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
        refuse_if_closed(states[cycle])
        _refuse_what_it_does_not_take(states[lesson], asked.role)
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
        ]
        return Outcome({lesson: [rules.UploadStarted(asked.id, asked.role, asked.size)]}, writes)

    most = deps.config.person_quota_bytes - (asked.size or 0)
    fewer = uploads.fewer_open(by, deps.config.open_uploads, held=most)
    act = Act(by=by, streams=(lesson, cycle), decide=decide, project=lesson_row(lesson), require=fewer)
    try:
        await deps.record.act(act)
    except Superseded:  # the room may have gone to others that were begun at the same moment
        await refuse_without_room(deps, by, found.lesson.cycle_id, asked.size or 0)
        raise TooManyUploads from None


async def complete_upload(deps: Deps, found: UploadAccess, size: int, cover: Sequence[Block], *, by: str) -> None:
    """The named blocks are the file: gapless, and all in the store. Enqueues the worker in the same transaction.

    Said again it does nothing. Raises BlocksMissing with what is not there, BadRequest for a cover that is none.
    """
    upload = found.upload
    if upload.state in ("completed", "assembled"):
        return
    if upload.state != "open":
        raise UploadEnded
    if size <= 0:
        raise EmptyFile
    if upload.size is not None and upload.size != size:
        raise BadRequest(f"This upload was begun for {upload.size} bytes.")
    if size > deps.config.max_upload_bytes:
        raise FileTooLarge
    _check_gapless(size, cover)
    stored = set(await stored_blocks(deps, upload.id))
    missing = [MissingBlock(block.offset, block.end) for block in cover if block not in stored]
    if missing:
        raise BlocksMissing(missing=missing)
    try:
        await deps.record.act(_completing(deps, found, size, cover, by=by))
    except Superseded:  # said twice at once, or cancelled meanwhile
        if not await _completed(deps, upload.id):
            raise UploadEnded from None
    deps.bus.wake(jobs.WAKE, 0)


def _completing(deps: Deps, found: UploadAccess, size: int, cover: Sequence[Block], *, by: str) -> Act:
    """Of a lesson's video, or of a file beside the plan, of which its cycle hears only once it was looked at.

    No look at the cycle: what was begun before it closed may arrive.
    """
    upload, lesson, open_still, cause = found.upload, found.lesson, uploads.still_open(found.upload.id), bound_request()

    def handed(kind: str, payload: dict[str, Any], at: datetime) -> list[Write]:
        return [
            uploads.complete(upload.id, size=size, blocks=list(cover), at=at),
            jobs.enqueue(deps.new_id(), kind, payload | cause, at=at, dedupe_key=f"{kind}/{upload.id}"),
        ]

    if lesson is None:

        def hand_over(_: Mapping[str, Any], at: datetime) -> Outcome:
            return Outcome({}, handed("keep_resource", {"upload": upload.id}, at))

        return Act(by=by, streams=(), decide=hand_over, require=open_still)
    stream, lesson_id = lesson_stream(lesson.id), lesson.id

    def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
        state = states[stream]
        _refuse_what_it_does_not_take(state, upload.role)
        # The original of a lesson that plays a smaller copy has to agree with it.
        late = state.state == "ready"
        kind = "prepare_sound" if upload.role == "sound" else "prepare_original" if late else "prepare_lesson"
        writes = handed(kind, {"lesson": lesson_id, "upload": upload.id}, at)
        return Outcome({stream: [rules.UploadCompleted(upload.id, size, cast("rules.FileRole", upload.role))]}, writes)

    return Act(by=by, streams=(stream,), decide=decide, project=lesson_row(stream), require=open_still)


async def _completed(deps: Deps, upload_id: str) -> bool:
    async with deps.db.read() as tx:
        upload = await uploads.by_id(tx, upload_id)
    return upload is not None and upload.state in ("completed", "assembled")


def _check_gapless(size: int, cover: Sequence[Block]) -> None:
    expected = 0
    for block in cover:
        if block.offset != expected or block.end <= block.offset or len(block.sha256) != 64:
            raise BadRequest("The pieces do not follow each other without a gap.")
        expected = block.end
    if expected != size:
        raise BadRequest(f"The pieces make {expected} bytes, the file has {size}.")


async def cancel_upload(deps: Deps, found: UploadAccess, *, by: str) -> None:
    """End an open upload. Repeatable."""
    upload = found.upload
    try:
        await deps.record.act(ending(deps, upload, "cancelled", by=by, require=uploads.still_open(upload.id)))
    except Superseded:
        if await _completed(deps, upload.id):
            raise UploadEnded from None


def ending(
    deps: Deps, upload: uploads.Upload, why: Literal["cancelled", "abandoned"], *, by: str, require: Require
) -> Act:
    """An open upload ends without bringing anything; the lesson it was for waits for its video again."""
    stream = lesson_stream(upload.lesson_id) if upload.lesson_id is not None else None

    def decide(_: Mapping[str, Any], at: datetime) -> Outcome:
        ended = rules.UploadEnded(upload.id, cast("rules.FileRole", upload.role), why)
        return Outcome({stream: [ended]} if stream else {}, over(deps, upload.id, "cancelled", at))

    if stream is None:
        return Act(by=by, streams=(), decide=decide, require=require)
    return Act(by=by, streams=(stream,), decide=decide, project=lesson_row(stream), require=require)
