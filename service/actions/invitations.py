"""Invitations: made by a lead, mailed or handed over, looked at, and taken up once.

A letter proves that whoever opens it read that mailbox once, so it makes a new account; one that is there already gets
the role, and a sign-in link by another letter. A link that a lead hands over proves nothing of the kind: where Farfield
sends mail, it only has a letter sent to the address that is given, with the same answer whoever has that address.

An invitation to observe a cycle is a teacher's. It gives no role: taken up, it lets its reader into that cycle.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from service.actions import observer_arrivals
from service.actions.people import ARRIVALS, arrival
from service.actions.sign_in import SignedIn, Visit, opened
from service.problems import AddressTaken, InvitationOver, MailOff, NotFound, SomebodyElses
from service.tokens import new_token, token_hash
from service.wiring import Deps
from storage import grants, invitations, notices, people, programs
from storage.engine import Transaction, Write, apply, hits
from storage.invitations import Invitation
from storage.people import Person, email_key
from storage.programs import Role

LIFE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Offer:
    """What the page of an invitation shows. It uses nothing up."""

    invitation: Invitation
    program: str
    by: str


async def invite(
    deps: Deps, program_id: str, *, invitation_id: str, role: Role, email: str | None, by: str
) -> tuple[Invitation, str | None]:
    """An invitation, and its token where it is to be handed over. Asked again it is the same one with another token.

    Raises MailOff for an address where Farfield sends no mail, NotFound where the id is another's.
    """
    if email is not None and not deps.config.mails:
        raise MailOff("This Farfield sends no mail. Make a link instead, and hand it over yourself.")
    now = deps.clock()
    token = None if email else new_token()
    made = Invitation(invitation_id, program_id, role, email, None, by, now, now + LIFE)
    async with deps.db.write(locking=[f"invitation/{invitation_id}"]) as tx:
        there = await invitations.by_id(tx, invitation_id)
        if there is None:
            if await notices.states(tx, [invitation_id]):
                raise NotFound  # the letter of an invitation has its id, and this one is another letter's
            letter = [] if email is None else [_letter(invitation_id, email, now)]
            await apply(tx, [invitations.add(made), *letter])
        elif (there.program_id, there.role, there.email, there.invited_by) != (program_id, role, email, by):
            raise NotFound
        if token is not None:
            await apply(tx, [invitations.add_token(invitation_id, token_hash(token))])
    deps.bus.wake(notices.WAKE, 0)
    return there or made, token


async def revoke(deps: Deps, program_id: str, invitation_id: str) -> None:
    """Take it back. Raises NotFound where it is not open."""
    async with deps.db.write() as tx:
        if not await hits(tx, invitations.revoke(invitation_id, program_id, now=deps.clock())):
            raise NotFound


async def look(deps: Deps, token: str, *, reader: str | None = None) -> Offer:
    """What is offered; `reader`: who is signed in. Raises NotFound, InvitationOver."""
    async with deps.db.read() as tx:
        invitation = await _living(deps, tx, token, by=reader)
        program = await programs.by_id(tx, invitation.program_id)
        by = await people.by_id(tx, invitation.invited_by)
    if program is None or by is None:
        raise NotFound
    return Offer(invitation, program.name, by.name)


async def join(deps: Deps, token: str, person_id: str) -> None:
    """Somebody who is signed in takes it up. Raises NotFound, InvitationOver, SomebodyElses."""
    async with deps.db.write(locking=ARRIVALS) as tx:
        invitation = await _living(deps, tx, token, by=person_id)
        person = await people.by_id(tx, person_id)
        if person is None:
            raise NotFound
        if invitation.email is not None and email_key(invitation.email) != email_key(person.email):
            raise SomebodyElses
        await _take(deps, tx, token, invitation, person, [])
    await observer_arrivals.take_up(deps, invitation, person_id)


async def accept(
    deps: Deps, token: str, visit: Visit, *, name: str, email: str | None, time_zone: str
) -> SignedIn | None:
    """Somebody who is not signed in takes it up. A newcomer by letter is signed in; else (None) a letter is on its way:
    the invitation to the address that was given, or for somebody with an account, who has the role now, a sign-in link.

    Raises NotFound, InvitationOver, and where no mail is sent AddressTaken.
    """
    now = deps.clock()
    taker: Person | None = None
    async with deps.db.write(locking=ARRIVALS) as tx:
        invitation = await _living(deps, tx, token)
        if invitation.email is None and email is not None and deps.config.mails:
            bound = invitations.bind(invitation.id, email=email, name=name, now=now)
            await apply(tx, [*bound, _letter(invitation.id, email, now)])
            signed_in = None
        else:
            address = invitation.email or email
            if address is None:
                raise NotFound
            person = await people.by_email(tx, address)
            writes: list[Write] = []
            if person is not None and (invitation.email is None or person.deactivated_at is not None):
                raise AddressTaken if invitation.email is None else InvitationOver
            if person is None:
                person, writes = arrival(deps, name=name, email=address, time_zone=time_zone)
                signed_in, more = opened(deps, person.id, visit, now=now)
            else:
                # A letter that lies about for two weeks, or is passed on, opens no account that is there already.
                signed_in, more = None, [notices.enqueue(deps.new_id(), "sign_in_link", person.email, {}, at=now)]
            await _take(deps, tx, token, invitation, person, [*writes, *more])
            taker = person
    if taker is not None:
        await observer_arrivals.take_up(deps, invitation, taker.id)
    deps.bus.wake(notices.WAKE, 0)
    return signed_in


def _letter(invitation_id: str, email: str, now: datetime) -> Write:
    """An invitation has one letter, under its own id: so its lead sees what became of it."""
    return notices.enqueue(invitation_id, "invitation", email, {"invitation": invitation_id}, at=now)


async def _living(deps: Deps, tx: Transaction, token: str, *, by: str | None = None) -> Invitation:
    """`by`: who is signed in. What lets them into a cycle they may press once more, in case it was cut in between."""
    invitation = await invitations.find(tx, token_hash(token))
    if invitation is None:
        raise NotFound("This invitation is not one of ours. Ask for a new one.")
    again = invitation.cycle_id is not None and by is not None and invitation.taken_by == by
    if invitation.used_at and again and not invitation.revoked_at:
        return invitation
    if invitation.used_at:
        raise InvitationOver("This invitation was used already; each works once. If it was you, sign in.")
    if invitation.revoked_at:
        raise InvitationOver("This invitation was taken back. Ask whoever sent it for a new one.")
    if min(invitation.expires_at, invitation.until_at or invitation.expires_at) <= deps.clock():
        raise InvitationOver("This invitation is too old to be used. Ask whoever sent it for a new one.")
    return invitation


async def _take(
    deps: Deps, tx: Transaction, token: str, invitation: Invitation, person: Person, first: list[Write]
) -> None:
    """Use it up and give the role; of any number at once one gets here with a token that still opens."""
    if invitation.used_at:
        return  # by this very person
    await observer_arrivals.refuse_if_over(deps, invitation, person.id)
    if await invitations.consume(tx, token_hash(token), deps.clock(), by=person.id) is None:
        raise InvitationOver
    await apply(tx, first)
    if invitation.cycle_id is not None:
        return
    if invitation.role not in await programs.roles(tx, invitation.program_id, person.id):
        await apply(tx, [programs.join(invitation.program_id, person.id, invitation.role), grants.BUMPED])
