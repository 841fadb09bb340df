"""The single HTML document into which the browser then draws everything.

It is Streamlit's own, with our style sheet, icon and title, and with the visitor's language on
<html> from the first byte. The browser is told to fetch nothing from any other host.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from functools import cache
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from core.languages import LANGS, Lang
from pages.kit import look
from pages.kit.catalogue import closest, words
from pages.kit.importing import imported
from pages.kit.static import STREAMLIT

WHOLE_FONT: Final = re.compile(r'<link\s+rel="preload"[^>]*SourceSans[^>]*/>')
NO_SCRIPT: Final = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
# Knowing where the server is, the browser need not look for it under the page's own address first.
SERVER: Final = (
    '<script>window.__streamlit = { BACKEND_BASE_URL: new URL("./", location.href).href }</script>'
)
HEAD: Final = (
    '<link rel="preload" href="./assets/fonts/GlassboxSans.woff2" as="font" crossorigin />'
    '<link rel="preload" href="./assets/fonts/GlassboxSerif.woff2" as="font" crossorigin />'
    '<link rel="stylesheet" href="./assets/theme.css" />'
    '<link rel="stylesheet" href="./assets/page.css" />'
    '<script type="application/json" id="gb-words">{words}</script>'
    '<script type="module" src="./assets/look.js"></script>'
    '<script type="module" src="./assets/terms.js"></script>'
    '<script type="module" src="./assets/following.js"></script>'
)


@cache
def html(lang: Lang) -> str:
    """The document for a visitor who reads `lang`."""
    text = (STREAMLIT / "index.html").read_text(encoding="utf-8")
    text = text.replace('<html lang="en">', f'<html lang="{lang}">')
    text = text.replace("<title>Streamlit</title>", f"<title>{words(lang)('shell.brand')}</title>")
    text = text.replace('href="./favicon.png"', 'href="./assets/icon.svg"')
    text = WHOLE_FONT.sub("", text)
    needed = words(lang)("shell.noscript")
    text = NO_SCRIPT.sub(lambda _: f"<noscript><p>{needed}</p></noscript>", text)
    said = json.dumps(look.spoken(words(lang)), ensure_ascii=False).replace("<", "\\u003c")
    text = text.replace("<head>", "<head>" + SERVER)
    return text.replace("</head>", HEAD.replace("{words}", said) + "</head>")


def language(request: Request) -> Lang:
    """The language asked for, else the browser's."""
    asked = request.query_params.get("lang")
    spoken = closest(request.headers.get("accept-language", "").split(",")[0])
    return next((known for known in LANGS if known == asked), spoken)


async def serve(request: Request) -> HTMLResponse:
    """Answer requests for the address of any page."""
    return HTMLResponse(html(language(request)), headers={"Cache-Control": "no-cache"})


def made_by(module: str) -> Callable[[Request], Response]:
    """What answers for a document of our own; its module is imported at the first request.

    Args:
        module: has a function `serve`. It is not async, so it may read files: it gets a thread.
    """

    def answer(request: Request) -> Response:
        served: Response = imported(module).serve(request)
        return served

    return answer


@cache
def security_policy() -> str:
    """The Content-Security-Policy: only this host, and only the document's own inline scripts.

    Streamlit loads components as `blob:` modules and styles everything inline.
    """
    scripts = re.findall(r"<script>(.*?)</script>", html(LANGS[0]), re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' blob: " + " ".join(f"'sha256-{known}'" for known in hashes),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "frame-ancestors 'self'",
            "base-uri 'self'",
            "form-action 'self'",
            "object-src 'none'",
        )
    )
