"""Uploads over HTTP: begun, resumed, completed, cancelled; and what is refused before a byte is sent."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from service.config import Config
from service.wiring import Deps
from storage.objects import Objects
from tests.fixtures.cast import Cast
from tests.fixtures.parts import parts
from tests.fixtures.visitors import Answer, Visitors

LIMIT = 1_000_000


@pytest.fixture
async def deps(folder: Path, objects: Objects) -> AsyncIterator[Deps]:
    """As everywhere, but with the real store behind it, and a small limit."""
    config = Config.from_env({"FARFIELD_DATA_DIR": str(folder), "FARFIELD_MAX_UPLOAD_BYTES": str(LIMIT)})
    async with parts(config, objects) as built:
        built.store_ready.set()
        yield built


def begin(**more: Any) -> dict[str, Any]:
    base = {"id": str(uuid4()), "role": "original", "size": 6, "name": "lesson.mp4", "content_type": "video/mp4"}
    return base | {"fingerprint": hashlib.sha256(b"abcdef").hexdigest()} | more


def block(offset: int, body: bytes) -> dict[str, Any]:
    return {"offset": offset, "end": offset + len(body), "sha256": hashlib.sha256(body).hexdigest()}


async def put(deps: Deps, upload: str, offset: int, body: bytes) -> dict[str, Any]:
    """A block as the front door stores it; the front door's own tests are elsewhere."""
    made = block(offset, body)
    await deps.objects.put(
        f"uploads/{upload}/{offset}-{made['end']}-{made['sha256']}", body, "application/octet-stream"
    )
    return made


async def start(visitors: Visitors, cast: Cast, **more: Any) -> Answer:
    return await visitors.teacher.post(f"/api/lessons/{cast.lesson}/uploads", begin(**more))


async def test_an_upload_is_completed_once_all_its_blocks_are_there(visitors: Visitors, cast: Cast, deps: Deps) -> None:
    upload = (await start(visitors, cast)).json["id"]
    first, second = await put(deps, upload, 0, b"abc"), block(3, b"def")
    path, cover = f"/api/uploads/{upload}", {"size": 6, "blocks": [first, second]}

    early = await visitors.teacher.post(f"{path}/complete", cover)
    seen = (await visitors.teacher.get(path)).json
    await put(deps, upload, 3, b"def")
    done = await visitors.teacher.post(f"{path}/complete", cover)
    again = await visitors.teacher.post(f"{path}/complete", cover)

    assert (early.status, early.slug, early.json["missing"]) == (409, "blocks_missing", [{"offset": 3, "end": 6}])
    assert (seen["stored_bytes"], seen["blocks"], seen["state"]) == (3, [first], "open")
    assert (done.status, done.json["state"]) == (again.status, again.json["state"]) == (200, "completed")
    lesson = (await visitors.coach.get(f"/api/lessons/{cast.lesson}")).json["lesson"]
    assert lesson["state"] == "preparing"
    types = [event.type for event in await deps.record.events(f"lesson/{cast.lesson}")]
    assert types.count("upload.completed") == 1


async def test_the_same_file_goes_on_where_it_was(visitors: Visitors, cast: Cast, deps: Deps) -> None:
    first = await start(visitors, cast)
    await put(deps, first.json["id"], 0, b"abc")

    again = await start(visitors, cast, name="renamed by the phone.mp4")
    other = await start(visitors, cast, fingerprint="0" * 64)

    assert (first.status, again.status, other.status) == (201, 200, 201)
    assert again.json["id"] == first.json["id"] != other.json["id"]
    assert (again.json["stored_bytes"], other.json["stored_bytes"]) == (3, 0)


async def test_overlapping_blocks_are_counted_once(visitors: Visitors, cast: Cast, deps: Deps) -> None:
    upload = (await start(visitors, cast)).json["id"]
    for offset, body in ((0, b"abcd"), (2, b"cd"), (3, b"def")):
        await put(deps, upload, offset, body)

    assert (await visitors.teacher.get(f"/api/uploads/{upload}")).json["stored_bytes"] == 6


@pytest.mark.parametrize(
    ("change", "status", "slug"),
    [
        ({"size": 0}, 422, "empty_file"),
        ({"size": -5}, 422, "empty_file"),
        ({"size": LIMIT + 1}, 413, "file_too_large"),
        ({"size": "6"}, 422, "bad_request"),
        ({"role": "avatar"}, 422, "bad_request"),
        ({"role": "resource"}, 422, "bad_request"),
        ({"name": "n" * 256}, 422, "bad_request"),
        ({"name": "a\0b.mp4"}, 422, "bad_request"),
        ({"id": "../x"}, 422, "bad_request"),
        ({"person": "me"}, 422, "bad_request"),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_an_upload_that_cannot_be_is_refused_before_it_begins(
    visitors: Visitors, cast: Cast, change: dict[str, Any], status: int, slug: str
) -> None:
    refused = await start(visitors, cast, **change)

    assert (refused.status, refused.slug) == (status, slug)
    assert (await start(visitors, cast)).status == 201


@pytest.mark.parametrize(
    "cover",
    [
        {"size": 7, "blocks": [block(0, b"abcdefg")]},
        {"size": 6, "blocks": [block(0, b"abc")]},
        {"size": 6, "blocks": [block(0, b"abc"), block(4, b"ef")]},
        {"size": 6, "blocks": [block(3, b"def"), block(0, b"abc")]},
        {"size": 6, "blocks": [block(0, b"abcd"), block(3, b"def")]},
        {"size": 6, "blocks": []},
        {"size": 6, "blocks": [block(0, b"abcdef") | {"sha256": "short"}]},
    ],
    ids=["other size", "too short", "a gap", "out of order", "overlap", "nothing", "no hash"],
)
async def test_a_cover_that_is_none_is_refused_and_the_upload_stays(
    visitors: Visitors, cast: Cast, deps: Deps, cover: dict[str, Any]
) -> None:
    upload = (await start(visitors, cast)).json["id"]
    whole = await put(deps, upload, 0, b"abcdef")
    path = f"/api/uploads/{upload}/complete"

    assert (await visitors.teacher.post(path, cover)).slug == "bad_request"
    assert (await visitors.teacher.post(path, {"size": 6, "blocks": [whole]})).status == 200


async def test_an_upload_does_not_exist_for_anybody_else(visitors: Visitors, cast: Cast, deps: Deps) -> None:
    upload = (await start(visitors, cast)).json["id"]
    whole = await put(deps, upload, 0, b"abcdef")
    routes: list[tuple[str, str, Any]] = [
        ("GET", f"/api/uploads/{upload}", None),
        ("POST", f"/api/uploads/{upload}/complete", {"size": 6, "blocks": [whole]}),
        ("DELETE", f"/api/uploads/{upload}", None),
    ]
    # The coach reads this lesson; an upload is its teacher's all the same.
    for name, stranger in {**visitors.strangers, "coach": visitors.coach}.items():
        for method, path, body in routes:
            assert (await stranger.ask(method, path, json=body)).slug == "not_found", (name, path)
        assert (await stranger.post(f"/api/lessons/{cast.lesson}/uploads", begin())).slug == "not_found"
    assert (await visitors.teacher.get(f"/api/uploads/{upload}")).json["state"] == "open"


async def test_somebody_elses_upload_id_cannot_be_taken_over(visitors: Visitors, cast: Cast) -> None:
    upload = (await start(visitors, cast)).json["id"]

    taken = await visitors.teacher.post(f"/api/lessons/{cast.private_lesson}/uploads", begin(id=upload))

    assert taken.slug == "id_taken"


async def test_a_cancelled_upload_takes_nothing_more(visitors: Visitors, cast: Cast, deps: Deps) -> None:
    upload = (await start(visitors, cast)).json["id"]
    whole = await put(deps, upload, 0, b"abcdef")

    for _ in range(2):
        assert (await visitors.teacher.delete(f"/api/uploads/{upload}")).status == 204

    refused = await visitors.teacher.post(f"/api/uploads/{upload}/complete", {"size": 6, "blocks": [whole]})
    assert refused.slug == "upload_ended"
    assert (await start(visitors, cast)).status == 201


async def test_a_lesson_that_has_its_video_takes_no_second_one(visitors: Visitors, cast: Cast, deps: Deps) -> None:
    upload = (await start(visitors, cast)).json["id"]
    whole = await put(deps, upload, 0, b"abcdef")
    await visitors.teacher.post(f"/api/uploads/{upload}/complete", {"size": 6, "blocks": [whole]})

    assert (await start(visitors, cast, fingerprint="0" * 64)).slug == "lesson_has_video"


async def test_a_lesson_may_have_its_sound_sent_first_and_the_picture_after(
    visitors: Visitors, cast: Cast, deps: Deps
) -> None:
    sound = (await start(visitors, cast, role="sound", fingerprint="1" * 64)).json
    whole = await put(deps, sound["id"], 0, b"abcdef")
    done = await visitors.teacher.post(f"/api/uploads/{sound['id']}/complete", {"size": 6, "blocks": [whole]})
    picture = await start(visitors, cast, role="small")

    assert (sound["role"], done.json["state"], picture.status) == ("sound", "completed", 201)
    assert await lesson_state(visitors, cast) == "arriving"
    small = await put(deps, picture.json["id"], 0, b"abcdef")
    await visitors.teacher.post(f"/api/uploads/{picture.json['id']}/complete", {"size": 6, "blocks": [small]})
    assert await lesson_state(visitors, cast) == "preparing"
    assert (await start(visitors, cast, role="small", fingerprint="2" * 64)).slug == "lesson_has_video"
    early = await start(visitors, cast, fingerprint="2" * 64)
    assert (early.status, early.slug, early.headers["Retry-After"]) == (503, "lesson_not_ready", "5")
    assert (await start(visitors, cast, role="sound", fingerprint="3" * 64)).status == 201


async def lesson_state(visitors: Visitors, cast: Cast) -> Any:
    return (await visitors.coach.get(f"/api/lessons/{cast.lesson}")).json["lesson"]["state"]


async def test_the_size_of_a_recording_is_told_at_its_end(visitors: Visitors, cast: Cast, deps: Deps) -> None:
    begun = begin(role="recording", size=None, fingerprint=None)
    first = await visitors.teacher.post(f"/api/lessons/{cast.lesson}/uploads", begun)
    again = await visitors.teacher.post(f"/api/lessons/{cast.lesson}/uploads", begun)
    path = f"/api/uploads/{begun['id']}"
    cover = {"size": 6, "blocks": [await put(deps, begun["id"], 0, b"abcdef")]}
    too_much = await visitors.teacher.post(f"{path}/complete", cover | {"size": LIMIT + 1})
    done = await visitors.teacher.post(f"{path}/complete", cover)

    assert (first.status, first.json["size"], again.status) == (201, None, 201)
    assert again.json["id"] == first.json["id"]
    assert too_much.slug == "file_too_large"
    assert (done.json["state"], done.json["size"]) == ("completed", 6)


async def test_while_the_store_is_away_it_is_said_and_nothing_is_lost(
    visitors: Visitors, cast: Cast, deps: Deps
) -> None:
    upload = (await start(visitors, cast)).json["id"]
    await put(deps, upload, 0, b"abcdef")
    deps.store_ready.clear()

    away = await visitors.teacher.get(f"/api/uploads/{upload}")

    assert (away.status, away.slug) == (503, "storage_unavailable")
    assert int(away.headers["Retry-After"]) > 0
    deps.store_ready.set()
    assert (await visitors.teacher.get(f"/api/uploads/{upload}")).json["stored_bytes"] == 6
