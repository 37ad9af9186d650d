"""Frames as literal text: what they mean, and what they are answered."""

import msgspec
import pytest

from service.live import protocol
from service.problems import BadRequest, NotFound, NotJson


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ('{"id":1,"type":"follow","stream":"lesson/x","after":17}', protocol.Follow(1, "lesson/x", 17)),
        ('{"type":"follow","stream":"lesson/x","id":1}', protocol.Follow(1, "lesson/x", 0)),
        (b'{"id":2,"type":"unfollow","stream":"lesson/x"}', protocol.Unfollow(2, "lesson/x")),
        (
            '{"id":3,"type":"presence","lesson":"x","at_ms":12,"playing":true}',
            protocol.Presence(3, "x", 12, playing=True),
        ),
    ],
)
def test_a_frame_means_one_message(frame: str | bytes, message: protocol.Message) -> None:
    assert protocol.parse(frame) == message


@pytest.mark.parametrize(
    ("frame", "problem"),
    [
        ("", NotJson),
        ("hello", NotJson),
        (b"\xff\xfe", NotJson),
        ("[]", BadRequest),
        ("null", BadRequest),
        ('{"id":1}', BadRequest),
        ('{"id":1,"type":"append","stream":"lesson/x"}', BadRequest),
        ('{"id":1,"type":"follow"}', BadRequest),
        ('{"id":"1","type":"follow","stream":"lesson/x"}', BadRequest),
        ('{"id":1,"type":"follow","stream":"lesson/x","after":-1}', BadRequest),
        ('{"id":1,"type":"follow","stream":"lesson/\\u0000"}', BadRequest),
        ('{"id":1,"type":"follow","stream":"lesson/x","as":"lead"}', BadRequest),
        ('{"id":1,"type":"presence","lesson":"x","at_ms":-5,"playing":true}', BadRequest),
        ('{"id":1,"type":"presence","lesson":"x","at_ms":99999999999,"playing":true}', BadRequest),
    ],
)
def test_nonsense_is_a_problem(frame: str | bytes, problem: type[Exception]) -> None:
    with pytest.raises(problem):
        protocol.parse(frame)


def test_a_problem_frame_names_the_number_it_answers() -> None:
    number = protocol.number_of('{"id":7,"type":"append"}')

    frame = msgspec.json.decode(protocol.problem(number, NotFound()))

    assert (frame["type"], frame["id"], frame["problem"]) == ("problem", 7, "/problems/not_found")
    assert (frame["status"], frame["title"]) == (404, "Not here")
    assert protocol.number_of("hello") is None
