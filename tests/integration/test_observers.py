"""Observers: let in by the teacher alone, to a cycle or one lesson, until a day; and out again at once."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiohttp.test_utils import TestServer

from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream
from service.config import Config
from service.web.media_gate import make_gate_app
from service.wiring import Deps
from storage import grants, people, programs
from storage.engine import apply
from tests.fixtures.cast import Cast, show_first_attempts
from tests.fixtures.doors import Clock, Letters, accept
from tests.fixtures.live import live_server
from tests.fixtures.observing import COLLEAGUE, ELSEWHERE, NOBODY, annotation, end, let_in, until
from tests.fixtures.village import Gate
from tests.fixtures.visitors import Visitor, Visitors, visiting


async def reads(visitor: Visitor, cast: Cast) -> set[str]:
    """Which of the cycle's things the visitor finds."""
    paths = {
        "cycle": f"/api/cycles/{cast.cycle}",
        "lesson": f"/api/lessons/{cast.lesson}",
        "private": f"/api/lessons/{cast.private_lesson}",
        "notebook": f"/api/cycles/{cast.cycle}/notebook",
        "closed": f"/api/cycles/{cast.closed_cycle}",
    }
    return {name for name, path in paths.items() if (await visitor.get(path)).status == 200}


async def test_a_colleague_is_let_into_the_whole_cycle_at_once_with_a_letter(
    visitors: Visitors, cast: Cast, letters: Letters
) -> None:
    colleague = visitors.second_teacher
    assert await reads(colleague, cast) == set()

    answer, observer = await let_in(visitors.teacher, cast)

    assert answer.status == 200
    assert await reads(colleague, cast) == {"cycle", "lesson", "notebook"}
    cycle = (await visitors.coach.get(f"/api/cycles/{cast.cycle}")).json
    assert cycle["cycle"]["observers"][observer]["person"] == cast.second_teacher
    assert cycle["people"][cast.second_teacher]["role"] == "observer"
    shown = (await letters.sent()).newest(1)[0]
    assert (shown.to, shown.subject) == (COLLEAGUE, "Demo teacher lets you look at a coaching cycle")
    assert f"/cycles/{cast.cycle}" in shown.text
    [card] = (await colleague.get("/api/home")).json["cycles"]
    assert (card["id"], card["role"], len(card["lessons"])) == (cast.cycle, "observer", 1)


async def test_what_is_released_later_an_observer_of_the_cycle_reads_too(visitors: Visitors, cast: Cast) -> None:
    await let_in(visitors.teacher, cast)
    release = {"id": str(uuid4()), "type": "release_lesson"}
    assert (await visitors.teacher.post(f"/api/lessons/{cast.private_lesson}/commands", release)).status == 200
    assert "private" in await reads(visitors.second_teacher, cast)


async def test_one_lesson_comes_without_its_cycle(visitors: Visitors, cast: Cast, letters: Letters) -> None:
    await visitors.coach.post(f"/api/lessons/{cast.lesson}/commands", annotation())
    await let_in(visitors.teacher, cast, NOBODY)  # waits for another, whose name is nobody's business

    await let_in(visitors.teacher, cast, lesson=cast.lesson)

    observer = visitors.second_teacher
    assert await reads(observer, cast) == {"lesson", "notebook"}
    seen = (await observer.get(f"/api/lessons/{cast.lesson}")).json
    assert (seen["cycle"]["version"], seen["cycle"]["questions"], seen["cycle"]["done"]) == (0, {}, {})
    assert set(seen["people"]) == {cast.teacher, cast.coach, cast.second_teacher}
    assert (seen["role"], seen["whole"]) == ("observer", False)
    for path in ("", "/events", "/commands", "/observers", "/lessons"):
        method = "POST" if path in ("/commands", "/lessons") else "GET"
        assert (await observer.ask(method, f"/api/cycles/{cast.cycle}{path}", json={})).slug == "not_found"
    home = (await observer.get("/api/home")).json
    assert home["cycles"] == []
    [observed] = home["observed"]
    assert (observed["lesson"]["id"], observed["teacher"]["name"]) == (cast.lesson, "Demo teacher")


async def test_a_peer_may_see_a_lesson_before_the_coach_does(visitors: Visitors, cast: Cast) -> None:
    """What the peer writes there is a draft of their own until the lesson is shared, and then theirs to publish."""
    path = f"/api/lessons/{cast.private_lesson}"
    await let_in(visitors.teacher, cast, lesson=cast.private_lesson)
    peer, written = visitors.second_teacher, annotation("From a peer")

    answer = await peer.post(f"{path}/commands", written)

    assert answer.json["stream"] == notebook_stream(cast.cycle, cast.second_teacher)
    assert (await visitors.coach.get(path)).slug == "not_found"
    teachers = await visitors.teacher.get(path)
    assert b"From a peer" not in teachers.body
    publish = {"id": str(uuid4()), "type": "publish_drafts"}
    assert (await peer.post(f"{path}/commands", publish)).slug == "not_possible"
    await visitors.teacher.post(f"{path}/commands", {"id": str(uuid4()), "type": "release_lesson"})
    assert b"From a peer" not in (await visitors.coach.get(path)).body
    assert (await peer.post(f"{path}/commands", publish | {"id": str(uuid4())})).status == 200
    assert b"From a peer" in (await visitors.coach.get(path)).body


@pytest.mark.parametrize("email", [NOBODY, COLLEAGUE])
async def test_of_many_under_one_id_at_once_one_is_let_in(visitors: Visitors, cast: Cast, email: str) -> None:
    observer = str(uuid4())
    answers = await asyncio.gather(*(let_in(visitors.teacher, cast, email, observer=observer) for _ in range(30)))
    said = sorted("done" if answer.status == 200 else answer.slug for answer, _ in answers)
    assert said == ["done"] + ["id_taken"] * 29


async def test_let_in_twice_each_ends_by_itself(visitors: Visitors, cast: Cast) -> None:
    _, first = await let_in(visitors.teacher, cast, lesson=cast.lesson)
    _, second = await let_in(visitors.teacher, cast, lesson=cast.lesson)
    assert (await end(visitors.teacher, cast, first)).status == 200
    assert await reads(visitors.second_teacher, cast) == {"lesson", "notebook"}
    assert (await end(visitors.teacher, cast, second)).status == 200
    assert await reads(visitors.second_teacher, cast) == set()


async def test_a_lesson_of_another_cycle_opens_to_nobody(visitors: Visitors, cast: Cast) -> None:
    for lesson in (cast.closed_lesson, str(uuid4())):
        answer, _ = await let_in(visitors.teacher, cast, lesson=lesson)
        assert answer.slug == "no_longer_here"
    assert await reads(visitors.second_teacher, cast) == set()


@pytest.mark.parametrize("lesson", [None, "lesson"])
async def test_an_answer_never_says_whether_a_strangers_address_has_an_account(
    visitors: Visitors, cast: Cast, letters: Letters, lesson: str | None
) -> None:
    which = cast.lesson if lesson else None
    known, _ = await let_in(visitors.teacher, cast, ELSEWHERE, lesson=which)
    unknown, _ = await let_in(visitors.teacher, cast, NOBODY, lesson=which)

    assert (known.status, known.body) == (unknown.status, unknown.body)
    both = (await letters.sent()).newest(2)
    assert [one.to for one in both] == [NOBODY, ELSEWHERE]
    assert both[0].subject == both[1].subject
    pending = (await visitors.teacher.get(f"/api/cycles/{cast.cycle}/observers")).json["invitations"]
    assert [(one["email"], one["letter"]) for one in pending] == [(NOBODY, "sent"), (ELSEWHERE, "sent")]
    assert await reads(visitors.outsider, cast) == set()
    assert (await visitors.coach.get(f"/api/cycles/{cast.cycle}/observers")).slug == "not_found"
    of_program = await visitors.lead.get(f"/api/programs/{cast.program}/people")
    assert NOBODY.encode() not in of_program.body


async def test_a_guest_takes_the_invitation_up_and_gets_an_account_without_a_role(
    visitors: Visitors, cast: Cast, letters: Letters, deps: Deps
) -> None:
    _, observer = await let_in(visitors.teacher, cast, NOBODY, lesson=cast.lesson)
    _, token = await letters.newest()
    offer = (await visitors.nobody.post("/api/invitations/look", {"token": token})).json
    assert (offer["role"], offer["by"], offer["whole"]) == ("observer", "Demo teacher", False)

    joined = await accept(visitors.nobody, token, name="Pia Peer")

    assert (joined.status, joined.json["programs"]) == (201, [])
    guest = visitors.nobody.as_of(joined)
    assert await reads(guest, cast) == {"lesson", "notebook"}
    cycle = (await visitors.teacher.get(f"/api/cycles/{cast.cycle}")).json
    assert cycle["cycle"]["observers"][observer]["by"] == cast.teacher
    assert (await accept(visitors.nobody, token)).slug == "invitation_over"
    assert (await visitors.teacher.get(f"/api/cycles/{cast.cycle}/observers")).json["invitations"] == []
    async with deps.db.read() as tx:
        assert await programs.roles(tx, cast.program, joined.json["person"]["id"]) == frozenset()
    again, _ = await let_in(visitors.teacher, cast, NOBODY)
    assert again.json["version"] > 0
    assert "cycle" in await reads(guest, cast), "who was here before comes in at once"


async def test_somebody_of_another_program_takes_it_up_with_their_account(
    visitors: Visitors, cast: Cast, letters: Letters
) -> None:
    _, observer = await let_in(visitors.teacher, cast, ELSEWHERE)
    _, token = await letters.newest()
    assert (await accept(visitors.second_teacher, token)).slug == "somebody_elses"

    assert (await accept(visitors.outsider, token)).status == 200

    assert await reads(visitors.outsider, cast) == {"cycle", "lesson", "notebook"}
    assert (await accept(visitors.outsider, token)).status == 200, "pressed once more after a cut"
    await end(visitors.teacher, cast, observer)
    assert (await accept(visitors.outsider, token)).status in (200, 410)
    assert await reads(visitors.outsider, cast) == set(), "a used invitation lets nobody back in"


async def test_without_mail_the_teacher_hands_a_link_over(deps: Deps, cast: Cast) -> None:
    silent = replace(deps, config=Config.from_env({"FARFIELD_DATA_DIR": str(deps.config.data_dir)}))
    async with visiting(silent, cast) as visitors:
        answer, observer = await let_in(visitors.teacher, cast, NOBODY, name="Pia")
        assert answer.status == 200
        path = f"/api/cycles/{cast.cycle}/observers"
        [pending] = (await visitors.teacher.get(path)).json["invitations"]
        assert (pending["observer"], pending["name"], pending["email"]) == (observer, "Pia", None)
        assert (await visitors.coach.post(f"{path}/{observer}/link")).slug == "not_found"
        link = (await visitors.teacher.post(f"{path}/{observer}/link")).json["link"]
        assert (await accept(visitors.coach, link.partition("#")[2])).slug == "invitation_over"
        joined = await accept(visitors.nobody, link.partition("#")[2], email=NOBODY)
        assert (joined.status, joined.json["programs"]) == (201, [])
        assert (await visitors.teacher.post(f"{path}/{observer}/link")).slug == "not_found"


async def test_an_invitation_that_was_ended_or_ran_out_opens_nothing(
    visitors: Visitors, cast: Cast, letters: Letters, deps: Deps
) -> None:
    _, observer = await let_in(visitors.teacher, cast, NOBODY)
    _, token = await letters.newest()
    assert (await end(visitors.coach, cast, observer)).slug == "no_longer_here"
    assert (await end(visitors.teacher, cast, observer)).status == 200
    assert (await accept(visitors.nobody, token)).slug == "invitation_over"

    await let_in(visitors.teacher, cast, NOBODY, until=until(hours=2))
    _, late = await letters.newest()
    clock = Clock(deps.clock())
    async with visiting(replace(deps, clock=clock), cast) as then:
        clock.passes(hours=3)
        assert (await accept(then.nobody, late)).slug == "invitation_over"
    async with deps.db.read() as tx:
        assert await people.by_email(tx, NOBODY) is None, "no account is made for nothing"


async def test_who_is_ended_is_out_at_once_also_on_the_socket(
    visitors: Visitors, cast: Cast, deps: Deps, folder: Path
) -> None:
    _, observer = await let_in(visitors.teacher, cast)
    streams = [cycle_stream(cast.cycle), lesson_stream(cast.lesson), notebook_stream(cast.cycle, cast.second_teacher)]
    async with live_server(deps, folder) as live, live.visit(visitors.second_teacher.cookie) as follower:
        for stream in streams:
            version = (await deps.record.state(stream))[0]
            assert (await follower.follow(stream, after=version))["type"] == "following"

        assert (await end(visitors.teacher, cast, observer)).status == 200

        closed: set[str] = set()
        while closed != set(streams):
            frame = await follower.hear("closed", "events")  # that they were ended they may still hear
            assert frame["type"] == "closed" or [e["type"] for e in frame["events"]] == ["observing.ended"]
            closed |= {frame["stream"]} if frame["type"] == "closed" else set()
        assert {(await follower.follow(stream))["status"] for stream in streams} == {404}
    assert await reads(visitors.second_teacher, cast) == set()
    assert (await end(visitors.teacher, cast, observer)).slug == "no_longer_here"
    names = (await visitors.teacher.get(f"/api/cycles/{cast.cycle}")).json["people"]
    assert names[cast.second_teacher]["name"] == "Demo second_teacher", "what they wrote keeps its name"


async def test_an_observer_may_leave(visitors: Visitors, cast: Cast) -> None:
    _, observer = await let_in(visitors.teacher, cast)
    assert (await end(visitors.coach, cast, observer)).slug == "not_yours"
    assert (await end(visitors.second_teacher, cast, observer)).status == 200
    assert await reads(visitors.second_teacher, cast) == set()


async def test_who_observes_one_lesson_leaves_through_it(visitors: Visitors, cast: Cast) -> None:
    await let_in(visitors.teacher, cast, lesson=cast.lesson)
    [observed] = (await visitors.second_teacher.get("/api/home")).json["observed"]
    [observer] = observed["observers"]
    asked = {"type": "end_observing", "observer": observer}
    path = f"/api/lessons/{cast.lesson}/commands"
    assert (await visitors.coach.post(path, asked | {"id": str(uuid4())})).slug == "not_yours"
    assert (await visitors.second_teacher.post(path, asked | {"id": str(uuid4())})).status == 200
    assert await reads(visitors.second_teacher, cast) == set()


async def test_ending_one_of_two_leaves_what_the_other_opened(visitors: Visitors, cast: Cast) -> None:
    _, whole = await let_in(visitors.teacher, cast, until=until(days=30))
    await let_in(visitors.teacher, cast, lesson=cast.private_lesson, until=until(days=3))
    assert await reads(visitors.second_teacher, cast) == {"cycle", "lesson", "private", "notebook"}
    await end(visitors.teacher, cast, whole)
    assert await reads(visitors.second_teacher, cast) == {"private", "notebook"}


async def test_when_the_day_is_over_everything_is(visitors: Visitors, cast: Cast, deps: Deps, folder: Path) -> None:
    await let_in(visitors.teacher, cast, until=until(hours=2))
    clock = Clock(deps.clock())
    moved = replace(deps, clock=clock)
    stream = lesson_stream(cast.lesson)
    deps.store_ready.set()  # signing needs no store
    await show_first_attempts(deps, cast)
    film = f"/media/lessons/{cast.lesson}/1-360p.mp4"
    async with (
        visiting(moved, cast) as then,
        TestServer(make_gate_app(moved)) as server,
        live_server(moved, folder) as live,
    ):
        gate = Gate(then.nobody.at(str(server.make_url("")).rstrip("/")))
        assert (await gate.ask(then.second_teacher, "GET", film)).status == 200
        assert await reads(then.second_teacher, cast) == {"cycle", "lesson", "notebook"}
        async with live.visit(then.second_teacher.cookie) as follower:
            version = (await deps.record.state(stream))[0]
            await follower.follow(stream, after=version)
            clock.passes(hours=3)
            async with deps.db.write() as tx:
                await apply(tx, [grants.BUMPED])  # the half-minute's look, without the wait
            deps.bus.wake(grants.WAKE, 0)
            assert (await follower.hear("closed"))["stream"] == stream
            assert (await follower.follow(stream))["status"] == 404
        assert await reads(then.second_teacher, cast) == set()
        assert (await then.second_teacher.get(f"/api/lessons/{cast.lesson}/events?after=0")).slug == "not_found"
        assert (await gate.ask(then.second_teacher, "GET", film)).slug == "not_found"
        answer = await then.second_teacher.post(f"/api/lessons/{cast.lesson}/commands", annotation())
        assert answer.slug == "not_found"


NOT_THEIRS: list[tuple[str, dict[str, Any]]] = [
    ("cycles/{cycle}/commands", {"type": "send_message", "message": str(uuid4()), "text": "Hello"}),
    ("cycles/{cycle}/commands", {"type": "move_stage", "stage": "teaching"}),
    ("cycles/{cycle}/commands", {"type": "write_plan", "field": "goal", "text": "Mine", "revision": 0}),
    ("cycles/{cycle}/commands", {"type": "propose_observer", "proposal": str(uuid4()), "who": "Another"}),
    ("cycles/{cycle}/commands", {"type": "pause_cycle", "reason": "other"}),
    ("cycles/{cycle}/lessons", {"type": "add_lesson", "lesson": str(uuid4()), "title": "Mine"}),
    ("lessons/{lesson}/commands", {"type": "flag_annotation", "annotation": "{annotation}", "flagged": True}),
    ("lessons/{lesson}/commands", {"type": "settle_annotation", "annotation": "{annotation}", "done": True}),
    ("lessons/{lesson}/commands", {"type": "finish_annotating"}),
    ("lessons/{lesson}/commands", {"type": "release_lesson"}),
]


@pytest.mark.parametrize(("path", "asked"), NOT_THEIRS, ids=[asked["type"] for _, asked in NOT_THEIRS])
async def test_an_observer_writes_in_lessons_and_nowhere_else(
    visitors: Visitors, cast: Cast, path: str, asked: dict[str, Any]
) -> None:
    await let_in(visitors.teacher, cast)
    observer, written = visitors.second_teacher, annotation("Seen from beside")
    room = f"/api/lessons/{cast.lesson}/commands"
    assert (await observer.post(room, written)).json["stream"] == lesson_stream(cast.lesson)
    reply = {"id": str(uuid4()), "type": "add_reply", "annotation": written["annotation"]}
    assert (await observer.post(room, reply | {"reply": str(uuid4()), "body": "And"})).status == 200
    body = {key: str(value).format(**written) if key == "annotation" else value for key, value in asked.items()}

    answer = await observer.post(f"/api/{path.format(**vars(cast))}", body | {"id": str(uuid4())})

    assert (answer.status, answer.slug) == (403, "not_yours")


@pytest.mark.parametrize(
    ("who", "asked", "slug"),
    [
        ("coach", {}, "not_yours"),
        ("second_teacher", {}, "not_found"),
        ("lead", {}, "not_found"),
        ("teacher", {"email": "no address"}, "bad_request"),
        ("teacher", {"email": ""}, "bad_request"),
        ("teacher", {"email": "a@demo.invalid\r\nBcc: b@demo.invalid"}, "bad_request"),
        ("teacher", {"email": "coach@demo.invalid"}, "not_possible"),
        ("teacher", {"email": "teacher@demo.invalid"}, "not_possible"),
        ("teacher", {"until": until(days=-1)}, "not_possible"),
        ("teacher", {"until": until(days=400)}, "not_possible"),
        ("teacher", {"lesson": str(uuid4())}, "no_longer_here"),
        ("teacher", {"observer": "7"}, "bad_request"),
    ],
)
async def test_letting_in_that_makes_no_sense_lets_nobody_in(
    visitors: Visitors, cast: Cast, letters: Letters, who: str, asked: dict[str, Any], slug: str
) -> None:
    answer, _ = await let_in(getattr(visitors, who), cast, **({"email": COLLEAGUE} | asked))
    assert answer.slug == slug
    assert await reads(visitors.second_teacher, cast) == set()
    assert await letters.count() == 0


async def test_into_a_closed_cycle_nobody_is_let(visitors: Visitors, cast: Cast) -> None:
    asked = {"id": str(uuid4()), "type": "let_observer_in", "observer": str(uuid4())}
    path = f"/api/cycles/{cast.closed_cycle}/commands"
    answer = await visitors.teacher.post(path, asked | {"email": COLLEAGUE, "until": until()})
    assert answer.slug == "cycle_closed"


async def test_sent_again_it_is_one_and_the_same(visitors: Visitors, cast: Cast, letters: Letters) -> None:
    command = str(uuid4())
    asked = {"id": command, "observer": str(uuid4()), "until": until()}
    first, _ = await let_in(visitors.teacher, cast, NOBODY, **asked)
    again, _ = await let_in(visitors.teacher, cast, NOBODY, **asked)
    assert first.body == again.body
    assert await letters.count() == 1
    taken, _ = await let_in(visitors.teacher, cast, NOBODY, **(asked | {"id": str(uuid4())}))
    assert taken.slug == "id_taken"
