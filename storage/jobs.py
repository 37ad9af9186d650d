"""Work to be done later, in the table. A claim is a lease with a fencing number: whoever comes later has a higher one.

available -> running -> completed | cancelled | discarded; running -> available by `retry`, `snooze` or a lost lease.
Everything said about a claimed job names its fence and hits nothing once somebody else has claimed it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, bindparam, case, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

from storage import dialect, tables
from storage.engine import Write, hits
from storage.rows import columns_of, listed, one, rows_of

WAKE = "jobs"
"""The name under which the bus says that there is work."""


ENDED = "jobs/ended"
"""The name under which the bus says that a job was ended by somebody else than its worker."""


class Job(msgspec.Struct, frozen=True):
    """A job as it was when it was read; `payload` is a JSON object as text, see `data`."""

    id: str
    kind: str
    payload: str
    dedupe_key: str | None
    state: str
    attempt: int
    max_attempts: int
    run_at: datetime
    lease_until: datetime | None
    fence: int
    error: str | None
    created_at: datetime
    finished_at: datetime | None

    @property
    def data(self) -> dict[str, Any]:
        """The payload, decoded."""
        return msgspec.json.decode(self.payload, type=dict[str, Any])


_j = tables.jobs.c
_now = bindparam("now", type_=tables.Instant)
_mine = update(tables.jobs).where(_j.id == bindparam("job"), _j.fence == bindparam("held"), _j.state == "running")

INSERT = dialect.insert_new(tables.jobs, key=("dedupe_key",)).values(
    id=bindparam("new"),
    kind=bindparam("of_kind"),
    payload=bindparam("given"),
    dedupe_key=bindparam("key"),
    state="available",
    attempt=0,
    max_attempts=bindparam("attempts"),
    run_at=bindparam("due"),
    fence=0,
    created_at=bindparam("at"),
)
COMPLETE = _mine.values(state="completed", lease_until=null(), error=null(), finished_at=_now)
CANCEL = _mine.values(state="cancelled", lease_until=null(), error=bindparam("why"), finished_at=_now)
RETRY = _mine.values(
    state=case((_j.attempt >= _j.max_attempts, "discarded"), else_="available"),
    finished_at=case((_j.attempt >= _j.max_attempts, _now), else_=null()),
    run_at=bindparam("due", type_=tables.Instant),
    lease_until=null(),
    error=bindparam("why"),
)
SNOOZE = _mine.values(
    state="available", attempt=_j.attempt - 1, run_at=bindparam("due", type_=tables.Instant), lease_until=null()
)
HEARTBEAT = _mine.values(lease_until=bindparam("until", type_=tables.Instant))

HASTEN = (
    update(tables.jobs)
    .where(_j.dedupe_key == bindparam("key"), _j.state == "available", _j.run_at > _now)
    .values(run_at=_now)
)
DROP = (
    update(tables.jobs)
    .where(_j.dedupe_key == bindparam("key"), _j.state == "available")
    .values(state="cancelled", error="not needed", finished_at=_now)
)

STOP = (
    update(tables.jobs)
    .where(_j.dedupe_key == bindparam("key"), or_(_j.state == "available", _j.state == "running"))
    .values(state="cancelled", lease_until=null(), error="stopped", finished_at=_now)
)

_JOBS = rows_of(tables.jobs, Job)
_BY_ID = _JOBS.where(_j.id == bindparam("job"))
_BY_KEY = _JOBS.where(_j.dedupe_key == bindparam("key"))
_lost = and_(_j.state == "running", _j.lease_until < _now)
_claimable = and_(
    _j.kind.in_(bindparam("kinds", expanding=True)),
    or_(and_(_j.state == "available", _j.run_at <= _now), and_(_lost, _j.attempt < _j.max_attempts)),
)
# The first try of one that has its parts here already, before it is due for everybody.
_ours = and_(
    _j.kind.in_(bindparam("kinds", expanding=True)),
    _j.dedupe_key.in_(bindparam("keys", expanding=True)),
    _j.state == "available",
    _j.attempt == 0,
)


def _claiming(which: ColumnElement[bool]) -> ReturningUpdate[Any]:
    return (
        update(tables.jobs)
        .where(
            # Where several claim at once each passes over what another is just taking; SQLite lets one in at a time.
            _j.id
            == select(_j.id)
            .where(which)
            .order_by(_j.run_at, _j.id)
            .limit(1)
            .with_for_update(skip_locked=True)
            .scalar_subquery(),
            which,  # repeated, so that the loser of a race gets no row
        )
        .values(
            state="running",
            attempt=_j.attempt + 1,
            fence=_j.fence + 1,
            lease_until=bindparam("until", type_=tables.Instant),
        )
        .returning(*columns_of(tables.jobs, Job))
    )


_CLAIM = _claiming(_claimable)
_CLAIM_OURS = _claiming(_ours)
_DISCARD_LOST = (
    update(tables.jobs)
    .where(_lost, _j.attempt >= _j.max_attempts)
    .values(
        state="discarded", lease_until=null(), error="lost: the lease of the last attempt ran out", finished_at=_now
    )
    .returning(*columns_of(tables.jobs, Job))
)
_RELEASE = (
    update(tables.jobs)
    .where(_j.state == "running", _j.attempt < _j.max_attempts)
    .values(state="available", lease_until=null())
)


def enqueue(
    job_id: str,
    kind: str,
    payload: Any,
    *,
    at: datetime,
    run_at: datetime | None = None,
    dedupe_key: str | None = None,
    max_attempts: int = 5,
) -> Write:
    """A job that is due at `run_at` (at once if None). Where `dedupe_key` was ever used, nothing is inserted."""
    return INSERT, {
        "new": job_id,
        "of_kind": kind,
        "given": msgspec.json.encode(payload).decode(),
        "key": dedupe_key,
        "attempts": max_attempts,
        "due": run_at or at,
        "at": at,
    }


def complete(job: Job, *, now: datetime) -> Write:
    """It is done. In an Act, together with `require=still_mine(job)`."""
    return COMPLETE, {"job": job.id, "held": job.fence, "now": now}


def cancel(job: Job, *, now: datetime, why: str) -> Write:
    """It can never be done."""
    return CANCEL, {"job": job.id, "held": job.fence, "now": now, "why": why}


def retry(job: Job, *, now: datetime, run_at: datetime, why: str) -> Write:
    """Try again then; discarded if this was the last attempt."""
    return RETRY, {"job": job.id, "held": job.fence, "now": now, "due": run_at, "why": why}


def snooze(job: Job, *, run_at: datetime) -> Write:
    """It was too early: run again then, and do not count this attempt."""
    return SNOOZE, {"job": job.id, "held": job.fence, "due": run_at}


def hasten(dedupe_key: str, *, now: datetime) -> Write:
    """What waits for later is due now. Hits nothing where it runs, has ended, or is due anyway."""
    return HASTEN, {"key": dedupe_key, "now": now}


def drop(dedupe_key: str, *, now: datetime) -> Write:
    """It is not needed any more; hits nothing where somebody works on it, who will find out."""
    return DROP, {"key": dedupe_key, "now": now}


def stop(dedupe_key: str, *, now: datetime) -> Write:
    """Nobody wants it any more, also where somebody works on it; say ENDED on the bus after the commit."""
    return STOP, {"key": dedupe_key, "now": now}


def still_mine(job: Job) -> Select[Any]:
    """Gives a row while nobody else has claimed the job and it has not ended, and keeps it so until the commit: for
    Act.require, or in a transaction."""
    return select(_j.id).where(_j.id == job.id, _j.fence == job.fence, _j.state == "running").with_for_update()


async def settle(tx: AsyncConnection, write: Write) -> bool:
    """Run one of the writes above; False where the job is no longer ours."""
    return await hits(tx, write) == 1


async def claim(
    tx: AsyncConnection, *, kinds: Iterable[str], now: datetime, lease: timedelta, first: Sequence[str] = ()
) -> Job | None:
    """Take the job that has been due longest, or one whose lease ran out. Two claimers never get the same one.

    `first`: keys of jobs whose parts are here; they are taken before all others, and before they are due.
    """
    asked = {"kinds": listed(kinds), "until": now + lease}
    if first and (found := (await tx.execute(_CLAIM_OURS, {**asked, "keys": list(first)})).first()) is not None:
        return Job(*found)
    found = (await tx.execute(_CLAIM, {**asked, "now": now})).first()
    return None if found is None else Job(*found)


async def heartbeat(tx: AsyncConnection, job: Job, now: datetime, lease: timedelta) -> bool:
    """Keep the lease; False where the job is no longer ours and the work must stop."""
    return await settle(tx, (HEARTBEAT, {"job": job.id, "held": job.fence, "until": now + lease}))


async def discard_lost(tx: AsyncConnection, now: datetime) -> list[Job]:
    """End the jobs whose last attempt stopped answering."""
    return [Job(*found) for found in await tx.execute(_DISCARD_LOST, {"now": now})]


async def release_all(tx: AsyncConnection) -> int:
    """Make every running job claimable at once; for whoever knows that no worker lives, as at a start after a kill.

    The attempt counts, and one in its last attempt is left to `discard_lost`: a job that takes the whole process with
    it does not do so for ever.
    """
    return (await tx.execute(_RELEASE)).rowcount


async def by_key(tx: AsyncConnection, dedupe_key: str) -> Job | None:
    """The job that was enqueued under this key."""
    return await one(tx, Job, _BY_KEY, key=dedupe_key)


async def by_id(tx: AsyncConnection, job_id: str) -> Job | None:
    """The job."""
    return await one(tx, Job, _BY_ID, job=job_id)
