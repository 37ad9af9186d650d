"""What becomes of a lesson whose preparing was given up: its teacher is told, and what there is stays.

Something can be watched already where a file ends the encoder every time at the same moment: then the lesson plays as
far as it goes, and says how much is missing.
"""

import asyncio
from contextlib import suppress
from pathlib import Path

from service.actions import media as actions
from service.coaching import lessons as rules
from service.coaching.cuts import prepared_again
from service.coaching.streams import lesson_stream
from service.media.outcomes import Cancel, Done, Outcome
from service.media.prepare import fetch, start_keeping, worth_telling
from service.media.probe import Reason, Refused
from service.media.publish import Publisher
from service.wiring import Deps
from storage import lessons, uploads
from storage.jobs import Job
from storage.lessons import Lesson


async def refuse_lesson(deps: Deps, job: Job, folder: Path) -> Outcome:
    """Say so, instead of leaving the teacher waiting for ever."""
    if "lesson" not in job.data:
        return Cancel("names no lesson")
    async with deps.db.read() as tx:
        lesson = await lessons.by_id(tx, job.data["lesson"])
    if lesson is None or lesson.state == "ready":
        return Cancel("it plays")
    _, state = await deps.record.state(lesson_stream(lesson.id))
    if lesson.state == "watchable" and prepared_again(state):
        return Cancel("another job makes it")
    if lesson.state == "watchable":
        return await _keep_what_there_is(deps, job, lesson, state, folder)
    upload = job.data.get("upload")
    await actions.lesson_refused(deps, job, lesson.id, reason=Reason.GAVE_UP.value, upload_id=upload)
    return Done()


async def refuse_again(deps: Deps, job: Job, folder: Path) -> Outcome:
    """The preparation with parts cut out was given up. Where nobody but its teacher has anything to play they are told,
    and may send the film again; the file that was kept stays."""
    async with deps.db.read() as tx:
        row = await lessons.by_id(tx, job.data["lesson"])
    if row is None:
        return Cancel("there is no such lesson")
    _, lesson = await deps.record.state(lesson_stream(row.id))
    if prepared_again(lesson):
        await actions.lesson_refused(deps, job, lesson.id, reason=Reason.GAVE_UP.value)
        return Done()
    if lesson.state == "watchable":
        return await _keep_what_there_is(deps, job, row, lesson, folder)
    return Cancel("another job has made it")


async def _keep_what_there_is(deps: Deps, job: Job, lesson: Lesson, state: rules.LessonState, folder: Path) -> Outcome:
    """Its annotations have their times from it."""
    assert lesson.attempt is not None
    assert lesson.duration_ms is not None
    await _keep_the_file(deps, job, lesson, folder)
    parts = folder / "renditions"
    await asyncio.to_thread(parts.mkdir)
    publisher = await Publisher.taken_up(deps, job, lesson.id, lesson.attempt, parts)
    writes = await publisher.join()
    writes.append(actions.sweep_segments(deps, lesson.id, lesson.attempt))
    missing_ms = worth_telling(lesson.duration_ms - publisher.reached_ms)
    await actions.lesson_ready(
        deps,
        job,
        lesson.id,
        attempt=lesson.attempt,
        duration_ms=lesson.duration_ms - missing_ms,
        missing_ms=missing_ms,
        writes=writes,
        watchable=rules.LessonWatchable(
            lesson.attempt, lesson.duration_ms, state.width, state.height, state.source or "original"
        ),
        cuts=state.cuts,
    )
    return Done()


async def _keep_the_file(deps: Deps, job: Job, lesson: Lesson, folder: Path) -> None:
    """As it was sent, to its teacher, as that of any other lesson."""
    async with deps.db.read() as tx:
        upload = await uploads.by_id(tx, job.data["upload"]) if "upload" in job.data else None
    if upload is None or upload.state != "completed":
        return
    source = folder / "source"
    with suppress(Refused):
        sha256 = await fetch(deps, lesson.id, upload, source)
        await start_keeping(deps, job, lesson.id, upload, source, sha256)
