"""Names of the streams, and the way back from a name."""

from typing import Literal, NamedTuple

Kind = Literal["cycle", "lesson", "notebook"]


class StreamName(NamedTuple):
    kind: Kind
    id: str
    person: str | None = None


def cycle_stream(cycle: str) -> str:
    return f"cycle/{cycle}"


def lesson_stream(lesson: str) -> str:
    return f"lesson/{lesson}"


def notebook_stream(cycle: str, person: str) -> str:
    return f"notebook/{cycle}/{person}"


def parse_stream(name: str) -> StreamName | None:
    """The parts of a stream's name; None for anything that is not one."""
    match name.split("/"):
        case ["cycle", cycle] if cycle:
            return StreamName("cycle", cycle)
        case ["lesson", lesson] if lesson:
            return StreamName("lesson", lesson)
        case ["notebook", cycle, person] if cycle and person:
            return StreamName("notebook", cycle, person)
        case _:
            return None
