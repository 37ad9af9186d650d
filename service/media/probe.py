"""What an uploaded file is, in our own types, and why we would not take it. Pure: parses what ffprobe printed."""

from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any

import msgspec

MAX_DURATION_MS = 4 * 3600 * 1000
MAX_SIDE = 8192
MIN_SIDE = 16
MAX_PIXELS = 36_000_000
MAX_STREAMS = 32
MAX_RATE = 500
"""Pictures a second: slow motion of a phone has 240, and what calls itself 10 000 is none."""
MAX_START_MS = 48 * 3600 * 1000
"""A transport stream counts to 26.5 hours and starts anywhere."""
SAMPLE_RATES = range(4_000, 400_000)
MAX_CHANNELS = 24

VIDEO_CODECS = frozenset(
    {"h264", "hevc", "av1", "vp8", "vp9", "mpeg4", "mpeg2video", "h263", "mjpeg", "dvvideo", "prores"}
)
AUDIO_CODECS = frozenset(
    {"aac", "mp3", "mp2", "opus", "vorbis", "flac", "alac", "ac3", "eac3", "amrnb", "amrwb"}
    | {"adpcm_ima_wav", "adpcm_ms", "adpcm_ima_qt", "wmav2", "dca"}
    | {"pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_f32le", "pcm_u8", "pcm_alaw", "pcm_mulaw"}
)
# ffprobe's names for those that the decoder list calls otherwise.
_CODEC_NAMES = {"amr_nb": "amrnb", "amr_wb": "amrwb", "dts": "dca"}
_INTERLACED = frozenset({"tt", "bb", "tb", "bt"})
_HDR_TRANSFERS = frozenset({"smpte2084", "arib-std-b67"})


class Reason(StrEnum):
    """Why a file is refused; the words on the screen belong to the client's catalogue."""

    NOT_A_VIDEO = "not_a_video"
    DAMAGED = "damaged"
    TOO_LONG = "too_long"
    TOO_LARGE = "too_large"
    UNREADABLE_BLOCKS = "unreadable_blocks"
    NO_DECODER = "no_decoder"
    GAVE_UP = "gave_up"


class Refused(Exception):
    """The file will never play, however often we try. Carries the Reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Video:
    """The picture as stored: `rotation` (0, 90, 180, 270; clockwise) and `sar` are still to be applied."""

    codec: str
    width: int
    height: int
    sar: Fraction = Fraction(1)
    rotation: int = 0
    fps: Fraction = Fraction(30)
    start_ms: int = 0
    hdr: bool = False
    duration_ms: int | None = None
    interlaced: bool = False
    varying: bool = False
    """Its pictures may not be equally far apart."""
    stream: int = 0
    """Which of the file's streams this is."""

    def display(self) -> tuple[Fraction, Fraction]:
        """Width and height as seen, in square pixels, upright."""
        width, height = self.width * self.sar, Fraction(self.height)
        return (height, width) if self.rotation in (90, 270) else (width, height)


@dataclass(frozen=True, slots=True)
class Audio:
    codec: str
    channels: int
    start_ms: int = 0
    stream: int = 0


@dataclass(frozen=True, slots=True)
class Probe:
    """One file. `duration_ms` counts from the container's start, 0 for every comment; None when it does not say."""

    container: str
    duration_ms: int | None
    start_ms: int
    video: Video | None
    audio: Audio | None
    sound_lost: bool = False
    """The film has sound, but none that can be decoded: it plays without."""

    def lasting(self, duration_ms: int) -> "Probe":
        """The same, with a duration that was measured; Refused where that is too long or nothing at all."""
        if duration_ms > MAX_DURATION_MS:
            raise Refused(Reason.TOO_LONG)
        if duration_ms <= 0:
            raise Refused(Reason.DAMAGED)
        return replace(self, duration_ms=duration_ms)


LOOSE_MS = 200
"""Where a file does not say how long its picture is, its whole length may differ by this much: sound is padded."""


def same_times(late: Probe, now: Probe) -> bool:
    """Whether what points into one film points to the same moment of the other: the first picture and the length of
    the picture agree to within one frame."""
    if late.video is None or now.video is None:
        return False
    # Whole milliseconds on both sides may be one apart.
    frame_ms = float(1000 / min(late.video.fps, now.video.fps)) + 1
    first = abs((late.video.start_ms - late.start_ms) - (now.video.start_ms - now.start_ms))
    if late.video.duration_ms is not None and now.video.duration_ms is not None:
        return first <= frame_ms and abs(late.video.duration_ms - now.video.duration_ms) <= frame_ms
    if late.duration_ms is None or now.duration_ms is None:
        return False
    return first <= frame_ms and abs(late.duration_ms - now.duration_ms) <= LOOSE_MS


def looks_like_media(head: bytes) -> bool:
    """Whether the first bytes (200 or more) are those of a container we take: a damaged film, or no film at all?"""
    return (
        head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"}
        or head.startswith((b"\x1aE\xdf\xa3", b"OggS"))
        or (head.startswith(b"RIFF") and head[8:12] in {b"AVI ", b"WAVE"})
        or (head.startswith(b"\x47") and len(head) > 188 and head[188:189] == b"\x47")
    )


def parse_probe(printed: bytes) -> Probe:
    """Read ffprobe's JSON. Raises Refused for what we do not take, msgspec.DecodeError for what is not JSON."""
    told: dict[str, Any] = msgspec.json.decode(printed, type=dict[str, Any])
    streams: list[dict[str, Any]] = told.get("streams", [])
    if len(streams) > MAX_STREAMS:
        raise Refused(Reason.TOO_LARGE)
    container = told.get("format", {})
    pictures = [stream for stream in streams if _is_picture(stream)]
    sounds = [stream for stream in streams if stream.get("codec_type") == "audio"]
    picture, sound = _playable(pictures, VIDEO_CODECS), _playable(sounds, AUDIO_CODECS)
    if not pictures and not sounds:
        raise Refused(Reason.NOT_A_VIDEO)
    if picture is None and (pictures or sound is None):
        raise Refused(Reason.NO_DECODER)
    named = str(container.get("format_name", ""))
    video = _video(picture, named) if picture else None
    audio = _audio(sound) if sound else None
    duration_ms = _ms(container.get("duration"))
    if duration_ms is not None and duration_ms > MAX_DURATION_MS:
        raise Refused(Reason.TOO_LONG)
    if duration_ms is not None and duration_ms <= 0:
        duration_ms = None
    start_ms = _ms(container.get("start_time")) or 0
    starts = (start_ms, *(track.start_ms for track in (video, audio) if track is not None))
    if max(map(abs, starts)) > MAX_START_MS:
        raise Refused(Reason.DAMAGED)
    lost = bool(sounds) and audio is None
    return Probe(named, duration_ms, start_ms, video, audio, lost)


def _is_picture(stream: dict[str, Any]) -> bool:
    """A cover image inside a sound file is not a film."""
    return stream.get("codec_type") == "video" and not stream.get("disposition", {}).get("attached_pic")


def _playable(streams: list[dict[str, Any]], codecs: frozenset[str]) -> dict[str, Any] | None:
    """What a player would take: the one that is marked as the default, else the first, of those that can be decoded."""
    able = [stream for stream in streams if _codec(stream) in codecs]
    # Some cameras mark every track.
    return max(able, key=lambda stream: bool(stream.get("disposition", {}).get("default")), default=None)


def _codec(stream: dict[str, Any]) -> str:
    named = str(stream.get("codec_name", ""))
    return _CODEC_NAMES.get(named, named)


def _video(stream: dict[str, Any], container: str) -> Video:
    width, height = int(stream.get("width") or 0), int(stream.get("height") or 0)
    if min(width, height) < MIN_SIDE:
        raise Refused(Reason.DAMAGED)
    sar = _ratio(stream.get("sample_aspect_ratio")) or Fraction(1)
    if not Fraction(1, 10) <= sar <= 10:
        sar = Fraction(1)
    if max(width, height, int(width * sar)) > MAX_SIDE or width * height > MAX_PIXELS:
        raise Refused(Reason.TOO_LARGE)
    turned = next((side["rotation"] for side in stream.get("side_data_list", []) if "rotation" in side), 0)
    fps = _ratio(stream.get("avg_frame_rate")) or _ratio(stream.get("r_frame_rate")) or Fraction(30)
    lasts_ms = _lasts(stream)
    # A single picture lasts as short as its file says.
    if fps > MAX_RATE and (lasts_ms is None or lasts_ms >= 1000):
        if "matroska" not in container:
            raise Refused(Reason.TOO_LARGE)
        # What a browser records says no rate; of whole milliseconds that come as they come the guess is a thousand.
        fps = Fraction(30)
    return Video(
        _codec(stream),
        width,
        height,
        sar,
        # ffprobe counts against the clock; a quarter turn is what players do, so the nearest one it is.
        rotation=round(-float(turned) / 90) % 4 * 90,
        fps=fps,
        start_ms=_ms(stream.get("start_time")) or 0,
        hdr=stream.get("color_transfer") in _HDR_TRANSFERS,
        duration_ms=lasts_ms,
        interlaced=stream.get("field_order") in _INTERLACED,
        varying=_varies(stream),
        stream=int(stream.get("index") or 0),
    )


def _varies(stream: dict[str, Any]) -> bool:
    """Whether the mean rate is another than the one that most pictures have. A header that tells neither hides it."""
    mean, most = _ratio(stream.get("avg_frame_rate")), _ratio(stream.get("r_frame_rate"))
    return mean is None or mean != most


def _lasts(stream: dict[str, Any]) -> int | None:
    """How long the track says that it is; Matroska says it in a tag, as hours:minutes:seconds."""
    if (told := _ms(stream.get("duration"))) is not None:
        return told
    parts = str(stream.get("tags", {}).get("DURATION", "")).split(":")
    try:
        hours, minutes, seconds = (float(part) for part in parts)
    except ValueError:
        return None
    return round(1000 * (3600 * hours + 60 * minutes + seconds))


def _audio(stream: dict[str, Any]) -> Audio:
    start_ms, number = _ms(stream.get("start_time")) or 0, int(stream.get("index") or 0)
    channels, rate = int(stream.get("channels") or 1), int(stream.get("sample_rate") or 0)
    if channels > MAX_CHANNELS or (rate and rate not in SAMPLE_RATES):
        raise Refused(Reason.DAMAGED)
    return Audio(_codec(stream), channels, start_ms, number)


def _ratio(text: str | None) -> Fraction | None:
    """'30000/1001' or '4:3' as a fraction; None for '0/0', '0:1' and the like."""
    if not text:
        return None
    top, _, bottom = text.replace(":", "/").partition("/")
    if not int(bottom or 1) or not int(top):
        return None
    return Fraction(int(top), int(bottom or 1))


def _ms(seconds: str | None) -> int | None:
    return None if seconds in (None, "N/A") else round(float(seconds) * 1000)
