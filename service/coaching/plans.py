"""The plan of a lesson: its texts, its date, the focus, one to three focus questions, and the files beside it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec

from service.coaching.cycle_state import CycleState, FocusQuestion, PlanField, Resource
from service.coaching.entries import Entry
from service.coaching.ids import Id
from service.coaching.refusals import IdTaken, NoLongerHere, NotPossible, NotYours
from service.coaching.words import Line, Passage, Title
from service.coaching.writing import refuse_unless_pair, rewritten, standing, written

MOST_QUESTIONS: Final = 3
MOST_RESOURCES: Final = 40


class WritePlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="write_plan"):
    """One text of the plan. `revision`: the one this was written over, 0 where it was empty."""

    id: Id
    field: PlanField
    text: Passage
    revision: int


class SetLessonDate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="set_lesson_date"):
    """The day on which the lesson is taught; null: not known."""

    id: Id
    date: date | None


class ChooseFocus(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="choose_focus"):
    """One of the program's focus categories; null: none. It is all of a plan that a lead sees."""

    id: Id
    category: Line | None


class WriteQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="write_question"):
    """A focus question, new or changed."""

    id: Id
    question: Id
    text: Title
    revision: int


class RemoveQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="remove_question"):
    id: Id
    question: Id


class RemoveResource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="remove_resource"):
    """Take a file away; whoever added it may."""

    id: Id
    resource: Id


class PlanWritten(msgspec.Struct, frozen=True):
    field: PlanField
    text: str
    revision: int


class LessonDateSet(msgspec.Struct, frozen=True):
    date: date | None


class FocusChosen(msgspec.Struct, frozen=True):
    category: str | None


class QuestionWritten(msgspec.Struct, frozen=True):
    question: Id
    text: str
    revision: int


class QuestionRemoved(msgspec.Struct, frozen=True):
    question: Id


class ResourceAdded(msgspec.Struct, frozen=True):
    """The whole file is in the store and was looked at. `size` in bytes; the type is ours, not the sender's word."""

    resource: Id
    name: str
    content_type: str
    size: int
    added_by: Id


class ResourceRemoved(msgspec.Struct, frozen=True):
    resource: Id


EVENTS: Mapping[str, type[msgspec.Struct]] = {
    "plan.written": PlanWritten,
    "lesson_date.set": LessonDateSet,
    "focus.chosen": FocusChosen,
    "question.written": QuestionWritten,
    "question.removed": QuestionRemoved,
    "resource.added": ResourceAdded,
    "resource.removed": ResourceRemoved,
}


def write_plan(cycle: CycleState, command: WritePlan, *, by: str, at: datetime) -> Sequence[Any]:
    refuse_unless_pair(cycle, by)
    now = standing(cycle.plan.get(command.field))
    return rewritten(now, command.text, command.revision, lambda n: PlanWritten(command.field, command.text, n))


def set_lesson_date(cycle: CycleState, command: SetLessonDate, *, by: str, at: datetime) -> Sequence[Any]:
    refuse_unless_pair(cycle, by)
    if command.date is not None and abs((command.date - at.date()).days) > 3 * 366:
        raise NotPossible("This day is years away. Choose the one on which the lesson is taught.")
    return [] if command.date == cycle.lesson_date else [LessonDateSet(command.date)]


def choose_focus(cycle: CycleState, command: ChooseFocus, categories: Sequence[str], *, by: str) -> Sequence[Any]:
    """categories: what the program offers now; one that was chosen before may stay."""
    refuse_unless_pair(cycle, by)
    if command.category == cycle.focus_category:
        return []
    if command.category is not None and command.category not in categories:
        raise NotPossible("The program does not offer this focus any more. Choose one from the list.")
    return [FocusChosen(command.category)]


def write_question(cycle: CycleState, command: WriteQuestion, *, by: str, at: datetime) -> Sequence[Any]:
    refuse_unless_pair(cycle, by)
    known = cycle.questions.get(command.question)
    if known is None and command.revision:
        raise NoLongerHere("This question was taken away meanwhile. Your text is still with you.")
    if known is None and len(cycle.questions) >= MOST_QUESTIONS:
        raise NotPossible("Three focus questions are enough for one lesson. Change one of them.")
    now = None if known is None else (known.text, known.revision, known.by)
    return rewritten(now, command.text, command.revision, lambda n: QuestionWritten(command.question, command.text, n))


def remove_question(cycle: CycleState, command: RemoveQuestion, *, by: str, at: datetime) -> Sequence[Any]:
    """Annotations that were made to it keep its text: they copied it."""
    refuse_unless_pair(cycle, by)
    return [QuestionRemoved(command.question)] if command.question in cycle.questions else []


def add_resource(cycle: CycleState, added: ResourceAdded) -> Sequence[Any]:
    """Said by the worker once the file is whole. What was begun before the cycle closed may arrive."""
    if added.resource in cycle.resources:
        raise IdTaken
    return [added]


def refuse_another_resource(cycle: CycleState, *, by: str, under_way: int = 0) -> None:
    """Before a file is sent. `under_way`: how many others are, which count like those that are there."""
    refuse_unless_pair(cycle, by)
    if len(cycle.resources) + under_way >= MOST_RESOURCES:
        raise NotPossible(f"There are {MOST_RESOURCES} files here already. Take one away first.")


def remove_resource(cycle: CycleState, command: RemoveResource, *, by: str, at: datetime) -> Sequence[Any]:
    refuse_unless_pair(cycle, by)
    known = cycle.resources.get(command.resource)
    if known is None:
        return []
    # Of one who is no longer here, either of the two does.
    if known.by != by and known.by in (cycle.teacher, cycle.coach):
        raise NotYours("Whoever added a file takes it away.")
    return [ResourceRemoved(command.resource)]


def _plan(state: CycleState, data: PlanWritten, entry: Entry) -> None:
    state.plan[data.field] = written(data.text, data.revision, entry)


def _dated(state: CycleState, data: LessonDateSet, _: Entry) -> None:
    state.lesson_date = data.date


def _focus(state: CycleState, data: FocusChosen, _: Entry) -> None:
    state.focus_category = data.category


def _question(state: CycleState, data: QuestionWritten, entry: Entry) -> None:
    state.questions[data.question] = FocusQuestion(data.question, data.text, data.revision, entry.by, entry.at)


def _question_removed(state: CycleState, data: QuestionRemoved, _: Entry) -> None:
    state.questions.pop(data.question, None)


def _resource(state: CycleState, data: ResourceAdded, entry: Entry) -> None:
    state.resources[data.resource] = Resource(
        data.resource, data.name, data.content_type, data.size, data.added_by, entry.at
    )


def _resource_removed(state: CycleState, data: ResourceRemoved, _: Entry) -> None:
    state.resources.pop(data.resource, None)


DECIDE: Mapping[type, Callable[..., Sequence[Any]]] = {
    WritePlan: write_plan,
    SetLessonDate: set_lesson_date,
    WriteQuestion: write_question,
    RemoveQuestion: remove_question,
    RemoveResource: remove_resource,
}

EVOLVE: Mapping[type, Callable[[CycleState, Any, Entry], None]] = {
    PlanWritten: _plan,
    LessonDateSet: _dated,
    FocusChosen: _focus,
    QuestionWritten: _question,
    QuestionRemoved: _question_removed,
    ResourceAdded: _resource,
    ResourceRemoved: _resource_removed,
}
