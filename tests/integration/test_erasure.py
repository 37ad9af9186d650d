"""Erasing every word of one person: theirs are nowhere, everybody else's are where they were, on both databases."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from service.actions.erasing import erase_words
from service.actions.media import WORKER
from service.coaching.folding import CoachingFolding
from service.coaching.plans import ResourceAdded
from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream
from service.wiring import Deps
from storage import audit, lessons, log, uploads
from storage.acts import Act, Entry, Outcome
from tests.fixtures.cast import Cast
from tests.fixtures.commands import farfield
from tests.fixtures.either import deps
from tests.fixtures.visitors import Visitor, Visitors

__all__ = ["deps"]
FOLDING = CoachingFolding()
NAMES = {"teacher": "canary-t", "coach": "canary-c"}


async def write(deps: Deps, cast: Cast, who: str, visitor: Visitor) -> dict[str, str]:
    """A word of this person in everything that they can write. Answers with the ids."""
    word = NAMES[who]
    lesson, cycle, book = (
        f"/api/lessons/{cast.lesson}",
        f"/api/cycles/{cast.cycle}",
        f"/api/cycles/{cast.cycle}/notebook",
    )
    ids = {name: str(uuid4()) for name in ("question", "meeting", "annotation", "reply", "draft", "note", "shared")}
    ids |= {name: str(uuid4()) for name in ("offer", "message", "commitment", "proposal")}
    soon = (deps.clock() + timedelta(days=3)).isoformat()
    at = {"start_ms": 1, "kind": "note"}
    commands: list[tuple[str, dict[str, Any]]] = [
        (cycle, {"type": "write_question", "question": ids["question"], "text": f"{word} why", "revision": 0}),
        (
            cycle,
            {"type": "write_plan", "field": "look_fors" if who == "coach" else "goal", "text": word, "revision": 0},
        ),
        (cycle, {"type": "write_about", "text": word, "revision": 0}),
        (cycle, {"type": "send_message", "message": ids["message"], "text": word}),
        (
            cycle,
            {"type": "plan_meeting", "meeting": ids["meeting"], "kind": "planning", "start": soon, "minutes": 30}
            | {"place": word},
        ),
        (cycle, {"type": "write_agenda", "meeting": ids["meeting"], "text": word, "revision": 0}),
        (cycle, {"type": "write_meeting_notes", "meeting": ids["meeting"], "text": word, "revision": 0}),
        (cycle, {"type": "write_debrief_notes", "text": word, "revision": 0}),
        (
            cycle,
            {
                "type": "make_commitment",
                "commitment": ids["commitment"],
                "text": word,
                "measure": word,
                "due": soon[:10],
            },
        ),
        (book, {"type": "write_note", "note": ids["note"], "text": word, "revision": 0}),
        (book, {"type": "write_note", "note": ids["shared"], "text": word, "revision": 0}),
        (book, {"type": "share_note", "note": ids["shared"]}),
        (lesson, at | {"type": "add_annotation", "annotation": ids["annotation"], "body": word}),
        (
            lesson,
            at
            | {
                "type": "edit_annotation",
                "annotation": ids["annotation"],
                "revision": 1,
                "end_ms": None,
                "body": f"{word} again",
            },
        ),
        (lesson, at | {"type": "add_annotation", "annotation": ids["draft"], "body": word, "draft": True}),
        (lesson, {"type": "add_reply", "annotation": ids["annotation"], "reply": ids["reply"], "body": word}),
    ]
    for path, command in commands:
        answer = await visitor.post(f"{path}/commands", {"id": str(uuid4())} | command)
        assert answer.status == 200, (command, answer.body)
    return ids


async def ask(visitor: Visitor, cast: Cast, question: str, body: str) -> str:
    """An annotation to somebody's question, which it copies."""
    said = {"id": str(uuid4()), "type": "add_annotation", "annotation": str(uuid4()), "start_ms": 2, "kind": "note"}
    command = said | {"body": body, "question": question}
    assert (await visitor.post(f"/api/lessons/{cast.lesson}/commands", command)).status == 200
    return str(said["annotation"])


async def stored(deps: Deps) -> str:
    async with deps.db.read() as tx:
        texts = [
            str(row)
            for table in ("events", "commands", "notices", "jobs", "audit", "lessons", "cycles", "uploads")
            for row in (await tx.exec_driver_sql(f"SELECT * FROM {table}")).all()
        ]
    return "\n".join(texts)


@pytest.mark.parametrize(("gone", "stays"), [("coach", "teacher"), ("teacher", "coach")])
async def test_the_words_of_one_are_nowhere_and_those_of_the_other_stay(
    deps: Deps, visitors: Visitors, cast: Cast, gone: str, stays: str
) -> None:
    theirs = await write(deps, cast, gone, getattr(visitors, gone))
    others = await write(deps, cast, stays, getattr(visitors, stays))
    copying = await ask(getattr(visitors, stays), cast, theirs["question"], "about your question")
    streams = [lesson_stream(cast.lesson), cycle_stream(cast.cycle)]
    streams += [notebook_stream(cast.cycle, person) for person in (cast.teacher, cast.coach)]
    held = {stream: await deps.record.state(stream) for stream in streams}
    before = await stored(deps)
    assert before.count(NAMES[gone]) > 15

    done = await erase_words(deps, getattr(cast, gone))

    after = await stored(deps)
    assert NAMES[gone] not in after
    assert after.count(NAMES[stays]) == before.count(NAMES[stays])
    for visitor in (visitors.teacher, visitors.coach):
        for path in ("lessons/" + cast.lesson, "cycles/" + cast.cycle, f"cycles/{cast.cycle}/notebook"):
            for more in ("", "/events?after=0"):
                assert NAMES[gone].encode() not in (await visitor.get(f"/api/{path}{more}")).body
    shown = (await getattr(visitors, stays).get(f"/api/lessons/{cast.lesson}")).json["lesson"]["annotations"]
    assert (shown[copying]["body"], shown[copying]["question"]["text"]) == ("about your question", "")
    kept = shown[theirs["annotation"]]
    assert (kept["body"], kept["by"], kept["revision"]) == ("", getattr(cast, gone), 2)
    assert shown[others["annotation"]]["body"] == f"{NAMES[stays]} again"
    for stream, (version, state) in held.items():
        later = [
            Entry(one.version, one.at, one.by, FOLDING.decode(one.type, one.data))
            for one in await deps.record.events(stream, after=version)
        ]
        assert [type(one.data).__name__ for one in later] in (["WordsErased"], [])
        told, fresh = FOLDING.fork(state), FOLDING.initial(stream)
        for entry in later:
            told = FOLDING.evolve(told, entry)
        for one in await deps.record.events(stream, limit=1_000):
            data = FOLDING.decode(one.type, one.data)
            fresh = FOLDING.evolve(fresh, Entry(one.version, one.at, one.by, data))
        now = (await deps.record.state(stream))[1]
        assert msgspec.to_builtins(told) == msgspec.to_builtins(fresh) == msgspec.to_builtins(now)
        async with deps.db.read() as tx:
            accounts = [one for one in await audit.of_stream(tx, stream) if one.act == "erase"]
        assert (len(accounts), len(later)) in ((1, 1), (0, 0))
    async with deps.db.read() as tx:
        row = await lessons.by_id(tx, cast.lesson)
    assert row is not None
    assert row.title == ("" if gone == "teacher" else "A demo lesson")
    assert done.streams >= 3
    assert (await erase_words(deps, getattr(cast, gone))).events == 0


async def test_somebody_who_copies_a_question_meanwhile_keeps_no_copy(
    deps: Deps, visitors: Visitors, cast: Cast
) -> None:
    theirs = await write(deps, cast, "coach", visitors.coach)

    await asyncio.gather(
        erase_words(deps, cast.coach),
        *(ask(visitors.teacher, cast, theirs["question"], f"mine {n}") for n in range(25)),
    )

    assert NAMES["coach"] not in await stored(deps)
    events = await deps.record.events(lesson_stream(cast.lesson), limit=1_000)
    assert [event.version for event in events] == list(range(1, len(events) + 1))
    assert sum(b'"body":"mine' in bytes(event.data) for event in events) == 25


async def test_the_name_of_a_file_is_gone_also_where_they_wrote_nothing_else(deps: Deps, cast: Cast) -> None:
    name, stream = "canary-x.pdf", cycle_stream(cast.closed_cycle)
    file = uploads.Upload(
        id=str(uuid4()),
        lesson_id=None,
        cycle_id=cast.closed_cycle,
        person_id=cast.coach,
        role="resource",
        state="assembled",
        size=9,
        name=name,
        content_type="application/pdf",
        fingerprint=None,
        cover=None,
        sha256=None,
        created_at=deps.clock(),
        seen_at=deps.clock(),
    )
    added = ResourceAdded(file.id, name, file.content_type, 9, cast.coach)
    act = Act(by=WORKER, streams=(stream,), decide=lambda *_: Outcome({stream: [added]}, [uploads.add(file)]))
    await deps.record.act(act)
    assert name in await stored(deps)

    await erase_words(deps, cast.coach)

    assert name not in await stored(deps)
    assert (await deps.record.state(stream))[1].resources[file.id].name == ""


async def test_the_command_asks_first_and_then_says_what_it_did(deps: Deps, visitors: Visitors, cast: Cast) -> None:
    await write(deps, cast, "teacher", visitors.teacher)
    environ = {"FARFIELD_DATA_DIR": str(deps.config.data_dir), "FARFIELD_DATABASE_URL": deps.config.database_url}
    before = await stored(deps)

    unanswered = await farfield("person", "erase-words", "teacher@demo.invalid", environ=environ)
    nobody = await farfield("person", "erase-words", "n@demo.invalid", "--yes", environ=environ)

    assert (unanswered.code, nobody.code) == (2, 2)
    assert "Empty every word of Demo teacher" in unanswered.err
    assert await stored(deps) == before
    done = await farfield("person", "erase-words", "teacher@demo.invalid", "--yes", environ=environ)
    again = await farfield("person", "erase-words", "teacher@demo.invalid", "--yes", environ=environ)
    assert (done.code, again.code) == (0, 0)
    assert "are gone" in done.out
    assert "no word" in again.out
    assert NAMES["teacher"] not in await stored(deps)
    # The server that runs beside it folds what the other process wrote.
    shown = await visitors.coach.get(f"/api/cycles/{cast.cycle}")
    assert NAMES["teacher"].encode() not in shown.body
    async with deps.db.read() as tx:
        assert await log.written_by(tx, cast.teacher)
