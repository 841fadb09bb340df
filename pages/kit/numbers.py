"""Numbers the way a reader of the language writes them.

German: decimal comma, a narrow no-break space between thousands and before % and units. English:
decimal point, comma between thousands, no space before %. Minus is U+2212 in both. Nothing is
shown with more digits than it has.
"""

import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from core.languages import THIN, WRITTEN, Lang

MINUS: Final = "\u2212"
EXACT: Final = 1e-9  # a share this close to 0 or 1 is 0 or 1
NO_FIGURE: Final = "\u2013"  # shown where no figure exists yet
_FIGURES_ALONE: Final = re.compile(
    r"(?=.*\d)[\d\s.,;%<>+≈\[\]()\u2212\u2013]*(?:Mio\.|[kMG]?B|M|m?s|min|h)?"
)
_HALF_UP: Final = Context(prec=400, rounding=ROUND_HALF_UP)  # any float has room


def decimal(x: float, lang: Lang, digits: int = 2) -> str:
    """`x` with exactly `digits` decimals: 1.31 is "1,31" in German."""
    if not math.isfinite(x):
        return "∞" if x > 0 else MINUS + "∞" if x < 0 else NO_FIGURE
    written = WRITTEN[lang]
    # Halves go up, as they do in the browser: 96.5 must not be 96 here and 97 there.
    step = Decimal(1).scaleb(-digits)
    text = f"{Decimal(repr(abs(float(x)))).quantize(step, context=_HALF_UP):,f}"
    sign = MINUS if x < 0 and float(text.replace(",", "")) else ""
    return sign + text.translate({ord(","): written.thousands, ord("."): written.point})


def change(x: float, lang: Lang, digits: int = 2) -> str:
    """How much something changed, always signed: 0.5 is "+0,5" in German; 0 has no sign."""
    written = decimal(x, lang, digits)
    return written if written == decimal(0.0, lang, digits) or x < 0 else "+" + written


def whole(n: float, lang: Lang) -> str:
    """A count: 4812 is "4 812" in German and "4,812" in English."""
    return decimal(round(n) if math.isfinite(n) else n, lang, 0)


def significant(x: float, lang: Lang, digits: int = 3) -> str:
    """`x` to that many significant digits, never in exponent form."""
    if x == 0 or not math.isfinite(x):
        return decimal(x, lang, 0)
    rounded = float(f"{x:.{digits - 1}e}")
    magnitude = math.floor(math.log10(abs(rounded)))
    return decimal(rounded, lang, max(0, digits - 1 - magnitude))


def share(x: float, lang: Lang, digits: int = 0) -> str:
    """A share of 1 as a percentage: 0.96 is "96 %" in German and "96%" in English.

    Almost nothing and almost everything never show as 0 or 100: 0.998 is "> 99 %". kit.js does the
    same in the browser.
    """
    finest = 10.0**-digits
    if EXACT < x < 1.0 - EXACT:
        if 100 * x < finest / 2:
            return f"<{THIN}{_per_cent(finest, lang, digits)}"
        if 100 * x >= 100 - finest / 2:
            return f">{THIN}{_per_cent(100 - finest, lang, digits)}"
    return _per_cent(100 * x, lang, digits)


def _per_cent(x: float, lang: Lang, digits: int) -> str:
    return decimal(x, lang, digits) + WRITTEN[lang].per_cent


def interval(low: float, high: float, lang: Lang, digits: int = 1, unit: str = "") -> str:
    """The ends of an interval: 87.9 and 93 are "[87,9; 93,0]" in German, "[87.9, 93.0]" in English.

    Args:
        low, high: its ends.
        lang: of the reader.
        digits: decimals of both.
        unit: behind the bracket, where it is not said elsewhere.
    """
    ends = bracketed(decimal(low, lang, digits), decimal(high, lang, digits), lang)
    return quantity(ends, unit) if unit else ends


def with_extremes(middle: str, low: str, high: str) -> str:
    """A median with the smallest and the largest measurement, all formatted: no interval, which
    says how sure a figure is, but how far single measurements were apart.
    """
    return f"{middle} ({low}–{high})"


def share_span(low: float, high: float, lang: Lang, digits: int = 0) -> str:
    """An interval of shares of 1: 0.879 and 0.93 are "88–93 %" in German, "88–93%" in English."""
    return f"{decimal(100 * low, lang, digits)}–{_per_cent(100 * high, lang, digits)}"


def bracketed(low: str, high: str, lang: Lang) -> str:
    """Two numbers already formatted, or their places in a template, as the ends of an interval."""
    return f"[{low}{WRITTEN[lang].apart}{high}]"


def quantity(number: str, unit: str) -> str:
    """A number already formatted and its unit, never separated by a line break."""
    return f"{number}{THIN}{unit}"


def millions(n: float, lang: Lang) -> str:
    """A large count in millions: 921600 is "0,92 Mio." in German and "0.92 M" in English."""
    return quantity(significant(n / 1e6, lang, 2 if n < 1e6 else 3), WRITTEN[lang].million)


def data_size(n_bytes: float, lang: Lang) -> str:
    """Bytes in powers of a thousand: 3700000 is "3,7 MB"."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n_bytes >= size:
            return quantity(
                significant(n_bytes / size, lang, 2 if n_bytes < 1e2 * size else 3), unit
            )
    return quantity(whole(n_bytes, lang), "B")


def duration(seconds: float, lang: Lang) -> str:
    """A span of time in its two largest units: 95 is "1 min 35 s"."""
    if seconds < 1:
        return quantity(significant(1e3 * seconds, lang, 2), "ms")
    if seconds < 10:
        return quantity(decimal(seconds, lang, 1), "s")
    whole_s = round(seconds)
    if whole_s < 60:
        return quantity(str(whole_s), "s")
    if whole_s < 3600:
        minutes, rest = divmod(whole_s, 60)
        return quantity(str(minutes), "min") + (f" {quantity(str(rest), 's')}" if rest else "")
    hours, rest = divmod(round(seconds / 60), 60)
    return quantity(str(hours), "h") + (f" {quantity(str(rest), 'min')}" if rest else "")


def rewritten(text: str, lang: Lang, into: Lang) -> str:
    """Figures written for readers of one language, as another one writes them; a text that holds
    anything but figures with their unit stays as it is.
    """
    if lang == into or not _FIGURES_ALONE.fullmatch(text):
        return text
    ours, theirs = WRITTEN[lang], WRITTEN[into]
    if text.endswith(ours.million):
        text = text.removesuffix(ours.million) + theirs.million
    text = text.replace(ours.apart, theirs.apart).replace(ours.per_cent, theirs.per_cent)
    signs = {ord(ours.thousands): theirs.thousands, ord(ours.point): theirs.point}
    number = rf"\d+(?:{re.escape(ours.thousands)}\d{{3}})*(?:{re.escape(ours.point)}\d+)?"
    return re.sub(number, lambda found: found[0].translate(signs), text)
