"""The page that describes the API: one file, nothing fetched but the description itself."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse

PAGE: Final = Path(__file__).with_name("docs.html")


async def docs_page(_request: Request) -> HTMLResponse:
    """The page, allowed to run its own script and to ask this server, nothing else."""
    page, policy = _page()
    return HTMLResponse(page, headers={"Content-Security-Policy": policy})


@cache
def _page() -> tuple[str, str]:
    page = PAGE.read_text(encoding="utf-8")
    allowed = {tag: _hash_of(tag, page) for tag in ("script", "style")}
    return page, (
        f"default-src 'none'; script-src '{allowed['script']}'; style-src '{allowed['style']}'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'"
    )


def _hash_of(tag: str, page: str) -> str:
    """How a policy names the one inline script or style of the page."""
    (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    return "sha256-" + base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
