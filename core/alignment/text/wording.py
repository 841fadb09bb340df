"""The wording of manners, styles, fields and prompts: data files beside this module, read once."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def wording(lang: str, file: str = "manners") -> dict[str, Any]:
    """The tables of `<file>.<lang>.toml`; nobody changes them.

    Args:
        lang: "de" or "en".
        file: "manners", "styles", "fields" or "prompts".
    """
    path = Path(__file__).with_name(f"{file}.{lang}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
