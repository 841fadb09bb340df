"""A record of where a text came from, signed, so that nobody changes either unnoticed.

Invariant: a record holds for exactly one text. It proves that this installation wrote it, to who
trusts this installation; it is a seal, not a public signature: who can check it could also forge
it. Inspired by C2PA (https://c2pa.org), small and not compatible with it.

Source: Krawczyk et al. 1997, "HMAC: Keyed-Hashing for Message Authentication", RFC 2104.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import platformdirs

from core.lineage import canonical_json

FORMAT: Final = "glassbox-provenance/1"
HOME_VARIABLE: Final = "GLASSBOX_HOME"
KEY_FILE: Final = "signing.key"
KEY_BYTES: Final = 32

Verdict = Literal["intact", "text_changed", "record_changed", "unreadable"]
"""unreadable: not the fields of a record; record_changed: the seal does not fit, because a field
was changed or another installation signed it; text_changed: the record is as it was, the text is
not."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """How a text came to be.

    Args:
        model: id of the checkpoint that wrote it.
        lineage: ids of what that was made from, oldest first.
        settings: of the drawing, as JSON can hold them.
        seed: of the draws.
        stages: names of the stages it went through, in order.
        written_at: UTC, ISO 8601; empty where it must not matter.
    """

    model: str
    lineage: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    stages: tuple[str, ...] = ()
    written_at: str = ""


@dataclass(frozen=True, kw_only=True)
class Record(Origin):
    """An origin, the text it belongs to, and the seal over both."""

    format: str = FORMAT
    text_hash: str = ""
    """SHA-256 of the text in UTF-8, in hex digits"""
    n_characters: int = 0
    signature: str = ""
    """HMAC-SHA256 over all other fields, in hex digits"""


def signed(text: str, origin: Origin, key: bytes | None = None) -> Record:
    """Make the record of a text.

    Args:
        text: what leaves.
        origin: how it came to be.
        key: signs; None: the key of this installation.

    Raises:
        ValueError: the settings hold what JSON has no form for.
    """
    about = asdict(origin)
    unsigned = Record(**about, text_hash=_hash(text), n_characters=len(text))
    return Record(**{**asdict(unsigned), "signature": seal(asdict(unsigned), key)})


def verify(text: str, record: Mapping[str, Any], key: bytes | None = None) -> Verdict:
    """Hold a text and its record against the seal.

    Args:
        text: as it arrived.
        record: as it arrived, from JSON; may be anything.
        key: that signed it; None: the key of this installation.
    """
    signature = record.get("signature")
    if set(record) != set(asdict(Record(model=""))) or not isinstance(signature, str):
        return "unreadable"
    try:
        if not fits_seal(record, key):
            return "record_changed"
    except (TypeError, ValueError):  # values that JSON has no form for
        return "unreadable"
    return "intact" if record["text_hash"] == _hash(text) else "text_changed"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def seal(record: Mapping[str, Any], key: bytes | None = None) -> str:
    """The signature over all fields of a record but itself.

    Args:
        record: its fields, as JSON can hold them.
        key: signs; None: the key of this installation.

    Raises:
        TypeError, ValueError: the record holds what JSON has no form for.
    """
    content = {name: value for name, value in record.items() if name != "signature"}
    return hmac.new(key or installation_key(), canonical_json(content), "sha256").hexdigest()


def fits_seal(record: Mapping[str, Any], key: bytes | None = None) -> bool:
    """Whether a record's signature is the seal over its other fields; raises as `seal` does."""
    said = str(record.get("signature", ""))
    # Compared in constant time: how long it takes tells nobody how many digits were right.
    return hmac.compare_digest(seal(record, key).encode(), said.encode("utf-8", "replace"))


def installation_key() -> bytes:
    """The secret of this installation, drawn when it is first needed and kept beside its data."""
    chosen = os.environ.get(HOME_VARIABLE)
    home = Path(chosen).expanduser() if chosen else _platform_home()
    return key_in(home)


def _platform_home() -> Path:
    return Path(platformdirs.user_data_dir("glassbox", appauthor=False))


@cache
def key_in(folder: Path) -> bytes:
    """The secret kept in a folder; two processes that draw it at once keep the same one."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / KEY_FILE
    if not path.exists():
        draft = folder / f"{KEY_FILE}.{secrets.token_hex(8)}"
        with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
        try:
            os.link(draft, path)  # fails where another process was quicker
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()
