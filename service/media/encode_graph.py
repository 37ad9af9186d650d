"""What the encoder does with a film that is open, as nodes of ffmpeg-python: every rendition, the storyboard and the
sound's peaks out of one decode.

What each timing flag is for stands in README.md and is held by tests/integration/test_media_timing.py.
"""

from typing import Any

import ffmpeg

from service.coaching.lessons import Cut
from service.media.renditions import AUDIO_KBIT, SHEET_SIDE, TILE_MS, Ladder, Storyboard

SEGMENT_SECONDS = 4
FIRST_SECONDS, FIRST_SEGMENTS = 2, 2
"""Shorter ones to begin with: nobody sees anything before the first is whole in every size."""
PEAKS_FILE = "peaks.raw"
"""Signed 16-bit mono samples, `PEAKS_RATE` a second, from time 0 on."""
PEAKS_RATE = 8000
SHEET_FILE = "storyboard-{number}.jpg"
"""Sheets are counted from 1 here; 0 is nobody's."""

# Frames closer than this are dropped: 60 a second become 30, ten thousand a second stay harmless.
_CLOSEST_FRAMES_S = 0.025
_TICKS = 90_000
# How long a frame lasts is when the next one is decoded. The muxer starts a fragment where the last frame of the one
# before ended, so a guessed duration would move the first picture of every segment of a varying-rate film.
#
# A picture that starts a little late is drawn forward to 0, so the first is longer than all others. With B-frames that
# length goes to the picture that is decoded when the first is shown, and Chromium shows that one too long: decoding
# times up to 0, all earlier by as much, give it back.
_TRUE_DURATIONS = r"setts=pts=PTS:dts={dts}:duration=if(eq(NEXT_DTS\,NOPTS)\,DURATION\,{next_dts}-({dts}))"
_GIVEN_BACK = r"{dts}+if(lte({dts}\,0)\,{late})"
# A segment begins with each.
_KEY_FRAMES = (
    f"expr:gte(t,if(lt(n_forced,{FIRST_SEGMENTS}),n_forced*{FIRST_SECONDS},"
    f"{FIRST_SEGMENTS * FIRST_SECONDS}+(n_forced-{FIRST_SEGMENTS})*{SEGMENT_SECONDS}))"
)
# What a white sheet of paper is in the film is white on the screen; what is brighter than that, a window, is white too.
_BT709 = {
    "out_color_matrix": "bt709",
    "out_primaries": "bt709",
    "out_transfer": "bt709",
    "intent": "relative_colorimetric",
}
# The big pictures cost most of the time: a quick search for movement, but bits still go where they last. Short side
# from which on a rung is made so.
QUICK_FROM = 480
QUICK = {"preset": "superfast", "mbtree": 1, "rc-lookahead": 10}
# Phones write where they were, and who.
_NO_METADATA = {"map_metadata": -1, "map_chapters": -1}


def outputs(opened: Any, ladder: Ladder) -> Any:
    """All that is made of `opened`, to be run in the output folder.

    Writes there, per rendition: `{name}-init.mp4`, `{name}-{number}.m4s` and the growing list `{name}.m3u8`, which
    names a segment only once it is whole; storyboard sheets as they fill; and the samples that peaks are made of.
    """
    made = []
    pictures, tiles = _pictures(opened, ladder) if ladder.video else ([], None)
    sounds, samples = _sounds(opened, ladder) if ladder.sound else ([], None)
    made.append(ffmpeg.output(*pictures, *sounds, "%v.m3u8", **_renditions(ladder)))
    if tiles is not None and ladder.storyboard is not None:
        made.append(ffmpeg.output(tiles, SHEET_FILE.format(number="%d"), **_sheets(ladder.storyboard)))
    if samples is not None:
        made.append(ffmpeg.output(samples, PEAKS_FILE, format="s16le", **_NO_METADATA))
    return made[0] if len(made) == 1 else ffmpeg.merge_outputs(*made)


def _pictures(opened: Any, ladder: Ladder) -> tuple[list[Any], Any]:
    """Each rung from the one above it: a cascade reads the big picture only once. Then the tiles, from the smallest."""
    # The first picture from 0 on, even where the camera started a little after the microphone: otherwise the file needs
    # an edit list of two entries, of which Chromium's MSE makes nothing, and every picture comes late.
    kept = opened[str(ladder.picture_stream)].filter("setpts", "if(eq(N,0),0,PTS)")
    if ladder.deinterlace:
        kept = kept.filter("bwdif", mode="send_frame", deint="interlaced")
    kept = kept.filter("select", f"isnan(prev_selected_t)+gte(t-prev_selected_t,{_CLOSEST_FRAMES_S})")
    made = []
    for number, rung in enumerate(ladder.video):
        mapping = (_BT709 if ladder.tone_map else {}) | {"out_range": "tv"} if number == 0 else {}
        picture = kept.filter("scale", rung.width, rung.height, flags="bicubic", **mapping).filter("setsar", 1)
        if number == 0:
            picture = picture.filter("format", "yuv420p")
            if ladder.cuts:
                picture = _blackened(picture, ladder)
        if number < len(ladder.video) - 1 or ladder.storyboard is not None:
            both = picture.filter_multi_output("split")
            picture, kept = both[0], both[1]
        made.append(picture)
    return made, _tiles(kept, ladder.storyboard) if ladder.storyboard is not None else None


def _tiles(picture: Any, storyboard: Storyboard) -> Any:
    both = picture.filter_multi_output("split")
    # ffmpeg tells nothing of how far it is before every output has begun, and a full sheet takes eight minutes: so a
    # first one, which nobody looks at, is there at once.
    sheet = (SHEET_SIDE * storyboard.width, SHEET_SIDE * storyboard.height)
    at_once = both[0].filter("trim", end_frame=1).filter("scale", *sheet).filter("setsar", 1)
    # Rounded up, a picture answers for the next full tile's time: what is on the screen at that moment.
    thinned = both[1].filter("fps", f"1000/{TILE_MS}", round="up", start_time=0)
    small = thinned.filter("scale", storyboard.width, storyboard.height, flags="area").filter("setsar", 1)
    sheets = ffmpeg.concat(at_once, small.filter("tile", f"{SHEET_SIDE}x{SHEET_SIDE}"), v=1, a=0)
    # Their own times may be the same, which an encoder refuses; of a picture in a file nobody asks for it.
    return sheets.filter("setpts", "N/TB")


def _blackened(picture: Any, ladder: Ladder) -> Any:
    """Whole frames: whatever begins inside a part. Times are written down in whole ms, so one more may count as inside.

    A field that is filled in is made of the frames beside it, which therefore count too.
    """
    around = 50 if ladder.deinterlace else 0
    hidden = _inside(ladder.cuts, before_ms=around + 1, after_ms=around)
    return picture.filter("drawbox", x=0, y=0, w="iw", h="ih", color="black", t="fill", enable=hidden)


def _silenced(sound: Any, cuts: tuple[Cut, ...]) -> Any:
    """In pieces of 10 ms: silent is each that touches a part, or is so near that resampling smears some of it in.

    Gaps are filled first: else what follows one would be in the piece with what came before it.
    """
    pieces = sound.filter("aresample", 48000, **{"async": 1}).filter("asetnsamples", 480, pad=0)
    return pieces.filter("volume", 0, enable=_inside(cuts, before_ms=11, after_ms=1))


def _inside(cuts: tuple[Cut, ...], *, before_ms: int, after_ms: int) -> str:
    """An expression of `t`, in seconds: not 0 in the parts, and so much before and after each."""
    terms = []
    for cut in cuts:
        begun = f"gte(t,{(cut.start_ms - before_ms) / 1000:.3f})"
        terms.append(begun if cut.end_ms is None else f"{begun}*lt(t,{(cut.end_ms + after_ms) / 1000:.3f})")
    return "+".join(terms)


def _sounds(opened: Any, ladder: Ladder) -> tuple[list[Any], Any]:
    copies = len(ladder.video) + 1
    heard = opened[str(ladder.sound_stream)]
    if ladder.cuts:
        heard = _silenced(heard, ladder.cuts)
    split = heard.filter_multi_output("asplit", 2)
    # Silence up to where it starts, and where some is missing: players do not agree about a gap.
    filled = {"async": 1, "first_pts": 0}
    # The encoder puts 1024 samples of silence in front. Where the film's first 21 ms were, no edit list has to hide it.
    sound = split[0].filter("aresample", 48000, **filled)
    sound = sound.filter("atrim", start_pts=1024).filter("aformat", channel_layouts="mono")
    samples = split[1].filter("aresample", PEAKS_RATE, **filled)
    samples = samples.filter("aformat", sample_fmts="s16", channel_layouts="mono")
    if copies == 1:
        return [sound], samples
    parts = sound.filter_multi_output("asplit", copies)
    return [parts[n] for n in range(copies)], samples


def _renditions(ladder: Ladder) -> dict[str, Any]:
    variants = [
        f"v:{n},a:{n},name:{rung.name}" if ladder.sound else f"v:{n},name:{rung.name}"
        for n, rung in enumerate(ladder.video)
    ]
    if ladder.sound:
        variants.append(f"a:{len(ladder.video)},name:{ladder.sound_name}")
    options: dict[str, Any] = _NO_METADATA | {
        "avoid_negative_ts": "disabled",
        "format": "hls",
        # Pictures are cut where a key frame is; sound alone everywhere, and put together by whoever publishes it.
        "hls_time": FIRST_SECONDS,
        "hls_playlist_type": "event",
        "hls_list_size": 0,
        "hls_segment_type": "fmp4",
        # With an index in each segment the muxer rewrites the time of its first frame to fit that index.
        "hls_segment_options": "movflags=+skip_sidx",
        "hls_flags": "independent_segments+temp_file",
        # With a single variant the muxer takes this name as it stands.
        "hls_fmp4_init_filename": "%v-init.mp4" if len(variants) > 1 else f"{ladder.names[0]}-init.mp4",
        "hls_segment_filename": "%v-%d.m4s",
        "var_stream_map": " ".join(variants),
    }
    if ladder.video:
        options |= _video_options(ladder) | ({"bf": 0} if ladder.in_order else {})
    if ladder.sound:
        options |= {"c:a": "aac", "b:a": f"{AUDIO_KBIT}k"}
    return options


def _lengths(ladder: Ladder) -> str:
    """The lengths of pictures in the file, for `setts`."""
    late = 0 if ladder.in_order else ladder.late_ms * _TICKS // 1000
    dts, next_dts = (_GIVEN_BACK.format(dts=dts, late=late) if late else dts for dts in ("DTS", "NEXT_DTS"))
    return _TRUE_DURATIONS.format(dts=dts, next_dts=next_dts)


def _video_options(ladder: Ladder) -> dict[str, Any]:
    options: dict[str, Any] = {
        "c:v": "libx264",
        "preset": "veryfast",
        "profile:v": "main",
        "sc_threshold": 0,
        "force_key_frames": _KEY_FRAMES,
        "fps_mode": "passthrough",
        "enc_time_base:v": f"1/{_TICKS}",
        "bsf:v": _lengths(ladder),
    }
    for n, rung in enumerate(ladder.video):
        if min(rung.width, rung.height) >= QUICK_FROM:
            options |= {f"{name}:v:{n}": value for name, value in QUICK.items()}
        options[f"crf:v:{n}"] = rung.crf
        options[f"maxrate:v:{n}"] = f"{rung.max_kbit}k"
        options[f"bufsize:v:{n}"] = f"{2 * rung.max_kbit}k"
    return options


def _sheets(storyboard: Storyboard) -> dict[str, Any]:
    return _NO_METADATA | {
        "format": "image2",
        "c:v": "mjpeg",
        "q:v": 5,
        "fps_mode": "passthrough",
        "start_number": 0,
        "frames:v": 1 + storyboard.sheets,
    }
