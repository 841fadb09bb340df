"""What is wrong with a lesson, in the reader's language."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from core.errors import LessonError
from pages.kit.catalogue import Words

WHY: Final[Mapping[str, Callable[[Words, Any], str]]] = {
    "too_long": lambda t, v: t("room.bad_too_long", **v),
    "no_toml": lambda t, v: t("room.bad_no_toml", **v),
    "no_steps": lambda t, v: t("room.bad_no_steps"),
    "too_many_steps": lambda t, v: t("room.bad_too_many_steps", **v),
    "no_boolean": lambda t, v: t("room.bad_no_boolean", **v),
    "unknown_page": lambda t, v: t("room.bad_unknown_page", **v),
    "unknown_phone": lambda t, v: t("room.bad_unknown_phone", **v),
    "no_seconds": lambda t, v: t("room.bad_no_seconds", **v),
    "no_table": lambda t, v: t("room.bad_no_table", **v),
    "no_value": lambda t, v: t("room.bad_no_value", **v),
    "no_list": lambda t, v: t("room.bad_no_list", **v),
    "unknown_setting": lambda t, v: t("room.bad_unknown_setting", **v),
    "no_question": lambda t, v: t("room.bad_no_question", **v),
    "too_few_options": lambda t, v: t("room.bad_too_few_options"),
    "unknown_option": lambda t, v: t("room.bad_unknown_option", **v),
    "too_many_options": lambda t, v: t("room.bad_too_many_options", **v),
    "option_key": lambda t, v: t("room.bad_option_key", **v),
    "missing": lambda t, v: t("room.bad_missing", **v),
    "no_languages": lambda t, v: t("room.bad_no_languages", **v),
    "no_number": lambda t, v: t("room.bad_no_number", **v),
    "unknown_field": lambda t, v: t("room.bad_unknown_field", **v),
    "part_key": lambda t, v: t("room.bad_part_key", **v),
    "no_control": lambda t, v: t("room.bad_no_control", **v),
}
"""Reason of a LessonError -> its sentence."""


def why(error: LessonError, t: Words) -> str:
    """What is wrong, with the line."""
    said = WHY[error.reason](t, error.values)
    return t("room.write_bad", line=error.line, why=said)
