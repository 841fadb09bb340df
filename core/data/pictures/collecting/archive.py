"""A corpus as one file and back: safetensors, the pictures as they are and the truth as JSON.

Where it holds the book's own pages and nothing else, its settings are enough: the same pages are
drawn from them again. Nothing in such a file can run. Equal corpora give equal bytes.
"""

import json
from typing import Any, Final

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from core.data.pictures.collecting.corpus import NO_COPY, Corpus, Entry, draw_corpus
from core.data.pictures.collecting.settings import PictureSettings
from core.data.pictures.scenes import Scene
from core.errors import SettingError, UnreadablePicture

ENTRY: Final = "glassbox"  # one only: safetensors writes several in no fixed order
FORMAT: Final = 1


def to_bytes(corpus: Corpus) -> bytes:
    """The corpus as a safetensors file: a uint8 tensor `pictures`, everything else as JSON."""
    about = {
        "format": FORMAT,
        "settings": corpus.settings.to_dict(),
        "entries": [_row(entry) for entry in corpus.entries],
    }
    text = json.dumps(about, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return bytes(save({"pictures": corpus.pictures}, {ENTRY: text}))


def order_bytes(settings: PictureSettings) -> bytes:
    """The book's own pages as the settings they are drawn from: a few hundred bytes of JSON."""
    order = {"format": FORMAT, "settings": settings.to_dict()}
    return json.dumps(order, sort_keys=True, separators=(",", ":")).encode("ascii")


def from_bytes(data: bytes) -> Corpus:
    """The inverse of `to_bytes`, and of `order_bytes`: then the pages are drawn, which takes about
    half a millisecond each.

    Raises:
        UnreadablePicture: the bytes are damaged, or were not written by `to_bytes`.
    """
    if data[:1] == b"{":
        return draw_corpus(_ordered(data))
    try:
        n_header = int.from_bytes(data[:8], "little")  # the length of the header comes first
        about = json.loads(json.loads(data[8 : 8 + n_header])["__metadata__"][ENTRY])
        if about["format"] != FORMAT:
            raise ValueError(f"format is {about['format']!r}, must be {FORMAT}")
        settings = PictureSettings.from_dict(about["settings"])
        entries = tuple(_entry(row) for row in about["entries"])
        pictures = load(data)["pictures"]
        shape = (len(entries), settings.size, settings.size, 3)
        if pictures.dtype != np.uint8 or pictures.shape != shape:
            raise ValueError(f"pictures are {pictures.dtype} {pictures.shape}, must be {shape}")
    except (SafetensorError, SettingError, ValueError, KeyError, TypeError) as error:
        raise UnreadablePicture("this file is no corpus of ours", reason="corpus") from error
    return Corpus(settings, pictures, entries)


def _ordered(data: bytes) -> PictureSettings:
    try:
        order = json.loads(data)
        if order["format"] != FORMAT:
            raise ValueError(f"format is {order['format']!r}, must be {FORMAT}")
        return PictureSettings.from_dict(order["settings"])
    except (SettingError, ValueError, KeyError, TypeError) as error:
        raise UnreadablePicture("this file is no corpus of ours", reason="corpus") from error


def _row(entry: Entry) -> dict[str, Any]:
    row: dict[str, Any] = {"caption": entry.caption, "lang": entry.lang}
    if entry.scene is not None:
        row["scene"] = entry.scene.to_dict()
    if entry.said is not None and not entry.caption_fits:
        row["said"] = entry.said.to_dict()
    if entry.source:
        row["source"] = entry.source
    if entry.original != NO_COPY:
        row |= {"original": entry.original, "near": entry.near}
    return row


def _entry(row: dict[str, Any]) -> Entry:
    scene = Scene.from_dict(row["scene"]) if "scene" in row else None
    said = Scene.from_dict(row["said"]) if "said" in row else scene
    original, near = int(row.get("original", NO_COPY)), bool(row.get("near", False))
    source = str(row.get("source", ""))
    return Entry(scene, str(row["caption"]), str(row["lang"]), said, original, near, source)
