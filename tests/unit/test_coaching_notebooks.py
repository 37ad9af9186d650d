"""Notebooks: given events, when a command, then events or a refusal."""

from service.coaching.notebooks import (
    HIGHEST_VERSION,
    DraftAdded,
    DraftRemoved,
    MarkSeen,
    NoteRemoved,
    NoteWritten,
    RemoveDraft,
    RemoveNote,
    StreamSeen,
    WriteNote,
)
from service.coaching.reflections import ReflectionShared
from service.coaching.refusals import EditedMeanwhile, NoLongerHere
from tests.fixtures.given import (
    CLOSED,
    COACH,
    COACHS_NOTEBOOK,
    CYCLE,
    LESSON,
    NOTEBOOK,
    OPENED,
    TEACHER,
    Row,
    no,
    row,
    table,
    when,
    world,
)

NOTE = NoteWritten("n", "The silence", 1)
DRAFT = DraftAdded("l", "a", 1_000, None, "Mine", "note")

NOTES = [
    *when(
        world(cycle=[OPENED], notebook=[NOTE, DRAFT]),
        row("written", WriteNote("x", "k", "A note", 0), {NOTEBOOK: [NoteWritten("k", "A note", 1)]}),
        row(
            "to a prompt",
            WriteNote("x", "k", "The silence", 0, "What would you keep?"),
            {NOTEBOOK: [NoteWritten("k", "The silence", 1, "What would you keep?")]},
        ),
        row("changed", WriteNote("x", "n", "Less", 1), {NOTEBOOK: [NoteWritten("n", "Less", 2)]}),
        row("changed to the same", WriteNote("x", "n", "The silence", 0), []),
        row(
            "on two pages at once",
            WriteNote("x", "n", "Mine", 0),
            no(EditedMeanwhile, text="The silence", revision=1, by=TEACHER),
        ),
        row("changed where it is gone", WriteNote("x", "k", "Mine", 4), NoLongerHere),
        row("removed", RemoveNote("x", "n"), {NOTEBOOK: [NoteRemoved("n")]}),
        row("removed twice", RemoveNote("x", "k"), []),
        row("a draft is removed", RemoveDraft("x", "a"), {NOTEBOOK: [DraftRemoved("a")]}),
        row("a draft is removed twice", RemoveDraft("x", "b"), []),
        row("another's notes are not there", RemoveNote("x", "n"), [], by=COACH),
        row("nor taken", WriteNote("x", "n", "Mine", 0), {COACHS_NOTEBOOK: [NoteWritten("n", "Mine", 1)]}, by=COACH),
    ),
    *when(
        world(cycle=[OPENED, ReflectionShared("n", "", "The silence")]),
        row("what was shared is no note any more", WriteNote("x", "n", "More", 0), NoLongerHere),
    ),
    *when(
        world(cycle=[OPENED, *CLOSED], notebook=[NOTE]),
        row("a notebook outlives its cycle", WriteNote("x", "n", "Less", 1), {NOTEBOOK: [NoteWritten("n", "Less", 2)]}),
        row("and can be emptied", RemoveNote("x", "n"), {NOTEBOOK: [NoteRemoved("n")]}),
    ),
    *when(
        world(cycle=[OPENED], notebook=[StreamSeen(LESSON, 5)]),
        row("read on", MarkSeen("x", LESSON, 9), {NOTEBOOK: [StreamSeen(LESSON, 9)]}),
        row("read to where one was", MarkSeen("x", LESSON, 5), []),
        row("read back", MarkSeen("x", LESSON, 2), []),
        row("read the cycle", MarkSeen("x", CYCLE, 1), {NOTEBOOK: [StreamSeen(CYCLE, 1)]}),
        row("read another cycle", MarkSeen("x", "cycle/other", 1), NoLongerHere),
        row("read a notebook", MarkSeen("x", COACHS_NOTEBOOK, 1), NoLongerHere),
        row("read what is no stream", MarkSeen("x", "the news", 1), NoLongerHere),
        row("read more than there can be", MarkSeen("x", LESSON, HIGHEST_VERSION + 1), NoLongerHere),
        row("read nothing", MarkSeen("x", LESSON, -1), []),
    ),
]


@table(NOTES)
def test_notebooks(row: Row) -> None:
    row.holds()
