"""Notices: mail that is to go out. They hold ids, never words of people nor tokens: a letter is written as it is sent.

waiting -> sent | dropped (nobody is to get it any more) | failed (the address does not take it).
Everything said about a notice names its fence and hits nothing once somebody else has claimed it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import dialect, tables
from storage.engine import Write, hits
from storage.rows import columns_of, listed, one, rows_of

WAKE = "notices"
"""The name under which the bus says that there is mail to send."""

State = Literal["waiting", "sent", "dropped", "failed"]


class Notice(msgspec.Struct, frozen=True):
    """`payload` is a JSON object as text; `attempt` counts the tries so far, this one included."""

    id: str
    kind: str
    email: str
    payload: str
    state: State
    attempt: int
    fence: int
    run_at: datetime
    unsubscribe_hash: str | None
    error: str | None
    created_at: datetime
    finished_at: datetime | None

    @property
    def data(self) -> dict[str, Any]:
        """The payload, decoded."""
        return msgspec.json.decode(self.payload, type=dict[str, Any])


_n = tables.notices.c
_now = bindparam("now", type_=tables.Instant)
_due = (_n.state == "waiting", _n.run_at <= _now)
_mine = update(tables.notices).where(_n.id == bindparam("notice"), _n.fence == bindparam("held"), _n.state == "waiting")
INSERT = insert(tables.notices)
ONCE = dialect.insert_new(tables.notices, key=("id",))
_CLAIM = (
    update(tables.notices)
    .where(
        # As with jobs: each passes over what another sender is just taking.
        _n.id
        == select(_n.id)
        .where(*_due)
        .order_by(_n.run_at, _n.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery(),
        *_due,  # repeated, so that the loser of a race gets no row
    )
    .values(attempt=_n.attempt + 1, fence=_n.fence + 1, run_at=bindparam("until", type_=tables.Instant))
    .returning(*columns_of(tables.notices, Notice))
)
_SETTLE = _mine.values(state=bindparam("to_state"), error=bindparam("why"), finished_at=_now, run_at=_now)
_AGAIN = _mine.values(error=bindparam("why"), run_at=bindparam("due", type_=tables.Instant))
_SIGN = _mine.values(unsubscribe_hash=bindparam("hash"))
_DROP = (
    update(tables.notices)
    .where(_n.email == bindparam("to"), _n.state == "waiting")
    .values(state="dropped", finished_at=_now)
)
_BY_UNSUBSCRIBE = rows_of(tables.notices, Notice).where(_n.unsubscribe_hash == bindparam("hash"))
_NEXT = select(func.min(_n.run_at)).where(_n.state == "waiting")
_STATES = select(_n.id, _n.state).where(_n.id.in_(bindparam("ids", expanding=True)))
REFUSE = dialect.insert_new(tables.mail_refusals, key=("email_key",))
_REFUSED = select(tables.mail_refusals.c.email_key).where(tables.mail_refusals.c.email_key == bindparam("key"))


def enqueue(notice_id: str, kind: str, email: str, payload: Any, *, at: datetime) -> Write:
    """Mail of that kind to an address, to be sent at once."""
    text = msgspec.json.encode(payload).decode()
    return INSERT, msgspec.structs.asdict(
        Notice(notice_id, kind, email, text, "waiting", 0, 0, at, None, None, at, None)
    )


def remind(notice_id: str, kind: str, email: str, payload: Any, *, due: datetime, at: datetime) -> Write:
    """Mail for later, on which whoever writes it looks whether it is still so. An id that is there already is left."""
    _, row = enqueue(notice_id, kind, email, payload, at=at)
    return ONCE, row | {"run_at": due}


def drop_waiting(email: str, *, now: datetime) -> Write:
    """Send nothing more of what waits for this address."""
    return _DROP, {"to": email, "now": now}


def refuse(email_key: str, *, at: datetime) -> Write:
    """This address wants no more mail of the kinds that one may refuse."""
    return REFUSE, {"email_key": email_key, "created_at": at}


async def claim(tx: AsyncConnection, *, now: datetime, lease: timedelta) -> Notice | None:
    """Take the notice that has been due longest; until the lease is over nobody else gets it."""
    found = (await tx.execute(_CLAIM, {"now": now, "until": now + lease})).first()
    return None if found is None else Notice(*found)


async def sign(tx: AsyncConnection, notice: Notice, unsubscribe_hash: str) -> bool:
    """Keep the hash of the token with which its reader may refuse mail. False: somebody else has the notice."""
    return await hits(tx, (_SIGN, _held(notice) | {"hash": unsubscribe_hash})) == 1


async def settle(tx: AsyncConnection, notice: Notice, state: State, *, now: datetime, why: str | None = None) -> bool:
    """It is sent, dropped or failed. False: somebody else has the notice."""
    return await hits(tx, (_SETTLE, _held(notice) | {"to_state": state, "why": why, "now": now})) == 1


async def again(tx: AsyncConnection, notice: Notice, *, due: datetime, why: str) -> bool:
    """Try it later. False: somebody else has the notice."""
    return await hits(tx, (_AGAIN, _held(notice) | {"due": due, "why": why})) == 1


async def next_due(tx: AsyncConnection) -> datetime | None:
    """When the next one is due; None where none waits."""
    found: datetime | None = await tx.scalar(_NEXT)
    return found


async def by_unsubscribe(tx: AsyncConnection, unsubscribe_hash: str) -> Notice | None:
    """The notice whose letter carried the token of this hash."""
    return await one(tx, Notice, _BY_UNSUBSCRIBE, hash=unsubscribe_hash)


async def states(tx: AsyncConnection, ids: Iterable[str]) -> dict[str, State]:
    """The state of each of the notices that exist."""
    return {row.id: row.state for row in await tx.execute(_STATES, {"ids": listed(ids)})}


async def refused(tx: AsyncConnection, email_key: str) -> bool:
    """Whether this address wants no mail that one may refuse."""
    return (await tx.execute(_REFUSED, {"key": email_key})).first() is not None


def _held(notice: Notice) -> dict[str, Any]:
    return {"notice": notice.id, "held": notice.fence}
