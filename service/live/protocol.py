"""The live protocol, pure: frames in become messages, facts become frames. No socket, no clock.

Client to server: `follow`, `unfollow`, `presence`, each with an id of the client's. Server to client: `following`,
`unfollowed`, `events`, `presence`, `progress`, `closed`, `problem`. `service/live/README.md` has a transcript.
"""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from service.coaching.ids import Id
from service.problems import BadRequest, NotJson, Problem
from storage.log import Event

MAX_FRAME_BYTES: Final = 64 * 1024

CLOSE_GOING_AWAY: Final = 1001
CLOSE_NOT_UNDERSTOOD: Final = 4400
CLOSE_SIGNED_OUT: Final = 4401
CLOSE_TOO_SLOW: Final = 4408

NOT_UNDERSTOOD_LIMIT: Final = 5
"""So many frames in a row that mean nothing, and the connection is closed with CLOSE_NOT_UNDERSTOOD."""


class Follow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="follow"):
    """Send me every event of this stream after a version."""

    id: int
    stream: str
    after: int = 0


class Unfollow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="unfollow"):
    """No more of this stream."""

    id: int
    stream: str


class Presence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="presence"):
    """Where this person is in a lesson, in ms of the lesson's own time."""

    id: int
    lesson: str
    at_ms: int
    playing: bool


NOT_UNDERSTOOD: Final = (BadRequest, NotJson)

Message = Follow | Unfollow | Presence


class Following(msgspec.Struct, frozen=True, tag="following"):
    """The answer to `follow`: events come from here on, up to `version` at once."""

    id: int
    stream: str
    version: int


class Unfollowed(msgspec.Struct, frozen=True, tag="unfollowed"):
    """The answer to `unfollow`."""

    id: int
    stream: str


class Events(msgspec.Struct, frozen=True, tag="events"):
    """What happened in a stream: contiguous, in order, none twice."""

    stream: str
    events: Sequence[Event]


class Present(msgspec.Struct, frozen=True):
    """Somebody else who is in the lesson, and where, in ms of its own time."""

    person: Id
    at_ms: int
    playing: bool


class Presences(msgspec.Struct, frozen=True, tag="presence"):
    """Everybody else who is in the lesson now."""

    lesson: Id
    people: Sequence[Present]


class Progress(msgspec.Struct, frozen=True):
    """How far the preparing of a lesson is: `percent` of the stage, `left_ms` until all of it is there, if known."""

    stage: Literal["fetching", "examining", "encoding", "finishing"]
    percent: int | None
    left_ms: int | None


class Progresses(msgspec.Struct, frozen=True, tag="progress"):
    """Somebody works on the lesson's video, or (null) nobody does any more. One that is lost is not sent again."""

    lesson: Id
    progress: Progress | None


class Closed(msgspec.Struct, frozen=True, tag="closed"):
    """Nothing more comes of this stream: the grant is gone."""

    stream: str
    reason: str


class ProblemFrame(msgspec.Struct, frozen=True, tag="problem"):
    """A message was refused: a problem as over HTTP, its `type` under `problem`. `id`: the message's, if known."""

    id: int | None
    problem: str
    title: str
    status: int
    detail: str


Frame = Following | Unfollowed | Events | Presences | Progresses | Closed | ProblemFrame

_decoder = msgspec.json.Decoder(Message)
_encoder = msgspec.json.Encoder()


class _Numbered(msgspec.Struct):
    id: int


def parse(frame: str | bytes) -> Message:
    """One message. Raises NotJson or BadRequest; `number_of` still finds the id to answer to, if there is one."""
    try:
        message: Message = _decoder.decode(frame)
    except msgspec.ValidationError as error:
        raise BadRequest(f"This frame could not be read: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotJson from None
    if isinstance(message, Follow) and "\0" in message.stream:
        raise BadRequest("No stream has such a name.")  # PostgreSQL does not even look for one
    if isinstance(message, Follow) and message.after < 0:
        raise BadRequest("`after` is the last version you have: 0 or more.")
    if isinstance(message, Presence) and not 0 <= message.at_ms <= 24 * 60 * 60 * 1000:
        raise BadRequest("`at_ms` is a moment of the lesson in milliseconds.")
    return message


def number_of(frame: str | bytes) -> int | None:
    try:
        return msgspec.json.decode(frame, type=_Numbered).id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def following(number: int, stream: str, version: int) -> bytes:
    return _encoder.encode(Following(number, stream, version))


def unfollowed(number: int, stream: str) -> bytes:
    return _encoder.encode(Unfollowed(number, stream))


def events(stream: str, batch: Sequence[Event]) -> bytes:
    """The wire events of one stream, contiguous. Encoded once for all who follow it."""
    return _encoder.encode(Events(stream, batch))


def presence(lesson: str, people: Sequence[Present]) -> bytes:
    return _encoder.encode(Presences(lesson, people))


def progress(lesson: str, now: Progress | None) -> bytes:
    return _encoder.encode(Progresses(lesson, now))


def closed(stream: str, reason: str) -> bytes:
    return _encoder.encode(Closed(stream, reason))


def problem(number: int | None, trouble: Problem) -> bytes:
    """The RFC 9457 object of HTTP, as a frame. Its own `type` moves to `problem`, since frames have a type."""
    document = trouble.document()
    return _encoder.encode({"id": number, "problem": document["type"]} | document | {"type": "problem"})
