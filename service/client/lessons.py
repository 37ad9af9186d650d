"""Which lesson a file belongs to: the one that was begun, an open one of the same file, or a new one.

A new lesson has an id that is made of who sends what where. So a computer that has forgotten everything, or another
one, finds it again, also when its video is long there.
"""

from dataclasses import dataclass
from uuid import UUID, uuid4, uuid5

from service.client import kept
from service.client.api import Api
from service.client.patience import Patience
from service.client.shapes import TAKES_VIDEO, AddLesson, CyclePage, Lesson, LessonCard, LessonPage, Upload
from service.client.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. `again`: another lesson, whatever was sent before."""

    cycle: str | None
    lesson: str | None
    title: str
    release: bool
    again: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where the file goes. `going_on`: it was begun before. `arrived`: it is there already, in this state."""

    lesson: str
    title: str
    upload: str
    going_on: bool
    arrived: str | None = None


async def find_place(
    api: Api, patience: Patience, wish: Wish, note: kept.Kept, *, person: str, size: int, fingerprint: str
) -> Place:
    """The lesson for this file; it exists afterwards, and what is known is kept. Raises Trouble, GaveUp.

    person: the id of who sends it.
    """
    if wish.lesson is not None:
        return await _named(api, patience, wish, wish.lesson, note)
    page = await patience.persist(lambda: api.get(f"/api/cycles/{wish.cycle}", CyclePage))
    cards = {card.id: card for card in page.card.lessons}
    known = None if wish.again else note.read()
    if known is not None and (card := cards.get(known.lesson)) is not None:
        return _known(card.state, card.title, known)
    made = _derived(f"{person} {wish.cycle} {fingerprint}")
    if known is None and not wish.again and (card := cards.get(made.lesson)) is not None:
        return _found(card, wish, note)
    if known is None or not known.add:
        card = None if wish.again else await _open_one(api, patience, page.card.lessons, size, fingerprint)
        if card is not None:
            return _found(card, wish, note)
        ids = _Ids(str(uuid4()), str(uuid4())) if wish.again else made
        known = kept.Upload(ids.add, ids.lesson, wish.title, wish.release, str(uuid4()))
        note.write(known)  # before it is said: said again after a kill it is the same lesson
    await _add(api, patience, wish, known)
    return Place(known.lesson, known.title, known.upload, going_on=False)


@dataclass(frozen=True, slots=True)
class _Ids:
    add: str
    lesson: str


_OURS = UUID("2c1b7a54-6d0f-4c53-9a0e-9d5a8f7f1e60")


def _derived(of: str) -> _Ids:
    """The ids of the command and of its lesson."""
    return _Ids(str(uuid5(_OURS, f"add {of}")), str(uuid5(_OURS, f"lesson {of}")))


async def _add(api: Api, patience: Patience, wish: Wish, known: kept.Upload) -> None:
    asked = AddLesson(known.add, known.lesson, known.title, known.release)
    await patience.persist(lambda: api.post(f"/api/cycles/{wish.cycle}/lessons", asked, Lesson))


async def _named(api: Api, patience: Patience, wish: Wish, lesson: str, note: kept.Kept) -> Place:
    page = await patience.persist(lambda: api.get(f"/api/lessons/{lesson}", LessonPage))
    if wish.cycle is not None and page.cycle.id != wish.cycle:
        raise Trouble("other_cycle", 422, "That lesson is not in that cycle. Leave --cycle out to go on with it.")
    known = note.read()
    if known is not None:
        return _known(page.lesson.state, page.lesson.title, known)
    known = kept.Upload("", lesson, page.lesson.title, wish.release, str(uuid4()))
    note.write(known)
    return Place(lesson, page.lesson.title, known.upload, going_on=False)


def _found(card: LessonCard, wish: Wish, note: kept.Kept) -> Place:
    """One that this computer had forgotten, with the upload that is open."""
    upload = card.upload.id if card.upload is not None else str(uuid4())
    known = kept.Upload("", card.id, card.title, wish.release, upload)
    note.write(known)
    return _known(card.state, card.title, known)


def _known(state: str, title: str, known: kept.Upload) -> Place:
    arrived = None if state in TAKES_VIDEO else state
    return Place(known.lesson, title, known.upload, going_on=True, arrived=arrived)


async def _open_one(
    api: Api, patience: Patience, cards: list[LessonCard], size: int, fingerprint: str
) -> LessonCard | None:
    """The newest lesson whose open upload is of the same file."""
    for card in sorted(cards, key=lambda card: card.created_at, reverse=True):
        if card.upload is None or card.upload.size != size:
            continue
        path = f"/api/uploads/{card.upload.id}"
        found = await patience.persist(lambda path=path: api.get(path, Upload))  # type: ignore[misc]
        if found.fingerprint == fingerprint:
            return card
    return None
