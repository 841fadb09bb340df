"""The show as one document: a frame for the live pages, a caption, and the controls below.

The address is ROUTE; its query may hold

    lesson=three|ten    which of LESSONS
    lang=de|en          of everything; the browser's otherwise
    beat=4              where to begin
    kiosk=1             again and again, and on by itself when nobody has touched it for a while
    speed=20            that many times faster: for tests and rehearsals

The pages in the frame are the app's own, served from the same address; nothing else is fetched.
"""

import json
from functools import cache
from html import escape
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse

from core.languages import LANGS, Lang
from core.rooms.lessons import Lesson, Step, shipped
from pages.kit import site
from pages.kit.catalogue import Words, words
from pages.kit.document import language
from pages.kit.parts import Badge
from pages.show import measured

ROUTE: Final = "/show"
LESSONS: Final = {"three": "show_three", "ten": "show_ten"}
"""How an address names them: the file in core/rooms/lessons."""


ICONS: Final = {
    "back": "M15.5 4 7.5 12l8 8 1.8-1.8L11.1 12l6.2-6.2z",
    "next": "M8.5 4l8 8-8 8-1.8-1.8 6.2-6.2-6.2-6.2z",
    "pause": "M7 4h4v16H7zm6 0h4v16h-4z",
    "play": "M7 4l13 8-13 8z",
    "wide": "M4 4h6v2H6v4H4zm10 0h6v6h-2V6h-4zM4 14h2v4h4v2H4zm14 0h2v6h-6v-2h4z",
}
"""Outlines, drawn here so that no font needs to have the signs."""


def serve(request: Request) -> HTMLResponse:
    """Answer for ROUTE; not async, since it reads files."""
    asked = request.query_params.get("lesson", "")
    lesson = shipped(LESSONS.get(asked, LESSONS["three"]))
    return HTMLResponse(document(lesson, language(request)), headers={"Cache-Control": "no-cache"})


def document(lesson: Lesson, lang: Lang) -> str:
    """The whole document; its script fills in every text again when the language changes."""
    t = words(lang)
    found = json.dumps(contents(lesson), ensure_ascii=False).replace("<", "\\u003c")
    bar = "<li></li>" * len(lesson.steps)
    return f"""<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(lesson.title[lang])}</title>
<link rel="icon" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/theme.css">
<link rel="stylesheet" href="/assets/show.css">
<script type="application/json" id="show-data">{found}</script>
<script type="module" src="/assets/show.js"></script>
</head>
<body data-state="waiting">
<main>
<iframe id="show-a" title="{escape(t("show.page"))}" class="front"></iframe>
<iframe id="show-b" title="{escape(t("show.page_ahead"))}" inert></iframe>
<div id="show-cover"><h1 id="show-title">{escape(lesson.title[lang])}</h1>
{_word("p", "cover", t)}</div>
<div id="show-end" hidden>{_word("h2", "end", t)}{_word("p", "end_text", t)}
<nav>{_way("/decisions", "to_decisions", t, "first")}{_way("/report", "to_report", t)}
<button type="button" id="show-again" data-word="again">{escape(t("show.again"))}</button>
{_way("/", "to_home", t)}</nav></div>
</main>
<footer>
<ol id="show-bar" aria-hidden="true">{bar}</ol>
<section id="show-caption" role="status"><div><h2 id="show-heading"></h2><p id="show-say"></p></div>
<p id="show-measured"></p>
</section>
<section id="show-controls" aria-label="{escape(t("show.controls"))}" data-label="controls">
<div id="show-buttons">{_icon("back", t)}{_icon("play", t, "pause", "play")}{_icon("next", t)}
{_icon("wide", t)}{"".join(_language(each, lang) for each in LANGS)}</div>
</section>
<p id="show-times"><span id="show-where"></span> <span id="show-left"></span></p>
<div id="show-notice" hidden><span id="show-paused" role="status"></span>
<button type="button" id="show-continue" data-word="continue">{escape(t("show.continue"))}</button>
</div>
</footer>
<noscript>{escape(t("shell.noscript"))}</noscript>
</body>
</html>
"""


def contents(lesson: Lesson) -> dict[str, Any]:
    """What the script needs: every beat in every language, and the words it chooses between."""
    return {
        "titles": dict(lesson.title),
        "words": {lang: _spoken(lang) for lang in LANGS},
        "beats": [_beat(step) for step in lesson.steps],
    }


@cache
def _spoken(lang: Lang) -> dict[str, str]:
    t = words(lang)
    written = {
        "pause": t("show.pause"),
        "go_on": t("show.go_on"),
        "where": t("show.where", n="{n}", of="{of}"),
        "left": t("show.left", time="{time}"),
        "paused": t("show.paused"),
        "inside": t("show.inside"),
        "cover": t("show.cover"),
        "end": t("show.end"),
        "end_text": t("show.end_text"),
        "to_decisions": t("show.to_decisions"),
        "to_report": t("show.to_report"),
        "to_home": t("show.to_home"),
        "again": t("show.again"),
        "continue": t("show.continue"),
        "back": t("show.back"),
        "next": t("show.next"),
        "wide": t("show.wide"),
        "controls": t("show.controls"),
    }
    return {name: str(text) for name, text in written.items()}


def _beat(step: Step) -> dict[str, Any]:
    return {
        "path": site.BY_NAME[step.page].path,
        "settings": {"depth": "watch", **step.settings},
        "seconds": step.seconds,
        "at": step.at,
        "press": [
            {
                "part": one.part,
                "what": one.what,
                "after": one.after,
                "times": one.times,
                "every": one.every,
                "to": one.to,
            }
            for one in step.press
        ],
        "said": {lang: _said(step, lang) for lang in LANGS},
    }


def _said(step: Step, lang: Lang) -> dict[str, Any]:
    """A beat's caption; its line of figures only where there are such figures."""
    line = measured.line(step.measured[lang], lang) if step.measured else None
    return {
        "heading": step.title[lang],
        "say": step.say.get(lang, ""),
        "measured": line.text if line else None,
        "badges": [_origin(badge) for badge in line.badges] if line else [],
    }


def _origin(badge: Badge) -> dict[str, Any]:
    """How a figure came to be, and what is told of that when it is opened."""
    told = [each for each in (badge.why, badge.about) if each]
    return {"text": badge.text, "told": told, "command": badge.command}


def _word(tag: str, name: str, t: Words) -> str:
    return f'<{tag} data-word="{name}">{escape(_spoken(t.lang)[name])}</{tag}>'


def _way(href: str, name: str, t: Words, kind: str = "") -> str:
    return (
        f'<a class="{kind}" href="{href}?lang={t.lang}" data-href="{href}" data-word="{name}">'
        f"{escape(_spoken(t.lang)[name])}</a>"
    )


def _icon(name: str, t: Words, *icons: str) -> str:
    """A button with an outline; of several outlines the style sheet shows one."""
    label = _spoken(t.lang)["pause" if name == "play" else name]
    said = "" if name == "play" else f' data-label="{name}"'
    drawn = "".join(
        f'<svg class="{icon}" viewBox="0 0 24 24" aria-hidden="true">'
        f'<path d="{ICONS[icon]}"/></svg>'
        for icon in icons or (name,)
    )
    text = escape(label)
    return (
        f'<button type="button" id="show-{name}"{said} title="{text}" aria-label="{text}">'
        f"{drawn}</button>"
    )


def _language(each: Lang, lang: Lang) -> str:
    is_on = "true" if each == lang else "false"
    return (
        f'<button type="button" data-lang="{each}" lang="{each}" aria-pressed="{is_on}">'
        f"{each.upper()}</button>"
    )
