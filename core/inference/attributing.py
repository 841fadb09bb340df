"""Why this token: what each earlier token contributed to the model's choice, by three methods.

They answer different questions and need not agree: attention says where the model looked, gradient
times input how the choice would change with a small change of a token's vector, leaving a token out
what would have been chosen without it. Only the last is an experiment on the text itself.

Texts have to fit into the context window: 1 <= T <= n_context.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor

from core.architecture.changing import sharing_weights
from core.architecture.transformer import Recording, Transformer
from core.errors import EmptyInput, WritingFailed

TEXTS_AT_ONCE: Final = 32
"""texts without one of their tokens that are read together"""


@dataclass(frozen=True, slots=True)
class Attribution:
    """What the T tokens of a text contributed to one next token."""

    logprob: float
    """of that token after the text, in nats"""
    attention: Tensor
    """(T,) shares of 1: see `last_attention`"""
    rollout: Tensor
    """(T,) shares of 1: see `attention_rollout`"""
    gradient: Tensor
    """(T,) nats, either sign: see `gradient_times_input`"""
    left_out: Tensor
    """(T,) nats, either sign: see `leave_one_out`; empty for a text of one token"""


def attribute(model: Transformer, tokens: Sequence[int], token: int) -> Attribution:
    """What each token of a text contributed to the choice of a next one, by every method.

    Args:
        model: reads; it is not changed.
        tokens: T token ids: the text so far.
        token: the next one, chosen or merely possible.

    Raises:
        EmptyInput: there is no text.
        WritingFailed: the model's scores are not numbers.
        ValueError: the text is longer than the context, or a token is none of the model's.
    """
    _check(model, tokens, token)
    weights = _attention_of(model, tokens)
    one = len(tokens) == 1
    found = Attribution(
        logprob=float(next_logprobs(model, [list(tokens)], token)[0]),
        attention=weights[-1].mean(dim=0)[-1],
        rollout=_rolled_out(weights),
        gradient=gradient_times_input(model, tokens, token),
        left_out=torch.zeros(0) if one else leave_one_out(model, tokens, token),
    )
    if not all(bool(each.isfinite().all()) for each in (found.gradient, found.attention)):
        raise WritingFailed("the scores are not numbers", reason="probabilities")
    return found


def last_attention(model: Transformer, tokens: Sequence[int]) -> Tensor:
    """Where the last token looks in the last layer, as the mean over heads.

    Args:
        model: reads.
        tokens: T token ids.

    Returns:
        (T,) shares of 1. They are the same whatever is chosen next, and leave out what the layers
        before have already carried from token to token.

    Source: Vaswani et al. 2017, "Attention Is All You Need", arXiv:1706.03762, section 3.2; what
        such shares can and cannot explain: Jain & Wallace 2019, arXiv:1902.10186.
    """
    _check(model, tokens)
    return _attention_of(model, tokens)[-1].mean(dim=0)[-1]


def attention_rollout(model: Transformer, tokens: Sequence[int]) -> Tensor:
    """Where what stands at the last token comes from, through all layers.

    Each layer mixes with its mean attention, one half, and keeps what was there, the other half:
    the residual stream. The product over layers follows a token's way to the end.

    Args:
        model: reads.
        tokens: T token ids.

    Returns:
        (T,) shares of 1; the same whatever is chosen next.

    Source: Abnar & Zuidema 2020, "Quantifying Attention Flow in Transformers", arXiv:2005.00928,
        section 3, equation 1.
    """
    _check(model, tokens)
    return _rolled_out(_attention_of(model, tokens))


def gradient_times_input(model: Transformer, tokens: Sequence[int], token: int) -> Tensor:
    """How fast the log-probability grows as a token's vector grows.

    Args:
        model: reads; it keeps no gradient. Weights made in inference mode have none to give.
        tokens: T token ids.
        token: the next one.

    Returns:
        (T,) nats: d logprob / d embedding, times the embedding, summed over its channels. To first
        order, what would be lost if the vector shrank to 0; the order of tokens keeps its part.

    Source: Simonyan et al. 2013, "Deep Inside Convolutional Networks", arXiv:1312.6034, section 3
        (the gradient); Shrikumar et al. 2016, "Not Just a Black Box", arXiv:1605.01713, section 2
        (times the input).
    """
    _check(model, tokens, token)
    embeddings = list[Tensor]()

    def watch(_table: torch.nn.Module, _ids: Any, out: Tensor) -> Tensor:
        embeddings.append(out.detach().requires_grad_())  # (1, T, C)
        return embeddings[0]

    own = sharing_weights(model)
    own.token_embedding.register_forward_hook(watch)
    with torch.inference_mode(False), torch.enable_grad():
        logits: Tensor = own(torch.tensor([list(tokens)]), only_last=True)
        logprob = logits[0, 0].log_softmax(dim=-1)[token]
        (gradient,) = torch.autograd.grad(logprob, embeddings)  # (1, T, C)
    return (gradient * embeddings[0].detach()).sum(dim=-1)[0]


def leave_one_out(model: Transformer, tokens: Sequence[int], token: int) -> Tensor:
    """How much less likely the next token is in the same text without one of its tokens.

    Args:
        model: reads.
        tokens: T token ids, at least 2.
        token: the next one.

    Returns:
        (T,) nats: logprob after the whole text minus logprob without token i; below 0 where the
        token stood in the way. What follows a token that is left out moves up by one position.

    Raises:
        ValueError: there is one token only, and nothing would be left.

    Source: Li et al. 2016, "Understanding Neural Networks through Representation Erasure",
        arXiv:1612.08220, section 3.1.
    """
    _check(model, tokens, token)
    if len(tokens) < 2:
        raise ValueError("a text of one token has none that could be left out")
    without = [[*tokens[:place], *tokens[place + 1 :]] for place in range(len(tokens))]
    whole = next_logprobs(model, [list(tokens)], token)
    return whole - next_logprobs(model, without, token)


@torch.inference_mode()
def next_logprobs(model: Transformer, texts: Sequence[Sequence[int]], token: int) -> Tensor:
    """(N,) nats: the log-probability of a token after each of N equally long texts."""
    found = list[Tensor]()
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        some = torch.tensor([list(text) for text in texts[start : start + TEXTS_AT_ONCE]])
        logits: Tensor = model(some, only_last=True)  # (N, 1, V)
        found.append(logits[:, 0].log_softmax(dim=-1)[:, token])
    return torch.cat(found)


@torch.inference_mode()
def _attention_of(model: Transformer, tokens: Sequence[int]) -> list[Tensor]:
    """(H, T, T) attention weights of every layer."""
    record = Recording()
    model(torch.tensor([list(tokens)]), record=record, only_last=True)
    return [weights[0] for weights in record.attention_weights]


def _rolled_out(layers: Sequence[Tensor]) -> Tensor:
    """(T,) the last row of the product over layers of (mean attention + identity) / 2."""
    flow = torch.eye(layers[0].shape[-1], dtype=layers[0].dtype)[-1]  # (T,) all at the last token
    for weights in reversed(layers):  # from the end back to the embeddings
        flow = (flow @ weights.mean(dim=0) + flow) / 2
    return flow


def _check(model: Transformer, tokens: Sequence[int], token: int = 0) -> None:
    if not tokens:
        raise EmptyInput("there is no text before the token")
    if len(tokens) > model.config.n_context:
        n_context = model.config.n_context
        raise ValueError(f"{len(tokens)} tokens do not fit into a context of {n_context}")
    if not all(0 <= each < model.config.n_vocab for each in (*tokens, token)):
        raise ValueError(f"token ids must lie in [0, {model.config.n_vocab})")
