"""What the house's denoiser is worth: pictures it draws, read by the book's own reader.

Every share comes with how many pictures it was counted on and an interval that holds it in 95 of
100 such countings.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Any, Final

from core.data.pictures.collecting.sampling import draw_held_out_scene, draw_scene
from core.data.pictures.collecting.settings import PictureSettings
from core.data.pictures.scenes import Scene
from core.inference.pictures.drawing import DrawSettings
from core.inference.pictures.model import PictureModel
from core.intervals import share_interval
from core.training.pictures.judging import Drawn, Wish, draw_all, shares_right, wishes

MEASURED_SEED: Final = 77
Measures = dict[str, Any]


def kinds(settings: PictureSettings, n: int, seed: int = MEASURED_SEED) -> dict[str, list[Wish]]:
    """What is asked for: n pictures of each kind, German and English in turn.

    book: pages as in the book, in its own mixture; seen: pages of plain things in pairs of thing
    and colour that the book shows; unseen: with a pair that it never shows; counts: two or three
    of one thing; owned: what somebody in the town owns, often without a word of its colour.
    """
    plain = replace(settings, fact_share=0.0)
    owned = replace(settings, count_share=0.0, fact_share=1.0)
    found = {
        "book": wishes(draw_scene, settings, n, seed),
        "seen": wishes(draw_scene, plain, n, seed + 3),
    }
    if settings.held_out:
        found["unseen"] = wishes(draw_held_out_scene, settings, n, seed + 1)
    found["counts"] = wishes(draw_row, settings, n, seed + 2)
    found["owned"] = wishes(draw_scene, owned, n, seed + 4)
    return found


def draw_row(settings: PictureSettings, random: Random) -> Scene:
    """Two or three of one thing."""
    rows_only = replace(settings, count_share=1.0, fact_share=0.0)
    while True:
        scene = draw_scene(rows_only, random)
        if scene.relation == "row":
            return scene


def measured(
    model: PictureModel,
    settings: PictureSettings,
    drawing: DrawSettings,
    n: int,
    say: Callable[[str], None] = lambda line: None,
) -> Measures:
    """The shares right of every kind, whole and in parts, and by language.

    Args:
        model: that draws.
        settings: of the book it has learned from.
        drawing: how it draws.
        n: pictures of each kind.
        say: is told each kind's result.

    Returns:
        kind -> {"whole": share, "parts": {part: share}, "languages": {lang: share}}; a share is
        {"n", "n_right", "share", "low", "high"}.
    """
    found: Measures = {}
    for kind, asked in kinds(settings, n).items():
        drawn = draw_all(model, asked, drawing)
        found[kind] = {
            "whole": share_of_whole(drawn),
            "parts": {k: round(v, 4) for k, v in shares_right(drawn).items() if k != "whole"},
            "languages": {
                lang: share_of_whole([one for one in drawn if one.wish.lang == lang])
                for lang in ("de", "en")
            },
        }
        whole = found[kind]["whole"]
        say(f"{kind}: {whole['share']:.1%} of {whole['n']} right "
            f"[{whole['low']:.1%}, {whole['high']:.1%}]")  # fmt: skip
    return found


def share_of_whole(drawn: Sequence[Drawn]) -> dict[str, float | int]:
    """How many of the pictures are wholly right."""
    n, n_right = len(drawn), sum(one.agreement.whole for one in drawn)
    low, high = share_interval(n_right, n)
    return {
        "n": n,
        "n_right": n_right,
        "share": round(n_right / n, 4),
        "low": round(low, 4),
        "high": round(high, 4),
    }
