"""Slowing down whoever guesses, by account and by address, without locking anybody out for good.

Each is counted under a hash, whether or not there is such an account, so nothing here tells who has one. A browser in
which the person has signed in before is counted on its own: strangers who guess do not keep the owner out.
"""

import ipaddress
from collections.abc import Sequence

from service.problems import TooManyTries
from service.tokens import token_hash
from service.wiring import Deps
from storage import attempts, people
from storage.attempts import Limit
from storage.engine import apply
from storage.tables import to_ms

_MINUTE_MS, _DAY_MS = 60_000, 24 * 60 * 60_000
ACCOUNT = Limit(free=5, longest_ms=30 * _MINUTE_MS, forgotten_ms=_DAY_MS)
ADDRESS = Limit(free=30, longest_ms=5 * _MINUTE_MS, forgotten_ms=_DAY_MS)
"""A whole school may be behind one address."""
MAILED = Limit(free=3, longest_ms=30 * _MINUTE_MS, forgotten_ms=_DAY_MS)
"""Letters to one account."""


Counted = tuple[str, ...]
"""The keys under which one attempt was counted, the account's first."""


async def count(
    deps: Deps, kind: str, email: str, address: str, *, account: Limit = ACCOUNT, device: str | None = None
) -> Counted:
    """Count an attempt before it is made. Raises TooManyTries, and then it must not be made.

    device: the hash of a device from which this account has signed in; it is counted alone, and for this account:
    several people may share a computer, and the success of one must not free guesses at another.
    """
    key = f"{kind}/account/{token_hash(people.email_key(email))}"
    limits: Sequence[tuple[str, Limit]] = ((key, account), (f"{kind}/address/{network_of(address)}", ADDRESS))
    if device is not None:
        key = f"{kind}/device/{token_hash(device + key)}"
        limits = ((key, ACCOUNT),)
    now = to_ms(deps.clock())
    async with deps.db.write() as tx:
        # Looked at first: an address that has to wait neither keeps an account waiting nor leaves a row for each name.
        wait = await attempts.waiting(tx, limits[-1][0], now)
        for of, limit in limits:
            wait = wait or await attempts.count(tx, of, limit, now)
    if wait:
        deps.metrics.sign_ins.labels("too_many_tries").inc()
        raise TooManyTries(wait)
    return tuple(of for of, _ in limits)


async def succeeded(deps: Deps, counted: Counted) -> None:
    """It was no guess. The address keeps what it guessed before: an account of one's own does not wash it clean."""
    # In the order of `count`: the other way round two who sign in at once would each hold a row the other wants.
    account, *address = counted
    async with deps.db.write() as tx:
        await apply(tx, [attempts.clear(account), *(attempts.take_back(key) for key in address)])


def network_of(address: str) -> str:
    """One home or school: an IPv4 address, or the /64 of an IPv6 one, which is what somebody is given."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
