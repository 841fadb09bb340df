"""What a model about invented people is asked, and what is counted.

The next word is asked, so shares are computed from its probabilities, not drawn. Stories are drawn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch

from core.architecture.transformer import Transformer
from core.languages import Lang
from core.limits.bias.learning import continued, next_words
from core.limits.bias.people import (
    GENDERS,
    LEADING,
    NAMES,
    ORIGINS,
    OTHER,
    ROLES,
    Gender,
    Role,
)
from core.limits.bias.texts import (
    END,
    TONGUES,
    answers,
    opening,
    places,
    questions,
    vocabulary,
    written,
)

TEMPERATURES: Final = (1.0, 0.5, 0.0)
"""Those that answers are compared at; 0 is greedy."""
N_STORIES: Final = 30  # of every occupation at a temperature
DIGITS: Final = 5  # of probabilities that are kept


def women(model: Transformer, lang: Lang, told: Sequence[str] = ()) -> dict[str, list[float]]:
    """For every occupation and question the share of “she” among “she” and “he”.

    Args:
        model: is asked.
        lang: of the questions.
        told: words before each, such as an instruction.
    """
    word = places(lang)
    she, he = (word[answers(lang)[gender]] for gender in GENDERS)
    found = {}
    for role in ROLES:
        probs = next_words(model, [(*told, *each) for each in questions(role, lang)], word)
        shares = probs[:, she] / (probs[:, she] + probs[:, he])
        found[role.name] = [round(float(share), DIGITS) for share in shares]
    return found


def mass(model: Transformer, lang: Lang) -> float:
    """How much probability “she” and “he” have together, the mean of all questions."""
    word = places(lang)
    both = [word[answers(lang)[gender]] for gender in GENDERS]
    asked = [each for role in ROLES for each in questions(role, lang)]
    return float(next_words(model, asked, word)[:, both].sum(1).mean())


def agreement(model: Transformer, lang: Lang) -> dict[Gender, float]:
    """After a noun that marks a gender: the probability of the pronoun that agrees with it.

    In English no noun does, so this is asked in German alone.
    """
    tongue, word = TONGUES[lang], places(lang)
    found: dict[Gender, float] = {}
    for gender in GENDERS:
        asked = [
            (tongue.article[gender], role.noun(lang, gender), said)
            for role in ROLES
            for said in tongue.said
        ]
        probs = next_words(model, asked, word)
        found[gender] = float(probs[:, word[tongue.pronoun[gender]]].mean())
    return found


@dataclass(frozen=True)
class Named:
    """What a model expects of a name.

    Args:
        typed: probability of an occupation that the stereotype gives to women.
        leads: probability of one that leads.
        role: the likeliest occupation.
    """

    typed: float
    leads: float
    role: str


def named(model: Transformer, lang: Lang) -> dict[str, list[Any]]:
    """For every name: which occupation follows “… works as a”; each the fields of a `Named`."""
    word = places(lang)
    nouns = {role: sorted({word[role.noun(lang, each)] for each in GENDERS}) for role in ROLES}
    names = [name for table in NAMES.values() for gender in GENDERS for name in table[gender]]
    probs = next_words(model, [(name, TONGUES[lang].named) for name in names], word)
    found: dict[str, list[Any]] = {}
    for name, row in zip(names, probs, strict=True):
        of = {role: float(row[tokens].sum()) for role, tokens in nouns.items()}
        whole = sum(of.values())
        typed = sum(of[role] for role in ROLES if role.typed == "woman") / whole
        leads = sum(of[role] for role in LEADING) / whole
        likeliest = max(of, key=of.__getitem__).name
        found[name] = [round(typed, DIGITS), round(leads, DIGITS), likeliest]
    return found


@dataclass(frozen=True)
class Pair:
    """The same sentence with two names, of which one thing differs.

    Args:
        one, other: the names.
        before, after: what is expected of each.
    """

    one: str
    other: str
    before: Named
    after: Named


def pairs_by_gender(found: Mapping[str, list[Any]]) -> list[Pair]:
    """A woman's name against the man's name at its place, of one origin."""
    return [
        _pair(one, other, found)
        for table in NAMES.values()
        for one, other in zip(table["woman"], table["man"], strict=True)
    ]


def pairs_by_origin(found: Mapping[str, list[Any]]) -> list[Pair]:
    """A name long established here against each other origin's at its place, of one gender."""
    return [
        _pair(one, other, found)
        for gender in GENDERS
        for origin in ORIGINS
        if origin != "local"
        for one, other in zip(NAMES["local"][gender], NAMES[origin][gender], strict=True)
    ]


def _pair(one: str, other: str, found: Mapping[str, list[Any]]) -> Pair:
    return Pair(one, other, Named(*found[one]), Named(*found[other]))


@dataclass(frozen=True)
class Story:
    """A drawn story as counted.

    Args:
        role: of whom it tells.
        gender: which pronoun tells it; None if none, or both, do.
        deed: whom the stereotype expects to do what is done; None if nothing is.
        text: as written.
    """

    role: str
    gender: Gender | None
    deed: Gender | None
    text: str

    @property
    def in_character(self) -> bool:
        """Whether somebody does what the stereotype expects of this gender."""
        return self.gender is not None and self.gender == self.deed


def stories(
    model: Transformer, lang: Lang, temperature: float, n_each: int, seed: int
) -> list[Story]:
    """Stories about every occupation, as many of each.

    Args:
        model: writes them.
        lang: in which language.
        temperature: 0 writes the same story as often as it is asked.
        n_each: of each occupation; they take turns in how they begin.
        seed: of the draws.
    """
    word, all_words, went = places(lang), vocabulary(lang), TONGUES[lang].went
    asked = [
        (role, opening(role, lang, went[k % len(went)])) for role in ROLES for k in range(n_each)
    ]
    generator = torch.Generator().manual_seed(seed)
    beginnings = [[word[each] for each in begun] for _, begun in asked]
    texts = continued(model, beginnings, temperature, generator)
    return [
        counted(role, [all_words[token] for token in text], lang)
        for (role, _), text in zip(asked, texts, strict=True)
    ]


def counted(role: Role, words: Sequence[str], lang: Lang) -> Story:
    """Read a story: whose it is, and what is done in it."""
    tongue = TONGUES[lang]
    told = [gender for gender in GENDERS if tongue.pronoun[gender] in words]
    done = [gender for gender in GENDERS if any(deed in words for deed in tongue.deeds[gender])]
    return Story(
        role=role.name,
        gender=told[0] if len(told) == 1 else None,
        deed=done[0] if len(done) == 1 else None,
        text=written([each for each in words if each != END], lang),
    )


@dataclass(frozen=True)
class Filtered:
    """Stories that a filter at the output let through.

    Args:
        n_drawn: stories that had to be written for them.
        passed: those that passed.
    """

    n_drawn: int
    passed: tuple[Story, ...]


def filtered(written_: Sequence[Story]) -> Filtered:
    """Let women and men through by turns; whoever is not next is thrown away.

    Args:
        written_: stories about one occupation, in the order in which they were written.
    """
    wanted: Gender | None = None
    passed: list[Story] = []
    n_drawn = n_used = 0
    for story in written_:
        n_drawn += 1
        if story.gender is None or wanted not in (None, story.gender):
            continue
        passed.append(story)
        wanted, n_used = OTHER[story.gender], n_drawn
    return Filtered(n_used or n_drawn, tuple(passed))


def told_of(written_: Sequence[Story]) -> dict[str, Any]:
    """What is kept of many stories: counts by occupation, and some of them to read.

    Returns:
        by_role: for each occupation [stories, of women, of men, in character of women, of men];
        n_different: how many differ; filtered: of how many drawn ones how many passed the filter,
        and how many of those are in character, all occupations together, with those of women;
        examples: two of each occupation.
    """
    by_role, passed = {}, []
    for role in ROLES:
        of = [story for story in written_ if story.role == role.name]
        counts = [len(of)]
        counts += [sum(story.gender == gender for story in of) for gender in GENDERS]
        counts += [
            sum(story.gender == gender and story.in_character for story in of) for gender in GENDERS
        ]
        by_role[role.name] = counts
        passed.append(filtered(of))
    through = [story for each in passed for story in each.passed]
    return {
        "by_role": by_role,
        "n_different": len({story.text for story in written_}),
        "filtered": [
            sum(each.n_drawn for each in passed),
            len(through),
            sum(story.gender == "woman" for story in through),
            sum(story.in_character for story in through),
        ],
        "examples": [
            story.text
            for role in ROLES
            for story in [each for each in written_ if each.role == role.name][:2]
        ],
    }
