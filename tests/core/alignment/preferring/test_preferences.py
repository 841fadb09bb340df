"""Clicks are kept; what training reads of them is settled, and reported."""

from dataclasses import replace

import pytest

from core.alignment.preferring.preferences import (
    Preference,
    agreement,
    from_bytes,
    judged_by_rule,
    numbers_of,
    position_bias,
    settled,
    to_bytes,
)
from core.errors import UnreadablePreferences


def clicked(choice, question="Wo wohnt Mia?", a="Im Rosenweg.", b="Gern. Im Rosenweg."):
    return Preference(question, a, b, choice, "de")


def turned(one):
    """The same judgement with the answers swapped."""
    choice = {"a": "b", "b": "a", "both_bad": "both_bad"}[one.choice]
    return replace(one, a=one.b, b=one.a, choice=choice)


class Courtesy:
    def judge(self, question, answer, lang, town):
        return float(answer.startswith("Gern."))


def test_the_chosen_answer_is_the_one_on_the_chosen_side():
    assert (clicked("b").chosen, clicked("b").rejected) == ("Gern. Im Rosenweg.", "Im Rosenweg.")
    assert (clicked("a").chosen, clicked("a").rejected) == ("Im Rosenweg.", "Gern. Im Rosenweg.")
    with pytest.raises(ValueError, match="neither"):
        _ = clicked("both_bad").chosen


def test_a_pair_chosen_both_ways_is_left_out_and_counted():
    found = settled([clicked("a"), turned(clicked("b")), clicked("a", question="Wer bist du?")])
    assert [one.question for one in found.pairs] == ["Wer bist du?"]
    assert found.n_contradicting == 1


def test_the_majority_of_three_judgements_counts_once():
    found = settled([clicked("a"), clicked("b"), turned(clicked("b"))])
    assert [one.chosen for one in found.pairs] == ["Gern. Im Rosenweg."]
    assert found.n_contradicting == 0


def test_both_bad_is_kept_apart_from_pairs_with_a_better_answer():
    found = settled([clicked("both_bad"), clicked("a", question="Wer bist du?")])
    assert (len(found.pairs), len(found.both_bad)) == (1, 1)


def test_a_click_on_one_of_two_identical_answers_says_nothing():
    found = settled([clicked("a", a="Ja.", b="Ja.")])
    assert (found.pairs, found.n_same) == ((), 1)


def test_ten_clicks_on_the_left_are_suspicious_and_five_of_ten_are_not():
    left = position_bias([clicked("a", question=f"{n}?") for n in range(10)])
    assert (left.share_left, left.p_value) == (1.0, 2 / 1024)
    assert left.suspicious
    even = position_bias([clicked("ab"[n % 2], question=f"{n}?") for n in range(10)])
    assert (even.share_left, even.p_value) == (0.5, 1.0)
    assert not even.suspicious
    assert position_bias([]).share_left == 0.5


def test_nine_of_ten_on_one_side_have_the_p_value_of_the_textbook():
    clicks = [clicked("b" if n else "a", question=f"{n}?") for n in range(10)]
    assert position_bias(clicks).p_value == 2 * (10 + 1) / 1024


def test_agreement_counts_pairs_judged_alike_a_second_time():
    first = [clicked("a", question=f"{n}?") for n in range(4)]
    second = [turned(first[0]), turned(first[1]), clicked("b", question="2?")]
    assert agreement(first) is None
    assert agreement(first + second) == 2 / 3


def test_a_rule_prefers_the_answer_that_keeps_it_and_rejects_two_that_do_not():
    def judged(a, b):
        return judged_by_rule(Courtesy(), "polite", "Wo wohnt Mia?", a, b, "de", None, seed=3)

    assert judged("Gern. Im Rosenweg.", "Im Rosenweg.") == Preference(
        "Wo wohnt Mia?", "Gern. Im Rosenweg.", "Im Rosenweg.", "a", "de", "rule:polite", 3
    )
    assert judged("Weg.", "Rosenweg.").choice == "both_bad"
    assert judged("Gern. Hier.", "Gern. Dort.") is None


def test_bytes_come_back_as_the_same_preferences():
    given = [clicked("a"), clicked("both_bad", a="Zeile\nzwei \u2028 „so“"), clicked("b")]
    assert from_bytes(to_bytes(given)) == given


@pytest.mark.parametrize(
    "line",
    [
        b"[]",
        b"{",
        b'{"question": "?"}',
        b"\xff",
        b"[" * 100_000,
        to_bytes([clicked("a")]).replace(b'"choice":"a"', b'"choice":"c"'),
        to_bytes([clicked("a")]).replace(b'"seed":0', b'"seed":"0"'),
    ],
)
def test_a_line_that_is_no_preference_is_named(line):
    with pytest.raises(UnreadablePreferences) as caught:
        from_bytes(to_bytes([clicked("a")]) + line)
    assert caught.value.values == {"line": 2}


def test_the_numbers_say_what_training_will_read():
    numbers = numbers_of([clicked("a"), clicked("b"), clicked("both_bad", question="Wer?")])
    assert numbers["n_preferences"] == 3
    assert (numbers["n_pairs"], numbers["n_contradicting"], numbers["n_both_bad"]) == (0, 1, 1)
    assert (numbers["share_left"], numbers["agreement"], numbers["judges"]) == (0.5, 0.0, "you")
