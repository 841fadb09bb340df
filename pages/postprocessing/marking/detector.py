"""The watermark: the same beginning written with and without, and the detector at work."""

import math
from collections.abc import Hashable
from dataclasses import replace
from html import escape
from typing import Final

import streamlit as st

from core.data.text.graphemes import token_spans
from core.data.world import accepts, sentences
from core.house.marked import MARK, N_TOKENS, MarkedDraw, marked_draw, prices, text_of
from core.inference.sampling import SamplingSettings
from core.inference.watermark import Watermark
from core.postprocessing.marking.marking import ALARM, Detection, detect
from core.services import services
from pages.kit import controls, drafts, state
from pages.kit.catalogue import Words
from pages.kit.components.clock import look_again
from pages.kit.frame import Figure, card, computed_now, note, show_error, stage
from pages.kit.models import Model
from pages.kit.numbers import MINUS, decimal, share, significant, whole
from pages.postprocessing import drawing
from pages.postprocessing.drawing import Drawing

LOOK_EVERY_S: Final = 0.5
LIKELY: Final = 0.01  # from here on chance is said as a percentage
FINEST: Final = 6  # more zeros than that say nothing more to a reader
MAX_PASTED: Final = 20_000
SUPERSCRIPTS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def mark_now() -> Watermark:
    """The watermark as the slider stands."""
    return replace(MARK, strength=float(state.value("mark_strength")))


def found_draw(model: Model, lang: str) -> MarkedDraw | None:
    """The draw that was searched for, as long as sentence and seed are those it was found with."""
    draw = marked_draw(lang)
    if draw is None or (draw.checkpoint, draw.prompt) != (model.id, state.sentence()):
        return None
    return draw if state.seed() == int(state.start("seed")) else None


def seed_now(model: Model) -> int:
    """The seed of both texts: that of the draw that was searched for, else the page's own."""
    draw = found_draw(model, state.lang())
    return draw.seed if draw else state.seed()


def written(model: Model, mark: Watermark | None) -> Drawing:
    """A continuation of the travelling sentence, with or without a mark; the same seed for both."""
    settings = SamplingSettings(
        temperature=1.0, seed=seed_now(model), max_tokens=N_TOKENS, watermark=mark
    )
    tokens = (model.encoder.end_id, *model.encoder.encode(state.sentence()))
    whose = "house" if model.whose == "house" else state.owner()
    key: Hashable = (whose, model.id, tokens, settings)
    return drawing.begin(
        services(), state.owner(), model.id, None, key, lambda: [(tokens, settings)]
    )


def marking(model: Model, t: Words) -> None:
    """The stage: the same beginning without and with a mark, both examined, and the slider."""
    pair = _both(model)
    over = all(each.over.is_set() for each in pair)
    with stage(t("marking.stage"), computed_now(t) if over else None):
        st.fragment(_pair)(model, pair, t, not over)
        if state.depth() != "watch":
            controls.slider("mark_strength", t("marking.strength"), help=t("marking.strength_help"))
        for said in (_how_found(model, t), _price(model, t), t("marking.green_note")):
            if said:
                note(said)
        note(t("marking.about", n=whole(N_TOKENS, t.lang)))


def _how_found(model: Model, t: Words) -> str:
    """How the draw that the page opens with was found, and how rare it is."""
    draw = found_draw(model, t.lang)
    if draw is None:
        return ""
    return t(
        "marking.first_of",
        n=whole(draw.seed + 1, t.lang),
        all=whole(draw.n, t.lang),
        strength=decimal(draw.mark.strength, t.lang, 1),
        grammatical=whole(draw.n_grammatical, t.lang),
        found=whole(draw.n_found, t.lang),
        fit=whole(draw.n_fit, t.lang),
    )


def _price(model: Model, t: Words) -> str:
    """How many sentences are grammatical and how many marks are found, by strength."""
    measured = prices(model.id)
    rows = [
        t(
            "marking.price_at",
            strength=decimal(one.strength, t.lang, 1),
            grammatical=share(one.n_grammatical / max(1, one.n_sentences), t.lang),
            found=share(one.n_found / one.n, t.lang),
        )
        for one in measured
    ]
    if not rows:
        return ""
    return t("marking.price_is", n=whole(measured[0].n, t.lang), rows="; ".join(rows))


def _both(model: Model) -> tuple[Drawing, Drawing]:
    """The continuation without a mark, and with the one of the slider."""
    return written(model, None), written(model, mark_now())


def pasted(model: Model, t: Words) -> None:
    """The card: any text, examined for the mark."""
    with card("paste", t("marking.paste"), computed_now(t)):
        _pasted(model, t)


def figures(model: Model, t: Words) -> list[Figure]:
    """What is handed on: how many pieces of either text are green; none while they are written."""
    pair = _both(model)
    if not all(each.is_whole for each in pair):
        return []
    names = (t("marking.green_without"), t("marking.green_with"))
    found = [
        examined(text_of(model.encoder, one.texts[0]), model.id, mark_now(), model)[0]
        for one in pair
    ]
    return [
        Figure(t("marking.of", n=whole(one.n_green, t.lang), all=whole(one.n_scored, t.lang)), name)
        for name, one in zip(names, found, strict=True)
    ]


def _pair(model: Model, pair: tuple[Drawing, Drawing], t: Words, live: bool) -> None:
    """Both texts with their verdicts, and how many of their sentences are grammatical."""
    names = (t("marking.unmarked"), t("marking.marked"))
    for column, drawn, name in zip(st.columns(2, gap="large"), pair, names, strict=True):
        text = text_of(model.encoder, drawn.texts[0])
        found, colours = examined(text, model.id, mark_now(), model)
        said = f"<b>{escape(state.sentence())}</b> {colours}"
        head = f"<h3>{escape(name)}</h3>"
        waits = f"<p class='gb-soft'>{escape(t('marking.writing'))}</p>"
        verdict = found_in_words(found, t) if found.n_scored else waits
        column.html(f"<div class='gb-marked'>{head}{verdict}<p tabindex='0'>{said}</p></div>")
        if drawn.over.is_set() and model.world is not None:
            n, n_all = grammatical(f"{state.sentence()}{text}")
            said = t("marking.grammatical", n=n, all=n_all)
            column.html(f"<p class='gb-soft'>{escape(said)}</p>")
        if drawn.error:
            with column:
                show_error(drawn.error, t)
    if live and all(each.over.is_set() for each in pair):
        st.rerun()
    if live:
        look_again("marks", LOOK_EVERY_S)


@st.cache_data(max_entries=64, show_spinner=False)
def grammatical(text: str) -> tuple[int, int]:
    """Complete sentences that the small world's grammar accepts, and all complete sentences."""
    whole_ones = sentences(text, complete_only=True)
    good = [each for each in whole_ones if accepts(each, "de") or accepts(each, "en")]
    return len(good), len(whole_ones)


@st.cache_data(max_entries=256, show_spinner=False)
def examined(text: str, id_: str, mark: Watermark, _model: Model) -> tuple[Detection, str]:
    """What the detector finds in a text, and the text as markup with its colours."""
    found = detect(text, _model.encoder, mark)
    return found, coloured(_model, found)


def coloured(model: Model, found: Detection) -> str:
    """A text as markup: green tokens underlined, others dotted, uncounted ones plain."""
    pieces, place = [], 0
    for span in token_spans(model.encoder, found.tokens):
        green = found.green[place]
        kind = "" if green is None else " class='g'" if green else " class='r'"
        pieces.append(f"<span{kind}>{escape(span.text)}</span>")
        place += len(span.ids)
    return "".join(pieces)


def found_in_words(found: Detection, t: Words) -> str:
    """The verdict on a text as markup, with its count; z and p only for those who dig."""
    verdict = t("marking.found") if found.is_marked else t("marking.not_found")
    n, n_all = whole(found.n_green, t.lang), whole(found.n_scored, t.lang)
    if state.depth() == "dig":
        said = (
            f"{t('marking.counted', n=n, all=n_all)} · z = {decimal(found.z, t.lang, 1)}"
            f" · p = {chance(found.p_value, t)}"
        )
    else:
        green = share(found.n_green / found.n_scored if found.n_scored else 0.0, t.lang)
        expected = share(MARK.share, t.lang)
        said = t("marking.counted_plain", share=green, n=n, all=n_all, chance=expected)
        said = f"{said} {luck(found.p_value, t)}"
    return (
        f"<p class='gb-verdict {'yes' if found.is_marked else 'no'}' role='status'>"
        f"<b>{escape(verdict)}</b> {escape(said)}</p>"
    )


def luck(p: float, t: Words) -> str:
    """How often chance alone would do as much, as so many of a round number of texts."""
    if p >= LIKELY:
        return t("marking.luck_likely", n=whole(round(100 * p), t.lang))
    power = min(FINEST, math.floor(-math.log10(p))) if p > 0 else FINEST
    return t("marking.luck", n=whole(10**power, t.lang))


def chance(p: float, t: Words) -> str:
    """A probability that may be tiny: 0.03 or 2 · 10⁻⁷."""
    if p >= 0.001:
        return significant(p, t.lang, 2)
    if p < 1e-300:
        return f"< 10{'-300'.translate(SUPERSCRIPTS)}"
    mantissa, power = f"{p:.0e}".split("e")
    return f"{mantissa} · 10{str(int(power)).translate(SUPERSCRIPTS)}".replace("-", MINUS)


def _pasted(model: Model, t: Words) -> None:
    start = drafts.recall("marking_pasted")
    text = st.text_area(
        t("marking.paste"),
        start,
        key="marking_pasted",
        max_chars=controls.PASTED,
        placeholder=t("marking.paste_hint"),
    )
    drafts.keep("marking_pasted")
    if text and text.strip():
        text = controls.fitting(text, MAX_PASTED)
        found = detect(text, model.encoder, mark_now())
        st.html(found_in_words(found, t))
        if found.n_scored < 50:
            note(t("marking.too_short"))


def alarm_line(t: Words) -> str:
    """At which p a text counts as marked."""
    return chance(ALARM, t)
