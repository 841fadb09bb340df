"""What was measured on the example model over all values of a setting: ranks, and leashes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.figures.curves import Axes, Curve, Role, curves
from core.house.pictures.curves import Curves, house_curves
from pages.home.shipped import day
from pages.kit import components as parts
from pages.kit.catalogue import Words
from pages.kit.frame import Badge, card, note, precomputed
from pages.kit.numbers import decimal, share, whole

HEIGHT: Final = 250  # pixels
Row = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """A share over all values.

    Args:
        name: its field; the ends of its interval are those of `short`, _low and _high.
        short: see above.
        label: what it is called.
        role: what its colour means.
    """

    name: str
    short: str
    label: str
    role: Role


def leashes(t: Words) -> None:
    """What pleasing costs on every leash: the rule's rate against what is said."""
    found = house_curves()
    if found is None:
        return
    lines = [
        Line("rate", "rate", t("alignment_pictures.curve_rate"), "accent"),
        Line("met_share", "met", t("alignment_pictures.curve_met"), "value"),
        Line("plain_share", "plain", t("alignment_pictures.curve_plain"), "valid"),
    ]
    before, *rows = found.leashes
    with card("leashes", t("alignment_pictures.curve"), _badge(found, t)):
        axis = t("aligning.kl_weight")
        _figure(rows, lines, lambda row: _leash(row["leash"], t), axis, t, "leash_curve")
        note(
            t(
                "alignment_pictures.curve_note",
                n=whole(before["n_judged"], t.lang),
                rate=share(before["rate"], t.lang),
                met=share(before["met_share"], t.lang),
                plain=share(before["plain_share"], t.lang),
            )
        )


def ranks(t: Words) -> None:
    """What a style costs at every rank: what was learned, what is still right without the word."""
    found = house_curves()
    if found is None:
        return
    lines = [
        Line("learned_share", "learned", t("tuning_pictures.curve_learned"), "accent"),
        Line("recognised_share", "recognised", t("tuning_pictures.curve_recognised"), "value"),
        Line("plain_share", "plain", t("tuning_pictures.curve_plain"), "valid"),
    ]
    before, *rows = found.ranks
    with card("ranks", t("tuning_pictures.curve"), _badge(found, t)):
        axis = t("tuning.rank")
        _figure(rows, lines, lambda row: _rank(row["rank"], t), axis, t, "rank_curve")
        note(
            t(
                "tuning_pictures.curve_note",
                n=whole(before["n_plain"], t.lang),
                plain=share(before["plain_share"], t.lang),
                low=whole(rows[0]["n_trained"], t.lang),
                high=whole(rows[-1]["n_trained"], t.lang),
            )
        )


def _badge(found: Curves, t: Words) -> Badge:
    return precomputed(t, found.made["command"], day(found.made["date"], t.lang))


def _leash(value: float, t: Words) -> str:
    return decimal(value, t.lang, 2 if 0 < value < 0.1 else 1) if value else "0"


def _rank(value: int, t: Words) -> str:
    return whole(value, t.lang) if value else t("tuning.all")


def _figure(
    rows: Sequence[Row],
    lines: Sequence[Line],
    named: Callable[[Row], str],
    axis: str,
    t: Words,
    key: str,
) -> None:
    """Shares over the values of a setting, evenly spaced, each with its 95 % interval."""
    places, names = list(range(len(rows))), [named(row) for row in rows]
    fig = curves(
        [
            Curve(one.label, places, [row[one.name] for row in rows], one.role, end_digits=0)
            for one in lines
        ],
        Axes(axis, t("alignment_pictures.curve_axis")),
        y_range=(0.0, 1.04),
        percent=True,
        marks=parts.marks(t),
    )
    for trace, one in zip(fig.data, lines, strict=True):
        trace.mode = "lines+markers"
        trace.customdata = names
        trace.hovertemplate = "%{customdata}: %{y:.0f} %"
        trace.error_y = {
            "type": "data",
            "symmetric": False,
            "array": [100 * (row[f"{one.short}_high"] - row[one.name]) for row in rows],
            "arrayminus": [100 * (row[one.name] - row[f"{one.short}_low"]) for row in rows],
            "thickness": 1,
            "width": 3,
        }
    fig.update_xaxes(tickvals=places, ticktext=names, range=[-0.3, len(rows) - 0.7])
    fig.update_layout(hovermode="closest")
    told = "; ".join(
        f"{one.label}: " + ", ".join(f"{name} {share(row[one.name], t.lang)}"
                                     for name, row in zip(names, rows, strict=True))
        for one in lines
    )  # fmt: skip
    parts.figure(fig, t, key=key, alt=f"{axis}. {told}", height=HEIGHT)
