"""What is true in the town: drawn from the seed, and the same in every language.

A fact is a triple (subject, relation, value). A value with several parts, such as a pet's kind and
name, is written `dog/Bello`; a claim that leaves a part open has `_` in its place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from random import Random
from typing import TypeVar

from core.data.world import lexicon
from core.data.world.settings import WorldSettings

T = TypeVar("T")
Facts = dict[tuple[str, str], list[tuple[str, ...]]]  # (subject, relation) -> values

N_PETS = 24  # people who have a pet

# Facts that can be left out of all texts. What a job implies (the workplace) is left out with it.
LEFT_OUT_RELATIONS = ("job", "home", "food", "pet", "belonging", "hobby", "age", "opens", "located")


@dataclass(frozen=True)
class Claim:
    """What a sentence says about the town, independent of its language."""

    subject: str  # id of a person or a place, or a pet's name
    relation: str
    value: str  # parts joined by "/", with "_" for a part left open


@dataclass(frozen=True)
class Town:
    """The facts: every (subject, relation) and its values, each a tuple of parts."""

    facts: dict[tuple[str, str], tuple[tuple[str, ...], ...]]
    left_out: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    def values(self, subject: str, relation: str) -> tuple[tuple[str, ...], ...]:
        """All true values, whether texts mention them or not."""
        return self.facts.get((subject, relation), ())

    def tellable(self, subject: str, relation: str) -> tuple[tuple[str, ...], ...]:
        """The true values that texts may mention."""
        if (subject, relation) in self.left_out:
            return ()
        return self.facts.get((subject, relation), ())

    def claims(self) -> list[Claim]:
        """Every fact as a claim, in a fixed order."""
        return [
            Claim(subject, relation, "/".join(value))
            for (subject, relation), values in self.facts.items()
            for value in values
        ]


def is_true(claim: Claim, town: Town) -> bool:
    """Whether the town's facts agree; a part left open (`_`) agrees with anything."""
    parts = tuple(claim.value.split("/"))
    return any(
        len(value) == len(parts)
        and all(said in ("_", true) for said, true in zip(parts, value, strict=True))
        for value in town.values(claim.subject, claim.relation)
    )


def was_told(claim: Claim, told: Iterable[Claim]) -> bool:
    """Whether one of the claims told contains all parts of `claim`."""
    parts = claim.value.split("/")
    return any(
        (claim.subject, claim.relation) == (other.subject, other.relation)
        and all(p in ("_", q) for p, q in zip(parts, other.value.split("/"), strict=True))
        for other in told
    )


def shuffled(items: Sequence[T], random: Random) -> list[T]:
    """A Fisher-Yates shuffle that uses only `random.random()`: the same on any platform."""
    order = list(items)
    for last in range(len(order) - 1, 0, -1):
        other = int(random.random() * (last + 1))
        order[last], order[other] = order[other], order[last]
    return order


def _dealt(values: Sequence[T], n: int, random: Random) -> list[T]:
    """`n` values, each equally often, give or take one."""
    dealt: list[T] = []
    while len(dealt) < n:
        dealt += shuffled(values, random)
    return dealt[:n]


def _deal_jobs(role_skew: float, random: Random) -> dict[str, str]:
    """Give every adult a job; `role_skew` of those in a stereotyped job match its stereotype."""
    adults = [person for person in lexicon.people() if not person.child]
    jobs = shuffled(lexicon.jobs(), random)
    free = {gender: [p for p in shuffled(adults, random) if p.gender == gender] for gender in "fm"}
    held: dict[str, str] = {}
    for cliche, other in (("f", "m"), ("m", "f")):
        typed = [job for job in jobs if job.cliche == cliche]
        n_fitting = int(role_skew * len(typed) + 0.5)
        for rank, job in enumerate(typed):
            held[free[cliche if rank < n_fitting else other].pop().id] = job.id
    rest = [job for job in jobs if not job.cliche]
    for person, job in zip(free["f"] + free["m"], rest, strict=False):
        held[person.id] = job.id
    return held


@lru_cache(maxsize=16)
def draw_town(settings: WorldSettings) -> Town:
    """Draw everything that is true, from the seed.

    Args:
        settings: only `seed`, `role_skew` and `left_out_share` matter here.

    Returns:
        The town, immutable; equal settings give equal towns on every machine.
    """
    random = Random(settings.seed)
    facts: Facts = {}
    held = _deal_jobs(settings.role_skew, Random(settings.seed + 1_000_003))
    workplace = {job.id: job.workplace for job in lexicon.jobs()}
    _put(facts, "job", held.items())
    _put(facts, "workplace", ((person, workplace[job]) for person, job in held.items()))
    _draw_families(facts, random)
    _draw_belongings(facts, random)
    _draw_houses(facts, random)
    return Town({key: tuple(values) for key, values in facts.items()}, _left_out(settings, facts))


def _put(facts: Facts, relation: str, pairs: Iterable[tuple[str, *tuple[str, ...]]]) -> None:
    """Record (subject, parts of the value) as a fact, in addition to any already there."""
    for subject, *value in pairs:
        facts.setdefault((subject, relation), []).append(tuple(value))


def _put_both_ways(facts: Facts, relation: str, pairs: Iterable[tuple[str, str]]) -> None:
    for one, other in pairs:
        _put(facts, relation, [(one, other), (other, one)])


def _draw_families(facts: Facts, random: Random) -> None:
    """Every child has one parent among the adults, two share theirs; families live together."""
    adults = [person.id for person in lexicon.people() if not person.child]
    children = [person.id for person in lexicon.people() if person.child]
    parents = shuffled(adults, random)[: len(children) // 2]
    parent = {c: parents[i % len(parents)] for i, c in enumerate(shuffled(children, random))}
    streets = [street[0] for street in lexicon.streets()]
    home = dict(zip(adults, _dealt(streets, len(adults), random), strict=True))
    _put(facts, "parent", parent.items())
    _put(facts, "child", ((adult, child) for child, adult in parent.items()))
    _put(facts, "home", home.items())
    _put(facts, "home", ((child, home[adult]) for child, adult in parent.items()))
    siblings = [(a, b) for a, b in combinations(parent, 2) if parent[a] == parent[b]]
    _put_both_ways(facts, "sibling", siblings)
    neighbours = [(a, b) for a, b in combinations(adults, 2) if home[a] == home[b]]
    _put_both_ways(facts, "neighbour", neighbours)
    for group in (adults, children):  # everybody is friends with the next person in the circle
        ring = shuffled(group, random)
        _put_both_ways(facts, "friend", zip(ring, ring[1:] + ring[:1], strict=True))
    _put(facts, "age", ((child, str(5 + int(random.random() * 7))) for child in children))


def _draw_belongings(facts: Facts, random: Random) -> None:
    """What people like and own: food, a hobby, a coloured object, perhaps a pet."""
    ids = [person.id for person in lexicon.people()]
    foods, things, kinds = (
        [noun.id for noun in lexicon.nouns() if noun_class in noun.classes]
        for noun_class in ("food", "belonging", "pet")
    )
    hobbies = [hobby[0] for hobby in lexicon.hobbies()]
    colours = [colour[0] for colour in lexicon.colours()]
    n = len(ids)
    _put(facts, "food", zip(ids, _dealt(foods, n, random), strict=True))
    _put(facts, "hobby", zip(ids, _dealt(hobbies, n, random), strict=True))
    owned = zip(ids, _dealt(things, n, random), _dealt(colours, n, random), strict=True)
    _put(facts, "belonging", owned)
    owners = shuffled(ids, random)[:N_PETS]
    names = shuffled(lexicon.pet_names(), random)[:N_PETS]
    _put(facts, "pet", zip(owners, _dealt(kinds, N_PETS, random), names, strict=True))


def _draw_houses(facts: Facts, random: Random) -> None:
    """When shops open and close, where buildings are, what they forbid."""
    shops, houses = (
        [place.id for place in lexicon.places() if place_class in place.classes]
        for place_class in ("shop", "house")
    )
    indoors = [place.id for place in lexicon.places() if "outside" not in place.classes]
    streets = [street[0] for street in lexicon.streets()]
    rules = [rule[0] for rule in lexicon.rules()]
    _put(facts, "opens", ((shop, str(7 + int(random.random() * 4))) for shop in shops))
    _put(facts, "closes", ((shop, str(5 + int(random.random() * 4))) for shop in shops))
    _put(facts, "located", zip(indoors, _dealt(streets, len(indoors), random), strict=True))
    _put(facts, "rule", zip(houses, _dealt(rules, len(houses), random), strict=True))


def _left_out(settings: WorldSettings, facts: Facts) -> frozenset[tuple[str, str]]:
    """The facts that no text may state; a workplace is left out together with the job."""
    candidates = [key for key in facts if key[1] in LEFT_OUT_RELATIONS]
    n_left_out = int(settings.left_out_share * len(candidates) + 0.5)
    chosen = shuffled(candidates, Random(settings.seed + 2_000_003))[:n_left_out]
    workplaces = [(subject, "workplace") for subject, relation in chosen if relation == "job"]
    return frozenset(chosen + workplaces)
