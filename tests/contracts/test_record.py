"""What the writer promises: no gaps, commands done once, refusals without trace, nothing said before the commit."""

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import false, insert, literal, select, text

from storage import jobs, lessons, tables
from storage.bus import InProcessBus
from storage.engine import Database, Write
from storage.record import Act, CommandReused, DatabaseUnavailable, Outcome, Record, Superseded, WriteRefused
from tests.fixtures.database import NOW, Place, with_a_lesson
from tests.fixtures.ledger import LedgerFolding, Noted, Refused, note

S = "lesson/l"


async def together(record: Record, *acts: Act) -> list[Any]:
    """Send acts so that they wait together and are taken in one batch."""
    return list(await asyncio.gather(*(record.act(act) for act in acts), return_exceptions=True))


async def test_an_act_is_answered_and_its_event_is_in_the_stream(record: Record) -> None:
    acted = await record.act(note(S, "a", command="k1"))
    assert acted.answer == {"note": "a"}
    assert acted.versions == {S: 1}
    assert not acted.replayed
    (event,) = await record.events(S)
    assert (event.stream, event.version, event.type, event.by, event.at) == (S, 1, "noted", "ana", NOW)
    assert b'"text":"hello"' in bytes(event.data)
    version, state = await record.state(S)
    assert (version, state.notes) == (1, {"a": "hello"})


async def test_an_empty_stream_is_at_version_0(record: Record) -> None:
    version, state = await record.state("lesson/none")
    assert (version, state.notes) == (0, {})
    assert await record.events("lesson/none") == []


async def test_many_callers_leave_no_gap(record: Record, place: Place) -> None:
    streams = [f"lesson/{n}" for n in range(7)]
    answers = await together(record, *[note(streams[n % 7], str(n), command=f"k{n}") for n in range(700)])
    for stream in streams:
        events = await record.events(stream, limit=1000)
        assert [e.version for e in events] == list(range(1, 101))
        assert sorted(a.versions[stream] for a in answers if stream in a.versions) == list(range(1, 101))
    assert place.rows("SELECT count(*) FROM commands") == [(700,)]


async def test_events_after_a_version(record: Record) -> None:
    await together(record, *[note(S, str(n)) for n in range(10)])
    assert [e.version for e in await record.events(S, after=4, limit=3)] == [5, 6, 7]
    assert await record.events(S, after=10) == []


async def test_one_act_appends_to_several_streams_or_to_none(record: Record, db: Database) -> None:
    await with_a_lesson(db)
    both = Act(
        by="ana",
        streams=("notebook/c/ana", S),
        decide=lambda states, at: Outcome({"notebook/c/ana": [Noted("a", "x")], S: [Noted("a", "x"), Noted("b", "y")]}),
    )
    assert (await record.act(both)).versions == {"notebook/c/ana": 1, S: 2}
    poisonous = Act(
        by="ana",
        streams=("notebook/c/ana", S),
        decide=lambda states, at: Outcome(
            {"notebook/c/ana": [Noted("c", "x")], S: [Noted("c", "x")]},
            writes=[lessons.add(lessons.Lesson("l", "c", "ana", "taken id", at))],
        ),
    )
    with pytest.raises(WriteRefused):
        await record.act(poisonous)
    assert (await record.state("notebook/c/ana"))[0] == 1
    assert (await record.state(S))[0] == 2


async def test_the_same_command_again_gets_the_stored_answer(record: Record, db: Database, bus: InProcessBus) -> None:
    first = await record.act(note(S, "a", command="k"))
    await record.act(note(S, "b"))
    again = await record.act(note(S, "a", command="k"))
    assert again.replayed
    assert (again.answer, again.versions) == (first.answer, first.versions)
    assert (await record.state(S))[0] == 2
    # Also after a restart, when nothing is in memory.
    other = Record(db, bus, LedgerFolding(), lambda: NOW)
    await other.start()
    assert (await other.act(note(S, "a", command="k"))).versions == {S: 1}
    await other.close()


async def test_the_same_command_with_another_body_is_refused(record: Record) -> None:
    await record.act(note(S, "a", command="k"))
    with pytest.raises(CommandReused):
        await record.act(note(S, "b", command="k"))
    assert (await record.state(S))[0] == 1


async def test_command_ids_belong_to_a_person(record: Record) -> None:
    await record.act(note(S, "a", command="k", by="ana"))
    assert not (await record.act(note(S, "b", command="k", by="bo"))).replayed


async def test_a_command_twice_in_one_batch_is_done_once(record: Record, caplog: pytest.LogCaptureFixture) -> None:
    first, again = await together(record, note(S, "a", command="k"), note(S, "a", command="k"))
    assert (first.replayed, again.replayed) == (False, True)
    assert first.versions == again.versions == {S: 1}
    assert "record.batch_retried" not in caplog.text


async def test_a_command_id_with_two_bodies_in_one_batch(record: Record, place: Place) -> None:
    first, again, other = await together(
        record, note(S, "a", command="k"), note(S, "a", command="k"), note(S, "b", command="k")
    )
    assert (first.replayed, again.replayed) == (False, True)
    assert first.versions == again.versions
    assert isinstance(other, CommandReused)
    assert place.rows("SELECT count(*) FROM events") == [(1,)]


async def test_a_refusal_is_not_stored_and_leaves_no_trace(record: Record, place: Place) -> None:
    await record.act(note(S, "a"))
    fine, refused, later = await together(record, note(S, "b"), note(S, "a", command="k"), note(S, "c"))
    assert isinstance(refused, Refused)
    assert (fine.versions, later.versions) == ({S: 2}, {S: 3})
    assert place.rows("SELECT count(*) FROM commands") == [(0,)]
    # The command may be sent again, and then another state decides.
    with pytest.raises(Refused):
        await record.act(note(S, "a", command="k"))


async def test_an_act_sees_the_acts_before_it_in_the_batch(record: Record) -> None:
    first, second = await together(record, note(S, "a"), note(S, "a"))
    assert first.versions == {S: 1}
    assert isinstance(second, Refused)


async def test_a_poisonous_act_fails_alone(record: Record, db: Database, place: Place) -> None:
    await with_a_lesson(db)
    taken = (lessons.add(lessons.Lesson("l", "c", "ana", "taken id", NOW)),)
    poison = Act(
        by="ana",
        streams=(S,),
        decide=lambda states, at: Outcome({S: [Noted("p", "x")]}, writes=taken),
        command=("kp", b"p"),
    )
    before, failed, after = await together(record, note(S, "a", command="ka"), poison, note(S, "b", command="kb"))
    assert isinstance(failed, WriteRefused)
    assert (before.versions, after.versions) == ({S: 1}, {S: 2})
    assert set((await record.state(S))[1].notes) == {"a", "b"}
    assert sorted(place.rows("SELECT id FROM commands")) == [("ka",), ("kb",)]


@pytest.mark.parametrize("where", ["project", "encode", "unnamed stream"])
async def test_an_act_that_breaks_after_deciding_fails_alone(record: Record, where: str) -> None:
    class Unencodable:
        pass

    def project(states: Any, at: Any) -> list[Write]:
        assert "p" in states[S].notes  # by now the fork is changed
        raise ZeroDivisionError

    data: Sequence[Any] = [Unencodable()] if where == "encode" else [Noted("p", "x")]
    broken = Act(
        by="ana",
        streams=(S,),
        decide=lambda states, at: Outcome({"other" if where == "unnamed stream" else S: data}),
        project=project if where == "project" else None,
    )
    before, failed, after = await together(record, note(S, "a"), broken, note(S, "b"))
    assert isinstance(failed, Exception)
    assert (before.versions, after.versions) == ({S: 1}, {S: 2})
    assert set((await record.state(S))[1].notes) == {"a", "b"}


DEFER = {"sqlite": "PRAGMA defer_foreign_keys=ON", "postgresql": "SET CONSTRAINTS ALL DEFERRED"}


async def test_a_failed_commit_answers_and_wakes_nobody_wrongly(
    record: Record, db: Database, bus: InProcessBus, place: Place
) -> None:
    """A foreign key checked only at COMMIT: every statement succeeds and the commit itself fails."""
    await with_a_lesson(db)
    if db.kind == "postgresql":
        place.run("ALTER TABLE lessons ALTER CONSTRAINT fk_lessons_cycle_id_cycles DEFERRABLE")
    await record.act(note(S, "z"))
    woken: list[tuple[str, int]] = []
    bus.listen(lambda stream, version: woken.append((stream, version)))
    late: list[Write] = [
        (text(DEFER[db.kind]), {}),
        lessons.add(lessons.Lesson("m", "no such cycle", "ana", "x", NOW)),
    ]
    failing = Act(
        by="ana", streams=("lesson/m",), decide=lambda states, at: Outcome({"lesson/m": [Noted("p", "x")]}, writes=late)
    )
    fine, failed, again = await together(record, note(S, "a", command="k"), failing, note(S, "a", command="k"))
    assert isinstance(failed, WriteRefused)
    assert (fine.versions, fine.replayed, again.versions, again.replayed) == ({S: 2}, False, {S: 2}, True)
    assert await record.events("lesson/m") == []
    assert (await record.state("lesson/m"))[0] == 0
    assert woken == [(S, 2)]
    assert place.rows("SELECT count(*) FROM events") == [(2,)]


async def test_wakes_come_after_the_commit(record: Record, bus: InProcessBus, place: Place) -> None:
    heard: list[tuple[str, int, int]] = []

    def listener(stream: str, version: int) -> None:
        ((committed,),) = place.rows(f"SELECT count(*) FROM events WHERE stream = '{stream}'")
        heard.append((stream, version, committed))

    stop = bus.listen(listener)
    await together(record, note(S, "a"), note(S, "b"), note("lesson/m", "c"), note("lesson/m", "c"))
    assert sorted(heard) == [(S, 2, 2), ("lesson/m", 1, 1)]
    stop()
    await record.act(note(S, "d"))
    assert len(heard) == 2


async def test_an_act_without_events_wakes_nobody(record: Record, bus: InProcessBus) -> None:
    heard: list[str] = []
    bus.listen(lambda stream, version: heard.append(stream))
    acted = await record.act(Act(by="ana", streams=(S,), decide=lambda states, at: Outcome({}, answer={"n": 1})))
    assert (acted.answer, acted.versions, heard) == ({"n": 1}, {S: 0}, [])


async def test_a_listener_that_fails_keeps_nobody_from_hearing(
    record: Record, bus: InProcessBus, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[int] = []

    def broken(stream: str, version: int) -> None:
        raise ZeroDivisionError

    bus.listen(broken)
    bus.listen(lambda stream, version: heard.append(version))
    await record.act(note(S, "a"))
    assert heard == [1]
    assert "bus.listener_failed" in caplog.text


async def test_readers_see_committed_states_only(record: Record, place: Place) -> None:
    await record.act(note(S, "a"))
    _, held = await record.state(S)
    seen: list[Any] = []

    def decide(states: Any, at: Any) -> Outcome:
        # The act before is decided and taken into the fork, and is nowhere to be seen.
        seen.append((set(states[S].notes), set(held.notes), place.rows("SELECT count(*) FROM events")))
        return Outcome({S: [Noted("c", "x")]})

    await together(record, note(S, "b"), Act(by="bo", streams=(S,), decide=decide))
    assert seen == [({"a", "b"}, {"a"}, [(1,)])]
    assert set(held.notes) == {"a"}
    assert set((await record.state(S))[1].notes) == {"a", "b", "c"}


async def test_states_read_while_others_write_are_whole(record: Record) -> None:
    writing = asyncio.gather(*(record.act(note(S, str(n))) for n in range(600)))
    last = 0
    while not writing.done():
        version, state = await record.state(S)
        assert len(state.notes) == version >= last
        last = version
    await writing
    assert (await record.state(S))[0] == 600


def counted(count: int) -> Write:
    return lessons.follow(
        "l", state="waiting", released_at=None, annotations=count, attempt=None, duration_ms=None
    )


async def test_rows_are_computed_from_the_states_after_the_events(
    record: Record, db: Database, place: Place
) -> None:
    await with_a_lesson(db)

    def project(states: Any, at: Any) -> list[Write]:
        return [counted(len(states[S].notes))]

    await together(record, *[note(S, str(n), project=project) for n in range(20)], note(S, "0", project=project))
    assert place.rows("SELECT annotations FROM lessons") == [(20,)]


async def test_writes_of_different_acts_keep_their_order(record: Record, db: Database, place: Place) -> None:
    await with_a_lesson(db)

    def writing(*writes: Write) -> Act:
        return Act(by="ana", streams=(S,), decide=lambda states, at: Outcome({}, writes=writes))

    results = await together(
        record,
        writing(counted(1)),
        writing(counted(2), lessons.set_original("l", "first", 1)),
        writing(lessons.set_original("l", "second", 2)),
        writing(counted(3)),
    )
    assert not any(isinstance(result, Exception) for result in results)
    assert place.rows("SELECT annotations, original_key FROM lessons") == [(3, "second")]


async def test_what_another_process_writes_is_noticed(record: Record, place: Place) -> None:
    await record.act(note(S, "a"))
    theirs = '{"type":"noted","id":"theirs","text":"x","start_ms":0}'
    place.run(f"INSERT INTO events VALUES ('{S}', 2, 'noted', 0, 'bo', '{theirs}')")
    version, state = await record.state(S)
    assert (version, set(state.notes)) == (2, {"a", "theirs"})
    # Decided on what the other process wrote, not on what was in memory; no taken version shows it here.
    asking = Act(by="ana", streams=(S,), decide=lambda states, at: Outcome({}, answer={"n": len(states[S].notes)}))
    assert (await record.act(asking)).answer == {"n": 2}
    with pytest.raises(Refused):
        await record.act(note(S, "theirs"))
    assert (await record.act(note(S, "b"))).versions == {S: 3}


async def test_an_append_beside_the_record_heals(record: Record, db: Database) -> None:
    """The same connection wrote, so data_version says nothing; the taken version does."""
    await record.act(note(S, "a"))
    async with db.write() as tx:
        await tx.execute(
            insert(tables.events),
            {
                "stream": S,
                "version": 2,
                "type": "noted",
                "at": NOW,
                "by": "bo",
                "data": '{"type":"noted","id":"x","text":"x"}',
            },
        )
    assert (await record.act(note(S, "b"))).versions == {S: 3}
    assert set((await record.state(S))[1].notes) == {"a", "x", "b"}


async def test_a_locked_database_is_said_and_nothing_is_kept(database_file: Path, bus: InProcessBus) -> None:
    database = await Database.open(f"sqlite:///{database_file}", busy_timeout_ms=20)
    record = Record(database, bus, LedgerFolding(), lambda: NOW)
    await record.start()
    await record.act(note(S, "a"))
    other = sqlite3.connect(database_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refused = await together(record, note(S, "b"), note(S, "c"))
    assert [type(r) for r in refused] == [DatabaseUnavailable] * 2
    other.execute("ROLLBACK")
    other.close()
    assert (await record.act(note(S, "b"))).versions == {S: 2}
    await record.close()
    await database.close()


async def test_a_requirement_is_checked_inside_the_transaction(record: Record, db: Database) -> None:
    async with db.write() as tx:
        await tx.execute(*jobs.enqueue("j", "prepare", {}, at=NOW))
        job = await jobs.claim(tx, kinds=["prepare"], now=NOW, lease=NOW - NOW)
    assert job is not None

    def completing(note_id: str) -> Act:
        return Act(
            by="farfield",
            streams=(S,),
            decide=lambda states, at: Outcome({S: [Noted(note_id, "x")]}, writes=[jobs.complete(job, now=at)]),
            require=jobs.still_mine(job),
        )

    # In one batch: the first completes the job, so the second finds it gone.
    first, second = await together(record, completing("a"), completing("b"))
    assert first.versions == {S: 1}
    assert isinstance(second, Superseded)
    assert set((await record.state(S))[1].notes) == {"a"}
    never = Act(
        by="x", streams=(S,), decide=lambda states, at: Outcome({}), require=select(literal(1)).where(false())
    )
    with pytest.raises(Superseded):
        await record.act(never)


async def test_a_caller_who_left_before_the_batch_is_not_served(record: Record) -> None:
    leaving = asyncio.ensure_future(record.act(note(S, "a")))
    staying = asyncio.ensure_future(record.act(note(S, "b")))
    asyncio.get_running_loop().call_soon(leaving.cancel)
    await asyncio.wait([leaving, staying])
    assert leaving.cancelled()
    assert staying.result().versions[S] in {1, 2}  # it depends on whether the batch had been taken
    version, state = await record.state(S)
    assert len(state.notes) == version


async def test_closing_finishes_what_waits_and_refuses_more(db: Database, bus: InProcessBus) -> None:
    record = Record(db, bus, LedgerFolding(), lambda: NOW, batch=4)
    await record.start()
    waiting = [asyncio.ensure_future(record.act(note(S, str(n)))) for n in range(10)]
    await asyncio.sleep(0)
    await record.close()
    assert [w.result().versions[S] for w in waiting] == list(range(1, 11))
    with pytest.raises(DatabaseUnavailable):
        await record.act(note(S, "late"))


async def test_small_caches_change_nothing(db: Database, bus: InProcessBus) -> None:
    record = Record(db, bus, LedgerFolding(), lambda: NOW, batch=8, cached_events=20)
    await record.start()
    await together(record, *[note(f"lesson/{n % 9}", str(n)) for n in range(180)])
    for n in range(9):
        version, state = await record.state(f"lesson/{n}")
        assert (version, len(state.notes)) == (20, 20)
    await record.close()
