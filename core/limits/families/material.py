"""What all families read and are asked: one part of a corpus, held-out texts, and questions.

Texts are held out as in step 1, so no family, nor the example model, has read them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Final, Self

from core.alignment.text.asking import Asked, ask
from core.data.dataset import Dataset, build_dataset
from core.data.splitting import Split, split_by_document
from core.data.text.bpe import Encoder
from core.data.text.documents import Corpus, Document
from core.data.world import Copies, Town, WorldSettings, town
from core.limits import facts
from core.limits.families.ngrams import NGrams

VALIDATION_SHARE: Final = 0.05  # of the texts, as in step 1
N_HELD_OUT: Final = 100  # texts on which surprise is measured
N_QUESTIONS: Final = 40  # of each sort
N_WORDINGS_TRIED: Final = 20
SEED: Final = 1  # of the questions
SORTS: Final = ("plain", "reworded", "untold")
"""What the texts tell, asked in the plainest words and in others; what no text tells."""


@dataclass(frozen=True)
class Material:
    """A corpus as all families read it.

    Args:
        encoder: the tokens of all of them.
        lang: of its texts; empty: texts of any language.
        train: the texts that are read.
        validation: held-out texts.
        world: the small world that told them; None for any other text.
    """

    encoder: Encoder
    lang: str
    train: tuple[Document, ...]
    validation: tuple[Document, ...]
    world: WorldSettings | None

    @classmethod
    def of(
        cls,
        corpus: Corpus,
        encoder: Encoder,
        lang: str,
        n_documents: int,
        world: WorldSettings | None,
    ) -> Self:
        """The first texts of a corpus in one language, or of all where it has none in it."""
        own = [document for document in corpus if document.lang == lang]
        split = split_by_document(own or list(corpus), VALIDATION_SHARE)
        return cls(
            encoder=encoder,
            lang=lang if own else "",
            train=split.train[:n_documents],
            validation=split.validation[:N_HELD_OUT],
            world=world if own else None,
        )

    @cached_property
    def dataset(self) -> Dataset:
        """As the networks read it."""
        return build_dataset(Split(self.train, self.validation), self.encoder)

    @cached_property
    def town(self) -> Town | None:
        """Whose facts decide; None where nobody knows what is true."""
        return town(self.world) if self.world else None

    @cached_property
    def copies(self) -> Copies:
        """Finds what was copied from what was read."""
        return Copies(document.text for document in self.train)

    def counted(self) -> NGrams:
        """The table of n-grams of what was read."""
        texts = [self.encoder.encode(document.text) for document in self.train]
        return NGrams(texts, self.encoder.n_vocab, self.encoder.end_id)

    def held_out(self, n_context: int) -> list[list[int]]:
        """Tokens of each held-out text between two end tokens, as many as fit into a window."""
        end = self.encoder.end_id
        rows = [[end, *self.encoder.encode(one.text), end] for one in self.validation]
        return [row[: n_context + 1] for row in rows]

    def n_bytes(self, tokens: Sequence[int]) -> int:
        """Bytes of text that some tokens stand for; an end token stands for none."""
        return sum(
            len(self.encoder.token_bytes(token)) for token in tokens if token != self.encoder.end_id
        )

    @cached_property
    def questions(self) -> dict[str, list[facts.Question]]:
        """As many of each of SORTS; none where nobody knows what is true."""
        where = self.town
        if where is None:
            return {sort: [] for sort in SORTS}
        tellable, untellable = facts.by_telling(where, Random(SEED))
        texts = [document.text for document in self.train]
        told: list[facts.Fact] = []
        for fact in tellable:
            if len(told) == N_QUESTIONS:
                break
            if facts.is_told(fact, texts, self.lang):
                told.append(fact)
        return {
            "plain": [self._question(fact, facts.asked(fact, self.lang), 1) for fact in told],
            "reworded": [self._question(fact, self._reworded(fact), 1) for fact in told],
            "untold": [
                self._question(fact, facts.asked(fact, self.lang), 0)
                for fact in untellable[:N_QUESTIONS]
            ],
        }

    def _question(self, fact: facts.Fact, text: str, n_told: int) -> facts.Question:
        assert self.town is not None
        return facts.Question(fact, text, n_told, facts.answered(fact, self.town, self.lang))

    def _reworded(self, fact: facts.Fact) -> str:
        """The same question in other words: another stem, if the grammar has one."""
        plain, random = facts.asked(fact, self.lang), Random(f"{SEED} {fact}")
        asked = [ask(Asked(*fact), self.lang, random) for _ in range(N_WORDINGS_TRIED)]
        # A word of address before the plain question is no other wording.
        others = [text for text in asked if text != plain and plain[1:] not in text]
        return (others or asked)[0]
