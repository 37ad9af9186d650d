"""Captions and chapters: the stream tells that a track changed, and its words change beside it in the transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import msgspec

from service.access import LessonAccess
from service.actions.commands import Command, act, lesson_row, outcome
from service.actions.redacting import TRIES, Moved
from service.coaching import tracks as rules
from service.coaching.annotations import longest_ms
from service.coaching.cue_files import Cue, read_cues, tidy
from service.coaching.cuts import hides
from service.coaching.lessons import LessonState
from service.coaching.refusals import IdTaken, UnreadableCues
from service.coaching.streams import cycle_stream, lesson_stream
from service.wiring import Deps
from storage import audit, tracks
from storage.engine import Write
from storage.failures import Conflict
from storage.record import Act, Outcome

Answer = dict[str, Any]
CueCommand = rules.AddCue | rules.EditCue | rules.RemoveCue


async def add_track(deps: Deps, found: LessonAccess, command: rules.AddTrack, *, by: str) -> Answer:
    """Answers `{version, stream}`, as all of these do. Raises IdTaken also where it is a track of another lesson."""
    return await _put(deps, found, command, [], by=by)


async def import_track(deps: Deps, found: LessonAccess, command: rules.ImportTrack, *, by: str) -> Answer:
    """Where anything in the file cannot be read, nothing is kept of it."""
    _, lesson = await deps.record.state(lesson_stream(found.lesson.id))
    read: list[Cue] | UnreadableCues = []
    try:
        # A file at the limit takes a good part of a second.
        if found.role in ("teacher", "coach"):  # who may not bring any is told so below
            read = await asyncio.to_thread(read_cues, command.file, longest_ms(lesson))
    except UnreadableCues as unreadable:
        read = unreadable  # said only where they may do this at all, and not to a command that was done already
    return await _put(deps, found, command, read, by=by)


async def _put(
    deps: Deps,
    found: LessonAccess,
    command: rules.AddTrack | rules.ImportTrack,
    read: Sequence[Cue] | UnreadableCues,
    *,
    by: str,
) -> Answer:
    async with deps.db.read() as tx:
        row = await tracks.by_id(tx, command.track)
        there = await tracks.cues(tx, command.track) if row else []
    elsewhere = row is not None and row.lesson_id != found.lesson.id
    cycle, lesson = cycle_stream(found.lesson.cycle_id), lesson_stream(found.lesson.id)

    def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
        events = rules.put_track(states[lesson], states[cycle], command, by=by)
        if elsewhere:
            raise IdTaken
        if isinstance(read, UnreadableCues):
            raise read
        [changed] = events[lesson]
        if command.track in states[lesson].tracks:
            what = {"kind": command.kind, "language": command.language, "label": command.label}
            writes = [tracks.name(command.track, by=by, **what), tracks.empty(command.track)]
            writes.append(tracks.follow(command.track, changed.revision))
        else:
            of = found.lesson.id, command.kind, command.language, command.label, changed.revision
            writes = [tracks.add(tracks.Track(command.track, *of, by_id=by, created_at=at))]
        if found.role != "teacher" and row is not None:
            # What only the teacher has is not replaced by who does not know of it.
            if row.revision != changed.revision - 1:
                raise Conflict("the track changed as it was read")
            kept_apart = [one for one in there if hides(states[lesson].cuts, command.kind, one.start_ms, one.end_ms)]
            writes += [tracks.add_cue(command.track, one) for one in kept_apart]
        for cue in read:
            text = tidy(cue.text, one_line=command.kind == "chapters")
            kept = tracks.Cue(deps.new_id(), cue.start_ms, cue.end_ms, text, changed.revision, by)
            writes.append(tracks.add_cue(command.track, kept))
        return outcome(events, states, home=lesson, writes=writes)

    return await _act(deps, found, command, decide, by=by)


async def name_track(deps: Deps, found: LessonAccess, command: rules.NameTrack, *, by: str) -> Answer:
    cycle, lesson = cycle_stream(found.lesson.cycle_id), lesson_stream(found.lesson.id)

    def decide(states: Mapping[str, Any], _at: datetime) -> Outcome:
        events = rules.name_track(states[lesson], states[cycle], command, by=by)
        [changed] = events[lesson]
        what = {"kind": changed.kind, "language": command.language, "label": command.label}
        writes = [tracks.name(command.track, by=by, **what), tracks.follow(command.track, changed.revision)]
        return outcome(events, states, home=lesson, writes=writes)

    return await _act(deps, found, command, decide, by=by)


async def remove_track(deps: Deps, found: LessonAccess, command: rules.RemoveTrack, *, by: str) -> Answer:
    cycle, lesson = cycle_stream(found.lesson.cycle_id), lesson_stream(found.lesson.id)

    def decide(states: Mapping[str, Any], _at: datetime) -> Outcome:
        events = rules.remove_track(states[lesson], states[cycle], command, by=by)
        return outcome(events, states, home=lesson, writes=tracks.remove(command.track) if events else ())

    return await _act(deps, found, command, decide, by=by)


async def add_cue(deps: Deps, found: LessonAccess, command: rules.AddCue, *, by: str) -> Answer:
    return await _on_cue(
        deps,
        found,
        command,
        lambda states, known, count: rules.add_cue(*states, command, known, count=count, by=by),
        by=by,
    )


async def edit_cue(deps: Deps, found: LessonAccess, command: rules.EditCue, *, by: str) -> Answer:
    return await _on_cue(
        deps, found, command, lambda states, known, _: rules.edit_cue(*states, command, known, by=by), by=by
    )


async def remove_cue(deps: Deps, found: LessonAccess, command: rules.RemoveCue, *, by: str) -> Answer:
    return await _on_cue(
        deps, found, command, lambda states, known, _: rules.remove_cue(*states, command, known, by=by), by=by
    )


async def _on_cue(
    deps: Deps,
    found: LessonAccess,
    command: CueCommand,
    rule: Callable[[tuple[Any, Any], rules.Known | None, int], rules.Events],
    *,
    by: str,
) -> Answer:
    """The cue is read first; the act holds only if its track did not change since. Else it is read again."""
    cycle, lesson = cycle_stream(found.lesson.cycle_id), lesson_stream(found.lesson.id)
    for _ in range(TRIES):
        async with deps.db.read() as tx:
            row = await tracks.by_id(tx, command.track)
            kept = await tracks.cue(tx, command.track, command.cue) if row else None
            count = await tracks.count(tx, command.track) if row else 0
        read = row.revision if row and row.lesson_id == found.lesson.id else 0
        known = rules.Known(Cue(kept.start_ms, kept.end_ms, kept.text), kept.revision, kept.by_id) if kept else None

        def decide(
            states: Mapping[str, Any],
            _at: datetime,
            read: int = read,
            known: rules.Known | None = known,
            count: int = count,
        ) -> Outcome:
            track = states[lesson].tracks.get(command.track)
            if (track.revision if track else 0) != read:
                raise Moved
            events = rule((states[lesson], states[cycle]), known, count)
            if not events:
                return outcome({}, states, home=lesson)
            [changed] = events[lesson]
            writes = [tracks.remove_cue(command.track, command.cue)] if known else []
            if not isinstance(command, rules.RemoveCue):
                text = tidy(command.text, one_line=changed.kind == "chapters")
                cue = tracks.Cue(command.cue, command.start_ms, command.end_ms, text, changed.revision, by)
                writes.append(tracks.add_cue(command.track, cue))
            writes.append(tracks.follow(command.track, changed.revision))
            return outcome(events, states, home=lesson, writes=writes)

        try:
            return await _act(deps, found, command, decide, by=by)
        except Moved:
            continue
    raise Conflict("a track never stood still")


async def _act(
    deps: Deps,
    found: LessonAccess,
    command: Command,
    decide: Callable[[Mapping[str, Any], datetime], Outcome],
    *,
    by: str,
) -> Answer:
    lesson = lesson_stream(found.lesson.id)
    streams = (lesson, cycle_stream(found.lesson.cycle_id))
    return await act(deps, command, by=by, to=lesson, streams=streams, decide=decide, project=lesson_row(lesson))


async def erase_cues(deps: Deps, person: str, lesson_id: str, *, by: str) -> int:
    """Every word of a person in the captions and chapters of a lesson: all of them where they are its teacher.

    by: who runs the server, in the account of it. Answers how many tracks changed.
    """
    lesson = lesson_stream(lesson_id)
    for _ in range(TRIES):
        async with deps.db.read() as tx:
            seen = {row.id: row.revision for row in await tracks.of_lesson(tx, lesson_id)}
            theirs = await tracks.with_words_of(tx, lesson_id, person)

        def decide(
            states: Mapping[str, Any],
            at: datetime,
            seen: Mapping[str, int] = seen,
            theirs: frozenset[str] = theirs,
        ) -> Outcome:
            state: LessonState = states[lesson]
            if {track.id: track.revision for track in state.tracks.values()} != seen:
                raise Moved
            events = rules.without_words_of(state, person, theirs)
            writes: list[Write] = []
            for event in events:
                if isinstance(event, rules.TrackRemoved):
                    writes += tracks.remove(event.track)
                else:
                    writes += tracks.forget_words(event.track, person)
                    writes.append(tracks.follow(event.track, event.revision))
            if events:
                about = {"person": person, "tracks": [event.track for event in events]}
                said = msgspec.json.encode(about).decode()
                writes.append(audit.add(audit.Account(deps.new_id(), at, by, "erase", lesson, said)))
            return Outcome({lesson: events} if events else {}, writes, {"tracks": len(events)})

        try:
            acted = await deps.record.act(Act(by=by, streams=(lesson,), decide=decide))
        except Moved:
            continue
        return int(acted.answer["tracks"])
    raise Conflict("a stream never stood still")


ACTIONS: Final[Mapping[type, Callable[..., Awaitable[Answer]]]] = MappingProxyType(
    {
        rules.AddTrack: add_track,
        rules.NameTrack: name_track,
        rules.RemoveTrack: remove_track,
        rules.AddCue: add_cue,
        rules.EditCue: edit_cue,
        rules.RemoveCue: remove_cue,
    }
)
