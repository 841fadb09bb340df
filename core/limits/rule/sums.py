"""Sums as texts: what a model is told, how steps are written down, and the kinds of questions.

A token is one character. All questions use characters that stand in the texts; what differs from
the texts is the arrangement alone, so that no question fails on an unknown sign.
"""

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from random import Random
from typing import Final, Literal, Self

Lane = Literal["steps", "answer", "varied"]
LANES: Final[tuple[Lane, ...]] = ("steps", "answer", "varied")
"""What the texts of a model hold after each question: the steps and the answer, the answer alone,
or steps and answer for questions of many kinds."""
Kind = Literal["seen", "new", "names", "spaces", "sentence", "three", "shorter", "longer"]
KINDS: Final[tuple[Kind, ...]] = (
    "seen",
    "new",
    "names",
    "spaces",
    "sentence",
    "three",
    "shorter",
    "longer",
)
"""From what stands in the texts to what stands nowhere in them."""

END: Final = "\n"
ALPHABET: Final = END + "0123456789+=:,. abcdefghijklmnopqrstuvwxyz"
TOKEN_OF: Final = {character: token for token, character in enumerate(ALPHABET)}
ANSWER_MARK: Final = ":"  # between the steps and the answer
MOST_CHARACTERS: Final = 40  # of a question
MOST_WRITTEN: Final = 60  # of what follows it

N_NAMES: Final = 30  # in the texts, and as many more in no text
ONSETS: Final = "bdfgklmnprstvz"
VOWELS: Final = "aeiou"
CLOSINGS: Final = ("", "l", "n", "r", "s", "t", "ka", "mo")
REMARKS: Final = ("it rains.", "cats sleep.", "we wait.", "the bus left.", "mia sings.", "no news.")
"""Sentences that stand before a sum in the texts of the lane "varied", and in no other."""
OTHER_REMARKS: Final = ("it is late.", "the door is open.", "dogs bark.", "we had tea.")
"""Sentences before a sum that no text holds; the kind "sentence" asks with them."""


@dataclass(frozen=True)
class Unread:
    """Why a typed question cannot be asked.

    Args:
        problem: what is wrong with it.
        characters: those that no text holds.
    """

    problem: Literal["empty", "long", "characters", "numbers"]
    characters: str = ""


@dataclass(frozen=True)
class Question:
    """A sum, written out.

    Args:
        text: up to where the answer begins.
        numbers: to be added.
    """

    text: str
    numbers: tuple[int, ...]

    @property
    def truth(self) -> int:
        """The right answer."""
        return sum(self.numbers)


def tokens_of(text: str) -> list[int]:
    """One token a character; all of them must be in ALPHABET."""
    return [TOKEN_OF[character] for character in text]


def written_out(tokens: Sequence[int]) -> str:
    """The characters of some tokens, up to the end mark."""
    return "".join(ALPHABET[token] for token in tokens).partition(END)[0]


def steps_of(numbers: Sequence[int]) -> list[int]:
    """Adding as it is taught in school: the sum of each column with its carry, ones first.

    457 + 368: 7+8 = 15, then 5+6+1 = 12, then 4+3+1 = 8, so [15, 12, 8].

    Args:
        numbers: at least one, none negative.
    """
    columns, carry = [], 0
    for place in range(max(len(str(number)) for number in numbers)):
        carry += sum(number // 10**place % 10 for number in numbers)
        columns.append(carry)
        carry //= 10
    return columns


def answered(numbers: Sequence[int], lane: Lane) -> str:
    """What the texts of a lane write after a question: 15,12,8:825, or 825 alone."""
    answer = str(sum(numbers))
    if lane == "answer":
        return answer
    return ",".join(map(str, steps_of(numbers))) + ANSWER_MARK + answer


def answer_in(written: str) -> int | None:
    """The answer that a model's text gives: what follows the steps; None if it is no number."""
    last = written.rpartition(ANSWER_MARK)[2].strip(" ")
    return int(last) if re.fullmatch(r"[0-9]{1,12}", last) else None


def formula(numbers: Sequence[int]) -> str:
    """457+368="""
    return "+".join(map(str, numbers)) + "="


def spaced(numbers: Sequence[int]) -> str:
    """The same with spaces."""
    return " + ".join(map(str, numbers)) + " ="


def story(numbers: Sequence[int], names: Sequence[str]) -> str:
    """Who has how many: the names are new or known, the numbers are to be added."""
    pairs = zip(names, numbers, strict=True)
    return ", ".join(f"{name} {number}" for name, number in pairs) + ":"


def question_of(text: str) -> Question | Unread:
    """A question that a visitor typed.

    Where something is added with “+”, that counts, the last such sum if there are several; else
    all numbers are to be added.

    Args:
        text: any; capitals are read as small letters, as the texts have none. An equals sign is
            put behind it where it ends with neither that nor a colon.

    Returns:
        The question; or why it cannot be asked: it is empty, too long, holds a character that no
        text holds, or fewer than two numbers.
    """
    text = text.strip().lower()
    if not text:
        return Unread("empty")
    text = text if text.endswith(("=", ":")) else text + "="
    if len(text) > MOST_CHARACTERS:
        return Unread("long")
    unknown = [character for character in text if character not in TOKEN_OF or character == END]
    if unknown:
        return Unread("characters", "".join(dict.fromkeys(unknown)))
    added = re.findall(r"[0-9]+(?: *\+ *[0-9]+)+", text)
    numbers = re.findall(r"[0-9]+", added[-1] if added else text)
    if len(numbers) < 2:
        return Unread("numbers")
    return Question(text, tuple(map(int, numbers)))


@dataclass(frozen=True)
class Exercises:
    """What the models of one seed are told and asked.

    Args:
        told: the sums in the texts, as formula or story.
        varied: as many sums, of several lengths and in several forms, for the lane "varied".
        asked: the questions of each kind; those of "seen" are told, all others in no text.
    """

    told: tuple[Question, ...]
    varied: tuple[Question, ...]
    asked: dict[Kind, tuple[Question, ...]]

    @classmethod
    def drawn(cls, n_sums: int, n_digits: int, n_asked: int, seed: int) -> Self:
        """Equal seeds, equal exercises.

        Args:
            n_sums: in the texts, all different.
            n_digits: of each number.
            n_asked: questions of each kind.
        """
        random = Random(seed)
        names = _names(random)
        known, unknown = names[:N_NAMES], names[N_NAMES:]
        pairs: set[tuple[int, ...]] = set()
        while len(pairs) < n_sums + n_asked:
            pairs.add(_numbers(random, n_digits))
        every = sorted(pairs)
        random.shuffle(every)
        told = tuple(_formula_or_story(pair, known, random) for pair in every[n_asked:])
        asked = _asked(told, every[:n_asked], n_digits, known, unknown, random)
        avoided = {question.numbers for questions in asked.values() for question in questions}
        pairs_varied = _any_length(random, n_sums, n_digits, avoided)
        varied = tuple(_any_form(pair, known, random) for pair in pairs_varied)
        return cls(told, varied, asked)

    def texts(self, lane: Lane) -> list[tuple[str, str]]:
        """All that a lane's model reads: question and what follows it."""
        questions = self.varied if lane == "varied" else self.told
        return [(each.text, answered(each.numbers, lane)) for each in questions]


def _asked(
    told: Sequence[Question],
    new: Sequence[tuple[int, ...]],
    n_digits: int,
    known: Sequence[str],
    unknown: Sequence[str],
    random: Random,
) -> dict[Kind, tuple[Question, ...]]:
    def each(write: Callable[[tuple[int, ...]], Question]) -> tuple[Question, ...]:
        """The same new sums in another form."""
        return tuple(write(pair) for pair in new)

    def longer(pair: tuple[int, ...], by: int) -> tuple[int, ...]:
        return _numbers(random, n_digits + by, len(pair))

    def three(pair: tuple[int, ...]) -> tuple[int, ...]:
        return (*pair, *_numbers(random, n_digits, 1))

    def plain(numbers: tuple[int, ...]) -> Question:
        return Question(formula(numbers), numbers)

    return {
        "seen": tuple(told[: len(new)]),
        "new": each(lambda pair: _formula_or_story(pair, known, random)),
        "names": each(lambda pair: Question(story(pair, random.sample(unknown, 2)), pair)),
        "spaces": each(lambda pair: Question(spaced(pair), pair)),
        "sentence": each(
            lambda pair: Question(f"{random.choice(OTHER_REMARKS)} {formula(pair)}", pair)
        ),
        "three": each(lambda pair: plain(three(pair))),
        "shorter": each(lambda pair: plain(longer(pair, -1))),
        "longer": each(lambda pair: plain(longer(pair, 1))),
    }


def _numbers(random: Random, n_digits: int, n: int = 2) -> tuple[int, ...]:
    low = 10 ** (n_digits - 1) if n_digits > 1 else 0
    return tuple(random.randrange(low, 10**n_digits) for _ in range(n))


def _formula_or_story(pair: tuple[int, ...], names: Sequence[str], random: Random) -> Question:
    if random.random() < 0.5:
        return Question(formula(pair), pair)
    return Question(story(pair, random.sample(names, len(pair))), pair)


def _any_length(
    random: Random, n: int, n_digits: int, avoided: Set[tuple[int, ...]]
) -> list[tuple[int, ...]]:
    """So many sums of any length up to n_digits, none of those asked."""
    found: list[tuple[int, ...]] = []
    while len(found) < n:
        pair = _numbers(random, random.randint(1, n_digits))
        if pair not in avoided:
            found.append(pair)
    return found


def _any_form(pair: tuple[int, ...], names: Sequence[str], random: Random) -> Question:
    form = random.choice(("formula", "story", "spaces", "sentence"))
    if form == "spaces":
        return Question(spaced(pair), pair)
    if form == "sentence":
        return Question(f"{random.choice(REMARKS)} {formula(pair)}", pair)
    if form == "story":
        return Question(story(pair, random.sample(names, len(pair))), pair)
    return Question(formula(pair), pair)


def _names(random: Random) -> list[str]:
    """Invented names, all different; the first half of them stands in the texts."""
    names: dict[str, None] = {}
    while len(names) < 2 * N_NAMES:
        names[random.choice(ONSETS) + random.choice(VOWELS) + random.choice(CLOSINGS)] = None
    return list(names)
