"""What the worker makes known: each act is fenced by its job, and a job ends in the transaction of its effect."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from service.actions.commands import lesson_row
from service.actions.uploads import LATE_BLOCKS, sweep
from service.coaching import lessons as rules
from service.coaching.streams import lesson_stream
from service.wiring import Deps
from storage import jobs, lessons, uploads
from storage.engine import Write
from storage.record import Act, Outcome

WORKER = "farfield"
BLOCKS_KEPT = timedelta(hours=24)


async def upload_assembled(
    deps: Deps, job: jobs.Job, lesson_id: str, upload_id: str, *, key: str, size: int, sha256: str
) -> None:
    """The original is whole, was read back and hashed. Its blocks go 24 h later."""

    def decide(_: Mapping[str, Any], at: datetime) -> Outcome:
        writes = [
            uploads.assembled(upload_id, sha256=sha256, at=at),
            lessons.set_original(lesson_id, key, size),
            sweep(deps, upload_id, at, BLOCKS_KEPT),
        ]
        return Outcome({}, writes)

    await deps.record.act(Act(by=WORKER, streams=(), decide=decide, require=jobs.still_mine(job)))


async def lesson_watchable(
    deps: Deps,
    job: jobs.Job,
    lesson_id: str,
    *,
    attempt: int,
    duration_ms: int,
    width: int | None,
    height: int | None,
) -> None:
    """The first segments of every rendition are there. The job goes on."""
    await _append(deps, job, lesson_id, rules.LessonWatchable(attempt, duration_ms, width, height))


async def lesson_ready(
    deps: Deps,
    job: jobs.Job,
    lesson_id: str,
    *,
    attempt: int,
    duration_ms: int,
    missing_ms: int,
    writes: Sequence[Write],
) -> None:
    """Every rendition is one object; `writes` are their rows. The job ends here."""
    event = rules.LessonReady(attempt, duration_ms, missing_ms)
    await _append(deps, job, lesson_id, event, [*writes, jobs.complete(job, now=deps.clock())])


async def lesson_refused(
    deps: Deps, job: jobs.Job, lesson_id: str, *, reason: rules.RefusedReason, upload_id: str | None = None
) -> None:
    """The file cannot become a lesson. The job ends here; the teacher is told and may send another file.

    `upload_id` names the file where it is known: its blocks go, since nobody will assemble them again.
    """
    event, now = rules.LessonRefused(reason), deps.clock()
    rows = [jobs.complete(job, now=now)]
    if upload_id is not None:
        rows += [uploads.end(upload_id, "refused", now), sweep(deps, upload_id, now, LATE_BLOCKS)]
    await _append(deps, job, lesson_id, event, rows)


async def _append(deps: Deps, job: jobs.Job, lesson_id: str, event: Any, writes: Sequence[Write] = ()) -> None:
    stream = lesson_stream(lesson_id)

    def decide(_: Mapping[str, Any], _at: datetime) -> Outcome:
        return Outcome({stream: [event]}, writes)

    mine = jobs.still_mine(job)
    await deps.record.act(Act(by=WORKER, streams=(stream,), decide=decide, project=lesson_row(stream), require=mine))
