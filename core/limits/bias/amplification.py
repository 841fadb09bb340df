"""How much more skewed a model's answers are than the texts it has read.

Source: Zhao et al. 2017, "Men Also Like Shopping: Reducing Gender Bias Amplification using
Corpus-level Constraints", arXiv:1707.09457, section 3.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final

N_GROUPS: Final = 2  # women and men, or whatever two groups are compared


def at_temperature(share: float, temperature: float) -> float:
    """What one of two answers' share becomes when its probability is sharpened.

    Args:
        share: of the two at temperature 1, of 1.
        temperature: of the draws; 0 is greedy: always the likelier one.

    Returns:
        its share among the answers, of 1; a half if both are equally likely and it is greedy.
    """
    if temperature == 0.0:
        return 0.5 if share == 0.5 else float(share > 0.5)
    power = 1.0 / temperature
    ours, others = math.pow(share, power), math.pow(1.0 - share, power)
    return ours / (ours + others)


def bias_scores(counts: Mapping[str, Sequence[float]]) -> dict[str, tuple[float, ...]]:
    """b(o, g) = c(o, g) / Σ_g' c(o, g'): each group's share of an occupation.

    Args:
        counts: how often each occupation o occurs with each group g.

    Raises:
        ValueError: an occupation does not occur, or not with N_GROUPS groups.
    """
    scores = {}
    for name, row in counts.items():
        if len(row) != N_GROUPS or not sum(row) > 0:
            raise ValueError(f"{name!r} is counted {tuple(row)}")
        scores[name] = tuple(count / sum(row) for count in row)
    return scores


def mean_amplification(
    texts: Mapping[str, Sequence[float]], answers: Mapping[str, Sequence[float]]
) -> float:
    """How far the answers lean further than the texts, in the direction in which those lean.

    (1 / |O|) Σ_g Σ_{o: b*(o, g) > 1/|G|} (b̃(o, g) − b*(o, g)), b* from the texts, b̃ from the
    answers. An occupation that the texts give to both groups alike leans nowhere and adds nothing.

    Args:
        texts: counts by occupation and group, as the texts have them.
        answers: the same, or shares, of the model's answers.

    Returns:
        a difference of shares, of 1: above 0 it amplifies, below 0 it evens out.
    """
    told, given = bias_scores(texts), bias_scores(answers)
    leaning = [
        given[name][group] - share
        for name, shares in told.items()
        for group, share in enumerate(shares)
        if share > 1.0 / N_GROUPS
    ]
    return sum(leaning) / len(told)
