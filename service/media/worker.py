"""Takes jobs from the table, one a slot, and writes down how each ended. See README.md for the states."""

import asyncio
import contextlib
import errno
import logging
import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from service.actions.cuts import CutAnew
from service.media import confine
from service.media.early_sound import prepare_sound, refuse_sound
from service.media.gathering import await_upload
from service.media.giving_up import refuse_again, refuse_lesson
from service.media.late_original import prepare_original, refuse_original
from service.media.outcomes import Cancel, Done, Outcome, Retry, Snooze
from service.media.prepare import prepare_again, prepare_lesson
from service.media.resources import delete_resource, keep_resource, refuse_resource
from service.media.rows import rebuild_rows
from service.media.scratch import scratch
from service.media.sweeps import sweep_blocks, sweep_segments, sweep_strays
from service.telemetry import bound
from service.waiting import first_of
from service.wiring import Deps
from storage import jobs, progress
from storage.engine import DatabaseUnavailable, Write, apply
from storage.jobs import Job
from storage.objects import ObjectMissing, StoreUnavailable
from storage.record import Superseded

log = logging.getLogger(__name__)

Handler = Callable[[Deps, Job, Path], Awaitable[Outcome]]
HANDLERS: Mapping[str, Handler] = {
    "await_upload": await_upload,
    "delete_resource": delete_resource,
    "keep_resource": keep_resource,
    "prepare_again": prepare_again,
    "prepare_lesson": prepare_lesson,
    "prepare_original": prepare_original,
    "prepare_sound": prepare_sound,
    "rebuild_rows": rebuild_rows,
    "refuse_again": refuse_again,
    "refuse_lesson": refuse_lesson,
    "refuse_original": refuse_original,
    "refuse_resource": refuse_resource,
    "refuse_sound": refuse_sound,
    "sweep_blocks": sweep_blocks,
    "sweep_segments": sweep_segments,
    "sweep_strays": sweep_strays,
}

PICTURES = frozenset({"prepare_again", "prepare_lesson", "prepare_original"})
"""What may take an hour."""
PATIENT = frozenset({"await_upload"})
"""What mostly waits for others: it takes no slot."""
MOST_PATIENT = 32
GIVEN_UP = {
    "prepare_again": "refuse_again",
    "prepare_lesson": "refuse_lesson",
    "prepare_original": "refuse_original",
    "prepare_sound": "refuse_sound",
    "keep_resource": "refuse_resource",
}
"""What follows the work on somebody's file that was given up."""
LEASE = timedelta(seconds=60)
POLL_SECONDS = 2.0
# Once a job has used up its attempts for reasons that are not its own, it is tried this often.
_PATIENCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Lost:
    """The job is not ours any more; whoever has it says how it ends."""


async def run_worker(
    deps: Deps, stop: asyncio.Event, *, slots: int = 1, handlers: Mapping[str, Handler] = HANDLERS
) -> None:
    """Work until `stop` is set; then what is under way is ended at once and left for the next start.

    One slot more than `slots` takes no film: a worksheet, or the sound that comes first, does not wait while an hour
    is encoded.
    """
    log.info("worker.walls", extra={"walls": dict(await asyncio.to_thread(confine.walls))})
    with scratch(deps.config.data_dir / "work") as own:
        deps.arrivals.begin(own / "arriving")
        try:
            await _take_jobs(deps, stop, own, slots, handlers)
        finally:
            deps.arrivals.end(own / "arriving")


async def _take_jobs(
    deps: Deps, stop: asyncio.Event, scratch: Path, slots: int, handlers: Mapping[str, Handler]
) -> None:
    woken = asyncio.Event()
    deaf = deps.bus.listen(lambda stream, _: woken.set() if stream == jobs.WAKE else None)
    try:
        async with asyncio.TaskGroup() as group:
            working = _only(handlers, lambda kind: kind not in PATIENT)
            quick = _only(working, lambda kind: kind not in PICTURES)
            if working:
                for _ in range(slots):
                    group.create_task(_slot(deps, stop, woken, scratch, working))
            if 0 < len(quick) < len(working):
                group.create_task(_slot(deps, stop, woken, scratch, quick))
            if patient := _only(handlers, lambda kind: kind in PATIENT):
                group.create_task(_waiters(deps, stop, woken, scratch, patient))
    finally:
        deaf()


async def _slot(
    deps: Deps, stop: asyncio.Event, woken: asyncio.Event, scratch: Path, handlers: Mapping[str, Handler]
) -> None:
    while not stop.is_set():
        await first_of(stop, deps.store_ready)
        if stop.is_set():
            return
        woken.clear()
        try:
            job = await _claim(deps, handlers)
            if job is not None:
                await _in_folder(deps, stop, scratch, job, handlers[job.kind])
                continue
        except DatabaseUnavailable as away:
            log.warning("worker.database_unavailable", extra={"error": str(away)})
        await first_of(stop, woken, seconds=POLL_SECONDS)


async def _waiters(
    deps: Deps, stop: asyncio.Event, woken: asyncio.Event, scratch: Path, handlers: Mapping[str, Handler]
) -> None:
    """Many at a time, since each of them mostly waits."""
    room = asyncio.Semaphore(MOST_PATIENT)

    async def wait(job: Job) -> None:
        try:
            await _in_folder(deps, stop, scratch, job, handlers[job.kind])
        except DatabaseUnavailable as away:
            log.warning("worker.database_unavailable", extra={"error": str(away)})
        finally:
            room.release()

    async with asyncio.TaskGroup() as group:
        while not stop.is_set():
            await first_of(stop, deps.store_ready)
            await room.acquire()
            woken.clear()
            job = None
            try:
                job = None if stop.is_set() else await _claim(deps, handlers)
            except DatabaseUnavailable as away:
                log.warning("worker.database_unavailable", extra={"error": str(away)})
            if job is not None:
                group.create_task(wait(job))
                continue
            room.release()
            await first_of(stop, woken, seconds=POLL_SECONDS)


async def _in_folder(deps: Deps, stop: asyncio.Event, scratch: Path, job: Job, handler: Handler) -> None:
    folder = scratch / f"{job.id}-{job.fence}"
    await asyncio.to_thread(folder.mkdir, parents=True)
    try:
        await _work(deps, job, folder, handler, stop)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _only(handlers: Mapping[str, Handler], fits: Callable[[str], bool]) -> Mapping[str, Handler]:
    return {kind: handler for kind, handler in handlers.items() if fits(kind)}


async def _claim(deps: Deps, handlers: Mapping[str, Handler]) -> Job | None:
    async with deps.db.write() as tx:
        now = deps.clock()
        for lost in await jobs.discard_lost(tx, now):
            log.error("job.discarded", extra={"job": lost.id, "kind": lost.kind})
            if (refusal := _refusal(deps, lost, now)) is not None:
                await tx.execute(*refusal)
        here = [f"{kind}/{upload}" for upload in deps.arrivals.whole for kind in PICTURES if kind in handlers]
        return await jobs.claim(tx, kinds=handlers, now=now, lease=LEASE, first=here)


def _refusal(deps: Deps, job: Job, now: datetime) -> Write | None:
    """A job of its own, fenced like any other."""
    if (kind := GIVEN_UP.get(job.kind)) is None:
        return None
    about = {name: job.data[name] for name in ("lesson", "upload") if name in job.data}
    return jobs.enqueue(deps.new_id(), kind, about, at=now, dedupe_key=f"{kind}/{job.id}")


async def _work(deps: Deps, job: Job, folder: Path, handler: Handler, stop: asyncio.Event) -> None:
    """Run one job beside its heartbeat, and settle it. Its lines in the log name the request that caused it."""
    cause = {"request": str(job.data["request"])} if "request" in job.data else {}
    with bound(job=job.id, **cause):
        await _run(deps, job, folder, handler, stop)


async def _run(deps: Deps, job: Job, folder: Path, handler: Handler, stop: asyncio.Event) -> None:
    log.info("job.started", extra={"kind": job.kind, "attempt": job.attempt})
    deps.metrics.job_waits.labels(job.kind).observe(max(0.0, (deps.clock() - job.run_at).total_seconds()))
    began = asyncio.get_running_loop().time()

    async def handle() -> Outcome:
        return await handler(deps, job, folder)

    working = asyncio.create_task(handle())
    beating = asyncio.create_task(_keep_lease(deps, job))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((working, beating, stopping), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (working, beating, stopping):
            task.cancel()
        await asyncio.gather(working, beating, stopping, return_exceptions=True)
    outcome = _outcome(job, working, stopped=stop.is_set())
    seconds = asyncio.get_running_loop().time() - began
    deps.metrics.job_runs.labels(job.kind, type(outcome).__name__.lower()).observe(seconds)
    ended = {"kind": job.kind, "outcome": repr(outcome), "seconds": round(seconds, 3)}
    log.info("job.ended", extra=ended)
    await _settle(deps, job, outcome)


def _outcome(job: Job, working: "asyncio.Task[Outcome]", *, stopped: bool) -> Outcome | Lost:
    if working.cancelled():
        return Snooze() if stopped else Lost()
    match working.exception():
        case None:
            return working.result()
        case Superseded():
            return Lost()
        case CutAnew():
            return Snooze()
        case StoreUnavailable() | DatabaseUnavailable() | ObjectMissing() as away:
            return Retry(f"{type(away).__name__}: {away}", ours=True)
        case (
            OSError(errno=errno.ENOSPC | errno.EDQUOT | errno.EIO | errno.EMFILE | errno.ENFILE | errno.ENOMEM) as short
        ):
            return Retry(f"OSError: {short.strerror}", ours=True)
        case unexpected:
            log.error("job.failed", extra={"job": job.id, "kind": job.kind}, exc_info=unexpected)
            return Retry(type(unexpected).__name__)


async def _settle(deps: Deps, job: Job, outcome: Outcome | Lost) -> None:
    """Write the outcome under the job's fence; where an action has already completed the job this hits nothing."""
    now = deps.clock()
    last = job.attempt >= job.max_attempts
    writes: list[Write] = []
    match outcome:
        case Done():
            writes.append(jobs.complete(job, now=now))
        case Cancel(why):
            writes.append(jobs.cancel(job, now=now, why=why))
        case Snooze(after):
            writes.append(jobs.snooze(job, run_at=now + after))
        case Retry(ours=True) if last:
            writes.append(jobs.snooze(job, run_at=now + _PATIENCE))
        case Retry(why):
            writes.append(jobs.retry(job, now=now, run_at=now + timedelta(seconds=job.attempt**4), why=why))
            if last and (refusal := _refusal(deps, job, now)) is not None:
                writes.append(refusal)
        case Lost():
            pass
    async with deps.db.write() as tx:
        if writes and await jobs.settle(tx, writes[0]):
            await apply(tx, writes[1:])
        if job.kind in PICTURES:
            await apply(tx, [progress.clear(job.id)])
    if job.kind in PICTURES:
        deps.bus.wake(progress.topic(job.data["lesson"]), 0)


async def _keep_lease(deps: Deps, job: Job) -> None:
    """Renew the lease until it is lost; returning tells the worker to let go. A database that is away costs a beat.

    Whoever ends the job from elsewhere says so on the bus, and is heard at once.
    """
    ended = asyncio.Event()
    deaf = deps.bus.listen(lambda stream, _: ended.set() if stream == jobs.ENDED else None)
    try:
        while True:
            await first_of(ended, seconds=LEASE.total_seconds() / 4)
            ended.clear()
            with contextlib.suppress(DatabaseUnavailable):
                async with deps.db.write() as tx:
                    if not await jobs.heartbeat(tx, job, deps.clock(), LEASE):
                        return
    finally:
        deaf()
