"""Files for the browser, compressed once and kept in memory.

Streamlit serves its own bundles uncompressed (it expects a proxy to compress them): over workshop
Wi-Fi that is megabytes per visitor. Here every text file is compressed once, and nothing outside
the listed folders is ever served.
"""

import asyncio
import gzip
import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import plotly
import streamlit
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

LEVEL: Final = 6  # of 9; higher costs seconds for two percent
STREAMLIT: Final = Path(streamlit.__file__).parent / "static"
ASSETS: Final = Path(__file__).parent / "assets"
PLOTLY: Final = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"

TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
ALREADY_SMALL: Final = {".png", ".woff2"}


@dataclass(frozen=True)
class Folder:
    """A folder to serve.

    Args:
        path: its location.
        forever: whether names change with content, so that browsers never need to ask again.
        extra: individual files from elsewhere, by the name they are served under.
    """

    path: Path
    forever: bool = False
    extra: Mapping[str, Path] = field(default_factory=dict)

    def find(self, name: str) -> Path | None:
        """The servable file with that name, or None."""
        if name in self.extra:
            return self.extra[name]
        try:
            file = (self.path / name).resolve()
            inside = file.is_relative_to(self.path.resolve()) and file.is_file()
        except (ValueError, OSError):  # a name that no file can have
            return None
        return file if inside and file.suffix in TYPES else None


# Streamlit fetches 375 kB of icons on every first visit; these are the few it draws for us.
_ICONS: Final = {
    file.relative_to(STREAMLIT / "static").as_posix(): ASSETS / "fonts" / "Icons.woff2"
    for file in (STREAMLIT / "static" / "media").glob("MaterialSymbols-Rounded.*.woff2")
}
FOLDERS: Final = {
    "/static/": Folder(STREAMLIT / "static", forever=True, extra=_ICONS),
    "/assets/": Folder(ASSETS, extra={"plotly.min.js": PLOTLY}),
}


@dataclass(frozen=True)
class Kept:
    """A file in memory, ready to send."""

    body: bytes
    headers: dict[str, str]


class Shelf:
    """The files of some folders, each compressed on its first request and then kept.

    Args:
        folders: URL prefix, with a slash at both ends -> the folder behind it.
    """

    def __init__(self, folders: Mapping[str, Folder]) -> None:
        self._folders = folders
        self._kept: dict[tuple[Path, float], Kept] = {}
        self._locks: dict[tuple[Path, float], threading.Lock] = {}

    def answer(self, path: str, asked: Headers) -> Response | None:
        """The response for a URL path; None if somebody else should answer."""
        prefix = next((prefix for prefix in self._folders if path.startswith(prefix)), None)
        if prefix is None:
            return None
        folder = self._folders[prefix]
        name = path.removeprefix(prefix)
        file = folder.find(name)
        if file is None:
            streamlits_own = folder.forever and "\0" not in name
            return None if streamlits_own else Response("Not found", status_code=404)
        if "range" in asked or "gzip" not in asked.get("accept-encoding", ""):
            if folder.forever:
                return None
            return Response(file.read_bytes(), headers={"Content-Type": TYPES[file.suffix]})
        kept = self.keep(file, folder.forever and name not in folder.extra)
        if asked.get("if-none-match") == kept.headers["ETag"]:
            return Response(status_code=304, headers={"ETag": kept.headers["ETag"]})
        return Response(kept.body, headers=kept.headers)

    def keep(self, file: Path, forever: bool) -> Kept:
        """The file as sent; compressed once for each version of it."""
        version = (file, file.stat().st_mtime)
        with self._locks.setdefault(version, threading.Lock()):  # a large file delays no other
            if version not in self._kept:
                self._kept[version] = _compressed(file, forever)
            return self._kept[version]

    def fill(self, html: str) -> None:
        """Compress ahead of the first visitor what that page and our components will request."""
        for folder in self._folders.values():
            names = [p.name for p in folder.path.iterdir() if p.is_file()]
            if folder.forever:
                tree = folder.path.rglob("*")
                names = [p.relative_to(folder.path).as_posix() for p in tree if p.name in html]
            for name in [*names, *folder.extra]:
                file = folder.find(name)
                if file is not None:
                    self.keep(file, folder.forever and name not in folder.extra)


def _compressed(file: Path, forever: bool) -> Kept:
    body = file.read_bytes()
    headers = {
        "Content-Type": TYPES[file.suffix],
        "Cache-Control": "public, immutable, max-age=31536000" if forever else "no-cache",
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
    }
    if file.suffix not in ALREADY_SMALL:
        body = gzip.compress(body, LEVEL, mtime=0)
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Kept(body, headers)


class ServeFiles:
    """ASGI middleware: the shelf answers for its folders, the app for everything else."""

    def __init__(self, app: ASGIApp, shelf: Shelf) -> None:
        self._app = app
        self._shelf = shelf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = None
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            response = await asyncio.to_thread(
                self._shelf.answer, scope["path"], Headers(scope=scope)
            )
        await (response or self._app)(scope, receive, send)
