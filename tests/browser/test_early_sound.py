"""Sound that comes before its picture plays in a real browser: by a list that names nothing else, and as one file."""

import shutil
from pathlib import Path

import pytest
from playwright.async_api import Browser

from service.media import ffmpeg
from service.media.encoding import examine
from service.media.playlist import master_playlist, media_path, media_playlist, playlist_path, segment_name, whole_name
from service.media.publish import listed_segments
from service.media.renditions import EARLY_SOUND_NAME, plan_early_sound
from storage.renditions import Rendition, Segment
from tests.fixtures.clips import make_clip
from tests.fixtures.seeking import site

SEEK = """async at => {
  const there = new Promise(done => v.addEventListener('seeked', done, {once: true}))
  v.currentTime = at
  await there
  v.muted = true
  await v.play()
  const heard = () => v.webkitAudioDecodedByteCount > 0 && v.currentTime > at + 0.2
  while (!heard()) await new Promise(done => setTimeout(done, 20))
  v.pause()
  return [v.duration, v.buffered.start(0), v.videoWidth]
}"""


@pytest.fixture
async def sound(folder: Path) -> Path:
    """What the worker makes of sound whose microphone started late, and the lists that web writes of it."""
    source = make_clip(folder / "sound.m4a", frames=300, picture=False, options=("-output_ts_offset", "0.4"))
    probe, out = await examine(source), folder / "out"
    assert probe.duration_ms is not None
    out.mkdir()
    await ffmpeg.encode(source, plan_early_sound(probe), out, duration_ms=probe.duration_ms, on_progress=lambda _: None)
    name = EARLY_SOUND_NAME
    init = (out / f"{name}-init.mp4").read_bytes()
    whole, start, rows = [init], len(init), []
    (folder / f"1-{name}-init.mp4").write_bytes(init)
    for number, (file, duration_us) in enumerate(listed_segments((out / f"{name}.m3u8").read_text())):
        shutil.copy(out / file, folder / segment_name(1, name, number))
        whole.append((out / file).read_bytes())
        rows.append(Segment("lesson", 1, name, number, duration_us, "key", len(whole[-1]), start))
        start += len(whole[-1])
    (folder / whole_name(1, name)).write_bytes(b"".join(whole))
    rendition = Rendition("lesson", 1, name, "audio", "mp4a.40.2", None, None, 64_000, "", finished=True)
    listed = media_playlist("lesson", rendition, rows).replace(media_path("lesson", ""), "/files/")
    (folder / "listed.m3u8").write_text(listed)
    master = master_playlist("lesson", [rendition]).replace(playlist_path("lesson", 1, name), "/files/listed.m3u8")
    (folder / "main.m3u8").write_text(master)
    return folder


@pytest.mark.parametrize(("path", "light"), [("main.m3u8", True), (whole_name(1, EARLY_SOUND_NAME), False)])
async def test_sound_without_a_picture_plays_and_seeks(browser: Browser, sound: Path, path: str, light: bool) -> None:
    page = await browser.new_page()
    async with site(sound) as address:
        await page.goto(address)
        await page.evaluate("([path, light]) => load(path, light)", [f"/files/{path}", light])
        duration, begins, width = await page.evaluate(SEEK, 6.5)

    assert duration == pytest.approx(10.4, abs=0.1)
    assert begins <= 0.03 or not light
    assert width == 0
    await page.close()
