"""The report to take away: two pages of A4, one file, no script, written when it is asked for.

It holds what was shown, each figure with how it came to be, the visitor's own models where there
are any, and the five decisions with room for notes. It is printed from the browser.
"""

from datetime import date
from functools import cache
from html import escape
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse

from core.identity import COOKIE_FORM, OWNER_COOKIE, owner_of
from core.languages import Lang
from core.modality import TEXT
from core.services import services
from pages.decisions.five import Decision, five
from pages.home.shipped import day
from pages.kit import chain, site
from pages.kit.catalogue import Text, Words, words
from pages.kit.document import language
from pages.kit.parts import Badge
from pages.kit.static import ASSETS
from pages.show import measured

ROUTE: Final = "/report"
NARROW: Final = "\u202f"  # a narrow blank at which no line breaks
N_LINES: Final = 3  # for notes, under each decision


def serve(request: Request) -> HTMLResponse:
    """Answer for ROUTE, about the models of whoever asks."""
    cookie = request.cookies.get(OWNER_COOKIE, "")
    owner = owner_of(cookie) if COOKIE_FORM.fullmatch(cookie) else None
    made = html(language(request), owner, str(request.base_url).rstrip("/"))
    return HTMLResponse(made, headers={"Cache-Control": "no-store"})


def html(lang: Lang, owner: str | None, base: str) -> str:
    """The whole report.

    Args:
        lang: of the reader.
        owner: whose own models it speaks of, too; None for nobody's.
        base: the address of this server, without a slash at its end.
    """
    t = words(lang)
    today = day(date.today().isoformat(), lang)
    notes = "".join(_decision(n, one, t) for n, one in enumerate(five(t), start=1))
    foot = f"<footer><span>{escape(t('shell.brand'))}</span><span>{escape(today)}</span></footer>"
    return f"""<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(t("report.title"))}</title>
<style>{_style()}</style>
</head>
<body>
<main>
<section class="sheet">
<header><h1>{escape(t("report.title"))}</h1><p>{escape(t("report.about"))}</p></header>
<h2>{escape(t("report.shown"))}</h2>
<div class="fills"><table>
<thead><tr><th>{escape(t("report.what"))}</th><th>{escape(t("report.found"))}</th>
<th>{escape(t("report.how"))}</th></tr></thead>
<tbody>{_shown(t, base)}</tbody></table></div>
{_again(t)}
{_own(owner, t)}
<h2>{escape(t("report.means"))}</h2><p>{escape(t("report.means_text"))}</p>
{foot}
</section>
<section class="sheet">
<h2>{escape(t("report.decisions"))}</h2>
{notes}
<p class="soft">{escape(t("report.limits"))}</p>
{foot}
</section>
</main>
</body>
</html>
"""


@cache
def _style() -> str:
    return (ASSETS / "report.css").read_text(encoding="utf-8")


def _shown(t: Words, base: str) -> str:
    """A row for each thing shown whose figures are there."""
    rows: tuple[tuple[str, Text], ...] = (
        ("own", t("report.size")),
        ("pair", t("report.copied")),
        ("secrets", t("report.secrets")),
        ("skewed", t("report.skewed")),
        ("claimed", t("report.claimed")),
        ("looked_up", t("report.looked_up")),
        ("answers", t("report.answers")),
        ("filtered", t("report.filtered")),
        ("sizes", t("report.sizes")),
    )
    return "".join(_row(name, what, t, base) for name, what in rows)


def _row(name: str, what: Text, t: Words, base: str) -> str:
    found, badge = measured.values(name, t.lang), measured.badge(name, t)
    if not found or badge is None:
        return ""
    place = measured.BY_NAME[name].place
    path = site.BY_NAME[place].path
    to = f"{base}{path}?lang={t.lang}&depth=watch"
    seen = t("report.seen", page=t(f"shell.{place}"), path=path)
    return (
        f'<tr><th scope="row">{escape(what)}<br><a href="{escape(to)}">{escape(seen)}</a></th>'
        f"<td>{escape(_finding(name, found, t))}</td>"
        f"<td>{escape(_way(name, found, t))} {escape(_origin(badge, t))}</td></tr>"
    )


def _finding(name: str, found: measured.Values, t: Words) -> str:
    """What was found, in a sentence."""
    said = {
        "own": lambda: t("report.size_found", **found),
        "pair": lambda: t("report.copied_found", **found),
        "secrets": lambda: t("report.secrets_found", **found),
        "skewed": lambda: t("report.skewed_found", **found),
        "claimed": lambda: t("report.claimed_found", **found),
        "looked_up": lambda: t("report.looked_up_found", **found),
        "answers": lambda: t("report.answers_found", **found),
        "filtered": lambda: t("report.filtered_found", **found),
        "sizes": lambda: t("report.sizes_found", **found),
    }
    return str(said[name]())


def _way(name: str, found: measured.Values, t: Words) -> str:
    """What was done to find it, in a sentence."""
    said = {
        "own": lambda: t("report.size_way"),
        "pair": lambda: t("report.copied_way", **found),
        "secrets": lambda: t("report.secrets_way"),
        "skewed": lambda: t("report.skewed_way"),
        "claimed": lambda: t("report.claimed_way"),
        "looked_up": lambda: t("report.looked_up_way"),
        "answers": lambda: t("report.answers_way", **found),
        "filtered": lambda: t("report.filtered_way", **found),
        "sizes": lambda: t("report.sizes_way"),
    }
    return str(said[name]())


def _origin(badge: Badge, t: Words) -> str:
    """When it was measured, or who published it."""
    if not badge.date:
        return badge.about
    return t("report.when", date=badge.date.replace(" ", NARROW))  # a date stays on one line


def _again(t: Words) -> str:
    """The commands that measure all of it again, each once, in small type."""
    badges = [measured.badge(one.name, t) for one in measured.RECORDS]
    commands = dict.fromkeys(sorted(one.command for one in badges if one and one.command))
    if not commands:
        return ""
    listed = " · ".join(f"<code>{escape(one)}</code>" for one in commands)
    return f'<p class="again">{escape(t("report.again"))} {listed}</p>'


def _own(owner: str | None, t: Words) -> str:
    """What lies on the visitor's own bench, step by step; nothing where there is nothing."""
    if owner is None:
        return ""
    view = services().store.benches.view(owner, TEXT)
    rows = [one for one in chain.step_numbers(view, t) if one.whose == "yours"]
    if not rows:
        return ""
    items = "".join(
        f"<li><b>{escape(t(f'shell.{one.step}'))}:</b> {escape(' / '.join(one.texts))}</li>"
        for one in rows
    )
    return f'<h2>{escape(t("report.yours"))}</h2><ul class="own">{items}</ul>'


def _decision(n: int, one: Decision, t: Words) -> str:
    """One decision with its options, and lines to write on."""
    options = "".join(
        f"<li><b>{escape(name)}.</b> {escape(cost)}</li>" for name, cost in one.options
    )
    lines = "<i></i>" * N_LINES
    notes = escape(t("report.notes"))
    return (
        f"<article><h3><b>{n}</b> {escape(one.sentence)}</h3><ul>{options}</ul>"
        f'<div class="lines" role="img" aria-label="{notes}">{lines}</div></article>'
    )
