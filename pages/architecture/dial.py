"""The size dial with its knobs, and the plan they ask for.

A plan is one of the dial's stops plus the knobs that differ from it. Both arrive in the URL, so
neither can be trusted: unknown parts are ignored, and ModelConfig refuses what is impossible.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from core.architecture.config import CHOICES, ModelConfig
from core.architecture.sizes import SIZES, size_of

Changes = dict[str, int | str | bool]

HOUSE: Final = "house"  # the stop for the example model's plan

RANGES: Final = {  # lowest, highest, step: models a laptop can build and look into
    "n_layers": (1, 16, 1),
    "n_channels": (16, 512, 8),
    "n_heads": (1, 16, 1),
    "n_kv_heads": (1, 16, 1),
    "n_hidden": (16, 2048, 16),
    "n_context": (16, 512, 16),
}
SWITCHES: Final = ("qk_norm", "tied", "bias")
KNOBS: Final = (*RANGES, *CHOICES, *SWITCHES)


def stops(house: ModelConfig | None) -> list[str]:
    """The stops of the dial, the example model's included if there is one."""
    return [*([HOUSE] if house else []), *SIZES]


def stop(size: str, n_vocab: int, house: ModelConfig | None) -> ModelConfig:
    """The plan at one stop, for a given vocabulary.

    Raises:
        SettingError: there is no such stop.
    """
    if size == HOUSE and house:
        return replace(house, n_vocab=n_vocab)
    return size_of(size, n_vocab)


def changed(base: ModelConfig, changes: Mapping[str, Any]) -> ModelConfig:
    """A stop's plan with some of its knobs turned.

    Raises:
        SettingError: no such model can be built.
    """
    return replace(base, **changes)


def written(changes: Mapping[str, Any]) -> str:
    """Turned knobs in the form a link carries them: "n_layers:5 tied:no"."""
    words = {True: "yes", False: "no"}
    return " ".join(
        f"{name}:{words[value] if isinstance(value, bool) else value}"
        for name, value in changes.items()
    )


def read(text: str) -> Changes:
    """The inverse of `written`; anything it could not have written is ignored."""
    found: Changes = {}
    for part in text.split():
        name, _, value = part.partition(":")
        if name in RANGES and value.isascii() and value.isdigit() and len(value) < 6:
            low, high, _step = RANGES[name]
            if low <= int(value) <= high:
                found[name] = int(value)
        elif value in CHOICES.get(name, ()):
            found[name] = value
        elif name in SWITCHES and value in ("yes", "no"):
            found[name] = value == "yes"
    return found


def differences(config: ModelConfig, base: ModelConfig) -> Changes:
    """The knobs in which a plan differs from a stop."""
    return {
        name: getattr(config, name)
        for name in KNOBS
        if getattr(config, name) != getattr(base, name)
    }


def nearest(config: ModelConfig, house: ModelConfig | None) -> tuple[str, Changes]:
    """The stop with the fewest differing knobs, and those knobs: how the dial shows any plan."""
    found = {name: differences(config, stop(name, config.n_vocab, house)) for name in stops(house)}
    name = min(found, key=lambda name: len(found[name]))
    return name, found[name]


def refusal(asked: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """Why these knobs make no model, if they contradict each other.

    Args:
        asked: the values of all knobs.

    Returns:
        the catalogue key of the reason and the values it names; None if nothing contradicts.
    """
    C, H, K = asked["n_channels"], asked["n_heads"], asked["n_kv_heads"]
    if C % H:
        fitting = _dividers(C, RANGES["n_heads"][1])
        return "architecture.refused_heads", {"channels": C, "heads": H, "fitting": fitting}
    if H % K:
        return "architecture.refused_kv", {"heads": H, "kv": K, "fitting": _dividers(H, H)}
    if asked["positions"] == "rotary" and (C // H) % 2:
        return "architecture.refused_odd", {"size": C // H, "heads": H}
    return None


def _dividers(n: int, limit: int) -> str:
    return ", ".join(str(d) for d in range(1, limit + 1) if n % d == 0)
