"""Answers in OpenAI's forms: whole ones, and the chunks of a stream."""

import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from core.api.models import Model
from core.api.writing import Finish, Piece, TokenShare, token_text
from core.data.text.bpe import Encoder

Form = Literal["completion", "chat"]

DONE = b"data: [DONE]\n\n"


@dataclass
class Choice:
    """One text of an answer, as far as it is written."""

    text: str = ""
    tokens: list[TokenShare] = field(default_factory=list)
    n_tokens: int = 0
    finish: Finish | None = None

    def add(self, piece: Piece) -> None:
        """Append the next piece."""
        self.text += piece.text
        self.tokens += piece.tokens
        self.n_tokens += piece.n_tokens
        self.finish = piece.finish


class Answer:
    """One answer, whole or in chunks.

    Args:
        form: which of OpenAI's two.
        model: who writes.
        n_prompt_tokens: tokens read, of all prompts together.
        with_logprobs: whether tokens are told one by one.
        counts_usage: whether a stream ends with the number of tokens.
    """

    def __init__(
        self,
        form: Form,
        model: Model,
        n_prompt_tokens: int,
        with_logprobs: bool = False,
        counts_usage: bool = False,
    ) -> None:
        self._form = form
        self._encoder = model.encoder
        self._n_prompt_tokens = n_prompt_tokens
        self._with_logprobs = with_logprobs
        self._counts_usage = counts_usage
        self._head = {
            "id": f"{'cmpl' if form == 'completion' else 'chatcmpl'}-{secrets.token_hex(12)}",
            "created": int(time.time()),
            "model": model.name,
            "system_fingerprint": model.fingerprint,
        }

    def whole(self, choices: Sequence[Choice]) -> dict[str, Any]:
        """The answer to a request without `stream`."""
        kind = "text_completion" if self._form == "completion" else "chat.completion"
        texts = [
            {
                "index": index,
                **self._content(choice.text, whole=True),
                "logprobs": self._logprobs(choice.tokens),
                "finish_reason": choice.finish,
            }
            for index, choice in enumerate(choices)
        ]
        n_tokens = sum(choice.n_tokens for choice in choices)
        return {**self._head, "object": kind, "choices": texts, "usage": self._usage(n_tokens)}

    def opening(self, n_choices: int) -> bytes:
        """The first chunks of a stream: in a chat they say whose turn it is."""
        if self._form == "completion":
            return b""
        delta = {"role": "assistant", "content": ""}
        return b"".join(
            self._chunk([{"index": i, "delta": delta, "logprobs": None, "finish_reason": None}])
            for i in range(n_choices)
        )

    def chunk(self, index: int, piece: Piece, extra: dict[str, Any] | None = None) -> bytes:
        """One piece of one text; `extra` is what the `glassbox` field has to say about it."""
        choice = {
            "index": index,
            **self._content(piece.text, whole=False),
            "logprobs": self._logprobs(piece.tokens),
            "finish_reason": piece.finish,
        }
        return self._chunk([choice], extra=extra)

    def closing(self, n_tokens: int) -> bytes:
        """The end of a stream."""
        usage = self._chunk([], self._usage(n_tokens)) if self._counts_usage else b""
        return usage + DONE

    def _chunk(
        self,
        choices: list[dict[str, Any]],
        usage: dict[str, int] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> bytes:
        kind = "text_completion" if self._form == "completion" else "chat.completion.chunk"
        body: dict[str, Any] = {**self._head, "object": kind, "choices": choices}
        if self._counts_usage:
            body["usage"] = usage
        if extra:
            body["glassbox"] = extra
        return event(body)

    def _content(self, text: str, whole: bool) -> dict[str, Any]:
        if self._form == "completion":
            return {"text": text}
        if whole:
            return {"message": {"role": "assistant", "content": text, "refusal": None}}
        return {"delta": {"content": text}}

    def _usage(self, n_tokens: int) -> dict[str, int]:
        return {
            "prompt_tokens": self._n_prompt_tokens,
            "completion_tokens": n_tokens,
            "total_tokens": self._n_prompt_tokens + n_tokens,
        }

    def _logprobs(self, tokens: Sequence[TokenShare]) -> dict[str, Any] | None:
        if not self._with_logprobs:
            return None
        listed = _completion_logprobs if self._form == "completion" else _chat_logprobs
        return listed(self._encoder, tokens)


def event(body: dict[str, Any]) -> bytes:
    """One Server-Sent Event."""
    return b"data: " + json.dumps(body, ensure_ascii=False).encode() + b"\n\n"


def _completion_logprobs(encoder: Encoder, tokens: Sequence[TokenShare]) -> dict[str, Any]:
    return {
        "tokens": [token_text(encoder, share.id) for share in tokens],
        "token_logprobs": [share.logprob for share in tokens],
        "top_logprobs": [_alternatives(encoder, share) for share in tokens],
        "text_offset": [share.offset for share in tokens],
    }


def _alternatives(encoder: Encoder, share: TokenShare) -> dict[str, float | None] | None:
    """The likeliest tokens by their text, and the token itself if it is none of them."""
    if share.likeliest is None:
        return None
    listed: dict[str, float | None] = {
        token_text(encoder, id): logprob for id, logprob in reversed(share.likeliest)
    }
    if listed:
        listed.setdefault(token_text(encoder, share.id), share.logprob)
    return listed


def _chat_logprobs(encoder: Encoder, tokens: Sequence[TokenShare]) -> dict[str, Any]:
    def described(id: int, logprob: float | None) -> dict[str, Any]:
        return {
            "token": token_text(encoder, id),
            "logprob": logprob,
            "bytes": list(encoder.token_bytes(id)),
        }

    return {
        "content": [
            {
                **described(share.id, share.logprob),
                "top_logprobs": [described(*other) for other in share.likeliest or ()],
            }
            for share in tokens
        ],
        "refusal": None,
    }
