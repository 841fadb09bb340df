"""A prompt token by token: special tokens by name, and what the window cuts off struck out."""

from collections.abc import Sequence
from html import escape

from core.alignment.text.templates import Part
from core.api.writing import token_text
from core.data.text.bpe import Encoder
from core.inference.text.window import window_of
from pages.kit.catalogue import Words


def tokens_html(encoder: Encoder, tokens: Sequence[int], n_context: int, t: Words) -> str:
    """Every token in a box; those that no longer fit into the context window are struck out."""
    n_cut = len(window_of(tokens, n_context).cut)
    boxes = "".join(_box(encoder, token, at < n_cut) for at, token in enumerate(tokens))
    name = escape(t("prompting.as_read"))
    return f'<div class="gb-read" role="group" aria-label="{name}" tabindex="0">{boxes}</div>'


def _box(encoder: Encoder, token: int, is_cut: bool) -> str:
    text = escape(token_text(encoder, token)).replace("\n", "↵<br>").replace(" ", "&nbsp;")
    if encoder.special(token) is not None:
        text = f"<b>{text}</b>"
    return f"<s>{text}</s>" if is_cut else f"<span>{text}</span>"


def parts_html(parts: Sequence[Part]) -> str:
    """A template's text with its special tokens; line breaks are shown."""
    return "".join(
        f"<b>{escape(part.text)}</b>"
        if part.special
        else f"<span>{escape(part.text).replace(chr(10), '↵<br>')}</span>"
        for part in parts
    )
