"""What the worker makes known: each act is fenced by its job, and a job ends in the transaction of its effect."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from service.actions.commands import lesson_row
from service.actions.cuts import CutAnew, refuse_overtaken
from service.actions.uploads import LATE_BLOCKS, over, sweep
from service.coaching import lessons as rules
from service.coaching.streams import lesson_stream
from service.media.renditions import EARLY_SOUND_NAME
from service.wiring import Deps
from storage import jobs, lessons, renditions, uploads
from storage.engine import Write
from storage.record import Act, Outcome

WORKER = "farfield"
BLOCKS_KEPT = timedelta(hours=24)
SEGMENTS_KEPT = timedelta(hours=24)
"""Players that began with separate segments may go on with them for so long after the rendition was finished."""


def sweep_segments(deps: Deps, lesson_id: str, attempt: int, superseded: Sequence[str] = ()) -> Write:
    """Let go of earlier attempts and separate segments a day later, and of the files that were played from before."""
    payload, now = {"lesson": lesson_id, "attempt": attempt, "superseded": list(superseded)}, deps.clock()
    return jobs.enqueue(deps.new_id(), "sweep_segments", payload, at=now, run_at=now + SEGMENTS_KEPT)


def _sweep_uncut(deps: Deps, lesson: rules.LessonState, attempt: int, at: datetime) -> list[Write]:
    """Since parts were cut out, what others may not have goes an hour later, not a day: its teacher may be playing it.
    The rows stay for the other sweep."""
    least = rules.least_with(lesson, attempt) or 1
    if least == 1:
        return []
    payload = {"lesson": lesson.id, "failed": list(range(1, least))}
    key = f"sweep_uncut/{lesson.id}/{least}"
    later = at + LATE_BLOCKS
    return [jobs.enqueue(deps.new_id(), "sweep_segments", payload, at=at, run_at=later, dedupe_key=key)]


async def _sweep_failed(deps: Deps, lesson_id: str) -> list[Write]:
    """Let go of what attempts have made of which nothing will come: those after the one that plays, if any does."""
    _, state = await deps.record.state(lesson_stream(lesson_id))
    # What was made of a film while it arrived goes with the film.
    kept = 0 if state.following else state.attempt or 0
    async with deps.db.read() as tx:
        failed = await renditions.attempts_above(tx, lesson_id, kept, but=EARLY_SOUND_NAME)
    if not failed:
        return []
    payload, now = {"lesson": lesson_id, "failed": failed}, deps.clock()
    return [jobs.enqueue(deps.new_id(), "sweep_segments", payload, at=now, run_at=now + LATE_BLOCKS)]


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


async def lesson_followable(
    deps: Deps, job: jobs.Job, lesson_id: str, told: rules.LessonFollowable, *, cuts: tuple[rules.Cut, ...]
) -> bool:
    """The first of a film that is still being sent can be watched; False: now is not the time. Raises CutAnew."""
    stream = lesson_stream(lesson_id)
    may = False

    def decide(states: Mapping[str, Any], _at: datetime) -> Outcome:
        nonlocal may
        refuse_overtaken(states[stream], told.attempt, cuts)
        may = rules.may_follow(states[stream], told.upload)
        return Outcome({stream: [told]} if may else {})

    mine = jobs.still_mine(job)
    await deps.record.act(Act(by=WORKER, streams=(stream,), decide=decide, project=lesson_row(stream), require=mine))
    return may


async def lesson_watchable(
    deps: Deps,
    job: jobs.Job,
    lesson_id: str,
    told: rules.LessonWatchable,
    *,
    cuts: tuple[rules.Cut, ...],
) -> None:
    """The first segments of every rendition are there. The job goes on. Raises CutAnew."""
    stream = lesson_stream(lesson_id)

    def decide(states: Mapping[str, Any], _at: datetime) -> Outcome:
        refuse_overtaken(states[stream], told.attempt, cuts)
        return Outcome({stream: [told]})

    mine = jobs.still_mine(job)
    await deps.record.act(Act(by=WORKER, streams=(stream,), decide=decide, project=lesson_row(stream), require=mine))


async def lesson_ready(
    deps: Deps,
    job: jobs.Job,
    lesson_id: str,
    *,
    attempt: int,
    duration_ms: int,
    missing_ms: int,
    writes: Sequence[Write],
    watchable: rules.LessonWatchable,
    cuts: tuple[rules.Cut, ...],
) -> None:
    """Every rendition is one object; `writes` are their rows. The job ends here. Raises CutAnew.

    `watchable` is told first where it was not.
    """
    ready = rules.LessonReady(attempt, duration_ms, missing_ms)
    await _ready(deps, job, lesson_id, watchable, ready, writes, cuts)


async def lesson_refused(
    deps: Deps, job: jobs.Job, lesson_id: str, *, reason: rules.RefusedReason, upload_id: str | None = None
) -> None:
    """The file cannot become a lesson. The job ends here; the teacher is told and may send another file.

    `upload_id` names the file where it is known: its blocks go, since nobody will assemble them again.
    """
    event, now = rules.LessonRefused(reason), deps.clock()
    rows = [*await _sweep_failed(deps, lesson_id), jobs.complete(job, now=now)]
    if upload_id is not None:
        rows += over(deps, upload_id, "refused", now)
    await _append(deps, job, lesson_id, [event], rows)


async def sound_listenable(
    deps: Deps,
    job: jobs.Job,
    lesson_id: str,
    upload_id: str,
    *,
    sha256: str,
    attempt: int,
    duration_ms: int,
    writes: Sequence[Write],
    cuts: tuple[rules.Cut, ...],
) -> None:
    """The sound that came first is one object. The job ends here; the lesson waits for its picture as before.

    Where the picture was quicker nobody hears of it. Raises CutAnew.
    """
    stream = lesson_stream(lesson_id)

    def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
        if cuts != states[stream].cuts:
            raise CutAnew
        rows = [
            *writes,
            uploads.assembled(upload_id, sha256=sha256, at=at),
            sweep(deps, upload_id, at, BLOCKS_KEPT),
            jobs.complete(job, now=at),
        ]
        seen = states[stream].state in ("watchable", "ready") or states[stream].following is not None
        if not seen:
            rows.append(sweep_segments(deps, lesson_id, attempt))
        return Outcome({} if seen else {stream: [rules.LessonListenable(attempt, duration_ms)]}, rows)

    mine = jobs.still_mine(job)
    await deps.record.act(Act(by=WORKER, streams=(stream,), decide=decide, project=lesson_row(stream), require=mine))


async def sound_refused(deps: Deps, job: jobs.Job, lesson_id: str, upload_id: str) -> None:
    """Nothing can be heard of it. The job ends here; nothing happens to the lesson but that it waits for its film."""
    now = deps.clock()
    rows = [*over(deps, upload_id, "refused", now), jobs.complete(job, now=now)]
    await _append(deps, job, lesson_id, [rules.UploadEnded(upload_id, "sound", "refused")], rows)


async def upload_dropped(deps: Deps, job: jobs.Job, upload_id: str, state: Literal["refused", "removed"]) -> None:
    """It cannot be used, or came too late to be of use. The job ends here; who looks at the upload sees so."""

    def decide(_: Mapping[str, Any], at: datetime) -> Outcome:
        return Outcome({}, [*over(deps, upload_id, state, at), jobs.complete(job, now=at)])

    await deps.record.act(Act(by=WORKER, streams=(), decide=decide, require=jobs.still_mine(job)))


async def original_in_use(
    deps: Deps,
    job: jobs.Job,
    lesson_id: str,
    *,
    attempt: int,
    duration_ms: int,
    width: int | None,
    height: int | None,
    writes: Sequence[Write],
    cuts: tuple[rules.Cut, ...],
) -> None:
    """The original takes over from its smaller copy, in one step and whole. The job ends here. Raises CutAnew."""
    watchable = rules.LessonWatchable(attempt, duration_ms, width, height, "original")
    await _ready(
        deps, job, lesson_id, watchable, rules.LessonReady(attempt, duration_ms), writes, cuts, takes_over=True
    )


async def _ready(
    deps: Deps,
    job: jobs.Job,
    lesson_id: str,
    watchable: rules.LessonWatchable,
    ready: rules.LessonReady,
    writes: Sequence[Write],
    cuts: tuple[rules.Cut, ...],
    *,
    takes_over: bool = False,
) -> None:
    """Files still on their way that the lesson will never take are ended: nobody sends on, or is written to, for
    nothing. `takes_over`: the file it is played from changes with it."""
    stream = lesson_stream(lesson_id)
    async with deps.db.read() as tx:
        under_way = [one for one in await uploads.of_lessons(tx, [lesson_id]) if one.state == "open"]

    def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
        state = states[stream]
        refuse_overtaken(state, ready.attempt, cuts)
        if not takes_over and state.source == "original" and watchable.source == "small":
            raise CutAnew  # the original of this copy was quicker
        ends = [one for one in under_way if rules.useless(watchable.source, one.role)]
        told = [ready] if state.attempt == ready.attempt and not state.listen else [watchable, ready]
        rows = [*writes, *_sweep_uncut(deps, state, ready.attempt, at), jobs.complete(job, now=at)]
        for one in ends:
            rows += over(deps, one.id, "cancelled", at)
        ended = [rules.UploadEnded(one.id, cast("rules.FileRole", one.role), "not_needed") for one in ends]
        return Outcome({stream: [*ended, *told]}, rows)

    mine = jobs.still_mine(job)
    await deps.record.act(Act(by=WORKER, streams=(stream,), decide=decide, project=lesson_row(stream), require=mine))


async def original_set_aside(
    deps: Deps,
    job: jobs.Job,
    lesson_id: str,
    upload_id: str,
    *,
    why: Literal["other_times"] | rules.RefusedReason,
    kept: bool,
) -> None:
    """The smaller copy goes on playing. `kept`: the original is there as a file. The job ends here."""
    now = deps.clock()
    rows = [*await _sweep_failed(deps, lesson_id), jobs.complete(job, now=now)]
    if not kept:
        rows += over(deps, upload_id, "refused", now)
    await _append(deps, job, lesson_id, [rules.OriginalSetAside(upload_id, why)], rows)


async def _append(
    deps: Deps, job: jobs.Job, lesson_id: str, events: Sequence[Any], writes: Sequence[Write] = ()
) -> None:
    stream = lesson_stream(lesson_id)

    def decide(_: Mapping[str, Any], _at: datetime) -> Outcome:
        return Outcome({stream: events}, writes)

    mine = jobs.still_mine(job)
    await deps.record.act(Act(by=WORKER, streams=(stream,), decide=decide, project=lesson_row(stream), require=mine))
