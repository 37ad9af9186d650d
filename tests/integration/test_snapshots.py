"""For every command: the old snapshot and the events it emitted make the fresh snapshot."""

from typing import Any, get_args
from uuid import uuid4

import msgspec
import pytest

from service.coaching.folding import CoachingFolding
from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream
from service.web.lessons import LessonCommand
from service.wiring import Deps
from storage import cycles, lessons
from storage.acts import Entry
from tests.fixtures.cast import Cast
from tests.fixtures.observing import COLLEAGUE, until
from tests.fixtures.visitors import Visitors

FOLDING = CoachingFolding()
ANNOTATION = str(uuid4())


def words(**more: Any) -> dict[str, Any]:
    return {"type": "add_annotation", "annotation": ANNOTATION, "start_ms": 1, "body": "Look", "kind": "note"} | more


LET_IN = {"type": "let_observer_in", "observer": str(uuid4()), "email": COLLEAGUE, "until": until()}

# (what, who, path, body, what went before it)
COMMANDS: list[tuple[str, str, str, dict[str, Any], list[tuple[str, dict[str, Any]]]]] = [
    ("add_annotation", "coach", "/api/lessons/{lesson}/commands", words(), []),
    ("add_annotation as a draft", "teacher", "/api/lessons/{private_lesson}/commands", words(), []),
    (
        "add_reply",
        "teacher",
        "/api/lessons/{lesson}/commands",
        {"type": "add_reply", "annotation": ANNOTATION, "reply": str(uuid4()), "body": "Yes"},
        [("/api/lessons/{lesson}/commands", words())],
    ),
    (
        "release_lesson",
        "teacher",
        "/api/lessons/{private_lesson}/commands",
        {"type": "release_lesson"},
        [("/api/lessons/{private_lesson}/commands", words())],
    ),
    ("move_stage", "coach", "/api/cycles/{cycle}/commands", {"type": "move_stage", "stage": "teaching"}, []),
    (
        "add_lesson",
        "teacher",
        "/api/cycles/{cycle}/lessons",
        {"lesson": str(uuid4()), "title": "N", "release": True},
        [],
    ),
    ("let_observer_in", "teacher", "/api/cycles/{cycle}/commands", LET_IN, []),
    (
        "end_observing",
        "teacher",
        "/api/cycles/{cycle}/commands",
        {"type": "end_observing", "observer": LET_IN["observer"]},
        [("/api/cycles/{cycle}/commands", LET_IN)],
    ),
]


def test_every_command_is_here() -> None:
    known = {kind.__struct_config__.tag for kind in get_args(LessonCommand)} | {"move_stage", "add_lesson"}

    assert {name.split()[0] for name, *_ in COMMANDS} == known


async def rows_say_what_the_streams_say(deps: Deps, cast: Cast, streams: list[str]) -> None:
    async with deps.db.read() as tx:
        cycle = await cycles.by_id(tx, cast.cycle)
        found = await lessons.by_ids(tx, [stream.removeprefix("lesson/") for stream in streams])
    assert cycle is not None
    state = (await deps.record.state(cycle_stream(cast.cycle)))[1]
    assert (cycle.stage, cycle.stage_since_at) == (state.stage, state.stage_since)
    assert found
    for row in found:
        told = (await deps.record.state(lesson_stream(row.id)))[1]
        assert (row.state, row.released_at, row.annotations) == (told.state, told.released_at, len(told.annotations))
        assert (row.attempt, row.duration_ms, row.title) == (told.attempt, told.duration_ms, told.title)


@pytest.mark.parametrize(("name", "who", "path", "body", "before"), COMMANDS, ids=[c[0] for c in COMMANDS])
async def test_old_snapshot_and_emitted_events_make_the_fresh_one(
    visitors: Visitors, cast: Cast, deps: Deps, name: str, who: str, path: str, body: dict[str, Any], before: Any
) -> None:
    for earlier_path, earlier in before:
        answer = await visitors.teacher.post(earlier_path.format(**vars(cast)), earlier | {"id": str(uuid4())})
        assert answer.status == 200
    streams = [
        cycle_stream(cast.cycle),
        notebook_stream(cast.cycle, cast.teacher),
        *(lesson_stream(lesson) for lesson in (cast.lesson, cast.private_lesson, body.get("lesson", cast.lesson))),
    ]
    old = {stream: await deps.record.state(stream) for stream in streams}

    answer = await getattr(visitors, who).post(path.format(**vars(cast)), body | {"id": str(uuid4())})

    assert answer.status in (200, 201), answer.body
    emitted = 0
    for stream, (version, snapshot) in old.items():
        state = FOLDING.fork(snapshot)
        for event in await deps.record.events(stream, after=version):
            emitted += 1
            state = FOLDING.evolve(
                state, Entry(event.version, event.at, event.by, FOLDING.decode(event.type, event.data))
            )
        fresh_version, fresh = await deps.record.state(stream)
        assert msgspec.to_builtins(state) == msgspec.to_builtins(fresh)
        assert state.version == fresh_version
    await rows_say_what_the_streams_say(deps, cast, streams)
    assert emitted > 0
    assert answer.json["version"] == (await deps.record.state(answer.json["stream"]))[0]
