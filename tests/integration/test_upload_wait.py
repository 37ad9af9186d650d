"""`farfield upload --wait` against everything in one process: from a file to a lesson that can be watched."""

from pathlib import Path

import aiohttp

from tests.fixtures.clips import make_clip
from tests.fixtures.commands import farfield
from tests.fixtures.front_door import make_pages
from tests.fixtures.running import running


async def test_it_returns_once_the_lesson_can_be_watched_or_never_will_be(folder: Path) -> None:
    clip, letter = folder / "clip.mp4", folder / "letter.mp4"
    make_clip(clip, frames=60)
    letter.write_text("not a film, whatever its name says\n" * 100)
    async with running(folder / "data", FARFIELD_STATIC_DIR=str(make_pages(folder))) as server:
        await server.says("The video store is ready")
        records = {"FARFIELD_DATA_DIR": str(folder / "data"), "FARFIELD_PORT": str(server.port)}
        wanted = ("--name", "t", "--scope", "read", "--scope", "upload", "--json")
        made = (await farfield("token", "add", "toni@demo.invalid", *wanted, environ=records)).lines[0]
        headers = {"Authorization": f"Bearer {made['token']}"}
        async with aiohttp.ClientSession(headers=headers) as toni, toni.get(f"{server.url}/api/home") as answer:
            cycle = (await answer.json())["cycles"][0]["id"]
        environ = {
            "FARFIELD_SERVER": server.url,
            "FARFIELD_TOKEN": made["token"],
            "XDG_STATE_HOME": str(folder / "state"),
        }
        to = ("--cycle", cycle, "--wait", "--json")
        done = await farfield("upload", clip, *to, environ=environ)
        again = await farfield("upload", clip, *to, environ=environ)
        refused = await farfield("upload", letter, *to, environ=environ)

    assert done.code == 0, done.err
    assert done.lines[-1]["state"] in ("watchable", "ready")
    assert again.lines[-1]["lesson"] == done.lines[-1]["lesson"]
    assert again.lines[-1]["state"] in ("watchable", "ready")
    assert (refused.code, refused.err) == (
        2,
        "The lesson cannot be shown: the file is not a video that can be shown.\n",
    )
