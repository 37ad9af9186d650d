"""An upload's life as far as `web` decides it: started, completed, cancelled. The bytes go past us."""

import contextlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, cast

import msgspec

from service.access import LessonAccess, UploadAccess
from service.actions.commands import lesson_row
from service.actions.quotas import refuse_without_room
from service.coaching import lessons as rules
from service.coaching.cuts import prepared_again
from service.coaching.ids import Id
from service.coaching.streams import cycle_stream, lesson_stream
from service.coaching.writing import refuse_if_closed
from service.media.blocks import Block, original_key, parse_name, uploads_prefix
from service.media.renditions import EARLY_SOUND_NAME
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
from storage import jobs, lessons, renditions, uploads
from storage.engine import Write, hits
from storage.record import Act, Outcome, Require, Superseded, WriteRefused

LONGEST_NAME = 255
LATE_BLOCKS = timedelta(hours=1)
"""A block under way when its upload ends may still land; what it leaves is swept this much later."""


class StartUpload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file on its way. `size` null: not known before its end. `fingerprint` finds this file's upload again."""

    id: Id
    role: Literal["original", "small", "sound", "recording", "resource"]
    size: Annotated[int, msgspec.Meta(extra_json_schema={"minimum": 1})] | None
    name: Annotated[str, msgspec.Meta(extra_json_schema={"maxLength": LONGEST_NAME})]
    content_type: Annotated[str, msgspec.Meta(extra_json_schema={"maxLength": LONGEST_NAME})] = ""
    fingerprint: Annotated[str, msgspec.Meta(extra_json_schema={"maxLength": 64})] | None = None


AWAITED = frozenset({"original", "small", "recording"})
"""What is put together while it arrives. Sound is small, and comes as it is."""
PREPARING = ("prepare_lesson", "prepare_original", "prepare_sound")
"""What follows an upload of a lesson."""
TRIES = 3
"""A file that ends whoever works on it does not do so for ever."""
PARKED = timedelta(days=30)
"""Longer than any upload waits: only a block or an end calls what is parked back."""
_HEAD_START = timedelta(milliseconds=500)
"""For whoever has gathered a film: another one would have to fetch all of it."""


def await_key(upload_id: str) -> str:
    return f"await_upload/{upload_id}"


def sweep(deps: Deps, upload_id: str, at: datetime, later: timedelta) -> Write:
    """Let the blocks of an upload go after a while; the first to say so counts."""
    payload, key = {"upload": upload_id}, f"sweep_blocks/{upload_id}"
    return jobs.enqueue(deps.new_id(), "sweep_blocks", payload, at=at, run_at=at + later, dedupe_key=key)


def over(deps: Deps, upload_id: str, state: Literal["cancelled", "refused", "removed"], at: datetime) -> list[Write]:
    """It brings nothing: its blocks are swept an hour later, because a slow one may still land."""
    waits_no_more = jobs.drop(await_key(upload_id), now=at)
    return [uploads.end(upload_id, state, at), waits_no_more, sweep(deps, upload_id, at, LATE_BLOCKS)]


async def stored_blocks(deps: Deps, upload_id: str) -> list[Block]:
    """What the store has of an upload: the truth on resume. Sorted by offset; may overlap."""
    found = await deps.objects.list(uploads_prefix(upload_id))
    return sorted(block for info in found if (block := parse_name(info.key, info.size)) is not None)


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
    lesson, cycle, cause = lesson_stream(found.lesson.id), cycle_stream(found.lesson.cycle_id), bound_request()

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
        if asked.role in AWAITED:
            about, key = {"lesson": found.lesson.id, "upload": asked.id} | cause, await_key(asked.id)
            writes.append(jobs.enqueue(deps.new_id(), "await_upload", about, at=at, run_at=at + PARKED, dedupe_key=key))
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
    async with deps.db.read() as tx:
        awaiting = await jobs.by_key(tx, await_key(upload.id))
    gathered = awaiting is not None and awaiting.fence > 0 and awaiting.finished_at is None
    try:
        await deps.record.act(_completing(deps, found, size, cover, by=by, gathered=gathered))
    except Superseded:  # said twice at once, or cancelled meanwhile
        if not await _completed(deps, upload.id):
            raise UploadEnded from None
    deps.bus.wake(jobs.WAKE, 0)


def _completing(deps: Deps, found: UploadAccess, size: int, cover: Sequence[Block], *, by: str, gathered: bool) -> Act:
    """Of a lesson's video, or of a file beside the plan, of which its cycle hears only once it was looked at.

    No look at the cycle: what was begun before it closed may arrive.
    """
    upload, lesson, open_still, cause = found.upload, found.lesson, uploads.still_open(found.upload.id), bound_request()

    def handed(kind: str, payload: dict[str, Any], at: datetime) -> list[Write]:
        awaited, due = await_key(upload.id), at + _HEAD_START if gathered else at
        return [
            uploads.complete(upload.id, size=size, blocks=list(cover), at=at),
            jobs.hasten(awaited, now=at) if gathered else jobs.drop(awaited, now=at),
            jobs.enqueue(
                deps.new_id(),
                kind,
                payload | cause,
                at=at,
                run_at=due,
                dedupe_key=f"{kind}/{upload.id}",
                max_attempts=TRIES,
            ),
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
        await deps.record.act(await ending(deps, upload, "cancelled", by=by, require=uploads.still_open(upload.id)))
        deps.bus.wake(jobs.WAKE, 0)  # for whoever puts it together
    except Superseded:
        if await _completed(deps, upload.id):
            raise UploadEnded from None


async def stop_preparing(deps: Deps, found: LessonAccess, *, by: str) -> None:
    """Take back the file that is being prepared. Where there is none, nothing.

    Whoever works on it hears of it at once. Raises UploadEnded where the lesson plays from it already.
    """
    if found.role != "teacher":
        raise NotFound
    stream, lesson_id = lesson_stream(found.lesson.id), found.lesson.id
    async with deps.db.read() as tx:
        attempts = await renditions.attempts_above(tx, lesson_id, 0, but=EARLY_SOUND_NAME)
        kept = [one for one in await uploads.of_lessons(tx, [lesson_id]) if one.state == "assembled"]

    def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
        lesson: rules.LessonState = states[stream]
        late = lesson.original == "preparing"
        if lesson.state in ("watchable", "ready") and not late:
            raise UploadEnded
        if lesson.preparing is None or lesson.source is None:
            return Outcome({})
        upload, role = lesson.preparing, "original" if late else lesson.source
        # What plays stays, and what was made of another film while that arrives.
        shown = lesson.attempt if late or lesson.following not in (None, upload) else None
        made = [one for one in attempts if one != shown and (not late or one > (shown or 0))]
        if late and prepared_again(lesson):
            made = []  # some are of the copy, without what was cut out; what is left goes with them
        writes = [
            *over(deps, upload, "cancelled", at),
            *(jobs.stop(f"{kind}/{upload}", now=at) for kind in PREPARING),
            *_swept(deps, lesson, made, at, files=[original_key(lesson_id, upload)]),
        ]
        if not late:
            writes.append(lessons.set_original(lesson_id, None, None))
        if late and (before := [one for one in kept if one.id != upload and one.role in ("original", lesson.source)]):
            # Its place was taken once this one was whole.
            key, size = original_key(lesson_id, before[-1].id), before[-1].size
            writes.append(lessons.set_original(lesson_id, key, size))
        return Outcome({stream: [rules.UploadEnded(upload, role, "cancelled")]}, writes)

    await deps.record.act(Act(by=by, streams=(stream,), decide=decide, project=lesson_row(stream)))
    deps.bus.wake(jobs.ENDED, 0)


def _swept(
    deps: Deps, lesson: rules.LessonState, made: Sequence[int], at: datetime, files: Sequence[str] = ()
) -> list[Write]:
    """What attempts have made goes when what was under way to the store has landed, too; and before that at once, where
    it is certain that none of them is of another film of the lesson."""
    if not made and not files:
        return []
    about = {"lesson": lesson.id, "failed": list(made), "superseded": list(files)}
    certain = len(lesson.uploads) + (lesson.preparing is not None) == 1 and not prepared_again(lesson)
    due = (at, at + LATE_BLOCKS) if certain else (at + LATE_BLOCKS,)
    return [jobs.enqueue(deps.new_id(), "sweep_segments", about, at=at, run_at=when) for when in due]


async def ending(
    deps: Deps, upload: uploads.Upload, why: Literal["cancelled", "abandoned"], *, by: str, require: Require
) -> Act:
    """An open upload ends without bringing anything; the lesson it was for waits for its video again."""
    if upload.lesson_id is None:

        def end(_: Mapping[str, Any], at: datetime) -> Outcome:
            return Outcome({}, over(deps, upload.id, "cancelled", at))

        return Act(by=by, streams=(), decide=end, require=require)
    stream, lesson_id = lesson_stream(upload.lesson_id), upload.lesson_id
    async with deps.db.read() as tx:
        made = await renditions.attempts_above(tx, lesson_id, 0, but=EARLY_SOUND_NAME)

    def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
        lesson: rules.LessonState = states[stream]
        writes = over(deps, upload.id, "cancelled", at)
        alone = lesson.state in ("arriving", "refused") and lesson.uploads == (upload.id,) and lesson.following is None
        if lesson.following == upload.id or alone:  # what was made of it while it arrived
            writes += _swept(deps, lesson, made, at)
        ended = rules.UploadEnded(upload.id, cast("rules.FileRole", upload.role), why)
        return Outcome({stream: [ended]}, writes)

    return Act(by=by, streams=(stream,), decide=decide, project=lesson_row(stream), require=require)
