"""What comes after a cycle: the next one of the same two people, and another coach as the teacher chooses."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from service.actions.people import add_person
from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream
from service.wiring import Deps
from storage import cycles, grants, people, programs
from storage.engine import apply
from tests.fixtures.both import deps, server
from tests.fixtures.cast import Cast
from tests.fixtures.doors import Letters, letters
from tests.fixtures.live import LiveServer, live_server
from tests.fixtures.observing import let_in
from tests.fixtures.visitors import Answer, Visitor, Visitors, cookie_of

__all__ = ["deps", "letters", "server"]


@dataclass
class NewCoach:
    id: str
    visitor: Visitor


@pytest_asyncio.fixture
async def other(deps: Deps, cast: Cast, visitors: Visitors) -> NewCoach:
    """A second coach of the program, who is in no cycle."""
    made = await add_person(
        deps, name="Demo other", email="other@demo.invalid", time_zone="UTC", program=cast.program, role="coach"
    )
    known = visitors.coach
    return NewCoach(made.id, Visitor(known._client, known._base, await cookie_of(deps, made.id)))


async def send(visitor: Visitor, to: str, type_: str, /, **members: Any) -> Answer:
    return await visitor.post(f"/api/cycles/{to}/commands", {"id": str(uuid4()), "type": type_} | members)


async def propose(visitor: Visitor, cast: Cast, coach: str | None, cycle: str = "") -> Answer:
    path = f"/api/programs/{cast.program}/cycles/{cycle or cast.cycle}/coach"
    return await visitor.post(path, {"id": str(uuid4()), "coach": coach})


async def take(visitor: Visitor, cast: Cast, coach: str, *, sees_earlier: bool, cycle: str = "") -> Answer:
    after = cycle or str(uuid4())
    return await send(visitor, cast.cycle, "take_new_coach", coach=coach, sees_earlier=sees_earlier, cycle=after)


async def subjects(found: Letters) -> list[tuple[str, str]]:
    return [(letter.to, letter.subject) for letter in (await found.sent()).newest(50)]


async def reads(deps: Deps, person: str, *streams: str) -> list[bool]:
    async with deps.db.read() as tx:
        return [await grants.role(tx, person, stream, deps.clock()) is not None for stream in streams]


async def closed_with_an_open_commitment(visitors: Visitors, deps: Deps, cast: Cast) -> str:
    """Its id: the cast's open cycle, taken to its end with a goal, a focus and two commitments, one of them kept."""
    cycle = cast.cycle
    await send(visitors.teacher, cycle, "write_plan", field="goal", text="canary-goal", revision=0)
    await send(visitors.teacher, cycle, "choose_focus", category="Discussion")
    for stage in ("teaching", "review"):
        assert (await send(visitors.teacher, cycle, "move_stage", stage=stage)).status == 200
    done = {"id": str(uuid4()), "type": "finish_annotating"}
    await visitors.coach.post(f"/api/lessons/{cast.lesson}/commands", done)
    await send(visitors.coach, cycle, "move_stage", stage="debrief")
    kept, later = str(uuid4()), str(uuid4())
    due = (deps.clock() + timedelta(days=7)).date().isoformat()
    for commitment in (kept, later):
        made = {"commitment": commitment, "text": f"commitment {commitment}", "due": due}
        assert (await send(visitors.teacher, cycle, "make_commitment", **made)).status == 200
    await send(visitors.coach, cycle, "move_stage", stage="follow_up")
    await send(visitors.teacher, cycle, "follow_up", commitment=kept, answer="kept")
    await send(visitors.teacher, cycle, "follow_up", commitment=later, answer="not_yet")
    assert (await send(visitors.teacher, cycle, "move_stage", stage="closed")).status == 200
    return later


async def test_the_next_cycle_takes_along_what_is_open(
    visitors: Visitors, deps: Deps, cast: Cast, letters: Letters
) -> None:
    after = str(uuid4())
    early = await send(visitors.teacher, cast.cycle, "start_next", cycle=after)
    assert (early.status, early.slug) == (422, "not_possible")
    open_still = await closed_with_an_open_commitment(visitors, deps, cast)
    before = await subjects(letters)

    started = await send(visitors.coach, cast.cycle, "start_next", cycle=after)

    assert started.json["stream"] == cycle_stream(cast.cycle)
    for person in (visitors.teacher, visitors.coach):
        shown = (await person.get(f"/api/cycles/{after}")).json
        assert (shown["cycle"]["stage"], shown["cycle"]["number"]) == ("planning", 3)
        assert shown["cycle"]["plan"]["goal"]["text"] == "canary-goal"
        assert shown["cycle"]["focus_category"] == "Discussion"
        assert list(shown["cycle"]["commitments"]) == [open_still]
        assert shown["cycle"]["commitments"][open_still]["carried_from"] == cast.cycle
        assert (shown["card"]["previous"], shown["card"]["next"]) == (cast.cycle, None)
        assert (await person.get(f"/api/cycles/{cast.cycle}")).json["card"]["next"] == after
        assert (await person.get(f"/api/cycles/{after}/notebook")).status == 200
    async with deps.db.read() as tx:
        row = await cycles.by_id(tx, after)
    assert row is not None
    assert (row.focus_category, row.commitments, row.previous_id) == ("Discussion", 1, cast.cycle)
    new = [letter for letter in await subjects(letters) if letter not in before]
    assert new == [("teacher@demo.invalid", "The next coaching cycle with Demo coach")]
    for stranger in visitors.strangers.values():
        assert (await stranger.get(f"/api/cycles/{after}")).slug == "not_found"


async def test_the_next_cycle_is_started_once(visitors: Visitors, deps: Deps, cast: Cast, other: NewCoach) -> None:
    first = {"id": str(uuid4()), "type": "start_next", "cycle": str(uuid4())}
    path = f"/api/cycles/{cast.closed_cycle}/commands"
    for stranger in (*visitors.strangers.values(), other.visitor):
        assert (await stranger.post(path, first)).slug == "not_found"
    taken = await visitors.teacher.post(path, first | {"cycle": cast.cycle})
    assert taken.slug == "id_taken"

    done = await visitors.teacher.post(path, first)
    again = await visitors.teacher.post(path, first)
    twice = await visitors.coach.post(path, {"id": str(uuid4()), "type": "start_next", "cycle": str(uuid4())})

    assert done.status == 200
    assert again.json == done.json
    assert (twice.status, twice.slug) == (422, "not_possible")


async def test_each_new_cycle_of_a_teacher_has_a_number_of_its_own(
    visitors: Visitors, deps: Deps, cast: Cast, other: NewCoach
) -> None:
    """A lead opens one, the teacher starts the next, and takes a new coach in a third: all at once."""
    await propose(visitors.lead, cast, other.id)
    opened = {"id": str(uuid4()), "cycle": str(uuid4()), "teacher": cast.teacher, "coach": cast.coach}

    answers = await asyncio.gather(
        visitors.lead.post(f"/api/programs/{cast.program}/cycles", opened),
        send(visitors.teacher, cast.closed_cycle, "start_next", cycle=str(uuid4())),
        take(visitors.teacher, cast, other.id, sees_earlier=False),
    )

    assert [answer.status for answer in answers] == [201, 200, 200]
    home = (await visitors.teacher.get("/api/home")).json
    assert sorted(cycle["number"] for cycle in home["cycles"]) == [1, 2, 3, 4, 5]


async def test_many_cycles_of_a_teacher_may_be_opened_at_once(visitors: Visitors, deps: Deps, cast: Cast) -> None:
    pair = {"teacher": cast.teacher, "coach": cast.coach}
    opened = [pair | {"id": str(uuid4()), "cycle": str(uuid4())} for _ in range(24)]

    answers = await asyncio.gather(*(visitors.lead.post(f"/api/programs/{cast.program}/cycles", one) for one in opened))

    assert {answer.status for answer in answers} == {201}
    home = (await visitors.teacher.get("/api/home")).json
    assert sorted(cycle["number"] for cycle in home["cycles"]) == list(range(1, 27))


async def test_the_next_cycle_waits_where_one_of_the_two_has_left(visitors: Visitors, deps: Deps, cast: Cast) -> None:
    async with deps.db.write() as tx:
        await apply(tx, [programs.leave(cast.program, cast.coach, "coach")])
    refused = await send(visitors.teacher, cast.closed_cycle, "start_next", cycle=str(uuid4()))
    assert (refused.status, refused.slug) == (422, "not_in_program")
    async with deps.db.write() as tx:
        await apply(tx, [programs.join(cast.program, cast.coach, "coach")])
    assert (await send(visitors.teacher, cast.closed_cycle, "start_next", cycle=str(uuid4()))).status == 200


async def test_a_lead_proposes_and_sees_nothing(
    visitors: Visitors, deps: Deps, cast: Cast, other: NewCoach, letters: Letters
) -> None:
    for stranger in (visitors.teacher, visitors.coach, visitors.outsider, other.visitor):
        assert (await propose(stranger, cast, other.id)).slug == "not_found"
    assert (await propose(visitors.lead, cast, cast.second_teacher)).slug == "not_in_program"
    assert (await propose(visitors.lead, cast, str(uuid4()))).slug == "not_in_program"
    assert (await propose(visitors.lead, cast, cast.coach)).slug == "not_possible"
    assert (await propose(visitors.lead, cast, other.id, cycle=cast.closed_cycle)).slug == "cycle_closed"
    assert (await propose(visitors.lead, cast, other.id, cycle=str(uuid4()))).slug == "not_found"

    proposed = await propose(visitors.lead, cast, other.id)

    assert (proposed.status, proposed.body) == (204, b"")
    card = (await visitors.teacher.get(f"/api/cycles/{cast.cycle}")).json["card"]
    assert (card["proposed_coach"]["name"], card["waiting_on"]) == ("Demo other", "teacher")
    assert ("teacher@demo.invalid", "Another coach for you: Demo other") in await subjects(letters)
    [overview] = (await visitors.lead.get("/api/home")).json["overviews"]
    row = next(row for row in overview["rows"] if row["id"] == cast.cycle)
    assert row["proposed_coach"]["id"] == other.id
    assert (await other.visitor.get(f"/api/cycles/{cast.cycle}")).slug == "not_found"
    assert (await visitors.lead.get(f"/api/cycles/{cast.cycle}")).slug == "not_found"

    assert (await propose(visitors.lead, cast, None)).status == 204
    gone = await take(visitors.teacher, cast, other.id, sees_earlier=True)
    assert gone.slug == "no_longer_here"


async def test_a_new_coach_who_may_read_what_was_written(
    visitors: Visitors, deps: Deps, cast: Cast, other: NewCoach, letters: Letters
) -> None:
    await send(visitors.coach, cast.cycle, "write_plan", field="goal", text="canary-goal", revision=0)
    await propose(visitors.lead, cast, other.id)
    assert (await take(visitors.coach, cast, other.id, sees_earlier=True)).slug == "not_yours"
    assert (await take(visitors.teacher, cast, cast.coach, sees_earlier=True)).slug == "no_longer_here"
    assert (await reads(deps, cast.coach, cycle_stream(cast.cycle))) == [True]

    taken = await take(visitors.teacher, cast, other.id, sees_earlier=True)

    assert taken.json["stream"] == cycle_stream(cast.cycle)
    shown = (await other.visitor.get(f"/api/cycles/{cast.cycle}")).json
    assert shown["cycle"]["plan"]["goal"]["text"] == "canary-goal"
    assert (shown["card"]["coach"]["name"], shown["card"]["role"]) == ("Demo other", "coach")
    assert [lesson["id"] for lesson in shown["card"]["lessons"]] == [cast.lesson]
    assert shown["people"][cast.coach]["name"] == "Demo coach"
    streams = (cycle_stream(cast.cycle), lesson_stream(cast.lesson), lesson_stream(cast.private_lesson))
    assert await reads(deps, other.id, *streams) == [True, True, False]
    assert await reads(deps, cast.coach, *streams) == [False, False, False]
    assert await reads(deps, cast.coach, notebook_stream(cast.cycle, cast.coach)) == [True]
    assert await reads(deps, other.id, notebook_stream(cast.cycle, other.id)) == [True]
    assert (await visitors.coach.get(f"/api/cycles/{cast.cycle}")).slug == "not_found"
    assert (await visitors.coach.get(f"/api/lessons/{cast.lesson}")).slug == "not_found"
    assert (await visitors.coach.get(f"/api/cycles/{cast.closed_cycle}")).status == 200
    assert (await send(other.visitor, cast.cycle, "move_stage", stage="teaching")).status == 200
    sent = await subjects(letters)
    assert ("other@demo.invalid", "You are now the coach of Demo teacher") in sent
    assert ("coach@demo.invalid", "Your coaching cycle with Demo teacher goes to another coach") in sent


async def test_a_new_coach_who_begins_anew_sees_no_earlier_word(
    visitors: Visitors, deps: Deps, cast: Cast, other: NewCoach, letters: Letters
) -> None:
    await send(visitors.coach, cast.cycle, "write_plan", field="goal", text="canary-goal", revision=0)
    commitment = {"commitment": str(uuid4()), "text": "canary-commitment"}
    due = (deps.clock() + timedelta(days=7)).date().isoformat()
    assert (await send(visitors.teacher, cast.cycle, "make_commitment", **commitment, due=due)).status == 200
    await propose(visitors.lead, cast, other.id)
    after = str(uuid4())
    assert (
        await take(visitors.teacher, cast, other.id, sees_earlier=False, cycle=cast.closed_cycle)
    ).slug == "id_taken"

    assert (await take(visitors.teacher, cast, other.id, sees_earlier=False, cycle=after)).status == 200

    fresh = await other.visitor.get(f"/api/cycles/{after}")
    assert fresh.json["cycle"]["stage"] == "planning"
    assert fresh.json["card"]["previous"] is None, "what one may not see is not linked"
    for path in (f"/api/cycles/{after}", f"/api/cycles/{after}/events", "/api/home"):
        assert b"canary" not in (await other.visitor.get(path)).body
    for path in (f"/api/cycles/{cast.cycle}", f"/api/lessons/{cast.lesson}", f"/api/cycles/{cast.cycle}/notebook"):
        assert (await other.visitor.get(path)).slug == "not_found"
    old = (await visitors.teacher.get(f"/api/cycles/{cast.cycle}")).json
    assert (old["cycle"]["cancelled"]["reason"], old["card"]["next"]) == ("coach_changed", after)
    assert (await visitors.coach.get(f"/api/cycles/{cast.cycle}")).slug == "not_found"
    assert (await visitors.coach.get(f"/api/cycles/{after}")).slug == "not_found"
    assert ("other@demo.invalid", "A coaching cycle with Demo teacher") in await subjects(letters)


@pytest.mark.parametrize("sees_earlier", [True, False])
async def test_a_new_coach_who_observed_before_observes_no_more(
    visitors: Visitors, deps: Deps, cast: Cast, other: NewCoach, sees_earlier: bool
) -> None:
    ids = [
        (await let_in(visitors.teacher, cast, "other@demo.invalid", lesson=lesson))[1]
        for lesson in (cast.private_lesson, None)
    ]
    streams = (cycle_stream(cast.cycle), lesson_stream(cast.lesson), lesson_stream(cast.private_lesson))
    assert await reads(deps, other.id, *streams) == [True, True, True]
    await propose(visitors.lead, cast, other.id)

    assert (await take(visitors.teacher, cast, other.id, sees_earlier=sees_earlier)).status == 200

    assert await reads(deps, other.id, *streams) == [sees_earlier, sees_earlier, False]
    observers = (await visitors.teacher.get(f"/api/cycles/{cast.cycle}")).json["cycle"]["observers"]
    assert not observers.keys() & set(ids)


async def test_a_coach_who_left_meanwhile_is_not_taken(
    visitors: Visitors, deps: Deps, cast: Cast, other: NewCoach
) -> None:
    await propose(visitors.lead, cast, other.id)
    async with deps.db.write() as tx:
        await apply(tx, [people.deactivate(other.id, deps.clock())])

    refused = await take(visitors.teacher, cast, other.id, sees_earlier=True)

    assert refused.slug == "not_in_program"
    assert await reads(deps, cast.coach, cycle_stream(cast.cycle)) == [True]


@pytest.mark.parametrize("sees_earlier", [True, False])
async def test_what_the_old_coach_has_open_closes_at_once(
    visitors: Visitors, deps: Deps, cast: Cast, other: NewCoach, folder: Path, sees_earlier: bool
) -> None:
    await propose(visitors.lead, cast, other.id)
    cycle, lesson = cycle_stream(cast.cycle), lesson_stream(cast.lesson)
    async with live_server(deps, folder) as live:
        await _old_coach_is_out(live, visitors, cast, other, (cycle, lesson), sees_earlier)


async def _old_coach_is_out(
    live: LiveServer, visitors: Visitors, cast: Cast, other: NewCoach, streams: tuple[str, str], sees_earlier: bool
) -> None:
    async with live.visit(visitors.teacher.cookie) as teacher, live.visit(visitors.coach.cookie) as coach:
        for stream in streams:
            for follower in (teacher, coach):
                assert (await follower.follow(stream))["type"] == "following"
                await follower.hear("events")

        assert (await take(visitors.teacher, cast, other.id, sees_earlier=sees_earlier)).status == 200

        closed = set()
        while len(closed) < len(streams):
            frame = await coach.hear("closed", "events")
            if frame["type"] == "closed":
                assert frame["reason"] == "revoked"
                closed.add(frame["stream"])
        assert closed == set(streams)
        assert (await coach.follow(streams[0]))["status"] == 404
        last = "coach.changed" if sees_earlier else "next.started"
        while last not in [event["type"] for event in (await teacher.hear("events"))["events"]]:
            pass
