"""`make torture-media` in short: a file of each kind through the worker, and a worker that is killed twice."""

from pathlib import Path

from service.embedded.seaweedfs import Store
from service.wiring import Deps
from tests.bench import torture_media_corpus, torture_media_kills
from tests.bench.reporting import COMPARE


async def test_files_that_mean_harm_reach_nothing_and_end(ready: Deps, folder: Path) -> None:
    figures = await torture_media_corpus.torture(ready, folder, seed=7, quick=True)

    held = {name: one for name, one in torture_media_corpus.REACH.items() if name not in ("files", "slowest_s")}
    assert {name for name, (how, most) in held.items() if not COMPARE[how](figures[name], most)} == set()
    assert figures["files"] == torture_media_corpus.QUICK


async def test_a_lesson_comes_out_once_whenever_its_worker_is_killed(store: Store, folder: Path) -> None:
    figures = await torture_media_kills.torture(store, folder, seed=7, quick=True)

    held = {name: one for name, one in torture_media_kills.REACH.items() if name != "kills"}
    assert {name for name, (how, most) in held.items() if not COMPARE[how](figures[name], most)} == set()
