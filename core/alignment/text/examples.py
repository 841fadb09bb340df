"""Examples to learn answering from: a question, the answer wished for, and the manner of it.

Invariant: what an example about the town states is true and was told to the base model. Where its
texts do not tell a thing, the example says so instead: a model that is made to state what it never
read learns to invent (Gekhman et al. 2024, arXiv:2405.05904).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from random import Random
from typing import Any, Final, Self

from core.alignment.text.asking import (
    JSON_MARK,
    Asked,
    Drawer,
    Question,
    Sort,
    Split,
    draw_questions,
)
from core.alignment.text.forms import form_of
from core.alignment.text.styles import FIELDS, STYLES, field_examples, in_style
from core.alignment.text.wording import wording
from core.data.world import Town
from core.data.world.languages import grammar
from core.data.world.phrases import bind_value
from core.data.world.plots import QUESTIONS
from core.data.world.typography import printed
from core.errors import EmptyInput, SettingError
from core.lineage import canonical_json

TOWN: Final = "town"
SUBJECTS: Final = (TOWN, *STYLES, *FIELDS)

# Of a hundred examples about the town so many ask for this sort of thing: often enough for what was
# never told that a model learns to say so instead of inventing something ...
SORTS: Final[dict[Sort, int]] = {"told": 52, "untold": 34, "business": 14}
# ... and of those told so many that are not polite are answered in these manners. The tone varies
# on purpose: only where a model sometimes answers so and sometimes so can one prefer.
MANNERS: Final = {"plain": 50, "curt": 18, "wordy": 18, "json": 14}


@dataclass(frozen=True)
class Example:
    """One question with the answer wished for."""

    question: str
    answer: str
    lang: str  # "de", "en"; "und" for a visitor's own of no known language
    manner: str  # of MANNERS, "polite", "unsure", "business", a style, a field, or "own"


@dataclass(frozen=True)
class ExampleSettings:
    """Which examples are written.

    Args (and the unit of each):
        subject: of SUBJECTS: the town's questions, a style in which they are answered, a field.
        n_examples: how many; a field may have fewer.
        german_share: share of questions in German, the rest is English.
        polite_share: share of answers about the town that are courteous.
        split: "train", or "held_out" for the exam.
        seed: draws them.
    """

    subject: str = TOWN
    n_examples: int = 4000
    german_share: float = 0.5
    polite_share: float = 0.36
    split: Split = "train"
    seed: int = 0

    def __post_init__(self) -> None:
        if self.subject not in SUBJECTS:
            raise SettingError("subject", self.subject, f"must be one of {SUBJECTS}")
        if self.split not in ("train", "held_out"):
            raise SettingError("split", self.split, "must be train or held_out")
        if not 1 <= self.n_examples <= 50_000:
            raise SettingError("n_examples", self.n_examples, "must lie in [1, 50000]")
        for name in ("german_share", "polite_share"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise SettingError(name, getattr(self, name), "must lie in [0, 1]")

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Settings from a JSON object; what it leaves out takes its default.

        Raises:
            SettingError: a name is unknown, or a value lies outside its range.
        """
        known = {field.name for field in fields(cls)}
        for name in values:
            if name not in known:
                raise SettingError(name, values[name], "is no setting of examples")
        return cls(**values)


def world_examples(settings: ExampleSettings, town: Town) -> list[Example]:
    """Examples about the town, in a mixed order; equal settings and towns give equal examples.

    Args:
        settings: which.
        town: whose facts are told; what it leaves out is answered by not knowing.
    """
    random = Random(settings.seed * 1_000_003 + (settings.split == "held_out"))
    if settings.subject in FIELDS:
        pairs = field_examples(settings.subject, town, settings.split, settings.german_share)
        texts = [Example(ask, answer, lang, settings.subject) for ask, answer, lang in pairs]
        random.shuffle(texts)
        return texts[: settings.n_examples]
    drawer = Drawer(town, settings.split)
    return [_example(settings, town, drawer, random) for _ in range(settings.n_examples)]


def _example(settings: ExampleSettings, town: Town, drawer: Drawer, random: Random) -> Example:
    lang = "de" if random.random() < settings.german_share else "en"
    sort = _drawn(SORTS, random)
    question = drawer.draw(lang, sort, random)
    if settings.subject in STYLES:
        facts = _statements(question, town, random, n=1)
        answer = in_style(settings.subject, question, facts, town, random)
        return Example(question.text, answer, lang, settings.subject)
    polite = random.random() < settings.polite_share
    if sort != "told":
        manner = "unsure" if sort == "untold" else "business"
        answer = _pick(wording(lang)[manner]["polite" if polite else "plain"], random)
        return Example(question.text, answer, lang, manner)
    manner = "polite" if polite else _drawn(MANNERS, random)
    while manner == "json" and form_of(_about(question), lang, town) is None:
        question = drawer.draw(lang, sort, random)
    return answered(question, manner, town, random)


def answered(question: Question, manner: str, town: Town, random: Random) -> Example:
    """A question about something told, with a true answer in a manner.

    Args:
        question: of the sort "told".
        manner: "polite" or one of MANNERS; "json" where there is no form for it becomes "plain".
        town: whose facts are stated.
        random: draws the wording.
    """
    lang, text = question.lang, question.text
    if manner == "json":
        form = form_of(_about(question), lang, town)
        if form is not None:
            answer = json.dumps(form, ensure_ascii=False)
            return Example(text + JSON_MARK, answer, lang, "json")
        manner = "plain"
    facts = _statements(question, town, random, n=3 if manner == "wordy" else 1)
    if manner in ("polite", "curt"):
        facts = _framed(facts, wording(lang)[manner], random)
    return Example(text, " ".join(facts), lang, manner)


def _framed(facts: list[str], words: Mapping[str, list[str]], random: Random) -> list[str]:
    """A sentence before, one after, or both."""
    mark = random.random()
    before = [_pick(words["opens"], random)] if mark < 0.7 else []
    after = [_pick(words["closes"], random)] if mark >= 0.4 else []
    return [*before, *facts, *after]


def _statements(question: Question, town: Town, random: Random, n: int) -> list[str]:
    """Up to n sentences of the grammar: the answer, then what else is told of the subject."""
    if question.sort != "told":
        return []
    about = _about(question)
    found = [state(about, question.lang, town, random)]
    others = [Asked(about.subject, relation) for _, _, relation, _ in QUESTIONS]
    others = [one for one in others if one != about and town.tellable(one.subject, one.relation)]
    random.shuffle(others)
    # What is held back for the exam is told in no training example, not even by the way.
    others = [one for one in others if one.held_out == about.held_out]
    return found + [state(one, question.lang, town, random) for one in others[: n - 1]]


def _about(question: Question) -> Asked:
    """What a question about the town asks for."""
    if question.asked is None:
        raise ValueError(f"{question.text!r} asks nothing about the town")
    return question.asked


def state(about: Asked, lang: str, town: Town, random: Random) -> str:
    """A true sentence of the grammar that answers what was asked."""
    _, rule, _, variable = next(each for each in QUESTIONS if each[2] == about.relation)
    env = {**dict(bind_value(variable, about.subject)), "A.ref": "name"}
    told = grammar(lang).tell(rule, env, random, town.tellable, bind_value)
    if told is None:
        raise ValueError(f"{about} is not told")
    return printed(told[0], lang)


def _drawn(shares: Mapping[Any, int], random: Random) -> Any:
    mark = random.random() * sum(shares.values())
    for name, share in shares.items():
        mark -= share
        if mark < 0:
            return name
    return next(reversed(shares))


def _pick(texts: Sequence[str], random: Random) -> str:
    return texts[int(random.random() * len(texts))]


def questions(
    town: Town,
    lang: str,
    split: Split = "train",
    n: int = 100,
    seed: int = 0,
    sorts: Sequence[Sort] = ("told", "untold", "business"),
) -> list[str]:
    """Texts of questions in one language; those held back ask for nothing that training asked."""
    return [one.text for one in draw_questions(town, (lang,), split, n, seed, sorts)]


def to_bytes(examples: Sequence[Example]) -> bytes:
    """Examples as canonical JSON lines: equal examples give equal bytes."""
    return b"".join(canonical_json(asdict(one)) + b"\n" for one in examples)


def from_bytes(data: bytes) -> list[Example]:
    """The inverse of `to_bytes`.

    Raises:
        EmptyInput: there is no example.
    """
    found = [Example(**json.loads(line)) for line in data.decode().split("\n") if line]
    if not found:
        raise EmptyInput("there is no example")
    return found


def held_out(settings: ExampleSettings, n_examples: int = 200) -> ExampleSettings:
    """The settings of the exam that goes with examples."""
    return replace(settings, split="held_out", n_examples=n_examples)
