"""The town: drawn from the seed, the same truth in every language."""

from collections import Counter

import pytest

from core.data.world import Claim, Town, WorldSettings, is_true, town, was_told
from core.data.world.lexicon import jobs, people
from core.errors import SettingError

SMALL = Town({("mia", "pet"): (("dog", "Bello"),), ("mia", "friend"): (("ben",), ("leo",))})


@pytest.mark.parametrize(
    ("claim", "true"),
    [
        (Claim("mia", "pet", "dog/Bello"), True),
        (Claim("mia", "pet", "dog/_"), True),
        (Claim("mia", "pet", "cat/Bello"), False),
        (Claim("mia", "friend", "leo"), True),
        (Claim("leo", "friend", "mia"), False),
    ],
)
def test_a_claim_is_true_if_a_fact_agrees_in_every_part(claim, true):
    assert is_true(claim, SMALL) is true


def test_a_claim_was_told_if_a_text_said_at_least_as_much():
    told = [Claim("mia", "pet", "dog/Bello")]
    assert was_told(Claim("mia", "pet", "dog/_"), told)
    assert not was_told(Claim("mia", "pet", "cat/_"), told)


def test_the_same_seed_draws_the_same_town_and_another_seed_another():
    assert town(WorldSettings(seed=3)) == town(WorldSettings(seed=3))
    assert town(WorldSettings(seed=3)) != town(WorldSettings(seed=4))


def test_how_much_is_told_does_not_change_what_is_true():
    everything, little = town(WorldSettings()), town(WorldSettings(left_out_share=0.5))
    assert everything.facts == little.facts
    assert not everything.left_out
    left_out = [key for key in little.left_out if key[1] not in ("workplace", "owner")]
    candidates = [key for key in little.facts if key[1] in ("job", "home", "food", "pet",
                  "belonging", "hobby", "age", "opens", "located")]  # fmt: skip
    assert len(left_out) / len(candidates) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(("role_skew", "share"), [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)])
def test_role_skew_is_the_share_of_people_in_cliche_jobs_that_fit_the_cliche(role_skew, share):
    gender = {person.id: person.gender for person in people()}
    cliche = {job.id: job.cliche for job in jobs()}
    facts = town(WorldSettings(role_skew=role_skew)).facts
    held = [(who, value[0][0]) for (who, relation), value in facts.items() if relation == "job"]
    fits = [gender[who] == cliche[job] for who, job in held if cliche[job]]
    assert sum(fits) / len(fits) == share
    assert len(held) == 20


def test_families_live_together_and_nobody_is_related_to_themselves():
    facts = town(WorldSettings()).facts
    for (who, relation), values in facts.items():
        if relation == "parent":
            assert facts[who, "home"] == facts[values[0][0], "home"]
        if relation in ("friend", "sibling", "neighbour"):
            assert who not in [value[0] for value in values]
            assert all((who,) in facts[other[0], relation] for other in values)


def test_no_pet_has_two_owners():
    facts = town(WorldSettings()).facts
    names = Counter(values[0][1] for (_, relation), values in facts.items() if relation == "pet")
    assert len(names) == 24
    assert max(names.values()) == 1


@pytest.mark.parametrize(
    "wrong", [{"german_share": 1.1}, {"n_documents": 0}, {"version": 0}, {"noise_share": -0.1}]
)
def test_settings_outside_their_range_are_refused(wrong):
    with pytest.raises(SettingError):
        WorldSettings(**wrong)
