"""Counted attempts: after a few free ones each next has to wait twice as long as the one before, up to a limit.

An attempt is counted before it is made, in one statement, so that any number of guessers at once get no more than one.
"""

import msgspec
from sqlalchemy import BigInteger, Integer, bindparam, case, cast, delete, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import dialect, tables
from storage.engine import Write

DOUBLINGS = 11
"""After so many doublings of a second the wait is the limit, whatever the limit is."""


class Limit(msgspec.Struct, frozen=True):
    """`free` attempts at once; then waits of 1, 2, 4… s up to `longest_ms`. A pause of `forgotten_ms` forgives all."""

    free: int
    longest_ms: int
    forgotten_ms: int


_a = tables.attempts.c
_now = bindparam("now", type_=BigInteger)
_count = case((_a.seen_at < _now - bindparam("forgotten", type_=BigInteger), 0), else_=_a.count) + 1
_over = _count - bindparam("free", type_=BigInteger)
_one = cast(literal(1), BigInteger)
_doublings = cast(case((_over < 1, 0), (_over > DOUBLINGS, DOUBLINGS), else_=_over - 1), Integer)
_doubled = _one.bitwise_lshift(_doublings) * 1000
_longest = bindparam("longest", type_=BigInteger)
_wait = case((_over > DOUBLINGS, _longest), (_doubled > _longest, _longest), else_=_doubled)
# A free one holds up nobody, not even whoever read the clock a moment before and comes here a moment after.
_next_at = case((_over < 1, cast(literal(0), BigInteger)), else_=_now + _wait)
_MAKE = dialect.insert_new(tables.attempts, key=("key",))
_COUNT = (
    update(tables.attempts)
    .where(_a.key == bindparam("of_key"), _a.next_at <= _now)
    .values(count=_count, seen_at=_now, next_at=_next_at)
)
_NEXT = select(_a.next_at).where(_a.key == bindparam("of_key"))
_TAKE_BACK = (
    update(tables.attempts)
    .where(_a.key == bindparam("of_key"), _a.count > 0)
    .values(count=_a.count - 1, next_at=cast(literal(0), BigInteger))
)
_CLEAR = delete(tables.attempts).where(_a.key == bindparam("of_key"))
_FORGET = delete(tables.attempts).where(_a.seen_at < bindparam("before", type_=BigInteger))


async def count(tx: AsyncConnection, key: str, limit: Limit, now_ms: int) -> int:
    """Count one attempt. 0: it may be made now. Else it was not counted, and may be made in so many ms."""
    asked = {
        "of_key": key,
        "now": now_ms,
        "free": limit.free,
        "longest": limit.longest_ms,
        "forgotten": limit.forgotten_ms,
    }
    while True:
        await tx.execute(_MAKE, {"key": key, "count": 0, "next_at": 0, "seen_at": now_ms})
        if (await tx.execute(_COUNT, asked)).rowcount == 1:
            return 0
        next_at = await tx.scalar(_NEXT, {"of_key": key})
        if next_at is not None:  # else somebody cleared the key between these statements
            return max(1, int(next_at) - now_ms)


async def waiting(tx: AsyncConnection, key: str, now_ms: int) -> int:
    """In how many ms the next attempt may be made; nothing is counted."""
    return max(0, int(await tx.scalar(_NEXT, {"of_key": key}) or 0) - now_ms)


def take_back(key: str) -> Write:
    """The attempt succeeded: it does not count, and the next need not wait."""
    return _TAKE_BACK, {"of_key": key}


def clear(key: str) -> Write:
    """Forget what was counted."""
    return _CLEAR, {"of_key": key}


def forget(before_ms: int) -> Write:
    """Drop what nobody has tried since then."""
    return _FORGET, {"before": before_ms}
