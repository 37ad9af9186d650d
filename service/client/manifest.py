"""Many videos to send: read from a manifest or named one by one, and checked before anything is sent.

A manifest is CSV, as spreadsheets write it: UTF-8 with or without a byte order mark, commas or semicolons. Its first
line names the columns: `file`, `cycle`, and optionally `date`, `title` and `release`, in any order.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from service.client.source import Source, SourceChanged, SourceRefused, shown, title_of, wire_name
from service.coaching.ids import ID_PATTERN

COLUMNS: Final = ("cycle", "file", "date", "title", "release")
LONGEST_TITLE: Final = 200
MOST_BYTES: Final = 4 * 1024 * 1024
MOST_ROWS: Final = 5_000
_YES, _NO = ("yes", "true", "1", "x"), ("no", "false", "0", "")
# What turns the order of letters round; the server refuses it, as it does control characters.
_TURNS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Row:
    """One video. `line`: of the manifest, from 1; 0: named on the command line. `title`: what the lesson is called."""

    line: int
    file: Path
    cycle: str
    title: str
    release: bool
    size: int = 0
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why something cannot be sent, in a sentence. `line` 0: of no line of a manifest."""

    line: int
    detail: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.detail}" if self.line else self.detail


def read(content: bytes, folder: Path, *, cycle: str | None, release: bool) -> tuple[list[Row], list[Wrong]]:
    """The rows of a manifest, and everything that is wrong with its text.

    folder: where relative paths begin. cycle, release: for rows that do not say.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as failed:
        line = content.count(b"\n", 0, failed.start) + 1
        return [], [Wrong(line, "This is not UTF-8. Save the table as “CSV UTF-8”.")]
    first = text.partition("\n")[0]
    reader = csv.reader(_lines(text), delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
    rows: list[Row] = []
    wrong: list[Wrong] = []
    begun = 1
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        while header and not header[-1]:
            header.pop()  # a spreadsheet's empty columns
        if faults := list(_faults_of(header, cycle)):
            return [], [Wrong(1, fault) for fault in faults]
        begun = reader.line_num + 1
        for cells in reader:
            line, begun = begun, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) + len(wrong) >= MOST_ROWS:
                wrong.append(Wrong(line, f"These are more than {MOST_ROWS} rows. Make several manifests."))
                break
            if any(cell.strip() for cell in cells[len(header) :]):
                wrong.append(Wrong(line, "This row has more cells than the first line has columns."))
                continue
            named = dict(zip(header, (cell.strip() for cell in cells), strict=False))
            found, faults = _row(line, named, folder, cycle, release=release)
            wrong += [Wrong(line, fault) for fault in faults]
            if found is not None:
                rows.append(found)
    except csv.Error as failed:
        wrong.append(Wrong(begun, f"This is no CSV ({failed})."))
    if not rows and not wrong:
        wrong.append(Wrong(0, "The manifest has no rows."))
    return rows, wrong


async def checked(rows: list[Row], most: int) -> tuple[list[Row], list[Wrong]]:
    """The rows with size and fingerprint, and what is wrong with their files. `most`: bytes that the server takes."""
    found: list[Row] = []
    wrong: list[Wrong] = []
    seen: dict[tuple[str, str], Row] = {}
    for row in rows:
        try:
            with Source.opened(row.file) as source:
                size, fingerprint = source.size, await source.fingerprint()
        except (SourceRefused, SourceChanged) as refused:
            wrong.append(Wrong(row.line, str(refused)))
            continue
        whole = replace(row, size=size, fingerprint=fingerprint)
        twin = seen.setdefault((row.cycle, fingerprint), whole)
        if size == 0:
            wrong.append(Wrong(row.line, f"{shown(row.file)} has nothing in it."))
        elif size > most:
            said = f"{shown(row.file)} is larger than the {most / 2**30:.3g} GB that this server takes for one lesson."
            wrong.append(Wrong(row.line, said))
        elif twin is not whole:
            where = f"line {twin.line}" if twin.line else shown(twin.file)
            wrong.append(Wrong(row.line, f"{shown(row.file)} goes to this cycle already: {where} is the same video."))
        else:
            found.append(whole)
    return found, wrong


def fault_of_title(title: str) -> str | None:
    """A sentence where the server would not take it."""
    if len(title) > LONGEST_TITLE:
        return f"The title is longer than {LONGEST_TITLE} characters."
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in title) or _TURNS.search(title):
        return "There are hidden control characters in the title."
    if all(unicodedata.category(c)[0] in "CZ" for c in title):
        return "There is nothing in the title."
    return None


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends; only what ends a line in CSV does (str.splitlines knows many more)."""
    yield from re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", text)


def _faults_of(header: list[str], cycle: str | None) -> Iterator[str]:
    if not header:
        yield "The first line is empty. It names the columns, as: cycle,file,date"
        return
    for name in header:
        if name not in COLUMNS:
            yield f"There is no column {_quoted(name)}; there are {', '.join(COLUMNS)}."
    for name in COLUMNS:
        if header.count(name) > 1:
            yield f"The column “{name}” is there twice."
    if "file" not in header:
        yield "The column “file” is missing."
    if "cycle" not in header and cycle is None:
        yield "The column “cycle” is missing; or give --cycle ID for all of them."


def _row(
    line: int, named: Mapping[str, str], folder: Path, cycle: str | None, *, release: bool
) -> tuple[Row | None, list[str]]:
    faults: list[str] = []
    to = named.get("cycle", "").lower() or cycle or ""
    if not re.fullmatch(ID_PATTERN, to):
        faults.append("The cycle is an id such as 0195e0a0-0000-7000-8000-0000000000c1, the last part of its address.")
    name = named.get("file", "")
    if not name:
        faults.append("There is no file in this row.")
    day = named.get("date", "")
    if day and not _is_day(day):
        faults.append(f"{_quoted(day)} is no day; write it as 2026-11-20.")
    said = named.get("release", "").lower()
    if said not in _YES + _NO:
        faults.append("“release” is yes or no.")
    title = named.get("title", "") or title_of(wire_name(Path(name)))
    if day and day not in title:
        title = f"{title}, {day}"
    fault = fault_of_title(title)
    if fault is not None and not faults:
        faults.append(fault)
    if faults:
        return None, faults
    return Row(line, folder / name, to, title, said in _YES if said else release), []


def _is_day(text: str) -> bool:
    """As ISO 8601 writes it, with dashes, and nothing else: 03/04 is two days, depending on who reads it."""
    try:
        return re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _quoted(text: str) -> str:
    """What somebody wrote, for a sentence on a terminal."""
    return "“" + "".join(c if c.isprintable() else "�" for c in text[:40]) + "”"
