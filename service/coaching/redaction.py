"""Which members of an event are a person's words, and an event without them.

An event keeps its place, its version and every other member; only the words are emptied. That is the one permitted
rewrite of a stream. It is done when an author changes or removes their words, and when all words of a person are
erased: then `words.erased` says to every reader of the stream what to empty in the state they hold.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from service.coaching import (
    annotations,
    conversations,
    corrections,
    cycles,
    debriefs,
    lessons,
    meetings,
    notebooks,
    observing,
    plans,
    reflections,
    stages,
    tracks,
)
from service.coaching.cycle_state import CycleState
from service.coaching.entries import Entry
from service.coaching.ids import Id


class Worded(NamedTuple):
    """The members of an event that are words, and the one that names the thing whose words they are."""

    members: tuple[str, ...]
    of: str = ""


WORDS: Final[Mapping[type, Worded]] = {
    lessons.LessonAdded: Worded(("title",)),
    cycles.LessonListed: Worded(("title",)),
    annotations.AnnotationAdded: Worded(("body",), "id"),
    annotations.ReplyAdded: Worded(("body",), "id"),
    corrections.AnnotationEdited: Worded(("body",), "annotation"),
    corrections.ReplyEdited: Worded(("body",), "reply"),
    notebooks.DraftAdded: Worded(("body",), "id"),
    notebooks.DraftEdited: Worded(("body",), "draft"),
    notebooks.NoteWritten: Worded(("text", "prompt"), "note"),
    notebooks.EarlierTextKept: Worded(("body",), "of"),
    plans.PlanWritten: Worded(("text",)),
    plans.QuestionWritten: Worded(("text",)),
    plans.ResourceAdded: Worded(("name",)),
    stages.VideoWaived: Worded(("note",)),
    meetings.MeetingPlanned: Worded(("place",)),
    meetings.MeetingMoved: Worded(("place",)),
    meetings.AgendaWritten: Worded(("text",)),
    meetings.MeetingNoted: Worded(("text",)),
    meetings.CheckInsOffered: Worded(("place",)),
    debriefs.DebriefNoted: Worded(("text",)),
    debriefs.CommitmentMade: Worded(("text", "measure")),
    debriefs.CommitmentChanged: Worded(("text", "measure")),
    debriefs.CommitmentFollowedUp: Worded(("evidence", "still_need", "coach_could")),
    conversations.AboutWritten: Worded(("text",)),
    conversations.MessageSent: Worded(("text",), "message"),
    reflections.ReflectionShared: Worded(("text", "prompt"), "reflection"),
    observing.ObserverProposed: Worded(("who", "why")),
}

NO_WORDS: Final[Mapping[type, frozenset[str]]] = {
    lessons.UploadStarted: frozenset({"role"}),
    plans.FocusChosen: frozenset({"category"}),
    plans.ResourceAdded: frozenset({"content_type"}),
    meetings.CheckInsOffered: frozenset({"time_zone"}),
    notebooks.StreamSeen: frozenset({"stream"}),
    tracks.TrackChanged: frozenset({"language"}),
}
"""Members that are text and nobody's words: out of lists, of the program, or names that Farfield makes."""


class WordsErased(msgspec.Struct, frozen=True):
    """All words of a person in this stream are gone. `emptied`: where they stood in its state, as JSON pointers."""

    person: Id
    emptied: tuple[str, ...] = ()


EVENTS: Mapping[str, type[msgspec.Struct]] = {"words.erased": WordsErased}


def subject(data: Any) -> str:
    """The id of the annotation, the reply, the note… whose words an event holds; empty for the others."""
    worded = WORDS.get(type(data))
    return getattr(data, worded.of) if worded is not None and worded.of else ""


def author(data: Any, by: str) -> str:
    """Whose words an event of `by` holds, as far as it says so itself."""
    return data.author or by if isinstance(data, annotations.AnnotationAdded) else by


def redacted(data: Any) -> Any:
    """The event with its words emptied; itself where it has none. The copy of a question is somebody else's words."""
    worded = WORDS.get(type(data))
    if worded is None or not any(getattr(data, name) for name in worded.members):
        return data
    return msgspec.structs.replace(data, **dict.fromkeys(worded.members, ""))


class Origins(msgspec.Struct, frozen=True):
    """Where words of a person may stand in somebody else's events.

    questions: (id, text) of the focus questions that they wrote, which annotations copy.
    cycles: the cycles around, by id: what a cycle takes over from the one before keeps its author.
    """

    questions: frozenset[tuple[str, str]] = frozenset()
    cycles: Mapping[str, CycleState] = {}


def questions_of(person: str, entries: Iterable[Entry]) -> frozenset[tuple[str, str]]:
    """(id, text) of every focus question that the person wrote, each as they wrote it."""
    written = (one.data for one in entries if one.by == person and isinstance(one.data, plans.QuestionWritten))
    return frozenset((data.question, data.text) for data in written if data.text)


def without_words_of(person: str, cycle: str, entry: Entry, origins: Origins) -> Any:
    """The event of a stream of this cycle with every word of the person emptied; the very same where there is none."""
    data = redacted(entry.data) if _author(cycle, entry, origins) == person else entry.data
    question = getattr(data, "question", None)
    if isinstance(question, lessons.AskedQuestion) and (question.id, question.text) in origins.questions:
        data = msgspec.structs.replace(data, question=lessons.AskedQuestion(question.id, ""))
    return data


def _author(cycle: str, entry: Entry, origins: Origins) -> str:
    """Whose words an event holds: not always those of whoever did it."""
    data = entry.data
    if isinstance(data, debriefs.CommitmentMade) and data.carried_from is not None:
        return _wrote_commitment(data.carried_from, data.commitment, origins.cycles) or entry.by
    if isinstance(data, plans.ResourceAdded):
        return data.added_by
    here = origins.cycles.get(cycle)
    # What a cycle takes over comes in the act that opens it; later, nobody's goal but that of whoever wrote it.
    if isinstance(data, plans.PlanWritten) and data.field == "goal" and here and entry.at == here.history[0].at:
        return _wrote_goal(here.previous, origins.cycles) or entry.by
    return author(data, entry.by)


def _wrote_commitment(cycle: str, commitment: str, around: Mapping[str, CycleState]) -> str | None:
    state = around.get(cycle)
    known = state.commitments.get(commitment) if state else None
    if known is None:
        return None
    if known.carried_from is not None and known.revision == 1:
        return _wrote_commitment(known.carried_from, commitment, around) or known.by
    return known.by


def _wrote_goal(cycle: str | None, around: Mapping[str, CycleState]) -> str | None:
    state = around.get(cycle) if cycle else None
    known = state.plan.get("goal") if state else None
    if state is None or known is None:
        return None
    if known.revision == 1 and state.previous is not None:
        return _wrote_goal(state.previous, around) or known.by
    return known.by


def emptied(now: Any, without: Any, at: str = "") -> list[str]:
    """JSON pointers to the words of a state that are empty in the same state without them. Both as JSON has them."""
    if isinstance(now, dict):
        return [found for name, value in now.items() for found in emptied(value, without[name], f"{at}/{_step(name)}")]
    if isinstance(now, list | tuple):
        return [found for n, value in enumerate(now) for found in emptied(value, without[n], f"{at}/{n}")]
    return [at] if now != without and without == "" else []


def _step(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _emptied(node: Any, path: Sequence[str]) -> Any:
    """A copy in which the text at the end of the path is empty; what lies elsewhere is shared.

    A path that leads nowhere is passed over, as in the browser: the shape of a state may change, and an event stays.
    The words are gone from the events before it anyway.
    """
    if not path:
        return "" if isinstance(node, str) else node
    head, *rest = path
    if isinstance(node, dict):
        return node | {head: _emptied(node[head], rest)} if head in node else node
    if isinstance(node, list | tuple):
        changed = [_emptied(value, rest) if str(n) == head else value for n, value in enumerate(node)]
        return tuple(changed) if isinstance(node, tuple) else changed
    if head not in getattr(node, "__struct_fields__", ()):
        return node
    return msgspec.structs.replace(node, **{head: _emptied(getattr(node, head), rest)})


def _erased(state: Any, data: WordsErased, _: Entry) -> None:
    for pointer in data.emptied:
        name, *rest = (step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/"))
        if name in state.__struct_fields__:
            setattr(state, name, _emptied(getattr(state, name), rest))


EVOLVE: Mapping[type, Callable[[Any, Any, Entry], None]] = {WordsErased: _erased}
