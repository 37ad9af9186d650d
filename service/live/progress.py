"""How far the preparing of a lesson is, as it is told to whoever waits for it."""

from typing import Any, cast

from service.live.protocol import Progress
from service.wiring import Deps
from storage import progress


async def progress_of(deps: Deps, lesson_id: str) -> Progress | None:
    """None where nobody works on it."""
    async with deps.db.read() as tx:
        row = await progress.of_lesson(tx, lesson_id)
    return None if row is None else Progress(cast("Any", row.stage), row.percent, row.left_ms)
