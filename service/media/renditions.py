"""Which copies of a lesson we make. Pure: from what the file is to a ladder of renditions."""

from dataclasses import dataclass
from fractions import Fraction

from service.media.probe import Probe, Video

AUDIO_NAME = "audio"
EARLY_SOUND_NAME = "sound"
"""Of the sound that comes before its picture. Another name, so that one sees whether a picture has begun."""
AUDIO_KBIT = 56
AUDIO_CODEC = "mp4a.40.2"
_LATE_MS = 100

# Short side: quality (x264's CRF) and the most it may take. On a calm classroom scene the caps hardly bind.
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
class Ladder:
    """Best picture first. With `sound`, every rung carries it and one audio-only rendition stands beside them.

    `late_picture`: it starts so long after the sound that B-frames, which shift a file's first times by as much as the
    gap, would leave players waiting at the start.
    """

    video: tuple[VideoRung, ...]
    sound: bool
    tone_map: bool = False
    late_picture: bool = False
    sound_name: str = AUDIO_NAME
    silence_ms: int | None = None
    """Times count from the file's own 0, and its sound starts so much later; None: they count from its start."""

    @property
    def names(self) -> tuple[str, ...]:
        return (*(rung.name for rung in self.video), *((self.sound_name,) if self.sound else ()))


def plan(probe: Probe) -> Ladder:
    """360p and one more, by the short side, never above the source. Portrait stays portrait; a silent film works."""
    if probe.video is None:
        return Ladder((), sound=True)
    rungs = tuple(_rung(probe.video, side) for side in _short_sides(int(min(probe.video.display()))))
    late = probe.video.start_ms - probe.start_ms > _LATE_MS
    return Ladder(rungs, sound=probe.audio is not None, tone_map=probe.video.hdr, late_picture=late)


def plan_early_sound(probe: Probe) -> Ladder:
    """The sound alone, its times those of the film it was lifted out of, which may start before it."""
    return Ladder((), sound=True, sound_name=EARLY_SOUND_NAME, silence_ms=probe.start_ms)


def _short_sides(source: int) -> tuple[int, ...]:
    for least, sides in ((720, (720, 360)), (480, (480, 360)), (360, (360, 240)), (240, (240,))):
        if source >= least:
            return sides
    return (source - source % 2,)


def _rung(video: Video, short_side: int) -> VideoRung:
    width, height = video.display()
    scale = short_side / min(width, height)
    crf, max_kbit = _QUALITY.get(short_side, _QUALITY[240])
    return VideoRung(f"{short_side}p", _even(width * scale), _even(height * scale), crf, max_kbit)


def _even(length: Fraction) -> int:
    return max(2, round(length / 2) * 2)
