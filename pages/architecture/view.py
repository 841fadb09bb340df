"""Looking into a model: which one, its attention on the sentence, and a click to recompute it."""

from dataclasses import replace

from core.architecture.config import ModelConfig
from pages.architecture import looking
from pages.architecture.bench import Bench
from pages.architecture.looking import Looked
from pages.architecture.switching import switched
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components import attention_view
from pages.kit.frame import note
from pages.kit.numbers import whole
from pages.kit.recheck import open_recheck


def chosen_model(bench: Bench, owner: str, config: ModelConfig, t: Words) -> Looked | None:
    """The switch between the models at hand, and the model it selects.

    Returns:
        the model; None if the plan is too large to be filled just for a look.
    """
    own = [each for each in bench.trained if each.whose == "yours"]
    house = [each for each in bench.trained if each.whose == "house"]
    on_hand = dict(zip(["trained", "house"], own + house, strict=False))
    if not own and house:
        on_hand = {"trained": house[0]}
    of = {"yours": t("architecture.of_yours"), "house": t("architecture.of_house")}
    names = {name: of[each.whose] for name, each in on_hand.items()}
    wanted = switched({**names, "design": t("architecture.of_design")}, t)
    if wanted in on_hand:
        return looking.trained(owner, on_hand[wanted])
    fitting = replace(config, n_vocab=bench.encoder.n_vocab)
    return looking.untrained(fitting, bench.encoder, state.seed())


def chosen_head(config: ModelConfig) -> tuple[int, int] | None:
    """Layer and head a link or an experiment asks for, from 0; None if there is no such request."""
    layer, head = state.value("layer"), state.value("head")
    known = 1 <= layer <= config.n_layers and 1 <= head <= config.n_heads
    return (layer - 1, head - 1) if known else None


def look_into(looked: Looked, sentence: str, t: Words) -> None:
    """Attention on the visitor's sentence; clicking a weight recomputes it."""
    tokens = looked.tokens(sentence)
    weights = looked.attention(tokens)  # (L, H, T, T)
    first = chosen_head(looked.config) or looking.telling_head(weights)
    if looked.whose is None:
        note(t("architecture.untrained", seed=state.seed()))
    n_left_out = 1 + len(looked.encoder.encode(sentence)) - len(tokens)
    if n_left_out:
        kept, left_out = whole(len(tokens), t.lang), whole(n_left_out, t.lang)
        note(t("architecture.cut", n=kept, left_out=left_out))
    cell = attention_view(
        weights,
        looking.texts_of(looked.encoder, tokens, t),
        t,
        key=f"attention_{looked.key[:12]}_{state.value('layer')}_{state.value('head')}",
        layer=first[0],
        head=first[1],
        group=f"sentence_{looked.encoder.n_vocab}",
        play=state.depth() == "watch",
    )
    if cell:
        open_recheck(t, *looking.recheck(looked, tokens, cell, t))
