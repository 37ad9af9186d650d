"""What every format of a lesson's annotations begins from: the words in the order of the lesson, with their authors."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

import msgspec

from service.coaching.lessons import Annotation, LessonState, Reply

REMOVED: Final = "removed"
"""What stands in the place of words that their author took back."""


class Author(msgspec.Struct, frozen=True):
    id: str
    name: str
    role: str


class Take(msgspec.Struct, frozen=True):
    """One lesson on its way out. `origin`: of this Farfield, without a slash at the end."""

    origin: str
    lesson: LessonState
    authors: Mapping[str, Author]
    at: datetime

    def author(self, person: str) -> Author:
        """Somebody whose name is not told to the reader has none here either."""
        return self.authors.get(person, Author(person, "", "observer"))

    def in_order(self) -> Iterator[tuple[Annotation, list[Reply]]]:
        """By the moment, then by when it was written; the answers to each as they came."""
        for one in sorted(self.lesson.annotations.values(), key=lambda one: (one.start_ms, one.at, one.id)):
            yield one, list(one.replies)


def words(one: Annotation | Reply) -> str:
    """The words as they stand; what was removed says only that."""
    return REMOVED if one.removed_at is not None else one.body
