"""The words of one person: erased on their wish, by whoever runs the server."""

import msgspec

from service.actions import erasing
from service.administration.records import person_with
from service.wiring import Deps


class WordsErased(msgspec.Struct, frozen=True):
    """`events`: how many held words that are gone now, in how many `streams`."""

    id: str
    name: str
    email: str
    streams: int
    events: int


async def erase(deps: Deps, *, email: str) -> WordsErased:
    """Also of one who was deactivated, and again where it was cut short. Refuses where nobody has the address."""
    person = await person_with(deps, email)
    done = await erasing.erase_words(deps, person.id)
    return WordsErased(person.id, person.name, person.email, done.streams, done.events)
