"""From a notice to its letter: who it is for is looked up, and its secrets are made, as it is sent.

So no table ever holds a token that opens anything, a link is fresh however long the mail server was away, and whoever
left meanwhile gets nothing.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from service.actions.abandoning import goes_at, is_warned
from service.actions.invitations import LIFE as INVITATION_LIFE
from service.actions.sign_in import LINK_LIFE, link_write
from service.coaching.streams import cycle_stream
from service.mail import cycle_writing, letters, succession_writing
from service.mail.cycle_writing import Writer, reader_of
from service.mail.letters import Letter
from service.tokens import new_token, token_hash
from service.wiring import Deps
from storage import cycles, invitations, notices, people, programs, uploads
from storage.engine import Transaction, apply, hits
from storage.notices import Notice
from storage.people import Person

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


REFUSABLE = frozenset(
    {"invitation", "cycle_opened", "observer_let_in", *cycle_writing.WRITERS, *succession_writing.WRITERS}
)
"""What one may refuse. What somebody asked for, and what warns them, is always sent."""
STALE: Mapping[str, timedelta | None] = {
    "sign_in_link": timedelta(hours=2),
    "meeting_soon": None,
    "commitment_due": None,
}
"""How long after it was asked for a letter is still of use; else three days. None: made for later, its writer says."""


async def write(deps: Deps, tx: Transaction, notice: Notice) -> Letter | None:
    """The letter, or None where nobody is to get it any more."""
    if notice.kind in REFUSABLE and await notices.refused(tx, people.email_key(notice.email)):
        return None
    return await WRITERS[notice.kind](deps, tx, notice)


async def _sign_in_link(deps: Deps, tx: Transaction, notice: Notice) -> Letter | None:
    person = await reader_of(tx, notice)
    if person is None:
        return None
    token = new_token()
    await apply(tx, [link_write(person.id, token, purpose="mail", now=deps.clock(), life=LINK_LIFE)])
    url = f"{deps.config.origin}/sign-in#{token}"
    return letters.sign_in_link(person.name, url, LINK_LIFE // _MINUTE)


async def _invitation(deps: Deps, tx: Transaction, notice: Notice) -> Letter | None:
    found = await invitations.by_id(tx, notice.data["invitation"])
    program = await programs.by_id(tx, found.program_id) if found else None
    by = await people.by_id(tx, found.invited_by) if found else None
    if found is None or program is None or by is None:
        return None
    token = new_token()
    if not await hits(tx, invitations.prolong(found.id, until=deps.clock() + INVITATION_LIFE)):
        return None  # used or taken back
    await apply(tx, [invitations.add_token(found.id, token_hash(token))])
    url = f"{deps.config.origin}/invitation#{token}"
    if found.until_at is not None:
        until, whole = _day(found.until_at, by), found.lesson_id is None
        return letters.invitation_to_observe(by.name, whole, until, url, INVITATION_LIFE // _DAY)
    return letters.invitation(by.name, program.name, found.role, url, INVITATION_LIFE // _DAY)


async def _password_changed(deps: Deps, tx: Transaction, notice: Notice) -> Letter | None:
    person = await reader_of(tx, notice)
    return letters.password_changed(person.name, f"{deps.config.origin}/") if person else None


async def _token_made(deps: Deps, tx: Transaction, notice: Notice) -> Letter | None:
    person = await reader_of(tx, notice)
    return letters.token_made(person.name, f"{deps.config.origin}/account") if person else None


async def _upload_waiting(deps: Deps, tx: Transaction, notice: Notice) -> Letter | None:
    person = await reader_of(tx, notice)
    upload = await uploads.by_id(tx, notice.data["upload"])
    if person is None or upload is None or upload.state != "open" or not is_warned(upload):
        return None  # it came, was given up, or goes on
    where = f"/lessons/{upload.lesson_id}/upload" if upload.lesson_id else f"/cycles/{upload.cycle_id}"
    return letters.upload_waiting(person.name, _day(goes_at(upload), person), deps.config.origin + where)


async def _cycle_opened(deps: Deps, tx: Transaction, notice: Notice) -> Letter | None:
    person = await reader_of(tx, notice)
    cycle = await cycles.by_id(tx, notice.data["cycle"])
    program = await programs.by_id(tx, cycle.program_id) if cycle else None
    if person is None or cycle is None or program is None or person.id not in (cycle.teacher_id, cycle.coach_id):
        return None
    role, other_id = ("teacher", cycle.coach_id) if person.id == cycle.teacher_id else ("coach", cycle.teacher_id)
    other = await people.by_id(tx, other_id)
    if other is None:
        return None
    url = f"{deps.config.origin}/cycles/{cycle.id}"
    return letters.cycle_opened(person.name, other.name, program.name, role, url)


async def _observer_let_in(deps: Deps, tx: Transaction, notice: Notice) -> Letter | None:
    person = await reader_of(tx, notice)
    _, cycle = await deps.record.state(cycle_stream(notice.data["cycle"]))
    observer = cycle.observers.get(notice.data["observer"])
    by = await people.by_id(tx, cycle.teacher) if observer else None
    if person is None or by is None or observer.person != person.id or observer.until <= deps.clock():
        return None  # ended meanwhile
    where = f"/cycles/{cycle.id}" if observer.lesson is None else f"/lessons/{observer.lesson}"
    until = _day(observer.until, person)
    return letters.observer_let_in(person.name, by.name, observer.lesson is None, until, deps.config.origin + where)


def _day(at: datetime, of: Person) -> str:
    """As on their calendar: an end at midnight is the day that ends there."""
    return f"{(at - timedelta(seconds=1)).astimezone(ZoneInfo(of.time_zone)):%A %-d %B %Y}"


WRITERS: Mapping[str, Writer] = {
    "sign_in_link": _sign_in_link,
    "invitation": _invitation,
    "password_changed": _password_changed,
    "token_made": _token_made,
    "upload_waiting": _upload_waiting,
    "cycle_opened": _cycle_opened,
    "observer_let_in": _observer_let_in,
    **cycle_writing.WRITERS,
    **succession_writing.WRITERS,
}
