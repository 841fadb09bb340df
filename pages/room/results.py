"""The results of a room as one page that prints on A4: no script, nothing from elsewhere."""

from html import escape
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from core.api.rooms.routes import is_lead
from core.languages import WRITTEN
from core.rooms.codes import as_code
from core.rooms.results import Counted, counted
from core.rooms.room import lesson_of
from core.rooms.views import in_language
from core.services import services
from core.store.rooms import RoomRecord
from pages.kit.catalogue import Words, words
from pages.kit.document import language
from pages.kit.numbers import share, whole

STYLE: Final = """
@page { size: A4; margin: 18mm; }
body { font: 11pt/1.45 Georgia, serif; color: #17191c; max-width: 174mm; margin: 10mm auto; }
h1 { font-size: 20pt; margin: 0 0 2mm; }
h2 { font-size: 13pt; margin: 9mm 0 2mm; break-after: avoid; }
section { break-inside: avoid; } table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; padding: 1.5mm 2mm; border-bottom: .3mm solid #d8d4ca; }
td.n, th.n { text-align: right; white-space: nowrap; width: 16mm; }
td.bar { width: 60mm; } td.bar i { display: block; height: 3.5mm; background: #0b4f8a; }
tr.true td { font-weight: bold; } .soft { color: #585e66; } li { margin: 1mm 0; }
"""


async def serve(request: Request) -> Response:
    """Answer the facilitator; everybody else is led to the page that asks who they are."""
    t = words(language(request))
    code = as_code(request.path_params["code"])
    room = await run_in_threadpool(lambda: services().store.rooms.by_code(code))
    if room is None or not is_lead(request.headers, room):
        return RedirectResponse(f"/lead/{code}", status_code=303)
    return HTMLResponse(await run_in_threadpool(as_html, room, t))


def as_html(room: RoomRecord, t: Words) -> str:
    """The whole page."""
    n_people, found = counted(services().store.rooms, room)
    day = WRITTEN[t.lang].date.format(
        day=room.created_at.day, month=room.created_at.month, year=room.created_at.year
    )
    head = f"{lesson_of(room).title[t.lang]} · {day}"
    parts = "".join(_section(one, t) for one in found)
    people: str = t("workshop.took_part", n=whole(n_people, t.lang))
    n_simulated = sum(one.is_simulated for one in services().store.rooms.people(room.id))
    if n_simulated:
        people += " · " + t("workshop.left_out", n=whole(n_simulated, t.lang))
    title = escape(t("workshop.results_title"))
    return (
        f'<!doctype html><html lang="{t.lang}"><head><meta charset="utf-8">'
        f"<title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>"
        f"<p>{escape(head)}<br>{escape(people)}</p>{parts}"
        f'<p class="soft">{escape(t("workshop.results_about"))}</p></body></html>'
    )


def _section(one: Counted, t: Words) -> str:
    """A question with its votes, what was measured, and the words that were shown."""
    measured = one.asked.measured or {}
    text, ask = measured.get("text"), in_language(one.asked.texts["ask"], t.lang)
    table = _table(one, t) if one.asked.texts.get("options") else ""
    told = ""
    if text:
        said = escape(in_language(text, t.lang))
        told = f"<p><b>{escape(t('workshop.it_is'))}:</b> {said}</p>"
    lines = "".join(f"<li>{escape(line)}</li>" for line in one.lines)
    shown = f"<p>{escape(t('workshop.lines_shown'))}</p><ul>{lines}</ul>" if lines else ""
    is_empty = not (one.n or lines)
    empty = f'<p class="soft">{escape(t("workshop.nobody_answered"))}</p>' if is_empty else ""
    return f"<section><h2>{one.asked.n}. {escape(ask)}</h2>{table}{told}{shown}{empty}</section>"


def _table(one: Counted, t: Words) -> str:
    """The options with their votes as numbers, shares and bars."""
    measured = one.asked.measured or {}
    mark = t("workshop.it_is") if measured.get("text") else t("workshop.answer_is")
    rows = ""
    for key, label in one.asked.texts["options"].items():
        n, is_true = one.counts.get(key, 0), key == measured.get("outcome")
        part = n / one.n if one.n else 0.0
        said = in_language(label, t.lang) + (f" · {mark}" if is_true else "")
        rows += (
            f'<tr class="{"true" if is_true else ""}"><td>{escape(said)}</td>'
            f'<td class="n">{whole(n, t.lang)}</td><td class="n">{share(part, t.lang)}</td>'
            f'<td class="bar"><i style="width:{100 * part:.1f}%"></i></td></tr>'
        )
    names = (t("workshop.col_votes"), t("workshop.col_share"))
    numbers = "".join(f'<th class="n">{escape(name)}</th>' for name in names)
    head = f"<th>{escape(t('workshop.col_option'))}</th>{numbers}<th></th>"
    return f"<table><tr>{head}</tr>{rows}</table>"
