"""The sheet for printing: what somebody did and measured on the path, as one HTML page in A4.

Invariant: everything in it is escaped, and it needs nothing from anywhere: no script, no request.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from typing import Final

from core.learning.progress import Answered, Progress
from pages.kit.catalogue import Words
from pages.kit.numbers import whole
from pages.path.checking import right_answer
from pages.path.listing import stages
from pages.path.opened import on
from pages.path.questions import Check
from pages.path.unit import Unit, unit
from pages.path.units import ORDER

STYLE: Final = """
@page { size: A4; margin: 16mm 15mm; }
body { font: 11pt/1.45 "Segoe UI", "Helvetica Neue", Arial, sans-serif; color: #17191c;
  max-width: 180mm; margin: 8mm auto; padding: 0 4mm; }
h1 { font: 600 20pt/1.2 Georgia, serif; margin: 0 0 2mm; }
h2 { font-size: 12pt; margin: 0 0 1mm; }
p { margin: 0 0 1.5mm; }
.soft { color: #585e66; font-size: 9.5pt; }
section { border-top: .3mm solid #b9b5ab; padding: 3mm 0; break-inside: avoid; }
.sort { font-weight: 600; color: #0b4f8a; }
code { font-size: 8.5pt; overflow-wrap: anywhere; }
ul { margin: 0; padding-left: 5mm; }
@media print { body { margin: 0; padding: 0; max-width: none; } }
"""


def html(progress: Progress, name: str, t: Words) -> str:
    """The whole page.

    Args:
        progress: what is told.
        name: as typed for this sheet; "" for none.
    """
    known = stages(progress)
    n = whole(len(ORDER), t.lang)
    summed = t(
        "path.sheet_sum",
        measured=whole(sum(each != "open" for each in known.values()), t.lang),
        complete=whole(sum(each == "complete" for each in known.values()), t.lang),
        n=n,
    )
    today = on(datetime.now(UTC).isoformat(), t)
    how = t("path.sheet_how", own=t("path.sheet_own"), shipped=t("path.sheet_shipped"))
    done = [each for each in ORDER if known[each] != "open"]
    left = [each for each in ORDER if known[each] == "open"]
    title = escape(t("path.sheet_title"))
    who = f"<p><b>{escape(name.strip())}</b></p>" if name.strip() else ""
    return (
        f'<!doctype html><html lang="{t.lang}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>'
        f"<main><h1>{title}</h1>{who}<p>{escape(t('path.sheet_made', date=today))}. "
        f"{escape(summed)}</p><p class='soft'>{escape(how)}</p>"
        + "".join(_section(each, progress, t) for each in done)
        + _left(left, t)
        + "</main></body></html>"
    )


def _section(name: str, progress: Progress, t: Words) -> str:
    """One unit: when it was measured, what came of it, how the questions were answered."""
    one, done = unit(name), progress.of(name)
    own = done.own
    assert own is not None  # only such units are told
    lines = [str(each) for each in one.own(own, t)]
    lines += [own.said] if own.said else []
    if (right := own.figures.get("right")) is not None:
        lines.append(str(t("path.guess_right") if right else t("path.guess_wrong")))
    file = f" ({t('path.from_file')})" if own.from_file else ""
    when = t("path.measured_on", date=on(own.at, t))
    sort = escape(t("path.sheet_own") + file)
    measured = (
        "".join(f"<p><span class='sort'>{sort}:</span> {escape(each)}</p>" for each in lines)
        or f"<p><span class='sort'>{sort}</span></p>"
    )
    return (
        f"<section><h2>{_title(one, t)}</h2><p class='soft'>{escape(when)}</p>"
        f"{measured}{_shipped(one, done.checks, t)}</section>"
    )


def _shipped(one: Unit, answers: Mapping[str, Answered], t: Words) -> str:
    """The surprise with how it came to be, and the answers."""
    found = one.found(t)
    if found is None:
        return ""
    is_now = found.badge is not None and found.badge.kind == "now"
    sort = escape(t("path.sheet_now") if is_now else t("path.sheet_shipped"))
    said = "".join(
        f"<p><span class='sort'>{sort}:</span> {escape(each)}</p>" for each in found.surprise
    )
    if found.badge and not is_now:
        command = f" <code>{escape(found.badge.command)}</code>" if found.badge.command else ""
        said += f"<p class='soft'>{escape(found.badge.text)}{command}</p>"
    rows = "".join(
        f"<li>{escape(check.question)} {_answered(check, answers, t)}</li>" for check in found.asked
    )
    return f"{said}<p class='sort'>{escape(t('path.sheet_answers'))}</p><ul>{rows}</ul>"


def _answered(check: Check, answers: Mapping[str, Answered], t: Words) -> str:
    """The right answer, once it was given, and at which try."""
    right = check.key in answers and answers[check.key].right_at
    said = f"→ {escape(right_answer(check, t))} " if right else ""
    return f"{said}<b>({escape(_answer(answers, check.key, t))})</b>"


def _answer(answers: Mapping[str, Answered], key: str, t: Words) -> str:
    """At which try it was right."""
    one = answers.get(key, Answered())
    if not one.right_at:
        return t("path.sheet_open")
    if one.n_tries > 2:
        return t("path.sheet_later", n=whole(one.n_tries, t.lang))
    return t("path.sheet_first") if one.n_tries == 1 else t("path.sheet_second")


def _left(names: list[str], t: Words) -> str:
    """What was not measured yet."""
    if not names:
        return ""
    rows = "".join(f"<li>{_title(unit(name), t)}</li>" for name in names)
    return f"<section><h2>{escape(t('path.sheet_none'))}</h2><ul>{rows}</ul></section>"


def _title(one: Unit, t: Words) -> str:
    number = whole(ORDER.index(one.name) + 1, t.lang)
    return escape(f"{number} · {one.says(t).question}")
