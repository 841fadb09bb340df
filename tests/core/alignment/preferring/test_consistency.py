"""Consistency: cycles in choices, the second pass, and the confidence interval of a share."""

import pytest

from core.alignment.preferring.consistency import Contradiction, contradictions, second_pass
from core.alignment.preferring.preferences import Preference
from core.intervals import share_interval


def prefers(better: str, worse: str, question: str = "Wer?", swapped: bool = False) -> Preference:
    if swapped:
        return Preference(question, worse, better, "b")
    return Preference(question, better, worse, "a")


def test_the_same_pair_chosen_both_ways_is_a_contradiction_on_either_side():
    choices = [prefers("Mia", "Tom"), prefers("Tom", "Mia", swapped=True)]
    assert contradictions(choices) == [Contradiction("Wer?", ("Mia", "Tom"))]


def test_three_answers_preferred_in_a_cycle_are_one_contradiction():
    choices = [prefers("A", "B"), prefers("B", "C"), prefers("C", "A"), prefers("A", "D")]
    [found] = contradictions(choices)
    assert found.answers in {("A", "B", "C"), ("B", "C", "A"), ("C", "A", "B")}


def test_an_order_without_a_cycle_is_no_contradiction_however_long():
    texts = "ABCDEFGH"
    choices = [prefers(x, y) for i, x in enumerate(texts) for y in texts[i + 1 :]]
    assert contradictions(choices) == []


def test_answers_to_two_questions_never_contradict_each_other():
    assert contradictions([prefers("A", "B", "Wer?"), prefers("B", "A", "Wo?")]) == []


def test_both_bad_and_identical_answers_contradict_nothing():
    bad = Preference("Wer?", "A", "B", "both_bad")
    assert contradictions([prefers("A", "B"), bad, prefers("B", "B")]) == []


def test_a_second_pass_compares_texts_and_not_sides():
    first = prefers("A", "B")
    pairs = [(first, prefers("A", "B", swapped=True)), (first, prefers("B", "A"))]
    found = second_pass(pairs)
    assert (found.n, found.n_alike, found.share) == (2, 1, 0.5)
    assert second_pass([]).interval == (0.0, 1.0)


def test_the_interval_of_eight_in_ten_is_wilsons():
    # Wilson's formula by hand, z = 1.96: (0.8 + 0.19208) / 1.38416 ± 0.22667
    low, high = share_interval(8, 10)
    assert low == pytest.approx(0.4902, abs=1e-4) and high == pytest.approx(0.9433, abs=1e-4)


def test_an_interval_holds_its_share_stays_within_one_and_shrinks_with_more_trials():
    for n in (1, 7, 40):
        for hits in range(n + 1):
            low, high = share_interval(hits, n)
            assert 0.0 <= low <= hits / n + 1e-12 and hits / n - 1e-12 <= high <= 1.0
    assert share_interval(10, 10)[0] < 0.75  # ten out of ten does not prove "always"
    widths = [share_interval(n // 2, n) for n in (10, 100, 1000)]
    assert [round(high - low, 3) for low, high in widths] == [0.527, 0.192, 0.062]


def test_more_hits_than_trials_are_refused():
    with pytest.raises(ValueError, match="3 of 2"):
        share_interval(3, 2)
