"""How letters go out: over SMTP, or, in the demo, into a folder that a page shows."""

import asyncio
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTPUTF8
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

STEP_SECONDS = 20.0
WHOLE_SECONDS = 60.0
"""A server that hangs costs so much, and the letter is tried again."""
_KEPT = 200
_HERE = ("localhost", "127.0.0.1", "::1")


class Refused(Exception):
    """This address, or this letter, will never be taken."""


class Away(Exception):
    """Not now. Whether the letter went out is not always known; it is sent again, under the same Message-ID."""


class Transport(Protocol):
    async def send(self, message: EmailMessage, to: str) -> None:
        """Hand the letter over. Raises Refused or Away."""
        ...


@dataclass(frozen=True, slots=True)
class Smtp:
    """`url`: smtp://user:password@host:587 (TLS as soon as the server offers it) or smtps://host:465."""

    url: str
    sender: str
    step_seconds: float = STEP_SECONDS
    whole_seconds: float = WHOLE_SECONDS

    async def send(self, message: EmailMessage, to: str) -> None:
        client = self._client()
        try:
            async with asyncio.timeout(self.whole_seconds):
                await client.connect()
                await client.send_message(message, sender=self.sender, recipients=[to])
        except aiosmtplib.SMTPRecipientsRefused as refused:
            first = refused.recipients[0]
            raise _meant(first.code, first.message, ours=False) from None
        except aiosmtplib.SMTPDataError as refused:
            raise _meant(refused.code, refused.message, ours=False) from None
        except aiosmtplib.SMTPResponseException as refused:  # of the sender, of the password: nothing about this letter
            raise _meant(refused.code, refused.message, ours=True) from None
        except aiosmtplib.SMTPNotSupported as lacking:
            raise Refused(f"the mail server cannot write to this address: {lacking}") from None
        except (aiosmtplib.SMTPException, TimeoutError, OSError) as away:
            raise Away(f"{type(away).__name__}: {away}") from None
        finally:
            # Without a farewell: a server that hangs would be waited for once more, and what it took it has taken.
            client.close()

    def _client(self) -> aiosmtplib.SMTP:
        address = urlsplit(self.url)
        tls = address.scheme == "smtps"
        return aiosmtplib.SMTP(
            hostname=address.hostname,
            port=address.port or (465 if tls else 587),
            username=unquote(address.username) if address.username else None,
            password=unquote(address.password) if address.password else None,
            use_tls=tls,
            # A password never goes out in the clear, unless it stays on this machine.
            start_tls=True if address.username and not tls and address.hostname not in _HERE else None,
            timeout=self.step_seconds,
        )


def _meant(code: int, text: str, *, ours: bool) -> Exception:
    said = f"{code} {text}"
    return Refused(said) if 500 <= code < 600 and not ours else Away(said)


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter in the outbox, as its page shows it."""

    id: str
    to: str
    subject: str
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Outbox:
    """A folder of letters that went nowhere; the newest are kept."""

    folder: Path

    async def send(self, message: EmailMessage, to: str) -> None:
        del to
        await asyncio.to_thread(self._keep, message)

    def _keep(self, message: EmailMessage) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        at = parsedate_to_datetime(message["Date"])
        name = f"{at:%Y%m%dT%H%M%S}-{str(message['Message-ID']).strip('<>').partition('@')[0]}.eml"
        fresh = self.folder / f"{name}.new"
        fresh.touch(mode=0o600)
        fresh.write_bytes(message.as_bytes())
        fresh.replace(self.folder / name)
        for old in self._latest()[_KEPT:]:
            old.unlink(missing_ok=True)

    def newest(self, most: int) -> list[Shown]:
        """The latest letters first. Reads files."""
        return [_shown(path) for path in self._latest()[:most]]

    def _latest(self) -> list[Path]:
        return sorted(self.folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)


def _shown(path: Path) -> Shown:
    message = message_from_bytes(path.read_bytes(), policy=SMTPUTF8)
    assert isinstance(message, EmailMessage)
    plain = message.get_body(("plain",))
    text = plain.get_content() if plain else ""
    at = parsedate_to_datetime(message["Date"]).isoformat().replace("+00:00", "Z")
    return Shown(path.stem, str(message["To"]), str(message["Subject"]), at, text)
