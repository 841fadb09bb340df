"""The model as a picture, drawn from its config alone."""

from typing import Any

from core.architecture.config import ModelConfig
from core.architecture.sizes import n_parameters, parameters_by_part, shapes
from pages.kit import numbers
from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount

FLOWS = ("tokens", "embedding", "attention", "block", "logits")
"""what flows between the parts, by the names of core.architecture.sizes.shapes"""


def model_map(
    config: ModelConfig, t: Words, *, key: str, n_tokens: int, play: bool = False
) -> None:
    """The model as a picture: parts as large as their parameters, and the shapes between them.

    Args:
        config: the model.
        n_tokens: tokens on their way through it.
        play: whether it goes from part to part by itself.
    """
    shape = {stage.name: stage for stage in shapes(config, n_tokens)}
    flows = [
        {
            "letters": " × ".join(shape[name].axes[1:]),
            "sizes": " × ".join(numbers.whole(n, t.lang) for n in shape[name].shape[1:]),
        }
        for name in FLOWS
    ]
    words = {
        "label": t("components.model_map"),
        "blocks": t("components.blocks", n=config.n_layers),
        "total": t("components.total", n=numbers.whole(n_parameters(config), t.lang)),
        "hint": t("components.map_hint"),
        "play": t("components.play"),
        "pause": t("components.pause"),
    }
    data = {
        "parts": _parts(config, t),
        "flows": flows,
        "n_layers": config.n_layers,
        "play": play,
        "words": words,
    }
    mount("model_map", key, data)


def _parts(config: ModelConfig, t: Words) -> list[dict[str, Any]]:
    """The parts in the order of the flow; "each" counts the parameters of one drawn square."""
    counts = parameters_by_part(config)
    names = (
        ("tokens", "", t("components.part_tokens"), t("components.note_tokens")),
        (
            "embedding",
            "token_embedding",
            t("components.part_embedding"),
            t("components.note_embedding"),
        ),
        (
            "attention",
            "attention",
            t("components.part_attention"),
            t("components.note_attention", n=config.n_heads),
        ),
        (
            "feedforward",
            "feedforward",
            t("components.part_feedforward"),
            t("components.note_feedforward"),
        ),
        (
            "unembedding",
            "unembedding",
            t("components.part_unembedding"),
            t("components.note_unembedding"),
        ),
        (
            "probabilities",
            "",
            t("components.part_probabilities"),
            t("components.note_probabilities"),
        ),
    )
    parts = []
    for name, source, title, note in names:
        count = counts.get(source, 0)
        share = numbers.share(count / sum(counts.values()), t.lang)
        written = t("components.parameters", n=numbers.whole(count, t.lang), share=share)
        none = t("components.part_tied") if name == "unembedding" and config.tied else ""
        parts.append(
            {
                "name": name,
                "title": title,
                "note": note,
                "each": count / config.n_layers if name in ("attention", "feedforward") else count,
                "shown": share if count else "",
                "detail": written if count else none,
                "none": none,
            }
        )
    return parts
