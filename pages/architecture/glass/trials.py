"""The experiments of the glass view: parts switched off, and what becomes of the answer."""

from collections.abc import Sequence

import streamlit as st
import torch

from core.architecture.changing import FeedForwardOff
from core.architecture.inside import look_inside
from core.architecture.one_by_one import answers_without_each_head
from core.lineage import content_id
from pages.architecture import looking
from pages.architecture.glass.seeing import quickly
from pages.architecture.looking import Looked
from pages.inference.writing import watched
from pages.kit.catalogue import Words
from pages.kit.frame import Measured, predict
from pages.kit.numbers import share, whole


def show(looked: Looked, tokens: Sequence[int], t: Words) -> None:
    """Both experiments side by side, about the visitor's own sentence."""
    of = content_id(f"{looked.key} {list(tokens)}".encode())[:8]
    left, right = st.columns(2)
    with left:
        predict(
            f"glass_mlp_{of}",
            t,
            question=t("glass.mlp_question"),
            options={"same": t("glass.mlp_same"), "other": t("glass.mlp_other")},
            measure=lambda: without_mlp(looked, tokens, t),
        )
    n_heads = looked.config.n_layers * looked.config.n_heads
    with right:
        predict(
            f"glass_heads_{of}",
            t,
            question=t("glass.head_question", n=whole(n_heads, t.lang)),
            options={
                "never": t("glass.head_never"),
                "few": t("glass.head_few"),
                "many": t("glass.head_many"),
            },
            measure=lambda: without_each_head(looked, tokens, t),
        )


def without_mlp(looked: Looked, tokens: Sequence[int], t: Words) -> Measured:
    """The next token without the first block's feed-forward layer."""
    before = look_inside(looked.model, tokens).logits[-1]
    after = look_inside(looked.model, tokens, [FeedForwardOff(0)]).logits[-1]
    was, now = int(before.argmax()), int(after.argmax())
    return Measured(
        "same" if was == now else "other",
        t(
            "glass.mlp_text",
            before=_read(looked, was, t),
            was=share(float(before.softmax(-1)[was]), t.lang),
            after=_read(looked, now, t),
            now=share(float(after.softmax(-1)[now]), t.lang),
            rank=whole(int((after > after[was]).sum()) + 1, t.lang),
            all=whole(len(after), t.lang),
        ),
    )


def without_each_head(looked: Looked, tokens: Sequence[int], t: Words) -> Measured:
    """How often the next token becomes another one when a single head is off."""
    config = looked.config
    plain = quickly(looked, look_inside, looked.model, tokens)
    usual = plain.logits[-1].softmax(-1)
    best = int(usual.argmax())
    rows = answers_without_each_head(looked.model, plain)
    found = []
    with watched(t, "without_each_head") as tell:
        for layer in range(config.n_layers):
            found.append(quickly(looked, next, rows))  # (H, V)
            tell((layer + 1) / config.n_layers)
    answers = torch.cat(found).softmax(-1)  # (L * H, V)
    n_changed = int((answers.argmax(-1) != best).sum())
    most = int(answers[:, best].argmin())
    layer, head = divmod(most, config.n_heads)
    outcome = "never" if n_changed == 0 else "few" if 2 * n_changed < len(answers) else "many"
    return Measured(
        outcome,
        t(
            "glass.head_text",
            changed=whole(n_changed, t.lang),
            n=whole(len(answers), t.lang),
            layer=layer + 1,
            head=head + 1,
            word=_read(looked, best, t),
            was=share(float(usual[best]), t.lang),
            now=share(float(answers[most, best]), t.lang),
        ),
    )


def _read(looked: Looked, token: int, t: Words) -> str:
    return looking.texts_of(looked.encoder, [token], t)[0].strip()
