"""The matrix walked: every route, every topic and every file, by everybody. Hidden is answered exactly as missing."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from service.web.app import ROUTES
from service.web.carried import CARRIED
from service.web.openapi import SAFE
from service.web.policy import Route
from service.wiring import Deps
from tests.fixtures.cast import Cast
from tests.fixtures.live import live_server
from tests.fixtures.matrix import PLACES, TOPICS, Place, readers
from tests.fixtures.village import COLUMNS, Village
from tests.fixtures.village import village as opened
from tests.fixtures.visitors import Answer, Visitors

REQUEST = {"X-Request-Id": "matrix-1234"}
EVERY = (*ROUTES, *CARRIED)


@pytest.fixture
async def village(deps: Deps, cast: Cast, visitors: Visitors) -> AsyncIterator[Village]:
    async with opened(deps, cast, visitors) as everybody:
        yield everybody


def label(route: Route) -> str:
    return f"{route.method} {route.path}"


def test_every_route_has_a_place_in_the_matrix() -> None:
    assert {label(route) for route in EVERY} == set(PLACES)


def filled(path: str, place: Place, village: Village, *, missing: bool = False) -> str:
    ids = {name: str(uuid4()) if missing else village.ids[thing] for name, thing in place.ids.items()}
    return re.sub(r"\{(\w+)\}", lambda found: (ids | dict(place.plain))[found[1]], path)


async def ask(village: Village, who: str, route: Route, path: str) -> Answer:
    if route in CARRIED:
        return await village.gate.ask(village[who], route.method, path)
    return await village[who].ask(route.method, path, headers=REQUEST)


async def test_everybody_gets_what_the_matrix_says_on_every_route_and_nothing_else(village: Village) -> None:
    wrong: list[str] = []
    for route in EVERY:
        for place in (place for place in PLACES[label(route)] if place.asked):
            path, nowhere = filled(route.path, place, village), filled(route.path, place, village, missing=True)
            for who in COLUMNS:
                answer = await ask(village, who, route, path)
                if who == "nobody" and "nobody" not in readers(place.thing):
                    fits = answer.status == 401
                elif who in readers(place.thing):
                    # What is wrong with the request itself is said only to somebody who may make it.
                    fits = answer.status in (200, 206, 503) if route.method in SAFE else answer.status not in (401, 404)
                else:
                    missing = await ask(village, who, route, nowhere)
                    fits = answer.status == missing.status == 404 and answer.body == missing.body
                if not fits:
                    wrong.append(f"{who} {route.method} {path} ({place.thing}): {answer.status}")
    assert wrong == []


async def test_the_original_is_the_teachers_alone(village: Village, deps: Deps, cast: Cast) -> None:
    async with deps.db.write() as tx:
        for lesson in (cast.lesson, cast.private_lesson):
            await tx.exec_driver_sql(f"UPDATE lessons SET original_key = 'originals/x' WHERE id = '{lesson}'")
    for lesson in (cast.lesson, cast.private_lesson):
        path = f"/media/lessons/{lesson}/original"
        answers = {who: await village.gate.ask(village[who], "GET", path) for who in COLUMNS if who != "nobody"}
        assert {who for who, answer in answers.items() if answer.status == 200} == readers("original file")
        elsewhere = await village.gate.ask(village["coach"], "GET", f"/media/lessons/{uuid4()}/original")
        assert {answer.body for who, answer in answers.items() if answer.status == 404} == {elsewhere.body}


async def test_everybody_follows_what_the_matrix_says_and_nothing_else(
    village: Village, deps: Deps, folder: Path
) -> None:
    wrong: list[str] = []
    async with live_server(deps, folder) as live:
        for who in (who for who in COLUMNS if who != "nobody"):
            async with live.visit(village[who].cookie) as follower:
                for name, thing in TOPICS.items():
                    stream = name.format(**village.ids)
                    head = (await deps.record.state(stream))[0]
                    frame = await follower.follow(stream, after=head)
                    missing = await follower.follow(re.sub(r"/[^/]+", lambda _: f"/{uuid4()}", stream))
                    if who in readers(thing):
                        fits = frame["type"] == "following"
                    else:
                        fits = {**frame, "id": 0} == {**missing, "id": 0}
                    assert missing["status"] == 404
                    if not fits:
                        wrong.append(f"{who} {name} ({thing}): {frame}")
    assert wrong == []
