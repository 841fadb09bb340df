"""The plain text of a mail file."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from core.data.decoding import decode
from core.errors import NotText

HEAD_BYTES = 2_000
"""of a file that must be text, or it is no mail"""


def mail_text(name: str, data: bytes) -> str:
    """The plain text of a mail; attachments are left alone.

    A hostile mail can keep Python's parser busy for minutes: call this in a child process, as
    core.data.untrusted does.

    Args:
        name: of the file.
        data: the file.

    Raises:
        NotText: it is no mail, or a mail without plain text.
    """
    decode(name, data[:HEAD_BYTES])
    try:
        message = message_from_bytes(data, policy=default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain",))
        text = body.get_content() if body is not None else None
    except (LookupError, ValueError, AttributeError, AssertionError, RecursionError) as error:
        raise NotText(f"{name} is no mail we can read", name=name) from error
    if not isinstance(text, str):
        raise NotText(f"{name} is a mail without plain text", name=name)
    return text.replace("\r\n", "\n")
