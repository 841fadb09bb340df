"""Why this token: what every word before it contributed, by four methods that need not agree."""

from dataclasses import replace
from typing import Final

import streamlit as st
import torch

from core.architecture.transformer import Transformer
from core.figures.parts import heat
from core.inference.attributing import Attribution, attribute
from pages.architecture.looking import texts_of
from pages.inference.choosing.opened import Opened, read
from pages.inference.choosing.steering import at_the_end, steered
from pages.kit.catalogue import Words
from pages.kit.components import figure, marks
from pages.kit.frame import note
from pages.kit.numbers import share, whole

N_TOKENS: Final = 40  # leaving each one out reads the text once more


@st.fragment
def show(beginning: Opened, t: Words) -> None:
    """Which earlier tokens the likeliest next one came from; of the text so far on demand."""
    kept = st.session_state.setdefault("_choosing_why", {})
    opened = at_the_end(beginning, steered(beginning))
    if st.button(t("choosing.why_now"), key="choosing_why_now"):
        kept.clear()
        kept[beginning.of.id, beginning.tokens] = opened.tokens
    tokens = kept.get((beginning.of.id, beginning.tokens), beginning.tokens)
    opened = replace(beginning, tokens=tokens)
    if len(tokens) > N_TOKENS:
        note(t("choosing.why_long", n=whole(N_TOKENS, t.lang), given=whole(len(tokens), t.lang)))
        return
    token = int(opened.logits().argmax())
    found = _attributed(opened.of.id, tokens, token, opened.model)
    note(t("choosing.why_text", text=read(opened.encoder, opened.before)))
    note(t("choosing.why_about", word=texts_of(opened.encoder, [token], t)[0].strip()))
    rows = {
        t("choosing.why_left_out"): found.left_out,
        t("choosing.why_gradient"): found.gradient,
        t("choosing.why_rollout"): found.rollout,
        t("choosing.why_attention"): found.attention,
    }
    rows = {name: values for name, values in rows.items() if len(values)}
    texts = [text.strip() for text in texts_of(opened.encoder, tokens, t)]
    figure(
        heat(
            [_parts(values) for values in rows.values()],
            texts,
            list(rows),
            "",
            marks=marks(t),
        ),
        t,
        key="choosing_why",
        alt=t("choosing.why_alt"),
        height=90 + 40 * len(rows),
    )
    first = [_parts(values) for values in rows.values()]
    most = [max(range(len(texts)), key=lambda n, row=row: row[n]) for row in first]  # type: ignore[misc]
    said = t("choosing.why_agree") if len(set(most)) == 1 else t("choosing.why_differ")
    told = [
        t("choosing.why_most", method=name, token=texts[n], share=share(row[n], t.lang))
        for name, n, row in zip(rows, most, first, strict=True)
    ]
    note(f"{said} {'; '.join(told)}.")


def _parts(values: torch.Tensor) -> list[float]:
    """Sizes as shares of 1, whatever their sign."""
    sizes = values.abs().double()
    total = float(sizes.sum()) or 1.0
    found: list[float] = (sizes / total).tolist()
    return found


@st.cache_data(max_entries=32, show_spinner=False)
def _attributed(id_: str, tokens: tuple[int, ...], token: int, _model: Transformer) -> Attribution:
    return attribute(_model, tokens, token)
