"""JSON files that come with a model: read whole, but never more than a limit."""

import json
from pathlib import Path
from typing import Any


def read_json(path: Path, most_bytes: int) -> Any:
    """The content of a JSON file, None if there is none that can be read.

    Args:
        path: of the file.
        most_bytes: a file above that is not read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
        return json.loads(data) if len(data) <= most_bytes else None
    except (OSError, ValueError, RecursionError):
        return None
