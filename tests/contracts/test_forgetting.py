"""Forgetting: what is old goes, what is of use stays, and nothing is left that refers to what went."""

from datetime import timedelta

from storage import attempts, forgetting, invitations, notices, passwords, sessions, tokens
from storage.attempts import Limit
from storage.engine import Database, apply
from storage.invitations import Invitation
from storage.sessions import Session, SignInLink
from storage.tables import to_ms
from storage.tokens import Token
from tests.fixtures.database import NOW, with_a_lesson

DAY = timedelta(days=1)


async def test_what_is_old_goes_and_what_is_of_use_stays(db: Database) -> None:
    await with_a_lesson(db)
    async with db.write() as tx:
        for name, until in (("old", NOW), ("of use", NOW + 500 * DAY)):
            await apply(
                tx,
                [
                    sessions.start(Session(f"s {name}", f"id {name}", "ana", NOW, NOW, until, None, "a phone")),
                    sessions.make_link(SignInLink(f"l {name}", "ana", "mail", NOW, until)),
                    tokens.add(Token(f"t {name}", f"hash {name}", "ana", name, "read", NOW, until)),
                    invitations.add(Invitation(f"i {name}", "north", "coach", None, None, "bo", NOW, until)),
                    invitations.add_token(f"i {name}", f"token {name}"),
                    notices.enqueue(f"n {name}", "sign_in_link", "ana@example.org", {}, at=NOW),
                    passwords.know_device(f"d {name}", "ana", NOW if name == "old" else NOW + 500 * DAY),
                ],
            )
        sent = await notices.claim(tx, now=NOW, lease=DAY)
        assert sent is not None
        await notices.settle(tx, sent, "sent", now=NOW)
        await attempts.count(tx, "k", Limit(0, 1_000, 10**9), to_ms(NOW))

    async def left(at: timedelta) -> list[int]:
        tables = (
            "sessions",
            "sign_in_links",
            "tokens",
            "invitations",
            "invitation_tokens",
            "notices",
            "devices",
            "attempts",
        )
        async with db.write() as tx:
            await apply(tx, forgetting.forget(NOW + at))
            return [
                int((await tx.exec_driver_sql(f"SELECT count(*) AS n FROM {table}")).scalar_one()) for table in tables
            ]

    assert await left(timedelta(0)) == [2, 2, 2, 2, 2, 2, 2, 1]
    assert await left(3 * DAY) == [2, 2, 2, 2, 2, 2, 2, 0]
    assert await left(8 * DAY) == [2, 1, 2, 2, 2, 2, 2, 0]
    assert await left(31 * DAY) == [1, 1, 2, 2, 2, 1, 2, 0]
    assert await left(91 * DAY) == [1, 1, 1, 1, 1, 1, 2, 0]
    assert await left(401 * DAY) == [1, 1, 1, 1, 1, 1, 1, 0]
