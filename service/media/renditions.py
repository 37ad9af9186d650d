"""Which copies of a lesson we make. Pure: from what the file is to a ladder of renditions and its previews."""

import math
from dataclasses import dataclass, replace
from fractions import Fraction

from service.coaching.lessons import Cut
from service.media.probe import MAX_DURATION_MS, Probe, Video

AUDIO_NAME = "audio"
EARLY_SOUND_NAME = "sound"
"""Of the sound that comes before its picture. Another name, so that one sees whether a picture has begun."""
AUDIO_KBIT = 56
AUDIO_CODEC = "mp4a.40.2"
_LATE_MS = 100

TILE_MS = 5000
"""One small picture for each so many: the one that is on the screen at that moment."""
SHEET_SIDE = 10
"""A storyboard sheet has so many tiles across and down."""
PEAK_MS = 100
_TILE_LANDSCAPE, _TILE_PORTRAIT = 160, 90

# Short side: quality (x264's CRF) and the most it may take. On a calm classroom scene the caps hardly bind.
_EARLY_SIDE = 360
_QUALITY = {720: (24, 1500), 480: (25, 700), 360: (25, 350), 240: (25, 150)}


@dataclass(frozen=True, slots=True)
class VideoRung:
    """One video rendition: upright, square pixels, even sizes. `max_kbit` bounds the picture alone, over 2 s."""

    name: str
    width: int
    height: int
    crf: int
    max_kbit: int

    def bandwidth(self, *, sound: bool) -> int:
        """Bits a second that a player should reckon with before the finished file can be measured."""
        return 1000 * (self.max_kbit + (AUDIO_KBIT + 8 if sound else 0))


@dataclass(frozen=True, slots=True)
class Storyboard:
    """Small pictures on sheets: each `width` by `height`, `sheets` of them at most."""

    width: int
    height: int
    sheets: int


@dataclass(frozen=True, slots=True)
class Ladder:
    """Best picture first. With `sound`, every rung carries it and one audio-only rendition stands beside them.

    `picture_stream` and `sound_stream` are the numbers that the file's streams have, of what is taken from it.
    `in_order`: without B-frames. Where the picture starts long after the sound, they shift a file's first times by as
    much as the gap, and players wait at the start. Where the rate varies, Chromium shows other frames than it should:
    with them an MP4 gives a picture the length of another one.
    """

    video: tuple[VideoRung, ...]
    sound: bool
    tone_map: bool = False
    in_order: bool = False
    late_ms: int = 0
    """The picture starts so much later than the times."""
    deinterlace: bool = False
    picture_stream: int = 0
    sound_stream: int = 0
    storyboard: Storyboard | None = None
    sound_name: str = AUDIO_NAME
    silence_ms: int | None = None
    """Times count from the file's own 0, and its sound starts so much later; None: they count from its start."""
    cuts: tuple[Cut, ...] = ()
    """Parts that become black and silent, in order."""

    @property
    def names(self) -> tuple[str, ...]:
        return (*(rung.name for rung in self.video), *((self.sound_name,) if self.sound else ()))


def plan(probe: Probe) -> Ladder:
    """Rungs by the short side, never above the source. Portrait stays portrait; a silent film works."""
    sound_stream = probe.audio.stream if probe.audio else 0
    if probe.video is None:
        return Ladder((), sound=True, sound_stream=sound_stream)
    late_ms = max(0, probe.video.start_ms - _begins_ms(probe))
    return Ladder(
        tuple(_rung(probe.video, side) for side in _short_sides(int(min(probe.video.display())))),
        sound=probe.audio is not None,
        tone_map=probe.video.hdr,
        in_order=late_ms > _LATE_MS or _may_vary(probe.video, probe),
        late_ms=late_ms,
        deinterlace=probe.video.interlaced,
        picture_stream=probe.video.stream,
        sound_stream=sound_stream,
        storyboard=_storyboard(probe.video, probe.duration_ms),
    )


def plan_early(probe: Probe) -> Ladder:
    """One small picture with its sound, and the sound alone: of a film that is still being sent."""
    ladder = plan(probe)
    small = [rung for rung in ladder.video if min(rung.width, rung.height) <= _EARLY_SIDE]
    return replace(ladder, video=tuple((small or list(ladder.video[-1:]))[:1]), storyboard=None)


def size_of(ladder: Ladder) -> tuple[int | None, int | None]:
    """Width and height of the best picture."""
    return (ladder.video[0].width, ladder.video[0].height) if ladder.video else (None, None)


def plan_early_sound(probe: Probe) -> Ladder:
    """The sound alone, its times those of the film it was lifted out of, which may start before it."""
    assert probe.audio is not None
    return Ladder(
        (), sound=True, sound_stream=probe.audio.stream, sound_name=EARLY_SOUND_NAME, silence_ms=probe.start_ms
    )


def _begins_ms(probe: Probe) -> int:
    """Where ffmpeg's time 0 is: of containers whose clock may jump, at the first of the streams that are used."""
    used = [track.start_ms for track in (probe.video, probe.audio) if track is not None]
    return min(used) if probe.container in ("mpegts", "ogg") else probe.start_ms


def _may_vary(video: Video, probe: Probe) -> bool:
    # Matroska states one rate, whatever the pictures do.
    return video.varying or "matroska" in probe.container


def _short_sides(source: int) -> tuple[int, ...]:
    """What the source has enough of, best first; a smaller one is kept as it is, to an even number."""
    return tuple(side for side in _QUALITY if side <= source) or (source - source % 2,)


def _storyboard(video: Video, duration_ms: int | None) -> Storyboard:
    width, height = video.display()
    across = _TILE_LANDSCAPE if width >= height else _TILE_PORTRAIT
    # A header may lie; the limit is for what would go on for ever.
    tiles = math.ceil((duration_ms or MAX_DURATION_MS) / TILE_MS)
    return Storyboard(across, min(3 * across, _even(across * height / width)), math.ceil(tiles / SHEET_SIDE**2))


def _rung(video: Video, short_side: int) -> VideoRung:
    width, height = video.display()
    scale = short_side / min(width, height)
    crf, max_kbit = _QUALITY.get(short_side, _QUALITY[240])
    return VideoRung(f"{short_side}p", _even(width * scale), _even(height * scale), crf, max_kbit)


def _even(length: Fraction) -> int:
    return max(2, round(length / 2) * 2)
