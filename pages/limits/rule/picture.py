"""Drawn: how the questions of each kind are answered, from what was told to what never was."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from core.intervals import share_interval
from core.limits.rule.adding import Found
from core.limits.rule.sums import KINDS, Exercises, Kind, Lane
from pages.kit.catalogue import Words
from pages.kit.numbers import decimal, duration, share, whole
from pages.limits.shown import table, with_span

MOST: Final = 0.8  # right at least so often: nearly all
FEW: Final = 0.2  # at most so often: hardly any

Results = Mapping[Lane, Mapping[Kind, Found]]


def outcome_of(one: Found) -> str:
    """Which expectation a measurement fulfils."""
    return "all" if one.share >= MOST else "none" if one.share <= FEW else "some"


def kind_name(kind: Kind, t: Words) -> str:
    """A kind of question, in words."""
    return {
        "seen": t("rule.kind_seen"),
        "new": t("rule.kind_new"),
        "names": t("rule.kind_names"),
        "spaces": t("rule.kind_spaces"),
        "sentence": t("rule.kind_sentence"),
        "three": t("rule.kind_three"),
        "shorter": t("rule.kind_shorter"),
        "longer": t("rule.kind_longer"),
    }[kind]


def lane_name(lane: str, t: Words) -> str:
    """What the texts of a lane hold."""
    return {
        "steps": t("rule.lane_steps"),
        "answer": t("rule.lane_answer"),
        "varied": t("rule.lane_varied"),
    }[lane]


def _formula(exercises: Exercises, lane: Lane) -> str:
    """The first sum that is written as a formula."""
    texts = ("".join(each) for each in exercises.texts(lane)[:60])
    return next(text for text in texts if "+" in text)


def explained(exercises: Exercises) -> dict[str, str]:
    """The steps of the sum that `told` shows first, digit by digit from the right: what is added,
    and what is written.
    """
    numbers, written = _formula(exercises, "steps").split("=")
    first, second = (number[::-1] for number in numbers.split("+"))
    steps = written.split(":")[0].split(",")
    found = {"steps": written}
    for place, (a, b, step) in enumerate(zip(first, second, steps, strict=False)):
        found |= {f"a{place}": a, f"b{place}": b, f"s{place}": step}
    return found


def told(exercises: Exercises, t: Words) -> str:
    """Before anything runs: two sums of this seed, as both sorts of texts hold them."""
    heads = (t("rule.texts"), t("rule.texts_formula"), t("rule.texts_story"))
    rows = []
    lanes: tuple[Lane, ...] = ("steps", "answer")
    for lane in lanes:
        texts = ["".join(each) for each in exercises.texts(lane)[:60]]
        story = next(text for text in texts if "+" not in text)
        rows.append((lane_name(lane, t), _formula(exercises, lane), story))
    return f"<div class='gb-sums'>{table(heads, rows, t('rule.texts'))}</div>"


def ladder(
    found: Results, lanes: Sequence[Lane], examples: Mapping[Kind, Sequence[Any]], t: Words
) -> str:
    """For each kind of question a row: an example, and the share right of each lane.

    Args:
        found: by lane and kind.
        lanes: those that are shown, in this order.
        examples: of each kind, a question first.
    """
    legend = "".join(
        f"<span class='{lane}'><i></i>{escape(lane_name(lane, t))}</span>" for lane in lanes
    )
    rows = "".join(
        f"<li><p class='kind'>{escape(kind_name(kind, t))}"
        f"<code>{escape(str(examples[kind][0]))}</code></p>"
        f"<div class='tracks'>{''.join(_track(lane, found[lane][kind], t) for lane in lanes)}"
        "</div></li>"
        for kind in KINDS
    )
    head = f"<p class='legend'>{legend}</p>" if len(lanes) > 1 else ""
    axis = (
        f"<p class='axis' aria-hidden='true'><span>{share(0.0, t.lang)}</span>"
        f"<span>{escape(t('rule.axis'))}</span><span>{share(1.0, t.lang)}</span></p>"
    )
    return f"<div class='gb-ladder'>{head}<ol>{rows}</ol>{axis}</div>"


def _track(lane: Lane, one: Found, t: Words) -> str:
    """A line from 0 to 100 %: a bar as long as the share, its interval, and the figure."""
    low, high = share_interval(one.n_right, one.n)
    said = with_span(one.n_right, one.n, t)
    return (
        f"<div class='track {lane}' title='{escape(lane_name(lane, t))}'><span class='line'>"
        f"<i style='width:{100 * one.share:.1f}%'></i>"
        f"<em style='left:{100 * low:.1f}%;width:{100 * (high - low):.1f}%'></em></span>"
        f"<b>{escape(said)}</b></div>"
    )


def examples_of(rows: Sequence[Mapping[str, Any]], lane: Lane) -> dict[Kind, list[Any]]:
    """Of each kind a question, what the model of a lane wrote, and the right answer."""
    row = next(row for row in rows if row["lane"] == lane and row["done"])
    return {kind: row["examples"][kind][0] for kind in KINDS}


def failure(example: Sequence[Any], t: Words) -> str:
    """One question of another length, and what was written."""
    question, text, truth = example
    said = t("rule.example", question=question, written=text or "–", truth=str(truth))
    return f"<p class='gb-found'>{escape(said)}</p>"


def sentence(found: Mapping[Kind, Found], n_digits: int, t: Words) -> str:
    """What the model that writes its steps comes to."""
    new, longer = found["new"], found["longer"]
    return t(
        "rule.found",
        digits=whole(n_digits, t.lang),
        more=whole(n_digits + 1, t.lang),
        new=with_span(new.n_right, new.n, t),
        longer=with_span(longer.n_right, longer.n, t),
        n=whole(new.n, t.lang),
    )


def prices(rows: Sequence[Mapping[str, Any]], found: Results, t: Words) -> str:
    """What each lane costs: characters in its answers and its texts, time of training."""
    heads = (
        t("rule.texts"),
        t("rule.new_right"),
        t("rule.updates"),
        t("rule.per_answer"),
        t("rule.per_text"),
        t("rule.training"),
    )
    cells = []
    for lane, kinds in found.items():
        own = [row for row in rows if row["lane"] == lane]
        new = kinds["new"]
        mean_s = sum(row["training_s"] for row in own) / len(own)
        n_read = sum(row["n_characters"] for row in own) / sum(row["n_texts"] for row in own)
        cells.append(
            (
                lane_name(lane, t),
                with_span(new.n_right, new.n, t),
                whole(own[0]["within"], t.lang),
                decimal(new.n_written / new.n, t.lang, 1),
                decimal(n_read, t.lang, 1),
                duration(mean_s, t.lang),
            )
        )
    return table(heads, cells, t("rule.prices"))
