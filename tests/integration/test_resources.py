"""Files beside the plan, with the real front door, store and worker: sent, looked at, given to the cycle's people."""

import asyncio
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import msgspec
import pytest

from service.actions.resources import MOST_BYTES, resource_key
from service.coaching.plans import MOST_RESOURCES
from service.coaching.streams import cycle_stream, lesson_stream
from service.embedded.seaweedfs import Store
from service.media.blocks import uploads_prefix
from service.media.outcomes import Done, Outcome
from service.media.resources import keep_resource
from service.media.worker import Handler, run_worker
from service.wiring import Deps
from storage import grants, jobs
from storage.engine import apply
from storage.jobs import Job
from tests.fixtures.front_door import Door, header, opened
from tests.fixtures.media_traffic import CARRIED, OURS, checksum
from tests.fixtures.prepared import PATIENCE_SECONDS, run_one_job
from tests.fixtures.visitors import Answer

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 40
PDF = b"%PDF-1.7\n" + os.urandom(70_000)
HTML = b"<!doctype html><script>alert(document.cookie)</script>"


def asked(body: bytes, **more: Any) -> dict[str, Any]:
    base = {
        "id": str(uuid4()),
        "role": "resource",
        "size": len(body),
        "name": "a demo.pdf",
        "content_type": "text/html",
    }
    return base | {"fingerprint": hashlib.sha256(body).hexdigest()} | more


async def post(door: Door, path: str, body: Any, *, by: str = "teacher") -> Answer:
    headers = {"Content-Type": "application/json"}
    return await door.ask("POST", path, by=by, headers=headers, data=msgspec.json.encode(body))


async def start(door: Door, body: bytes, *, by: str = "teacher", cycle: str | None = None, **more: Any) -> Answer:
    return await post(door, f"/api/cycles/{cycle or door.cast.cycle}/resources", asked(body, **more), by=by)


async def put(door: Door, upload: str, offset: int, body: bytes, *, by: str = "teacher") -> Answer:
    path = f"/media/uploads/{upload}/{offset}-{offset + len(body)}"
    return await door.ask("PUT", path, by=by, headers={"x-amz-checksum-sha256": checksum(body)}, data=body)


async def complete(door: Door, upload: str, *blocks: bytes, by: str = "teacher") -> Answer:
    cover, offset = [], 0
    for block in blocks:
        end = offset + len(block)
        cover.append({"offset": offset, "end": end, "sha256": hashlib.sha256(block).hexdigest()})
        offset = end
    return await post(door, f"/api/uploads/{upload}/complete", {"size": offset, "blocks": cover}, by=by)


async def add(door: Door, body: bytes, *, by: str = "teacher", **more: Any) -> str:
    """Send a file as a browser does, in two blocks, and let the worker keep it."""
    upload = (await start(door, body, by=by, **more)).json["id"]
    half = len(body) // 2
    for offset, block in ((0, body[:half]), (half, body[half:])):
        assert (await put(door, upload, offset, block, by=by)).status == 200
    assert (await complete(door, upload, body[:half], body[half:], by=by)).json["state"] == "completed"
    await run_one_job(door.deps, "keep_resource")
    return str(upload)


async def shown(door: Door, *, by: str = "teacher") -> dict[str, Any]:
    found: dict[str, Any] = (await door.ask("GET", f"/api/cycles/{door.cast.cycle}", by=by)).json["cycle"]["resources"]
    return found


async def remove(door: Door, resource: str, *, by: str = "teacher") -> Answer:
    command = {"id": str(uuid4()), "type": "remove_resource", "resource": resource}
    return await post(door, f"/api/cycles/{door.cast.cycle}/commands", command, by=by)


async def test_a_file_goes_up_and_comes_down(door: Door) -> None:
    resource = await add(door, PDF, name="Fractions: a plan.pdf")

    there = (await shown(door, by="coach"))[resource]
    answer = await door.ask("GET", f"/media/resources/{resource}", by="coach")

    assert (there["name"], there["content_type"]) == ("Fractions_ a plan.pdf", "application/pdf")
    assert (there["size"], there["by"]) == (len(PDF), door.cast.teacher)
    assert (answer.status, answer.body) == (200, PDF)
    assert header(answer, "Content-Type") == "application/pdf"
    assert header(answer, "Content-Disposition") == (
        "attachment; filename=\"file\"; filename*=UTF-8''Fractions_%20a%20plan.pdf"
    )
    assert header(answer, "X-Content-Type-Options") == "nosniff"
    assert header(answer, "Content-Security-Policy") == "sandbox; default-src 'none'"
    assert {name.lower() for name in answer.headers} <= CARRIED | OURS


async def test_a_coach_adds_one_too_and_its_upload_is_theirs_alone(door: Door) -> None:
    begun = (await start(door, PNG, by="coach")).json
    assert (begun["lesson"], begun["cycle"], begun["role"]) == (None, door.cast.cycle, "resource")
    foreign = await put(door, begun["id"], 0, PNG, by="teacher")
    assert (foreign.status, foreign.slug) == (404, "not_found")
    resource = await add(door, PNG, by="coach", name="board.png", fingerprint="f" * 64)
    assert (await shown(door))[resource]["by"] == door.cast.coach


async def test_a_picture_is_shown_in_place(door: Door) -> None:
    resource = await add(door, PNG, name="evil.html")

    answer = await door.ask("GET", f"/media/resources/{resource}", by="coach")

    assert header(answer, "Content-Type") == "image/png"
    assert header(answer, "Content-Disposition") == "inline; filename=\"file\"; filename*=UTF-8''evil.html.png"
    assert header(answer, "Content-Security-Policy") == "sandbox; default-src 'none'"


@pytest.mark.parametrize(
    ("name", "content_type", "body"),
    [
        ("board.png", "image/png", HTML),
        ("board.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("plan.pdf", "application/pdf", b"MZ\x90\0" + bytes(300)),
    ],
)
async def test_a_type_that_lies_decides_nothing(door: Door, name: str, content_type: str, body: bytes) -> None:
    resource = await add(door, body, name=name, content_type=content_type)

    answer = await door.ask("GET", f"/media/resources/{resource}", by="coach")

    assert (await shown(door))[resource]["content_type"] == "application/octet-stream"
    assert (answer.body, header(answer, "Content-Type")) == (body, "application/octet-stream")
    assert header(answer, "Content-Disposition").startswith("attachment;")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../x", "x.pdf"),
        ("..\\..\\a\u202efdp.exe", "afdp.exe.pdf"),
        ("a\r\nSet-Cookie: b=c\x00.pdf", "a Set-Cookie_ b=c.pdf"),
        ("nul.pdf", "_nul.pdf"),
        ("x" * 251 + ".pdf", "x" * 196 + ".pdf"),
        ('";filename="x.html', "_;filename=_x.html.pdf"),
    ],
)
async def test_a_name_is_kept_clean(door: Door, name: str, kept: str) -> None:
    resource = await add(door, PDF, name=name)

    answer = await door.ask("GET", f"/media/resources/{resource}", by="teacher")

    assert (await shown(door))[resource]["name"] == kept
    assert unquote(header(answer, "Content-Disposition").partition("UTF-8''")[2]) == kept
    assert "Set-Cookie" not in answer.headers
    assert await door.deps.objects.head(resource_key(door.cast.cycle, resource)) is not None


async def test_ranges_and_head(door: Door) -> None:
    path = f"/media/resources/{await add(door, PDF)}"

    head = await door.ask("HEAD", path, by="coach")
    part = await door.ask("GET", path, by="coach", headers={"Range": "bytes=1-4"})
    beyond = await door.ask("GET", path, by="coach", headers={"Range": f"bytes={len(PDF)}-"})
    same = await door.ask("GET", path, by="coach", headers={"If-None-Match": header(head, "ETag")})

    assert (head.status, head.body, header(head, "Content-Length")) == (200, b"", str(len(PDF)))
    assert (part.status, part.body, header(part, "Content-Range")) == (206, b"PDF-", f"bytes 1-4/{len(PDF)}")
    assert (beyond.status, beyond.slug) == (416, "range_not_satisfiable")
    assert (same.status, same.body) == (304, b"")


async def test_only_the_people_of_the_cycle_get_it(store: Store) -> None:
    async with opened(store) as door:
        path, cast, now = f"/media/resources/{await add(door, PDF)}", door.cast, door.deps.clock()
        unknown = await door.ask("GET", f"/media/resources/{uuid4()}", by="second_teacher")
        for by in ("lead", "second_teacher", "outsider"):
            hidden = await door.ask("GET", path, by=by)
            assert (hidden.status, hidden.json | {"instance": ""}) == (404, unknown.json | {"instance": ""})
        assert (await door.ask("GET", path)).slug == "signed_out"
        async with door.deps.db.write() as tx:
            await apply(tx, grants.grant(cast.outsider, cycle_stream(cast.cycle), "observer", at=now))
            await apply(tx, grants.grant(cast.second_teacher, lesson_stream(cast.lesson), "observer", at=now))
        assert (await door.ask("GET", path, by="outsider")).body == PDF
        assert (await door.ask("GET", path, by="second_teacher")).slug == "not_found"

        async with door.deps.db.write() as tx:
            for person in (cast.outsider, cast.coach):
                await apply(tx, grants.revoke(person, cycle_stream(cast.cycle)))

        for by in ("outsider", "coach"):
            assert (await door.ask("GET", path, by=by)).slug == "not_found"
        assert (await door.ask("GET", path, by="teacher")).body == PDF


async def test_who_may_begin_one(store: Store) -> None:
    async with opened(store) as door:
        cast, now = door.cast, door.deps.clock()
        async with door.deps.db.write() as tx:
            await apply(tx, grants.grant(cast.outsider, cycle_stream(cast.cycle), "observer", at=now))
        assert (await start(door, PDF, by="coach")).status == 201
        assert (await start(door, PDF, by="outsider")).slug == "not_yours"
        assert (await start(door, PDF, by="second_teacher")).slug == "not_found"
        assert (await start(door, PDF, cycle=cast.closed_cycle)).slug == "cycle_closed"
        for n in range(MOST_RESOURCES - 1):
            assert (await start(door, PDF, fingerprint=str(n))).status == 201
        assert (await start(door, PDF, fingerprint="one more")).slug == "not_possible"


async def test_what_is_too_large_or_no_file_is_refused_before_a_byte_is_sent(door: Door) -> None:
    assert (await start(door, PDF, size=MOST_BYTES)).status == 201
    too_large = await start(door, PDF, size=MOST_BYTES + 1)
    assert (too_large.status, too_large.slug) == (413, "file_too_large")
    assert "25 MB" in too_large.json["detail"]
    assert (await start(door, PDF, size=0)).slug == "empty_file"
    assert (await start(door, PDF, size=None)).slug == "bad_request"
    assert (await start(door, PDF, role="original")).slug == "bad_request"
    lesson = await post(door, f"/api/lessons/{door.cast.lesson}/uploads", asked(PDF))
    assert lesson.slug == "bad_request"


async def test_a_block_beyond_the_file_is_refused(door: Door) -> None:
    upload = (await start(door, PDF, size=100, fingerprint="short")).json["id"]
    assert (await put(door, upload, 90, b"0123456789")).status == 200
    beyond = await put(door, upload, 91, b"0123456789")
    assert (beyond.status, beyond.slug) == (422, "block_outside")


async def test_a_cut_block_is_sent_again_and_the_upload_goes_on(door: Door) -> None:
    first = await start(door, PDF, fingerprint="cut")
    upload, half = first.json["id"], len(PDF) // 2
    assert (await put(door, upload, 0, PDF[:half])).status == 200
    head = (
        f"PUT /media/uploads/{upload}/{half}-{len(PDF)} HTTP/1.1\r\nHost: 127.0.0.1:{door.port}\r\n"
        f"Origin: {door.origin}\r\nCookie: {door.cookies['teacher']}\r\nConnection: close\r\n"
        f"x-amz-checksum-sha256: {checksum(PDF[half:])}\r\nContent-Length: {len(PDF) - half}\r\n\r\n"
    )
    await door.cut(head.encode() + PDF[half:-5])
    assert (await complete(door, upload, PDF[:half], PDF[half:])).slug == "blocks_missing"

    again = await start(door, PDF, fingerprint="cut")
    assert (again.status, again.json["id"], again.json["stored_bytes"]) == (200, upload, half)
    assert (await put(door, upload, half, PDF[half:])).status == 200
    assert (await complete(door, upload, PDF[:half], PDF[half:])).status == 200
    assert (await complete(door, upload, PDF[:half], PDF[half:])).status == 200
    await run_one_job(door.deps, "keep_resource")

    assert (await door.ask("GET", f"/media/resources/{upload}", by="coach")).body == PDF


async def test_it_is_not_there_before_it_was_looked_at(door: Door) -> None:
    upload = (await start(door, PDF, fingerprint="early")).json["id"]
    await put(door, upload, 0, PDF)
    await complete(door, upload, PDF)

    assert upload not in await shown(door)
    assert (await door.ask("GET", f"/media/resources/{upload}", by="teacher")).slug == "not_found"
    await run_one_job(door.deps, "keep_resource")
    assert upload in await shown(door)


async def test_blocks_that_the_store_lost_refuse_it(door: Door) -> None:
    upload = (await start(door, PDF, fingerprint="lost")).json["id"]
    await put(door, upload, 0, PDF)
    await complete(door, upload, PDF)
    await door.deps.objects.delete([info.key for info in await door.deps.objects.list(uploads_prefix(upload))])

    await run_one_job(door.deps, "keep_resource")

    assert (await door.ask("GET", f"/api/uploads/{upload}", by="teacher")).json["state"] == "refused"
    assert upload not in await shown(door)


async def test_a_removed_one_is_gone_and_so_are_its_bytes(door: Door) -> None:
    resource = await add(door, PDF)
    path, key = f"/media/resources/{resource}", resource_key(door.cast.cycle, resource)
    assert (await remove(door, resource, by="coach")).slug == "not_yours"
    assert (await door.ask("GET", path, by="coach")).body == PDF

    removed, again = await remove(door, resource), await remove(door, resource)

    assert (removed.status, again.status) == (200, 200)
    assert resource not in await shown(door, by="coach")
    assert (await door.ask("GET", path, by="teacher")).slug == "not_found"
    await run_one_job(door.deps, "delete_resource")
    assert await door.deps.objects.head(key) is None
    assert await door.deps.objects.list(uploads_prefix(resource)) == []


async def test_a_worksheet_does_not_wait_for_a_film(door: Door) -> None:
    upload = (await start(door, PDF, fingerprint="beside a film")).json["id"]
    await put(door, upload, 0, PDF)
    begun, stop = asyncio.Event(), asyncio.Event()

    async def encode(_deps: Deps, _job: Job, _folder: Path) -> Outcome:
        begun.set()
        await stop.wait()
        return Done()

    async def keep(deps: Deps, job: Job, folder: Path) -> Outcome:
        kept = await keep_resource(deps, job, folder)
        stop.set()
        return kept

    film = jobs.enqueue(door.deps.new_id(), "prepare_lesson", {"lesson": door.cast.lesson}, at=door.deps.clock())
    async with door.deps.db.write() as tx:
        await apply(tx, [film])
    handlers: Mapping[str, Handler] = {"prepare_lesson": encode, "keep_resource": keep}
    async with asyncio.timeout(PATIENCE_SECONDS):
        worker = asyncio.create_task(run_worker(door.deps, stop, slots=1, handlers=handlers))
        await begun.wait()
        await complete(door, upload, PDF)
        await worker

    assert upload in await shown(door)
