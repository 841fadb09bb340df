"""Do several people choose alike? Agreement between people who judged the same pairs.

Invariant: who judged nothing that another judged too says nothing here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

N_RESAMPLES: Final = 500
CENTRAL: Final = 0.95
LEAST_ITEMS: Final = 5  # pairs judged by two or more, before an interval is told

Counts = tuple[int, int, int]
"""How many chose the one answer, the other, and neither, of one pair."""


@dataclass(frozen=True)
class Agreement:
    """How much several people agree.

    Args:
        n_pairs: pairs that two or more people judged.
        n_clicks: judgements on these.
        share: chance that two people who judged the same pair chose alike, averaged over pairs.
        kappa: the same beyond what chance would bring: 1 is agreement everywhere, 0 is chance;
            None where everybody chose "neither", so that chance explains everything.
        share_span, kappa_span: the central 95 % over pairs drawn again; None with too few pairs.
    """

    n_pairs: int
    n_clicks: int
    share: float
    kappa: float | None
    share_span: tuple[float, float] | None
    kappa_span: tuple[float, float] | None


def agreement_between(counts: Sequence[Counts], seed: int = 0) -> Agreement | None:
    """Fleiss' kappa for pairs that differ in the number of their judges.

    Which answer of a pair is called the one is arbitrary, so both share one marginal probability;
    Fleiss' categories have a meaning of their own and do not. His items all have equally many
    judges; here each pair counts alike, however many judged it.

    Args:
        counts: of each pair.
        seed: of the pairs that are drawn again for the intervals.

    Returns:
        None if no pair was judged twice.

    Source: Fleiss 1971, "Measuring nominal scale agreement among many raters", Psychological
        Bulletin 76(5); Efron 1979, "Bootstrap Methods: Another Look at the Jackknife".
    """
    judged = [each for each in counts if sum(each) > 1]
    if not judged:
        return None
    share, kappa = _measured(judged)
    random, drawn = Random(seed), list[tuple[float, float | None]]()
    if len(judged) >= LEAST_ITEMS:
        drawn = [_measured(random.choices(judged, k=len(judged))) for _ in range(N_RESAMPLES)]
    return Agreement(
        n_pairs=len(judged),
        n_clicks=sum(map(sum, judged)),
        share=share,
        kappa=kappa,
        share_span=_span([one for one, _ in drawn]),
        kappa_span=_span([other for _, other in drawn if other is not None]),
    )


def _measured(judged: Sequence[Counts]) -> tuple[float, float | None]:
    """The share of two judges who agree, and kappa."""
    alike = [
        sum(k * (k - 1) for k in each) / (sum(each) * (sum(each) - 1)) for each in judged
    ]  # chance that two judges of this pair agree
    share = sum(alike) / len(alike)
    neither = sum(each[2] / sum(each) for each in judged) / len(judged)
    by_chance = 2 * ((1 - neither) / 2) ** 2 + neither**2
    return share, None if by_chance == 1.0 else (share - by_chance) / (1 - by_chance)


def _span(values: Sequence[float]) -> tuple[float, float] | None:
    """Between which values the central 95 % lie."""
    if not values:
        return None
    ordered, tail = sorted(values), (1 - CENTRAL) / 2
    return ordered[int(tail * len(ordered))], ordered[int((1 - tail) * (len(ordered) - 1))]
