"""Which files a lesson takes, and when; and where it stands after each of them."""

from typing import Any, get_args

import pytest

from service.coaching.annotations import refuse_outside
from service.coaching.lessons import (
    FileRole,
    LessonListenable,
    LessonReady,
    LessonRefused,
    LessonState,
    LessonWatchable,
    OriginalSetAside,
    UploadCompleted,
    UploadEnded,
    UploadStarted,
    takes,
)
from service.coaching.refusals import OutsideLesson
from tests.fixtures.given import ADDED, LESSON, given

ROLES: tuple[FileRole, ...] = get_args(FileRole)
ALL = set(ROLES)
SENDING = [ADDED, UploadStarted("u", "original", 9)]
SENT = [*SENDING, UploadCompleted("u", 9)]
SOUND_FIRST = [ADDED, UploadStarted("s", "sound", 3), UploadCompleted("s", 3, "sound"), LessonListenable(1, 60_000)]
SMALL_WATCHABLE = [
    ADDED,
    UploadStarted("u", "small", 9),
    UploadCompleted("u", 9, "small"),
    LessonWatchable(1, 60_000, 1280, 720, "small"),
]
SMALL = [*SMALL_WATCHABLE, LessonReady(1, 60_000)]
LATE = [*SMALL, UploadStarted("o", "original", 90)]
LATE_SENT = [*LATE, UploadCompleted("o", 90)]
IN_USE = [*LATE_SENT, LessonWatchable(2, 60_000, 1920, 1080), LessonReady(2, 60_000)]


def lesson(*events: Any) -> LessonState:
    state = given(LESSON, *events)
    assert isinstance(state, LessonState)
    return state


@pytest.mark.parametrize(
    ("events", "taken"),
    [
        ([ADDED], ALL),
        (SENDING, ALL),
        (SENT, {"sound"}),
        ([*SOUND_FIRST, UploadStarted("u", "original", 9)], ALL),
        ([*SOUND_FIRST, UploadStarted("u", "original", 9), UploadCompleted("u", 9)], set()),
        ([*SENT, LessonRefused("damaged")], ALL),
        ([*SENT, LessonWatchable(1, 60_000, 1280, 720)], set()),
        ([*SENT, LessonWatchable(1, 60_000, 1280, 720), LessonReady(1, 60_000)], set()),
        (SMALL_WATCHABLE, set()),
        ([*SMALL_WATCHABLE, LessonRefused("unreadable_blocks")], ALL),
        (SMALL, {"original"}),
        (LATE, {"original"}),
        (LATE_SENT, set()),
        ([*LATE_SENT, OriginalSetAside("o", "damaged")], {"original"}),
        (IN_USE, set()),
    ],
    ids=[
        "new",
        "one arrives",
        "one is prepared",
        "sound is there, the picture arrives",
        "sound is there, the picture is prepared",
        "refused",
        "watchable",
        "ready",
        "a small one is prepared to its end",
        "a small one failed after it could be watched",
        "small",
        "small, its original arrives",
        "small, its original is looked at",
        "small, its original set aside",
        "the original took over",
    ],
)
def test_which_files_a_lesson_takes(events: list[Any], taken: set[FileRole]) -> None:
    state = lesson(*events)

    assert {role for role in ROLES if takes(state, role)} == taken


def test_sound_that_comes_first_does_not_say_that_the_lesson_is_there() -> None:
    heard = lesson(*SOUND_FIRST)
    seen = lesson(*SOUND_FIRST, *SENT[1:], LessonWatchable(2, 60_010, 1280, 720))

    assert (heard.state, heard.listen, heard.attempt, heard.source) == ("arriving", True, 1, None)
    assert (seen.state, seen.listen, seen.attempt, seen.source) == ("watchable", False, 2, "original")


def test_an_original_that_comes_late_never_takes_the_lesson_away() -> None:
    stands = [
        (lesson(*events).state, lesson(*events).source, lesson(*events).original)
        for events in (SMALL, LATE, LATE_SENT, [*LATE_SENT, OriginalSetAside("o", "other_times")], IN_USE)
    ]

    assert stands == [
        ("ready", "small", None),
        ("ready", "small", "arriving"),
        ("ready", "small", "preparing"),
        ("ready", "small", "set_aside"),
        ("ready", "original", "in_use"),
    ]


def test_an_original_arrives_while_one_of_several_is_on_its_way() -> None:
    another = UploadStarted("p", "original", 90)
    one_left = lesson(*LATE, another, UploadEnded("p", "original", "cancelled"))
    none_left = lesson(*LATE, another, *(UploadEnded(upload, "original", "cancelled") for upload in ("o", "p")))
    begun_before = lesson(ADDED, UploadStarted("o", "original", 90), *SMALL[1:])

    assert (one_left.original, one_left.uploads) == ("arriving", ("o",))
    assert (none_left.original, none_left.uploads) == (None, ())
    assert (begun_before.original, begun_before.uploads) == ("arriving", ("o",))


@pytest.mark.parametrize("why", ["cancelled", "abandoned", "refused"])
def test_a_lesson_whose_last_upload_ended_waits_for_its_video_again(why: Any) -> None:
    two = [*SENDING, UploadStarted("s", "sound", 3)]
    one_left = lesson(*two, UploadEnded("s", "sound", why))
    none_left = lesson(*two, UploadEnded("s", "sound", why), UploadEnded("u", "original", why))
    another_came = lesson(*two, UploadCompleted("u", 9), UploadEnded("s", "sound", why))
    late = lesson(*LATE, UploadEnded("o", "original", why))

    assert (one_left.state, one_left.uploads) == ("arriving", ("u",))
    assert (none_left.state, none_left.uploads) == ("waiting", ())
    assert another_came.state == "preparing"
    assert (late.state, late.original) == ("ready", None)


def test_what_is_heard_may_be_shorter_than_what_will_be_seen() -> None:
    """The sound of a film may end a moment before its picture: who has the picture writes at its last second."""
    refuse_outside(lesson(*SOUND_FIRST), 60_400, None)
    with pytest.raises(OutsideLesson):
        refuse_outside(lesson(*SENT, LessonWatchable(1, 60_000, 1280, 720)), 60_400, None)
