"""The whole way of a choice: logits, processors in any order, probabilities, the draw."""

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount

USUAL: Final = ("repetition_penalty", "temperature", "top_k", "top_p", "min_p")
ALL: Final = (
    "repetition_penalty",
    "presence_penalty",
    "frequency_penalty",
    "temperature",
    "top_k",
    "top_p",
    "min_p",
    "typical_p",
)
"""processors as `core.inference.processors` names them, in the order in which they begin"""


def choice(
    logits: NDArray[np.float32],
    texts: Sequence[str],
    before: Sequence[int],
    t: Words,
    *,
    key: str,
    id_: str,
    names: Sequence[str],
    values: Mapping[str, float],
    settings: Sequence[tuple[str, float]],
    seed: int,
    n_thrown: int,
    takes: bool,
    first: Callable[[], None],
) -> None:
    """Draw the way from a model's logits to the token that is drawn.

    What is chosen comes back as "take", with the settings it was chosen under; the settings alone
    as "settings".

    Args:
        logits: (V,) the model's scores.
        texts: (V,) how every token is read.
        before: tokens of the text so far: what the penalties look at.
        id_: changes when the sentence or the model does.
        names: processors that are shown, in the order in which they begin.
        values: where their handles are reset to; a missing one does nothing.
        settings: where their handles begin, in order.
        seed: of the draws.
        n_thrown: darts of the seed that have been thrown before.
        takes: whether a candidate can be appended to the text.
        first: called when something has been chosen or set.
    """
    start = {"order": list(names), "values": dict(values)}
    data: dict[str, Any] = {
        "logits": base64.b64encode(logits.astype("<f4").tobytes()).decode("ascii"),
        "texts": list(texts),
        "before": [int(token) for token in before],
        "id": id_,
        "settings": {"order": [name for name, _ in settings], "values": dict(settings)},
        "start": start,
        "seed": seed,
        "thrown": n_thrown,
        "takes": takes,
        "lang": t.lang,
        "words": _words(t),
    }
    mount("choice", key, data, "settings", "take", first=first)


def step_names(t: Words) -> dict[str, str]:
    """What every processor is called."""
    return {
        "repetition_penalty": t("choosing.repetition_penalty"),
        "presence_penalty": t("choosing.presence_penalty"),
        "frequency_penalty": t("choosing.frequency_penalty"),
        "temperature": t("choosing.temperature"),
        "top_k": "Top-k",
        "top_p": "Top-p",
        "min_p": "Min-p",
        "typical_p": t("choosing.typical_p"),
    }


def _words(t: Words) -> dict[str, str]:
    """The view's words; the browser fills in what is in braces."""
    return {
        "token": t("choosing.token"),
        "model": t("choosing.model"),
        "softmax": t("choosing.softmax"),
        "draws": t("choosing.draws"),
        "counted": t("choosing.counted"),
        "not_yet": t("choosing.not_yet"),
        **step_names(t),
        "off": t("choosing.off"),
        "out": t("choosing.out"),
        "used": t("choosing.used"),
        "left": t("choosing.left", n="{n}"),
        "others": t("choosing.others", n="{n}"),
        "rest": t("choosing.rest"),
        "earlier": t("choosing.earlier", name="{name}"),
        "later": t("choosing.later", name="{name}"),
        "throw": t("choosing.throw"),
        "many": t("choosing.many"),
        "again": t("choosing.again"),
        "search": t("choosing.search"),
        "take": t("choosing.take", word="{word}", share="{share}"),
        "take_it": t("choosing.take_it", word="{word}"),
        "hint": t("choosing.hint"),
        "hit": t("choosing.hit", word="{word}", share="{share}", dart="{dart}"),
        "thousand": t(
            "choosing.thousand", word="{word}", n="{n}", expected="{expected}", kinds="{kinds}"
        ),
        "told": t("choosing.told", n="{n}", word="{word}", share="{share}"),
    }
