"""The questions of a room: votes as numbers and bars, what was measured, the lines let through."""

from html import escape

from core.rooms.results import Counted
from core.rooms.views import in_language
from pages.kit.catalogue import Words
from pages.kit.numbers import share, whole


def section(one: Counted, t: Words) -> str:
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
