"""Exports, read back as their readers read them: a table, captions, web annotations, names of files."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest

from service.coaching.lessons import Annotation, AskedQuestion, LessonState, Reply, Tag
from service.exporting import tables, web_annotations, webvtt
from service.exporting.lines import Author, Take
from service.exporting.names import attachment, file_name

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TEACHER, COACH = "0195e0a0-0000-7000-8000-000000000001", "0195e0a0-0000-7000-8000-000000000002"
LESSON = "0195e0a0-0000-7000-8000-0000000000e1"


def one(n: int, start_ms: int, body: str, *replies: Reply, **more: Any) -> Annotation:
    made = Annotation(f"id-{n}", COACH, AT, None, start_ms, None, body, "note", replies=replies)
    return msgspec.structs.replace(made, **more)


def take(*annotations: Annotation, title: str = "Fractions", duration_ms: int | None = 60_000) -> Take:
    state = LessonState(id=LESSON, title=title, duration_ms=duration_ms)
    state.annotations = {annotation.id: annotation for annotation in annotations}
    authors = {TEACHER: Author(TEACHER, "Tess <T>", "teacher"), COACH: Author(COACH, "Cole", "coach")}
    return Take("https://farfield.example", state, authors, AT)


def rows(of: Take) -> list[dict[str, str]]:
    data = tables.annotations(of)
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


ANSWER = Reply("r-1", TEACHER, AT, "Yes\nand no")


def test_a_table_has_a_line_for_each_annotation_and_each_answer_in_the_order_of_the_lesson() -> None:
    tagged = {"tags": (Tag("Talk", "2", "T1", "Asks back"),), "question": AskedQuestion("q", "Whose idea?")}
    found = rows(take(one(2, 20_000, "Later"), one(1, 12_500, 'Says "wait", then', ANSWER, end_ms=14_500, **tagged)))

    assert [row["text"] for row in found] == ['Says "wait", then', "Yes\nand no", "Later"]
    first, answer, _ = found
    assert (first["start"], first["start_ms"], first["end_ms"]) == ("0:00:12", "12500", "14500")
    assert (first["author"], first["role"], first["written"]) == ("Cole", "coach", "2026-03-02T09:30:00Z")
    assert (first["tags"], first["focus_question"]) == ("Talk 2: T1 Asks back", "Whose idea?")
    assert (answer["kind"], answer["answer_to"], answer["author"]) == ("answer", "id-1", "Tess <T>")


FORMULAS = [
    "=1+1",
    '=HYPERLINK("http://evil.example";"x")',
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "\u00a0=1",
    "\u200b=1",
    "\ufeff=1",
    "\u202e=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "﹦1",
    "=cmd|' /C calc'!A0",
    "-",
]  # fmt: skip


@pytest.mark.parametrize("body", FORMULAS)
def test_no_words_become_a_formula(body: str) -> None:
    reply = msgspec.structs.replace(ANSWER, body=body)
    author = Author(COACH, body, "coach")
    given = take(one(1, 0, body, reply, question=AskedQuestion("q", body), tags=(Tag(body, "1", "c", "l"),)))
    given = msgspec.structs.replace(given, authors={COACH: author})

    for row in rows(given):
        for cell in row.values():
            seen = "".join(c for c in cell if c.isprintable() and not c.isspace())
            assert not seen or seen[0] not in "=+-@＝＋－＠﹦", cell
        assert row["text"] == "'" + body, "the words are all there"


@pytest.mark.parametrize("body", ["a = b", "1-2", "'quoted", "5 + 3", "ok@school", "“=”", "", "ç", "🙂 =1"])
def test_words_that_are_none_stay_as_they_are(body: str) -> None:
    assert tables.plain(body) == body


def cues(text: str) -> list[tuple[int, int, str]]:
    """A strict reading of WebVTT as far as we write it: (start, end, payload) in ms."""
    head, *blocks = text.removesuffix("\n").split("\n\n")
    assert head == "WEBVTT"
    found = []
    for block in blocks:
        first, *lines = block.split("\n")
        if first.partition(" ")[0] == "NOTE":
            assert "-->" not in "".join(lines)
            continue
        stamp = re.fullmatch(r"(\d\d+):(\d\d):(\d\d)\.(\d{3}) --> (\d\d+):(\d\d):(\d\d)\.(\d{3})", lines[0])
        assert stamp, block
        a, b = ([int(part) for part in stamp.groups()][n : n + 4] for n in (0, 4))
        start, end = (((h * 60 + m) * 60 + s) * 1000 + ms for h, m, s, ms in (a, b))
        payload = "\n".join(lines[1:])
        assert lines[1:]
        assert all(line.strip() for line in lines[1:])
        assert "-->" not in payload
        bare = re.sub(r"<v [^<>\n]*>", "", payload)
        assert "<" not in bare
        assert ">" not in bare
        assert re.fullmatch(r"(?:[^&]|&(?:amp|lt|gt);)*", bare, re.DOTALL)
        assert end > start
        found.append((start, end, payload))
    assert [cue[0] for cue in found] == sorted(cue[0] for cue in found)
    return found


def read(payload: str) -> str:
    bare = re.sub(r"<v [^<>\n]*>", "", payload)
    return bare.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def test_captions_are_cues_by_their_start_and_a_moment_lasts_a_little() -> None:
    found = cues(webvtt.captions(take(one(2, 59_000, "End"), one(1, 12_500, "Range", ANSWER, end_ms=14_500))))

    assert found == [
        (12_500, 14_500, "<v Cole>Note: Range\n<v Tess &lt;T&gt;>- Yes\nand no"),
        (59_000, 60_000, "<v Cole>Note: End"),
    ]
    assert cues(webvtt.captions(take(one(1, 60_000, "At the very end"))))[0][:2] == (60_000, 60_001)
    assert cues(
        webvtt.captions(
            take(
                one(
                    1,
                    3_600_000,
                    "Long",
                ),
                duration_ms=None,
            )
        )
    )[0][:2] == (3_600_000, 3_604_000)


@pytest.mark.parametrize(
    "body",
    [
        "a --> b",
        "-->",
        "00:00:01.000 --> 00:00:02.000",
        "<v Lea>I said that",
        "</v><script>alert(1)</script>",
        "&lt; &amp; &&",
        "one\n\n\ntwo",
        "one\r\n\r\ntwo",
        "one\u2028\u2029two",
        "NOTE\nno note",
        "WEBVTT",
        "STYLE\n::cue { color: red }",
        "עברית <b>",
        "🙂",
    ],
)
def test_no_words_break_out_of_a_cue(body: str) -> None:
    [(_, _, payload)] = cues(
        webvtt.captions(take(one(1, 1_000, body, msgspec.structs.replace(ANSWER, body=body)), title=body))
    )
    lines = [line for line in re.split(r"[\r\n\u2028\u2029]+", body) if line]
    assert read(payload) == "Note: " + "\n".join(lines) + "\n- " + "\n".join(lines)


CONTEXT_TERMS = {
    "AnnotationCollection": {"@context", "id", "type", "label", "generated", "total", "first"},
    "AnnotationPage": {"id", "type", "partOf", "startIndex", "items"},
    "Annotation": {"id", "type", "motivation", "creator", "created", "modified", "body", "target"},
    "TextualBody": {"type", "value", "format", "purpose", "textDirection"},
    "FragmentSelector": {"type", "conformsTo", "value"},
    "Person": {"id", "type", "name"},
    "Video": {"id", "type"},
}
"""Of http://www.w3.org/ns/anno.jsonld, the terms that we use of each type."""
MOTIVATIONS = {"questioning", "commenting", "highlighting", "replying"}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def check_terms(node: Any) -> None:
    if isinstance(node, list):
        for each in node:
            check_terms(each)
    elif isinstance(node, dict):
        if "type" in node:
            assert set(node) <= CONTEXT_TERMS[node["type"]], node
        for name, value in node.items():
            if name in ("created", "modified", "generated"):
                assert INSTANT.fullmatch(value)
            check_terms(value)


def test_web_annotations_have_the_models_own_words() -> None:
    removed = one(3, 30_000, "", removed_at=AT + timedelta(days=1), by=TEACHER, kind="strength")
    given = take(one(2, 20_000, "Why?", kind="question"), one(1, 12_500, "Range", ANSWER, end_ms=14_500), removed)

    found = json.loads(web_annotations.collection(given))

    check_terms(found)
    assert found["@context"] == "http://www.w3.org/ns/anno.jsonld"
    page = found["first"]
    assert (found["total"], page["startIndex"], page["partOf"]) == (4, 0, found["id"])
    first, answer, question, gone = page["items"]
    assert first["target"]["selector"] == {
        "type": "FragmentSelector",
        "conformsTo": "http://www.w3.org/TR/media-frags/",
        "value": "t=12.5,14.5",
    }
    assert first["target"]["source"]["id"] == f"https://farfield.example/lessons/{LESSON}"
    assert (answer["motivation"], answer["target"]) == ("replying", first["id"])
    assert (answer["creator"]["name"], answer["body"][0]["value"]) == ("Tess <T>", "Yes\nand no")
    assert (question["motivation"], question["target"]["selector"]["value"]) == ("questioning", "t=20")
    assert [body["value"] for body in gone["body"]] == ["removed"]
    assert {item["motivation"] for item in page["items"]} <= MOTIVATIONS
    assert all(item["body"][0]["format"] == "text/plain" for item in page["items"])


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [
        (0, None, "t=0"),
        (12_500, 14_500, "t=12.5,14.5"),
        (1, 2, "t=0.001,0.002"),
        (3_600_000, 3_600_010, "t=3600,3600.01"),
    ],
)
def test_a_moment_is_seconds_without_noughts(start: int, end: int | None, says: str) -> None:
    assert web_annotations.fragment(start, end) == says


def test_removed_words_say_so_everywhere_and_nothing_else_of_them() -> None:
    tag = Tag("secret framework", "1", "c", "l")
    gone = {"removed_at": AT, "question": AskedQuestion("q", "secret question"), "tags": (tag,)}
    given = take(one(1, 1_000, "", msgspec.structs.replace(ANSWER, body="", removed_at=AT), **gone))

    for data in (tables.annotations(given), webvtt.captions(given).encode(), web_annotations.collection(given)):
        assert data.count(b"removed") == 2
        assert b"secret" not in data


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Fractions, grade 5", "Fractions, grade 5.csv"),
        ("../../etc/passwd", "etc passwd.csv"),
        (".hidden", "hidden.csv"),
        ("a\u202egnp.exe", "agnp.exe.csv"),
        ('C:\\x|y<z>"?*', "C x y z.csv"),
        ("a\r\nSet-Cookie: b=c", "a Set-Cookie b=c.csv"),
        ("...", "lesson.csv"),
        ("", "lesson.csv"),
        ("x" * 300, "x" * 80 + ".csv"),
        ("数学 🙂", "数学 🙂.csv"),
    ],
)  # fmt: skip
def test_a_file_has_a_name_that_is_no_path(title: str, name: str) -> None:
    found = file_name(title, "csv", otherwise="lesson")

    assert found == name
    header = attachment(found, otherwise="lesson.csv")
    assert re.fullmatch(r"attachment; filename=\"lesson\.csv\"; filename\*=UTF-8''[A-Za-z0-9._~%-]+", header)
    assert unquote(header.partition("UTF-8''")[2]) == name
