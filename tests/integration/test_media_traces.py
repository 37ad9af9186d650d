"""What a camera writes beside the pictures, where, when, with what and for whom, is in nothing that anybody plays."""

import subprocess
from pathlib import Path

from service.media import ffmpeg
from tests.fixtures.clips import make_clip
from tests.fixtures.encoded import encode

TRACES = {
    "location": "+27.1751+078.0421/",
    "com.apple.quicktime.location.ISO6709": "+27.1752+078.0422/",
    "com.apple.quicktime.make": "CanaryMaker",
    "com.apple.quicktime.model": "CanaryPhone",
    "make": "CanaryMake",
    "model": "CanaryModel",
    "title": "CanaryTitle",
    "artist": "CanaryTeacher",
    "comment": "CanaryComment",
    "description": "CanaryDescription",
    "creation_time": "2021-09-08T07:06:05Z",
}
CHAPTER = "CanaryChapter"
OF_A_TRACK = "CanaryTrack"


async def test_what_is_played_tells_nothing_of_place_device_title_or_chapters(folder: Path) -> None:
    source = traced(folder)
    sent = source.read_bytes()
    assert all(trace.encode() in sent for trace in (*list(TRACES.values())[:-1], CHAPTER, OF_A_TRACK))

    ladder, renditions = await encode(source, folder)
    best = renditions[ladder.video[0].name]
    poster = best.with_name("poster.jpg")
    assert await ffmpeg.take_poster(best, 0, poster)

    made = [path for path in best.parent.iterdir() if path.is_file()]
    assert {path.suffix for path in made} == {".mp4", ".m4s", ".m3u8", ".jpg", ".raw"}
    for path in made:
        body = path.read_bytes()
        told = [trace for trace in (*TRACES.values(), "Canary", "27.175") if trace.encode() in body]
        assert (path.name, told) == (path.name, [])
        assert b"Exif" not in body
    for path in renditions.values():
        printed = probed(path)
        assert "CHAPTER" not in printed
        assert "tmcd" not in printed
        assert "2021-09-08" not in printed
    assert source.read_bytes() == sent


def traced(folder: Path) -> Path:
    """Of two seconds, with all of it, and with the time code of a camera as a track of its own."""
    clip, notes, source = make_clip(folder / "clip.mp4", frames=60), folder / "notes.txt", folder / "source.mov"
    lines = [f"{name}={value}" for name, value in TRACES.items()]
    notes.write_text("\n".join([";FFMETADATA1", *lines, "[CHAPTER]", "START=0", "END=1000000000", f"title={CHAPTER}"]))
    words = ["-i", str(clip), "-f", "ffmetadata", "-i", str(notes), "-map", "0"]
    words += ["-map_metadata", "1", "-map_chapters", "1"]
    words += ["-metadata:s:v", f"handler_name={OF_A_TRACK}", "-metadata:s:a", f"title={OF_A_TRACK}"]
    words += ["-timecode", "01:02:03:04", "-movflags", "use_metadata_tags", "-c", "copy", str(source)]
    subprocess.run([ffmpeg.FFMPEG, "-v", "error", *words], check=True)
    return source


def probed(path: Path) -> str:
    words = [ffmpeg.FFPROBE, "-v", "error", "-show_format", "-show_streams", "-show_chapters", str(path)]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout
