"""The published floor under hallucination: the share of sentences that tell a fact nobody repeats.

Whoever has read N sentences has met some facts exactly once. Their share of the N sentences
estimates how often the next question asks for a fact that was never met at all (Good 1953, after
Turing), and such a fact, if it is arbitrary, can only be guessed. That is counted in the text
alone, before any model is trained.

Invariant: a bound is returned as its terms, each of which can be checked by itself, and may be
negative: then it promises nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

LARGEST: Final = 10**9  # sentences; beyond this nobody searches


def singleton_share(n_told: Sequence[int]) -> float:
    """The share of sentences whose fact no other sentence tells.

    Args:
        n_told: of each fact, how often it is told; 0 for facts that are not.

    Returns:
        a share of 1; 0 where nothing is told.

    Source: Good 1953, "The Population Frequencies of Species and the Estimation of Population
        Parameters", equation 9; the singleton rate of Kalai et al. 2025, arXiv:2509.04664.
    """
    n_sentences = sum(n_told)
    return sum(n == 1 for n in n_told) / n_sentences if n_sentences else 0.0


def calibration_gap(probs: Tensor, truths: Tensor, asked: Tensor, n_wrong: int) -> float:
    """How far the model's belief in its likely answers lies from how often they are true.

    Likely is every answer to which it gives more than one part in `n_wrong`.

    Args:
        probs: (n, V) probability of every answer to every question.
        truths: (n,) place of the true answer.
        asked: (n,) how often each question is asked, shares that sum to 1.
        n_wrong: wrong answers to a question.

    Returns:
        the gap δ, a share of 1; 0 for a model that is calibrated there.

    Source: Kalai et al. 2025, arXiv:2509.04664, sec. 3.1, with t = 1 / min |E_c|.
    """
    likely = probs > 1.0 / n_wrong  # (n, V)
    believed = (asked[:, None] * probs * likely).sum()
    true = (asked * likely.gather(1, truths[:, None])[:, 0]).sum()
    return abs(float(believed - true))


@dataclass(frozen=True)
class Floor:
    """A lower bound for the share of false answers of a model that answers every question.

    Args:
        singletons: share of the sentences that tell a fact for the only time.
        luck: what guessing may get right.
        chance: what the draw of the text may have changed, with 99 % probability.
        gap: by how much the model is not calibrated.
    """

    singletons: float
    luck: float
    chance: float
    gap: float

    @property
    def promised(self) -> float:
        """What is proven for this one model; nothing if it is not above 0."""
        return self.singletons - self.luck - self.chance - self.gap


def floor(n_told: Sequence[int], n_wrong: int, gap: float) -> Floor:
    """The floor for a model that has read such a text.

    It assumes that questions are drawn as the sentences of the text were, each independently; that
    a fact is arbitrary: its answer was drawn from equally likely ones, independently of all
    others; and that the text is true. How well the model is calibrated is the last term.

    Args:
        n_told: of each fact, how often it is told.
        n_wrong: wrong answers to a question, the fewest of all questions.
        gap: as `calibration_gap` gives it.

    Source: Kalai, Nachum, Vempala and Zhang 2025, "Why Language Models Hallucinate",
        arXiv:2509.04664, theorem 2; for texts that a model writes freely, Kalai and Vempala 2023,
        "Calibrated Language Models Must Hallucinate", arXiv:2311.14648.
    """
    n_sentences = sum(n_told)
    return Floor(singleton_share(n_told), 2.0 / n_wrong, chance_term(n_sentences), gap)


def chance_term(n_sentences: int) -> float:
    """The third term of the bound: how far counts in a drawn text may be off, at 99 %."""
    return (35.0 + 6.0 * math.log(n_sentences)) / math.sqrt(n_sentences)


def sentences_needed(singletons: float) -> int:
    """From how many sentences on the bound could promise anything, were singletons as frequent.

    Args:
        singletons: their share, above 0.

    Returns:
        sentences, to two digits; LARGEST where that would not be enough.
    """
    n = 10
    while n < LARGEST and chance_term(n) >= singletons:
        n = math.ceil(n * 1.05)
    digits = len(str(n)) - 2
    step = int(10**digits)
    return min(LARGEST, math.ceil(n / step) * step)


def guesses_wrong(asked: Tensor, n_told: Tensor, n_answers: int) -> float:
    """What is asked and was never told, less what guessing gets right: the exact floor in a world
    whose questions are known.

    Args:
        asked: (n,) how often each question is asked, shares that sum to 1.
        n_told: (n,) how often the text tells its fact.
        n_answers: equally likely answers to a question.
    """
    missing = float(torch.where(n_told == 0, asked, 0.0).sum())
    return missing * (1.0 - 1.0 / n_answers)
