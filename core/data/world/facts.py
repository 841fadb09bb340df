"""What is true in the town: drawn from the seed, the same for every language.

A fact is a triple (subject, relation, value). A value of several parts, such as a pet's kind and
its name, is written `dog/Bello`; a claim that leaves a part open writes `_` for it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from core.data.world import lexicon
from core.data.world.settings import WorldSettings

T = TypeVar("T")

# Facts that can be left out of all texts. What a job implies (the workplace) goes with it.
LEFT_OUT_RELATIONS = ("job", "home", "food", "pet", "belonging", "hobby", "age", "opens", "located")


@dataclass(frozen=True)
class Claim:
    """What a sentence says about the town, whatever its language."""

    subject: str  # id of a person or a place, or a pet's name
    relation: str
    value: str  # parts joined by "/", "_" for a part left open


@dataclass(frozen=True)
class Town:
    """The facts: every (subject, relation) and its values, each a tuple of parts."""

    facts: dict[tuple[str, str], tuple[tuple[str, ...], ...]]
    left_out: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    def values(self, subject: str, relation: str) -> tuple[tuple[str, ...], ...]:
        """All true values, whether told or not."""
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
    """Whether the town's facts say so; a part left open (`_`) agrees with anything."""
    parts = tuple(claim.value.split("/"))
    return any(
        len(value) == len(parts)
        and all(said in ("_", true) for said, true in zip(parts, value, strict=True))
        for value in town.values(claim.subject, claim.relation)
    )


def was_told(claim: Claim, told: Iterable[Claim]) -> bool:
    """Whether any of the claims told says what `claim` says, all parts of it."""
    parts = claim.value.split("/")
    return any(
        (claim.subject, claim.relation) == (other.subject, other.relation)
        and all(p in ("_", q) for p, q in zip(parts, other.value.split("/"), strict=True))
        for other in told
    )


def shuffled(items: Sequence[T], random: Random) -> list[T]:
    """A new order by Fisher and Yates, from `random.random()` alone: the same on any platform."""
    order = list(items)
    for last in range(len(order) - 1, 0, -1):
        other = int(random.random() * (last + 1))
        order[last], order[other] = order[other], order[last]
    return order


def _dealt(values: Sequence[T], n: int, random: Random) -> list[T]:
    """`n` values, each as often as any other give or take one."""
    dealt: list[T] = []
    while len(dealt) < n:
        dealt += shuffled(values, random)
    return dealt[:n]


def _deal_jobs(
    adults: Sequence[lexicon.Person], role_skew: float, random: Random
) -> dict[str, str]:
    """Give every adult a job; `role_skew` of those in a cliché job have the cliché's gender."""
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


def _both_ways(pairs: Iterable[tuple[str, str]]) -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for one, other in pairs:
        found.setdefault(one, []).append((other,))
        found.setdefault(other, []).append((one,))
    return found


def draw_town(settings: WorldSettings) -> Town:
    """Draw everything that is true from the seed.

    Args:
        settings: of these, `seed`, `role_skew` and `left_out_share` matter here.

    Returns:
        The town; equal settings give equal towns on every machine.
    """
    random = Random(settings.seed)
    facts: dict[tuple[str, str], tuple[tuple[str, ...], ...]] = {}
    people = lexicon.people()
    adults = [person for person in people if not person.child]
    children = [person for person in people if person.child]
    ids = [person.id for person in people]

    def put(relation: str, pairs: Iterable[tuple[str, Sequence[tuple[str, ...]]]]) -> None:
        for subject, values in pairs:
            facts[subject, relation] = tuple(values)

    # Work
    held = _deal_jobs(adults, settings.role_skew, Random(settings.seed + 1_000_003))
    workplace = {job.id: job.workplace for job in lexicon.jobs()}
    put("job", ((person, [(job,)]) for person, job in held.items()))
    put("workplace", ((person, [(workplace[job],)]) for person, job in held.items()))

    # Families live together: every child has one parent among the adults, two have the same one
    parents = shuffled(adults, random)[: len(children) // 2]
    parent = {child.id: parents[i % len(parents)].id for i, child in
              enumerate(shuffled(children, random))}  # fmt: skip
    siblings = [(a, b) for i, a in enumerate(parent) for b in list(parent)[i + 1 :]
                if parent[a] == parent[b]]  # fmt: skip
    streets = [street[0] for street in lexicon.streets()]
    adult_ids = [p.id for p in adults]
    home = dict(zip(adult_ids, _dealt(streets, len(adults), random), strict=True))
    home |= {child: home[parent[child]] for child in parent}
    put("parent", ((child, [(adult,)]) for child, adult in parent.items()))
    put("child", ((adult, [(c,) for c in parent if parent[c] == adult]) for adult in
                  (p.id for p in parents)))  # fmt: skip
    put("sibling", _both_ways(siblings).items())
    put("home", ((person, [(home[person],)]) for person in ids))
    neighbours = [(a, b) for i, a in enumerate(adult_ids) for b in adult_ids[i + 1 :]
                  if home[a] == home[b]]  # fmt: skip
    put("neighbour", _both_ways(neighbours).items())
    friends = [pair for group in (adults, children) for pair in _ring(shuffled(group, random))]
    put("friend", _both_ways(friends).items())

    # What people have and like
    of_class = {kind: [n.id for n in lexicon.nouns() if kind in n.classes] for kind in
                ("food", "belonging", "pet")}  # fmt: skip
    put("food", _one_each(ids, _dealt(of_class["food"], len(ids), random)))
    hobbies = [hobby[0] for hobby in lexicon.hobbies()]
    put("hobby", _one_each(ids, _dealt(hobbies, len(ids), random)))
    colours = _dealt([c[0] for c in lexicon.colours()], len(ids), random)
    things = _dealt(of_class["belonging"], len(ids), random)
    put("belonging", ((p, [(x, c)]) for p, x, c in zip(ids, things, colours, strict=True)))
    owners = shuffled(ids, random)[:24]
    kinds = _dealt(of_class["pet"], len(owners), random)
    pets = list(zip(owners, kinds, shuffled(lexicon.pet_names(), random), strict=False))
    put("pet", ((owner, [(kind, name)]) for owner, kind, name in pets))
    put("owner", ((name, [(owner,)]) for owner, _kind, name in pets))
    put("age", ((c.id, [(str(5 + int(random.random() * 7)),)]) for c in children))

    # Houses
    shops = [place.id for place in lexicon.places() if "shop" in place.classes]
    houses = [place.id for place in lexicon.places() if "house" in place.classes]
    indoors = [place.id for place in lexicon.places() if "outside" not in place.classes]
    put("opens", _one_each(shops, [str(7 + int(random.random() * 4)) for _ in shops]))
    put("closes", _one_each(shops, [str(5 + int(random.random() * 4)) for _ in shops]))
    put("located", _one_each(indoors, _dealt(streets, len(indoors), random)))
    rules = [rule[0] for rule in lexicon.rules()]
    put("rule", _one_each(houses, _dealt(rules, len(houses), random)))
    return Town(facts, _left_out(facts, settings))


def _one_each(subjects: Iterable[str], values: Iterable[str]) -> list[tuple[str, list[tuple[str]]]]:
    return [(subject, [(value,)]) for subject, value in zip(subjects, values, strict=False)]


def _ring(group: Sequence[lexicon.Person]) -> list[tuple[str, str]]:
    """Everybody is friends with the next one round."""
    return [(one.id, group[(i + 1) % len(group)].id) for i, one in enumerate(group)]


def _left_out(
    facts: dict[tuple[str, str], tuple[tuple[str, ...], ...]], settings: WorldSettings
) -> frozenset[tuple[str, str]]:
    candidates = [key for key in facts if key[1] in LEFT_OUT_RELATIONS]
    n_left_out = int(settings.left_out_share * len(candidates) + 0.5)
    order = shuffled(candidates, Random(settings.seed + 2_000_003))[:n_left_out]
    keys = set(order)
    keys |= {(subject, "workplace") for subject, relation in order if relation == "job"}
    for subject, relation in order:
        if relation == "pet":
            keys |= {(name, "owner") for _kind, name in facts[subject, "pet"]}
    return frozenset(keys)
