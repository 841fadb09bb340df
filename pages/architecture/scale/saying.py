"""Very large numbers in words: counts, operations, stacks of paper, years."""

from typing import Final

from core.architecture.text.published_sizes import Measure
from pages.kit.catalogue import Words
from pages.kit.numbers import significant, whole

SHEET_M: Final = 1e-4  # thickness of a sheet of office paper (80 g/m²)
YEAR_S: Final = 365.25 * 24 * 3600
_HIGH: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def count(n: float, t: Words, digits: int = 3) -> str:
    """A count to at most that many digits, from a million on in words: "405 billion"."""
    n = float(f"{n:.{digits - 1}e}")
    if n < 1e6:
        return whole(n, t.lang) if n >= 100 else _short(n, t, digits)
    if n < 1e9:
        return t("scale.n_million", n=_short(n / 1e6, t, digits))
    if n < 1e12:
        return t("scale.n_billion", n=_short(n / 1e9, t, digits))
    if n < 1e15:
        return t("scale.n_trillion", n=_short(n / 1e12, t, digits))
    return power(n, t, digits)


def power(n: float, t: Words, digits: int = 3) -> str:
    """A positive number with a power of ten: "3.8 × 10²⁵"."""
    mantissa, exponent = f"{n:.{digits - 1}e}".split("e")
    return f"{_short(float(mantissa), t, digits)} × 10{str(int(exponent)).translate(_HIGH)}"


def _short(n: float, t: Words, digits: int) -> str:
    """A number as its maker writes it: "70", not "70.0", which would promise more."""
    n = float(f"{n:.{digits - 1}e}")
    for fewer in range(1, digits):
        if float(f"{n:.{fewer - 1}e}") == n:
            return significant(n, t.lang, fewer)
    return significant(n, t.lang, digits)


def amount(n: float, measure: Measure, t: Words, digits: int = 3) -> str:
    """A figure with its unit."""
    if measure == "parameters":
        return t("scale.n_parameters", n=count(n, t, digits))
    if measure == "tokens":
        return t("scale.n_tokens", n=count(n, t, digits))
    if measure == "flops":
        return t("scale.n_flops", n=power(n, t, digits))
    return t("scale.n_hours", n=count(n, t, digits))


def stack(n_sheets: float, t: Words) -> str:
    """How high that many sheets of paper are."""
    metres = n_sheets * SHEET_M
    if metres < 0.01:
        return t("scale.n_mm", n=_short(1e3 * metres, t, 2))
    if metres < 1:
        return t("scale.n_cm", n=_short(100 * metres, t, 2))
    if metres < 1e4:
        return t("scale.n_m", n=_short(metres, t, 2))
    return t("scale.n_km", n=count(metres / 1e3, t, 2))


def span(seconds: float, t: Words) -> str:
    """A span of time in one unit, from minutes to years."""
    if seconds < 3600:
        return t("scale.n_minutes", n=significant(seconds / 60, t.lang, 2))
    if seconds < 48 * 3600:
        return t("scale.n_hours_long", n=significant(seconds / 3600, t.lang, 2))
    if seconds < YEAR_S:
        return t("scale.n_days", n=significant(seconds / 86400, t.lang, 2))
    return t("scale.n_years", n=count(seconds / YEAR_S, t, 2))
