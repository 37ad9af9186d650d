"""States: every stream has one, every feature is folded, and a fork is a copy."""

import msgspec
import pytest

from service.coaching import annotations, cycle_state, folding, lessons, notebooks
from storage.acts import Entry
from tests.fixtures import reduce
from tests.fixtures.given import ADDED, AT, COACH, FOLDING, LESSON, RELEASED, WORDS, given


def test_a_fork_can_change_without_its_original() -> None:
    lesson = given(LESSON, ADDED, RELEASED, WORDS)
    before = msgspec.json.encode(lesson)

    fork = FOLDING.evolve(FOLDING.fork(lesson), Entry(4, AT, COACH, annotations.ReplyAdded("r", "a", "Yes")))

    assert len(fork.annotations["a"].replies) == 1
    assert msgspec.json.encode(lesson) == before


@pytest.mark.parametrize("name", sorted(reduce.SCENARIOS))
def test_no_event_reaches_the_state_that_was_forked(name: str) -> None:
    """What readers hold stays as it was: the events of every scenario go over a fork."""
    stream, before, then = reduce.SCENARIOS[name]
    state = reduce.fold(stream, before)
    told = msgspec.json.encode(state)

    fork = FOLDING.fork(state)
    for by, data in then:
        fork = FOLDING.evolve(fork, Entry(fork.version + 1, AT, by, data))

    assert msgspec.json.encode(state) == told
    assert fork.version == state.version + len(then)


def test_a_fork_has_containers_of_its_own() -> None:
    for state in (cycle_state.initial("c"), lessons.initial("l"), notebooks.initial("c", "p")):
        fork = FOLDING.fork(state)
        for field in msgspec.structs.fields(state):
            held = getattr(state, field.name)
            assert not isinstance(held, list | dict) or held is not getattr(fork, field.name), field.name


def test_every_event_has_a_step() -> None:
    folded = {struct for feature in folding.FEATURES for struct in feature.EVOLVE}

    assert folded == set(folding.EVENTS.values())


@pytest.mark.parametrize("stream", ["lesson", "lesson/", "lessons/l", "notebook/c", "cycle/c/d", "", "notebook/c/"])
def test_what_is_not_a_stream_has_no_state(stream: str) -> None:
    with pytest.raises(LookupError):
        FOLDING.initial(stream)
