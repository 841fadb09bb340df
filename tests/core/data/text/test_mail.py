"""Mails: their bytes are trusted more than what they declare about themselves."""

import pytest

from core.data.text.mail import mail_text
from core.errors import NotText

TEXT = "Schöne Grüße aus Ahornbach"


def mail(charset: str, body: bytes, kind: str = "text/plain") -> bytes:
    head = f"From: a@example.org\nContent-Type: {kind}; charset={charset}\n\n"
    return head.encode() + body


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("us-ascii", "utf-8"),
        ("iso-8859-1", "utf-8"),
        ("utf-8", "utf-8"),
        ("iso-8859-1", "iso-8859-1"),
        ("utf-8", "cp1252"),
        ("no-such-charset", "cp1252"),
        ("cp850", "cp850"),
    ],
)
def test_a_mail_is_read_in_the_encoding_it_is_written_in(declared, written):
    assert mail_text("a.eml", mail(declared, TEXT.encode(written))) == TEXT


def test_a_mail_without_plain_text_is_refused():
    with pytest.raises(NotText):
        mail_text("a.eml", mail("utf-8", b"<p>Hallo</p>", "text/html"))
