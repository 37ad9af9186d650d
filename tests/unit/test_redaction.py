"""Which members are a person's words, and an event without them: nothing else changes, and nothing is forgotten."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

from service.coaching import annotations, corrections, cycles, debriefs, lessons, notebooks, plans, redaction
from service.coaching.folding import EVENTS, CoachingFolding
from service.coaching.ids import Id
from service.coaching.redaction import NO_WORDS, WORDS, Origins
from storage.acts import Entry

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
FOLDING = CoachingFolding()
EVENT_FILES = Path(__file__).parent.parent / "fixtures" / "events"


def texts(hint: Any) -> bool:
    """Whether it is a text that anything could stand in: no id, none of a list."""
    if get_origin(hint) in (Union, UnionType):
        return any(texts(one) for one in get_args(hint))
    return hint is str or (hint != Id and get_origin(hint) is Annotated and get_args(hint)[0] is str)


@pytest.mark.parametrize("type_", sorted(EVENTS))
def test_every_text_of_an_event_is_known_to_be_words_or_none(type_: str) -> None:
    """Whoever adds a member says here which of the two it is; else erasing a person would leave their words."""
    kind = EVENTS[type_]
    found = {name for name, hint in get_type_hints(kind, include_extras=True).items() if texts(hint)}

    known = set(WORDS[kind].members) if kind in WORDS else set()
    assert found == known | NO_WORDS.get(kind, frozenset())


def test_a_text_in_an_annotated_type_is_seen() -> None:
    class Told(msgspec.Struct):
        id: Id
        said: str
        maybe: str | None = None

    found = [name for name, hint in get_type_hints(Told, include_extras=True).items() if texts(hint)]
    assert found == ["said", "maybe"]


@pytest.mark.parametrize("type_", sorted(EVENTS))
def test_a_redacted_event_is_the_same_but_for_its_words(type_: str) -> None:
    event = FOLDING.decode(type_, (EVENT_FILES / f"{type_}.json").read_bytes())

    without = redaction.redacted(event)

    words = WORDS[type(event)].members if type(event) in WORDS else ()
    for name in event.__struct_fields__:
        assert getattr(without, name) == ("" if name in words else getattr(event, name)), name
    assert redaction.redacted(without) is without
    assert FOLDING.encode(without)[0] == type_


def entries(by: str, *events: Any) -> list[Entry]:
    return [Entry(n, AT, by, data) for n, data in enumerate(events, start=1)]


def fold(stream: str, given: list[Entry]) -> Any:
    state = FOLDING.initial(stream)
    for entry in given:
        state = FOLDING.evolve(state, entry)
    return state


ADDED = annotations.AnnotationAdded("a", 1, None, "of the coach", "note", question=lessons.AskedQuestion("q", "Why?"))


def test_the_words_of_one_person_go_and_those_of_others_stay() -> None:
    lesson = [
        Entry(1, AT, "tess", lessons.LessonAdded("c", "tess", "Fractions")),
        Entry(2, AT, "cole", ADDED),
        Entry(3, AT, "tess", annotations.ReplyAdded("r", "a", "of the teacher")),
        Entry(4, AT, "cole", annotations.AnnotationAdded("b", 1, None, "written by tess", "note", author="tess")),
    ]
    origins = Origins(frozenset({("q", "Why?")}))

    def without(person: str) -> list[Any]:
        return [redaction.without_words_of(person, "c", entry, origins) for entry in lesson]

    assert [getattr(data, "body", None) for data in without("tess")] == [None, "of the coach", "", ""]
    assert without("tess")[0].title == ""
    assert without("tess")[1].question.text == ""
    assert [getattr(data, "body", None) for data in without("cole")] == [None, "", "of the teacher", "written by tess"]
    nobody = [redaction.without_words_of("x", "c", one, Origins()) for one in lesson]
    assert all(data is entry.data for data, entry in zip(nobody, lesson, strict=True))


def test_the_name_of_a_file_is_the_words_of_whoever_sent_it() -> None:
    added = Entry(3, AT, "farfield", plans.ResourceAdded("r", "Plan by Cole.pdf", "application/pdf", 9, "cole"))

    assert redaction.without_words_of("cole", "c", added, Origins()).name == ""
    assert redaction.without_words_of("tess", "c", added, Origins()) is added.data


def test_a_goal_that_did_not_come_along_is_of_whoever_wrote_it() -> None:
    """After a change of coach that kept every word back, the first thing in the new cycle may be a goal."""
    opened = cycles.CycleOpened("p", "tess", "cole", 1, "open")
    first = fold("cycle/one", [Entry(1, AT, "lead", opened), Entry(2, AT, "cole", plans.PlanWritten("goal", "His", 1))])
    anew = msgspec.structs.replace(opened, previous="one", number=2, coach="nora")
    goal = Entry(2, AT + timedelta(seconds=1), "nora", plans.PlanWritten("goal", "Hers", 1))
    origins = Origins(cycles={"one": first, "two": fold("cycle/two", [Entry(1, AT, "tess", anew), goal])})

    assert redaction.without_words_of("nora", "two", goal, origins).text == ""
    assert redaction.without_words_of("cole", "two", goal, origins) is goal.data


@pytest.mark.parametrize(
    "pointer", ["/was_renamed", "/plan/was_renamed/text", "/lessons/7/title", "/history/0/was", "/stage_days"]
)
def test_a_pointer_that_leads_nowhere_any_more_is_passed_over(pointer: str) -> None:
    stream = [Entry(1, AT, "lead", cycles.CycleOpened("p", "tess", "cole", 1, "open"))]
    before = fold("cycle/c", stream)

    after = FOLDING.evolve(fold("cycle/c", stream), Entry(2, AT, "farfield", redaction.WordsErased("x", (pointer,))))

    assert after == msgspec.structs.replace(before, version=2)


def test_what_a_cycle_takes_over_belongs_to_whoever_wrote_it_there() -> None:
    opened = cycles.CycleOpened("p", "tess", "cole", 1, "open")
    first = fold(
        "cycle/one",
        [
            Entry(1, AT, "lead", opened),
            Entry(2, AT, "cole", plans.PlanWritten("goal", "A goal", 1)),
            Entry(3, AT, "tess", debriefs.CommitmentMade("k", "Wait longer", AT.date(), "")),
        ],
    )
    taken = [
        Entry(1, AT, "tess", msgspec.structs.replace(opened, previous="one", number=2)),
        Entry(2, AT, "tess", plans.PlanWritten("goal", "A goal", 1)),
        Entry(3, AT, "tess", debriefs.CommitmentMade("k", "Wait longer", AT.date(), "", "one")),
        Entry(4, AT + timedelta(days=1), "tess", plans.PlanWritten("goal", "Her own", 2)),
    ]
    origins = Origins(cycles={"one": first, "two": fold("cycle/two", taken)})

    gone = {
        person: [redaction.without_words_of(person, "two", one, origins) is not one.data for one in taken]
        for person in ("tess", "cole")
    }

    assert gone == {"tess": [False, False, True, True], "cole": [False, True, False, False]}


def test_what_is_said_to_be_empty_makes_the_state_that_the_emptied_events_fold_to() -> None:
    given = [
        Entry(1, AT, "tess", lessons.LessonAdded("c", "tess", "Fractions")),
        Entry(2, AT, "tess", lessons.LessonReleased()),
        Entry(3, AT, "cole", ADDED),
        Entry(4, AT, "cole", annotations.ReplyAdded("r", "a", "mine")),
        Entry(5, AT, "tess", annotations.ReplyAdded("s", "a", "hers")),
        Entry(6, AT, "cole", corrections.AnnotationEdited("a", 2, 1, None, "better", "note", question=ADDED.question)),
    ]
    without = [
        msgspec.structs.replace(one, data=redaction.without_words_of("cole", "c", one, Origins())) for one in given
    ]
    before, fresh = fold("lesson/l", given), fold("lesson/l", without)

    pointers = redaction.emptied(msgspec.to_builtins(before), msgspec.to_builtins(fresh))
    erased = Entry(7, AT, "farfield", redaction.WordsErased("cole", tuple(pointers)))

    assert pointers == ["/annotations/a/body", "/annotations/a/replies/0/body"]
    held = FOLDING.fork(before)
    assert FOLDING.evolve(held, erased) == FOLDING.evolve(FOLDING.fork(fresh), erased)
    assert before.annotations["a"].body == "better"
    assert [reply.body for reply in held.annotations["a"].replies] == ["", "hers"]


def test_a_draft_is_told_from_an_annotation_that_has_it_as_its_subject() -> None:
    assert redaction.subject(annotations.ReplyAdded("r", "a", "x")) == "r"
    assert redaction.subject(corrections.AnnotationEdited("a", 2, 1, None, "x", "note")) == "a"
    assert redaction.subject(notebooks.EarlierTextKept("l", "a", 1, "x")) == "a"
    assert redaction.subject(lessons.LessonAdded("c", "t", "x")) == ""
