"""The demo's story: told once, and never in the way of what people did, nor of what an earlier version told."""

from pathlib import Path

from sqlalchemy import text

from service.config import Config
from service.embedded import demo
from tests.fixtures.parts import parts


async def test_a_demo_of_an_earlier_version_stays_as_it_is(folder: Path) -> None:
    config = Config.from_env({"FARFIELD_DATA_DIR": str(folder)}).as_demo()
    async with parts(config) as deps:
        await demo.seed(deps)
        async with deps.db.write() as tx:
            # As if the earlier version had told other things under other ids.
            await tx.execute(text("DELETE FROM commands"))
            before = (await tx.execute(text("SELECT stream, max(version) FROM events GROUP BY stream"))).all()

        await demo.seed(deps)

        async with deps.db.read() as tx:
            after = (await tx.execute(text("SELECT stream, max(version) FROM events GROUP BY stream"))).all()
    assert sorted(map(tuple, after)) == sorted(map(tuple, before))
    assert len(after) >= 4


async def test_a_story_that_was_cut_short_goes_on(folder: Path) -> None:
    config = Config.from_env({"FARFIELD_DATA_DIR": str(folder)}).as_demo()
    async with parts(config) as deps:
        await demo.seed(deps)
        async with deps.db.write() as tx:
            last = "stream = :stream AND version = (SELECT max(version) FROM events WHERE stream = :stream)"
            cycle = {"stream": f"cycle/{demo.TEACHING_CYCLE}"}
            await tx.execute(text(f"DELETE FROM events WHERE {last}"), cycle)
            moved = {"id": demo.demo_id(f"{demo.TEACHING_CYCLE} to teaching")}
            await tx.execute(text("DELETE FROM commands WHERE id = :id"), moved)
            await tx.execute(text("UPDATE cycles SET stage = 'planning' WHERE id = :id"), {"id": demo.TEACHING_CYCLE})

    async with parts(config) as deps:
        await demo.seed(deps)
        async with deps.db.read() as tx:
            stage = await tx.scalar(text("SELECT stage FROM cycles WHERE id = :id"), {"id": demo.TEACHING_CYCLE})
    assert stage == "teaching"
