"""The next words for a page: how likely each is, and one of them drawn.

POST /live/words    {"model", "prompt" or "tokens", "temperature", "top_k", "top_p", "seed",
                    "closed", "draw"}
    {"tokens": [...], "drawn": {"tokens", "text", "at"} or null, "tree": {...}}; the tree is
    that of core.inference.text.condensed, its arrays base64. "draw" is how many tokens were
    written before: the word is hit by the dart that the seed throws for the next one.
"""

import base64
from collections.abc import Callable
from random import Random
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.api.errors import ApiError, as_api_error
from core.api.limits import MAX_PROMPT_CHARS, MAX_TOKENS, Desk
from core.api.models import caller, model_named
from core.api.requests import SEEDS, Text, TokenId
from core.api.writing import opening_tokens
from core.errors import GlassboxError
from core.inference.sampling import SamplingSettings
from core.jobs.writer import Looking
from core.services import Services


class WordsRequest(BaseModel):
    """What the inference stage asks for."""

    model_config = ConfigDict(extra="forbid")

    model: str = Field("house", max_length=200)
    prompt: Text = ""
    tokens: Annotated[list[TokenId], Field(min_length=1, max_length=MAX_PROMPT_CHARS)] | None = None
    temperature: float = Field(1.0, ge=0, le=100)
    top_k: int | None = Field(None, ge=1)
    top_p: float = Field(1.0, gt=0, le=1)
    seed: int = Field(0, ge=-SEEDS, lt=SEEDS)
    closed: bool = False  # the last word of the text is over
    draw: int | None = Field(None, ge=0, le=MAX_TOKENS)


async def words(request: Request, services: Callable[[], Services], desk: Desk) -> Response:
    """Answer POST /live/words."""
    try:
        asked = WordsRequest.model_validate_json(await request.body())
        owner = await run_in_threadpool(caller, request.headers, services().store)
        give_back = desk.seat(owner, request)
        try:
            tokens, looking = await run_in_threadpool(_look, services(), owner, asked)
            try:
                found = await looking.answer()
            finally:
                looking.cancel()
        finally:
            give_back()
    except ValidationError as error:
        first = error.errors()[0]
        param = str(first["loc"][0]) if first["loc"] else None
        return ApiError(400, f"{param}: {first['msg']}", "invalid_value", param).response()
    except (ApiError, GlassboxError) as error:
        return as_api_error(error).response()
    body = {"tokens": tokens, "drawn": found["drawn"], "tree": _readable(found["tree"])}
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


def _look(services: Services, owner: str, asked: WordsRequest) -> tuple[list[int], Looking]:
    model = model_named(services.store, owner, asked.model)
    tokens = asked.tokens or opening_tokens(model.checkpoint.kind, model.encoder, asked.prompt)
    if max(tokens) >= model.encoder.n_vocab:
        message = f"token id is {max(tokens)}, must lie in [0, {model.encoder.n_vocab})"
        raise ApiError(400, message, "invalid_value", "tokens")
    settings = SamplingSettings(
        temperature=asked.temperature, top_k=asked.top_k, top_p=asked.top_p, seed=asked.seed
    )
    dart = None if asked.draw is None else nth_dart(asked.seed, asked.draw)
    looking = services.look(
        owner, model.checkpoint.id, tokens, settings, closed=asked.closed, dart=dart
    )
    return tokens, looking


def nth_dart(seed: int, n: int) -> float:
    """The dart that a seed throws after n others, in [0, 1)."""
    darts = Random(seed)
    for _ in range(n):
        darts.random()
    return darts.random()


def _readable(tree: dict[str, Any]) -> dict[str, Any]:
    return {
        name: base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
        for name, value in tree.items()
    }
