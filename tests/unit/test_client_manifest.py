"""A table of videos: what it says, and every line that is wrong, before anything is sent."""

from pathlib import Path

import pytest

from service.client.manifest import MOST_ROWS, Row, checked, read

CYCLE, OTHER = "0195e0a0-0000-7000-8000-0000000000c1", "0195e0a0-0000-7000-8000-0000000000c2"
FOLDER = Path("/films")


def rows_of(text: str) -> list[tuple[int, str, str, str, bool]]:
    rows, wrong = read(text.encode(), FOLDER, cycle=None, release=False)
    assert wrong == []
    return [(row.line, str(row.file), row.cycle, row.title, row.release) for row in rows]


def faults_of(content: str | bytes, cycle: str | None = None) -> list[tuple[int, str]]:
    content = content.encode() if isinstance(content, str) else content
    _, wrong = read(content, FOLDER, cycle=cycle, release=False)
    return [(one.line, one.detail) for one in wrong]


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "BOM"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"], ids=repr)
@pytest.mark.parametrize("between", [",", ";"])
def test_tables_as_spreadsheets_write_them(mark: str, ends: str, between: str) -> None:
    lines = [
        ["Cycle", "file", "date", "title", "release", ""],
        [CYCLE, "a.mp4", "2026-11-20", "Fractions", "yes", ""],
        ["", "", "", "", "", ""],
        [CYCLE.upper(), "/else/b  c.mov", "", "", "", ""],
        [OTHER, "sub/d.mp4", "2026-11-21", "", "no"],
    ]
    assert rows_of(mark + ends.join(between.join(cells) for cells in lines)) == [
        (2, "/films/a.mp4", CYCLE, "Fractions, 2026-11-20", True),
        (4, "/else/b  c.mov", CYCLE, "b c", False),
        (5, "/films/sub/d.mp4", OTHER, "d, 2026-11-21", False),
    ]


def test_a_day_that_the_title_names_is_not_said_twice_and_quotes_hold_anything() -> None:
    text = f'file,cycle,title,date\n"a, ""b"".mp4",{CYCLE},"Of 2026-11-20,\u2028 again",2026-11-20\nc.mp4,{CYCLE},,\n'
    [first, second] = rows_of(text)
    assert first[1:4] == ('/films/a, "b".mp4', CYCLE, "Of 2026-11-20,\u2028 again")
    assert second[0] == 3


def test_every_wrong_line_is_named_and_so_are_several_faults_of_one() -> None:
    text = (
        "cycle,file,date,title,release\n"
        f"{CYCLE},good.mp4,2026-11-20,,\n"
        "c1,,20.11.2026,,perhaps\n"
        f"{CYCLE},b.mp4,2026-02-30,,\n"
        f"{CYCLE},c.mp4,,{'t' * 201},\n"
        f"{CYCLE},d.mp4,,a\x1bb,\n"
        f"{CYCLE},e.mp4,,,,more\n"
    )
    assert [(line, detail[:34]) for line, detail in faults_of(text)] == [
        (3, "The cycle is an id such as 0195e0a"),
        (3, "There is no file in this row."),
        (3, "“20.11.2026” is no day; write it a"),
        (3, "“release” is yes or no."),
        (4, "“2026-02-30” is no day; write it a"),
        (5, "The title is longer than 200 chara"),
        (6, "There are hidden control character"),
        (7, "This row has more cells than the f"),
    ]


@pytest.mark.parametrize(
    ("content", "line", "detail"),
    [
        ("", 1, "The first line is empty."),
        ("cycle,file\n", 0, "The manifest has no rows."),
        ("cycle,date\nx,y\n", 1, "The column “file” is missing."),
        ("file\na.mp4\n", 1, "The column “cycle” is missing; or give --cycle"),
        ("cycle,file,file\n", 1, "The column “file” is there twice."),
        ("cycle,file,when\x1b[0m\n", 1, "There is no column “when�[0m”; there are cycle, file"),
        ("cycle,file\nSchüler".encode("latin-1"), 2, "This is not UTF-8."),
        ('cycle,file\n\n"never closed', 3, "This is no CSV"),
        (f"cycle,file\n{CYCLE},a.mp4\n" + f"{CYCLE},b.mp4\n" * MOST_ROWS, MOST_ROWS + 2, "These are more than"),
    ],
)
def test_a_table_that_is_none(content: str | bytes, line: int, detail: str) -> None:
    [(found, said)] = faults_of(content)
    assert (found, said[: len(detail)]) == (line, detail)


def test_a_cycle_for_all_fills_what_is_empty() -> None:
    rows, wrong = read(b"file,cycle\na.mp4,\nb.mp4," + OTHER.encode(), FOLDER, cycle=CYCLE, release=True)
    assert wrong == []
    assert [(row.cycle, row.release) for row in rows] == [(CYCLE, True), (OTHER, True)]


async def test_files_are_looked_at_before_any_is_sent(tmp_path: Path) -> None:
    for name, content in {"a": b"film", "same": b"film", "empty": b"", "large": b"x" * 11, "b": b"other"}.items():
        (tmp_path / name).write_bytes(content)
    names = ["a", "same", "empty", "large", "gone", "b"]
    rows = [Row(line, tmp_path / name, CYCLE, name, release=False) for line, name in enumerate(names, 2)]
    elsewhere = Row(9, tmp_path / "same", OTHER, "to another cycle", release=False)

    found, wrong = await checked([*rows, elsewhere], 10)

    assert [(row.line, row.size) for row in found] == [(2, 4), (7, 5), (9, 4)]
    assert [(one.line, one.detail.removeprefix(str(tmp_path))[:40]) for one in wrong] == [
        (3, "/same goes to this cycle already: line 2"),
        (4, "/empty has nothing in it."),
        (5, "/large is larger than the 9.31e-09 GB th"),
        (6, "/gone cannot be read (No such file or di"),
    ]
