"""The same model over /v1: what to type into a terminal, and what to write in Python."""

import json
import shlex
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from core.inference.sampling import SamplingSettings

HERE = "http://127.0.0.1:8501"  # where the app listens unless somebody says otherwise


def base_url() -> str:
    """The address of this server, as the visitor's browser sees it."""
    seen = urlsplit(st.context.url or HERE)
    return f"{seen.scheme}://{seen.netloc}/v1"


def asked(
    name: str, prompt: str, settings: SamplingSettings, *, chat: bool = False
) -> dict[str, Any]:
    """The request that writes what the stage writes: same settings, same seed, same text.

    Args:
        name: the model's, as /v1 lists it.
        prompt: the sentence; a question, for a model that answers.
        settings: how the handles stand.
        chat: whether the model answers questions.
    """
    said = {"messages": [{"role": "user", "content": prompt}]} if chat else {"prompt": prompt}
    body: dict[str, Any] = {"model": name, **said, "temperature": settings.temperature}
    if settings.top_p < 1.0:
        body["top_p"] = settings.top_p
    if settings.top_k is not None:
        body["top_k"] = settings.top_k
    return {**body, "seed": settings.seed, "max_tokens": settings.max_tokens}


def curl(base: str, body: dict[str, Any], key: str | None) -> str:
    """The request as a line for a terminal; the key of one's own models, if one is needed."""
    path = "chat/completions" if "messages" in body else "completions"
    lines = [f"curl {base}/{path}", "-H 'Content-Type: application/json'"]
    if key is not None:
        lines.append(f"-H 'Authorization: Bearer {key}'")
    lines.append(f"-d {shlex.quote(json.dumps(body, ensure_ascii=False))}")
    return " \\\n  ".join(lines)


def python(base: str, body: dict[str, Any], key: str | None) -> str:
    """The request with OpenAI's own package."""
    chat = "messages" in body
    named = {name: value for name, value in body.items() if name != "top_k"}
    lines = [f"    {name}={value!r}," for name, value in named.items()]
    if "top_k" in body:  # not one of OpenAI's own settings
        lines.append(f"    extra_body={{'top_k': {body['top_k']}}},".replace("'", '"'))
    return "\n".join(
        [
            "from openai import OpenAI",
            "",
            f'client = OpenAI(base_url="{base}", api_key="{key or "none"}")',
            f"answer = client.{'chat.' if chat else ''}completions.create(",
            *lines,
            ")",
            f"print(answer.choices[0].{'message.content' if chat else 'text'})",
        ]
    )
