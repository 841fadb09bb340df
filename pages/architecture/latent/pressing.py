"""The stage: one picture at the narrow place, one number of its latents changed, two blended."""

from functools import partial
from html import escape
from typing import Final

import numpy as np
import streamlit as st

from core.architecture.pictures.autoencoder import Autoencoder
from core.data.pictures import Reading, compare
from core.data.pictures.drawing.painting import Pixels
from core.data.pictures.tensors import HALF_RANGE, to_pixels
from core.recheck.autoencoder import decode, latent_cell
from pages.architecture.latent import looking
from pages.architecture.latent.looking import Shown
from pages.architecture.pictures.trials import as_png
from pages.inference.pictures.saying import seen_text
from pages.kit.catalogue import Words
from pages.kit.components import latent_space, picture_blend
from pages.kit.components.latent_space import Cell
from pages.kit.frame import Figure, figures, note
from pages.kit.numbers import decimal, share, significant, whole
from pages.kit.recheck import Recheck, recheckable

BRIGHTER: Final = 4.0  # times as bright, so that small differences can be seen
FARTHEST: Final = 4.0  # of the slider: almost no number of a picture lies beyond


def at_narrow_place(one: Shown, model: Autoencoder, t: Words) -> Cell:
    """The picture, its latents, what comes back, what is lost; returns the number chosen."""
    key = f"latent_space_{one.key[:12]}"
    kept = (st.session_state.get(key) or {}).get("cell")
    start = tuple(kept) if kept else one.start
    cell = latent_space(
        one.given,
        one.latents,
        np.rint(one.again).astype(np.uint8),
        brightened(one.off),
        t,
        key=key,
        cell=start,
        notes={
            "given": seen_text(one.before, t),
            "latents": t("latent.click"),
            "again": seen_text(one.after, t),
            "off": t("latent.brighter", times=whole(BRIGHTER, t.lang)),
        },
    )
    config = model.config
    factor = config.numbers_in // config.numbers_kept
    figures(
        t,
        [
            Figure(
                whole(config.numbers_in, t.lang),
                t("latent.numbers_in", size=whole(config.size, t.lang)),
            ),
            Figure(whole(config.numbers_kept, t.lang), t("latent.numbers_kept")),
            Figure(whole(factor, t.lang), t("latent.times_fewer")),
            Figure(decimal(float(one.off.mean()), t.lang, 1), t("latent.error")),
        ],
    )
    st.html(f'<p class="gb-soft" role="status">{escape(verdict(one.before, one.after, t))}</p>')
    return cell or one.start


def verdict(before: Reading, after: Reading, t: Words) -> str:
    """Whether the reader reads the same after the narrow place."""
    if before.scene is None:
        return t("latent.never_read")
    if compare(after, before.scene).whole:
        return t("latent.same_read")
    return t("latent.other_read")


def brightened(off: looking.Floats) -> Pixels:
    """(S, S) differences in grey levels as a picture, several times as bright."""
    levels = np.rint(np.clip(off * BRIGHTER, 0, 255)).astype(np.uint8)
    return np.repeat(levels[..., None], 3, axis=2)


def change_one(one: Shown, cell: Cell, model: Autoencoder, t: Words) -> None:
    """One number of the latents set to another value, and the pixels that follow."""
    z, row, column = cell
    now = float(one.latents[cell])
    name = f"latent_value_{one.key[:8]}_{z}_{row}_{column}"
    first = min(FARTHEST, max(-FARTHEST, round(-now if abs(now) >= 0.5 else now + 2.0, 1)))
    steps = [round(-FARTHEST + 0.1 * k, 1) for k in range(round(20 * FARTHEST) + 1)]
    label = t("latent.change", z=z + 1, row=row + 1, column=column + 1)
    value = st.select_slider(
        label, steps, value=first, format_func=lambda x: decimal(x, t.lang, 1), key=name
    )
    with st.spinner(t("latent.decoding")):
        found = looking.followed(one.key, cell, float(value), one.latents, model)
    picture = to_pixels(found.picture[None])[0]
    change = brightened((found.change * HALF_RANGE).numpy())
    _three(
        (np.rint(one.again).astype(np.uint8), t("latent.before_change", value=_short(now, t))),
        (picture, t("latent.after_change", value=_short(float(value), t))),
        (change, t("latent.what_follows", times=whole(BRIGHTER, t.lang))),
    )
    note(
        t(
            "latent.follows",
            inside=share(found.in_cell, t.lang),
            around=share(found.around, t.lang),
        )
    )
    recheckable(
        f"latent_{name}",
        t,
        value=significant(now, t.lang, 4),
        label=t("latent.number_at", z=z + 1, row=row + 1, column=column + 1),
        compute=partial(recheck_latent, one, cell, model, t),
    )
    recheckable(
        "latent_decoded",
        t,
        value=significant(float(one.again.max() / HALF_RANGE - 1.0), t.lang, 4),
        label=t("latent.brightest"),
        compute=partial(recheck_decoder, one, model, t),
    )


def blend(one: Shown, other: Shown, model: Autoencoder, t: Words) -> None:
    """Two pictures blended in their latents, and the same two in their pixels."""
    with st.spinner(t("latent.decoding")):
        pictures, readings = looking.blended((one.key, other.key), one.given, other.given, model)
    ends = {"first": seen_text(one.before, t), "second": seen_text(other.before, t)}
    left, right = st.columns(2, gap="medium")
    labels = (t("latent.in_latents"), t("latent.in_pixels"))
    for column, label, some, seen in zip((left, right), labels, pictures, readings, strict=True):
        with column:
            st.html(f'<h3 class="gb-latent-way">{escape(label)}</h3>')
            picture_blend(
                some,
                t,
                key=f"latent_blend_{one.key[:8]}_{other.key[:8]}_{label}",
                label=label,
                seen=[seen_text(each, t) for each in seen],
                **ends,
            )
    note(t("latent.blend_about"))


def recheck_latent(one: Shown, cell: Cell, model: Autoencoder, t: Words) -> Recheck:
    """One number of the latents by torch and, through the whole encoder, by NumPy alone."""
    again = latent_cell(arrays(model), scaled(one.given), cell)
    six = {"lang": t.lang, "digits": 6}
    n = whole(again.read.size, t.lang)
    one_read, one_weight = float(again.read[0, 1, 1]), float(again.kernel[0, 1, 1])
    return Recheck(
        inputs=[
            (t("latent.seen_around", n=n), significant(one_read, **six)),
            (t("latent.kernel", n=n), significant(one_weight, **six)),
            (t("latent.bias"), significant(again.bias, **six)),
            (t("latent.sum_of_products"), significant(again.mean, **six)),
            (t("latent.middle"), significant(again.middle, **six)),
            (t("latent.spread"), significant(again.spread, **six)),
        ],
        operation=t("latent.convolution"),
        by_torch=float(one.latents[cell]),
        by_numpy=again.value,
    )


def recheck_decoder(one: Shown, model: Autoencoder, t: Words) -> Recheck:
    """The whole picture decoded by torch and by NumPy alone; shown is its brightest number."""
    by_numpy = decode(arrays(model), one.latents.astype(np.float64))  # (3, S, S)
    by_torch = one.again.transpose(2, 0, 1) / HALF_RANGE - 1.0
    place = np.unravel_index(int(by_torch.argmax()), by_torch.shape)
    apart = np.abs(by_numpy.clip(-1.0, 1.0) - by_torch).max()
    return Recheck(
        inputs=[
            (t("latent.all_numbers"), whole(by_torch.size, t.lang)),
            (t("latent.largest_apart"), significant(float(apart), t.lang, 2)),
        ],
        operation=t("latent.decoder_passes"),
        by_torch=float(by_torch[place]),
        by_numpy=float(by_numpy.clip(-1.0, 1.0)[place]),
    )


def arrays(model: Autoencoder) -> dict[str, looking.Floats]:
    """The model's weights by name, for the recheck."""
    return {name: each.numpy() for name, each in model.state_dict().items()}


def scaled(picture: Pixels) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """(S, S, 3) grey levels -> (3, S, S) from -1 to 1."""
    return picture.astype(np.float64).transpose(2, 0, 1) / HALF_RANGE - 1.0


def _short(value: float, t: Words) -> str:
    return decimal(value, t.lang, 1)


def _three(*shown: tuple[Pixels, str]) -> None:
    st.html(
        '<div class="gb-three">'
        + "".join(
            f'<figure><img src="{as_png(picture)}" alt="{escape(said)}">'
            f"<figcaption>{escape(said)}</figcaption></figure>"
            for picture, said in shown
        )
        + "</div>"
    )
