"""Several files as one zip archive; equal files give equal bytes."""

import io
import zipfile
from collections.abc import Mapping
from typing import Final

LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)  # the earliest date that the format knows
PACKED_WELL: Final = (".json", ".md", ".ipynb", ".jsonl", ".txt", ".csv")


def zipped(folder: str, files: Mapping[str, bytes]) -> bytes:
    """An archive with one folder.

    Args:
        folder: the folder's name.
        files: path inside the folder -> bytes. Texts are packed; weights hardly shrink, so they
            are stored as they are.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(f"{folder}/{path}", LONG_AGO)
            entry.external_attr = 0o644 << 16
            is_text = path.endswith(PACKED_WELL)
            entry.compress_type = zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED
            archive.writestr(entry, data)
    return out.getvalue()
