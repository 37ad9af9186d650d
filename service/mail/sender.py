"""The one that sends: takes notices as they fall due, writes the letter, hands it over, and says what became of it.

At least once: a letter whose receipt got lost is sent again under the same Message-ID. Several senders share the table.
"""

import asyncio
import logging
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr

from service.addresses import on_the_wire
from service.config import Config
from service.mail import letters, writing
from service.mail.transports import Away, Outbox, Refused, Smtp, Transport
from service.tokens import new_token, token_hash
from service.waiting import first_of
from service.wiring import Deps
from storage import notices, people
from storage.engine import DatabaseUnavailable, Transaction
from storage.notices import Notice

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
POLL_SECONDS = 30.0
LAST_SECONDS = 2.0
"""How long a letter under way may take when we stop."""
_AFTER_FAULT_SECONDS = 5.0
_PAUSES = tuple(timedelta(seconds=s) for s in (30, 120, 600, 1800, 3600, 4 * 3600))
_PATIENCE = timedelta(days=3)


def transport_of(config: Config) -> Transport | None:
    """Where this Farfield's letters go; None where it sends none."""
    if config.smtp_url:
        return Smtp(config.smtp_url, sender_of(config).addr_spec)
    return Outbox(config.outbox_dir) if config.demo else None


def sender_of(config: Config) -> Address:
    name, address = parseaddr(config.mail_from or "Farfield <farfield@demo.invalid>")
    return Address(name, addr_spec=on_the_wire(address))


async def run_sender(deps: Deps, stop: asyncio.Event, transport: Transport) -> None:
    """Send until `stop`. A letter that does not get away then is given up: it goes out after the next start."""
    woken = asyncio.Event()
    deaf = deps.bus.listen(lambda stream, _: woken.set() if stream == notices.WAKE else None)
    stopping = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set():
            woken.clear()
            sending = asyncio.create_task(_next(deps, transport))
            await asyncio.wait({sending, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not sending.done():
                await asyncio.wait({sending}, timeout=LAST_SECONDS)
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
                return
            pause = sending.result()
            if pause:
                await first_of(woken, stop, seconds=pause)
    finally:
        stopping.cancel()
        deaf()


async def _next(deps: Deps, transport: Transport) -> float:
    """Send one letter if one is due. Returns the seconds until it is worth looking again."""
    try:
        return await send_one(deps, transport)
    except DatabaseUnavailable as away:
        logger.warning("mail_database_unavailable", extra={"error": str(away)})
    except Exception:
        logger.exception("mail_failed")
        return 1.0  # most often one letter's own fault, which stays claimed; if not, a trace each second is enough
    return _AFTER_FAULT_SECONDS


async def send_one(deps: Deps, transport: Transport) -> float:
    """See `_next`; raises what goes wrong with the records."""
    async with deps.db.write() as tx:
        notice = await notices.claim(tx, now=deps.clock(), lease=LEASE)
        if notice is None:
            due = await notices.next_due(tx)
            left = (due - deps.clock()).total_seconds() if due else POLL_SECONDS
            return min(max(left, 0.05), POLL_SECONDS)
    # In a transaction of its own, so that one that cannot be written stays claimed and lets the others by.
    async with deps.db.write() as tx:
        found = await _written(deps, tx, notice)
        if found is None:
            await notices.settle(tx, notice, "dropped", now=deps.clock(), why=notice.error)
    if found is None:
        _say(deps, notice, "dropped")
    else:
        await _hand_over(deps, transport, notice, *found)
    return 0.0


async def _written(deps: Deps, tx: Transaction, notice: Notice) -> tuple[EmailMessage, str] | None:
    """The letter and whom it goes to. Somebody's letter goes to the address they have, never as another spelled it."""
    patience = writing.STALE.get(notice.kind, _PATIENCE)
    if patience is not None and deps.clock() - notice.created_at > patience:
        return None
    letter = await writing.write(deps, tx, notice)
    unsubscribe = new_token()
    if letter is None or not await notices.sign(tx, notice, token_hash(unsubscribe)):
        return None
    at = f"{deps.config.origin}/api/unsubscribe/{unsubscribe}"
    person = await people.by_email(tx, notice.email)
    to = person.email if person else notice.email
    envelope = letters.Envelope(notice.id, sender_of(deps.config), to, deps.clock(), at)
    return letters.mail(letter, envelope), to


async def _hand_over(deps: Deps, transport: Transport, notice: Notice, message: EmailMessage, to: str) -> None:
    outcome: notices.State = "sent"
    why: str | None = None
    try:
        await transport.send(message, on_the_wire(to))
    except Refused as refused:
        outcome, why = "failed", str(refused)
    except Away as away:
        outcome, why = "waiting", str(away)
    now = deps.clock()
    async with deps.db.write() as tx:
        if outcome == "waiting":
            pause = _PAUSES[min(notice.attempt, len(_PAUSES)) - 1]
            await notices.again(tx, notice, due=now + pause, why=why or "")
        else:
            await notices.settle(tx, notice, outcome, now=now, why=why)
    _say(deps, notice, outcome)


def _say(deps: Deps, notice: Notice, outcome: notices.State) -> None:
    deps.metrics.notices.labels(outcome).inc()
    # Anybody may ask for a link to any address, so what nobody is to get is nobody's fault unless it was tried before.
    fine = outcome == "sent" or (outcome == "dropped" and notice.error is None)
    fields = {"notice": notice.id, "kind": notice.kind, "outcome": outcome, "attempt": notice.attempt}
    logger.log(logging.INFO if fine else logging.WARNING, "mail_outcome", extra=fields)
