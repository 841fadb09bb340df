"""The exam: the same questions from memory, with the right notice given, found, missing and false.

What is asked was practised in no lesson, in years that no lesson told. So a right answer from
memory is luck, and a right answer from the notices was read.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from core.alignment.text.asking import Asked
from core.alignment.text.chat import answers
from core.architecture.transformer import Transformer
from core.data.text.bpe import Encoder
from core.data.world import Town, WorldSettings, draw_town
from core.intervals import share_interval
from core.limits.facts import Fact, Question, judged
from core.limits.grounding.board import N_FOUND, Board, board
from core.limits.grounding.citing import cited, is_supported, source_of, with_passages

FIRST_YEAR: Final = 20_000  # seed of the first year that is asked about
OTHERWISE: Final = 10_000  # further on lies the year that false notices come from
N_TOKENS: Final = 40  # greatest length of an answer

Way = Literal["alone", "given", "found", "missing", "false"]
WAYS: Final[tuple[Way, ...]] = ("alone", "given", "found", "missing", "false")
"""What stands before the question: nothing; what is found, with the right notice in any case; what
is found; that without the right notice; with a false notice in its place."""
Group = Literal["changed", "new"]
GROUPS: Final[tuple[Group, ...]] = ("changed", "new")
"""What is asked for stood otherwise in the texts that the model has read; or stood in none."""
Said = Literal["right", "wrong", "unsure", "beside"]


@dataclass(frozen=True)
class Case:
    """A question with what is put before it.

    Args:
        question: with what the notices say, which is false in the way "false".
        passages: put before it, in order.
        place: of the passage that has the answer, counted from 0; None: none has it.
    """

    question: Question
    passages: tuple[str, ...]
    place: int | None


@dataclass(frozen=True)
class Reply:
    """What a model made of a case.

    Args:
        text: the answer, without its citation.
        said: right: as the notice says; wrong: something else that would answer the question.
        past: whether it is what the texts of training say.
        number: of the passage cited; None if none is.
        supported: whether there is such a passage and it says so.
        source: the number of the passage that says so in truth; None if none does.
    """

    text: str
    said: Said
    past: bool
    number: int | None
    supported: bool
    source: int | None


def group_of(fact: Fact, before: Town) -> Group:
    """Whether a fact was told to the model, with whatever value."""
    return "changed" if before.tellable(*fact) else "new"


def asked_for(year: Board) -> list[Fact]:
    """What the exam asks for: what this year's notices tell and no lesson asked for."""
    return [fact for fact in year.facts if Asked(*fact).held_out]


def case(year: Board, fact: Fact, way: Way, n: int = N_FOUND, question: str = "") -> Case | None:
    """A question with what is put before it.

    Args:
        year: whose notices are searched.
        fact: what is asked for.
        way: see `WAYS`.
        n: notices that are found.
        question: in a wording of its own; empty: the plainest.

    Returns:
        None where there is no false notice to be had.
    """
    plain = year.question(fact)
    asked = Question(fact, question or plain.text, plain.n_told, plain.truth)
    notice = year.notices[fact]
    places = [hit.place for hit in year.found(asked.text, n + 1)]
    texts = [year.notices[year.facts[place]] for place in places]
    if way == "alone":
        return Case(asked, (), None)
    if way == "missing":
        return Case(asked, tuple(text for text in texts if text != notice)[:n], None)
    texts = texts[:n]
    if way != "found" and notice not in texts:
        texts = [*texts[: n - 1], notice]
    place = texts.index(notice) if notice in texts else None
    if way == "false" and place is not None:
        other = board(year.seed + OTHERWISE, year.lang)
        if fact not in other.notices or other.town.values(*fact) == year.town.values(*fact):
            return None
        texts[place] = other.notices[fact]
        asked = other.question(fact)
    return Case(asked, tuple(texts), place)


def replied(case: Case, answer: str, said_by: Board, before: Town) -> Reply:
    """Hold an answer against what the notices say.

    Args:
        case: what was asked.
        answer: as the model wrote it.
        said_by: the year whose notice has the answer: another one where it is false.
        before: the town as the texts of training tell it.
    """
    text, number = cited(answer)
    lang = said_by.lang
    found = judged(case.question, [text], said_by.town, lang, ends=True)
    past = judged(case.question, [text], before, lang, ends=True).n_true > 0
    said: Said = "unsure" if found.n_unsure else "beside"
    if found.n_claims:
        said = "right" if found.n_true else "wrong"
    named = case.passages[number - 1 : number] if number else ()
    supported = bool(named) and is_supported(text, named[0], lang)
    return Reply(text, said, past, number, supported, source_of(text, case.passages, lang))


@dataclass(frozen=True)
class Tally:
    """What became of some questions asked in one way.

    Args:
        n: questions.
        n_found: of them with the right notice among those put before the model.
        said: answers by what they come to.
        n_past: answers that say what the texts of training say.
        n_cited: answers with a number.
        n_supported: answers whose number leads to a passage that says so.
        n_sourced: answers that some passage says.
    """

    n: int
    n_found: int
    said: Mapping[str, int]
    n_past: int
    n_cited: int
    n_supported: int
    n_sourced: int

    @property
    def n_right(self) -> int:
        """Answers that say what the notice says."""
        return self.said.get("right", 0)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share of them, by Wilson."""
        return share_interval(self.n_right, self.n)


def tallied(pairs: Iterable[tuple[Case, Reply]]) -> Tally:
    """Count what became of some cases."""
    some = list(pairs)
    return Tally(
        n=len(some),
        n_found=sum(one.place is not None for one, _ in some),
        said={
            said: sum(reply.said == said for _, reply in some)
            for said in ("right", "wrong", "unsure", "beside")
        },
        n_past=sum(reply.past for _, reply in some),
        n_cited=sum(reply.number is not None for _, reply in some),
        n_supported=sum(reply.supported for _, reply in some),
        n_sourced=sum(reply.source is not None for _, reply in some),
    )


def pooled(some: Sequence[Tally]) -> Tally:
    """Several counts together."""
    return Tally(
        n=sum(one.n for one in some),
        n_found=sum(one.n_found for one in some),
        said={
            said: sum(one.said[said] for one in some)
            for said in ("right", "wrong", "unsure", "beside")
        },
        n_past=sum(one.n_past for one in some),
        n_cited=sum(one.n_cited for one in some),
        n_supported=sum(one.n_supported for one in some),
        n_sourced=sum(one.n_sourced for one in some),
    )


Asking = Callable[[Sequence[str]], Sequence[str]]
"""Draws one answer to each of some prompts."""


def greedy(model: Transformer, encoder: Encoder) -> Asking:
    """The likeliest token at every place: one answer to each prompt."""
    return lambda prompts: [
        each[0] for each in answers(model, encoder, prompts, temperature=0.0, max_tokens=N_TOKENS)
    ]


def examined(
    ask: Asking, year: Board, way: Way, before: WorldSettings, n: int = N_FOUND
) -> list[tuple[Case, Reply]]:
    """Ask everything that the exam asks for in one way.

    Args:
        ask: how the model is asked.
        year: whose notices are searched.
        way: see `WAYS`.
        before: the world that the texts of training tell.
        n: notices that are found.
    """
    known = draw_town(before)
    cases = [one for fact in asked_for(year) if (one := case(year, fact, way, n))]
    said_by = board(year.seed + OTHERWISE, year.lang) if way == "false" else year
    texts = ask([with_passages(one.passages, one.question.text) for one in cases])
    return [
        (one, replied(one, text, said_by if one.place is not None else year, known))
        for one, text in zip(cases, texts, strict=True)
    ]


def by_way(rows: Iterable[Mapping[str, Any]]) -> dict[Way, Tally]:
    """Counts by way, of everything that `rows` tells of it."""
    some = list(rows)
    return {
        way: pooled([Tally(**row["tally"]) for row in some if row["way"] == way])
        for way in WAYS
        if any(row["way"] == way for row in some)
    }
