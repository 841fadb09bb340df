"""What the pages fetch beside the live stream: text being written, vocabularies, downloads.

POST /live/write                     {"model", "prompt" or "tokens", "temperature", "top_k",
                                     "top_p", "seed", "max_tokens", "logits", "force"}
    A tuned or aligned model is asked the prompt as a question, a base model continues it.
    lines of JSON: {"tokens": [...], "logits"?}, then for each drawn token
    {"token", "text", "p", "logits"?}; "logits" are the V float32 scores it was drawn from,
    little endian, base64. Who stops reading stops the model.
POST /live/words                     the next words, see core.api.looking
GET /live/model/{id}/vocabulary      what each token stands for, once
GET /live/artifact/{id}              an artefact of one's own as a file
"""

import base64
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated, Any, Final

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.api.errors import ApiError, as_api_error
from core.api.limits import MAX_PROMPT_CHARS, MAX_TOKENS, Desk, Gate, SeatedResponse
from core.api.live import Live
from core.api.looking import words
from core.api.models import Model, caller, model_named
from core.api.requests import SEEDS, Text, TokenId
from core.api.writing import opening_tokens, token_text
from core.data.text.bpe import SPECIALS
from core.errors import GlassboxError
from core.inference.sampling import SamplingSettings, next_token_probs
from core.lineage import Kind
from core.services import Services

A_YEAR_S: Final = 365 * 24 * 3600

FILE_OF: Final[dict[Kind, tuple[str, str]]] = {
    "corpus": ("jsonl", "application/x-ndjson"),
    "encoder": ("json", "application/json"),
    "dataset": ("safetensors", "application/octet-stream"),
    "design": ("json", "application/json"),
    "checkpoint": ("safetensors", "application/octet-stream"),
    "examples": ("jsonl", "application/x-ndjson"),
    "tuned": ("safetensors", "application/octet-stream"),
    "preferences": ("jsonl", "application/x-ndjson"),
    "reward": ("safetensors", "application/octet-stream"),
    "aligned": ("safetensors", "application/octet-stream"),
    "generation": ("json", "application/json"),
    "answer": ("json", "application/json"),
}
"""Kind -> ending of the file's name, media type."""


class WriteRequest(BaseModel):
    """What the inference stage asks for."""

    model_config = ConfigDict(extra="forbid")

    model: str = Field("house", max_length=200)
    prompt: Text = ""
    tokens: Annotated[list[TokenId], Field(min_length=1, max_length=MAX_PROMPT_CHARS)] | None = None
    temperature: float = Field(1.0, ge=0, le=100)
    top_k: int | None = Field(None, ge=1)
    top_p: float = Field(1.0, gt=0, le=1)
    seed: int = Field(0, ge=-SEEDS, lt=SEEDS)
    max_tokens: int = Field(100, ge=1, le=MAX_TOKENS)
    logits: bool = False
    force: TokenId | None = None  # the first token, whatever the model would have drawn

    def sampling(self) -> SamplingSettings:
        """How to draw."""
        return SamplingSettings(
            temperature=self.temperature,
            top_k=self.top_k,
            top_p=self.top_p,
            seed=self.seed,
            max_tokens=self.max_tokens,
        )


@dataclass(frozen=True)
class Task:
    """One text to write for a page."""

    owner: str
    model: Model
    tokens: list[int]
    asked: WriteRequest


def live_routes(services: Callable[[], Services]) -> list[Route]:
    """All routes under /live, for the app that holds the pages.

    Args:
        services: gives store, engine and writer; called with each request, not before.
    """
    desk = Desk()

    async def write(request: Request) -> Response:
        try:
            asked = WriteRequest.model_validate_json(await request.body())
            task = await run_in_threadpool(_task, services(), request, asked)
            give_back = desk.seat(task.owner, request)
        except ValidationError as error:
            first = error.errors()[0]
            param = str(first["loc"][0]) if first["loc"] else None
            return ApiError(400, f"{param}: {first['msg']}", "invalid_value", param).response()
        except (ApiError, GlassboxError) as error:
            return as_api_error(error).response()

        async def lines() -> AsyncGenerator[bytes]:
            async with aclosing(_lines(services(), task)) as written:
                async for line in written:
                    yield json.dumps(line, ensure_ascii=False).encode() + b"\n"

        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        kind = "application/x-ndjson"
        return SeatedResponse(lines(), give_back, media_type=kind, headers=headers)

    async def look(request: Request) -> Response:
        return await words(request, services, desk)

    def vocabulary(request: Request) -> Response:
        try:
            name = request.path_params["id"]
            store = services().store
            model = model_named(store, caller(request.headers, store), name)
        except (ApiError, GlassboxError) as error:
            return as_api_error(error).response()
        return _vocabulary(model, request)

    def download(request: Request) -> Response:
        try:
            owner = caller(request.headers, services().store)
            return _download(services(), owner, request.path_params["id"])
        except (ApiError, GlassboxError) as error:
            return as_api_error(error).response()

    return [
        Route("/live", Live(services).respond),
        Route("/live/write", write, methods=["POST"], middleware=[Middleware(Gate)]),
        Route("/live/words", look, methods=["POST"], middleware=[Middleware(Gate)]),
        Route("/live/model/{id}/vocabulary", vocabulary),
        Route("/live/artifact/{id}", download),
    ]


def _task(services: Services, request: Request, asked: WriteRequest) -> Task:
    owner = caller(request.headers, services.store)
    model = model_named(services.store, owner, asked.model)
    tokens = asked.tokens or opening_tokens(model.checkpoint.kind, model.encoder, asked.prompt)
    n_vocab = model.encoder.n_vocab
    for name, largest in (("tokens", max(tokens)), ("force", asked.force or 0)):
        if largest >= n_vocab:
            message = f"token id is {largest}, must lie in [0, {n_vocab})"
            raise ApiError(400, message, "invalid_value", name)
    return Task(owner, model, tokens, asked)


async def _lines(services: Services, task: Task) -> AsyncGenerator[dict[str, Any]]:
    """The prompt as tokens, then every token as it is drawn."""
    tokens, settings, first = task.tokens, task.asked.sampling(), True
    end_id = task.model.encoder.end_id
    try:
        if task.asked.force is not None:
            async for line in _forced(services, task):
                yield line
            tokens, first = [*tokens, task.asked.force], False
            if task.asked.force == end_id or settings.max_tokens == 1:
                return
        writing = services.write(
            task.owner,
            task.model.checkpoint.id,
            tokens,
            settings,
            end_id=end_id,
            with_logits=task.asked.logits,
        )
        try:
            while drawn := await writing.take_async():
                for written in drawn:
                    if first:
                        yield {"tokens": tokens, **_logits(written.logits)}
                        first = False
                    yield {
                        "token": written.token,
                        "text": token_text(task.model.encoder, written.token),
                        "p": written.probability,
                        **_logits(written.logits),
                    }
        finally:
            writing.cancel()
    except Exception as error:  # the status line is long sent: the stream itself must say it
        yield as_api_error(error).body


async def _forced(services: Services, task: Task) -> AsyncGenerator[dict[str, Any]]:
    """The first token as the hand chose it, beside what the model made of its chances."""
    force, settings = task.asked.force or 0, task.asked.sampling()
    writing = services.write(
        task.owner, task.model.checkpoint.id, task.tokens, settings, with_logits=True
    )
    try:
        (written, *_) = await writing.take_async()
    finally:
        writing.cancel()
    scores = np.frombuffer(written.logits or b"", np.float32)
    probs = next_token_probs(torch.from_numpy(scores.copy()), settings)  # (V,)
    logits = _logits(written.logits if task.asked.logits else None)
    yield {"tokens": task.tokens, **logits}
    text = token_text(task.model.encoder, force)
    yield {"token": force, "text": text, "p": float(probs[force]), "forced": True, **logits}


def _logits(scores: bytes | None) -> dict[str, str]:
    return {} if scores is None else {"logits": base64.b64encode(scores).decode("ascii")}


def _vocabulary(model: Model, request: Request) -> Response:
    """All tokens' bytes in one row, with their lengths; the encoder's id says which version."""
    etag = f'"{model.encoder_id}"'
    # A name such as "house" may mean another model tomorrow, an id never.
    lasting = request.path_params["id"] == model.checkpoint.id
    fresh = f"private, max-age={A_YEAR_S}, immutable" if lasting else "private, no-cache"
    headers = {"ETag": etag, "Cache-Control": fresh}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    encoder = model.encoder
    all_bytes = [encoder.token_bytes(id) for id in range(encoder.n_vocab)]
    body = {
        "encoder": model.encoder_id,
        "vocabulary": base64.b64encode(b"".join(all_bytes)).decode("ascii"),
        "lengths": [len(each) for each in all_bytes],
        "specials": dict(enumerate(SPECIALS)),
        "end": encoder.end_id,
    }
    return Response(json.dumps(body), headers=headers, media_type="application/json")


def _download(services: Services, owner: str, id_: str) -> Response:
    artifact = services.store.artifacts.get(owner, id_)
    ending, media_type = FILE_OF[artifact.kind]
    name = f"glassbox-{artifact.kind}-{artifact.id[:8]}.{ending}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache",
    }
    return Response(
        services.store.artifacts.read(owner, id_), headers=headers, media_type=media_type
    )
