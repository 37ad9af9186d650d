"""Exports over HTTP: who gets what, under which name, and what is in a cycle's file."""

import csv
import io
import json
from uuid import uuid4

import pytest

from service.coaching.folding import CoachingFolding
from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream
from service.wiring import Deps
from storage.acts import Entry
from storage.log import Event
from tests.fixtures.cast import Cast
from tests.fixtures.observing import annotation, let_in
from tests.fixtures.visitors import Visitors

ENDINGS = {"jsonld": "application/ld+json", "vtt": "text/vtt; charset=utf-8", "csv": "text/csv; charset=utf-8"}


@pytest.mark.parametrize("ending", ENDINGS)
async def test_a_lessons_words_go_to_those_who_read_it(visitors: Visitors, cast: Cast, ending: str) -> None:
    await let_in(visitors.teacher, cast, lesson=cast.lesson)
    await visitors.coach.post(f"/api/lessons/{cast.lesson}/commands", annotation("Two hands & a <pause>"))
    await visitors.teacher.post(f"/api/lessons/{cast.lesson}/commands", annotation("still a draft", draft=True))
    path = f"/api/lessons/{cast.lesson}/annotations.{ending}"

    for reader in (visitors.teacher, visitors.coach, visitors.second_teacher):
        answer = await reader.get(path)
        assert (answer.status, answer.headers["Content-Type"]) == (200, ENDINGS[ending])
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="lesson.')
        assert "A%20demo%20lesson" in answer.headers["Content-Disposition"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert b"Two hands" in answer.body
        assert b"Demo coach" in answer.body
        assert b"draft" not in answer.body
    for stranger in (visitors.lead, visitors.outsider):
        assert (await stranger.get(path)).slug == "not_found"
    hidden = await visitors.coach.get(f"/api/lessons/{cast.private_lesson}/annotations.{ending}")
    assert hidden.slug == "not_found"


async def test_a_table_opens_as_text_with_its_mark(visitors: Visitors, cast: Cast) -> None:
    await visitors.coach.post(f"/api/lessons/{cast.lesson}/commands", annotation('=HYPERLINK("http://evil.example")'))
    answer = await visitors.teacher.get(f"/api/lessons/{cast.lesson}/annotations.csv")
    [row] = csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"), newline=""), strict=True)
    assert row["text"] == '\'=HYPERLINK("http://evil.example")'


async def test_a_cycles_file_has_every_event_its_reader_may_read_and_folds_to_the_record(
    visitors: Visitors, cast: Cast, deps: Deps
) -> None:
    await let_in(visitors.teacher, cast)
    for visitor in (visitors.teacher, visitors.coach, visitors.second_teacher):
        await visitor.post(f"/api/lessons/{cast.lesson}/commands", annotation("kept back", draft=True))
    path = f"/api/cycles/{cast.cycle}/export.json"

    answers = {name: await getattr(visitors, name).get(path) for name in ("teacher", "coach", "second_teacher")}

    shared = {cycle_stream(cast.cycle), lesson_stream(cast.lesson)}
    for name, answer in answers.items():
        own = {notebook_stream(cast.cycle, getattr(cast, name))}
        more = {lesson_stream(cast.private_lesson)} if name == "teacher" else set()
        assert answer.status == 200
        assert set(answer.json["streams"]) == shared | own | more
        assert answer.body.count(b"kept back") == 1
        assert answer.headers["Content-Disposition"].endswith("filename*=UTF-8''cycle%202.json")
    folding = CoachingFolding()
    for stream, events in answers["teacher"].json["streams"].items():
        state = folding.initial(stream)
        for event in events:
            given = json.dumps(event["data"]).encode()
            read = Event(stream, event["version"], event["type"], deps.clock(), event["by"], given)  # type: ignore[arg-type]
            data = folding.decode(read.type, given)
            state = folding.evolve(state, Entry(read.version, read.at, read.by, data))
        assert [event["version"] for event in events] == list(range(1, len(events) + 1))
        assert state.version == (await deps.record.state(stream))[0]
    for stranger in (visitors.lead, visitors.outsider):
        assert (await stranger.get(path)).slug == "not_found"


async def test_who_observes_one_lesson_takes_no_cycle_away(visitors: Visitors, cast: Cast) -> None:
    await let_in(visitors.teacher, cast, lesson=cast.lesson)
    assert (await visitors.second_teacher.get(f"/api/cycles/{cast.cycle}/export.json")).slug == "not_found"
    assert (await visitors.second_teacher.get(f"/api/cycles/{uuid4()}/export.json")).slug == "not_found"
