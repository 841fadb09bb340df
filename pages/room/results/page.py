"""The results of a room as one page that prints on A4 and works from a file: no script, no network.

Invariant: nobody is named, and nobody's number stands beside anything.
"""

from html import escape
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from core.api.rooms.routes import is_lead
from core.languages import WRITTEN
from core.rooms.codes import as_code
from core.rooms.results import Results, gathered
from core.rooms.room import lesson_of
from core.services import services
from core.store.rooms import RoomRecord
from pages.kit.catalogue import Words, words
from pages.kit.document import language
from pages.kit.numbers import whole
from pages.room.results import made, questions

STYLE: Final = """
@page { size: A4; margin: 18mm; }
body { font: 11pt/1.45 Georgia, serif; color: #17191c; background: #fff; max-width: 174mm;
  margin: 10mm auto; padding: 0 4mm; }
h1 { font-size: 20pt; margin: 0 0 2mm; }
h2 { font-size: 13pt; margin: 9mm 0 2mm; break-after: avoid; }
h3 { font-size: 11pt; margin: 5mm 0 1mm; break-after: avoid; }
section { break-inside: avoid; } section.breaks { break-inside: auto; }
table { border-collapse: collapse; width: 100%; } tr, dt, dd, svg { break-inside: avoid; }
td, th { text-align: left; padding: 1.5mm 2mm; border-bottom: .3mm solid #d8d4ca; }
td.n, th.n { text-align: right; white-space: nowrap; width: 16mm; }
td.bar { width: 60mm; } td.bar i { display: block; height: 3.5mm; background: #0b4f8a; }
tr.true td { font-weight: bold; } .soft { color: #585e66; } li { margin: 1mm 0; }
dt { font-weight: bold; margin: 2mm 0 0; } dd { margin: 0 0 1mm 4mm; overflow-wrap: anywhere; }
li, td { overflow-wrap: anywhere; } nav a { margin-right: 5mm; color: #0b4f8a; }
.simulated { color: #9a3b12; border: .3mm dashed; border-radius: 2mm; padding: .5mm 2mm;
  display: inline-block; margin: 0 0 2mm; }
svg { display: block; width: 100%; max-width: 150mm; margin: 1mm 0; }
svg text { font: 12px/1 sans-serif; } svg .axis { fill: #585e66; } svg line { stroke: #e3e0d8; }
svg .end { text-anchor: end; } svg .middle { text-anchor: middle; }
* { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
@media print { nav { display: none; } body { margin: 0; padding: 0; } }
"""


async def serve(request: Request) -> Response:
    """Answer the facilitator; everybody else is led to the page that asks who they are."""
    t = words(language(request))
    code = as_code(request.path_params["code"])
    room = await run_in_threadpool(lambda: services().store.rooms.by_code(code))
    if room is None or not is_lead(request.headers, room):
        return RedirectResponse(f"/lead/{code}", status_code=303)
    is_file = "file" in request.query_params
    found = await run_in_threadpool(gathered, services().store, room)
    name = f"attachment; filename=workshop-{room.code}.html"
    headers = {"Content-Disposition": name} if is_file else {}
    return HTMLResponse(as_html(found, room, t, is_file=is_file), headers=headers)


def as_html(found: Results, room: RoomRecord, t: Words, *, is_file: bool = False) -> str:
    """The whole page; as a file it has no links to what only the app can answer."""
    day = WRITTEN[t.lang].date.format(
        day=room.created_at.day, month=room.created_at.month, year=room.created_at.year
    )
    head = f"{lesson_of(room).title[t.lang]} · {day}"
    people: str = t("workshop.took_part", n=whole(found.n_people, t.lang))
    if found.n_simulated:
        people += " · " + t("workshop.left_out", n=whole(found.n_simulated, t.lang))
    title = escape(t("workshop.results_title"))
    parts = [
        *(questions.section(one, t) for one in found.questions),
        made.race(found, t),
        made.taste(found, t),
        made.corpus(found, t),
        made.benches(found, t),
        made.hands(found, room, t),
    ]
    return (
        f'<!doctype html><html lang="{t.lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body>"
        f"{'' if is_file else _ways(room, t)}<h1>{title}</h1>"
        f"<p>{escape(head)}<br>{escape(people)}</p>{''.join(parts)}"
        f'<p class="soft">{escape(t("workshop.results_about"))}</p></body></html>'
    )


def _ways(room: RoomRecord, t: Words) -> str:
    """The page as a file, and as a table; not printed."""
    return (
        f'<nav aria-label="{escape(t("workshop.results"))}">'
        f'<a href="/results/{room.code}?lang={t.lang}&amp;file">'
        f"{escape(t('workshop.results_file'))}</a>"
        f'<a href="/rooms/{room.code}/results.csv?lang={t.lang}">'
        f"{escape(t('workshop.results_csv'))}</a>"
        f'<p class="soft">{escape(t("workshop.results_excel"))}</p></nav>'
    )
