"""The `glassbox` field of a request: which stages the answer goes through, and where it goes.

    {"stages": [{"name": "private", "on": true, "settings": {…}}, "secrets"], "language": "de",
     "quote": false, "webhook": "https://…"}

`stages` may also be the name of a preset. What is wrong is named by its path, such as
`glassbox.stages[1].settings.mode`. The stages come from this field alone: nothing that stands in a
prompt or a letter can switch one off.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from core.api.chat import language_of_question
from core.api.errors import ApiError
from core.api.models import Model
from core.api.requests import GlassboxField
from core.api.webhook import Address, admitted
from core.data.world import Town, WorldSettings, town
from core.errors import SettingError, WebhookRefused
from core.jobs.labelling import classifier_of
from core.lineage import canonical_json
from core.postprocessing.stages import (
    ON_BY_DEFAULT,
    ORDER,
    STAGES,
    Context,
    StageSetting,
    from_dict,
)
from core.store import Store

MAX_STAGES: Final = 20
PRESETS: Final[dict[str, tuple[str, ...]]] = {
    "none": (),
    "default": ON_BY_DEFAULT,
    "strict": ("private", "secrets", "words", "classifier"),
    "letter": ("private", "secrets", "words", "tone"),
    "all": tuple(name for name in ORDER if name != "format"),  # not every answer is a table
}
"""Name of a preset -> its stages, in order; each with its settings as they start."""


@dataclass(frozen=True)
class Line:
    """What was asked for, checked.

    Args:
        stages: in order.
        context: what they may know.
        opening: stands before what the model writes, and goes through the stages too.
        webhook: where the envelope goes besides, and its address in parts.
    """

    stages: tuple[StageSetting, ...]
    context: Context
    opening: str = ""
    webhook: tuple[str, Address] | None = None


def preset(name: str) -> tuple[StageSetting, ...]:
    """The stages of a preset.

    Raises:
        SettingError: there is no preset of this name.
    """
    if name not in PRESETS:
        raise SettingError("stages", name, f"must be one of {', '.join(PRESETS)}, or a list")
    return tuple(StageSetting(stage) for stage in PRESETS[name] if stage in STAGES)


def line_of(
    asked: GlassboxField,
    store: Store,
    owner: str,
    model: Model,
    question: str,
    seed: int,
    lang: str | None = None,
) -> Line:
    """Check the field and say what it means for one answer.

    Args:
        asked: the field.
        store: where the model's town is found.
        owner: who asks.
        model: who will answer.
        question: what it is asked.
        seed: of everything random.
        lang: the request's own language, where the field names none.

    Raises:
        ApiError: something in the field is impossible; `param` is the path to it.
    """
    context = Context(
        lang=asked.language or lang or language_of_question(question),
        question=question,
        town=town_of(store, owner, model.checkpoint.id),
        model_id=model.checkpoint.id,
        seed=seed,
        conversation=owner,
        classifier=classifier_of(store, owner),
    )
    opening = quoted(question) if asked.quote else ""
    return Line(stages_of(asked.stages), context, opening, _webhook(asked.webhook))


def stages_of(given: list[Any] | str) -> tuple[StageSetting, ...]:
    """The stages of a request.

    Raises:
        ApiError: a stage, a setting or a preset is impossible.
    """
    if isinstance(given, list) and len(given) > MAX_STAGES:
        raise ApiError(400, f"More than {MAX_STAGES} stages.", "too_many", "glassbox.stages")
    try:
        return preset(given) if isinstance(given, str) else from_dict(given)
    except SettingError as error:
        path = "glassbox." + _whole_path(str(error.values["name"]), given)
        message = f"{path} is {_shown(error.values['value'])}, {error.values['rule']}"
        raise ApiError(400, message, "invalid_value", path) from None


def quoted(text: str) -> str:
    """A text as the one who answers a letter quotes it."""
    lines = text.strip().splitlines()
    return "".join(f"> {line}".rstrip() + "\n" for line in lines) + "\n" if lines else ""


def town_of(store: Store, owner: str, checkpoint_id: str) -> Town | None:
    """The small world a model has read about; None for a model of any other text."""
    for artifact in reversed(store.artifacts.lineage(owner, checkpoint_id)):
        if artifact.kind == "corpus" and artifact.settings.get("world"):
            return _town(canonical_json(artifact.settings["world"]))
    return None


def described_stages(names: Iterable[str] = ORDER) -> list[dict[str, Any]]:
    """The stages there are, in their order."""
    return [
        {"name": name, "object": "stage", "on_by_default": name in ON_BY_DEFAULT}
        for name in names
        if name in STAGES
    ]


@lru_cache(maxsize=8)
def _town(settings: bytes) -> Town | None:
    try:
        return town(WorldSettings(**json.loads(settings)))
    except (SettingError, TypeError):  # told by another version of the world
        return None


def _webhook(url: str | None) -> tuple[str, Address] | None:
    if url is None:
        return None
    try:
        return url, admitted(url)
    except WebhookRefused as error:
        code = f"webhook_{error.values['reason']}"
        raise ApiError(400, str(error), code, "glassbox.webhook") from None


def _whole_path(path: str, given: list[Any] | str) -> str:
    """`stages[1].mode` as `stages[1].settings.mode`: a stage names its own settings alone."""
    found = re.fullmatch(r"stages\[(\d+)\]\.(\w+)(.*)", path, re.DOTALL)
    if found is None or found[2] in ("name", "on", "settings"):
        return path
    stage = given[int(found[1])]
    beside = isinstance(stage, dict) and found[2] in stage  # no setting, but beside the settings
    return path if beside else f"stages[{found[1]}].settings.{found[2]}{found[3]}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:79] + "…"
