"""Extracts the plain text of a mail file."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from core.data.text.decoding import decode
from core.errors import NotText

HEAD_BYTES = 2_000
"""The part of a file that must be text for it to be a mail."""


def mail_text(name: str, data: bytes) -> str:
    """The plain text of a mail; attachments are ignored.

    A hostile mail can keep Python's parser busy for minutes: call this in a child process, as
    core.data.untrusted does.

    Args:
        name: the file's name.
        data: its bytes.

    Raises:
        NotText: it is not a mail, or a mail without plain text.
    """
    head, _, _ = data[:HEAD_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")
    decode(name, head)
    try:
        message = message_from_bytes(data, policy=default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain",))
        payload = body.get_payload(decode=True) if body is not None else None
        charset = body.get_content_charset() if body is not None else None
    except (LookupError, ValueError, AttributeError, AssertionError, RecursionError) as error:
        raise NotText(f"{name} is no mail we can read", name=name) from error
    if not isinstance(payload, bytes):
        raise NotText(f"{name} is a mail without plain text", name=name)
    return _decoded(name, payload, charset or "")


def _decoded(name: str, data: bytes, charset: str) -> str:
    """The bytes as text: as UTF-8 if they are valid, else as declared, else by evidence."""
    for encoding in ("utf-8", charset):
        try:
            return decode(name, data.decode(encoding).encode()).text
        except (LookupError, ValueError):
            continue
    return decode(name, data).text
