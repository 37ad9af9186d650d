"""A database server that is gone for a while under a running web: that is said, and nothing is lost or doubled."""

import asyncio
import signal
from pathlib import Path
from uuid import uuid4

from service.config import Config
from tests.fixtures.cast import make_cast
from tests.fixtures.doors import GOOD, Letters, enter, set_password
from tests.fixtures.parts import parts
from tests.fixtures.postgres import running_postgres
from tests.fixtures.visitors import Answer, visiting


async def test_what_is_asked_meanwhile_is_refused_with_a_sentence_and_done_once_when_it_is_asked_again(
    folder: Path,
) -> None:
    async with running_postgres() as server:
        url = server.url(await server.fresh(), tcp=True)
        config = Config.from_env({"FARFIELD_DATA_DIR": str(folder), "FARFIELD_DATABASE_URL": url}).as_demo()
        async with parts(config) as deps:
            cast = await make_cast(deps)
            deps.store_ready.set()
            async with visiting(deps, cast) as visitors:
                await set_password(visitors.coach)
                lesson = f"/api/lessons/{cast.lesson}"
                before = (await visitors.teacher.get(lesson)).json["version"]
                command = {"id": str(uuid4()), "type": "add_annotation", "annotation": str(uuid4())}
                command |= {"start_ms": 1_000, "body": "kept by whoever wrote it", "kind": "note"}

                async def everything_there_is() -> list[Answer]:
                    return await asyncio.gather(
                        visitors.teacher.get(lesson),
                        visitors.teacher.post(f"{lesson}/commands", command),
                        enter(visitors.nobody, "coach@demo.invalid", GOOD),
                        visitors.nobody.post("/api/sign-in-links", {"email": "lead@demo.invalid"}),
                        visitors.nobody.get("/health/ready"),
                    )

                await server.stop(signal.SIGQUIT)
                for answer in await everything_there_is():
                    assert (answer.slug, answer.headers["Retry-After"]) == ("records_unavailable", "2")
                    assert "try again in a moment" in answer.json["detail"]

                await server.start()
                read, written, entered, mailed, ready = await everything_there_is()
                assert [each.status for each in (read, entered, mailed, ready)] == [200, 201, 202, 200]
                assert (written.status, written.json["version"]) == (200, before + 1)
                assert (await visitors.teacher.post(f"{lesson}/commands", command)).json == written.json
                assert (await visitors.teacher.get(lesson)).json["version"] == before + 1
                letters = Letters(deps)
                assert (await letters.newest())[0] == "lead@demo.invalid"
                assert await letters.count() == 2, "that of the changed password, and one link"
