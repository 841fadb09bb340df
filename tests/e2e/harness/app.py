"""A small app around the components: a real model writes, a test tells the live stream.

PYTHONPATH=. streamlit run tests/e2e/harness/app.py     and open /?show=tokens
"""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from core.data.text.bpe import SPECIALS
from core.inference.generate import Reader, draw_from
from core.inference.sampling import SamplingSettings
from pages.kit import document
from pages.kit.guard import Guard
from pages.kit.static import FOLDERS, ServeFiles, Shelf
from tests.e2e.harness.model import ENCODER, MODEL

EVENTS: list[dict[str, Any]] = []  # what a test has told, in order; the id is the place
STREAMS = {"opened": 0, "open": 0, "after": ""}
NEWS = asyncio.Condition()


TOKEN_S = 0.03  # a token takes so long, so that a hand can interrupt


async def live(request: Request) -> StreamingResponse:
    """The live stream: everything told since `after`, then whatever comes."""
    after = request.query_params.get("after") or request.headers.get("last-event-id") or "-1"
    STREAMS["opened"] += 1
    STREAMS["after"] = after

    async def events() -> AsyncIterator[str]:
        seen = int(after) + 1
        STREAMS["open"] += 1
        try:
            while True:
                while seen < len(EVENTS):
                    yield f"id: {seen}\ndata: {json.dumps(EVENTS[seen])}\n\n"
                    seen += 1
                async with NEWS:
                    if seen >= len(EVENTS):
                        await NEWS.wait()
        finally:
            STREAMS["open"] -= 1

    return StreamingResponse(events(), media_type="text/event-stream")


async def tell(request: Request) -> Response:
    """Put a message on the live stream."""
    async with NEWS:
        EVENTS.append(await request.json())
        NEWS.notify_all()
    return Response()


async def streams(_request: Request) -> JSONResponse:
    """How many live streams there were and are."""
    return JSONResponse(STREAMS)


async def write(request: Request) -> StreamingResponse:
    """POST /live/write as the real app answers it: the prompt's line, then one a token."""
    asked = await request.json()
    tokens = asked.get("tokens") or [0, *ENCODER.encode(asked["prompt"])]
    settings = SamplingSettings(
        temperature=asked["temperature"],
        top_k=asked["top_k"],
        top_p=asked["top_p"],
        seed=asked["seed"],
        max_tokens=asked["max_tokens"],
    )

    async def lines() -> AsyncIterator[str]:
        reader, generator = Reader(MODEL, tokens), Random(settings.seed)
        yield json.dumps({"tokens": tokens, "logits": scores(reader)}) + "\n"
        for _ in range(settings.max_tokens):
            before = scores(reader)
            token = draw_from(reader.logits, settings, generator).token
            yield json.dumps({"token": token, "logits": before}) + "\n"
            if token == ENCODER.end_id:
                return
            reader.read(token)
            await asyncio.sleep(TOKEN_S)

    return StreamingResponse(lines(), media_type="application/x-ndjson")


async def vocabulary(_request: Request) -> JSONResponse:
    """What every token stands for, as the real app tells it."""
    pieces = [ENCODER.token_bytes(id) for id in range(ENCODER.n_vocab)]
    return JSONResponse(
        {
            "vocabulary": base64.b64encode(b"".join(pieces)).decode(),
            "lengths": [len(piece) for piece in pieces],
            "specials": dict(enumerate(SPECIALS)),
            "end": ENCODER.end_id,
        }
    )


def scores(reader: Reader) -> str:
    """The model's scores for the next token as little-endian float32 in base64."""
    return base64.b64encode(reader.logits.numpy().astype("<f4").tobytes()).decode()


app = st.App(
    Path(__file__).parent / "page.py",
    routes=[
        Route("/", document.serve),
        Route("/live", live),
        Route("/live/model/{id}/vocabulary", vocabulary),
        Route("/live/write", write, methods=["POST"]),
        Route("/harness/tell", tell, methods=["POST"]),
        Route("/harness/streams", streams),
    ],
    middleware=[
        Middleware(Guard, policy=document.security_policy()),
        Middleware(ServeFiles, shelf=Shelf(FOLDERS)),
    ],
)
