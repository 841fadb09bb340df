"""The results of a room: one page that prints, and the same numbers as CSV; nobody is named.

Invariant: simulated people are left out, and so are words that the facilitator did not let through.
"""

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any, Final

from core.languages import WRITTEN, Lang
from core.rooms.room import lesson_of
from core.store.rooms import Asked, RoomRecord, Rooms

SAID: Final[Mapping[Lang, Mapping[str, str]]] = {
    "en": {
        "title": "Results of a workshop",
        "people": "people took part",
        "votes": "votes",
        "share": "share",
        "option": "option",
        "measured": "Measured",
        "answer": "The answer",
        "lines": "What was shown of what people wrote",
        "none": "Nobody answered this question.",
        "about": "Counted on the machine that held the workshop. No names are kept with it.",
    },
    "de": {
        "title": "Ergebnisse eines Workshops",
        "people": "Personen haben teilgenommen",
        "votes": "Stimmen",
        "share": "Anteil",
        "option": "Möglichkeit",
        "measured": "Gemessen",
        "answer": "Die Antwort",
        "lines": "Was von dem, was geschrieben wurde, gezeigt wurde",
        "none": "Diese Frage hat niemand beantwortet.",
        "about": "Gezählt auf dem Gerät, auf dem der Workshop stattfand. Namen stehen nicht dabei.",
    },
}

STYLE: Final = """
@page { size: A4; margin: 18mm; }
body { font: 11pt/1.45 Georgia, serif; color: #17191c; max-width: 174mm; margin: 10mm auto; }
h1 { font-size: 20pt; margin: 0 0 2mm; }
h2 { font-size: 13pt; margin: 9mm 0 2mm; break-after: avoid; }
section { break-inside: avoid; } table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; padding: 1.5mm 2mm; border-bottom: .3mm solid #d8d4ca; }
td.n { text-align: right; white-space: nowrap; width: 16mm; }
td.bar { width: 60mm; } td.bar i { display: block; height: 3.5mm; background: #0b4f8a; }
tr.true td { font-weight: bold; } .soft { color: #585e66; } li { margin: 1mm 0; }
"""


@dataclass(frozen=True)
class Counted:
    """One question, counted.

    Args:
        asked: the question.
        counts: option -> how many chose it.
        lines: the words that were shown.
    """

    asked: Asked
    counts: Mapping[str, int]
    lines: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many voted."""
        return sum(self.counts.values())


def counted(rooms: Rooms, room: RoomRecord) -> tuple[int, list[Counted]]:
    """How many took part, and every question with its counts; simulated people left out."""
    people = {one.id for one in rooms.people(room.id) if not one.is_simulated}
    votes = [vote for vote in rooms.votes(room.id) if vote.person in people]
    lines = [one for one in rooms.sayings(room.id) if one.person in people and not one.is_hidden]
    found = [
        Counted(
            asked,
            Counter(vote.choice for vote in votes if vote.question == asked.key),
            tuple(one.text for one in lines if one.question == asked.key),
        )
        for asked in rooms.questions(room.id)
    ]
    return len(people), found


def as_html(rooms: Rooms, room: RoomRecord, lang: Lang) -> str:
    """The results as one file that prints on A4: no script, nothing from elsewhere."""
    n_people, found = counted(rooms, room)
    said, title = SAID[lang], lesson_of(room).title[lang]
    head = f"{title} · {_day(room.created_at, lang)}"
    parts = "".join(_section(one, lang) for one in found)
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        f"<title>{escape(said['title'])}</title><style>{STYLE}</style></head><body>"
        f"<h1>{escape(said['title'])}</h1><p>{escape(head)}<br>{n_people} {escape(said['people'])}"
        f'</p>{parts}<p class="soft">{escape(said["about"])}</p></body></html>'
    )


def as_csv(rooms: Rooms, room: RoomRecord, lang: Lang) -> str:
    """The same numbers, a row for each option of each question and each line that was shown."""
    _, found = counted(rooms, room)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["question", "asked", "kind", "option", "text", "votes", "share", "is_true"])
    for one in found:
        asked, ask = one.asked, _in(one.asked.texts["ask"], lang)
        outcome = (asked.measured or {}).get("outcome")
        for key, label in asked.texts.get("options", {}).items():
            n = one.counts.get(key, 0)
            share = f"{n / one.n:.4f}" if one.n else ""
            is_true = "" if outcome is None else str(key == outcome).lower()
            row = [asked.n, ask, asked.kind, key, _in(label, lang), n, share, is_true]
            writer.writerow([_plain(cell) for cell in row])
        for line in one.lines:
            writer.writerow([_plain(cell) for cell in [asked.n, ask, "line", "", line, "", "", ""]])
    return out.getvalue()


def _section(one: Counted, lang: Lang) -> str:
    said, asked = SAID[lang], one.asked
    measured = asked.measured or {}
    outcome, text = measured.get("outcome"), measured.get("text")
    answer = escape(said["measured" if text else "answer"])
    rows = "".join(
        f"<tr{' class=true' if key == outcome else ''}><td>{escape(_in(label, lang))}"
        f"{' · ' + answer if key == outcome else ''}</td>"
        f'<td class="n">{one.counts.get(key, 0)}</td>'
        f'<td class="n">{_share(one.counts.get(key, 0), one.n, lang)}</td>'
        f'<td class="bar"><i style="width:{100 * one.counts.get(key, 0) / max(1, one.n):.1f}%"></i>'
        "</td></tr>"
        for key, label in asked.texts.get("options", {}).items()
    )
    head = (
        f"<tr><th>{escape(said['option'])}</th><th>{escape(said['votes'])}</th>"
        f"<th>{escape(said['share'])}</th><th></th></tr>"
    )
    table = f"<table>{head}{rows}</table>" if rows else ""
    told = f"<p><b>{escape(said['measured'])}:</b> {escape(_in(text, lang))}</p>" if text else ""
    lines = "".join(f"<li>{escape(line)}</li>" for line in one.lines)
    shown = f"<p>{escape(said['lines'])}</p><ul>{lines}</ul>" if lines else ""
    empty = "" if one.n or lines else f'<p class="soft">{escape(said["none"])}</p>'
    ask = escape(_in(asked.texts["ask"], lang))
    return f"<section><h2>{asked.n}. {ask}</h2>{table}{told}{shown}{empty}</section>"


def _share(n: int, of: int, lang: Lang) -> str:
    return f"{100 * n / of:.0f}{WRITTEN[lang].per_cent}" if of else ""


def _day(moment: datetime, lang: Lang) -> str:
    return WRITTEN[lang].date.format(day=moment.day, month=moment.month, year=moment.year)


def _in(said: Any, lang: Lang) -> str:
    """A text in a language; one that a page gave in its own language stands for both."""
    if isinstance(said, str):
        return said
    return str(said.get(lang) or next(iter(said.values()), ""))


def _plain(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
