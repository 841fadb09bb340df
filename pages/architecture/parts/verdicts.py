"""Sentences from measurements: which lane lost how much, and what cannot be told apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.training.text.ablation import Mean, difference, mean_of
from pages.architecture.parts.lanes import Lane
from pages.kit.catalogue import Words
from pages.kit.numbers import change, decimal, interval


@dataclass(frozen=True)
class Result:
    """A lane in figures, in bits per letter unless said otherwise.

    Args:
        name: which one.
        loss: on held-out windows of the trained length.
        more: how much more that is than the first lane's, on the same windows; None of the first.
        further: how much more it is beyond the trained length; None: nothing can be read there.
        order: how much more the next token costs after shuffled ones, in nats a token.
    """

    name: str
    loss: Mean
    more: Mean | None
    further: Mean | None
    order: Mean


def results(lanes: Sequence[Lane]) -> list[Result]:
    """Every lane that was measured, in order."""
    found = []
    first = lanes[0].measured if lanes else None
    for lane in lanes:
        row = lane.measured
        if row is None:
            continue
        bits = float(row["bits_per_nat"])
        losses = [bits * nats for nats in row["losses_nats"]]
        more = None
        if lane is not lanes[0] and first is not None:
            more = difference(losses, [bits * nats for nats in first["losses_nats"]])
        further = row.get("further_nats")
        found.append(
            Result(
                name=lane.name,
                loss=mean_of(losses),
                more=more,
                further=mean_of([bits * nats for nats in further]) if further else None,
                order=mean_of(row["order_nats"]),
            )
        )
    return found


def plus_minus(mean: Mean, t: Words) -> str:
    """A mean with half its interval."""
    return f"{decimal(mean.value, t.lang)} ± {decimal(mean.half, t.lang)}"


def signed(mean: Mean, t: Words) -> str:
    """The same for a difference."""
    return f"{change(mean.value, t.lang)} ± {decimal(mean.half, t.lang)}"


def span(mean: Mean, t: Words) -> str:
    """A difference with the ends of its interval."""
    ends = interval(mean.low, mean.high, t.lang, 2)
    return f"{change(mean.value, t.lang)} {ends}"


def costliest(found: Sequence[Result]) -> Result | None:
    """The lane that lost most against the first; None while none can be compared."""
    compared = [one for one in found if one.more is not None]
    return max(compared, key=lambda one: one.more.value if one.more else 0.0, default=None)


def sentence_of_parts(found: Sequence[Result], names: Mapping[str, str], t: Words) -> str:
    """What leaving out parts has cost, as far as the intervals allow to say it."""
    compared = [(one.name, one.more) for one in found if one.more is not None]
    if not compared:
        return ""
    ranked = sorted(compared, key=lambda pair: -pair[1].value)
    (worst, most), n = ranked[0], ranked[0][1].n
    said = [t("parts.found_most", name=names[worst], more=span(most, t), n=n)]
    near = [names[name] for name, more in ranked[1:] if more.high >= most.low]
    if near:
        said.append(t("parts.found_near", names=", ".join(near)))
    free = [names[name] for name, more in ranked if more.low <= 0.0 <= more.high]
    if free:
        said.append(t("parts.found_free", names=", ".join(free)))
    better = [names[name] for name, more in ranked if more.high < 0.0]
    if better:
        said.append(t("parts.found_better", names=", ".join(better)))
    return " ".join(said)


def most_lasting(found: Sequence[Result]) -> Result | None:
    """The encoding that loses least beyond the trained length."""
    read = [one for one in found if one.further is not None]
    return min(read, key=lambda one: one.further.value if one.further else 0.0, default=None)


def sentence_of_encodings(found: Sequence[Result], names: Mapping[str, str], t: Words) -> str:
    """What happens beyond the trained length, as far as the intervals allow to say it."""
    read = [(one.name, one.further) for one in found if one.further is not None]
    if not read:
        return ""
    ranked = sorted(read, key=lambda pair: pair[1].value)
    (best, least), (worst, most) = ranked[0], ranked[-1]
    said = [t("parts.further_least", name=names[best], more=span(least, t), n=least.n)]
    near = [names[name] for name, more in ranked[1:] if more.low <= least.high]
    if near:
        said.append(t("parts.found_near", names=", ".join(near)))
    if worst != best:
        said.append(t("parts.further_most", name=names[worst], more=span(most, t)))
    stay = [names[name] for name, more in ranked if more.low <= 0.0]
    if stay:
        said.append(t("parts.further_stays", names=", ".join(stay)))
    return " ".join(said)


def sentence_of_order(found: Sequence[Result], names: Mapping[str, str], t: Words) -> str:
    """Who notices that the tokens before were shuffled."""
    notice = [names[one.name] for one in found if one.order.low > 0.0]
    blind = [names[one.name] for one in found if one.order.low <= 0.0]
    said = []
    if notice:
        said.append(t("parts.order_notice", names=", ".join(notice)))
    if blind:
        said.append(t("parts.order_blind", names=", ".join(blind)))
    return " ".join(said)
