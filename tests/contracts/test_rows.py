"""The other tables: what is written comes back the same, and the questions the service asks have the right answers."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy.exc import IntegrityError

from storage import calendar_feeds, cycles, lessons, people, previews, programs, renditions, tables, uploads
from storage.engine import Database, Write, apply, hits
from storage.renditions import Rendition, Segment
from storage.uploads import Upload
from tests.fixtures.database import NOW, with_a_lesson

LATER = NOW + timedelta(hours=1)


async def write(db: Database, *writes: Write) -> None:
    async with db.write() as tx:
        await apply(tx, writes)


def test_instants_are_exact_to_the_millisecond_and_never_naive() -> None:
    assert tables.from_ms(tables.to_ms(NOW)) == NOW
    assert tables.to_ms(tables.EPOCH - timedelta(milliseconds=1)) == -1
    with pytest.raises(TypeError):
        tables.to_ms(NOW.replace(tzinfo=None))


async def test_people_by_id_and_by_address(db: Database) -> None:
    await with_a_lesson(db)
    await write(db, people.deactivate("cleo", LATER))
    async with db.read() as tx:
        ana = await people.by_id(tx, "ana")
        assert ana is not None
        assert (ana.email, ana.created_at, ana.deactivated_at) == ("Ana@example.org", NOW, None)
        assert await people.by_email(tx, "ana@EXAMPLE.org") == ana
        assert await people.by_email(tx, "nobody@example.org") is None
        assert set(await people.by_ids(tx, ["ana", "bo", "nobody", "ana"])) == {"ana", "bo"}
        assert [(p.name, p.deactivated_at) for p in await people.everyone(tx)][2] == ("Cleo", LATER)
    with pytest.raises(IntegrityError):
        await write(db, people.add(people.Person("eve", "Eve", "ANA@example.org", "UTC", "en", NOW)))


async def test_programs_and_who_is_in_them(db: Database) -> None:
    await with_a_lesson(db)
    await write(db, programs.join("north", "bo", "lead"))
    async with db.read() as tx:
        assert [(p.name, p.role) for p in await programs.of_person(tx, "bo")] == [("North", "coach"), ("North", "lead")]
        assert await programs.roles(tx, "north", "cleo") == frozenset()
        assert await programs.roles(tx, "south", "cleo") == {"lead"}
        assert [m.person_id for m in await programs.members(tx, "north")] == ["ana", "bo", "bo"]
        assert [p.name for p in await programs.everything(tx)] == ["North", "South"]
    await write(db, programs.leave("north", "bo", "lead"))
    async with db.read() as tx:
        assert await programs.roles(tx, "north", "bo") == {"coach"}


FOLLOWED: dict[str, Any] = {
    "coach_id": "bo",
    "stage": "planning",
    "stage_since_at": LATER,
    "focus_category": None,
    "closed_at": None,
    "due_at": None,
    "paused_since_at": None,
    "cancelled_at": None,
    "waiting_on": "coach",
    "next_at": None,
    "meetings_planned": 0,
    "meetings_held": 0,
    "commitments": 0,
    "commitments_open": 0,
    "turnaround_ms": None,
    "paused_ms": 0,
    "meeting_at": None,
    "commitment_at": None,
    "closing_asked_by": None,
    "proposed_coach_id": None,
    "next_id": None,
}


async def test_a_cycle_moves_and_the_overview_counts(db: Database) -> None:
    await with_a_lesson(db)
    await write(
        db,
        lessons.add(lessons.Lesson("m", "c", "ana", "Angles", LATER)),
        lessons.follow("l", state="waiting", released_at=LATER, annotations=3, attempt=None, duration_ms=None),
        lessons.follow("m", state="waiting", released_at=None, annotations=4, attempt=None, duration_ms=None),
        cycles.follow("c", FOLLOWED | {"stage": "review", "focus_category": "questioning", "meetings_planned": 2}),
        cycles.add(cycles.Cycle("d", "north", "ana", "bo", 2, "planning", NOW, "open", None, NOW)),
        cycles.add(cycles.Cycle("e", "south", "ana", "cleo", 1, "planning", NOW, "open", None, NOW)),
    )
    async with db.read() as tx:
        empty, moved = await cycles.overview(tx, "north")
        assert (empty.id, empty.released, empty.annotations) == ("d", 0, 0)
        assert (moved.id, moved.teacher_name, moved.coach_name, moved.number) == ("c", "Ana", "Bo", 1)
        assert (moved.stage, moved.stage_since_at, moved.focus_category) == ("review", LATER, "questioning")
        assert (moved.meetings_planned, moved.meetings_held, moved.waiting_on) == (2, 0, "coach")
        assert (moved.released, moved.annotations) == (1, 3)
        assert (moved.proposed_coach_id, moved.proposed_coach_name) == (None, None)
        assert {c.id for c in await cycles.by_ids(tx, ["c", "e", "none"])} == {"c", "e"}
        assert await cycles.by_id(tx, "none") is None
        assert [lesson.id for lesson in await lessons.of_cycles(tx, ["c"])] == ["l", "m"]
    await write(db, cycles.follow("c", FOLLOWED | {"proposed_coach_id": "cleo"}))
    async with db.read() as tx:
        _, proposed = await cycles.overview(tx, "north")
        assert (proposed.id, proposed.proposed_coach_name) == ("c", "Cleo")
    await write(db, cycles.follow("c", FOLLOWED | {"stage": "closed", "closed_at": LATER}))
    async with db.read() as tx:
        closed = await cycles.by_id(tx, "c")
        assert closed is not None
        assert closed.closed_at == LATER


async def test_a_lesson_from_waiting_to_ready(db: Database) -> None:
    await with_a_lesson(db)
    await write(
        db,
        lessons.follow("l", state="preparing", released_at=None, annotations=0, attempt=None, duration_ms=None),
        lessons.follow("l", state="ready", released_at=None, annotations=0, attempt=2, duration_ms=90_000),
        lessons.set_original("l", "lessons/l/original", 1 << 33),
    )
    async with db.read() as tx:
        lesson = await lessons.by_id(tx, "l")
        assert lesson is not None
        assert (lesson.state, lesson.attempt, lesson.duration_ms) == ("ready", 2, 90_000)
        assert (lesson.original_key, lesson.original_bytes) == ("lessons/l/original", 1 << 33)
        assert await lessons.by_ids(tx, ["l", "none"]) == [lesson]


async def test_an_upload_from_open_to_assembled(db: Database) -> None:
    await with_a_lesson(db)

    def upload(upload_id: str, fingerprint: str) -> Write:
        return uploads.add(
            Upload(
                upload_id, "l", "ana", "original", "open", None, "a.mp4", "video/mp4", fingerprint, None, None, NOW, NOW
            )
        )

    await write(db, upload("u", "same"), upload("v", "other"))
    async with db.read() as tx:
        found = await uploads.open_with_fingerprint(tx, "l", "same")
        assert found is not None
        assert found.id == "u"
        assert await uploads.open_with_fingerprint(tx, "l", "unknown") is None
        assert await uploads.open_with_fingerprint(tx, "m", "same") is None
    await write(
        db,
        uploads.complete("u", size=12, blocks=[{"offset": 0, "end": 12, "sha256": "ab"}], at=LATER),
        uploads.assembled("u", sha256="ff", at=LATER),
    )
    async with db.write() as tx:
        assert await uploads.grant(tx, "v", size=60, most=100, at=NOW)
        assert not await uploads.grant(tx, "v", size=60, most=100, at=NOW)
        assert await uploads.recount(tx, "v", granted=10, at=NOW)
        assert await uploads.grant(tx, "v", size=60, most=100, at=LATER)
        assert not await uploads.grant(tx, "u", size=1, most=100, at=LATER)
        assert not await uploads.recount(tx, "u", granted=0, at=LATER)
    async with db.read() as tx:
        done = await uploads.by_id(tx, "u")
        assert done is not None
        assert (done.state, done.size, done.sha256, done.ended_at) == ("assembled", 12, "ff", LATER)
        assert done.cover == '[{"offset":0,"end":12,"sha256":"ab"}]'
        assert await uploads.open_with_fingerprint(tx, "l", "same") is None
        assert [u.id for u in await uploads.of_lessons(tx, ["l"])] == ["u", "v"]
        assert await uploads.abandoned(tx, LATER) == []
        assert [u.id for u in await uploads.abandoned(tx, LATER + timedelta(seconds=1))] == ["v"]
    await write(db, uploads.end("v", "cancelled", LATER))
    async with db.read() as tx:
        assert await uploads.abandoned(tx, LATER + timedelta(seconds=1)) == []


async def test_what_a_person_and_a_program_have_under_way(db: Database) -> None:
    await with_a_lesson(db)
    base = Upload("u", "l", "ana", "original", "open", 1 << 40, "a.mp4", "", None, None, None, NOW, NOW)
    growing = msgspec.structs.replace(base, id="v", role="recording", size=None, granted_bytes=70, created_at=LATER)
    beside = msgspec.structs.replace(base, id="w", lesson_id=None, cycle_id="c", role="resource", size=5)
    await write(db, uploads.add(base), uploads.add(growing), uploads.add(beside))
    await write(db, lessons.set_original("l", "key", 300))
    async with db.read() as tx:
        assert [one.id for one in await uploads.open_of(tx, "ana")] == ["u", "w", "v"]
        assert await uploads.bytes_of_person(tx, "ana") == (1 << 40) + 75
        assert await uploads.bytes_of_person(tx, "bo") == 0
        program = (await tx.exec_driver_sql("SELECT program_id FROM cycles WHERE id = 'c'")).scalar_one()
        assert await uploads.bytes_of_program(tx, program) == (1 << 40) + 375
        assert await uploads.bytes_of_program(tx, "none") == 0
        assert await uploads.ends(tx, ["u", "none"]) == {"u": ("open", None)}
    since = NOW - timedelta(seconds=1)
    async with db.write() as tx:
        for require, held in (
            (uploads.fewer_open("ana", 2, held=1 << 41), False),
            (uploads.fewer_open("ana", 3, held=1 << 41), True),
            (uploads.fewer_open("ana", 3, held=(1 << 40) + 75), True),
            (uploads.fewer_open("ana", 3, held=(1 << 40) + 74), False),
            (uploads.under_way_still("c", since, 0), False),
            (uploads.under_way_still("c", since, 1), True),
        ):
            found = (await tx.execute(require.with_for_update())).first()  # as the record asks
            assert (found is not None) == held
    kept = uploads.kept("w", sha256="ff", name="w", content_type="", at=LATER)
    await write(db, kept, uploads.end("u", "cancelled", LATER))
    async with db.read() as tx:
        assert await uploads.bytes_of_person(tx, "ana") == 70
        assert await uploads.bytes_of_program(tx, program) == 375


async def test_a_warning_counts_while_nobody_goes_on(db: Database) -> None:
    await with_a_lesson(db)
    upload = Upload("u", "l", "ana", "original", "open", 9, "a.mp4", "", None, None, None, NOW, NOW)
    await write(db, uploads.add(upload))
    async with db.write() as tx:
        assert await hits(tx, uploads.warn(upload, LATER)) == 1
        assert await hits(tx, uploads.warn(upload, LATER)) == 0  # by another process that has not seen it: one letter
        assert (await tx.execute(uploads.untouched(upload))).first() is not None
        assert await uploads.grant(tx, "u", size=1, most=100, at=LATER)
        assert await hits(tx, uploads.warn(upload, LATER)) == 0
        assert (await tx.execute(uploads.untouched(upload))).first() is None
        found = await uploads.by_id(tx, "u")
    assert found is not None
    assert (found.warned_at, found.seen_at) == (LATER, LATER)
    much_later = LATER + timedelta(days=12)
    await write(db, uploads.touch("u", much_later))
    async with db.write() as tx:
        assert await hits(tx, uploads.warn(msgspec.structs.replace(found, seen_at=much_later), much_later)) == 1
    await write(db, uploads.end("u", "cancelled", much_later))
    async with db.write() as tx:
        assert await hits(tx, uploads.touch("u", much_later)) == 0


async def test_whether_there_is_more_of_a_lesson_than_its_sound(db: Database) -> None:
    await with_a_lesson(db)
    early = Rendition("l", 1, "sound", "audio", "mp4a.40.2", None, None, 56_000, "init")
    await write(db, renditions.add(early))
    async with db.read() as tx:
        assert not await renditions.any_but(tx, "l", "sound")
    await write(db, renditions.add(msgspec.structs.replace(early, attempt=2, name="audio")))
    async with db.write() as tx:
        assert await renditions.any_but(tx, "l", "sound")
        assert not await renditions.any_but(tx, "none", "sound")
        newest = await renditions.newest_attempt(tx, "l")
        assert await renditions.attempts_above(tx, "l", newest - 1, "sound") == [newest]
        assert await renditions.attempts_above(tx, "l", newest, "sound") == []
        assert (await tx.execute(lessons.hold("l"))).first() is not None


async def test_renditions_grow_segment_by_segment(db: Database) -> None:
    await with_a_lesson(db)
    sound = Rendition("l", 1, "audio", "audio", "mp4a.40.2", None, None, 56_000, "lessons/l/1-audio-init.mp4")
    small = Rendition("l", 1, "360", "video", "avc1.4d401e", 640, 360, 600_000, "lessons/l/1-360-init.mp4")
    pieces = [Segment("l", 1, "360", n, 4_000_000, f"lessons/l/1-360-{n}.m4s", 300_000) for n in (0, 1, 2)]
    await write(
        db, renditions.add(sound), renditions.add(small), *[renditions.add_segment(p) for p in reversed(pieces)]
    )
    async with db.read() as tx:
        assert await renditions.of_attempt(tx, "l", 1) == [small, sound]
        assert await renditions.segments(tx, "l", 1, "360") == pieces
        assert await renditions.segments(tx, "l", 2, "360") == []
    with pytest.raises(IntegrityError):
        await write(db, renditions.add_segment(pieces[0]))
    with pytest.raises(IntegrityError):
        await write(db, renditions.add_segment(Segment("l", 2, "360", 0, 1, "x", 1)))
    await write(
        db,
        renditions.place_segment(pieces[1], start_byte=301_000, size=299_000),
        renditions.finish(small, object_key="lessons/l/1-360.mp4", object_bytes=900_000),
    )
    async with db.read() as tx:
        finished = (await renditions.of_attempt(tx, "l", 1))[0]
        assert (finished.finished, finished.object_bytes, finished.bandwidth) == (True, 900_000, 600_000)
        assert [s.start_byte for s in await renditions.segments(tx, "l", 1, "360")] == [None, 301_000, None]
    await write(db, *renditions.drop_attempt("l", 1))
    async with db.read() as tx:
        assert await renditions.of_attempt(tx, "l", 1) == []


async def test_previews_belong_to_an_attempt(db: Database) -> None:
    await with_a_lesson(db)
    film = previews.Preview("l", 1, 2, 160, 90, 6000)
    sound = previews.Preview("l", 2, 0, None, None, 6000)
    await write(db, previews.add(film), previews.add(sound))
    with pytest.raises(IntegrityError):
        await write(db, previews.add(film))
    await write(db, previews.drop_attempt("l", 3), previews.drop_attempt("l", 1))
    async with db.read() as tx:
        assert await previews.of_attempt(tx, "l", 1) is None
        assert await previews.of_attempt(tx, "l", 2) == sound


async def test_a_lesson_needs_its_cycle(db: Database) -> None:
    with pytest.raises(IntegrityError):
        await write(db, lessons.add(lessons.Lesson("m", "no such cycle", "ana", "x", NOW)))


async def test_a_person_has_one_calendar_feed(db: Database) -> None:
    await with_a_lesson(db)
    made = [calendar_feeds.CalendarFeed(person, token, NOW) for person, token in (("ana", "a1"), ("bo", "b"))]
    await write(db, *map(calendar_feeds.put, made))
    await write(db, calendar_feeds.put(calendar_feeds.CalendarFeed("ana", "a2", LATER)))
    async with db.read() as tx:
        assert await calendar_feeds.find(tx, "a1") is None
        assert await calendar_feeds.find(tx, "a2") == await calendar_feeds.of_person(tx, "ana")
        assert await calendar_feeds.find(tx, "b") == made[1]
    async with db.write() as tx:
        assert await hits(tx, calendar_feeds.remove("ana")) == 1
        assert await hits(tx, calendar_feeds.remove("ana")) == 0
    async with db.read() as tx:
        assert await calendar_feeds.of_person(tx, "ana") is None
        assert await calendar_feeds.of_person(tx, "bo") is not None
