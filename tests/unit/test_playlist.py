"""Playlists as a player reads them, from rows."""

import pytest

from service.media.playlist import master_playlist, media_playlist
from service.media.publish import avc_codec, listed_segments
from storage.renditions import Rendition, Segment

LESSON = "0198f0a0-0000-7000-8000-000000000001"


def rendition(name: str = "360p", *, finished: bool = False, bandwidth: int = 414_000) -> Rendition:
    if name == "audio":
        return Rendition(LESSON, 2, name, "audio", "mp4a.40.2", None, None, 64_000, "i", finished=finished)
    codecs = "avc1.4d401e,mp4a.40.2"
    width, height = {"360p": (640, 360), "720p": (1280, 720)}[name]
    return Rendition(LESSON, 2, name, "video", codecs, width, height, bandwidth, "i", finished=finished)


def segment(number: int, *, start: int | None = None, duration_us: int = 4_000_000) -> Segment:
    return Segment(LESSON, 2, "360p", number, duration_us, f"k{number}", 1000, start)


def test_the_master_starts_with_the_lightest_picture_and_ends_with_sound_alone() -> None:
    rows = [rendition("audio"), rendition("720p", bandwidth=1_564_000), rendition("360p")]
    assert master_playlist(LESSON, rows).splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-STREAM-INF:BANDWIDTH=414000,CODECS="avc1.4d401e,mp4a.40.2",RESOLUTION=640x360',
        f"/api/lessons/{LESSON}/playlists/2-360p.m3u8",
        '#EXT-X-STREAM-INF:BANDWIDTH=1564000,CODECS="avc1.4d401e,mp4a.40.2",RESOLUTION=1280x720',
        f"/api/lessons/{LESSON}/playlists/2-720p.m3u8",
        '#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS="mp4a.40.2"',
        f"/api/lessons/{LESSON}/playlists/2-audio.m3u8",
    ]


def test_a_growing_list_names_separate_objects_and_does_not_end() -> None:
    made = media_playlist(LESSON, rendition(), [segment(0), segment(1, duration_us=4_033_333)])
    assert made.splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-TARGETDURATION:5",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        "#EXT-X-PLAYLIST-TYPE:EVENT",
        "#EXT-X-START:TIME-OFFSET=0",
        f'#EXT-X-MAP:URI="/media/lessons/{LESSON}/2-360p-init.mp4"',
        "#EXTINF:4.000000,",
        f"/media/lessons/{LESSON}/2-360p-0.m4s",
        "#EXTINF:4.033333,",
        f"/media/lessons/{LESSON}/2-360p-1.m4s",
    ]


def test_a_list_grows_only_at_its_end() -> None:
    shorter = media_playlist(LESSON, rendition(), [segment(0)])
    assert media_playlist(LESSON, rendition(), [segment(0), segment(1)]).startswith(shorter)


def test_a_finished_list_names_ranges_of_one_object() -> None:
    made = media_playlist(LESSON, rendition(finished=True), [segment(0, start=800), segment(1, start=1800)])
    whole = f"/media/lessons/{LESSON}/2-360p.mp4"
    assert made.splitlines()[5:] == [
        "#EXT-X-PLAYLIST-TYPE:VOD",
        f'#EXT-X-MAP:URI="{whole}",BYTERANGE="800@0"',
        "#EXTINF:4.000000,",
        "#EXT-X-BYTERANGE:1000@800",
        whole,
        "#EXTINF:4.000000,",
        "#EXT-X-BYTERANGE:1000@1800",
        whole,
        "#EXT-X-ENDLIST",
    ]


@pytest.mark.parametrize(("longest_us", "target"), [(4_000_000, 5), (5_000_000, 5), (5_000_001, 6), (12_400_000, 13)])
def test_no_segment_is_longer_than_the_target(longest_us: int, target: int) -> None:
    made = media_playlist(LESSON, rendition(), [segment(0, duration_us=longest_us)])
    assert f"#EXT-X-TARGETDURATION:{target}" in made.splitlines()


def test_a_list_before_its_first_segment_is_a_list() -> None:
    assert media_playlist(LESSON, rendition(), []).startswith("#EXTM3U\n")
    assert media_playlist(LESSON, rendition(finished=True), []).endswith("#EXT-X-ENDLIST\n")


def test_what_the_encoder_lists() -> None:
    text = '#EXTM3U\n#EXT-X-MAP:URI="a-init.mp4"\n#EXTINF:4.000000,\na-0.m4s\n#EXTINF:1.280000,\na-1.m4s\n'
    assert listed_segments(text) == [("a-0.m4s", 4_000_000), ("a-1.m4s", 1_280_000)]
    assert listed_segments("#EXTM3U\n") == []


def test_the_codec_is_read_from_the_init_section() -> None:
    assert avc_codec(b"....avc1....avcC\x01\x4d\x40\x1e\xff\xe1") == "avc1.4d401e"
