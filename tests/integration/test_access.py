"""Who gets in, and through which door. Every route has a policy; every resource has its outsiders."""

import asyncio
import sqlite3
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from service.actions import sign_in
from service.problems import every_problem
from service.web.app import POLICY, ROUTES, make_app
from service.web.policy import Route
from service.wiring import Deps
from storage import people, programs
from storage.engine import apply
from tests.fixtures.cast import Cast
from tests.fixtures.visitors import Visitors


async def test_every_route_carries_a_policy(deps: Deps) -> None:
    app = make_app(deps)

    assert len(app.router.routes()) == len(ROUTES)
    assert [r for r in app.router.routes() if r not in app[POLICY]] == []


async def test_a_route_without_a_policy_is_not_answered(deps: Deps, cast: Cast) -> None:
    async def forgotten(_: web.Request) -> web.Response:
        return web.Response(text="secret")

    app = make_app(deps)
    app.router.add_get("/forgotten", forgotten)
    async with TestClient(TestServer(app)) as client:
        assert (await client.get("/forgotten")).status == 404


@pytest.mark.parametrize("route", [r for r in ROUTES if r.policy.needs_session], ids=lambda r: f"{r.method} {r.path}")
async def test_nobody_gets_in_without_a_session(visitors: Visitors, cast: Cast, route: Route) -> None:
    method = route.method
    named = ("upload", "session", "token", "invitation", "meeting", "observer", "track")
    ids = {name: str(uuid4()) for name in named}
    known = {"cycle": cast.cycle, "lesson": cast.lesson, "program": cast.program}
    path = route.path.format(name="1-main", attempt=1, **known, **ids)
    assert (await visitors.teacher.ask(method, path)).status != 401

    refused = await visitors.nobody.ask(method, path)

    assert (refused.status, refused.slug) == (401, "signed_out")


async def test_a_cycle_does_not_exist_for_strangers(visitors: Visitors, cast: Cast) -> None:
    for person in (visitors.teacher, visitors.coach):
        assert (await person.get(f"/api/cycles/{cast.cycle}")).json["cycle"]["number"] == 2
    routes = (
        ("GET", f"/api/cycles/{cast.cycle}", None),
        ("GET", f"/api/cycles/{cast.cycle}/events", None),
        ("GET", f"/api/cycles/{cast.cycle}/notebook/events", None),
        ("POST", f"/api/cycles/{cast.cycle}/commands", {"id": str(uuid4()), "type": "move_stage", "stage": "teaching"}),
        ("POST", f"/api/cycles/{cast.cycle}/lessons", {"id": str(uuid4()), "lesson": str(uuid4()), "title": "Mine"}),
    )
    for stranger in visitors.strangers.values():
        for method, path, body in routes:
            assert (await stranger.ask(method, path, json=body)).slug == "not_found", path


async def test_a_notebook_is_its_owners_alone(visitors: Visitors, cast: Cast) -> None:
    command = {"id": str(uuid4()), "type": "add_annotation", "annotation": str(uuid4())}
    words = {"start_ms": 0, "body": "canary-draft", "kind": "note"}
    await visitors.teacher.post(f"/api/lessons/{cast.private_lesson}/commands", command | words)
    path = f"/api/cycles/{cast.cycle}/notebook/events"

    assert b"canary-draft" in (await visitors.teacher.get(path)).body
    assert (await visitors.coach.get(path)).json == {"events": [], "version": 0}


async def test_the_lead_sees_stages_and_counts_and_no_word(visitors: Visitors, deps: Deps, cast: Cast) -> None:
    command = {"id": str(uuid4()), "type": "add_annotation", "annotation": str(uuid4())}
    await visitors.coach.post(
        f"/api/lessons/{cast.lesson}/commands",
        command | {"start_ms": 0, "body": "canary-words", "kind": "note"},
    )

    for type_, words in (
        ("write_plan", {"field": "goal", "text": "canary-goal", "revision": 0}),
        ("make_commitment", {"commitment": str(uuid4()), "text": "canary-promise", "due": str(deps.clock().date())}),
        ("send_message", {"message": str(uuid4()), "text": "canary-message"}),
    ):
        sent = {"id": str(uuid4()), "type": type_} | words
        assert (await visitors.coach.post(f"/api/cycles/{cast.cycle}/commands", sent)).status == 200, type_

    home = await visitors.lead.get("/api/home")

    [overview] = home.json["overviews"]
    row = next(row for row in overview["rows"] if row["id"] == cast.cycle)
    assert (row["stage"], row["released"], row["annotations"]) == ("planning", 1, 1)
    assert (row["commitments"], row["commitments_open"], row["waiting_on"]) == (1, 1, "both")
    assert home.json["cycles"] == []
    assert b"canary" not in home.body
    assert b"A demo lesson" not in home.body
    assert (await visitors.coach.get("/api/home")).json["overviews"] == []
    [elsewhere] = (await visitors.outsider.get("/api/home")).json["overviews"]
    assert elsewhere["rows"] == []


async def test_whoever_leads_two_programs_sees_both(visitors: Visitors, deps: Deps, cast: Cast) -> None:
    [elsewhere] = (await visitors.outsider.get("/api/home")).json["overviews"]
    async with deps.db.write() as tx:
        await apply(tx, [programs.join(elsewhere["program"]["id"], cast.lead, "lead")])

    both = (await visitors.lead.get("/api/home")).json["overviews"]

    assert [overview["program"]["name"] for overview in both] == ["Elsewhere", "Far Valley"]
    assert (await visitors.outsider.get("/api/home")).json["overviews"] == [elsewhere]


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://farfield.test", "http://farfield.test:81", ""]
)
async def test_a_command_from_another_site_is_not_carried_out(visitors: Visitors, cast: Cast, origin: str) -> None:
    path = f"/api/cycles/{cast.cycle}/commands"
    move = {"id": str(uuid4()), "type": "move_stage", "stage": "teaching"}

    refused = await visitors.teacher.post(path, move, headers={"Origin": origin})

    assert (refused.status, refused.slug) == (403, "foreign_origin")
    assert (await visitors.teacher.get(f"/api/cycles/{cast.cycle}")).json["cycle"]["stage"] == "planning"
    assert (await visitors.teacher.post(path, move)).status == 200


async def test_a_link_signs_in_once(visitors: Visitors, deps: Deps, cast: Cast) -> None:
    token = await sign_in.make_link(deps, cast.teacher, purpose="test", life=timedelta(hours=1))

    first = await visitors.nobody.post("/api/session", {"type": "link", "token": token})
    second = await visitors.nobody.post("/api/session", {"type": "link", "token": token})

    assert first.status == 201
    assert first.json["person"]["name"] == "Demo teacher"
    cookie = first.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert (second.status, second.slug) == (410, "link_used")


async def test_an_old_link_and_an_unknown_one_are_told_apart(visitors: Visitors, deps: Deps, cast: Cast) -> None:
    token = await sign_in.make_link(deps, cast.teacher, purpose="test", life=timedelta(seconds=-1))

    assert (await visitors.nobody.post("/api/session", {"type": "link", "token": token})).slug == "link_expired"
    assert (await visitors.nobody.post("/api/session", {"type": "link", "token": "x" * 43})).slug == "not_found"


async def test_over_https_the_cookie_is_bound_to_the_host(visitors: Visitors, deps: Deps, cast: Cast) -> None:
    token = await sign_in.make_link(deps, cast.teacher, purpose="test", life=timedelta(hours=1))
    headers = {"X-Forwarded-Proto": "https", "Origin": "https://farfield.test"}

    signed_in = await visitors.nobody.post("/api/session", {"type": "link", "token": token}, headers=headers)

    assert signed_in.headers["Set-Cookie"].startswith("__Host-farfield=")
    assert "Secure" in signed_in.headers["Set-Cookie"]


async def test_signing_out_ends_the_session_for_good(visitors: Visitors) -> None:
    assert (await visitors.teacher.get("/api/session")).status == 200

    assert (await visitors.teacher.delete("/api/session")).status == 204

    assert (await visitors.teacher.get("/api/session")).slug == "signed_out"
    assert (await visitors.coach.get("/api/session")).status == 200


@pytest.mark.parametrize("other", ['{"a": 1}', '"open', "a b", "x=y", "é"])
async def test_cookies_of_others_on_this_host_sign_nobody_out(visitors: Visitors, other: str) -> None:
    """Cookies know no ports: whatever else runs on localhost sends its own along."""
    for cookie in (f"theirs={other}; {visitors.teacher.cookie}", f"{visitors.teacher.cookie}; theirs={other}"):
        assert (await visitors.nobody.get("/api/session", headers={"Cookie": cookie})).status == 200


async def test_bytes_that_are_no_text_are_nobodys_cookie_and_no_fault(deps: Deps, cast: Cast) -> None:
    token = await sign_in.make_link(deps, cast.teacher, purpose="test", life=timedelta(hours=1))
    body = b'{"type":"link","token":"%s"}' % token.encode()
    async with TestServer(make_app(deps)) as server:
        for request, status in (
            (b'GET /api/session HTTP/1.1\r\nCookie: farfield="\xff"\r\n\r\n', b"401"),
            (b'GET /api/session HTTP/1.1\r\nCookie: farfield="\\777"\r\n\r\n', b"401"),
            (
                b"POST /api/session HTTP/1.1\r\nOrigin: http://t\r\nUser-Agent: \xff phone\r\n"
                b"Content-Length: %d\r\n\r\n%s" % (len(body), body),
                b"201",
            ),
        ):
            reader, writer = await asyncio.open_connection(server.host, server.port)
            writer.write(request.replace(b"\r\n", b"\r\nHost: t\r\nConnection: close\r\n", 1))
            answer = await reader.read()
            writer.close()
            assert answer.split(b" ")[1] == status, answer


async def test_while_the_records_are_away_it_is_said_and_nothing_is_done(
    visitors: Visitors, deps: Deps, cast: Cast
) -> None:
    path = f"/api/cycles/{cast.cycle}/commands"
    move = {"id": str(uuid4()), "type": "move_stage", "stage": "teaching"}
    async with deps.db.write() as tx:
        await tx.exec_driver_sql("PRAGMA busy_timeout=20")  # the writer's own connection need not wait long here
    other = sqlite3.connect(deps.config.data_dir / "farfield.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    refused = await visitors.teacher.post(path, move)

    assert (refused.status, refused.slug, refused.headers["Retry-After"]) == (503, "records_unavailable", "2")
    other.execute("ROLLBACK")
    other.close()
    assert (await visitors.teacher.post(path, move)).status == 200


async def test_a_deactivated_person_is_signed_out(visitors: Visitors, deps: Deps, cast: Cast) -> None:
    assert (await visitors.teacher.get("/api/session")).status == 200

    async with deps.db.write() as tx:
        await apply(tx, [people.deactivate(cast.teacher, deps.clock())])

    assert (await visitors.teacher.get("/api/session")).slug == "signed_out"


async def test_every_problem_has_a_page(visitors: Visitors) -> None:
    for slug, problem in every_problem().items():
        page = await visitors.nobody.get(f"/problems/{slug}")
        assert page.status == 200
        assert problem.title in unescape(page.body.decode())
    assert (await visitors.nobody.get("/problems/no-such")).slug == "not_found"


async def test_unknown_paths_methods_and_ids_are_problems(visitors: Visitors, cast: Cast) -> None:
    assert (await visitors.teacher.get("/api/nothing")).slug == "not_found"
    assert (await visitors.teacher.get("/api/cycles/..%2f..%2fetc")).slug == "not_found"
    wrong = await visitors.teacher.delete(f"/api/cycles/{cast.cycle}")
    assert (wrong.status, wrong.slug, wrong.headers["Allow"]) == (405, "method_not_allowed", "GET")
