"""Errors on their way between processes and into the store, as plain JSON.

Invariant: only errors from our own tree are rebuilt; of any other, only a sentence arrives.
"""

import logging
import math
from collections.abc import Mapping
from typing import Any

from core.errors import GlassboxError

log = logging.getLogger(__name__)


def described(error: BaseException) -> dict[str, Any]:
    """An error as JSON: the catalogue key, the values, and an English sentence."""
    if isinstance(error, GlassboxError):
        return {"key": error.key, "values": finite(error.values), "message": str(error)}
    sentence = f"{type(error).__name__}: {error}"
    return {"key": GlassboxError.key, "values": {}, "message": sentence}


def rebuilt(description: Mapping[str, Any]) -> GlassboxError:
    """The error from its description; one with an unknown key becomes a GlassboxError."""
    kinds = {kind.key: kind for kind in reversed(_tree(GlassboxError))}
    kind = kinds.get(description["key"], GlassboxError)
    error = kind.__new__(kind)
    GlassboxError.__init__(error, description["message"], **description["values"])
    return error


def log_unforeseen(what: str, error: BaseException) -> None:
    """Log an error that is not of our tree, with its traceback, in the process where it happened.

    Args:
        what: has failed.
        error: why; those of our tree are told to whoever asked, and to nobody else.
    """
    if not isinstance(error, GlassboxError):
        log.error("%s has failed: %s", what, type(error).__name__, exc_info=error)


def finite(value: Any) -> Any:
    """The same value with None in place of NaN and infinities, which JSON cannot represent."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value if value is None or isinstance(value, str | int) else str(value)


def _tree(kind: type[GlassboxError]) -> list[type[GlassboxError]]:
    return [kind, *(found for below in kind.__subclasses__() for found in _tree(below))]
