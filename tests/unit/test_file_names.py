"""Names of files that people send: whatever comes, what is kept is short, shows what it is, and means nothing more."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.file_names import MOST_BYTES, file_name, with_extension


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("lesson plan.docx", "lesson plan.docx"),
        ("../../x", "x"),
        ("..\\..\\windows\\x.pdf", "x.pdf"),
        ("/etc/passwd", "passwd"),
        ("C:\\Users\\demo\\Plan.pdf", "Plan.pdf"),
        ("a/b/", "b"),
        ("..", "file"),
        ("", "file"),
        (" . ", "file"),
        ("///", "file"),
        (".htaccess", "htaccess"),
        ("plan.pdf. . .", "plan.pdf"),
        ("a\x00b\nc\rd\te\x7f\x9f.pdf", "ab c d e.pdf"),
        ("annex\u202efdp.exe", "annexfdp.exe"),
        ("\u2067\u2066evil\u2069.txt", "evil.txt"),
        ("zero\u200bwidth\ufeff.txt", "zerowidth.txt"),
        ("half \ud83d.txt", "half .txt"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("Lpt1.tar.gz", "_Lpt1.tar.gz"),
        ("com¹.txt", "_com¹.txt"),
        ("console.txt", "console.txt"),
        ('a<b>c:"d"|e?f*.txt', "a_b_c__d__e_f_.txt"),
        ("Arbeitsblatt Brüche.odt", "Arbeitsblatt Brüche.odt"),
        ("Bru\u0308che.odt", "Brüche.odt"),
        ("كسور متكافئة.pdf", "كسور متكافئة.pdf"),
        ("👩‍🏫 board.jpg", "👩‍🏫 board.jpg"),
    ],
)
def test_a_name_is_cleaned(sent: str, kept: str) -> None:
    assert file_name(sent) == kept


def test_a_long_name_keeps_its_end() -> None:
    kept = file_name("x" * 255 + ".docx")
    assert (len(kept), kept[-6:]) == (MOST_BYTES, "x.docx")
    emoji = file_name("😀" * 255 + ".pdf")
    assert len(emoji.encode()) <= MOST_BYTES
    assert emoji.endswith("😀.pdf")
    assert len(file_name("x." + "y" * 255).encode()) == MOST_BYTES


@given(st.text(st.characters(codec=None), max_size=400))
@example("0 \u200b 0")
@example("e\u200b\u0301")
def test_a_kept_name_is_kept_as_it_is(sent: str) -> None:
    kept = file_name(sent)
    assert file_name(kept) == kept
    assert 1 <= len(kept.encode()) <= MOST_BYTES
    assert not set(kept) & set('/\\<>:"|?*\x00\n\u202e')
    assert kept not in (".", "..")


@pytest.mark.parametrize(
    ("name", "extensions", "kept"),
    [
        ("board.JPG", (".jpg", ".jpeg"), "board.JPG"),
        ("board.jpeg", (".jpg", ".jpeg"), "board.jpeg"),
        ("evil.html", (".png",), "evil.html.png"),
        ("plan", (".pdf",), "plan.pdf"),
        ("whatever.exe", (), "whatever.exe"),
    ],
)
def test_a_name_says_what_the_file_is(name: str, extensions: tuple[str, ...], kept: str) -> None:
    assert with_extension(name, extensions) == kept
    assert len(with_extension("x" * MOST_BYTES, (".pdf",)).encode()) == MOST_BYTES
