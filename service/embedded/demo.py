"""The demo program: invented people, three cycles at different stages, one lesson with a dozen annotations.

Everything has an id derived from its name, so that seeding a second time finds it all there and adds nothing.
"""

import asyncio
import hashlib
import tempfile
import uuid
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import cast

from service import access
from service.actions import annotations, cycles, lessons, sign_in, uploads
from service.actions.commands import Command
from service.coaching.annotations import AddAnnotation, AddReply
from service.coaching.conversations import SendMessage, WriteAbout
from service.coaching.cycle_state import STAGES, Stage
from service.coaching.debriefs import FollowUpCommitment, MakeCommitment
from service.coaching.lessons import AddLesson, Kind
from service.coaching.plans import ChooseFocus, WritePlan, WriteQuestion
from service.coaching.stages import MoveStage, WaiveVideo
from service.coaching.streams import lesson_stream
from service.embedded.film import make_film
from service.media import blocks
from service.wiring import Deps
from storage import cycles as cycle_rows
from storage import people, programs
from storage.engine import apply

_SPACE = uuid.UUID("6f0d8f5e-5b1c-4d63-9d2e-2f6f1f0a7c11")
LINK_LIFE = timedelta(hours=12)
FILM_BLOCK_BYTES = 4 * 1024 * 1024


def demo_id(name: str) -> str:
    return str(uuid.uuid5(_SPACE, name))


PROGRAM, OTHER_PROGRAM = demo_id("program"), demo_id("other program")
LEAD, COACH, TEACHER, SECOND_TEACHER, OUTSIDER = (
    demo_id(name) for name in ("lead", "coach", "teacher", "second teacher", "outsider")
)
REVIEW_CYCLE, TEACHING_CYCLE, CLOSED_CYCLE = (demo_id(f"cycle {name}") for name in ("review", "teaching", "closed"))
LESSON, UPLOAD = demo_id("lesson"), demo_id("upload")


@dataclass(frozen=True, slots=True)
class DemoLink:
    name: str
    role: str
    url_path: str


@dataclass(frozen=True, slots=True)
class _Member:
    id: str
    name: str
    role: str
    program: str
    time_zone: str


_MEMBERS = (
    _Member(TEACHER, "Tess Teachwell", "teacher", PROGRAM, "America/Boise"),
    _Member(SECOND_TEACHER, "Toni Trywell", "teacher", PROGRAM, "America/Boise"),
    _Member(COACH, "Cole Coachman", "coach", PROGRAM, "America/New_York"),
    _Member(LEAD, "Lea Leadley", "lead", PROGRAM, "America/Denver"),
    _Member(OUTSIDER, "Otto Outside", "teacher", OTHER_PROGRAM, "America/Chicago"),
)

_CYCLES: tuple[tuple[str, str, int, Stage], ...] = (
    (CLOSED_CYCLE, TEACHER, 1, "closed"),
    (REVIEW_CYCLE, TEACHER, 2, "review"),
    (TEACHING_CYCLE, SECOND_TEACHER, 1, "teaching"),
)

_WORDS: tuple[tuple[str, int, int | None, Kind, str], ...] = (
    (TEACHER, 8_000, 12_500, "note", "I write the problem down first, so that nobody has to keep it in their head."),
    (COACH, 14_000, None, "question", "What did you hope they would say first here?"),
    (COACH, 16_400, None, "strength", "Two hands within three seconds. They are with you."),
    (TEACHER, 22_000, 27_000, "note", "She stands up to answer. I like that this has become normal."),
    (COACH, 28_000, 33_000, "strength", "Five seconds of silence, and you let it be silent."),
    (TEACHER, 33_500, None, "note", "Three more hands after the wait. I would have missed these last year."),
    (COACH, 37_200, 43_400, "question", "He says “make the pieces the same size”. Whose idea is it now?"),
    (COACH, 47_000, 54_500, "suggestion", "Could a pupil draw the cut here, and you only ask what changed?"),
    (TEACHER, 58_000, 68_000, "question", "I cannot hear the pairs from the window. What do you notice in them?"),
    (COACH, 60_000, None, "note", "The pair in front is counting eighths on their fingers."),
    (COACH, 72_500, None, "strength", "Five hands of six. It was two at the start."),
    (TEACHER, 84_500, 89_000, "question", "I only see this late hand now, on the film. How could I have seen it?"),
)

_REPLIES: tuple[tuple[int, str, str], ...] = (
    (1, TEACHER, "That the parts do not match. Nobody did, so I waited."),
    (7, TEACHER, "Yes. I will hand the chalk over next time."),
)


async def seed(deps: Deps) -> None:
    """People, programs, cycles and words; the film follows with `send_film` once there is a store for it."""
    now = deps.clock()
    async with deps.db.write() as tx:
        if await programs.by_id(tx, PROGRAM) is None:
            rows = [
                programs.add(programs.Program(PROGRAM, "Demo: Far Valley Coaching", "teacher_first", now)),
                programs.add(programs.Program(OTHER_PROGRAM, "Demo: Another District", "teacher_first", now)),
            ]
            for member in _MEMBERS:
                email = f"{member.name.split()[0].lower()}@demo.invalid"
                rows.append(people.add(people.Person(member.id, member.name, email, member.time_zone, "en", now)))
                rows.append(programs.join(member.program, member.id, member.role))
            await apply(tx, rows)
    for cycle, teacher, number, stage in _CYCLES:
        await _open_cycle(deps, cycle, teacher, number, stage)


async def _open_cycle(deps: Deps, cycle: str, teacher: str, number: int, stage: Stage) -> None:
    async with deps.db.read() as tx:
        there = await cycle_rows.by_id(tx, cycle)
        program = await programs.by_id(tx, PROGRAM)
    assert program is not None, "made just before"
    if there is not None and STAGES.index(cast("Stage", there.stage)) >= STAGES.index(stage):
        # Told to its end, perhaps by an earlier version, whose story was another; what people did since is theirs.
        return
    if there is None:
        await cycles.open_cycle(deps, cycle, cycles.opening(program, teacher, COACH, number), by=teacher)
    found = await access.access_cycle(deps, teacher, cycle)
    if cycle == CLOSED_CYCLE:
        await _get_acquainted(deps, found)
    for step, following in pairwise(STAGES[: STAGES.index(stage) + 1]):
        # Ids make a repeat the stored answer, so a seeding that was cut short goes on where it stopped.
        for command in _needed(found, step):
            await cycles.ACTIONS[type(command)](deps, found, command, by=teacher)
        if cycle == REVIEW_CYCLE and step == "teaching":
            await _write_lesson(deps)
        moved = MoveStage(demo_id(f"{cycle} to {following}"), following)
        await cycles.move_stage(deps, found, moved, by=teacher)


async def _get_acquainted(deps: Deps, found: access.CycleAccess) -> None:
    """What belongs to no moment of a lesson: how the two began."""
    if found.cycle.stage != "planning":
        return
    about = "I taught fractions for nineteen years. I ask more than I tell, and I like to be told when that is tiring."
    told: list[tuple[str, Command]] = [
        (COACH, WriteAbout(demo_id("coach about"), about, 0)),
        (COACH, SendMessage(demo_id("say hello"), demo_id("hello"), "Glad to begin. When is your class calm enough?")),
        (TEACHER, SendMessage(demo_id("say when"), demo_id("when"), "Tuesdays after the break, if the power holds.")),
    ]
    for by, command in told:
        reached = await access.access_cycle(deps, by, found.cycle.id)
        await cycles.ACTIONS[type(command)](deps, reached, command, by=by)


def _needed(found: access.CycleAccess, stage: Stage) -> list[Command]:
    """What the two of a demo cycle have written in a stage by the time they leave it."""

    def new(what: str) -> str:
        return demo_id(f"{found.cycle.id} {what}")

    commitment = new("commitment")
    match stage:
        case "planning":
            question = "Whose idea is it, theirs or mine?"
            goal = "They say what they see before I say what to do."
            about = "Grade 5, thirty-one of them, one window that opens. I talk too fast."
            return [
                WriteAbout(new("write about"), about, 0),
                WritePlan(new("write goal"), "goal", goal, 0),
                ChooseFocus(new("choose focus"), "Listening to student thinking"),
                WriteQuestion(new("write question"), new("question"), question, 0),
            ]
        case "teaching":
            return [] if found.cycle.id == REVIEW_CYCLE else [WaiveVideo(new("waive"), "The power was away that day.")]
        case "debrief":
            due = (found.cycle.created_at + timedelta(days=14)).date()
            text = "Wait five seconds after each question, twice a week."
            return [MakeCommitment(new("commit"), commitment, text, due, "I count the hands that go up.")]
        case "follow_up":
            evidence = "Four hands more on most days. The late ones are the ones I used to miss."
            return [FollowUpCommitment(new("follow up"), commitment, "kept", evidence)]
        case _:
            return []


async def _write_lesson(deps: Deps) -> None:
    cycle = await access.access_cycle(deps, TEACHER, REVIEW_CYCLE)
    lesson = AddLesson(demo_id("add lesson"), LESSON, "Adding unlike parts, grade 5", release=True)
    await lessons.add_lesson(deps, cycle, lesson, by=TEACHER)
    for n, (by, start_ms, end_ms, kind, body) in enumerate(_WORDS):
        found = await access.access_lesson(deps, by, LESSON)
        annotation = AddAnnotation(
            id=demo_id(f"say {n}"),
            annotation=demo_id(f"annotation {n}"),
            start_ms=start_ms,
            end_ms=end_ms,
            body=body,
            kind=kind,
        )
        await annotations.add_annotation(deps, found, annotation, by=by)
    for n, by, body in _REPLIES:
        found = await access.access_lesson(deps, by, LESSON)
        reply = AddReply(demo_id(f"answer {n}"), demo_id(f"annotation {n}"), demo_id(f"reply {n}"), body)
        await annotations.add_reply(deps, found, reply, by=by)


async def send_film(deps: Deps) -> None:
    """Make the demo lesson's film once and send it the way every lesson goes: blocks, cover, worker."""
    found = await access.access_lesson(deps, TEACHER, LESSON)
    if found.lesson.state not in ("waiting", "arriving"):
        return
    with tempfile.TemporaryDirectory(dir=deps.config.data_dir, prefix="film-") as folder:
        path = Path(folder) / "film.mp4"
        await make_film(path)
        size = path.stat().st_size
        asked = uploads.StartUpload(UPLOAD, "original", size, "demo-lesson.mp4", "video/mp4")
        await uploads.start_upload(deps, found, asked, by=TEACHER)
        cover = []
        with path.open("rb") as film:
            while piece := film.read(FILM_BLOCK_BYTES):
                offset = film.tell() - len(piece)
                block = blocks.Block(offset, film.tell(), hashlib.sha256(piece).hexdigest())
                key = f"{blocks.uploads_prefix(UPLOAD)}{block.offset}-{block.end}-{block.sha256}"
                await deps.objects.put(key, piece, "application/octet-stream")
                cover.append(block)
    await uploads.complete_upload(deps, await access.access_upload(deps, TEACHER, UPLOAD), size, cover, by=TEACHER)


async def film_watchable(deps: Deps) -> None:
    """Return once the demo lesson plays; at once where it did before."""
    news = asyncio.Event()
    unlisten = deps.bus.listen(lambda stream, _: news.set() if stream == lesson_stream(LESSON) else None)
    try:
        while (await access.access_lesson(deps, TEACHER, LESSON)).lesson.state not in ("watchable", "ready", "refused"):
            await news.wait()
            news.clear()
    finally:
        unlisten()


async def links(deps: Deps) -> list[DemoLink]:
    """A fresh sign-in link for each demo person; each works once, for twelve hours."""
    return [
        DemoLink(
            member.name,
            member.role if member.program == PROGRAM else "outsider",
            f"/sign-in#{await sign_in.make_link(deps, member.id, purpose='demo', life=LINK_LIFE)}",
        )
        for member in _MEMBERS
    ]
