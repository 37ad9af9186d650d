"""No word reaches anybody who may not read it: every byte that everybody gets is searched."""

import io
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import get_args, get_type_hints
from uuid import uuid4

import msgspec
import pytest

from service.coaching import words as kinds
from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream
from service.telemetry import JsonLines
from service.web.app import ROUTES
from service.wiring import Deps
from storage import lessons, tracks
from tests.fixtures.canaries import EXEMPT, Step, Words, story
from tests.fixtures.cast import Cast
from tests.fixtures.doors import Letters
from tests.fixtures.live import live_server
from tests.fixtures.matrix import PLACES, Place
from tests.fixtures.village import COLUMNS, Village
from tests.fixtures.village import village as opened
from tests.fixtures.visitors import Visitors

KINDS = (kinds.Text, kinds.Passage, kinds.Title, kinds.Line, kinds.CueText, kinds.CueFile)
NOT_SCANNED = {"GET /api/outbox": "a demo shows all letters to everybody; they are searched one by one instead"}


def commands() -> dict[str, type[msgspec.Struct]]:
    """Every command that a route takes, by its type."""
    found: dict[str, type[msgspec.Struct]] = {}
    for route in ROUTES:
        for kind in get_args(route.body) or (route.body,):
            if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and "id" in kind.__struct_fields__:
                tag = kind.__struct_config__.tag
                found |= {str(tag): kind} if tag else {}
    return found


def members_with_words(kind: type[msgspec.Struct], within: str = "") -> Iterator[str]:
    """The names of the members that hold words, as `tags/framework` where they are inside others."""
    for name, hint in get_type_hints(kind, include_extras=True).items():
        inside = [one for part in (hint, *get_args(hint)) for one in (part, *get_args(part))]
        if any(known == one for known in KINDS for one in inside if one is not str):
            yield within + name
        for part in inside:
            if isinstance(part, type) and issubclass(part, msgspec.Struct):
                yield from members_with_words(part, f"{within}{name}/")


@pytest.fixture
async def village(deps: Deps, cast: Cast, visitors: Visitors) -> AsyncIterator[Village]:
    async with opened(deps, cast, visitors) as everybody:
        yield everybody


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """What this process logs meanwhile, as it would be kept."""
    kept, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(kept)
    handler.setFormatter(JsonLines())
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield kept
    root.removeHandler(handler)
    root.setLevel(before)


ELSEWHERE = {"open_cycle", "propose_coach", "start_next", "take_new_coach"}
"""They hold ids only, and end or begin cycles; the tests of successions and invitations ask who may."""


async def test_every_command_and_every_member_with_words_is_in_the_story(village: Village) -> None:
    word = Words()
    told = story(village, word)

    assert {step.body["type"] for step in told} == set(commands()) - ELSEWHERE
    assert [member for type_ in ELSEWHERE for member in members_with_words(commands()[type_])] == []
    silent = {
        (type_, member)
        for type_, kind in commands().items()
        for member in members_with_words(kind)
        if not any(step.body["type"] == type_ and word.held_by(step.body.get(member, "")) for step in told)
    }
    assert silent == set(EXEMPT)


async def test_whoever_may_not_do_it_is_refused_and_nothing_happens(village: Village, deps: Deps) -> None:
    streams = [cycle_stream(village.ids["cycle"])]
    streams += [lesson_stream(village.ids[name]) for name in ("lesson", "private_lesson")]
    wrong: list[str] = []
    for step in story(village, Words()):
        before = [(await deps.record.state(stream))[0] for stream in streams]
        for who in COLUMNS:
            if who in step.may:
                continue
            answer = await village[who].post(step.path, step.body | {"id": str(uuid4())})
            if answer.status != 401 if who == "nobody" else answer.status not in (403, 404):
                wrong.append(f"{who} {step.body['type']}: {answer.status} {answer.body!r}")
        assert [(await deps.record.state(stream))[0] for stream in streams] == before, step.body["type"]
        await carry_out(village, step)
    assert wrong == []


async def carry_out(village: Village, step: Step) -> None:
    answer = await village[step.who].post(step.path, step.body | {"id": str(uuid4())})
    assert answer.status in (200, 201), f"{step.who} {step.body}: {answer.body!r}"


async def tell(village: Village, deps: Deps, word: Words) -> None:
    """The story, and the words that are no command's."""
    for step in story(village, word):
        await carry_out(village, step)
    own = frozenset({"teacher"})
    token = {"id": str(uuid4()), "name": word("name of a token", own), "scopes": ["read"]}
    assert (await village["teacher"].post("/api/tokens", token)).status == 201
    # The name of the file that is on its way, and the title of a lesson in the header of its original.
    async with deps.db.write() as tx:
        file = word("name of a file", own)
        await tx.exec_driver_sql(f"UPDATE uploads SET name = '{file}' WHERE id = '{village.ids['upload']}'")
        await tx.exec_driver_sql("UPDATE lessons SET original_key = 'originals/x', attempt = 1, duration_ms = 60000")


Heard = dict[str, list[tuple[str, bytes]]]
"""By person, what they received and from where."""


async def over_http(village: Village, deps: Deps, heard: Heard) -> None:
    """Every GET, with every id there is for each of its parameters; the long polls from the start."""
    both = [village.ids["cycle"], village.ids["together"]]
    async with deps.db.read() as tx:
        filmed = [one.id for one in await lessons.of_cycles(tx, both)]
    known = {"cycle": both, "lesson": filmed, "program": [village.ids["program"]]}
    known |= {name: [village.ids[of]] for name, of in (("upload", "upload"), ("observer", "invited"))}
    known["meeting"] = [village.ids["meeting"]]
    async with deps.db.read() as tx:
        known["track"] = [track.id for lesson in filmed for track in await tracks.of_lesson(tx, lesson)]
    for route in ROUTES:
        name = f"{route.method} {route.path}"
        if route.method != "GET" or name in NOT_SCANNED:
            continue
        for path in paths(route.path, PLACES[name][0], known):
            for who in COLUMNS:
                answer = await village[who].get(path)
                heard[who].append((f"GET {path}", answer.body + str(dict(answer.headers)).encode()))
    for who in (who for who in COLUMNS if who != "nobody"):
        made = await village[who].post("/api/calendar")
        feed = await village["nobody"].get(made.json["path"])
        assert feed.status == 200
        heard[who].append(("the calendar feed", feed.body + str(dict(feed.headers)).encode()))
    for lesson in filmed:
        for file in ("original", "1-360p.mp4", "1-poster.jpg", "1-storyboard-0.jpg", "1-peaks.bin"):
            path = f"/media/lessons/{lesson}/{file}"
            for who in COLUMNS:
                answer = await village.gate.ask(village[who], "GET", path)
                heard[who].append((path, answer.body + str(dict(answer.headers)).encode()))


def paths(path: str, place: Place, known: dict[str, list[str]]) -> list[str]:
    found = [path]
    for name in re.findall(r"\{(\w+)\}", path):
        values = known.get(name) or [place.plain.get(name, str(uuid4()))]
        found = [one.replace(f"{{{name}}}", value) for one in found for value in values]
    return [f"{one}?after=0" if one.endswith("/events") else one for one in found]


async def over_the_socket(village: Village, deps: Deps, folder: Path, heard: Heard) -> None:
    """Every stream from its first version."""
    both = [village.ids["cycle"], village.ids["together"]]
    async with deps.db.read() as tx:
        filmed = [one.id for one in await lessons.of_cycles(tx, both)]
    streams = [*map(cycle_stream, both), *map(lesson_stream, filmed)]
    streams += [notebook_stream(cycle, village.ids[who]) for cycle in both for who in COLUMNS if who != "nobody"]
    async with live_server(deps, folder) as live:
        for who in (who for who in COLUMNS if who != "nobody"):
            async with live.visit(village[who].cookie) as follower:
                for stream in streams:
                    frame = await follower.follow(stream)
                    heard[who].append((f"follow {stream}", json.dumps(frame).encode()))
                    version = 0
                    while frame["type"] == "following" and version < frame["version"]:
                        events = await follower.hear("events")
                        version = events["events"][-1]["version"]
                        heard[who].append((f"events {stream}", json.dumps(events).encode()))


async def by_mail(village: Village, letters: Letters, heard: Heard) -> None:
    for shown in (await letters.sent()).newest(200):
        who = next((who for who in COLUMNS if shown.to == village.email(who)), "nobody")
        # A letter to somebody who has not come yet shows the address it goes to, to whoever reads mail there.
        said = shown.subject + shown.text + (shown.to if who != "nobody" else "")
        heard[who].append((f"a letter to {shown.to}", said.encode()))


async def kept_beside_the_streams(deps: Deps) -> dict[str, bytes]:
    """Tables that hold ids and counts, never words: what a lead's page is made of, answers, jobs, letters to come."""
    queries = {
        "cycles": "SELECT * FROM cycles",
        "commands": "SELECT answer, digest FROM commands",
        "notices": "SELECT kind, payload, error FROM notices",
        "jobs": "SELECT payload, error FROM jobs",
        "audit": "SELECT * FROM audit",
    }
    async with deps.db.read() as tx:
        return {name: str((await tx.exec_driver_sql(query)).all()).encode() for name, query in queries.items()}


async def test_nobody_receives_a_word_they_may_not_read(
    village: Village, deps: Deps, folder: Path, letters: Letters, logs: io.StringIO
) -> None:
    word, heard = Words(), {who: [] for who in COLUMNS}
    await tell(village, deps, word)

    await over_http(village, deps, heard)
    await over_the_socket(village, deps, folder, heard)
    await by_mail(village, letters, heard)

    leaked = [
        f"{who} reads {canary} in {where}"
        for who, received in heard.items()
        for where, said in received
        for canary in found_in(said)
        if who not in word.readers[canary]
    ]
    assert leaked == []
    unread = [
        f"{who} never gets {canary}"
        for canary, readers in word.readers.items()
        for who in readers
        if not any(canary.encode() in said for _, said in heard[who])
    ]
    assert unread == [], "the search would not notice"
    assert not any(found_in(said) for _, said in heard["lead"] + heard["outsider"] + heard["nobody"])
    beside = {name: found_in(said) for name, said in (await kept_beside_the_streams(deps)).items()}
    assert {name: found for name, found in beside.items() if found} == {}
    assert found_in(logs.getvalue().encode()) == set()
    told = [json.loads(line)["event"] for line in logs.getvalue().splitlines()]
    assert told.count("request") > 100, "there were logs to search"


def found_in(said: bytes) -> set[str]:
    return set(re.findall(r"Zq[A-Za-z]+?Qz", said.decode(errors="replace")))
