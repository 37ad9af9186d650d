"""For every command: the old snapshot and the events it emitted make the fresh snapshot, and the row says the same."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from uuid import uuid4

import msgspec
import pytest

from service import access
from service.actions import cycles as cycle_actions
from service.actions import successions
from service.actions.commands import lesson_row, row_of
from service.coaching.folding import CoachingFolding
from service.coaching.lessons import LessonListenable, UploadStarted
from service.coaching.observing import ProposeObserver
from service.coaching.plans import RemoveResource, ResourceAdded
from service.coaching.stages import MoveStage
from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream
from service.coaching.successions import ProposeCoach
from service.web.cycles import CycleCommand
from service.web.lessons import LessonCommand
from service.web.notebooks import NotebookCommand
from service.wiring import Deps
from storage import cycles, lessons, programs
from storage.acts import Act, Entry, Outcome
from storage.engine import apply
from tests.fixtures.cast import Cast
from tests.fixtures.observing import COLLEAGUE, until
from tests.fixtures.visitors import Visitors

FOLDING = CoachingFolding()
ONE, TWO, THREE, FOUR = (str(uuid4()) for _ in range(4))
NOW = datetime.now(UTC).replace(microsecond=0)
SOON = (NOW + timedelta(days=3)).isoformat()
JUST_NOW = "{just_now}"
"""Some minutes before it is sent: a meeting that has begun."""
DUE = (NOW.date() + timedelta(days=14)).isoformat()
OF_CYCLE, OF_NOTEBOOK = "/api/cycles/{cycle}/commands", "/api/cycles/{cycle}/notebook/commands"
OF_LESSON, OF_PRIVATE_LESSON = "/api/lessons/{lesson}/commands", "/api/lessons/{private_lesson}/commands"

Sent = tuple[str, dict[str, Any]]
"""A path and a body. Both may name what is in the cast."""
Before = Sent | Callable[[Deps, Cast], Awaitable[None]]
"""What went before: a command of the teacher's, or what another one did."""
Case = tuple[str, str, str, dict[str, Any], list[Before]]


def words(**more: Any) -> dict[str, Any]:
    return {"type": "add_annotation", "annotation": ONE, "start_ms": 1, "body": "Look", "kind": "note"} | more


def written(type_: str, **more: Any) -> dict[str, Any]:
    return {"type": type_, "text": "Words", "revision": 0} | more


async def a_file_came(deps: Deps, cast: Cast) -> None:
    found = await access.access_cycle(deps, cast.teacher, cast.cycle)
    added = ResourceAdded(ONE, "Plan.pdf", "application/pdf", 1, cast.teacher)
    command = RemoveResource(str(uuid4()), ONE)
    await cycle_actions.act_on(deps, found, command, lambda _cycle, _at: [added], by="farfield")


async def the_coach_proposed(deps: Deps, cast: Cast) -> None:
    found = await access.access_cycle(deps, cast.coach, cast.cycle)
    await cycle_actions.decide_alone(deps, found, ProposeObserver(str(uuid4()), ONE, "Pia"), by=cast.coach)


async def it_can_be_heard(deps: Deps, cast: Cast) -> None:
    """So it is known how long it is."""
    stream = lesson_stream(cast.private_lesson)
    told = Outcome({stream: [UploadStarted(ONE, "sound", 9), LessonListenable(1, 60_000)]})
    await deps.record.act(
        Act(by="farfield", streams=(stream,), decide=lambda _states, _at: told, project=lesson_row(stream))
    )


async def the_coach_closed(deps: Deps, cast: Cast) -> None:
    found = await access.access_cycle(deps, cast.coach, cast.cycle)
    await cycle_actions.move_stage(deps, found, MoveStage(str(uuid4()), "closed"), by=cast.coach)


async def another_coach_is_proposed(deps: Deps, cast: Cast) -> None:
    """The second teacher of the cast coaches, too."""
    async with deps.db.write() as tx:
        await apply(tx, [programs.join(cast.program, cast.second_teacher, "coach")])
    found = await access.access_led_cycle(deps, cast.lead, cast.program, cast.cycle)
    await successions.propose_coach(deps, found, ProposeCoach(str(uuid4()), cast.second_teacher), by=cast.lead)


def of_cycle(who: str, body: dict[str, Any], *before: Before, how: str = "") -> Case:
    return (f"{body['type']} {how}".strip(), who, OF_CYCLE, body, list(before))


def of_notebook(body: dict[str, Any], *before: Before, how: str = "") -> Case:
    return (f"{body['type']} {how}".strip(), "teacher", OF_NOTEBOOK, body, list(before))


def of_lesson(who: str, body: dict[str, Any], *before: Before, how: str = "") -> Case:
    return (f"{body['type']} {how}".strip(), who, OF_LESSON, body, list(before))


SAID: Sent = (OF_LESSON, words())
MEETING: Sent = (
    OF_CYCLE,
    {"type": "plan_meeting", "meeting": ONE, "kind": "planning", "start": JUST_NOW, "minutes": 45},
)
OFFER: Sent = (
    OF_CYCLE,
    {
        "type": "offer_check_ins",
        "offer": ONE,
        "start": SOON,
        "minutes": 30,
        "weeks": 2,
        "time_zone": "Europe/Lisbon",
    },
)
COMMITMENT: Sent = (OF_CYCLE, {"type": "make_commitment", "commitment": ONE, "text": "Words", "due": DUE})
TO_TEACHING: Sent = (OF_CYCLE, {"type": "move_stage", "stage": "teaching"})
TO_REVIEW: Sent = (OF_CYCLE, {"type": "move_stage", "stage": "review"})
WAIVED: Sent = (OF_CYCLE, {"type": "waive_video", "note": "No power"})
TO_FOLLOW_UP: list[Before] = [
    TO_TEACHING,
    WAIVED,
    TO_REVIEW,
    (OF_CYCLE, {"type": "move_stage", "stage": "debrief"}),
    COMMITMENT,
    (OF_CYCLE, {"type": "move_stage", "stage": "follow_up"}),
]
ASKED: Sent = (OF_CYCLE, {"type": "ask_to_close"})
PROPOSED = {"type": "propose_observer", "proposal": ONE, "who": "Pia", "why": "She asked"}
LET_IN = {"type": "let_observer_in", "observer": ONE, "email": COLLEAGUE, "until": until()}
DRAFT: Sent = (OF_PRIVATE_LESSON, words())
OWN_DRAFT: Sent = (OF_LESSON, words(draft=True))
NOTE: Sent = (OF_NOTEBOOK, written("write_note", note=ONE))

# (what, who, path, body, what went before it)
COMMANDS: list[Case] = [
    of_lesson("coach", words()),
    of_lesson("coach", words(end_ms=9, made_at=SOON, move="invitation"), how="with more"),
    ("add_annotation as a draft", "teacher", OF_PRIVATE_LESSON, words(), []),
    of_lesson("coach", words(draft=True), how="as the coach's draft"),
    of_lesson("teacher", {"type": "add_reply", "annotation": ONE, "reply": TWO, "body": "Yes"}, SAID),
    of_lesson("coach", {"type": "flag_annotation", "annotation": ONE, "flagged": True}, SAID),
    of_lesson("coach", {"type": "settle_annotation", "annotation": ONE, "done": True}, SAID),
    ("release_lesson", "teacher", OF_PRIVATE_LESSON, {"type": "release_lesson"}, [DRAFT]),
    of_lesson("teacher", {"type": "publish_drafts"}, OWN_DRAFT),
    (
        "set_cuts",
        "teacher",
        OF_PRIVATE_LESSON,
        {"type": "set_cuts", "cuts": [{"start_ms": 0, "end_ms": 9_000}]},
        [it_can_be_heard],
    ),
    of_lesson("teacher", {"type": "publish_drafts", "drafts": [ONE]}, OWN_DRAFT, how="one of them"),
    of_lesson("coach", {"type": "finish_annotating"}),
    of_cycle("coach", {"type": "move_stage", "stage": "teaching"}),
    of_cycle("coach", {"type": "move_stage", "stage": "planning"}, TO_TEACHING, how="back"),
    of_cycle("coach", {"type": "move_stage", "stage": "closed"}, *TO_FOLLOW_UP, ASKED, how="to the end"),
    of_cycle("teacher", {"type": "waive_video", "note": "No power"}, TO_TEACHING),
    of_cycle("coach", {"type": "pause_cycle", "reason": "illness"}),
    of_cycle("coach", {"type": "resume_cycle"}, (OF_CYCLE, {"type": "pause_cycle", "reason": "illness"})),
    of_cycle("coach", {"type": "cancel_cycle", "reason": "by_agreement"}),
    of_cycle("coach", {"type": "ask_to_close"}, *TO_FOLLOW_UP),
    of_cycle("coach", written("write_plan", field="goal")),
    of_cycle("coach", {"type": "set_lesson_date", "date": DUE}),
    of_cycle(
        "coach",
        {"type": "set_lesson_date", "date": None},
        (OF_CYCLE, {"type": "set_lesson_date", "date": DUE}),
        how="to none",
    ),
    of_cycle("coach", {"type": "choose_focus", "category": "Discussion"}),
    of_cycle("coach", written("write_question", question=ONE)),
    of_cycle(
        "coach", {"type": "remove_question", "question": ONE}, (OF_CYCLE, written("write_question", question=ONE))
    ),
    of_cycle("teacher", {"type": "remove_resource", "resource": ONE}, a_file_came),
    of_cycle("coach", MEETING[1] | {"start": SOON, "place": "https://meet.example/far"}),
    of_cycle("coach", {"type": "move_meeting", "meeting": ONE, "start": SOON, "minutes": 60, "place": ""}, MEETING),
    of_cycle("coach", {"type": "end_meeting", "meeting": ONE, "minutes": 50}, MEETING),
    of_cycle("coach", {"type": "miss_meeting", "meeting": ONE}, MEETING),
    of_cycle("coach", {"type": "cancel_meeting", "meeting": ONE}, MEETING),
    of_cycle("coach", written("write_agenda", meeting=ONE), MEETING),
    of_cycle("coach", written("write_meeting_notes", meeting=ONE), MEETING),
    of_cycle("coach", OFFER[1]),
    of_cycle("coach", {"type": "accept_check_ins", "offer": ONE, "meetings": [TWO, THREE]}, OFFER),
    of_cycle("coach", {"type": "decline_check_ins", "offer": ONE}, OFFER),
    of_cycle(
        "coach", {"type": "order_agenda", "items": [{"lesson": "{lesson}", "annotation": ONE}], "revision": 0}, SAID
    ),
    of_cycle("coach", written("write_debrief_notes")),
    of_cycle("coach", COMMITMENT[1]),
    of_cycle("coach", written("change_commitment", commitment=ONE, due=DUE, measure="Hands", revision=1), COMMITMENT),
    of_cycle("coach", {"type": "drop_commitment", "commitment": ONE}, COMMITMENT),
    of_cycle("teacher", {"type": "follow_up", "commitment": ONE, "answer": "not_yet", "again": DUE}, COMMITMENT),
    of_cycle("coach", written("write_about")),
    of_cycle("coach", {"type": "send_message", "message": ONE, "text": "See you on Monday"}),
    of_cycle("coach", PROPOSED),
    of_cycle("coach", {"type": "settle_proposal", "proposal": ONE}, the_coach_proposed),
    of_cycle("coach", {"type": "start_next", "cycle": FOUR}, *TO_FOLLOW_UP, ASKED, the_coach_closed),
    of_cycle(
        "teacher",
        {"type": "take_new_coach", "coach": "{second_teacher}", "sees_earlier": True, "cycle": FOUR},
        another_coach_is_proposed,
    ),
    of_cycle(
        "teacher",
        {"type": "take_new_coach", "coach": "{second_teacher}", "sees_earlier": False, "cycle": FOUR},
        another_coach_is_proposed,
        how="and begin anew",
    ),
    of_notebook(written("write_note", note=ONE, prompt="What would you keep?")),
    of_notebook(written("write_note", note=ONE, text="Other words", revision=1), NOTE, how="anew"),
    of_notebook({"type": "remove_note", "note": ONE}, NOTE),
    of_notebook({"type": "remove_draft", "draft": ONE}, DRAFT),
    of_notebook({"type": "mark_seen", "stream": "lesson/{lesson}", "version": 1}),
    of_notebook({"type": "share_note", "note": ONE}, NOTE),
    (
        "add_lesson",
        "teacher",
        "/api/cycles/{cycle}/lessons",
        {"lesson": FOUR, "title": "N", "release": True},
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

_AFRESH = {"revision": 1, "start_ms": 2, "end_ms": 3, "body": "Look again", "kind": "question"}
_EDIT: Sent = (OF_LESSON, _AFRESH | {"type": "edit_annotation", "annotation": ONE})
_ANSWER: Sent = (OF_LESSON, {"type": "add_reply", "annotation": ONE, "reply": TWO, "body": "Yes"})
_TRACK: Sent = (OF_LESSON, {"type": "add_track", "track": ONE, "kind": "captions", "language": "en"})
_CUE_AT = {"track": ONE, "cue": TWO, "start_ms": 1, "end_ms": 9}
_CUE: Sent = (OF_LESSON, _CUE_AT | {"type": "add_cue", "text": "Good morning."})
_MESSAGE: Sent = (OF_CYCLE, {"type": "send_message", "message": ONE, "text": "Hello"})
COMMANDS += [
    of_lesson("teacher", _EDIT[1], SAID),
    of_lesson("teacher", {"type": "remove_annotation", "annotation": ONE}, SAID, _EDIT, how="after an edit"),
    of_lesson(
        "teacher",
        {"type": "edit_reply", "annotation": ONE, "reply": TWO, "revision": 1, "body": "No"},
        SAID,
        _ANSWER,
    ),
    of_lesson("teacher", {"type": "remove_reply", "annotation": ONE, "reply": TWO}, SAID, _ANSWER),
    of_lesson("coach", _TRACK[1]),
    of_lesson("teacher", {"type": "name_track", "track": ONE, "revision": 1, "language": "es", "label": "N"}, _TRACK),
    of_lesson("coach", {"type": "remove_track", "track": ONE, "revision": 1}, _TRACK),
    of_lesson("coach", _CUE[1], _TRACK),
    of_lesson("teacher", _CUE_AT | {"type": "edit_cue", "text": "Good night.", "revision": 2}, _TRACK, _CUE),
    of_lesson("teacher", {"type": "remove_cue", "track": ONE, "cue": TWO, "revision": 2}, _TRACK, _CUE),
    ("edit_draft", "teacher", OF_PRIVATE_LESSON, _AFRESH | {"type": "edit_draft", "draft": ONE}, [DRAFT]),
    of_cycle("teacher", {"type": "remove_message", "message": ONE}, _MESSAGE),
    of_cycle(
        "teacher",
        {"type": "remove_reflection", "reflection": ONE},
        NOTE,
        (OF_NOTEBOOK, {"type": "share_note", "note": ONE}),
    ),
    of_cycle("teacher", LET_IN),
    of_cycle("teacher", {"type": "end_observing", "observer": ONE}, (OF_CYCLE, LET_IN)),
]


def test_every_command_is_here() -> None:
    routes = (LessonCommand, CycleCommand, NotebookCommand)
    known = {kind.__struct_config__.tag for route in routes for kind in get_args(route)} | {"add_lesson"}

    assert {name.split()[0] for name, *_ in COMMANDS} == known


async def rows_say_what_the_streams_say(deps: Deps, cast: Cast, streams: list[str]) -> None:
    async with deps.db.read() as tx:
        cycle = await cycles.by_id(tx, cast.cycle)
        found = await lessons.by_ids(tx, [stream.removeprefix("lesson/") for stream in streams])
    state = (await deps.record.state(cycle_stream(cast.cycle)))[1]
    row = msgspec.structs.asdict(cycle)
    assert {name: row[name] for name in row_of(state)} == row_of(state)
    assert found
    for lesson in found:
        told = (await deps.record.state(lesson_stream(lesson.id)))[1]
        assert (lesson.state, lesson.released_at, lesson.annotations) == (
            told.state,
            told.released_at,
            sum(one.removed_at is None for one in told.annotations.values()),
        )
        assert (lesson.attempt, lesson.duration_ms, lesson.title) == (told.attempt, told.duration_ms, told.title)


def naming(cast: Cast, body: dict[str, Any]) -> dict[str, Any]:
    """The body with what it names of the cast, and an id of its own."""
    text = msgspec.json.encode(body | {"id": str(uuid4())}).decode()
    for name in ("cycle", "lesson", "private_lesson", "second_teacher"):
        text = text.replace(f"{{{name}}}", getattr(cast, name))
    text = text.replace(JUST_NOW, (datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=4)).isoformat())
    named: dict[str, Any] = msgspec.json.decode(text)
    return named


async def go_before(deps: Deps, cast: Cast, visitors: Visitors, before: list[Before]) -> None:
    for step in before:
        if callable(step):
            await step(deps, cast)
            continue
        path, body = step
        answer = await visitors.teacher.post(path.format(**vars(cast)), naming(cast, body))
        assert answer.status == 200, answer.body


@pytest.mark.parametrize(("name", "who", "path", "body", "before"), COMMANDS, ids=[case[0] for case in COMMANDS])
async def test_old_snapshot_and_emitted_events_make_the_fresh_one(
    visitors: Visitors,
    cast: Cast,
    deps: Deps,
    name: str,
    who: str,
    path: str,
    body: dict[str, Any],
    before: list[Before],
) -> None:
    await go_before(deps, cast, visitors, before)
    streams = [
        cycle_stream(cast.cycle),
        notebook_stream(cast.cycle, cast.teacher),
        notebook_stream(cast.cycle, cast.coach),
        *(lesson_stream(lesson) for lesson in (cast.lesson, cast.private_lesson, body.get("lesson", cast.lesson))),
    ]
    old = {stream: await deps.record.state(stream) for stream in streams}
    encoded = {stream: msgspec.json.encode(state) for stream, (_, state) in old.items()}

    answer = await getattr(visitors, who).post(path.format(**vars(cast)), naming(cast, body))

    assert answer.status in (200, 201), answer.body
    emitted = 0
    for stream, (version, snapshot) in old.items():
        assert msgspec.json.encode(snapshot) == encoded[stream], "what a reader holds does not change"
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
