"""The narrow place of an autoencoder, and the parts of a drawing in its latents."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount
from pages.kit.components.pictures import Pixels, packed

Floats = npt.NDArray[np.float32]

REACH: Final = 2.5  # what a number of latents, of spread 1, is shown in full colour from
BELOW, NOTHING, ABOVE = ((32, 92, 164), (246, 244, 239), (186, 84, 32))

Cell = tuple[int, int, int]


@dataclass(frozen=True)
class Part:
    """One part of the model: its name, what it does here and what it is in Stable Diffusion."""

    name: str
    title: str
    does: str
    theirs: str


def coloured(numbers: Floats) -> Pixels:
    """Numbers as colours, blue below zero and orange above: (...) -> (..., 3)."""
    share = np.clip(np.asarray(numbers, np.float32)[..., None] / REACH, -1.0, 1.0)
    low, middle, high = (np.array(each, np.float32) for each in (BELOW, NOTHING, ABOVE))
    mixed = np.where(share < 0, middle + (low - middle) * -share, middle + (high - middle) * share)
    colours: Pixels = np.rint(mixed).astype(np.uint8)
    return colours


def latent_space(
    given: Pixels,
    latents: Floats,
    again: Pixels,
    off: Pixels,
    t: Words,
    *,
    key: str,
    cell: Cell | None,
    notes: Mapping[str, str],
) -> Cell | None:
    """A picture, its latents, what comes back and what is lost.

    Args:
        given, again, off: (S, S, 3) each.
        latents: (Z, s, s) scaled.
        t: the visitor's words.
        key: unique on the page.
        cell: the number that is chosen: which of its cell, row, column.
        notes: below "given", "latents", "again" and "off".

    Returns:
        the number chosen, if one is.
    """
    n, side, _ = latents.shape
    data = {
        "size": given.shape[0],
        "side": side,
        "given": packed(given[None]),
        "again": packed(again[None]),
        "off": packed(off[None]),
        "grids": packed(coloured(latents)),
        "values": [round(float(number), 3) for number in latents.ravel()],
        "cell": list(cell) if cell else None,
        "notes": dict(notes),
        "lang": t.lang,
        "words": {
            "given": t("latent.given"),
            "latents": t("latent.latents"),
            "again": t("latent.again"),
            "off": t("latent.off"),
            "grid": t("latent.grid", z="{z}"),
            "cell": t("latent.cell", z="{z}", row="{row}", column="{column}", value="{value}"),
            "low": t("latent.low"),
            "high": t("latent.high"),
        },
    }
    return cell_of(mount("latent_space", key, data, "cell").cell, (n, side, side))


def cell_of(given: Any, shape: tuple[int, int, int]) -> Cell | None:
    """What the browser sent as a place in latents of this shape; None if it is none."""
    if not isinstance(given, list) or [type(each) for each in given] != [int] * 3:
        return None
    if not all(0 <= each < most for each, most in zip(given, shape, strict=True)):
        return None
    return given[0], given[1], given[2]


def latent_parts(
    parts: Sequence[Part],
    grids: Mapping[str, Floats],
    films: Mapping[str, Pixels],
    t: Words,
    *,
    key: str,
    words: Sequence[str],
    vectors: Floats,
    effects: Floats,
    times: Sequence[float],
    guidance: float,
    cell: Cell,
    moment: int,
) -> None:
    """The parts of a drawing in a diagram; one is seen closely, at a moment that a slider chooses.

    Args:
        parts: "text", "latents", "denoiser", "scheduler", "guidance" and "decoder", in order.
        grids: (M + 1 or M, Z, s, s) "noisy", "told", "untold", "velocity", by name.
        films: (n, S, S, 3) "now", "guess" (M + 1 pictures each), "plain" (one), by name.
        t: the visitor's words.
        key: unique on the page.
        words: (L,) of the caption.
        vectors: (L, n) the first numbers of what the text encoder makes of each.
        effects: (M, L) how much the answer changes without a word, share of it.
        times: (M + 1,) share of noise.
        guidance: weight of the caption.
        cell: the number whose step is spelled out.
        moment: shown at first, from 0.
    """
    some = grids["noisy"]
    data = {
        "parts": [asdict(part) for part in parts],
        "side": some.shape[-1],
        "n": some.shape[1],
        "size": films["now"].shape[1],
        "grids": {name: packed(coloured(each)) for name, each in grids.items()},
        "films": {name: packed(each) for name, each in films.items()},
        "texts": list(words),
        "vectors": packed(coloured(vectors)),
        "n_vector": vectors.shape[1],
        "effects": np.round(effects, 4),
        "times": list(times),
        "guidance": guidance,
        "cell": list(cell),
        "numbers": {
            name: [round(float(x), 4) for x in grids[name][:, cell[0], cell[1], cell[2]]]
            for name in ("noisy", "told", "untold", "velocity")
        },
        "moment": moment,
        "lang": t.lang,
        "said": _said(t),
    }
    mount("latent_parts", key, data)


def _said(t: Words) -> dict[str, str]:
    """The diagram's words; the browser fills in the placeholders."""
    return {
        "diagram": t("latent.diagram"),
        "moment": t("latent.moment"),
        "step": t("latent.step", step="{step}", n="{n}", noise="{noise}"),
        "finished": t("latent.finished"),
        "theirs": t("latent.theirs"),
        "word": t("latent.word"),
        "vector": t("latent.vector", n="{n}"),
        "effect": t("latent.effect"),
        "start": t("latent.start_noise"),
        "now": t("latent.latents_now"),
        "velocity": t("latent.velocity"),
        "guess": t("latent.guess"),
        "before": t("latent.before"),
        "after": t("latent.after"),
        "times": t("latent.times"),
        "sum": t(
            "latent.sum", z="{z}", row="{row}", column="{column}", before="{before}",
            length="{length}", velocity="{velocity}", after="{after}",
        ),
        "told": t("latent.told"),
        "untold": t("latent.untold"),
        "difference": t("latent.difference"),
        "guided": t("latent.guided", untold="{untold}", told="{told}", weight="{weight}",
                    velocity="{velocity}"),
        "with": t("latent.with_guidance", weight="{weight}"),
        "without": t("latent.without_guidance"),
        "decoded": t("latent.decoded"),
        "film": t("latent.film"),
    }  # fmt: skip
