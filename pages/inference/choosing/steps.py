"""The steps between scores and draw as the view's handles stand, made into core's processors."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple
from typing import Any, Final, cast

from core.inference import processors
from core.inference.processors import Processor
from pages.kit.catalogue import Words
from pages.kit.components.choice import step_names
from pages.kit.numbers import decimal

START: Final = {"temperature": 0.8, "top_p": 0.9}
MADE: Final[Mapping[str, tuple[Callable[[float], Processor], float, float, float, int]]] = {
    "repetition_penalty": (processors.RepetitionPenalty, 1.0, 1.0, 2.0, 2),
    "presence_penalty": (processors.PresencePenalty, 0.0, -2.0, 2.0, 1),
    "frequency_penalty": (processors.FrequencyPenalty, 0.0, -2.0, 2.0, 1),
    "temperature": (processors.Temperature, 1.0, 0.0, 2.0, 2),
    "top_k": (lambda k: processors.TopK(int(k)), 0.0, 0.0, 50.0, 0),
    "top_p": (processors.TopP, 1.0, 0.05, 1.0, 2),
    "min_p": (processors.MinP, 0.0, 0.0, 0.5, 2),
    "typical_p": (processors.Typical, 1.0, 0.05, 1.0, 2),
}
"""each with where it does nothing, its range and its decimals, as in assets/choice.js"""

Setting = tuple[str, float]
"""a step's name and its value"""


def settings_of(sent: object, names: Sequence[str]) -> tuple[Setting, ...]:
    """Order and values as a browser sends them; anything may stand there.

    Args:
        sent: {"order": names, "values": by name}; what is missing or out of range is left as it is
            at the start.
        names: the steps that are shown, in the order in which they begin.
    """
    given = sent if isinstance(sent, Mapping) else {}
    order, values = given.get("order"), given.get("values")
    found = list(dict.fromkeys(name for name in _list(order) if name in names))
    found += [name for name in names if name not in found]
    by_name = values if isinstance(values, Mapping) else START
    return tuple((name, _value(name, by_name.get(name))) for name in found)


def in_force(settings: Sequence[Setting]) -> tuple[Processor, ...]:
    """The steps that do something, first to last."""
    return tuple(MADE[name][0](value) for name, value in settings if value != MADE[name][1])


def told(order: Sequence[Processor], t: Words) -> str:
    """Steps with their settings in words, such as "Temperature 0.80, Top-p 0.90"."""
    names = step_names(t)
    return ", ".join(
        f"{names[step.name]} {decimal(_number(step), t.lang, MADE[step.name][4])}" for step in order
    )


def _number(step: Processor) -> float:
    """The one number of a step, whatever it is called."""
    (value,) = astuple(cast(Any, step))
    return float(value)


def _value(name: str, given: Any) -> float:
    _, rest, low, high, _ = MADE[name]
    if isinstance(given, bool) or not isinstance(given, int | float) or not low <= given <= high:
        return rest
    return float(given)


def _list(given: object) -> list[str]:
    return [str(each) for each in given] if isinstance(given, list | tuple) else []
