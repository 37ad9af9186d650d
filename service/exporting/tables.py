"""CSV that a spreadsheet opens as what it is: text. Nobody's words become a formula.

A cell that begins like one gets an apostrophe before it, also where blanks or marks that nobody sees come first, and
also in the wide letters that some spreadsheets read as the narrow ones.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from service.coaching.lessons import Annotation, Reply
from service.exporting.lines import Take, words
from service.exporting.web_annotations import tag_text

MEDIA_TYPE: Final = "text/csv"
BOM: Final = "\ufeff"
"""Without it Excel takes UTF-8 for something else."""
COLUMNS: Final = (
    "start",
    "end",
    "start_ms",
    "end_ms",
    "kind",
    "author",
    "role",
    "text",
    "answer_to",
    "written",
    "edited",
    "coach_move",
    "focus_question",
    "tags",
    "for_debrief",
    "done",
    "id",
)
_FORMULA: Final = frozenset("=+-@\t\r\n")
_UNSEEN: Final = frozenset({"Cf", "Cc", "Zs", "Zl", "Zp", "Mn"})


def annotations(take: Take) -> bytes:
    """A line for each annotation and each answer, as UTF-8 with a mark; quoted, CRLF between lines (RFC 4180)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for annotation, replies in take.in_order():
        writer.writerow(map(plain, _annotation(take, annotation)))
        for reply in replies:
            writer.writerow(map(plain, _reply(take, annotation, reply)))
    return (BOM + out.getvalue()).encode()


def plain(cell: str) -> str:
    """The cell so that no spreadsheet takes it for a formula. Otherwise it is as it was."""
    if cell[:1] in _FORMULA or _first(cell) in _FORMULA:
        return "'" + cell
    return cell


def _first(cell: str) -> str:
    """The first letter that is seen, in its narrow form."""
    for letter in cell:
        if unicodedata.category(letter) not in _UNSEEN:
            return unicodedata.normalize("NFKC", letter)[:1]
    return ""


def _annotation(take: Take, one: Annotation) -> Iterable[str]:
    author = take.author(one.by)
    removed = one.removed_at is not None
    return (
        _clock(one.start_ms),
        "" if one.end_ms is None else _clock(one.end_ms),
        str(one.start_ms),
        "" if one.end_ms is None else str(one.end_ms),
        one.kind,
        author.name,
        author.role,
        words(one),
        "",
        _instant(one.at),
        _instant(one.edited_at),
        one.move or "",
        one.question.text if one.question and not removed else "",
        "; ".join(tag_text(one, n) for n in range(len(one.tags)) if not removed),
        "yes" if one.flagged else "",
        "yes" if one.done else "",
        one.id,
    )


def _reply(take: Take, to: Annotation, one: Reply) -> Iterable[str]:
    author = take.author(one.by)
    moment = (_clock(to.start_ms), "", str(to.start_ms), "")
    said = ("answer", author.name, author.role, words(one), to.id, _instant(one.at), _instant(one.edited_at))
    return (*moment, *said, "", "", "", "", "", one.id)


def _clock(ms: int) -> str:
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"


def _instant(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
