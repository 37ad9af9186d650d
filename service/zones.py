"""Times as they stand on somebody's wall."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

MORNING: Final = time(9)
"""When a letter about a day goes out."""


def zone_of(name: str) -> tzinfo:
    """The zone of that name; UTC where it is unknown here, since databases of zones differ."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def zone_name(name: str) -> str:
    """As it is read: `America/New York`."""
    return name.replace("_", " ")


def morning_of(day: date, zone: str, *, after: datetime) -> datetime:
    """Nine o'clock of the day in the zone; where that is past already, of the next day after `after`."""
    local = datetime.combine(day, MORNING, zone_of(zone))
    while local <= after:
        local += timedelta(days=1)  # on the wall, so that it stays nine over a change of the clock
    return local.astimezone(UTC)


def said_day(day: date) -> str:
    """`Tuesday 1 December 2026`."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def said_span(start: datetime, minutes: int, zone: str) -> str:
    """`Tuesday 1 December 2026, 16:00 to 16:45 (Europe/Berlin)`."""
    first = start.astimezone(zone_of(zone))
    last = (start + timedelta(minutes=minutes)).astimezone(zone_of(zone))
    return f"{said_day(first.date())}, {first:%H:%M} to {last:%H:%M} ({zone_name(zone)})"
