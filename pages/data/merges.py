"""Under the hood of the encoder: its first merges, one by one."""

from html import escape
from typing import Final

import streamlit as st

from core.data.text.bpe import Encoder, count_words, learn_merges
from pages.data.funnel import View
from pages.kit.catalogue import Words
from pages.kit.numbers import whole

N_MERGES: Final = 20


def merges_table(t: Words, view: View) -> None:
    """Which pair was the most frequent, how often it occurred, and what became of it."""
    counts = count_words(document.text for document in view.documents)
    merges = list(learn_merges(counts, N_MERGES))
    encoder = Encoder(merge.pair for merge in merges)
    rows = "".join(
        f"<tr><td>{n}</td><td><code>{_token(encoder, merge.pair[0])}</code> + "
        f"<code>{_token(encoder, merge.pair[1])}</code></td>"
        f"<td><code>{_token(encoder, merge.id)}</code></td>"
        f"<td>{escape(whole(merge.count, t.lang))}</td></tr>"
        for n, merge in enumerate(merges, start=1)
    )
    heads = ("data.merge_step", "data.merge_pair", "data.merge_token", "data.merge_count")
    head = "".join(f'<th scope="col">{escape(t(key))}</th>' for key in heads)
    n = whole(len(view.documents), t.lang)
    st.html(
        f"<p>{escape(t('data.merges', n=n))}</p>"
        f'<table class="gb-merges"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    )


def _token(encoder: Encoder, id: int) -> str:
    """A token as it can be read: spaces visible, bytes that are no character as numbers."""
    data = encoder.token_bytes(id)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.hex(" ").upper()
    return escape(text.replace(" ", "␣").replace("\n", "↵"))
