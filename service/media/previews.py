"""What is made beside the renditions: sheets of small pictures that a timeline shows, and how loud the sound is."""

from array import array
from pathlib import Path
from sys import byteorder

from service.media.encode_graph import PEAKS_RATE, SHEET_FILE
from service.media.playlist import media_path
from service.media.renditions import PEAK_MS, SHEET_SIDE, TILE_MS
from storage.previews import Preview

VTT_TYPE = "text/vtt"
_SAMPLES_A_PEAK = PEAKS_RATE * PEAK_MS // 1000


def sheet_name(attempt: int, number: int) -> str:
    return f"{attempt}-storyboard-{number}.jpg"


def peaks_name(attempt: int) -> str:
    return f"{attempt}-peaks.bin"


def storyboard_path(lesson_id: str, attempt: int) -> str:
    return f"/api/lessons/{lesson_id}/playlists/{attempt}-storyboard.vtt"


def sheets_in(folder: Path) -> list[Path]:
    """The sheets that the encoder left, in order."""
    found: list[Path] = []
    while (sheet := folder / SHEET_FILE.format(number=len(found) + 1)).is_file():
        found.append(sheet)
    return found


def peaks_of(samples: Path) -> bytes:
    """For each `PEAK_MS` from time 0 on the greatest |sample|, 0 to 255; nothing where there are no samples.

    Reads the encoder's signed 16-bit samples piece by piece: an hour of them is 58 MB and takes about a second.
    """
    peaks = bytearray()
    if not samples.is_file():
        return b""
    with samples.open("rb") as file:
        while piece := file.read(2 * _SAMPLES_A_PEAK * 64):
            loud = array("h", piece[: len(piece) // 2 * 2])
            if byteorder == "big":
                loud.byteswap()
            for start in range(0, len(loud), _SAMPLES_A_PEAK):
                part = loud[start : start + _SAMPLES_A_PEAK]
                above, below = max(part), -min(part)
                peaks.append(min(32767, max(above, below)) >> 7)
    return bytes(peaks)


def storyboard_vtt(lesson_id: str, preview: Preview, picture_ms: int) -> str:
    """WebVTT as players know it: for each `TILE_MS` of the picture, where on which sheet it is to be seen."""
    width, height = preview.tile_width or 0, preview.tile_height or 0
    lines = ["WEBVTT"]
    for number in range(min(-(-picture_ms // TILE_MS), preview.sheets * SHEET_SIDE**2)):
        sheet, place = divmod(number, SHEET_SIDE**2)
        down, across = divmod(place, SHEET_SIDE)
        start, end = number * TILE_MS, min((number + 1) * TILE_MS, picture_ms)
        path = media_path(lesson_id, sheet_name(preview.attempt, sheet))
        area = f"{across * width},{down * height},{width},{height}"
        lines += ["", f"{_clock(start)} --> {_clock(end)}", f"{path}#xywh={area}"]
    return "\n".join(lines) + "\n"


def _clock(ms: int) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"
