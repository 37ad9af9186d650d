"""What a cycle's stream folds to: everything the two people have agreed and said that belongs to no lesson.

Only shapes are here. What may happen to each of them, and how an event changes it, is in the module of its feature.
"""

from datetime import date
from typing import Any, Final, Literal

import msgspec

from service.coaching.entries import Instant
from service.coaching.ids import Id

Stage = Literal["planning", "teaching", "review", "debrief", "follow_up", "closed"]
STAGES: Final[tuple[Stage, ...]] = ("planning", "teaching", "review", "debrief", "follow_up", "closed")
ReleaseMode = Literal["teacher_first", "together", "open"]
PauseReason = Literal["illness", "leave", "timetable", "link_or_device", "school_closed", "other"]
CancelReason = Literal[
    "teacher_left", "coach_left", "coach_changed", "timetable", "by_agreement", "opened_by_mistake", "other"
]
PlanField = Literal["lesson_title", "goal", "look_fors", "anticipated_thinking", "planned_moves"]
MeetingKind = Literal["planning", "debrief", "check_in"]
MeetingStatus = Literal["planned", "held", "missed", "cancelled"]
FollowUpAnswer = Literal["kept", "adapted", "not_yet"]


class Written(msgspec.Struct, frozen=True):
    """A text that may be changed. Whoever changes it names the revision they saw, so that nobody's words are lost."""

    text: str
    revision: int
    by: Id
    at: Instant


class ListedLesson(msgspec.Struct, frozen=True):
    """`done`: who has said that they have annotated it, and when."""

    lesson: Id
    title: str
    listed_at: Instant
    done: dict[Id, Instant] = {}


class StageEntered(msgspec.Struct, frozen=True):
    stage: Stage
    at: Instant
    by: Id


class Interruption(msgspec.Struct, frozen=True):
    """Paused or cancelled, and why."""

    reason: PauseReason | CancelReason
    at: Instant
    by: Id


class Waiver(msgspec.Struct, frozen=True):
    """No video this time."""

    note: str
    at: Instant
    by: Id


class FocusQuestion(msgspec.Struct, frozen=True):
    id: Id
    text: str
    revision: int
    by: Id
    at: Instant


class Resource(msgspec.Struct, frozen=True):
    """A file beside the plan, as a lesson plan or a pupil's work. `size` in bytes."""

    id: Id
    name: str
    content_type: str
    size: int
    by: Id
    at: Instant


class Meeting(msgspec.Struct, frozen=True):
    """`sequence` counts the moves, as iCalendar has it. `minutes` are those planned, `held_minutes` those it took."""

    id: Id
    kind: MeetingKind
    start: Instant
    minutes: int
    place: str
    by: Id
    at: Instant
    sequence: int = 0
    status: MeetingStatus = "planned"
    held_minutes: int | None = None
    agenda: Written | None = None
    notes: dict[Id, Written] = {}


class CheckInOffer(msgspec.Struct, frozen=True):
    """A weekly slot, offered by one of the two: `weeks` meetings at the same local time of `time_zone`."""

    id: Id
    start: Instant
    minutes: int
    weeks: int
    time_zone: str
    place: str
    by: Id
    at: Instant


class AgendaItem(msgspec.Struct, frozen=True):
    """A flagged annotation of a lesson; its words stay there."""

    lesson: Id
    annotation: Id


class FollowUp(msgspec.Struct, frozen=True):
    """What became of a commitment."""

    answer: FollowUpAnswer
    evidence: str
    still_need: str
    coach_could: str
    by: Id
    at: Instant


class Commitment(msgspec.Struct, frozen=True):
    """What the teacher will try, by when, and how both will know. `carried_from`: the cycle it comes from."""

    id: Id
    text: str
    due: date
    measure: str
    revision: int
    by: Id
    at: Instant
    carried_from: Id | None = None
    follow_ups: tuple[FollowUp, ...] = ()

    @property
    def open(self) -> bool:
        """Nobody has said yet that it was kept or adapted."""
        return not self.follow_ups or self.follow_ups[-1].answer == "not_yet"


class Reflection(msgspec.Struct, frozen=True):
    """What one of the two made of it, once they shared it. `prompt`: the program's question it answers."""

    id: Id
    prompt: str
    text: str
    by: Id
    at: Instant
    removed_at: Instant | None = None


class Message(msgspec.Struct, frozen=True):
    id: Id
    text: str
    by: Id
    at: Instant
    removed_at: Instant | None = None


class Observer(msgspec.Struct, frozen=True):
    """Let in by the teacher: to the whole cycle, or to one `lesson` of it, until then."""

    id: Id
    person: Id
    lesson: Id | None
    until: Instant
    by: Id
    at: Instant


class ObserverProposal(msgspec.Struct, frozen=True):
    """A coach's wish that the teacher lets somebody in. `who`: in the coach's words, as a name or an address."""

    id: Id
    who: str
    why: str
    lesson: Id | None
    by: Id
    at: Instant


class CoachTerm(msgspec.Struct, frozen=True):
    coach: Id
    since: Instant


class CycleState(msgspec.Struct):
    version: int = 0
    id: Id = ""
    program: Id = ""
    teacher: Id = ""
    coach: Id = ""
    number: int = 0
    release_mode: ReleaseMode = "teacher_first"
    stage: Stage = "planning"
    stage_since: Instant | None = None
    history: list[StageEntered] = []
    lessons: list[ListedLesson] = []
    stage_days: dict[str, int] = {}
    """Target days of each stage, as the program had them when the cycle was opened."""
    previous: Id | None = None
    next: Id | None = None
    coaches: list[CoachTerm] = []
    proposed_coach: Id | None = None
    paused: Interruption | None = None
    paused_ms: int = 0
    """How long the present stage has been paused altogether, pauses that are over."""
    cancelled: Interruption | None = None
    waiver: Waiver | None = None
    closing_asked_by: Id | None = None
    plan: dict[str, Written] = {}
    lesson_date: date | None = None
    focus_category: str | None = None
    questions: dict[Id, FocusQuestion] = {}
    resources: dict[Id, Resource] = {}
    meetings: dict[Id, Meeting] = {}
    offers: dict[Id, CheckInOffer] = {}
    agenda: list[AgendaItem] = []
    agenda_revision: int = 0
    debrief_notes: dict[Id, Written] = {}
    commitments: dict[Id, Commitment] = {}
    reflections: dict[Id, Reflection] = {}
    about: dict[Id, Written] = {}
    messages: dict[Id, Message] = {}
    observers: dict[Id, Observer] = {}
    people: dict[Id, Instant] = {}
    """Everybody who was ever let in as an observer, and since when: what they wrote stays theirs by name."""
    proposals: dict[Id, ObserverProposal] = {}

    @property
    def closed(self) -> bool:
        """It takes nothing new: its end was reached, or it was cancelled."""
        return self.stage == "closed" or self.cancelled is not None


_CONTAINERS: Final = tuple(
    field.name
    for field in msgspec.structs.fields(CycleState)
    if isinstance(getattr(CycleState(), field.name), list | dict)
)


def initial(cycle: str) -> CycleState:
    return CycleState(id=cycle)


def fork(state: CycleState) -> CycleState:
    """A copy whose containers are its own; what is in them is frozen."""
    copy = msgspec.structs.replace(state)
    for name in _CONTAINERS:
        held: Any = getattr(copy, name)
        setattr(copy, name, held.copy())
    return copy
