"""What of the server's answers the client reads. Members it does not know are left alone, so either may be newer."""

from typing import Any, Literal

import msgspec

from service.client.plan import Block

TAKES_VIDEO = ("waiting", "arriving", "refused")
"""The states of a lesson that waits for its video."""


class Me(msgspec.Struct):
    id: str
    name: str


class Session(msgspec.Struct):
    """Who the token stands for, and how large a file this server takes."""

    person: Me
    max_upload_bytes: int


class OpenUpload(msgspec.Struct):
    id: str
    size: int | None


class LessonCard(msgspec.Struct):
    id: str
    title: str
    created_at: str
    state: str
    upload: OpenUpload | None


class CycleCard(msgspec.Struct):
    role: str
    stage: str
    teacher: Me
    coach: Me
    lessons: list[LessonCard]


class CyclePage(msgspec.Struct):
    card: CycleCard


class LessonState(msgspec.Struct):
    title: str
    state: str
    reason: str | None = None


class CycleOfLesson(msgspec.Struct):
    id: str


class LessonPage(msgspec.Struct):
    version: int
    lesson: LessonState
    cycle: CycleOfLesson
    people: dict[str, Me]


class Upload(msgspec.Struct):
    """`blocks`: what the store has while it is open."""

    id: str
    lesson: str
    state: str
    size: int | None
    fingerprint: str | None
    blocks: list[Block]

    @property
    def arrived(self) -> bool:
        return self.state in ("completed", "assembled")


class Lesson(msgspec.Struct):
    lesson: str


class AddLesson(msgspec.Struct):
    id: str
    lesson: str
    title: str
    release: bool
    type: Literal["add_lesson"] = "add_lesson"


class StartUpload(msgspec.Struct):
    id: str
    size: int
    name: str
    content_type: str
    fingerprint: str
    role: Literal["original"] = "original"


class CompleteUpload(msgspec.Struct):
    size: int
    blocks: list[Block]


class StreamEvent(msgspec.Struct):
    """What happened in a stream. `at`: RFC 3339, the server's time. `data`: as `type` says, fixed for ever."""

    stream: str
    version: int
    type: str
    at: str
    by: str
    data: dict[str, Any]
