"""Uploads that nobody goes on with, and how much one may have: listed, told by mail, removed; nothing outlives them."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from service.actions import abandoning, quotas
from service.config import Config
from service.mail.sender import send_one
from service.mail.transports import Smtp
from service.problems import NoRoom
from service.wiring import Deps
from storage import uploads
from storage.objects import Objects
from tests.fixtures.cast import Cast
from tests.fixtures.parts import parts
from tests.fixtures.prepared import jobs_of, later, run_one_job
from tests.fixtures.smtp import Postbox, postbox
from tests.fixtures.visitors import Answer, Visitor, Visitors

SIZE = 1_000_000
LIMITS = {
    "FARFIELD_OPEN_UPLOADS": "3",
    "FARFIELD_PERSON_QUOTA_BYTES": str(4 * SIZE),
    "FARFIELD_PROGRAM_QUOTA_BYTES": str(5 * SIZE),
}


@pytest.fixture
async def box() -> AsyncIterator[Postbox]:
    async with postbox() as it:
        yield it


@pytest.fixture
async def deps(folder: Path, objects: Objects) -> AsyncIterator[Deps]:
    config = Config.from_env({"FARFIELD_DATA_DIR": str(folder), **LIMITS})
    async with parts(config, objects) as built:
        built.store_ready.set()
        yield built


def mailing(deps: Deps, box: Postbox) -> Deps:
    return replace(deps, config=replace(deps.config, smtp_url=box.url, mail_from="Farfield <coaching@demo.invalid>"))


async def start(who: Visitor, lesson: str, **more: Any) -> Answer:
    begun = {"id": str(uuid4()), "role": "original", "size": SIZE, "name": "canary-file.mp4"} | more
    return await who.post(f"/api/lessons/{lesson}/uploads", begun)


async def put(deps: Deps, upload: str, body: bytes, offset: int = 0) -> None:
    digest = hashlib.sha256(body).hexdigest()
    key = f"uploads/{upload}/{offset}-{offset + len(body)}-{digest}"
    await deps.objects.put(key, body, "application/octet-stream")


async def stored(deps: Deps, upload: str) -> int:
    return len(await deps.objects.list(f"uploads/{upload}/"))


async def lesson_of(deps: Deps, lesson: str) -> Any:
    return (await deps.record.state(f"lesson/{lesson}"))[1]


async def letters(deps: Deps, box: Postbox) -> list[tuple[str, EmailMessage]]:
    before = len(box.letters)
    while await send_one(deps, Smtp(box.url, "coaching@demo.invalid")) == 0:
        pass
    return box.letters[before:]


async def test_one_sees_ones_own_open_uploads_and_how_long_they_stay(
    visitors: Visitors, cast: Cast, deps: Deps
) -> None:
    upload = (await start(visitors.teacher, cast.lesson)).json["id"]
    await put(deps, upload, b"a" * 300)
    await put(deps, upload, b"b" * 200, 200)
    given_up = (await start(visitors.teacher, cast.lesson)).json["id"]
    await visitors.teacher.delete(f"/api/uploads/{given_up}")
    plan = {"id": str(uuid4()), "role": "resource", "size": 10, "name": "Plan.pdf"}
    await visitors.coach.post(f"/api/cycles/{cast.cycle}/resources", plan)

    [mine] = (await visitors.teacher.get("/api/uploads")).json["uploads"]
    [of_coach] = (await visitors.coach.get("/api/uploads")).json["uploads"]
    deps.store_ready.clear()
    [while_away] = (await visitors.teacher.get("/api/uploads")).json["uploads"]

    assert (mine["id"], mine["lesson"], mine["cycle"]) == (upload, cast.lesson, cast.cycle)
    assert (mine["role"], mine["size"], mine["stored_bytes"]) == ("original", SIZE, 400)
    assert mine["title"]
    days = datetime.fromisoformat(mine["goes_at"]) - datetime.fromisoformat(mine["seen_at"])
    assert days == timedelta(days=14)
    assert (of_coach["lesson"], of_coach["cycle"], of_coach["title"]) == (None, cast.cycle, None)
    assert while_away["stored_bytes"] == 0
    for stranger in visitors.strangers.values():
        answer = await stranger.get("/api/uploads")
        assert answer.status == 401 or answer.json["uploads"] == []


async def test_an_upload_nobody_goes_on_with_is_told_by_mail_and_then_removed(
    visitors: Visitors, cast: Cast, deps: Deps, box: Postbox
) -> None:
    upload = (await start(visitors.teacher, cast.lesson)).json["id"]
    await put(deps, upload, b"abc")
    posting = mailing(deps, box)

    await abandoning.tidy(later(posting, days=10))
    early = await letters(later(posting, days=10), box)
    await abandoning.tidy(later(posting, days=11, hours=1))
    await abandoning.tidy(later(posting, days=12))
    told = await letters(later(posting, days=12), box)
    await abandoning.tidy(later(posting, days=13, hours=23))
    before = (await lesson_of(deps, cast.lesson)).state
    await abandoning.tidy(later(posting, days=14, hours=2))
    await abandoning.tidy(later(posting, days=14, hours=3))
    after = await lesson_of(deps, cast.lesson)

    assert early == []
    [(to, letter)] = told
    plain = letter.get_body(("plain",))
    assert plain is not None
    text = plain.get_content()
    assert to == "teacher@demo.invalid"
    assert f"/lessons/{cast.lesson}/upload" in text
    assert re.search(r"stays until \w+day \d", text)
    assert "canary" not in letter.as_string()
    assert (before, after.state, after.uploads) == ("arriving", "waiting", ())
    assert (await visitors.teacher.get(f"/api/uploads/{upload}")).json["state"] == "cancelled"
    assert (await visitors.teacher.get("/api/uploads")).json["uploads"] == []
    await run_one_job(later(deps, days=14, hours=4), "sweep_blocks")
    assert await stored(deps, upload) == 0


async def test_whoever_goes_on_keeps_it_and_is_told_again_in_time(
    visitors: Visitors, cast: Cast, deps: Deps, box: Postbox
) -> None:
    upload = (await start(visitors.teacher, cast.lesson)).json["id"]
    posting = mailing(deps, box)
    await abandoning.tidy(later(posting, days=12))
    again = later(posting, days=13)
    async with deps.db.write() as tx:
        assert await uploads.grant(tx, upload, size=10, most=100, at=again.clock())

    assert await letters(again, box) == []  # nobody needs it any more
    await abandoning.tidy(later(posting, days=15))
    assert (await lesson_of(deps, cast.lesson)).state == "arriving"
    await abandoning.tidy(later(posting, days=25))
    assert len(await letters(later(posting, days=25), box)) == 1
    await abandoning.tidy(later(posting, days=28))
    assert (await lesson_of(deps, cast.lesson)).state == "waiting"


@pytest.mark.parametrize("beside_plan", [False, True])
async def test_picking_the_file_again_is_going_on_with_it_before_a_byte_is_sent(
    visitors: Visitors, cast: Cast, deps: Deps, beside_plan: bool
) -> None:
    """Who chose to send it in the night has picked it in the evening of the last day."""
    path = f"/api/cycles/{cast.cycle}/resources" if beside_plan else f"/api/lessons/{cast.lesson}/uploads"
    begun = {"role": "resource" if beside_plan else "original", "size": 10, "name": "a", "fingerprint": "f" * 64}
    upload = (await visitors.teacher.post(path, begun | {"id": str(uuid4())})).json["id"]
    async with deps.db.write() as tx:
        long_ago = uploads.grant(tx, upload, size=1, most=10, at=later(deps, days=-13).clock())
        assert await long_ago
    again = await visitors.teacher.post(path, begun | {"id": str(uuid4())})
    await abandoning.tidy(later(deps, days=2))

    assert (again.status, again.json["id"]) == (200, upload)
    assert [one["id"] for one in (await visitors.teacher.get("/api/uploads")).json["uploads"]] == [upload]


async def test_after_a_long_rest_of_the_server_there_is_still_a_mail_before(
    visitors: Visitors, cast: Cast, deps: Deps, box: Postbox
) -> None:
    await start(visitors.teacher, cast.lesson)
    posting = mailing(deps, box)

    await abandoning.tidy(later(posting, days=40))
    assert len(await letters(later(posting, days=40), box)) == 1
    await abandoning.tidy(later(posting, days=42))
    assert (await lesson_of(deps, cast.lesson)).state == "arriving"
    await abandoning.tidy(later(posting, days=43))
    assert (await lesson_of(deps, cast.lesson)).state == "waiting"


async def test_a_file_beside_the_plan_is_removed_too_also_where_no_mail_goes_out(
    visitors: Visitors, cast: Cast, deps: Deps
) -> None:
    plan = {"id": str(uuid4()), "role": "resource", "size": 10, "name": "Plan.pdf"}
    await visitors.coach.post(f"/api/cycles/{cast.cycle}/resources", plan)

    await abandoning.tidy(later(deps, days=13))
    waits = (await visitors.coach.get("/api/uploads")).json["uploads"]
    await abandoning.tidy(later(deps, days=15))

    assert len(waits) == 1
    assert (await visitors.coach.get("/api/uploads")).json["uploads"] == []


async def test_an_upload_that_is_given_up_leaves_the_lesson_waiting(visitors: Visitors, cast: Cast, deps: Deps) -> None:
    first = (await start(visitors.teacher, cast.lesson)).json["id"]
    second = (await start(visitors.teacher, cast.lesson)).json["id"]

    await visitors.teacher.delete(f"/api/uploads/{first}")
    with_one = (await lesson_of(deps, cast.lesson)).state
    for _ in range(2):
        assert (await visitors.teacher.delete(f"/api/uploads/{second}")).status == 204

    assert (with_one, (await lesson_of(deps, cast.lesson)).state) == ("arriving", "waiting")
    types = [event.type for event in await deps.record.events(f"lesson/{cast.lesson}")]
    assert types.count("upload.ended") == 2


async def test_no_block_outlives_its_upload(visitors: Visitors, cast: Cast, deps: Deps) -> None:
    """Whatever became of the sweep that belonged to it."""
    opened = (await start(visitors.teacher, cast.lesson)).json["id"]
    ended = (await start(visitors.teacher, cast.lesson)).json["id"]
    unknown = str(uuid4())
    for upload in (opened, ended, unknown):
        await put(deps, upload, b"abc")
    await visitors.teacher.delete(f"/api/uploads/{ended}")
    await abandoning.tidy(deps)
    await abandoning.tidy(deps)
    await run_one_job(deps, "sweep_strays")
    at_once = [await stored(deps, upload) for upload in (opened, ended, unknown)]
    await abandoning.tidy(later(deps, hours=7))
    await run_one_job(later(deps, hours=7), "sweep_strays")

    assert at_once == [1, 1, 0]
    assert [await stored(deps, upload) for upload in (opened, ended, unknown)] == [1, 0, 0]
    assert len(await jobs_of(deps, "sweep_strays")) == 2


async def test_many_files_at_once_get_a_clear_answer(visitors: Visitors, cast: Cast, deps: Deps) -> None:
    answers = await asyncio.gather(*(start(visitors.teacher, cast.lesson, size=10) for _ in range(20)))
    taken = [answer for answer in answers if answer.status == 201]
    refused = [answer for answer in answers if answer.status != 201]

    assert (len(taken), {answer.slug for answer in refused}) == (3, {"too_many_uploads"})
    await visitors.teacher.delete(f"/api/uploads/{taken[0].json['id']}")
    assert (await start(visitors.teacher, cast.lesson, size=10)).status == 201


async def test_how_much_one_person_may_have_under_way(visitors: Visitors, cast: Cast) -> None:
    whole = (await start(visitors.teacher, cast.lesson, size=3 * SIZE)).json["id"]
    refused = await start(visitors.teacher, cast.lesson, size=SIZE + 1)
    fits = await start(visitors.teacher, cast.lesson, size=SIZE)

    assert (refused.status, refused.slug) == (413, "no_room")
    assert "unfinished uploads" in refused.json["detail"]
    assert fits.status == 201
    await visitors.teacher.delete(f"/api/uploads/{whole}")
    assert (await start(visitors.teacher, cast.lesson, size=SIZE + 1)).status == 201


async def test_many_files_at_once_get_no_more_room_than_there_is(visitors: Visitors, cast: Cast) -> None:
    answers = await asyncio.gather(*(start(visitors.teacher, cast.lesson, size=2 * SIZE) for _ in range(3)))

    assert sorted(answer.status for answer in answers) == [201, 201, 413]
    assert {answer.slug for answer in answers if answer.status == 413} == {"no_room"}


async def test_how_much_a_program_may_keep(visitors: Visitors, cast: Cast, deps: Deps) -> None:
    async with deps.db.write() as tx:
        await tx.exec_driver_sql(f"UPDATE lessons SET original_bytes = {3 * SIZE} WHERE id = ?", (cast.private_lesson,))
    refused = await start(visitors.teacher, cast.lesson, size=2 * SIZE + 1)
    fits = await start(visitors.teacher, cast.lesson, size=2 * SIZE)
    plan = {"id": str(uuid4()), "role": "resource", "size": 10, "name": "Plan.pdf"}
    beside = await visitors.coach.post(f"/api/cycles/{cast.cycle}/resources", plan)

    assert (refused.status, refused.slug, fits.status, beside.slug) == (413, "no_room", 201, "no_room")
    assert "program" in refused.json["detail"]


async def test_a_file_of_unknown_size_is_looked_at_while_it_grows(visitors: Visitors, cast: Cast, deps: Deps) -> None:
    begun = await start(visitors.teacher, cast.lesson, role="recording", size=None)
    async with deps.db.write() as tx:
        assert await uploads.grant(tx, begun.json["id"], size=4 * SIZE - 10, most=10 * SIZE, at=deps.clock())

    await quotas.refuse_without_room(deps, cast.teacher, cast.cycle, 10)
    with pytest.raises(NoRoom, match="unfinished uploads"):
        await quotas.refuse_without_room(deps, cast.teacher, cast.cycle, 11)
