"""What ffprobe prints, read; and what is refused with which reason."""

from fractions import Fraction
from typing import Any

import msgspec
import pytest

from service.media.probe import Audio, Probe, Reason, Refused, Video, looks_like_media, parse_probe, same_times


def printed(*streams: dict[str, Any], **container: str) -> bytes:
    told = {"format_name": "mov,mp4", "duration": "12.5", "start_time": "0.000000"} | container
    return msgspec.json.encode({"streams": streams, "format": told})


def video(**more: Any) -> dict[str, Any]:
    return {
        "codec_type": "video",
        "codec_name": "h264",
        "width": 1280,
        "height": 720,
        "sample_aspect_ratio": "1:1",
        "avg_frame_rate": "30000/1001",
        "r_frame_rate": "30/1",
        "start_time": "0.033000",
    } | more


AUDIO = {"codec_type": "audio", "codec_name": "aac", "channels": 6, "start_time": "0.000000"}


def test_a_phone_film() -> None:
    turned = video(side_data_list=[{"rotation": -90}], color_transfer="arib-std-b67")
    assert parse_probe(printed(turned, AUDIO)) == Probe(
        "mov,mp4",
        12_500,
        0,
        Video("h264", 1280, 720, Fraction(1), 90, Fraction(30000, 1001), 33, hdr=True, varying=True),
        Audio("aac", 6, 0),
    )


@pytest.mark.parametrize(
    ("mean", "most", "varying"), [("30/1", "30/1", False), ("2250/101", "30/1", True), ("0/0", "30/1", True)]
)
def test_whether_pictures_are_equally_far_apart(mean: str, most: str, varying: bool) -> None:
    probe = parse_probe(printed(video(avg_frame_rate=mean, r_frame_rate=most)))
    assert probe.video is not None
    assert probe.video.varying is varying


@pytest.mark.parametrize(
    ("rotation", "clockwise"), [(0, 0), (-90, 90), (90, 270), (180, 180), (-180, 180), (-89.6, 90), (270, 90)]
)
def test_which_way_is_up(rotation: float, clockwise: int) -> None:
    probe = parse_probe(printed(video(side_data_list=[{}, {"rotation": rotation}])))
    assert probe.video is not None
    assert probe.video.rotation == clockwise


def test_a_cover_picture_is_no_film() -> None:
    cover = video(codec_name="png", disposition={"attached_pic": 1})
    assert parse_probe(printed(cover, AUDIO)).video is None
    with pytest.raises(Refused) as refused:
        parse_probe(printed(cover))
    assert refused.value.reason is Reason.NOT_A_VIDEO


def test_a_recording_that_does_not_say_its_rate_is_not_taken_for_one_of_a_thousand() -> None:
    """What a browser writes: whole milliseconds, and no rate. The guess from them is what a bomb says of itself."""
    guessed = video(avg_frame_rate="1000/1", r_frame_rate="1000/1")
    told = msgspec.json.encode({"streams": [guessed], "format": {"format_name": "matroska,webm"}})
    found = parse_probe(told).video
    assert found is not None
    assert found.fps == 30


def test_a_recording_that_does_not_say_how_long_it_is() -> None:
    told = msgspec.json.encode({"streams": [video()], "format": {"format_name": "matroska,webm"}})
    probe = parse_probe(told)
    assert probe.duration_ms is None
    assert probe.lasting(3_000).duration_ms == 3_000
    for measured, reason in ((0, Reason.DAMAGED), (5 * 3_600_000, Reason.TOO_LONG)):
        with pytest.raises(Refused) as refused:
            probe.lasting(measured)
        assert refused.value.reason is reason


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (printed(), Reason.NOT_A_VIDEO),
        (printed({"codec_type": "subtitle", "codec_name": "mov_text"}), Reason.NOT_A_VIDEO),
        (printed(video(), duration="14400.5"), Reason.TOO_LONG),
        (printed(video(width=8194)), Reason.TOO_LARGE),
        (printed(video(width=8000, height=8000)), Reason.TOO_LARGE),
        (printed(video(width=4000, sample_aspect_ratio="9:1")), Reason.TOO_LARGE),
        (printed(*[AUDIO] * 33), Reason.TOO_LARGE),
        (printed(video(width=8)), Reason.DAMAGED),
        (printed(video(avg_frame_rate="501/1")), Reason.TOO_LARGE),
        (printed(video(avg_frame_rate="1000/1", duration="60.0")), Reason.TOO_LARGE),
        (printed(video(start_time="172801.0")), Reason.DAMAGED),
        (printed(video(), start_time="-172801.0"), Reason.DAMAGED),
        (printed(video(), AUDIO | {"channels": 25}), Reason.DAMAGED),
        (printed(video(), AUDIO | {"sample_rate": "400000"}), Reason.DAMAGED),
        (printed(video(), AUDIO | {"sample_rate": "3999"}), Reason.DAMAGED),
        (printed(video(width=None)), Reason.DAMAGED),
        (printed(video(codec_name="av2"), AUDIO), Reason.NO_DECODER),
        (printed(AUDIO | {"codec_name": "cook"}), Reason.NO_DECODER),
        (
            printed(video(codec_name="png", disposition={"attached_pic": 1}), AUDIO | {"codec_name": "cook"}),
            Reason.NO_DECODER,
        ),
    ],
)
def test_what_is_refused(told: bytes, reason: Reason) -> None:
    with pytest.raises(Refused) as refused:
        parse_probe(told)
    assert refused.value.reason is reason


def test_a_film_whose_sound_alone_cannot_be_read_is_a_film_all_the_same() -> None:
    probe = parse_probe(printed(video(), AUDIO | {"codec_name": "cook"}))
    assert (probe.audio, probe.sound_lost) == (None, True)
    assert not parse_probe(printed(video())).sound_lost


STRANGE = AUDIO | {"codec_name": "apac"}
MARKED = {"disposition": {"default": 1}}


@pytest.mark.parametrize(
    ("streams", "picture", "sound"),
    [
        # what cannot be played is passed over
        ([video(), STRANGE, AUDIO], 0, 2),
        ([STRANGE | MARKED, AUDIO, video()], 2, 1),
        ([video(codec_name="av2"), AUDIO, video()], 2, 1),
        # the one that is marked, else the first
        ([AUDIO, video(), AUDIO | MARKED], 1, 2),
        ([AUDIO | MARKED, video(), AUDIO | MARKED], 1, 0),
        ([video(), video() | MARKED, AUDIO, AUDIO], 1, 2),
        ([video(codec_name="mjpeg", disposition={"attached_pic": 1}), AUDIO, video()], 2, 1),
    ],
)
def test_which_tracks_are_taken(streams: list[dict[str, Any]], picture: int, sound: int) -> None:
    probe = parse_probe(printed(*(stream | {"index": n} for n, stream in enumerate(streams))))
    assert probe.video is not None
    assert probe.audio is not None
    assert (probe.video.stream, probe.audio.stream) == (picture, sound)


def test_limits_are_inside() -> None:
    assert parse_probe(printed(video(width=8192, height=4096), duration="14400.0")).duration_ms == 14_400_000
    parse_probe(printed(video(avg_frame_rate="500/1", start_time="172800.0"), AUDIO | {"channels": 24}))
    for rate in ("4000", "8000", "192000", "384000"):
        parse_probe(printed(AUDIO | {"sample_rate": rate}))


def test_a_single_picture_may_last_as_short_as_it_likes() -> None:
    parse_probe(printed(video(avg_frame_rate="90000/1", duration="0.000011"), duration="0.000011"))


def test_a_film_of_no_length_does_not_say_how_long_it_is() -> None:
    assert parse_probe(printed(video(), duration="0.000000")).duration_ms is None
    assert parse_probe(printed(video(), duration="-5.0")).duration_ms is None


@pytest.mark.parametrize(
    ("head", "media"),
    [
        (b"\x00\x00\x00\x20ftypisom", True),
        (b"\x1aE\xdf\xa3\x01", True),
        (b"RIFF\x00\x00\x00\x00AVI LIST", True),
        (b"G" + bytes(187) + b"G" + bytes(11), True),
        (b"", False),
        (b"Good morning, class. " * 10, False),
        (b"#EXTM3U\n#EXT-X-VERSION:3\n", False),
        (b"ffconcat version 1.0\nfile '/etc/passwd'\n", False),
        (b"\x89PNG\r\n\x1a\n", False),
    ],
)
def test_the_first_bytes(head: bytes, media: bool) -> None:
    assert looks_like_media(head) is media


def film(
    *, start: str = "0", picture: str = "0", lasts: str | None = "60.0", whole: str = "60.02", rate: str = "30/1"
) -> Probe:
    track = video(start_time=picture, avg_frame_rate=rate) | ({"duration": lasts} if lasts else {})
    return parse_probe(printed(track, AUDIO, start_time=start, duration=whole))


@pytest.mark.parametrize(
    ("late", "now", "same"),
    [
        (film(), film(), True),
        (film(whole="60.5"), film(), True),
        (film(lasts="60.033"), film(), True),
        (film(lasts="60.1"), film(), False),
        (film(lasts="60.09", rate="10/1"), film(), True),
        (film(start="1.4", picture="1.4"), film(), True),
        (film(picture="0.033"), film(), True),
        (film(picture="0.2"), film(), False),
        (film(lasts=None, whole="60.2"), film(), True),
        (film(lasts=None, whole="60.3"), film(), False),
        (film(), parse_probe(printed(AUDIO, duration="60")), False),
    ],
)
def test_whether_what_points_into_one_film_points_to_the_same_in_the_other(late: Probe, now: Probe, same: bool) -> None:
    assert same_times(late, now) == same_times(now, late) == same


@pytest.mark.parametrize(
    ("told", "lasts"),
    [({"duration": "2.5"}, 2500), ({"tags": {"DURATION": "00:01:02.033000000"}}, 62_033), ({}, None)]
    + [({"tags": {"DURATION": text}}, None) for text in ("", "soon", "1:2", "a:b:c")],
)
def test_how_long_a_picture_is(told: dict[str, Any], lasts: int | None) -> None:
    probe = parse_probe(printed(video(**told)))
    assert probe.video is not None
    assert probe.video.duration_ms == lasts
