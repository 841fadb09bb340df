"""Pairs of answers to choose between, drawn by the model ahead of the visitor.

The generation service writes them while somebody reads the pair before; nothing here waits for it
unless there is nothing to show. Which answer stands on which side is dealt by the seed.
"""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from core.alignment.preferring.drawn import by_difference
from core.alignment.text.chat import is_chat, question_tokens
from core.api.writing import prompt_tokens
from core.data.world import chat_prompt
from core.errors import Busy
from core.inference.sampling import SamplingSettings
from core.jobs.writer import Writing, Written
from core.lineage import canonical_json, content_id
from core.services import Services
from core.store import PERSON, Ballot, Choice
from pages.kit.models import Model

N_DRAWS: Final = 4  # answers per question; the two that differ most are shown
N_AHEAD: Final = 4  # pairs ready or under way
TEMPERATURE: Final = 1.0  # the learned distribution, varied enough to leave a choice
ANSWER_TOKENS: Final = 48
MOST_DULL: Final = 12  # questions in a row with a single distinct answer, before giving up
PATIENCE_S: Final = 10.0  # of waiting for a busy service
RETRY_S: Final = 0.2
SEED_STEP: Final = 1_000_003  # between the seeds of two visitors' page seeds


@dataclass(frozen=True)
class Pair:
    """Two different answers of one model to one question.

    Args:
        model_id: who drew them.
        question: what both answer.
        lang: its language.
        a, b: the answers; `a` stands on the left.
        seed_a, seed_b: what each was drawn with.
        again_of: the key of the ballot that judged these two before.
    """

    model_id: str
    question: str
    lang: str
    a: str
    b: str
    seed_a: int
    seed_b: int
    again_of: str | None = None

    @property
    def key(self) -> str:
        """Identifies two draws, whichever side they are on."""
        draws = sorted(((self.seed_a, self.a), (self.seed_b, self.b)))
        return content_id(canonical_json([self.model_id, self.question, draws, self.again_of]))

    def ballot(self, choice: Choice, judge: str = PERSON) -> Ballot:
        """The ballot to store for a choice; the ballots of rules have keys of their own."""
        key = self.key if judge == PERSON else content_id(f"{judge} {self.key}".encode())
        return Ballot(
            key=key,
            model_id=self.model_id,
            question=self.question,
            a=self.a,
            b=self.b,
            choice=choice,
            lang=self.lang,
            judge=judge,
            seed_a=self.seed_a,
            seed_b=self.seed_b,
            again_of=self.again_of,
        )


def pair_of(ballot: Ballot) -> Pair:
    """The pair behind a ballot, with its sides."""
    return Pair(
        ballot.model_id,
        ballot.question,
        ballot.lang,
        ballot.a,
        ballot.b,
        ballot.seed_a,
        ballot.seed_b,
        ballot.again_of,
    )


def once_more(ballots: Sequence[Ballot], n: int, seed: int) -> list[Pair]:
    """A sample of earlier pairs in a new order, with sides dealt again."""
    random = Random(seed)
    chosen = random.sample(list(ballots), min(n, len(ballots)))
    return [_dealt(pair_of(one), one.key, random.random() < 0.5) for one in chosen]


def _dealt(pair: Pair, again_of: str | None, swapped: bool) -> Pair:
    a, b = ((pair.a, pair.seed_a), (pair.b, pair.seed_b))
    if swapped:
        a, b = b, a
    return Pair(pair.model_id, pair.question, pair.lang, a[0], b[0], a[1], b[1], again_of)


@dataclass(frozen=True)
class Question:
    """A question, and the language it is asked in."""

    text: str
    lang: str


@dataclass
class _Asked:
    """Draws under way for one question."""

    question: Question
    seeds: list[int]
    writings: list[Writing]

    @property
    def over(self) -> bool:
        return all(writing.box.closed for writing in self.writings)


class Drawing:
    """A queue of pairs that the model draws ahead."""

    def __init__(
        self,
        services: Services,
        owner: str,
        model: Model,
        question_at: Callable[[int], Question | None],
        *,
        seed: int,
        start: int = 0,
        n_ahead: int = N_AHEAD,
        tells_apart: Callable[[Pair], bool] = lambda _: True,
    ) -> None:
        """
        Args:
            services: whose writer draws.
            owner: who asks.
            model: who answers.
            question_at: the question of a number; None: there are no more.
            seed: of draws and sides.
            start: the first number; a page opened again goes on where it was.
            n_ahead: pairs ready or under way.
            tells_apart: whether there is a reason to choose; pairs without one are kept back until
                nothing else is left.
        """
        self._tells_apart, self._spare = tells_apart, list[Pair]()
        self.ready: list[Pair] = []
        self.n_same = 0  # questions to which every draw was the same
        self._services, self._owner, self._model = services, owner, model
        self._question_at, self._seed = question_at, seed
        self._next, self.n_ahead = start, n_ahead
        self._asked: list[_Asked] = []

    def ask_now(self, question: Question) -> bool:
        """Queue the visitor's own question next; False if all draws were identical.

        Raises:
            Busy, WritingFailed: the service cannot write.
        """
        pair = self._pair(self._begin(question))
        if pair is not None:
            self.put_back(pair)
        return pair is not None

    def put_back(self, pair: Pair) -> None:
        """Put a pair at the front of the queue."""
        self.ready = [pair, *(one for one in self.ready if one.key != pair.key)]

    def waiting(self, judged: Collection[str], *, n_needed: int = 1) -> list[Pair]:
        """The next pairs; waits for the model only if there are fewer than needed.

        Args:
            judged: keys of pairs that are done with.
            n_needed: pairs without which nobody can go on.

        Raises:
            Busy, WritingFailed: the service cannot write.
        """
        n_dull = 0
        while True:
            self.ready = [pair for pair in self.ready if pair.key not in judged]
            self._ask_ahead()
            over = [one for one in self._asked if one.over]
            if len(self.ready) < n_needed and not over:
                over = self._asked[:1]
            if not over or n_dull >= MOST_DULL:
                if len(self.ready) < n_needed:
                    self.ready += [pair for pair in self._spare if pair.key not in judged]
                    self._spare.clear()
                return self.ready
            for one in over:
                self._asked.remove(one)
                pair = self._pair(one)
                if pair is None or pair.key in judged:
                    n_dull += 1
                elif self._tells_apart(pair):
                    self.ready.append(pair)
                else:
                    n_dull += 1
                    self._spare.append(pair)

    def cancel(self) -> None:
        """Cancel all pending draws."""
        for one in self._asked:
            for writing in one.writings:
                writing.cancel()
        self._asked = []

    def _ask_ahead(self) -> None:
        """Request the missing pairs; fewer, and at least one, while the service is busy."""
        deadline = time.monotonic() + PATIENCE_S
        while len(self.ready) + len(self._asked) < self.n_ahead:
            try:
                if not self._ask_next():
                    return
            except Busy:
                if self.ready or self._asked:
                    return
                if time.monotonic() > deadline:
                    raise
                time.sleep(RETRY_S)

    def _ask_next(self) -> bool:
        question = self._question_at(self._next)
        if question is None:
            return False
        self._asked.append(self._begin(question))
        return True

    def _begin(self, question: Question) -> _Asked:
        first = self._seed * SEED_STEP + self._next * N_DRAWS
        seeds = list(range(first, first + N_DRAWS))
        encoder = self._model.encoder
        tokens = opening(self._model, question)
        writings: list[Writing] = []
        try:
            for seed in seeds:
                settings = SamplingSettings(
                    temperature=TEMPERATURE, seed=seed, max_tokens=ANSWER_TOKENS
                )
                writing = self._services.write(
                    self._owner, self._model.id, tokens, settings, end_id=encoder.end_id
                )
                writings.append(writing)
        except Exception:
            for writing in writings:
                writing.cancel()
            raise
        self._next += 1
        return _Asked(question, seeds, writings)

    def _pair(self, asked: _Asked) -> Pair | None:
        """Of the pairs with a reason to choose, or else of all, the one that differs most; None if
        all answers are identical.
        """
        texts = [answer_text(self._model, list(writing)) for writing in asked.writings]
        question, seeds = asked.question, asked.seeds
        drawn = [
            Pair(
                self._model.id,
                question.text,
                question.lang,
                texts[one],
                texts[other],
                seeds[one],
                seeds[other],
            )
            for one, other in by_difference(texts)
        ]
        if not drawn:
            self.n_same += 1
            return None
        chosen = next((pair for pair in drawn if self._tells_apart(pair)), drawn[0])
        return _dealt(chosen, None, Random(f"{self._seed} {chosen.key}").random() < 0.5)


def opening(model: Model, question: Question) -> list[int]:
    """The prompt for a question: in chat form, or for a base model as part of a document."""
    if is_chat(model.kind):
        return question_tokens(model.encoder, question.text)
    return prompt_tokens(model.encoder, chat_prompt(question.text, question.lang))


def answer_text(model: Model, written: Sequence[Written]) -> str:
    """The answer without its end token; for a base model, only the first line."""
    encoder = model.encoder
    text = encoder.decode([one.token for one in written if one.token != encoder.end_id])
    return (text if is_chat(model.kind) else text.split("\n")[0]).strip()
