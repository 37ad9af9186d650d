"""Changing and removing one's own words: what others find afterwards, on both databases. The words are nowhere."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from service.coaching.folding import CoachingFolding
from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream
from service.wiring import Deps
from storage import audit, lessons, log
from storage.acts import Entry
from storage.at_once import at_once
from tests.fixtures.cast import Cast
from tests.fixtures.either import deps
from tests.fixtures.live import live_server
from tests.fixtures.visitors import Answer, Visitor, Visitors

FOLDING = CoachingFolding()


__all__ = ["deps"]


def annotation(**more: Any) -> dict[str, Any]:
    return {"type": "add_annotation", "annotation": str(uuid4()), "start_ms": 1, "body": "Look", "kind": "note"} | more


class Room:
    """The lesson that both see."""

    def __init__(self, cast: Cast, lesson: str) -> None:
        self.cast = cast
        self.lesson = lesson
        self.path = f"/api/lessons/{lesson}"
        self.cycle = f"/api/cycles/{cast.cycle}"
        self.book = f"{self.cycle}/notebook"

    async def tell(self, visitor: Visitor, command: dict[str, Any], path: str | None = None) -> Answer:
        return await visitor.post(f"{path or self.path}/commands", {"id": str(uuid4())} | command)

    async def done(self, visitor: Visitor, command: dict[str, Any], path: str | None = None) -> dict[str, Any]:
        answer = await self.tell(visitor, command, path)
        assert answer.status == 200, answer.body
        return command

    async def shown(self, visitor: Visitor, of: str) -> Any:
        return (await visitor.get(self.path)).json["lesson"]["annotations"][of]


@pytest.fixture
def room(cast: Cast) -> Room:
    return Room(cast, cast.lesson)


def edit(of: str, revision: int, body: str, **more: Any) -> dict[str, Any]:
    base = {"type": "edit_annotation", "annotation": of, "revision": revision, "start_ms": 1, "end_ms": None}
    return base | {"body": body, "kind": "note"} | more


async def rows(deps: Deps, cast: Cast) -> str:
    """Every stored text that others could ever be given: all but the notebooks."""
    async with deps.db.read() as tx:
        texts = [
            str(row)
            for table in ("events", "commands", "notices", "jobs", "audit", "lessons", "cycles")
            for row in (await tx.exec_driver_sql(f"SELECT * FROM {table}")).all()
        ]
    return "\n".join(text for text in texts if "notebook/" not in text)


async def everything_heard(deps: Deps, folder: Path, cast: Cast, visitors: Visitors) -> str:
    """Every byte that anybody but the teacher gets: answers, long polls from 0, the socket."""
    streams = (lesson_stream(cast.lesson), cycle_stream(cast.cycle), notebook_stream(cast.cycle, cast.coach))
    paths = (
        f"/api/lessons/{cast.lesson}",
        f"/api/lessons/{cast.lesson}/events?after=0",
        f"/api/cycles/{cast.cycle}",
        f"/api/cycles/{cast.cycle}/events?after=0",
        f"/api/cycles/{cast.cycle}/notebook",
        f"/api/cycles/{cast.cycle}/notebook/events?after=0",
        f"/api/programs/{cast.program}/overview",
        "/api/home",
    )
    others = (visitors.coach, visitors.lead, visitors.second_teacher, visitors.outsider)
    heard = [(await visitor.get(path)).body.decode() for visitor in others for path in paths]
    sockets = folder / uuid4().hex[:8]
    sockets.mkdir()
    async with live_server(deps, sockets) as live, live.visit(visitors.coach.cookie) as follower:
        heard += [
            json.dumps(await follower.hear("events"), ensure_ascii=False)
            for stream in streams
            if (await follower.follow(stream))["version"]
        ]
    return "\n".join(heard)


async def cached_is_fresh(deps: Deps, *streams: str) -> None:
    for stream in streams:
        version, held = await deps.record.state(stream)
        state = FOLDING.initial(stream)
        for one in await deps.record.events(stream, limit=10_000):
            state = FOLDING.evolve(state, Entry(one.version, one.at, one.by, FOLDING.decode(one.type, one.data)))
        assert (version, msgspec.to_builtins(held)) == (state.version, msgspec.to_builtins(state)), stream


async def test_an_edit_is_what_others_see_and_the_text_before_is_its_authors_alone(
    deps: Deps, visitors: Visitors, cast: Cast, room: Room, folder: Path
) -> None:
    said = await room.done(visitors.teacher, annotation(body="canary-before"))
    await room.done(visitors.coach, {"type": "flag_annotation", "annotation": said["annotation"], "flagged": True})
    await deps.record.state(lesson_stream(cast.lesson))

    await room.done(visitors.teacher, edit(said["annotation"], 1, "canary-after", kind="question"))

    shown = await room.shown(visitors.coach, said["annotation"])
    assert (shown["body"], shown["kind"], shown["revision"], shown["flagged"]) == ("canary-after", "question", 2, True)
    heard = await everything_heard(deps, folder, cast, visitors)
    assert "canary-after" in heard
    assert "canary-before" not in heard
    assert "canary-before" not in await rows(deps, cast)
    own = (await visitors.teacher.get(room.path)).json["notebook"]["earlier"]
    assert [text["body"] for text in own[said["annotation"]]] == ["canary-before"]
    assert (await visitors.coach.get(room.path)).json["notebook"]["earlier"] == {}
    await cached_is_fresh(deps, lesson_stream(cast.lesson), notebook_stream(cast.cycle, cast.teacher))
    async with deps.db.read() as tx:
        (account,) = await audit.of_stream(tx, lesson_stream(cast.lesson))
    assert (account.act, account.by) == ("edit", cast.teacher)
    assert "canary" not in account.about


async def test_what_is_removed_is_nowhere_any_more(
    deps: Deps, visitors: Visitors, cast: Cast, room: Room, folder: Path
) -> None:
    """Written as a draft, changed as a draft, published, changed, answered, removed."""
    said = await room.done(visitors.teacher, annotation(body="canary-one", draft=True))
    of = said["annotation"]
    draft = edit(of, 1, "canary-two") | {"type": "edit_draft", "draft": of}
    del draft["annotation"]
    await room.done(visitors.teacher, draft)
    await room.done(visitors.teacher, {"type": "publish_drafts", "drafts": [of]})
    await room.done(visitors.teacher, edit(of, 1, "canary-three"))
    reply = {"type": "add_reply", "annotation": of, "reply": str(uuid4()), "body": "An answer"}
    await room.done(visitors.coach, reply)
    removal = {"id": str(uuid4()), "type": "remove_annotation", "annotation": of}
    assert "canary" in await everything_heard(deps, folder, cast, visitors)

    first, again = [await room.tell(visitors.teacher, removal) for _ in range(2)]
    another = await room.tell(visitors.teacher, {"type": "remove_annotation", "annotation": of})

    assert (first.status, first.json) == (200, again.json)
    assert another.status == 200
    shown = await room.shown(visitors.coach, of)
    assert (shown["body"], [one["body"] for one in shown["replies"]]) == ("", ["An answer"])
    assert shown["removed_at"] is not None
    assert "canary" not in await everything_heard(deps, folder, cast, visitors)
    for path in (room.path, f"{room.path}/events?after=0", room.book, f"{room.book}/events?after=0"):
        assert b"canary" not in (await visitors.teacher.get(path)).body
    async with deps.db.read() as tx:
        stored = await at_once(tx, log.read_whole, await log.under(tx, "n") + await log.under(tx, "l"))
    assert not [event for event in stored if b"canary" in bytes(event.data)]
    await cached_is_fresh(deps, lesson_stream(cast.lesson), notebook_stream(cast.cycle, cast.teacher))


async def test_under_the_id_of_anothers_words_only_ones_own_are_removed(
    deps: Deps, visitors: Visitors, cast: Cast, room: Room
) -> None:
    """An id is its sender's choice: the coach gives a reply and a message the ids of things of the teacher."""
    first, second = [await room.done(visitors.teacher, annotation(body="First")) for _ in range(2)]
    shared = str(uuid4())
    reply = {"type": "add_reply", "reply": shared}
    await room.done(visitors.teacher, reply | {"annotation": first["annotation"], "body": "kept answer"})
    await room.done(visitors.coach, reply | {"annotation": second["annotation"], "body": "canary answer"})
    note = {"type": "write_note", "note": shared, "text": "kept reflection", "revision": 0}
    await room.done(visitors.teacher, note, room.book)
    await room.done(visitors.teacher, {"type": "share_note", "note": shared}, room.book)
    await room.done(visitors.coach, {"type": "send_message", "message": shared, "text": "canary message"}, room.cycle)
    taken = await room.tell(visitors.coach, reply | {"annotation": first["annotation"], "body": "No"})
    assert taken.slug == "id_taken"
    removal = {"type": "remove_reply", "annotation": second["annotation"], "reply": shared}

    await room.done(visitors.coach, removal)
    await room.done(visitors.coach, {"type": "remove_message", "message": shared}, room.cycle)

    stored = await rows(deps, cast)
    assert "canary" not in stored
    assert "kept answer" in stored
    assert "kept reflection" in stored
    await cached_is_fresh(deps, lesson_stream(cast.lesson), cycle_stream(cast.cycle))


async def test_what_is_removed_is_counted_no_more(deps: Deps, visitors: Visitors, cast: Cast, room: Room) -> None:
    stays, goes = [await room.done(visitors.coach, annotation()) for _ in range(2)]

    async def counted() -> int:
        async with deps.db.read() as tx:
            found = await lessons.by_id(tx, cast.lesson)
        assert found is not None
        return found.annotations

    assert await counted() == 2
    await room.done(visitors.coach, {"type": "remove_annotation", "annotation": goes["annotation"]})
    assert await counted() == 1
    await room.done(visitors.teacher, {"type": "flag_annotation", "annotation": stays["annotation"], "flagged": True})
    assert await counted() == 1


async def test_replies_are_changed_and_removed_by_whoever_wrote_them(
    deps: Deps, visitors: Visitors, cast: Cast, room: Room, folder: Path
) -> None:
    said = await room.done(visitors.teacher, annotation())
    named = {"annotation": said["annotation"], "reply": str(uuid4())}
    await room.done(visitors.teacher, {"type": "add_reply", "body": "canary-before"} | named)
    change = {"type": "edit_reply", "revision": 1, "body": "canary-after"} | named
    assert (await room.tell(visitors.coach, change)).slug == "not_yours"
    assert (await room.tell(visitors.coach, {"type": "remove_reply"} | named)).slug == "not_yours"

    await room.done(visitors.teacher, change)
    assert (await room.tell(visitors.teacher, change | {"body": "late"})).slug == "edited_meanwhile"
    heard = await everything_heard(deps, folder, cast, visitors)
    assert "canary-after" in heard
    assert "canary-before" not in heard
    await room.done(visitors.teacher, {"type": "remove_reply"} | named)

    assert "canary" not in await everything_heard(deps, folder, cast, visitors)
    assert "canary" not in (await visitors.teacher.get(room.book)).body.decode()
    assert (await room.tell(visitors.teacher, change | {"revision": 2})).slug == "no_longer_here"
    await cached_is_fresh(deps, lesson_stream(cast.lesson), notebook_stream(cast.cycle, cast.teacher))


async def test_what_cannot_be_is_refused_beside_what_can(visitors: Visitors, room: Room) -> None:
    said, other = [await room.done(visitors.teacher, annotation()) for _ in range(2)]
    of = said["annotation"]
    refused = {
        "not_yours": (visitors.coach, edit(of, 1, "Not mine")),
        "outside_lesson": (visitors.teacher, edit(of, 1, "Look", end_ms=1)),
        "no_such_annotation": (visitors.teacher, edit(str(uuid4()), 1, "Look")),
        "bad_request": (visitors.teacher, edit(of, 1, "x" * 10_001)),
        "no_longer_here": (
            visitors.teacher,
            {"type": "edit_reply", "annotation": of, "reply": str(uuid4())} | {"revision": 1, "body": "Yes"},
        ),
    }
    for slug, (who, command) in refused.items():
        assert (await room.tell(who, command)).slug == slug
    assert (await room.tell(visitors.teacher, edit(of, 1, "x" * 100_000))).slug == "too_large"
    assert (await room.tell(visitors.teacher, edit(of, 1, "hidden\x00end"))).slug == "bad_request"
    assert (await room.tell(visitors.coach, {"type": "remove_annotation", "annotation": of})).slug == "not_yours"

    await room.done(visitors.teacher, {"type": "remove_annotation", "annotation": of})

    reply = {"type": "add_reply", "reply": str(uuid4()), "body": "Yes"}
    gone = [edit(of, 1, "Back"), reply | {"annotation": of}]
    gone += [{"type": "flag_annotation", "annotation": of, "flagged": True}]
    for command in gone:
        assert (await room.tell(visitors.teacher, command)).slug == "no_such_annotation"
    await room.done(visitors.teacher, reply | {"annotation": other["annotation"]})


@pytest.mark.parametrize(
    "body", ["שלום 👩🏽‍🏫 \u202emirrored\u202c", "<b>é</b> e\u0301\nline two", "'; DROP TABLE events; --", "x" * 10_000]
)
async def test_edited_words_come_back_byte_for_byte(visitors: Visitors, room: Room, body: str) -> None:
    said = await room.done(visitors.teacher, annotation())

    await room.done(visitors.teacher, edit(said["annotation"], 1, body))
    assert (await room.shown(visitors.coach, said["annotation"]))["body"] == body
    await room.done(visitors.teacher, edit(said["annotation"], 2, "And again"))

    earlier = (await visitors.teacher.get(room.path)).json["notebook"]["earlier"][said["annotation"]]
    assert [text["body"] for text in earlier] == ["Look", body]


async def test_of_two_pages_that_change_a_text_at_once_the_second_is_told_and_loses_nothing(
    deps: Deps, visitors: Visitors, cast: Cast, room: Room
) -> None:
    said = await room.done(visitors.teacher, annotation())
    of = said["annotation"]

    answers = await asyncio.gather(*(room.tell(visitors.teacher, edit(of, 1, f"Page {n}")) for n in range(6)))

    (taken,) = [n for n, answer in enumerate(answers) if answer.status == 200]
    for answer in answers[:taken] + answers[taken + 1 :]:
        assert answer.slug == "edited_meanwhile"
        assert (answer.json["text"], answer.json["revision"]) == (f"Page {taken}", 2)
    await room.done(visitors.teacher, edit(of, 2, "All of them"))
    await cached_is_fresh(deps, lesson_stream(cast.lesson), notebook_stream(cast.cycle, cast.teacher))


async def test_words_are_taken_back_while_everybody_writes(
    deps: Deps, visitors: Visitors, cast: Cast, room: Room
) -> None:
    """What is read to be rewritten is behind at once; the act is tried again until it is not."""
    mine = [await room.done(visitors.teacher, annotation(body=f"canary {n}")) for n in range(8)]
    changes = [edit(one["annotation"], 1, "calm") for one in mine[:4]]
    changes += [{"type": "remove_annotation", "annotation": one["annotation"]} for one in mine[4:]]

    await asyncio.gather(
        *(room.done(visitors.teacher, change) for change in changes),
        *(room.done(visitors.coach, annotation(body=f"more {n}")) for n in range(30)),
    )

    events = await deps.record.events(lesson_stream(cast.lesson), limit=1_000)
    assert not [event for event in events if b"canary" in bytes(event.data)]
    assert [event.version for event in events] == list(range(1, len(events) + 1))
    await cached_is_fresh(deps, lesson_stream(cast.lesson), notebook_stream(cast.cycle, cast.teacher))


async def test_messages_reflections_notes_and_drafts_go_with_their_words(
    deps: Deps, visitors: Visitors, cast: Cast, room: Room, folder: Path
) -> None:
    message, note, kept, draft = (str(uuid4()) for _ in range(4))
    await room.done(visitors.teacher, {"type": "send_message", "message": message, "text": "canary-m"}, room.cycle)
    for one in (note, kept):
        writing = {"type": "write_note", "note": one, "text": "canary-n", "revision": 0}
        await room.done(visitors.teacher, writing, room.book)
    await room.done(visitors.teacher, {"type": "share_note", "note": note}, room.book)
    await room.done(visitors.teacher, annotation(annotation=draft, body="canary-d", draft=True))
    removals = [
        ({"type": "remove_message", "message": message}, room.cycle),
        ({"type": "remove_reflection", "reflection": note}, room.cycle),
    ]
    for removal, path in removals:
        assert (await room.tell(visitors.coach, removal, path)).slug == "not_yours"
    removals += [
        ({"type": "remove_note", "note": kept}, room.book),
        ({"type": "remove_draft", "draft": draft}, room.book),
    ]

    for removal, path in removals:
        await room.done(visitors.teacher, removal, path)

    assert "canary" not in await everything_heard(deps, folder, cast, visitors)
    for path in (room.book, f"{room.book}/events?after=0", room.cycle):
        assert b"canary" not in (await visitors.teacher.get(path)).body
    cycle = (await visitors.coach.get(room.cycle)).json["cycle"]
    assert (cycle["messages"][message]["text"], cycle["reflections"][note]["text"]) == ("", "")
    await cached_is_fresh(deps, cycle_stream(cast.cycle), notebook_stream(cast.cycle, cast.teacher))


async def test_a_draft_of_another_can_be_neither_changed_nor_removed_nor_found(visitors: Visitors, room: Room) -> None:
    said = await room.done(visitors.teacher, annotation(body="canary", draft=True))
    of = said["annotation"]
    change = {"type": "edit_draft", "draft": of, "revision": 1, "start_ms": 2, "end_ms": None, "body": "x"}
    change |= {"kind": "note"}

    theirs = await room.tell(visitors.coach, change)
    missing = await room.tell(visitors.coach, change | {"draft": str(uuid4())})
    await room.done(visitors.coach, {"type": "remove_draft", "draft": of}, room.book)

    assert (theirs.slug, theirs.json["detail"]) == (missing.slug, missing.json["detail"])
    await room.done(visitors.teacher, change)
    assert (await room.tell(visitors.teacher, change | {"body": "y"})).slug == "edited_meanwhile"
    shown = (await visitors.teacher.get(room.path)).json
    assert (shown["notebook"]["drafts"][of]["body"], shown["notebook"]["drafts"][of]["revision"]) == ("x", 2)
    assert of not in (await visitors.coach.get(room.path)).body.decode()
