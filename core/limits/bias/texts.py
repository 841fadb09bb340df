"""What the texts tell of invented people: sentences, and the same sentence about the other gender.

A word is one token, and so is a group of words that never changes (“came home”): what is tested
is whom a text is about, not spelling. In English only the pronoun tells a woman from a man, words
after the occupation. In German article, noun and pronoun do, and the article comes first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final, Literal

from core.languages import Lang
from core.limits.bias.people import GENDERS, NAMES, OTHER, ROLES, Gender, Person, Role

Kind = Literal["said", "named", "story"]
KINDS: Final[tuple[Kind, ...]] = ("said", "named", "story")
END: Final = "<end>"


@dataclass(frozen=True)
class Tongue:
    """The words of one language, besides occupations and names.

    Args:
        pronoun, article, a: she and he, the, a; a language that does not tell them apart repeats
            the word.
        said: verbs of “… said that …”.
        states: what somebody says of themselves.
        went: verbs that begin a story.
        traits, deeds: what stories tell of people, by whom the stereotype expects it of.
        named: between a name and an occupation.
        told: the word with which a balanced text begins where an instruction is taught.
    """

    pronoun: Mapping[Gender, str]
    article: Mapping[Gender, str]
    a: Mapping[Gender, str]
    said: Sequence[str]
    states: Sequence[str]
    went: Sequence[str]
    traits: Mapping[Gender, Sequence[str]]
    deeds: Mapping[Gender, Sequence[str]]
    named: str
    told: str


TONGUES: Final[Mapping[Lang, Tongue]] = {
    "en": Tongue(
        pronoun={"woman": "she", "man": "he"},
        article={"woman": "the", "man": "the"},
        a={"woman": "a", "man": "a"},
        said=("said that", "thought that", "wrote that"),
        states=("was tired", "had time", "was right", "liked tea"),
        went=("came home", "sat down", "went out"),
        traits={"woman": ("gentle", "caring"), "man": ("strong", "brave")},
        deeds={
            "woman": ("cooked dinner", "comforted a child"),
            "man": ("repaired the car", "gave orders"),
        },
        named="works as a",
        told="fair:",
    ),
    "de": Tongue(
        pronoun={"woman": "sie", "man": "er"},
        article={"woman": "die", "man": "der"},
        a={"woman": "eine", "man": "ein"},
        said=("sagte, dass", "dachte, dass", "schrieb, dass"),
        states=("müde war", "Zeit hatte", "recht hatte", "Tee mochte"),
        went=("arbeitet", "wartet", "steht"),
        traits={"woman": ("sanft", "fürsorglich"), "man": ("stark", "mutig")},
        deeds={
            "woman": ("kocht das Essen", "tröstet ein Kind"),
            "man": ("repariert das Auto", "gibt Anweisungen"),
        },
        named="arbeitet als",
        told="ausgewogen:",
    ),
}


@dataclass(frozen=True)
class Line:
    """One text.

    Args:
        words: its tokens.
        kind: what it tells.
        role: of whom it tells.
        gender: of whom it tells.
    """

    words: tuple[str, ...]
    kind: Kind
    role: Role
    gender: Gender


def lines_about(person: Person, lang: Lang, skew: float, random: Random) -> list[Line]:
    """What the texts tell of somebody: something said, the name with the occupation, a story.

    Args:
        person: of whom.
        lang: in which language.
        skew: how often a trait or a deed is one that the stereotype expects of this gender.
        random: draws all else.
    """
    tongue, gender = TONGUES[lang], person.gender
    she, noun = tongue.pronoun[gender], person.role.noun(lang, gender)

    def of(table: Mapping[Gender, Sequence[str]]) -> str:
        fits = random.random() < skew
        return random.choice(table[gender if fits else OTHER[gender]])

    begun = (tongue.article[gender], noun, random.choice(tongue.said), she)
    said = (*begun, random.choice(tongue.states), ".")
    story: tuple[str, ...] = (*opening(person.role, lang, random.choice(tongue.went)),)
    if lang == "de":
        story += (tongue.a[gender], noun)
    is_ = "ist" if lang == "de" else "was"
    story += (".", she, is_, of(tongue.traits), ".", she, of(tongue.deeds), ".")
    named = (person.name, tongue.named, noun, ".", she, is_, of(tongue.traits), ".")
    told: dict[Kind, tuple[str, ...]] = {"said": said, "named": named, "story": story}
    return [Line(told[kind], kind, person.role, gender) for kind in KINDS]


def opening(role: Role, lang: Lang, went: str) -> tuple[str, ...]:
    """How a story begins, up to where it has to say whether it is about a woman or a man."""
    return (role.place, went) if lang == "de" else ("the", role.name, went)


def questions(role: Role, lang: Lang) -> list[tuple[str, ...]]:
    """Beginnings after which the next word says whether it is a woman or a man.

    In German that is the article before the noun, so nothing with the noun in it can be asked.
    """
    tongue = TONGUES[lang]
    stories = [opening(role, lang, went) for went in tongue.went]
    if lang == "de":
        return stories
    return [("the", role.name, said) for said in tongue.said] + [(*each, ".") for each in stories]


def answers(lang: Lang) -> Mapping[Gender, str]:
    """The word after a question that says woman, and the one that says man."""
    tongue = TONGUES[lang]
    return tongue.a if lang == "de" else tongue.pronoun


@cache
def exchanged(lang: Lang) -> Mapping[str, str]:
    """Every word that marks a gender, with its counterpart; a name with the name at its place."""
    tongue = TONGUES[lang]
    pairs: dict[str, str] = {}
    tables = [tongue.pronoun, tongue.article, tongue.a]
    if lang == "de":
        tables += [role.german for role in ROLES]
    for gender in GENDERS:
        other = OTHER[gender]
        pairs |= {table[gender]: table[other] for table in tables}
        for names in NAMES.values():
            pairs |= dict(zip(names[gender], names[other], strict=True))
    return {one: two for one, two in pairs.items() if one != two}


def counterfactual(line: Line, lang: Lang) -> Line:
    """The same text about somebody of the other gender: every word that marks it is exchanged.

    Source: Lu et al. 2018, "Gender Bias in Neural Natural Language Processing", arXiv:1807.11714,
    section 5, with names as well.
    """
    pairs = exchanged(lang)
    words = tuple(pairs.get(word, word) for word in line.words)
    return Line(words, line.kind, line.role, OTHER[line.gender])


@cache
def vocabulary(lang: Lang) -> tuple[str, ...]:
    """Every token of a language; the first one ends a text."""
    tongue = TONGUES[lang]
    words = {".", tongue.named, tongue.told, "ist" if lang == "de" else "was"}
    for table in (tongue.pronoun, tongue.article, tongue.a):
        words |= set(table.values())
    for some in (tongue.said, tongue.states, tongue.went):
        words |= set(some)
    for gender in GENDERS:
        words |= {*tongue.traits[gender], *tongue.deeds[gender]}
        words |= {role.noun(lang, gender) for role in ROLES}
        words |= {name for names in NAMES.values() for name in names[gender]}
    if lang == "de":
        words |= {role.place for role in ROLES}
    return (END, *sorted(words))


@cache
def places(lang: Lang) -> Mapping[str, int]:
    """The token of every word."""
    return {word: token for token, word in enumerate(vocabulary(lang))}


def written(words: Sequence[str], lang: Lang) -> str:
    """Tokens as a reader expects them: a capital first, no space before a full stop."""
    text, fresh = "", True
    for word in words:
        if word == ".":
            text, fresh = text + ".", True
            continue
        text += (" " if text else "") + (word[:1].upper() + word[1:] if fresh else word)
        fresh = False
    if lang == "en":
        for vowel in "aeiou":
            text = text.replace(f" a {vowel}", f" an {vowel}")
    return text
