"""The model as a picture: its parts, and a sentence passing through them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from core.architecture.config import ModelConfig
from core.architecture.sizes import n_parameters, parameters_by_part, shapes
from pages.kit import numbers
from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount

FLOWS = ("tokens", "embedding", "attention", "block", "logits")
"""what flows between the parts, by the names in core.architecture.sizes.shapes"""


@dataclass(frozen=True)
class Likely:
    """A possible next token, as displayed, and its probability."""

    text: str
    probability: float


@dataclass(frozen=True)
class Lane:
    """One token on its way through the model.

    Args:
        text: the token as displayed.
        id: its number in the vocabulary.
        position: its position in the sentence, from 0.
        vector: the first numbers of its embedding, from -1 to 1.
        after: the first numbers of its vector after the block drawn, from -1 to 1.
        word: the word that ends with this token, as far as it has come, as displayed.
        guesses: what the model would write after this token, likeliest first.
    """

    text: str
    id: int
    position: int
    vector: Sequence[float]
    after: Sequence[float]
    word: str
    guesses: Sequence[Likely]


@dataclass(frozen=True)
class Passage:
    """A sentence passing through a real model.

    Args:
        lanes: its last tokens.
        n_before: number of earlier tokens that are not shown.
        weights: a row for each lane: how much it looks at the tokens not shown (only if there are
            any), then at each lane; shares of 1.
        layer, head: the layer and head of that attention, from 0.
        n_vector: total length of a vector.
        whose: whose trained model it is; empty: nobody has trained it yet.
    """

    lanes: Sequence[Lane]
    n_before: int
    weights: Sequence[Sequence[float]]
    layer: int
    head: int
    n_vector: int
    whose: Literal["house", "yours", ""]


def model_map(
    config: ModelConfig,
    t: Words,
    *,
    key: str,
    n_tokens: int,
    passage: Passage | None = None,
    group: str = "sentence",
    detailed: bool = False,
    named: bool = False,
    play: bool = False,
) -> None:
    """The model as a picture, with a sentence inside: vectors, attention, the next token.

    Args:
        config: the model's plan.
        n_tokens: number of tokens in the sentence, for the shapes.
        passage: the sentence in a model with this plan; None: only the plan.
        group: views of the same sentence share a name.
        detailed: whether the shapes between the parts are shown.
        named: whether the attention drawn says of which layer and head it is.
        play: whether it moves from part to part automatically.
    """
    shape = {stage.name: stage for stage in shapes(config, n_tokens)}
    flows = [
        {
            "letters": " × ".join(shape[name].axes[1:]),
            "sizes": " × ".join(numbers.whole(n, t.lang) for n in shape[name].shape[1:]),
        }
        for name in FLOWS
    ]
    data = {
        "parts": _parts(config, t),
        "flows": flows if detailed else [],
        "n_layers": config.n_layers,
        "rotary": config.positions == "rotary",
        "passage": asdict(passage) if passage else None,
        "group": group,
        "play": play,
        "lang": t.lang,
        "words": _words(config, passage, t, named),
    }
    mount("model_map", key, data)


def _words(config: ModelConfig, passage: Passage | None, t: Words, named: bool) -> dict[str, str]:
    """The picture's words; the browser fills in what is in double braces."""
    found: dict[str, str] = {
        "label": t("components.model_map"),
        "blocks": t("components.blocks", n=config.n_layers),
        "total": t("components.total", n=numbers.whole(n_parameters(config), t.lang)),
        "invite": t("components.map_invite") if passage else "",
        "hint": t("components.map_hint") if passage else "",
        "headings": t("components.map_headings"),
        "areas": t("components.map_areas", n=numbers.whole(n_parameters(config), t.lang)),
        "play": t("components.play"),
        "pause": t("components.pause"),
    }
    if passage is None:
        return found
    return found | {
        "blocks": t("components.blocks_shown", n=config.n_layers),
        "before": t("components.tokens_before", n=passage.n_before),
        "vector": t("components.vector", n=passage.n_vector),
        "place": t("components.map_place"),
        "head": t(
            "components.map_head",
            layer=passage.layer + 1,
            head=passage.head + 1,
            n=config.n_layers * config.n_heads,
        )
        if named
        else t("components.map_lines"),
        "start": t("components.map_start"),
        "after": t("components.vector_after", layer=passage.layer + 1),
        "guess": {
            "house": t("components.guess_house", token="{token}"),
            "yours": t("components.guess_yours", token="{token}"),
            "": t("components.guess_after", token="{token}"),
        }[passage.whose],
        "attends": t("components.attends", token="{token}", other="{other}", share="{share}"),
        "follows": t("components.follows", word="{word}", share="{share}"),
        "others": t("components.rest_words") if passage.whose else t("components.rest_tokens"),
        "unlearned": "" if passage.whose else t("components.unlearned"),
    }


def _parts(config: ModelConfig, t: Words) -> list[dict[str, Any]]:
    """The parts in flow order; "each" counts the parameters per square drawn."""
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
            "positions",
            "position_embedding",
            t("components.part_positions"),
            {
                "rotary": t("components.note_rotary"),
                "learned": t("components.note_learned"),
                "sinusoidal": t("components.note_sinusoidal"),
                "alibi": t("components.note_alibi"),
                "none": t("components.note_no_positions"),
            }[config.positions],
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
    plain = {
        "tokens": t("components.plain_tokens"),
        "embedding": t("components.plain_embedding"),
        "positions": t("components.plain_positions"),
        "attention": t("components.plain_attention"),
        "feedforward": t("components.plain_feedforward"),
        "unembedding": t("components.plain_unembedding"),
        "probabilities": t("components.plain_probabilities"),
    }
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
                "plain": plain[name],
                "note": note,
                "each": count / config.n_layers if name in ("attention", "feedforward") else count,
                "shown": share if count else "",
                "detail": written if count else none,
                "none": none,
            }
        )
    return parts
