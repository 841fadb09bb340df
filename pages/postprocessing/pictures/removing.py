"""The card: try to get rid of the watermark, and see whether the detector still finds it."""

from html import escape

import streamlit as st

from core.data.pictures import Pixels
from core.postprocessing.pictures.attacks import ATTACKS
from core.postprocessing.pictures.line import Finished, mark_key
from core.postprocessing.pictures.watermark import ALARM, detect
from pages.kit import controls
from pages.kit.catalogue import Words
from pages.kit.components.picture_line import as_source
from pages.kit.frame import card, computed_now, note
from pages.kit.numbers import decimal, share
from pages.postprocessing.pictures.leaving import bound

DEEPEST = -100.0  # of the scale: powers of ten


@st.cache_data(max_entries=200, show_spinner=False)
def attacked(picture: Pixels, attack: str, strength: float) -> tuple[Pixels, float]:
    """The picture after an attack, and log10 of the detector's p-value for it."""
    changed = ATTACKS[attack].change(picture, strength)
    return changed, detect(changed, mark_key()).log10_p


def attacks(t: Words) -> dict[str, str]:
    """The attacks by name."""
    return {
        "jpeg": t("postprocessing_pictures.attack_jpeg"),
        "scaled": t("postprocessing_pictures.attack_scaled"),
        "cropped": t("postprocessing_pictures.attack_cropped"),
        "noise": t("postprocessing_pictures.attack_noise"),
        "turned": t("postprocessing_pictures.attack_turned"),
    }


def strength_in_words(attack: str, strength: float, t: Words) -> str:
    """An attack's strength with its unit."""
    unit = ATTACKS[attack].unit
    if unit == "share":
        return share(strength, t.lang)
    if unit == "degrees":
        return decimal(strength, t.lang, 0 if strength >= 1 else 2) + "°"
    number = decimal(strength, t.lang, 0)
    return t("postprocessing_pictures.quality", n=number) if unit == "quality" else number


def card_of(found: Finished, t: Words) -> None:
    """Draw the card."""
    with card("removing", t("postprocessing_pictures.removing"), computed_now(t)):
        if found.format == "svg" or "watermark" not in found.views:
            note(t("postprocessing_pictures.removing_none"))
            return
        st.fragment(_card)(found.views["watermark"], t)


def _card(picture: Pixels, t: Words) -> None:
    shown = attacks(t)
    attack = controls.choice(
        "picture_attack",
        t("postprocessing_pictures.attack"),
        shown.__getitem__,
        show_label=False,
    )
    strengths = ATTACKS[attack].strengths
    level = st.select_slider(
        t("postprocessing_pictures.attack_strength"),
        list(range(len(strengths))),
        value=1,
        format_func=lambda k: strength_in_words(attack, strengths[k], t),
        key=f"attack_level_{attack}",
    )
    rows = [attacked(picture, attack, strength) for strength in strengths]
    changed, log10_p = rows[level]
    is_found = 10.0**log10_p < ALARM
    said = t("postprocessing_pictures.found" if is_found else "postprocessing_pictures.not_found")
    kind = "yes" if is_found else "no"
    side = " data-cut" if changed.shape[0] < picture.shape[0] else ""
    height = round(100 * changed.shape[0] / picture.shape[0])
    picture_html = (
        f"<div class='gb-attacked'><img src='{as_source(changed)}' style='width:{height}%' "
        f"alt='{escape(shown[attack])}'{side}></div>"
    )
    bars = "".join(
        _bar(strength_in_words(attack, strengths[k], t), rows[k][1], k == level, t)
        for k in range(len(strengths))
    )
    p = f"p ≤ {bound(log10_p, t)}"
    st.html(
        f"<div class='gb-removing'>{picture_html}<div><p class='gb-verdict {kind}' role='status'>"
        f"<b>{escape(said)}</b> {escape(p)}</p>"
        f"<ol class='gb-bars'>{bars}</ol><p class='gb-soft'>"
        f"{escape(t('postprocessing_pictures.bars_note', p=bound(-4.0, t)))}</p></div></div>"
    )
    note(t("postprocessing_pictures.removing_note"))


def _bar(name: str, log10_p: float, chosen: bool, t: Words) -> str:
    """How deep below one the p-value lies, on a scale of powers of ten."""
    width = 100.0 * min(1.0, log10_p / DEEPEST)
    kind = "found" if 10.0**log10_p < ALARM else "lost"
    mark = "✓" if kind == "found" else "✗"
    p = bound(log10_p, t)
    here = " aria-current='true'" if chosen else ""
    return (
        f"<li class='{kind}'{here}><span>{escape(name)}</span>"
        f"<i><b style='width:{width:.1f}%'></b></i><em>{mark} {escape(p)}</em></li>"
    )
