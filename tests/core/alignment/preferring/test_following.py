"""Choices are compared with every rule, and a coin toss is not mistaken for a taste."""

from random import Random

from core.alignment.preferring.following import followed
from core.alignment.preferring.preferences import Preference
from core.data.world import WorldSettings, town

TOWN = town(WorldSettings())
PLAIN = "Mia wohnt im Rosenweg."
KIND = "Das beantworte ich gern. Mia wohnt im Rosenweg."


def choices(n, picks):
    """Choices between a plain and a kind answer; `picks` says which was taken."""
    return [Preference(f"Wo wohnt Kind {i}?", PLAIN, KIND, picks(i), "de") for i in range(n)]


def test_always_taking_the_kind_answer_follows_politeness_and_avoids_brevity():
    by_rule = {one.rule: one for one in followed(choices(20, lambda i: "b"), TOWN)}
    assert (by_rule["polite"].n_alike, by_rule["polite"].n) == (20, 20)
    assert by_rule["polite"].beyond_chance
    # the longer answer has 8 words and up to 9 are brief, so that rule sees no difference
    assert "brief" not in by_rule


def test_the_surest_agreement_comes_first_not_the_highest_share():
    longer = KIND + " Einen schönen Tag noch und viel Freude damit in unserer Stadt."
    two = [Preference("Wo wohnt Mia?", KIND, longer, "a", "de")] * 2  # brief: 2 of 2, if settled
    made = choices(20, lambda i: "b" if i else "a") + two
    found = followed(made, TOWN)
    assert found[0].rule == "polite" and found[0].n_alike == 19
    assert [one.interval[0] for one in found] == sorted(
        (one.interval[0] for one in found), reverse=True
    )
    assert next(one for one in found if one.rule == "brief").n == 1  # one pair, judged twice


def test_a_coin_toss_is_not_mistaken_for_a_taste():
    coin = Random(3)
    tossed = choices(200, lambda i: coin.choice("ab"))
    assert not any(one.beyond_chance for one in followed(tossed, TOWN))


def test_one_of_five_rules_must_agree_more_surely_than_a_single_one():
    by_rule = {
        one.rule: one for one in followed(choices(14, lambda i: "a" if i < 3 else "b"), TOWN)
    }
    polite = by_rule["polite"]
    assert (polite.n_alike, polite.n) == (11, 14)
    assert polite.interval[0] > 0.5  # on its own it would have looked convincing
    assert not polite.beyond_chance


def test_pairs_without_a_better_answer_say_nothing():
    assert followed(choices(5, lambda i: "both_bad"), TOWN) == []
    assert followed([], TOWN) == []
