"""What the rows of `RolesProgram` come to, with intervals: amplification, treatments, names.

What is counted together are model and occupation: several questions about one occupation to one
model are one measurement, since they are not independent. Shares at a temperature above 0 have an
interval by the normal approximation over these; greedy answers, each yes or no, by Wilson.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from core.intervals import share_interval
from core.limits.bias.amplification import at_temperature, mean_amplification
from core.limits.bias.asking import (
    TEMPERATURES,
    Pair,
    pairs_by_gender,
    pairs_by_origin,
)
from core.limits.bias.people import GENDERS, ROLES, TYPED, Person, Role, dealt
from core.training.text.ablation import Mean, difference, mean_of

Rows = Sequence[Mapping[str, Any]]

N_COUNTED: Final = 100  # people of each occupation that what the texts tell is counted over


@dataclass(frozen=True)
class Share:
    """A share of answers.

    Args:
        value: of 1.
        low, high: its 95 % interval.
        n: measurements: models times occupations.
    """

    value: float
    low: float
    high: float
    n: int


def share_of(values: Sequence[float], *, greedy: bool) -> Share:
    """The mean of shares, one for each model and occupation, with its interval.

    Args:
        values: shares of 1.
        greedy: whether each is a yes or a no: then, and if all are alike, the interval is Wilson's.
    """
    n = len(values)
    mean = sum(values) / max(1, n)
    if greedy or n < 2 or max(values) == min(values):
        low, high = share_interval(min(n, round(mean * n)), n)
        return Share(mean, min(low, mean), max(high, mean), n)
    found = mean_of(values)
    return Share(mean, max(0.0, found.low), min(1.0, found.high), n)


def expected_share(role: Role, women: Sequence[float], temperature: float) -> float:
    """The share of answers that match the stereotype, the mean of all questions.

    Args:
        role: a typed occupation.
        women: for each question the share of “she” at temperature 1.
        temperature: of the answers.
    """
    shares = [at_temperature(share, temperature) for share in women]
    mean = sum(shares) / len(shares)
    return mean if role.typed == "woman" else 1.0 - mean


def answered(
    rows: Rows,
    temperature: float,
    *,
    roles: Sequence[Role] = TYPED,
    key: str = "women",
) -> Share:
    """How often the answers of some models match the stereotype.

    Args:
        rows: of kind "asked", of finished models.
        temperature: of the answers; 0 is greedy.
        roles: typed occupations.
        key: "women", or "women_told" for questions with an instruction before them.
    """
    values = [
        expected_share(role, row[key][role.name], temperature) for row in rows for role in roles
    ]
    return share_of(values, greedy=temperature == 0.0)


def curve(rows: Rows, temperature: float) -> dict[float, Share]:
    """The amplification curve: for every skew of the texts the share in the answers.

    Args:
        rows: of kind "asked", of finished models of lane "none".
        temperature: of the answers.
    """
    skews = sorted({row["skew"] for row in rows})
    return {
        skew: answered([row for row in rows if row["skew"] == skew], temperature) for skew in skews
    }


def amplification(rows: Rows, temperature: float) -> Mean | None:
    """Zhao et al.'s measure of each model, and its mean over models; None for fewer than two.

    Args:
        rows: of kind "asked", of finished models.
        temperature: of the answers.
    """
    values = []
    for row in rows:
        texts, answers = {}, {}
        for role in ROLES:
            told = {"woman": row["skew"], "man": 1.0 - row["skew"], None: 0.5}[role.typed]
            shares = [at_temperature(share, temperature) for share in row["women"][role.name]]
            given = sum(shares) / len(shares)
            texts[role.name], answers[role.name] = (told, 1.0 - told), (given, 1.0 - given)
        values.append(mean_amplification(texts, answers))
    return mean_of(values) if len(values) > 1 else None


@dataclass(frozen=True)
class Names:
    """What changes if nothing but the name is exchanged.

    Args:
        before, after: mean probability with the one and with the other name.
        change: the paired difference of the first minus the second, with its interval.
        n_other: pairs for which the likeliest occupation is another one.
        n: pairs.
    """

    before: float
    after: float
    change: Mean
    n_other: int
    n: int


def names_exchanged(rows: Rows, by: str) -> Names:
    """The same sentence with two names.

    Args:
        rows: of kind "asked", of finished models.
        by: "gender": women's and men's names, and the probability of an occupation that the
            stereotype gives to women; "origin": names long established here and others, and the
            probability of an occupation that leads.
    """
    pairs_of: Callable[[Mapping[str, list[Any]]], list[Pair]]
    pairs_of = pairs_by_gender if by == "gender" else pairs_by_origin
    pairs = [pair for row in rows for pair in pairs_of(row["names"])]
    one = [pair.before.typed if by == "gender" else pair.before.leads for pair in pairs]
    other = [pair.after.typed if by == "gender" else pair.after.leads for pair in pairs]
    return Names(
        before=sum(one) / len(one),
        after=sum(other) / len(other),
        change=difference(one, other),
        n_other=sum(pair.before.role != pair.after.role for pair in pairs),
        n=len(pairs),
    )


def told_by_name(by: str, skew: float) -> tuple[float, float]:
    """What the texts themselves tell: the shares that `names_exchanged` asks a model for.

    Args:
        by: as there.
        skew: of the texts.

    Returns:
        the share with such an occupation among people with the one sort of name, and the other.
    """
    people = dealt(N_COUNTED, skew, Random(0))  # shares are exact, whatever is drawn
    if by == "gender":
        groups = [[one for one in people if one.gender == gender] for gender in GENDERS]
        return _share(groups[0], "typed"), _share(groups[1], "typed")
    here = [one for one in people if one.origin == "local"]
    others = [one for one in people if one.origin != "local"]
    return _share(here, "leads"), _share(others, "leads")


def _share(people: Sequence[Person], what: str) -> float:
    wanted = [
        one.role.typed == "woman" if what == "typed" else bool(one.role.leads) for one in people
    ]
    return sum(wanted) / len(wanted)


@dataclass(frozen=True)
class Told:
    """What the stories of some models tell, at one temperature.

    Args:
        n: stories.
        n_women, n_men: those with a woman, and with a man.
        in_character: of these, whose deed is the one that the stereotype expects of the gender.
        n_different: how many stories differ.
        filtered: stories drawn, let through, of those with a woman, of those in character.
    """

    n: int
    n_women: int
    n_men: int
    in_character: int
    n_different: int
    filtered: tuple[int, int, int, int]


def stories_of(rows: Rows, temperature: float, roles: Sequence[Role] = ROLES) -> Told:
    """The counts of all models together.

    Args:
        rows: of kind "asked", of finished models.
        temperature: one of TEMPERATURES.
        roles: whose stories are counted; n_different and filtered are always of all.
    """
    found = [one for row in rows for one in row["stories"] if one["temperature"] == temperature]
    counts = [one["by_role"][role.name] for one in found for role in roles]
    n, women, men, as_woman, as_man = (sum(column) for column in zip(*counts, strict=True))
    filtered = [sum(column) for column in zip(*(one["filtered"] for one in found), strict=True)]
    drawn, through, of_women, typical = filtered
    return Told(
        n=n,
        n_women=women,
        n_men=men,
        in_character=as_woman + as_man,
        n_different=sum(one["n_different"] for one in found),
        filtered=(drawn, through, of_women, typical),
    )


@dataclass(frozen=True)
class Treatment:
    """What a treatment leaves, and what it costs.

    Args:
        answers: share of the answers that match the stereotype, by temperature.
        in_character: shares of stories with a deed that the stereotype expects, with n.
        names: what exchanging a name's origin still changes.
        n_texts: texts that a model reads.
        loss: nats per word on unseen texts as they were collected.
        loss_named: the same on texts with names alone.
    """

    answers: Mapping[float, Share]
    in_character: tuple[int, int]
    names: Names
    n_texts: int
    loss: float
    loss_named: float


def treatment(rows: Rows, key: str = "women") -> Treatment:
    """All that is measured of a treatment, of some finished models together.

    Args:
        rows: of kind "asked", all of one lane and skew.
        key: as in `answered`.
    """
    told, n = stories_of(rows, 1.0), len(rows)
    return Treatment(
        answers={each: answered(rows, each, key=key) for each in TEMPERATURES},
        in_character=(told.in_character, told.n_women + told.n_men),
        names=names_exchanged(rows, "origin"),
        n_texts=rows[0]["n_lines"],
        loss=sum(row["losses"]["all"] for row in rows) / n,
        loss_named=sum(row["losses"]["named"] for row in rows) / n,
    )
