"""Passwords: what is asked of one, and that no rule is about characters."""

import pytest

from service import passwords
from service.problems import WeakPassword

ABOUT = ("Tess Teachwell", "tess.teachwell@demo.invalid")


@pytest.mark.parametrize(
    "password",
    [
        "lantern orchard copper twelve",
        "aaaa bbbb river cccc stone 9",
        "пятнадцать зелёных лошадей",
        "小さな青い家の前に立つ三本の古い木",
        "           x7 pond mirror",
        "🐴🌧📚🪨🥄🚪🧵🪟🐟🌵🎺🧊🪁🥨🛶",
    ],
)
def test_what_nobody_guesses_is_taken_whatever_it_is_made_of(password: str) -> None:
    assert passwords.check(password, about=ABOUT) == passwords.normal(password)


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short but odd 9", None),
        ("fourteen chars", "at least 15"),
        ("x" * 257, "at most 256"),
        ("a" * 15, "guessed soon"),
        ("abababababababab", "guessed soon"),
        ("123456789012345678", "guessed soon"),
        ("passwordpassword", "guessed soon"),
        ("Password12345678", "guessed soon"),
        ("qwertyuiopasdfghjkl", "guessed soon"),
        ("TessTeachwell123", "guessed soon"),
        ("tess.teachwell@demo.invalid", "guessed soon"),
        ("farfieldfarfield1", "guessed soon"),
        ("abcdefghijklmnopq", "guessed soon"),
    ],
)
def test_what_is_guessed_first_is_refused_with_what_to_do(password: str, says: str | None) -> None:
    if says is None:
        passwords.check(password, about=ABOUT)
        return
    with pytest.raises(WeakPassword, match=says):
        passwords.check(password, about=ABOUT)


async def test_one_password_typed_on_two_keyboards_is_one() -> None:
    kept = await passwords.hashed(passwords.check("caf\u00e9 under seven bridges", about=ABOUT))
    assert kept.startswith("$argon2id$")
    assert await passwords.matches(kept, "cafe\u0301 under seven bridges")
    assert not await passwords.matches(kept, "cafe under seven bridges")
    assert not await passwords.matches(None, "cafe\u0301 under seven bridges")
    assert not await passwords.matches("no hash at all", "cafe\u0301 under seven bridges")
    assert not passwords.outdated(kept)
