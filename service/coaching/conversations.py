"""The two people: what each says about themselves, and their conversation on what belongs to no moment of a lesson."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from service.coaching.cycle_state import CycleState, Message
from service.coaching.entries import Entry
from service.coaching.ids import Id
from service.coaching.refusals import IdTaken, NoLongerHere, NotYours
from service.coaching.words import Passage, Text
from service.coaching.writing import refuse_unless_pair, rewritten, standing, written


class WriteAbout(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="write_about"):
    """A few lines about oneself, for the other one."""

    id: Id
    text: Passage
    revision: int


class SendMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="send_message"):
    id: Id
    message: Id
    text: Text


class RemoveMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="remove_message"):
    """One's own words are blotted out everywhere they are kept."""

    id: Id
    message: Id


class AboutWritten(msgspec.Struct, frozen=True):
    """Of whoever wrote the event."""

    text: str
    revision: int


class MessageSent(msgspec.Struct, frozen=True):
    message: Id
    text: str


class MessageRemoved(msgspec.Struct, frozen=True):
    message: Id


EVENTS: Mapping[str, type[msgspec.Struct]] = {
    "about.written": AboutWritten,
    "message.sent": MessageSent,
    "message.removed": MessageRemoved,
}


def write_about(cycle: CycleState, command: WriteAbout, *, by: str, at: datetime) -> Sequence[Any]:
    refuse_unless_pair(cycle, by)
    now = standing(cycle.about.get(by))
    return rewritten(now, command.text, command.revision, lambda n: AboutWritten(command.text, n))


def send_message(cycle: CycleState, command: SendMessage, *, by: str, at: datetime) -> Sequence[Any]:
    refuse_unless_pair(cycle, by)
    if command.message in cycle.messages:
        raise IdTaken
    return [MessageSent(command.message, command.text)]


def remove_message(cycle: CycleState, command: RemoveMessage, *, by: str) -> Sequence[Any]:
    """Also in a closed cycle: nobody loses the right to their own words. A second time does nothing.

    Whoever carries this out redacts the words in the same transaction.
    """
    known = cycle.messages.get(command.message)
    if known is None:
        raise NoLongerHere("This message is no longer there.")
    if known.by != by:
        raise NotYours("Only whoever wrote a message removes it.")
    return [] if known.removed_at is not None else [MessageRemoved(command.message)]


def _about(state: CycleState, data: AboutWritten, entry: Entry) -> None:
    state.about[entry.by] = written(data.text, data.revision, entry)


def _sent(state: CycleState, data: MessageSent, entry: Entry) -> None:
    state.messages[data.message] = Message(data.message, data.text, entry.by, entry.at)


def _removed(state: CycleState, data: MessageRemoved, entry: Entry) -> None:
    known = state.messages[data.message]
    state.messages[data.message] = msgspec.structs.replace(known, text="", removed_at=entry.at)


DECIDE: Mapping[type, Callable[..., Sequence[Any]]] = {
    WriteAbout: write_about,
    SendMessage: send_message,
}

EVOLVE: Mapping[type, Callable[[CycleState, Any, Entry], None]] = {
    AboutWritten: _about,
    MessageSent: _sent,
    MessageRemoved: _removed,
}
