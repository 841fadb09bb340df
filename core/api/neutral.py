"""Fields of OpenAI's API that are accepted as long as they ask for nothing.

Clients send many fields with their default value. Such a value changes nothing, so it is accepted;
any other value is refused in a sentence that names it, because this server would ignore it.
"""

import json
from typing import Any, Final

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

NOT_SUPPORTED: Final = "not_supported"
"""The code of such a refusal."""

LONGEST_SHOWN: Final = 60  # characters of a refused value in a message


def neutral(*values: Any) -> BeforeValidator:
    """For `Annotated[Any, neutral(0)]`: a field that may only hold what asks for nothing.

    Args:
        values: what is accepted besides null, as JSON.
    """

    def check(value: Any) -> Any:
        if value is None or any(_same(value, known) for known in values):
            return value
        raise PydanticCustomError(
            NOT_SUPPORTED,
            "{value} is not supported by this server; {instead}",
            {
                "value": shown(value),
                "instead": f"send {shown(values[0])} or leave it out" if values else "leave it out",
            },
        )

    return BeforeValidator(check)


def number(value: Any) -> Any:
    """A value for a numeric field: JSON's true and false are no numbers.

    Raises:
        PydanticCustomError: it is true or false.
    """
    if isinstance(value, bool):
        raise PydanticCustomError(
            "not_a_number", "{value} is not a number", {"value": shown(value)}
        )
    return value


def shown(value: Any) -> str:
    """A value as it stands in JSON, cut short."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def _same(value: Any, known: Any) -> bool:
    """Equal as JSON: 0 and 0.0 are one number, but false is not 0."""
    return value == known and isinstance(value, bool) == isinstance(known, bool)
