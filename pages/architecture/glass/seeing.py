"""What the glass view shows of one sentence in one model, computed once and kept."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, ParamSpec, TypeVar

import streamlit as st
import torch
from torch import Tensor

from core.architecture.changing import AttentionOff, Change, FeedForwardOff, HeadOff
from core.architecture.config import ModelConfig
from core.architecture.heads import Habits, habits, induction_share
from core.architecture.inside import Inside, logit_lens, look_inside
from core.architecture.positions import alibi_slopes
from core.architecture.transformer import Transformer
from core.data.text.encoding import TextEncoder
from core.jobs.pace import n_cores
from core.training.parts import computing_with
from pages.architecture import guessing, looking
from pages.architecture.glass.packing import packed
from pages.architecture.looking import Looked
from pages.kit.catalogue import Words
from pages.kit.numbers import decimal, share

N_TOKENS: Final = 64  # shown at most
N_NEXT: Final = 12  # candidates for the next token
N_LENS: Final = 3  # candidates after every block
WIDE: Final = 8000  # a vocabulary above this is read after every block for the last token alone
PERIOD: Final = 12  # random tokens that are written twice to find induction heads
MOST_THREADS: Final = 8
ACTS_SO: Final = 0.4  # from this share of attention a head is named after what it does

P = ParamSpec("P")
T = TypeVar("T")
Off = tuple[tuple[str | int, ...], ...]
"""("head", layer, head), ("attention", layer) or ("feedforward", layer), layers from 0"""


@dataclass(frozen=True)
class Seen:
    """One sentence in one model.

    Args:
        inside: every value.
        sent: what goes to the browser, apart from words.
        habits: for every block and head in words what it does on this sentence, and how clearly.
    """

    inside: Inside
    sent: dict[str, Any]
    habits: list[list[str]]


def changes_of(off: Off) -> list[Change]:
    """What is switched off, as the model takes it."""
    return [
        HeadOff(int(part[1]), int(part[2]))
        if part[0] == "head"
        else (AttentionOff if part[0] == "attention" else FeedForwardOff)(int(part[1]))
        for part in off
    ]


def admitted(off: object, config: ModelConfig) -> Off:
    """What the browser says is switched off, as far as this model has it."""
    found = []
    for part in off if isinstance(off, list) else []:
        kind, *places = part if isinstance(part, list) and part else [""]
        limits = {
            "head": [config.n_layers, config.n_heads],
            "attention": [config.n_layers],
            "feedforward": [config.n_layers],
        }.get(kind if isinstance(kind, str) else "", [])
        fits = limits and len(places) == len(limits)
        if fits and all(
            type(place) is int and 0 <= place < n for place, n in zip(places, limits, strict=True)
        ):
            found.append((kind, *places))
    return tuple(dict.fromkeys(found))


def seen(looked: Looked, tokens: Sequence[int], off: Off, opened: int | None, t: Words) -> Seen:
    """The sentence in the model, with everything that the view draws."""
    keep = _large if looked.whose == "others" else _small
    return keep(looked.key, tuple(tokens), off, opened, t.lang, looked, t)


_HANDS: Final = ThreadPoolExecutor(1, "published")
"""computes for one visitor at a time; a thread that stays keeps its memory and its helpers"""


def quickly(looked: Looked, work: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
    """Do some work with all cores, if the model is a published one: ours would only wait."""
    if looked.whose != "others":
        return work(*args, **more)

    def with_all_cores() -> T:
        with computing_with(min(MOST_THREADS, n_cores())):
            return work(*args, **more)

    return _HANDS.submit(with_all_cores).result()


_BEFORE: Final[dict[str, Inside]] = {}
"""by model, what was looked at last: the next sentence often begins like it"""


def _looked_inside(looked: Looked, tokens: Sequence[int], off: Off) -> Inside:
    """All that happens, going on from the sentence before; in a published model, where it pays."""
    known = _BEFORE.get(looked.key)
    found = look_inside(looked.model, tokens, changes_of(off), known)
    if looked.whose == "others" and not off:
        _BEFORE.clear()  # one is enough
        _BEFORE[looked.key] = found
    return found


def _computed(
    key: str,
    tokens: tuple[int, ...],
    off: Off,
    opened: int | None,
    lang: str,
    _of: Looked,
    _t: Words,
) -> Seen:
    inside = quickly(_of, _looked_inside, _of, tokens, off)
    heads = _telling(inside)
    texts = _Texts(_of.encoder, _t)
    best = inside.logits.argmax(-1)  # (T,)
    last_only = inside.config.n_vocab > WIDE
    lens, rank = quickly(_of, _lens, _of.model, inside, best, texts, last_only)
    sent = {
        "tokens": _tokens(_of.encoder, tokens, _t),
        "config": _config(inside),
        "heads": heads,
        "lens": lens,
        "rank": rank,
        "next": texts.likeliest(inside.logits, tokens, N_NEXT),
        **packed(_of.model, inside, heads, opened),
    }
    return Seen(inside, sent, habits_of(_of, inside, _t))


# All that happens inside a published model may take a hundred megabytes, in one of ours three.
_small = st.cache_resource(max_entries=24, show_spinner=False)(_computed)
_large = st.cache_resource(max_entries=2, show_spinner=False)(_computed)


def _tokens(encoder: TextEncoder, tokens: Sequence[int], t: Words) -> list[dict[str, Any]]:
    texts = looking.texts_of(encoder, tokens, t)
    return [
        {"text": text, "id": id_, "start": n == 0 and id_ == encoder.end_id}
        for n, (text, id_) in enumerate(zip(texts, tokens, strict=True))
    ]


def _config(inside: Inside) -> dict[str, Any]:
    config = inside.config
    return {
        **config.to_dict(),
        "head_size": inside.blocks[0].queries.shape[-1],
        "slopes": alibi_slopes(config.n_heads) if config.positions == "alibi" else [],
        "n_tokens": len(inside.tokens),
    }


def _telling(inside: Inside) -> list[int]:
    """For every block the head whose last token attends most to one earlier token.

    The token itself and the beginning do not count: idle heads attend to those.
    """
    n_tokens = len(inside.tokens)
    if n_tokens < 4:
        return [len(block.weights) for block in inside.blocks]  # the mean
    return [int(block.weights[:, -1, 1:-1].amax(-1).argmax()) for block in inside.blocks]


class _Texts:
    """Tokens of the vocabulary as they are read, each written once."""

    def __init__(self, encoder: TextEncoder, t: Words) -> None:
        self._encoder, self._t = encoder, t
        self._known: dict[int, str] = {}

    def of(self, token: int, before: int) -> str:
        """The token as it is read after another one: what goes on with a word has an ellipsis."""
        if token not in self._known:
            self._known[token] = looking.texts_of(self._encoder, [token], self._t)[0]
        text = self._known[token]
        begins = before == self._encoder.end_id
        return text.strip(" ") or text if begins else guessing.piece(text)

    def likeliest(self, logits: Tensor, before: Sequence[int], n: int) -> list[list[list[Any]]]:
        """For each row of logits (N, V) the likeliest as [text, probability, token], best first.

        Args:
            before: N tokens, each the one after which its row says what comes next.
        """
        top = logits.float().softmax(-1).topk(min(n, logits.shape[-1]))  # (N, n) each
        return [
            [[self.of(t, after), round(p, 5), t] for p, t in zip(values, found, strict=True)]
            for values, found, after in zip(
                top.values.tolist(), top.indices.tolist(), before, strict=True
            )
        ]


def _lens(
    model: Transformer, inside: Inside, best: Tensor, texts: _Texts, last_only: bool
) -> tuple[list[list[Any]], list[list[int]]]:
    """What the model would say after every block, and the rank that its later answer has there."""
    n_tokens = len(inside.tokens)
    lens: list[list[Any]] = []
    ranks: list[list[int]] = []
    some = slice(n_tokens - 1, None) if last_only else slice(None)
    depths = torch.stack([residual[some] for residual in inside.residuals])  # (L + 1, T or 1, C)
    last = inside.tokens[some]
    # In one product: a large table of tokens is read from memory once, not once a block.
    for logits in logit_lens(model, depths):  # (T or 1, V)
        found = texts.likeliest(logits, last, N_LENS)
        better = (logits > logits.gather(1, best[some, None])).sum(-1) + 1
        missing = n_tokens - len(found)
        lens.append([found[-1]] * missing + found)
        ranks.append([int(better[-1])] * missing + [int(n) for n in better])
    return lens, ranks


@st.cache_data(max_entries=16, show_spinner=False)
def _inductions(key: str, _model: Transformer) -> list[list[float]]:
    """(L, H) how much each head looks at what followed the last time, on random tokens twice."""
    period = min(PERIOD, _model.config.n_context // 2)
    generator = torch.Generator().manual_seed(0)
    once = torch.randint(_model.config.n_vocab, (8, period), generator=generator)  # (B, period)
    weights = looking.attention_of(_model, torch.cat([once, once], dim=1))  # (L, B, H, T, T)
    found: list[list[float]] = induction_share(weights, period).mean(1).tolist()
    return found


def habits_of(looked: Looked, inside: Inside, t: Words) -> list[list[str]]:
    """For every block and head in words what it does on this sentence, and how clearly."""
    if len(inside.tokens) < 2:
        return [["" for _ in block.weights] for block in inside.blocks]
    inductions = _inductions(looked.key, looked.model)
    return [
        [
            _told(each, inductions[layer][head], t)
            for head, each in enumerate(habits(block.weights, inside.tokens))
        ]
        for layer, block in enumerate(inside.blocks)
    ]


def _told(found: Habits, induction: float, t: Words) -> str:
    named = {
        t("glass.acts_induction"): induction,
        t("glass.acts_previous"): found.previous,
        t("glass.acts_same"): found.same or 0.0,
        t("glass.acts_first"): found.first,
        t("glass.acts_itself"): found.itself,
    }
    best = max(named, key=lambda name: named[name])
    name = f"{best}. " if named[best] >= ACTS_SO else ""
    return name + t(
        "glass.habits",
        previous=share(found.previous, t.lang),
        itself=share(found.itself, t.lang),
        first=share(found.first, t.lang),
        induction=share(induction, t.lang),
        distance=decimal(found.distance, t.lang, 1),
        entropy=decimal(found.entropy, t.lang, 1),
    )
