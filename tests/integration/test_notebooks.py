"""One's own notebook, beyond what the tables of rules say."""

from uuid import uuid4

from tests.fixtures.cast import Cast
from tests.fixtures.visitors import Visitors


async def test_how_far_one_has_read_is_kept_of_this_cycle_only(visitors: Visitors, cast: Cast) -> None:
    async def seen(stream: str) -> str:
        body = {"id": str(uuid4()), "type": "mark_seen", "stream": stream, "version": 1}
        answer = await visitors.teacher.post(f"/api/cycles/{cast.cycle}/notebook/commands", body)
        return "" if answer.status == 200 else answer.slug

    assert await seen(f"lesson/{cast.lesson}") == ""
    assert await seen(f"lesson/{cast.closed_lesson}") == "no_longer_here"
    assert await seen(f"lesson/{uuid4()}") == "no_longer_here"
    assert await seen("lesson/words of any kind") == "no_longer_here"
    notebook = (await visitors.teacher.get(f"/api/cycles/{cast.cycle}/notebook")).json["notebook"]
    assert notebook["seen"] == {f"lesson/{cast.lesson}": 1}
