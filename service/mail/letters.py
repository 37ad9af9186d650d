"""Letters, pure: what each kind of notice says, as a mail with plain text and simple HTML.

A letter never holds a word of an annotation, a plan or a title: mail is read on phones that lie on tables.
"""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from html import escape

from service.addresses import on_the_wire


@dataclass(frozen=True, slots=True)
class Letter:
    """`button`: (its label, where it leads)."""

    subject: str
    paragraphs: tuple[str, ...]
    button: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """`unsubscribe`: where its reader says that they want no more of these."""

    id: str
    sender: Address
    to: str
    at: datetime
    unsubscribe: str


def sign_in_link(name: str, url: str, minutes: int) -> Letter:
    return Letter(
        "Your link to Farfield",
        (
            f"Hello {name},",
            f"open this link and press the button there to sign in. It works once, within {minutes} minutes.",
            "If you did not ask for it, you need not do anything: without this letter nobody gets in.",
        ),
        ("Sign in", url),
    )


def invitation(by: str, program: str, role: str, url: str, days: int) -> Letter:
    article = {"lead": "as a program lead", "coach": "as a coach", "teacher": "as a teacher"}[role]
    return Letter(
        f"{by} invites you to {program}",
        (
            "Hello,",
            f"{by} invites you to take part in {program} {article}.",
            "Farfield is where teachers and coaches look at lessons together without being in the same place.",
            f"Open the link and press the button there. It works once, within {days} days.",
            "If you do not know what this is about, you need not do anything.",
        ),
        ("Look at the invitation", url),
    )


def invitation_to_observe(by: str, whole: bool, until: str, url: str, days: int) -> Letter:
    what = "a coaching cycle" if whole else "one lesson"
    return Letter(
        f"{by} lets you look at {what}",
        (
            "Hello,",
            f"{by} would like you to look at {what} of theirs, until {until}.",
            "Farfield is where teachers and coaches look at lessons together without being in the same place.",
            f"Open the link and press the button there. It works once, within {days} days.",
            "If you do not know what this is about, you need not do anything.",
        ),
        ("Look at the invitation", url),
    )


def observer_let_in(name: str, by: str, whole: bool, until: str, url: str) -> Letter:
    what = "a coaching cycle" if whole else "one lesson"
    return Letter(
        f"{by} lets you look at {what}",
        (
            f"Hello {name},",
            f"{by} has let you into {what} of theirs, until {until}.",
            "You can watch, and write at the moments you would like to talk about. What you see there stays there.",
        ),
        ("Open it", url),
    )


def upload_waiting(name: str, day: str, url: str) -> Letter:
    return Letter(
        "A file of yours is not here yet",
        (
            f"Hello {name},",
            "you began to send a file to Farfield, and only a part of it has arrived. It has stood still for a while.",
            f"The part that is here stays until {day}. Open this page to go on: it continues where it was.",
            "If you need it no more, you need not do anything: it is removed then.",
        ),
        ("Go on with it", url),
    )


def password_changed(name: str, url: str) -> Letter:
    return Letter(
        "Your password was changed",
        (
            f"Hello {name},",
            "your password for Farfield was set anew just now.",
            "Every other device was signed out, and every key for a program and your calendar's address were ended.",
            "If that was not you, ask for a sign-in link and set another one at once.",
        ),
        ("Open Farfield", url),
    )


def token_made(name: str, url: str) -> Letter:
    return Letter(
        "A key for a program was made",
        (
            f"Hello {name},",
            "a key with which a program may use Farfield in your name was made just now.",
            "If that was not you, set a new password at once: that ends every key and signs out every other device.",
        ),
        ("Open your account", url),
    )


def cycle_opened(name: str, other: str, program: str, role: str, url: str) -> Letter:
    yours = "You decide what your coach sees, and when."
    first = yours if role == "teacher" else "It begins with a plan you make together."
    return Letter(
        f"A coaching cycle with {other}",
        (f"Hello {name},", f"in {program}, a coaching cycle with {other} has been opened for you.", first),
        ("Open the cycle", url),
    )


def next_cycle(name: str, other: str, program: str, url: str) -> Letter:
    return Letter(
        f"The next coaching cycle with {other}",
        (
            f"Hello {name},",
            f"in {program}, {other} has started your next coaching cycle together.",
            "What was agreed and is still open has come along, and so has the goal.",
        ),
        ("Open the cycle", url),
    )


def coach_proposed(name: str, other: str, program: str, url: str) -> Letter:
    return Letter(
        f"Another coach for you: {other}",
        (
            f"Hello {name},",
            f"in {program}, {other} is proposed as your new coach.",
            "You decide whether they read what has been written in your cycle so far, or begin a new one with you.",
            "Nothing changes until you have chosen.",
        ),
        ("Look at it and choose", url),
    )


def new_coach(name: str, other: str, program: str, url: str) -> Letter:
    return Letter(
        f"You are now the coach of {other}",
        (
            f"Hello {name},",
            f"in {program}, you go on with {other} in a coaching cycle that is under way.",
            f"{other} has chosen that you read what has been written in it so far.",
        ),
        ("Open the cycle", url),
    )


def coach_replaced(name: str, other: str, program: str, url: str) -> Letter:
    return Letter(
        f"Your coaching cycle with {other} goes to another coach",
        (
            f"Hello {name},",
            f"in {program}, {other} goes on with another coach. You no longer see this cycle nor its lessons.",
            "Earlier cycles that the two of you finished stay as they are.",
        ),
        ("Open Farfield", url),
    )


def mail(letter: Letter, envelope: Envelope) -> EmailMessage:
    """The letter as it travels. Text that would break out of a header was refused long before; here it raises."""
    to = on_the_wire(envelope.to)
    message = EmailMessage(policy=SMTP if to.isascii() else SMTPUTF8)
    message["From"] = envelope.sender
    message["To"] = _reader(to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(envelope.at)
    # The same at every try, so that mailboxes know the second copy of a letter whose receipt got lost.
    message["Message-ID"] = f"<{envelope.id}@{envelope.sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<{envelope.unsubscribe}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(_text(letter, envelope))
    message.add_alternative(_html(letter, envelope), subtype="html")
    return message


def _reader(to: str) -> Address:
    if to.isascii():
        return Address(addr_spec=to)
    local, _, domain = to.rpartition("@")  # what is not ASCII is never quoted, and only takes this form
    return Address(username=local, domain=domain)


_LAST = "No more letters like this:"


def _text(letter: Letter, envelope: Envelope) -> str:
    button = (f"{letter.button[0]}: {letter.button[1]}",) if letter.button else ()
    return "\n\n".join([*letter.paragraphs, *button, f"--\n{_LAST} {envelope.unsubscribe}", ""])


def _html(letter: Letter, envelope: Envelope) -> str:
    said = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in letter.paragraphs)
    button = ""
    if letter.button:
        label, url = letter.button
        look = "background:#2f6b3a;color:#fff;padding:12px 18px;border-radius:6px;text-decoration:none"
        button = f'<p><a href="{escape(url)}" style="{look}">{escape(label)}</a></p>'
        button += f'<p style="font-size:13px;color:#555">{escape(url)}</p>'
    last = f'<p style="font-size:13px;color:#555">{_LAST} <a href="{escape(envelope.unsubscribe)}">stop them</a></p>'
    body = "font-family:sans-serif;font-size:16px;line-height:1.5;color:#222;max-width:34em;margin:0 auto;padding:16px"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><body style="{body}">{said}{button}{last}</body></html>'
    )
