"""The plan of a denoiser as a picture: words and noise in, a direction out."""

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.architecture.pictures import DenoiserConfig, parameters_by_part
from core.architecture.pictures.sizes import multiplications_by_part, n_multiplications
from pages.kit import numbers
from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount

Picture = NDArray[np.uint8]


def denoiser_plan(
    config: DenoiserConfig,
    t: Words,
    *,
    key: str,
    caption: str,
    noisy: Picture | None = None,
    guess: Picture | None = None,
    play: bool = False,
) -> None:
    """The model from left to right; a part in hand says what it does and how large it is.

    Args:
        config: the plan.
        caption: what goes in on the side of the words.
        noisy: (S, S, 3) what goes in on the side of the picture.
        guess: (S, S, 3) what the answer makes of it.
        play: whether it moves from part to part by itself.
    """
    data = {
        "parts": _parts(config, t),
        "caption": caption,
        "n_blocks": config.n_blocks,
        "n_side": config.size // config.patch,
        "noisy": _packed(noisy),
        "guess": _packed(guess),
        "size": 0 if noisy is None else noisy.shape[0],
        "play": play,
        "words": {
            "label": t("word_maps.plan_label"),
            "invite": t("word_maps.plan_invite"),
            "hint": t("word_maps.plan_hint"),
            "blocks": t("word_maps.plan_blocks", n=config.n_blocks),
            "caption": t("word_maps.plan_caption"),
            "noisy": t("word_maps.plan_noisy", n=config.n_patches),
            "guess": t("word_maps.plan_guess"),
            "areas": t("word_maps.plan_areas"),
            "play": t("components.play"),
            "pause": t("components.pause"),
        },
    }
    mount("denoiser_plan", key, data)


def _packed(picture: Picture | None) -> str:
    return "" if picture is None else base64.b64encode(picture.tobytes()).decode("ascii")


def _parts(config: DenoiserConfig, t: Words) -> list[dict[str, Any]]:
    """The parts in the order in which they work."""
    counts, work = parameters_by_part(config), multiplications_by_part(config)
    whole, all_work = sum(counts.values()), n_multiplications(config)
    n, C, H = config.n_patches, config.n_channels, config.n_heads
    told = (
        ("words", t("word_maps.words"), t("word_maps.words_note", n=config.n_words, c=C)),
        ("text_blocks", t("word_maps.text_blocks"), t("word_maps.text_blocks_note")),
        (
            "patches_in",
            t("word_maps.patches_in"),
            t("word_maps.patches_in_note", n=n, p=config.patch, k=config.patch_numbers, c=C),
        ),
        ("clock", t("word_maps.clock"), t("word_maps.clock_note")),
        (
            "self_attention",
            t("word_maps.self_attention"),
            t("word_maps.self_attention_note", n=n, h=H),
        ),
        (
            "cross_attention",
            t("word_maps.cross_attention"),
            t("word_maps.cross_attention_note", h=H),
        ),
        ("feedforward", t("word_maps.feedforward"), t("word_maps.feedforward_note")),
        (
            "patches_out",
            t("word_maps.patches_out"),
            t("word_maps.patches_out_note", k=config.patch_numbers),
        ),
    )
    return [
        {
            "name": name,
            "title": title,
            "note": note,
            "count": counts[name],
            "share": numbers.share(counts[name] / whole, t.lang, int(counts[name] < whole / 100)),
            "detail": t(
                "word_maps.part_size",
                n=numbers.whole(counts[name], t.lang),
                share=numbers.share(counts[name] / whole, t.lang, 1),
                memory=numbers.data_size(4 * counts[name], t.lang),
                work=numbers.share(work[name] / all_work, t.lang, 1),
            ),
        }
        for name, title, note in told
    ]
