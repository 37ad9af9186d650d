"""Events are for ever: one file per type, never edited; and the folds agree with what the browser is tested on."""

import json
from pathlib import Path

import msgspec
import pytest

from service.coaching.folding import EVENTS, CoachingFolding
from tests.fixtures import reduce

EVENT_FILES = Path(__file__).parent.parent / "fixtures" / "events"


@pytest.mark.parametrize("type_", sorted(EVENTS))
def test_every_event_type_still_reads_the_data_it_was_first_written_with(type_: str) -> None:
    written = (EVENT_FILES / f"{type_}.json").read_bytes()

    folding = CoachingFolding()
    event = folding.decode(type_, written)
    named, encoded = folding.encode(event)

    assert named == type_
    assert folding.decode(type_, encoded) == event
    # A member that came later has a default, and says nothing here.
    now, then = msgspec.json.decode(encoded), msgspec.json.decode(written)
    assert {name: now[name] for name in then} == then


def test_there_is_no_file_of_an_unknown_type() -> None:
    assert {path.stem for path in EVENT_FILES.glob("*.json")} == set(EVENTS)


@pytest.mark.parametrize("name", sorted(reduce.SCENARIOS))
def test_the_fixtures_of_the_reducer_are_what_the_folds_say(name: str) -> None:
    """`python -m tests.fixtures.reduce` writes them anew; the browser's reducer must then follow."""
    assert json.loads((reduce.FOLDER / f"{name}.json").read_text()) == reduce.fixture(name)


def test_the_fixtures_of_the_reducer_cover_every_event_type() -> None:
    seen = {event["type"] for name in reduce.SCENARIOS for event in reduce.fixture(name)["events"]}

    assert seen == set(EVENTS)
