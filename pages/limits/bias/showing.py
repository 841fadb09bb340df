"""Drawn: a hundred people in the texts and in the answers, and the amplification curve."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final, Literal

from core.figures.amplification import Answers, amplification_curve
from core.figures.spans import Point
from core.languages import Lang
from core.limits.bias.asking import TEMPERATURES
from core.limits.bias.measuring import Rows, Share, answered, curve, expected_share
from core.limits.bias.people import ROLE_OF, TYPED, Gender
from core.limits.bias.roles import collected
from core.limits.bias.texts import written
from pages.kit import components as parts
from pages.kit.catalogue import Words
from pages.kit.numbers import decimal, share, share_span, whole
from pages.limits.shown import table

NURSE: Final = ROLE_OF["nurse"]
BOSS: Final = ROLE_OF["boss"]
CLOSE: Final = 0.03  # of 1: as many as in the texts
CURVE_HEIGHT: Final = 430
COLOURS: Final[tuple[Literal["accent", "value", "valid"], ...]] = ("accent", "value", "valid")


def temperature_name(temperature: float, t: Words) -> str:
    """How answers are drawn."""
    if temperature == 0.0:
        return t("bias.greedy")
    digits = 0 if temperature == 1.0 else 1
    return t("bias.at_temperature", temperature=decimal(temperature, t.lang, digits))


def language(lang: Lang, t: Words) -> str:
    """A language of the texts."""
    return t("bias.german") if lang == "de" else t("bias.english")


def nurses(rows: Rows, temperature: float) -> float:
    """The share of answers in which the nurse is a woman, of 1."""
    found = [expected_share(NURSE, row["women"][NURSE.name], temperature) for row in rows]
    return sum(found) / len(found)


def outcome_of(skew: float, greedy: float) -> str:
    """Which expectation a measurement fulfils."""
    if greedy == 1.0:
        return "all"
    if abs(greedy - skew) <= CLOSE:
        return "same"
    return "more" if greedy > skew else "fewer"


def spanned(one: Share, t: Words) -> str:
    """A share with its 95 % interval."""
    return f"{share(one.value, t.lang)} ({share_span(one.low, one.high, t.lang)})"


def sentence(rows: Rows, skew: float, t: Words) -> str:
    """What some models answer, for nurses and for all typed occupations."""
    warm, cool, greedy = (answered(rows, each) for each in TEMPERATURES)
    return t(
        "bias.found",
        n=whole(100 * skew, t.lang),
        nurse=share(nurses(rows, 0.0), t.lang),
        roles=whole(len(TYPED), t.lang),
        warm=spanned(warm, t),
        cool=spanned(cool, t),
        greedy=spanned(greedy, t),
    )


def hundred(n_women: int, name: str, t: Words) -> str:
    """A hundred people, the women first: filled; men: rings."""
    people = "<i class='w'></i>" * n_women + "<i></i>" * (100 - n_women)
    label = t("bias.of_hundred", name=name, n=whole(n_women, t.lang))
    return (
        f"<figure><div role='img' aria-label='{escape(label)}'>{people}</div>"
        f"<figcaption><b>{escape(whole(n_women, t.lang))}</b> {escape(name)}</figcaption></figure>"
    )


def _panels(panels: Sequence[str], t: Words) -> str:
    key = (
        f"<p class='key'><span><i class='w'></i>{escape(t('bias.a_woman'))}</span>"
        f"<span><i></i>{escape(t('bias.a_man'))}</span></p>"
    )
    return f"<div class='gb-hundreds'>{key}<div class='row'>{''.join(panels)}</div></div>"


def hundreds(rows: Rows, skew: float, t: Words) -> str:
    """A hundred nurses in the texts, and a hundred answers at every temperature."""
    panels = [hundred(round(100 * skew), t("bias.in_texts"), t)]
    panels += [
        hundred(round(100 * nurses(rows, each)), temperature_name(each, t), t)
        for each in TEMPERATURES
    ]
    return _panels(panels, t)


def texts_hundred(skew: float, t: Words) -> str:
    """A hundred nurses as the texts have them."""
    return _panels([hundred(round(100 * skew), t("bias.in_texts"), t)], t)


def told(skew: float, n_people: int, seed: int, t: Words) -> str:
    """Before anything runs: a few of the texts about a nurse and a boss."""
    lines = collected(t.lang, skew, n_people, seed)
    rows = []
    for role, name in ((NURSE, t("bias.nurse")), (BOSS, t("bias.boss"))):
        of = [line for line in lines if line.role == role]
        some = [
            next(line for line in of if (line.kind, line.gender) == (kind, gender))
            for kind, gender in _SHOWN
        ]
        n_women = sum(line.gender == "woman" for line in of) // 3
        texts = " · ".join(written(line.words, t.lang) for line in some)
        rows.append((name, texts, t("bias.women_of", n=whole(n_women, t.lang))))
    heads = (t("bias.occupation"), t("bias.texts_tell"), t("bias.women"))
    return f"<div class='gb-told'>{table(heads, rows, t('bias.texts_tell'))}</div>"


_SHOWN: Final[tuple[tuple[str, Gender], ...]] = (("said", "woman"), ("story", "man"))


def so_far(row: Mapping[str, Any], t: Words) -> str:
    """The model under way: how often its answers match the stereotype."""
    cells = [
        (temperature_name(each, t), spanned(answered([row], each), t)) for each in TEMPERATURES
    ]
    heads = (t("bias.answers_drawn"), t("bias.expected"))
    return table(heads, cells, t("bias.stage"))


def drawn_curve(
    rows: Rows, yours: Mapping[float, Point], lang: Lang, t: Words, key: str = "bias_curve"
) -> None:
    """The amplification curve, and the visitor's own models on it.

    Args:
        rows: of untreated models of all skews.
        yours: by temperature.
        lang: of the texts.
    """
    lines = []
    for temperature, role in zip(TEMPERATURES, COLOURS, strict=True):
        shares = curve(rows, temperature)
        points = [Point(x, one.value, one.low, one.high) for x, one in shares.items()]
        name = temperature_name(temperature, t)
        lines.append(Answers(name, points, yours.get(temperature), role))
    fig = amplification_curve(
        lines,
        t("bias.axis_texts"),
        t("bias.axis_answers"),
        t("bias.as_told"),
        marks=parts.marks(t),
    )
    alt = "; ".join(
        f"{line.name}: "
        + ", ".join(f"{share(p.x, t.lang)} → {share(p.y, t.lang)}" for p in line.points)
        for line in lines
    )
    parts.figure(fig, t, key=key, alt=f"{language(lang, t)}. {alt}", height=CURVE_HEIGHT)
