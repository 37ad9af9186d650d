"""Answers by command id, so that a command sent again is answered again and done once."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import insert, select

from storage import tables
from storage.at_once import Here
from storage.rows import asked, of_values


class Stored(msgspec.Struct, frozen=True):
    """What was answered to the first of equal commands."""

    digest: str
    answer: str


INSERT = insert(tables.commands)
_c = tables.commands.c
_FIND = of_values(lambda ids: select(_c.person_id, _c.id, _c.digest, _c.answer).where(_c.id.in_(ids)))


def find(here: Here, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Stored]:
    """Those of the (person, command id) pairs that were answered before."""
    wanted = set(keys)
    found = asked(here, _FIND, [command for _, command in wanted])
    return {
        (person, command): Stored(digest, answer)
        for person, command, digest, answer in found
        if (person, command) in wanted
    }


def row(person: str, command: str, digest: str, answer: str, at: datetime) -> dict[str, object]:
    """The parameters of INSERT."""
    return {"person_id": person, "id": command, "digest": digest, "answer": answer, "at": at}
