"""Opening the records: a database that is away, refuses, is older or newer. Each is waited for or one sentence."""

import asyncio

import pytest

from service import opening
from service.config import Config
from service.metrics import Metrics
from service.startup import StartRefused
from service.wiring import close, open_objects
from tests.fixtures.postgres import Postgres
from tests.fixtures.processes import until


def settings(url: str) -> Config:
    return Config.from_env({"FARFIELD_DATABASE_URL": url, "FARFIELD_DATA_DIR": "/nowhere"})


async def opened(config: Config, stop: asyncio.Event | None = None) -> None:
    metrics = Metrics()
    objects = open_objects(config, metrics)
    try:
        await close(await opening.open_deps(config, objects, metrics, stop or asyncio.Event()))
    finally:
        await objects.close()


async def test_records_of_another_schema_are_refused(postgres: Postgres) -> None:
    database = await postgres.empty()
    config = settings(postgres.url(database))
    with pytest.raises(StartRefused, match="Run `farfield migrate`, once"):
        await opened(config)
    revision = await opening.migrated(config, asyncio.Event())
    await opened(config)
    postgres.run(database, "UPDATE alembic_version SET version_num = '9999'")
    for trying in (opened(config), opening.migrated(config, asyncio.Event())):
        with pytest.raises(StartRefused, match="written by a newer Farfield; nothing was changed"):
            await trying
    postgres.run(database, f"UPDATE alembic_version SET version_num = '{revision}'")
    await opened(config)


async def test_a_database_that_is_still_starting_is_waited_for(
    postgres: Postgres, unused_tcp_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    database = await postgres.fresh()
    config = settings(f"postgresql://postgres@127.0.0.1:{unused_tcp_port}/{database}")
    opening_it = asyncio.create_task(opened(config))
    await until(lambda: "waiting_for_database" in caplog.text)
    assert not opening_it.done()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward_reader, onward = await asyncio.open_connection("127.0.0.1", postgres.port)

        async def carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            while piece := await source.read(65536):
                sink.write(piece)
                await sink.drain()
            sink.close()

        await asyncio.gather(carry(reader, onward), carry(onward_reader, writer), return_exceptions=True)

    async with await asyncio.start_server(relay, "127.0.0.1", unused_tcp_port):
        await opening_it
    assert caplog.text.count("waiting_for_database") == 1


async def test_waiting_has_an_end_and_is_cut_short_by_ours(
    monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    config = settings(f"postgresql://far:s3cr3t@127.0.0.1:{unused_tcp_port}/far")
    stopped = asyncio.Event()
    stopped.set()
    with pytest.raises(StartRefused, match="The database cannot be used") as told:
        await opened(config, stopped)
    assert "s3cr3t" not in str(told.value)
    monkeypatch.setattr(opening, "PATIENCE_SECONDS", 0.0)
    with pytest.raises(StartRefused, match="The database cannot be used"):
        await opened(config)


async def test_what_no_waiting_mends_is_said_at_once(postgres: Postgres) -> None:
    for url in (postgres.url("nowhere"), f"postgresql://nobody:s3cr3t@127.0.0.1:{postgres.port}/postgres"):
        async with asyncio.timeout(opening.PATIENCE_SECONDS / 2):
            with pytest.raises(StartRefused, match="does not exist") as told:
                await opened(settings(url))
        assert "s3cr3t" not in str(told.value)
