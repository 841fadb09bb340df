"""Live: the visitor's own word, put into the code by every model that was just trained."""

from collections.abc import Mapping
from html import escape
from itertools import zip_longest

import streamlit as st

from core.architecture.transformer import Transformer
from core.errors import GlassboxError
from core.limits.slope.emergence import (
    LETTERS,
    N_LETTERS,
    Code,
    SizesSettings,
    encoded,
    trained_models,
    written,
)
from core.services import services
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error
from pages.kit.numbers import whole
from pages.limits.live import Run


def draw(seen: Run | None, t: Words) -> None:
    """A field for a word, and what each size of the newest run makes of it."""
    if seen is None or not seen.record.is_finished or seen.record.result is None:
        note(t("slope.own_first"))
        return
    typed = controls.text("slope_word", t("slope.own_label"), placeholder="katze")
    if problem := refused(typed, t):
        st.html(f"<p class='gb-not-here' role='status'>{escape(problem)}</p>")
        return
    try:
        models = _models(state.owner(), seen.record.result, seen.record.settings)
    except GlassboxError as error:
        show_error(error, t)
        return
    st.html(answers(typed.strip().lower(), models, t))


def refused(typed: str, t: Words) -> str:
    """Why a word can't be asked, in a sentence; empty if it can."""
    word = typed.strip().lower()
    if not word:
        return t("slope.own_about", k=whole(N_LETTERS, t.lang))
    strange = sorted(set(word) - set(LETTERS))
    if strange:
        shown = " ".join("␣" if each.isspace() else each for each in strange[:N_LETTERS])
        return t("slope.own_letters", characters=shown)
    if len(word) > N_LETTERS:
        return t("slope.own_long", k=whole(N_LETTERS, t.lang), n=whole(len(word), t.lang))
    return ""


@st.cache_resource(max_entries=8, show_spinner=False)
def _models(owner: str, result: str, settings: Mapping[str, object]) -> dict[int, Transformer]:
    """The models of a run by their channels; read once."""
    data = services().store.artifacts.read(owner, result)
    return dict(trained_models(data, SizesSettings.from_dict(settings)))


def answers(word: str, models: Mapping[int, Transformer], t: Words) -> str:
    """The true answer, and that of each size, letter by letter."""
    truth = encoded(Code.drawn(1), word)
    rows = []
    for model in models.values():
        answer = written(model, word)
        n_right = sum(ours == true for ours, true in zip(answer, truth, strict=True))
        verdict = t("slope.own_exact") if answer == truth else t("slope.own_not")
        letters = t("slope.own_right", n=whole(n_right, t.lang), of=whole(len(truth), t.lang))
        size = whole(sum(weight.numel() for weight in model.parameters()), t.lang)
        rows.append(
            f"<tr><th scope='row'>{size}</th><td class='code'>{_marked(answer, truth, t)}</td>"
            f"<td>{escape(letters)}</td><td>{escape(verdict)}</td></tr>"
        )
    heads = (t("slope.parameters"), t("slope.own_answer"), t("slope.letters"), t("slope.exact"))
    head = "".join(f"<th scope='col'>{escape(each)}</th>" for each in heads)
    said = t("slope.own_truth", word=word, answer=truth)
    return (
        f"<div class='gb-lanes gb-coded' role='region' tabindex='0' "
        f"aria-label='{escape(t('slope.own'))}'><p>{escape(said)}</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _marked(answer: str, truth: str, t: Words) -> str:
    """An answer whose wrong letters are struck."""
    return "".join(
        f"<b>{escape(ours)}</b>"
        if ours == true
        else f"<s aria-label='{escape(t('slope.own_wrong', letter=ours))}'>{escape(ours)}</s>"
        for ours, true in zip_longest(answer, truth, fillvalue="")
    )
