"""`make torture-upload` in short: a blow of each kind, and what is stored is the file."""

from tests.bench import torture
from tests.fixtures.postgres import Postgres


async def test_a_file_survives_a_blow_of_each_kind(postgres: Postgres) -> None:
    figures = await torture.ordeal(seed=7, quick=True, postgres=postgres)

    assert figures["same_sha256"] == 1
    assert figures["blows"] == len(torture.QUICK)
