"""Uploads: begun, looked at on resume, completed, cancelled. The bytes go to the store past this process."""

from typing import Literal, cast

import msgspec
from aiohttp import web

from service import access
from service.access import UploadAccess
from service.actions import abandoning, resources
from service.actions import uploads as actions
from service.coaching.entries import Instant
from service.coaching.ids import Id
from service.media.blocks import Block
from service.problems import (
    BadRequest,
    BlocksMissing,
    CycleClosed,
    EmptyFile,
    FieldError,
    FileTooLarge,
    IdTaken,
    LessonHasVideo,
    LessonNotReady,
    NoRoom,
    NotPossible,
    NotYours,
    StorageUnavailable,
    TooManyUploads,
    UploadEnded,
)
from service.web.cards import UploadRole
from service.web.keys import DEPS, SESSION
from service.web.parsing import check_controls, check_ids, parse_body, path_id
from service.web.policy import READ, UPLOAD, Route
from service.web.responding import created, no_content, ok
from service.wiring import Deps
from storage.objects import StoreUnavailable

LONGEST_NAME = actions.LONGEST_NAME
MAX_COVER_BYTES = 4 * 1024 * 1024
"""6 GiB in the smallest blocks is 24,576 of them; each is named in some 120 bytes."""


UploadState = Literal["open", "completed", "assembled", "cancelled", "refused", "removed"]


class Complete(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file, named block by block, without a gap or an overlap."""

    size: int
    blocks: list[Block]


class Upload(msgspec.Struct, frozen=True):
    """An upload, of a lesson or of a cycle. `blocks`: what the store has while it is open; `stored_bytes` counts what
    overlaps once."""

    id: Id
    lesson: Id | None
    cycle: Id | None
    role: UploadRole
    state: UploadState
    size: int | None
    name: str
    fingerprint: str | None
    blocks: list[Block]
    stored_bytes: int


class UploadWaiting(msgspec.Struct, frozen=True):
    """A file that is under way. `goes_at`: when it is removed, unless somebody goes on with it."""

    id: Id
    lesson: Id | None
    cycle: Id
    title: str | None
    role: UploadRole
    name: str
    size: int | None
    stored_bytes: int
    created_at: Instant
    seen_at: Instant
    goes_at: Instant


class UploadsWaiting(msgspec.Struct, frozen=True):
    """One's own, oldest first."""

    uploads: list[UploadWaiting]


async def show_open(request: web.Request) -> web.Response:
    """What one has under way: how much of it is here, and how long it stays without being gone on with."""
    deps, person = request.app[DEPS], request[SESSION].person
    found = await abandoning.open_uploads(deps, person)
    return ok(
        UploadsWaiting(
            [
                UploadWaiting(
                    id=one.upload.id,
                    lesson=one.upload.lesson_id,
                    cycle=one.cycle_id,
                    title=one.title,
                    role=cast("UploadRole", one.upload.role),
                    name=one.upload.name,
                    size=one.upload.size,
                    stored_bytes=one.stored_bytes,
                    created_at=one.upload.created_at,
                    seen_at=one.upload.seen_at,
                    goes_at=abandoning.goes_at(one.upload),
                )
                for one in found
            ]
        )
    )


async def start(request: web.Request) -> web.Response:
    """Begin an upload (201), or get the open one of the same file to go on with (200)."""
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_lesson(deps, person, path_id(request, "lesson"))
    asked = await _asked(request)
    for field, value in (("name", asked.name), ("content_type", asked.content_type)):
        check_controls(value, field=field)
    upload = await actions.start_upload(deps, found, asked, by=person)
    return await _begun(deps, person, upload.id, asked)


async def start_beside_plan(request: web.Request) -> web.Response:
    """Begin to send a file beside the plan (201), or get the open upload of the same file to go on with (200).

    It is there once the cycle's stream says `resource.added`, under the id of the upload.
    """
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_cycle(deps, person, path_id(request, "cycle"))
    asked = await _asked(request)
    upload = await resources.start_resource(deps, found, asked, by=person)
    return await _begun(deps, person, upload.id, asked)


async def _asked(request: web.Request) -> actions.StartUpload:
    asked = await parse_body(request, actions.StartUpload)
    check_ids(id=asked.id)
    if len(asked.name) > LONGEST_NAME or len(asked.content_type) > LONGEST_NAME or len(asked.fingerprint or "") > 64:
        raise BadRequest(errors=[FieldError("/name", f"name, type or fingerprint longer than {LONGEST_NAME}")])
    check_controls(asked.fingerprint or "", field="fingerprint")
    return asked


async def _begun(deps: Deps, person: str, upload_id: str, asked: actions.StartUpload) -> web.Response:
    document = await _document(deps, await access.access_upload(deps, person, upload_id))
    return created(document) if upload_id == asked.id else ok(document)


async def show(request: web.Request) -> web.Response:
    """The upload with what the store really has of it: the truth on resume."""
    deps, person = request.app[DEPS], request[SESSION].person
    return ok(await _document(deps, await access.access_upload(deps, person, path_id(request, "upload"))))


async def complete(request: web.Request) -> web.Response:
    """Every block is there: these blocks are the file. Said again it does nothing."""
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_upload(deps, person, path_id(request, "upload"))
    asked = await parse_body(request, Complete, most=MAX_COVER_BYTES)
    try:
        await actions.complete_upload(deps, found, asked.size, asked.blocks, by=person)
    except StoreUnavailable:
        raise StorageUnavailable(headers={"Retry-After": "3"}) from None
    return ok(await _document(deps, await access.access_upload(deps, person, found.upload.id)))


async def stop_preparing(request: web.Request) -> web.Response:
    """Take back the video that is being prepared, until the lesson plays from it."""
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_lesson(deps, person, path_id(request, "lesson"))
    await actions.stop_preparing(deps, found, by=person)
    return no_content()


async def cancel(request: web.Request) -> web.Response:
    """Give an open upload up. Said again it does nothing."""
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_upload(deps, person, path_id(request, "upload"))
    await actions.cancel_upload(deps, found, by=person)
    return no_content()


async def _document(deps: Deps, found: UploadAccess) -> Upload:
    """The upload with what the store really has of it; without a store there is no such answer to give."""
    upload = found.upload
    blocks: list[Block] = []
    if upload.state == "open":
        if not deps.store_ready.is_set():
            raise StorageUnavailable(headers={"Retry-After": "3"})
        try:
            blocks = await actions.stored_blocks(deps, upload.id)
        except StoreUnavailable:
            raise StorageUnavailable(headers={"Retry-After": "3"}) from None
    return Upload(
        id=upload.id,
        lesson=upload.lesson_id,
        cycle=upload.cycle_id,
        role=cast("UploadRole", upload.role),
        state=cast("UploadState", upload.state),
        size=upload.size,
        name=upload.name,
        fingerprint=upload.fingerprint,
        blocks=blocks,
        stored_bytes=actions.covered(blocks),
    )


ROUTES = (
    Route(
        "POST",
        "/api/lessons/{lesson}/uploads",
        start,
        UPLOAD,
        body=actions.StartUpload,
        answers={200: Upload, 201: Upload},
        problems=(
            CycleClosed,
            EmptyFile,
            FileTooLarge,
            IdTaken,
            LessonHasVideo,
            LessonNotReady,
            NoRoom,
            StorageUnavailable,
            TooManyUploads,
        ),
    ),
    Route(
        "POST",
        "/api/cycles/{cycle}/resources",
        start_beside_plan,
        UPLOAD,
        body=actions.StartUpload,
        answers={200: Upload, 201: Upload},
        problems=(CycleClosed, EmptyFile, FileTooLarge, IdTaken, NoRoom, NotPossible, NotYours, StorageUnavailable),
    ),
    Route("GET", "/api/uploads", show_open, READ, answers={200: UploadsWaiting}),
    Route("GET", "/api/uploads/{upload}", show, READ, answers={200: Upload}, problems=(StorageUnavailable,)),
    Route(
        "POST",
        "/api/uploads/{upload}/complete",
        complete,
        UPLOAD,
        body=Complete,
        answers={200: Upload},
        problems=(
            BlocksMissing,
            EmptyFile,
            FileTooLarge,
            LessonHasVideo,
            LessonNotReady,
            StorageUnavailable,
            UploadEnded,
        ),
    ),
    Route(
        "DELETE",
        "/api/lessons/{lesson}/preparing",
        stop_preparing,
        UPLOAD,
        answers={204: None},
        problems=(UploadEnded,),
    ),
    Route("DELETE", "/api/uploads/{upload}", cancel, UPLOAD, answers={204: None}, problems=(UploadEnded,)),
)
