"""Questions about the town: what they ask for, and which of them are held out for the exam.

Questions are split by what they ask for, not by their wording: if "Where does Mia live?" is held
back, then no other wording and no other language asks for Mia's street in training either.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from random import Random
from typing import Final, Literal

from core.alignment.text.wording import wording
from core.data.world import Claim, Town, lexicon
from core.data.world.languages import grammar
from core.data.world.phrases import bind_value
from core.data.world.plots import QUESTIONS
from core.data.world.typography import printed, words_of

Split = Literal["train", "held_out"]
Sort = Literal["told", "untold", "business"]
"""The world's texts tell it; they do not (left out, or nobody of the town); not about the town."""

HELD_OUT_OF_TEN: Final = 2  # of every ten things that can be asked for
JSON_MARK: Final = " (JSON)"
"""At the end of a question: the answer is wanted in a form that a program can read."""

# How many of a hundred drawn questions are of each sort.
SORT_SHARES: Final[dict[Sort, int]] = {"told": 78, "untold": 14, "business": 8}
STRANGER: Final = "stranger"
PATTERNS_SHARE: Final = 0.6  # share of practised questions off the subject that are filled in
STRANGERS_SHARE: Final = 0.3  # share of untold questions that are about a stranger
_N_TRIES: Final = 20
_TITLE: Final = r"\b(?P<title>Frau|Herrn?|Mrs|Mr) "
_NAMES: Final = (r"\w+\b", r"\w+?(?=s\b)")  # "Schneider"; the same in "Schneiders Tier"


@dataclass(frozen=True)
class Asked:
    """What a question asks for: a relation of somebody or of some place."""

    subject: str  # id of a person or place; STRANGER: nobody of the town
    relation: str

    @property
    def held_out(self) -> bool:
        """Whether it is kept for the exam; decided by its name, so in both languages alike."""
        return is_held_out(f"{self.subject} {self.relation}")


@dataclass(frozen=True)
class Question:
    """A question as it is asked."""

    text: str
    lang: str
    sort: Sort
    asked: Asked | None  # None: it does not ask about the town


@lru_cache(maxsize=4096)
def is_held_out(name: str) -> bool:
    """Whether what `name` stands for is kept for the exam: by its hash, the same everywhere."""
    return sha256(name.encode()).digest()[0] % 10 < HELD_OUT_OF_TEN


def asked(question: str, lang: str) -> Asked | None:
    """What a question asks for, parsed by the world's grammar; None if it does not parse.

    Args:
        question: any text; a request for JSON at its end is ignored.
        lang: "de" or "en".
    """
    text = question.removesuffix(JSON_MARK).strip()
    found = _read(text, lang)
    if found is not None:
        return found
    known = _with_known_names(text, lang)
    found = next((each for one in known if (each := _read(one, lang))), None)
    return None if found is None else Asked(STRANGER, found.relation)


def _read(text: str, lang: str) -> Asked | None:
    rules = grammar(lang)
    for words in words_of(text, lang, rules.vocabulary):
        for rule, _, relation, variable in QUESTIONS:
            env = rules.parse(words, rule)
            if env is not None:
                return Asked(env[variable], relation)
    return None


def _with_known_names(text: str, lang: str) -> list[str]:
    """The same question with names from the town, in case it is about a stranger."""
    known = {person.gender + str(person.child): person.name for person in lexicon.people()}

    def titled(found: re.Match[str]) -> str:
        gender = "f" if found["title"] in ("Frau", "Mrs") else "m"
        return f"{found['title']} {known[gender + 'False']}"

    if re.search(_TITLE, text):
        return [re.sub(_TITLE + name, titled, text) for name in _NAMES]
    children = (known["fTrue"], known["mTrue"])
    return [
        text[: found.start()] + child + text[found.end() :]
        for name in _NAMES
        for found in re.finditer(r"(?<=\s)(?=[A-ZÄÖÜ])" + name, text)
        for child in children
    ]


def sort_of(question: str, lang: str, town: Town) -> Sort:
    """The sort of a question, given this town's facts."""
    about = asked(question, lang)
    if about is None:
        return "business"
    return "told" if town.tellable(about.subject, about.relation) else "untold"


def answer_claims(about: Asked, claims: Sequence[Claim]) -> list[Claim]:
    """The claims that answer what was asked."""
    return [one for one in claims if _answers(about, one)]


def _answers(about: Asked, one: Claim) -> bool:
    if one.relation == about.relation and one.subject == about.subject:
        return True
    # "Anton and Ben are friends" answers who is Ben's friend, too.
    return one.relation == about.relation == "friend" and one.value == about.subject


def things_to_ask(town: Town, sort: Sort, split: Split) -> list[Asked]:
    """Everything of one sort that can be asked for, in a fixed order."""
    found = []
    for _, _, relation, variable in QUESTIONS:
        if variable == "A":
            subjects = [person.id for person in lexicon.people()]
        else:
            subjects = [subject for subject, other in town.facts if other == relation]
        for subject in subjects:
            told = bool(town.tellable(subject, relation))
            if told == (sort == "told"):
                found.append(Asked(subject, relation))
    return [one for one in found if one.held_out == (split == "held_out")]


def ask(about: Asked, lang: str, random: Random, split: Split = "train") -> str:
    """A question for `about`, worded by the grammar; about a stranger, with a stranger's name."""
    rule, _, _, variable = next(each for each in QUESTIONS if each[2] == about.relation)
    subject = about.subject
    if subject == STRANGER:
        people = lexicon.people()
        subject = people[int(random.random() * len(people))].id
    env = {**dict(bind_value(variable, subject)), "A.ref": "name"}
    told = grammar(lang).tell(rule, env, random, lambda *_: (), bind_value)
    if told is None:
        raise ValueError(f"nobody can ask for {about}")
    text = printed(told[0], lang)
    return _estranged(text, subject, lang, random, split) if about.subject == STRANGER else text


def _estranged(text: str, subject: str, lang: str, random: Random, split: Split) -> str:
    person = next(one for one in lexicon.people() if one.id == subject)
    group = "children" if person.child else "women" if person.gender == "f" else "men"
    names: list[str] = wording(lang)["strangers"][group]
    # The last third of the names is reserved for the exam.
    n_trained = len(names) * 2 // 3
    names = names[:n_trained] if split == "train" else names[n_trained:]
    return text.replace(person.name, names[int(random.random() * len(names))])


class Drawer:
    """Draws questions about one town; what can be asked for is listed once.

    Args:
        town: whose facts decide what is told.
        split: "train" or "held_out".
    """

    def __init__(self, town: Town, split: Split) -> None:
        self.split: Split = split
        sorts: tuple[Sort, ...] = ("told", "untold")
        self._things = {sort: things_to_ask(town, sort, split) for sort in sorts}

    def draw(self, lang: str, sort: Sort, random: Random) -> Question:
        """One question of a sort."""
        if sort == "business":
            return Question(self._off_subject(lang, random), lang, sort, None)
        things = self._things[sort]
        about = things[int(random.random() * len(things))]
        if sort == "untold" and random.random() < STRANGERS_SHARE:
            about = Asked(STRANGER, about.relation if about.relation in _OF_PEOPLE else "home")
        return Question(ask(about, lang, random, self.split), lang, sort, about)

    def _off_subject(self, lang: str, random: Random) -> str:
        """A question that is not about the town; those for the exam are all written out."""
        business = wording(lang)["business"]
        held_out = [text for text in business["questions"] if is_held_out(text)]
        if self.split == "held_out":
            return _one_of(held_out, random)
        if random.random() < PATTERNS_SHARE:
            pattern = _one_of(business["patterns"], random)
            words = {name: _one_of(some, random) for name, some in business["words"].items()}
            filled = pattern.format(**words)
            if filled not in held_out:
                return filled
        return _one_of([text for text in business["questions"] if text not in held_out], random)


def _one_of(texts: Sequence[str], random: Random) -> str:
    return texts[int(random.random() * len(texts))]


_OF_PEOPLE: Final = tuple(relation for _, _, relation, who in QUESTIONS if who == "A")


def draw_questions(
    town: Town,
    langs: Sequence[str],
    split: Split,
    n: int,
    seed: int,
    sorts: Sequence[Sort] = ("told", "untold", "business"),
    shares: Mapping[Sort, int] = SORT_SHARES,
) -> list[Question]:
    """Questions of the given sorts, without repeats as long as there are enough.

    Args:
        town: whose facts decide what is told.
        langs: languages, in turn.
        split: "train" or "held_out".
        n: how many.
        seed: draws them.
        sorts: which sorts.
        shares: how many of each, relative to the others.
    """
    random, drawer = Random(seed), Drawer(town, split)
    found: dict[str, Question] = {}
    for number in range(n):
        lang = langs[number % len(langs)]
        for attempt in range(_N_TRIES):
            mark = random.random() * sum(shares[sort] for sort in sorts)
            sort = sorts[-1]
            for one in sorts:
                mark -= shares[one]
                if mark < 0:
                    sort = one
                    break
            question = drawer.draw(lang, sort, random)
            if question.text not in found or attempt == _N_TRIES - 1:
                found.setdefault(question.text, question)
                break
    return list(found.values())
