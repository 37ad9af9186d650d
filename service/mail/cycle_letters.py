"""Letters about meetings and commitments, pure. They say that and when, never a word of what it is about."""

from typing import Final

from service.coaching.cycle_state import MeetingKind
from service.mail.letters import Letter

KINDS: Final[dict[MeetingKind, str]] = {
    "planning": "planning meeting",
    "debrief": "debrief",
    "check_in": "check-in",
}
_WHERE: Final = "Where you meet, and what it is to be about, is on the page of your cycle."
_CALENDAR: Final = (
    "To have it in your calendar, open that page and press “Add to calendar”. In your account there is an address with "
    "which a calendar always has all your meetings."
)


def meeting_planned(name: str, other: str, kind: MeetingKind, when: tuple[str, ...], url: str) -> Letter:
    return Letter(
        f"A {KINDS[kind]} with {other}",
        (f"Hello {name},", f"{other} has planned a {KINDS[kind]} with you.", *when, _WHERE, _CALENDAR),
        ("Open the cycle", url),
    )


def meeting_moved(name: str, other: str, kind: MeetingKind, when: tuple[str, ...], url: str) -> Letter:
    return Letter(
        f"Moved: {KINDS[kind]} with {other}",
        (
            f"Hello {name},",
            f"{other} has changed the time or the place of your {KINDS[kind]}.",
            *when,
            _WHERE,
            _CALENDAR,
        ),
        ("Open the cycle", url),
    )


def meeting_cancelled(name: str, other: str, kind: MeetingKind, when: tuple[str, ...], url: str) -> Letter:
    return Letter(
        f"Called off: {KINDS[kind]} with {other}",
        (
            f"Hello {name},",
            f"{other} has called off your {KINDS[kind]}. It was to be:",
            *when,
            "You can plan another one on the page of your cycle.",
        ),
        ("Open the cycle", url),
    )


def meeting_soon(name: str, other: str, kind: MeetingKind, when: tuple[str, ...], url: str) -> Letter:
    return Letter(
        f"Tomorrow: {KINDS[kind]} with {other}",
        (f"Hello {name},", f"your {KINDS[kind]} with {other} is a day away.", *when, _WHERE),
        ("Open the cycle", url),
    )


def check_ins_offered(name: str, other: str, weeks: int, when: tuple[str, ...], url: str) -> Letter:
    return Letter(
        f"{other} offers weekly check-ins",
        (
            f"Hello {name},",
            f"{other} would like to meet you every week, {weeks} times. The first would be:",
            *when,
            "You accept or decline on the page of your cycle. Until then nothing is in anybody's calendar.",
        ),
        ("Look at the offer", url),
    )


def check_ins_accepted(name: str, other: str, weeks: int, when: tuple[str, ...], url: str) -> Letter:
    return Letter(
        f"Weekly check-ins with {other}",
        (
            f"Hello {name},",
            f"{other} has accepted your weekly check-ins: {weeks} of them are planned. The first is:",
            *when,
            _WHERE,
            _CALENDAR,
        ),
        ("Open the cycle", url),
    )


def commitment_due(name: str, coach: str, number: int, url: str, *, today: bool = True) -> Letter:
    what = f"something you wanted to try, in cycle {number} with {coach}."
    return Letter(
        "What became of it?",
        (
            f"Hello {name},",
            f"today is the day of {what}" if today else f"while you paused, the day came of {what}",
            "Say in one minute what became of it: kept, adapted, or not yet. Any of the three is fine.",
        ),
        ("Say what became of it", url),
    )
