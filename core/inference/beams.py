"""Beam search: several texts are written side by side, and those with the best totals go on.

One cache holds all beams; after every step its rows are arranged anew. The tree that grows keeps
every candidate that was looked at, also those that went no further.

The rules for lengths and for the end are those of the `transformers` library, so that its figures
can be compared: a test holds sequences and scores against it. Nothing is drawn, so there is no
seed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import torch
from torch import Tensor

from core.architecture.transformer import Transformer
from core.errors import EmptyInput, SettingError, WritingFailed
from core.inference.cache import Cache, OneRow
from core.inference.decoder import Decoder

EarlyStopping = Literal["full", "likely", "never"]
"""when the search may end before `max_tokens`; `full`, `likely` and `never` are the library's True,
False and "never":
- full: as soon as there are n_beams finished texts;
- likely: when the best beam, scored at its present length, is no better than the worst of them;
- never: when it could not become better at any length that is still possible"""

State = Literal["alive", "dropped", "finished"]


@dataclass(frozen=True, kw_only=True)
class BeamSettings:
    """How wide the search is, and which texts it prefers.

    Raises:
        SettingError: a value lies outside its range.
    """

    n_beams: int = 4
    """texts that are continued at each step, 1 or more; 1 is greedy"""
    max_tokens: int = 20
    """the most tokens to write"""
    length_penalty: float = 1.0
    """a finished text's score is its log-probability / its tokens ** this: 0 prefers short texts,
    1 is the mean per token, more prefers long ones"""
    early_stopping: EarlyStopping = "likely"
    """when the search may end early"""

    def __post_init__(self) -> None:
        if self.n_beams < 1:
            raise SettingError("n_beams", self.n_beams, "must be at least 1")
        if self.max_tokens < 1:
            raise SettingError("max_tokens", self.max_tokens, "must be at least 1")
        if not -10.0 <= self.length_penalty <= 10.0:
            raise SettingError("length_penalty", self.length_penalty, "must lie in [-10, 10]")
        if self.early_stopping not in get_args(EarlyStopping):
            choices = get_args(EarlyStopping)
            raise SettingError("early_stopping", self.early_stopping, f"must be one of {choices}")


@dataclass(frozen=True, slots=True)
class Node:
    """One token in the tree: a candidate that was among the best of its step."""

    number: int
    """its place in the tree's list of nodes"""
    parent: int | None
    """the node of the token before it; None for a first token"""
    token: int
    """its id in the vocabulary"""
    logprob: float
    """of this token after those before it, in nats"""
    total: float
    """of all tokens up to here, in nats"""
    depth: int
    """tokens up to here, 1 for a first token"""
    state: State
    """alive: a beam that is still written goes through it; finished: only finished texts do;
    dropped: none of them does any more"""


@dataclass(frozen=True, slots=True)
class Finished:
    """One of the best finished texts so far."""

    node: int
    """its last token's node"""
    tokens: tuple[int, ...]
    """all its tokens, the end token included if it has one"""
    logprob: float
    """of all of them, in nats"""
    score: float
    """by which it is ranked: logprob / len(tokens) ** length_penalty"""


@dataclass(frozen=True, slots=True)
class Beams:
    """The tree after one step."""

    nodes: tuple[Node, ...]
    """all nodes so far; a node's children come after it"""
    alive: tuple[int, ...]
    """the last nodes of the beams that go on, the likeliest first; empty after the last step"""
    finished: tuple[Finished, ...]
    """at most n_beams texts, the best first"""
    done: bool
    """whether this was the last step"""


def search(
    model: Transformer, tokens: Sequence[int], settings: BeamSettings, end_id: int | None = None
) -> Iterator[Beams]:
    """Continue a text by the likeliest continuations that a search of this width finds.

    Args:
        model: writes; it is not changed.
        tokens: the text so far, at least one token.
        settings: how wide, how long, and what to prefer.
        end_id: the token with which a text is finished; without it all end at `max_tokens`.

    Yields:
        The growing tree, once a step; the last one holds the result in `finished`.

    Raises:
        EmptyInput: there is no token to continue.
        SettingError: the text and `max_tokens` do not fit into the context together.
        WritingFailed: the model's scores are not numbers.

    Source: Graves 2012, "Sequence Transduction with Recurrent Neural Networks", arXiv:1211.3711,
        section 2.5; the length penalty as in Wu et al. 2016, arXiv:1609.08144, section 7, but
        with length ** alpha alone. (A finished beam does not make the search narrower: twice as
        many candidates are looked at, so that n_beams unfinished ones are always left.)
    """
    if not tokens:
        raise EmptyInput("there is no token to continue")
    n_room = model.config.n_context - len(tokens) + 1  # the last token need not be read
    if settings.max_tokens > n_room:
        rule = f"must be at most {n_room}: the context holds {model.config.n_context} tokens"
        raise SettingError("max_tokens", settings.max_tokens, rule)
    tree = _Tree(settings, end_id)
    reader = _Reader(model, tokens, settings.n_beams)
    while True:
        parents = tree.grow(reader.logprobs)
        yield tree.seen()
        if tree.done:
            return
        reader.read(parents, [tree.nodes[node].token for node in tree.alive])


class _Reader:
    """A model that has read all beams; row i of its cache is beam i."""

    def __init__(self, model: Transformer, tokens: Sequence[int], n_beams: int) -> None:
        self._decoder = Decoder(model)
        self._cache = Cache(model.config, n_beams, model.dtype)
        with torch.inference_mode():
            read = torch.tensor([list(tokens)])  # (1, T)
            logits: Tensor = model(read, OneRow(self._cache, 0), only_last=True)
        self.logprobs = logits[0].log_softmax(dim=-1)
        """(B, V) nats: of every token after each beam; B is 1 before the first step"""

    def read(self, parents: Sequence[int], tokens: list[int]) -> None:
        """Continue beam `parents[i]` by `tokens[i]`, and make it beam i; a beam may fork."""
        self._cache.arrange(parents)
        self.logprobs = self._decoder.read(tokens, self._cache).log_softmax(dim=-1)


class _Tree:
    """The nodes, and which of them go on."""

    def __init__(self, settings: BeamSettings, end_id: int | None) -> None:
        self._settings = settings
        self._end_id = end_id
        self.nodes: list[Node] = []
        self.alive: list[int] = []
        self.finished: list[Finished] = []
        self.done = False
        self._depth = 0

    def grow(self, logprobs: Tensor) -> list[int]:
        """Add one token to every beam.

        Args:
            logprobs: (B, V) nats: of every token after each beam.

        Returns:
            For each beam that goes on, the number of the beam it continues.
        """
        if bool(logprobs.isnan().any()):
            raise WritingFailed("the probabilities are not numbers", reason="probabilities")
        self._depth += 1
        before = [self.nodes[node].total for node in self.alive] or [0.0]
        totals = logprobs + torch.tensor(before, dtype=logprobs.dtype)[:, None]  # (B, V)
        n_looked_at = min(2 * self._settings.n_beams, totals.numel())
        # Among equals the better beam and the lower id come first.
        best = totals.flatten().argsort(descending=True, stable=True)[:n_looked_at].tolist()
        alive, parents = list[int](), list[int]()
        for rank, place in enumerate(best):
            beam, token = divmod(place, totals.shape[1])
            node = self._add(beam, token, float(logprobs[beam, token]), float(totals[beam, token]))
            if token == self._end_id or self._depth == self._settings.max_tokens:
                if rank < self._settings.n_beams:
                    self._finish(node)
            elif len(alive) < self._settings.n_beams:
                alive.append(node.number)
                parents.append(beam)
        self.finished = self._best_finished()
        self.alive = alive
        self.done = not alive or self._is_settled()
        if self.done:
            self.alive = []
        return parents

    def seen(self) -> Beams:
        """The tree as it stands, with the state of every node."""
        states: dict[int, State] = {}
        for each in self.finished:
            states |= dict.fromkeys(self._way_to(each.node), "finished")
        for node in self.alive:
            states |= dict.fromkeys(self._way_to(node), "alive")
        nodes = (replace(each, state=states.get(each.number, "dropped")) for each in self.nodes)
        return Beams(tuple(nodes), tuple(self.alive), tuple(self.finished), self.done)

    def _add(self, beam: int, token: int, logprob: float, total: float) -> Node:
        parent = self.alive[beam] if self.alive else None
        number = len(self.nodes)
        self.nodes.append(Node(number, parent, token, logprob, total, self._depth, "dropped"))
        return self.nodes[-1]

    def _finish(self, node: Node) -> None:
        text = tuple(self.nodes[number].token for number in reversed(self._way_to(node.number)))
        score = self._score(node.total, node.depth)
        self.finished.append(Finished(node.number, text, node.total, score))

    def _score(self, logprob: float, length: int) -> float:
        return float(logprob / length**self._settings.length_penalty)

    def _best_finished(self) -> list[Finished]:
        ranked = sorted(self.finished, key=lambda each: -each.score)  # stable: the earlier first
        return ranked[: self._settings.n_beams]

    def _way_to(self, node: int | None) -> list[int]:
        """A node, the one before it, and so on to a first one."""
        way = list[int]()
        while node is not None:
            way.append(node)
            node = self.nodes[node].parent
        return way

    def _is_settled(self) -> bool:
        """Whether nothing that is still alive is expected to become one of the best."""
        if len(self.finished) < self._settings.n_beams:
            return False
        if self._settings.early_stopping == "full":
            return True
        length = self._depth
        if self._settings.early_stopping == "never" and self._settings.length_penalty > 0.0:
            length = self._settings.max_tokens
        return self._score(self.nodes[self.alive[0]].total, length) <= self.finished[-1].score
