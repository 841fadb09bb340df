"""Speculative decoding: a small model drafts a few tokens, the large one checks them in one pass.

Invariant: what comes out is distributed as if the large model had written alone, whatever the small
one drafts; at temperature 0 it is the same text. The small model only decides how much is gained.
(One pass over several tokens may be rounded differently than one over each, by about one part in a
million; two tokens as close as that may change places.)

Nothing is timed here; a round tells what was drafted and what became of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

import torch
from torch import Tensor

from core.architecture.transformer import Transformer
from core.errors import EmptyInput, SettingError
from core.inference.cache import Cache
from core.inference.sampling import SamplingSettings, draw, next_token_probs

Verdict = Literal["accepted", "rejected", "unread"]
"""unread: a token drafted before it was rejected, or ended the text; nobody looks at it any more"""


@dataclass(frozen=True, slots=True)
class Drafted:
    """One token that the small model drafted, and what the large one said to it."""

    token: int
    """its id in the vocabulary"""
    small_prob: float
    """what the small model drew it with, q"""
    large_prob: float
    """what the large model would have drawn it with in its place, p"""
    dart: float | None
    """in [0, 1): accepted if below p / q; None for an unread token"""
    verdict: Verdict
    """what became of it"""

    @property
    def acceptance(self) -> float:
        """The probability with which it is accepted: min(1, p / q)."""
        return min(1.0, self.large_prob / self.small_prob)


@dataclass(frozen=True, slots=True)
class Round:
    """One draft, and one pass of the large model over it."""

    drafted: tuple[Drafted, ...]
    """in order; empty where only one token was left to write"""
    own: int | None
    """the large model's own token after those accepted; None if an accepted one ended the text"""
    own_from: Literal["resampled", "continued"] | None
    """resampled: in place of a rejected token; continued: after all were accepted"""

    @property
    def n_accepted(self) -> int:
        """Drafted tokens that were accepted."""
        return sum(each.verdict == "accepted" for each in self.drafted)

    @property
    def tokens(self) -> tuple[int, ...]:
        """What this round adds to the text."""
        accepted = tuple(each.token for each in self.drafted[: self.n_accepted])
        return accepted if self.own is None else (*accepted, self.own)


@dataclass(frozen=True, slots=True)
class Tally:
    """What a whole text took."""

    n_tokens: int
    """tokens written; alone, the large model would have taken a pass for each"""
    n_rounds: int
    """passes of the large model"""
    n_drafted: int
    """passes of the small model, each for one token"""
    n_checked: int
    """drafted tokens that were accepted or rejected"""
    n_accepted: int
    """drafted tokens that were accepted"""

    @property
    def acceptance(self) -> float | None:
        """The share of checked tokens that were accepted (the paper's alpha); None without any."""
        return self.n_accepted / self.n_checked if self.n_checked else None


def tally(rounds: Iterable[Round]) -> Tally:
    """Count what a text took."""
    seen = list(rounds)
    drafted = [each for one in seen for each in one.drafted]
    return Tally(
        n_tokens=sum(len(one.tokens) for one in seen),
        n_rounds=len(seen),
        n_drafted=len(drafted),
        n_checked=sum(each.verdict != "unread" for each in drafted),
        n_accepted=sum(one.n_accepted for one in seen),
    )


def write_speculatively(
    large: Transformer,
    small: Transformer,
    tokens: Sequence[int],
    settings: SamplingSettings,
    n_draft: int = 4,
    end_id: int | None = None,
) -> Iterator[Round]:
    """Continue a text as the large model would, with fewer passes of it.

    Args:
        large: whose text it is; not changed.
        small: drafts; has the same vocabulary. Not changed.
        tokens: the text so far, at least one token.
        settings: how both draw, and how much; a schema or a watermark is not minded here, and
            `stop` is left to whoever decodes the tokens.
        n_draft: tokens drafted at a time (the paper's gamma), at least 1.
        end_id: the token after which to stop.

    Yields:
        Every round as soon as the large model has spoken.

    Raises:
        EmptyInput: there is no token to continue.
        SettingError: `n_draft` is less than 1; the text and `max_tokens` do not fit into the
            context of both models together; or the settings name a schema or a watermark.
        WritingFailed: a model's scores are not numbers.
        ValueError: the models have different vocabularies.

    Source: Leviathan et al. 2023, "Fast Inference from Transformers via Speculative Decoding",
        arXiv:2211.17192, algorithm 1.
    """
    _check(large, small, tokens, settings, n_draft)
    generator, text = Random(settings.seed), list(tokens)
    writer, drafter = _Reader(large, settings), _Reader(small, settings)
    n_end = len(text) + settings.max_tokens
    while len(text) < n_end:
        drafts, small_probs = list[int](), list[Tensor]()
        for _ in range(min(n_draft, n_end - len(text) - 1)):  # the last token is the large model's
            small_probs.append(drafter.read([*text, *drafts], 1)[0])  # (V,)
            drafts.append(draw(small_probs[-1], generator))
        large_probs = writer.read([*text, *drafts], len(drafts) + 1)  # (drafts + 1, V)
        one = judge(drafts, small_probs, large_probs, generator, end_id)
        yield one
        text += one.tokens
        if text[-1] == end_id:
            return
        for reader in (writer, drafter):
            reader.forget_from(len(text) - 1)


def judge(
    drafts: Sequence[int],
    small_probs: Sequence[Tensor],
    large_probs: Tensor,
    generator: Random,
    end_id: int | None = None,
) -> Round:
    """Accept drafted tokens until one is rejected, and add one token of the large model's own.

    Args:
        drafts: N drafted tokens, each drawn from its row of `small_probs`.
        small_probs: N rows of (V,) probabilities, q.
        large_probs: (N + 1, V) probabilities, p: in the place of each drafted token, and after
            the last.
        generator: one dart for every token looked at, and one for the token of its own.
        end_id: an accepted token that ends the text.

    Source: Leviathan et al. 2023, arXiv:2211.17192, algorithm 1, and appendix A.1 for the proof.
    """
    told = list[Drafted]()
    for token, q, p in zip(drafts, small_probs, large_probs[:-1], strict=True):
        dart = generator.random()
        is_accepted = dart * float(q[token]) < float(p[token])
        verdict: Verdict = "accepted" if is_accepted else "rejected"
        told.append(Drafted(token, float(q[token]), float(p[token]), dart, verdict))
        if is_accepted and token != end_id:
            continue
        for place in range(len(told), len(drafts)):
            unread, q_unread = drafts[place], small_probs[place]
            p_unread = float(large_probs[place, unread])
            told.append(Drafted(unread, float(q_unread[unread]), p_unread, None, "unread"))
        if is_accepted:
            return Round(tuple(told), None, None)
        return Round(tuple(told), draw(left_over(p, q), generator), "resampled")
    return Round(tuple(told), draw(large_probs[-1], generator), "continued")


def left_over(large_probs: Tensor, small_probs: Tensor) -> Tensor:
    """What a token is drawn from in place of a rejected one: max(0, p - q), as a distribution.

    Args:
        large_probs: (V,) p.
        small_probs: (V,) q.

    Returns:
        (V,) probabilities, summing to 1: where the small model draws too seldom.

    Source: Leviathan et al. 2023, arXiv:2211.17192, section 2.3.
    """
    missing = (large_probs.double() - small_probs.double()).clamp(min=0.0)  # (V,)
    total = missing.sum()
    # Equal distributions reject nothing; after rounding, a rejection leaves the large one's own.
    return missing / total if total > 0 else large_probs


class _Reader:
    """A model with a cache that follows a text, forwards and back."""

    def __init__(self, model: Transformer, settings: SamplingSettings) -> None:
        self._model = model
        self._settings = settings
        self._cache = Cache(model.config, dtype=model.dtype)

    @torch.inference_mode()
    def read(self, text: Sequence[int], n_last: int) -> Tensor:
        """Read what is new of a text; (n_last, V) what may follow each of its last tokens."""
        new = torch.tensor([list(text[self._cache.lengths[0] :])])  # (1, T)
        logits: Tensor = self._model(new, self._cache)[0, -n_last:]  # (n_last, V)
        return next_token_probs(logits, self._settings)

    def forget_from(self, place: int) -> None:
        """Forget every token from a place on; what is read next overwrites it."""
        self._cache.lengths[0] = min(self._cache.lengths[0], place)


def _check(
    large: Transformer,
    small: Transformer,
    tokens: Sequence[int],
    settings: SamplingSettings,
    n_draft: int,
) -> None:
    if not tokens:
        raise EmptyInput("there is no token to continue")
    if large.config.n_vocab != small.config.n_vocab:
        sizes = f"{large.config.n_vocab} and {small.config.n_vocab} tokens"
        raise ValueError(f"the models have different vocabularies: {sizes}")
    if n_draft < 1:
        raise SettingError("n_draft", n_draft, "must be at least 1")
    for name in ("constraint", "watermark"):
        if getattr(settings, name) is not None:
            raise SettingError(name, "…", "cannot be minded where tokens are drafted")
    n_context = min(large.config.n_context, small.config.n_context)
    n_room = n_context - len(tokens) + 1  # the last token need not be read
    if settings.max_tokens > n_room:
        rule = f"must be at most {n_room}: the context holds {n_context} tokens"
        raise SettingError("max_tokens", settings.max_tokens, rule)
