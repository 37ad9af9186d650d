"""What of a lead's overview depends on the day it is read."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from service.web.overview import _row
from storage.cycles import CycleOverview

BEGUN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DUE = BEGUN + timedelta(days=5)
ROW = CycleOverview(
    id="c",
    teacher_id="t",
    teacher_name="Demo teacher",
    coach_id="k",
    coach_name="Demo coach",
    number=1,
    stage="review",
    stage_since_at=BEGUN,
    focus_category=None,
    due_at=DUE,
    paused_since_at=None,
    cancelled_at=None,
    waiting_on="coach",
    next_at=None,
    meetings_planned=2,
    meetings_held=1,
    commitments=0,
    commitments_open=0,
    turnaround_ms=None,
    paused_ms=0,
    proposed_coach_id=None,
    proposed_coach_name=None,
    released=1,
    annotations=3,
)


def at(days: float, **more: Any) -> tuple[int, bool, bool]:
    """(days in the stage, overdue, stalled) so many days after the stage began."""
    read = _row(msgspec.structs.replace(ROW, **more), BEGUN + timedelta(days=days))
    return read.days_in_stage, read.overdue, read.stalled


@pytest.mark.parametrize(
    ("days", "more", "expected"),
    [
        (0, {}, (0, False, False)),
        (4.99, {}, (4, False, False)),
        (5.01, {}, (5, True, False)),
        (18.99, {}, (18, True, False)),
        (19, {}, (19, True, True)),
        (19, {"next_at": BEGUN + timedelta(days=20)}, (19, True, False)),
        (19, {"next_at": BEGUN + timedelta(days=18)}, (19, True, True)),
        (19, {"paused_since_at": BEGUN + timedelta(days=3)}, (3, False, False)),
        (19, {"paused_ms": 86_400_000, "due_at": DUE + timedelta(days=1)}, (18, True, False)),
        (19, {"cancelled_at": BEGUN + timedelta(days=2), "due_at": None}, (2, False, False)),
        (60, {"stage": "closed", "due_at": None}, (60, False, False)),
        (27.9, {"due_at": None}, (27, False, False)),
        (28, {"due_at": None}, (28, False, True)),
        (-1, {}, (0, False, False)),
    ],
)
def test_days_overdue_and_stalled(days: float, more: dict[str, Any], expected: tuple[int, bool, bool]) -> None:
    assert at(days, **more) == expected
