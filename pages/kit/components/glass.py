"""The glass view: a whole transformer with its real numbers, from a sentence to the next word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount


@dataclass(frozen=True)
class Push:
    """What the parts of one block add to the logit of the word that is looked at."""

    attention: float
    feedforward: float


def asked_of_glass(key: str) -> Mapping[str, Any]:
    """What the view has kept in the browser: "cell", "off" and "open"; anything may stand there."""
    kept = st.session_state.get(key)
    return kept if isinstance(kept, Mapping) else {}


def glass(
    sent: Mapping[str, Any],
    t: Words,
    *,
    key: str,
    id_: str,
    chosen: Mapping[str, Any] | None,
    cell: Mapping[str, Any] | None,
    off: Sequence[Sequence[str | int]],
    before: Sequence[Sequence[Any]] | None,
    word: str,
    pushes: Sequence[Push],
    habits: Sequence[Sequence[str]],
    names: Mapping[str, str],
    play: bool,
) -> None:
    """Draw the view; what is clicked comes back by `asked_of_glass` in the next run.

    Args:
        sent: values, tokens, candidates and the plan of the model.
        id_: changes when the sentence or the model does.
        chosen: the number that is clicked, if any.
        cell: its arithmetic, in words.
        off: what is switched off.
        before: the candidates with everything on, if something is off.
        word: whose logit `pushes` add to.
        habits: for every block and head what it does, in words.
        names: what every kind of number is called.
        play: whether it plays by itself.
    """
    data = {
        **sent,
        "id": id_,
        "chosen": chosen,
        "cell": cell,
        "off": off,
        "before": before,
        "shares": {
            "word": word,
            "blocks": [
                {"attention": each.attention, "feedforward": each.feedforward} for each in pushes
            ],
        },
        "habits": habits,
        "play": play,
        "lang": t.lang,
        "words": {**_words(t), **{f"name_{kind}": name for kind, name in names.items()}},
    }
    mount("glass", key, data, "cell", "off", "open")


def _words(t: Words) -> dict[str, str]:
    """The view's words; the browser fills in what is in braces."""
    return {
        "label": t("glass.label"),
        "tokens": t("glass.tokens"),
        "with_start": t("glass.with_start"),
        "embedding": t("glass.embedding"),
        "block": t("glass.block", n="{n}"),
        "open": t("glass.open", n="{n}"),
        "shut": t("glass.shut", n="{n}"),
        "head": t("glass.head", n="{n}"),
        "heads_of": t("glass.heads_of", n="{n}"),
        "mean_of_heads": t("glass.mean_of_heads"),
        "attention_head": t("glass.attention_head", n="{n}"),
        "lens": t("glass.lens"),
        "lens_about": t("glass.lens_about"),
        "lens_first": t("glass.lens_first", best="{best}", later="{later}", rank="{rank}"),
        "lens_same": t("glass.lens_same", n="{n}", best="{best}", share="{share}"),
        "lens_other": t(
            "glass.lens_other",
            n="{n}",
            best="{best}",
            share="{share}",
            later="{later}",
            rank="{rank}",
        ),
        "rank": t("glass.rank", word="{word}", n="{n}"),
        "pushes": t("glass.pushes", word="{word}"),
        "next": t("glass.next"),
        "others": t("glass.others", n="{n}"),
        "idle": t("glass.idle"),
        "idle_narrow": t("glass.idle_narrow"),
        "inside": t("glass.inside", n="{n}"),
        "changed": t("glass.changed", before="{before}", was="{was}", now="{now}", share="{share}"),
        "on_token": t(
            "glass.on_token", n="{n}", all="{all}", best="{best}", share="{share}", next="{next}"
        ),
        "on_last": t("glass.on_last", n="{n}", all="{all}", best="{best}", share="{share}"),
        "on_block": t("glass.on_block", n="{n}", all="{all}", heads="{heads}"),
        "on_attention": t(
            "glass.on_attention",
            block="{block}",
            head="{head}",
            token="{token}",
            sources="{sources}",
        ),
        "on_mlp": t("glass.on_mlp", block="{block}", token="{token}", on="{on}", n="{n}"),
        "on_word": t("glass.on_word", share="{share}", token="{token}"),
        "on_switch": t("glass.on_switch"),
        "switch": t("glass.switch"),
        "mask": t("glass.mask"),
        "on_mask": t("glass.on_mask", token="{token}", other="{other}"),
        "on_embedding": t("glass.on_embedding", token="{token}", value="{value}", c="{c}", n="{n}"),
        "final": t("glass.name_final"),
        "on_final": t("glass.on_final", token="{token}", value="{value}", c="{c}", n="{n}"),
        "on_attention_input": t("glass.on_attention_input", token="{token}", value="{value}"),
        "on_query": t("glass.on_query", token="{token}", value="{value}", head="{head}"),
        "on_key": t("glass.on_key", token="{token}", value="{value}", head="{head}"),
        "on_value": t("glass.on_value", token="{token}", value="{value}", head="{head}"),
        "on_score": t("glass.on_score", token="{token}", other="{other}", value="{value}"),
        "on_weight": t("glass.on_weight", token="{token}", other="{other}", value="{value}"),
        "on_mixed": t("glass.on_mixed", token="{token}", value="{value}"),
        "on_attention_output": t("glass.on_attention_output", token="{token}", value="{value}"),
        "on_middle": t("glass.on_middle", token="{token}", channels="{channels}"),
        "on_feedforward_input": t("glass.on_feedforward_input", token="{token}", value="{value}"),
        "on_hidden": t(
            "glass.on_hidden", token="{token}", value="{value}", on="{on}", n="{n}", c="{c}"
        ),
        "on_feedforward_output": t("glass.on_feedforward_output", token="{token}", value="{value}"),
        "on_after": t("glass.on_after", token="{token}", channels="{channels}"),
        "short_attention_input": t("glass.short_norm"),
        "short_query": "Query",
        "short_key": "Key",
        "short_value": "Value",
        "short_score": t("glass.short_score"),
        "short_weight": "Softmax",
        "short_mixed": t("glass.short_mixed"),
        "short_attention_output": t("glass.short_projection"),
        "short_feedforward_input": t("glass.short_norm"),
        "short_hidden": "MLP",
        "short_feedforward_output": t("glass.short_back"),
        "matrix_keys": t("glass.matrix_keys"),
        "at_tokens": t("glass.at_tokens", n="{n}"),
        "at_embedding": t("glass.at_embedding", channels="{channels}"),
        "at_attention": t("glass.at_attention", token="{token}", other="{other}", share="{share}"),
        "at_mlp": t("glass.at_mlp", best="{best}", share="{share}"),
        "at_last_mlp": t("glass.at_last_mlp", best="{best}", share="{share}"),
        "at_words": t("glass.at_words", n="{n}"),
        "off": t("glass.off"),
        "off_head": t("glass.off_head", n="{n}", h="{h}"),
        "off_attention": t("glass.off_attention", n="{n}"),
        "off_mlp": t("glass.off_mlp", n="{n}"),
        "all_on": t("glass.all_on"),
        "close": t("glass.close"),
        "computing": t("glass.computing"),
        "by_torch": t("frame.by_torch"),
        "apart": t("frame.difference"),
        "same": t("frame.recheck_same"),
        "different": t("frame.recheck_other"),
        "front": t("glass.front"),
        "back": t("glass.back"),
        "onward": t("glass.onward"),
        "play": t("components.play"),
        "pause": t("components.pause"),
    }
