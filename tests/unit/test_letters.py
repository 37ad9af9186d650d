"""Letters and the addresses on them: strange but legal forms arrive, and nothing breaks out of a header."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

import pytest

from service.addresses import on_the_wire, parse_address
from service.mail import letters
from service.problems import BadRequest

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ENVELOPE = letters.Envelope(
    "n-1", Address("Farfield", addr_spec="coaching@demo.invalid"), "tess@demo.invalid", AT, "https://demo.invalid/u/t"
)


def read_back(letter: letters.Letter, to: str = "tess@demo.invalid") -> EmailMessage:
    """As a mail program reads the bytes that went over the wire."""
    envelope = letters.Envelope(ENVELOPE.id, ENVELOPE.sender, to, AT, ENVELOPE.unsubscribe)
    message = message_from_bytes(letters.mail(letter, envelope).as_bytes(), policy=SMTPUTF8)
    assert isinstance(message, EmailMessage)
    return message


def test_a_letter_has_plain_text_simple_html_and_a_way_to_stop() -> None:
    message = read_back(letters.sign_in_link("Zoë <b>", "https://demo.invalid/sign-in#t0ken", 30))
    assert message["Subject"] == "Your link to Farfield"
    assert message["From"] == "Farfield <coaching@demo.invalid>"
    assert message["List-Unsubscribe"] == "<https://demo.invalid/u/t>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Message-ID"] == "<n-1@demo.invalid>"
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "Hello Zoë <b>," in plain.get_content()
    assert "https://demo.invalid/sign-in#t0ken" in plain.get_content()
    assert "Zoë &lt;b&gt;" in html.get_content()
    assert "<script" not in html.get_content()


@pytest.mark.parametrize(
    "text",
    [
        "tess+lessons@demo.invalid",
        "o'brien@demo.invalid",
        '"two words"@demo.invalid',
        '"a@b"@demo.invalid',
        "x@[192.0.2.1]",
        "principal@school",
        "grüße@bücher.example",
        "用户@例子.example",
        "TESS@DEMO.INVALID",
        "#!$%&'*+/=?^_`{}|~@demo.invalid",
    ],
)
def test_a_strange_but_legal_address_is_on_the_letter_as_it_is(text: str) -> None:
    address = parse_address(f"  {text} ")
    message = read_back(letters.password_changed("Tess", "https://demo.invalid/"), to=address)
    (to,) = message["To"].addresses
    # The wire has UTF-8 there (RFC 6532), which Python's parser hands on as surrogates.
    assert to.addr_spec.encode(errors="surrogateescape").decode() == on_the_wire(address)
    assert len(message["To"].addresses) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tess",
        "tess@",
        "@demo.invalid",
        "a b@demo.invalid",
        "tess@demo.invalid\r\nBcc: all@demo.invalid",
        "tess@demo.invalid, other@demo.invalid",
        "Tess <tess@demo.invalid>",
        "tess@demo..invalid",
        "x" * 65 + "@demo.invalid",
        "tess@" + "d" * 250 + ".invalid",
        "te\x00ss@demo.invalid",
        "\ud800@demo.invalid",
    ],
)
def test_what_is_no_address_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(BadRequest, match="not a mail address"):
        parse_address(text)


def test_a_line_break_that_got_past_everything_else_sends_nothing() -> None:
    with pytest.raises(ValueError, match=r"[Hh]eader|newline|linefeed"):
        letters.mail(letters.Letter("Hello\r\nBcc: all@demo.invalid", ("x",)), ENVELOPE).as_bytes(policy=SMTP)
