"""Files of captions as programs and people make them, and as enemies do: read to the word, or refused by the line."""

import pytest

from service.coaching.cue_files import LONGEST_WITH_TAGS, MOST_BYTES, MOST_CUES, Cue, read_cues, tidy
from service.coaching.refusals import UnreadableCues
from service.exporting import webvtt

LESSON_MS = 3_600_000
ONE = [Cue(1_000, 2_500, "Good morning.")]
TIMES = "00:01.000 --> 00:02.500"


def vtt(*blocks: str) -> str:
    return "\n\n".join(("WEBVTT", *blocks))


READ: dict[str, tuple[str, list[Cue]]] = {
    "plain": (vtt(f"{TIMES}\nGood morning."), ONE),
    "with a byte order mark": ("\ufeff" + vtt(f"{TIMES}\nGood morning."), ONE),
    "line ends of Windows": (vtt(f"{TIMES}\nGood morning.").replace("\n", "\r\n"), ONE),
    "line ends of old Macs": (vtt(f"{TIMES}\nGood morning.").replace("\n", "\r"), ONE),
    "a header that says more": (f"WEBVTT - made by hand\nKind: captions\nLanguage: en\n\n{TIMES}\nGood morning.", ONE),
    "no empty line after the header": (f"WEBVTT\n{TIMES}\nGood morning.", ONE),
    "hours": (vtt("0:59:58.000 --> 00:59:59.999\nAlmost."), [Cue(3_598_000, 3_599_999, "Almost.")]),
    "a name": (vtt(f"first-cue\n{TIMES}\nGood morning."), ONE),
    "settings": (vtt(f"{TIMES} align:start position:10%,line-left size:35%\nGood morning."), ONE),
    "comments": (vtt("NOTE", "NOTE not for reading\nat all", f"{TIMES}\nGood morning.", "NOTE the end"), ONE),
    "styles and regions": (
        vtt("STYLE\n::cue { color: red }", "REGION\nid:fred\nwidth:40%", f"{TIMES}\nGood morning."),
        ONE,
    ),
    "tags": (vtt(f"{TIMES}\n<c.loud>Good</c> <i>mor<00:01.500>ning</i>."), ONE),
    "a voice": (
        vtt(f"{TIMES}\n<v.first.loud Mrs. Ito>Good morning.</v>"),
        [Cue(1_000, 2_500, "Mrs. Ito: Good morning.")],
    ),
    "two voices": (
        vtt(f"{TIMES}\n<v Ana>Why?</v><v Ben>Because.</v>"),
        [Cue(1_000, 2_500, "Ana: Why?\nBen: Because.")],
    ),
    "a voice without a name": (vtt(f"{TIMES}\n<v >Good morning."), ONE),
    "escapes": (vtt(f"{TIMES}\n2 &lt; 3 &amp;&amp; 5 &gt; 4&nbsp;!"), [Cue(1_000, 2_500, "2 < 3 && 5 > 4\xa0!")]),
    "less than, as people write it": (vtt(f"{TIMES}\n2 < 3 and 5<6"), [Cue(1_000, 2_500, "2 < 3 and 5<6")]),
    "a script": (vtt(f"{TIMES}\n<script>alert(1)</script>"), [Cue(1_000, 2_500, "alert(1)")]),
    "an escaped script": (vtt(f"{TIMES}\n&lt;b&gt;bold"), [Cue(1_000, 2_500, "<b>bold")]),
    "a line of spaces is text": (vtt(f"{TIMES}\n \nGood morning."), ONE),
    "two cues without an empty line between": (
        vtt(f"{TIMES}\nGood morning.\n00:03.000 --> 00:04.000\nSit down."),
        [*ONE, Cue(3_000, 4_000, "Sit down.")],
    ),
    "out of order, one over the other": (
        vtt("00:05.000 --> 00:09.000\nLater", "00:04.000 --> 00:06.000\nOver it", f"{TIMES}\nGood morning."),
        [*ONE, Cue(4_000, 6_000, "Over it"), Cue(5_000, 9_000, "Later")],
    ),
    "nothing to see": (vtt(f"{TIMES}\nGood morning.", "00:03.000 --> 00:04.000\n\u200b <i></i>"), ONE),
    "NUL and other controls": (vtt(f"{TIMES}\nGood\x00 mor\x1bning."), ONE),
    "separators that some take for line ends": (
        vtt(f"{TIMES}\none\u2028two\x85three"),
        [Cue(1_000, 2_500, "one\ntwo\nthree")],
    ),
    "right to left": (
        vtt(f"{TIMES}\n\u202eabc\u202c \u05e9\u05dc\u05d5\u05dd"),
        [Cue(1_000, 2_500, "\u202eabc\u202c \u05e9\u05dc\u05d5\u05dd")],
    ),
    "a little over the end": (vtt("59:59.000 --> 01:00:02.000\nBye."), [Cue(3_599_000, 3_600_000, "Bye.")]),
    "SRT": (
        "1\n00:00:01,000 --> 00:00:02,500\nGood morning.\n\n2\n00:00:03,000 --> 00:00:04,000\nSit down.\n",
        [*ONE, Cue(3_000, 4_000, "Sit down.")],
    ),
    "SRT without numbers": ("00:00:01,000 --> 00:00:02,500\nGood morning.\n", ONE),
    "SRT with points and places": (
        "\n\n1\n00:00:01.0 --> 00:00:02.5 X1:1 X2:2\n{\\an8}<font color=red>Good</font> morning.\n",
        ONE,
    ),
    "SRT with spaces between": (
        "1\n00:00:01,000 --> 00:00:02,500\nGood morning.\n \n2\n00:00:03,000 --> 00:00:04,000\n7\n",
        [*ONE, Cue(3_000, 4_000, "7")],
    ),
    "SRT without empty lines": (
        "1\n00:00:01,000 --> 00:00:02,500\nGood morning.\n2\n00:00:03,000 --> 00:00:04,000\nSit down.",
        [*ONE, Cue(3_000, 4_000, "Sit down.")],
    ),
}

REFUSED: dict[str, tuple[str, int, str]] = {
    "an empty file": ("", 1, "no captions"),
    "a header alone": ("WEBVTT\n\n", 1, "no captions"),
    "a film": ("\x00\x00\x00 ftypisom\x00\x00", 1, "neither a WebVTT nor an SRT"),
    "a header that is none": (f"WEBVTTX\n\n{TIMES}\nx", 1, "neither"),
    "a page": ("<!doctype html>\n<p>x</p>", 1, "neither"),
    "a time that is none": (vtt(f"{TIMES}\nx", "00:0x.000 --> 00:03.000\ny"), 6, "cannot be read"),
    "seventy seconds": (vtt("00:70.000 --> 01:80.000\nx"), 3, "cannot be read"),
    "before the beginning": (vtt("-00:01.000 --> 00:03.000\nx"), 3, "cannot be read"),
    "the end before the start": (vtt("00:03.000 --> 00:02.000\nx"), 3, "does not end after"),
    "no time at all": (vtt("00:03.000 --> 00:03.000\nx"), 3, "does not end after"),
    "after the lesson": (vtt(f"{TIMES}\nx", "01:00:00.000 --> 01:00:01.000\ny"), 6, "later than the end"),
    "long after": (vtt("00:59.000 --> 01:00:06.000\ny"), 3, "later than the end"),
    "for ever": (vtt("00:01.000 --> 99999999:00:00.000\ny"), 3, "cannot be read"),
    "words of no time": (vtt(f"{TIMES}\nfirst", "and then this", "NOTE x"), 6, "belong to no time"),
    "words of no time in SRT": (f"1\n{TIMES}\nfirst\n\nand then this\n", 5, "belong to no time"),
    "one that is too long": (vtt(f"{TIMES}\n{'x' * 501}"), 3, "more than 500"),
    "one that is all tags": (vtt(f"{TIMES}\n{'<c>' * LONGEST_WITH_TAGS}x"), 3, "more than 500"),
    "too many": (vtt(*[f"{TIMES}\nx"] * (MOST_CUES + 1)), 3 + 3 * MOST_CUES, "10,000"),
    "a line of ten megabytes": (vtt(f"{TIMES}\n{'x' * 10_000_000}"), 1, "larger than 1 MB"),
    "more bytes than letters": (vtt(f"{TIMES}\n{'語' * (MOST_BYTES // 3)}"), 1, "larger than 1 MB"),
}


@pytest.mark.parametrize("name", READ)
def test_a_file_is_read_to_the_word(name: str) -> None:
    file, cues = READ[name]
    assert read_cues(file, LESSON_MS) == cues


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_lose_something_is_refused_with_its_line(name: str) -> None:
    file, line, said = REFUSED[name]
    with pytest.raises(UnreadableCues, match=said) as refused:
        read_cues(file, LESSON_MS)
    assert refused.value.members == {"line": line}
    assert line == 1 or f"Line {line:,}:" in str(refused.value)


@pytest.mark.parametrize("digits", ["1" * 5000, "x" + "f" * 5000])
def test_what_is_the_number_of_no_letter_is_a_mark_in_its_place(digits: str) -> None:
    written = f"WEBVTT\n\n00:01.000 --> 00:02.000\nA &#{digits}; b\n"
    assert read_cues(written, LESSON_MS) == [Cue(1_000, 2_000, "A \ufffd b")]


@pytest.mark.parametrize(
    "unit", ["<v" + " " * 300, "<", "<v.", "&", "&#x0", "{\\", "<v x", "00:", "-->", "<00:", "\n\n-->", "NOTE\n", "\r"]
)
def test_no_file_within_the_limit_takes_work_out_of_proportion(unit: str) -> None:
    """A pattern that goes back over what it has read would not be done with these today."""
    for before in ("WEBVTT\n\n", f"WEBVTT\n\n{TIMES}\n", f"1\n{TIMES}\n", ""):
        with pytest.raises(UnreadableCues):
            read_cues(before + unit * ((MOST_BYTES - len(before)) // len(unit)), LESSON_MS)


@pytest.mark.parametrize("name", READ)
def test_what_is_written_is_read_again(name: str) -> None:
    _, cues = READ[name]
    assert read_cues(webvtt.track(cues), LESSON_MS) == cues


def test_no_word_of_a_cue_becomes_markup_or_a_time() -> None:
    hostile = "<b>x</b> & --> 00:00.000\nNOTE\n</v>"
    written = webvtt.track([Cue(0, 1, hostile)])
    assert written.split("\n\n")[1].count("-->") == 1
    assert "<" not in written
    assert read_cues(written, LESSON_MS) == [Cue(0, 1, hostile)]


def test_a_chapter_has_one_line_and_a_caption_no_empty_one() -> None:
    assert tidy(" one \n\n  \r\n two\u2028three ") == "one\ntwo\nthree"
    assert tidy("one\n\ntwo", one_line=True) == "one two"
