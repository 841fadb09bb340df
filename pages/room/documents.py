"""The plain pages of a room: for phones, for the projector, for the facilitator.

    /join, /j/{code}        phones
    /projector/{code}       the projector
    /lead/{code}            the facilitator
    /results/{code}         the results, to print

They are no Streamlit pages: a phone that only votes gets some kilobytes instead of megabytes, and a
vote is on the projector in the same breath. Each is one small document; its script hears the room's
stream (core.api.rooms) and draws it.
"""

import json
from collections.abc import Mapping
from functools import partial
from html import escape
from typing import Final, Literal

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from core.languages import LANGS, Lang
from core.rooms.codes import as_code
from pages.kit.catalogue import words
from pages.kit.document import language
from pages.room.results import page as results
from pages.room.spoken import spoken

Kind = Literal["phone", "projector", "lead"]

PATHS: Final[Mapping[str, Kind]] = {
    "/join": "phone",
    "/j/{code}": "phone",
    "/projector/{code}": "projector",
    "/lead/{code}": "lead",
}


def routes() -> list[Route]:
    """The routes of the plain pages."""
    plain = [Route(path, partial(_serve, kind)) for path, kind in PATHS.items()]
    return [*plain, Route("/results/{code}", results.serve)]


async def _serve(kind: Kind, request: Request) -> HTMLResponse:
    """Answer with the page in the reader's language."""
    lang = language(request)
    code = request.path_params.get("code", request.query_params.get("code", ""))
    return HTMLResponse(document(kind, code, lang), headers={"Cache-Control": "no-cache"})


def document(kind: Kind, code: str, lang: Lang) -> str:
    """One of the plain pages.

    Args:
        kind: which.
        code: of the room, as the address has it; may be empty.
        lang: of the reader.
    """
    t = words(lang)
    about = {"code": as_code(code), "lang": lang, "langs": LANGS, "words": spoken(lang)}
    told = json.dumps(about, ensure_ascii=False).replace("<", "\\u003c")
    title = escape(f"{t('workshop.title')} · {t('shell.brand')}")
    return (
        f'<!doctype html><html lang="{lang}" class="gb-room-{kind}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title}</title><link rel="icon" href="/assets/icon.svg">'
        '<link rel="stylesheet" href="/assets/theme.css">'
        '<link rel="stylesheet" href="/assets/room.css">'
        f'<script type="application/json" id="gb-room">{told}</script>'
        f'<script type="module" src="/assets/room_{kind}.js"></script></head><body>'
        f"<noscript><p>{escape(t('shell.noscript'))}</p></noscript></body></html>"
    )
