"""Texts that several people or pages may change at once."""

from collections.abc import Callable, Sequence
from typing import Any

from service.coaching.cycle_state import CycleState, Written
from service.coaching.entries import Entry
from service.coaching.refusals import CycleClosed, EditedMeanwhile, NotYours


def refuse_if_closed(cycle: CycleState) -> None:
    if cycle.closed:
        raise CycleClosed


def refuse_unless_pair(cycle: CycleState, by: str) -> None:
    """Only the teacher and the coach write in a cycle, and only while it is open, which others need not learn by it."""
    if by not in (cycle.teacher, cycle.coach):
        raise NotYours("Only the teacher and the coach of this cycle write here.")
    refuse_if_closed(cycle)


def rewritten(
    current: tuple[str, int, str] | None, text: str, revision: int, event: Callable[[int], Any]
) -> Sequence[Any]:
    """`[event(next revision)]`, or nothing where the text says so already, as an empty one does before the first.

    current: (text, revision, by) as it stands, None before the first; revision: the one the writer saw, 0: none.
    Raises EditedMeanwhile with the current text where somebody was quicker.
    """
    was, at_revision, by = current or ("", 0, "")
    if was == text:
        return []
    if at_revision != revision:
        raise EditedMeanwhile(was, at_revision, by)
    return [event(at_revision + 1)]


def standing(written: Written | None) -> tuple[str, int, str] | None:
    """A text as `rewritten` wants it."""
    return None if written is None else (written.text, written.revision, written.by)


def written(text: str, revision: int, entry: Entry) -> Written:
    return Written(text, revision, entry.by, entry.at)
