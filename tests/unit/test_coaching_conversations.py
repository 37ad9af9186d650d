"""About, messages and reflections: given events, when a command, then events or a refusal."""

from service.coaching.conversations import (
    AboutWritten,
    MessageRemoved,
    MessageSent,
    RemoveMessage,
    SendMessage,
    WriteAbout,
)
from service.coaching.notebooks import NoteRemoved, NoteWritten
from service.coaching.reflections import ReflectionRemoved, ReflectionShared, RemoveReflection, ShareNote
from service.coaching.refusals import EditedMeanwhile, IdTaken, NoLongerHere, NotYours
from tests.fixtures.given import (
    CLOSED,
    COACH,
    CYCLE,
    NOTEBOOK,
    OPENED,
    OUTSIDER,
    PEER,
    Row,
    given,
    no,
    over,
    row,
    table,
    when,
    world,
)

SENT = (COACH, MessageSent("m", "See you on Monday"))
NOTE = NoteWritten("n", "The silence", 1, "What would you keep?")
SHARED = ReflectionShared("n", "What would you keep?", "The silence")

WORDS = [
    *when(
        world(cycle=[OPENED, (COACH, AboutWritten("I taught grade 5", 1))]),
        row("each says who they are", WriteAbout("x", "Grade 5", 0), [AboutWritten("Grade 5", 1)]),
        row(
            "on two pages at once",
            WriteAbout("x", "I sing", 0),
            no(EditedMeanwhile, text="I taught grade 5", revision=1, by=COACH),
            by=COACH,
        ),
        row("an outsider is nobody here", WriteAbout("x", "Grade 5", 0), NotYours, by=OUTSIDER),
    ),
    *when(
        world(cycle=[OPENED, SENT]),
        row("answered", SendMessage("x", "n", "Yes"), [MessageSent("n", "Yes")]),
        row("under an id that is taken", SendMessage("x", "m", "Yes"), IdTaken),
        row("by an outsider", SendMessage("x", "n", "Yes"), NotYours, by=OUTSIDER),
        row("removed by whoever wrote it", RemoveMessage("x", "m"), [MessageRemoved("m")], by=COACH),
        row("not by the other", RemoveMessage("x", "m"), NotYours),
        row("nor where there is none", RemoveMessage("x", "n"), NoLongerHere),
    ),
    *when(
        world(cycle=[OPENED, SENT, (COACH, MessageRemoved("m"))]),
        row("removed twice", RemoveMessage("x", "m"), [], by=COACH),
        row("the id stays taken", SendMessage("x", "m", "Again"), IdTaken, by=COACH),
    ),
    *when(
        world(cycle=[OPENED, SENT, SHARED, *CLOSED]),
        row("whoever is not in it does not learn that it is over", SendMessage("x", "p", "Hm"), NotYours, by=PEER),
        row("one's own words are removed also in the end", RemoveMessage("x", "m"), [MessageRemoved("m")], by=COACH),
        row("and reflections", RemoveReflection("x", "n"), [ReflectionRemoved("n")]),
    ),
    *when(
        world(cycle=[OPENED], notebook=[NOTE]),
        row("a note is shared", ShareNote("x", "n"), {CYCLE: [SHARED], NOTEBOOK: [NoteRemoved("n")]}),
        row("by whose it is", ShareNote("x", "n"), NoLongerHere, by=COACH),
        row("an outsider has none", ShareNote("x", "n"), NotYours, by=OUTSIDER),
    ),
    *when(
        world(cycle=[OPENED, SHARED], notebook=[NoteWritten("k", "Mine", 1)]),
        row("shared twice", ShareNote("x", "n"), []),
        row("removed", RemoveReflection("x", "n"), [ReflectionRemoved("n")]),
        row("by the other", RemoveReflection("x", "n"), NotYours, by=COACH),
        row("where there is none", RemoveReflection("x", "k"), NoLongerHere),
    ),
    *when(
        world(cycle=[OPENED, (COACH, SHARED)], notebook=[NOTE]),
        row("never over another one's", ShareNote("x", "n"), IdTaken),
    ),
    *when(
        world(cycle=[OPENED, SHARED, ReflectionRemoved("n")]),
        row("removed twice over", RemoveReflection("x", "n"), []),
    ),
    *over(WriteAbout("x", "Late", 0), SendMessage("x", "n", "Late"), ShareNote("x", "n")),
]


@table(WORDS)
def test_what_the_two_say(row: Row) -> None:
    row.holds()


def test_what_was_removed_holds_no_word() -> None:
    cycle = given(CYCLE, OPENED, SENT, SHARED, (COACH, MessageRemoved("m")), ReflectionRemoved("n"))

    assert (cycle.messages["m"].text, cycle.reflections["n"].text) == ("", "")
    assert cycle.messages["m"].removed_at is not None
    assert cycle.reflections["n"].removed_at is not None
