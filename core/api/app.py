"""The HTTP API: the models of this machine, spoken to as one speaks to OpenAI's.

    GET  /v1/models              POST /v1/completions            GET /v1/docs
    GET  /v1/models/{id}         POST /v1/chat/completions       GET /v1/openapi.json
    POST /v1/images/generations  POST /v1/images/edits           (pictures/routes.py)
    /v1/glassbox/…               what has left, and what was done to it (outgoing.py)

What this server cannot do is refused by name, so that nobody takes a neutral answer for a real one.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.alignment.text.chat import is_chat, question_tokens
from core.api import sending
from core.api.answers import Answer, Choice, Form, event
from core.api.chat import END_OF_ANSWER, prompt_of, question_of
from core.api.context import as_text, in_context, prompts_of
from core.api.docs import docs_page
from core.api.echoing import Echo, asked_echo, echoed_pieces
from core.api.errors import ApiError, answer_errors, as_api_error
from core.api.filtering import line_of
from core.api.limits import MAX_CHOICES, REQUESTS_PER_MINUTE, Desk, Gate, SeatedResponse
from core.api.models import Model, caller, described, listed, model_named
from core.api.outgoing import outgoing_routes
from core.api.pictures.models import Painters, painters_on_hand
from core.api.pictures.routes import picture_routes
from core.api.requests import (
    CHAT_TOKENS,
    COMPLETION_TOKENS,
    ChatRequest,
    CompletionRequest,
    WritingRequest,
)
from core.api.schemas import asked_schema, fitting, held
from core.api.writing import Piece, pieces, prompt_tokens
from core.inference.sampling import SamplingSettings
from core.modality import MODALITIES, PICTURES
from core.services import Services

CLIENT_GONE = 499  # nobody reads it; it is for the log


@dataclass(frozen=True)
class Job:
    """Everything that is written for one request."""

    owner: str
    model: Model
    texts: list[tuple[list[int], SamplingSettings]]  # one a choice
    n_likeliest: int | None
    answer: Answer
    outgoing: sending.Task | None = None  # where the answer goes through stages
    echo: Echo | None = None  # where the answer begins with the prompt


def create_api(
    services: Callable[[], Services],
    requests_per_minute: int = REQUESTS_PER_MINUTE,
    painters: Painters = painters_on_hand,
) -> FastAPI:
    """The API as an app of its own, to be mounted under /v1.

    Args:
        services: gives the store and the writer; called with each request, not before.
        requests_per_minute: that write something, of one address.
        painters: who draws pictures, for each owner.

    Returns:
        the app; it holds no state but its limits.
    """
    app = FastAPI(
        title="Glassbox",
        description="The models of this machine, spoken to as one speaks to OpenAI's.",
        version="1",
        openapi_url="/openapi.json",
        docs_url=None,  # FastAPI's own pages fetch their scripts from elsewhere
        redoc_url=None,
    )
    app.add_middleware(Gate, per_minute=requests_per_minute, asks_token=True, services=services)
    answer_errors(app)
    desk = Desk()
    app.include_router(_routes(services, desk))
    app.include_router(picture_routes(services, desk, painters))
    app.include_router(outgoing_routes(services))
    app.add_api_route("/docs", docs_page, include_in_schema=False)
    return app


def _routes(services: Callable[[], Services], desk: Desk) -> APIRouter:
    router = APIRouter()

    @router.get("/models", summary="The models you may use, the first answers by default")
    def models(request: Request) -> dict[str, Any]:
        store = services().store
        owner = caller(request.headers, store)
        found = [choice for each in MODALITIES for choice in listed(store, owner, each)]
        return {"object": "list", "data": [described(*choice, owner) for choice in found]}

    @router.get("/models/{name}", summary="One model")
    def model(name: str, request: Request) -> dict[str, Any]:
        store = services().store
        owner = caller(request.headers, store)
        drawing = dict(listed(store, owner, PICTURES))
        if name in drawing:
            return described(name, drawing[name], owner)
        found = model_named(store, owner, name)
        return described(found.name, found.checkpoint, owner)

    @router.post("/completions", summary="Continue a text", response_model=None)
    async def completions(body: CompletionRequest, request: Request) -> Response:
        owner = await run_in_threadpool(caller, request.headers, services().store)
        job = await run_in_threadpool(_completion_job, services(), owner, body)
        return await _answered(services(), desk, job, request, stream=bool(body.stream))

    @router.post("/chat/completions", summary="Answer a question", response_model=None)
    async def chat(body: ChatRequest, request: Request) -> Response:
        owner = await run_in_threadpool(caller, request.headers, services().store)
        job = await run_in_threadpool(_chat_job, services(), owner, body)
        return await _answered(services(), desk, job, request, stream=bool(body.stream))

    return router


def _completion_job(services: Services, owner: str, body: CompletionRequest) -> Job:
    model = model_named(services.store, owner, body.model)
    echo = asked_echo(body)
    prompts = [in_context(model, each, body) for each in prompts_of(model, body.prompt)]
    asked = asked_schema(body)
    max_tokens = body.token_limit or (CHAT_TOKENS if asked else COMPLETION_TOKENS)
    settings = held(body.sampling(max_tokens), asked, body, model.encoder)
    job = _job(services, "completion", owner, model, prompts, settings, body.logprobs, body)
    return _through_stages(services, replace(job, echo=echo), body, as_text(model, body.prompt))


def _chat_job(services: Services, owner: str, body: ChatRequest) -> Job:
    model = model_named(services.store, owner, body.model)
    question = question_of(body.messages)
    max_tokens = body.token_limit or CHAT_TOKENS
    if is_chat(model.checkpoint.kind):
        prompt = question_tokens(model.encoder, question)
        settings = body.sampling(max_tokens)  # its answer ends where it draws the end token
    else:
        prompt = prompt_tokens(model.encoder, prompt_of(question, body.lang))
        settings = body.sampling(max_tokens, stop=(END_OF_ANSWER,))
    prompt = in_context(model, prompt, body)
    settings = held(settings, asked_schema(body), body, model.encoder)
    if body.top_logprobs is not None and not body.logprobs:
        raise ApiError(400, "top_logprobs needs logprobs", "invalid_value", "top_logprobs")
    n_likeliest = (body.top_logprobs or 0) if body.logprobs else None
    job = _job(services, "chat", owner, model, [prompt], settings, n_likeliest, body)
    return _through_stages(services, job, body, question, body.lang)


def _job(
    services: Services,
    form: Form,
    owner: str,
    model: Model,
    prompts: Sequence[list[int]],
    settings: SamplingSettings,
    n_likeliest: int | None,
    body: WritingRequest,
) -> Job:
    if len(prompts) * body.n_choices > MAX_CHOICES:
        raise ApiError(400, f"More than {MAX_CHOICES} texts in one request.", "too_many", "n")
    texts = [
        (prompt, replace(settings, seed=settings.seed + number))
        for prompt in prompts
        for number in range(body.n_choices)
    ]
    n_read = sum(len(prompt) for prompt in prompts)
    answer = Answer(form, model, n_read, n_likeliest is not None, body.wants_usage)
    return Job(owner, model, texts, n_likeliest, answer)


def _through_stages(
    services: Services, job: Job, body: WritingRequest, asked: str, lang: str | None = None
) -> Job:
    """The same job with what its `glassbox` field asks for, if there is one."""
    if body.glassbox is None:
        return job
    if len(job.texts) > 1:
        message = "Stages take one text a request."
        if body.glassbox.held_to is not None:
            message += " To hold several to a schema, give it as response_format."
        raise ApiError(400, message, "too_many", "n")
    if job.n_likeliest is not None:  # the tokens would tell what the stages take out
        raise ApiError(400, "Stages and logprobs exclude each other.", "invalid_value", "logprobs")
    ((tokens, settings),) = job.texts
    if settings.constraint is not None and body.glassbox.quote:
        message = "A quotation is no JSON: quote and a schema exclude each other."
        raise ApiError(400, message, "invalid_value", "glassbox.quote")
    line = line_of(
        body.glassbox, services.store, job.owner, job.model, asked, settings.seed, lang=lang
    )
    task = sending.Task(services, job.owner, job.model, tokens, settings, line, job.answer)
    return replace(job, outgoing=task)


async def _answered(
    services: Services, desk: Desk, job: Job, request: Request, stream: bool
) -> Response:
    give_back = desk.seat(job.owner, request, len(job.texts))
    if not stream:
        try:
            return await _unless_gone(request, _whole(services, job))
        finally:
            give_back()
    coming = sending.chunks(job.outgoing) if job.outgoing else _chunks(services, job)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return SeatedResponse(coming, give_back, media_type="text/event-stream", headers=headers)


async def _whole(services: Services, job: Job) -> Response:
    if job.outgoing:
        return JSONResponse(await sending.whole(job.outgoing))
    choices = [Choice() for _ in job.texts]
    async with aclosing(_all_pieces(services, job)) as written:
        async for index, piece in written:
            choices[index].add(piece)
    return JSONResponse(job.answer.whole(choices))


async def _chunks(services: Services, job: Job) -> AsyncGenerator[bytes]:
    n_tokens = 0
    try:
        yield job.answer.opening(len(job.texts))
        async with aclosing(_all_pieces(services, job)) as written:
            async for index, piece in written:
                n_tokens += piece.n_tokens
                yield job.answer.chunk(index, piece)
        yield job.answer.closing(n_tokens)
    except Exception as error:  # the status line is long sent: the stream itself must say it
        yield event(as_api_error(error).body)


async def _all_pieces(services: Services, job: Job) -> AsyncGenerator[tuple[int, Piece]]:
    """The pieces of all texts as they come, each with the number of its text."""
    arrived: asyncio.Queue[tuple[int, Piece] | Exception] = asyncio.Queue()

    async def pass_on(index: int, tokens: list[int], settings: SamplingSettings) -> None:
        try:
            written = _pieces(services, job, tokens, settings)
            async with aclosing(written):
                async for piece in fitting(written, settings.constraint):
                    arrived.put_nowait((index, piece))
        except Exception as error:
            arrived.put_nowait(error)

    tasks = [asyncio.create_task(pass_on(index, *text)) for index, text in enumerate(job.texts)]
    try:
        n_unfinished = len(tasks)
        while n_unfinished:
            next_one = await arrived.get()
            if isinstance(next_one, Exception):
                raise next_one
            yield next_one
            n_unfinished -= next_one[1].finish is not None
    finally:
        for task in tasks:
            task.cancel()


def _pieces(
    services: Services, job: Job, tokens: list[int], settings: SamplingSettings
) -> AsyncGenerator[Piece]:
    if job.echo is None:
        return pieces(services.write, job.owner, job.model, tokens, settings, job.n_likeliest)
    about = (tokens, settings, job.n_likeliest, job.echo)
    return echoed_pieces(services, job.owner, job.model, *about)


async def _unless_gone(request: Request, work: Coroutine[Any, Any, Response]) -> Response:
    """Do the work, but let go of it as soon as nobody waits for it any more."""
    working = asyncio.create_task(work)
    leaving = asyncio.create_task(_gone(request))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        return await working if working.done() else Response(status_code=CLIENT_GONE)
    finally:
        working.cancel()
        leaving.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
